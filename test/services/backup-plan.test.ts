import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, known } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { Hole } from '../../src/model/value.ts';
import { backupable, backupProtections, backupRetentionDays, coveredBy } from '../../src/services/backup-coverage.ts';
import { BACKUP_PLAN, backupPlan } from '../../src/services/backup-plan.ts';
import { AIR_GAPPED_VAULT, BACKUP_VAULT, backupVault, immutable } from '../../src/services/backup-vault.ts';
import type { Extra } from './support-storage.ts';
import { answer, declared, estate, factsOf, hole, meaningOf, ref } from './support-storage.ts';

const SELECTION = 'aws:backup/selection:Selection';
const SETTINGS = declared('aws:backup/regionSettings:RegionSettings', 'settings', {
  resourceTypeOptInPreference: { RDS: true, EFS: true, S3: true, DynamoDB: false },
});
const OWN = '111122223333';
const settingsOf = (...accounts: readonly string[]): readonly Resource[] =>
  accounts.map((account) => ({ ...SETTINGS, urn: `${SETTINGS.urn}-${account}`, account: known(account) }));
const DB = 'aws:rds/instance:Instance';

interface Case {
  readonly selection?: Values;
  readonly rule?: Values;
  readonly resource?: Resource;
  readonly plan?: Extra;
  readonly others?: readonly Resource[];
}

function backedUp(c: Case) {
  const resource = c.resource ?? declared(DB, 'orders', { identifier: 'orders' }, { tags: { backup: 'daily', team: 'shop' } });
  const plan = declared(BACKUP_PLAN, 'plan', { rules: [{ ruleName: 'r', targetVaultName: 'vault', ...c.rule }] }, c.plan ?? {});
  const selection = declared(SELECTION, 'selection', { planId: ref(plan), iamRoleArn: 'role', ...c.selection });
  const view = estate(resource, plan, ...(c.selection === undefined ? [] : [selection]), ...(c.others ?? [SETTINGS]));
  const props = view.get(resource.urn);
  const seen = props === undefined ? undefined : backupable(props, view);
  if (seen === undefined) throw new Error('not a type that AWS Backup backs up');
  const facts = factsOf(backupPlan, view, plan);
  return { resource, plan, facts, seen, protections: backupProtections(seen, [facts]), days: backupRetentionDays(seen, [facts]) };
}

const equals = (key: string, value: string): Values => ({ key, value, type: 'STRINGEQUALS' });
const EVERYTHING = { resources: ['*'] };

