/** Keys and secrets: a key that can be used again, a primary in another Region, a replica that becomes a secret of its own. */
import type * as KMS from '@aws-sdk/client-kms';
import type * as Secrets from '@aws-sdk/client-secrets-manager';
import { disrupts, reads } from '../calls.ts';
import { changing } from './changing.ts';
import { named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { fromTag, type Tags, tagKey, toTag } from './memo.ts';
import { unless, until, worded } from './waiting.ts';

export const kms = {
  describe: reads<KMS.DescribeKeyCommandInput, KMS.DescribeKeyCommandOutput>('kms', 'DescribeKey'),
  listTags: reads<KMS.ListResourceTagsCommandInput, KMS.ListResourceTagsCommandOutput>('kms', 'ListResourceTags'),
  enable: disrupts<KMS.EnableKeyCommandInput, KMS.EnableKeyCommandOutput>('kms', 'EnableKey'),
  keep: disrupts<KMS.CancelKeyDeletionCommandInput, KMS.CancelKeyDeletionCommandOutput>('kms', 'CancelKeyDeletion'),
  movePrimary: disrupts<KMS.UpdatePrimaryRegionCommandInput, KMS.UpdatePrimaryRegionCommandOutput>('kms', 'UpdatePrimaryRegion'),
  tag: disrupts<KMS.TagResourceCommandInput, KMS.TagResourceCommandOutput>('kms', 'TagResource'),
  untag: disrupts<KMS.UntagResourceCommandInput, KMS.UntagResourceCommandOutput>('kms', 'UntagResource'),
} as const;

/** The key is used again. It is the loss that is undone: nothing is put back at the end, or the key would be lost once more. */
export const enableKey: StepMaker = (hand) => {
  const key = subjectOf(hand);
  if (typeof key === 'string') return key;
  const { session, clock } = hand;
  const state = async (): Promise<KMS.KeyState | undefined> =>
    (await session.send(kms.describe, { KeyId: key.arn }, key.at)).KeyMetadata?.KeyState;
  return [
    worded({
      id: `enable the key ${key.name}`,
      describe: () => ({ enables: key.arn }),
      act: async (_, signal) => {
        if ((await state()) === 'PendingDeletion') await session.send(kms.keep, { KeyId: key.arn }, key.at);
        if ((await state()) === 'Disabled') await session.send(kms.enable, { KeyId: key.arn }, key.at);
        await until(clock, signal, `${key.name} to be enabled`, async () => (await state()) === 'Enabled');
        return null;
      },
      outcome: async () => ((await state()) === 'Enabled' ? 'done' : 'not-done'),
      compensate: async () => null,
      left: async () => [],
    }),
  ];
};

/** A related key of another Region becomes the primary: what only a primary can do goes on there. */
export const moveKeyPrimary: StepMaker = (hand) => {
  const key = subjectOf(hand);
  if (typeof key === 'string') return key;
  const { session } = hand;
  const into = hand.given.region ?? hand.into;
  if (into === undefined) return `no source says into which Region the primary of ${key.name} goes (region)`;
  const replica = named(key.like(into, `key/${key.name}`));
  const primary = async (): Promise<string | undefined> => {
    const { KeyMetadata } = await session.send(kms.describe, { KeyId: replica.arn }, replica.at);
    return KeyMetadata?.KeyState === 'Updating' ? undefined : KeyMetadata?.MultiRegionConfiguration?.PrimaryKey?.Region;
  };
  const tags: Tags = {
    read: async (name) => {
      const { Tags: found } = await session.send(kms.listTags, { KeyId: replica.arn }, replica.at);
      return found?.find((t) => t.TagKey === name)?.TagValue;
    },
    write: (TagKey, TagValue) => session.send(kms.tag, { KeyId: replica.arn, Tags: [{ TagKey, TagValue }] }, replica.at),
    erase: (name) => session.send(kms.untag, { KeyId: replica.arn, TagKeys: [name] }, replica.at),
  };
  /** Asked of the present primary (API UpdatePrimaryRegion). */
  const move = async (region: string): Promise<unknown> => {
    const at = { ...replica.at, region: (await primary()) ?? into };
    return session.send(kms.movePrimary, { KeyId: named(key.like(at.region, `key/${key.name}`)).arn, PrimaryRegion: region }, at);
  };
  return [
    changing({
      id: `make ${into} the primary of ${key.name}`,
      describes: { key: key.arn, primary: into },
      clock: hand.clock,
      subject: replica.arn,
      tags,
      before: async () => {
        const home = await primary();
        if (home === undefined) throw new StepFailure(`${key.name} is no multi-Region key, or is being changed`);
        return { home };
      },
      changed: async () => (await primary()) === into,
      change: () => move(into),
      isBack: async ({ home }) => (await primary()) === home,
      back: ({ home = '' }) => move(home),
      busy: ['KMSInvalidState'],
    }),
  ];
};

export const secrets = {
  describe: reads<Secrets.DescribeSecretCommandInput, Secrets.DescribeSecretCommandOutput>('secrets-manager', 'DescribeSecret'),
  promote: disrupts<Secrets.StopReplicationToReplicaCommandInput, Secrets.StopReplicationToReplicaCommandOutput>(
    'secrets-manager',
    'StopReplicationToReplica',
  ),
  replicate: disrupts<Secrets.ReplicateSecretToRegionsCommandInput, Secrets.ReplicateSecretToRegionsCommandOutput>(
    'secrets-manager',
    'ReplicateSecretToRegions',
  ),
  remove: disrupts<Secrets.DeleteSecretCommandInput, Secrets.DeleteSecretCommandOutput>('secrets-manager', 'DeleteSecret'),
  tag: disrupts<Secrets.TagResourceCommandInput, Secrets.TagResourceCommandOutput>('secrets-manager', 'TagResource'),
  untag: disrupts<Secrets.UntagResourceCommandInput, Secrets.UntagResourceCommandOutput>('secrets-manager', 'UntagResource'),
} as const;

/**
 * A replica becomes a secret of its own, which can be changed; at the end the primary is replicated over it again. A replica takes
 * its tags from the primary, so what was is noted on the primary: its Region must answer.
 */
export const promoteSecret: StepMaker = (hand) => {
  const primary = subjectOf(hand);
  if (typeof primary === 'string') return primary;
  const region = hand.given.region ?? hand.into;
  if (region === undefined) return `no source says in which Region the replica of ${primary.arn} is (region)`;
  const { session, clock } = hand;
  const name = secretName(primary.arn);
  const at = { ...primary.at, region };
  const find = async (place: typeof at): Promise<Secrets.DescribeSecretCommandOutput | undefined> =>
    unless(['ResourceNotFoundException'], session.send(secrets.describe, { SecretId: name }, place));
  const memo = async (token: string): Promise<string | undefined> =>
    (await find(primary.at))?.Tags?.find((t) => t.Key === tagKey(token))?.Value;
  const isReplica = async (): Promise<boolean> => {
    const found = await find(at);
    return found !== undefined && found.PrimaryRegion !== undefined && found.PrimaryRegion !== region;
  };
  const replication = async (): Promise<Secrets.ReplicationStatusType | undefined> =>
    (await find(primary.at))?.ReplicationStatus?.find((r) => r.Region === region);
  return [
    worded({
      id: `make the replica of ${name} in ${region} a secret of its own`,
      describe: () => ({ replicaOf: primary.arn, region }),
      act: async (token, signal) => {
        if ((await memo(token)) === undefined) {
          if (!(await isReplica())) throw new StepFailure(`${region} has no replica of ${name}`);
          const key = (await replication())?.KmsKeyId;
          signal.throwIfAborted();
          const Value = toTag(key === undefined ? { region } : { region, key });
          await session.send(secrets.tag, { SecretId: primary.arn, Tags: [{ Key: tagKey(token), Value }] }, primary.at);
        }
        if (await isReplica()) await session.send(secrets.promote, { SecretId: name }, at);
        return { promoted: region };
      },
      outcome: async (token) => ((await memo(token)) !== undefined && !(await isReplica()) ? 'done' : 'not-done'),
      compensate: async (token) => {
        const text = await memo(token);
        if (text === undefined) return null;
        const { key } = fromTag(text);
        if (!(await isReplica())) {
          const input = {
            SecretId: primary.arn,
            AddReplicaRegions: [{ Region: region, KmsKeyId: key }],
            ForceOverwriteReplicaSecret: true,
          };
          if ((await replication()) === undefined) await session.send(secrets.replicate, input, primary.at);
          await until(clock, undefined, `${name} to be replicated`, async () => (await replication())?.Status === 'InSync');
        }
        await session.send(secrets.untag, { SecretId: primary.arn, TagKeys: [tagKey(token)] }, primary.at);
        return { replicated: region };
      },
      left: async (token) => ((await memo(token)) === undefined ? [] : [primary.arn]),
    }),
  ];
};

/** ARNs end in a hyphen and six characters that are no part of the name (Secrets Manager user guide, "ARN"). */
const secretName = (arn: string): string => (arn.split(':secret:')[1] ?? arn).replace(/-[A-Za-z0-9]{6}$/, '');
