/** API Gateway's REST APIs, their custom domain names and VPC links: what a request to a stage is passed on to. */
import type * as API from '@aws-sdk/client-api-gateway';
import { type Answer, connect, listen, refused } from '../plane/network.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf } from '../world/world.ts';
import { restDeployers } from './api-gateway-deploy.ts';
import type { Op, Place } from './ec2-shared.ts';
import { BALANCERS } from './elastic-load-balancing-v2-state.ts';
import { functionAnswer } from './lambda.ts';

interface RestItem {
  readonly shown: API.RestApi & { id: string };
  resources: (API.Resource & { id: string })[];
  stages: API.Stage[];
  deployments: API.Deployment[];
}

const RESTS = shelf<RestItem>('api-gateway:rest-api');
const DOMAINS = shelf<{ readonly shown: API.DomainName & { domainName: string }; mappings: API.BasePathMapping[] }>(
  'api-gateway:domain-name',
);
const LINKS = shelf<API.VpcLink & { id: string }>('api-gateway:vpc-link');

/** Seconds until a VPC link is made: two to four minutes (developer guide, "Private integrations"). */
const LINK_CREATION = [120, 240] as const;
const ID = 10;

const notFound = (what: string): ServiceFault =>
  new ServiceFault('NotFoundException', `Invalid ${what} identifier specified`, 404);

/** A list without one of its items, which must be there. */
function gone<T>(items: readonly T[], is: (item: T) => boolean, what: string): T[] {
  if (!items.some(is)) throw notFound(what);
  return items.filter((item) => !is(item));
}

/** Ids of API Gateway have no prefix. */
const plainId = (context: CallContext): string => context.id('id', ID).replace(/^id-/, '');

function restOf(context: CallContext, id: string | undefined): RestItem {
  const rest = context.get(RESTS, id ?? '');
  if (rest === undefined) throw notFound('API');
  return rest;
}

/** Where an integration leads: a function, a load balancer behind a VPC link, or a host. */
export function throughIntegration(place: Place, uri: string): Answer {
  const lambda = /(arn:aws[a-z-]*:lambda:[^/]+)/.exec(uri)?.[1];
  if (lambda !== undefined) return functionAnswer({ ...place, region: lambda.split(':')[3] ?? place.region }, lambda);
  const listener = uri.includes(':elasticloadbalancing:')
    ? uri.replace(':listener/', ':loadbalancer/').split('/').slice(0, 4).join('/')
    : undefined;
  const balancer =
    listener === undefined ? undefined : place.world.get(BALANCERS, place.account, place.region, listener)?.shown.DNSName;
  const host = balancer ?? /^[a-z]+:\/\/([^/:]+)/.exec(uri)?.[1];
  return host === undefined ? refused(`the integration leads nowhere: ${uri}`) : connect(place.world, host);
}

const restArn = (region: string, id: string): string => `arn:aws:apigateway:${region}::/restapis/${id}`;

function answerOf(place: Place, id: string): Answer {
  const rest = place.world.get(RESTS, place.account, place.region, id);
  if (rest === undefined || place.world.regionIsLost(place.region)) return refused('the API is gone');
  if (rest.stages.length === 0) return refused('the API has no stage');
  const integrations = rest.resources.flatMap((r) =>
    Object.values(r.resourceMethods ?? {}).flatMap((m) => m.methodIntegration ?? []),
  );
  const uri = integrations.find((i) => i.uri !== undefined)?.uri;
  if (uri === undefined)
    return {
      kind: 'served',
      by: restArn(place.region, id),
      region: place.region,
      zone: undefined,
      writes: undefined,
    };
  return throughIntegration(place, uri);
}

const createRest: Op<API.CreateRestApiCommandInput, API.CreateRestApiCommandOutput> = (input, context) => {
  const id = plainId(context);
  const shown: RestItem['shown'] = {
    id,
    name: input.name ?? '',
    createdDate: context.now,
    // EndpointConfiguration, types: EDGE when not given.
    endpointConfiguration: input.endpointConfiguration ?? { types: ['EDGE'] },
    rootResourceId: context.world.random.hex(ID),
    tags: input.tags ?? {},
  };
  context.put(RESTS, id, { shown, resources: [{ id: shown.rootResourceId ?? '', path: '/' }], stages: [], deployments: [] });
  const place = { world: context.world, account: context.account, region: context.region };
  listen(context.world, `${id}.execute-api.${context.region}.amazonaws.com`, () => answerOf(place, id));
  return shown;
};

