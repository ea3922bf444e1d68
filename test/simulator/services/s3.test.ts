import type * as S3 from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, contents } from '../../../src/simulator/plane/logs.ts';
import { connect } from '../../../src/simulator/plane/network.ts';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { s3 } from '../../../src/simulator/services/s3.ts';
import { s3Metrics } from '../../../src/simulator/services/s3-events.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const MINUTE = 60_000;
const EU = 'eu-west-1';
const SOURCE = 'arn:aws:s3:::source';
const COPY = 'arn:aws:s3:::copy';
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([s3, kms]);
});

const call = async <O>(operation: string, input: object, region = REGION): Promise<O> =>
  (await invoke(aws, 's3', operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const later = (milliseconds: number): void => aws.world.clock.advance(milliseconds);
const versions = (Bucket: string, region = REGION): Promise<unknown> =>
  call('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } }, region);
const put = (Bucket: string, Key: string, Body: string, more: object = {}): Promise<S3.PutObjectCommandOutput> =>
  call('PutObject', { Bucket, Key, Body, ...more });
const read = async (Bucket: string, Key: string, region = REGION, more: object = {}): Promise<unknown> =>
  (await call<{ Body: unknown }>('GetObject', { Bucket, Key, ...more }, region)).Body;
const rule = (more: object = {}): S3.ReplicationRule => ({
  ID: 'copy',
  Status: 'Enabled',
  Prefix: '',
  Destination: {
    Bucket: COPY,
    ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
    Metrics: { Status: 'Enabled' },
  },
  ...more,
});
const replicate = (...Rules: readonly S3.ReplicationRule[]): Promise<unknown> =>
  call('PutBucketReplication', { Bucket: 'source', ReplicationConfiguration: { Role: 'r', Rules } });

async function pair(): Promise<void> {
  await call('CreateBucket', { Bucket: 'source' });
  await call('CreateBucket', { Bucket: 'copy' }, EU);
  await versions('source');
  await versions('copy', EU);
}

describe('buckets', () => {
  it('are listed with their Regions, in pages, and answer in their own Region only', async () => {
    await pair();
    const all = await call<S3.ListBucketsCommandOutput>('ListBuckets', {});
    expect(all.Buckets?.map((b) => [b.Name, b.BucketRegion])).toEqual([
      ['copy', EU],
      ['source', REGION],
    ]);
    const here = await call<S3.ListBucketsCommandOutput>('ListBuckets', { BucketRegion: EU });
    expect(here.Buckets?.map((b) => b.Name)).toEqual(['copy']);
    const first = await call<S3.ListBucketsCommandOutput>('ListBuckets', { MaxBuckets: 1 });
    const rest = await call<S3.ListBucketsCommandOutput>('ListBuckets', {
      MaxBuckets: 1,
      ContinuationToken: first.ContinuationToken,
    });
    expect([first, rest].flatMap((p) => p.Buckets ?? []).map((b) => b.Name)).toEqual(['copy', 'source']);
    expect(await codeOf(call('GetBucketVersioning', { Bucket: 'copy' }))).toBe('PermanentRedirect');
  });

  it.each([
    ['GetBucketReplication', 'ReplicationConfigurationNotFoundError'],
    ['GetBucketLifecycleConfiguration', 'NoSuchLifecycleConfiguration'],
    ['GetObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError'],
    ['GetBucketTagging', 'NoSuchTagSet'],
    ['GetBucketEncryption', 'none'],
    ['CreateBucket', 'BucketAlreadyOwnedByYou'],
  ])('%s of a new bucket', async (operation, code) => {
    await call('CreateBucket', { Bucket: 'source' });
    expect(await codeOf(call(operation, { Bucket: 'source' }))).toBe(code);
  });

  it('with replication or Object Lock keep their versions', async () => {
    await pair();
    await replicate(rule());
    const suspend = { Bucket: 'source', VersioningConfiguration: { Status: 'Suspended' } };
    expect(await codeOf(call('PutBucketVersioning', suspend))).toBe('InvalidBucketState');
    await call('CreateBucket', { Bucket: 'locked', ObjectLockEnabledForBucket: true });
    expect(await call('GetBucketVersioning', { Bucket: 'locked' })).toEqual({ Status: 'Enabled' });
    expect(await codeOf(call('PutBucketVersioning', { ...suspend, Bucket: 'locked' }))).toBe('InvalidBucketState');
  });
});

describe('replication', () => {
  it.each<[string, object]>([
    ['an unknown destination', { Destination: { Bucket: 'arn:aws:s3:::none' } }],
    ['KMS objects without a key for the copies', { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } }],
    ['a filter that says nothing of delete markers', { Prefix: undefined, Filter: { Prefix: '' } }],
  ])('refuses %s', async (_, more) => {
    await pair();
    expect(await codeOf(replicate(rule(more)))).toBe('InvalidRequest');
  });

  it('copies new versions and delete markers within 15 minutes, and not what was there before', async () => {
    await pair();
    await put('source', 'old', 'before');
    await replicate(rule());
    await put('source', 'new', 'one');
    expect((await call<S3.HeadObjectCommandOutput>('HeadObject', { Bucket: 'source', Key: 'new' })).ReplicationStatus).toBe(
      'PENDING',
    );
    later(15 * MINUTE);
    expect(await read('copy', 'new', EU)).toBe('one');
    expect(await codeOf(read('copy', 'old', EU))).toBe('NoSuchKey');
    expect((await call<S3.HeadObjectCommandOutput>('HeadObject', { Bucket: 'source', Key: 'new' })).ReplicationStatus).toBe(
      'COMPLETE',
    );
    await call('DeleteObject', { Bucket: 'source', Key: 'new' });
    later(15 * MINUTE);
    expect(await codeOf(read('copy', 'new', EU))).toBe('NoSuchKey');
  });

  it('loses with the Region what was on its way', async () => {
    await pair();
    await replicate(rule());
    append(aws.world, SOURCE, 1);
    later(15 * MINUTE);
    append(aws.world, SOURCE, 2);
    aws.world.inject({ kind: 'region-loss', region: REGION });
    later(15 * MINUTE);
    expect(contents(aws.world, COPY).map((w) => w.sequence)).toEqual([1]);
    expect([connect(aws.world, SOURCE).kind, connect(aws.world, 'copy.s3.eu-west-1.amazonaws.com').kind]).toEqual([
      'refused',
      'served',
    ]);
  });

  it('that stands still is seen in CloudWatch, and catches up', async () => {
    await pair();
    await replicate(rule());
    const stop = aws.world.inject({ kind: 'replication-stopped', arn: SOURCE });
    append(aws.world, SOURCE, 1);
    later(20 * MINUTE);
    const now = aws.world.clock.now();
    const values = s3Metrics.map((m) => [m.metric, ...[...m.dimensions(aws.world)].map((s) => s.value(now))]);
    expect(values).toEqual([
      ['ReplicationLatency', 20 * 60 + 15],
      ['OperationsPendingReplication', 1],
      ['BytesPendingReplication', 1024],
    ]);
    expect(s3Metrics.flatMap((m) => [...m.dimensions(aws.world)].map((s) => s.region))).toEqual(Array(3).fill('eu-west-1'));
    aws.world.lift(stop);
    later(15 * MINUTE);
    expect(contents(aws.world, COPY).map((w) => w.sequence)).toEqual([1]);
  });

  it('leaves objects under a KMS key behind unless the rule selects them', async () => {
    await pair();
    await call('PutBucketEncryption', {
      Bucket: 'source',
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
    });
    await replicate(rule());
    append(aws.world, SOURCE, 1);
    await put('source', 'a', 'x');
    later(15 * MINUTE);
    expect(contents(aws.world, COPY)).toEqual([]);
    expect(await codeOf(read('copy', 'a', EU))).toBe('NoSuchKey');
  });
});

describe('versions', () => {
  it('bring overwritten and deleted objects back', async () => {
    await pair();
    const first = await put('source', 'a', 'good');
    await put('source', 'a', 'bad');
    await call('DeleteObject', { Bucket: 'source', Key: 'a' });
    expect(await codeOf(read('source', 'a'))).toBe('NoSuchKey');
    expect(await read('source', 'a', REGION, { VersionId: first.VersionId })).toBe('good');
    const listed = await call<S3.ListObjectVersionsCommandOutput>('ListObjectVersions', { Bucket: 'source' });
    expect([listed.Versions?.length, listed.DeleteMarkers?.length, listed.DeleteMarkers?.[0]?.IsLatest]).toEqual([2, 1, true]);
  });

  it('are gone at once in a bucket without versions', async () => {
    await call('CreateBucket', { Bucket: 'plain' });
    await put('plain', 'a', 'good');
    await put('plain', 'a', 'bad');
    expect(await read('plain', 'a')).toBe('bad');
    await call('DeleteObject', { Bucket: 'plain', Key: 'a' });
    expect(await call<S3.ListObjectVersionsCommandOutput>('ListObjectVersions', { Bucket: 'plain' })).toMatchObject({
      Versions: [],
    });
  });
});

describe('Object Lock', () => {
  const locked = async (Mode: 'COMPLIANCE' | 'GOVERNANCE'): Promise<S3.PutObjectCommandOutput> => {
    await call('CreateBucket', { Bucket: 'locked', ObjectLockEnabledForBucket: true });
    const Rule = { DefaultRetention: { Mode, Days: 30 } };
    await call('PutObjectLockConfiguration', { Bucket: 'locked', ObjectLockConfiguration: { Rule } });
    return put('locked', 'a', 'kept');
  };
  const remove = (VersionId: string | undefined, BypassGovernanceRetention = false): Promise<string> =>
    codeOf(call('DeleteObject', { Bucket: 'locked', Key: 'a', VersionId, BypassGovernanceRetention }));

  it.each([
    ['COMPLIANCE', true, 'AccessDenied'],
    ['GOVERNANCE', false, 'AccessDenied'],
    ['GOVERNANCE', true, 'none'],
  ] as const)('in %s mode, bypassed: %s', async (mode, bypass, code) => {
    const { VersionId } = await locked(mode);
    expect(await remove(VersionId, bypass)).toBe(code);
    later(31 * 24 * 60 * MINUTE);
    expect(await remove(VersionId, bypass)).toBe('none');
  });

  it.each([
    ['COMPLIANCE', 'none'],
    ['GOVERNANCE', 'NoSuchBucket'],
  ] as const)('in %s mode, when the account is taken: %s', async (mode, code) => {
    await locked(mode);
    aws.world.inject({ kind: 'account-compromised', account: ACCOUNT });
    expect(await codeOf(read('locked', 'a'))).toBe(code);
  });
});
