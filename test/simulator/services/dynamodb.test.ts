import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, contents } from '../../../src/simulator/plane/logs.ts';
import { connect } from '../../../src/simulator/plane/network.ts';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { dynamodb, dynamodbMetrics } from '../../../src/simulator/services/dynamodb.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const MINUTE = 60_000;
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([dynamodb, kms]);
});

const call = async <O>(operation: string, input: object, region = REGION): Promise<O> =>
  (await invoke(aws, 'dynamodb', operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const create = (more: object = {}): Promise<unknown> =>
  call('CreateTable', {
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  });
const describeTable = async (region = REGION, name = 'orders'): Promise<DynamoDB.TableDescription | undefined> =>
  (await call<DynamoDB.DescribeTableCommandOutput>('DescribeTable', { TableName: name }, region)).Table;
const arn = (region: string, name = 'orders'): string => `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;
const put = (id: string, region = REGION): Promise<unknown> =>
  call('PutItem', { TableName: 'orders', Item: { id: { S: id } } }, region);
const has = async (id: string, region: string, name = 'orders'): Promise<boolean> =>
  (await call<DynamoDB.GetItemCommandOutput>('GetItem', { TableName: name, Key: { id: { S: id } } }, region)).Item !== undefined;
const later = (milliseconds: number): void => aws.world.clock.advance(milliseconds);

async function active(more: object = {}): Promise<void> {
  await create(more);
  later(MINUTE);
}
async function replicated(region = 'eu-west-1'): Promise<void> {
  await active();
  await call('UpdateTable', { TableName: 'orders', ReplicaUpdates: [{ Create: { RegionName: region } }] });
  later(5 * MINUTE);
}

describe('tables', () => {
  it('are created, then active, and take one change at a time', async () => {
    await create();
    expect((await describeTable())?.TableStatus).toBe('CREATING');
    expect(await codeOf(call('UpdateTable', { TableName: 'orders', DeletionProtectionEnabled: true }))).toBe(
      'ResourceInUseException',
    );
    later(MINUTE);
    expect(await describeTable()).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: false,
    });
  });

  it.each([
    ['CreateTable', { TableName: 'orders', KeySchema: [], AttributeDefinitions: [] }, 'ValidationException'],
    ['DescribeTable', { TableName: 'none' }, 'ResourceNotFoundException'],
    ['UpdateContinuousBackups', { TableName: 'none' }, 'TableNotFoundException'],
    ['RestoreTableToPointInTime', { SourceTableName: 'orders', TargetTableName: 't' }, 'PointInTimeRecoveryUnavailableException'],
    ['RestoreTableFromBackup', { BackupArn: 'none', TargetTableName: 't' }, 'BackupNotFoundException'],
    [
      'UpdateTable',
      { TableName: 'orders', ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }], MultiRegionConsistency: 'STRONG' },
      'ValidationException',
    ],
  ])('%s refuses what AWS refuses', async (operation, input, code) => {
    await active();
    expect(await codeOf(call(operation, input))).toBe(code);
  });

  it('are listed in pages', async () => {
    for (let i = 0; i < 5; i++) await create({ TableName: `t${i}` });
    const first = await call<DynamoDB.ListTablesCommandOutput>('ListTables', { Limit: 3 });
    const rest = await call<DynamoDB.ListTablesCommandOutput>('ListTables', {
      Limit: 3,
      ExclusiveStartTableName: first.LastEvaluatedTableName,
    });
    expect([...(first.TableNames ?? []), ...(rest.TableNames ?? [])]).toEqual(['t0', 't1', 't2', 't3', 't4']);
    expect(rest.LastEvaluatedTableName).toBeUndefined();
  });

  it('with deletion protection are not deleted', async () => {
    await active({ DeletionProtectionEnabled: true });
    expect(await codeOf(call('DeleteTable', { TableName: 'orders' }))).toBe('ValidationException');
  });
});

describe('global tables', () => {
  it('show their replicas, each with the others, and deliver within seconds', async () => {
    await replicated();
    expect((await describeTable())?.Replicas).toMatchObject([{ RegionName: 'eu-west-1', ReplicaStatus: 'ACTIVE' }]);
    expect((await describeTable('eu-west-1'))?.Replicas).toMatchObject([{ RegionName: REGION }]);
    await put('a');
    expect(await has('a', 'eu-west-1')).toBe(false);
    later(2_000);
    expect(await has('a', 'eu-west-1')).toBe(true);
  });

  it('lose with the Region what had not arrived, and go on in the other', async () => {
    await replicated();
    append(aws.world, arn(REGION), 1);
    later(2_000);
    append(aws.world, arn(REGION), 2);
    aws.world.inject({ kind: 'region-loss', region: REGION });
    later(5_000);
    expect(connect(aws.world, arn(REGION)).kind).toBe('refused');
    expect(connect(aws.world, arn('eu-west-1'))).toMatchObject({ kind: 'served', writes: arn('eu-west-1') });
    expect(contents(aws.world, arn('eu-west-1')).map((w) => w.sequence)).toEqual([1]);
  });

  it('take what was written elsewhere when the Region is back', async () => {
    await replicated();
    const loss = aws.world.inject({ kind: 'region-loss', region: REGION });
    append(aws.world, arn('eu-west-1'), 7);
    aws.world.lift(loss);
    append(aws.world, arn('eu-west-1'), 8);
    later(2_000);
    expect(contents(aws.world, arn(REGION)).map((w) => w.sequence)).toEqual([7, 8]);
  });

  it('of strong consistency need two of their three Regions', async () => {
    await active();
    await call('UpdateTable', {
      TableName: 'orders',
      ReplicaUpdates: [{ Create: { RegionName: 'us-west-2' } }],
      GlobalTableWitnessUpdates: [{ Create: { RegionName: 'us-east-2' } }],
      MultiRegionConsistency: 'STRONG',
    });
    later(5 * MINUTE);
    append(aws.world, arn(REGION), 1);
    aws.world.inject({ kind: 'region-loss', region: REGION });
    expect(contents(aws.world, arn('us-west-2')).map((w) => w.sequence)).toEqual([1]);
    expect(connect(aws.world, arn('us-west-2')).kind).toBe('served');
    aws.world.inject({ kind: 'region-loss', region: 'us-east-2' });
    expect(connect(aws.world, arn('us-west-2')).kind).toBe('refused');
  });

  it('replicate corruption, and stand still when replication does', async () => {
    await replicated();
    const stop = aws.world.inject({ kind: 'replication-stopped', arn: arn(REGION) });
    append(aws.world, arn(REGION), 1);
    later(MINUTE);
    expect(contents(aws.world, arn('eu-west-1'))).toEqual([]);
    const series = [...(dynamodbMetrics[0]?.dimensions(aws.world) ?? [])];
    const out = series.find((s) => s.region === REGION);
    expect(out?.dimensions).toEqual({ TableName: 'orders', ReceivingRegion: 'eu-west-1' });
    expect(out?.value(aws.world.clock.now())).toBeGreaterThan(MINUTE);
    aws.world.lift(stop);
    aws.world.inject({ kind: 'corruption', arn: arn(REGION) });
    append(aws.world, arn(REGION), 2);
    later(MINUTE);
    expect(contents(aws.world, arn('eu-west-1')).map((w) => [w.sequence, w.corrupt])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('of version 2017 join tables of one name', async () => {
    const streams = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } };
    await create(streams);
    expect(await codeOf(call('CreateGlobalTable', global2017))).toBe('TableNotFoundException');
    await call(
      'CreateTable',
      { TableName: 'orders', KeySchema: [], AttributeDefinitions: [], BillingMode: 'PAY_PER_REQUEST', ...streams },
      'eu-west-1',
    );
    await call('CreateGlobalTable', global2017);
    const listed = await call<DynamoDB.ListGlobalTablesCommandOutput>('ListGlobalTables', { RegionName: 'eu-west-1' });
    expect(listed.GlobalTables).toMatchObject([{ GlobalTableName: 'orders' }]);
    expect(await describeTable()).not.toHaveProperty('Replicas');
  });
});

const global2017 = {
  GlobalTableName: 'orders',
  ReplicationGroup: [{ RegionName: REGION }, { RegionName: 'eu-west-1' }],
};

const restoreAt = (RestoreDateTime: Date): object => ({
  SourceTableName: 'orders',
  TargetTableName: 'restored',
  RestoreDateTime,
});

describe('restores', () => {
  const recoverable = (): Promise<unknown> =>
    call('UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });

  it('to a point in time make a new table, within the hour, of what was there then', async () => {
    await active();
    await recoverable();
    later(10 * MINUTE);
    await put('good');
    append(aws.world, arn(REGION), 1);
    later(10 * MINUTE);
    const good = aws.world.clock.now();
    later(MINUTE);
    await put('bad');
    aws.world.inject({ kind: 'corruption', arn: arn(REGION) });
    append(aws.world, arn(REGION), 2);
    expect(await codeOf(call('RestoreTableToPointInTime', restoreAt(new Date(good))))).toBe('InvalidRestoreTimeException');
    later(10 * MINUTE);
    await call('RestoreTableToPointInTime', restoreAt(new Date(good)));
    expect((await describeTable(REGION, 'restored'))?.TableStatus).toBe('CREATING');
    later(60 * MINUTE);
    expect(await describeTable(REGION, 'restored')).toMatchObject({
      TableStatus: 'ACTIVE',
      RestoreSummary: { RestoreInProgress: false },
    });
    expect([await has('good', REGION, 'restored'), await has('bad', REGION, 'restored')]).toEqual([true, false]);
    expect(contents(aws.world, arn(REGION, 'restored')).map((w) => [w.sequence, w.corrupt])).toEqual([[1, false]]);
  });

  it('from a backup', async () => {
    await active();
    append(aws.world, arn(REGION), 1);
    const made = await call<DynamoDB.CreateBackupCommandOutput>('CreateBackup', { TableName: 'orders', BackupName: 'b' });
    later(MINUTE);
    append(aws.world, arn(REGION), 2);
    const BackupArn = made.BackupDetails?.BackupArn;
    await call('RestoreTableFromBackup', { BackupArn, TargetTableName: 'restored' });
    later(60 * MINUTE);
    expect(contents(aws.world, arn(REGION, 'restored')).map((w) => w.sequence)).toEqual([1]);
  });

  it('of a deleted table need the system backup that point-in-time recovery leaves, which outlives a compromised account', async () => {
    await active();
    await recoverable();
    aws.world.inject({ kind: 'account-compromised', account: ACCOUNT });
    later(1);
    expect(await codeOf(describeTable())).toBe('ResourceNotFoundException');
    const { BackupSummaries } = await call<DynamoDB.ListBackupsCommandOutput>('ListBackups', {});
    expect(BackupSummaries).toMatchObject([{ BackupType: 'SYSTEM', BackupStatus: 'AVAILABLE' }]);
    expect(await codeOf(call('DeleteBackup', { BackupArn: BackupSummaries?.[0]?.BackupArn }))).toBe('ValidationException');
  });
});

it('a table under a disabled key refuses requests until the key is back', async () => {
  const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
  const key = (await invoke(aws, 'kms', 'CreateKey', {}, caller)) as { KeyMetadata: { Arn: string } };
  await active({ SSESpecification: { Enabled: true, KMSMasterKeyId: key.KeyMetadata.Arn } });
  const fault = aws.world.inject({ kind: 'key-disabled', arn: key.KeyMetadata.Arn });
  expect(await codeOf(put('a'))).toBe('KMSInvalidStateException');
  aws.world.lift(fault);
  expect(await codeOf(put('a'))).toBe('none');
});