describe('which resources a plan covers', () => {
  const orders = declared(DB, 'orders', { identifier: 'orders' });
  it.each<[string, Case, string]>([
    ['no selection', {}, 'no'],
    ['by reference', { selection: { resources: [ref(orders, 'arn')] } }, 'yes'],
    ['another resource by reference', { selection: { resources: ['arn:aws:rds:us-east-1:111122223333:db:other'] } }, 'no'],
    ['everything, opted in', { selection: EVERYTHING }, 'yes'],
    [
      'everything, beside the settings of another account',
      { selection: EVERYTHING, plan: { account: OWN }, others: settingsOf(OWN, '999988887777') },
      'yes',
    ],
    ['everything, settings not in the sources', { selection: EVERYTHING, others: [] }, 'unknown'],
    ['type wildcard', { selection: { resources: ['arn:aws:rds:*:*:db:*'] }, others: [] }, 'yes'],
    ['wildcard of another type', { selection: { resources: ['arn:aws:rds:*:*:cluster:*'] } }, 'no'],
    ['wildcard of another service', { selection: { resources: ['arn:aws:dynamodb:*:*:table/*'] } }, 'no'],
    ['wildcard of another Region', { selection: { resources: ['arn:aws:rds:eu-west-1:*:db:*'] } }, 'no'],
    ['wildcard with a name', { selection: { resources: ['arn:aws:rds:*:*:db:ord*'] } }, 'yes'],
    ['wildcard with another name', { selection: { resources: ['arn:aws:rds:*:*:db:pay*'] } }, 'no'],
    [
      'wildcard and a name that nobody knows',
      { selection: { resources: ['arn:aws:rds:*:*:db:ord*'] }, resource: declared(DB, 'x') },
      'unknown',
    ],
    ['account unknown', { selection: { resources: ['arn:aws:rds:*:111122223333:db:*'] } }, 'unknown'],
    [
      'ARN with unknown parts',
      { selection: { resources: [new Hole('stand-in', 'account', [], 'arn:aws:rds:us-east-1:${0}:db:*')] } },
      'unknown',
    ],
    [
      'ARN with unknown parts, other type',
      { selection: { resources: [new Hole('stand-in', 'account', [], 'arn:aws:rds:us-east-1:${0}:cluster:*')] } },
      'no',
    ],
    ['resources unknown', { selection: { resources: hole } }, 'unknown'],
    ['plan of another Region', { selection: { resources: ['arn:aws:rds:*:*:db:*'] }, plan: { region: 'eu-west-1' } }, 'no'],
    ['plan of an unknown Region', { selection: { resources: ['arn:aws:rds:*:*:db:*'] }, plan: { region: '?' } }, 'unknown'],
    ['tag', { selection: { selectionTags: [equals('backup', 'daily')] } }, 'yes'],
    ['tag without the settings', { selection: { selectionTags: [equals('backup', 'daily')] }, others: [] }, 'unknown'],
    ['other tag', { selection: { selectionTags: [equals('backup', 'weekly')] } }, 'no'],
    ['one of two tags', { selection: { selectionTags: [equals('backup', 'weekly'), equals('team', 'shop')] } }, 'yes'],
    [
      'tags and ARNs are joined by or',
      { selection: { resources: ['arn:aws:rds:*:*:cluster:*'], selectionTags: [equals('team', 'shop')] } },
      'yes',
    ],
    [
      'conditions narrow',
      { selection: { ...EVERYTHING, conditions: [{ stringEquals: [{ key: 'aws:ResourceTag/backup', value: 'weekly' }] }] } },
      'no',
    ],
    [
      'all conditions hold',
      {
        selection: {
          ...EVERYTHING,
          conditions: [
            {
              stringLikes: [{ key: 'aws:ResourceTag/backup', value: 'da*' }],
              stringNotEquals: [{ key: 'aws:ResourceTag/team', value: 'ops' }],
            },
          ],
        },
      },
      'yes',
    ],
    [
      'condition with an unknown value',
      { selection: { ...EVERYTHING, conditions: [{ stringEquals: [{ key: 'aws:ResourceTag/backup', value: hole }] }] } },
      'unknown',
    ],
    [
      'condition key without its prefix',
      { selection: { ...EVERYTHING, conditions: [{ stringEquals: [{ key: 'backup', value: 'daily' }] }] } },
      'no',
    ],
    ['excluded', { selection: { ...EVERYTHING, notResources: ['arn:aws:rds:*:*:db:orders'] } }, 'no'],
    ['perhaps excluded', { selection: { ...EVERYTHING, notResources: [hole] } }, 'unknown'],
    [
      'bucket of a name pattern',
      {
        selection: { resources: ['arn:aws:s3:::shop-*'] },
        resource: declared('aws:s3/bucket:Bucket', 'b', { bucket: 'shop-data' }),
      },
      'yes',
    ],
    [
      'type that is not opted in, by tag',
      {
        selection: { selectionTags: [equals('a', 'b')] },
        resource: declared('aws:dynamodb/table:Table', 't', {}, { tags: { a: 'b' } }),
      },
      'no',
    ],
    [
      'type that is not opted in, by ARN',
      { selection: { resources: ['arn:aws:dynamodb:*:*:table/*'] }, resource: declared('aws:dynamodb/table:Table', 't') },
      'yes',
    ],
  ])('%s', (_, c, expected) => {
    const { facts, seen } = backedUp(c);
    expect(answer(coveredBy(facts, seen))).toBe(expected);
  });

  it('a selection of some unknown plan leaves it open', () => {
    const stray = declared(SELECTION, 'stray', { planId: hole, resources: ['*'] });
    const { facts, seen } = backedUp({ others: [stray] });
    expect(answer(coveredBy(facts, seen))).toBe('unknown');
  });

  it('cutting out any part of a selection never makes an uncovered resource covered', () => {
    const paths = ['resources', 'selectionTags', 'conditions', 'notResources'] as const;
    const texts = fc.array(fc.constantFrom('*', 'arn:aws:rds:*:*:db:*', 'arn:aws:rds:*:*:db:pay*', 'arn:aws:s3:::*'), {
      maxLength: 2,
    });
    const tags = fc.array(fc.constantFrom(equals('backup', 'daily'), equals('backup', 'weekly')), { maxLength: 2 });
    fc.assert(
      fc.property(texts, tags, texts, fc.constantFrom(...paths), (resources, selectionTags, notResources, cut) => {
        const selection = { resources, selectionTags, notResources };
        const was = backedUp({ selection });
        const is = backedUp({ selection: { ...selection, [cut]: hole } });
        const before = answer(coveredBy(was.facts, was.seen));
        const after = answer(coveredBy(is.facts, is.seen));
        expect(after === 'yes' && before === 'no').toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a covering rule gives', () => {
  const vaultArn = (region: string, account: string): string => `arn:aws:backup:${region}:${account}:backup-vault:copies`;
  const of = (rule: Values, more: Partial<Case> = {}) =>
    backedUp({ selection: { resources: ['arn:aws:rds:*:*:db:*'] }, plan: { account: '111122223333' }, rule, ...more });
  const summary = (rule: Values, more: Partial<Case> = {}): string[] =>
    of(rule, more).protections.map((p) => `${p.mechanism} ${p.scopes.join('+')} ${answer(p.armed)}`);

  it('restores in the Region, by hand, from at worst gap and windows ago', () => {
    const [p] = of({ schedule: 'cron(0 * * * ? *)' }).protections;
    expect(p).toMatchObject({
      mechanism: 'backup-restore',
      automation: 'human-execution',
      point: { kind: 'span', min: 0, max: 3600 + 3600 + 180 * 60 },
    });
    expect(of({}).protections[0]?.point).toMatchObject({ max: 86_400 + 3600 + 180 * 60 });
    expect(
      of({ startWindow: 60, completionWindow: 120, scheduleExpressionTimezone: 'Europe/Rome' }).protections[0]?.point,
    ).toMatchObject({
      max: 86_400 + 3600 + 3600 + 7200,
    });
    expect(of({ schedule: 'whenever' }).protections[0]?.point).toMatchObject({ kind: 'unknown' });
    expect(of({ schedule: hole }).protections[0]?.point).toMatchObject({ kind: 'unknown' });
  });

  it('continuous backup counts only for types that have it', () => {
    expect(of({ enableContinuousBackup: true }).protections[0]?.point).toEqual({ kind: 'row', row: 'backup-continuous-lag' });
    const table = declared('aws:dynamodb/table:Table', 't');
    const selection = { resources: ['arn:aws:dynamodb:*:*:table/*'] };
    expect(of({ enableContinuousBackup: true }, { resource: table, selection }).protections[0]?.point).toMatchObject({
      kind: 'span',
    });
  });

  const copies = (destinationVaultArn: Value): Values => ({ copyActions: [{ destinationVaultArn }] });
  it.each<[string, Values, string[]]>([
    ['no copy', {}, []],
    ['to another Region', copies(vaultArn('eu-west-1', '111122223333')), ['data yes', 'region yes']],
    ['to another account', copies(vaultArn('us-east-1', '444455556666')), ['data yes', 'account yes']],
    ['to both', copies(vaultArn('eu-west-1', '444455556666')), ['data yes', 'region yes', 'account yes']],
    ['to nobody knows where', copies(hole), ['data yes', 'region unknown', 'account unknown']],
    [
      'Region known, account not',
      copies(new Hole('stand-in', 'account', [], 'arn:aws:backup:eu-west-1:${0}:backup-vault:c')),
      ['data yes', 'region yes', 'account unknown'],
    ],
    ['copies unknown', { copyActions: hole }, ['region+account unknown']],
  ])('copy %s', (_, rule, expected) => {
    expect(summary(rule)).toEqual(['backup-restore instance+az+data yes', ...expected.map((e) => `backup-copy-restore ${e}`)]);
  });

  it('a copy into a declared vault takes the Region of the vault', () => {
    const vault = declared(BACKUP_VAULT, 'copies', {}, { region: 'eu-west-1' });
    const p = of(copies(ref(vault, 'arn')), { others: [vault] }).protections.find((q) => q.scopes.includes('region'));
    expect([answer(p?.armed), p?.into]).toMatchObject(['yes', { value: 'eu-west-1' }]);
    expect(p?.point).toMatchObject({ kind: 'sum', parts: [{ kind: 'span' }, { kind: 'row', row: 'backup-copy-lag' }] });
  });

  it('an air-gapped vault of the same account is of unknown use without it', () => {
    const vault = declared(AIR_GAPPED_VAULT, 'gap', { minRetentionDays: 7, maxRetentionDays: 30 }, { account: '111122223333' });
    expect(summary({ targetLogicallyAirGappedBackupVaultArn: ref(vault, 'arn') }, { others: [vault] })).toContain(
      'backup-copy-restore account unknown',
    );
    expect(summary(copies(ref(vault, 'arn')), { others: [vault] })).toContain('backup-copy-restore account unknown');
  });

  it('an unversioned bucket cannot be backed up', () => {
    const selection = { resources: ['arn:aws:s3:::*'] };
    const bucket = (versioning: Value): Resource => declared('aws:s3/bucket:Bucket', 'b', { versioning });
    expect(summary({}, { selection, resource: bucket({ enabled: true }) })).toEqual(['backup-restore instance+az+data yes']);
    expect(summary({}, { selection, resource: bucket({ enabled: false }) })).toEqual(['backup-restore instance+az+data no']);
    expect(summary({}, { selection, resource: bucket(hole) })).toEqual(['backup-restore instance+az+data unknown']);
  });

  it('keeps as many days as the lifecycle says', () => {
    expect(of({ lifecycle: { deleteAfter: 35 } }).days).toMatchObject({ value: 35 });
    expect(of({}).days).toMatchObject({ value: Number.POSITIVE_INFINITY });
    expect(backedUp({}).days).toBeUndefined();
    expect(of({ lifecycle: { deleteAfter: hole } }).days).toMatchObject({ state: 'unknown' });
    const { facts } = of({
      lifecycle: { deleteAfter: 35 },
      copyActions: [{ destinationVaultArn: 'a' }, { destinationVaultArn: 'b', lifecycle: { deleteAfter: 7 } }],
    });
    const kept = fold(
      facts.rules,
      (rules) =>
        rules.flatMap((r) =>
          fold(
            r.copies,
            (c) => c.map((x) => x.lifecycle.deleteAfterDays),
            () => [],
          ),
        ),
      () => [],
    );
    expect(kept).toMatchObject([{ value: 35 }, { value: 7 }]);
  });

  it('says that plans may be missing', () => {
    const { seen } = backedUp({});
    const why = { state: 'unknown', reason: 'not-reported', detail: 'a difference', from: [] } as const;
    expect(backupProtections(seen, [], why).map((p) => answer(p.armed))).toEqual(['unknown']);
  });
});

describe('vaults', () => {
  it.each<[string, Values | undefined, string]>([
    ['no lock', undefined, 'no'],
    ['governance', {}, 'no'],
    ['compliance', { changeableForDays: 3 }, 'yes'],
    ['unknown', { changeableForDays: hole }, 'unknown'],
  ])('%s', (_, lock, expected) => {
    const vault = declared(BACKUP_VAULT, 'v', { name: 'v' });
    const part = declared('aws:backup/vaultLockConfiguration:VaultLockConfiguration', 'l', {
      backupVaultName: ref(vault, 'name'),
      ...lock,
    });
    const view = estate(vault, ...(lock === undefined ? [] : [part]));
    expect(answer(immutable(factsOf(backupVault, view, vault)))).toBe(expected);
  });

  it('an air-gapped vault is always locked; a vault links to its key', () => {
    const key = declared('aws:kms/key:Key', 'k');
    const vault = declared(AIR_GAPPED_VAULT, 'v', { encryptionKeyArn: ref(key, 'arn') });
    const view = estate(key, vault);
    expect(answer(immutable(factsOf(backupVault, view, vault)))).toBe('yes');
    expect(meaningOf(backupVault, view, vault).links).toMatchObject([{ to: { value: key.urn }, carries: 'key' }]);
  });
});
