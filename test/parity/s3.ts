/** Generated buckets in both styles of declaration: everything inside the bucket, and one resource for each concern. */
import fc from 'fast-check';
import type { Value, Values } from '../../src/model/value.ts';
import type { Declaration } from './law.ts';
import { inputs, ref } from './law.ts';

const BUCKET = 'aws:s3/bucket:Bucket';
const KEY = 'aws:kms/key:Key';
const beside = (what: string, name: string, given: Values, region?: string): Declaration => ({
  type: `aws:s3/bucket${what}:Bucket${what}`,
  name,
  inputs: given,
  ...(region === undefined ? {} : { region }),
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const onOff = fc.constantFrom('Enabled', 'Disabled');
const status = (value: string | undefined): Values | undefined => (value === undefined ? undefined : { status: value });

const lifecycle = fc.record({
  id: fc.constantFrom('one', 'two'),
  enabled: fc.boolean(),
  narrow: fc.constantFrom('no', 'prefix', 'filter', 'empty', 'tag', 'and', 'size'),
  days: maybe(fc.integer({ min: 1, max: 400 })),
  noncurrent: maybe(fc.integer({ min: 1, max: 400 })),
  newer: maybe(fc.integer({ min: 1, max: 5 })),
  moved: fc.boolean(),
});

const filters: Readonly<Record<string, Values | undefined>> = {
  filter: { prefix: 'logs/' },
  empty: {},
  tag: { tag: { key: 'a', value: 'b' } },
  and: { and: { prefix: 'logs/', tags: { a: 'b' } } },
  size: { objectSizeGreaterThan: 1000 },
};

const rule = fc.record({
  status: onOff,
  narrow: fc.constantFrom('no', 'empty', 'prefix', 'filter', 'tag', 'and'),
  markers: onOff,
  archive: fc.constantFrom(undefined, 'STANDARD_IA', 'GLACIER'),
  timed: maybe(onOff),
  metrics: maybe(onOff),
  modifications: maybe(onOff),
  /** Key of the copies: in the destination's Region, in the source's, or none. */
  key: fc.constantFrom('there', 'here', 'none'),
  selected: fc.boolean(),
  to: fc.constantFrom('us-east-1', 'eu-west-1'),
});

const config = fc.record({
  style: fc.constantFrom('inside', 'beside'),
  versioning: fc.constantFrom(undefined, 'Enabled', 'Suspended', 'Disabled'),
  lock: fc.constantFrom('none', 'flag', 'retention', 'beside'),
  encryption: fc.constantFrom(undefined, 'AES256', 'aws:kms', 'own'),
  lifecycle: maybe(fc.uniqueArray(lifecycle, { minLength: 1, maxLength: 2, selector: (l) => l.id })),
  replication: maybe(rule),
  back: fc.boolean(),
  tags: fc.boolean(),
});

type Config = typeof config extends fc.Arbitrary<infer T> ? T : never;
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

function encryptionOf(c: Config): Values | undefined {
  if (c.encryption === undefined) return undefined;
  const own = c.encryption === 'own';
  return {
    applyServerSideEncryptionByDefault: inputs({
      sseAlgorithm: own ? 'aws:kms' : c.encryption,
      kmsMasterKeyId: own ? ref(KEY, 'here', 'arn') : undefined,
    }),
  };
}

const ruleBeside = (r: Rule): Values =>
  inputs({
    id: 'copy',
    priority: r.narrow === 'no' || r.narrow === 'prefix' ? undefined : 1,
    status: r.status,
    prefix: r.narrow === 'prefix' ? 'logs/' : undefined,
    filter: filters[r.narrow],
    deleteMarkerReplication: filters[r.narrow] === undefined ? undefined : status(r.markers),
    sourceSelectionCriteria:
      r.selected || r.modifications !== undefined
        ? inputs({
            // Without a key for the copies S3 refuses the selection.
            sseKmsEncryptedObjects: r.selected && r.key !== 'none' ? status('Enabled') : undefined,
            replicaModifications: status(r.modifications),
          })
        : undefined,
    destination: inputs({
      bucket: ref(BUCKET, 'copies', 'arn'),
      storageClass: r.archive,
      encryptionConfiguration: r.key === 'none' ? undefined : { replicaKmsKeyId: keyFor(r) },
      replicationTime: r.timed === undefined ? undefined : { status: r.timed, time: { minutes: 15 } },
      metrics: r.metrics === undefined ? undefined : { status: r.metrics, eventThreshold: { minutes: 15 } },
    }),
  });

const keyFor = (r: Rule): Value => ref(KEY, r.key === 'here' || r.to === 'us-east-1' ? 'here' : 'there', 'arn');

const ruleInside = (r: Rule): Values =>
  inputs({
    id: 'copy',
    status: r.status,
    prefix: r.narrow === 'prefix' ? 'logs/' : undefined,
    filter: r.narrow === 'filter' ? { prefix: 'logs/' } : undefined,
    deleteMarkerReplicationStatus: r.narrow === 'filter' ? r.markers : undefined,
    sourceSelectionCriteria: r.selected && r.key !== 'none' ? { sseKmsEncryptedObjects: { enabled: true } } : undefined,
    destination: inputs({
      bucket: ref(BUCKET, 'copies', 'arn'),
      storageClass: r.archive,
      replicaKmsKeyId: r.key === 'none' ? undefined : keyFor(r),
      replicationTime: r.timed === undefined ? undefined : { status: r.timed, minutes: 15 },
      metrics: r.metrics === undefined ? undefined : { status: r.metrics, minutes: 15 },
    }),
  });

/** What S3 would refuse is not generated: replication and Object Lock need versions, and keep them. */
function coherent(c: Config): Config {
  const locked = c.lock === 'flag' || c.lock === 'retention';
  const needs = c.replication !== undefined || c.lock !== 'none';
  return { ...c, versioning: locked ? undefined : needs ? 'Enabled' : c.versioning };
}

const retention: Values = { mode: 'COMPLIANCE', days: 30 };

function inside(c: Config): readonly Declaration[] {
  return [
    {
      type: BUCKET,
      name: 'orders',
      inputs: inputs({
        bucket: 'orders-data',
        tags: c.tags ? { team: 'shop' } : undefined,
        versioning: c.versioning === undefined ? undefined : { enabled: c.versioning === 'Enabled' },
        objectLockEnabled: c.lock === 'flag' ? true : undefined,
        objectLockConfiguration:
          c.lock === 'retention' ? { objectLockEnabled: 'Enabled', rule: { defaultRetention: retention } } : undefined,
        serverSideEncryptionConfiguration: c.encryption === undefined ? undefined : { rule: encryptionOf(c) ?? {} },
        lifecycleRules: c.lifecycle?.map((l) =>
          inputs({
            id: l.id,
            enabled: l.enabled,
            prefix: l.narrow === 'prefix' ? 'logs/' : undefined,
            expiration: l.days === undefined ? undefined : { days: l.days },
            noncurrentVersionExpiration: l.noncurrent === undefined ? undefined : { days: l.noncurrent },
          }),
        ),
        replicationConfiguration:
          c.replication === undefined
            ? undefined
            : { role: 'arn:aws:iam::111122223333:role/copy', rules: [ruleInside(c.replication)] },
      }),
    },
    ...(c.lock === 'beside' ? [lockBeside('orders')] : []),
  ];
}

const lockBeside = (bucket: string): Declaration =>
  beside('ObjectLockConfiguration', `${bucket}-lock`, {
    bucket: ref(BUCKET, bucket),
    rule: { defaultRetention: { mode: 'GOVERNANCE', years: 1 } },
  });

function besides(c: Config): readonly Declaration[] {
  const bucket = ref(BUCKET, 'orders');
  const declared: Declaration[] = [
    {
      type: BUCKET,
      name: 'orders',
      inputs: inputs({
        bucket: 'orders-data',
        tags: c.tags ? { team: 'shop' } : undefined,
        objectLockEnabled: c.lock === 'flag' || c.lock === 'retention' ? true : undefined,
      }),
    },
  ];
  if (c.versioning !== undefined)
    declared.push(beside('Versioning', 'versions', { bucket, versioningConfiguration: { status: c.versioning } }));
  if (c.lock === 'beside') declared.push(lockBeside('orders'));
  const encryption = encryptionOf(c);
  if (encryption !== undefined)
    declared.push(beside('ServerSideEncryptionConfiguration', 'encryption', { bucket, rules: [encryption] }));
  if (c.lifecycle !== undefined)
    declared.push(
      beside('LifecycleConfiguration', 'lifecycle', {
        bucket,
        rules: c.lifecycle.map((l) =>
          inputs({
            id: l.id,
            status: l.enabled ? 'Enabled' : 'Disabled',
            prefix: l.narrow === 'prefix' ? 'logs/' : undefined,
            filter: filters[l.narrow],
            expiration: l.days === undefined ? undefined : { days: l.days },
            noncurrentVersionExpiration:
              l.noncurrent === undefined ? undefined : inputs({ noncurrentDays: l.noncurrent, newerNoncurrentVersions: l.newer }),
            transitions: l.moved ? [{ days: 1, storageClass: 'GLACIER' }] : undefined,
          }),
        ),
      }),
    );
  if (c.replication !== undefined)
    declared.push(
      beside('ReplicationConfig', 'replication', {
        bucket,
        role: 'arn:aws:iam::111122223333:role/copy',
        rules: [ruleBeside(c.replication)],
      }),
    );
  return declared;
}

/** The destination, with its versions, and perhaps a rule back. */
function destination(c: Config): readonly Declaration[] {
  if (c.replication === undefined) return [];
  const region = c.replication.to;
  const copies: Declaration = { type: BUCKET, name: 'copies', region, inputs: { bucket: 'orders-copies' } };
  const versions = beside(
    'Versioning',
    'copies-versions',
    { bucket: ref(BUCKET, 'copies'), versioningConfiguration: { status: 'Enabled' } },
    region,
  );
  const back = beside(
    'ReplicationConfig',
    'back',
    {
      bucket: ref(BUCKET, 'copies'),
      role: 'arn:aws:iam::111122223333:role/copy',
      rules: [{ id: 'back', status: 'Enabled', destination: { bucket: 'arn:aws:s3:::orders-data' } }],
    },
    region,
  );
  return [copies, versions, ...(c.back ? [back] : [])];
}

const keys: readonly Declaration[] = [
  { type: KEY, name: 'here', inputs: {} },
  { type: KEY, name: 'there', region: 'eu-west-1', inputs: {} },
];

/** What a rule refers to comes before it: destinations first, the rule back last. */
export const cases: fc.Arbitrary<readonly Declaration[]> = config.map(coherent).map((c) => {
  const [copies, versions, ...back] = destination(c);
  const first = [copies, versions].filter((d) => d !== undefined);
  return [...keys, ...first, ...(c.style === 'inside' ? inside(c) : besides(c)), ...back];
});
