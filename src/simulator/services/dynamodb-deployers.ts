/** Tables and replicas from the inputs of the Pulumi provider. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, moved, same, unlessGone, untilGone } from '../deploy/lifecycle.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, tagList, textOf, without } from './compute-inputs.ts';
import { nameOf, tableArn } from './dynamodb-model.ts';

const describe = async (deployment: Deployment, name: string, region?: string): Promise<DynamoDB.TableDescription | undefined> =>
  ((await deployment.call('dynamodb', 'DescribeTable', { TableName: name }, region)) as DynamoDB.DescribeTableCommandOutput)
    .Table;

/** A table takes one change at a time. */
const ready = (deployment: Deployment, name: string, region?: string): Promise<void> =>
  deployment.until(async () => (await describe(deployment, name, region))?.TableStatus === 'ACTIVE', `${name} is active`);

function throughputOf({ inputs }: Given) {
  const BillingMode = textOf(inputs.billingMode) ?? 'PROVISIONED';
  const units = {
    ReadCapacityUnits: numberOf(inputs.readCapacity) ?? 1,
    WriteCapacityUnits: numberOf(inputs.writeCapacity) ?? 1,
  };
  return { BillingMode, ...(BillingMode === 'PROVISIONED' ? { ProvisionedThroughput: units } : {}) };
}

function onDemandOf({ inputs }: Given): object {
  const most = blockOf(inputs.onDemandThroughput);
  if (most === undefined) return {};
  const { maxReadRequestUnits, maxWriteRequestUnits } = most;
  return {
    OnDemandThroughput: without({
      MaxReadRequestUnits: numberOf(maxReadRequestUnits),
      MaxWriteRequestUnits: numberOf(maxWriteRequestUnits),
    }),
  };
}

function encryptionOf({ inputs }: Given) {
  const block = blockOf(inputs.serverSideEncryption);
  return flagOf(block?.enabled) === true
    ? without({ Enabled: true, KMSMasterKeyId: textOf(block?.kmsKeyArn) })
    : { Enabled: false };
}

const streamOf = ({ inputs }: Given) =>
  flagOf(inputs.streamEnabled) === true
    ? { StreamEnabled: true, StreamViewType: textOf(inputs.streamViewType) ?? 'NEW_AND_OLD_IMAGES' }
    : { StreamEnabled: false };

/** What is changed by a call of its own, since a table takes one change at a time. */
const CHANGES: readonly ((given: Given) => object)[] = [
  throughputOf,
  onDemandOf,
  (given) => ({ SSESpecification: encryptionOf(given) }),
  ({ inputs }) => ({ TableClass: textOf(inputs.tableClass) ?? 'STANDARD' }),
  ({ inputs }) => ({ DeletionProtectionEnabled: flagOf(inputs.deletionProtectionEnabled) ?? false }),
];

async function change(name: string, input: object, deployment: Deployment, region?: string): Promise<void> {
  await ready(deployment, name, region);
  await deployment.call('dynamodb', 'UpdateTable', { TableName: name, ...input }, region);
  await ready(deployment, name, region);
}

async function changeTable(given: Given, before: Given, deployment: Deployment): Promise<Created> {
  const { id: name = '', inputs } = given;
  for (const says of CHANGES) if (!same(says(given), says(before))) await change(name, says(given), deployment);
  const stream = streamOf(given);
  if (!same(stream, streamOf(before))) {
    // Another view is another stream.
    if (stream.StreamEnabled && streamOf(before).StreamEnabled)
      await change(name, { StreamSpecification: { StreamEnabled: false } }, deployment);
    await change(name, { StreamSpecification: stream }, deployment);
  }
  await changeReplicas(given, before, deployment);
  const [recovery, old] = [blockOf(inputs.pointInTimeRecovery), blockOf(before.inputs.pointInTimeRecovery)];
  if (!same(recovery, old)) await setRecovery(name, recovery, deployment);
  return { id: name, outputs: outputsOf(await describe(deployment, name)) };
}

