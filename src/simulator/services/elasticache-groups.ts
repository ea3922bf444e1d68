/** Replication groups of simulated ElastiCache: create, describe, modify, test a failover, delete. */
import type {
  CreateReplicationGroupCommandInput,
  CreateReplicationGroupCommandOutput,
  DecreaseReplicaCountCommandInput,
  DecreaseReplicaCountCommandOutput,
  DeleteReplicationGroupCommandInput,
  DeleteReplicationGroupCommandOutput,
  DescribeReplicationGroupsCommandInput,
  DescribeReplicationGroupsCommandOutput,
  IncreaseReplicaCountCommandInput,
  IncreaseReplicaCountCommandOutput,
  ModifyReplicationGroupCommandInput,
  ModifyReplicationGroupCommandOutput,
  ModifyReplicationGroupShardConfigurationCommandInput,
  ModifyReplicationGroupShardConfigurationCommandOutput,
  ReplicationGroup as ReplicationGroupReply,
  TestFailoverCommandInput,
  TestFailoverCommandOutput,
} from '@aws-sdk/client-elasticache';
import { restore } from '../plane/logs.ts';
import { type Operation, page, type Reply, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import { GLOBAL } from '../world/world.ts';
import { DATASTORES, datastoreOr404, join } from './elasticache-datastores.ts';
import { failShardOver, removeGroup } from './elasticache-health.ts';
import { followReplicas, makeGroup } from './elasticache-make.ts';
import { snapshotNamed, takeSnapshot } from './elasticache-snapshots.ts';
import {
  followPrimary,
  GROUPS,
  groupAt,
  groupOr404,
  mustBeAvailable,
  type ReplicationGroup,
  type Shard,
  whyNodeDown,
} from './elasticache-state.ts';
import { PAGE_SIZE, zonesOfGroup } from './elasticache-subnets.ts';

function groupReply(world: World, group: ReplicationGroup): ReplicationGroupReply {
  const endpoint = group.status === 'creating' ? undefined : { Address: group.host, Port: group.port };
  const datastore = group.datastore === undefined ? undefined : world.get(DATASTORES, group.account, GLOBAL, group.datastore);
  return {
    ReplicationGroupId: group.id,
    ARN: group.arn,
    Description: group.description,
    Status: group.status,
    Engine: group.engine,
    CacheNodeType: group.nodeType,
    ClusterEnabled: group.clusterMode,
    ClusterMode: group.clusterMode ? 'enabled' : 'disabled',
    AutomaticFailover: group.automaticFailover ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    SnapshotRetentionLimit: group.retentionDays,
    AtRestEncryptionEnabled: group.encrypted,
    KmsKeyId: group.kmsKey,
    EffectiveDurability: group.durability === 'sync' || group.durability === 'async' ? group.durability : undefined,
    ReplicationGroupCreateTime: new Date(group.createdAt),
    MemberClusters: group.shards.flatMap((s) => s.nodes.map((n) => n.id)),
    ConfigurationEndpoint: group.clusterMode ? endpoint : undefined,
    GlobalReplicationGroupInfo:
      datastore === undefined
        ? undefined
        : {
            GlobalReplicationGroupId: datastore.id,
            GlobalReplicationGroupMemberRole: datastore.primary === group.arn ? 'PRIMARY' : 'SECONDARY',
          },
    NodeGroups: group.shards.map((shard) => ({
      NodeGroupId: shard.id,
      Status: 'available',
      PrimaryEndpoint: group.clusterMode ? undefined : endpoint,
      ReaderEndpoint: group.clusterMode || endpoint === undefined ? undefined : { Address: group.readerHost, Port: group.port },
      NodeGroupMembers: shard.nodes.map((node) => ({
        CacheClusterId: node.id,
        CacheNodeId: '0001',
        PreferredAvailabilityZone: node.zone,
        // Cluster mode does not show roles.
        CurrentRole: group.clusterMode ? undefined : node.id === shard.primary ? 'primary' : 'replica',
      })),
    })),
  };
}

const create: Operation<CreateReplicationGroupCommandInput, Reply<CreateReplicationGroupCommandOutput>> = (input, context) => {
  const { world } = context;
  const datastore =
    input.GlobalReplicationGroupId === undefined ? undefined : datastoreOr404(context, input.GlobalReplicationGroupId);
  const primary = datastore === undefined ? undefined : groupAt(world, datastore.primary);
  if (datastore?.members.some((arn) => arn.split(':')[3] === context.region) === true)
    throw new ServiceFault('InvalidGlobalReplicationGroupState', 'A Global Datastore has one group in each Region.');
  const from = input.SnapshotName === undefined ? undefined : snapshotNamed(context, input.SnapshotName);
  const group = makeGroup(input, primary, context, (made) => {
    if (from !== undefined) restore(world, from.source, made.arn, from.at);
    if (primary !== undefined) followPrimary(world, primary.arn, made);
  });
  if (datastore !== undefined) join(datastore, group);
  if (primary !== undefined) group.source = primary.arn;
  return { ReplicationGroup: groupReply(world, group) };
};

const describe: Operation<DescribeReplicationGroupsCommandInput, Reply<DescribeReplicationGroupsCommandOutput>> = (
  input,
  context,
) => {
  const { world, account, region } = context;
  const { ReplicationGroupId: id } = input;
  const all = id === undefined ? context.list(GROUPS) : [groupOr404(world, account, region, id)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { ReplicationGroups: items.map((g) => groupReply(world, g)), Marker: next };
};

const modify: Operation<ModifyReplicationGroupCommandInput, Reply<ModifyReplicationGroupCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.ReplicationGroupId);
  mustBeAvailable(group);
  if (input.AutomaticFailoverEnabled !== undefined) group.automaticFailover = input.AutomaticFailoverEnabled;
  if (input.MultiAZEnabled !== undefined) setMultiAz(world, group, input.MultiAZEnabled);
  if (input.SnapshotRetentionLimit !== undefined) {
    group.retentionDays = input.SnapshotRetentionLimit;
    group.snapshotsFrom = group.retentionDays > 0 ? (group.snapshotsFrom ?? world.clock.now()) : undefined;
  }
  if (input.CacheNodeType !== undefined) group.nodeType = input.CacheNodeType;
  if (input.EngineVersion !== undefined) group.engineVersion = input.EngineVersion;
  if (input.ReplicationGroupDescription !== undefined) group.description = input.ReplicationGroupDescription;
  if (input.PrimaryClusterId !== undefined) promoteNode(world, group, input.PrimaryClusterId);
  return { ReplicationGroup: groupReply(world, group) };
};

