/** Objects and their versions: enough for canary writes, for replication to be seen, and for deletions that a lock refuses. */
import type * as S3 from '@aws-sdk/client-s3';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import { keyUsable } from './kms-model.ts';
import { canaryVersions, copyCanary } from './s3-canaries.ts';
import {
  type Bucket,
  bucketAnywhere,
  bucketNamed,
  copies,
  defaultOf,
  matches,
  type Op,
  replicationLag,
  stoppedSince,
  type Version,
} from './s3-model.ts';

const DAY = 24 * 3600 * 1000;

const newest = (bucket: Bucket, key: string): Version | undefined => bucket.objects.get(key)?.at(-1);

/** Overwrites the null version of a bucket without versions; else becomes the newest of them. */
function add(bucket: Bucket, key: string, version: Version): void {
  const versions = (bucket.objects.get(key) ?? []).filter((v) => version.id !== 'null' || v.id !== 'null');
  bucket.objects.set(key, [...versions, version]);
}

const versionId = (world: World, bucket: Bucket): string => (bucket.versioning === 'Enabled' ? world.random.hex(32) : 'null');

function usable(world: World, version: Pick<Version, 'encryption'>): void {
  if (!keyUsable(world, version.encryption.KMSMasterKeyID))
    throw new ServiceFault('KMS.DisabledException', 'The request was rejected because the KMS key is disabled.');
}

/** The writer's own retention, else the bucket's default one. */
function lockOf(input: S3.PutObjectCommandInput, bucket: Bucket, now: number): Version['lock'] {
  if (input.ObjectLockMode !== undefined && input.ObjectLockRetainUntilDate !== undefined)
    return { mode: input.ObjectLockMode, until: input.ObjectLockRetainUntilDate.getTime() };
  const retention = bucket.lock?.Rule?.DefaultRetention;
  if (retention?.Mode === undefined) return undefined;
  return { mode: retention.Mode, until: now + (retention.Days ?? (retention.Years ?? 0) * 365) * DAY };
}

const putObject: Op<S3.PutObjectCommandInput, S3.PutObjectCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  const { world } = context;
  const key = input.Key ?? '';
  const now = world.clock.now();
  const body = typeof input.Body === 'string' || input.Body instanceof Uint8Array ? input.Body : '';
  const encryption =
    input.ServerSideEncryption === undefined
      ? defaultOf(bucket)
      : {
          SSEAlgorithm: input.ServerSideEncryption,
          ...(input.SSEKMSKeyId === undefined ? {} : { KMSMasterKeyID: input.SSEKMSKeyId }),
        };
  const version: Version = {
    id: versionId(world, bucket),
    body,
    etag: `"${world.random.hex(32)}"`,
    at: now,
    marker: false,
    storageClass: input.StorageClass ?? 'STANDARD',
    encryption,
    lock: lockOf(input, bucket, now),
    hold: input.ObjectLockLegalHoldStatus === 'ON',
    replication: undefined,
  };
  usable(world, version);
  add(bucket, key, version);
  replicateObject(world, bucket, key, version);
  return { ETag: version.etag, ...(version.id === 'null' ? {} : { VersionId: version.id }) };
};

/** Each rule copies the new version; what arrives is a replica and is not copied on. */
function replicateObject(world: World, bucket: Bucket, key: string, version: Version): void {
  for (const rule of bucket.replication?.Rules ?? []) {
    if (rule.Status !== 'Enabled' || !matches(rule, key)) continue;
    if (version.marker && rule.Filter !== undefined && rule.DeleteMarkerReplication?.Status !== 'Enabled') continue;
    const destination = copies(world, bucket, rule, version.encryption.SSEAlgorithm);
    if (destination === undefined) continue;
    version.replication = 'PENDING';
    world.clock.after(replicationLag(world, bucket, rule), () => arrive(world, bucket, destination, rule, key, version));
  }
}

const RETRY = 60_000;

