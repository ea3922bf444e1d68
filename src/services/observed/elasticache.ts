/** ElastiCache as AWS shows it: replication groups, clusters, Global Datastores, serverless caches and subnet groups. */
import type {
  CacheCluster,
  DescribeCacheClustersCommandInput,
  DescribeCacheClustersCommandOutput,
  DescribeCacheSubnetGroupsCommandInput,
  DescribeCacheSubnetGroupsCommandOutput,
  DescribeGlobalReplicationGroupsCommandInput,
  DescribeGlobalReplicationGroupsCommandOutput,
  DescribeReplicationGroupsCommandInput,
  DescribeReplicationGroupsCommandOutput,
  DescribeServerlessCachesCommandInput,
  DescribeServerlessCachesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  NodeGroup,
  ReplicationGroup,
  ServerlessCache,
} from '@aws-sdk/client-elasticache';
import { Hole, type Value } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import { asked, listed, set, some, tagsOf } from './compute-listing.ts';
import { chosenAtDeletion, ownGroup } from './rds-instances.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const describeGroups = listed<DescribeReplicationGroupsCommandInput, DescribeReplicationGroupsCommandOutput>(
  'elasticache',
  'elasticache:DescribeReplicationGroups',
  'Marker',
);
const describeClusters = listed<DescribeCacheClustersCommandInput, DescribeCacheClustersCommandOutput>(
  'elasticache',
  'elasticache:DescribeCacheClusters',
  'Marker',
);
const describeDatastores = listed<DescribeGlobalReplicationGroupsCommandInput, DescribeGlobalReplicationGroupsCommandOutput>(
  'elasticache',
  'elasticache:DescribeGlobalReplicationGroups',
  'Marker',
);
const describeServerless = listed<DescribeServerlessCachesCommandInput, DescribeServerlessCachesCommandOutput>(
  'elasticache',
  'elasticache:DescribeServerlessCaches',
);
const describeSubnetGroups = listed<DescribeCacheSubnetGroupsCommandInput, DescribeCacheSubnetGroupsCommandOutput>(
  'elasticache',
  'elasticache:DescribeCacheSubnetGroups',
  'Marker',
);
const listTags = asked<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(
  'elasticache',
  'elasticache:ListTagsForResource',
);

async function tagsFrom(aws: Reader, arn: string | undefined): Promise<Readonly<Record<string, string>> | Hole> {
  const reply = await aws.ask(listTags, { ResourceName: arn });
  return reply instanceof Hole ? reply : tagsOf(reply?.TagList);
}

const GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';
const CLUSTER = 'aws:elasticache/cluster:Cluster';

/** A group does not say which subnet group it has: its nodes do, and these are listed as clusters. */
const caches: Scan = {
  id: 'elasticache-caches',
  types: [GROUP, CLUSTER],
  where: 'region',
  calls: [describeClusters, describeGroups, listTags, listAliases],
  async *run(aws) {
    const nodes = new Map<string, CacheCluster>();
    for await (const page of aws.pages(describeClusters, { ShowCacheNodeInfo: true })) {
      const clusters = page.CacheClusters ?? [];
      for (const cluster of clusters)
        if (cluster.ReplicationGroupId !== undefined) nodes.set(cluster.ReplicationGroupId, cluster);
      yield* await aws.each(
        clusters.filter((c) => c.ReplicationGroupId === undefined || wasAdded(c)),
        (cluster) => clusterOf(cluster, aws),
      );
    }
    for await (const page of aws.pages(describeGroups, {}))
      yield* await aws.each(page.ReplicationGroups ?? [], (group) =>
        groupOf(group, nodes.get(group.ReplicationGroupId ?? ''), aws),
      );
  },
};

/** Nodes that come with a group are called after it (`orders-001`, `orders-0001-001`); one that was added has a name of its own. */
function wasAdded(cluster: CacheCluster): boolean {
  const { CacheClusterId: id = '', ReplicationGroupId: group = '' } = cluster;
  return !(id.startsWith(`${group}-`) && /^(?:\d{4}-)?\d{3}$/.test(id.slice(group.length + 1)));
}

