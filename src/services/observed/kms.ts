/** KMS keys of the account's own, replicas of multi-Region keys, and aliases. Keys that AWS manages are left out. */
import type {
  DescribeKeyCommandInput,
  DescribeKeyCommandOutput,
  GetKeyPolicyCommandInput,
  GetKeyPolicyCommandOutput,
  KeyMetadata,
  ListKeysCommandInput,
  ListKeysCommandOutput,
  ListResourceTagsCommandInput,
  ListResourceTagsCommandOutput,
} from '@aws-sdk/client-kms';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import { listAliases } from './aws-managed-keys.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const listKeys = call<ListKeysCommandInput, ListKeysCommandOutput>({
  client: 'kms',
  operation: 'ListKeys',
  action: 'kms:ListKeys',
  pages: { input: 'Marker', output: 'NextMarker' },
});
const describeKey = call<DescribeKeyCommandInput, DescribeKeyCommandOutput>({
  client: 'kms',
  operation: 'DescribeKey',
  action: 'kms:DescribeKey',
});
const getPolicy = call<GetKeyPolicyCommandInput, GetKeyPolicyCommandOutput>({
  client: 'kms',
  operation: 'GetKeyPolicy',
  action: 'kms:GetKeyPolicy',
});
const listTags = call<ListResourceTagsCommandInput, ListResourceTagsCommandOutput>({
  client: 'kms',
  operation: 'ListResourceTags',
  action: 'kms:ListResourceTags',
});

export const kmsKeys: Scan = {
  id: 'kms-keys',
  types: [
    'aws:kms/key:Key',
    'aws:kms/externalKey:ExternalKey',
    'aws:kms/replicaKey:ReplicaKey',
    'aws:kms/replicaExternalKey:ReplicaExternalKey',
    'aws:kms/alias:Alias',
  ],
  where: 'region',
  calls: [listKeys, describeKey, getPolicy, listTags, listAliases],
  async *run(aws) {
    const managed = new Set<string>();
    for await (const { Aliases = [] } of aws.pages(listAliases, { Limit: 100 })) {
      for (const alias of Aliases) {
        const { AliasName: name = '', AliasArn: arn, TargetKeyId: target } = alias;
        // Aliases that AWS keeps ready for a service have no key before its first use.
        if (name.startsWith('alias/aws/')) {
          if (target !== undefined) managed.add(target);
        } else
          yield {
            type: 'aws:kms/alias:Alias',
            id: name,
            arn,
            name,
            properties: { name, targetKeyId: sent(target, 'TargetKeyId') },
            outputs: present({ arn, targetKeyId: target }),
            tags: {},
          };
      }
    }
    for await (const { Keys = [] } of aws.pages(listKeys, { Limit: 1000 })) {
      const own = Keys.flatMap(({ KeyId: id, KeyArn: arn }) =>
        id === undefined || managed.has(id) ? [] : [{ id, arn: arn ?? id }],
      );
      for (const seen of await aws.each(own, (key) => observeKey(aws, key))) if (seen !== undefined) yield seen;
    }
  },
};

interface Listed {
  readonly id: string;
  readonly arn: string;
}

async function observeKey(aws: Reader, { id, arn }: Listed): Promise<Observed | undefined> {
  const described = await aws.ask(describeKey, { KeyId: id }, ['NotFoundException']);
  if (described === undefined) return undefined;
  const key = described instanceof Hole ? described : sent(described.KeyMetadata, 'KeyMetadata');
  if (key instanceof Hole) {
    // A key of some kind is there. What kind, only the description tells.
    const properties = { isEnabled: key, enabled: key, multiRegion: key, primaryKeyArn: key, policy: key };
    return { type: 'aws:kms/key:Key', id, arn, name: id, properties, outputs: { arn, keyId: id, keyState: key }, tags: key };
  }
  if (key.KeyManager === 'AWS') return undefined;
  const { type, properties } = ofKind(key);
  return {
    type,
    properties: present({ ...properties, policy: await policyOf(aws, id) }),
    id,
    arn,
    name: id,
    outputs: present({ arn, keyId: id, keyState: key.KeyState }),
    tags: await tagsOf(aws, id),
  };
}

/** `deletionWindowInDays` is said when a deletion is asked for, not kept by the key. */
function ofKind(key: KeyMetadata): Pick<Observed, 'type' | 'properties'> {
  const external = key.Origin === 'EXTERNAL';
  const enabled = key.KeyState === undefined ? key.Enabled : key.KeyState === 'Enabled' || key.KeyState === 'Updating';
  if (key.MultiRegionConfiguration?.MultiRegionKeyType === 'REPLICA') {
    const properties = present({ primaryKeyArn: key.MultiRegionConfiguration.PrimaryKey?.Arn, enabled });
    return {
      type: external ? 'aws:kms/replicaExternalKey:ReplicaExternalKey' : 'aws:kms/replicaKey:ReplicaKey',
      properties,
    };
  }
  const multiRegion = key.MultiRegion;
  return external
    ? { type: 'aws:kms/externalKey:ExternalKey', properties: present({ enabled, multiRegion }) }
    : { type: 'aws:kms/key:Key', properties: present({ isEnabled: enabled, multiRegion }) };
}

/** Undefined where it is the one that AWS gives a key whose code names none: its own account, for everything. */
async function policyOf(aws: Reader, id: string): Promise<string | Hole | undefined> {
  const reply = await aws.ask(getPolicy, { KeyId: id, PolicyName: 'default' }, ['NotFoundException']);
  if (reply === undefined || reply instanceof Hole) return reply;
  const policy = sent(reply.Policy, 'Policy');
  return policy instanceof Hole || !isDefaultPolicy(policy, aws.account) ? policy : undefined;
}

/** KMS developer guide, "Default key policy"; other partitions have other ARNs, and spaces are no difference. */
function isDefaultPolicy(policy: string, account: string): boolean {
  const statements = policy.match(/"Effect"/g)?.length ?? 0;
  return (
    statements === 1 &&
    /"Action":\s*"kms:\*"/.test(policy) &&
    new RegExp(`"AWS":\\s*"arn:[a-z-]+:iam::${account}:root"`).test(policy)
  );
}

async function tagsOf(aws: Reader, id: string): Promise<Observed['tags']> {
  const reply = await aws.ask(listTags, { KeyId: id, Limit: 50 });
  if (reply === undefined || reply instanceof Hole) return reply ?? {};
  const tags = sent(reply.Tags, 'Tags');
  return tags instanceof Hole ? tags : Object.fromEntries(tags.map((t) => [t.TagKey ?? '', t.TagValue ?? '']));
}
