import type * as Backup from '@aws-sdk/client-backup';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, contents, corrupt } from '../../../src/simulator/plane/logs.ts';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { backup } from '../../../src/simulator/services/backup.ts';
import { dynamodb } from '../../../src/simulator/services/dynamodb.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { organizations } from '../../../src/simulator/services/organizations.ts';
import { rds } from '../../../src/simulator/services/rds.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const OTHER = '444455556666';
const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
const role = `arn:aws:iam::${ACCOUNT}:role/backup`;
let aws: SimulatedAws;

const at = async <O>(client: string, operation: string, input: object, region = REGION, account = ACCOUNT): Promise<O> =>
  (await invoke(aws, client, operation, input, { account, region, principal: administrator(account) })) as O;
const call = <O>(operation: string, input: object = {}, region = REGION, account = ACCOUNT): Promise<O> =>
  at<O>('backup', operation, input, region, account);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );

const table = async (name: string, tags: Record<string, string> = {}): Promise<void> => {
  await at('dynamodb', 'CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  aws.world.clock.advance(60_000);
};
const vault = (name: string, region = REGION, account = ACCOUNT): Promise<Backup.CreateBackupVaultCommandOutput> =>
  call('CreateBackupVault', { BackupVaultName: name }, region, account);

async function plan(rule: Partial<Backup.BackupRuleInput>, selection: Partial<Backup.BackupSelection>): Promise<string> {
  const { BackupPlanId } = await call<Backup.CreateBackupPlanCommandOutput>('CreateBackupPlan', {
    BackupPlan: {
      BackupPlanName: 'plan',
      Rules: [
        {
          RuleName: 'hourly',
          TargetBackupVaultName: 'main',
          ScheduleExpression: 'cron(0 * * * ? *)',
          StartWindowMinutes: 60,
          CompletionWindowMinutes: 120,
          Lifecycle: { DeleteAfterDays: 2 },
          ...rule,
        },
      ],
    },
  });
  const BackupSelection = { SelectionName: 'all', IamRoleArn: role, ...selection };
  await call('CreateBackupSelection', { BackupPlanId, BackupSelection });
  return BackupPlanId ?? '';
}

const points = async (name: string, region = REGION, account = ACCOUNT): Promise<readonly Backup.RecoveryPointByBackupVault[]> =>
  (
    await call<Backup.ListRecoveryPointsByBackupVaultCommandOutput>(
      'ListRecoveryPointsByBackupVault',
      { BackupVaultName: name },
      region,
      account,
    )
  ).RecoveryPoints ?? [];

beforeEach(async () => {
  aws = freshAws([backup, dynamodb, kms, organizations, rds]);
  await vault('main');
});

describe('a plan', () => {
  it('makes a recovery point at each of its times, and keeps it as long as it says', async () => {
    await table('orders');
    await plan({}, { Resources: [TABLE] });
    aws.world.clock.advance(DAY);
    const first = await points('main');
    expect(first.filter((p) => p.Status === 'COMPLETED').length).toBeGreaterThanOrEqual(22);
    aws.world.clock.advance(5 * DAY);
    expect((await points('main')).length).toBeLessThanOrEqual(49);
    const { BackupJobs = [] } = await call<Backup.ListBackupJobsCommandOutput>('ListBackupJobs', { ByState: 'COMPLETED' });
    expect(BackupJobs.length).toBeGreaterThan(130);
    const { Results = [] } = await call<Backup.ListProtectedResourcesCommandOutput>('ListProtectedResources');
    expect(Results).toMatchObject([{ ResourceArn: TABLE, ResourceType: 'DynamoDB' }]);
    expect(aws.world.clock.now() - (Results[0]?.LastBackupTime?.getTime() ?? 0)).toBeLessThan(2.5 * HOUR);
  });

  it.each<[string, Partial<Backup.BackupSelection>, readonly string[]]>([
    ['by tag', { ListOfTags: [{ ConditionType: 'STRINGEQUALS', ConditionKey: 'tier', ConditionValue: 'gold' }] }, ['gold']],
    ['by ARN', { Resources: [TABLE] }, ['orders']],
    ['by pattern', { Resources: ['arn:aws:dynamodb:*:*:table/o*'] }, ['orders']],
    ['all but one', { Resources: ['*'], NotResources: [TABLE] }, ['gold']],
    [
      'by condition',
      { Resources: ['*'], Conditions: { StringNotEquals: [{ ConditionKey: 'aws:ResourceTag/tier', ConditionValue: 'gold' }] } },
      ['orders'],
    ],
    ['none', { Resources: ['arn:aws:s3:::*'] }, []],
  ])('assigns resources %s', async (_, selection, expected) => {
    await table('orders');
    await table('gold', { tier: 'gold' });
    await plan({}, selection);
    aws.world.clock.advance(3 * HOUR);
    expect([...new Set((await points('main')).map((p) => p.ResourceName))]).toEqual(expected);
  });

  it('assigns by tags only types that the Region has opted in', async () => {
    await table('orders');
    await call('UpdateRegionSettings', { ResourceTypeOptInPreference: { DynamoDB: false } });
    await plan({}, { Resources: ['*'] });
    aws.world.clock.advance(3 * HOUR);
    expect(await points('main')).toEqual([]);
  });

  it('copies to another Region after the backup is complete', async () => {
    const away = await vault('away', 'eu-west-1');
    await table('orders');
    await plan({ CopyActions: [{ DestinationBackupVaultArn: away.BackupVaultArn }] }, { Resources: [TABLE] });
    aws.world.clock.advance(6 * HOUR);
    const { CopyJobs = [] } = await call<Backup.ListCopyJobsCommandOutput>('ListCopyJobs', { ByState: 'COMPLETED' });
    const copied = await points('away', 'eu-west-1');
    expect(CopyJobs.length).toBeGreaterThan(3);
    expect(copied[0]).toMatchObject({ ResourceArn: TABLE, BackupVaultName: 'away' });
    const newest = copied.find((p) => p.Status === 'COMPLETED');
    const source = (await points('main')).find((p) => p.CreationDate?.getTime() === newest?.CreationDate?.getTime());
    expect(source?.CompletionDate?.getTime()).toBeLessThan(newest?.CompletionDate?.getTime() ?? 0);
  });

  it('copies to another account only with its consent', async () => {
    const theirs = await vault('theirs', REGION, OTHER);
    await table('orders');
    await plan({ CopyActions: [{ DestinationBackupVaultArn: theirs.BackupVaultArn }] }, { Resources: [TABLE] });
    aws.world.clock.advance(3 * HOUR);
    expect(await points('theirs', REGION, OTHER)).toEqual([]);
    const Statement = [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'backup:CopyIntoBackupVault' },
    ];
    await call('PutBackupVaultAccessPolicy', { BackupVaultName: 'theirs', Policy: JSON.stringify({ Statement }) }, REGION, OTHER);
    aws.world.clock.advance(3 * HOUR);
    expect((await points('theirs', REGION, OTHER)).length).toBeGreaterThan(0);
    // An organisation has to enable it as a whole.
    await at('organizations', 'CreateOrganization', {});
    aws.world.clock.advance(4 * HOUR);
    const { CopyJobs = [] } = await call<Backup.ListCopyJobsCommandOutput>('ListCopyJobs', {});
    expect(CopyJobs[0]?.State).toBe('FAILED');
  });

  it('misses its runs while its Region is lost, and what was under way fails', async () => {
    await table('orders');
    await plan({}, { Resources: [TABLE] });
    aws.world.clock.advance(DAY);
    const fault = aws.world.inject({ kind: 'region-loss', region: REGION });
    aws.world.clock.advance(6 * HOUR);
    aws.world.lift(fault);
    const newest = (await points('main'))[0]?.CreationDate?.getTime() ?? 0;
    expect(aws.world.clock.now() - newest).toBeGreaterThan(6 * HOUR);
  });

  it('of a thousand resources costs one event a run', async () => {
    for (let i = 0; i < 1000; i++)
      await at('dynamodb', 'CreateTable', {
        TableName: `table-${i}`,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      });
    aws.world.clock.advance(HOUR);
    await plan({}, { Resources: ['*'] });
    const { clock } = aws.world;
    const end = clock.now() + DAY;
    let events = 0;
    for (let next = clock.next; next !== undefined && next <= end; next = clock.next) {
      clock.advance(next - clock.now());
      events += 1;
    }
    // One for each run, whatever the number of jobs.
    expect(events).toBe(24);
    clock.advance(HOUR);
    const { Results = [] } = await call<Backup.ListProtectedResourcesCommandOutput>('ListProtectedResources');
    expect(Results).toHaveLength(1000);
  });
});