async function clusterOf(cluster: CacheCluster, aws: Reader): Promise<Observed> {
  const id = cluster.CacheClusterId ?? '';
  const crossAz = cluster.PreferredAvailabilityZone === 'Multiple';
  const zones = (cluster.CacheNodes ?? []).flatMap((n) => n.CustomerAvailabilityZone ?? []);
  const endpoint = cluster.ConfigurationEndpoint ?? cluster.CacheNodes?.[0]?.Endpoint;
  return {
    type: CLUSTER,
    id,
    arn: cluster.ARN,
    name: id,
    properties: present({
      clusterId: id,
      engine: set(cluster.Engine),
      engineVersion: set(cluster.EngineVersion),
      nodeType: set(cluster.CacheNodeType),
      numCacheNodes: cluster.NumCacheNodes,
      azMode: crossAz ? 'cross-az' : 'single-az',
      availabilityZone: crossAz ? undefined : set(cluster.PreferredAvailabilityZone),
      preferredAvailabilityZones: some(zones),
      // The group of a node says which subnets it has.
      subnetGroupName: cluster.ReplicationGroupId === undefined ? ownGroup(cluster.CacheSubnetGroupName) : undefined,
      snapshotRetentionLimit: cluster.SnapshotRetentionLimit,
      replicationGroupId: set(cluster.ReplicationGroupId),
    }),
    outputs: present({
      clusterAddress: endpoint?.Address,
      configurationEndpoint:
        cluster.ConfigurationEndpoint?.Address === undefined
          ? undefined
          : `${cluster.ConfigurationEndpoint.Address}:${cluster.ConfigurationEndpoint.Port ?? ''}`,
      status: cluster.CacheClusterStatus,
    }),
    tags: await tagsFrom(aws, cluster.ARN),
  };
}

const NODES_UNSEEN = new Hole('not-reported', 'its nodes were not listed, and they alone name the subnet group');

async function groupOf(group: ReplicationGroup, node: CacheCluster | undefined, aws: Reader): Promise<Observed> {
  const id = group.ReplicationGroupId ?? '';
  const shards = group.NodeGroups ?? [];
  const counts = shards.map((s) => Math.max(0, (s.NodeGroupMembers ?? []).length - 1));
  const first = shards[0];
  const { GlobalReplicationGroupId: datastore, GlobalReplicationGroupMemberRole: role } = group.GlobalReplicationGroupInfo ?? {};
  return {
    type: GROUP,
    id,
    arn: group.ARN,
    name: id,
    properties: present({
      replicationGroupId: id,
      engine: set(group.Engine ?? node?.Engine),
      engineVersion: set(node?.EngineVersion),
      nodeType: set(group.CacheNodeType),
      numNodeGroups: shards.length === 0 ? undefined : shards.length,
      replicasPerNodeGroup: counts.length === 0 ? undefined : Math.min(...counts),
      ...zonesOf(shards),
      automaticFailoverEnabled: group.AutomaticFailover === 'enabled' || group.AutomaticFailover === 'enabling',
      multiAzEnabled: group.MultiAZ === 'enabled',
      durability: set(group.EffectiveDurability ?? group.Durability),
      snapshotRetentionLimit: group.SnapshotRetentionLimit,
      finalSnapshotIdentifier: chosenAtDeletion,
      subnetGroupName: node === undefined ? NODES_UNSEEN : ownGroup(node.CacheSubnetGroupName),
      kmsKeyId: await ownKey(aws, group.KmsKeyId),
      atRestEncryptionEnabled: group.AtRestEncryptionEnabled,
      // As an input it stands for joining: the primary is named by the datastore.
      globalReplicationGroupId: role === 'SECONDARY' ? set(datastore) : undefined,
    }),
    outputs: present({
      // The provider reads it of whichever member (`resourceReplicationGroupRead` of github.com/hashicorp/terraform-provider-aws).
      globalReplicationGroupId: set(datastore),
      primaryEndpointAddress: first?.PrimaryEndpoint?.Address,
      readerEndpointAddress: first?.ReaderEndpoint?.Address,
      configurationEndpointAddress: group.ConfigurationEndpoint?.Address,
      memberClusters: some(group.MemberClusters),
      status: group.Status,
    }),
    tags: await tagsFrom(aws, group.ARN),
  };
}

