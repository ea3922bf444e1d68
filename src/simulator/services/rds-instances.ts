/** DB instances of simulated RDS: create, read replica, describe, modify, reboot, stop, start, promote, delete. */
import type {
  CreateDBInstanceCommandInput,
  CreateDBInstanceCommandOutput,
  CreateDBInstanceReadReplicaCommandInput,
  CreateDBInstanceReadReplicaCommandOutput,
  DeleteDBInstanceCommandInput,
  DeleteDBInstanceCommandOutput,
  DescribeDBInstancesCommandInput,
  DescribeDBInstancesCommandOutput,
  ModifyDBInstanceCommandInput,
  ModifyDBInstanceCommandOutput,
  PromoteReadReplicaCommandInput,
  PromoteReadReplicaCommandOutput,
  RebootDBInstanceCommandInput,
  RebootDBInstanceCommandOutput,
  StartDBInstanceCommandInput,
  StartDBInstanceCommandOutput,
  StopDBInstanceCommandInput,
  StopDBInstanceCommandOutput,
} from '@aws-sdk/client-rds';
import { promote } from '../plane/logs.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between, procedure } from '../world/procedure.ts';
import { removeInstance } from './rds-deletion.ts';
import { followWith, settleReplication } from './rds-endpoints.ts';
import { failInstanceOver, restart } from './rds-failover.ts';
import { PAGE_SIZE, subnetGroupOr404, zonesOfGroup } from './rds-groups.ts';
import { CREATION, keyOf, makeInstance, setSecret, usualLag } from './rds-make.ts';
import { joinCluster } from './rds-members.ts';
import { rename } from './rds-rename.ts';
import { copiesIn, instanceReply } from './rds-replies.ts';
import { takeSnapshot } from './rds-snapshots.ts';
import { type Cluster, clusterAt, INSTANCES, type Instance, instanceAt, instanceOr404, record } from './rds-state.ts';

/** Seconds; a promotion "takes a few minutes" and reboots the replica (USER_ReadRepl.Promote). The spread is our assumption. */
const PROMOTION = [240, 900] as const;
const MODIFICATION = [120, 600] as const;
const STOPPING = [60, 300] as const;
const STARTING = [180, 480] as const;

const one = (context: CallContext, name: string | undefined): Instance =>
  instanceOr404(context.world, context.account, context.region, name);

const create: Operation<CreateDBInstanceCommandInput, Reply<CreateDBInstanceCommandOutput>> = async (input, context) => {
  if (input.DBClusterIdentifier !== undefined) return { DBInstance: instanceReply(context.world, joinCluster(input, context)) };
  if (input.Engine === undefined || input.Engine === '')
    throw new ServiceFault('MissingParameter', 'The request must contain the parameter Engine');
  if (input.Engine.startsWith('aurora'))
    throw new ServiceFault('InvalidParameterCombination', `${input.Engine} requires a DB cluster.`);
  const encrypted = input.StorageEncrypted === true;
  const instance = makeInstance(
    {
      id: input.DBInstanceIdentifier,
      engine: input.Engine,
      engineVersion: input.EngineVersion,
      instanceClass: input.DBInstanceClass,
      multiAz: input.MultiAZ,
      zone: input.AvailabilityZone,
      subnetGroup: input.DBSubnetGroupName,
      parameterGroup: input.DBParameterGroupName,
      encrypted,
      kmsKey: encrypted ? keyOf(input.KmsKeyId, 'rds', context) : undefined,
      secretKey:
        input.ManageMasterUserPassword === true ? keyOf(input.MasterUserSecretKmsKeyId, 'secretsmanager', context) : undefined,
      deletionProtection: input.DeletionProtection,
      // API CreateDBInstance, BackupRetentionPeriod: 1 when it is not given.
      retentionDays: input.BackupRetentionPeriod ?? 1,
      source: undefined,
      lag: 0,
      port: input.Port,
      cluster: undefined,
      tier: undefined,
      allocatedStorage: input.AllocatedStorage,
      autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade,
      tags: input.Tags,
      takes: input.MultiAZ === true ? CREATION.multiAz : CREATION.single,
    },
    context,
  );
  return { DBInstance: instanceReply(context.world, instance) };
};

