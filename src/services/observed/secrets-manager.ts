/** Secrets Manager secrets with their replicas and rotation. Values are never asked for. */
import type {
  DescribeSecretCommandInput,
  DescribeSecretCommandOutput,
  ListSecretsCommandInput,
  ListSecretsCommandOutput,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import { call } from '../../aws/call.ts';
import { Hole, type Value } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const SECRET = 'aws:secretsmanager/secret:Secret';
const ROTATION = 'aws:secretsmanager/secretRotation:SecretRotation';

const listSecrets = call<ListSecretsCommandInput, ListSecretsCommandOutput>({
  client: 'secrets-manager',
  operation: 'ListSecrets',
  action: 'secretsmanager:ListSecrets',
  pages: { input: 'NextToken', output: 'NextToken' },
});
const describeSecret = call<DescribeSecretCommandInput, DescribeSecretCommandOutput>({
  client: 'secrets-manager',
  operation: 'DescribeSecret',
  action: 'secretsmanager:DescribeSecret',
});

/** One call a secret beside the listing, which does not tell the replicas. */
export const secrets: Scan = {
  id: 'secrets',
  types: [SECRET, ROTATION],
  where: 'region',
  calls: [listSecrets, describeSecret, listAliases],
  async *run(aws) {
    for await (const { SecretList = [] } of aws.pages(listSecrets, { MaxResults: 100 })) {
      for (const seen of await aws.each(SecretList, (secret) => observeSecret(aws, secret))) yield* seen;
    }
  },
};

async function observeSecret(aws: Reader, secret: SecretListEntry): Promise<readonly Observed[]> {
  const { ARN: arn = '', Name: name = '' } = secret;
  const properties = present({
    name,
    kmsKeyId: await ownKey(aws, secret.KmsKeyId),
    replicas: await replicasOf(aws, secret),
  });
  const tags = Object.fromEntries((secret.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
  const seen: Observed = { type: SECRET, id: arn, arn, name, properties, outputs: { arn, name }, tags };
  if (secret.RotationEnabled !== true) return [seen];
  const rotation = present({ secretId: arn, rotationLambdaArn: secret.RotationLambdaARN });
  return [seen, { type: ROTATION, id: arn, arn: undefined, name, properties: rotation, outputs: {}, tags: {} }];
}

/** Seen from a replica, the primary is the copy that it can be read from instead. */
async function replicasOf(aws: Reader, secret: SecretListEntry): Promise<Value | undefined> {
  if (secret.PrimaryRegion !== undefined && secret.PrimaryRegion !== aws.region) return [{ region: secret.PrimaryRegion }];
  const described = await aws.ask(describeSecret, { SecretId: secret.ARN });
  if (described === undefined || described instanceof Hole) return described;
  const arn = sent(described.ARN, 'ARN');
  if (arn instanceof Hole) return arn;
  const replicas = await Promise.all(
    (described.ReplicationStatus ?? [])
      // A copy that could not be made is none.
      .filter((r) => r.Status !== 'Failed')
      .map(async (r) => present({ region: r.Region, kmsKeyId: await ownKey(aws, r.KmsKeyId) })),
  );
  return replicas.length > 0 ? replicas : undefined;
}
