/** Restores in simulated RDS: always into a new instance or cluster, from a snapshot or a point in time. */
import type {
  RestoreDBClusterFromSnapshotCommandInput,
  RestoreDBClusterFromSnapshotCommandOutput,
  RestoreDBClusterToPointInTimeCommandInput,
  RestoreDBClusterToPointInTimeCommandOutput,
  RestoreDBInstanceFromDBSnapshotCommandInput,
  RestoreDBInstanceFromDBSnapshotCommandOutput,
  RestoreDBInstanceToPointInTimeCommandInput,
  RestoreDBInstanceToPointInTimeCommandOutput,
} from '@aws-sdk/client-rds';
import { restore } from '../plane/logs.ts';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { KEPT_BACKUPS, keptWindow, type Restorable, restorableOf, restoreWindow } from './rds-backups-state.ts';
import { keyOf, makeInstance } from './rds-make.ts';
import { makeCluster } from './rds-make-cluster.ts';
import { clusterReply, instanceReply } from './rds-replies.ts';
import { snapshotOr404 } from './rds-snapshots.ts';
import { clusterOr404, type Instance, instanceAt, instanceOr404 } from './rds-state.ts';

/**
 * Seconds until a restored store is available. It grows with the size, of which AWS says nothing in numbers but "up to a few hours"
 * (prescriptive guidance, "RDS PITR and snapshots"); from 20 minutes on is our assumption.
 */
const RESTORE = [1200, 3600] as const;

interface Origin {
  /** ARN of the store whose log is restored. */
  readonly log: string;
  readonly at: number;
  readonly store: Restorable;
  readonly subnetGroup: string | undefined;
}

const fromSnapshot: Operation<
  RestoreDBInstanceFromDBSnapshotCommandInput,
  Reply<RestoreDBInstanceFromDBSnapshotCommandOutput>
> = (input, context) => {
  const snapshot = snapshotOr404(context, 'instance', input.DBSnapshotIdentifier);
  if (snapshot.status !== 'available')
    throw new ServiceFault('InvalidDBSnapshotState', `Snapshot ${snapshot.id} is not available.`);
  const origin = { log: snapshot.source, at: snapshot.at, store: snapshot.store, subnetGroup: undefined };
  const instance = restoreInstance(origin, { ...input, id: input.DBInstanceIdentifier }, snapshot.store.kmsKey, context);
  return { DBInstance: instanceReply(context.world, instance) };
};

const toPointInTime: Operation<
  RestoreDBInstanceToPointInTimeCommandInput,
  Reply<RestoreDBInstanceToPointInTimeCommandOutput>
> = async (input, context) => {
  const origin =
    input.SourceDBInstanceAutomatedBackupsArn === undefined
      ? liveOrigin(input, context)
      : keptOrigin(input, input.SourceDBInstanceAutomatedBackupsArn, context);
  const isAbroad = input.SourceDBInstanceAutomatedBackupsArn !== undefined;
  const kmsKey = isAbroad && origin.store.encrypted ? keyOf(origin.store.kmsKey, 'rds', context) : origin.store.kmsKey;
  const instance = restoreInstance(origin, { ...input, id: input.TargetDBInstanceIdentifier }, kmsKey, context);
  return { DBInstance: instanceReply(context.world, instance) };
};

function moment(
  window: { readonly from: number; readonly until: number } | undefined,
  asked: Date | undefined,
  latest: boolean | undefined,
): number {
  if (window === undefined)
    throw new ServiceFault('PointInTimeRestoreNotEnabled', 'Point In Time Restore is not enabled for this DB instance.');
  if (asked === undefined) {
    if (latest === true) return window.until;
    throw new ServiceFault('InvalidParameterCombination', 'Give RestoreTime, or UseLatestRestorableTime.');
  }
  const at = asked.getTime();
  if (at < window.from || at > window.until)
    throw new ServiceFault(
      'InvalidParameterValue',
      `The specified time is not between the earliest and the latest restorable time.`,
    );
  return at;
}

function liveOrigin(input: RestoreDBInstanceToPointInTimeCommandInput, context: CallContext): Origin {
  const { world, account, region } = context;
  const name =
    input.SourceDBInstanceIdentifier ??
    (input.SourceDbiResourceId === undefined ? undefined : instanceAt(world, account, region, input.SourceDbiResourceId)?.id);
  const source = instanceOr404(world, account, region, name);
  const at = moment(restoreWindow(world, source), input.RestoreTime, input.UseLatestRestorableTime);
  return { log: source.arn, at, store: restorableOf(source), subnetGroup: source.subnetGroup };
}

function keptOrigin(input: RestoreDBInstanceToPointInTimeCommandInput, arn: string, context: CallContext): Origin {
  const kept = context.get(KEPT_BACKUPS, arn);
  if (kept === undefined) throw new ServiceFault('DBInstanceAutomatedBackupNotFound', 'The automated backup was not found.', 404);
  const window = keptWindow(context.world, kept, instanceAt(context.world, context.account, '', kept.source));
  const at = moment(window, input.RestoreTime, input.UseLatestRestorableTime);
  return { log: kept.source, at, store: { ...kept.store, kmsKey: kept.kmsKey }, subnetGroup: undefined };
}