const resourceOf = (rest: RestItem, id: string | undefined): API.Resource => {
  const resource = rest.resources.find((r) => r.id === id);
  if (resource === undefined) throw notFound('Resource');
  return resource;
};

const putIntegration: Op<API.PutIntegrationCommandInput, API.PutIntegrationCommandOutput> = (input, context) => {
  const resource = resourceOf(restOf(context, input.restApiId), input.resourceId);
  const method = resource.resourceMethods?.[input.httpMethod ?? ''];
  if (method === undefined) throw notFound('Method');
  const { restApiId: _api, resourceId: _resource, integrationHttpMethod, ...kept } = input;
  const integration = { ...kept, ...(integrationHttpMethod === undefined ? {} : { httpMethod: integrationHttpMethod }) };
  method.methodIntegration = integration;
  return integration;
};

const createDomain: Op<API.CreateDomainNameCommandInput, API.CreateDomainNameCommandOutput> = (input, context) => {
  const domainName = (input.domainName ?? '').toLowerCase();
  const types = input.endpointConfiguration?.types ?? ['EDGE'];
  const target = `d-${context.world.random.hex(ID)}`;
  const shown: API.DomainName & { domainName: string } = {
    domainName,
    endpointConfiguration: { types },
    domainNameStatus: 'AVAILABLE',
    tags: input.tags ?? {},
  };
  if (input.certificateArn !== undefined) shown.certificateArn = input.certificateArn;
  if (input.regionalCertificateArn !== undefined) shown.regionalCertificateArn = input.regionalCertificateArn;
  const host = types.includes('REGIONAL') ? `${target}.execute-api.${context.region}.amazonaws.com` : `${target}.cloudfront.net`;
  if (types.includes('REGIONAL')) Object.assign(shown, { regionalDomainName: host, regionalHostedZoneId: 'Z1UJRXOUMOOFQ8' });
  else Object.assign(shown, { distributionDomainName: host, distributionHostedZoneId: 'Z2FDTNDATAQYW2' });
  context.put(DOMAINS, domainName, { shown, mappings: [] });
  const place = { world: context.world, account: context.account, region: context.region };
  listen(context.world, host, () => {
    const mapping = place.world.get(DOMAINS, place.account, place.region, domainName)?.mappings[0];
    return mapping?.restApiId === undefined ? refused('no API is mapped to the domain name') : answerOf(place, mapping.restApiId);
  });
  return shown;
};

const domainOf = (context: CallContext, name: string | undefined) => {
  const domain = context.get(DOMAINS, (name ?? '').toLowerCase());
  if (domain === undefined) throw notFound('domain name');
  return domain;
};

const position = (next: string | undefined): { position?: string } => (next === undefined ? {} : { position: next });

