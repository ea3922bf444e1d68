import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { backupRules } from '../../src/rules/backup.ts';
import { declared, hole, ref } from '../services/support-databases.ts';
import type { Promised, RuleCase } from './support-data.ts';
import { checkFamily, messages, outcome, WEST } from './support-data.ts';

const IDS = [
  'backup-rpo-exceeded',
  'backup-no-copy-action',
  'backup-vault-same-account',
  'backup-copy-kms-unusable',
  'backup-vault-unlocked',
  'backup-selection-misses-resource',
  'backup-retention-below-contract',
  'backup-no-pitr-short-rpo',
];

type More = Parameters<typeof declared>[3];
const share = declared('aws:efs/fileSystem:FileSystem', 'share', {});
const db = (inputs: Values = {}) => declared('aws:rds/instance:Instance', 'orders', { engine: 'postgres', ...inputs });
const vault = (more?: More, name = 'vault') => declared('aws:backup/vault:Vault', name, { name }, more);
const westVault = vault(WEST, 'vault-west');
const otherVault = vault({ account: { state: 'known', value: '999988887777', from: [] } }, 'vault-other');
const plan = (rule: Values = {}) =>
  declared('aws:backup/plan:Plan', 'plan', { rules: [{ ruleName: 'r', targetVaultName: ref(vault(), 'name'), ...rule }] });
const selection = (arn: ReturnType<typeof hole>, name = 'stores') =>
  declared('aws:backup/selection:Selection', name, { planId: ref(plan()), resources: [arn] });
const saved = (rule: Values = {}, of: ReturnType<typeof declared> = share) => [
  of,
  vault(),
  plan(rule),
  selection(ref(of, 'arn')),
];
const copyTo = (to: ReturnType<typeof vault>, more: Values = {}) => ({
  copyActions: [{ destinationVaultArn: ref(to, 'arn'), ...more }],
});
const lock = (inputs: Values) =>
  declared('aws:backup/vaultLockConfiguration:VaultLockConfiguration', 'lock', {
    backupVaultName: ref(vault(), 'name'),
    ...inputs,
  });
const key = (inputs: Values = {}) => declared('aws:kms/key:Key', 'key', inputs);
const encrypted = (inputs: Values = {}) => db({ storageEncrypted: true, ...inputs });

const rpo = (scope: Promised[1], seconds: number): Promised => ['RPO', scope, seconds];
const retention = (n: number): Promised => ['RETENTION', 'data', n * 86_400];

const CASES: Readonly<Record<string, RuleCase>> = {
  'backup-rpo-exceeded': {
    fires: { resources: saved(), agreed: [rpo('data', 3600)] },
    silent: { resources: saved(), agreed: [rpo('data', 172_800)] },
    unknown: { resources: saved({ schedule: hole() }), agreed: [rpo('data', 3600)] },
  },
  'backup-no-copy-action': {
    fires: { resources: saved() },
    silent: { resources: [...saved(copyTo(westVault)), westVault] },
    unknown: { resources: saved({ copyActions: [{ destinationVaultArn: hole() }] }) },
  },
  'backup-vault-same-account': {
    fires: { resources: [...saved(copyTo(westVault)), westVault] },
    silent: { resources: [...saved(copyTo(otherVault)), otherVault] },
    unknown: { resources: saved({ copyActions: [{ destinationVaultArn: hole() }] }) },
  },
  'backup-copy-kms-unusable': {
    fires: { resources: [...saved(copyTo(otherVault), encrypted()), otherVault] },
    silent: { resources: [...saved(copyTo(otherVault), db()), otherVault] },
    unknown: {
      resources: [...saved(copyTo(otherVault), encrypted({ kmsKeyId: ref(key(), 'arn') })), otherVault, key({ policy: '{}' })],
    },
  },
  'backup-vault-unlocked': {
    fires: { resources: [vault()] },
    silent: { resources: [vault(), lock({ changeableForDays: 3 })] },
    unknown: { resources: [vault(), lock({ changeableForDays: hole() })] },
  },
  'backup-selection-misses-resource': {
    fires: { resources: [db(), ...saved()] },
    silent: { resources: [db({ backupRetentionPeriod: 7 }), ...saved()] },
    unknown: { resources: [db(), ...saved(), selection(hole(), 'more')] },
  },
  'backup-retention-below-contract': {
    fires: { resources: saved({ lifecycle: { deleteAfter: 7 } }), agreed: [retention(35)] },
    silent: { resources: saved(), agreed: [retention(35)] },
    unknown: { resources: saved({ lifecycle: { deleteAfter: hole() } }), agreed: [retention(35)] },
  },
  'backup-no-pitr-short-rpo': {
    fires: { resources: saved({}, db()), agreed: [rpo('data', 900)] },
    silent: { resources: saved({ enableContinuousBackup: true }, db()), agreed: [rpo('data', 900)] },
    unknown: { resources: saved({ enableContinuousBackup: hole() }, db()), agreed: [rpo('data', 900)] },
  },
};

