/** HTTP and WebSocket APIs as Pulumi declares them. */
import type * as API from '@aws-sdk/client-apigatewayv2';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, onlyTags, removedBy } from '../deploy/lifecycle.ts';
import { blockOf, flagOf, need, textOf, textsOf, without } from './compute-inputs.ts';

const CLIENT = 'apigatewayv2';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call(CLIENT, operation, input)) as O;

const api: Deployer = {
  type: 'aws:apigatewayv2/api:Api',
  async create(given, deployment) {
    const made = await call<API.CreateApiCommandOutput>(
      deployment,
      'CreateApi',
      without({
        Name: textOf(given.inputs.name) ?? deployment.physicalName(given),
        ProtocolType: textOf(given.inputs.protocolType) ?? 'HTTP',
        Target: textOf(given.inputs.target),
        Tags: given.tags,
      }),
    );
    const id = made.ApiId ?? '';
    return {
      id,
      outputs: {
        arn: `arn:aws:apigateway:${given.region}::/apis/${id}`,
        apiEndpoint: made.ApiEndpoint ?? '',
        executionArn: `arn:aws:execute-api:${given.region}:${given.account}:${id}`,
      },
    };
  },
  // Of what else can change in place nothing means anything to the world.
  update: changedBy((given, before, deployment) => {
    const says = ({ inputs }: Given) => ({ Name: textOf(inputs.name), Target: textOf(inputs.target) });
    return modify(deployment, [CLIENT, 'UpdateApi'], { ApiId: given.id }, says(given), says(before));
  }),
  remove: removedBy(CLIENT, 'DeleteApi', ({ id }) => ({ ApiId: id })),
};

const integrationOf = ({ inputs }: Given) => ({
  IntegrationType: textOf(inputs.integrationType) ?? 'AWS_PROXY',
  IntegrationUri: textOf(inputs.integrationUri),
  ConnectionType: textOf(inputs.connectionType),
  ConnectionId: textOf(inputs.connectionId),
});

const routeOf = ({ inputs }: Given) => ({ RouteKey: textOf(inputs.routeKey), Target: textOf(inputs.target) });

const mappingOf = ({ inputs }: Given) => ({
  ApiId: textOf(inputs.apiId),
  Stage: textOf(inputs.stage),
  ApiMappingKey: textOf(inputs.apiMappingKey),
});

const integration: Deployer = {
  type: 'aws:apigatewayv2/integration:Integration',
  async create(given, deployment) {
    const made = await call<API.CreateIntegrationCommandOutput>(
      deployment,
      'CreateIntegration',
      without({
        ApiId: need(given, 'apiId'),
        ...integrationOf(given),
      }),
    );
    return { id: made.IntegrationId ?? '', outputs: {} };
  },
  update: changedBy((given, before, deployment) => {
    const named = { ApiId: need(given, 'apiId'), IntegrationId: given.id };
    return modify(deployment, [CLIENT, 'UpdateIntegration'], named, integrationOf(given), integrationOf(before));
  }),
  remove: removedBy(CLIENT, 'DeleteIntegration', (given) => ({ ApiId: need(given, 'apiId'), IntegrationId: given.id })),
};

const route: Deployer = {
  type: 'aws:apigatewayv2/route:Route',
  async create(given, deployment) {
    const made = await call<API.CreateRouteCommandOutput>(
      deployment,
      'CreateRoute',
      without({ ApiId: need(given, 'apiId'), RouteKey: need(given, 'routeKey'), Target: textOf(given.inputs.target) }),
    );
    return { id: made.RouteId ?? '', outputs: {} };
  },
  update: changedBy((given, before, deployment) => {
    const named = { ApiId: need(given, 'apiId'), RouteId: given.id };
    return modify(deployment, [CLIENT, 'UpdateRoute'], named, routeOf(given), routeOf(before));
  }),
  remove: removedBy(CLIENT, 'DeleteRoute', (given) => ({ ApiId: need(given, 'apiId'), RouteId: given.id })),
};

