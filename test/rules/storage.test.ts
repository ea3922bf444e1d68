import { describe, expect, it } from 'vitest';
import type { Value, Values } from '../../src/model/value.ts';
import { storageRules } from '../../src/rules/storage.ts';
import { declared, hole, ref, subnet } from '../services/support-databases.ts';
import type { Promised, RuleCase } from './support-data.ts';
import { checkFamily, messages, outcome, runs, starts, WEST } from './support-data.ts';

const IDS = [
  's3-no-crr',
  's3-replication-versioning-off',
  's3-replication-no-rtc',
  's3-rpo-below-rtc',
  's3-kms-objects-not-replicated',
  's3-delete-marker-divergence',
  's3-failback-one-way',
  's3-no-immutability',
  's3-lifecycle-expires-before-retention',
  'efs-one-zone',
  'efs-mount-target-missing-az',
  'efs-no-replication',
];

type More = Parameters<typeof declared>[3];
const bucket = (inputs: Values = {}, more?: More, name = 'files') =>
  declared('aws:s3/bucket:Bucket', name, { bucket: name, ...inputs }, more);
const ON = { versioning: { enabled: true } };
const east = bucket(ON);
const west = (inputs: Values = ON, more: More = WEST) => bucket(inputs, more, 'files-west');
const replication = (rule: Values = {}, of = east, to = west(), name = 'out', more?: More) =>
  declared(
    'aws:s3/bucketReplicationConfig:BucketReplicationConfig',
    name,
    {
      bucket: ref(of),
      rules: [{ status: 'Enabled', ...rule, destination: { bucket: ref(to, 'arn'), ...(rule.destination as Values) } }],
    },
    more,
  );
const back = replication({}, west(), east, 'back', WEST);
const timed = { destination: { replicationTime: { status: 'Enabled' }, metrics: { status: 'Enabled' } } };
const KMS = {
  ...ON,
  serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms' } } },
};
const westKey = declared('aws:kms/key:Key', 'west', {}, WEST);
const selected = {
  sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
  destination: { encryptionConfiguration: { replicaKmsKeyId: ref(westKey, 'arn') } },
};
const lifecycle = (rule: Values) =>
  declared('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration', 'ages', {
    bucket: ref(east),
    rules: [{ status: 'Enabled', ...rule }],
  });
const lock = (defaultRetention: Value) =>
  declared('aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration', 'lock', {
    bucket: ref(east),
    rule: { defaultRetention },
  });

const share = (inputs: Values = {}, more?: More, name = 'share') => declared('aws:efs/fileSystem:FileSystem', name, inputs, more);
const mounted = (zone: string | ReturnType<typeof hole>, i = 0) => {
  const place = subnet(zone, `mount-${i}`);
  return [place, declared('aws:efs/mountTarget:MountTarget', `mount-${i}`, { fileSystemId: ref(share()), subnetId: ref(place) })];
};
const reader = runs('web', { variables: { SHARE: ref(share()) } }, 'us-east-1a,us-east-1b');
const shareCopy = (destination: Values) =>
  declared('aws:efs/replicationConfiguration:ReplicationConfiguration', 'copy', {
    sourceFileSystemId: ref(share()),
    destination,
  });

const rpo = (seconds: number): Promised => ['RPO', 'region', seconds];
const retention = (n: number): Promised => ['RETENTION', 'data', n * 86_400];