describe('rules about backups', () => {
  checkFamily(backupRules, IDS, CASES);
});

describe('particular conditions', () => {
  it('D8: a selection names a resource by reference, not by likeness', () => {
    const good = declared('aws:rds/cluster:Cluster', 'good', { engine: 'aurora-mysql' });
    const carts = (name: string) => declared('aws:dynamodb/table:Table', name, { name });
    const resources = [carts('backup-bad'), good, vault(), plan(), selection(ref(good, 'arn'), 'backup-bad')];
    expect(messages(backupRules, 'backup-selection-misses-resource', { resources })).toEqual([
      'backup-bad is in no selection of a backup plan, and keeps no history of its own',
    ]);
  });

  it('D10: the schedule is held against the agreement, with both figures', () => {
    // A day, an hour to start and three hours to complete.
    expect(messages(backupRules, 'backup-rpo-exceeded', { resources: saved(), agreed: [rpo('data', 3600)] })).toEqual([
      'the newest backup of share may be 1d4h old or older; the agreement needs 1h',
    ]);
  });

  it('speaks of the rules that reach the store, whatever those of other plans do', () => {
    const often = declared('aws:backup/plan:Plan', 'often', {
      rules: [{ ruleName: 'r', targetVaultName: ref(vault(), 'name'), schedule: 'cron(0 * * * ? *)' }],
    });
    const others = declared('aws:backup/selection:Selection', 'others', {
      planId: ref(often),
      resources: [ref(db({ identifier: 'orders' }), 'arn')],
    });
    const situation = { resources: [...saved(), often, others, db({ identifier: 'orders' })], agreed: [rpo('data', 3600)] };
    expect(messages(backupRules, 'backup-rpo-exceeded', situation)).toContain(
      'the newest backup of share may be 1d4h old or older; the agreement needs 1h',
    );
  });

  it('in another Region only what is copied there counts', () => {
    const agreed = [rpo('region', 172_800)];
    const id = 'backup-rpo-exceeded';
    expect(outcome(backupRules, id, { resources: [...saved(copyTo(westVault)), westVault], agreed })).toBe('silent');
    expect(outcome(backupRules, id, { resources: [...saved(copyTo(westVault)), westVault], agreed: [rpo('region', 60)] })).toBe(
      'fires',
    );
    // Without a copy it is another rule that speaks.
    expect(outcome(backupRules, id, { resources: saved(), agreed: [rpo('region', 60)] })).toBe('silent');
  });

  it('continuous backups keep up with a short recovery point, where the service has them', () => {
    const agreed = [rpo('data', 900)];
    const continuous = { enableContinuousBackup: true };
    expect(outcome(backupRules, 'backup-rpo-exceeded', { resources: saved(continuous, db()), agreed })).toBe('silent');
    expect(outcome(backupRules, 'backup-rpo-exceeded', { resources: saved(continuous), agreed })).toBe('fires');
  });

  it('what the service keeps itself needs no AWS Backup', () => {
    const agreed = [rpo('data', 900)];
    const own = saved({}, db({ backupRetentionPeriod: 7 }));
    for (const id of ['backup-rpo-exceeded', 'backup-no-pitr-short-rpo'])
      expect(outcome(backupRules, id, { resources: own, agreed })).toBe('silent');
  });

  it('without any plan nobody meant to use AWS Backup', () => {
    for (const rule of backupRules.filter((r) => r.id !== 'backup-vault-unlocked'))
      expect(outcome(backupRules, rule.id, { resources: [share, db()], agreed: [rpo('data', 60), retention(35)] })).toBe(
        'silent',
      );
  });

  it('a read replica needs no selection', () => {
    const copy = db({ replicateSourceDb: 'other' });
    expect(outcome(backupRules, 'backup-selection-misses-resource', { resources: [copy, ...saved()] })).toBe('silent');
  });

  it('copies that go early are said where copies were promised', () => {
    const rule = copyTo(westVault, { lifecycle: { deleteAfter: 7 } });
    const agreed = [retention(35), rpo('region', 172_800)];
    expect(
      messages(backupRules, 'backup-retention-below-contract', { resources: [...saved(rule), westVault], agreed })[0],
    ).toContain('copies of share');
    expect(
      outcome(backupRules, 'backup-retention-below-contract', {
        resources: [...saved(rule), westVault],
        agreed: [retention(35)],
      }),
    ).toBe('silent');
  });

  it('a governance lock can be taken off, an air-gapped vault cannot be emptied', () => {
    expect(messages(backupRules, 'backup-vault-unlocked', { resources: [vault(), lock({})] })[0]).toContain('governance');
    const gapped = declared('aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault', 'gapped', { minRetentionDays: 7 });
    expect(outcome(backupRules, 'backup-vault-unlocked', { resources: [gapped] })).toBe('silent');
  });

  it('whether an air-gapped vault is shared cannot be read from code', () => {
    const gapped = declared('aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault', 'gapped', { name: 'gapped' });
    const resources = [...saved({ targetLogicallyAirGappedBackupVaultArn: ref(gapped, 'arn') }), gapped];
    expect(outcome(backupRules, 'backup-vault-same-account', { resources })).toBe('unknown');
  });

  it('a customer managed key without a policy lets nobody else in', () => {
    const resources = [...saved(copyTo(otherVault), encrypted({ kmsKeyId: ref(key(), 'arn') })), otherVault, key()];
    expect(messages(backupRules, 'backup-copy-kms-unusable', { resources })[0]).toContain('no policy');
    const named = key({ policy: '{"Principal":{"AWS":"arn:aws:iam::999988887777:root"}}' });
    expect(outcome(backupRules, 'backup-copy-kms-unusable', { resources: [...resources.slice(0, -1), named] })).toBe('silent');
    const sameAccount = [...saved(copyTo(westVault), encrypted()), westVault];
    expect(outcome(backupRules, 'backup-copy-kms-unusable', { resources: sameAccount })).toBe('silent');
  });

  it('doubt whether a plan covers a store says nothing of what the plan does', () => {
    const tagged = declared('aws:backup/selection:Selection', 'tagged', {
      planId: ref(plan()),
      selectionTags: [{ type: 'STRINGEQUALS', key: 'backup', value: 'yes' }],
    });
    const store = { ...share, tags: { state: 'known', value: { backup: 'yes' }, from: [] } } as const;
    const copied = [
      store,
      vault(),
      westVault,
      otherVault,
      plan({ copyActions: [...copyTo(westVault).copyActions, ...copyTo(otherVault).copyActions] }),
      tagged,
    ];
    for (const id of ['backup-no-copy-action', 'backup-vault-same-account'])
      expect(outcome(backupRules, id, { resources: copied })).toBe('silent');
    expect(outcome(backupRules, 'backup-no-copy-action', { resources: [store, vault(), plan(), tagged] })).toBe('unknown');
  });

  it('a vault matters when it keeps what was promised', () => {
    expect(outcome(backupRules, 'backup-vault-unlocked', { resources: saved(), agreed: [rpo('data', 60)] })).toBe('fires');
    expect(outcome(backupRules, 'backup-vault-unlocked', { resources: saved(), agreed: [['RTO', 'az', 60]] })).toBe('silent');
  });
});
