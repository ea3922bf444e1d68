/** What properties a resource type has: which are given, which AWS fills in, and which cannot change. */
import { FORCED_COMPUTE } from './forced-compute.ts';
import { FORCED_DATA } from './forced-data.ts';
import { FORCED_OTHERS } from './forced-others.ts';
import { FUNCTIONS, NESTED, SHAPES } from './shapes.ts';

export interface Shape {
  /** Every property that a program may set. */
  readonly inputs: ReadonlySet<string>;
  readonly required: readonly string[];
  /** Inputs that have a value in AWS also when the program sets none; that value is never a difference. */
  readonly settled: ReadonlySet<string>;
  /** What only AWS fills in. */
  readonly computed: ReadonlySet<string>;
  /** Whether the provider's default tags reach it. */
  readonly taggable: boolean;
}

/** `aws:rds/instance:Instance` → `rds/instance`. */
export const keyOf = (type: string): string => type.slice('aws:'.length, type.lastIndexOf(':'));

const read = new Map<string, Shape | undefined>();

/** Undefined for a type of which the table says nothing; it is then taken as it comes. */
export function shapeOf(type: string): Shape | undefined {
  if (!read.has(type)) read.set(type, parse(SHAPES[type]));
  return read.get(type);
}

/** `name!` is required, `name~` optional and filled in by AWS, `>name` computed; any other name is optional. */
function parse(text: string | undefined): Shape | undefined {
  if (text === undefined) return undefined;
  const words = text.split(' ');
  const marked = (mark: string): readonly string[] => words.filter((w) => w.endsWith(mark)).map((w) => w.slice(0, -1));
  const computed = words.filter((w) => w.startsWith('>')).map((w) => w.slice(1));
  return {
    inputs: new Set(words.filter((w) => !w.startsWith('>')).map((w) => w.replace(/[!~]$/, ''))),
    required: marked('!'),
    settled: new Set(marked('~')),
    computed: new Set(computed),
    taggable: computed.includes('tagsAll'),
  };
}

/** What a data source is asked with, and what it answers. */
export function functionShape(token: string): { readonly inputs: readonly string[]; readonly outputs: readonly string[] } {
  const words = (FUNCTIONS[token] ?? '').split(' ').filter((word) => word !== '');
  return {
    inputs: words.filter((w) => !w.startsWith('>')),
    outputs: words.filter((w) => w.startsWith('>')).map((w) => w.slice(1)),
  };
}

/** How an answered property that is no plain value is put together, by its name. */
export function nestedOf(token: string): ReadonlyMap<string, 'list' | 'objects' | 'object'> {
  const kinds = { '*': 'list', '**': 'objects', '%': 'object' } as const;
  return new Map(
    [...(NESTED[token] ?? '').matchAll(/(\w+)(\*\*?|%)/g)].map(([, name = '', mark]) => [
      name,
      kinds[mark as keyof typeof kinds],
    ]),
  );
}

/** Every type that the table knows. */
export const knownTypes = (): readonly string[] => Object.keys(SHAPES);

/** Forced in nearly every type. */
const USUAL = ['region', 'name', 'namePrefix'];
/** Types whose name can change in place. */
const RENAMABLE = new Set([
  ...['apiKey', 'authorizer', 'restApi', 'usagePlan', 'vpcLink'].map((kind) => `apigateway/${kind}`),
  ...['api', 'authorizer', 'vpcLink'].map((kind) => `apigatewayv2/${kind}`),
  ...['controlPanel', 'routingControl', 'safetyRule'].map((kind) => `route53recoverycontrol/${kind}`),
  ...['backup/plan', 'cloudfront/cachePolicy', 'cloudfront/originAccessControl', 'cloudfront/responseHeadersPolicy'],
  ...['cognito/userPoolClient', 'directconnect/gateway', 'directconnect/connection', 'directconnect/linkAggregationGroup'],
  ...['fsx/ontapStorageVirtualMachine', 'globalaccelerator/accelerator', 'iam/user', 'iam/group', 'organizations/account'],
  ...['organizations/organizationalUnit', 'rds/proxy', 'elasticache/serverlessCache'],
]);

const FORCED: Readonly<Record<string, string>> = { ...FORCED_COMPUTE, ...FORCED_DATA, ...FORCED_OTHERS };

/** Paths of properties whose change needs a new resource; everything below a path counts. */
export function forcedOf(type: string): readonly string[] {
  const key = keyOf(type);
  const own = FORCED[key]?.split(' ').filter((path) => path !== '') ?? [];
  return [...(RENAMABLE.has(key) ? ['region'] : USUAL), ...own];
}