const outputsOf = (made: DynamoDB.TableDescription | undefined) =>
  without({ arn: made?.TableArn, streamArn: made?.LatestStreamArn, streamLabel: made?.LatestStreamLabel });

/** A replica under another key, or of another consistency, is another replica. */
async function changeReplicas(given: Given, before: Given, deployment: Deployment): Promise<void> {
  const { id: name = '' } = given;
  const wanted = blocksOf(given.inputs.replicas);
  const old = blocksOf(before.inputs.replicas);
  const identity = (r: Block) => ({
    region: textOf(r.regionName),
    key: textOf(r.kmsKeyArn),
    mode: textOf(r.consistencyMode) ?? 'EVENTUAL',
  });
  const { added, gone } = moved(wanted.map(identity), old.map(identity));
  await removeReplicas(
    name,
    gone.map((r) => r.region ?? ''),
    deployment,
  );
  const isNew = (r: Block): boolean => added.some((a) => a.region === textOf(r.regionName));
  await replicas(name, { ...given, inputs: { ...given.inputs, replicas: wanted.filter(isNew) } }, deployment);
  for (const replica of wanted.filter((r) => !isNew(r))) {
    const region = textOf(replica.regionName);
    const was = old.find((r) => textOf(r.regionName) === region);
    if (was !== undefined) await refinish(name, replica, was, deployment, region);
  }
}

/** The two of a strongly consistent table go together, and its witness with them. */
async function removeReplicas(name: string, regions: readonly string[], deployment: Deployment): Promise<void> {
  if (regions.length === 0) return;
  const shown = await describe(deployment, name);
  const deletes = regions.map((RegionName) => ({ Delete: { RegionName } }));
  const witness = shown?.GlobalTableWitnesses?.[0]?.RegionName;
  const updates =
    shown?.MultiRegionConsistency === 'STRONG'
      ? [
          without({
            ReplicaUpdates: deletes,
            GlobalTableWitnessUpdates: witness === undefined ? undefined : [{ Delete: { RegionName: witness } }],
          }),
        ]
      : deletes.map((one) => ({ ReplicaUpdates: [one] }));
  for (const update of updates) await change(name, update, deployment);
  for (const region of regions) await untilGone(deployment, `${name} in ${region}`, () => describe(deployment, name, region));
}

/** As the provider does: the replicas first, then the table. */
async function removeTable(given: Given, deployment: Deployment): Promise<void> {
  const { id: name = '' } = given;
  const there = await unlessGone(describe(deployment, name));
  if (there === undefined) return;
  const regions = blocksOf(given.inputs.replicas).map((r) => textOf(r.regionName) ?? '');
  await removeReplicas(name, regions, deployment);
  await deployment.call('dynamodb', 'DeleteTable', { TableName: name });
  await untilGone(deployment, name, () => describe(deployment, name));
}

async function table(given: Given, deployment: Deployment): Promise<Created> {
  const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given);
  const { inputs } = given;
  const encryption = encryptionOf(given);
  const stream = streamOf(given);
  const hashKey = textOf(inputs.hashKey) ?? 'id';
  const rangeKey = textOf(inputs.rangeKey);
  await deployment.call(
    'dynamodb',
    'CreateTable',
    without({
      TableName: name,
      KeySchema: [
        { AttributeName: hashKey, KeyType: 'HASH' },
        ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: 'RANGE' }]),
      ],
      AttributeDefinitions: blocksOf(inputs.attributes).map((a) => ({
        AttributeName: textOf(a.name),
        AttributeType: textOf(a.type),
      })),
      ...throughputOf(given),
      ...onDemandOf(given),
      // A key is sent only when encryption under a key is switched on.
      SSESpecification: encryption.Enabled ? encryption : undefined,
      StreamSpecification: stream.StreamEnabled ? stream : undefined,
      TableClass: textOf(inputs.tableClass),
      DeletionProtectionEnabled: flagOf(inputs.deletionProtectionEnabled),
      Tags: tagList(given.tags),
    }),
  );
  await ready(deployment, name);
  await replicas(name, given, deployment);
  await continuousBackups(name, blockOf(inputs.pointInTimeRecovery), deployment);
  const made = await describe(deployment, name);
  return { id: name, outputs: { name, ...outputsOf(made) } };
}

