/** S3 buckets of one Region: versions, encryption, lifecycle, and where versions are kept, replication and Object Lock. */
import type {
  Bucket,
  GetBucketEncryptionCommandInput,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketLocationCommandInput,
  GetBucketLocationCommandOutput,
  GetBucketReplicationCommandInput,
  GetBucketReplicationCommandOutput,
  GetBucketTaggingCommandInput,
  GetBucketTaggingCommandOutput,
  GetBucketVersioningCommandInput,
  GetBucketVersioningCommandOutput,
  GetObjectLockConfigurationCommandInput,
  GetObjectLockConfigurationCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
} from '@aws-sdk/client-s3';
import { call } from '../../aws/call.ts';
import { Hole, type Value, type Values } from '../../model/value.ts';
import { lifecycleRule, replicationRule } from './s3-rules.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const listBuckets = call<ListBucketsCommandInput, ListBucketsCommandOutput>({
  client: 's3',
  operation: 'ListBuckets',
  action: 's3:ListAllMyBuckets',
  pages: { input: 'ContinuationToken', output: 'ContinuationToken' },
});
const getLocation = call<GetBucketLocationCommandInput, GetBucketLocationCommandOutput>({
  client: 's3',
  operation: 'GetBucketLocation',
  action: 's3:GetBucketLocation',
});
const getVersioning = call<GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput>({
  client: 's3',
  operation: 'GetBucketVersioning',
  action: 's3:GetBucketVersioning',
});
const getEncryption = call<GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput>({
  client: 's3',
  operation: 'GetBucketEncryption',
  action: 's3:GetEncryptionConfiguration',
});
const getLifecycle = call<GetBucketLifecycleConfigurationCommandInput, GetBucketLifecycleConfigurationCommandOutput>({
  client: 's3',
  operation: 'GetBucketLifecycleConfiguration',
  action: 's3:GetLifecycleConfiguration',
});
const getReplication = call<GetBucketReplicationCommandInput, GetBucketReplicationCommandOutput>({
  client: 's3',
  operation: 'GetBucketReplication',
  action: 's3:GetReplicationConfiguration',
});
const getLock = call<GetObjectLockConfigurationCommandInput, GetObjectLockConfigurationCommandOutput>({
  client: 's3',
  operation: 'GetObjectLockConfiguration',
  action: 's3:GetBucketObjectLockConfiguration',
});
const getTagging = call<GetBucketTaggingCommandInput, GetBucketTaggingCommandOutput>({
  client: 's3',
  operation: 'GetBucketTagging',
  action: 's3:GetBucketTagging',
});

const BUCKET = 'aws:s3/bucket:Bucket';
const VERSIONING = 'aws:s3/bucketVersioning:BucketVersioning';
const ENCRYPTION = 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration';
const LIFECYCLE = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration';
const REPLICATION = 'aws:s3/bucketReplicationConfig:BucketReplicationConfig';
const LOCK = 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration';

/** Four calls a bucket; two more where versions are kept, without which there is neither replication nor Object Lock. */
export const s3Buckets: Scan = {
  id: 's3-buckets',
  types: [BUCKET, VERSIONING, ENCRYPTION, LIFECYCLE, REPLICATION, LOCK],
  where: 'region',
  calls: [listBuckets, getLocation, getVersioning, getEncryption, getLifecycle, getReplication, getLock, getTagging],
  async *run(aws) {
    const isHere = teller(aws);
    for await (const { Buckets = [] } of aws.pages(listBuckets, { MaxBuckets: 1000, BucketRegion: aws.region })) {
      const found = await aws.each(Buckets, async (bucket) => ((await isHere(bucket)) ? observeBucket(aws, bucket) : []));
      for (const seen of found) yield* seen;
    }
  },
};

/**
 * Other implementations of the API do not tell a bucket's Region, and some do not even list by Region: their listings of two
 * Regions hold the same bucket. Then it is asked for each. A bucket whose Region nobody tells is shown in each that is scanned,
 * rather than in none.
 */
function teller(aws: Reader): (bucket: Bucket) => Promise<boolean> {
  let elsewhere: Promise<ReadonlySet<string> | undefined> | undefined;
  return async ({ Name: name, BucketRegion: region }) => {
    if (region !== undefined) return region === aws.region;
    if (name === undefined) return true;
    elsewhere ??= listedElsewhere(aws);
    if ((await elsewhere)?.has(name) === false) return true;
    const reply = await aws.ask(getLocation, { Bucket: name });
    if (reply === undefined || reply instanceof Hole) return true;
    const constraint: string = reply.LocationConstraint ?? '';
    return (constraint === '' ? 'us-east-1' : constraint === 'EU' ? 'eu-west-1' : constraint) === aws.region;
  };
}

