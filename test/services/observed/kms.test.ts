import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { ownKey } from '../../../src/services/observed/aws-managed-keys.ts';
import { kmsKeys } from '../../../src/services/observed/kms.ts';
import { dynamodb } from '../../../src/simulator/services/dynamodb.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const aws = freshAws([kms, dynamodb]);
const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
const key = (
  (await invoke(aws, 'kms', 'CreateKey', { MultiRegion: true, Tags: [{ TagKey: 'team', TagValue: 'shop' }] }, caller)) as {
    readonly KeyMetadata: { readonly Arn: string; readonly KeyId: string };
  }
).KeyMetadata;
await invoke(aws, 'kms', 'CreateAlias', { AliasName: 'alias/orders', TargetKeyId: key.KeyId }, caller);
await invoke(aws, 'kms', 'ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: 'eu-west-1' }, caller);
// The first table under a key of AWS makes one in the account.
const table = {
  TableName: 't',
  KeySchema: [],
  AttributeDefinitions: [],
  BillingMode: 'PAY_PER_REQUEST',
  SSESpecification: { Enabled: true },
};
const made = (await invoke(aws, 'dynamodb', 'CreateTable', table, caller)) as {
  readonly TableDescription: { readonly SSEDescription: { readonly KMSMasterKeyArn: string } };
};
const managed = made.TableDescription.SSEDescription.KMSMasterKeyArn;
aws.world.clock.advance(60_000);

describe('keys', () => {
  it("are the account's own, with aliases; what AWS manages is left out without a call", async () => {
    const reader = readerOf(aws);
    const seen = await scanned(kmsKeys, reader);
    expect(seen.map((s) => [s.type.split(':').at(-1), s.id, s.tags])).toEqual([
      ['Alias', 'alias/orders', {}],
      ['Key', key.KeyId, { team: 'shop' }],
    ]);
    expect(reader.asked.filter((a) => a === 'kms:DescribeKey')).toHaveLength(1);
  });

  it('of another Region name their primary', async () => {
    const [replica] = await scanned(kmsKeys, readerOf(aws, ACCOUNT, 'eu-west-1'));
    expect(replica).toMatchObject({
      type: 'aws:kms/replicaKey:ReplicaKey',
      properties: { primaryKeyArn: key.Arn, enabled: true },
    });
  });

  it('have a policy where somebody wrote one, and none where AWS did', async () => {
    const policyOf = async () => (await scanned(kmsKeys, readerOf(aws))).find((s) => s.id === key.KeyId)?.properties.policy;
    expect(await policyOf()).toBeUndefined();
    const Policy = JSON.stringify({
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::444455556666:root' }, Action: 'kms:Decrypt', Resource: '*' },
      ],
    });
    await invoke(aws, 'kms', 'PutKeyPolicy', { KeyId: key.KeyId, Policy }, caller);
    expect(await policyOf()).toBe(Policy);
    const fault = aws.world.inject({ kind: 'call', action: 'kms:GetKeyPolicy', how: 'denied' });
    expect(await policyOf()).toBeInstanceOf(Hole);
    aws.world.lift(fault);
  });

  it("tell a key of one's own from one of AWS's, asking once", async () => {
    const reader = readerOf(aws);
    expect(await ownKey(reader, key.Arn)).toBe(key.Arn);
    expect(await ownKey(reader, managed)).toBeUndefined();
    expect(await ownKey(reader, 'alias/aws/ssm')).toBeUndefined();
    expect(await ownKey(reader, undefined)).toBeUndefined();
    expect(reader.asked).toEqual(['kms:ListAliases']);
  });

  it('that may not be described are there, and nothing is known of them', async () => {
    const fault = aws.world.inject({ kind: 'call', action: 'kms:DescribeKey', how: 'denied' });
    const dark = (await scanned(kmsKeys, readerOf(aws))).find((s) => s.id === key.KeyId);
    expect(dark?.properties.multiRegion).toBeInstanceOf(Hole);
    aws.world.lift(fault);
  });

  it('are kept as named when nobody may list aliases', async () => {
    const fault = aws.world.inject({ kind: 'call', action: 'kms:ListAliases', how: 'denied' });
    expect(await ownKey(readerOf(aws), managed)).toBe(managed);
    aws.world.lift(fault);
  });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  it.each(recordings('kms').map((r) => [r.name, r] as const))('%s', async (_, recording) => {
    for (const seen of await readRecording(kmsKeys, recording)) {
      if (seen.type.endsWith(':Alias')) expect(seen.properties.targetKeyId).toEqual(expect.any(String));
      else expect(Object.keys(seen.properties).length).toBeGreaterThan(0);
    }
  });

  it('examples of the manual', async () => {
    expect((await readRecording(kmsKeys, examples('kms'))).map((s) => s.type)).toContain('aws:kms/key:Key');
  });
});
