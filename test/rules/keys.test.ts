import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { keyRules } from '../../src/rules/keys.ts';
import { declared, hole, ref } from '../services/support-databases.ts';
import type { RuleCase } from './support-data.ts';
import { checkFamily, messages, outcome, runs, WEST } from './support-data.ts';

const IDS = [
  'kms-single-region-key',
  'kms-standby-key-is-primary-arn',
  'kms-deletion-window-short',
  'secret-not-replicated',
  'ssm-parameter-not-mirrored',
];

type More = Parameters<typeof declared>[3];
const NOWHERE = { in: null } as unknown as { readonly in: string };
const key = (inputs: Values = {}, more?: More, name = 'key') => declared('aws:kms/key:Key', name, inputs, more);
const replicaKey = declared('aws:kms/replicaKey:ReplicaKey', 'key-west', { primaryKeyArn: ref(key(), 'arn') }, WEST);
const program = (to: ReturnType<typeof declared>, more: { readonly in?: string } = {}, name = 'api') =>
  runs(name, { variables: { NAME: ref(to, 'arn') } }, 'us-east-1a', more);
const login = (inputs: Values = {}, more?: More) =>
  declared('aws:secretsmanager/secret:Secret', 'login', { name: 'login', ...inputs }, more);
const parameter = (inputs: Values = {}, more?: More, name = 'flag') =>
  declared('aws:ssm/parameter:Parameter', name, { name: '/shop/flag', type: 'String', ...inputs }, more);

const db = declared('aws:rds/instance:Instance', 'orders', { engine: 'postgres' });
const standby = (kmsKeyId: ReturnType<typeof hole>, more: More = WEST) =>
  declared('aws:rds/instance:Instance', 'orders-west', { replicateSourceDb: ref(db, 'arn'), kmsKeyId }, more);

const CASES: Readonly<Record<string, RuleCase>> = {
  'kms-single-region-key': {
    fires: { resources: [key(), program(key()), program(key(), WEST, 'api-west')] },
    silent: { resources: [key({ multiRegion: true }), replicaKey, program(key()), program(key(), WEST, 'api-west')] },
    unknown: { resources: [key({ multiRegion: hole() }), replicaKey, program(key()), program(key(), WEST, 'api-west')] },
  },
  'kms-standby-key-is-primary-arn': {
    fires: { resources: [db, key(), standby(ref(key(), 'arn'))] },
    silent: { resources: [db, key({}, WEST), standby(ref(key(), 'arn'))] },
    unknown: { resources: [db, standby(hole())] },
  },
  'kms-deletion-window-short': {
    fires: { resources: [key({ deletionWindowInDays: 7 })] },
    silent: { resources: [key()] },
    unknown: { resources: [key({ deletionWindowInDays: hole() })] },
  },
  'secret-not-replicated': {
    fires: { resources: [login(), program(login(), WEST)] },
    silent: { resources: [login({ replicas: [{ region: 'us-west-2' }] }), program(login(), WEST), program(login(), {}, 'near')] },
    unknown: { resources: [login(), program(login(), NOWHERE)] },
  },
  'ssm-parameter-not-mirrored': {
    fires: { resources: [parameter(), program(parameter(), WEST)] },
    silent: { resources: [parameter(), parameter({}, WEST, 'flag-west'), program(parameter(), WEST)] },
    unknown: { resources: [parameter(), parameter({ name: hole() }, WEST, 'flag-west'), program(parameter(), WEST)] },
  },
};

describe('rules about keys, secrets and parameters', () => {
  checkFamily(keyRules, IDS, CASES);
});

describe('particular conditions', () => {
  it('encryption by a service is not a program that decrypts', () => {
    const bucket = declared('aws:s3/bucket:Bucket', 'files', {
      serverSideEncryptionConfiguration: {
        rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: ref(key(), 'arn') } },
      },
    });
    expect(outcome(keyRules, 'kms-single-region-key', { resources: [key(), bucket, program(bucket, WEST)] })).toBe('silent');
  });

  it('the stand-in of a program needs the key too, although it names none', () => {
    const stand = runs('api', {}, 'us-west-2a', WEST);
    const twin = { ...stand, urn: `${stand.urn}-twin`, name: 'api' };
    const resources = [key(), program(key()), twin];
    expect(messages(keyRules, 'kms-single-region-key', { resources })[0]).toContain('us-west-2');
  });

  it('copies of tables and secrets have keys of their own', () => {
    const west = { regionName: 'us-west-2', kmsKeyArn: ref(key(), 'arn') };
    const table = declared('aws:dynamodb/table:Table', 'carts', { name: 'carts', replicas: [west] });
    expect(outcome(keyRules, 'kms-standby-key-is-primary-arn', { resources: [table, key()] })).toBe('fires');
    expect(outcome(keyRules, 'kms-standby-key-is-primary-arn', { resources: [table, key({}, WEST)] })).toBe('silent');
    const copied = login({ replicas: [{ region: 'us-west-2', kmsKeyId: ref(key(), 'arn') }] });
    expect(outcome(keyRules, 'kms-standby-key-is-primary-arn', { resources: [copied, key()] })).toBe('fires');
    expect(
      outcome(keyRules, 'kms-standby-key-is-primary-arn', { resources: [login({ replicas: [{ region: 'us-west-2' }] })] }),
    ).toBe('silent');
  });

  it('a disabled key is said', () => {
    expect(messages(keyRules, 'kms-deletion-window-short', { resources: [key({ isEnabled: false })] })).toEqual([
      'key is disabled: nothing under it can be read',
    ]);
  });

  it('is silent about Regions when none was promised', () => {
    const agreed = [['RTO', 'az', 60]] as const;
    for (const [id, { fires }] of Object.entries(CASES))
      if (id !== 'kms-deletion-window-short') expect(outcome(keyRules, id, { ...fires, agreed })).toBe('silent');
  });
});
