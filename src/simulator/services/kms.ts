/** AWS KMS: keys, multi-Region replicas and aliases. https://docs.aws.amazon.com/kms/latest/APIReference/ */
import type * as KMS from '@aws-sdk/client-kms';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import type { World } from '../world/world.ts';
import { kmsDeployers } from './kms-deployers.ts';
import { ALIASES, KEYS, type Key, keyArn, keyNamed, uuid } from './kms-model.ts';

/** How long ReplicateKey leaves the new key in `Creating`, in milliseconds: "a few seconds" in its API reference. */
const REPLICATING = 5_000;
const DAY = 24 * 3600 * 1000;

type Op<I, O> = Operation<I, Reply<O>>;

function metadata(key: Key, account: string): KMS.KeyMetadata {
  const region = key.arn.split(':')[3] ?? '';
  const place = (r: string): KMS.MultiRegionKey => ({ Arn: keyArn(account, r, key.id), Region: r });
  const family = key.family;
  return {
    AWSAccountId: account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.created,
    Enabled: key.keyState === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.keyState,
    Origin: key.origin,
    KeyManager: key.manager,
    KeySpec: key.spec,
    EncryptionAlgorithms: key.spec === 'SYMMETRIC_DEFAULT' ? ['SYMMETRIC_DEFAULT'] : undefined,
    MultiRegion: family !== undefined,
    ...(key.deletion === undefined ? {} : { DeletionDate: new Date(key.deletion.at) }),
    ...(family === undefined
      ? {}
      : {
          MultiRegionConfiguration: {
            MultiRegionKeyType: family.primary === region ? ('PRIMARY' as const) : ('REPLICA' as const),
            PrimaryKey: place(family.primary),
            ReplicaKeys: [...family.regions].filter((r) => r !== family.primary).map(place),
          },
        }),
  };
}

/** What a key has that is made without one (developer guide, "Default key policy"): the account lets its own IAM policies decide. */
const defaultPolicy = (account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });

const createKey: Op<KMS.CreateKeyCommandInput, KMS.CreateKeyCommandOutput> = (input, context) => {
  const multi = input.MultiRegion === true;
  const made = context.id(multi ? 'mrk' : 'key', 32);
  const id = /^key-[0-9a-f]{32}$/.test(made) ? uuid(made.slice(4)) : made;
  const external = input.Origin === 'EXTERNAL';
  const key: Key = {
    id,
    arn: context.arn('kms', `key/${id}`),
    created: context.now,
    description: input.Description ?? '',
    keyState: external ? 'PendingImport' : 'Enabled',
    manager: 'CUSTOMER',
    origin: input.Origin ?? 'AWS_KMS',
    spec: input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT',
    usage: input.KeyUsage ?? 'ENCRYPT_DECRYPT',
    family: multi ? { primary: context.region, regions: new Set([context.region]) } : undefined,
    deletion: undefined,
    rotated: false,
    policy: input.Policy ?? defaultPolicy(context.account),
    tags: new Map((input.Tags ?? []).map((t) => [t.TagKey ?? '', t.TagValue ?? ''])),
  };
  context.put(KEYS, id, key);
  return { KeyMetadata: metadata(key, context.account) };
};

