/** Generated plans with selections, vaults and locks, over tables that are assigned by tag, by ARN, by pattern, or not. */
import fc from 'fast-check';
import type { Value, Values } from '../../src/model/value.ts';
import type { Declaration } from './law.ts';
import { inputs, ref } from './law.ts';

const PLAN = 'aws:backup/plan:Plan';
const SELECTION = 'aws:backup/selection:Selection';
const VAULT = 'aws:backup/vault:Vault';
const AIR_GAPPED = 'aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault';
const LOCK = 'aws:backup/vaultLockConfiguration:VaultLockConfiguration';
const SETTINGS = 'aws:backup/regionSettings:RegionSettings';
const TABLE = 'aws:dynamodb/table:Table';
const KEY = 'aws:kms/key:Key';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const lifecycle: fc.Arbitrary<Values | undefined> = maybe(
  fc.oneof(
    fc.constant({}),
    fc.integer({ min: 1, max: 400 }).map((deleteAfter) => ({ deleteAfter })),
    fc.integer({ min: 1, max: 60 }).map((coldStorageAfter) => ({ coldStorageAfter, deleteAfter: coldStorageAfter + 120 })),
    fc.constant({ deleteAfter: -1 }),
  ),
);

/** Copies into the vault of another Region, of the same Region, the air-gapped one, and another account's. */
const destination: fc.Arbitrary<Value> = fc.constantFrom<Value>(
  ref(VAULT, 'away', 'arn'),
  ref(VAULT, 'second', 'arn'),
  ref(AIR_GAPPED, 'gapped', 'arn'),
  'arn:aws:backup:eu-west-1:444455556666:backup-vault:theirs',
);

const rule: fc.Arbitrary<Values> = fc
  .record({
    schedule: fc.constantFrom(undefined, 'cron(0 5 ? * * *)', 'cron(0 * * * ? *)', 'cron(0 3 ? * SUN *)', 'rate(12 hours)'),
    scheduleExpressionTimezone: fc.constantFrom(undefined, 'Europe/Berlin', 'Etc/UTC'),
    startWindow: maybe(fc.integer({ min: 60, max: 480 })),
    completionWindow: maybe(fc.integer({ min: 120, max: 10_080 })),
    enableContinuousBackup: maybe(fc.boolean()),
    lifecycle,
    copyActions: maybe(
      fc.array(
        fc.record({ destinationVaultArn: destination, lifecycle }).map((c) => inputs(c)),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    targetLogicallyAirGappedBackupVaultArn: fc.constantFrom<Value | undefined>(undefined, ref(AIR_GAPPED, 'gapped', 'arn')),
  })
  .map((r) => inputs({ ...r, targetVaultName: ref(VAULT, 'main', 'name') }));

const pair = (operator: string, key: string, value: string): Values => ({
  [operator]: [{ key: `aws:ResourceTag/${key}`, value }],
});

const selection: fc.Arbitrary<Values> = fc
  .record({
    resources: fc.constantFrom<Value | undefined>(
      undefined,
      [ref(TABLE, 'orders', 'arn')],
      ['arn:aws:dynamodb:*:*:table/ord*'],
      ['*'],
      ['arn:aws:rds:*:*:db:*'],
    ),
    selectionTags: fc.constantFrom<Value | undefined>(undefined, [{ type: 'STRINGEQUALS', key: 'tier', value: 'gold' }]),
    notResources: fc.constantFrom<Value | undefined>(undefined, [ref(TABLE, 'orders', 'arn')], ['arn:aws:s3:::*']),
    conditions: fc.constantFrom<Value | undefined>(
      undefined,
      [pair('stringEquals', 'tier', 'gold')],
      [pair('stringNotEquals', 'tier', 'gold')],
      [pair('stringLikes', 'tier', 'go*')],
      [pair('stringNotLikes', 'tier', 'go*')],
    ),
  })
  // AWS refuses a selection that says nothing at all.
  .map((s) => inputs(Object.values(s).every((v) => v === undefined) ? { ...s, resources: ['*'] } : s))
  .map((s) => ({ ...s, iamRoleArn: 'arn:aws:iam::111122223333:role/backup' }));

const lock: fc.Arbitrary<Values | undefined> = maybe(
  fc
    .record({
      changeableForDays: maybe(fc.integer({ min: 3, max: 30 })),
      minRetentionDays: maybe(fc.integer({ min: 1, max: 7 })),
      maxRetentionDays: maybe(fc.integer({ min: 30, max: 365 })),
    })
    .map((l) => inputs(l)),
);

const settings = fc.constantFrom<Value>({ DynamoDB: true, RDS: true }, { DynamoDB: false, RDS: true });

const estates = (settings: fc.Arbitrary<Value | undefined>): fc.Arbitrary<readonly Declaration[]> =>
  fc
    .record({
      rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
      selections: fc.array(selection, { maxLength: 2 }),
      lock,
      settings,
      hasKey: fc.boolean(),
      isGold: fc.boolean(),
      inOtherRegion: fc.boolean(),
    })
    .map((g): readonly Declaration[] => {
      const kmsKeyArn = g.hasKey ? ref(KEY, 'key', 'arn') : undefined;
      return [
        { type: KEY, name: 'key', inputs: {} },
        { type: VAULT, name: 'main', inputs: inputs({ name: 'main', kmsKeyArn }) },
        { type: VAULT, name: 'second', inputs: {} },
        { type: VAULT, name: 'away', region: 'eu-west-1', inputs: { name: 'away' } },
        { type: AIR_GAPPED, name: 'gapped', inputs: { name: 'gapped', minRetentionDays: 7, maxRetentionDays: 90 } },
        ...(g.lock === undefined
          ? []
          : [{ type: LOCK, name: 'main', inputs: { ...g.lock, backupVaultName: ref(VAULT, 'main', 'name') } }]),
        ...(g.settings === undefined
          ? []
          : [{ type: SETTINGS, name: 'settings', inputs: { resourceTypeOptInPreference: g.settings } }]),
        {
          type: TABLE,
          name: 'orders',
          ...(g.inOtherRegion ? { region: 'eu-west-1' } : {}),
          inputs: {
            name: 'orders',
            hashKey: 'id',
            attributes: [{ name: 'id', type: 'S' }],
            billingMode: 'PAY_PER_REQUEST',
            ...(g.isGold ? { tags: { tier: 'gold' } } : {}),
          },
        },
        { type: PLAN, name: 'plan', inputs: { rules: g.rules.map((r, i) => ({ ...r, ruleName: `rule-${i}` })) } },
        ...g.selections.map(
          (s, i): Declaration => ({ type: SELECTION, name: `chosen-${i}`, inputs: { ...s, planId: ref(PLAN, 'plan') } }),
        ),
      ];
    });

/** Without settings in the code nobody knows which types tags assign; AWS shows it. */
export const withoutSettings = estates(fc.constant(undefined));
/** Settings have no owner and are judged by none: the in-place estate keeps the declared ones. */
export const withSettings = estates(settings);
