/** DynamoDB tables with the replicas of global tables, and global tables of version 2017.11.29. */
import type {
  DescribeContinuousBackupsCommandInput,
  DescribeContinuousBackupsCommandOutput,
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  ListGlobalTablesCommandInput,
  ListGlobalTablesCommandOutput,
  ListTablesCommandInput,
  ListTablesCommandOutput,
  ListTagsOfResourceCommandInput,
  ListTagsOfResourceCommandOutput,
  ReplicaDescription,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import { call } from '../../aws/call.ts';
import { Hole, type Value } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import { inRegion } from './elsewhere.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';
import { sent } from './sent.ts';

const TABLE = 'aws:dynamodb/table:Table';
const TABLE_REPLICA = 'aws:dynamodb/tableReplica:TableReplica';
const GLOBAL_TABLE = 'aws:dynamodb/globalTable:GlobalTable';

const listTables = call<ListTablesCommandInput, ListTablesCommandOutput>({
  client: 'dynamodb',
  operation: 'ListTables',
  action: 'dynamodb:ListTables',
  pages: { input: 'ExclusiveStartTableName', output: 'LastEvaluatedTableName' },
});
const describeTable = call<DescribeTableCommandInput, DescribeTableCommandOutput>({
  client: 'dynamodb',
  operation: 'DescribeTable',
  action: 'dynamodb:DescribeTable',
});
const describeContinuousBackups = call<DescribeContinuousBackupsCommandInput, DescribeContinuousBackupsCommandOutput>({
  client: 'dynamodb',
  operation: 'DescribeContinuousBackups',
  action: 'dynamodb:DescribeContinuousBackups',
});
const listTags = call<ListTagsOfResourceCommandInput, ListTagsOfResourceCommandOutput>({
  client: 'dynamodb',
  operation: 'ListTagsOfResource',
  action: 'dynamodb:ListTagsOfResource',
  pages: { input: 'NextToken', output: 'NextToken' },
});
const listGlobalTables = call<ListGlobalTablesCommandInput, ListGlobalTablesCommandOutput>({
  client: 'dynamodb',
  operation: 'ListGlobalTables',
  action: 'dynamodb:ListGlobalTables',
  pages: { input: 'ExclusiveStartGlobalTableName', output: 'LastEvaluatedGlobalTableName' },
});

/** Three calls a table, and two more for each replica, which only its own Region can describe. */
export const dynamodbTables: Scan = {
  id: 'dynamodb-tables',
  types: [TABLE, TABLE_REPLICA],
  where: 'region',
  calls: [listTables, describeTable, describeContinuousBackups, listTags, listAliases],
  async *run(aws) {
    for await (const { TableNames = [] } of aws.pages(listTables, {})) {
      for (const seen of await aws.each(TableNames, (name) => observeTable(aws, name))) yield* seen;
    }
  },
};

export const dynamodbGlobalTables: Scan = {
  id: 'dynamodb-global-tables',
  types: [GLOBAL_TABLE],
  where: 'region',
  calls: [listGlobalTables],
  async *run(aws) {
    for await (const { GlobalTables = [] } of aws.pages(listGlobalTables, { RegionName: aws.region })) {
      for (const global of GlobalTables) {
        const name = global.GlobalTableName ?? '';
        const replicas = (global.ReplicationGroup ?? []).map((r) => present({ regionName: r.RegionName }));
        const arn = `arn:aws:dynamodb::${aws.account}:global-table/${name}`;
        // It is shown in each of its Regions, under one ARN, so the ARN cannot tell them apart.
        yield { type: GLOBAL_TABLE, id: name, arn: undefined, name, properties: { name, replicas }, outputs: { arn }, tags: {} };
      }
    }
  },
};

async function observeTable(aws: Reader, name: string): Promise<readonly Observed[]> {
  const described = await aws.ask(describeTable, { TableName: name }, ['ResourceNotFoundException']);
  if (described === undefined) return [];
  const arn = `arn:aws:dynamodb:${aws.region}:${aws.account}:table/${name}`;
  const table = described instanceof Hole ? described : sent(described.Table, 'Table');
  if (table instanceof Hole) {
    const properties = Object.fromEntries(DESCRIBED.map((property) => [property, table]));
    return [
      {
        type: TABLE,
        id: name,
        arn,
        name,
        properties: { name, ...properties },
        outputs: { arn, name, streamArn: table },
        tags: table,
      },
    ];
  }
  const tableArn = table.TableArn ?? arn;
  const [backups, tags, key, replicas] = await Promise.all([
    continuousBackups(aws, name),
    tagsOf(aws, tableArn),
    ownKey(aws, table.SSEDescription?.KMSMasterKeyArn),
    replicasOf(aws, table),
  ]);
  const strong = table.MultiRegionConsistency === 'STRONG';
  const onDemand = present({
    maxReadRequestUnits: limit(table.OnDemandThroughput?.MaxReadRequestUnits),
    maxWriteRequestUnits: limit(table.OnDemandThroughput?.MaxWriteRequestUnits),
  });
  const billingMode = table.BillingModeSummary?.BillingMode ?? 'PROVISIONED';
  const provisioned = billingMode === 'PROVISIONED';
  const witness = table.GlobalTableWitnesses?.[0]?.RegionName;
  const properties = present({
    name,
    billingMode,
    hashKey: table.KeySchema?.find((k) => k.KeyType === 'HASH')?.AttributeName,
    readCapacity: provisioned ? table.ProvisionedThroughput?.ReadCapacityUnits : undefined,
    writeCapacity: provisioned ? table.ProvisionedThroughput?.WriteCapacityUnits : undefined,
    onDemandThroughput: Object.keys(onDemand).length > 0 ? onDemand : undefined,
    deletionProtectionEnabled: table.DeletionProtectionEnabled,
    streamEnabled: table.StreamSpecification?.StreamEnabled,
    streamViewType: table.StreamSpecification?.StreamViewType,
    serverSideEncryption: table.SSEDescription === undefined ? undefined : present({ enabled: true, kmsKeyArn: key }),
    pointInTimeRecovery: backups,
    // Eventually consistent replicas are shown as resources of their own, as code may declare them; strong ones cannot be.
    replicas: strong ? replicas.map((r) => ({ ...r.properties, regionName: r.region, consistencyMode: 'STRONG' })) : undefined,
    globalTableWitness: witness === undefined ? undefined : { regionName: witness },
  });
  return [
    {
      type: TABLE,
      id: name,
      arn: tableArn,
      name,
      properties,
      outputs: present({ arn: tableArn, name, streamArn: table.LatestStreamArn }),
      tags,
    },
    ...(strong
      ? []
      : replicas.map(
          (r): Observed => ({
            type: TABLE_REPLICA,
            id: `${name}:${aws.region}`,
            arn: undefined,
            name,
            properties: { globalTableArn: tableArn, ...r.properties },
            outputs: present({ arn: r.arn }),
            tags: {},
            region: r.region,
          }),
        )),
  ];
}

/** What only DescribeTable tells. */
const DESCRIBED = [
  'hashKey',
  'billingMode',
  'readCapacity',
  'writeCapacity',
  'onDemandThroughput',
  'deletionProtectionEnabled',
  'streamEnabled',
  'streamViewType',
  'serverSideEncryption',
  'pointInTimeRecovery',
  'replicas',
  'globalTableWitness',
] as const;

/** -1 stands for no limit (API reference, OnDemandThroughput). */
const limit = (units: number | undefined): number | undefined => (units === -1 ? undefined : units);

interface Replica {
  readonly region: string;
  readonly arn: string | undefined;
  readonly properties: { readonly [key: string]: Value };
}

/** Replicas of version 2017.11.29 are tables of their own, joined by a resource of its own. */
function replicasOf(aws: Reader, table: TableDescription): Promise<readonly Replica[]> {
  const shown = table.GlobalTableVersion === '2017.11.29' ? [] : (table.Replicas ?? []);
  const others = shown.filter((r) => r.RegionName !== undefined && r.RegionName !== aws.region);
  return aws.each(others, (replica) => replicaOf(aws, table.TableName ?? '', replica));
}

async function replicaOf(aws: Reader, name: string, replica: ReplicaDescription): Promise<Replica> {
  const region = replica.RegionName ?? '';
  const [described, backups, key] = await Promise.all([
    aws.ask(inRegion(describeTable, region), { TableName: name }),
    continuousBackups(aws, name, region),
    ownKey(aws, replica.KMSMasterKeyId),
  ]);
  const protection = described instanceof Hole ? described : described?.Table?.DeletionProtectionEnabled;
  return {
    region,
    arn: replica.ReplicaArn,
    properties: present({
      kmsKeyArn: key,
      pointInTimeRecovery: backups instanceof Hole ? backups : backups?.enabled,
      deletionProtectionEnabled: protection,
    }),
  };
}

async function continuousBackups(
  aws: Reader,
  name: string,
  region = aws.region,
): Promise<Hole | { readonly [key: string]: Value } | undefined> {
  const reply = await aws.ask(inRegion(describeContinuousBackups, region), { TableName: name });
  if (reply === undefined || reply instanceof Hole) return reply;
  const recovery = sent(reply.ContinuousBackupsDescription?.PointInTimeRecoveryDescription, 'PointInTimeRecoveryDescription');
  if (recovery instanceof Hole) return recovery;
  return present({
    enabled: recovery.PointInTimeRecoveryStatus === 'ENABLED',
    recoveryPeriodInDays: recovery.RecoveryPeriodInDays,
  });
}

async function tagsOf(aws: Reader, arn: string): Promise<Observed['tags']> {
  const tags: Record<string, string> = {};
  let token: string | undefined;
  for (;;) {
    const reply = await aws.ask(listTags, token === undefined ? { ResourceArn: arn } : { ResourceArn: arn, NextToken: token });
    if (reply instanceof Hole) return reply;
    const shown = sent(reply?.Tags, 'Tags');
    if (shown instanceof Hole) return shown;
    for (const tag of shown) tags[tag.Key ?? ''] = tag.Value ?? '';
    const next = reply?.NextToken;
    // A token that comes back would be asked for for ever.
    if (next === undefined || next === '' || next === token) return tags;
    token = next;
  }
}