function restoreInstance(
  origin: Origin,
  input: Pick<
    RestoreDBInstanceFromDBSnapshotCommandInput,
    | 'DBInstanceClass'
    | 'MultiAZ'
    | 'AvailabilityZone'
    | 'DBSubnetGroupName'
    | 'DBParameterGroupName'
    | 'DeletionProtection'
    | 'Port'
    | 'Tags'
  > & { readonly id: string | undefined },
  kmsKey: string | undefined,
  context: CallContext,
): Instance {
  const { store } = origin;
  return makeInstance(
    {
      id: input.id,
      engine: store.engine,
      engineVersion: store.engineVersion,
      instanceClass: input.DBInstanceClass ?? store.instanceClass,
      multiAz: input.MultiAZ,
      zone: input.AvailabilityZone,
      subnetGroup: input.DBSubnetGroupName ?? origin.subnetGroup,
      parameterGroup: input.DBParameterGroupName,
      encrypted: store.encrypted,
      kmsKey,
      secretKey: undefined,
      deletionProtection: input.DeletionProtection,
      retentionDays: store.retentionDays,
      source: undefined,
      lag: 0,
      port: input.Port,
      cluster: undefined,
      tier: undefined,
      allocatedStorage: store.allocatedStorage,
      tags: input.Tags,
      takes: RESTORE,
    },
    context,
    (made) => restore(context.world, origin.log, made.arn, origin.at),
  );
}

const clusterFromSnapshot: Operation<
  RestoreDBClusterFromSnapshotCommandInput,
  Reply<RestoreDBClusterFromSnapshotCommandOutput>
> = async (input, context) => {
  const snapshot = snapshotOr404(context, 'cluster', input.SnapshotIdentifier);
  if (snapshot.status !== 'available')
    throw new ServiceFault('InvalidDBClusterSnapshotStateFault', `Snapshot ${snapshot.id} is not available.`);
  const origin = { log: snapshot.source, at: snapshot.at, store: snapshot.store, subnetGroup: undefined };
  return restoreCluster(origin, input, context);
};

const clusterToPointInTime: Operation<
  RestoreDBClusterToPointInTimeCommandInput,
  Reply<RestoreDBClusterToPointInTimeCommandOutput>
> = async (input, context) => {
  const { world, account, region } = context;
  const source = clusterOr404(world, account, region, input.SourceDBClusterIdentifier);
  const at = moment(restoreWindow(world, source), input.RestoreToTime, input.UseLatestRestorableTime);
  const origin = { log: source.arn, at, store: restorableOf(source), subnetGroup: source.subnetGroup };
  return restoreCluster(origin, input, context);
};

async function restoreCluster(
  origin: Origin,
  input: RestoreDBClusterToPointInTimeCommandInput & { readonly Engine?: string | undefined },
  context: CallContext,
): Promise<Reply<RestoreDBClusterToPointInTimeCommandOutput>> {
  const { store } = origin;
  const scaling = input.ServerlessV2ScalingConfiguration;
  const encrypted = store.encrypted || input.KmsKeyId !== undefined;
  const cluster = makeCluster(
    {
      id: input.DBClusterIdentifier,
      engine: input.Engine ?? store.engine,
      engineVersion: store.engineVersion,
      engineMode: input.EngineMode ?? (store.kind === 'serverless-v1' ? 'serverless' : undefined),
      scalability: undefined,
      capacity: scaling === undefined ? undefined : { min: scaling.MinCapacity, max: scaling.MaxCapacity },
      instanceClass: input.DBClusterInstanceClass ?? store.instanceClass,
      masterUsername: store.masterUsername,
      subnetGroup: input.DBSubnetGroupName ?? origin.subnetGroup,
      parameterGroup: input.DBClusterParameterGroupName,
      encrypted,
      kmsKey: input.KmsKeyId === undefined ? store.kmsKey : keyOf(input.KmsKeyId, 'rds', context),
      secretKey: undefined,
      deletionProtection: input.DeletionProtection,
      retentionDays: input.BackupRetentionPeriod ?? store.retentionDays,
      backtrackSeconds: input.BacktrackWindow,
      source: undefined,
      lag: 0,
      global: undefined,
      port: input.Port,
      tags: input.Tags,
      takes: RESTORE,
    },
    context,
    (made) => restore(context.world, origin.log, made.arn, origin.at),
  );
  return { DBCluster: clusterReply(context.world, cluster) };
}

export const restoreOperations = {
  RestoreDBInstanceFromDBSnapshot: fromSnapshot,
  RestoreDBInstanceToPointInTime: toPointInTime,
  RestoreDBClusterFromSnapshot: clusterFromSnapshot,
  RestoreDBClusterToPointInTime: clusterToPointInTime,
};
