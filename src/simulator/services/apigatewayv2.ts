/** HTTP and WebSocket APIs, their custom domain names and VPC links. */
import type * as API from '@aws-sdk/client-apigatewayv2';
import { type Answer, listen, refused } from '../plane/network.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf } from '../world/world.ts';
import { throughIntegration } from './api-gateway.ts';
import { httpDeployers } from './apigatewayv2-deploy.ts';
import { subnetOf, zoneOf } from './ec2-network.ts';
import type { Op, Place } from './ec2-shared.ts';

interface ApiItem {
  readonly shown: API.Api & { ApiId: string };
  integrations: API.Integration[];
  routes: API.Route[];
  stages: API.Stage[];
}

const APIS = shelf<ApiItem>('apigatewayv2:api');
const DOMAINS = shelf<{ readonly shown: API.DomainName & { DomainName: string }; mappings: API.ApiMapping[] }>(
  'apigatewayv2:domain-name',
);
const LINKS = shelf<API.VpcLink & { VpcLinkId: string }>('apigatewayv2:vpc-link');

/** Seconds until a VPC link is made (developer guide, "VPC links for HTTP APIs": a few minutes). */
const LINK_CREATION = [60, 180] as const;
const ID = 10;

const plainId = (context: CallContext): string => context.id('id', ID).replace(/^id-/, '');

function apiOf(context: CallContext, id: string | undefined): ApiItem {
  const api = context.get(APIS, id ?? '');
  if (api === undefined)
    throw new ServiceFault('NotFoundException', `Invalid API identifier specified ${context.account}:${id}`, 404);
  return api;
}

function domainOf(context: CallContext, name: string | undefined) {
  const domain = context.get(DOMAINS, name ?? '');
  if (domain === undefined) throw new ServiceFault('NotFoundException', `Invalid domain name identifier specified: ${name}`, 404);
  return domain;
}

function one<T>(items: readonly T[], is: (item: T) => boolean, what: string): T {
  const found = items.find(is);
  if (found === undefined) throw new ServiceFault('NotFoundException', `Invalid ${what} identifier specified`, 404);
  return found;
}

/** A VPC link answers from the AZs of its subnets. */
function linkAnswers(place: Place, id: string): boolean {
  const link = place.world.get(LINKS, place.account, place.region, id);
  return link?.SubnetIds?.some((subnet) => !place.world.zoneIsLost(zoneOf(place, subnet) ?? '')) === true;
}

function answerOf(place: Place, id: string): Answer {
  const api = place.world.get(APIS, place.account, place.region, id);
  if (api === undefined || place.world.regionIsLost(place.region)) return refused('the API is gone');
  if (api.stages.length === 0) return refused('the API has no stage');
  const integration = api.integrations[0];
  if (integration?.IntegrationUri === undefined) return refused('the API has no integration');
  if (integration.ConnectionType === 'VPC_LINK' && !linkAnswers(place, integration.ConnectionId ?? ''))
    return refused('the VPC link does not answer');
  return throughIntegration(place, integration.IntegrationUri);
}

const createApi: Op<API.CreateApiCommandInput, API.CreateApiCommandOutput> = (input, context) => {
  const id = plainId(context);
  const host = `${id}.execute-api.${context.region}.amazonaws.com`;
  const protocol = input.ProtocolType ?? 'HTTP';
  const shown = {
    ApiId: id,
    Name: input.Name ?? '',
    ProtocolType: protocol,
    ApiEndpoint: `${protocol === 'HTTP' ? 'https' : 'wss'}://${host}`,
    RouteSelectionExpression: input.RouteSelectionExpression ?? '$request.method $request.path',
    CreatedDate: context.now,
    Tags: input.Tags ?? {},
  };
  const api: ApiItem = { shown, integrations: [], routes: [], stages: [] };
  if (input.Target !== undefined) quickly(context, api, input.Target);
  context.put(APIS, id, api);
  const place = { world: context.world, account: context.account, region: context.region };
  listen(context.world, host, () => answerOf(place, id));
  return shown;
};

/** Quick create makes an integration, a catch-all route and a stage (CreateApi, Target); there is one of each. */
function quickly(context: CallContext, api: ApiItem, target: string): void {
  const integration: API.Integration = {
    IntegrationId: context.world.random.hex(7),
    IntegrationType: target.startsWith('arn:') ? 'AWS_PROXY' : 'HTTP_PROXY',
    IntegrationUri: target,
    ApiGatewayManaged: true,
  };
  api.integrations = [integration, ...api.integrations.filter((i) => i.ApiGatewayManaged !== true)];
  if (api.stages.some((s) => s.ApiGatewayManaged === true)) return;
  api.stages = [{ StageName: '$default', AutoDeploy: true, ApiGatewayManaged: true }, ...api.stages];
}