function sourceOf(input: CreateDBInstanceReadReplicaCommandInput, context: CallContext): Instance | Cluster {
  const { world, account, region } = context;
  const name = input.SourceDBInstanceIdentifier ?? input.SourceDBClusterIdentifier ?? '';
  const source = instanceAt(world, account, region, name) ?? clusterAt(world, account, region, name);
  if (source === undefined) throw new ServiceFault('DBInstanceNotFound', `DBInstance ${name} not found.`, 404);
  if (source.status !== 'available')
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${source.id} is not in the available state.`);
  if (source.retentionDays === 0)
    throw new ServiceFault(
      'InvalidDBInstanceState',
      `Automated backups are not enabled for this database instance: ${source.id}`,
    );
  return source;
}

const createReplica: Operation<CreateDBInstanceReadReplicaCommandInput, Reply<CreateDBInstanceReadReplicaCommandOutput>> = async (
  input,
  context,
) => {
  const { world } = context;
  const source = sourceOf(input, context);
  const elsewhere = source.region !== context.region;
  if (elsewhere && source.encrypted && input.KmsKeyId === undefined)
    throw new ServiceFault('InvalidParameterCombination', 'Cannot create an encrypted cross-Region replica without a KMS key.');
  const lag = usualLag(world, source.region, context.region);
  const replica = makeInstance(
    {
      id: input.DBInstanceIdentifier,
      engine: source.engine,
      engineVersion: source.engineVersion,
      instanceClass: input.DBInstanceClass ?? source.instanceClass,
      multiAz: input.MultiAZ,
      zone: input.AvailabilityZone,
      subnetGroup: input.DBSubnetGroupName ?? (elsewhere ? undefined : source.subnetGroup),
      parameterGroup: input.DBParameterGroupName ?? (elsewhere || 'members' in source ? undefined : source.parameterGroup),
      encrypted: source.encrypted,
      // Within the Region it has the key of its source.
      kmsKey: !source.encrypted ? undefined : elsewhere ? keyOf(input.KmsKeyId, 'rds', context) : source.kmsKey,
      secretKey: undefined,
      deletionProtection: input.DeletionProtection,
      // RDS makes read replicas with backups off (API CreateDBInstanceReadReplica).
      retentionDays: 0,
      source: source.arn,
      lag,
      port: input.Port ?? source.port,
      cluster: undefined,
      tier: undefined,
      allocatedStorage: 'allocatedStorage' in source ? source.allocatedStorage : undefined,
      tags: input.Tags,
      takes: CREATION.multiAz,
    },
    context,
    (made) => {
      if (made.source !== undefined) followWith(world, made.source, made);
    },
  );
  return { DBInstance: instanceReply(world, replica) };
};

const describe: Operation<DescribeDBInstancesCommandInput, Reply<DescribeDBInstancesCommandOutput>> = (input, context) => {
  const wanted = (name: string): readonly string[] | undefined =>
    input.Filters?.find((f) => f.Name === name)?.Values?.map((v) => v.slice(v.lastIndexOf(':') + 1));
  const clusters = wanted('db-cluster-id');
  const ids = wanted('db-instance-id');
  const engines = wanted('engine');
  const all = (
    input.DBInstanceIdentifier === undefined ? context.list(INSTANCES) : [one(context, input.DBInstanceIdentifier)]
  ).filter(
    (i) =>
      (clusters?.includes(i.cluster ?? '') ?? true) && (ids?.includes(i.id) ?? true) && (engines?.includes(i.engine) ?? true),
  );
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  const copies = copiesIn(context.world, context.account);
  return { DBInstances: items.map((i) => instanceReply(context.world, i, copies)), Marker: next };
};

const modify: Operation<ModifyDBInstanceCommandInput, Reply<ModifyDBInstanceCommandOutput>> = (input, context) => {
  const { world } = context;
  const instance = one(context, input.DBInstanceIdentifier);
  if (['deleting', 'stopped'].includes(instance.status))
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${instance.id} is ${instance.status}.`);
  if (input.DeletionProtection !== undefined) instance.deletionProtection = input.DeletionProtection;
  if (input.PromotionTier !== undefined) instance.tier = input.PromotionTier;
  if (input.DBParameterGroupName !== undefined) instance.parameterGroup = input.DBParameterGroupName.toLowerCase();
  if (input.DBSubnetGroupName !== undefined) instance.subnetGroup = subnetGroupOr404(input.DBSubnetGroupName, context).name;
  if (input.EngineVersion !== undefined) instance.engineVersion = input.EngineVersion;
  if (input.AllocatedStorage !== undefined) instance.allocatedStorage = input.AllocatedStorage;
  if (input.DBPortNumber !== undefined) instance.port = input.DBPortNumber;
  setSecret(instance, input, context);
  if (input.BackupRetentionPeriod !== undefined) setRetention(instance, input.BackupRetentionPeriod, world.clock.now());
  if (input.NewDBInstanceIdentifier !== undefined) rename(instance, input.NewDBInstanceIdentifier.toLowerCase(), context);
  const slow = input.DBInstanceClass !== undefined || input.MultiAZ !== undefined;
  if (slow) {
    if (instance.status === 'available') instance.status = 'modifying';
    procedure(world, instance, [
      {
        after: between(world, ...MODIFICATION),
        what: () => {
          if (input.DBInstanceClass !== undefined) instance.instanceClass = input.DBInstanceClass;
          if (input.MultiAZ !== undefined) setMultiAz(instance, input.MultiAZ, zonesOfGroup(world, instance));
          if (instance.status === 'modifying') instance.status = 'available';
          record(world, instance, 'configuration change', 'Finished applying modification to the DB instance');
        },
      },
    ]);
  }
  return { DBInstance: instanceReply(world, instance) };
};

