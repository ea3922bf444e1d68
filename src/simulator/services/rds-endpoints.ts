/** Who answers under the endpoints of simulated RDS, and what goes from a store to its replicas. */
import { follow, replicate } from '../plane/logs.ts';
import { type Answer, listen, refused } from '../plane/network.ts';
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { CLUSTERS, type Cluster, clusterAt, INSTANCES, type Instance, instanceAt, membersOf, whyDown } from './rds-state.ts';

/** The log in which writes to an instance end: a cluster's instances share one. */
export function logOf(world: World, instance: Instance): string {
  if (instance.cluster === undefined) return instance.arn;
  return world.get(CLUSTERS, instance.account, instance.region, instance.cluster)?.arn ?? instance.arn;
}

/** A cluster takes writes unless it replicates from another one. */
const isWritable = (cluster: Cluster): boolean => cluster.source === undefined;

function served(world: World, instance: Instance): Answer {
  const why = whyDown(world, instance);
  if (why !== undefined) return refused(why);
  const cluster =
    instance.cluster === undefined ? undefined : world.get(CLUSTERS, instance.account, instance.region, instance.cluster);
  const writes = cluster === undefined ? instance.source === undefined : cluster.writer === instance.id && isWritable(cluster);
  return {
    kind: 'served',
    by: instance.arn,
    region: instance.region,
    zone: instance.zone,
    writes: writes ? logOf(world, instance) : undefined,
  };
}

export function listenInstance(world: World, instance: Instance): void {
  const { account, region, id } = instance;
  listen(world, instance.host, () => {
    const now = world.get(INSTANCES, account, region, id);
    return now === undefined ? refused(`no DB instance ${id}`) : served(world, now);
  });
}

export function listenCluster(world: World, cluster: Cluster): void {
  const { account, region, id } = cluster;
  const answering = (answer: (now: Cluster) => Answer): (() => Answer) => {
    return () => {
      const now = world.get(CLUSTERS, account, region, id);
      if (now === undefined) return refused(`no DB cluster ${id}`);
      const why = whyClusterDown(world, now);
      return why === undefined ? answer(now) : refused(why);
    };
  };
  listen(
    world,
    cluster.host,
    answering((now) => writerAnswer(world, now)),
  );
  listen(
    world,
    cluster.readerHost,
    answering((now) => readerAnswer(world, now)),
  );
}

/** Why no instance of it can answer, whichever it is. */
export function whyClusterDown(world: World, cluster: Cluster): string | undefined {
  if (world.regionIsLost(cluster.region)) return `${cluster.region} is lost`;
  if (cluster.outage !== undefined) return cluster.outage;
  return ['stopped', 'stopping', 'starting', 'creating', 'inaccessible-encryption-credentials'].includes(cluster.status)
    ? `DB cluster ${cluster.id} is ${cluster.status}`
    : undefined;
}

function writerAnswer(world: World, cluster: Cluster): Answer {
  if (cluster.kind === 'serverless-v1') {
    if (world.zoneIsLost(cluster.zone)) return refused(`${cluster.zone} is lost`);
    return {
      kind: 'served',
      by: cluster.arn,
      region: cluster.region,
      zone: cluster.zone,
      writes: isWritable(cluster) ? cluster.arn : undefined,
    };
  }
  const target = membersOf(world, cluster).find((m) => m.id === cluster.endpointTo);
  return target === undefined ? refused(`DB cluster ${cluster.id} has no instance`) : served(world, target);
}

/** The reader endpoint leads to the readers that answer, and to the writer when there is none. */
function readerAnswer(world: World, cluster: Cluster): Answer {
  const up = membersOf(world, cluster).filter((m) => m.id !== cluster.writer && whyDown(world, m) === undefined);
  const reader = up[Math.floor(world.random.next() * up.length)];
  return reader === undefined ? writerAnswer(world, cluster) : served(world, reader);
}

/** Could the store be reached, whatever its role? A volume is there as long as its Region is. */
function isThere(world: World, arn: string): boolean {
  const instance = instanceAt(world, '', '', arn);
  if (instance !== undefined) return whyDown(world, instance) === undefined || instance.status === 'creating';
  const cluster = clusterAt(world, '', '', arn);
  return cluster !== undefined && !world.regionIsLost(cluster.region) && cluster.status !== 'stopped';
}

/**
 * Seconds by which replication out of `arn` is late because somebody made it so; undefined: it stands still, by itself or
 * because one end is gone.
 */
export function lateness(world: World, leader: string, follower: string): number | undefined {
  let seconds = 0;
  for (const { fault } of world.faults) {
    if (fault.kind === 'replication-stopped' && fault.arn === leader) return undefined;
    if (fault.kind === 'replication-lag' && fault.arn === leader) seconds += fault.seconds;
  }
  return isThere(world, leader) && isThere(world, follower) ? seconds : undefined;
}

/** `follower` replicates from now on; the lag varies about its usual one. */
export function followWith(world: World, leader: string, follower: { readonly arn: string; readonly lag: number }): void {
  follow(world, leader, follower.arn, () => {
    const late = lateness(world, leader, follower.arn) ?? 0;
    return between(world, (0.5 * follower.lag) / 1000, (1.5 * follower.lag) / 1000) + late * 1000;
  });
}

/** Every replica, or every one of an account, goes on or stands still as the world is now. */
export function settleReplication(world: World, account?: string): void {
  for (const shelf of [INSTANCES, CLUSTERS])
    for (const { item } of world.everywhere<Instance | Cluster>(shelf, account))
      if (item.source !== undefined)
        replicate(world, item.arn, lateness(world, item.source, item.arn) === undefined ? 'stopped' : 'running');
}

/** What replicates from a store: read replicas are of its own account. */
export function replicasOf(
  world: World,
  { arn, account }: { readonly arn: string; readonly account: string },
): readonly (Instance | Cluster)[] {
  const stores = [...world.everywhere(INSTANCES, account), ...world.everywhere(CLUSTERS, account)];
  return stores.map((p) => p.item).filter((s) => s.source === arn);
}
