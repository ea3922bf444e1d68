/** Tables and their replicas: create, describe, update, delete. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import { close } from '../plane/network.ts';
import { type CallContext, page, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import {
  accountOfTable,
  BACKUPS,
  type Group,
  invalid,
  lasting,
  link,
  type Op,
  others,
  place,
  regionOfTable,
  TABLES,
  TAKES,
  type Table,
  tableArn,
  tableNamed,
} from './dynamodb-model.ts';
import { awsManagedKey, keptKey, uuid } from './kms-model.ts';

export function description(table: Table, world: World): DynamoDB.TableDescription {
  const { group } = table;
  const provisioned = table.billing === 'PROVISIONED';
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: table.status,
    CreationDateTime: table.created,
    KeySchema: table.keys,
    AttributeDefinitions: table.attributes,
    ItemCount: table.items.size,
    TableSizeBytes: 0,
    DeletionProtectionEnabled: table.deletionProtection,
    TableClassSummary: { TableClass: table.tableClass },
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: provisioned ? (table.throughput?.ReadCapacityUnits ?? 0) : 0,
      WriteCapacityUnits: provisioned ? (table.throughput?.WriteCapacityUnits ?? 0) : 0,
    },
    ...(provisioned ? {} : { BillingModeSummary: { BillingMode: table.billing } }),
    ...(table.onDemand === undefined ? {} : { OnDemandThroughput: table.onDemand }),
    ...(table.encryption === undefined ? {} : { SSEDescription: table.encryption }),
    ...(table.stream?.StreamEnabled === true
      ? {
          StreamSpecification: table.stream,
          LatestStreamLabel: table.streamLabel,
          LatestStreamArn: `${table.arn}/stream/${table.streamLabel ?? ''}`,
        }
      : {}),
    ...(table.restored === undefined ? {} : { RestoreSummary: table.restored }),
    ...(group === undefined ? {} : { GlobalTableVersion: group.version }),
    ...(group?.version === '2019.11.21'
      ? {
          Replicas: others(table).map((region) => replica(table, region, world)),
          MultiRegionConsistency: group.strong ? ('STRONG' as const) : ('EVENTUAL' as const),
          ...(group.witness === undefined
            ? {}
            : { GlobalTableWitnesses: [{ RegionName: group.witness, WitnessStatus: 'ACTIVE' as const }] }),
        }
      : {}),
  };
}

function replica(table: Table, region: string, world: World): DynamoDB.ReplicaDescription {
  const other = world.get(TABLES, accountOfTable(table), region, table.name);
  const key = other?.encryption?.KMSMasterKeyArn;
  return {
    RegionName: region,
    ReplicaArn: tableArn(accountOfTable(table), region, table.name),
    ReplicaStatus: world.regionIsLost(region)
      ? 'REGION_DISABLED'
      : other?.status === 'ACTIVE' || other?.status === 'CREATING' || other?.status === 'UPDATING' || other?.status === 'DELETING'
        ? other.status
        : 'CREATION_FAILED',
    ...(key === undefined ? {} : { KMSMasterKeyId: key }),
  };
}

/** Unset: AWS owns the key and no description of it is shown. Enabled without a key: the account's `alias/aws/dynamodb`. */
function encryptionOf(context: CallContext, asked: DynamoDB.SSESpecification | undefined): DynamoDB.SSEDescription | undefined {
  if (asked?.Enabled !== true) return undefined;
  const key = asked.KMSMasterKeyId;
  return {
    Status: 'ENABLED',
    SSEType: 'KMS',
    KMSMasterKeyArn: key === undefined ? awsManagedKey(context, 'dynamodb') : keptKey(context, key),
  };
}

