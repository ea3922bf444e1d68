/** Amazon DynamoDB. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type { MetricSource } from '../metric-source.ts';
import { corrupt, followersOf, promote, replicate } from '../plane/logs.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import type { World } from '../world/world.ts';
import { backupOperations } from './dynamodb-backups.ts';
import { dynamodbDeployers } from './dynamodb-deployers.ts';
import { itemOperations } from './dynamodb-items.ts';
import {
  BACKUPS,
  type Group,
  lagFault,
  link,
  nameOf,
  type Op,
  others,
  TABLES,
  type Table,
  tableNamed,
} from './dynamodb-model.ts';
import { erase, tableOperations } from './dynamodb-tables.ts';

/** Version 2017.11.29: tables of one name, made beforehand in each Region with their streams, are joined. */
const createGlobalTable: Op<DynamoDB.CreateGlobalTableCommandInput, DynamoDB.CreateGlobalTableCommandOutput> = (
  input,
  context,
) => {
  const { world, account } = context;
  const name = input.GlobalTableName ?? '';
  const regions = (input.ReplicationGroup ?? []).map((r) => r.RegionName ?? '');
  const tables = regions.map((region) => {
    const table = world.get(TABLES, account, region, name);
    if (table === undefined) throw new ServiceFault('TableNotFoundException', `Table not found: ${name} in ${region}`);
    if (table.group !== undefined)
      throw new ServiceFault('GlobalTableAlreadyExistsException', `Global table already exists: ${name}`);
    if (table.stream?.StreamViewType !== 'NEW_AND_OLD_IMAGES')
      throw new ServiceFault('ValidationException', `The table in ${region} has no stream of new and old images`);
    return table;
  });
  const group: Group = { version: '2017.11.29', strong: false, witness: undefined, regions: [...regions] };
  for (const table of tables) table.group = group;
  link(world, account, name, group);
  return { GlobalTableDescription: globalDescription(name, group, context) };
};

function globalDescription(name: string, group: Group, context: CallContext): DynamoDB.GlobalTableDescription {
  return {
    GlobalTableName: name,
    GlobalTableArn: `arn:aws:dynamodb::${context.account}:global-table/${name}`,
    GlobalTableStatus: 'ACTIVE',
    CreationDateTime: context.now,
    ReplicationGroup: group.regions.map((RegionName) => ({ RegionName })),
  };
}

function globalTables(context: CallContext): readonly { readonly name: string; readonly group: Group }[] {
  const found = new Map<string, Group>();
  for (const { account, item } of context.world.everywhere(TABLES))
    if (account === context.account && item.group?.version === '2017.11.29') found.set(item.name, item.group);
  return [...found].map(([name, group]) => ({ name, group }));
}

