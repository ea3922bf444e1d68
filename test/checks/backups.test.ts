import { describe, expect, it } from 'vitest';
import { backups } from '../../checks/backups.ts';
import type { CheckInput } from '../../checks/check.ts';
import { type Declaration, ref } from '../parity/law.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, factsOf, type Given, objectionsOf, prepared, rulesOf } from './support.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VAULT = 'aws:backup/vault:Vault';
const TABLE = 'aws:dynamodb/table:Table';

const table = (more: object = {}): Declaration => ({
  type: TABLE,
  name: 'carts',
  inputs: {
    name: 'carts',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    ...more,
  },
});
const RECOVERABLE = table({ pointInTimeRecovery: { enabled: true } });
const DB: Declaration = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: {
    identifier: 'orders',
    engine: 'postgres',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    backupRetentionPeriod: 7,
    username: 'admin1',
    skipFinalSnapshot: true,
  },
};
const backedUp = (copy: boolean): readonly Declaration[] => [
  table(),
  { type: VAULT, name: 'main', inputs: { name: 'main' } },
  { type: VAULT, name: 'away', inputs: { name: 'away' }, region: 'eu-west-1' },
  {
    type: 'aws:backup/plan:Plan',
    name: 'plan',
    inputs: {
      name: 'plan',
      rules: [
        {
          ruleName: 'hourly',
          targetVaultName: ref(VAULT, 'main', 'name'),
          schedule: 'cron(0 * * * ? *)',
          startWindow: 60,
          completionWindow: 120,
          ...(copy ? { copyActions: [{ destinationVaultArn: ref(VAULT, 'away', 'arn') }] } : {}),
        },
      ],
    },
  },
  {
    type: 'aws:backup/selection:Selection',
    name: 'selection',
    inputs: {
      name: 'selection',
      iamRoleArn: 'arn:aws:iam::111122223333:role/backup',
      planId: ref('aws:backup/plan:Plan', 'plan', 'id'),
      resources: [ref(TABLE, 'carts', 'arn')],
    },
  },
];

type Answers = (input: CheckInput) => Parameters<typeof answering>[1];

async function checked(given: Given, answers: Answers = () => ({})) {
  const { input, notes } = await prepared(given);
  expect(notes.filter((n) => n.includes('not made'))).toEqual([]);
  return backups.run({ ...input, aws: answering(input.aws, answers(input)) });
}

describe('windows of point-in-time recovery', () => {
  const agreed = promising('{ RPO: { data: 15m } }');

  it('are measured for a database and a table', async () => {
    const result = await checked({ declarations: [DB, RECOVERABLE], catalogue: agreed, wait: 3 * DAY });
    const ages = result.facts.filter((f) => f.what.startsWith('age of'));
    expect(ages.map((f) => f.what)).toEqual([
      'age of the newest restore point (rds-point-in-time-restore)',
      'age of the newest restore point (dynamodb-point-in-time-restore)',
    ]);
    expect(ages.every((f) => f.unit === 'seconds' && f.at !== undefined)).toBe(true);
    expect(rulesOf(result)).toEqual([]);
    expect(objectionsOf(result)).toEqual([]);
  });

  it('count against the RPO when they end too early', async () => {
    const late: Answers = (input) => ({
      'dynamodb:DescribeContinuousBackups': () => ({
        ContinuousBackupsDescription: {
          PointInTimeRecoveryDescription: {
            PointInTimeRecoveryStatus: 'ENABLED',
            EarliestRestorableDateTime: new Date(input.now - DAY),
            LatestRestorableDateTime: new Date(input.now - HOUR),
          },
        },
      }),
    });
    const result = await checked({ declarations: [RECOVERABLE], catalogue: agreed }, late);
    expect(rulesOf(result)).toEqual(['live-restore-point-older-than-rpo']);
    expect(objectionsOf(result)).toEqual(['RPO-data not-met']);
  });

  it('leave the promise unknown when nobody may read them', async () => {
    const denied = ['dynamodb:DescribeContinuousBackups'];
    const result = await checked({ declarations: [RECOVERABLE], catalogue: agreed, denied });
    expect(rulesOf(result)).toEqual(['live-no-restore-point?', 'live-restore-point-older-than-rpo?']);
    expect(objectionsOf(result)).toEqual(['RPO-data unknown']);
  });

  it('must reach back as far as agreed, or nobody knows', async () => {
    const kept = promising('{ RETENTION: 5d }');
    const young = await checked({ declarations: [DB], catalogue: kept, wait: DAY });
    expect(rulesOf(young)).toEqual(['live-history-shorter-than-retention?']);
    expect(objectionsOf(young)).toEqual(['RETENTION-data unknown']);
    expect(objectionsOf(await checked({ declarations: [DB], catalogue: kept, wait: 6 * DAY }))).toEqual([]);
  });

  it.each([
    ['shorter than the life of the database', 30 * DAY, ['live-history-shorter-than-retention'], ['RETENTION-data not-met']],
    ['all that a young database has', DAY, [], []],
  ])('are judged by its age when they are %s', async (_, age, rules, objections) => {
    const shown: Answers = (input) => ({
      'rds:DescribeDBInstanceAutomatedBackups': () => ({
        DBInstanceAutomatedBackups: [
          {
            DBInstanceArn: 'arn:aws:rds:us-east-1:111122223333:db:orders',
            InstanceCreateTime: new Date(input.now - age),
            RestoreWindow: { EarliestTime: new Date(input.now - DAY), LatestTime: new Date(input.now - 300_000) },
          },
        ],
      }),
    });
    const result = await checked({ declarations: [DB], catalogue: promising('{ RETENTION: 5d }') }, shown);
    expect(rulesOf(result)).toEqual(rules);
    expect(objectionsOf(result)).toEqual(objections);
  });
});

