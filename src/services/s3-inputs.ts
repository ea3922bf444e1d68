/** How the inputs of an S3 bucket are spelled, in the bucket and in the resources beside it. */
import type { Known, Truth } from '../model/known.ts';
import { any, equals, fold, is, known, map, not } from '../model/known.ts';
import { isRecord } from '../model/value.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export const S3_BUCKET = 'aws:s3/bucket:Bucket';
export const S3_PARTS = {
  versioning: 'aws:s3/bucketVersioning:BucketVersioning',
  objectLock: 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration',
  encryption: 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  lifecycle: 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  replication: 'aws:s3/bucketReplicationConfig:BucketReplicationConfig',
  object: 'aws:s3/bucketObject:BucketObject',
  objectv2: 'aws:s3/bucketObjectv2:BucketObjectv2',
} as const;

/** The resource that configures one concern of the bucket, else the bucket with its inline input. */
export function besides(bucket: Props, type: string, view: View): Known<Props> {
  return map(only(view.attached(bucket.id, type, 'bucket')), (part) => part ?? bucket);
}

/** Versioning is off by default, and on whenever Object Lock is (S3 user guide, "Object Lock considerations"). */
export function bucketVersioned(bucket: Props, view: View): Truth {
  const inline = bucket.flag('versioning.enabled', false);
  const status = fold<Props | undefined, Truth>(
    only(view.attached(bucket.id, S3_PARTS.versioning, 'bucket')),
    (part) => (part === undefined ? inline : equals(part.text('versioningConfiguration.status'), 'Enabled')),
    (why) => any([inline, why]),
  );
  return any([lockInput(bucket), status]);
}

/** Inline: a flag on the bucket, or `Enabled` inside the deprecated block. */
export function lockInput(bucket: Props): Truth {
  return any([
    bucket.flag('objectLockEnabled', false),
    equals(bucket.text('objectLockConfiguration.objectLockEnabled'), 'Enabled'),
  ]);
}

/** Yes when none of the narrowing inputs is set; an empty prefix or an empty block is none. */
export function wholeOf(rule: Props, narrowing: readonly string[]): Truth {
  return not(
    any(
      narrowing.map((path) => {
        const value = rule.raw(path);
        // State files add `__defaults` to every block.
        if (isRecord(value))
          return known(
            Object.keys(value).some((key) => key !== '__defaults'),
            rule.origin(path),
          );
        return is(rule.text(path), (text) => text !== undefined && text !== '');
      }),
    ),
  );
}
