/** S3 buckets: what was in them before the damage, copied into a new bucket; and clients that move to the replica. */

import type * as S3 from '@aws-sdk/client-s3';
import type { Place, Session } from '../../aws/call.ts';
import { ownStep } from '../actuators.ts';
import { disrupts, reads } from '../calls.ts';
import { type Hand, outputOf, placeOf, StepFailure, type StepMaker } from './hand.ts';
import { type Made, making } from './making.ts';
import { newName } from './memo.ts';
import { momentOf } from './moment.ts';
import { unless, worded } from './waiting.ts';

export const s3 = {
  head: reads<S3.HeadBucketCommandInput, S3.HeadBucketCommandOutput>('s3', 'HeadBucket', { action: 's3:ListBucket' }),
  tags: reads<S3.GetBucketTaggingCommandInput, S3.GetBucketTaggingCommandOutput>('s3', 'GetBucketTagging'),
  versions: reads<S3.ListObjectVersionsCommandInput, S3.ListObjectVersionsCommandOutput>('s3', 'ListObjectVersions', {
    action: 's3:ListBucketVersions',
  }),
  encryption: reads<S3.GetBucketEncryptionCommandInput, S3.GetBucketEncryptionCommandOutput>('s3', 'GetBucketEncryption', {
    action: 's3:GetEncryptionConfiguration',
  }),
  create: disrupts<S3.CreateBucketCommandInput, S3.CreateBucketCommandOutput>('s3', 'CreateBucket'),
  encrypt: disrupts<S3.PutBucketEncryptionCommandInput, S3.PutBucketEncryptionCommandOutput>('s3', 'PutBucketEncryption', {
    action: 's3:PutEncryptionConfiguration',
  }),
  tag: disrupts<S3.PutBucketTaggingCommandInput, S3.PutBucketTaggingCommandOutput>('s3', 'PutBucketTagging'),
  /** Reads with s3:GetObjectVersion, and writes with s3:PutObject: the action that is named is the one that changes something. */
  copy: disrupts<S3.CopyObjectCommandInput, S3.CopyObjectCommandOutput>('s3', 'CopyObject', { action: 's3:PutObject' }),
  read: reads<never, unknown>('s3', 'GetObject', { action: 's3:GetObjectVersion' }),
  deleteObjects: disrupts<S3.DeleteObjectsCommandInput, S3.DeleteObjectsCommandOutput>('s3', 'DeleteObjects', {
    action: 's3:DeleteObject',
  }),
  remove: disrupts<S3.DeleteBucketCommandInput, S3.DeleteBucketCommandOutput>('s3', 'DeleteBucket'),
} as const;

/** S3 User Guide, "General purpose bucket naming rules": 63 characters. */
const LONGEST = 63;
/** Marks a bucket into which everything was copied. */
const COMPLETE = 'holdfast:complete';
/** API CopyObject: objects beyond 5 GB are copied in parts. */
const LARGEST = 5 * 1024 ** 3;

export interface Bucket {
  readonly name: string;
  readonly at: Place;
}

/** Bucket ARNs name no place: the sources know the Region and the account. */
export function bucketOf(hand: Hand, item = hand.item): Bucket | string {
  const name = outputOf(item, 'bucket') ?? hand.given.bucket;
  const place = placeOf(hand, item);
  const domain = outputOf(item, 'bucketRegionalDomainName');
  const region = outputOf(item, 'region') ?? /\.s3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(domain ?? '')?.[1] ?? place?.region;
  return name === undefined || place === undefined || region === undefined
    ? `no source says in which account and Region the bucket ${item?.title ?? ''} is`
    : { name, at: { account: place.account, region } };
}

const hostOf = ({ name, at }: Bucket): string =>
  `${name}.s3.${at.region}.amazonaws.com${at.region.startsWith('cn-') ? '.cn' : ''}`;

/** As every object was before the onset, in a new bucket: the damaged one stays for whoever must find out what happened. */
export const restoreVersions: StepMaker = (hand) => {
  const source = bucketOf(hand);
  if (typeof source === 'string') return source;
  const { session, clock } = hand;
  return [
    making({
      id: `copy what ${source.name} held into a new bucket`,
      describes: { from: source.name, into: 'a new bucket beside it' },
      clock,
      canary: hand.canary,
      name: (token) => newName(source.name, token, LONGEST),
      begin: (name) => makeLike(session, source, name),
      // A controller that died while it was copying has left part of it: another one copies all of it again.
      complete: async (name, signal) => {
        // Every version is there at once: it may be restored up to now.
        const time = await momentOf(hand, signal, async () => ({ earliest: new Date(0), latest: new Date(clock.now()) }));
        await copyAll(session, source, name, time ?? new Date(clock.now()), signal);
        await session.send(s3.tag, { Bucket: name, Tagging: { TagSet: [{ Key: COMPLETE, Value: 'true' }] } }, source.at);
      },
      begun: [],
      look: async (name) => {
        const made = await madeBucket(session, { name, at: source.at });
        if (made.kind !== 'ready') return made;
        const asked = session.send(s3.tags, { Bucket: name }, source.at);
        const tags = (await unless(['NoSuchTagSet'], asked))?.TagSet ?? [];
        return tags.some((t) => t.Key === COMPLETE) ? made : { kind: 'partial' };
      },
      remove: (name) => removeBucket(session, { name, at: source.at }),
      calls: (name) => `arn:aws:s3:::${name}`,
    }),
  ];
};

