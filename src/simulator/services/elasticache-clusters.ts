/** Cache clusters of simulated ElastiCache (Memcached, one node, or a node of a group). */
import type {
  CacheCluster as CacheClusterReply,
  CreateCacheClusterCommandInput,
  CreateCacheClusterCommandOutput,
  DeleteCacheClusterCommandInput,
  DeleteCacheClusterCommandOutput,
  DescribeCacheClustersCommandInput,
  DescribeCacheClustersCommandOutput,
  ModifyCacheClusterCommandInput,
  ModifyCacheClusterCommandOutput,
} from '@aws-sdk/client-elasticache';
import { restore } from '../plane/logs.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { removeCluster } from './elasticache-health.ts';
import { followReplicas, tagsOf } from './elasticache-make.ts';
import { snapshotNamed } from './elasticache-snapshots.ts';
import {
  CACHE_CLUSTERS,
  type CacheCluster,
  GROUPS,
  groupOr404,
  hostOf,
  listenCluster,
  type Node,
  type ReplicationGroup,
} from './elasticache-state.ts';
import { groupNamed, PAGE_SIZE, zonesOfGroup } from './elasticache-subnets.ts';

/** Seconds until they are available; our assumption. */
const CREATION = [180, 480] as const;

function clusterReply(cluster: CacheCluster, withNodes: boolean | undefined): CacheClusterReply {
  const zones = new Set(cluster.nodes.map((n) => n.zone));
  return {
    CacheClusterId: cluster.id,
    ARN: cluster.arn,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    CacheNodeType: cluster.nodeType,
    CacheClusterStatus: cluster.status,
    NumCacheNodes: cluster.nodes.length,
    PreferredAvailabilityZone: cluster.crossAz && zones.size > 1 ? 'Multiple' : cluster.nodes[0]?.zone,
    CacheSubnetGroupName: cluster.subnetGroup,
    SnapshotRetentionLimit: cluster.retentionDays,
    CacheClusterCreateTime: new Date(cluster.createdAt),
    ConfigurationEndpoint:
      cluster.engine === 'memcached' && cluster.status !== 'creating' ? { Address: cluster.host, Port: cluster.port } : undefined,
    CacheNodes:
      withNodes === true
        ? cluster.nodes.map((n, i) => ({
            CacheNodeId: String(i + 1).padStart(4, '0'),
            CacheNodeStatus: cluster.status,
            CustomerAvailabilityZone: n.zone,
            Endpoint: cluster.status === 'creating' ? undefined : { Address: cluster.host, Port: cluster.port },
          }))
        : undefined,
  };
}

/** Each node of a replication group is listed as a cluster of one node. */
const memberReplies = (group: ReplicationGroup, withNodes: boolean | undefined): CacheClusterReply[] =>
  group.shards.flatMap((shard) =>
    shard.nodes.map((node) => ({
      CacheClusterId: node.id,
      ARN: `arn:aws:elasticache:${group.region}:${group.account}:cluster:${node.id}`,
      ReplicationGroupId: group.id,
      Engine: group.engine,
      EngineVersion: group.engineVersion,
      CacheNodeType: group.nodeType,
      CacheClusterStatus: group.status,
      NumCacheNodes: 1,
      PreferredAvailabilityZone: node.zone,
      CacheSubnetGroupName: group.subnetGroup,
      CacheNodes: withNodes === true ? [{ CacheNodeId: '0001', CustomerAvailabilityZone: node.zone }] : undefined,
    })),
  );

function addNode(group: ReplicationGroup, input: CreateCacheClusterCommandInput, context: CallContext): CacheClusterReply {
  const [shard] = group.shards;
  if (shard === undefined || group.clusterMode)
    throw new ServiceFault('InvalidReplicationGroupState', 'A node is added to a group of one shard alone.');
  const node: Node = {
    id: (input.CacheClusterId ?? '').toLowerCase(),
    zone: input.PreferredAvailabilityZone ?? shard.nodes[0]?.zone ?? '',
    outage: undefined,
  };
  shard.nodes = [...shard.nodes, node];
  if (group.status === 'available') followReplicas(context.world, group);
  return memberReplies(group, true).find((c) => c.CacheClusterId === node.id) ?? {};
}

