import * as s3 from '@pulumi/aws/s3/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { regionCode } from '../plan/naming.ts';
import type { Site } from './site.ts';

export interface PrivateBucketArgs {
  readonly site: Site;
  /** KMS key of the same Region. */
  readonly kmsKeyArn: Input<string>;
  /** Makes the bucket name unique among all AWS accounts. */
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Days for which Object Lock keeps every version, in compliance mode: nobody can delete it sooner, not even the root user. */
  readonly lockedDays?: number;
}

/** A versioned bucket under KMS that nobody outside can reach. */
export class PrivateBucket extends ComponentResource {
  readonly bucket: Output<string>;
  readonly arn: Output<string>;

  constructor(name: string, args: PrivateBucketArgs, opts?: ComponentResourceOptions) {
    super('shop:objects:PrivateBucket', name, {}, opts);
    const child = { parent: this, provider: args.site.provider };
    const bucket = new s3.Bucket(
      name,
      {
        bucket: `shop-${name}-${regionCode(args.site.region)}-${args.accountId}`,
        ...(args.lockedDays === undefined ? {} : { objectLockEnabled: true }),
        tags: args.tags,
      },
      { ...child, protect: true },
    );
    const versioning = new s3.BucketVersioning(
      name,
      { bucket: bucket.id, versioningConfiguration: { status: 'Enabled' } },
      child,
    );
    new s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.id,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: args.kmsKeyArn },
            bucketKeyEnabled: true,
          },
        ],
      },
      child,
    );
    new s3.BucketPublicAccessBlock(
      name,
      { bucket: bucket.id, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    if (args.lockedDays !== undefined) {
      new s3.BucketObjectLockConfiguration(
        name,
        { bucket: bucket.id, rule: { defaultRetention: { mode: 'COMPLIANCE', days: args.lockedDays } } },
        { ...child, dependsOn: [versioning] },
      );
    }
    this.bucket = bucket.id;
    this.arn = bucket.arn;
    this.registerOutputs({ bucket: this.bucket, arn: this.arn });
  }
}
