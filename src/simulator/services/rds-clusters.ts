/** DB clusters of simulated RDS: create, describe, modify, fail over, promote, stop, start, delete. */
import type {
  BacktrackDBClusterCommandInput,
  BacktrackDBClusterCommandOutput,
  CreateDBClusterCommandInput,
  CreateDBClusterCommandOutput,
  DeleteDBClusterCommandInput,
  DeleteDBClusterCommandOutput,
  DescribeDBClustersCommandInput,
  DescribeDBClustersCommandOutput,
  FailoverDBClusterCommandInput,
  FailoverDBClusterCommandOutput,
  ModifyDBClusterCommandInput,
  ModifyDBClusterCommandOutput,
  PromoteReadReplicaDBClusterCommandInput,
  PromoteReadReplicaDBClusterCommandOutput,
  RebootDBClusterCommandInput,
  RebootDBClusterCommandOutput,
  StartDBClusterCommandInput,
  StartDBClusterCommandOutput,
  StopDBClusterCommandInput,
  StopDBClusterCommandOutput,
} from '@aws-sdk/client-rds';
import { promote, restore } from '../plane/logs.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between, procedure } from '../world/procedure.ts';
import { removeCluster } from './rds-deletion.ts';
import { followWith, settleReplication } from './rds-endpoints.ts';
import { failClusterOver, restart } from './rds-failover.ts';
import { joinGlobal, membershipOf } from './rds-global-members.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { keyOf, setSecret, usualLag } from './rds-make.ts';
import { makeCluster } from './rds-make-cluster.ts';
import { clusterReply } from './rds-replies.ts';
import { takeSnapshot } from './rds-snapshots.ts';
import { CLUSTERS, type Cluster, clusterAt, clusterOr404, instanceAt, membersOf, record } from './rds-state.ts';

/** Seconds; our assumptions. Backtracking takes minutes (AuroraMySQL.Managing.Backtrack). */
const PROMOTION = [240, 900] as const;
const STOPPING = [120, 400] as const;
const STARTING = [240, 600] as const;
const BACKTRACKING = [60, 300] as const;

const one = (context: CallContext, name: string | undefined): Cluster =>
  clusterOr404(context.world, context.account, context.region, name);

function mustBeAvailable(cluster: Cluster): void {
  if (cluster.status !== 'available')
    throw new ServiceFault('InvalidDBClusterStateFault', `DB cluster ${cluster.id} is not in the available state.`);
}

const create: Operation<CreateDBClusterCommandInput, Reply<CreateDBClusterCommandOutput>> = async (input, context) => {
  const { world, account, region } = context;
  const membership = input.GlobalClusterIdentifier === undefined ? undefined : membershipOf(input, context);
  const source = membership?.source ?? replicationSourceOf(input, context);
  const isServerlessV1 = input.EngineMode === 'serverless';
  // Neptune has no users of its own: it knows IAM's alone.
  if (source === undefined && input.MasterUsername === undefined && input.Engine !== 'neptune')
    throw new ServiceFault('InvalidParameterValue', 'The parameter MasterUsername must be provided and must not be blank.');
  // Serverless v1 is always encrypted (provider docs of rds.Cluster; aurora-serverless.html).
  const encrypted = input.StorageEncrypted ?? (isServerlessV1 || membership?.encrypted === true);
  if (membership?.encrypted === true && source !== undefined && source.region !== region && input.KmsKeyId === undefined)
    throw new ServiceFault(
      'InvalidParameterCombination',
      'A secondary cluster of an encrypted global database needs a KMS key of its Region.',
    );
  const cluster = makeCluster(
    {
      id: input.DBClusterIdentifier,
      engine: input.Engine ?? '',
      engineVersion: input.EngineVersion ?? source?.engineVersion,
      engineMode: input.EngineMode,
      scalability: input.ClusterScalabilityType,
      capacity:
        input.ServerlessV2ScalingConfiguration === undefined
          ? undefined
          : {
              min: input.ServerlessV2ScalingConfiguration.MinCapacity,
              max: input.ServerlessV2ScalingConfiguration.MaxCapacity,
            },
      instanceClass: input.DBClusterInstanceClass,
      masterUsername: input.MasterUsername,
      subnetGroup: input.DBSubnetGroupName,
      parameterGroup: input.DBClusterParameterGroupName,
      encrypted,
      kmsKey: encrypted ? keyOf(input.KmsKeyId, 'rds', context) : undefined,
      secretKey:
        input.ManageMasterUserPassword === true ? keyOf(input.MasterUserSecretKmsKeyId, 'secretsmanager', context) : undefined,
      deletionProtection: input.DeletionProtection,
      // API CreateDBCluster, BackupRetentionPeriod: 1 when it is not given.
      retentionDays: input.BackupRetentionPeriod ?? 1,
      backtrackSeconds: input.BacktrackWindow,
      source: source?.arn,
      lag: source === undefined ? 0 : usualLag(world, source.region, region),
      global: membership?.global.id,
      port: input.Port,
      tags: input.Tags,
    },
    context,
    (made) => {
      if (made.source !== undefined) followWith(world, made.source, made);
    },
  );
  if (membership !== undefined) joinGlobal(membership.global, cluster);
  return { DBCluster: clusterReply(world, clusterOr404(world, account, region, cluster.id)) };
};

