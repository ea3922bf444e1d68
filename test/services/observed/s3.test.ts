import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { s3Buckets } from '../../../src/services/observed/s3.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { s3 } from '../../../src/simulator/services/s3.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const aws = freshAws([s3, kms]);
const call = (operation: string, input: object, region = REGION): Promise<object> =>
  invoke(aws, 's3', operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });
await call('CreateBucket', { Bucket: 'plain' });
await call('CreateBucket', { Bucket: 'locked', ObjectLockEnabledForBucket: true });
await call('PutBucketTagging', { Bucket: 'plain', Tagging: { TagSet: [{ Key: 'team', Value: 'shop' }] } });
await call('CreateBucket', { Bucket: 'elsewhere' }, 'eu-west-1');

describe('buckets', () => {
  it('take four calls each, and six where versions are kept', async () => {
    const reader = readerOf(aws);
    const seen = await scanned(s3Buckets, reader);
    expect(seen.map((s) => [s.type.split(':').at(-1), s.id])).toEqual([
      ['Bucket', 'locked'],
      ['BucketVersioning', 'locked'],
      ['BucketServerSideEncryptionConfiguration', 'locked'],
      ['BucketObjectLockConfiguration', 'locked'],
      ['Bucket', 'plain'],
      ['BucketVersioning', 'plain'],
      ['BucketServerSideEncryptionConfiguration', 'plain'],
    ]);
    expect(reader.asked.length).toBe(1 + 6 + 4);
    expect(seen.find((s) => s.type.endsWith(':Bucket') && s.id === 'plain')?.tags).toEqual({ team: 'shop' });
  });

  it('whose settings may not be read have holes in their place', async () => {
    for (const action of ['s3:GetBucketVersioning', 's3:GetReplicationConfiguration', 's3:GetBucketTagging'])
      aws.world.inject({ kind: 'call', action, how: 'denied' });
    const plain = (await scanned(s3Buckets, readerOf(aws))).filter((s) => s.id === 'plain');
    const part = (name: string) => plain.find((s) => s.type.endsWith(`:${name}`));
    expect(part('Bucket')?.tags).toBeInstanceOf(Hole);
    expect(part('BucketVersioning')?.properties.versioningConfiguration).toBeInstanceOf(Hole);
    expect(part('BucketReplicationConfig')?.properties.rules).toBeInstanceOf(Hole);
  });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  it.each(recordings('s3').map((r) => [r.name, r] as const))('%s', async (_, recording) => {
    for (const seen of await readRecording(s3Buckets, recording)) expect(seen.properties.bucket).toBe(seen.id);
  });

  it('examples of the manual', async () => {
    const recording = examples('s3api');
    const replies = [
      ...recording.replies,
      { operation: 'ListBuckets', data: { Buckets: [{ Name: 'example' }] }, error: undefined },
    ];
    const seen = await readRecording(s3Buckets, { ...recording, replies }, 'us-west-2');
    expect(seen.map((s) => s.type.split(':').at(-1))).toEqual([
      'Bucket',
      'BucketVersioning',
      'BucketServerSideEncryptionConfiguration',
      'BucketLifecycleConfiguration',
      'BucketReplicationConfig',
      'BucketObjectLockConfiguration',
    ]);
  });
});
