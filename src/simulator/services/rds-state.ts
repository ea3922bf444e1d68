/** What simulated RDS keeps of instances and clusters, and where their endpoints and events are. */
import type { Tag } from '@aws-sdk/client-rds';
import { ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';

/** What a DB instance and a DB cluster have in common. Mutable: events change it. */
interface Store {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly engine: string;
  engineVersion: string | undefined;
  readonly createdAt: number;
  status: string;
  subnetGroup: string;
  parameterGroup: string;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  /** Key of the secret that RDS manages for the master user; undefined: it manages none. */
  secretKey: string | undefined;
  deletionProtection: boolean;
  /** 0: no automated backups. */
  retentionDays: number;
  /** Moment from which a point in time can be restored; undefined: no automated backup has been made. */
  backupsFrom: number | undefined;
  /** Moment at which it last went away; nothing of what came after is in its backups. */
  lostAt: number | undefined;
  /** ARN of the instance or cluster that it is a read replica of. */
  source: string | undefined;
  /** Usual replication lag behind its source or global writer, in milliseconds. */
  readonly lag: number;
  port: number;
  /** Why it does not answer although nothing around it is lost: an event is under way. */
  outage: string | undefined;
  /** Counts what happened to it, so that a procedure that has been overtaken stops. */
  epoch: number;
  tags: Readonly<Record<string, string>>;
}

export interface Instance extends Store {
  readonly autoMinorVersionUpgrade: boolean;
  instanceClass: string;
  multiAz: boolean;
  /** AZ where it runs: of a Multi-AZ instance, its primary. */
  zone: string;
  secondaryZone: string | undefined;
  /** Identifier of the cluster that it is a member of. */
  readonly cluster: string | undefined;
  tier: number;
  host: string;
  allocatedStorage: number;
}

export type ClusterKind = 'volume' | 'multi-az' | 'serverless-v1';

export interface Cluster extends Store {
  readonly kind: ClusterKind;
  readonly engineMode: string;
  readonly scalability: string | undefined;
  capacity: { readonly min: number | undefined; readonly max: number | undefined } | undefined;
  backtrackSeconds: number;
  instanceClass: string | undefined;
  readonly masterUsername: string | undefined;
  /** Identifiers of its members, in the order in which they were made. */
  members: readonly string[];
  writer: string | undefined;
  /** Instance that DNS gives for the cluster endpoint: it follows the writer after a while. */
  endpointTo: string | undefined;
  host: string;
  readerHost: string;
  /** Serverless v1: where its compute runs at the moment. */
  zone: string;
  /** Identifier of the global cluster that it is a member of. */
  global: string | undefined;
}

export const INSTANCES = shelf<Instance>('rds:db-instance');
export const CLUSTERS = shelf<Cluster>('rds:db-cluster');

export function tagsOf(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
}

export interface RdsEvent {
  readonly at: number;
  readonly source: string;
  readonly kind: 'db-instance' | 'db-cluster' | 'db-snapshot';
  readonly arn: string;
  readonly message: string;
  readonly category: string;
}

const EVENTS = shelf<RdsEvent>('rds:event');

export function record(
  world: World,
  of: { readonly account: string; readonly region: string; readonly id: string; readonly arn: string },
  category: string,
  message: string,
): void {
  const kind = of.arn.includes(':cluster:') ? 'db-cluster' : of.arn.includes(':snapshot:') ? 'db-snapshot' : 'db-instance';
  const event: RdsEvent = { at: world.clock.now(), source: of.id, kind, arn: of.arn, message, category };
  world.put(EVENTS, of.account, of.region, `${of.arn} ${event.at} ${message}`, event);
}

/** Events of the last 14 days, which is how long RDS keeps them (API DescribeEvents). */
export function eventsOf(world: World, account: string, region: string): readonly RdsEvent[] {
  return world.list(EVENTS, account, region);
}

/** Engines that keep their data in one volume over three AZs. */
export const isVolumeEngine = (engine: string): boolean => /^(aurora|docdb|neptune)/.test(engine);

/** Statuses in which a store answers. */
const ANSWERING = new Set(['available', 'backing-up', 'modifying', 'failing-over', 'promoting', 'storage-optimization']);

/** Why an instance does not answer; undefined: it does. */
export function whyDown(world: World, instance: Instance): string | undefined {
  if (world.zoneIsLost(instance.zone)) return `${instance.zone} is lost`;
  if (instance.outage !== undefined) return instance.outage;
  return ANSWERING.has(instance.status) ? undefined : `DB instance ${instance.id} is ${instance.status}`;
}

export function membersOf(world: World, cluster: Cluster): readonly Instance[] {
  return cluster.members.flatMap((id) => world.get(INSTANCES, cluster.account, cluster.region, id) ?? []);
}

/** Finds by identifier or by ARN, in any Region and account that the ARN names. */
export function instanceAt(world: World, account: string, region: string, name: string): Instance | undefined {
  const arn = /^arn:aws[^:]*:rds:([^:]+):(\d+):db:(.+)$/.exec(name);
  if (arn !== null) return world.get(INSTANCES, arn[2] ?? '', arn[1] ?? '', arn[3] ?? '');
  return (
    world.get(INSTANCES, account, region, name.toLowerCase()) ??
    world.everywhere(INSTANCES, account).find((p) => p.region === region && p.item.resourceId === name)?.item
  );
}

export function clusterAt(world: World, account: string, region: string, name: string): Cluster | undefined {
  const arn = /^arn:aws[^:]*:rds:([^:]+):(\d+):cluster:(.+)$/.exec(name);
  if (arn !== null) return world.get(CLUSTERS, arn[2] ?? '', arn[1] ?? '', arn[3] ?? '');
  return world.get(CLUSTERS, account, region, name.toLowerCase());
}

export function instanceOr404(world: World, account: string, region: string, name: string | undefined): Instance {
  const found = name === undefined ? undefined : instanceAt(world, account, region, name);
  if (found === undefined) throw new ServiceFault('DBInstanceNotFound', `DBInstance ${name ?? ''} not found.`, 404);
  return found;
}

export function clusterOr404(world: World, account: string, region: string, name: string | undefined): Cluster {
  const found = name === undefined ? undefined : clusterAt(world, account, region, name);
  if (found === undefined) throw new ServiceFault('DBClusterNotFoundFault', `DBCluster ${name ?? ''} not found.`, 404);
  return found;
}

/** The part of a host name that is one per account and Region. */
function accountPart(account: string, region: string): string {
  let hash = 0x811c9dc5;
  for (const letter of `${account}/${region}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return `c${hash.toString(36).padStart(11, '0')}`;
}

const domainOf = (engine: string): string => (engine === 'docdb' ? 'docdb' : engine === 'neptune' ? 'neptune' : 'rds');

export function instanceHost(account: string, region: string, id: string, engine: string): string {
  return `${id}.${accountPart(account, region)}.${region}.${domainOf(engine)}.amazonaws.com`;
}

export function clusterHost(account: string, region: string, id: string, engine: string, kind: 'cluster' | 'cluster-ro'): string {
  return `${id}.${kind}-${accountPart(account, region)}.${region}.${domainOf(engine)}.amazonaws.com`;
}

/** The engines' own default ports (API CreateDBInstance, Port). */
export function portOf(engine: string): number {
  if (/postgres/.test(engine)) return 5432;
  if (engine === 'docdb') return 27017;
  if (engine === 'neptune') return 8182;
  if (engine.startsWith('oracle')) return 1521;
  if (engine.startsWith('sqlserver')) return 1433;
  if (engine.startsWith('db2')) return 50000;
  return 3306;
}
