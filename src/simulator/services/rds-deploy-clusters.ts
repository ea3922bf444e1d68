/** DB clusters of every engine, their instances and global clusters, from the inputs of the Pulumi provider. */
import type {
  CreateDBClusterCommandOutput,
  CreateDBInstanceCommandOutput,
  DBCluster,
  DescribeDBClustersCommandOutput,
} from '@aws-sdk/client-rds';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, modify, onlyTags, removedBy } from '../deploy/lifecycle.ts';
import { GLOBAL } from '../world/world.ts';
import { blockOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { CHANGING, farewell, identifierOf, known, removeInstance, updateInstance } from './rds-deploy-instances.ts';
import { GLOBALS } from './rds-global-state.ts';
import { clusterAt, INSTANCES } from './rds-state.ts';

/** What differs between the three families of Pulumi types. */
interface Family {
  readonly engine: string | undefined;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  readonly key: string;
  readonly replicationSource: string;
}

const RDS: Family = {
  engine: undefined,
  subnetGroup: 'dbSubnetGroupName',
  parameterGroup: 'dbClusterParameterGroupName',
  key: 'kmsKeyId',
  replicationSource: 'replicationSourceIdentifier',
};
const DOCDB: Family = { ...RDS, engine: 'docdb' };
const NEPTUNE: Family = {
  engine: 'neptune',
  subnetGroup: 'neptuneSubnetGroupName',
  parameterGroup: 'neptuneClusterParameterGroupName',
  key: 'kmsKeyArn',
  replicationSource: 'replicationSourceIdentifier',
};

function scalingOf(inputs: Given['inputs']): object | undefined {
  const scaling = blockOf(inputs.serverlessv2ScalingConfiguration ?? inputs.serverlessV2ScalingConfiguration);
  if (scaling === undefined) return undefined;
  return without({ MinCapacity: numberOf(scaling.minCapacity), MaxCapacity: numberOf(scaling.maxCapacity) });
}

async function makeCluster(given: Given, family: Family, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const id = identifierOf(given, 'clusterIdentifier', deployment);
  // aws 5 lets the engine out and means `aurora`.
  const engine = textOf(inputs.engine) ?? family.engine ?? 'aurora';
  const shared = {
    DBClusterIdentifier: id,
    Engine: engine,
    EngineVersion: textOf(inputs.engineVersion),
    EngineMode: textOf(inputs.engineMode),
    DBSubnetGroupName: textOf(inputs[family.subnetGroup]),
    DBClusterParameterGroupName: textOf(inputs[family.parameterGroup]),
    DeletionProtection: flagOf(inputs.deletionProtection),
    KmsKeyId: textOf(inputs[family.key]),
    BacktrackWindow: numberOf(inputs.backtrackWindow),
    DBClusterInstanceClass: textOf(inputs.dbClusterInstanceClass),
    Port: numberOf(inputs.port),
    Tags: tagList(given.tags),
    ServerlessV2ScalingConfiguration: scalingOf(inputs),
  };
  const days = numberOf(inputs.backupRetentionPeriod);
  const snapshot = await known(
    'DescribeDBClusterSnapshots',
    'DBClusterSnapshotIdentifier',
    textOf(inputs.snapshotIdentifier),
    deployment,
  );
  const restore = blockOf(inputs.restoreToPointInTime);
  const source = textOf(restore?.sourceClusterIdentifier);
  const call = async (operation: string, input: object): Promise<DBCluster | undefined> =>
    ((await deployment.call('rds', operation, without(input))) as CreateDBClusterCommandOutput).DBCluster;
  let made: DBCluster | undefined;
  if (snapshot !== undefined) {
    made = await call('RestoreDBClusterFromSnapshot', { ...shared, SnapshotIdentifier: snapshot, BackupRetentionPeriod: days });
  } else if (source !== undefined) {
    made = await call('RestoreDBClusterToPointInTime', {
      ...shared,
      SourceDBClusterIdentifier: source,
      UseLatestRestorableTime: flagOf(restore?.useLatestRestorableTime),
      BackupRetentionPeriod: days,
    });
  } else {
    const replicated = textOf(inputs[family.replicationSource]);
    const global = textOf(inputs.globalClusterIdentifier);
    made = await call('CreateDBCluster', {
      ...shared,
      BackupRetentionPeriod: days ?? 1,
      ClusterScalabilityType: textOf(inputs.clusterScalabilityType),
      StorageEncrypted: flagOf(inputs.storageEncrypted),
      GlobalClusterIdentifier: global,
      ReplicationSourceIdentifier: global === undefined ? replicated : undefined,
      // A restored cluster has the users of its origin.
      MasterUsername: textOf(inputs.masterUsername) ?? (textOf(inputs.snapshotIdentifier) === undefined ? undefined : 'restored'),
      ManageMasterUserPassword: flagOf(inputs.manageMasterUserPassword),
      MasterUserSecretKmsKeyId: textOf(inputs.masterUserSecretKmsKeyId),
    });
  }
  return { id, outputs: clusterOutputs(id, made) };
}

const clusterOutputs = (id: string, made: DBCluster | undefined): Record<string, Plain> => ({
  arn: made?.DBClusterArn ?? '',
  clusterIdentifier: id,
  clusterResourceId: made?.DbClusterResourceId ?? '',
  endpoint: made?.Endpoint ?? '',
  readerEndpoint: made?.ReaderEndpoint ?? '',
  engine: made?.Engine ?? '',
  hostedZoneId: made?.HostedZoneId ?? '',
  port: made?.Port ?? 0,
});

async function makeMember(given: Given, family: Family, deployment: Deployment): Promise<Created> {
  const { inputs, account, region } = given;
  const id = identifierOf(given, 'identifier', deployment);
  const cluster = need(given, 'clusterIdentifier');
  const reply = (await deployment.call(
    'rds',
    'CreateDBInstance',
    without({
      DBInstanceIdentifier: id,
      DBClusterIdentifier: cluster,
      Engine: textOf(inputs.engine) ?? family.engine ?? clusterAt(deployment.world, account, region, cluster)?.engine,
      DBInstanceClass: textOf(inputs.instanceClass),
      AvailabilityZone: textOf(inputs.availabilityZone),
      // The provider sends 0 where the code says nothing.
      PromotionTier: numberOf(inputs.promotionTier) ?? 0,
      Tags: tagList(given.tags),
    }),
  )) as CreateDBInstanceCommandOutput;
  const made = deployment.world.get(INSTANCES, account, region, id);
  return {
    id,
    outputs: {
      arn: reply.DBInstance?.DBInstanceArn ?? '',
      identifier: id,
      dbiResourceId: reply.DBInstance?.DbiResourceId ?? '',
      availabilityZone: reply.DBInstance?.AvailabilityZone ?? '',
      endpoint: made?.host ?? '',
      address: made?.host ?? '',
      port: made?.port ?? 0,
    },
  };
}

async function makeGlobal(given: Given, family: Family, deployment: Deployment): Promise<Created> {
  const { inputs, account, region } = given;
  const id = identifierOf(given, 'globalClusterIdentifier', deployment);
  const source = textOf(inputs.sourceDbClusterIdentifier);
  if (source !== undefined)
    await deployment.until(
      () => clusterAt(deployment.world, account, region, source)?.status !== 'creating',
      `${source} available`,
    );
  const reply = (await deployment.call(
    'rds',
    'CreateGlobalCluster',
    without({
      GlobalClusterIdentifier: id,
      SourceDBClusterIdentifier: source,
      Engine: textOf(inputs.engine) ?? family.engine,
      EngineVersion: textOf(inputs.engineVersion),
      DeletionProtection: flagOf(inputs.deletionProtection),
      StorageEncrypted: flagOf(inputs.storageEncrypted),
      Tags: tagList(given.tags),
    }),
  )) as { readonly GlobalCluster?: { readonly GlobalClusterArn?: string; readonly GlobalClusterResourceId?: string } };
  return {
    id,
    outputs: {
      arn: reply.GlobalCluster?.GlobalClusterArn ?? '',
      globalClusterIdentifier: id,
      globalClusterResourceId: reply.GlobalCluster?.GlobalClusterResourceId ?? '',
    },
  };
}

/** What a modification of a cluster takes, as the provider says it. */
const clusterSettings = ({ inputs }: Given, family: Family): object => ({
  EngineVersion: textOf(inputs.engineVersion),
  DBClusterParameterGroupName: textOf(inputs[family.parameterGroup]),
  DeletionProtection: flagOf(inputs.deletionProtection) ?? false,
  BackupRetentionPeriod: numberOf(inputs.backupRetentionPeriod),
  BacktrackWindow: numberOf(inputs.backtrackWindow) ?? 0,
  DBClusterInstanceClass: textOf(inputs.dbClusterInstanceClass),
  Port: numberOf(inputs.port),
  ServerlessV2ScalingConfiguration: scalingOf(inputs),
  ManageMasterUserPassword: flagOf(inputs.manageMasterUserPassword) ?? false,
  MasterUserSecretKmsKeyId: textOf(inputs.masterUserSecretKmsKeyId),
});

/** Neither is done by a modification: a cluster leaves its global database, and a replica becomes a database of its own. */
async function updateCluster(given: Given, before: Given, family: Family, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const id = clusterIn(given);
  const { global, replicated } = tiesOf(inputs, family);
  const old = tiesOf(before.inputs, family);
  await settled(given, deployment);
  if (old.global !== undefined && global !== old.global) await leaveGlobal(given, old.global, deployment);
  else if (old.global === undefined && old.replicated !== undefined && replicated === undefined)
    await deployment.call('rds', 'PromoteReadReplicaDBCluster', { DBClusterIdentifier: id });
  await settled(given, deployment);
  await modify(
    deployment,
    ['rds', 'ModifyDBCluster'],
    { DBClusterIdentifier: id, ApplyImmediately: true },
    clusterSettings(given, family),
    clusterSettings(before, family),
  );
  const { DBClusters } = (await deployment.call('rds', 'DescribeDBClusters', {
    DBClusterIdentifier: id,
  })) as DescribeDBClustersCommandOutput;
  return { id: given.id ?? id, outputs: clusterOutputs(id, DBClusters?.[0]) };
}

const clusterIn = ({ outputs, id }: Given): string => textOf(outputs.clusterIdentifier) ?? id ?? '';

const tiesOf = (inputs: Given['inputs'], family: Family) => ({
  global: textOf(inputs.globalClusterIdentifier),
  replicated: textOf(inputs[family.replicationSource]),
});

const settled = (given: Given, deployment: Deployment): Promise<void> =>
  deployment.until(
    () => !CHANGING.has(clusterAt(deployment.world, given.account, given.region, clusterIn(given))?.status ?? ''),
    `${clusterIn(given)} being modified`,
  );

async function leaveGlobal(given: Given, global: string, deployment: Deployment): Promise<void> {
  const cluster = clusterAt(deployment.world, given.account, given.region, clusterIn(given));
  if (cluster?.global === undefined) return;
  await deployment.call('rds', 'RemoveFromGlobalCluster', {
    GlobalClusterIdentifier: global,
    DbClusterIdentifier: cluster.arn,
  });
  await deployment.until(() => cluster.global === undefined, `${cluster.id} leaving ${global}`);
}

/** As the provider does: a cluster leaves its global database first. */
async function removeCluster(given: Given, deployment: Deployment): Promise<void> {
  const how = farewell(given);
  const cluster = clusterAt(deployment.world, given.account, given.region, clusterIn(given));
  const isHeld = cluster?.deletionProtection === true;
  const global = textOf(given.inputs.globalClusterIdentifier);
  if (global !== undefined && !isHeld) await leaveGlobal(given, global, deployment);
  await removedBy('rds', 'DeleteDBCluster', () => ({ DBClusterIdentifier: clusterIn(given), ...how }))(given, deployment);
}

const globalSettings = ({ inputs }: Given): object => ({
  DeletionProtection: flagOf(inputs.deletionProtection) ?? false,
  EngineVersion: textOf(inputs.engineVersion),
});

/** With `forceDestroy` the provider takes the clusters out first; without it, a global database that has some stays. */
async function removeGlobal(given: Given, deployment: Deployment): Promise<void> {
  const { account, id = '' } = given;
  const global = deployment.world.get(GLOBALS, account, GLOBAL, id);
  if (flagOf(given.inputs.forceDestroy) === true && global !== undefined) {
    const { writer, members } = global;
    for (const arn of [...members].sort((a, b) => Number(a === writer) - Number(b === writer))) {
      const named = { GlobalClusterIdentifier: id, DbClusterIdentifier: arn };
      await deployment.call('rds', 'RemoveFromGlobalCluster', named, arn.split(':')[3]);
      await deployment.until(() => !global.members.includes(arn), `${arn} leaving ${id}`);
    }
  }
  await removedBy('rds', 'DeleteGlobalCluster', () => ({ GlobalClusterIdentifier: id }))(given, deployment);
}

const memberSettings = ({ inputs }: Given): object => ({
  DBInstanceClass: textOf(inputs.instanceClass),
  PromotionTier: numberOf(inputs.promotionTier) ?? 0,
});

const familyDeployers = (service: string, family: Family): readonly Deployer[] => [
  {
    type: `aws:${service}/cluster:Cluster`,
    create: (given, deployment) => makeCluster(given, family, deployment),
    update: (given, before, deployment) => updateCluster(given, before, family, deployment),
    remove: removeCluster,
  },
  {
    type: `aws:${service}/clusterInstance:ClusterInstance`,
    create: (given, deployment) => makeMember(given, family, deployment),
    update: changedBy((given, before, deployment) => updateInstance(given, before, memberSettings, deployment)),
    remove: (given, deployment) => removeInstance(given, { SkipFinalSnapshot: true }, deployment),
  },
  {
    type: `aws:${service}/globalCluster:GlobalCluster`,
    create: (given, deployment) => makeGlobal(given, family, deployment),
    update: changedBy((given, before, deployment) =>
      modify(
        deployment,
        ['rds', 'ModifyGlobalCluster'],
        { GlobalClusterIdentifier: given.id },
        globalSettings(given),
        globalSettings(before),
      ),
    ),
    remove: removeGlobal,
  },
];

const CLUSTER_SNAPSHOT: Deployer = {
  type: 'aws:rds/clusterSnapshot:ClusterSnapshot',
  async create(given, deployment): Promise<Created> {
    const cluster = need(given, 'dbClusterIdentifier');
    const id = need(given, 'dbClusterSnapshotIdentifier');
    await deployment.call('rds', 'CreateDBClusterSnapshot', {
      DBClusterIdentifier: cluster,
      DBClusterSnapshotIdentifier: id,
      Tags: tagList(given.tags),
    });
    return { id, outputs: { dbClusterSnapshotArn: `arn:aws:rds:${given.region}:${given.account}:cluster-snapshot:${id}` } };
  },
  update: onlyTags,
  remove: removedBy('rds', 'DeleteDBClusterSnapshot', ({ id }) => ({ DBClusterSnapshotIdentifier: id })),
};

export const clusterDeployers: readonly Deployer[] = [
  ...familyDeployers('rds', RDS),
  ...familyDeployers('docdb', DOCDB),
  ...familyDeployers('neptune', NEPTUNE),
  CLUSTER_SNAPSHOT,
];
