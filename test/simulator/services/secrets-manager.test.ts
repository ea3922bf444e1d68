import type * as Secrets from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { secretsManager } from '../../../src/simulator/services/secrets-manager.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const DAY = 24 * 3600 * 1000;
const EU = 'eu-west-1';
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([secretsManager, kms]);
});

const call = async <O>(operation: string, input: object, region = REGION): Promise<O> => {
  const caller = { account: ACCOUNT, region, principal: administrator(ACCOUNT) };
  return (await invoke(aws, 'secrets-manager', operation, input, caller)) as O;
};
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const later = (milliseconds: number): void => aws.world.clock.advance(milliseconds);
const create = (more: object = {}): Promise<Secrets.CreateSecretCommandOutput> =>
  call('CreateSecret', { Name: 'db', SecretString: 'one', ...more });
const valueIn = async (region: string): Promise<string | undefined> =>
  (await call<Secrets.GetSecretValueCommandOutput>('GetSecretValue', { SecretId: 'db' }, region)).SecretString;

describe('replicas', () => {
  beforeEach(async () => {
    await create({ AddReplicaRegions: [{ Region: EU }] });
    later(DAY);
  });

  it('hold the value, a little later, and refuse changes', async () => {
    expect(await valueIn(EU)).toBe('one');
    await call('PutSecretValue', { SecretId: 'db', SecretString: 'two' });
    expect(await valueIn(EU)).toBe('one');
    later(60_000);
    expect(await valueIn(EU)).toBe('two');
    expect(await codeOf(call('PutSecretValue', { SecretId: 'db', SecretString: 'x' }, EU))).toBe('InvalidRequestException');
  });

  it('answer when the Region of the primary is lost, and take changes once they are promoted', async () => {
    aws.world.inject({ kind: 'region-loss', region: REGION });
    expect(await valueIn(EU)).toBe('one');
    await call('StopReplicationToReplica', { SecretId: 'db' }, EU);
    await call('PutSecretValue', { SecretId: 'db', SecretString: 'three' }, EU);
    expect(await valueIn(EU)).toBe('three');
  });

  it('keep the primary from being deleted', async () => {
    expect(await codeOf(call('DeleteSecret', { SecretId: 'db' }))).toBe('InvalidRequestException');
    await call('RemoveRegionsFromReplication', { SecretId: 'db', RemoveReplicaRegions: [EU] });
    expect(await codeOf(valueIn(EU))).toBe('ResourceNotFoundException');
    expect(await codeOf(call('DeleteSecret', { SecretId: 'db' }))).toBe('none');
  });
});

it('a deleted secret comes back within its window, and not afterwards', async () => {
  await create();
  await call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
  expect(await codeOf(valueIn(REGION))).toBe('InvalidRequestException');
  expect(await call<Secrets.ListSecretsCommandOutput>('ListSecrets', {})).toEqual({ SecretList: [] });
  later(6 * DAY);
  await call('RestoreSecret', { SecretId: 'db' });
  expect(await valueIn(REGION)).toBe('one');
  await call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
  later(7 * DAY);
  expect(await codeOf(call('DescribeSecret', { SecretId: 'db' }))).toBe('ResourceNotFoundException');
});

it('a secret under a disabled key cannot be read', async () => {
  const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
  const key = (await invoke(aws, 'kms', 'CreateKey', {}, caller)) as { KeyMetadata: { Arn: string } };
  await create({ KmsKeyId: key.KeyMetadata.Arn });
  aws.world.inject({ kind: 'key-disabled', arn: key.KeyMetadata.Arn });
  expect(await codeOf(valueIn(REGION))).toBe('DecryptionFailure');
});

it.each([
  ['CreateSecret', { Name: 'db' }, 'ResourceExistsException'],
  ['CreateSecret', { Name: 'other', AddReplicaRegions: [{ Region: REGION }] }, 'InvalidParameterException'],
  ['DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 3 }, 'InvalidParameterException'],
  ['StopReplicationToReplica', { SecretId: 'db' }, 'InvalidRequestException'],
  ['GetSecretValue', { SecretId: 'none' }, 'ResourceNotFoundException'],
])('%s refuses what AWS refuses: %o', async (operation, input, code) => {
  await create();
  expect(await codeOf(call(operation, input))).toBe(code);
});