async function makeLike(session: Session, source: Bucket, name: string): Promise<void> {
  const { region } = source.at;
  // The one Region that must not be named as a constraint (API CreateBucket, LocationConstraint).
  const where =
    region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as S3.BucketLocationConstraint } };
  await unless(['BucketAlreadyOwnedByYou'], session.send(s3.create, { Bucket: name, ...where }, source.at));
  const { ServerSideEncryptionConfiguration } = await session.send(s3.encryption, { Bucket: source.name }, source.at);
  if (ServerSideEncryptionConfiguration !== undefined)
    await session.send(s3.encrypt, { Bucket: name, ServerSideEncryptionConfiguration }, source.at);
}

async function* entries(session: Session, { name, at }: Bucket): AsyncIterable<S3.ListObjectVersionsCommandOutput> {
  let marker: Pick<S3.ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> | undefined = {};
  while (marker !== undefined) {
    const page: S3.ListObjectVersionsCommandOutput = await session.send(s3.versions, { Bucket: name, ...marker }, at);
    yield page;
    marker = page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
}

/** S3 shows whole seconds: what may have been written after the moment is taken to have been. */
const isOlder = (shown: number, until: number): boolean => (shown % 1000 === 0 ? shown + 999 : shown) <= until;

/** Of each key the newest version that is not younger; a key that was deleted by then stays away. */
async function copyAll(session: Session, source: Bucket, into: string, until: Date, signal: AbortSignal): Promise<void> {
  const newest = new Map<string, { readonly at: number; readonly id: string | undefined; readonly size: number }>();
  for await (const { Versions = [], DeleteMarkers = [] } of entries(session, source)) {
    const all = [
      ...Versions.map((v) => ({ ...v, id: v.VersionId })),
      ...DeleteMarkers.map((v) => ({ ...v, id: undefined, Size: 0 })),
    ];
    for (const { Key, LastModified, id, Size } of all) {
      const at = LastModified?.getTime() ?? 0;
      // The first of a key's versions at one moment is the newer one (API ListObjectVersions: newest first).
      if (Key === undefined || !isOlder(at, until.getTime()) || (newest.get(Key)?.at ?? -1) >= at) continue;
      newest.set(Key, { at, id, size: Size ?? 0 });
    }
  }
  for (const [key, { id, size }] of newest) {
    signal.throwIfAborted();
    if (id === undefined) continue;
    if (size > LARGEST) throw new StepFailure(`${key} in ${source.name} is larger than 5 GB: copy it in parts, by other means`);
    const CopySource = `${source.name}/${key.split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(id)}`;
    await session.send(s3.copy, { Bucket: into, Key: key, CopySource }, source.at);
  }
}

export async function madeBucket(session: Session, bucket: Bucket): Promise<Made> {
  const asked = session.send(s3.head, { Bucket: bucket.name }, bucket.at);
  const found = await unless(['NotFound', 'NoSuchBucket', 'Http404'], asked);
  return found === undefined ? { kind: 'absent' } : { kind: 'ready', endpoints: [hostOf(bucket)] };
}

/** A bucket goes when nothing is left in it, versions and markers included. */
export async function removeBucket(session: Session, bucket: Bucket): Promise<void> {
  for await (const { Versions = [], DeleteMarkers = [] } of entries(session, bucket)) {
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) continue;
    const { Errors = [] } = await session.send(
      s3.deleteObjects,
      { Bucket: bucket.name, Delete: { Objects, Quiet: true } },
      bucket.at,
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new StepFailure(`${first.Key ?? 'an object'} in ${bucket.name} stays: ${first.Message ?? first.Code ?? ''}`);
  }
  await session.send(s3.remove, { Bucket: bucket.name }, bucket.at);
}

/** The replica can be read and written all the time: only clients have to move. Nothing in AWS is changed. */
export const moveToReplica: StepMaker = (hand) => {
  const lost = hand.lost?.kind === 'region-loss' ? hand.lost.region : undefined;
  const others = [...hand.successors, ...hand.mates].filter(
    (m) => m !== hand.item && /^aws:s3\/bucket(V2)?:/.test(m.resource.type),
  );
  const replica = others.map((m) => bucketOf(hand, m)).find((b): b is Bucket => typeof b !== 'string' && b.at.region !== lost);
  const { session, canary } = hand;
  if (replica === undefined) return 'no source shows a replica of the bucket elsewhere';
  const move = async (): Promise<null> => {
    if ((await madeBucket(session, replica)).kind !== 'ready') throw new StepFailure(`${replica.name} does not answer`);
    canary?.move([hostOf(replica)]);
    return null;
  };
  // Nothing tells where clients connect; telling them again is no second effect.
  const step = ownStep(
    {
      id: `clients move to ${replica.name} in ${replica.at.region}`,
      describe: () => ({ clients: hostOf(replica) }),
      act: move,
    },
    () => canary?.back(),
  );
  return [worded(step)];
};
