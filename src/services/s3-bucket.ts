/**
 * S3 general purpose buckets, in both styles of declaration: everything inside the bucket (aws 5 and 6, and the
 * deprecated inputs of 7) and one resource per concern beside it. A resource of its own wins over the inline input.
 */
import type { Known, Truth } from '../model/known.ts';
import { andThen, collect, decide, equals, fold, known, map, together } from '../model/known.ts';
import type { Meaning, Protection } from '../model/protection.ts';
import { fixed, row } from '../model/protection.ts';
import { keyReference } from './kms-key.ts';
import { linkTo, spelling } from './links.ts';
import { besides, bucketVersioned, lockInput, S3_BUCKET, S3_PARTS, wholeOf } from './s3-inputs.ts';
import type { ReplicationRule } from './s3-replication.ts';
import { readReplication, replicationProtections } from './s3-replication.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export interface BucketFacts extends Identity {
  readonly versioned: Truth;
  readonly objectLock: Known<ObjectLock>;
  /** `AES256`, `aws:kms` or `aws:kms:dsse`: what objects get when the writer asks for nothing else. */
  readonly encryption: Known<string>;
  /** Key of the default encryption; undefined: AWS's own. */
  readonly key: Known<string | undefined>;
  readonly replication: Known<readonly ReplicationRule[]>;
  readonly lifecycle: Known<readonly LifecycleRule[]>;
  /** Destroying the stack destroys the objects. */
  readonly forceDestroy: Known<boolean>;
}

export interface ObjectLock {
  readonly enabled: boolean;
  /** Default retention of new objects; undefined: none, so locks are up to each writer. */
  readonly retention: { readonly mode: Known<string | undefined>; readonly days: Known<number> } | undefined;
}

export interface LifecycleRule {
  readonly enabled: Truth;
  /** Applies to every object; else to a prefix, a tag or a size only. */
  readonly whole: Truth;
  /** Days after which current versions expire: for good in an unversioned bucket, behind a delete marker in a versioned one. */
  readonly expirationDays: Known<number | undefined>;
  readonly expirationDate: Known<string | undefined>;
  readonly noncurrentDays: Known<number | undefined>;
  readonly newerNoncurrentVersions: Known<number | undefined>;
  readonly storageClasses: Known<readonly string[]>;
}

export const s3Bucket = service<BucketFacts>({
  id: 's3-bucket',
  title: 'S3 bucket',
  kind: 'store',
  types: [S3_BUCKET],
  parts: Object.values(S3_PARTS).map((type) => ({ type, of: 'bucket' })),
  declare(props, view) {
    const encryption = besides(props, S3_PARTS.encryption, view);
    return {
      ...identityOf(props),
      versioned: bucketVersioned(props, view),
      objectLock: objectLockOf(props, view),
      // SSE-S3 is the default for every bucket since January 2023
      // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html).
      encryption: andThen(encryption, (e) => e.text(encryptionPath(e, 'sseAlgorithm'), 'AES256')),
      key: andThen(encryption, (e) => keyReference(e, encryptionPath(e, 'kmsMasterKeyId'), view)),
      replication: readReplication(props, view),
      lifecycle: andThen(besides(props, S3_PARTS.lifecycle, view), (owner) => lifecycleOf(owner)),
      forceDestroy: props.flag('forceDestroy', false),
    };
  },
  mean: meanBucket,
});

function objectLockOf(bucket: Props, view: View): Known<ObjectLock> {
  return andThen(only(view.attached(bucket.id, S3_PARTS.objectLock, 'bucket')), (part) => {
    if (part === undefined) {
      return map(lockInput(bucket), (enabled) => ({
        enabled,
        retention: retentionOf(bucket, 'objectLockConfiguration.rule.defaultRetention'),
      }));
    }
    // objectLockEnabled of the resource: "Enabled" by default and the only value.
    return map(part.text('objectLockEnabled', 'Enabled'), (v) => ({
      enabled: v === 'Enabled',
      retention: retentionOf(part, 'rule.defaultRetention'),
    }));
  });
}

