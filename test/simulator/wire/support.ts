/** A world with one service that records what reaches it and answers what it is told; and values for every shape of the SDK. */
import { readFileSync } from 'node:fs';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Operation, SimulatedService } from '../../../src/simulator/service.ts';
import { modelOf } from '../../../src/simulator/wire/model.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../../src/simulator/world/keys.ts';
import { World } from '../../../src/simulator/world/world.ts';

/** Clients that are installed and talk to an AWS service, as package.json names them. */
export const CLIENTS: readonly string[] = Object.keys(
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { dependencies: object }).dependencies,
).flatMap((name) => /^@aws-sdk\/client-(.+)$/.exec(name)?.slice(1) ?? []);

export const ACCOUNT = '111122223333';

export function worldOf(services: readonly SimulatedService[]): SimulatedAws {
  const world = new World({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  addAdministratorKey(world, 'test', 'test', ACCOUNT);
  return { world, services: new Map(services.map((service) => [service.client, service])), throttle: undefined };
}

export const service = (client: string, operations: SimulatedService['operations']): SimulatedService => ({
  client,
  prefix: client,
  operations,
});

export interface Echo {
  readonly service: SimulatedService;
  /** What the next call answers. */
  output: object;
  /** The last call that came in. */
  got: { readonly operation: string; readonly input: object } | undefined;
}

/** Every operation of the client's API. */
export async function echo(client: string): Promise<Echo> {
  const model = await modelOf(client);
  const operations: Record<string, Operation<never, object>> = {};
  const made: Echo = { service: service(client, operations), output: {}, got: undefined };
  for (const operation of model.operations.keys())
    operations[operation] = (input: object) => {
      made.got = { operation, input };
      return made.output;
    };
  return made;
}

export interface SdkModule {
  readonly client: new (settings: object) => { send(command: never): Promise<object> };
  readonly command: (operation: string) => (new (input: object) => never) | undefined;
  readonly operations: readonly { readonly name: string; readonly input: NormalizedSchema; readonly output: NormalizedSchema }[];
}

export async function sdk(client: string): Promise<SdkModule> {
  const module = (await import(`@aws-sdk/client-${client}`)) as Record<string, never>;
  const made = Object.entries(module).find(([name]) => name.endsWith('Client') && !name.startsWith('__'))?.[1];
  if (made === undefined) throw new Error(`no client in @aws-sdk/client-${client}`);
  return {
    client: made,
    command: (operation) => module[`${operation}Command`],
    operations: (Object.values(module) as unknown[])
      .filter((value): value is [9, string, string, object, never, never] => Array.isArray(value) && value[0] === 9)
      .map(([, , name, , input, output]) => ({ name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) })),
  };
}

/** Everything that a client needs to reach the handler and nothing that changes what it sends. */
export const settings = (requestHandler: object): object => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
  forcePathStyle: true,
  endpoint: 'https://aws.test',
  requestHandler,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  disableHostPrefix: true,
  disableRequestCompression: true,
  accountIdEndpointMode: 'disabled',
});

/** From this depth on, only what is required. */
const DEEP = 6;
const BOTTOM = 12;

/** A value with every member set, down to some depth. Undefined: there is none that ends before the bottom. */
export function sampleOf(schema: NormalizedSchema, next: () => number, depth = 0): unknown {
  const whole = (below: number): number => Math.floor(next() * below);
  if (schema.isUnitSchema()) return {};
  if (depth > BOTTOM) return undefined;
  if (schema.isStructSchema()) return schema.isStreaming() ? undefined : structureOf(schema, next, depth);
  if (schema.isListSchema() || schema.isMapSchema()) {
    const items = (depth < DEEP ? [0, 1] : [0])
      .map(() => sampleOf(schema.getValueSchema(), next, depth + 1))
      .filter((item) => item !== undefined);
    if (items.length === 0) return undefined;
    return schema.isListSchema() ? items : Object.fromEntries(items.map((item, i) => [`key-${i}-${whole(99)}`, item]));
  }
  if (schema.isDocumentSchema()) return { a: 1, b: ['x', { c: null }] };
  if (schema.isTimestampSchema()) return new Date(Date.UTC(2026, 0, 1) + whole(1e6) * 1000);
  if (schema.isBlobSchema()) return Buffer.from(`bytes ${whole(1e6)}`);
  if (schema.isBooleanSchema()) return next() < 0.5;
  if (schema.isStringSchema()) return stringOf(schema, whole);
  return 1 + whole(1e4);
}