describe('recovery points of AWS Backup', () => {
  const agreed = promising('{ RPO: { data: 4h, region: 6h }, RTO: { data: 1d } }');

  it('are measured where they are, and where they are copied to', async () => {
    const result = await checked({ declarations: backedUp(true), catalogue: agreed, wait: 8 * HOUR });
    const ages = result.facts.filter((f) => f.what.startsWith('age of'));
    expect(new Set(ages.map((f) => f.what))).toEqual(
      new Set([
        'age of the newest restore point (backup-restore)',
        'age of the newest restore point (backup-copy-restore in eu-west-1)',
      ]),
    );
    expect(objectionsOf(result)).toEqual([]);
    expect(rulesOf(result)).toEqual(['live-restore-not-tested']);
    expect(factsOf(result)).toContain('vault is locked: false');
  });

  it('count against the promise when there is none', async () => {
    const none: Answers = () => ({ 'backup:ListRecoveryPointsByBackupVault': () => ({ RecoveryPoints: [] }) });
    const result = await checked({ declarations: backedUp(false), catalogue: agreed, wait: 8 * HOUR }, none);
    expect(rulesOf(result)).toEqual(['live-no-restore-point', 'live-restore-not-tested', 'live-restore-point-older-than-rpo']);
    expect(objectionsOf(result)).toEqual(['RPO-data not-met']);
  });

  it('leave the promise unknown when a vault may not be read', async () => {
    const denied = ['backup:ListRecoveryPointsByBackupVault'];
    const result = await checked({ declarations: backedUp(false), catalogue: agreed, wait: 8 * HOUR, denied });
    expect(objectionsOf(result)).toEqual(['RPO-data unknown']);
  });

  it('are unknown while they grow on, since AWS Backup does not say how far they reach', async () => {
    const growing: Answers = (input) => ({
      'backup:ListRecoveryPointsByBackupVault': () => ({
        RecoveryPoints: [
          {
            Status: 'AVAILABLE',
            CreationDate: new Date(input.now - DAY),
            ResourceArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/carts',
          },
        ],
      }),
    });
    const result = await checked({ declarations: backedUp(false), catalogue: agreed, wait: 8 * HOUR }, growing);
    expect(objectionsOf(result)).toEqual(['RPO-data unknown']);
  });

  it.each([
    ['worked in time', 'COMPLETED', HOUR, [], []],
    ['took too long', 'COMPLETED', 30 * HOUR, ['live-restore-slower-than-rto'], ['RTO-data not-met']],
    ['failed', 'FAILED', HOUR, ['live-restore-failed'], ['RTO-data not-met']],
  ])('say what a restore showed that %s', async (_, Status, took, rules, objections) => {
    const restored: Answers = (input) => ({
      'backup:ListRestoreJobs': () => ({
        RestoreJobs: [
          {
            Status,
            SourceResourceArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/carts',
            CreationDate: new Date(input.now - 2 * DAY),
            CompletionDate: new Date(input.now - 2 * DAY + took),
          },
        ],
      }),
    });
    const result = await checked({ declarations: backedUp(false), catalogue: agreed, wait: 8 * HOUR }, restored);
    expect(rulesOf(result)).toEqual(rules);
    expect(objectionsOf(result)).toEqual(objections);
  });

  it('are not tested, for all that is known, when nobody may list restores', async () => {
    const result = await checked({
      declarations: backedUp(false),
      catalogue: agreed,
      wait: 8 * HOUR,
      denied: ['backup:ListRestoreJobs'],
    });
    expect(rulesOf(result)).toEqual(['live-restore-not-tested?']);
  });
});