const createDomain: Op<API.CreateDomainNameCommandInput, API.CreateDomainNameCommandOutput> = (input, context) => {
  const name = (input.DomainName ?? '').toLowerCase();
  const host = `d-${context.world.random.hex(ID)}.execute-api.${context.region}.amazonaws.com`;
  const shown = {
    DomainName: name,
    DomainNameConfigurations: (input.DomainNameConfigurations ?? []).map((c) => ({
      ...c,
      EndpointType: c.EndpointType ?? ('REGIONAL' as const),
      ApiGatewayDomainName: host,
      HostedZoneId: 'Z1UJRXOUMOOFQ8',
      DomainNameStatus: 'AVAILABLE' as const,
    })),
    Tags: input.Tags ?? {},
  };
  context.put(DOMAINS, name, { shown, mappings: [] });
  const place = { world: context.world, account: context.account, region: context.region };
  listen(context.world, host, () => {
    const mapped = place.world.get(DOMAINS, place.account, place.region, name)?.mappings[0]?.ApiId;
    return mapped === undefined ? refused('no API is mapped to the domain name') : answerOf(place, mapped);
  });
  return shown;
};

const more = (next: string | undefined): { NextToken?: string } => (next === undefined ? {} : { NextToken: next });
const size = (given: string | undefined): number => Number(given ?? 25);

