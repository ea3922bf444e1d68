/** Caches from the inputs of the Pulumi provider. */
import type {
  CreateGlobalReplicationGroupCommandOutput,
  CreateReplicationGroupCommandOutput,
  CreateServerlessCacheCommandOutput,
} from '@aws-sdk/client-elasticache';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, textsOf, without } from './compute-inputs.ts';
import { CACHE_CLUSTERS, GROUPS, SERVERLESS } from './elasticache-state.ts';

const nameOf = (given: Given, property: string, deployment: Deployment): string =>
  (
    textOf(given.outputs[property]) ??
    textOf(given.inputs[property]) ??
    deployment.physicalName({ ...given, id: undefined, outputs: {} })
  ).toLowerCase();

async function makeGroup(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs, account, region } = given;
  const id = nameOf(given, 'replicationGroupId', deployment);
  // aws 5 has a block of this name, aws 6 and 7 a text.
  const mode = blockOf(inputs.clusterMode);
  const zones = textsOf(inputs.preferredCacheClusterAzs ?? inputs.availabilityZones);
  const shards = blocksOf(inputs.nodeGroupConfigurations).map((g) =>
    without({
      ReplicaCount: numberOf(g.replicaCount),
      PrimaryAvailabilityZone: textOf(g.primaryAvailabilityZone),
      ReplicaAvailabilityZones: listed(textsOf(g.replicaAvailabilityZones)),
    }),
  );
  const global = textOf(inputs.globalReplicationGroupId);
  const made = (await deployment.call(
    'elasticache',
    'CreateReplicationGroup',
    without({
      ReplicationGroupId: id,
      ReplicationGroupDescription:
        textOf(inputs.description) ?? textOf(inputs.replicationGroupDescription) ?? 'Managed by Pulumi',
      Engine: global === undefined ? (textOf(inputs.engine) ?? 'redis') : undefined,
      EngineVersion: textOf(inputs.engineVersion),
      CacheNodeType: textOf(inputs.nodeType),
      NumCacheClusters: numberOf(inputs.numCacheClusters ?? inputs.numberCacheClusters),
      NumNodeGroups: numberOf(inputs.numNodeGroups ?? mode?.numNodeGroups),
      ReplicasPerNodeGroup: numberOf(inputs.replicasPerNodeGroup ?? mode?.replicasPerNodeGroup),
      NodeGroupConfiguration: listed(shards),
      ClusterMode: textOf(inputs.clusterMode),
      AutomaticFailoverEnabled: flagOf(inputs.automaticFailoverEnabled) ?? (global === undefined ? false : undefined),
      MultiAZEnabled: flagOf(inputs.multiAzEnabled) ?? false,
      PreferredCacheClusterAZs: listed(zones),
      CacheSubnetGroupName: textOf(inputs.subnetGroupName),
      SnapshotRetentionLimit: numberOf(inputs.snapshotRetentionLimit),
      SnapshotName: textOf(inputs.snapshotName),
      AtRestEncryptionEnabled: flagOf(inputs.atRestEncryptionEnabled),
      KmsKeyId: textOf(inputs.kmsKeyId),
      GlobalReplicationGroupId: global,
      Durability: textOf(inputs.durability),
      Port: numberOf(inputs.port),
      Tags: tagList(given.tags),
    }),
  )) as CreateReplicationGroupCommandOutput;
  const group = deployment.world.get(GROUPS, account, region, id);
  const isSharded = group?.clusterMode === true;
  return {
    id,
    outputs: {
      arn: made.ReplicationGroup?.ARN ?? '',
      replicationGroupId: id,
      ...(isSharded
        ? { configurationEndpointAddress: group.host }
        : { primaryEndpointAddress: group?.host ?? '', readerEndpointAddress: group?.readerHost ?? '' }),
      replicasPerNodeGroup: Math.min(...(group?.shards ?? []).map((s) => s.nodes.length - 1)),
      memberClusters: group?.shards.flatMap((s) => s.nodes.map((n) => n.id)) ?? [],
    },
  };
}

const listed = <T>(items: readonly T[]): T[] | undefined => (items.length === 0 ? undefined : [...items]);

