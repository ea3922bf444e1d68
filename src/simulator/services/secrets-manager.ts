/** AWS Secrets Manager: secrets and their replicas. https://docs.aws.amazon.com/secretsmanager/latest/apireference/ */
import type * as Secrets from '@aws-sdk/client-secrets-manager';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, moved, putAgain, removedBy, stays, unlessGone } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { keyUsable, uuid } from './kms-model.ts';

type Op<I, O> = Operation<I, Reply<O>>;

interface Replica {
  readonly region: string;
  readonly key: string | undefined;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  /** Six letters at the end of the ARN, the same in every Region. */
  readonly suffix: string;
  readonly created: Date;
  key: string | undefined;
  /** The Region that takes changes, when it is replicated. */
  primary: string | undefined;
  replicas: Replica[];
  rotation: { readonly lambda: string | undefined; readonly rules: Secrets.RotationRulesType } | undefined;
  /** Versions, the newest last; the value never leaves but through GetSecretValue. */
  versions: { readonly id: string; readonly text: string; readonly at: Date }[];
  deletion: { readonly at: number; readonly cancel: () => void } | undefined;
  readonly tags: Map<string, string>;
}

export const SECRETS = shelf<Secret>('secrets-manager:secret');
const DAY = 24 * 3600 * 1000;
/** Until a replica has the value, in milliseconds: AWS gives no figure; a few seconds is an assumption. */
const REPLICATING = 5_000;

/** By name, ARN, or ARN without its last part. */
function secretNamed(context: CallContext, text: string | undefined): Secret {
  const id = text ?? '';
  const found = context.get(SECRETS, id) ?? context.list(SECRETS).find((s) => s.arn === id || s.arn === `${id}-${s.suffix}`);
  if (found === undefined)
    throw new ServiceFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return found;
}

/** Most operations refuse a secret that is waiting for its deletion. */
function living(context: CallContext, text: string | undefined): Secret {
  const secret = secretNamed(context, text);
  if (secret.deletion !== undefined) throw refused('You tried to perform the operation on a secret marked for deletion.');
  return secret;
}

function primary(context: CallContext, text: string | undefined): Secret {
  const secret = living(context, text);
  if (secret.primary !== undefined && secret.primary !== context.region)
    throw refused(`This operation is not permitted on a replica secret. Call must be made in primary secret's region.`);
  return secret;
}

const refused = (message: string): ServiceFault => new ServiceFault('InvalidRequestException', message);