const stage: Deployer = {
  type: 'aws:apigatewayv2/stage:Stage',
  async create(given, deployment) {
    const apiId = need(given, 'apiId');
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    await call(deployment, 'CreateStage', {
      ApiId: apiId,
      StageName: name,
      AutoDeploy: flagOf(given.inputs.autoDeploy) ?? false,
    });
    const path = name === '$default' ? '/' : `/${name}`;
    return { id: name, outputs: { name, invokeUrl: `https://${apiId}.execute-api.${given.region}.amazonaws.com${path}` } };
  },
  update: changedBy((given, before, deployment) => {
    const named = { ApiId: need(given, 'apiId'), StageName: given.id };
    const says = ({ inputs }: Given) => ({ AutoDeploy: flagOf(inputs.autoDeploy) ?? false });
    return modify(deployment, [CLIENT, 'UpdateStage'], named, says(given), says(before));
  }),
  remove: removedBy(CLIENT, 'DeleteStage', (given) => ({ ApiId: need(given, 'apiId'), StageName: given.id })),
};

const domain: Deployer = {
  type: 'aws:apigatewayv2/domainName:DomainName',
  async create(given, deployment) {
    const configuration = blockOf(given.inputs.domainNameConfiguration);
    const made = await call<API.CreateDomainNameCommandOutput>(deployment, 'CreateDomainName', {
      DomainName: need(given, 'domainName'),
      DomainNameConfigurations: [
        without({ CertificateArn: textOf(configuration?.certificateArn), EndpointType: textOf(configuration?.endpointType) }),
      ],
      Tags: given.tags,
    });
    const shown = made.DomainNameConfigurations?.[0];
    const name = made.DomainName ?? '';
    return {
      id: name,
      outputs: {
        arn: `arn:aws:apigateway:${given.region}::/domainnames/${name}`,
        domainNameConfiguration: {
          certificateArn: shown?.CertificateArn ?? '',
          endpointType: shown?.EndpointType ?? 'REGIONAL',
          targetDomainName: shown?.ApiGatewayDomainName ?? '',
          hostedZoneId: shown?.HostedZoneId ?? '',
        },
      },
    };
  },
  // A certificate of another name means nothing to the world.
  update: onlyTags,
  remove: removedBy(CLIENT, 'DeleteDomainName', ({ id }) => ({ DomainName: id })),
};

const mapping: Deployer = {
  type: 'aws:apigatewayv2/apiMapping:ApiMapping',
  async create(given, deployment) {
    const made = await call<API.CreateApiMappingCommandOutput>(
      deployment,
      'CreateApiMapping',
      without({
        DomainName: need(given, 'domainName'),
        ApiId: need(given, 'apiId'),
        Stage: need(given, 'stage'),
        ApiMappingKey: textOf(given.inputs.apiMappingKey),
      }),
    );
    return { id: made.ApiMappingId ?? '', outputs: {} };
  },
  update: changedBy((given, before, deployment) => {
    const named = { ...without(mappingOf(given)), DomainName: need(given, 'domainName'), ApiMappingId: given.id };
    return modify(deployment, [CLIENT, 'UpdateApiMapping'], named, mappingOf(given), mappingOf(before));
  }),
  remove: removedBy(CLIENT, 'DeleteApiMapping', (given) => ({
    DomainName: need(given, 'domainName'),
    ApiMappingId: given.id,
  })),
};

const link: Deployer = {
  type: 'aws:apigatewayv2/vpcLink:VpcLink',
  async create(given, deployment) {
    const made = await call<API.CreateVpcLinkCommandOutput>(deployment, 'CreateVpcLink', {
      Name: textOf(given.inputs.name) ?? deployment.physicalName(given),
      SubnetIds: textsOf(given.inputs.subnetIds),
      SecurityGroupIds: textsOf(given.inputs.securityGroupIds),
      Tags: given.tags,
    });
    const id = made.VpcLinkId ?? '';
    return { id, outputs: { arn: `arn:aws:apigateway:${given.region}::/vpclinks/${id}` } };
  },
  update: onlyTags,
  remove: removedBy(CLIENT, 'DeleteVpcLink', ({ id }) => ({ VpcLinkId: id })),
};

export const httpDeployers: readonly Deployer[] = [api, integration, route, stage, domain, mapping, link];
