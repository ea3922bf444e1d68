/** Amazon S3: buckets and what is configured for them. https://docs.aws.amazon.com/AmazonS3/latest/API/ */
import type * as S3 from '@aws-sdk/client-s3';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { GLOBAL, type World } from '../world/world.ts';
import { accessActions, accessOperations, newAccess } from './s3-access.ts';
import { s3Deployers } from './s3-deployers.ts';
import { begin } from './s3-events.ts';
import {
  BUCKETS,
  type Bucket,
  bucketAnywhere,
  bucketArn,
  bucketNamed,
  discard,
  link,
  nameOfArn,
  type Op,
  place,
  REPLICATING,
} from './s3-model.ts';
import { objectOperations } from './s3-objects.ts';

/** Every bucket encrypts with keys of S3 unless told otherwise (user guide, "Setting default server-side encryption"). */
const BY_DEFAULT: S3.ServerSideEncryptionRule = {
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
  BucketKeyEnabled: false,
};

const createBucket: Op<S3.CreateBucketCommandInput, S3.CreateBucketCommandOutput> = (input, context) => {
  const name = input.Bucket ?? '';
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
    throw new ServiceFault('InvalidBucketName', `The specified bucket is not valid: ${name}`);
  const there = bucketAnywhere(context.world, name);
  if (there !== undefined)
    throw there.account === context.account
      ? new ServiceFault('BucketAlreadyOwnedByYou', 'You already own the bucket.', 409)
      : new ServiceFault('BucketAlreadyExists', 'The requested bucket name is not available.', 409);
  const locked = input.ObjectLockEnabledForBucket === true;
  place(context.world, {
    name,
    arn: bucketArn(name),
    account: context.account,
    region: context.region,
    created: context.now,
    // Object Lock needs versions, and switches them on.
    versioning: locked ? 'Enabled' : undefined,
    encryption: BY_DEFAULT,
    replication: undefined,
    lifecycle: undefined,
    lock: locked ? { ObjectLockEnabled: 'Enabled' } : undefined,
    tags: [],
    policy: undefined,
    ...newAccess(),
    objects: new Map(),
  });
  return { Location: `/${name}`, BucketArn: bucketArn(name) };
};

/** Buckets of every Region, or of the one asked for, by name. */
const listBuckets: Op<S3.ListBucketsCommandInput, S3.ListBucketsCommandOutput> = (input, context) => {
  const own =
    input.BucketRegion === undefined
      ? context.world
          .everywhere(BUCKETS)
          .filter((b) => b.account === context.account)
          .map((b) => b.item)
      : context.world.list(BUCKETS, context.account, input.BucketRegion);
  const all = own.filter((b) => b.name.startsWith(input.Prefix ?? '')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, next } = page(all, input.ContinuationToken, input.MaxBuckets ?? 10_000);
  return {
    Buckets: items.map((b) => ({ Name: b.name, CreationDate: b.created, BucketRegion: b.region, BucketArn: b.arn })),
    Owner: { ID: context.account },
    ...(next === undefined ? {} : { ContinuationToken: next }),
  };
};

const putVersioning: Op<S3.PutBucketVersioningCommandInput, S3.PutBucketVersioningCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  const status = input.VersioningConfiguration?.Status;
  if (status !== 'Enabled' && (bucket.replication !== undefined || bucket.lock !== undefined))
    throw new ServiceFault(
      'InvalidBucketState',
      `${bucket.lock === undefined ? 'A replication configuration' : 'An Object Lock configuration'} is present on this bucket, so the versioning state cannot be changed.`,
      409,
    );
  bucket.versioning = status;
  relink(context.world);
  return {};
};

/** Any change may begin or end what is copied, here or towards here. */
function relink(world: World): void {
  for (const { item } of world.everywhere(REPLICATING)) link(world, item);
}

const putReplication: Op<S3.PutBucketReplicationCommandInput, S3.PutBucketReplicationCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  if (bucket.versioning !== 'Enabled')
    throw new ServiceFault('InvalidRequest', "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  for (const rule of input.ReplicationConfiguration?.Rules ?? []) {
    const message = objection(context, bucket, rule);
    if (message !== undefined) throw new ServiceFault('InvalidRequest', message);
  }
  bucket.replication = input.ReplicationConfiguration;
  context.world.put(REPLICATING, '', GLOBAL, bucket.name, bucket);
  link(context.world, bucket);
  return {};
};

