/** Automated backups of simulated RDS: those of live instances, those kept after them, and those replicated to another Region. */
import type {
  DBInstanceAutomatedBackup,
  DeleteDBInstanceAutomatedBackupCommandInput,
  DeleteDBInstanceAutomatedBackupCommandOutput,
  DescribeDBInstanceAutomatedBackupsCommandInput,
  DescribeDBInstanceAutomatedBackupsCommandOutput,
  StartDBInstanceAutomatedBackupsReplicationCommandInput,
  StartDBInstanceAutomatedBackupsReplicationCommandOutput,
  StopDBInstanceAutomatedBackupsReplicationCommandInput,
  StopDBInstanceAutomatedBackupsReplicationCommandOutput,
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { KEPT_BACKUPS, type KeptBackup, keptWindow, restorableOf, restoreWindow } from './rds-backups-state.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { keyOf } from './rds-make.ts';
import { INSTANCES, instanceAt, instanceOr404 } from './rds-state.ts';

/** Seconds until replicated logs have arrived: with uploads every five minutes this makes 5–30 minutes in all. */
const TRANSFER = [120, 900] as const;

function keptReply(context: CallContext, kept: KeptBackup): DBInstanceAutomatedBackup {
  const source = instanceAt(context.world, context.account, '', kept.source);
  const window = keptWindow(context.world, kept, source);
  return {
    DBInstanceArn: kept.source,
    DBInstanceIdentifier: kept.sourceId,
    DbiResourceId: kept.resourceId,
    DBInstanceAutomatedBackupsArn: kept.arn,
    Region: kept.source.split(':')[3],
    Status: kept.status,
    RestoreWindow: window === undefined ? undefined : { EarliestTime: new Date(window.from), LatestTime: new Date(window.until) },
    BackupRetentionPeriod: kept.retentionDays,
    Engine: kept.store.engine,
    Encrypted: kept.store.encrypted,
    KmsKeyId: kept.kmsKey,
  };
}

const describeAutomatedBackups: Operation<
  DescribeDBInstanceAutomatedBackupsCommandInput,
  Reply<DescribeDBInstanceAutomatedBackupsCommandOutput>
> = (input, context) => {
  const { world } = context;
  const active = context.list(INSTANCES).flatMap((i): readonly DBInstanceAutomatedBackup[] => {
    const window = i.cluster === undefined ? restoreWindow(world, i) : undefined;
    if (window === undefined) return [];
    return [
      {
        DBInstanceArn: i.arn,
        DBInstanceIdentifier: i.id,
        DbiResourceId: i.resourceId,
        DBInstanceAutomatedBackupsArn: context.arn('rds', `auto-backup:ab-${i.resourceId.slice(3)}`),
        Region: i.region,
        Status: 'active',
        RestoreWindow: { EarliestTime: new Date(window.from), LatestTime: new Date(window.until) },
        BackupRetentionPeriod: i.retentionDays,
        Engine: i.engine,
        Encrypted: i.encrypted,
        KmsKeyId: i.kmsKey,
      },
    ];
  });
  const kept = context
    .list(KEPT_BACKUPS)
    .filter((k) => k.source.includes(':db:'))
    .map((k) => keptReply(context, k));
  const found = [...active, ...kept].filter(
    (b) =>
      (input.DBInstanceIdentifier === undefined || b.DBInstanceIdentifier === input.DBInstanceIdentifier) &&
      (input.DbiResourceId === undefined || b.DbiResourceId === input.DbiResourceId) &&
      (input.DBInstanceAutomatedBackupsArn === undefined ||
        b.DBInstanceAutomatedBackupsArn === input.DBInstanceAutomatedBackupsArn),
  );
  const { items, next } = page(found, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBInstanceAutomatedBackups: [...items], Marker: next };
};

/** Called in the Region that receives; the source must have automated backups (USER_ReplicateBackups). */
const startReplication: Operation<
  StartDBInstanceAutomatedBackupsReplicationCommandInput,
  Reply<StartDBInstanceAutomatedBackupsReplicationCommandOutput>
> = async (input, context) => {
  const { world, account, region } = context;
  const source = instanceOr404(world, account, region, input.SourceDBInstanceArn);
  if (source.region === region)
    throw new ServiceFault('InvalidParameterValue', 'Backups are replicated into another Region than that of the DB instance.');
  if (source.retentionDays === 0)
    throw new ServiceFault('InvalidDBInstanceState', 'Automated backups are not enabled for this database instance.');
  const isReplicated = context.list(KEPT_BACKUPS).some((k) => k.status === 'replicating' && k.source === source.arn);
  if (isReplicated)
    throw new ServiceFault('InvalidDBInstanceState', 'The backups of this DB instance are already replicated here.');
  if (source.encrypted && input.KmsKeyId === undefined)
    throw new ServiceFault('InvalidParameterValue', 'Replicating encrypted backups needs a KMS key of the destination Region.');
  const arn = context.arn('rds', `auto-backup:ab-${world.random.hex(26)}`);
  const kept: KeptBackup = {
    arn,
    status: 'replicating',
    source: source.arn,
    sourceId: source.id,
    resourceId: source.resourceId,
    from: world.clock.now(),
    until: undefined,
    delay: between(world, ...TRANSFER),
    // API StartDBInstanceAutomatedBackupsReplication, BackupRetentionPeriod: 7 when it is not given (as in the provider).
    retentionDays: input.BackupRetentionPeriod ?? 7,
    kmsKey: source.encrypted ? keyOf(input.KmsKeyId, 'rds', context) : undefined,
    store: restorableOf(source),
  };
  context.put(KEPT_BACKUPS, arn, kept);
  return { DBInstanceAutomatedBackup: keptReply(context, kept) };
};

function keptOr404(context: CallContext, wanted: (kept: KeptBackup) => boolean): KeptBackup {
  const kept = context.list(KEPT_BACKUPS).find(wanted);
  if (kept === undefined) throw new ServiceFault('DBInstanceAutomatedBackupNotFound', 'The automated backup was not found.', 404);
  return kept;
}

const stopReplication: Operation<
  StopDBInstanceAutomatedBackupsReplicationCommandInput,
  Reply<StopDBInstanceAutomatedBackupsReplicationCommandOutput>
> = (input, context) => {
  const kept = keptOr404(context, (k) => k.status === 'replicating' && k.source === input.SourceDBInstanceArn);
  const window = keptWindow(context.world, kept, instanceAt(context.world, context.account, '', kept.source));
  const stopped: KeptBackup = { ...kept, status: 'retained', until: window?.until ?? kept.from, delay: 0 };
  context.put(KEPT_BACKUPS, kept.arn, stopped);
  return { DBInstanceAutomatedBackup: keptReply(context, stopped) };
};

const deleteAutomatedBackup: Operation<
  DeleteDBInstanceAutomatedBackupCommandInput,
  Reply<DeleteDBInstanceAutomatedBackupCommandOutput>
> = (input, context) => {
  const kept = keptOr404(context, (k) => k.arn === input.DBInstanceAutomatedBackupsArn || k.resourceId === input.DbiResourceId);
  context.remove(KEPT_BACKUPS, kept.arn);
  return { DBInstanceAutomatedBackup: { ...keptReply(context, kept), Status: 'deleting' } };
};

export const automatedBackupOperations = {
  DescribeDBInstanceAutomatedBackups: describeAutomatedBackups,
  StartDBInstanceAutomatedBackupsReplication: startReplication,
  StopDBInstanceAutomatedBackupsReplication: stopReplication,
  DeleteDBInstanceAutomatedBackup: deleteAutomatedBackup,
};