function replicationSourceOf(
  input: CreateDBClusterCommandInput,
  context: CallContext,
): { readonly arn: string; readonly region: string; readonly engineVersion: string | undefined } | undefined {
  const name = input.ReplicationSourceIdentifier;
  if (name === undefined) return undefined;
  const { world, account, region } = context;
  const source = clusterAt(world, account, region, name) ?? instanceAt(world, account, region, name);
  if (source === undefined) throw new ServiceFault('DBClusterNotFoundFault', `The source cluster ${name} does not exist.`, 404);
  return source;
}

const describe: Operation<DescribeDBClustersCommandInput, Reply<DescribeDBClustersCommandOutput>> = (input, context) => {
  const wanted = (name: string): readonly string[] | undefined =>
    input.Filters?.find((f) => f.Name === name)?.Values?.map((v) => v.slice(v.lastIndexOf(':') + 1));
  const ids = wanted('db-cluster-id');
  const engines = wanted('engine');
  const all = (
    input.DBClusterIdentifier === undefined ? context.list(CLUSTERS) : [one(context, input.DBClusterIdentifier)]
  ).filter((c) => (ids?.includes(c.id) ?? true) && (engines?.includes(c.engine) ?? true));
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBClusters: items.map((c) => clusterReply(context.world, c)), Marker: next };
};

const modify: Operation<ModifyDBClusterCommandInput, Reply<ModifyDBClusterCommandOutput>> = (input, context) => {
  const cluster = one(context, input.DBClusterIdentifier);
  if (input.BackupRetentionPeriod !== undefined) {
    if (input.BackupRetentionPeriod < 1 || input.BackupRetentionPeriod > 35)
      throw new ServiceFault('InvalidParameterValue', `Invalid backup retention period: ${input.BackupRetentionPeriod}`);
    cluster.retentionDays = input.BackupRetentionPeriod;
  }
  if (input.DeletionProtection !== undefined) cluster.deletionProtection = input.DeletionProtection;
  if (input.BacktrackWindow !== undefined) cluster.backtrackSeconds = input.BacktrackWindow;
  if (input.DBClusterParameterGroupName !== undefined) cluster.parameterGroup = input.DBClusterParameterGroupName.toLowerCase();
  if (input.EngineVersion !== undefined) cluster.engineVersion = input.EngineVersion;
  if (input.DBClusterInstanceClass !== undefined) cluster.instanceClass = input.DBClusterInstanceClass;
  if (input.Port !== undefined) cluster.port = input.Port;
  setSecret(cluster, input, context);
  const scaling = input.ServerlessV2ScalingConfiguration;
  if (scaling !== undefined) cluster.capacity = { min: scaling.MinCapacity, max: scaling.MaxCapacity };
  return { DBCluster: clusterReply(context.world, cluster) };
};

