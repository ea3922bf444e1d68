/** KMS keys and aliases from the inputs of the Pulumi provider. */
import type * as KMS from '@aws-sdk/client-kms';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { ServiceFault } from '../service.ts';
import { flagOf, need, numberOf, textOf, without } from './compute-inputs.ts';

const tagsOf = (given: Given): KMS.Tag[] => Object.entries(given.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

async function make(given: Given, deployment: Deployment, external: boolean): Promise<Created> {
  const input = without({
    Description: textOf(given.inputs.description),
    KeyUsage: textOf(given.inputs.keyUsage),
    KeySpec: textOf(given.inputs.customerMasterKeySpec),
    MultiRegion: flagOf(given.inputs.multiRegion),
    Policy: textOf(given.inputs.policy),
    Origin: external ? 'EXTERNAL' : undefined,
    Tags: tagsOf(given),
  });
  const { KeyMetadata: made } = (await deployment.call('kms', 'CreateKey', input)) as KMS.CreateKeyCommandOutput;
  return settle(given, deployment, made, external);
}

/** Imported material enables a key; `isEnabled` (of a key) and `enabled` (of the others) switch it. */
async function settle(
  given: Given,
  deployment: Deployment,
  made: KMS.KeyMetadata | undefined,
  external: boolean,
): Promise<Created> {
  const KeyId = made?.KeyId ?? '';
  const hasMaterial = textOf(given.inputs.keyMaterialBase64) !== undefined;
  if (external && hasMaterial)
    await deployment.call('kms', 'ImportKeyMaterial', { KeyId, ImportToken: '', EncryptedKeyMaterial: '' });
  if (flagOf(given.inputs.isEnabled ?? given.inputs.enabled) === false && (!external || hasMaterial))
    await deployment.call('kms', 'DisableKey', { KeyId });
  if (flagOf(given.inputs.enableKeyRotation) === true) await deployment.call('kms', 'EnableKeyRotation', { KeyId });
  const described = (await deployment.call('kms', 'DescribeKey', { KeyId })) as KMS.DescribeKeyCommandOutput;
  return {
    id: KeyId,
    outputs: { arn: made?.Arn ?? '', keyId: KeyId, keyState: described.KeyMetadata?.KeyState ?? '' },
  };
}

async function replicate(given: Given, deployment: Deployment, external: boolean): Promise<Created> {
  const primary = need(given, 'primaryKeyArn');
  const input = without({
    KeyId: primary.split('/')[1] ?? primary,
    ReplicaRegion: given.region,
    Description: textOf(given.inputs.description),
    Policy: textOf(given.inputs.policy),
    Tags: tagsOf(given),
  });
  const home = primary.split(':')[3] ?? given.region;
  const { ReplicaKeyMetadata: made } = (await deployment.call(
    'kms',
    'ReplicateKey',
    input,
    home,
  )) as KMS.ReplicateKeyCommandOutput;
  await deployment.until(async () => {
    const now = (await deployment.call('kms', 'DescribeKey', { KeyId: made?.KeyId ?? '' })) as KMS.DescribeKeyCommandOutput;
    return now.KeyMetadata?.KeyState !== 'Creating';
  }, `${given.urn} is replicated`);
  return settle(given, deployment, made, external);
}

async function alias(given: Given, deployment: Deployment): Promise<Created> {
  const prefix = textOf(given.inputs.namePrefix);
  const name =
    given.id ??
    textOf(given.inputs.name) ??
    (prefix === undefined ? `alias/${deployment.physicalName(given)}` : `${prefix}${deployment.world.random.hex(26)}`);
  const target = need(given, 'targetKeyId');
  await deployment.call('kms', 'CreateAlias', { AliasName: name, TargetKeyId: target });
  const arn = `arn:aws:kms:${given.region}:${given.account}:${name}`;
  return { id: name, outputs: { name, arn, ...(await targetOf(target, deployment)) } };
}

async function targetOf(target: string, deployment: Deployment) {
  const key = (await deployment.call('kms', 'DescribeKey', { KeyId: target })) as KMS.DescribeKeyCommandOutput;
  return { targetKeyId: key.KeyMetadata?.KeyId ?? target, targetKeyArn: key.KeyMetadata?.Arn ?? '' };
}

const isOn = ({ inputs }: Given): boolean => flagOf(inputs.isEnabled ?? inputs.enabled) ?? true;

/** A key is switched on before anything else is changed, and off after it. */
const changeKey = changedBy(async (given, before, deployment) => {
  const named = { KeyId: given.id };
  const turned = isOn(given) !== isOn(before);
  if (turned && isOn(given)) await deployment.call('kms', 'EnableKey', named);
  const [rotates, rotated] = [given, before].map(({ inputs }) => flagOf(inputs.enableKeyRotation) === true);
  if (rotates !== rotated) await deployment.call('kms', rotates === true ? 'EnableKeyRotation' : 'DisableKeyRotation', named);
  const says = ({ inputs }: Given) => ({ Description: textOf(inputs.description) ?? '' });
  await modify(deployment, ['kms', 'UpdateKeyDescription'], named, says(given), says(before));
  const allows = ({ inputs }: Given) => ({ Policy: textOf(inputs.policy) });
  await modify(deployment, ['kms', 'PutKeyPolicy'], named, allows(given), allows(before));
  if (turned && !isOn(given)) await deployment.call('kms', 'DisableKey', named);
});

/** No key goes at once. One that waits for its deletion already is as good as gone. */
async function removeKey({ id, inputs }: Given, deployment: Deployment): Promise<void> {
  const input = without({ KeyId: id, PendingWindowInDays: numberOf(inputs.deletionWindowInDays) });
  try {
    await unlessGone(deployment.call('kms', 'ScheduleKeyDeletion', input));
  } catch (error) {
    if (!(error instanceof ServiceFault && /pending deletion/.test(error.message))) throw error;
  }
}

const keyDeployer = (type: string, create: Deployer['create']): Deployer => ({
  type,
  create,
  update: changeKey,
  remove: removeKey,
});

export const kmsDeployers: readonly Deployer[] = [
  keyDeployer('aws:kms/key:Key', (given, deployment) => make(given, deployment, false)),
  keyDeployer('aws:kms/externalKey:ExternalKey', (given, deployment) => make(given, deployment, true)),
  keyDeployer('aws:kms/replicaKey:ReplicaKey', (given, deployment) => replicate(given, deployment, false)),
  keyDeployer('aws:kms/replicaExternalKey:ReplicaExternalKey', (given, deployment) => replicate(given, deployment, true)),
  {
    type: 'aws:kms/alias:Alias',
    create: alias,
    async update(given, _before, deployment) {
      const { id: name = '' } = given;
      const TargetKeyId = need(given, 'targetKeyId');
      await deployment.call('kms', 'UpdateAlias', { AliasName: name, TargetKeyId });
      return { id: name, outputs: await targetOf(TargetKeyId, deployment) };
    },
    remove: removedBy('kms', 'DeleteAlias', ({ id }) => ({ AliasName: id })),
  },
];
