/** Buckets, what stands beside them, and objects, from the inputs of the Pulumi provider. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, changesOf, putAgain, unlessGone } from '../deploy/lifecycle.ts';
import { ServiceFault } from '../service.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { bucketArn } from './s3-model.ts';

type Inputs = Given['inputs'];
type Send = (operation: string, input: object) => Promise<unknown>;

/** The provider makes names of up to 63 characters in lower case. */
const lower = (name: string): string => name.toLowerCase().replace(/[^a-z0-9.-]/g, '-');

async function bucket(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const prefix = textOf(inputs.bucketPrefix);
  const name =
    given.id ??
    textOf(inputs.bucket) ??
    (prefix === undefined ? lower(deployment.physicalName(given)) : `${prefix}${deployment.world.random.hex(26)}`);
  const locked = isLocked(inputs);
  const send = sender(name, deployment);
  await send('CreateBucket', {
    ObjectLockEnabledForBucket: locked,
    ...(given.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: given.region } }),
  });
  if (Object.keys(given.tags).length > 0) await send('PutBucketTagging', { Tagging: { TagSet: tagList(given.tags) } });
  await inline(inputs, send, locked);
  const domain = `${name}.s3.${given.region}.amazonaws.com`;
  return {
    id: name,
    outputs: {
      arn: bucketArn(name),
      bucket: name,
      region: given.region,
      bucketDomainName: `${name}.s3.amazonaws.com`,
      bucketRegionalDomainName: domain,
    },
  };
}

const isLocked = (inputs: Inputs): boolean =>
  flagOf(inputs.objectLockEnabled) === true || textOf(blockOf(inputs.objectLockConfiguration)?.objectLockEnabled) === 'Enabled';

const sender =
  (Bucket: string, deployment: Deployment): Send =>
  (operation, input) =>
    deployment.call('s3', operation, { Bucket, ...input });