const CASES: Readonly<Record<string, RuleCase>> = {
  's3-no-crr': {
    fires: { resources: [bucket()], agreed: [rpo(3600)] },
    silent: { resources: [east, west(), replication()] },
    unknown: { resources: [east, west(ON, { in: null }), replication()] },
  },
  's3-replication-versioning-off': {
    fires: { resources: [east, west({}), replication()] },
    silent: { resources: [east, west(), replication()] },
    unknown: { resources: [east, west({ versioning: { enabled: hole() } }), replication()] },
  },
  's3-replication-no-rtc': {
    fires: { resources: [east, west(), replication()], agreed: [rpo(900)] },
    silent: { resources: [east, west(), replication(timed)], agreed: [rpo(900)] },
    unknown: {
      resources: [east, west(), replication({ destination: { ...timed.destination, replicationTime: { status: hole() } } })],
      agreed: [rpo(900)],
    },
  },
  's3-rpo-below-rtc': {
    fires: { resources: [east, west(), replication(timed)], agreed: [rpo(60)] },
    silent: { resources: [east, west(), replication(timed)], agreed: [rpo(900)] },
    unknown: { resources: [east, west(), replication({ status: hole() })], agreed: [rpo(60)] },
  },
  's3-kms-objects-not-replicated': {
    fires: { resources: [bucket(KMS), west(), replication()] },
    silent: { resources: [bucket(KMS), west(), westKey, replication(selected)] },
    unknown: {
      resources: [
        bucket(KMS),
        west(),
        westKey,
        replication({ ...selected, sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: hole() } } }),
      ],
    },
  },
  's3-delete-marker-divergence': {
    fires: { resources: [east, west(), replication({ filter: {}, deleteMarkerReplication: { status: 'Disabled' } })] },
    silent: { resources: [east, west(), replication({ filter: {}, deleteMarkerReplication: { status: 'Enabled' } })] },
    unknown: { resources: [east, west(), replication({ filter: {}, deleteMarkerReplication: { status: hole() } })] },
  },
  's3-failback-one-way': {
    fires: { resources: [east, west(), replication()] },
    silent: { resources: [east, west(), replication(), back] },
    unknown: {
      resources: [
        east,
        west(),
        replication(),
        declared('aws:s3/bucketReplicationConfig:BucketReplicationConfig', 'back', {
          bucket: ref(west()),
          rules: [{ status: hole(), destination: { bucket: ref(east, 'arn') } }],
        }),
      ],
    },
  },
  's3-no-immutability': {
    fires: { resources: [east], agreed: [retention(30)] },
    silent: { resources: [east, lock({ mode: 'COMPLIANCE', days: 30 })], agreed: [retention(30)] },
    unknown: { resources: [east, lock({ mode: 'COMPLIANCE', days: hole() })], agreed: [retention(30)] },
  },
  's3-lifecycle-expires-before-retention': {
    fires: { resources: [bucket(), lifecycle({ expiration: { days: 7 } })], agreed: [retention(30)] },
    // In a versioned bucket expiration only adds a delete marker.
    silent: { resources: [east, lifecycle({ expiration: { days: 7 } })], agreed: [retention(30)] },
    unknown: { resources: [bucket(), lifecycle({ expiration: { days: hole() } })], agreed: [retention(30)] },
  },
  'efs-one-zone': {
    fires: { resources: [share({ availabilityZoneName: 'us-east-1a' })] },
    silent: { resources: [share()] },
    unknown: { resources: [share({ availabilityZoneName: hole() })] },
  },
  'efs-mount-target-missing-az': {
    fires: { resources: [share(), ...mounted('us-east-1a'), reader] },
    silent: { resources: [share(), ...mounted('us-east-1a'), ...mounted('us-east-1b', 1), reader] },
    unknown: { resources: [share(), ...mounted('us-east-1a'), ...mounted(hole(), 1), reader] },
  },
  'efs-no-replication': {
    fires: { resources: [share()] },
    silent: {
      resources: [share(), shareCopy({ region: 'us-west-2' }), starts('efs-replication-failover', share())],
      agreed: [rpo(3600)],
    },
    unknown: { resources: [share(), shareCopy({ region: hole() }), starts('efs-replication-failover', share())] },
  },
};

describe('rules about storage', () => {
  checkFamily(storageRules, IDS, CASES);
});