function retentionOf(owner: Props, path: string): ObjectLock['retention'] {
  if (owner.raw(path) === undefined) return undefined;
  return {
    mode: owner.text(`${path}.mode`),
    days: andThen(owner.number(`${path}.days`), (days) =>
      days === undefined ? map(owner.number(`${path}.years`, 0), (y) => y * 365) : known(days),
    ),
  };
}

function encryptionPath(owner: Props, property: string): string {
  const apply = `applyServerSideEncryptionByDefault.${property}`;
  if (owner.type === S3_PARTS.encryption) return `rules.${apply}`;
  return `serverSideEncryptionConfiguration.rule.${apply}`;
}

function lifecycleOf(owner: Props): Known<readonly LifecycleRule[]> {
  return map(owner.blocks(owner.type === S3_PARTS.lifecycle ? 'rules' : 'lifecycleRules'), (rules) => rules.map(lifecycleRule));
}

function lifecycleRule(rule: Props): LifecycleRule {
  const narrowing = [
    'prefix',
    'tags',
    'filter.prefix',
    'filter.tag',
    'filter.and',
    'filter.objectSizeGreaterThan',
    'filter.objectSizeLessThan',
  ];
  return {
    enabled: rule.raw('status') === undefined ? rule.flag('enabled', false) : equals(rule.text('status'), 'Enabled'),
    whole: wholeOf(rule, narrowing),
    expirationDays: rule.number('expiration.days'),
    expirationDate: rule.text('expiration.date'),
    noncurrentDays: rule.number(spelling(rule, 'noncurrentVersionExpiration.noncurrentDays', 'noncurrentVersionExpiration.days')),
    newerNoncurrentVersions: rule.number('noncurrentVersionExpiration.newerNoncurrentVersions'),
    storageClasses: map(rule.blocks('transitions'), (moves) =>
      moves.flatMap((m) =>
        fold(
          m.text('storageClass'),
          (c) => (c === undefined ? [] : [c]),
          () => [],
        ),
      ),
    ),
  };
}

function meanBucket(facts: BucketFacts): Meaning {
  return meaning({
    kind: 'store',
    placement: regional,
    under: regionalImpacts(true),
    protections: [versionRestore(facts), ...replicationProtections(facts)],
    links: [
      ...fold(
        facts.encryption,
        (algorithm) => (algorithm === 'AES256' ? [] : linkTo(facts.key, 'key', 'serverSideEncryption')),
        () => linkTo(facts.key, 'key', 'serverSideEncryption'),
      ),
      ...fold(
        facts.replication,
        (rules) => rules.flatMap((rule) => linkTo(rule.destination, 'replica', 'replication')),
        () => [],
      ),
    ],
    retentionDays: historyDays(facts),
  });
}

/** Overwritten and deleted objects stay as noncurrent versions; a person finds the last good ones and copies them back. */
function versionRestore(facts: BucketFacts): Protection {
  return {
    mechanism: 's3-versioning',
    scopes: ['data'],
    automation: 'human-execution',
    armed: facts.versioned,
    successors: known([facts.id]),
    into: undefined,
    time: row('s3-version-restore'),
    point: fixed(0, 'every version before the damage is kept'),
    calls: [{ action: 's3:PutObject', region: facts.region, plane: 'data' }],
    action: undefined,
    says: 'earlier versions of damaged objects can be copied back, as long as nobody deleted the versions themselves',
  };
}

/**
 * Days for which an overwritten or deleted object can still be brought back: until the first enabled lifecycle rule
 * removes noncurrent versions, but at least as long as Object Lock's default retention. Without such a rule: for ever.
 */
function historyDays(facts: BucketFacts): Known<number> {
  const expiry = andThen(facts.lifecycle, (rules) =>
    map(
      collect(rules.map((rule) => andThen(rule.enabled, (enabled) => (enabled ? rule.noncurrentDays : known(undefined))))),
      (days) => Math.min(...days.map((d) => d ?? Number.POSITIVE_INFINITY)),
    ),
  );
  const locked = andThen(facts.objectLock, (lock) => (lock.enabled ? (lock.retention?.days ?? known(0)) : known(0)));
  return decide(facts.versioned, {
    yes: () => map(together({ expiry, locked }), (d) => Math.max(d.expiry, d.locked)),
    no: () => known(0, { resource: facts.id }),
    unknown: (why) => why,
  });
}