/** Why S3 refuses the rule. */
function objection(context: CallContext, bucket: Bucket, rule: S3.ReplicationRule): string | undefined {
  const destination = bucketAnywhere(context.world, nameOfArn(rule.Destination?.Bucket));
  if (destination === undefined) return 'Destination bucket must exist.';
  if (destination === bucket) return 'Destination bucket cannot be the same as the source bucket.';
  if (destination.versioning !== 'Enabled') return 'Destination bucket must have versioning enabled.';
  if (rule.Filter !== undefined && rule.DeleteMarkerReplication === undefined)
    return 'DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema.';
  const keyed = rule.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID !== undefined;
  if (rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === 'Enabled' && !keyed)
    return 'EncryptionConfiguration must be specified if SseKmsEncryptedObjects is enabled.';
  return undefined;
}

const putLock: Op<S3.PutObjectLockConfigurationCommandInput, S3.PutObjectLockConfigurationCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  if (bucket.versioning !== 'Enabled')
    throw new ServiceFault(
      'InvalidBucketState',
      "Versioning must be 'Enabled' on the bucket to apply an Object Lock configuration",
      409,
    );
  bucket.lock = { ...input.ObjectLockConfiguration, ObjectLockEnabled: 'Enabled' };
  return {};
};

const deleteBucket: Op<S3.DeleteBucketCommandInput, S3.DeleteBucketCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  if (bucket.objects.size > 0) throw new ServiceFault('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
  discard(context.world, bucket);
  return {};
};

/** What is configured, or the error by which S3 says that nothing is. */
function configured<T>(value: T | undefined, code: string, message: string): T {
  if (value === undefined) throw new ServiceFault(code, message, 404);
  return value;
}