const operations = {
  ...tableOperations,
  ...backupOperations,
  ...itemOperations,
  CreateGlobalTable: createGlobalTable,
  UpdateGlobalTable: ((input, context) => {
    const { world, account } = context;
    const name = input.GlobalTableName ?? '';
    const found = globalTables(context).find((g) => g.name === name);
    if (found === undefined) throw new ServiceFault('GlobalTableNotFoundException', `Global table not found: ${name}`);
    const { group } = found;
    for (const { Create, Delete } of input.ReplicaUpdates ?? []) {
      const region = Create?.RegionName ?? Delete?.RegionName ?? '';
      const table = world.get(TABLES, account, region, name);
      if (table === undefined) throw new ServiceFault('TableNotFoundException', `Table not found: ${name} in ${region}`);
      table.group = Create === undefined ? undefined : group;
      const others = group.regions.filter((r) => r !== region);
      group.regions.splice(0, group.regions.length, ...others, ...(Create === undefined ? [] : [region]));
      if (Create === undefined) promote(world, table.arn);
    }
    link(world, account, name, group);
    return { GlobalTableDescription: globalDescription(name, group, context) };
  }) satisfies Op<DynamoDB.UpdateGlobalTableCommandInput, DynamoDB.UpdateGlobalTableCommandOutput>,
  DescribeGlobalTable: ((input, context) => {
    const found = globalTables(context).find((g) => g.name === input.GlobalTableName);
    if (found === undefined)
      throw new ServiceFault('GlobalTableNotFoundException', `Global table not found: ${input.GlobalTableName ?? ''}`);
    return { GlobalTableDescription: globalDescription(found.name, found.group, context) };
  }) satisfies Op<DynamoDB.DescribeGlobalTableCommandInput, DynamoDB.DescribeGlobalTableCommandOutput>,
  ListGlobalTables: ((input, context) => {
    const wanted = input.RegionName;
    const all = globalTables(context).filter((g) => wanted === undefined || g.group.regions.includes(wanted));
    const from = all.findIndex((g) => g.name === input.ExclusiveStartGlobalTableName) + 1;
    const { items } = page(all.slice(from), undefined, input.Limit ?? 100);
    const last = from + items.length < all.length ? items.at(-1)?.name : undefined;
    return {
      GlobalTables: items.map(({ name, group }) => ({
        GlobalTableName: name,
        ReplicationGroup: group.regions.map((RegionName) => ({ RegionName })),
      })),
      ...(last === undefined ? {} : { LastEvaluatedGlobalTableName: last }),
    };
  }) satisfies Op<DynamoDB.ListGlobalTablesCommandInput, DynamoDB.ListGlobalTablesCommandOutput>,
  TagResource: ((input, context) => {
    const table = tableNamed(context, nameOf(input.ResourceArn));
    for (const t of input.Tags ?? []) table.tags.set(t.Key ?? '', t.Value ?? '');
    return {};
  }) satisfies Op<DynamoDB.TagResourceCommandInput, DynamoDB.TagResourceCommandOutput>,
  UntagResource: ((input, context) => {
    const table = tableNamed(context, nameOf(input.ResourceArn));
    for (const key of input.TagKeys ?? []) table.tags.delete(key);
    return {};
  }) satisfies Op<DynamoDB.UntagResourceCommandInput, DynamoDB.UntagResourceCommandOutput>,
  ListTagsOfResource: ((input, context) => {
    const all = [...tableNamed(context, nameOf(input.ResourceArn)).tags].map(([Key, Value]) => ({ Key, Value }));
    const { items, next } = page(all, input.NextToken, 10);
    return { Tags: [...items], ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<DynamoDB.ListTagsOfResourceCommandInput, DynamoDB.ListTagsOfResourceCommandOutput>,
};

function begin(world: World): void {
  world.onFault((fault, _, how) => {
    const named = (arn: string): { readonly account: string; readonly item: Table } | undefined =>
      world.everywhere(TABLES).find(({ item }) => item.arn === arn);
    switch (fault.kind) {
      case 'replication-stopped':
        if (named(fault.arn) !== undefined)
          for (const follower of followersOf(world, fault.arn))
            replicate(world, follower, how === 'begins' ? 'stopped' : 'running');
        break;
      case 'corruption':
        if (how === 'begins' && named(fault.arn) !== undefined) corrupt(world, fault.arn);
        break;
      case 'deleted': {
        const table = named(fault.arn)?.item;
        if (how === 'begins' && table !== undefined) erase(world, table, 0);
        break;
      }
      case 'region-loss':
        regionChanges(world, fault.region, how);
        break;
      case 'account-compromised':
        if (how === 'begins') compromise(world, fault.account);
        break;
      default:
        break;
    }
  });
}

/**
 * Replicas elsewhere go on with what had arrived. When the Region is back, its tables take what was written elsewhere: those
 * that went on lead from then on.
 */
function regionChanges(world: World, region: string, how: 'begins' | 'ends'): void {
  for (const { account, region: at, item } of world.everywhere(TABLES)) {
    const group = item.group;
    if (at !== region || group === undefined) continue;
    if (how === 'begins') {
      for (const follower of followersOf(world, item.arn)) promote(world, follower);
      group.regions.splice(group.regions.indexOf(region), 1);
      group.regions.push(region);
    }
    link(world, account, item.name, group);
  }
}

/** An administrator switches deletion protection off first. System backups of deleted tables stay: nobody can delete them. */
function compromise(world: World, account: string): void {
  for (const { account: owner, item } of world.everywhere(TABLES)) if (owner === account) erase(world, item, 0);
  for (const { account: owner, region, key, item } of world.everywhere(BACKUPS))
    if (owner === account && item.type === 'USER') world.remove(BACKUPS, owner, region, key);
}

/** Milliseconds, one series for each pair of Regions (developer guide, "Monitoring global tables"). */
export const dynamodbMetrics: readonly MetricSource[] = [
  {
    namespace: 'AWS/DynamoDB',
    metric: 'ReplicationLatency',
    *dimensions(world) {
      for (const { account, region, item } of world.everywhere(TABLES)) {
        if (item.group?.strong === true) continue;
        for (const receiving of others(item))
          yield {
            account,
            region,
            dimensions: { TableName: item.name, ReceivingRegion: receiving },
            value: (at) => 800 + lagFault(world, item.arn) + standing(world, item.arn, at),
          };
      }
    },
  },
];

/** For how long replication out of the store has stood still. */
function standing(world: World, arn: string, at: number): number {
  const stop = world.faults.find(({ fault }) => fault.kind === 'replication-stopped' && fault.arn === arn);
  return stop === undefined ? 0 : Math.max(0, at - stop.since);
}

export const dynamodb: SimulatedService = {
  client: 'dynamodb',
  prefix: 'dynamodb',
  operations,
  begin,
  deployers: dynamodbDeployers,
};