describe('a restore', () => {
  const restored = async (RecoveryPointArn: string | undefined, Metadata: object, region = REGION) => {
    const started = { RecoveryPointArn, Metadata, IamRoleArn: role };
    const { RestoreJobId } = await call<Backup.StartRestoreJobCommandOutput>('StartRestoreJob', started, region);
    return () => call<Backup.DescribeRestoreJobCommandOutput>('DescribeRestoreJob', { RestoreJobId }, region);
  };

  it('gives back what the table held before it was damaged', async () => {
    await table('orders');
    await plan({}, { Resources: [TABLE] });
    append(aws.world, TABLE, 1);
    aws.world.clock.advance(4 * HOUR);
    const point = (await points('main')).find((p) => p.Status === 'COMPLETED');
    corrupt(aws.world, TABLE);
    append(aws.world, TABLE, 2);
    const job = await restored(point?.RecoveryPointArn, { targetTableName: 'again' });
    expect((await job()).Status).toBe('RUNNING');
    aws.world.clock.advance(2 * HOUR);
    const done = await job();
    expect(done).toMatchObject({ Status: 'COMPLETED', CreatedResourceArn: TABLE.replace('orders', 'again') });
    expect((done.CompletionDate?.getTime() ?? 0) - (done.CreationDate?.getTime() ?? 0)).toBeGreaterThanOrEqual(600_000);
    expect(contents(aws.world, TABLE.replace('orders', 'again'))).toMatchObject([{ sequence: 1, corrupt: false }]);
  });

  it('makes a DB instance in the Region of the copy', async () => {
    const away = await vault('away', 'eu-west-1');
    await at('rds', 'CreateDBInstance', {
      DBInstanceIdentifier: 'orders',
      DBInstanceClass: 'db.m5.large',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'holdfast',
      MasterUserPassword: 'not-a-secret',
    });
    aws.world.clock.advance(HOUR);
    const arn = `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`;
    append(aws.world, arn, 1);
    await plan({ CopyActions: [{ DestinationBackupVaultArn: away.BackupVaultArn }] }, { Resources: [arn] });
    aws.world.clock.advance(5 * HOUR);
    aws.world.inject({ kind: 'region-loss', region: REGION });
    const copy = (await points('away', 'eu-west-1')).find((p) => p.Status === 'COMPLETED');
    expect(copy?.RecoveryPointArn).toMatch(/^arn:aws:rds:eu-west-1:.*:snapshot:awsbackup:copyjob-/);
    expect(await codeOf(restored(copy?.RecoveryPointArn, {}, 'eu-west-1'))).toBe('InvalidParameterValueException');
    const job = await restored(copy?.RecoveryPointArn, { DBInstanceIdentifier: 'orders-dr' }, 'eu-west-1');
    aws.world.clock.advance(4 * HOUR);
    expect((await job()).Status).toBe('COMPLETED');
    expect(contents(aws.world, `arn:aws:rds:eu-west-1:${ACCOUNT}:db:orders-dr`)).toMatchObject([{ sequence: 1 }]);
  });

  it('is tested by a plan, and validated or not', async () => {
    await table('orders');
    await plan({}, { Resources: [TABLE] });
    await call('CreateRestoreTestingPlan', {
      RestoreTestingPlan: {
        RestoreTestingPlanName: 'weekly',
        ScheduleExpression: 'cron(0 12 ? * * *)',
        RecoveryPointSelection: { Algorithm: 'LATEST_WITHIN_WINDOW', IncludeVaults: ['*'], RecoveryPointTypes: ['SNAPSHOT'] },
      },
    });
    await call('CreateRestoreTestingSelection', {
      RestoreTestingPlanName: 'weekly',
      RestoreTestingSelection: {
        RestoreTestingSelectionName: 'tables',
        IamRoleArn: role,
        ProtectedResourceType: 'DynamoDB',
        ProtectedResourceArns: ['*'],
        ValidationWindowHours: 4,
      },
    });
    aws.world.clock.advance(DAY);
    const { RestoreJobs = [] } = await call<Backup.ListRestoreJobsCommandOutput>('ListRestoreJobs');
    expect(RestoreJobs).toMatchObject([{ Status: 'COMPLETED', ValidationStatus: 'TIMED_OUT', DeletionStatus: 'SUCCESSFUL' }]);
    const RestoreJobId = RestoreJobs[0]?.RestoreJobId;
    await call('PutRestoreValidationResult', { RestoreJobId, ValidationStatus: 'SUCCESSFUL' });
    expect(await call('DescribeRestoreJob', { RestoreJobId })).toMatchObject({ ValidationStatus: 'SUCCESSFUL' });
  });
});

