/** DynamoDB tables as the world keeps them. A global table is one table in each of its Regions, joined by a group. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import { follow } from '../plane/logs.ts';
import { listen, refused } from '../plane/network.ts';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { keyUsable } from './kms-model.ts';

export type Op<I, O> = Operation<I, Reply<O>>;

/** What the Regions of a global table share. */
export interface Group {
  readonly version: '2017.11.29' | '2019.11.21';
  strong: boolean;
  witness: string | undefined;
  /** In the order in which they joined: replicas follow the first. */
  readonly regions: string[];
}

export interface Item {
  readonly value: Record<string, DynamoDB.AttributeValue>;
  readonly at: number;
  /** What it overwrote. */
  readonly before?: Item | undefined;
}

/** As it was at a moment; undefined: it was not there. */
export function itemAt(item: Item, moment: number): Item | undefined {
  let found: Item | undefined = item;
  while (found !== undefined && found.at > moment) found = found.before;
  return found;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly created: Date;
  status: DynamoDB.TableStatus;
  readonly keys: DynamoDB.KeySchemaElement[];
  attributes: DynamoDB.AttributeDefinition[];
  billing: DynamoDB.BillingMode;
  throughput: DynamoDB.ProvisionedThroughput | undefined;
  onDemand: DynamoDB.OnDemandThroughput | undefined;
  encryption: DynamoDB.SSEDescription | undefined;
  stream: DynamoDB.StreamSpecification | undefined;
  streamLabel: string | undefined;
  tableClass: DynamoDB.TableClass;
  deletionProtection: boolean;
  group: Group | undefined;
  /** Since when a point in time can be restored; undefined: point-in-time recovery is off. */
  recovery: { since: number; days: number } | undefined;
  readonly restored: DynamoDB.RestoreSummary | undefined;
  readonly tags: Map<string, string>;
  readonly items: Map<string, Item>;
}

export interface Backup {
  readonly arn: string;
  readonly name: string;
  readonly type: DynamoDB.BackupType;
  readonly at: number;
  readonly expires: number | undefined;
  status: DynamoDB.BackupStatus;
  readonly table: Table;
}

export const TABLES = shelf<Table>('dynamodb:table');
export const BACKUPS = shelf<Backup>('dynamodb:backup');

/**
 * Milliseconds. AWS publishes no figures for creations and updates: seconds for a table and a minute or so for a replica of an
 * empty one are assumptions.
 */
export const TAKES = {
  create: { least: 4_000, most: 12_000 },
  update: { least: 2_000, most: 10_000 },
  replica: { least: 30_000, most: 120_000 },
  remove: { least: 3_000, most: 15_000 },
  /** "95 percent of customers' table restores complete in less than one hour" (developer guide, point-in-time recovery). */
  restore: { least: 600_000, most: 3_600_000 },
  backup: { least: 1_000, most: 10_000 },
} as const;

export const lasting = (world: World, span: { readonly least: number; readonly most: number }): number =>
  between(world, span.least / 1000, span.most / 1000);

/** "Typically within a second" (developer guide, "How global tables work"): 0.4 … 1.2 s, and what a fault adds. */
export function replicationLag(world: World, arn: string): number {
  return between(world, 0.4, 1.2) + lagFault(world, arn);
}

export function lagFault(world: World, arn: string): number {
  let extra = 0;
  for (const { fault } of world.faults)
    if (fault.kind === 'replication-lag' && fault.arn === arn) extra = Math.max(extra, fault.seconds * 1000);
  return extra;
}

export const isStopped = (world: World, arn: string): boolean =>
  world.faults.some(({ fault }) => fault.kind === 'replication-stopped' && fault.arn === arn);

export const tableArn = (account: string, region: string, name: string): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${name}`;

/** By name or ARN. */
export function tableNamed(context: CallContext, text: string | undefined): Table {
  const table = context.get(TABLES, nameOf(text));
  if (table === undefined)
    throw new ServiceFault('ResourceNotFoundException', `Requested resource not found: Table: ${text ?? ''} not found`);
  return table;
}

export const nameOf = (text: string | undefined): string => (text ?? '').replace(/^arn:.*:table\//, '').split('/')[0] ?? '';

export const invalid = (message: string): ServiceFault => new ServiceFault('ValidationException', message);

/** The other Regions of a global table. */
export const others = (table: Table): readonly string[] =>
  (table.group?.regions ?? []).filter((region) => region !== regionOfTable(table));

export const regionOfTable = (table: Table): string => table.arn.split(':')[3] ?? '';
export const accountOfTable = (table: Table): string => table.arn.split(':')[4] ?? '';

/** Puts a table into the world. Its data plane answers under its ARN: tables share the host name of their Region. */
export function place(world: World, account: string, region: string, table: Table): void {
  world.put(TABLES, account, region, table.name, table);
  listen(world, table.arn, () => {
    if (world.regionIsLost(region)) return refused(`${region} does not answer`);
    const now = world.get(TABLES, account, region, table.name);
    if (now !== table || table.status === 'CREATING' || table.status === 'DELETING') return refused('ResourceNotFoundException');
    if (!keyUsable(world, table.encryption?.KMSMasterKeyArn)) return refused('KMSInvalidStateException');
    // A strongly consistent write needs another Region beside its own (two of three).
    if (table.group?.strong === true && lostRegions(world, table.group).length > 1) return refused('ReplicatedWriteConflict');
    return { kind: 'served', by: table.arn, region, zone: undefined, writes: table.arn };
  });
}

const lostRegions = (world: World, group: Group): readonly string[] =>
  [...group.regions, ...(group.witness === undefined ? [] : [group.witness])].filter((r) => world.regionIsLost(r));

/** Every other table of the group follows one that is there: the first whose Region answers. */
export function link(world: World, account: string, name: string, group: Group): void {
  const leader = group.regions.find((region) => !world.regionIsLost(region));
  if (leader === undefined) return;
  const from = tableArn(account, leader, name);
  for (const region of group.regions)
    if (region !== leader && !world.regionIsLost(region))
      follow(world, from, tableArn(account, region, name), () => (group.strong ? 0 : replicationLag(world, from)));
}

export const keyOf = (table: Table, item: Record<string, DynamoDB.AttributeValue>): string =>
  JSON.stringify(table.keys.map((k) => item[k.AttributeName ?? '']));