const arnOf = (account: string, region: string, name: string, suffix: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;

const create: Op<Secrets.CreateSecretCommandInput, Secrets.CreateSecretCommandOutput> = (input, context) => {
  const { world, account, region } = context;
  const name = input.Name ?? '';
  const there = context.get(SECRETS, name);
  if (there?.deletion !== undefined)
    throw refused("You can't create this secret because a secret with this name is already scheduled for deletion.");
  if (there !== undefined) throw new ServiceFault('ResourceExistsException', `The secret ${name} already exists.`);
  const suffix = world.random.hex(6);
  const secret: Secret = {
    name,
    arn: arnOf(account, region, name, suffix),
    suffix,
    created: context.now,
    key: input.KmsKeyId,
    primary: undefined,
    replicas: [],
    rotation: undefined,
    versions: [],
    deletion: undefined,
    tags: new Map((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
  context.put(SECRETS, name, secret);
  const version = input.SecretString === undefined ? undefined : store(context, secret, input.SecretString);
  replicate(context, secret, input.AddReplicaRegions ?? [], input.ForceOverwriteReplicaSecret === true);
  return without({ ARN: secret.arn, Name: name, VersionId: version, ReplicationStatus: statusOf(secret) });
};

/** A new version, which reaches the replicas a little later. */
function store(context: CallContext, secret: Secret, text: string): string {
  const { world, account } = context;
  const version = { id: uuid(world.random.hex(32)), text, at: context.now };
  secret.versions = [...secret.versions, version];
  world.clock.after(REPLICATING, () => {
    for (const { region } of secret.replicas) {
      const replica = world.get(SECRETS, account, region, secret.name);
      if (replica !== undefined && replica.primary === secret.primary && !world.regionIsLost(region))
        replica.versions = [...secret.versions];
    }
  });
  return version.id;
}

function replicate(context: CallContext, secret: Secret, wanted: readonly Secrets.ReplicaRegionType[], overwrite: boolean): void {
  const { world, account } = context;
  for (const { Region: region = '', KmsKeyId: key } of wanted) {
    if (region === context.region) throw new ServiceFault('InvalidParameterException', `Invalid replica region ${region}.`);
    if (world.get(SECRETS, account, region, secret.name) !== undefined && !overwrite)
      throw new ServiceFault('ResourceExistsException', `A secret with this name is already in ${region}.`);
    secret.primary = context.region;
    secret.replicas = [...secret.replicas.filter((r) => r.region !== region), { region, key }];
    const replica: Secret = {
      ...secret,
      arn: arnOf(account, region, secret.name, secret.suffix),
      key,
      replicas: [],
      versions: [],
      tags: new Map(secret.tags),
    };
    world.put(SECRETS, account, region, secret.name, replica);
    world.clock.after(REPLICATING, () => {
      if (!world.regionIsLost(context.region)) replica.versions = [...secret.versions];
    });
  }
}

/** Replicas have the tags of their primary. */
const tagsOf = ({ world, account }: CallContext, secret: Secret): readonly Map<string, string>[] => [
  secret.tags,
  ...secret.replicas.flatMap(({ region }) => world.get(SECRETS, account, region, secret.name)?.tags ?? []),
];

const statusOf = (secret: Secret): Secrets.ReplicationStatusType[] | undefined =>
  secret.replicas.length === 0
    ? undefined
    : secret.replicas.map((r) =>
        without({ Region: r.region, KmsKeyId: r.key ?? 'alias/aws/secretsmanager', Status: 'InSync' as const }),
      );

const entry = (secret: Secret): Secrets.SecretListEntry =>
  without({
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: secret.created,
    KmsKeyId: secret.key,
    RotationEnabled: secret.rotation === undefined ? undefined : true,
    RotationLambdaARN: secret.rotation?.lambda,
    RotationRules: secret.rotation?.rules,
    PrimaryRegion: secret.primary,
    DeletedDate: secret.deletion === undefined ? undefined : new Date(secret.deletion.at),
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
  });

const remove: Op<Secrets.DeleteSecretCommandInput, Secrets.DeleteSecretCommandOutput> = (input, context) => {
  const secret = primary(context, input.SecretId);
  if (secret.replicas.length > 0) throw refused("You can't delete secret that still has replica regions.");
  const days = input.RecoveryWindowInDays ?? 30;
  if (days < 7 || days > 30)
    throw new ServiceFault('InvalidParameterException', 'The RecoveryWindowInDays value must be between 7 and 30 days.');
  const at = context.world.clock.now() + (input.ForceDeleteWithoutRecovery === true ? 0 : days * DAY);
  const cancel = context.world.clock.at(at, () => context.remove(SECRETS, secret.name));
  secret.deletion = { at, cancel };
  return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(at) };
};

const operations = {
  CreateSecret: create,
  DescribeSecret: ((input, context) => {
    const secret = secretNamed(context, input.SecretId);
    return without({ ...entry(secret), ReplicationStatus: statusOf(secret) });
  }) satisfies Op<Secrets.DescribeSecretCommandInput, Secrets.DescribeSecretCommandOutput>,
  ListSecrets: ((input, context) => {
    const all = context.list(SECRETS).filter((s) => input.IncludePlannedDeletion === true || s.deletion === undefined);
    const { items, next } = page(all, input.NextToken, input.MaxResults ?? 100);
    return { SecretList: items.map(entry), ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Secrets.ListSecretsCommandInput, Secrets.ListSecretsCommandOutput>,
  GetSecretValue: ((input, context) => {
    const secret = living(context, input.SecretId);
    if (!keyUsable(context.world, secret.key))
      throw new ServiceFault('DecryptionFailure', "Secrets Manager can't decrypt the protected secret text using the KMS key.");
    const version = secret.versions.at(-1);
    if (version === undefined)
      throw new ServiceFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret value.");
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, SecretString: version.text, CreatedDate: version.at };
  }) satisfies Op<Secrets.GetSecretValueCommandInput, Secrets.GetSecretValueCommandOutput>,
  PutSecretValue: ((input, context) => {
    const secret = primary(context, input.SecretId);
    return { ARN: secret.arn, Name: secret.name, VersionId: store(context, secret, input.SecretString ?? '') };
  }) satisfies Op<Secrets.PutSecretValueCommandInput, Secrets.PutSecretValueCommandOutput>,
  UpdateSecret: ((input, context) => {
    const secret = primary(context, input.SecretId);
    if (input.KmsKeyId !== undefined) secret.key = input.KmsKeyId;
    const version = input.SecretString === undefined ? undefined : store(context, secret, input.SecretString);
    return without({ ARN: secret.arn, Name: secret.name, VersionId: version });
  }) satisfies Op<Secrets.UpdateSecretCommandInput, Secrets.UpdateSecretCommandOutput>,
  ReplicateSecretToRegions: ((input, context) => {
    const secret = primary(context, input.SecretId);
    replicate(context, secret, input.AddReplicaRegions ?? [], input.ForceOverwriteReplicaSecret === true);
    return without({ ARN: secret.arn, ReplicationStatus: statusOf(secret) });
  }) satisfies Op<Secrets.ReplicateSecretToRegionsCommandInput, Secrets.ReplicateSecretToRegionsCommandOutput>,
  // Called in the Region of the replica, which becomes a secret of its own: the promotion.
  StopReplicationToReplica: ((input, context) => {
    const replica = living(context, input.SecretId);
    const home = replica.primary;
    if (home === undefined || home === context.region) throw refused('The secret is not a replica.');
    const source = context.world.get(SECRETS, context.account, home, replica.name);
    if (source !== undefined) source.replicas = source.replicas.filter((r) => r.region !== context.region);
    replica.primary = undefined;
    return { ARN: replica.arn };
  }) satisfies Op<Secrets.StopReplicationToReplicaCommandInput, Secrets.StopReplicationToReplicaCommandOutput>,
  RemoveRegionsFromReplication: ((input, context) => {
    const secret = primary(context, input.SecretId);
    for (const region of input.RemoveReplicaRegions ?? []) context.world.remove(SECRETS, context.account, region, secret.name);
    secret.replicas = secret.replicas.filter((r) => input.RemoveReplicaRegions?.includes(r.region) !== true);
    return without({ ARN: secret.arn, ReplicationStatus: statusOf(secret) });
  }) satisfies Op<Secrets.RemoveRegionsFromReplicationCommandInput, Secrets.RemoveRegionsFromReplicationCommandOutput>,
  RotateSecret: ((input, context) => {
    const secret = primary(context, input.SecretId);
    secret.rotation = { lambda: input.RotationLambdaARN, rules: input.RotationRules ?? {} };
    return { ARN: secret.arn, Name: secret.name };
  }) satisfies Op<Secrets.RotateSecretCommandInput, Secrets.RotateSecretCommandOutput>,
  CancelRotateSecret: ((input, context) => {
    const secret = primary(context, input.SecretId);
    secret.rotation = undefined;
    return { ARN: secret.arn, Name: secret.name };
  }) satisfies Op<Secrets.CancelRotateSecretCommandInput, Secrets.CancelRotateSecretCommandOutput>,
  DeleteSecret: remove,
  RestoreSecret: ((input, context) => {
    const secret = secretNamed(context, input.SecretId);
    secret.deletion?.cancel();
    secret.deletion = undefined;
    return { ARN: secret.arn, Name: secret.name };
  }) satisfies Op<Secrets.RestoreSecretCommandInput, Secrets.RestoreSecretCommandOutput>,
  TagResource: ((input, context) => {
    const secret = living(context, input.SecretId);
    for (const tags of tagsOf(context, secret)) for (const t of input.Tags ?? []) tags.set(t.Key ?? '', t.Value ?? '');
    return {};
  }) satisfies Op<Secrets.TagResourceCommandInput, Secrets.TagResourceCommandOutput>,
  UntagResource: ((input, context) => {
    const secret = living(context, input.SecretId);
    for (const tags of tagsOf(context, secret)) for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  }) satisfies Op<Secrets.UntagResourceCommandInput, Secrets.UntagResourceCommandOutput>,
};

/** An administrator can delete without a recovery window, so nothing stays of a taken account's secrets. */
function begin(world: World): void {
  world.onFault((fault, _, how) => {
    if (how !== 'begins' || (fault.kind !== 'deleted' && fault.kind !== 'account-compromised')) return;
    for (const { account, region, key, item } of world.everywhere(SECRETS))
      if (fault.kind === 'deleted' ? item.arn === fault.arn : account === fault.account)
        world.remove(SECRETS, account, region, key);
  });
}

async function deploySecret(given: Given, deployment: Deployment): Promise<Created> {
  const prefix = textOf(given.inputs.namePrefix);
  const name =
    textOf(given.inputs.name) ??
    (prefix === undefined ? deployment.physicalName(given) : `${prefix}${deployment.world.random.hex(26)}`);
  const made = (await deployment.call(
    'secrets-manager',
    'CreateSecret',
    without({
      Name: name,
      Description: textOf(given.inputs.description),
      KmsKeyId: textOf(given.inputs.kmsKeyId),
      Tags: tagList(given.tags),
      AddReplicaRegions: replicasOf(given),
      ForceOverwriteReplicaSecret: flagOf(given.inputs.forceOverwriteReplicaSecret),
    }),
  )) as Secrets.CreateSecretCommandOutput;
  return { id: made.ARN ?? '', outputs: { arn: made.ARN ?? '', name } };
}

const replicasOf = ({ inputs }: Given) =>
  blocksOf(inputs.replicas).map((r) => without({ Region: textOf(r.region), KmsKeyId: textOf(r.kmsKeyId) }));

const changeSecret = changedBy(async (given, before, deployment) => {
  const named = { SecretId: given.id };
  const says = ({ inputs }: Given) => ({ Description: textOf(inputs.description), KmsKeyId: textOf(inputs.kmsKeyId) });
  await modify(deployment, ['secrets-manager', 'UpdateSecret'], named, says(given), says(before));
  const { added, gone } = moved(replicasOf(given), replicasOf(before));
  if (gone.length > 0)
    await deployment.call('secrets-manager', 'RemoveRegionsFromReplication', {
      ...named,
      RemoveReplicaRegions: gone.map((r) => r.Region),
    });
  if (added.length > 0)
    await deployment.call('secrets-manager', 'ReplicateSecretToRegions', { ...named, AddReplicaRegions: added });
});

/** Its replicas go first. It can be had back until its recovery window ends; a window of 0 days is none. */
async function removeSecret(given: Given, deployment: Deployment): Promise<void> {
  const named = { SecretId: given.id };
  const regions = replicasOf(given).map((r) => r.Region);
  const days = numberOf(given.inputs.recoveryWindowInDays) ?? 30;
  const how = days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days };
  const isGone = await unlessGone(deployment.call('secrets-manager', 'DescribeSecret', named));
  if (isGone === undefined || (isGone as Secrets.DescribeSecretCommandOutput).DeletedDate !== undefined) return;
  if (regions.length > 0)
    await deployment.call('secrets-manager', 'RemoveRegionsFromReplication', { ...named, RemoveReplicaRegions: regions });
  await unlessGone(deployment.call('secrets-manager', 'DeleteSecret', { ...named, ...how }));
}

const deployers: readonly Deployer[] = [
  { type: 'aws:secretsmanager/secret:Secret', create: deploySecret, update: changeSecret, remove: removeSecret },
  {
    type: 'aws:secretsmanager/secretVersion:SecretVersion',
    async create(given, deployment) {
      const SecretId = need(given, 'secretId');
      // What is in it does not matter to the world: a stand-in keeps real values out of it.
      const made = (await deployment.call('secrets-manager', 'PutSecretValue', {
        SecretId,
        SecretString: 'simulated',
      })) as Secrets.PutSecretValueCommandOutput;
      return { id: `${SecretId}|${made.VersionId ?? ''}`, outputs: { arn: SecretId, versionId: made.VersionId ?? '' } };
    },
    // A version loses its labels and stays until the secret goes.
    remove: stays,
  },
  {
    type: 'aws:secretsmanager/secretRotation:SecretRotation',
    ...putAgain(async (given, deployment) => {
      const SecretId = need(given, 'secretId');
      const days = numberOf(blockOf(given.inputs.rotationRules)?.automaticallyAfterDays);
      const rules = days === undefined ? {} : { AutomaticallyAfterDays: days };
      const input = without({ SecretId, RotationLambdaARN: textOf(given.inputs.rotationLambdaArn), RotationRules: rules });
      await deployment.call('secrets-manager', 'RotateSecret', input);
      return { id: SecretId, outputs: { rotationEnabled: true } };
    }),
    remove: removedBy('secrets-manager', 'CancelRotateSecret', ({ id }) => ({ SecretId: id })),
  },
];

export const secretsManager: SimulatedService = {
  client: 'secrets-manager',
  prefix: 'secretsmanager',
  operations,
  begin,
  deployers,
};
