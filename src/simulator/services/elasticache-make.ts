/** How replication groups of simulated ElastiCache come into being: shards, nodes and the AZs that these run in. */
import type { CreateReplicationGroupCommandInput, Tag } from '@aws-sdk/client-elasticache';
import { follow } from '../plane/logs.ts';
import { type CallContext, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { GROUPS, hostOf, listenGroup, type Node, type ReplicationGroup, replicaLog, type Shard } from './elasticache-state.ts';
import { groupNamed, zonesOfGroup } from './elasticache-subnets.ts';
import { findKey } from './kms-model.ts';

/** Seconds until a new group is available; our assumption. */
const CREATION = [300, 900] as const;
/** Seconds that replicas lag within a Region, and secondaries of a Global Datastore (generally under a second). Our assumption. */
const LAG = [0.001, 0.05] as const;
const GLOBAL_LAG = [0.1, 0.9] as const;

export const tagsOf = (tags: readonly Tag[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));

/** Encrypted without a key of the account's, a cache is under a key that AWS owns, of which replies say nothing. */
export const keyOf = (name: string | undefined, context: CallContext): string | undefined =>
  name === undefined ? undefined : (findKey(context, name)?.arn ?? name);

/** Replicas of a group receive what its primaries are given, a little later. */
export function followReplicas(world: World, group: ReplicationGroup): void {
  if (!group.shards.some((s) => s.nodes.length > 1)) return;
  follow(world, group.arn, replicaLog(group), () => (group.durability === 'sync' ? 0 : group.lag));
}

export function makeGroup(
  input: CreateReplicationGroupCommandInput,
  like: ReplicationGroup | undefined,
  context: CallContext,
  ready: (made: ReplicationGroup) => void,
): ReplicationGroup {
  const { world, account, region } = context;
  const id = (input.ReplicationGroupId ?? '').toLowerCase();
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id))
    throw new ServiceFault('InvalidParameterValue', `The parameter ReplicationGroupId is not a valid identifier: ${id}`);
  if (context.get(GROUPS, id) !== undefined)
    throw new ServiceFault('ReplicationGroupAlreadyExists', `Replication group ${id} already exists.`);
  const subnetGroup = groupNamed(input.CacheSubnetGroupName, context);
  const zones = zonesOfGroup(world, account, region, subnetGroup);
  // A cluster-mode group must have automatic failover (API CreateReplicationGroup, AutomaticFailoverEnabled).
  const clusterMode = input.ClusterMode === 'enabled' || (input.NumNodeGroups ?? 1) > 1 || like?.clusterMode === true;
  const automaticFailover = input.AutomaticFailoverEnabled ?? like?.automaticFailover ?? false;
  if (clusterMode && !automaticFailover)
    throw new ServiceFault('InvalidParameterCombination', 'Automatic failover must be enabled for cluster mode.');
  const multiAz = input.MultiAZEnabled ?? false;
  if (multiAz && !automaticFailover) throw new ServiceFault('InvalidParameterCombination', 'Multi-AZ needs automatic failover.');
  const shards = shardsOf(input, id, like, { zones, multiAz }, context);
  const smallest = Math.min(...shards.map((s) => s.nodes.length));
  if (automaticFailover && smallest < 2 && !clusterMode)
    throw new ServiceFault('InvalidParameterCombination', 'Automatic failover needs at least two cache clusters.');
  const group: ReplicationGroup = {
    account,
    region,
    id,
    arn: context.arn('elasticache', `replicationgroup:${id}`),
    description: input.ReplicationGroupDescription ?? '',
    engine: input.Engine ?? like?.engine ?? 'redis',
    engineVersion: input.EngineVersion ?? like?.engineVersion,
    nodeType: input.CacheNodeType ?? like?.nodeType ?? 'cache.t4g.micro',
    clusterMode,
    durability: input.Durability,
    createdAt: world.clock.now(),
    encrypted: input.AtRestEncryptionEnabled ?? false,
    kmsKey: keyOf(input.KmsKeyId, context),
    subnetGroup,
    port: input.Port ?? 6379,
    status: 'creating',
    automaticFailover,
    multiAz,
    shards,
    retentionDays: input.SnapshotRetentionLimit ?? 0,
    snapshotsFrom: undefined,
    lag: between(world, ...LAG),
    source: undefined,
    globalLag: between(world, ...GLOBAL_LAG),
    datastore: undefined,
    outage: undefined,
    host: hostOf(account, region, id, clusterMode ? 'clustercfg' : 'master'),
    readerHost: hostOf(account, region, id, 'replica'),
    tags: tagsOf(input.Tags),
  };
  context.put(GROUPS, id, group);
  listenGroup(world, group);
  world.clock.after(between(world, ...CREATION), () => {
    if (group.status !== 'creating') return;
    group.status = 'available';
    if (group.retentionDays > 0) group.snapshotsFrom = world.clock.now();
    ready(group);
    followReplicas(world, group);
  });
  return group;
}

