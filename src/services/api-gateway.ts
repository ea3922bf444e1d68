/** API Gateway: REST, HTTP and WebSocket APIs and their custom domain names, each in one Region. */
import type { Known } from '../model/known.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Link } from '../model/protection.ts';
import { Hole, isList } from '../model/value.ts';
import { spelling } from './links.ts';
import { referringTo } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';

const REST_API = 'aws:apigateway/restApi:RestApi';
const HTTP_API = 'aws:apigatewayv2/api:Api';
const DOMAIN = 'aws:apigateway/domainName:DomainName';
const HTTP_DOMAIN = 'aws:apigatewayv2/domainName:DomainName';
const FUNCTION = 'aws:lambda/function:Function';

export interface ApiFacts extends Identity {
  /** EDGE, REGIONAL or PRIVATE. */
  readonly endpoint: Known<string>;
  /** What the requests go to. */
  readonly backends: readonly Link[];
  readonly certificate: Known<string | undefined>;
}

function declare(props: Props, view: View): ApiFacts {
  const isDomain = props.type === DOMAIN || props.type === HTTP_DOMAIN;
  const configuration = spelling(props, 'endpointConfiguration.types', 'domainNameConfiguration.endpointType');
  const listed = props.raw(configuration);
  const first = isList(listed) ? listed[0] : listed;
  return {
    ...identityOf(props),
    // aws.apigateway.RestApi, endpointConfiguration: EDGE for REST when unset; HTTP and WebSocket APIs are regional.
    endpoint:
      typeof first === 'string'
        ? known(first)
        : first === undefined || first === null
          ? known(props.type === REST_API || props.type === DOMAIN ? 'EDGE' : 'REGIONAL')
          : unknown('unresolved-at-preview', 'the kind of endpoint is not known', props.origin(configuration)),
    backends: isDomain ? apisOf(props, view) : backendsOf(props, view),
    certificate: props.text(
      spelling(props, 'regionalCertificateArn', 'certificateArn', 'domainNameConfiguration.certificateArn'),
    ),
  };
}

function apisOf(domain: Props, view: View): readonly Link[] {
  const rest = referringTo(domain.id, view, 'aws:apigateway/basePathMapping:BasePathMapping', 'domainName');
  const http = referringTo(domain.id, view, 'aws:apigatewayv2/apiMapping:ApiMapping', 'domainName');
  const links = [
    ...rest.found.flatMap((mapping) => set(mapping, spelling(mapping, 'restApi', 'apiId'), view)),
    ...http.found.flatMap((mapping) => set(mapping, 'apiId', view)),
  ];
  return orNobody(links, [...rest.doubts, ...http.doubts], domain, 'no API in the sources is mapped to it');
}

function backendsOf(api: Props, view: View): readonly Link[] {
  const rest = referringTo(api.id, view, 'aws:apigateway/integration:Integration', 'restApi');
  const http = referringTo(api.id, view, 'aws:apigatewayv2/integration:Integration', 'apiId');
  const links = [
    ...rest.found.flatMap((integration) => set(integration, 'uri', view)),
    ...http.found.flatMap((integration) => set(integration, 'integrationUri', view)),
    ...(api.raw('target') === undefined ? [] : set(api, 'target', view)),
    ...inBody(api, view),
  ];
  return orNobody(links, [...rest.doubts, ...http.doubts], api, 'no integration in the sources says where its requests go');
}

function set(props: Props, path: string, view: View): readonly Link[] {
  return fold(
    view.target(props, path),
    (urn): readonly Link[] => (urn === undefined ? [] : [{ to: known(urn), carries: 'traffic', property: path }]),
    (why) => [{ to: why, carries: 'traffic', property: path }],
  );
}

/** Functions named by an OpenAPI document. */
function inBody(api: Props, view: View): readonly Link[] {
  const body = api.raw('body');
  const to: Known<string>[] = [];
  if (body instanceof Hole) {
    for (const mention of body.mentions) if (view.get(mention.urn)?.type === FUNCTION) to.push(known(mention.urn));
    if (to.length === 0) to.push(unknown(body.reason, body.detail, api.origin('body')));
  } else if (typeof body === 'string') {
    for (const arn of new Set(body.match(/arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+/g) ?? [])) {
      to.push(view.named(known(arn, api.origin('body')), api, [FUNCTION]));
    }
  }
  return to.map((t) => ({ to: t, carries: 'traffic', property: 'body' }));
}

function orNobody(links: readonly Link[], doubts: readonly Known<string>[], props: Props, nobody: string): readonly Link[] {
  if (links.length > 0) return links;
  return [
    { to: doubts[0] ?? unknown('not-reported', nobody, { resource: props.id }), carries: 'traffic', property: 'integration' },
  ];
}

export const apiGateway = service<ApiFacts>({
  id: 'api-gateway',
  title: 'API Gateway',
  kind: 'traffic',
  types: [REST_API, HTTP_API, DOMAIN, HTTP_DOMAIN],
  parts: [
    ...['resource:Resource', 'method:Method', 'methodResponse:MethodResponse', 'integration:Integration', 'stage:Stage'].map(
      restPart,
    ),
    ...[
      'integrationResponse:IntegrationResponse',
      'deployment:Deployment',
      'methodSettings:MethodSettings',
      'authorizer:Authorizer',
    ].map(restPart),
    { type: 'aws:apigateway/basePathMapping:BasePathMapping', of: 'domainName' },
    ...['route:Route', 'integration:Integration', 'stage:Stage', 'deployment:Deployment', 'authorizer:Authorizer'].map(
      (name) => ({
        type: `aws:apigatewayv2/${name}`,
        of: 'apiId',
      }),
    ),
    { type: 'aws:apigatewayv2/apiMapping:ApiMapping', of: 'domainName' },
  ],
  declare,
  mean: (facts) => meaning({ kind: 'traffic', placement: regional, under: regionalImpacts(false), links: facts.backends }),
});

function restPart(name: string): { readonly type: string; readonly of: string } {
  return { type: `aws:apigateway/${name}`, of: 'restApi' };
}