/** Inputs inside the bucket that say something else; what is said no longer stays, as the provider leaves it. */
const changeBucket = changedBy(async ({ id = '', inputs }, before, deployment) => {
  const send = sender(id, deployment);
  const versions = (of: Inputs): boolean => flagOf(blockOf(of.versioning)?.enabled) === true;
  if (versions(before.inputs) && !versions(inputs) && inputs.versioning !== undefined)
    await send('PutBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } });
  await inline(changesOf(inputs, before.inputs) as Inputs, send, isLocked(inputs));
});

/** With `forceDestroy` the provider empties a bucket first; without it, one that holds anything stays. */
async function removeBucket({ id = '', inputs }: Given, deployment: Deployment): Promise<void> {
  const send = sender(id, deployment);
  if (flagOf(inputs.forceDestroy) === true) await unlessGone(empty('', send));
  await unlessGone(send('DeleteBucket', {}));
}

/** Deletes every version of every key that begins so, also under governance. */
async function empty(prefix: string, send: Send, isWanted: (key: string | undefined) => boolean = () => true): Promise<void> {
  for (let KeyMarker: string | undefined, VersionIdMarker: string | undefined, more = true; more; ) {
    const asked = without({ Prefix: prefix, KeyMarker, VersionIdMarker });
    const page = (await send('ListObjectVersions', asked)) as S3.ListObjectVersionsCommandOutput;
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
      if (isWanted(Key)) await send('DeleteObject', { Key, VersionId, BypassGovernanceRetention: true });
    ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
    more = page.IsTruncated === true;
  }
}

/** The deprecated inputs inside the bucket, in the order in which they need one another. */
async function inline(inputs: Inputs, send: Send, locked: boolean): Promise<void> {
  if (flagOf(blockOf(inputs.versioning)?.enabled) === true && !locked)
    await send('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } });
  const retention = blockOf(blockOf(blockOf(inputs.objectLockConfiguration)?.rule)?.defaultRetention);
  if (retention !== undefined) await send('PutObjectLockConfiguration', { ObjectLockConfiguration: lockOf(retention) });
  const encryption = blockOf(blockOf(inputs.serverSideEncryptionConfiguration)?.rule);
  if (encryption !== undefined) await encrypt(encryption, send);
  const rules = blocksOf(inputs.lifecycleRules);
  if (rules.length > 0)
    await send('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: rules.map(lifecycle) } });
  const replication = blockOf(inputs.replicationConfiguration);
  if (replication !== undefined) await replicate(replication, send);
}

const lockOf = (retention: Block): S3.ObjectLockConfiguration => ({
  ObjectLockEnabled: 'Enabled',
  Rule: {
    DefaultRetention: without({
      Mode: textOf(retention.mode) === 'COMPLIANCE' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const),
      Days: numberOf(retention.days),
      Years: numberOf(retention.years),
    }),
  },
});

async function encrypt(rule: Block, send: Send): Promise<void> {
  const byDefault = blockOf(rule.applyServerSideEncryptionByDefault);
  const Rule = without({
    ApplyServerSideEncryptionByDefault: without({
      SSEAlgorithm: textOf(byDefault?.sseAlgorithm) ?? 'AES256',
      KMSMasterKeyID: textOf(byDefault?.kmsMasterKeyId),
    }),
    BucketKeyEnabled: flagOf(rule.bucketKeyEnabled),
  });
  await send('PutBucketEncryption', { ServerSideEncryptionConfiguration: { Rules: [Rule] } });
}

/** `rules` of the resource of its own, or `lifecycleRules` of the bucket, which spell the same things in two ways. */
function lifecycle(rule: Block): object {
  const expiration = blockOf(rule.expiration);
  const noncurrent = blockOf(rule.noncurrentVersionExpiration);
  const transitions = blocksOf(rule.transitions);
  return without({
    ID: textOf(rule.id),
    Status: textOf(rule.status) ?? (flagOf(rule.enabled) === true ? 'Enabled' : 'Disabled'),
    ...narrowing(rule),
    Expiration:
      expiration === undefined
        ? undefined
        : without({
            Days: numberOf(expiration.days),
            Date: textOf(expiration.date) === undefined ? undefined : new Date(textOf(expiration.date) ?? 0),
            ExpiredObjectDeleteMarker: flagOf(expiration.expiredObjectDeleteMarker),
          }),
    NoncurrentVersionExpiration:
      noncurrent === undefined
        ? undefined
        : without({
            NoncurrentDays: numberOf(noncurrent.noncurrentDays ?? noncurrent.days),
            NewerNoncurrentVersions: numberOf(noncurrent.newerNoncurrentVersions),
          }),
    Transitions:
      transitions.length === 0
        ? undefined
        : transitions.map((t) => without({ Days: numberOf(t.days), StorageClass: textOf(t.storageClass) })),
  });
}

/** A prefix outside a filter is the first version of the schema; inside the bucket there is no other. */
function narrowing(rule: Block): object {
  const filter = blockOf(rule.filter);
  const tags = blockOf(rule.tags);
  if (filter === undefined)
    return tags === undefined
      ? { Prefix: textOf(rule.prefix) ?? '' }
      : { Filter: { And: without({ Prefix: textOf(rule.prefix), Tags: tagsOf(tags) }) } };
  const tag = blockOf(filter.tag);
  const and = blockOf(filter.and);
  return {
    Filter: without({
      Prefix: tag === undefined && and === undefined ? (textOf(filter.prefix) ?? '') : undefined,
      Tag: tag === undefined ? undefined : { Key: textOf(tag.key), Value: textOf(tag.value) },
      And: and === undefined ? undefined : without({ Prefix: textOf(and.prefix), Tags: tagsOf(blockOf(and.tags) ?? {}) }),
      ObjectSizeGreaterThan: numberOf(filter.objectSizeGreaterThan),
      ObjectSizeLessThan: numberOf(filter.objectSizeLessThan),
    }),
  };
}

const tagsOf = (tags: Block): S3.Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value: textOf(Value) ?? '' }));

