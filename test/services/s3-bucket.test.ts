import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { s3Bucket } from '../../src/services/s3-bucket.ts';
import { S3_BUCKET, S3_PARTS } from '../../src/services/s3-inputs.ts';
import { answer, armed, declared, estate, factsOf, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

const WEST = { region: 'us-west-2' };

interface Case {
  readonly rule?: Values;
  readonly sourceVersioning?: Value;
  readonly targetVersioning?: Value;
  readonly encryption?: Values;
  readonly target?: Resource;
}

/** A bucket with one replication rule to a bucket in another Region, right unless the case says otherwise. */
function replicated(c: Case = {}) {
  const source = declared(S3_BUCKET, 'source');
  const target = c.target ?? declared(S3_BUCKET, 'target', {}, WEST);
  const key = declared('aws:kms/key:Key', 'copies', {}, WEST);
  const versioning = (of: Resource, status: Value): Resource =>
    declared(S3_PARTS.versioning, `${of.name}-versioning`, { bucket: ref(of), versioningConfiguration: { status } });
  const rule: Values = { status: 'Enabled', destination: { bucket: ref(target, 'arn') }, filter: {}, ...c.rule };
  const view = estate(
    source,
    target,
    key,
    versioning(source, c.sourceVersioning ?? 'Enabled'),
    versioning(target, c.targetVersioning ?? 'Enabled'),
    declared(S3_PARTS.replication, 'replication', { bucket: ref(source), role: 'role', rules: [rule] }),
    ...(c.encryption === undefined
      ? []
      : [
          declared(S3_PARTS.encryption, 'encryption', {
            bucket: ref(source),
            rules: [{ applyServerSideEncryptionByDefault: c.encryption }],
          }),
        ]),
  );
  return { view, source, target, key };
}

const KEY_ARN = 'arn:aws:kms:us-west-2:111122223333:key/1';
const kmsRule = (region = 'us-west-2'): Values => ({
  destination: {
    bucket: ref(declared(S3_BUCKET, 'target'), 'arn'),
    encryptionConfiguration: { replicaKmsKeyId: KEY_ARN.replace('us-west-2', region) },
  },
  sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
});

describe('replication', () => {
  const sameRegion = declared(S3_BUCKET, 'target');
  const cases: readonly [string, Case, string][] = [
    ['to another Region, both versioned', {}, 'yes'],
    ['rule disabled', { rule: { status: 'Disabled' } }, 'no'],
    ['rule status unknown', { rule: { status: hole } }, 'unknown'],
    ['same Region', { target: sameRegion }, 'no'],
    ['destination Region unknown', { target: declared(S3_BUCKET, 'target', {}, { region: '?' }) }, 'unknown'],
    ['source versioning suspended', { sourceVersioning: 'Suspended' }, 'no'],
    ['destination versioning suspended', { targetVersioning: 'Suspended' }, 'no'],
    ['destination versioning unknown', { targetVersioning: hole }, 'unknown'],
    ['only a prefix', { rule: { filter: { prefix: 'logs/' } } }, 'unknown'],
    ['empty prefix', { rule: { filter: { prefix: '' } } }, 'yes'],
    ['only a tag', { rule: { filter: { tag: { key: 'a', value: 'b' } } } }, 'unknown'],
    ['destination outside the sources', { rule: { destination: { bucket: 'arn:aws:s3:::elsewhere' } } }, 'unknown'],
    ['KMS objects not selected', { encryption: { sseAlgorithm: 'aws:kms' } }, 'no'],
    ['KMS objects selected with a key', { encryption: { sseAlgorithm: 'aws:kms' }, rule: kmsRule() }, 'yes'],
    ['KMS key of the wrong Region', { encryption: { sseAlgorithm: 'aws:kms:dsse' }, rule: kmsRule('us-east-1') }, 'no'],
    ['KMS objects under S3 keys', { encryption: { sseAlgorithm: 'AES256' } }, 'yes'],
    ['encryption unknown', { encryption: { sseAlgorithm: hole } }, 'unknown'],
  ];
  it.each(cases)('%s', (_, c, expected) => {
    const { view, source } = replicated(c);
    expect(armed(meaningOf(s3Bucket, view, source), 's3-replication', 'region')).toBe(expected);
  });

  it('names the destination as the successor, in its Region', () => {
    const { view, source, target } = replicated();
    const p = protection(meaningOf(s3Bucket, view, source), 's3-replication', 'region');
    expect(p?.successors).toMatchObject({ value: [target.urn] });
    expect(p?.into).toMatchObject({ value: 'us-west-2' });
    expect(p?.automation).toBe('always-on');
    expect(p?.point).toEqual({ kind: 'row', row: 's3-replication-lag' });
  });

  it('knows time control, metrics and the reverse rule', () => {
    const { view, source, target } = replicated({
      rule: {
        destination: {
          bucket: ref(declared(S3_BUCKET, 'target'), 'arn'),
          replicationTime: { status: 'Enabled', time: { minutes: 15 } },
          metrics: { status: 'Enabled' },
        },
      },
    });
    const rule = fold(
      factsOf(s3Bucket, view, source).replication,
      (rules) => rules[0],
      () => undefined,
    );
    expect([rule?.timeControl, rule?.metrics, rule?.reverse, rule?.deleteMarkers].map(answer)).toEqual([
      'yes',
      'yes',
      'no',
      'no',
    ]);
    expect(protection(meaningOf(s3Bucket, view, source), 's3-replication', 'region')?.point).toEqual({
      kind: 'row',
      row: 's3-rtc-lag',
    });
    const there = declared(S3_BUCKET, 'there', {}, WEST);
    const here = declared(S3_BUCKET, 'here', {
      replicationConfiguration: { role: 'r', rules: [{ status: 'Enabled', destination: { bucket: ref(there) } }] },
    });
    const back = declared(S3_PARTS.replication, 'back', {
      bucket: ref(there),
      rules: [{ status: 'Enabled', destination: { bucket: ref(here) } }],
    });
    const both = factsOf(s3Bucket, estate(here, there, back), here).replication;
    expect(
      fold(
        both,
        (rules) => rules.map((r) => [answer(r.reverse), answer(r.deleteMarkers)]),
        () => [],
      ),
    ).toEqual([['yes', 'yes']]);
    expect(target.name).toBe('target');
  });

  it('into an archive class a person has to restore first', () => {
    const { view, source } = replicated({
      rule: { destination: { bucket: ref(declared(S3_BUCKET, 'target'), 'arn'), storageClass: 'DEEP_ARCHIVE' } },
    });
    const p = protection(meaningOf(s3Bucket, view, source), 's3-replication', 'region');
    expect([p?.automation, p?.time]).toEqual(['human-execution', { kind: 'row', row: 's3-archive-restore' }]);
  });

  it('protects against the loss of the account only in another account', () => {
    const one = { account: '111122223333' };
    const target = (account: string): Resource =>
      declared(S3_BUCKET, 'target', { versioning: { enabled: true } }, { ...WEST, account });
    const armedFor = (account: string): string => {
      const to = target(account);
      const source = declared(
        S3_BUCKET,
        'source',
        {
          versioning: { enabled: true },
          replicationConfiguration: { rules: [{ status: 'Enabled', destination: { bucket: ref(to) } }] },
        },
        one,
      );
      return armed(meaningOf(s3Bucket, estate(source, to), source), 's3-replication', 'account');
    };
    expect([armedFor('444455556666'), armedFor('111122223333')]).toEqual(['yes', 'absent']);
  });

  it('says nothing when its rules are not known', () => {
    const bucket = declared(S3_BUCKET, 'b', { replicationConfiguration: hole });
    expect(armed(meaningOf(s3Bucket, estate(bucket), bucket), 's3-replication', 'region')).toBe('unknown');
  });
});

describe('inline style', () => {
  it('has spellings of its own for keys and time control', () => {
    const target = declared(S3_BUCKET, 'target', { versioning: { enabled: true } }, WEST);
    const rules = [
      {
        status: 'Enabled',
        destination: {
          bucket: ref(target, 'arn'),
          replicaKmsKeyId: KEY_ARN,
          replicationTime: { status: 'Enabled', minutes: 15 },
        },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { enabled: true } },
      },
    ];
    const source = declared(S3_BUCKET, 'source', {
      versioning: { enabled: true },
      serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms' } } },
      replicationConfiguration: { role: 'r', rules },
    });
    const m = meaningOf(s3Bucket, estate(source, target), source);
    expect(armed(m, 's3-replication', 'region')).toBe('yes');
    expect(protection(m, 's3-replication', 'region')?.point).toEqual({ kind: 'row', row: 's3-rtc-lag' });
  });

  it('a resource of its own wins over the inline input', () => {
    const bucket = declared(S3_BUCKET, 'b', { versioning: { enabled: true } });
    const part = declared(S3_PARTS.versioning, 'v', { bucket: ref(bucket), versioningConfiguration: { status: 'Suspended' } });
    expect(armed(meaningOf(s3Bucket, estate(bucket, part), bucket), 's3-versioning', 'data')).toBe('no');
  });
});

