/** What simulated ElastiCache keeps, and who answers under its endpoints. */
import { follow, replicate } from '../plane/logs.ts';
import { type Answer, listen, refused } from '../plane/network.ts';
import { ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';

export interface Node {
  /** Identifier of its cache cluster: `orders-001`. */
  readonly id: string;
  zone: string;
  /** Set while it is being made anew or restarted. */
  outage: string | undefined;
}

export interface Shard {
  readonly id: string;
  nodes: readonly Node[];
  /** Node that takes writes. */
  primary: string;
  /** Node that DNS gives for the primary endpoint: it follows the primary after a while. */
  endpointTo: string;
  epoch: number;
}

export interface ReplicationGroup {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly arn: string;
  description: string;
  readonly engine: string;
  engineVersion: string | undefined;
  nodeType: string;
  readonly clusterMode: boolean;
  readonly durability: string | undefined;
  readonly createdAt: number;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  readonly subnetGroup: string;
  readonly port: number;
  status: string;
  automaticFailover: boolean;
  multiAz: boolean;
  shards: readonly Shard[];
  retentionDays: number;
  snapshotsFrom: number | undefined;
  /** Lag of replicas behind their primary, in milliseconds. */
  readonly lag: number;
  /** ARN of the primary group of its Global Datastore, while this one is a secondary. */
  source: string | undefined;
  readonly globalLag: number;
  datastore: string | undefined;
  outage: string | undefined;
  readonly host: string;
  readonly readerHost: string;
  tags: Readonly<Record<string, string>>;
}

/** A cluster without replication: Memcached, or one node. */
export interface CacheCluster {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly arn: string;
  readonly engine: string;
  engineVersion: string | undefined;
  nodeType: string;
  crossAz: boolean;
  readonly createdAt: number;
  readonly subnetGroup: string;
  readonly port: number;
  status: string;
  nodes: readonly Node[];
  retentionDays: number;
  snapshotsFrom: number | undefined;
  readonly host: string;
  tags: Readonly<Record<string, string>>;
}

export interface ServerlessCache {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly engine: string;
  readonly kmsKey: string | undefined;
  readonly createdAt: number;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
  readonly host: string;
  status: string;
  retentionDays: number;
  tags: Readonly<Record<string, string>>;
}

export const GROUPS = shelf<ReplicationGroup>('elasticache:replication-group');
export const CACHE_CLUSTERS = shelf<CacheCluster>('elasticache:cache-cluster');
export const SERVERLESS = shelf<ServerlessCache>('elasticache:serverless-cache');

export const groupAt = (world: World, arn: string): ReplicationGroup | undefined => {
  const [, , , region = '', account = '', , id = ''] = arn.split(':');
  return world.get(GROUPS, account, region, id);
};

export function groupOr404(world: World, account: string, region: string, id: string | undefined): ReplicationGroup {
  const group = world.get(GROUPS, account, region, (id ?? '').toLowerCase());
  if (group === undefined)
    throw new ServiceFault('ReplicationGroupNotFoundFault', `ReplicationGroup ${id ?? ''} not found.`, 404);
  return group;
}

export function mustBeAvailable(group: ReplicationGroup): void {
  if (group.status !== 'available')
    throw new ServiceFault('InvalidReplicationGroupState', `Replication group ${group.id} is ${group.status}.`);
}

export function whyNodeDown(world: World, node: Node): string | undefined {
  if (world.zoneIsLost(node.zone)) return `${node.zone} is lost`;
  return node.outage;
}

/**
 * What the replicas of a group have: they are asynchronous, and lack the newest writes. The log of the group itself, under its
 * ARN, is what its primaries hold; a promotion replaces it by this one.
 */
export const replicaLog = (group: ReplicationGroup): string => `${group.arn}/replicas`;

const nodeOf = (shard: Shard, id: string): Node | undefined => shard.nodes.find((n) => n.id === id);

export function listenGroup(world: World, group: ReplicationGroup): void {
  const { account, region, id } = group;
  const now = (): ReplicationGroup | undefined => world.get(GROUPS, account, region, id);
  listen(world, group.host, () => {
    const current = now();
    return current === undefined ? refused(`no replication group ${id}`) : primaryAnswer(world, current);
  });
  listen(world, group.readerHost, () => {
    const current = now();
    return current === undefined ? refused(`no replication group ${id}`) : readerAnswer(world, current);
  });
}

function whyGroupDown(world: World, group: ReplicationGroup): string | undefined {
  if (world.regionIsLost(group.region)) return `${group.region} is lost`;
  if (group.outage !== undefined) return group.outage;
  return ['creating', 'create-failed', 'deleting'].includes(group.status) ? `${group.id} is ${group.status}` : undefined;
}

/** With more than one shard the endpoint answers as the worst of them: a key may live in any. */
function primaryAnswer(world: World, group: ReplicationGroup): Answer {
  const why = whyGroupDown(world, group);
  if (why !== undefined) return refused(why);
  let first: Node | undefined;
  for (const shard of group.shards) {
    const node = nodeOf(shard, shard.endpointTo);
    if (node === undefined) return refused(`shard ${shard.id} of ${group.id} has no primary`);
    const down = whyNodeDown(world, node);
    if (down !== undefined) return refused(`shard ${shard.id}: ${down}`);
    if (shard.endpointTo !== shard.primary) return refused(`shard ${shard.id}: DNS still leads to the former primary`);
    first ??= node;
  }
  if (first === undefined) return refused(`${group.id} has no shard`);
  const writes = group.source === undefined ? group.arn : undefined;
  return { kind: 'served', by: group.arn, region: group.region, zone: first.zone, writes };
}

function readerAnswer(world: World, group: ReplicationGroup): Answer {
  const why = whyGroupDown(world, group);
  if (why !== undefined) return refused(why);
  const shard = group.shards[0];
  const reader = shard?.nodes.find((n) => n.id !== shard.primary && whyNodeDown(world, n) === undefined);
  if (reader === undefined) return primaryAnswer(world, group);
  return { kind: 'served', by: group.arn, region: group.region, zone: reader.zone, writes: undefined };
}

export function listenCluster(world: World, cluster: CacheCluster): void {
  const { account, region, id } = cluster;
  listen(world, cluster.host, () => {
    const current = world.get(CACHE_CLUSTERS, account, region, id);
    if (current === undefined) return refused(`no cache cluster ${id}`);
    if (current.status === 'creating') return refused(`${id} is creating`);
    const up = current.nodes.find((n) => whyNodeDown(world, n) === undefined);
    if (up === undefined) return refused(`no node of ${id} answers`);
    return { kind: 'served', by: current.arn, region, zone: up.zone, writes: current.arn };
  });
}

/** Every AZ of the Region serves it, and it goes with the Region alone. */
export function listenServerless(world: World, cache: ServerlessCache): void {
  listen(world, cache.host, () => {
    const { region, arn } = cache;
    const current = world.get(SERVERLESS, cache.account, region, cache.name);
    if (current === undefined) return refused(`no serverless cache ${cache.name}`);
    if (current.status === 'creating') return refused(`${cache.name} is creating`);
    if (world.zones(region).every((z) => world.zoneIsLost(z))) return refused(`${region} is lost`);
    return { kind: 'served', by: arn, region, zone: undefined, writes: arn };
  });
}

/** Seconds by which replication out of a group is late because somebody made it so; undefined: it stands still. */
export function lateness(world: World, leader: string, follower: ReplicationGroup): number | undefined {
  let seconds = 0;
  for (const { fault } of world.faults) {
    if (fault.kind === 'replication-stopped' && fault.arn === leader) return undefined;
    if (fault.kind === 'replication-lag' && fault.arn === leader) seconds += fault.seconds;
  }
  const source = groupAt(world, leader);
  const isThere = source !== undefined && !world.regionIsLost(source.region) && !world.regionIsLost(follower.region);
  return isThere ? seconds : undefined;
}

/** A secondary group receives what the primary group of its Global Datastore is given. */
export function followPrimary(world: World, primary: string, secondary: ReplicationGroup): void {
  secondary.source = primary;
  follow(world, primary, secondary.arn, () => {
    const late = lateness(world, primary, secondary) ?? 0;
    return between(world, (0.5 * secondary.globalLag) / 1000, (1.5 * secondary.globalLag) / 1000) + late * 1000;
  });
}

export function settleReplication(world: World): void {
  for (const { item } of world.everywhere(GROUPS))
    if (item.source !== undefined)
      replicate(world, item.arn, lateness(world, item.source, item) === undefined ? 'stopped' : 'running');
}

function accountPart(account: string, region: string): string {
  let hash = 0x811c9dc5;
  for (const letter of `${region}/${account}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(36).slice(0, 6).padStart(6, '0');
}

/** `use1`: how host names of ElastiCache spell a Region. */
const short = (region: string): string => region.replace(/^([a-z]+)-([a-z])[a-z]*-(\d)$/, '$1$2$3');

export function hostOf(
  account: string,
  region: string,
  id: string,
  kind: 'master' | 'replica' | 'clustercfg' | 'serverless' | 'cfg' | '0001',
): string {
  const name = kind === 'master' || kind === 'replica' || kind === 'clustercfg' ? `${kind}.${id}` : id;
  const middle = kind === 'serverless' ? 'serverless' : kind === 'cfg' ? 'cfg' : kind === '0001' ? '0001' : '';
  return [name, accountPart(account, region), middle, short(region), 'cache.amazonaws.com'].filter((p) => p !== '').join('.');
}