const failover: Operation<FailoverDBClusterCommandInput, Reply<FailoverDBClusterCommandOutput>> = (input, context) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  mustBeAvailable(cluster);
  const target = input.TargetDBInstanceIdentifier?.toLowerCase();
  const members = membersOf(world, cluster);
  if (members.length < 2)
    throw new ServiceFault('InvalidDBClusterStateFault', `Cluster ${cluster.id} does not have any replicas to fail over to.`);
  if (target !== undefined && !members.some((m) => m.id === target))
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${target} is not a member of the cluster.`);
  failClusterOver(world, cluster, 0, target);
  return { DBCluster: { ...clusterReply(world, cluster), Status: 'failing-over' } };
};

const reboot: Operation<RebootDBClusterCommandInput, Reply<RebootDBClusterCommandOutput>> = (input, context) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  mustBeAvailable(cluster);
  for (const member of membersOf(world, cluster)) restart(world, member, 'rebooting');
  return { DBCluster: clusterReply(world, cluster) };
};

const promoteReplica: Operation<PromoteReadReplicaDBClusterCommandInput, Reply<PromoteReadReplicaDBClusterCommandOutput>> = (
  input,
  context,
) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  mustBeAvailable(cluster);
  if (cluster.source === undefined || cluster.global !== undefined)
    throw new ServiceFault('InvalidDBClusterStateFault', `DB cluster ${cluster.id} is not a read replica.`);
  promote(world, cluster.arn);
  cluster.status = 'promoting';
  procedure(world, cluster, [
    {
      after: between(world, ...PROMOTION),
      what: () => {
        cluster.source = undefined;
        cluster.status = 'available';
        record(world, cluster, 'read replica', 'Promoted the read replica cluster to a stand-alone database cluster');
      },
    },
  ]);
  return { DBCluster: clusterReply(world, cluster) };
};

const stop: Operation<StopDBClusterCommandInput, Reply<StopDBClusterCommandOutput>> = (input, context) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  mustBeAvailable(cluster);
  if (cluster.global !== undefined)
    throw new ServiceFault('InvalidDBClusterStateFault', 'A cluster of a global database cannot be stopped.');
  cluster.status = 'stopping';
  cluster.lostAt = world.clock.now();
  setMembers(context, cluster, 'stopping');
  procedure(world, cluster, [
    {
      after: between(world, ...STOPPING),
      what: () => {
        cluster.status = 'stopped';
        setMembers(context, cluster, 'stopped');
        settleReplication(world, cluster.account);
      },
    },
  ]);
  return { DBCluster: clusterReply(world, cluster) };
};

function setMembers(context: CallContext, cluster: Cluster, status: string): void {
  for (const member of membersOf(context.world, cluster)) member.status = status;
}

const start: Operation<StartDBClusterCommandInput, Reply<StartDBClusterCommandOutput>> = (input, context) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  if (!['stopped', 'inaccessible-encryption-credentials'].includes(cluster.status))
    throw new ServiceFault('InvalidDBClusterStateFault', `DB cluster ${cluster.id} is not stopped.`);
  cluster.status = 'starting';
  procedure(world, cluster, [
    {
      after: between(world, ...STARTING),
      what: () => {
        cluster.status = 'available';
        cluster.lostAt = undefined;
        setMembers(context, cluster, 'available');
        settleReplication(world, cluster.account);
      },
    },
  ]);
  return { DBCluster: clusterReply(world, cluster) };
};

/** The volume goes back to what it was; nothing answers meanwhile (AuroraMySQL.Managing.Backtrack). */
const backtrack: Operation<BacktrackDBClusterCommandInput, Reply<BacktrackDBClusterCommandOutput>> = (input, context) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  mustBeAvailable(cluster);
  const to = input.BacktrackTo?.getTime() ?? Number.NaN;
  if (!(to >= world.clock.now() - cluster.backtrackSeconds * 1000))
    throw new ServiceFault('InvalidParameterValue', 'The time to backtrack to is outside the backtrack window.');
  cluster.outage = 'it is being backtracked';
  procedure(world, cluster, [
    {
      after: between(world, ...BACKTRACKING),
      what: () => {
        restore(world, cluster.arn, cluster.arn, to);
        cluster.outage = undefined;
      },
    },
  ]);
  return { DBClusterIdentifier: cluster.id, BacktrackTo: input.BacktrackTo, Status: 'applying' };
};

const remove: Operation<DeleteDBClusterCommandInput, Reply<DeleteDBClusterCommandOutput>> = (input, context) => {
  const { world } = context;
  const cluster = one(context, input.DBClusterIdentifier);
  if (cluster.deletionProtection)
    throw new ServiceFault(
      'InvalidParameterCombination',
      'Cannot delete protected Cluster, please disable deletion protection and try again.',
    );
  if (cluster.global !== undefined)
    throw new ServiceFault(
      'InvalidDBClusterStateFault',
      'This cluster is a part of a global cluster, please remove it from globalcluster first',
    );
  if (cluster.kind === 'volume' && cluster.members.length > 0)
    throw new ServiceFault(
      'InvalidDBClusterStateFault',
      'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
    );
  if (input.SkipFinalSnapshot !== true) {
    if (input.FinalDBSnapshotIdentifier === undefined)
      throw new ServiceFault(
        'InvalidParameterCombination',
        'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is true.',
      );
    takeSnapshot(cluster, input.FinalDBSnapshotIdentifier, {}, context);
  }
  const reply = { ...clusterReply(world, cluster), Status: 'deleting' };
  removeCluster(world, cluster, { keepBackups: input.DeleteAutomatedBackups === false });
  return { DBCluster: reply };
};

export const clusterOperations = {
  CreateDBCluster: create,
  DescribeDBClusters: describe,
  ModifyDBCluster: modify,
  FailoverDBCluster: failover,
  RebootDBCluster: reboot,
  PromoteReadReplicaDBCluster: promoteReplica,
  StopDBCluster: stop,
  StartDBCluster: start,
  BacktrackDBCluster: backtrack,
  DeleteDBCluster: remove,
};