describe('where other tools disagree', () => {
  it('D5: a copy in the same Region is no copy elsewhere', () => {
    const near = bucket(ON, {}, 'files-near');
    expect(outcome(storageRules, 's3-no-crr', { resources: [east, near, replication({}, east, near)] })).toBe('fires');
  });

  it('D6: resources of their own count as much as inline inputs', () => {
    const versioned = (of: typeof east, more?: More) =>
      declared(
        'aws:s3/bucketVersioning:BucketVersioning',
        `v-${of.name}`,
        { bucket: ref(of), versioningConfiguration: { status: 'Enabled' } },
        more,
      );
    const split = [bucket(), west({}), replication(), versioned(bucket()), versioned(west(), WEST)];
    const inline = [
      bucket({
        ...ON,
        replicationConfiguration: { rules: [{ status: 'Enabled', destination: { bucket: ref(west(), 'arn') } }] },
      }),
      west(),
    ];
    for (const resources of [split, inline])
      for (const id of ['s3-no-crr', 's3-replication-versioning-off'])
        expect(outcome(storageRules, id, { resources })).toBe('silent');
  });

  it('D9: a rule whose status nobody gave is unknown', () => {
    expect(outcome(storageRules, 's3-no-crr', { resources: [east, west(), replication({ status: hole() })] })).toBe('unknown');
  });

  it('D10: the agreement decides whether plain replication is enough', () => {
    const resources = [east, west(), replication()];
    expect(outcome(storageRules, 's3-replication-no-rtc', { resources, agreed: [rpo(3600)] })).toBe('silent');
    expect(outcome(storageRules, 's3-replication-no-rtc', { resources })).toBe('silent');
  });
});

describe('particular conditions', () => {
  it('the standby bucket needs no copy of its own', () => {
    const said = messages(storageRules, 's3-no-crr', { resources: [east, west(), replication()] });
    expect(said).toEqual([]);
  });

  it('a disabled rule, and a difference that cannot show one, are told apart', () => {
    expect(outcome(storageRules, 's3-no-crr', { resources: [east, west(), replication({ status: 'Disabled' })] })).toBe('fires');
    expect(outcome(storageRules, 's3-no-crr', { resources: [east], partial: true })).toBe('unknown');
  });

  it('noncurrent versions that go early are lost for good, unless they are locked', () => {
    const early = { noncurrentVersionExpiration: { noncurrentDays: 3 } };
    const agreed = [retention(30)];
    const id = 's3-lifecycle-expires-before-retention';
    expect(messages(storageRules, id, { resources: [east, lifecycle(early)], agreed })).toEqual([
      'files removes objects for good after 3 days; the agreement needs 30 days',
    ]);
    const locked = [east, lifecycle(early), lock({ mode: 'COMPLIANCE', days: 30 })];
    expect(outcome(storageRules, id, { resources: locked, agreed })).toBe('silent');
    expect(outcome(storageRules, id, { resources: [east, lifecycle({ ...early, status: 'Disabled' })], agreed })).toBe('silent');
  });

  it('an archive that takes longer to read than the RTO is said', () => {
    const resources = [east, lifecycle({ transitions: [{ days: 30, storageClass: 'DEEP_ARCHIVE' }] })];
    const id = 's3-lifecycle-expires-before-retention';
    expect(outcome(storageRules, id, { resources, agreed: [['RTO', 'data', 3600]] })).toBe('fires');
    expect(outcome(storageRules, id, { resources, agreed: [['RTO', 'data', 48 * 3600]] })).toBe('silent');
  });

  it('Object Lock without a default retention protects nothing by itself', () => {
    const said = messages(storageRules, 's3-no-immutability', {
      resources: [bucket({ objectLockEnabled: true })],
      agreed: [retention(30)],
    });
    expect(said[0]).toContain('without a default retention');
    const brief = { resources: [east, lock({ mode: 'COMPLIANCE', days: 7 })], agreed: [retention(30)] };
    expect(messages(storageRules, 's3-no-immutability', brief)[0]).toContain('7 days');
  });

  it.each<[string, Values, readonly Promised[], string]>([
    ['a person must delete the replication', { region: 'us-west-2' }, [rpo(3600)], 'by a person|a person'],
    ['the lag may exceed the RPO', { region: 'us-west-2' }, [rpo(60)], '15m'],
    ['the same Region', { region: 'us-east-1' }, [rpo(3600)], 'within its own Region'],
  ])('replication of a file system: %s', (_case, destination, agreed, words) => {
    const said = messages(storageRules, 'efs-no-replication', { resources: [share(), shareCopy(destination)], agreed });
    expect(said[0]).toMatch(new RegExp(words));
  });

  it('One Zone storage is not asked for mount targets elsewhere', () => {
    const resources = [share({ availabilityZoneName: 'us-east-1a' }), ...mounted('us-east-1a'), reader];
    expect(outcome(storageRules, 'efs-mount-target-missing-az', { resources })).toBe('silent');
  });
});