/** Where its nodes run: AWS does not say whether somebody chose that. */
function zonesOf(shards: readonly NodeGroup[]): Readonly<Record<string, Value>> {
  const all = shards.map((s) => (s.NodeGroupMembers ?? []).map((m) => m.PreferredAvailabilityZone));
  const zones = all.map((list) => list.filter((z) => z !== undefined && z !== ''));
  if (zones.length === 0 || zones.some((list, i) => list.length === 0 || list.length < (all[i]?.length ?? 0))) return {};
  const [only] = zones;
  if (zones.length === 1 && only !== undefined) return { preferredCacheClusterAzs: only.flatMap((z) => z ?? []) };
  return {
    nodeGroupConfigurations: zones.map(([primary, ...replicas]) =>
      present({
        primaryAvailabilityZone: primary,
        replicaAvailabilityZones: some(replicas.flatMap((z) => z ?? [])),
        replicaCount: replicas.length,
      }),
    ),
  };
}

/** Each of its Regions lists a datastore: it is told once, from that of its primary. */
const datastores: Scan = {
  id: 'elasticache-datastores',
  types: ['aws:elasticache/globalReplicationGroup:GlobalReplicationGroup'],
  where: 'region',
  calls: [describeDatastores],
  async *run(aws) {
    for await (const page of aws.pages(describeDatastores, { ShowMemberInfo: true }))
      for (const global of page.GlobalReplicationGroups ?? []) {
        const id = global.GlobalReplicationGroupId ?? '';
        const members = global.Members ?? [];
        const primary = members.find((m) => m.Role === 'PRIMARY' || m.Role === 'primary') ?? members[0];
        const region = primary?.ReplicationGroupRegion;
        if (region !== undefined && region !== aws.region) continue;
        yield {
          type: 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup',
          id,
          arn: global.ARN,
          name: id,
          properties: present({
            globalReplicationGroupIdSuffix: id.replace(/^[a-z0-9]{5}-/, ''),
            // Names repeat from Region to Region.
            primaryReplicationGroupId:
              primary?.ReplicationGroupId === undefined
                ? undefined
                : `arn:aws:elasticache:${region ?? aws.region}:${aws.account}:replicationgroup:${primary.ReplicationGroupId}`,
            automaticFailoverEnabled:
              primary?.AutomaticFailover === undefined ? undefined : primary.AutomaticFailover === 'enabled',
            cacheNodeType: set(global.CacheNodeType),
            engine: set(global.Engine),
          }),
          outputs: present({ globalReplicationGroupId: id, status: global.Status }),
          tags: {},
        };
      }
  },
};

const serverless: Scan = {
  id: 'elasticache-serverless',
  types: ['aws:elasticache/serverlessCache:ServerlessCache'],
  where: 'region',
  calls: [describeServerless, listTags, listAliases],
  async *run(aws) {
    for await (const page of aws.pages(describeServerless, {}))
      yield* await aws.each(page.ServerlessCaches ?? [], (cache) => serverlessOf(cache, aws));
  },
};

async function serverlessOf(cache: ServerlessCache, aws: Reader): Promise<Observed> {
  const name = cache.ServerlessCacheName ?? '';
  return {
    type: 'aws:elasticache/serverlessCache:ServerlessCache',
    id: name,
    arn: cache.ARN,
    name,
    properties: present({
      name,
      engine: set(cache.Engine),
      kmsKeyId: await ownKey(aws, cache.KmsKeyId),
      snapshotRetentionLimit: cache.SnapshotRetentionLimit,
      subnetIds: some(cache.SubnetIds),
    }),
    outputs: present({ address: cache.Endpoint?.Address, status: cache.Status }),
    tags: await tagsFrom(aws, cache.ARN),
  };
}

const subnetGroups: Scan = {
  id: 'elasticache-subnet-groups',
  types: ['aws:elasticache/subnetGroup:SubnetGroup'],
  where: 'region',
  calls: [describeSubnetGroups],
  async *run(aws) {
    for await (const page of aws.pages(describeSubnetGroups, {}))
      for (const group of page.CacheSubnetGroups ?? []) {
        const name = group.CacheSubnetGroupName ?? '';
        if (name === 'default') continue;
        yield {
          type: 'aws:elasticache/subnetGroup:SubnetGroup',
          id: name,
          arn: group.ARN,
          name,
          properties: { name, subnetIds: (group.Subnets ?? []).flatMap((s) => s.SubnetIdentifier ?? []) },
          outputs: present({ vpcId: group.VpcId }),
          tags: {},
        };
      }
  },
};

export const elasticacheScans: readonly Scan[] = [caches, datastores, serverless, subnetGroups];