const replicate = (configuration: Readonly<Record<string, Plain>>, send: Send): Promise<unknown> =>
  send('PutBucketReplication', {
    ReplicationConfiguration: {
      Role: textOf(configuration.role) ?? '',
      Rules: blocksOf(configuration.rules).map(replicationRule),
    },
  });

/** As `narrowing`, the resource of its own and the input of the bucket differ in how they spell some members. */
function replicationRule(rule: Block): object {
  const destination = blockOf(rule.destination) ?? {};
  const selection = blockOf(rule.sourceSelectionCriteria);
  const kms = blockOf(selection?.sseKmsEncryptedObjects);
  const modifications = blockOf(selection?.replicaModifications);
  const replicaKey = textOf(blockOf(destination.encryptionConfiguration)?.replicaKmsKeyId) ?? textOf(destination.replicaKmsKeyId);
  const markers = textOf(blockOf(rule.deleteMarkerReplication)?.status) ?? textOf(rule.deleteMarkerReplicationStatus);
  return without({
    ID: textOf(rule.id),
    Priority: numberOf(rule.priority),
    Status: textOf(rule.status),
    ...narrowing(rule),
    DeleteMarkerReplication: rule.filter === undefined ? undefined : { Status: markers ?? 'Disabled' },
    SourceSelectionCriteria:
      selection === undefined
        ? undefined
        : without({
            SseKmsEncryptedObjects:
              kms === undefined
                ? undefined
                : { Status: textOf(kms.status) ?? (flagOf(kms.enabled) === true ? 'Enabled' : 'Disabled') },
            ReplicaModifications: modifications === undefined ? undefined : { Status: textOf(modifications.status) },
          }),
    Destination: without({
      Bucket: textOf(destination.bucket),
      Account: textOf(destination.account) ?? textOf(destination.accountId),
      StorageClass: textOf(destination.storageClass),
      EncryptionConfiguration: replicaKey === undefined ? undefined : { ReplicaKmsKeyID: replicaKey },
      ReplicationTime: timed(blockOf(destination.replicationTime), 'time'),
      Metrics: timed(blockOf(destination.metrics), 'eventThreshold'),
    }),
  });
}

function timed(block: Block | undefined, threshold: 'time' | 'eventThreshold'): object | undefined {
  if (block === undefined) return undefined;
  const minutes = numberOf(blockOf(block[threshold])?.minutes) ?? numberOf(block.minutes) ?? 15;
  const Status = textOf(block.status) ?? 'Enabled';
  return threshold === 'time' ? { Status, Time: { Minutes: minutes } } : { Status, EventThreshold: { Minutes: minutes } };
}

/** A resource that configures one concern of a bucket has the bucket's name as its id. */
function beside(
  type: string,
  configure: (given: Given, send: Send) => Promise<unknown>,
  clear: (send: Send, given: Given) => Promise<unknown>,
): Deployer {
  const nameOf = (given: Given): string => need(given, 'bucket').replace(/^arn:[^:]+:s3:::/, '');
  return {
    type,
    ...putAgain(async (given, deployment) => {
      const name = nameOf(given);
      await configure(given, sender(name, deployment));
      return { id: name, outputs: { bucket: name } };
    }),
    async remove(given, deployment) {
      await unlessGone(clear(sender(nameOf(given), deployment), given));
    },
  };
}

const deleted =
  (operation: string) =>
  (send: Send): Promise<unknown> =>
    send(operation, {});