describe('versions', () => {
  const cases: readonly [string, Values, string][] = [
    ['nothing set', {}, 'no'],
    ['enabled', { versioning: { enabled: true } }, 'yes'],
    ['unknown', { versioning: hole }, 'unknown'],
    ['object lock', { objectLockEnabled: true }, 'yes'],
  ];
  it.each(cases)('%s', (_, inputs, expected) => {
    const bucket = declared(S3_BUCKET, 'b', inputs);
    const m = meaningOf(s3Bucket, estate(bucket), bucket);
    expect(armed(m, 's3-versioning', 'data')).toBe(expected);
    expect([impact(m, 'az'), impact(m, 'region'), impact(m, 'data'), impact(m, 'software')]).toEqual([
      'unaffected',
      'lost',
      'lost',
      'absent',
    ]);
  });

  it('a configuration for some unknown bucket makes versioning unknown, not off', () => {
    const bucket = declared(S3_BUCKET, 'b');
    const stray = declared(S3_PARTS.versioning, 'v', { bucket: hole, versioningConfiguration: { status: 'Enabled' } });
    expect(armed(meaningOf(s3Bucket, estate(bucket, stray), bucket), 's3-versioning', 'data')).toBe('unknown');
  });

  it.each<[string, Values[], Values, number]>([
    ['no rule: for ever', [], {}, Number.POSITIVE_INFINITY],
    ['noncurrent versions expire', [{ status: 'Enabled', noncurrentVersionExpiration: { noncurrentDays: 30 } }], {}, 30],
    [
      'disabled rule',
      [{ status: 'Disabled', noncurrentVersionExpiration: { noncurrentDays: 30 } }],
      {},
      Number.POSITIVE_INFINITY,
    ],
    [
      'object lock outlasts it',
      [{ status: 'Enabled', noncurrentVersionExpiration: { noncurrentDays: 30 } }],
      { objectLockConfiguration: { objectLockEnabled: 'Enabled', rule: { defaultRetention: { mode: 'COMPLIANCE', years: 1 } } } },
      365,
    ],
  ])('%s', (_, rules, inputs, days) => {
    const bucket = declared(S3_BUCKET, 'b', { versioning: { enabled: true }, ...inputs });
    const lifecycle = declared(S3_PARTS.lifecycle, 'l', { bucket: ref(bucket), rules });
    const m = meaningOf(s3Bucket, estate(bucket, lifecycle), bucket);
    expect(m.retentionDays).toMatchObject({ value: days });
  });
});

describe('law: not knowing an input never arms a protection', () => {
  it('for any rule property cut out of a working rule', () => {
    const RANK = { yes: 2, unknown: 1, no: 0, absent: 0 };
    const property = fc.constantFrom('status', 'destination', 'filter', 'sourceSelectionCriteria');
    fc.assert(
      fc.property(
        property,
        fc.constantFrom('Enabled', 'Disabled'),
        fc.constantFrom('Enabled', 'Suspended'),
        (cut, status, versioning) => {
          const before = replicated({ rule: { status }, targetVersioning: versioning });
          const after = replicated({ rule: { status, [cut]: hole }, targetVersioning: versioning });
          const was = armed(meaningOf(s3Bucket, before.view, before.source), 's3-replication', 'region');
          const is = armed(meaningOf(s3Bucket, after.view, after.source), 's3-replication', 'region');
          expect(is === 'yes' && was !== 'yes').toBe(false);
          expect(RANK[is as keyof typeof RANK]).toBeLessThanOrEqual(Math.max(1, RANK[was as keyof typeof RANK]));
        },
      ),
      { numRuns: 40 },
    );
  });
});
