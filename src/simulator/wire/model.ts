/** What a wire must know of one AWS API: its protocol, its operations with their shapes, its errors. */
import type { WireRequest } from './message.ts';
import { type SchemaRef, type Structure, structureOf } from './shapes.ts';
import { tableOf } from './tables.ts';

export const PROTOCOLS = ['awsJson1_0', 'awsJson1_1', 'restJson1', 'restXml', 'awsQuery', 'ec2Query', 'rpcv2Cbor'] as const;
export type ProtocolId = (typeof PROTOCOLS)[number];

export interface HttpBinding {
  readonly method: string;
  /** `/clusters/{name}/nodes?all`: labels in braces, `{key+}` over several segments; query literals after the question mark. */
  readonly uri: string;
  readonly status: number;
}

export interface WireOperation {
  readonly name: string;
  readonly input: Structure;
  readonly output: Structure;
  /** Undefined for protocols without HTTP bindings. */
  readonly http: HttpBinding | undefined;
}

export interface WireError {
  /** Of the shape: `DBInstanceNotFoundFault`. */
  readonly name: string;
  /** In replies of awsQuery: `DBInstanceNotFound`. */
  readonly code: string;
  readonly status: number | undefined;
  readonly shape: Structure;
}

export interface WireModel {
  /** As in `@aws-sdk/client-<id>`. */
  readonly client: string;
  /** That the SDK for JavaScript speaks; other clients may speak another one. */
  readonly protocol: ProtocolId;
  /** API version as awsQuery sends it. */
  readonly version: string | undefined;
  readonly xmlNamespace: string | undefined;
  /** Errors carry their awsQuery code in a header (smithy.io/2.0/aws/protocols/aws-query-protocol, "awsQueryCompatible"). */
  readonly queryCompatible: boolean;
  readonly operations: ReadonlyMap<string, WireOperation>;
  /** By name and by awsQuery code. */
  readonly errors: ReadonlyMap<string, WireError>;
}

const models = new Map<string, Promise<WireModel>>();

/** Loaded once. Throws when neither the SDK's client has schemas nor a table says how it speaks. */
export function modelOf(client: string): Promise<WireModel> {
  const known = models.get(client);
  if (known !== undefined) return known;
  const loading = Promise.resolve(tableOf(client) ?? load(client));
  models.set(client, loading);
  return loading;
}

/** The model of an API that is not simulated: it knows no operation, and its errors are spelled as the caller will read them. */
export function stranger(service: string | undefined, request: WireRequest): WireModel {
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const query = form || request.query.has('Action');
  const rest = service === undefined || service.startsWith('s3') ? 'restXml' : 'restJson1';
  return {
    client: service ?? (query ? 'nobody' : 's3'),
    protocol: query ? (service === 'ec2' ? 'ec2Query' : 'awsQuery') : rest,
    version: undefined,
    xmlNamespace: undefined,
    queryCompatible: false,
    operations: new Map(),
    errors: new Map(),
  };
}

type Schema = readonly unknown[];
const OPERATION = 9;
const ERROR = -3;

async function load(client: string): Promise<WireModel> {
  const module = (await import(`@aws-sdk/client-${client}`)) as Readonly<Record<string, unknown>>;
  const config = configOf(client, module);
  const schemas = Object.values(module).filter((value): value is Schema => Array.isArray(value) && typeof value[0] === 'number');
  const settings = recordOf(config.protocolSettings);
  return {
    client,
    protocol: protocolOf(client, config.protocol),
    version: stringOf(settings.version),
    xmlNamespace: stringOf(settings.xmlNamespace),
    queryCompatible: settings.awsQueryCompatible === true,
    operations: new Map(
      schemas.filter((schema) => schema[0] === OPERATION).map((schema) => [String(schema[2]), operationOf(schema)]),
    ),
    errors: errorsOf(schemas.filter((schema) => schema[0] === ERROR)),
  };
}

/** A client knows its protocol once it is made; nothing is sent. */
function configOf(client: string, module: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const Client = Object.entries(module).find(([name]) => name.endsWith('Client') && !name.startsWith('__'))?.[1];
  if (typeof Client !== 'function') throw new Error(`@aws-sdk/client-${client} exports no client`);
  const made: unknown = Reflect.construct(Client, [
    { region: 'us-east-1', credentials: { accessKeyId: '-', secretAccessKey: '-' } },
  ]);
  return recordOf(recordOf(made).config);
}

function protocolOf(client: string, protocol: unknown): ProtocolId {
  const shapeId = recordOf(protocol).getShapeId;
  const id = typeof shapeId === 'function' ? String(shapeId.call(protocol)) : 'no schemas';
  const found = PROTOCOLS.find((name) => id.toLowerCase().endsWith(`#${name.toLowerCase()}`));
  if (found === undefined) throw new Error(`@aws-sdk/client-${client}: expected a protocol, found ${id}`);
  return found;
}

/** Shapes are made when an operation is called for the first time: EC2 has 823. */
function operationOf(schema: Schema): WireOperation {
  const [, , name, traits, input, output] = schema;
  const http = recordOf(traits).http;
  let read: Structure | undefined;
  let written: Structure | undefined;
  return {
    name: String(name),
    get input() {
      read ??= structureOf(input as SchemaRef);
      return read;
    },
    get output() {
      written ??= structureOf(output as SchemaRef);
      return written;
    },
    http: Array.isArray(http) ? { method: String(http[0]), uri: String(http[1]), status: Number(http[2] ?? 200) } : undefined,
  };
}

function errorsOf(schemas: readonly Schema[]): ReadonlyMap<string, WireError> {
  const errors = new Map<string, WireError>();
  for (const schema of schemas) {
    const name = String(schema[2]);
    const traits = recordOf(schema[3]);
    const query: readonly unknown[] = Array.isArray(traits.awsQueryError) ? traits.awsQueryError : [];
    const status = query[1] ?? traits.httpError;
    const error: WireError = {
      name,
      code: typeof query[0] === 'string' ? query[0] : name,
      status: typeof status === 'number' ? status : undefined,
      shape: structureOf(schema as unknown as SchemaRef),
    };
    errors.set(name, error);
    if (!errors.has(error.code)) errors.set(error.code, error);
  }
  return errors;
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
