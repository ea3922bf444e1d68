import type * as KMS from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { keyUsable } from '../../../src/simulator/services/kms-model.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const DAY = 24 * 3600 * 1000;
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([kms]);
});

const call = async <O>(operation: string, input: object, region = REGION): Promise<O> =>
  (await invoke(aws, 'kms', operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const create = async (input: object = {}): Promise<KMS.KeyMetadata> =>
  (await call<{ KeyMetadata: KMS.KeyMetadata }>('CreateKey', input)).KeyMetadata;
const describeKey = async (KeyId: string | undefined, region = REGION): Promise<KMS.KeyMetadata> =>
  (await call<{ KeyMetadata: KMS.KeyMetadata }>('DescribeKey', { KeyId }, region)).KeyMetadata;

describe('keys', () => {
  it('are found by id, ARN and alias', async () => {
    const key = await create();
    await call('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: key.KeyId });
    const alias = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders`;
    for (const name of [key.KeyId, key.Arn, 'alias/orders', alias]) expect((await describeKey(name)).Arn).toBe(key.Arn);
    expect(await codeOf(describeKey('alias/none'))).toBe('NotFoundException');
    expect(await codeOf(call('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: key.KeyId }))).toBe(
      'AlreadyExistsException',
    );
    expect(await codeOf(call('CreateAlias', { AliasName: 'alias/aws/s3', TargetKeyId: key.KeyId }))).toBe(
      'InvalidAliasNameException',
    );
  });

  it('are deleted only after their waiting period, and come back disabled when it is cancelled', async () => {
    const key = await create();
    expect(await codeOf(call('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays: 3 }))).toBe('ValidationException');
    await call('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays: 7 });
    expect(keyUsable(aws.world, key.Arn)).toBe(false);
    expect(await codeOf(call('EnableKey', { KeyId: key.KeyId }))).toBe('KMSInvalidStateException');
    aws.world.clock.advance(6 * DAY);
    await call('CancelKeyDeletion', { KeyId: key.KeyId });
    expect((await describeKey(key.KeyId)).KeyState).toBe('Disabled');
    await call('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays: 7 });
    aws.world.clock.advance(7 * DAY);
    expect(await codeOf(describeKey(key.KeyId))).toBe('NotFoundException');
  });

  it('of several Regions share an id, and only the primary is replicated', async () => {
    const key = await create({ MultiRegion: true });
    await call('ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: 'eu-west-1' });
    expect((await describeKey(key.KeyId, 'eu-west-1')).KeyState).toBe('Creating');
    aws.world.clock.advance(60_000);
    expect(await describeKey(key.KeyId, 'eu-west-1')).toMatchObject({
      KeyState: 'Enabled',
      MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', PrimaryKey: { Arn: key.Arn } },
    });
    expect(await codeOf(call('ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: 'us-west-2' }, 'eu-west-1'))).toBe(
      'UnsupportedOperationException',
    );
    expect(await codeOf(call('ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: 'eu-west-1' }))).toBe('AlreadyExistsException');
    await call('UpdatePrimaryRegion', { KeyId: key.KeyId, PrimaryRegion: 'eu-west-1' });
    expect((await describeKey(key.KeyId)).MultiRegionConfiguration?.MultiRegionKeyType).toBe('REPLICA');
    expect(await codeOf(create().then((k) => call('ReplicateKey', { KeyId: k.KeyId, ReplicaRegion: 'eu-west-1' })))).toBe(
      'UnsupportedOperationException',
    );
  });

  it('are listed in pages', async () => {
    for (let i = 0; i < 5; i++) await create();
    const first = await call<KMS.ListKeysCommandOutput>('ListKeys', { Limit: 3 });
    const rest = await call<KMS.ListKeysCommandOutput>('ListKeys', { Limit: 3, Marker: first.NextMarker });
    expect([first.Keys?.length, first.Truncated, rest.Keys?.length, rest.Truncated]).toEqual([3, true, 2, false]);
  });
});

it('a disabled key is enabled again when the fault is over', async () => {
  const key = await create();
  const fault = aws.world.inject({ kind: 'key-disabled', arn: key.Arn ?? '' });
  expect(keyUsable(aws.world, key.Arn)).toBe(false);
  aws.world.lift(fault);
  expect(keyUsable(aws.world, key.Arn)).toBe(true);
});

it('whoever takes the account can schedule the deletion of keys, not delete them at once', async () => {
  const key = await create();
  aws.world.inject({ kind: 'account-compromised', account: ACCOUNT });
  expect((await describeKey(key.KeyId)).KeyState).toBe('PendingDeletion');
  await call('CancelKeyDeletion', { KeyId: key.KeyId });
  await call('EnableKey', { KeyId: key.KeyId });
  aws.world.clock.advance(30 * DAY);
  expect((await describeKey(key.KeyId)).KeyState).toBe('Enabled');
});