describe('whoever takes the account', () => {
  const lock = (grace?: number): Promise<unknown> =>
    call('PutBackupVaultLockConfiguration', {
      BackupVaultName: 'main',
      MinRetentionDays: 1,
      ...(grace === undefined ? {} : { ChangeableForDays: grace }),
    });

  it.each([
    ['no lock', undefined, false, 0, false],
    ['a governance lock', undefined, true, 10, false],
    ['a compliance lock in its grace time', 30, true, 10, false],
    ['a compliance lock', 3, true, 10, true],
  ])('under %s', async (_, grace, isLocked, days, survives) => {
    await table('orders');
    await plan({ Lifecycle: { DeleteAfterDays: 30 } }, { Resources: [TABLE] });
    if (isLocked) await lock(grace);
    aws.world.clock.advance(days * DAY + 4 * HOUR);
    const newest = (await points('main')).find((p) => p.Status === 'COMPLETED');
    const removal = codeOf(call('DeleteRecoveryPoint', { BackupVaultName: 'main', RecoveryPointArn: newest?.RecoveryPointArn }));
    expect(await removal).toBe(isLocked ? 'InvalidRequestException' : 'none');
    aws.world.inject({ kind: 'account-compromised', account: ACCOUNT });
    const left = await codeOf(call('DescribeBackupVault', { BackupVaultName: 'main' }));
    expect(left).toBe(survives ? 'none' : 'ResourceNotFoundException');
    if (survives) {
      expect((await points('main')).length).toBeGreaterThan(0);
      expect(await codeOf(call('DeleteBackupVaultLockConfiguration', { BackupVaultName: 'main' }))).toBe(
        'InvalidRequestException',
      );
    }
  });

  it('a lock refuses what would be kept for too short a time', async () => {
    await call('PutBackupVaultLockConfiguration', { BackupVaultName: 'main', MinRetentionDays: 7 });
    await table('orders');
    await plan({ Lifecycle: { DeleteAfterDays: 2 } }, { Resources: [TABLE] });
    aws.world.clock.advance(4 * HOUR);
    const { BackupJobs = [] } = await call<Backup.ListBackupJobsCommandOutput>('ListBackupJobs', { ByState: 'FAILED' });
    expect([BackupJobs.length > 0, (await points('main')).length]).toEqual([true, 0]);
  });
});