function setMultiAz(world: World, group: ReplicationGroup, on: boolean): void {
  if (on && !group.automaticFailover) throw new ServiceFault('InvalidParameterCombination', 'Multi-AZ needs automatic failover.');
  group.multiAz = on;
  if (!on) return;
  const zones = zonesOfGroup(world, group.account, group.region, group.subnetGroup);
  for (const shard of group.shards)
    for (const [i, node] of shard.nodes.entries()) {
      const first = zones.indexOf(shard.nodes[0]?.zone ?? '');
      node.zone = zones[(Math.max(0, first) + i) % zones.length] ?? node.zone;
    }
}

/** By hand, which needs automatic failover to be off (Replication.PromoteReplica.html). */
function promoteNode(world: World, group: ReplicationGroup, id: string): void {
  if (group.automaticFailover)
    throw new ServiceFault('InvalidParameterCombination', 'Turn automatic failover off before promoting a replica.');
  const shard = group.shards.find((s) => s.nodes.some((n) => n.id === id));
  const node = shard?.nodes.find((n) => n.id === id);
  if (shard === undefined || node === undefined || whyNodeDown(world, node) !== undefined)
    throw new ServiceFault('InvalidCacheClusterState', `Cache cluster ${id} cannot be promoted.`);
  group.status = 'modifying';
  failShardOver(world, group, shard, 0, id);
}

const testFailover: Operation<TestFailoverCommandInput, Reply<TestFailoverCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.ReplicationGroupId);
  mustBeAvailable(group);
  if (!group.automaticFailover) throw new ServiceFault('InvalidReplicationGroupState', 'Automatic failover is not enabled.');
  const shard = group.shards.find((s) => s.id === input.NodeGroupId);
  if (shard === undefined)
    throw new ServiceFault('NodeGroupNotFoundFault', `NodeGroup ${input.NodeGroupId ?? ''} not found.`, 404);
  // One test after another: not before the node of the last one has been replaced (API TestFailover).
  if (shard.nodes.some((n) => whyNodeDown(world, n) !== undefined))
    throw new ServiceFault('InvalidReplicationGroupState', 'A node of the node group is being replaced.');
  group.status = 'modifying';
  failShardOver(world, group, shard, 0);
  return { ReplicationGroup: groupReply(world, group) };
};