async function makeCluster(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs, account, region } = given;
  const id = nameOf(given, 'clusterId', deployment);
  await deployment.call(
    'elasticache',
    'CreateCacheCluster',
    without({
      CacheClusterId: id,
      Engine: textOf(inputs.engine),
      EngineVersion: textOf(inputs.engineVersion),
      CacheNodeType: textOf(inputs.nodeType),
      NumCacheNodes: numberOf(inputs.numCacheNodes) ?? 1,
      AZMode: textOf(inputs.azMode),
      PreferredAvailabilityZone: textOf(inputs.availabilityZone),
      PreferredAvailabilityZones: listed(textsOf(inputs.preferredAvailabilityZones)),
      CacheSubnetGroupName: textOf(inputs.subnetGroupName),
      SnapshotRetentionLimit: numberOf(inputs.snapshotRetentionLimit),
      SnapshotName: textOf(inputs.snapshotName),
      ReplicationGroupId: textOf(inputs.replicationGroupId),
      Port: numberOf(inputs.port),
      Tags: tagList(given.tags),
    }),
  );
  const cluster = deployment.world.get(CACHE_CLUSTERS, account, region, id);
  return {
    id,
    outputs: {
      arn: `arn:aws:elasticache:${region}:${account}:cluster:${id}`,
      clusterId: id,
      clusterAddress: cluster?.host ?? '',
      configurationEndpoint: cluster === undefined ? '' : `${cluster.host}:${cluster.port}`,
      cacheNodes:
        cluster?.nodes.map((n) => ({ id: n.id, address: cluster.host, availabilityZone: n.zone, port: cluster.port })) ?? [],
    },
  };
}

async function makeDatastore(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs, account, region } = given;
  const primary = need(given, 'primaryReplicationGroupId');
  await deployment.until(
    () => deployment.world.get(GROUPS, account, region, primary)?.status !== 'creating',
    `${primary} available`,
  );
  const made = (await deployment.call('elasticache', 'CreateGlobalReplicationGroup', {
    PrimaryReplicationGroupId: primary,
    GlobalReplicationGroupIdSuffix: need(given, 'globalReplicationGroupIdSuffix'),
    GlobalReplicationGroupDescription: textOf(inputs.globalReplicationGroupDescription) ?? ' ',
  })) as CreateGlobalReplicationGroupCommandOutput;
  const id = made.GlobalReplicationGroup?.GlobalReplicationGroupId ?? '';
  const arn = `arn:aws:elasticache::${account}:globalreplicationgroup:${id}`;
  return { id, outputs: { arn, globalReplicationGroupId: id } };
}

async function makeServerless(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs, account, region } = given;
  const name = nameOf(given, 'name', deployment);
  const made = (await deployment.call(
    'elasticache',
    'CreateServerlessCache',
    without({
      ServerlessCacheName: name,
      Engine: need(given, 'engine'),
      KmsKeyId: textOf(inputs.kmsKeyId),
      SubnetIds: listed(textsOf(inputs.subnetIds)),
      SnapshotRetentionLimit: numberOf(inputs.snapshotRetentionLimit),
      Tags: tagList(given.tags),
    }),
  )) as CreateServerlessCacheCommandOutput;
  const cache = deployment.world.get(SERVERLESS, account, region, name);
  return {
    id: name,
    outputs: { name, arn: made.ServerlessCache?.ARN ?? '', endpoints: [{ address: cache?.host ?? '', port: 6379 }] },
  };
}

async function makeSubnetGroup(given: Given, deployment: Deployment): Promise<Created> {
  const name = nameOf(given, 'name', deployment);
  await deployment.call('elasticache', 'CreateCacheSubnetGroup', {
    CacheSubnetGroupName: name,
    CacheSubnetGroupDescription: textOf(given.inputs.description) ?? 'Managed by Pulumi',
    SubnetIds: textsOf(given.inputs.subnetIds),
  });
  return { id: name, outputs: { name, arn: `arn:aws:elasticache:${given.region}:${given.account}:subnetgroup:${name}` } };
}

export const cacheDeployers: readonly Deployer[] = [
  { type: 'aws:elasticache/replicationGroup:ReplicationGroup', create: makeGroup },
  { type: 'aws:elasticache/cluster:Cluster', create: makeCluster },
  { type: 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup', create: makeDatastore },
  { type: 'aws:elasticache/serverlessCache:ServerlessCache', create: makeServerless },
  { type: 'aws:elasticache/subnetGroup:SubnetGroup', create: makeSubnetGroup },
];
