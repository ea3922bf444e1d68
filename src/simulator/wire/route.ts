/** Which operation a request calls, and in which protocol: decided by what arrives, since clients of one API speak several. */
import { decodePercent, parametersOf, textOf, type WireRequest } from './message.ts';
import type { ProtocolId, WireModel, WireOperation } from './model.ts';
import { literalsOf } from './rest.ts';

export interface Routed {
  readonly protocol: ProtocolId;
  /** Undefined: no such operation. */
  readonly operation: WireOperation | undefined;
  /** Decoded labels of the path. */
  readonly labels: Readonly<Record<string, string>>;
  /** Parameters of awsQuery and ec2Query. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
}

/** Throws `Malformed`. */
export function route(model: WireModel, request: WireRequest): Routed {
  const protocol = protocolOf(model, request);
  const none = { protocol, labels: {}, parameters: new Map<string, readonly string[]>() };
  switch (protocol) {
    case 'rpcv2Cbor':
      return { ...none, operation: model.operations.get(CBOR_PATH.exec(request.path)?.[1] ?? '') };
    case 'awsJson1_0':
    case 'awsJson1_1':
      return { ...none, operation: model.operations.get(request.headers['x-amz-target']?.split('.').at(-1) ?? '') };
    case 'awsQuery':
    case 'ec2Query': {
      const parameters = formOf(request);
      return { ...none, parameters, operation: model.operations.get(parameters.get('Action')?.[0] ?? '') };
    }
    default:
      return { ...none, ...restRoute(model, request) };
  }
}

/** `/service/GraniteServiceVersion20100801/operation/ListMetrics`. */
const CBOR_PATH = /\/service\/[^/]+\/operation\/([^/]+)\/?$/;

export function protocolOf(model: WireModel, request: WireRequest): ProtocolId {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor' || CBOR_PATH.test(request.path)) return 'rpcv2Cbor';
  if (request.headers['x-amz-target'] !== undefined)
    return request.headers['content-type']?.includes('1.0') === true ? 'awsJson1_0' : 'awsJson1_1';
  if (model.protocol === 'restJson1' || model.protocol === 'restXml' || model.protocol === 'ec2Query') return model.protocol;
  return 'awsQuery';
}

/** Parameters of the body, or of the URL for presigned calls and GET. */
export function formOf(request: WireRequest): ReadonlyMap<string, readonly string[]> {
  return request.body.length === 0 ? request.query : new Map([...request.query, ...parametersOf(textOf(request.body))]);
}

interface Route {
  readonly operation: WireOperation;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  readonly literals: readonly (readonly [name: string, value: string | undefined])[];
  /** Names of query parameters and of headers without which the call is not meant. */
  readonly queries: readonly string[];
  readonly headers: readonly string[];
  /** Of S3: whether the path belongs to a bucket. */
  readonly bucket: boolean;
}

const tables = new WeakMap<WireModel, ReadonlyMap<string, readonly Route[]>>();

function restRoute(model: WireModel, request: WireRequest): Pick<Routed, 'operation' | 'labels'> {
  const place = model.client === 's3' ? bucketOf(request) : { bucket: undefined, path: request.path };
  const routes = routesOf(model).get(request.method) ?? [];
  const fitting = routes.flatMap((candidate) => {
    if (candidate.bucket !== (place.bucket !== undefined)) return [];
    const match = candidate.pattern.exec(place.path);
    return match !== null && candidate.literals.every(([name, value]) => holds(request, name, value))
      ? [{ candidate, match }]
      : [];
  });
  // A call that lacks what it must have is still a call: the missing member is named then.
  const chosen = fitting.find(({ candidate }) => isComplete(candidate, request)) ?? fitting.at(-1);
  if (chosen === undefined) return { operation: undefined, labels: {} };
  const { candidate, match } = chosen;
  const labels = candidate.labels.map((label, i) => [label, decodePercent(match[i + 1] ?? '')] as const);
  return {
    operation: candidate.operation,
    labels: { ...Object.fromEntries(labels), ...(place.bucket === undefined ? {} : { Bucket: place.bucket }) },
  };
}

const holds = (request: WireRequest, name: string, value: string | undefined): boolean => {
  const given = request.query.get(name);
  return given !== undefined && (value === undefined || given.includes(value));
};

const isComplete = (candidate: Route, request: WireRequest): boolean =>
  candidate.queries.every((name) => request.query.has(name)) &&
  candidate.headers.every((name) => request.headers[name] !== undefined);

/** The most particular route comes first. */
function routesOf(model: WireModel): ReadonlyMap<string, readonly Route[]> {
  const known = tables.get(model);
  if (known !== undefined) return known;
  const byMethod = new Map<string, Route[]>();
  for (const operation of model.operations.values()) {
    if (operation.http === undefined) continue;
    const routes = byMethod.get(operation.http.method) ?? [];
    byMethod.set(operation.http.method, routes);
    routes.push(routeOf(operation, operation.http.uri));
  }
  for (const routes of byMethod.values()) routes.sort((a, b) => weight(b) - weight(a));
  tables.set(model, byMethod);
  return byMethod;
}

/** Literals count most, then required parameters; labels count against a route, greedy ones most. */
const weight = ({ literals, queries, headers, labels, pattern }: Route): number =>
  literals.length * 1000 + (queries.length + headers.length) * 100 - labels.length - (pattern.source.includes('(.+)') ? 10 : 0);

function routeOf(operation: WireOperation, uri: string): Route {
  const labels: string[] = [];
  const path = (uri.split('?')[0] ?? '').replace(/\/$/, '');
  const source = path.replace(/[.*+?^$()|[\]\\]|\{(\w+)(\+?)\}/g, (found, label?: string, greedy?: string) => {
    if (label === undefined) return `\\${found}`;
    labels.push(label);
    return greedy === '+' ? '(.+)' : '([^/]+)';
  });
  const required = operation.input.members.filter((member) => member.required);
  const named = (place: 'query' | 'header') => required.flatMap(({ traits: { at } }) => (at?.place === place ? [at.name] : []));
  return {
    operation,
    pattern: new RegExp(`^${source}/?$`),
    labels,
    // The SDK for JavaScript adds x-id to S3's URLs, other clients do not.
    literals: literalsOf(uri).filter(([name]) => name !== 'x-id'),
    queries: named('query'),
    headers: named('header'),
    bucket:
      operation.input.members.some((member) => member.name === 'Bucket' && member.traits.at?.place === 'label') &&
      !labels.includes('Bucket'),
  };
}

/** S3 names the bucket in the host or as the first segment of the path. */
export function bucketOf(request: WireRequest): { readonly bucket: string | undefined; readonly path: string } {
  const host = request.host.replace(/:\d+$/, '');
  const virtual = /^(.+?)\.s3[.-].*amazonaws\.com$/.exec(host)?.[1] ?? /^(.+?)\.(?:s3\.)?localhost$/.exec(host)?.[1];
  if (virtual !== undefined && virtual !== 's3') return { bucket: virtual, path: request.path };
  const [, bucket = '', path = ''] = /^\/([^/]*)(.*)$/.exec(request.path) ?? [];
  return bucket === '' ? { bucket: undefined, path: '/' } : { bucket: decodePercent(bucket), path: path === '' ? '/' : path };
}
