/** S3 buckets and their objects as the world keeps them. */
import type * as S3 from '@aws-sdk/client-s3';
import { follow, followersOf, promote } from '../plane/logs.ts';
import { listen, refused } from '../plane/network.ts';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { GLOBAL, shelf, type World } from '../world/world.ts';
import { keyUsable } from './kms-model.ts';

export type Op<I, O> = Operation<I, Reply<O>>;

export interface Version {
  /** `null` in a bucket without versions. */
  readonly id: string;
  readonly body: string | Uint8Array;
  readonly etag: string;
  readonly at: number;
  readonly marker: boolean;
  readonly storageClass: S3.StorageClass;
  readonly encryption: S3.ServerSideEncryptionByDefault;
  /** Object Lock: neither overwritten nor deleted before then. */
  lock: { readonly mode: S3.ObjectLockRetentionMode; readonly until: number } | undefined;
  hold: boolean;
  replication: S3.ReplicationStatus | undefined;
}

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly created: Date;
  versioning: S3.BucketVersioningStatus | undefined;
  encryption: S3.ServerSideEncryptionRule;
  replication: S3.ReplicationConfiguration | undefined;
  lifecycle: readonly S3.LifecycleRule[] | undefined;
  lock: S3.ObjectLockConfiguration | undefined;
  tags: readonly S3.Tag[];
  policy: string | undefined;
  publicAccess: S3.PublicAccessBlockConfiguration | undefined;
  ownership: S3.ObjectOwnership;
  /** Versions of each key, the newest last. */
  readonly objects: Map<string, Version[]>;
}

export const BUCKETS = shelf<Bucket>('s3:bucket');
/** Buckets that have a replication configuration, by name: any change elsewhere may begin or end what they copy. */
export const REPLICATING = shelf<Bucket>('s3:replicating');
/** Bucket names are taken in all accounts and Regions at once. */
const NAMES = shelf<Bucket>('s3:bucket-name');

export const bucketArn = (name: string): string => `arn:aws:s3:::${name}`;
export const nameOfArn = (text: string | undefined): string => (text ?? '').replace(/^arn:[^:]+:s3:::/, '');

export const bucketAnywhere = (world: World, name: string): Bucket | undefined => world.get(NAMES, '', GLOBAL, name);

/** The bucket of the call, which must be made in its Region. */
export function bucketNamed(context: CallContext, name: string | undefined): Bucket {
  const bucket = bucketAnywhere(context.world, name ?? '');
  if (bucket === undefined) throw new ServiceFault('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (bucket.account !== context.account) throw new ServiceFault('AccessDenied', 'Access Denied', 403);
  if (bucket.region !== context.region) {
    const message = 'The bucket you are attempting to access must be addressed using the specified endpoint.';
    throw new ServiceFault('PermanentRedirect', message, 301, { Bucket: bucket.name, Endpoint: endpoint(bucket) });
  }
  return bucket;
}

export const endpoint = (bucket: Bucket): string => `${bucket.name}.s3.${bucket.region}.amazonaws.com`;

export function place(world: World, bucket: Bucket): void {
  world.put(BUCKETS, bucket.account, bucket.region, bucket.name, bucket);
  world.put(NAMES, '', GLOBAL, bucket.name, bucket);
  for (const host of [endpoint(bucket), `${bucket.name}.s3.amazonaws.com`, bucket.arn])
    listen(world, host, () => {
      if (world.regionIsLost(bucket.region)) return refused(`${bucket.region} does not answer`);
      if (bucketAnywhere(world, bucket.name) !== bucket) return refused('NoSuchBucket');
      if (!keyUsable(world, defaultKey(bucket))) return refused('KMS.DisabledException');
      return { kind: 'served', by: bucket.arn, region: bucket.region, zone: undefined, writes: bucket.arn };
    });
}

export function discard(world: World, bucket: Bucket): void {
  world.remove(BUCKETS, bucket.account, bucket.region, bucket.name);
  world.remove(NAMES, '', GLOBAL, bucket.name);
  world.remove(REPLICATING, '', GLOBAL, bucket.name);
}

export const defaultOf = (bucket: Bucket): S3.ServerSideEncryptionByDefault =>
  bucket.encryption.ApplyServerSideEncryptionByDefault ?? { SSEAlgorithm: 'AES256' };
const defaultKey = (bucket: Bucket): string | undefined => defaultOf(bucket).KMSMasterKeyID;

/** The rule is there for objects of that encryption, and both ends can do it now. */
export function copies(
  world: World,
  bucket: Bucket,
  rule: S3.ReplicationRule,
  encryption: string | undefined,
): Bucket | undefined {
  const destination = bucketAnywhere(world, nameOfArn(rule.Destination?.Bucket));
  if (rule.Status !== 'Enabled' || bucket.versioning !== 'Enabled' || destination?.versioning !== 'Enabled') return undefined;
  const plain = encryption === undefined || encryption === 'AES256';
  if (!plain && rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== 'Enabled') return undefined;
  return destination;
}

/**
 * Milliseconds until an object is copied. With Replication Time Control most take seconds and 99.9 % at most 15 minutes (its SLA);
 * without, most are copied within 15 minutes (user guide, "Replicating objects").
 */
export function replicationLag(world: World, bucket: Bucket, rule: S3.ReplicationRule): number {
  const timed = rule.Destination?.ReplicationTime?.Status === 'Enabled';
  const isUsual = world.random.next() < (timed ? 0.999 : 0.9);
  const [least, most] = timed ? (isUsual ? [2, 30] : [30, 900]) : isUsual ? [5, 120] : [120, 900];
  return between(world, least, most) + lagFault(world, bucket.arn);
}

export function lagFault(world: World, arn: string): number {
  let extra = 0;
  for (const { fault } of world.faults)
    if (fault.kind === 'replication-lag' && fault.arn === arn) extra = Math.max(extra, fault.seconds * 1000);
  return extra;
}

/** Since when replication out of the bucket stands still. */
export const stoppedSince = (world: World, arn: string): number | undefined =>
  world.faults.find(({ fault }) => fault.kind === 'replication-stopped' && fault.arn === arn)?.since;

/** Makes the logs of the destinations follow the bucket, by the rules that copy what is written to it without a prefix or tag. */
export function link(world: World, bucket: Bucket): void {
  const wanted = new Map<string, S3.ReplicationRule>();
  if (!world.regionIsLost(bucket.region))
    for (const rule of bucket.replication?.Rules ?? []) {
      const destination = copies(world, bucket, rule, defaultOf(bucket).SSEAlgorithm);
      if (destination !== undefined && matches(rule, '') && !world.regionIsLost(destination.region))
        wanted.set(destination.arn, rule);
    }
  const linked = new Set(followersOf(world, bucket.arn));
  for (const arn of linked) if (!wanted.has(arn)) promote(world, arn);
  for (const [arn, rule] of wanted)
    if (!linked.has(arn)) follow(world, bucket.arn, arn, () => replicationLag(world, bucket, rule));
}

/** Does a rule take an object of that key? Objects of simulated AWS carry no tags. */
export function matches(rule: S3.ReplicationRule, key: string): boolean {
  const { Filter: filter } = rule;
  if (filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0) return false;
  return key.startsWith(filter?.And?.Prefix ?? filter?.Prefix ?? rule.Prefix ?? '');
}