export const apiGateway: SimulatedService = {
  client: 'api-gateway',
  prefix: 'apigateway',
  // API Gateway's actions are the methods of HTTP (Service Authorization Reference).
  actions: Object.fromEntries(
    ['GetRestApis', 'GetResources', 'GetStages', 'GetDomainNames', 'GetBasePathMappings', 'GetVpcLinks'].map((o) => [
      o,
      'apigateway:GET',
    ]),
  ),
  operations: {
    CreateRestApi: createRest,
    GetRestApis: ((input, context) => {
      const { items, next } = page(context.list(RESTS), input.position, input.limit ?? 25);
      return { items: items.map((r) => r.shown), ...position(next) };
    }) satisfies Op<API.GetRestApisCommandInput, API.GetRestApisCommandOutput>,
    DeleteRestApi: ((input, context) => {
      context.remove(RESTS, restOf(context, input.restApiId).shown.id);
      return {};
    }) satisfies Op<API.DeleteRestApiCommandInput, API.DeleteRestApiCommandOutput>,
    CreateResource: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      const parent = resourceOf(rest, input.parentId);
      const id = plainId(context);
      const path = `${parent.path === '/' ? '' : parent.path}/${input.pathPart}`;
      const resource = { id, parentId: input.parentId ?? '', pathPart: input.pathPart ?? '', path };
      rest.resources = [...rest.resources, resource];
      return resource;
    }) satisfies Op<API.CreateResourceCommandInput, API.CreateResourceCommandOutput>,
    GetResources: ((input, context) => {
      const { items, next } = page(restOf(context, input.restApiId).resources, input.position, input.limit ?? 25);
      const embedded = input.embed?.includes('methods') === true;
      return {
        items: items.map(({ resourceMethods, ...r }) =>
          embedded && resourceMethods !== undefined ? { ...r, resourceMethods } : r,
        ),
        ...position(next),
      };
    }) satisfies Op<API.GetResourcesCommandInput, API.GetResourcesCommandOutput>,
    PutMethod: ((input, context) => {
      const resource = resourceOf(restOf(context, input.restApiId), input.resourceId);
      const method = { httpMethod: input.httpMethod ?? '', authorizationType: input.authorizationType ?? 'NONE' };
      resource.resourceMethods = { ...resource.resourceMethods, [method.httpMethod]: method };
      return method;
    }) satisfies Op<API.PutMethodCommandInput, API.PutMethodCommandOutput>,
    PutIntegration: putIntegration,
    CreateDeployment: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      const deployment = { id: plainId(context), createdDate: context.now };
      rest.deployments = [...rest.deployments, deployment];
      if (input.stageName !== undefined)
        rest.stages = [...rest.stages, { stageName: input.stageName, deploymentId: deployment.id }];
      return deployment;
    }) satisfies Op<API.CreateDeploymentCommandInput, API.CreateDeploymentCommandOutput>,
    CreateStage: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      const stage = { stageName: input.stageName ?? '', deploymentId: input.deploymentId ?? '' };
      if (rest.stages.some((s) => s.stageName === stage.stageName))
        throw new ServiceFault('ConflictException', 'Stage already exists', 409);
      rest.stages = [...rest.stages, stage];
      return stage;
    }) satisfies Op<API.CreateStageCommandInput, API.CreateStageCommandOutput>,
    GetStages: ((input, context) => ({ item: restOf(context, input.restApiId).stages })) satisfies Op<
      API.GetStagesCommandInput,
      API.GetStagesCommandOutput
    >,
    UpdateStage: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      const stage = rest.stages.find((s) => s.stageName === input.stageName);
      if (stage === undefined) throw notFound('Stage');
      for (const { path, value } of input.patchOperations ?? [])
        if (path === '/deploymentId' && value !== undefined) stage.deploymentId = value;
      return stage;
    }) satisfies Op<API.UpdateStageCommandInput, API.UpdateStageCommandOutput>,
    DeleteStage: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      rest.stages = gone(rest.stages, (s) => s.stageName === input.stageName, 'Stage');
      return {};
    }) satisfies Op<API.DeleteStageCommandInput, API.DeleteStageCommandOutput>,
    DeleteDeployment: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      if (rest.stages.some((s) => s.deploymentId === input.deploymentId))
        throw new ServiceFault('BadRequestException', 'Active stages pointing to this deployment must be moved or deleted');
      rest.deployments = gone(rest.deployments, (d) => d.id === input.deploymentId, 'Deployment');
      return {};
    }) satisfies Op<API.DeleteDeploymentCommandInput, API.DeleteDeploymentCommandOutput>,
    DeleteResource: ((input, context) => {
      const rest = restOf(context, input.restApiId);
      rest.resources = gone(rest.resources, (r) => r.id === input.resourceId, 'Resource');
      return {};
    }) satisfies Op<API.DeleteResourceCommandInput, API.DeleteResourceCommandOutput>,
    DeleteMethod: ((input, context) => {
      const resource = resourceOf(restOf(context, input.restApiId), input.resourceId);
      const { [input.httpMethod ?? '']: method, ...others } = resource.resourceMethods ?? {};
      if (method === undefined) throw notFound('Method');
      resource.resourceMethods = others;
      return {};
    }) satisfies Op<API.DeleteMethodCommandInput, API.DeleteMethodCommandOutput>,
    DeleteIntegration: ((input, context) => {
      const resource = resourceOf(restOf(context, input.restApiId), input.resourceId);
      const method = resource.resourceMethods?.[input.httpMethod ?? ''];
      if (method?.methodIntegration === undefined) throw notFound('Integration');
      delete method.methodIntegration;
      return {};
    }) satisfies Op<API.DeleteIntegrationCommandInput, API.DeleteIntegrationCommandOutput>,
    DeleteDomainName: ((input, context) => {
      const { shown } = domainOf(context, input.domainName);
      context.remove(DOMAINS, shown.domainName);
      return {};
    }) satisfies Op<API.DeleteDomainNameCommandInput, API.DeleteDomainNameCommandOutput>,
    DeleteBasePathMapping: ((input, context) => {
      const domain = domainOf(context, input.domainName);
      domain.mappings = gone(domain.mappings, (m) => m.basePath === input.basePath, 'base path mapping');
      return {};
    }) satisfies Op<API.DeleteBasePathMappingCommandInput, API.DeleteBasePathMappingCommandOutput>,
    DeleteVpcLink: ((input, context) => {
      if (context.get(LINKS, input.vpcLinkId ?? '') === undefined) throw notFound('VPC link');
      context.remove(LINKS, input.vpcLinkId ?? '');
      return {};
    }) satisfies Op<API.DeleteVpcLinkCommandInput, API.DeleteVpcLinkCommandOutput>,
    CreateDomainName: createDomain,
    GetDomainNames: ((input, context) => {
      const { items, next } = page(context.list(DOMAINS), input.position, input.limit ?? 25);
      return { items: items.map((d) => d.shown), ...position(next) };
    }) satisfies Op<API.GetDomainNamesCommandInput, API.GetDomainNamesCommandOutput>,
    CreateBasePathMapping: ((input, context) => {
      const domain = domainOf(context, input.domainName);
      const { id } = restOf(context, input.restApiId).shown;
      const mapping = {
        basePath: input.basePath ?? '(none)',
        restApiId: id,
        ...(input.stage === undefined ? {} : { stage: input.stage }),
      };
      domain.mappings = [...domain.mappings, mapping];
      return mapping;
    }) satisfies Op<API.CreateBasePathMappingCommandInput, API.CreateBasePathMappingCommandOutput>,
    GetBasePathMappings: ((input, context) => {
      const { items, next } = page(domainOf(context, input.domainName).mappings, input.position, input.limit ?? 25);
      return { items: [...items], ...position(next) };
    }) satisfies Op<API.GetBasePathMappingsCommandInput, API.GetBasePathMappingsCommandOutput>,
    CreateVpcLink: ((input, context) => {
      const link = {
        id: plainId(context),
        name: input.name ?? '',
        targetArns: input.targetArns ?? [],
        status: 'PENDING' as API.VpcLinkStatus,
        tags: input.tags ?? {},
      };
      context.put(LINKS, link.id, link);
      context.world.clock.after(between(context.world, ...LINK_CREATION), () => {
        link.status = 'AVAILABLE';
      });
      return link;
    }) satisfies Op<API.CreateVpcLinkCommandInput, API.CreateVpcLinkCommandOutput>,
    GetVpcLinks: ((input, context) => {
      const { items, next } = page(context.list(LINKS), input.position, input.limit ?? 25);
      return { items: [...items], ...position(next) };
    }) satisfies Op<API.GetVpcLinksCommandInput, API.GetVpcLinksCommandOutput>,
  },
  begin(world) {
    world.onFault((fault, _world, how) => {
      if (how === 'ends') return;
      for (const { account, region, key } of world.everywhere(RESTS))
        if (
          (fault.kind === 'deleted' && fault.arn === restArn(region, key)) ||
          (fault.kind === 'account-compromised' && fault.account === account)
        )
          world.remove(RESTS, account, region, key);
    });
  },
  deployers: restDeployers,
};