function structureOf(schema: NormalizedSchema, next: () => number, depth: number): unknown {
  const all = [...schema.structIterator()].filter(([name]) => !FILLED_IN.has(name));
  const static_: unknown = schema.getSchema();
  const required = Array.isArray(static_) && typeof static_[6] === 'number' ? static_[6] : 0;
  if (schema.isUnionSchema()) {
    const start = Math.floor(next() * all.length);
    for (const [name, member] of [...all.slice(start), ...all.slice(0, start)]) {
      const value = sampleOf(member, next, depth + 1);
      if (value !== undefined) return { [name]: value };
    }
    return undefined;
  }
  const values = all
    .slice(0, depth < DEEP ? all.length : required)
    .map(([name, member]) => [name, sampleOf(member, next, depth + 1)] as const);
  if (values.slice(0, required).some(([, value]) => value === undefined)) return undefined;
  const set = values.filter(([, value]) => value !== undefined);
  // An empty structure inside of a query is nothing at all.
  return set.length === 0 && depth > 0 ? undefined : Object.fromEntries(set);
}

/** Clients make something else out of these by themselves: digests (S3), another endpoint (EventBridge). */
const FILLED_IN = new Set([
  'SSECustomerKey',
  'SSECustomerKeyMD5',
  'CopySourceSSECustomerKey',
  'CopySourceSSECustomerKeyMD5',
  'EndpointId',
]);

/** Members into which clients look, or which they fill in by themselves: what they accept. */
const LOOKED_INTO: Readonly<Record<string, string>> = {
  AccountId: ACCOUNT,
  Bucket: 'a-bucket',
  ChecksumAlgorithm: 'CRC32',
  ChecksumMode: 'DISABLED',
};

function stringOf(schema: NormalizedSchema, whole: (below: number) => number): string {
  const { mediaType, httpHeader, httpPrefixHeaders } = schema.getMergedTraits();
  if (mediaType !== undefined) return '{"a":1}';
  const fixed = schema.isMemberSchema() ? LOOKED_INTO[schema.getMemberName()] : undefined;
  // Headers carry no letters beyond Latin-1, and a list in a header is divided by commas.
  return fixed ?? (httpHeader === undefined && httpPrefixHeaders === undefined ? text(whole) : `plain-${whole(1e6)}`);
}

/** Blanks, quotes, markup and letters beyond ASCII are what codecs stumble over. */
const TEXTS = ['plain', 'two words', 'a/b+c=d&e', '<tag attr="x">', "it's “quoted”", 'naïve ☃ 𝄞', '100%', 'a,b;c:d'];
const text = (whole: (below: number) => number): string => `${TEXTS[whole(TEXTS.length)]}-${whole(1e6)}`;

/** Comparable: instants and bytes as text, strings that are objects as strings, nothing that is undefined. */
export async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Date) return `instant ${value.toISOString()}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('utf8')}`;
  if (value instanceof String) return value.toString();
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== 'object' || value === null) return value;
  if ('transformToByteArray' in value && typeof value.transformToByteArray === 'function')
    return plain(await value.transformToByteArray());
  const entries = Object.entries(value).filter(([name, item]) => item !== undefined && name !== '$metadata');
  return Object.fromEntries(await Promise.all(entries.map(async ([name, item]) => [name, await plain(item)])));
}
