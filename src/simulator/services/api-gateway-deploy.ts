/** REST APIs, custom domain names and VPC links as Pulumi declares them. */
import type * as API from '@aws-sdk/client-api-gateway';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, onlyTags, putAgain, removedBy } from '../deploy/lifecycle.ts';
import { blockOf, need, textOf, textsOf, without } from './compute-inputs.ts';

const CLIENT = 'api-gateway';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call(CLIENT, operation, input)) as O;

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
  // What can change of it in place means nothing to the world.
  update: onlyTags,
  remove: removedBy(CLIENT, 'DeleteRestApi', ({ id }) => ({ restApiId: id })),
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
  remove: removedBy(CLIENT, 'DeleteResource', (given) => ({ restApiId: need(given, 'restApi'), resourceId: given.id })),
};

const methodOf = (given: Given) => ({
  restApiId: need(given, 'restApi'),
  resourceId: need(given, 'resourceId'),
  httpMethod: need(given, 'httpMethod'),
});

const method: Deployer = {
  type: 'aws:apigateway/method:Method',
  ...putAgain(async (given, deployment) => {
    const { restApiId, resourceId, httpMethod } = methodOf(given);
    await call(deployment, 'PutMethod', {
      restApiId,
      resourceId,
      httpMethod,
      authorizationType: textOf(given.inputs.authorization) ?? 'NONE',
    });
    return { id: `agm-${restApiId}-${resourceId}-${httpMethod}`, outputs: {} };
  }),
  remove: removedBy(CLIENT, 'DeleteMethod', methodOf),
};

const integration: Deployer = {
  type: 'aws:apigateway/integration:Integration',
  ...putAgain(async (given, deployment) => {
    const { restApiId, resourceId, httpMethod } = methodOf(given);
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
  }),
  remove: removedBy(CLIENT, 'DeleteIntegration', methodOf),
};

const apiDeployment: Deployer = {
  type: 'aws:apigateway/deployment:Deployment',
  async create(given, deployment) {
    const made = await call<API.CreateDeploymentCommandOutput>(deployment, 'CreateDeployment', {
      restApiId: need(given, 'restApi'),
    });
    return { id: made.id ?? '', outputs: {} };
  },
  update: onlyTags,
  remove: removedBy(CLIENT, 'DeleteDeployment', (given) => ({ restApiId: need(given, 'restApi'), deploymentId: given.id })),
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
  update: changedBy((given, _before, deployment) =>
    call(deployment, 'UpdateStage', {
      restApiId: need(given, 'restApi'),
      stageName: need(given, 'stageName'),
      patchOperations: [{ op: 'replace', path: '/deploymentId', value: need(given, 'deployment') }],
    }),
  ),
  remove: removedBy(CLIENT, 'DeleteStage', (given) => ({
    restApiId: need(given, 'restApi'),
    stageName: need(given, 'stageName'),
  })),
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
  // A certificate of another name means nothing to the world.
  update: onlyTags,
  remove: removedBy(CLIENT, 'DeleteDomainName', ({ id }) => ({ domainName: id })),
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
  remove: removedBy(CLIENT, 'DeleteBasePathMapping', (given) => ({
    domainName: need(given, 'domainName'),
    basePath: textOf(given.inputs.basePath) ?? '(none)',
  })),
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
  update: onlyTags,
  remove: removedBy(CLIENT, 'DeleteVpcLink', ({ id }) => ({ vpcLinkId: id })),
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
