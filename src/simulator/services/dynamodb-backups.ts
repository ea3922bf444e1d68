/** Continuous backups, on-demand backups, and restores, which always make a new table. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import { restore } from '../plane/logs.ts';
import { type CallContext, page, ServiceFault } from '../service.ts';
import {
  BACKUPS,
  type Backup,
  invalid,
  itemAt,
  lasting,
  nameOf,
  type Op,
  TABLES,
  TAKES,
  type Table,
  tableNamed,
} from './dynamodb-model.ts';
import { description, make } from './dynamodb-tables.ts';

/** "Typically five minutes before the current time" (API reference, PointInTimeRecoveryDescription). */
const LATEST_BEHIND = 5 * 60_000;
const DAY = 24 * 3600 * 1000;

function continuous(table: Table, now: number): DynamoDB.ContinuousBackupsDescription {
  const { recovery } = table;
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription:
      recovery === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: recovery.days,
            EarliestRestorableDateTime: new Date(Math.max(recovery.since, now - recovery.days * DAY)),
            LatestRestorableDateTime: new Date(Math.max(recovery.since, now - LATEST_BEHIND)),
          },
  };
}

function continuousTable(context: CallContext, name: string | undefined): Table {
  const table = context.get(TABLES, nameOf(name));
  if (table === undefined) throw new ServiceFault('TableNotFoundException', `Table not found: ${name ?? ''}`);
  return table;
}

const updateContinuous: Op<DynamoDB.UpdateContinuousBackupsCommandInput, DynamoDB.UpdateContinuousBackupsCommandOutput> = (
  input,
  context,
) => {
  const table = continuousTable(context, input.TableName);
  if (table.status === 'CREATING')
    throw new ServiceFault('ContinuousBackupsUnavailableException', `Backups are being enabled for the table: ${table.name}`);
  const asked = input.PointInTimeRecoverySpecification;
  const days = asked?.RecoveryPeriodInDays ?? table.recovery?.days ?? 35;
  if (days < 1 || days > 35) throw invalid('RecoveryPeriodInDays must be between 1 and 35');
  table.recovery =
    asked?.PointInTimeRecoveryEnabled === true ? { since: table.recovery?.since ?? context.world.clock.now(), days } : undefined;
  return { ContinuousBackupsDescription: continuous(table, context.world.clock.now()) };
};

/** What a restored table does not get: tags, streams, auto scaling, TTL, deletion protection, point-in-time recovery, replicas. */
function restored(
  context: CallContext,
  source: Table,
  input: DynamoDB.RestoreTableToPointInTimeCommandInput | DynamoDB.RestoreTableFromBackupCommandInput,
  at: number,
  from: { readonly SourceBackupArn?: string; readonly SourceTableArn?: string },
): DynamoDB.TableDescription {
  const name = input.TargetTableName ?? '';
  if (context.get(TABLES, name) !== undefined)
    throw new ServiceFault('TableAlreadyExistsException', `Table already exists: ${name}`);
  const { world } = context;
  const takes = lasting(world, TAKES.restore);
  const table = make(
    context,
    {
      name,
      keys: source.keys,
      attributes: source.attributes,
      billing: input.BillingModeOverride ?? source.billing,
      throughput: input.ProvisionedThroughputOverride ?? source.throughput,
      encryption: source.encryption,
      tableClass: source.tableClass,
      restored: { ...from, RestoreDateTime: new Date(at), RestoreInProgress: true },
    },
    takes,
  );
  world.clock.after(takes, () => {
    if (table.restored !== undefined) table.restored.RestoreInProgress = false;
    for (const [key, item] of source.items) {
      const then = itemAt(item, at);
      if (then !== undefined) table.items.set(key, then);
    }
    restore(world, source.arn, table.arn, at);
  });
  return description(table, world);
}

const toPointInTime: Op<DynamoDB.RestoreTableToPointInTimeCommandInput, DynamoDB.RestoreTableToPointInTimeCommandOutput> = (
  input,
  context,
) => {
  const source = tableNamed(context, input.SourceTableArn ?? input.SourceTableName);
  const now = context.world.clock.now();
  const window = continuous(source, now).PointInTimeRecoveryDescription;
  const earliest = window?.EarliestRestorableDateTime?.getTime();
  const latest = window?.LatestRestorableDateTime?.getTime();
  if (earliest === undefined || latest === undefined)
    throw new ServiceFault(
      'PointInTimeRecoveryUnavailableException',
      `Point in time recovery is not enabled for table '${source.name}'`,
    );
  const at = input.UseLatestRestorableTime === true ? latest : input.RestoreDateTime?.getTime();
  if (at === undefined) throw invalid('Either RestoreDateTime or UseLatestRestorableTime must be given');
  if (at < earliest || at > latest)
    throw new ServiceFault('InvalidRestoreTimeException', 'An invalid restore time was specified.');
  return { TableDescription: restored(context, source, input, at, { SourceTableArn: source.arn }) };
};

