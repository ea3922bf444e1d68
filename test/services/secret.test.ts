import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { SECRET, secret } from '../../src/services/secret.ts';
import { armed, declared, estate, factsOf, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

describe('replicas', () => {
  it.each<[string, Values, string]>([
    ['none', {}, 'absent'],
    ['another Region', { replicas: [{ region: 'us-west-2' }] }, 'yes'],
    ['its own Region', { replicas: [{ region: 'us-east-1' }] }, 'no'],
    ['an unknown Region', { replicas: [{ region: hole }] }, 'unknown'],
    ['unknown replicas', { replicas: hole }, 'unknown'],
  ])('%s', (_, inputs, expected) => {
    const s = declared(SECRET, 's', inputs);
    const m = meaningOf(secret, estate(s), s);
    expect([armed(m, 'secret-replica', 'region'), impact(m, 'region'), impact(m, 'data')]).toEqual([
      expected,
      'lost',
      'unaffected',
    ]);
  });

  it('are read in their own Region', () => {
    const s = declared(SECRET, 's', { replicas: [{ region: 'us-west-2' }, { region: 'eu-west-1' }] });
    const m = meaningOf(secret, estate(s), s);
    expect(m.protections.map((p) => p.into)).toMatchObject([{ value: 'us-west-2' }, { value: 'eu-west-1' }]);
    expect(protection(m, 'secret-replica', 'region')?.automation).toBe('always-on');
  });
});

it('knows its key, rotation and recovery window', () => {
  const key = declared('aws:kms/key:Key', 'k');
  const s = declared(SECRET, 's', { kmsKeyId: ref(key, 'arn'), recoveryWindowInDays: 0 });
  const rotation = declared('aws:secretsmanager/secretRotation:SecretRotation', 'r', { secretId: ref(s) });
  const view = estate(key, s, rotation);
  expect(factsOf(secret, view, s)).toMatchObject({ rotated: { value: true }, recoveryWindowDays: { value: 0 } });
  expect(meaningOf(secret, view, s).links).toMatchObject([{ to: { value: key.urn }, carries: 'key' }]);
});
