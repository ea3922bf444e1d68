/**
 * Clients of ARC Region switch and ARC zonal shift, which AWS publishes no usable npm package for at our SDK's versions.
 * Protocols, paths and endpoints from botocore 1.43's models (arc-region-switch 2022-07-26: Smithy RPC v2 CBOR or AWS JSON 1.0,
 * control plane operations at the partition's own Region; arc-zonal-shift 2022-10-30: REST JSON).
 */
import { Sha256Node } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { UsageError } from '../model/errors.ts';
import type { ClientId, Place } from './call.ts';
import type { CredentialsProvider, HttpHandler } from './transport.ts';

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{name}` is a member of the input. */
  readonly path: string;
  /** Members of the input that go into the query. */
  readonly query?: readonly string[];
}

const ZONAL_SHIFT: Readonly<Record<string, Route>> = {
  ListManagedResources: { method: 'GET', path: '/managedresources', query: ['nextToken', 'maxResults'] },
  GetManagedResource: { method: 'GET', path: '/managedresources/{resourceIdentifier}' },
  ListZonalShifts: {
    method: 'GET',
    path: '/zonalshifts',
    query: ['nextToken', 'status', 'maxResults', 'resourceIdentifier'],
  },
  ListAutoshifts: { method: 'GET', path: '/autoshifts', query: ['nextToken', 'status', 'maxResults'] },
  StartZonalShift: { method: 'POST', path: '/zonalshifts' },
  CancelZonalShift: { method: 'DELETE', path: '/zonalshifts/{zonalShiftId}' },
};

/** True: answered by the control plane in the partition's own Region; false: by each Region that the plan names. */
const REGION_SWITCH: Readonly<Record<string, boolean>> = {
  ListPlans: true,
  GetPlan: true,
  ListRoute53HealthChecks: true,
  ListTagsForResource: true,
  ListPlansInRegion: false,
  GetPlanInRegion: false,
  ListRoute53HealthChecksInRegion: false,
  ListPlanExecutions: false,
  ListPlanExecutionEvents: false,
  GetPlanExecution: false,
  GetPlanEvaluationStatus: false,
  StartPlanExecution: false,
  ApprovePlanExecutionStep: false,
  CancelPlanExecution: false,
};

export const ARC_CLIENTS: ReadonlySet<ClientId> = new Set(['arc-region-switch', 'arc-zonal-shift']);

/** Members of replies that are times: seconds since the epoch in both protocols. */
const TIMES = new Set([
  'endTime',
  'expiryTime',
  'lastEvaluationTime',
  'reportGenerationTime',
  'startTime',
  'timestamp',
  'updatedAt',
  'warningUpdatedTime',
]);

export interface ArcOptions {
  readonly at: Place;
  readonly endpoint: string | undefined;
  readonly handler: HttpHandler;
  readonly credentials: CredentialsProvider;
  readonly signal: AbortSignal | undefined;
}

interface Address {
  readonly url: string;
  /** For which the request is signed. */
  readonly region: string;
}

/** Throws as the SDK does: errors with AWS's code as their `name` and the status in `$metadata`. */
export async function sendArc(client: ClientId, operation: string, input: object, options: ArcOptions): Promise<object> {
  const members = { ...input } as Record<string, unknown>;
  const address = client === 'arc-zonal-shift' ? zonalShiftAt(options.at) : regionSwitchAt(operation, options.at);
  const base = new URL(options.endpoint ?? address.url);
  const shape = client === 'arc-zonal-shift' ? restRequest(operation, members) : rpcRequest(operation, members);
  const body = shape.method === 'GET' || shape.method === 'DELETE' ? undefined : JSON.stringify(members);
  const request = new HttpRequest({
    ...shape,
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port === '' ? {} : { port: Number(base.port) }),
    headers: {
      ...shape.headers,
      host: base.host,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    body,
  });
  const signer = new SignatureV4({
    service: client,
    region: address.region,
    credentials: options.credentials,
    sha256: Sha256Node,
  });
  const signed = await signer.sign(request);
  const { response } = await options.handler.handle(
    signed as never,
    options.signal === undefined ? {} : { abortSignal: options.signal },
  );
  return read(response);
}

interface Shape {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
}

function rpcRequest(operation: string, _: object): Shape {
  return {
    method: 'POST',
    path: '/',
    query: {},
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `ArcRegionSwitch.${operation}` },
  };
}

/** Moves the members that go into the path and the query out of `members`; what is left is the body. */
function restRequest(operation: string, members: Record<string, unknown>): Shape {
  const route = ZONAL_SHIFT[operation];
  if (route === undefined) throw noSuch('arc-zonal-shift', operation);
  const take = (name: string): string | undefined => {
    const value = members[name];
    delete members[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const path = route.path.replace(/\{(\w+)\}/, (_, name: string) => encodeURIComponent(take(name) ?? ''));
  const query: Record<string, string> = {};
  for (const name of route.query ?? []) {
    const value = take(name);
    if (value !== undefined) query[name] = value;
  }
  return { method: route.method, path, query, headers: { 'content-type': 'application/json' } };
}

const isChina = (region: string): boolean => region.startsWith('cn-');

function zonalShiftAt({ region }: Place): Address {
  return { url: `https://arc-zonal-shift.${region}.amazonaws.com${isChina(region) ? '.cn' : ''}`, region };
}

function regionSwitchAt(operation: string, { region }: Place): Address {
  const central = REGION_SWITCH[operation];
  if (central === undefined) throw noSuch('arc-region-switch', operation);
  const domain = isChina(region) ? 'api.amazonwebservices.com.cn' : 'api.aws';
  if (!central) return { url: `https://arc-region-switch.${region}.${domain}`, region };
  const home = isChina(region) ? 'cn-north-1' : region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
  return { url: `https://arc-region-switch-control-plane.${home}.${domain}`, region: home };
}

const noSuch = (client: ClientId, operation: string): UsageError =>
  new UsageError('aws-operation', `The client ${client} has no operation ${operation} that Holdfast knows.`);

async function read(response: unknown): Promise<object> {
  const { statusCode, headers, body } = response as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: AsyncIterable<Uint8Array | string> | Uint8Array | string | undefined;
  };
  const text = await textOf(body);
  const metadata = { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] };
  const parse = (): unknown =>
    text === '' ? {} : JSON.parse(text, (key, v: unknown) => (isTime(key, v) ? new Date(v * 1000) : v));
  if (statusCode < 300) {
    const output = parse();
    if (typeof output !== 'object' || output === null || Array.isArray(output))
      throw Object.assign(new SyntaxError('the reply is not an object'), { $metadata: metadata });
    return output;
  }
  let error: unknown;
  try {
    error = parse();
  } catch (cause) {
    // A page in place of a reply. Where a header says what is wrong, that is enough.
    if (headers['x-amzn-errortype'] === undefined) throw Object.assign(new SyntaxError(String(cause)), { $metadata: metadata });
    error = {};
  }
  const members = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  const code = [headers['x-amzn-errortype'], members.__type, members.code].find((c): c is string => typeof c === 'string');
  const message = typeof members.message === 'string' ? members.message : `HTTP ${statusCode}`;
  throw Object.assign(new Error(message), {
    name: code?.replace(/^.*#/, '').replace(/:.*$/, '') ?? `Http${statusCode}`,
    $metadata: metadata,
    $response: response,
  });
}

const isTime = (key: string, v: unknown): v is number => TIMES.has(key) && typeof v === 'number';

async function textOf(body: AsyncIterable<Uint8Array | string> | Uint8Array | string | undefined): Promise<string> {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}