const details = (backup: Backup): DynamoDB.BackupDetails => ({
  BackupArn: backup.arn,
  BackupName: backup.name,
  BackupStatus: backup.status,
  BackupType: backup.type,
  BackupCreationDateTime: new Date(backup.at),
  ...(backup.expires === undefined ? {} : { BackupExpiryDateTime: new Date(backup.expires) }),
});

function backupNamed(context: CallContext, arn: string | undefined): Backup {
  const backup = context.get(BACKUPS, arn ?? '');
  if (backup === undefined) throw new ServiceFault('BackupNotFoundException', `Backup not found: ${arn ?? ''}`);
  return backup;
}

function described(backup: Backup): DynamoDB.BackupDescription {
  const { table } = backup;
  return {
    BackupDetails: details(backup),
    SourceTableDetails: {
      TableName: table.name,
      TableArn: table.arn,
      TableId: table.id,
      KeySchema: table.keys,
      TableCreationDateTime: table.created,
      ProvisionedThroughput: {
        ReadCapacityUnits: table.throughput?.ReadCapacityUnits ?? 0,
        WriteCapacityUnits: table.throughput?.WriteCapacityUnits ?? 0,
      },
      BillingMode: table.billing,
    },
  };
}

const createBackup: Op<DynamoDB.CreateBackupCommandInput, DynamoDB.CreateBackupCommandOutput> = (input, context) => {
  const table = continuousTable(context, input.TableName);
  const { world } = context;
  const at = world.clock.now();
  const arn = `${table.arn}/backup/${String(at).padStart(14, '0')}-${world.random.hex(8)}`;
  const backup: Backup = {
    arn,
    name: input.BackupName ?? '',
    type: 'USER',
    at,
    expires: undefined,
    status: 'CREATING',
    table: { ...table, items: new Map(table.items) },
  };
  context.put(BACKUPS, arn, backup);
  world.clock.after(lasting(world, TAKES.backup), () => {
    if (backup.status === 'CREATING') backup.status = 'AVAILABLE';
  });
  return { BackupDetails: details(backup) };
};

const fromBackup: Op<DynamoDB.RestoreTableFromBackupCommandInput, DynamoDB.RestoreTableFromBackupCommandOutput> = (
  input,
  context,
) => {
  const backup = backupNamed(context, input.BackupArn);
  if (backup.status !== 'AVAILABLE') throw new ServiceFault('BackupInUseException', `Backup is ${backup.status}: ${backup.arn}`);
  const from = { SourceBackupArn: backup.arn, SourceTableArn: backup.table.arn };
  return { TableDescription: restored(context, backup.table, input, backup.at, from) };
};

export const backupOperations = {
  DescribeContinuousBackups: ((input, context) => ({
    ContinuousBackupsDescription: continuous(continuousTable(context, input.TableName), context.world.clock.now()),
  })) satisfies Op<DynamoDB.DescribeContinuousBackupsCommandInput, DynamoDB.DescribeContinuousBackupsCommandOutput>,
  UpdateContinuousBackups: updateContinuous,
  RestoreTableToPointInTime: toPointInTime,
  CreateBackup: createBackup,
  DescribeBackup: ((input, context) => ({
    BackupDescription: described(backupNamed(context, input.BackupArn)),
  })) satisfies Op<DynamoDB.DescribeBackupCommandInput, DynamoDB.DescribeBackupCommandOutput>,
  ListBackups: ((input, context) => {
    const wanted = input.TableName === undefined ? undefined : nameOf(input.TableName);
    const all = context.list(BACKUPS).filter((b) => wanted === undefined || b.table.name === wanted);
    const from =
      input.ExclusiveStartBackupArn === undefined ? 0 : all.findIndex((b) => b.arn === input.ExclusiveStartBackupArn) + 1;
    const { items } = page(all.slice(from), undefined, input.Limit ?? 100);
    const last = from + items.length < all.length ? items.at(-1)?.arn : undefined;
    const summary = (b: Backup): DynamoDB.BackupSummary => ({ ...details(b), TableName: b.table.name, TableArn: b.table.arn });
    return { BackupSummaries: items.map(summary), ...(last === undefined ? {} : { LastEvaluatedBackupArn: last }) };
  }) satisfies Op<DynamoDB.ListBackupsCommandInput, DynamoDB.ListBackupsCommandOutput>,
  DeleteBackup: ((input, context) => {
    const backup = backupNamed(context, input.BackupArn);
    // Backups of deleted tables expire by themselves.
    if (backup.type === 'SYSTEM') throw invalid('Backups of type SYSTEM cannot be deleted');
    context.remove(BACKUPS, backup.arn);
    backup.status = 'DELETED';
    return { BackupDescription: described(backup) };
  }) satisfies Op<DynamoDB.DeleteBackupCommandInput, DynamoDB.DeleteBackupCommandOutput>,
  RestoreTableFromBackup: fromBackup,
};
