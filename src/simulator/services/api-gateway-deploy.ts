/** REST APIs, custom domain names and VPC links as Pulumi declares them. */
import type * as API from '@aws-sdk/client-api-gateway';
import type { Deployer, Deployment } from '../deploy/deployer.ts';
import { blockOf, need, textOf, textsOf, without } from './compute-inputs.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('api-gateway', operation, input)) as O;

const endpoint = (types: readonly string[]) => (types.length === 0 ? undefined : { types });

const rest: Deployer = {
  type: 'aws:apigateway/restApi:RestApi',
  async create(given, deployment) {
    const made = await call<API.CreateRestApiCommandOutput>(
      deployment,
      'CreateRestApi',
      without({
        name: textOf(given.inputs.name) ?? deployment.physicalName(given),
        endpointConfiguration: endpoint(textsOf(blockOf(given.inputs.endpointConfiguration)?.types)),
        tags: given.tags,
      }),
    );
    const id = made.id ?? '';
    return {
      id,
      outputs: {
        arn: `arn:aws:apigateway:${given.region}::/restapis/${id}`,
        rootResourceId: made.rootResourceId ?? '',
        executionArn: `arn:aws:execute-api:${given.region}:${given.account}:${id}`,
      },
    };
  },
};

const resource: Deployer = {
  type: 'aws:apigateway/resource:Resource',
  async create(given, deployment) {
    const made = await call<API.CreateResourceCommandOutput>(deployment, 'CreateResource', {
      restApiId: need(given, 'restApi'),
      parentId: need(given, 'parentId'),
      pathPart: need(given, 'pathPart'),
    });
    return { id: made.id ?? '', outputs: { path: made.path ?? '' } };
  },
};

const method: Deployer = {
  type: 'aws:apigateway/method:Method',
  async create(given, deployment) {
    const restApiId = need(given, 'restApi');
    const resourceId = need(given, 'resourceId');
    const httpMethod = need(given, 'httpMethod');
    await call(deployment, 'PutMethod', {
      restApiId,
      resourceId,
      httpMethod,
      authorizationType: textOf(given.inputs.authorization) ?? 'NONE',
    });
    return { id: `agm-${restApiId}-${resourceId}-${httpMethod}`, outputs: {} };
  },
};

const integration: Deployer = {
  type: 'aws:apigateway/integration:Integration',
  async create(given, deployment) {
    const restApiId = need(given, 'restApi');
    const resourceId = need(given, 'resourceId');
    const httpMethod = need(given, 'httpMethod');
    await call(
      deployment,
      'PutIntegration',
      without({
        restApiId,
        resourceId,
        httpMethod,
        type: textOf(given.inputs.type) ?? 'AWS_PROXY',
        integrationHttpMethod: textOf(given.inputs.integrationHttpMethod),
        uri: textOf(given.inputs.uri),
        connectionType: textOf(given.inputs.connectionType),
        connectionId: textOf(given.inputs.connectionId),
      }),
    );
    return { id: `agi-${restApiId}-${resourceId}-${httpMethod}`, outputs: {} };
  },
};

const apiDeployment: Deployer = {
  type: 'aws:apigateway/deployment:Deployment',
  async create(given, deployment) {
    const made = await call<API.CreateDeploymentCommandOutput>(deployment, 'CreateDeployment', {
      restApiId: need(given, 'restApi'),
    });
    return { id: made.id ?? '', outputs: {} };
  },
};

const stage: Deployer = {
  type: 'aws:apigateway/stage:Stage',
  async create(given, deployment) {
    const restApiId = need(given, 'restApi');
    const stageName = need(given, 'stageName');
    await call(deployment, 'CreateStage', { restApiId, stageName, deploymentId: need(given, 'deployment') });
    return {
      id: `ags-${restApiId}-${stageName}`,
      outputs: { invokeUrl: `https://${restApiId}.execute-api.${given.region}.amazonaws.com/${stageName}` },
    };
  },
};

const domain: Deployer = {
  type: 'aws:apigateway/domainName:DomainName',
  async create(given, deployment) {
    const { inputs } = given;
    const made = await call<API.CreateDomainNameCommandOutput>(
      deployment,
      'CreateDomainName',
      without({
        domainName: need(given, 'domainName'),
        certificateArn: textOf(inputs.certificateArn),
        regionalCertificateArn: textOf(inputs.regionalCertificateArn),
        endpointConfiguration: endpoint(textsOf(blockOf(inputs.endpointConfiguration)?.types)),
        tags: given.tags,
      }),
    );
    const name = made.domainName ?? '';
    return {
      id: name,
      outputs: {
        arn: `arn:aws:apigateway:${given.region}::/domainnames/${name}`,
        regionalDomainName: made.regionalDomainName ?? '',
        regionalZoneId: made.regionalHostedZoneId ?? '',
        cloudfrontDomainName: made.distributionDomainName ?? '',
        cloudfrontZoneId: made.distributionHostedZoneId ?? '',
      },
    };
  },
};

const mapping: Deployer = {
  type: 'aws:apigateway/basePathMapping:BasePathMapping',
  async create(given, deployment) {
    const domainName = need(given, 'domainName');
    const basePath = textOf(given.inputs.basePath);
    await call(
      deployment,
      'CreateBasePathMapping',
      without({ domainName, restApiId: need(given, 'restApi'), basePath, stage: textOf(given.inputs.stageName) }),
    );
    return { id: `${domainName}/${basePath ?? ''}`, outputs: {} };
  },
};

const link: Deployer = {
  type: 'aws:apigateway/vpcLink:VpcLink',
  async create(given, deployment) {
    const made = await call<API.CreateVpcLinkCommandOutput>(deployment, 'CreateVpcLink', {
      name: textOf(given.inputs.name) ?? deployment.physicalName(given),
      targetArns: [...textsOf(given.inputs.targetArn), ...textsOf(given.inputs.targetArns)],
      tags: given.tags,
    });
    const id = made.id ?? '';
    return { id, outputs: { arn: `arn:aws:apigateway:${given.region}::/vpclinks/${id}` } };
  },
};

export const restDeployers: readonly Deployer[] = [
  rest,
  resource,
  method,
  integration,
  apiDeployment,
  stage,
  domain,
  mapping,
  link,
];