/** Most operations refuse a key that is waiting for its deletion (developer guide, "Key states of AWS KMS keys"). */
function living(context: CallContext, text: string | undefined): Key {
  const key = keyNamed(context, text);
  if (key.keyState === 'PendingDeletion' || key.keyState === 'PendingReplicaDeletion')
    throw new ServiceFault('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return key;
}

function turn(state: 'Enabled' | 'Disabled'): Op<KMS.EnableKeyCommandInput, KMS.EnableKeyCommandOutput> {
  return (input, context) => {
    const key = living(context, input.KeyId);
    if (key.keyState === 'PendingImport') throw new ServiceFault('KMSInvalidStateException', `${key.arn} is pending import.`);
    key.keyState = state;
    return {};
  };
}

/**
 * A primary key waits for its replicas: its own waiting period begins when the last of them is gone (developer guide, "Deleting
 * multi-Region keys").
 */
const scheduleDeletion: Op<KMS.ScheduleKeyDeletionCommandInput, KMS.ScheduleKeyDeletionCommandOutput> = (input, context) => {
  const key = living(context, input.KeyId);
  const days = input.PendingWindowInDays ?? 30;
  if (days < 7 || days > 30) throw new ServiceFault('ValidationException', 'PendingWindowInDays must be between 7 and 30');
  const others = key.family !== undefined && key.family.primary === context.region && key.family.regions.size > 1;
  key.keyState = others ? 'PendingReplicaDeletion' : 'PendingDeletion';
  const at = context.world.clock.now() + days * DAY;
  const cancel = others ? () => undefined : context.world.clock.at(at, () => erase(context.world, context.account, key));
  key.deletion = { at, cancel };
  return { KeyId: key.arn, KeyState: key.keyState, PendingWindowInDays: days, ...(others ? {} : { DeletionDate: new Date(at) }) };
};

function erase(world: World, account: string, key: Key): void {
  const region = key.arn.split(':')[3] ?? '';
  key.family?.regions.delete(region);
  world.remove(KEYS, account, region, key.id);
}

const cancelDeletion: Op<KMS.CancelKeyDeletionCommandInput, KMS.CancelKeyDeletionCommandOutput> = (input, context) => {
  const key = keyNamed(context, input.KeyId);
  if (key.deletion === undefined) throw new ServiceFault('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  key.deletion.cancel();
  key.deletion = undefined;
  // It comes back disabled (CancelKeyDeletion).
  key.keyState = 'Disabled';
  return { KeyId: key.arn };
};

const replicateKey: Op<KMS.ReplicateKeyCommandInput, KMS.ReplicateKeyCommandOutput> = (input, context) => {
  const key = living(context, input.KeyId);
  const region = input.ReplicaRegion ?? '';
  if (key.family === undefined || key.family.primary !== context.region)
    throw new ServiceFault('UnsupportedOperationException', `${key.arn} is not a multi-Region primary key.`);
  if (key.keyState === 'Disabled') throw new ServiceFault('DisabledException', `${key.arn} is disabled.`);
  if (key.family.regions.has(region)) throw new ServiceFault('AlreadyExistsException', `A related key is already in ${region}.`);
  const { world, account } = context;
  const external = key.origin === 'EXTERNAL';
  const replica: Key = {
    ...key,
    arn: keyArn(account, region, key.id),
    created: context.now,
    description: input.Description ?? '',
    keyState: 'Creating',
    deletion: undefined,
    policy: input.Policy ?? defaultPolicy(account),
    tags: new Map((input.Tags ?? []).map((t) => [t.TagKey ?? '', t.TagValue ?? ''])),
  };
  key.family.regions.add(region);
  world.put(KEYS, account, region, key.id, replica);
  world.clock.after(REPLICATING, () => {
    if (replica.keyState === 'Creating') replica.keyState = external ? 'PendingImport' : 'Enabled';
  });
  return { ReplicaKeyMetadata: metadata(replica, account), ReplicaPolicy: replica.policy, ReplicaTags: input.Tags ?? [] };
};

const updatePrimary: Op<KMS.UpdatePrimaryRegionCommandInput, KMS.UpdatePrimaryRegionCommandOutput> = (input, context) => {
  const key = living(context, input.KeyId);
  const region = input.PrimaryRegion ?? '';
  if (key.family === undefined || !key.family.regions.has(region))
    throw new ServiceFault('NotFoundException', `No related key is in ${region}.`);
  key.family.primary = region;
  return {};
};

const createAlias: Op<KMS.CreateAliasCommandInput, KMS.CreateAliasCommandOutput> = (input, context) => {
  const name = input.AliasName ?? '';
  if (!name.startsWith('alias/') || name.startsWith('alias/aws/'))
    throw new ServiceFault('InvalidAliasNameException', `${name} is not a name that an alias can have.`);
  if (context.get(ALIASES, name) !== undefined)
    throw new ServiceFault('AlreadyExistsException', `An alias with the name ${context.arn('kms', name)} already exists`);
  const key = keyNamed(context, input.TargetKeyId);
  context.put(ALIASES, name, { name, arn: context.arn('kms', name), target: key.id, created: context.now });
  return {};
};

const operations = {
  CreateKey: createKey,
  DescribeKey: ((input, context) => ({
    KeyMetadata: metadata(keyNamed(context, input.KeyId), context.account),
  })) satisfies Op<KMS.DescribeKeyCommandInput, KMS.DescribeKeyCommandOutput>,
  ListKeys: ((input, context) => {
    const { items, next } = page(context.list(KEYS), input.Marker, input.Limit ?? 100);
    const more = next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next };
    return { Keys: items.map((k) => ({ KeyId: k.id, KeyArn: k.arn })), ...more };
  }) satisfies Op<KMS.ListKeysCommandInput, KMS.ListKeysCommandOutput>,
  EnableKey: turn('Enabled'),
  DisableKey: turn('Disabled'),
  ScheduleKeyDeletion: scheduleDeletion,
  CancelKeyDeletion: cancelDeletion,
  ReplicateKey: replicateKey,
  UpdatePrimaryRegion: updatePrimary,
  ImportKeyMaterial: ((input, context) => {
    const key = living(context, input.KeyId);
    if (key.origin !== 'EXTERNAL')
      throw new ServiceFault('UnsupportedOperationException', `${key.arn} origin is ${key.origin} which is not valid.`);
    key.keyState = 'Enabled';
    return { KeyId: key.arn };
  }) satisfies Op<KMS.ImportKeyMaterialCommandInput, KMS.ImportKeyMaterialCommandOutput>,
  CreateAlias: createAlias,
  UpdateAlias: ((input, context) => {
    const alias = context.get(ALIASES, input.AliasName ?? '');
    if (alias === undefined) throw new ServiceFault('NotFoundException', `Alias ${input.AliasName ?? ''} is not found.`);
    alias.target = keyNamed(context, input.TargetKeyId).id;
    return {};
  }) satisfies Op<KMS.UpdateAliasCommandInput, KMS.UpdateAliasCommandOutput>,
  DeleteAlias: ((input, context) => {
    if (context.get(ALIASES, input.AliasName ?? '') === undefined)
      throw new ServiceFault('NotFoundException', `Alias ${input.AliasName ?? ''} is not found.`);
    context.remove(ALIASES, input.AliasName ?? '');
    return {};
  }) satisfies Op<KMS.DeleteAliasCommandInput, KMS.DeleteAliasCommandOutput>,
  ListAliases: ((input, context) => {
    const wanted = input.KeyId === undefined ? undefined : keyNamed(context, input.KeyId).id;
    const all = context.list(ALIASES).filter((a) => wanted === undefined || a.target === wanted);
    const { items, next } = page(all, input.Marker, input.Limit ?? 50);
    const more = next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next };
    return {
      Aliases: items.map((a) => ({ AliasName: a.name, AliasArn: a.arn, TargetKeyId: a.target, CreationDate: a.created })),
      ...more,
    };
  }) satisfies Op<KMS.ListAliasesCommandInput, KMS.ListAliasesCommandOutput>,
  TagResource: ((input, context) => {
    const key = living(context, input.KeyId);
    for (const t of input.Tags ?? []) key.tags.set(t.TagKey ?? '', t.TagValue ?? '');
    return {};
  }) satisfies Op<KMS.TagResourceCommandInput, KMS.TagResourceCommandOutput>,
  UntagResource: ((input, context) => {
    const key = living(context, input.KeyId);
    for (const name of input.TagKeys ?? []) key.tags.delete(name);
    return {};
  }) satisfies Op<KMS.UntagResourceCommandInput, KMS.UntagResourceCommandOutput>,
  ListResourceTags: ((input, context) => {
    const all = [...keyNamed(context, input.KeyId).tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    const { items, next } = page(all, input.Marker, input.Limit ?? 50);
    return { Tags: [...items], ...(next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next }) };
  }) satisfies Op<KMS.ListResourceTagsCommandInput, KMS.ListResourceTagsCommandOutput>,
  EnableKeyRotation: ((input, context) => {
    living(context, input.KeyId).rotated = true;
    return {};
  }) satisfies Op<KMS.EnableKeyRotationCommandInput, KMS.EnableKeyRotationCommandOutput>,
  DisableKeyRotation: ((input, context) => {
    living(context, input.KeyId).rotated = false;
    return {};
  }) satisfies Op<KMS.DisableKeyRotationCommandInput, KMS.DisableKeyRotationCommandOutput>,
  UpdateKeyDescription: ((input, context) => {
    living(context, input.KeyId).description = input.Description ?? '';
    return {};
  }) satisfies Op<KMS.UpdateKeyDescriptionCommandInput, KMS.UpdateKeyDescriptionCommandOutput>,
  GetKeyRotationStatus: ((input, context) => ({
    KeyRotationEnabled: keyNamed(context, input.KeyId).rotated,
  })) satisfies Op<KMS.GetKeyRotationStatusCommandInput, KMS.GetKeyRotationStatusCommandOutput>,
  PutKeyPolicy: ((input, context) => {
    living(context, input.KeyId).policy = input.Policy ?? '';
    return {};
  }) satisfies Op<KMS.PutKeyPolicyCommandInput, KMS.PutKeyPolicyCommandOutput>,
  GetKeyPolicy: ((input, context) => ({
    Policy: keyNamed(context, input.KeyId).policy,
    PolicyName: 'default',
  })) satisfies Op<KMS.GetKeyPolicyCommandInput, KMS.GetKeyPolicyCommandOutput>,
};

/**
 * An administrator in the wrong hands cannot delete a key at once, but disables every one and schedules its deletion; both can
 * be undone only by somebody who gets the account back in time.
 */
function begin(world: World): void {
  world.onFault((fault, _, how) => {
    if (fault.kind === 'key-disabled') {
      for (const { item } of world.everywhere(KEYS))
        if (item.arn === fault.arn && item.deletion === undefined) item.keyState = how === 'begins' ? 'Disabled' : 'Enabled';
    } else if (fault.kind === 'deleted' && how === 'begins') {
      for (const { account, item } of world.everywhere(KEYS)) if (item.arn === fault.arn) erase(world, account, item);
    } else if (fault.kind === 'account-compromised' && how === 'begins') {
      for (const { account, item } of world.everywhere(KEYS)) {
        if (account !== fault.account || item.manager === 'AWS' || item.deletion !== undefined) continue;
        const at = world.clock.now() + 7 * DAY;
        item.keyState = 'PendingDeletion';
        item.deletion = { at, cancel: world.clock.at(at, () => erase(world, account, item)) };
      }
    }
  });
}

export const kms: SimulatedService = { client: 'kms', prefix: 'kms', operations, begin, deployers: kmsDeployers };