interface Choice {
  readonly zones: readonly string[];
  readonly multiAz: boolean;
}

function shardsOf(
  input: CreateReplicationGroupCommandInput,
  id: string,
  like: ReplicationGroup | undefined,
  choice: Choice,
  context: CallContext,
): readonly Shard[] {
  const written = input.NodeGroupConfiguration ?? [];
  const count = input.NumNodeGroups ?? (written.length > 0 ? written.length : (like?.shards.length ?? 1));
  const isSharded = count > 1 || input.ClusterMode === 'enabled' || like?.clusterMode === true;
  // API CreateReplicationGroup: one node, the primary, unless replicas are asked for. Shards get one replica here; AWS names no default.
  const replicas =
    input.ReplicasPerNodeGroup ??
    (input.NumCacheClusters === undefined ? undefined : input.NumCacheClusters - 1) ??
    (like === undefined ? undefined : (like.shards[0]?.nodes.length ?? 1) - 1) ??
    (input.NumNodeGroups === undefined ? 0 : 1);
  const pinned = input.PreferredCacheClusterAZs ?? [];
  if (pinned.length > 0 && pinned.length !== replicas + 1)
    throw new ServiceFault(
      'InvalidParameterCombination',
      'PreferredCacheClusterAZs names as many AZs as there are cache clusters.',
    );
  return Array.from({ length: count }, (_, s): Shard => {
    const asked = written[s];
    const size = (asked?.ReplicaCount ?? replicas) + 1;
    const named =
      asked?.PrimaryAvailabilityZone === undefined
        ? pinned
        : [asked.PrimaryAvailabilityZone, ...(asked.ReplicaAvailabilityZones ?? [])];
    const name = isSharded ? `${id}-${String(s + 1).padStart(4, '0')}` : id;
    const zones = zonesFor(size, named, choice, context);
    const nodes = zones.map((zone, n): Node => ({ id: `${name}-${String(n + 1).padStart(3, '0')}`, zone, outage: undefined }));
    const primary = nodes[0]?.id ?? '';
    return { id: String(s + 1).padStart(4, '0'), nodes, primary, endpointTo: primary, epoch: 0 };
  });
}

/**
 * With Multi-AZ the nodes of a shard are spread over the AZs of the group. Without, AWS promises nothing about where they run:
 * here they share one AZ, which is the least that it gives.
 */
function zonesFor(size: number, named: readonly string[], choice: Choice, context: CallContext): readonly string[] {
  const { zones } = choice;
  const outside = named.find((z) => !zones.includes(z));
  if (outside !== undefined)
    throw new ServiceFault('InvalidParameterValue', `Availability Zone ${outside} is not covered by the cache subnet group.`);
  if (named.length > 0) return Array.from({ length: size }, (_, i) => named[i % named.length] ?? '');
  const first = Math.floor(context.world.random.next() * zones.length);
  return Array.from({ length: size }, (_, i) => zones[(first + (choice.multiAz ? i : 0)) % zones.length] ?? '');
}
