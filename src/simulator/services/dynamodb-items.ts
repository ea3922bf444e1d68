/** Items: enough for canary writes and for looking at what a restored table holds. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import { connect } from '../plane/network.ts';
import { type CallContext, page, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import {
  accountOfTable,
  type Item,
  isStopped,
  keyOf,
  type Op,
  others,
  regionOfTable,
  replicationLag,
  TABLES,
  type Table,
  tableNamed,
} from './dynamodb-model.ts';

/** The table, when its data plane answers. */
function answering(context: CallContext, name: string | undefined): Table {
  const table = tableNamed(context, name);
  const answer = connect(context.world, table.arn);
  if (answer.kind === 'served') return table;
  throw new ServiceFault(answer.why, `${table.name} does not take requests`);
}

/** The last writer wins (developer guide, "How global tables work"). */
function replicate(context: CallContext, table: Table, change: (there: Table) => void): void {
  const { world } = context;
  for (const region of others(table)) {
    const there = world.get(TABLES, accountOfTable(table), region, table.name);
    if (there === undefined) continue;
    if (table.group?.strong === true) change(there);
    else world.clock.after(replicationLag(world, table.arn), () => arrive(world, table, region, () => change(there)));
  }
}

const RETRY = 10_000;

/** What a lost Region has not sent yet is sent when it is back. */
function arrive(world: World, table: Table, region: string, change: () => void): void {
  if (world.regionIsLost(region) || world.regionIsLost(regionOfTable(table)) || isStopped(world, table.arn))
    world.clock.after(RETRY, () => arrive(world, table, region, change));
  else change();
}

const putItem: Op<DynamoDB.PutItemCommandInput, DynamoDB.PutItemCommandOutput> = (input, context) => {
  const table = answering(context, input.TableName);
  const value = input.Item ?? {};
  const key = keyOf(table, value);
  const before = table.items.get(key);
  const item: Item = { value, at: context.world.clock.now(), before };
  table.items.set(key, item);
  replicate(context, table, (there) => {
    if ((there.items.get(key)?.at ?? 0) <= item.at) there.items.set(key, item);
  });
  return input.ReturnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before.value } : {};
};

export const itemOperations = {
  PutItem: putItem,
  GetItem: ((input, context) => {
    const table = answering(context, input.TableName);
    const item = table.items.get(keyOf(table, input.Key ?? {}));
    return item === undefined ? {} : { Item: item.value };
  }) satisfies Op<DynamoDB.GetItemCommandInput, DynamoDB.GetItemCommandOutput>,
  DeleteItem: ((input, context) => {
    const table = answering(context, input.TableName);
    const key = keyOf(table, input.Key ?? {});
    table.items.delete(key);
    replicate(context, table, (there) => there.items.delete(key));
    return {};
  }) satisfies Op<DynamoDB.DeleteItemCommandInput, DynamoDB.DeleteItemCommandOutput>,
  Scan: ((input, context) => {
    const all = [...answering(context, input.TableName).items.values()].map((i) => i.value);
    const token = input.ExclusiveStartKey?.page?.S;
    const { items, next } = page(all, token, input.Limit ?? 1000);
    const more = next === undefined ? {} : { LastEvaluatedKey: { page: { S: next } } };
    return { Items: [...items], Count: items.length, ScannedCount: items.length, ...more };
  }) satisfies Op<DynamoDB.ScanCommandInput, DynamoDB.ScanCommandOutput>,
};
