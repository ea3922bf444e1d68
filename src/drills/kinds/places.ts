/** Where the things of an estate are, once they are in AWS: ARNs, API endpoints, and names that answer. */
import type { Place } from '../../aws/call.ts';
import type { Estate, EstateResource } from '../../estate/estate.ts';
import type { Outside } from '../ports.ts';

export interface Located {
  readonly item: EstateResource;
  readonly arn: string;
  /** Where its API is. */
  readonly at: Place;
  /** Last part of its ARN: the name that its API takes. */
  readonly name: string;
}

export function arnOf(item: EstateResource): string | undefined {
  const { arn } = item.resource.outputs;
  return typeof arn === 'string' ? arn : undefined;
}

/** `arn:aws:rds:us-east-1:123456789012:db:orders` → where its API is, and its name. */
export function placeOfArn(arn: string): { readonly at: Place; readonly name: string } {
  const [, , , region = '', account = '', ...rest] = arn.split(':');
  return { at: { account, region }, name: rest.at(-1)?.split('/').at(-1) ?? '' };
}

/** Empty for what has no ARN (yet). */
export function located(item: EstateResource): readonly Located[] {
  const arn = arnOf(item);
  return arn === undefined ? [] : [{ item, arn, ...placeOfArn(arn) }];
}

/** Outputs under which writers reach a store. */
const STORE_OUTPUTS = [
  'address',
  'endpoint',
  'primaryEndpointAddress',
  'configurationEndpointAddress',
  'clusterAddress',
  'bucketRegionalDomainName',
  'dnsName',
  'arn',
];

/** Host names and ARNs among these outputs. */
export function textsOf(item: EstateResource, names: readonly string[]): readonly string[] {
  return names
    .map((name) => item.resource.outputs[name])
    .filter((value) => typeof value === 'string')
    .map((text) => (text.startsWith('arn:') ? text : text.replace(/^[a-z]+:\/\//i, '').replace(/[/:?#].*$/, '')))
    .filter((text) => text !== '');
}

/** The first that answers: names of one thing all lead to the same. */
async function answering(hosts: readonly string[], outside: Outside): Promise<readonly string[]> {
  for (const host of hosts) if ((await outside.request(host, 0)).kind === 'served') return [host];
  return [];
}

/** A DynamoDB global table has replicas that are no resources of their own: the same name in other Regions. */
export async function storeEndpoints(
  item: EstateResource,
  regions: readonly string[],
  outside: Outside,
): Promise<readonly string[]> {
  const own = await answering(textsOf(item, STORE_OUTPUTS), outside);
  const table = own.find((host) => /^arn:aws[a-z-]*:dynamodb:/.test(host));
  if (table === undefined) return own;
  const replicas: string[] = [];
  for (const region of new Set([...regions, ...replicaRegions(item)])) {
    const there = table.split(':').with(3, region).join(':');
    if (there !== table) replicas.push(...(await answering([there], outside)));
  }
  return [...own, ...replicas];
}

function replicaRegions({ resource }: EstateResource): readonly string[] {
  const named = resource.outputs.replicas ?? resource.inputs.replicas;
  return (Array.isArray(named) ? (named as readonly unknown[]) : [])
    .map((r) => (typeof r === 'object' && r !== null && 'regionName' in r ? r.regionName : undefined))
    .filter((region) => typeof region === 'string');
}

export function regionsOf(estate: Pick<Estate, 'resources'>): readonly string[] {
  const regions = new Set<string>();
  for (const item of estate.resources.values()) {
    const region = arnOf(item)?.split(':')[3];
    if (region !== undefined && region !== '') regions.add(region);
  }
  return [...regions].sort();
}