describe('requests that AWS refuses', () => {
  it.each<[string, object, string]>([
    ['CreateBackupVault', { BackupVaultName: 'main' }, 'AlreadyExistsException'],
    ['CreateBackupVault', { BackupVaultName: '?' }, 'InvalidParameterValueException'],
    ['DescribeBackupVault', { BackupVaultName: 'none' }, 'ResourceNotFoundException'],
    ['GetBackupPlan', { BackupPlanId: 'none' }, 'ResourceNotFoundException'],
    ['CreateBackupPlan', { BackupPlan: { BackupPlanName: 'a', Rules: [] } }, 'InvalidParameterValueException'],
    ['PutBackupVaultLockConfiguration', { BackupVaultName: 'main', ChangeableForDays: 1 }, 'InvalidParameterValueException'],
    ['StartBackupJob', { BackupVaultName: 'main', ResourceArn: TABLE, IamRoleArn: role }, 'InvalidParameterValueException'],
    [
      'CreateLogicallyAirGappedBackupVault',
      { BackupVaultName: 'gap', MinRetentionDays: 1, MaxRetentionDays: 9 },
      'InvalidParameterValueException',
    ],
    ['UpdateGlobalSettings', { GlobalSettings: { isCrossAccountBackupEnabled: 'true' } }, 'InvalidRequestException'],
  ])('%s %j', async (operation, input, code) => {
    expect(await codeOf(call(operation, input))).toBe(code);
  });
});
