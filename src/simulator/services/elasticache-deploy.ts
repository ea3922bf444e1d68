/** Caches from the inputs of the Pulumi provider. */
import type {
  CreateGlobalReplicationGroupCommandOutput,
  CreateReplicationGroupCommandOutput,
  CreateServerlessCacheCommandOutput,
} from '@aws-sdk/client-elasticache';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, onlyTags, removedBy, unlessGone } from '../deploy/lifecycle.ts';
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

/** Shards and replicas, however the code counts them. */
function sizeOf({ inputs }: Given) {
  const mode = blockOf(inputs.clusterMode);
  const clusters = numberOf(inputs.numCacheClusters ?? inputs.numberCacheClusters);
  return {
    shards: numberOf(inputs.numNodeGroups ?? mode?.numNodeGroups),
    replicas:
      clusters === undefined ? numberOf(inputs.replicasPerNodeGroup ?? mode?.replicasPerNodeGroup) : Math.max(0, clusters - 1),
  };
}

const groupSettings = ({ inputs }: Given) => ({
  ReplicationGroupDescription: textOf(inputs.description) ?? textOf(inputs.replicationGroupDescription),
  CacheNodeType: textOf(inputs.nodeType),
  EngineVersion: textOf(inputs.engineVersion),
  AutomaticFailoverEnabled: flagOf(inputs.automaticFailoverEnabled),
  MultiAZEnabled: flagOf(inputs.multiAzEnabled),
  SnapshotRetentionLimit: numberOf(inputs.snapshotRetentionLimit),
});

/** What is added comes before the settings that may need it, what is taken away after those that may forbid it. */
const changeGroup = changedBy(async (given, before, deployment) => {
  const { account, region, id = '' } = given;
  const named = { ReplicationGroupId: id };
  const group = () => deployment.world.get(GROUPS, account, region, id);
  const settled = () => deployment.until(() => group()?.status === 'available', `${id} available`);
  const { shards, replicas } = sizeOf(given);
  const old = sizeOf(before);
  const has = (group()?.shards[0]?.nodes.length ?? 1) - 1;
  const resize = async (how: 'Increase' | 'Decrease'): Promise<void> => {
    if (replicas === undefined || replicas === old.replicas || replicas === has || replicas > has !== (how === 'Increase'))
      return;
    await settled();
    await deployment.call('elasticache', `${how}ReplicaCount`, { ...named, NewReplicaCount: replicas, ApplyImmediately: true });
  };
  await settled();
  if (shards !== undefined && shards !== old.shards)
    await deployment.call('elasticache', 'ModifyReplicationGroupShardConfiguration', {
      ...named,
      NodeGroupCount: shards,
      ApplyImmediately: true,
    });
  await resize('Increase');
  await settled();
  const settings = [groupSettings(given), groupSettings(before)] as const;
  await modify(deployment, ['elasticache', 'ModifyReplicationGroup'], { ...named, ApplyImmediately: true }, ...settings);
  await resize('Decrease');
});

/** As the provider does: a secondary leaves its Global Datastore first. */
async function removeGroup(given: Given, deployment: Deployment): Promise<void> {
  const { region, id = '', inputs } = given;
  const global = textOf(inputs.globalReplicationGroupId);
  if (global !== undefined)
    await unlessGone(
      deployment.call('elasticache', 'DisassociateGlobalReplicationGroup', {
        GlobalReplicationGroupId: global,
        ReplicationGroupId: id,
        ReplicationGroupRegion: region,
      }),
    );
  const last = textOf(inputs.finalSnapshotIdentifier);
  const input = without({ ReplicationGroupId: id, FinalSnapshotIdentifier: last });
  await unlessGone(deployment.call('elasticache', 'DeleteReplicationGroup', input));
}

const clusterSettings = ({ inputs }: Given) => ({
  CacheNodeType: textOf(inputs.nodeType),
  EngineVersion: textOf(inputs.engineVersion),
  AZMode: textOf(inputs.azMode),
  NumCacheNodes: numberOf(inputs.numCacheNodes) ?? 1,
  NewAvailabilityZones: listed(textsOf(inputs.preferredAvailabilityZones)),
  SnapshotRetentionLimit: numberOf(inputs.snapshotRetentionLimit),
});

const serverlessSettings = ({ inputs }: Given) => ({ SnapshotRetentionLimit: numberOf(inputs.snapshotRetentionLimit) });

export const cacheDeployers: readonly Deployer[] = [
  {
    type: 'aws:elasticache/replicationGroup:ReplicationGroup',
    create: makeGroup,
    update: changeGroup,
    remove: removeGroup,
  },
  {
    type: 'aws:elasticache/cluster:Cluster',
    create: makeCluster,
    update: changedBy(async (given, before, deployment) => {
      const { NewAvailabilityZones, ...now } = clusterSettings(given);
      const old = clusterSettings(before);
      const added = now.NumCacheNodes - old.NumCacheNodes;
      const zones = added > 0 ? NewAvailabilityZones?.slice(-added) : undefined;
      const named = without({ CacheClusterId: given.id, ApplyImmediately: true, NewAvailabilityZones: zones });
      await modify(deployment, ['elasticache', 'ModifyCacheCluster'], named, now, old);
    }),
    remove: removedBy('elasticache', 'DeleteCacheCluster', ({ id, inputs }) =>
      without({ CacheClusterId: id, FinalSnapshotIdentifier: textOf(inputs.finalSnapshotIdentifier) }),
    ),
  },
  {
    type: 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup',
    create: makeDatastore,
    update: onlyTags,
    remove: removedBy('elasticache', 'DeleteGlobalReplicationGroup', ({ id }) => ({
      GlobalReplicationGroupId: id,
      RetainPrimaryReplicationGroup: true,
    })),
  },
  {
    type: 'aws:elasticache/serverlessCache:ServerlessCache',
    create: makeServerless,
    update: changedBy((given, before, deployment) => {
      const named = { ServerlessCacheName: given.id };
      const settings = [serverlessSettings(given), serverlessSettings(before)] as const;
      return modify(deployment, ['elasticache', 'ModifyServerlessCache'], named, ...settings);
    }),
    remove: removedBy('elasticache', 'DeleteServerlessCache', ({ id, inputs }) =>
      without({ ServerlessCacheName: id, FinalSnapshotName: textOf(inputs.finalSnapshotName) }),
    ),
  },
  {
    type: 'aws:elasticache/subnetGroup:SubnetGroup',
    create: makeSubnetGroup,
    update: changedBy(({ id, inputs }, _before, deployment) =>
      deployment.call(
        'elasticache',
        'ModifyCacheSubnetGroup',
        without({
          CacheSubnetGroupName: id,
          CacheSubnetGroupDescription: textOf(inputs.description),
          SubnetIds: textsOf(inputs.subnetIds),
        }),
      ),
    ),
    remove: removedBy('elasticache', 'DeleteCacheSubnetGroup', ({ id }) => ({ CacheSubnetGroupName: id })),
  },
];