function arrive(
  world: World,
  bucket: Bucket,
  destination: Bucket,
  rule: S3.ReplicationRule,
  key: string,
  version: Version,
): void {
  if (
    world.regionIsLost(bucket.region) ||
    world.regionIsLost(destination.region) ||
    stoppedSince(world, bucket.arn) !== undefined
  ) {
    world.clock.after(RETRY, () => arrive(world, bucket, destination, rule, key, version));
    return;
  }
  if (bucketAnywhere(world, destination.name) !== destination) {
    version.replication = 'FAILED';
    return;
  }
  const replicaKey = rule.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
  add(destination, key, {
    ...version,
    storageClass: rule.Destination?.StorageClass ?? version.storageClass,
    encryption: replicaKey === undefined ? version.encryption : { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: replicaKey },
    replication: 'REPLICA',
  });
  version.replication = 'COMPLETE';
}

function find(
  context: CallContext,
  input: { Bucket?: string | undefined; Key?: string | undefined; VersionId?: string | undefined },
): Version {
  const bucket = bucketNamed(context, input.Bucket);
  const versions = bucket.objects.get(input.Key ?? '') ?? [];
  const version = input.VersionId === undefined ? versions.at(-1) : versions.find((v) => v.id === input.VersionId);
  if (version === undefined)
    throw input.VersionId === undefined
      ? new ServiceFault('NoSuchKey', 'The specified key does not exist.', 404, { Key: input.Key })
      : new ServiceFault('NoSuchVersion', 'The specified version does not exist.', 404);
  if (version.marker) throw new ServiceFault('NoSuchKey', 'The specified key does not exist.', 404, { Key: input.Key });
  usable(context.world, version);
  return version;
}

const head = (version: Version): Reply<S3.HeadObjectCommandOutput> => ({
  ETag: version.etag,
  LastModified: new Date(version.at),
  ContentLength: version.body.length,
  StorageClass: version.storageClass,
  ...(version.id === 'null' ? {} : { VersionId: version.id }),
  ...(version.replication === undefined ? {} : { ReplicationStatus: version.replication }),
  ...(version.encryption.SSEAlgorithm === undefined ? {} : { ServerSideEncryption: version.encryption.SSEAlgorithm }),
  ...(version.lock === undefined
    ? {}
    : { ObjectLockMode: version.lock.mode, ObjectLockRetainUntilDate: new Date(version.lock.until) }),
});

/** Compliance mode yields to nobody, governance mode to whoever may bypass it, a legal hold to its removal. */
export function isLocked(version: Version, now: number, bypass: boolean): boolean {
  if (version.hold) return true;
  return version.lock !== undefined && version.lock.until > now && !(version.lock.mode === 'GOVERNANCE' && bypass);
}

function remove(
  context: CallContext,
  bucket: Bucket,
  object: S3.ObjectIdentifier,
  bypass: boolean,
): Reply<S3.DeleteObjectCommandOutput> {
  const { world } = context;
  const key = object.Key ?? '';
  const versions = bucket.objects.get(key) ?? [];
  if (object.VersionId === undefined) {
    if (bucket.versioning === undefined) {
      bucket.objects.delete(key);
      return {};
    }
    const marker: Version = {
      id: versionId(world, bucket),
      body: '',
      etag: '',
      at: world.clock.now(),
      marker: true,
      storageClass: 'STANDARD',
      encryption: { SSEAlgorithm: 'AES256' },
      lock: undefined,
      hold: false,
      replication: undefined,
    };
    add(bucket, key, marker);
    replicateObject(world, bucket, key, marker);
    return { DeleteMarker: true, VersionId: marker.id };
  }
  const version = versions.find((v) => v.id === object.VersionId);
  if (version !== undefined && isLocked(version, world.clock.now(), bypass))
    throw new ServiceFault('AccessDenied', 'Access Denied because object protected by object lock.', 403);
  const rest = versions.filter((v) => v !== version);
  if (rest.length === 0) bucket.objects.delete(key);
  else bucket.objects.set(key, rest);
  return { VersionId: object.VersionId, ...(version?.marker === true ? { DeleteMarker: true } : {}) };
}

const deleteObjects: Op<S3.DeleteObjectsCommandInput, S3.DeleteObjectsCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  const Deleted: S3.DeletedObject[] = [];
  const Errors: S3._Error[] = [];
  for (const object of input.Delete?.Objects ?? []) {
    try {
      const done = remove(context, bucket, object, input.BypassGovernanceRetention === true);
      Deleted.push({ Key: object.Key, ...done });
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      Errors.push({ Key: object.Key, Code: error.code, Message: error.message });
    }
  }
  return { Deleted, Errors };
};