/** Turning backups on makes a first one at once; turning them off deletes them all (USER_WorkingWithAutomatedBackups). */
function setRetention(instance: Instance, days: number, now: number): void {
  if (days < 0 || days > 35) throw new ServiceFault('InvalidParameterValue', `Invalid backup retention period: ${days}`);
  instance.retentionDays = days;
  if (days === 0) instance.backupsFrom = undefined;
  else if (instance.status !== 'creating') instance.backupsFrom ??= now;
}

function setMultiAz(instance: Instance, on: boolean, zones: readonly string[]): void {
  instance.multiAz = on;
  instance.secondaryZone = on ? zones.find((z) => z !== instance.zone) : undefined;
}

const reboot: Operation<RebootDBInstanceCommandInput, Reply<RebootDBInstanceCommandOutput>> = (input, context) => {
  const { world } = context;
  const instance = one(context, input.DBInstanceIdentifier);
  if (instance.status !== 'available')
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${instance.id} is not in the available state.`);
  if (input.ForceFailover === true) {
    if (!instance.multiAz)
      throw new ServiceFault(
        'InvalidParameterCombination',
        'Cannot force failover: the DB instance is not configured for Multi-AZ.',
      );
    instance.status = 'rebooting';
    failInstanceOver(world, instance, 0);
  } else restart(world, instance, 'rebooting');
  return { DBInstance: instanceReply(world, instance) };
};

const stop: Operation<StopDBInstanceCommandInput, Reply<StopDBInstanceCommandOutput>> = (input, context) => {
  const { world } = context;
  const instance = one(context, input.DBInstanceIdentifier);
  if (instance.status !== 'available')
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${instance.id} is not in the available state.`);
  instance.status = 'stopping';
  instance.lostAt = world.clock.now();
  procedure(world, instance, [
    {
      after: between(world, ...STOPPING),
      what: () => {
        instance.status = 'stopped';
        settleReplication(world, instance.account);
      },
    },
  ]);
  return { DBInstance: instanceReply(world, instance) };
};

const start: Operation<StartDBInstanceCommandInput, Reply<StartDBInstanceCommandOutput>> = (input, context) => {
  const { world } = context;
  const instance = one(context, input.DBInstanceIdentifier);
  if (!['stopped', 'inaccessible-encryption-credentials-recoverable'].includes(instance.status))
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${instance.id} is not stopped.`);
  instance.status = 'starting';
  procedure(world, instance, [
    {
      after: between(world, ...STARTING),
      what: () => {
        instance.status = 'available';
        instance.lostAt = undefined;
        settleReplication(world, instance.account);
      },
    },
  ]);
  return { DBInstance: instanceReply(world, instance) };
};

/** Replication ends at once, with what had arrived; then the replica reboots and can be written to. */
const promoteReplica: Operation<PromoteReadReplicaCommandInput, Reply<PromoteReadReplicaCommandOutput>> = (input, context) => {
  const { world } = context;
  const replica = one(context, input.DBInstanceIdentifier);
  if (replica.source === undefined)
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${replica.id} is not a read replica.`);
  if (replica.status !== 'available')
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${replica.id} is not in the available state.`);
  promote(world, replica.arn);
  replica.status = 'modifying';
  procedure(world, replica, [
    {
      after: between(world, ...PROMOTION),
      what: () => {
        replica.source = undefined;
        replica.status = 'available';
        // API PromoteReadReplica, BackupRetentionPeriod: 1 when it is not given.
        setRetention(replica, input.BackupRetentionPeriod ?? Math.max(1, replica.retentionDays), world.clock.now());
        record(world, replica, 'read replica', 'Promoted read replica to a stand-alone database instance');
      },
    },
  ]);
  return { DBInstance: instanceReply(world, replica) };
};

const remove: Operation<DeleteDBInstanceCommandInput, Reply<DeleteDBInstanceCommandOutput>> = (input, context) => {
  const { world } = context;
  const instance = one(context, input.DBInstanceIdentifier);
  if (instance.deletionProtection)
    throw new ServiceFault(
      'InvalidParameterCombination',
      'Cannot delete protected DB Instance, please disable deletion protection and try again.',
    );
  const isSnapshotted = instance.cluster === undefined && instance.source === undefined && input.SkipFinalSnapshot !== true;
  if (isSnapshotted) {
    if (input.FinalDBSnapshotIdentifier === undefined)
      throw new ServiceFault(
        'InvalidParameterCombination',
        'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is true.',
      );
    takeSnapshot(instance, input.FinalDBSnapshotIdentifier, {}, context);
  }
  const reply = { ...instanceReply(world, instance), DBInstanceStatus: 'deleting' };
  removeInstance(world, instance, { keepBackups: input.DeleteAutomatedBackups === false });
  return { DBInstance: reply };
};

export const instanceOperations = {
  CreateDBInstance: create,
  CreateDBInstanceReadReplica: createReplica,
  DescribeDBInstances: describe,
  ModifyDBInstance: modify,
  RebootDBInstance: reboot,
  StopDBInstance: stop,
  StartDBInstance: start,
  PromoteReadReplica: promoteReplica,
  DeleteDBInstance: remove,
};
