import { describe, expect, it } from 'vitest';
import type { Value, Values } from '../../src/model/value.ts';
import {
  KMS_ALIAS,
  KMS_EXTERNAL_KEY,
  KMS_KEY,
  KMS_REPLICA_KEY,
  keyReference,
  keyRegion,
  kmsKey,
} from '../../src/services/kms-key.ts';
import { armed, declared, estate, factsOf, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

describe('loss of the Region', () => {
  it.each<[string, Values, boolean, string]>([
    ['single-Region key', {}, false, 'no'],
    ['multi-Region without a replica', { multiRegion: true }, false, 'no'],
    ['multi-Region with a replica', { multiRegion: true }, true, 'yes'],
    ['not known whether multi-Region', { multiRegion: hole }, true, 'unknown'],
  ])('%s', (_, inputs, replicated, expected) => {
    const key = declared(KMS_KEY, 'k', inputs);
    const replica = declared(KMS_REPLICA_KEY, 'r', { primaryKeyArn: ref(key, 'arn') }, { region: 'us-west-2' });
    const m = meaningOf(kmsKey, estate(key, ...(replicated ? [replica] : [])), key);
    expect([armed(m, 'kms-multi-region-key', 'region'), impact(m, 'region'), impact(m, 'az')]).toEqual([
      expected,
      'lost',
      'unaffected',
    ]);
  });

  it('a replica is stood in for by its primary and the other replicas', () => {
    const key = declared(KMS_KEY, 'k', { multiRegion: true });
    const one = declared(KMS_REPLICA_KEY, 'one', { primaryKeyArn: ref(key, 'arn') }, { region: 'us-west-2' });
    const two = declared(KMS_REPLICA_KEY, 'two', { primaryKeyArn: ref(key, 'arn') }, { region: 'eu-west-1' });
    const m = meaningOf(kmsKey, estate(key, one, two), one);
    expect(protection(m, 'kms-multi-region-key', 'region')?.successors).toMatchObject({ value: [key.urn, two.urn] });
    expect(m.links).toMatchObject([{ to: { value: key.urn }, carries: 'replica' }]);
  });

  it('a replica of some unknown key leaves every multi-Region key unknown', () => {
    const key = declared(KMS_KEY, 'k', { multiRegion: true });
    const stray = declared(KMS_REPLICA_KEY, 'r', { primaryKeyArn: hole });
    expect(armed(meaningOf(kmsKey, estate(key, stray), key), 'kms-multi-region-key', 'region')).toBe('unknown');
  });
});

describe('defaults', () => {
  it.each<[string, string, Values, unknown, unknown]>([
    ['key', KMS_KEY, {}, { value: true }, { value: 30 }],
    ['disabled key', KMS_KEY, { isEnabled: false, deletionWindowInDays: 7 }, { value: false }, { value: 7 }],
    ['disabled replica', KMS_REPLICA_KEY, { enabled: false }, { value: false }, { value: 30 }],
    ['external key without material', KMS_EXTERNAL_KEY, {}, { state: 'unknown' }, { value: 30 }],
  ])('%s', (_, type, inputs, enabled, window) => {
    const key = declared(type, 'k', inputs);
    expect(factsOf(kmsKey, estate(key), key)).toMatchObject({ enabled, deletionWindowDays: window });
  });
});

it.each([
  ['Enabled', true],
  ['PendingImport', false],
])('the state of a key whose material is imported outside the code says whether it can be used: %s', (keyState, enabled) => {
  const key = declared(KMS_EXTERNAL_KEY, 'k', {}, { outputs: { keyState } });
  expect(factsOf(kmsKey, estate(key), key)).toMatchObject({ enabled: { value: enabled } });
});

describe('references', () => {
  const key = declared(KMS_KEY, 'k', {}, { region: 'us-west-2', outputs: { arn: 'arn:aws:kms:us-west-2:111122223333:key/1' } });
  const alias = declared(KMS_ALIAS, 'a', { name: 'alias/shop', targetKeyId: ref(key, 'keyId') });
  it.each<[string, Value, unknown, unknown]>([
    ['by resource', ref(key, 'arn'), { value: key.urn }, { value: 'us-west-2' }],
    ['through an alias', ref(alias, 'arn'), { value: key.urn }, { value: 'us-west-2' }],
    ['by the name of an alias', 'alias/shop', { value: key.urn }, { value: 'us-west-2' }],
    ['by ARN', 'arn:aws:kms:us-west-2:111122223333:key/1', { value: key.urn }, { value: 'us-west-2' }],
    ['by the ARN of a key elsewhere', 'arn:aws:kms:eu-west-1:111122223333:key/9', { reason: 'dangling' }, { value: 'eu-west-1' }],
    ['not known', hole, { state: 'unknown' }, { state: 'unknown' }],
  ])('%s', (_, kmsKeyId, target, region) => {
    const user = declared('aws:efs/fileSystem:FileSystem', 'f', { kmsKeyId });
    const view = estate(key, alias, user);
    const props = view.get(user.urn);
    if (props === undefined) throw new Error('missing');
    expect(keyReference(props, 'kmsKeyId', view)).toMatchObject(target as object);
    expect(keyRegion(props, 'kmsKeyId', view)).toMatchObject(region as object);
  });
});
