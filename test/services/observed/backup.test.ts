import { beforeEach, describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { backupPlans, backupRegionSettings, backupScans, backupVaults } from '../../../src/services/observed/backup.ts';
import { backup } from '../../../src/simulator/services/backup.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const DAY = 24 * 3600 * 1000;
let aws: SimulatedAws;
const call = async <O>(operation: string, input: object): Promise<O> =>
  (await invoke(aws, 'backup', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) })) as O;
beforeEach(async () => {
  aws = freshAws([backup, kms]);
  await call('CreateBackupVault', { BackupVaultName: 'main', BackupVaultTags: { team: 'shop' } });
});

async function plan(): Promise<void> {
  const { BackupPlanId } = await call<{ BackupPlanId: string }>('CreateBackupPlan', {
    BackupPlan: {
      BackupPlanName: 'daily',
      Rules: [{ RuleName: 'a', TargetBackupVaultName: 'main', Lifecycle: { DeleteAfterDays: 7 } }],
    },
  });
  const Conditions = { StringLike: [{ ConditionKey: 'aws:ResourceTag/tier', ConditionValue: 'g*' }] };
  const BackupSelection = { SelectionName: 'all', IamRoleArn: 'arn:aws:iam::1:role/b', Resources: ['*'], Conditions };
  await call('CreateBackupSelection', { BackupPlanId, BackupSelection });
}

describe('vaults', () => {
  it('are under the key of AWS unless they name one', async () => {
    const [vault] = await scanned(backupVaults, readerOf(aws));
    expect(vault).toMatchObject({ id: 'main', properties: { name: 'main' }, tags: { team: 'shop' } });
    expect(vault?.properties.kmsKeyArn).toBeUndefined();
  });

  it.each([
    [undefined, undefined],
    [3, 3],
    [10, 10],
  ])('locked with %s days of grace', async (ChangeableForDays, days) => {
    await call('PutBackupVaultLockConfiguration', {
      BackupVaultName: 'main',
      MinRetentionDays: 5,
      ...(ChangeableForDays === undefined ? {} : { ChangeableForDays }),
    });
    aws.world.clock.advance(30 * DAY);
    const lock = (await scanned(backupVaults, readerOf(aws))).find((s) => s.type.endsWith(':VaultLockConfiguration'));
    expect(lock?.properties).toEqual({
      backupVaultName: 'main',
      minRetentionDays: 5,
      ...(days === undefined ? {} : { changeableForDays: days }),
    });
  });
});

describe('plans', () => {
  it('take two calls, and one for each selection', async () => {
    await plan();
    const reader = readerOf(aws);
    const seen = await scanned(backupPlans, reader);
    expect(reader.asked).toEqual([
      'backup:ListBackupPlans',
      'backup:GetBackupPlan',
      'backup:ListTags',
      'backup:ListBackupSelections',
      'backup:GetBackupSelection',
    ]);
    expect(seen.map((s) => s.properties)).toMatchObject([
      { name: 'daily', rules: [{ schedule: 'cron(0 5 ? * * *)', startWindow: 480, lifecycle: { deleteAfter: 7 } }] },
      { planId: seen[0]?.id, resources: ['*'], conditions: [{ stringLikes: [{ key: 'aws:ResourceTag/tier', value: 'g*' }] }] },
    ]);
  });

  it.each([
    ['backup:GetBackupPlan', 'Plan', ['rules']],
    ['backup:GetBackupSelection', 'Selection', ['resources', 'notResources', 'selectionTags', 'conditions']],
  ])('of which %s is denied have holes', async (action, type, properties) => {
    await plan();
    aws.world.inject({ kind: 'call', action, how: 'denied' });
    const found = (await scanned(backupPlans, readerOf(aws))).find((s) => s.type.endsWith(`:${type}`));
    for (const property of properties) expect(found?.properties[property]).toBeInstanceOf(Hole);
  });
});

it('shows which types the Region has opted in', async () => {
  await call('UpdateRegionSettings', { ResourceTypeOptInPreference: { DynamoDB: false } });
  const [settings] = await scanned(backupRegionSettings, readerOf(aws));
  expect(settings?.properties.resourceTypeOptInPreference).toMatchObject({ DynamoDB: false, RDS: true });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  const all = [...recordings('backup'), examples('backup')];
  it.each(all.flatMap((r) => backupScans.map((s) => [r.name, s.id, r, s] as const)))('%s: %s', async (_, __, recording, scan) => {
    for (const seen of await readRecording(scan, recording)) expect(seen.properties).not.toEqual({});
  });

  it('show the vault and the plan that they describe', async () => {
    const vaults = await Promise.all(all.map((r) => readRecording(backupVaults, r)));
    expect(vaults.flat().map((v) => v.id)).toContain('Default');
    const { name, replies } = examples('backup');
    const listed = { operation: 'ListBackupPlans', data: { BackupPlansList: [{ BackupPlanId: 'a' }] }, error: undefined };
    const [plan] = await readRecording(backupPlans, { name, replies: [...replies, listed] });
    expect(plan?.properties).toMatchObject({
      rules: [{ targetVaultName: 'Default', startWindow: 480, lifecycle: { deleteAfter: 35 } }],
    });
  });
});