/** Names of the buckets in the listing of another Region; undefined when that is not all of them. */
async function listedElsewhere(aws: Reader): Promise<ReadonlySet<string> | undefined> {
  const other = aws.region === 'us-east-1' ? 'us-west-2' : 'us-east-1';
  const reply = await aws.ask(listBuckets, { MaxBuckets: 1000, BucketRegion: other });
  if (reply === undefined || reply instanceof Hole || reply.ContinuationToken !== undefined) return undefined;
  const names = (reply.Buckets ?? []).map((b) => b.Name);
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? new Set(known) : undefined;
}

async function observeBucket(aws: Reader, bucket: Bucket): Promise<readonly Observed[]> {
  const name = bucket.Name ?? '';
  const Bucket = name;
  const [versioning, encryption, lifecycle, tagging] = await Promise.all([
    aws.ask(getVersioning, { Bucket }),
    aws.ask(getEncryption, { Bucket }, ['ServerSideEncryptionConfigurationNotFoundError']),
    aws.ask(getLifecycle, { Bucket }, ['NoSuchLifecycleConfiguration']),
    aws.ask(getTagging, { Bucket }, ['NoSuchTagSet']),
  ]);
  // Replication and Object Lock need versions that are kept, and keep them from being switched off.
  const versioned = versioning instanceof Hole || versioning?.Status === 'Enabled';
  const [replication, lock] = versioned
    ? await Promise.all([
        aws.ask(getReplication, { Bucket }, ['ReplicationConfigurationNotFoundError']),
        aws.ask(getLock, { Bucket }, ['ObjectLockConfigurationNotFoundError']),
      ])
    : [undefined, undefined];
  const arn = `arn:aws:s3:::${name}`;
  const part = (type: string, properties: Values): Observed => ({
    type,
    id: name,
    arn: undefined,
    name,
    properties: { bucket: name, ...properties },
    outputs: {},
    tags: {},
  });
  return [
    {
      type: BUCKET,
      id: name,
      arn,
      name,
      properties: { bucket: name },
      outputs: {
        arn,
        bucket: name,
        bucketDomainName: `${name}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${name}.s3.${aws.region}.amazonaws.com`,
      },
      tags: tagging instanceof Hole ? tagging : tagsOf(tagging),
    },
    part(VERSIONING, { versioningConfiguration: within(versioning, (v) => ({ status: v?.Status ?? 'Disabled' })) }),
    part(ENCRYPTION, { rules: within(encryption, encryptionRules) }),
    ...(lifecycle === undefined
      ? []
      : [
          part(LIFECYCLE, {
            rules: within(lifecycle, (l) => within(sent(l.Rules, 'Rules'), (rules) => rules.map(lifecycleRule))),
          }),
        ]),
    ...(replication === undefined
      ? []
      : [
          part(REPLICATION, {
            rules: within(replication, (r) =>
              within(sent(r.ReplicationConfiguration?.Rules, 'Rules'), (rules) => rules.map(replicationRule)),
            ),
          }),
        ]),
    ...(lock === undefined ? [] : [part(LOCK, lockOf(lock))]),
  ];
}

const within = <T>(reply: T | Hole, read: (reply: T) => Value): Value => (reply instanceof Hole ? reply : read(reply));

function tagsOf(reply: GetBucketTaggingCommandOutput | undefined): Observed['tags'] {
  const tags = reply === undefined ? [] : sent(reply.TagSet, 'TagSet');
  return tags instanceof Hole ? tags : Object.fromEntries(tags.map((t) => [t.Key ?? '', t.Value ?? '']));
}

function encryptionRules(reply: GetBucketEncryptionCommandOutput | undefined): Value {
  const rules = reply === undefined ? [] : sent(reply.ServerSideEncryptionConfiguration?.Rules, 'Rules');
  if (rules instanceof Hole) return rules;
  return rules.map((rule) => {
    const byDefault = rule.ApplyServerSideEncryptionByDefault;
    const key = byDefault?.KMSMasterKeyID;
    return present({
      applyServerSideEncryptionByDefault: present({
        sseAlgorithm: byDefault?.SSEAlgorithm,
        // AWS's own key is named by its alias, if at all.
        kmsMasterKeyId: key?.includes('alias/aws/') === true ? undefined : key,
      }),
      bucketKeyEnabled: rule.BucketKeyEnabled,
    });
  });
}

function lockOf(reply: GetObjectLockConfigurationCommandOutput | Hole): Values {
  if (reply instanceof Hole) return { objectLockEnabled: reply, rule: reply };
  const lock = sent(reply.ObjectLockConfiguration, 'ObjectLockConfiguration');
  if (lock instanceof Hole) return { objectLockEnabled: lock, rule: lock };
  const retention = lock.Rule?.DefaultRetention;
  return present({
    objectLockEnabled: lock.ObjectLockEnabled,
    rule:
      retention === undefined
        ? undefined
        : { defaultRetention: present({ mode: retention.Mode, days: retention.Days, years: retention.Years }) },
  });
}