export interface NewTable {
  readonly name: string;
  readonly keys: DynamoDB.KeySchemaElement[];
  readonly attributes: DynamoDB.AttributeDefinition[];
  readonly billing: DynamoDB.BillingMode;
  readonly throughput?: DynamoDB.ProvisionedThroughput | undefined;
  readonly onDemand?: DynamoDB.OnDemandThroughput | undefined;
  readonly encryption?: DynamoDB.SSEDescription | undefined;
  readonly stream?: DynamoDB.StreamSpecification | undefined;
  readonly tableClass?: DynamoDB.TableClass | undefined;
  readonly deletionProtection?: boolean | undefined;
  readonly restored?: DynamoDB.RestoreSummary | undefined;
  readonly tags?: readonly DynamoDB.Tag[] | undefined;
}

/** A table in `CREATING`, in the place of the call or in another Region of the account. */
export function make(context: CallContext, given: NewTable, takes: number, region = context.region): Table {
  const { world, account } = context;
  if (world.get(TABLES, account, region, given.name) !== undefined)
    throw new ServiceFault('ResourceInUseException', `Table already exists: ${given.name}`);
  const table: Table = {
    name: given.name,
    arn: tableArn(account, region, given.name),
    id: uuid(world.random.hex(32)),
    created: context.now,
    status: 'CREATING',
    keys: given.keys,
    attributes: given.attributes,
    billing: given.billing,
    throughput: given.throughput,
    onDemand: given.onDemand,
    encryption: given.encryption,
    stream: given.stream,
    streamLabel: given.stream?.StreamEnabled === true ? context.now.toISOString() : undefined,
    tableClass: given.tableClass ?? 'STANDARD',
    deletionProtection: given.deletionProtection ?? false,
    group: undefined,
    recovery: undefined,
    restored: given.restored,
    tags: new Map((given.tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
    items: new Map(),
  };
  place(world, account, region, table);
  become(world, table, 'ACTIVE', takes);
  return table;
}

function become(world: World, table: Table, status: DynamoDB.TableStatus, after: number): void {
  world.clock.after(after, () => {
    if (table.status !== 'DELETING') table.status = status;
  });
}

const createTable: Op<DynamoDB.CreateTableCommandInput, DynamoDB.CreateTableCommandOutput> = (input, context) => {
  const billing = input.BillingMode ?? 'PROVISIONED';
  const throughput = input.ProvisionedThroughput;
  if (billing === 'PROVISIONED' && throughput === undefined)
    throw invalid('One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified');
  if (billing === 'PAY_PER_REQUEST' && throughput !== undefined)
    throw invalid('One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified');
  const defined = (input.AttributeDefinitions ?? []).map((a) => a.AttributeName);
  if (defined.length > 0 && input.KeySchema?.some((key) => !defined.includes(key.AttributeName)) === true)
    throw invalid(
      'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions.',
    );
  const table = make(
    context,
    {
      name: input.TableName ?? '',
      keys: input.KeySchema ?? [],
      attributes: input.AttributeDefinitions ?? [],
      billing,
      throughput,
      onDemand: input.OnDemandThroughput,
      encryption: encryptionOf(context, input.SSESpecification),
      stream: input.StreamSpecification,
      tableClass: input.TableClass,
      deletionProtection: input.DeletionProtectionEnabled,
      tags: input.Tags,
    },
    lasting(context.world, TAKES.create),
  );
  return { TableDescription: description(table, context.world) };
};

function active(context: CallContext, text: string | undefined): Table {
  const table = tableNamed(context, text);
  if (table.status !== 'ACTIVE')
    throw new ServiceFault('ResourceInUseException', `Attempt to change a resource which is still in use: Table: ${table.name}`);
  return table;
}

const updateTable: Op<DynamoDB.UpdateTableCommandInput, DynamoDB.UpdateTableCommandOutput> = (input, context) => {
  const table = active(context, input.TableName);
  if (input.ReplicaUpdates !== undefined || input.GlobalTableWitnessUpdates !== undefined) changeReplicas(table, input, context);
  if (input.BillingMode !== undefined) table.billing = input.BillingMode;
  if (input.ProvisionedThroughput !== undefined) table.throughput = input.ProvisionedThroughput;
  if (input.OnDemandThroughput !== undefined) table.onDemand = input.OnDemandThroughput;
  if (input.TableClass !== undefined) table.tableClass = input.TableClass;
  if (input.DeletionProtectionEnabled !== undefined) table.deletionProtection = input.DeletionProtectionEnabled;
  if (input.SSESpecification !== undefined) table.encryption = encryptionOf(context, input.SSESpecification);
  if (input.StreamSpecification !== undefined) {
    if (table.group !== undefined && input.StreamSpecification.StreamEnabled !== true)
      throw invalid('Streams cannot be disabled on a table that has replicas');
    table.stream = input.StreamSpecification;
    table.streamLabel = context.now.toISOString();
  }
  table.status = 'UPDATING';
  const takes = lasting(context.world, input.ReplicaUpdates === undefined ? TAKES.update : TAKES.replica);
  become(context.world, table, 'ACTIVE', takes);
  return { TableDescription: description(table, context.world) };
};

/**
 * Replicas are added and removed one at a time, except for the two (or one and a witness) that make a table strongly consistent
 * at once, which must be empty (developer guide, "Multi-Region strong consistency").
 */
function changeReplicas(table: Table, input: DynamoDB.UpdateTableCommandInput, context: CallContext): void {
  const creates = (input.ReplicaUpdates ?? []).flatMap((u) => u.Create ?? []);
  const removed = (input.ReplicaUpdates ?? []).flatMap((u) => u.Delete?.RegionName ?? []);
  const witness = (input.GlobalTableWitnessUpdates ?? []).flatMap((u) => u.Create?.RegionName ?? [])[0];
  const strong = input.MultiRegionConsistency === 'STRONG';
  const regions = creates.map((c) => c.RegionName ?? '');
  const dissolves = table.group?.strong === true && creates.length === 0 && removed.length === table.group.regions.length - 1;
  if (strong && (regions.length + (witness === undefined ? 0 : 1) !== 2 || table.group !== undefined || table.items.size > 0))
    throw invalid('A strongly consistent global table is made of an empty table and two replicas, or one and a witness');
  if (!strong && !dissolves && (creates.length + removed.length !== 1 || (creates.length > 0 && table.group?.strong === true)))
    throw invalid('Exactly one replica can be created or deleted in one request');
  for (const region of [...regions, ...(witness === undefined ? [] : [witness])])
    if (region === context.region || table.group?.regions.includes(region) === true)
      throw invalid(`Replica in ${region} already exists`);
  const group: Group = table.group ?? { version: '2019.11.21', strong, witness, regions: [context.region] };
  for (const create of creates) join(table, group, create, context);
  table.group = group;
  if (dissolves) group.witness = undefined;
  for (const region of removed) {
    const there = context.world.get(TABLES, context.account, region, table.name);
    if (there === undefined || !group.regions.includes(region))
      throw new ServiceFault('ReplicaNotFoundException', `Replica in ${region} does not exist`);
    if (there.deletionProtection) throw held();
    erase(context.world, there, lasting(context.world, TAKES.remove));
  }
}

function join(table: Table, group: Group, create: DynamoDB.CreateReplicationGroupMemberAction, context: CallContext): void {
  const { world, account } = context;
  const region = create.RegionName ?? '';
  const key = create.KMSMasterKeyId;
  // Streams are switched on by themselves for the replicas of an eventually consistent global table.
  if (!group.strong && table.stream?.StreamEnabled !== true) {
    table.stream = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
    table.streamLabel = context.now.toISOString();
  }
  const there = make(
    context,
    {
      ...table,
      encryption:
        key !== undefined
          ? { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: key }
          : table.encryption === undefined
            ? undefined
            : {
                Status: 'ENABLED',
                SSEType: 'KMS',
                KMSMasterKeyArn: awsManagedKey({ ...context, ...elsewhere(context, region) }, 'dynamodb'),
              },
      deletionProtection: false,
      tags: [],
    },
    lasting(world, TAKES.replica),
    region,
  );
  there.group = group;
  for (const [at, item] of table.items) there.items.set(at, item);
  group.regions.push(region);
  link(world, account, table.name, group);
}

/** The same account's place in another Region. */
function elsewhere(context: CallContext, region: string): Pick<CallContext, 'region' | 'get' | 'put' | 'arn'> {
  const { world, account } = context;
  return {
    region,
    get: (on, key) => world.get(on, account, region, key),
    put: (on, key, item) => world.put(on, account, region, key, item),
    arn: (name, resource) => `arn:aws:${name}:${region}:${account}:${resource}`,
  };
}

/** A table with point-in-time recovery leaves a system backup for 35 days (developer guide, "Deleting a table with PITR"). */
export function erase(world: World, table: Table, after: number): void {
  const region = regionOfTable(table);
  const account = accountOfTable(table);
  table.status = 'DELETING';
  if (table.recovery !== undefined) {
    const at = world.clock.now();
    const arn = `${table.arn}/backup/${String(at).padStart(14, '0')}-${world.random.hex(8)}`;
    const kept = { ...table, items: new Map(table.items), group: undefined };
    const expires = at + 35 * 24 * 3600 * 1000;
    const name = `${table.name}$DeletedTableBackup`;
    world.put(BACKUPS, account, region, arn, { arn, name, type: 'SYSTEM', at, expires, status: 'AVAILABLE', table: kept });
  }
  world.clock.after(after, () => {
    // Given back in between: a rehearsal is over.
    if (table.status !== 'DELETING') return;
    const regions = table.group?.regions;
    if (regions?.includes(region) === true) regions.splice(regions.indexOf(region), 1);
    // One alone is no global table.
    const [last, ...more] = regions ?? [];
    const alone = last === undefined || more.length > 0 ? undefined : world.get(TABLES, account, last, table.name);
    if (alone?.group?.witness === undefined && alone !== undefined) alone.group = undefined;
    world.remove(TABLES, account, region, table.name);
    close(world, table.arn);
  });
}

const held = (): ServiceFault =>
  invalid('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.');

const deleteTable: Op<DynamoDB.DeleteTableCommandInput, DynamoDB.DeleteTableCommandOutput> = (input, context) => {
  const table = active(context, input.TableName);
  if (table.deletionProtection) throw held();
  erase(context.world, table, lasting(context.world, TAKES.remove));
  return { TableDescription: description(table, context.world) };
};

export const tableOperations = {
  CreateTable: createTable,
  UpdateTable: updateTable,
  DeleteTable: deleteTable,
  DescribeTable: ((input, context) => ({
    Table: description(tableNamed(context, input.TableName), context.world),
  })) satisfies Op<DynamoDB.DescribeTableCommandInput, DynamoDB.DescribeTableCommandOutput>,
  // Policies of tables are not simulated: none has one.
  GetResourcePolicy: ((input) => {
    throw new ServiceFault(
      'PolicyNotFoundException',
      `Resource-based policy not found for the provided ResourceArn: ${input.ResourceArn}`,
    );
  }) satisfies Op<DynamoDB.GetResourcePolicyCommandInput, DynamoDB.GetResourcePolicyCommandOutput>,
  ListTables: ((input, context) => {
    const names = context.list(TABLES).map((t) => t.name);
    const from = input.ExclusiveStartTableName === undefined ? 0 : names.indexOf(input.ExclusiveStartTableName) + 1;
    const { items } = page(names.slice(from), undefined, input.Limit ?? 100);
    const last = from + items.length < names.length ? items.at(-1) : undefined;
    return { TableNames: [...items], ...(last === undefined ? {} : { LastEvaluatedTableName: last }) };
  }) satisfies Op<DynamoDB.ListTablesCommandInput, DynamoDB.ListTablesCommandOutput>,
};