const operations = {
  ...objectOperations,
  ...accessOperations,
  CreateBucket: createBucket,
  DeleteBucket: deleteBucket,
  ListBuckets: listBuckets,
  HeadBucket: ((input, context) => ({
    BucketRegion: bucketNamed(context, input.Bucket).region,
  })) satisfies Op<S3.HeadBucketCommandInput, S3.HeadBucketCommandOutput>,
  GetBucketLocation: ((input, context) => {
    const bucket = bucketAnywhere(context.world, input.Bucket ?? '');
    if (bucket === undefined) throw new ServiceFault('NoSuchBucket', 'The specified bucket does not exist', 404);
    // us-east-1 has no location constraint. The others are spelled as the Region is, but for the names that the SDK lists.
    return bucket.region === 'us-east-1' ? {} : { LocationConstraint: bucket.region as S3.BucketLocationConstraint };
  }) satisfies Op<S3.GetBucketLocationCommandInput, S3.GetBucketLocationCommandOutput>,
  PutBucketVersioning: putVersioning,
  GetBucketVersioning: ((input, context) => {
    const { versioning } = bucketNamed(context, input.Bucket);
    return versioning === undefined ? {} : { Status: versioning };
  }) satisfies Op<S3.GetBucketVersioningCommandInput, S3.GetBucketVersioningCommandOutput>,
  PutBucketEncryption: ((input, context) => {
    const bucket = bucketNamed(context, input.Bucket);
    bucket.encryption = input.ServerSideEncryptionConfiguration?.Rules?.[0] ?? bucket.encryption;
    if (bucket.replication !== undefined) link(context.world, bucket);
    return {};
  }) satisfies Op<S3.PutBucketEncryptionCommandInput, S3.PutBucketEncryptionCommandOutput>,
  DeleteBucketEncryption: ((input, context) => {
    const bucket = bucketNamed(context, input.Bucket);
    bucket.encryption = BY_DEFAULT;
    if (bucket.replication !== undefined) link(context.world, bucket);
    return {};
  }) satisfies Op<S3.DeleteBucketEncryptionCommandInput, S3.DeleteBucketEncryptionCommandOutput>,
  GetBucketEncryption: ((input, context) => ({
    ServerSideEncryptionConfiguration: { Rules: [bucketNamed(context, input.Bucket).encryption] },
  })) satisfies Op<S3.GetBucketEncryptionCommandInput, S3.GetBucketEncryptionCommandOutput>,
  PutBucketReplication: putReplication,
  GetBucketReplication: ((input, context) => ({
    ReplicationConfiguration: configured(
      bucketNamed(context, input.Bucket).replication,
      'ReplicationConfigurationNotFoundError',
      'The replication configuration was not found',
    ),
  })) satisfies Op<S3.GetBucketReplicationCommandInput, S3.GetBucketReplicationCommandOutput>,
  DeleteBucketReplication: ((input, context) => {
    const bucket = bucketNamed(context, input.Bucket);
    bucket.replication = undefined;
    context.world.remove(REPLICATING, '', GLOBAL, bucket.name);
    link(context.world, bucket);
    return {};
  }) satisfies Op<S3.DeleteBucketReplicationCommandInput, S3.DeleteBucketReplicationCommandOutput>,
  PutBucketLifecycleConfiguration: ((input, context) => {
    bucketNamed(context, input.Bucket).lifecycle = input.LifecycleConfiguration?.Rules ?? [];
    return {};
  }) satisfies Op<S3.PutBucketLifecycleConfigurationCommandInput, S3.PutBucketLifecycleConfigurationCommandOutput>,
  DeleteBucketLifecycle: ((input, context) => {
    bucketNamed(context, input.Bucket).lifecycle = undefined;
    return {};
  }) satisfies Op<S3.DeleteBucketLifecycleCommandInput, S3.DeleteBucketLifecycleCommandOutput>,
  GetBucketLifecycleConfiguration: ((input, context) => ({
    Rules: [
      ...configured(
        bucketNamed(context, input.Bucket).lifecycle,
        'NoSuchLifecycleConfiguration',
        'The lifecycle configuration does not exist',
      ),
    ],
  })) satisfies Op<S3.GetBucketLifecycleConfigurationCommandInput, S3.GetBucketLifecycleConfigurationCommandOutput>,
  PutObjectLockConfiguration: putLock,
  GetObjectLockConfiguration: ((input, context) => ({
    ObjectLockConfiguration: configured(
      bucketNamed(context, input.Bucket).lock,
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
    ),
  })) satisfies Op<S3.GetObjectLockConfigurationCommandInput, S3.GetObjectLockConfigurationCommandOutput>,
  PutBucketTagging: ((input, context) => {
    bucketNamed(context, input.Bucket).tags = input.Tagging?.TagSet ?? [];
    return {};
  }) satisfies Op<S3.PutBucketTaggingCommandInput, S3.PutBucketTaggingCommandOutput>,
  DeleteBucketTagging: ((input, context) => {
    bucketNamed(context, input.Bucket).tags = [];
    return {};
  }) satisfies Op<S3.DeleteBucketTaggingCommandInput, S3.DeleteBucketTaggingCommandOutput>,
  GetBucketTagging: ((input, context) => {
    const { tags } = bucketNamed(context, input.Bucket);
    return { TagSet: [...configured(tags.length === 0 ? undefined : tags, 'NoSuchTagSet', 'The TagSet does not exist')] };
  }) satisfies Op<S3.GetBucketTaggingCommandInput, S3.GetBucketTaggingCommandOutput>,
  PutBucketPolicy: ((input, context) => {
    bucketNamed(context, input.Bucket).policy = input.Policy;
    return {};
  }) satisfies Op<S3.PutBucketPolicyCommandInput, S3.PutBucketPolicyCommandOutput>,
  DeleteBucketPolicy: ((input, context) => {
    bucketNamed(context, input.Bucket).policy = undefined;
    return {};
  }) satisfies Op<S3.DeleteBucketPolicyCommandInput, S3.DeleteBucketPolicyCommandOutput>,
  GetBucketPolicy: ((input, context) => ({
    Policy: configured(bucketNamed(context, input.Bucket).policy, 'NoSuchBucketPolicy', 'The bucket policy does not exist'),
  })) satisfies Op<S3.GetBucketPolicyCommandInput, S3.GetBucketPolicyCommandOutput>,
};

/** IAM's own names (service authorization reference, "Actions, resources, and condition keys for Amazon S3"). */
const actions = {
  ...accessActions,
  ListBuckets: 's3:ListAllMyBuckets',
  HeadBucket: 's3:ListBucket',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  GetBucketReplication: 's3:GetReplicationConfiguration',
  PutBucketReplication: 's3:PutReplicationConfiguration',
  DeleteBucketReplication: 's3:PutReplicationConfiguration',
  DeleteBucketEncryption: 's3:PutEncryptionConfiguration',
  DeleteBucketLifecycle: 's3:PutLifecycleConfiguration',
  DeleteBucketTagging: 's3:PutBucketTagging',
  GetBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  PutObjectLockConfiguration: 's3:PutBucketObjectLockConfiguration',
  HeadObject: 's3:GetObject',
  DeleteObjects: 's3:DeleteObject',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
};

export const s3: SimulatedService = { client: 's3', prefix: 's3', actions, operations, begin, deployers: s3Deployers };