/** A bucket that never had versions has nothing to suspend; one under Object Lock keeps them, which the provider accepts. */
async function suspend(send: Send, { inputs }: Given): Promise<void> {
  if (textOf(blockOf(inputs.versioningConfiguration)?.status) !== 'Enabled') return;
  try {
    await send('PutBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } });
  } catch (error) {
    if (!(error instanceof ServiceFault && /Object Lock configuration is present/.test(error.message))) throw error;
  }
}

async function object(given: Given, deployment: Deployment): Promise<Created> {
  const Key = need(given, 'key');
  const made = (await deployment.call(
    's3',
    'PutObject',
    without({
      Bucket: need(given, 'bucket'),
      Key,
      Body: textOf(given.inputs.content),
      StorageClass: textOf(given.inputs.storageClass),
    }),
  )) as S3.PutObjectCommandOutput;
  return { id: Key, outputs: { key: Key, versionId: made.VersionId ?? '' } };
}

const objectDeployer = (type: string): Deployer => ({
  type,
  ...putAgain(object),
  async remove(given, deployment) {
    const key = need(given, 'key');
    await unlessGone(empty(key, sender(need(given, 'bucket'), deployment), (other) => other === key));
  },
});

export const s3Deployers: readonly Deployer[] = [
  { type: 'aws:s3/bucket:Bucket', create: bucket, update: changeBucket, remove: removeBucket },
  beside(
    'aws:s3/bucketVersioning:BucketVersioning',
    async (given, send) => {
      const Status = textOf(blockOf(given.inputs.versioningConfiguration)?.status);
      // `Disabled` is the provider's word for a bucket that never had versions: it calls nothing.
      if (Status !== undefined && Status !== 'Disabled')
        await send('PutBucketVersioning', { VersioningConfiguration: { Status } });
    },
    suspend,
  ),
  beside(
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    async (given, send) => {
      const rule = blockOf(given.inputs.rules);
      if (rule !== undefined) await encrypt(rule, send);
    },
    deleted('DeleteBucketEncryption'),
  ),
  beside(
    'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
    (given, send) =>
      send('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: blocksOf(given.inputs.rules).map(lifecycle) } }),
    deleted('DeleteBucketLifecycle'),
  ),
  beside(
    'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration',
    (given, send) => {
      const retention = blockOf(blockOf(given.inputs.rule)?.defaultRetention);
      return send('PutObjectLockConfiguration', {
        ObjectLockConfiguration: retention === undefined ? { ObjectLockEnabled: 'Enabled' } : lockOf(retention),
      });
    },
    // The lock itself cannot be taken off a bucket: its rule can.
    (send) => send('PutObjectLockConfiguration', { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } }),
  ),
  beside(
    'aws:s3/bucketReplicationConfig:BucketReplicationConfig',
    (given, send) => replicate(given.inputs, send),
    deleted('DeleteBucketReplication'),
  ),
  beside(
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    ({ inputs }, send) =>
      send('PutPublicAccessBlock', {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: flagOf(inputs.blockPublicAcls) ?? false,
          IgnorePublicAcls: flagOf(inputs.ignorePublicAcls) ?? false,
          BlockPublicPolicy: flagOf(inputs.blockPublicPolicy) ?? false,
          RestrictPublicBuckets: flagOf(inputs.restrictPublicBuckets) ?? false,
        },
      }),
    deleted('DeletePublicAccessBlock'),
  ),
  beside(
    'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
    ({ inputs }, send) =>
      send('PutBucketOwnershipControls', {
        OwnershipControls: { Rules: [{ ObjectOwnership: textOf(blockOf(inputs.rule)?.objectOwnership) }] },
      }),
    deleted('DeleteBucketOwnershipControls'),
  ),
  beside(
    'aws:s3/bucketPolicy:BucketPolicy',
    (given, send) => send('PutBucketPolicy', { Policy: textOf(given.inputs.policy) ?? '{}' }),
    deleted('DeleteBucketPolicy'),
  ),
  objectDeployer('aws:s3/bucketObject:BucketObject'),
  objectDeployer('aws:s3/bucketObjectv2:BucketObjectv2'),
];
