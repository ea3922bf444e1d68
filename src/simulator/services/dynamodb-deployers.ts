/** Tables and replicas from the inputs of the Pulumi provider. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { nameOf, tableArn } from './dynamodb-model.ts';

const describe = async (deployment: Deployment, name: string, region?: string): Promise<DynamoDB.TableDescription | undefined> =>
  ((await deployment.call('dynamodb', 'DescribeTable', { TableName: name }, region)) as DynamoDB.DescribeTableCommandOutput)
    .Table;

/** A table takes one change at a time. */
const ready = (deployment: Deployment, name: string, region?: string): Promise<void> =>
  deployment.until(async () => (await describe(deployment, name, region))?.TableStatus === 'ACTIVE', `${name} is active`);

async function table(given: Given, deployment: Deployment): Promise<Created> {
  const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given);
  const { inputs } = given;
  const billing = textOf(inputs.billingMode) ?? 'PROVISIONED';
  const hashKey = textOf(inputs.hashKey) ?? 'id';
  const rangeKey = textOf(inputs.rangeKey);
  const onDemand = blockOf(inputs.onDemandThroughput);
  const encryption = blockOf(inputs.serverSideEncryption);
  const encrypted = flagOf(encryption?.enabled) === true;
  await deployment.call(
    'dynamodb',
    'CreateTable',
    without({
      TableName: name,
      BillingMode: billing,
      KeySchema: [
        { AttributeName: hashKey, KeyType: 'HASH' },
        ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: 'RANGE' }]),
      ],
      AttributeDefinitions: blocksOf(inputs.attributes).map((a) => ({
        AttributeName: textOf(a.name),
        AttributeType: textOf(a.type),
      })),
      ProvisionedThroughput:
        billing === 'PROVISIONED'
          ? { ReadCapacityUnits: numberOf(inputs.readCapacity) ?? 1, WriteCapacityUnits: numberOf(inputs.writeCapacity) ?? 1 }
          : undefined,
      OnDemandThroughput:
        onDemand === undefined
          ? undefined
          : without({
              MaxReadRequestUnits: numberOf(onDemand.maxReadRequestUnits),
              MaxWriteRequestUnits: numberOf(onDemand.maxWriteRequestUnits),
            }),
      // A key is sent only when encryption under a key is switched on.
      SSESpecification: encrypted ? without({ Enabled: true, KMSMasterKeyId: textOf(encryption?.kmsKeyArn) }) : undefined,
      StreamSpecification:
        flagOf(inputs.streamEnabled) === true
          ? { StreamEnabled: true, StreamViewType: textOf(inputs.streamViewType) ?? 'NEW_AND_OLD_IMAGES' }
          : undefined,
      TableClass: textOf(inputs.tableClass),
      DeletionProtectionEnabled: flagOf(inputs.deletionProtectionEnabled),
      Tags: tagList(given.tags),
    }),
  );
  await ready(deployment, name);
  await replicas(name, given, deployment);
  await continuousBackups(name, blockOf(inputs.pointInTimeRecovery), deployment);
  const made = await describe(deployment, name);
  const outputs = without({ arn: made?.TableArn, name, streamArn: made?.LatestStreamArn, streamLabel: made?.LatestStreamLabel });
  return { id: name, outputs };
}

async function continuousBackups(name: string, block: Block | undefined, deployment: Deployment, region?: string): Promise<void> {
  if (flagOf(block?.enabled) !== true) return;
  const specification = without({
    PointInTimeRecoveryEnabled: true,
    RecoveryPeriodInDays: numberOf(block?.recoveryPeriodInDays),
  });
  await deployment.call(
    'dynamodb',
    'UpdateContinuousBackups',
    { TableName: name, PointInTimeRecoverySpecification: specification },
    region,
  );
}

/** Eventually consistent replicas are made one after the other; strongly consistent ones, with their witness, at once. */
async function replicas(name: string, given: Given, deployment: Deployment): Promise<void> {
  const wanted = blocksOf(given.inputs.replicas);
  const creates = wanted.map((r) => ({
    Create: without({ RegionName: textOf(r.regionName), KMSMasterKeyId: textOf(r.kmsKeyArn) }),
  }));
  const strong = wanted.some((r) => textOf(r.consistencyMode) === 'STRONG');
  const witness = textOf(blockOf(given.inputs.globalTableWitness)?.regionName);
  const updates = strong
    ? [
        without({
          ReplicaUpdates: creates,
          MultiRegionConsistency: 'STRONG',
          GlobalTableWitnessUpdates: witness === undefined ? undefined : [{ Create: { RegionName: witness } }],
        }),
      ]
    : creates.map((create) => ({ ReplicaUpdates: [create] }));
  for (const update of updates) {
    await deployment.call('dynamodb', 'UpdateTable', { TableName: name, ...update });
    await ready(deployment, name);
  }
  for (const replica of wanted) {
    const region = textOf(replica.regionName);
    await finish(name, replica, deployment, region);
  }
}

/** Continuous backups and deletion protection are set in the Region of the replica. */
async function finish(
  name: string,
  block: Readonly<Record<string, Given['inputs'][string]>>,
  deployment: Deployment,
  region?: string,
): Promise<void> {
  await ready(deployment, name, region);
  await continuousBackups(name, { enabled: block.pointInTimeRecovery ?? false }, deployment, region);
  if (flagOf(block.deletionProtectionEnabled) === true) {
    await deployment.call('dynamodb', 'UpdateTable', { TableName: name, DeletionProtectionEnabled: true }, region);
    await ready(deployment, name, region);
  }
}

async function tableReplica(given: Given, deployment: Deployment): Promise<Created> {
  const main = need(given, 'globalTableArn');
  const name = nameOf(main);
  const home = main.split(':')[3] ?? given.region;
  const create = without({ RegionName: given.region, KMSMasterKeyId: textOf(given.inputs.kmsKeyArn) });
  await deployment.call('dynamodb', 'UpdateTable', { TableName: name, ReplicaUpdates: [{ Create: create }] }, home);
  await ready(deployment, name, home);
  await finish(name, given.inputs, deployment);
  return { id: `${name}:${home}`, outputs: { arn: tableArn(given.account, given.region, name) } };
}

async function globalTable(given: Given, deployment: Deployment): Promise<Created> {
  const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given);
  const group = blocksOf(given.inputs.replicas).map((r) => ({ RegionName: textOf(r.regionName) }));
  await deployment.call('dynamodb', 'CreateGlobalTable', { GlobalTableName: name, ReplicationGroup: group });
  return { id: name, outputs: { name, arn: `arn:aws:dynamodb::${given.account}:global-table/${name}` } };
}

export const dynamodbDeployers: readonly Deployer[] = [
  { type: 'aws:dynamodb/table:Table', create: table },
  { type: 'aws:dynamodb/tableReplica:TableReplica', create: tableReplica },
  { type: 'aws:dynamodb/globalTable:GlobalTable', create: globalTable },
];