const increase: Operation<IncreaseReplicaCountCommandInput, Reply<IncreaseReplicaCountCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.ReplicationGroupId);
  mustBeAvailable(group);
  const zones = zonesOfGroup(world, account, region, group.subnetGroup);
  for (const shard of group.shards) {
    const stem = (shard.nodes[0]?.id ?? '').replace(/-\d+$/, '');
    const nodes = [...shard.nodes];
    while (nodes.length < (input.NewReplicaCount ?? 0) + 1) {
      // Without Multi-AZ AWS promises nothing about where they run: here they share the AZ of the primary, as at creation.
      const home = nodes[0]?.zone ?? '';
      const zone = group.multiAz ? (zones[(zones.indexOf(home) + nodes.length) % zones.length] ?? home) : home;
      nodes.push({ id: `${stem}-${String(nodes.length + 1).padStart(3, '0')}`, zone, outage: undefined });
    }
    shard.nodes = nodes;
  }
  followReplicas(world, group);
  return { ReplicationGroup: groupReply(world, group) };
};

/** Replicas go, never a primary (API DecreaseReplicaCount). */
const decrease: Operation<DecreaseReplicaCountCommandInput, Reply<DecreaseReplicaCountCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.ReplicationGroupId);
  mustBeAvailable(group);
  const most = (input.NewReplicaCount ?? 0) + 1;
  if (most < 2 && group.automaticFailover && !group.clusterMode)
    throw new ServiceFault('InvalidReplicationGroupState', 'Automatic failover needs at least one replica.');
  for (const shard of group.shards) {
    const replicas = shard.nodes.filter((n) => n.id !== shard.primary).slice(0, most - 1);
    shard.nodes = shard.nodes.filter((n) => n.id === shard.primary || replicas.includes(n));
  }
  return { ReplicationGroup: groupReply(world, group) };
};

const reshard: Operation<
  ModifyReplicationGroupShardConfigurationCommandInput,
  Reply<ModifyReplicationGroupShardConfigurationCommandOutput>
> = (input, context) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.ReplicationGroupId);
  mustBeAvailable(group);
  const count = input.NodeGroupCount ?? group.shards.length;
  const zones = zonesOfGroup(world, account, region, group.subnetGroup);
  const shards = group.shards.slice(0, count);
  while (shards.length < count) shards.push(shardOf(group, shards.length, zones));
  group.shards = shards;
  return { ReplicationGroup: groupReply(world, group) };
};

/** A shard beside the others: its primary in the next AZ, its replicas in those after it. */
function shardOf(group: ReplicationGroup, at: number, zones: readonly string[]): Shard {
  const id = String(at + 1).padStart(4, '0');
  const size = group.shards[0]?.nodes.length ?? 1;
  const nodes = Array.from({ length: size }, (_, i) => ({
    id: `${group.id}-${id}-${String(i + 1).padStart(3, '0')}`,
    zone: zones[(group.multiAz ? at + i : at) % zones.length] ?? '',
    outage: undefined,
  }));
  const primary = nodes[0]?.id ?? '';
  return { id, nodes, primary, endpointTo: primary, epoch: 0 };
}

const remove: Operation<DeleteReplicationGroupCommandInput, Reply<DeleteReplicationGroupCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.ReplicationGroupId);
  if (group.datastore !== undefined)
    throw new ServiceFault('InvalidReplicationGroupState', 'The group is a member of a Global Datastore.');
  if (input.FinalSnapshotIdentifier !== undefined) takeSnapshot(group, input.FinalSnapshotIdentifier, context);
  removeGroup(world, group);
  return { ReplicationGroup: { ...groupReply(world, group), Status: 'deleting' } };
};

export const groupOperations = {
  CreateReplicationGroup: create,
  DescribeReplicationGroups: describe,
  ModifyReplicationGroup: modify,
  TestFailover: testFailover,
  IncreaseReplicaCount: increase,
  DecreaseReplicaCount: decrease,
  ModifyReplicationGroupShardConfiguration: reshard,
  DeleteReplicationGroup: remove,
};