export const apigatewayv2: SimulatedService = {
  client: 'apigatewayv2',
  prefix: 'apigateway',
  actions: Object.fromEntries(
    ['GetApis', 'GetIntegrations', 'GetDomainNames', 'GetApiMappings', 'GetVpcLinks'].map((o) => [o, 'apigateway:GET']),
  ),
  operations: {
    CreateApi: createApi,
    GetApis: ((input, context) => {
      const { items, next } = page(context.list(APIS), input.NextToken, size(input.MaxResults));
      return { Items: items.map((a) => a.shown), ...more(next) };
    }) satisfies Op<API.GetApisCommandInput, API.GetApisCommandOutput>,
    UpdateApi: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      if (input.Name !== undefined) api.shown.Name = input.Name;
      if (input.Target !== undefined) quickly(context, api, input.Target);
      return api.shown;
    }) satisfies Op<API.UpdateApiCommandInput, API.UpdateApiCommandOutput>,
    DeleteApi: ((input, context) => {
      context.remove(APIS, apiOf(context, input.ApiId).shown.ApiId);
      return {};
    }) satisfies Op<API.DeleteApiCommandInput, API.DeleteApiCommandOutput>,
    CreateIntegration: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      const { ApiId: _api, ...kept } = input;
      const integration = { ...kept, IntegrationId: plainId(context) };
      api.integrations = [...api.integrations, integration];
      return integration;
    }) satisfies Op<API.CreateIntegrationCommandInput, API.CreateIntegrationCommandOutput>,
    GetIntegrations: ((input, context) => {
      const { items, next } = page(apiOf(context, input.ApiId).integrations, input.NextToken, size(input.MaxResults));
      return { Items: [...items], ...more(next) };
    }) satisfies Op<API.GetIntegrationsCommandInput, API.GetIntegrationsCommandOutput>,
    CreateRoute: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      const route = {
        RouteId: plainId(context),
        RouteKey: input.RouteKey ?? '$default',
        ...(input.Target === undefined ? {} : { Target: input.Target }),
      };
      api.routes = [...api.routes, route];
      return route;
    }) satisfies Op<API.CreateRouteCommandInput, API.CreateRouteCommandOutput>,
    CreateStage: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      const stage = { StageName: input.StageName ?? '$default', AutoDeploy: input.AutoDeploy ?? false };
      api.stages = [...api.stages, stage];
      return stage;
    }) satisfies Op<API.CreateStageCommandInput, API.CreateStageCommandOutput>,
    UpdateIntegration: ((input, context) => {
      const { ApiId, IntegrationId, ...changes } = input;
      const found = one(apiOf(context, ApiId).integrations, (i) => i.IntegrationId === IntegrationId, 'Integration');
      return Object.assign(found, Object.fromEntries(Object.entries(changes).filter(([, v]) => v !== undefined)));
    }) satisfies Op<API.UpdateIntegrationCommandInput, API.UpdateIntegrationCommandOutput>,
    DeleteIntegration: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      const found = one(api.integrations, (i) => i.IntegrationId === input.IntegrationId, 'Integration');
      api.integrations = api.integrations.filter((i) => i !== found);
      return {};
    }) satisfies Op<API.DeleteIntegrationCommandInput, API.DeleteIntegrationCommandOutput>,
    UpdateRoute: ((input, context) => {
      const found = one(apiOf(context, input.ApiId).routes, (r) => r.RouteId === input.RouteId, 'Route');
      if (input.RouteKey !== undefined) found.RouteKey = input.RouteKey;
      if (input.Target !== undefined) found.Target = input.Target;
      return found;
    }) satisfies Op<API.UpdateRouteCommandInput, API.UpdateRouteCommandOutput>,
    DeleteRoute: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      const found = one(api.routes, (r) => r.RouteId === input.RouteId, 'Route');
      api.routes = api.routes.filter((r) => r !== found);
      return {};
    }) satisfies Op<API.DeleteRouteCommandInput, API.DeleteRouteCommandOutput>,
    UpdateStage: ((input, context) => {
      const found = one(apiOf(context, input.ApiId).stages, (s) => s.StageName === input.StageName, 'Stage');
      if (input.AutoDeploy !== undefined) found.AutoDeploy = input.AutoDeploy;
      return found;
    }) satisfies Op<API.UpdateStageCommandInput, API.UpdateStageCommandOutput>,
    DeleteStage: ((input, context) => {
      const api = apiOf(context, input.ApiId);
      const found = one(api.stages, (s) => s.StageName === input.StageName, 'Stage');
      api.stages = api.stages.filter((s) => s !== found);
      return {};
    }) satisfies Op<API.DeleteStageCommandInput, API.DeleteStageCommandOutput>,
    DeleteDomainName: ((input, context) => {
      context.remove(DOMAINS, domainOf(context, input.DomainName).shown.DomainName);
      return {};
    }) satisfies Op<API.DeleteDomainNameCommandInput, API.DeleteDomainNameCommandOutput>,
    UpdateApiMapping: ((input, context) => {
      const found = one(domainOf(context, input.DomainName).mappings, (m) => m.ApiMappingId === input.ApiMappingId, 'ApiMapping');
      const { ApiId, Stage, ApiMappingKey } = input;
      return Object.assign(
        found,
        Object.fromEntries(Object.entries({ ApiId, Stage, ApiMappingKey }).filter(([, v]) => v !== undefined)),
      );
    }) satisfies Op<API.UpdateApiMappingCommandInput, API.UpdateApiMappingCommandOutput>,
    DeleteApiMapping: ((input, context) => {
      const domain = domainOf(context, input.DomainName);
      const found = one(domain.mappings, (m) => m.ApiMappingId === input.ApiMappingId, 'ApiMapping');
      domain.mappings = domain.mappings.filter((m) => m !== found);
      return {};
    }) satisfies Op<API.DeleteApiMappingCommandInput, API.DeleteApiMappingCommandOutput>,
    DeleteVpcLink: ((input, context) => {
      one(context.list(LINKS), (l) => l.VpcLinkId === input.VpcLinkId, 'VpcLink');
      context.remove(LINKS, input.VpcLinkId ?? '');
      return {};
    }) satisfies Op<API.DeleteVpcLinkCommandInput, API.DeleteVpcLinkCommandOutput>,
    CreateDomainName: createDomain,
    GetDomainNames: ((input, context) => {
      const { items, next } = page(context.list(DOMAINS), input.NextToken, size(input.MaxResults));
      return { Items: items.map((d) => d.shown), ...more(next) };
    }) satisfies Op<API.GetDomainNamesCommandInput, API.GetDomainNamesCommandOutput>,
    CreateApiMapping: ((input, context) => {
      const domain = domainOf(context, input.DomainName);
      const mapping = {
        ApiMappingId: plainId(context),
        ApiId: apiOf(context, input.ApiId).shown.ApiId,
        Stage: input.Stage ?? '',
        ApiMappingKey: input.ApiMappingKey ?? '',
      };
      domain.mappings = [...domain.mappings, mapping];
      return mapping;
    }) satisfies Op<API.CreateApiMappingCommandInput, API.CreateApiMappingCommandOutput>,
    GetApiMappings: ((input, context) => {
      const { items, next } = page(domainOf(context, input.DomainName).mappings, input.NextToken, size(input.MaxResults));
      return { Items: [...items], ...more(next) };
    }) satisfies Op<API.GetApiMappingsCommandInput, API.GetApiMappingsCommandOutput>,
    CreateVpcLink: ((input, context) => {
      const link = {
        VpcLinkId: plainId(context),
        Name: input.Name ?? '',
        SubnetIds: (input.SubnetIds ?? []).map((id) => subnetOf(context, id).SubnetId ?? ''),
        SecurityGroupIds: input.SecurityGroupIds ?? [],
        VpcLinkStatus: 'PENDING' as API.VpcLinkStatus,
        VpcLinkVersion: 'V2' as const,
        Tags: input.Tags ?? {},
      };
      context.put(LINKS, link.VpcLinkId, link);
      context.world.clock.after(between(context.world, ...LINK_CREATION), () => {
        link.VpcLinkStatus = 'AVAILABLE';
      });
      return link;
    }) satisfies Op<API.CreateVpcLinkCommandInput, API.CreateVpcLinkCommandOutput>,
    GetVpcLinks: ((input, context) => {
      const { items, next } = page(context.list(LINKS), input.NextToken, size(input.MaxResults));
      return { Items: [...items], ...more(next) };
    }) satisfies Op<API.GetVpcLinksCommandInput, API.GetVpcLinksCommandOutput>,
  },
  begin(world) {
    world.onFault((fault, _world, how) => {
      if (how === 'ends') return;
      for (const { account, region, key } of world.everywhere(APIS))
        if (
          (fault.kind === 'deleted' && fault.arn === `arn:aws:apigateway:${region}::/apis/${key}`) ||
          (fault.kind === 'account-compromised' && fault.account === account)
        )
          world.remove(APIS, account, region, key);
    });
  },
  deployers: httpDeployers,
};