const create: Operation<CreateCacheClusterCommandInput, Reply<CreateCacheClusterCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const id = (input.CacheClusterId ?? '').toLowerCase();
  if (context.get(CACHE_CLUSTERS, id) !== undefined)
    throw new ServiceFault('CacheClusterAlreadyExists', `Cache cluster ${id} already exists.`);
  if (input.ReplicationGroupId !== undefined)
    return { CacheCluster: addNode(groupOr404(world, account, region, input.ReplicationGroupId), input, context) };
  const engine = input.Engine ?? '';
  const size = input.NumCacheNodes ?? 1;
  if (engine !== 'memcached' && size !== 1)
    throw new ServiceFault('InvalidParameterValue', 'A cluster of Redis OSS or Valkey without replication has one node.');
  const crossAz = input.AZMode === 'cross-az';
  if (crossAz && (engine !== 'memcached' || size < 2))
    throw new ServiceFault('InvalidParameterCombination', 'cross-az is for Memcached clusters of at least two nodes.');
  const subnetGroup = groupNamed(input.CacheSubnetGroupName, context);
  const choice = zonesOfGroup(world, account, region, subnetGroup);
  const wanted = input.PreferredAvailabilityZones ?? [];
  const pinned =
    wanted.length > 0 ? wanted : input.PreferredAvailabilityZone === undefined ? [] : [input.PreferredAvailabilityZone];
  const first = Math.floor(world.random.next() * choice.length);
  const zoneAt = (i: number): string =>
    pinned[i % Math.max(1, pinned.length)] ?? choice[(first + (crossAz ? i : 0)) % choice.length] ?? '';
  const cluster: CacheCluster = {
    account,
    region,
    id,
    arn: context.arn('elasticache', `cluster:${id}`),
    engine,
    engineVersion: input.EngineVersion,
    nodeType: input.CacheNodeType ?? 'cache.t4g.micro',
    crossAz,
    createdAt: world.clock.now(),
    subnetGroup,
    port: input.Port ?? (engine === 'memcached' ? 11211 : 6379),
    status: 'creating',
    nodes: Array.from({ length: size }, (_, i) => ({ id: String(i + 1).padStart(4, '0'), zone: zoneAt(i), outage: undefined })),
    retentionDays: input.SnapshotRetentionLimit ?? 0,
    snapshotsFrom: undefined,
    host: hostOf(account, region, id, engine === 'memcached' ? 'cfg' : '0001'),
    tags: tagsOf(input.Tags),
  };
  const from = input.SnapshotName === undefined ? undefined : snapshotNamed(context, input.SnapshotName);
  context.put(CACHE_CLUSTERS, id, cluster);
  listenCluster(world, cluster);
  world.clock.after(between(world, ...CREATION), () => {
    cluster.status = 'available';
    if (cluster.retentionDays > 0) cluster.snapshotsFrom = world.clock.now();
    if (from !== undefined) restore(world, from.source, cluster.arn, from.at);
  });
  return { CacheCluster: clusterReply(cluster, true) };
};

const describe: Operation<DescribeCacheClustersCommandInput, Reply<DescribeCacheClustersCommandOutput>> = (input, context) => {
  const nodes = input.ShowCacheNodeInfo;
  const members =
    input.ShowCacheClustersNotInReplicationGroups === true ? [] : context.list(GROUPS).flatMap((g) => memberReplies(g, nodes));
  const found = [...context.list(CACHE_CLUSTERS).map((c) => clusterReply(c, nodes)), ...members].filter(
    (c) => input.CacheClusterId === undefined || c.CacheClusterId === input.CacheClusterId.toLowerCase(),
  );
  if (found.length === 0 && input.CacheClusterId !== undefined)
    throw new ServiceFault('CacheClusterNotFound', `CacheCluster not found: ${input.CacheClusterId}`, 404);
  const { items, next } = page(found, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { CacheClusters: [...items], Marker: next };
};

function clusterNamed(context: CallContext, id: string | undefined): CacheCluster {
  const cluster = context.get(CACHE_CLUSTERS, id ?? '');
  if (cluster === undefined) throw new ServiceFault('CacheClusterNotFound', `CacheCluster not found: ${id ?? ''}`, 404);
  return cluster;
}

/** A read replica goes by itself; a primary goes with its group. */
function removeNode(group: ReplicationGroup, id: string): CacheClusterReply {
  const reply = memberReplies(group, false).find((c) => c.CacheClusterId === id);
  for (const shard of group.shards) {
    if (shard.primary === id) throw new ServiceFault('InvalidCacheClusterState', `${id} is the primary of ${group.id}.`);
    shard.nodes = shard.nodes.filter((n) => n.id !== id);
  }
  return { ...reply, CacheClusterStatus: 'deleting' };
}

/** New nodes go where they are asked to be, or into the AZs in turn. */
const modify: Operation<ModifyCacheClusterCommandInput, Reply<ModifyCacheClusterCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const cluster = clusterNamed(context, input.CacheClusterId);
  if (input.CacheNodeType !== undefined) cluster.nodeType = input.CacheNodeType;
  if (input.EngineVersion !== undefined) cluster.engineVersion = input.EngineVersion;
  if (input.AZMode !== undefined) cluster.crossAz = input.AZMode === 'cross-az';
  if (input.SnapshotRetentionLimit !== undefined) {
    cluster.retentionDays = input.SnapshotRetentionLimit;
    cluster.snapshotsFrom = cluster.retentionDays > 0 ? (cluster.snapshotsFrom ?? world.clock.now()) : undefined;
  }
  const size = input.NumCacheNodes ?? cluster.nodes.length;
  const zones = zonesOfGroup(world, account, region, cluster.subnetGroup);
  const nodes = cluster.nodes.slice(0, size);
  while (nodes.length < size) {
    const asked = input.NewAvailabilityZones?.[nodes.length - cluster.nodes.length];
    const zone = asked ?? (cluster.crossAz ? zones[nodes.length % zones.length] : nodes[0]?.zone) ?? '';
    nodes.push({ id: String(nodes.length + 1).padStart(4, '0'), zone, outage: undefined });
  }
  cluster.nodes = nodes;
  return { CacheCluster: clusterReply(cluster, true) };
};

const remove: Operation<DeleteCacheClusterCommandInput, Reply<DeleteCacheClusterCommandOutput>> = (input, context) => {
  const id = input.CacheClusterId ?? '';
  const group = context.list(GROUPS).find((g) => g.shards.some((s) => s.nodes.some((n) => n.id === id)));
  if (group !== undefined) return { CacheCluster: removeNode(group, id) };
  const cluster = clusterNamed(context, id);
  removeCluster(context.world, cluster);
  return { CacheCluster: { ...clusterReply(cluster, false), CacheClusterStatus: 'deleting' } };
};

export const clusterOperations = {
  CreateCacheCluster: create,
  DescribeCacheClusters: describe,
  ModifyCacheCluster: modify,
  DeleteCacheCluster: remove,
};