async function continuousBackups(name: string, block: Block | undefined, deployment: Deployment, region?: string): Promise<void> {
  if (flagOf(block?.enabled) === true) await setRecovery(name, block, deployment, region);
}

async function setRecovery(name: string, block: Block | undefined, deployment: Deployment, region?: string): Promise<void> {
  const specification = without({
    PointInTimeRecoveryEnabled: flagOf(block?.enabled) === true,
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

/** As `finish`, of a replica that was otherwise before. */
async function refinish(name: string, block: Block, before: Block, deployment: Deployment, region?: string): Promise<void> {
  const [on, was] = [block, before].map((b) => flagOf(b.pointInTimeRecovery) === true);
  if (on !== was) await setRecovery(name, { enabled: on ?? false }, deployment, region);
  const [held, old] = [block, before].map((b) => flagOf(b.deletionProtectionEnabled) === true);
  if (held !== old) await change(name, { DeletionProtectionEnabled: held }, deployment, region);
}

const homeOf = (given: Given): string => need(given, 'globalTableArn').split(':')[3] ?? given.region;

async function removeReplica(given: Given, deployment: Deployment): Promise<void> {
  const name = nameOf(need(given, 'globalTableArn'));
  const there = await unlessGone(describe(deployment, name));
  if (there === undefined) return;
  const deletes = [{ Delete: { RegionName: given.region } }];
  await change(name, { ReplicaUpdates: deletes }, deployment, homeOf(given));
  await untilGone(deployment, `${name} in ${given.region}`, () => describe(deployment, name));
}

async function tableReplica(given: Given, deployment: Deployment): Promise<Created> {
  const main = need(given, 'globalTableArn');
  const name = nameOf(main);
  const home = homeOf(given);
  const create = without({ RegionName: given.region, KMSMasterKeyId: textOf(given.inputs.kmsKeyArn) });
  await deployment.call('dynamodb', 'UpdateTable', { TableName: name, ReplicaUpdates: [{ Create: create }] }, home);
  await ready(deployment, name, home);
  await finish(name, given.inputs, deployment);
  return { id: `${name}:${home}`, outputs: { arn: tableArn(given.account, given.region, name) } };
}

const groupOf = ({ inputs }: Given) => blocksOf(inputs.replicas).map((r) => ({ RegionName: textOf(r.regionName) }));

async function changeGroup(given: Given, before: Given, deployment: Deployment): Promise<void> {
  const { added, gone } = moved(groupOf(given), groupOf(before));
  const ReplicaUpdates = [...added.map((Create) => ({ Create })), ...gone.map((Delete) => ({ Delete }))];
  if (ReplicaUpdates.length > 0)
    await unlessGone(deployment.call('dynamodb', 'UpdateGlobalTable', { GlobalTableName: given.id, ReplicaUpdates }));
}

async function globalTable(given: Given, deployment: Deployment): Promise<Created> {
  const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given);
  const group = groupOf(given);
  await deployment.call('dynamodb', 'CreateGlobalTable', { GlobalTableName: name, ReplicationGroup: group });
  return { id: name, outputs: { name, arn: `arn:aws:dynamodb::${given.account}:global-table/${name}` } };
}

export const dynamodbDeployers: readonly Deployer[] = [
  { type: 'aws:dynamodb/table:Table', create: table, update: changeTable, remove: removeTable },
  {
    type: 'aws:dynamodb/tableReplica:TableReplica',
    create: tableReplica,
    update: changedBy((given, before, deployment) =>
      refinish(nameOf(need(given, 'globalTableArn')), given.inputs, before.inputs, deployment),
    ),
    remove: removeReplica,
  },
  {
    type: 'aws:dynamodb/globalTable:GlobalTable',
    create: globalTable,
    update: changedBy(changeGroup),
    // The tables stay: each is one of its own again.
    remove: (given, deployment) => changeGroup({ ...given, inputs: { ...given.inputs, replicas: [] } }, given, deployment),
  },
];