const listVersions: Op<S3.ListObjectVersionsCommandInput, S3.ListObjectVersionsCommandOutput> = (input, context) => {
  const bucket = bucketNamed(context, input.Bucket);
  const all = [...bucket.objects]
    .filter(([key]) => key.startsWith(input.Prefix ?? ''))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, versions]) => [...versions].reverse().map((version, i) => ({ key, version, latest: i === 0 })));
  const { items, next } = page(all, input.KeyMarker, input.MaxKeys ?? 1000);
  const entry = ({ key, version, latest }: (typeof all)[number]) => ({
    Key: key,
    VersionId: version.id,
    IsLatest: latest,
    LastModified: new Date(version.at),
  });
  return {
    Name: bucket.name,
    Versions: [
      ...items.filter((i) => !i.version.marker).map((i) => ({ ...entry(i), ETag: i.version.etag, Size: i.version.body.length })),
      // On the last page: what is written through the data plane is listed after everything else.
      ...(next === undefined ? canaryVersions(context.world, bucket.arn) : []),
    ],
    DeleteMarkers: items.filter((i) => i.version.marker).map(entry),
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextKeyMarker: next }),
  };
};

/** Within a Region or across: the request goes to the destination, which reads the source. */
const copyObject: Op<S3.CopyObjectCommandInput, S3.CopyObjectCommandOutput> = (input, context) => {
  const { world } = context;
  const [, name = '', key = '', VersionId] = /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.*))?$/.exec(input.CopySource ?? '') ?? [];
  const into = bucketNamed(context, input.Bucket);
  const source = bucketAnywhere(world, name);
  if (source === undefined) throw new ServiceFault('NoSuchBucket', 'The specified bucket does not exist', 404);
  const Key = decodeURIComponent(key);
  if (copyCanary(world, source.arn, into.arn, Key)) return { CopyObjectResult: {} };
  const version = find({ ...context, region: source.region }, { Bucket: name, Key, VersionId });
  const copy: Version = {
    ...version,
    id: versionId(world, into),
    at: world.clock.now(),
    encryption: defaultOf(into),
    replication: undefined,
  };
  add(into, input.Key ?? '', copy);
  replicateObject(world, into, input.Key ?? '', copy);
  return { CopyObjectResult: { ETag: copy.etag, LastModified: new Date(copy.at) } };
};

type GotObject = Omit<Reply<S3.GetObjectCommandOutput>, 'Body'> & { readonly Body: string | Uint8Array };

export const objectOperations = {
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: ((input, context) => {
    const version = find(context, input);
    return { ...head(version), Body: version.body };
  }) satisfies Operation<S3.GetObjectCommandInput, GotObject>,
  HeadObject: ((input, context) => {
    const bucket = bucketNamed(context, input.Bucket);
    // HEAD has no body to tell one error from another.
    if (newest(bucket, input.Key ?? '') === undefined) throw new ServiceFault('NotFound', 'Not Found', 404);
    return head(find(context, input));
  }) satisfies Op<S3.HeadObjectCommandInput, S3.HeadObjectCommandOutput>,
  DeleteObject: ((input, context) =>
    remove(
      context,
      bucketNamed(context, input.Bucket),
      { Key: input.Key, VersionId: input.VersionId },
      input.BypassGovernanceRetention === true,
    )) satisfies Op<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput>,
  DeleteObjects: deleteObjects,
  ListObjectVersions: listVersions,
  ListObjectsV2: ((input, context) => {
    const bucket = bucketNamed(context, input.Bucket);
    const all = [...bucket.objects]
      .map(([Key, versions]) => ({ Key, version: versions.at(-1) }))
      .filter(({ Key, version }) => Key.startsWith(input.Prefix ?? '') && version?.marker === false)
      .sort((a, b) => (a.Key < b.Key ? -1 : 1));
    const { items, next } = page(all, input.ContinuationToken, input.MaxKeys ?? 1000);
    return {
      Name: bucket.name,
      KeyCount: items.length,
      Contents: items.map(({ Key, version }) => ({
        Key,
        ETag: version?.etag,
        Size: version?.body.length ?? 0,
        LastModified: new Date(version?.at ?? 0),
      })),
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextContinuationToken: next }),
    };
  }) satisfies Op<S3.ListObjectsV2CommandInput, S3.ListObjectsV2CommandOutput>,
};
