import * as iam from '@pulumi/aws/iam/index.js';
import * as s3 from '@pulumi/aws/s3/index.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, jsonStringify, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Keys } from './keys.ts';
import { PrivateBucket } from './private-bucket.ts';
import type { SitePair } from './site.ts';

export interface ReplicatedBucketArgs {
  readonly sites: SitePair;
  readonly keys: Keys;
  readonly service: ServiceName;
  /** Makes the bucket names unique among all AWS accounts. */
  readonly accountId: string;
  /** Days for which the standby's bucket, which is also the backup, keeps every version whoever asks for its deletion. */
  readonly standbyLockedDays: number;
}

/**
 * Two versioned, encrypted buckets, the primary's objects replicated to the standby under replication time control. Objects
 * under KMS are replicated too and encrypted again with the standby's key. Delete markers stay behind on purpose: what is
 * deleted in the primary can still be read in the standby.
 */
export class ReplicatedBucket extends ComponentResource {
  readonly primaryBucket: Output<string>;
  readonly standbyBucket: Output<string>;

  constructor(name: string, args: ReplicatedBucketArgs, opts?: ComponentResourceOptions) {
    super('shop:objects:ReplicatedBucket', name, {}, opts);
    const { primary, standby } = args.sites;
    const tags = serviceTags(args.service);
    const source = new PrivateBucket(
      `${name}-primary`,
      { site: primary, kmsKeyArn: args.keys.primaryArn, accountId: args.accountId, tags },
      { parent: this },
    );
    const destination = new PrivateBucket(
      `${name}-standby`,
      { site: standby, kmsKeyArn: args.keys.standbyArn, accountId: args.accountId, tags, lockedDays: args.standbyLockedDays },
      { parent: this },
    );

    const child = { parent: this, provider: primary.provider };
    const role = new iam.Role(
      `${name}-replication`,
      { assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 's3.amazonaws.com' }), tags },
      child,
    );
    new iam.RolePolicy(
      `${name}-replication`,
      {
        role: role.id,
        policy: jsonStringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: source.arn },
            {
              Effect: 'Allow',
              Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
              Resource: interpolate`${source.arn}/*`,
            },
            { Effect: 'Allow', Action: ['s3:ReplicateObject', 's3:ReplicateTags'], Resource: interpolate`${destination.arn}/*` },
            { Effect: 'Allow', Action: 'kms:Decrypt', Resource: args.keys.primaryArn },
            { Effect: 'Allow', Action: 'kms:Encrypt', Resource: args.keys.standbyArn },
          ],
        }),
      },
      child,
    );
    new s3.BucketReplicationConfig(
      name,
      {
        bucket: source.bucket,
        role: role.arn,
        rules: [
          {
            id: 'to-standby',
            status: 'Enabled',
            filter: { prefix: '' },
            deleteMarkerReplication: { status: 'Disabled' },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
            destination: {
              bucket: destination.arn,
              storageClass: 'STANDARD',
              encryptionConfiguration: { replicaKmsKeyId: args.keys.standbyArn },
              replicationTime: { status: 'Enabled', time: { minutes: 15 } },
              metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
            },
          },
        ],
      },
      // S3 refuses a replication rule while either bucket is unversioned.
      { ...child, dependsOn: [source, destination] },
    );
    this.primaryBucket = source.bucket;
    this.standbyBucket = destination.bucket;
    this.registerOutputs({ primaryBucket: this.primaryBucket, standbyBucket: this.standbyBucket });
  }
}
