/** What happens in simulated ElastiCache by itself: automatic failover, replacement of nodes, and what is lost with them. */
import { corrupt, promote, replicate, restore } from '../plane/logs.ts';
import { close } from '../plane/network.ts';
import type { Fault } from '../world/faults.ts';
import { between, procedure } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { followReplicas } from './elasticache-make.ts';
import {
  CACHE_CLUSTERS,
  type CacheCluster,
  GROUPS,
  groupAt,
  lateness,
  type ReplicationGroup,
  replicaLog,
  SERVERLESS,
  type Shard,
  settleReplication,
  whyNodeDown,
} from './elasticache-state.ts';

/**
 * Seconds. AWS says that a promotion and the change of DNS take "typically just a few seconds" (AutoFailover.html); how the
 * steps divide is our assumption.
 */
const DETECT = [5, 15] as const;
const PROMOTE = [2, 8] as const;
const DNS = [3, 12] as const;
/** A failed node is made anew in its AZ; AWS names no time. Our assumption. */
const REPLACE = [180, 600] as const;

/** Where nothing was kept: an empty log by any name. */
const NOTHING = 'nothing';

export function onFault(fault: Fault, world: World, how: 'begins' | 'ends'): void {
  switch (fault.kind) {
    case 'az-loss':
    case 'region-loss': {
      const hit = (zone: string): boolean => (fault.kind === 'az-loss' ? zone === fault.zone : zone.startsWith(fault.region));
      if (how === 'begins') placeLost(world, hit);
      else placeBack(world, hit);
      settleReplication(world);
      break;
    }
    case 'replication-stopped':
    case 'replication-lag':
      settleReplication(world);
      break;
    case 'corruption':
      if (how === 'begins' && isOurs(world, fault.arn)) corrupt(world, fault.arn);
      break;
    case 'deleted':
      if (how === 'begins') removeAll(world, (store) => store.arn === fault.arn);
      break;
    case 'account-compromised':
      if (how === 'begins') removeAll(world, (store) => store.account === fault.account);
      break;
    default:
      break;
  }
}

function isOurs(world: World, arn: string): boolean {
  return [GROUPS, CACHE_CLUSTERS, SERVERLESS].some((shelf) =>
    world.everywhere<{ readonly arn: string }>(shelf).some((p) => p.item.arn === arn),
  );
}

function removeAll(world: World, which: (store: { readonly arn: string; readonly account: string }) => boolean): void {
  for (const { item } of world.everywhere(GROUPS)) if (which(item)) removeGroup(world, item);
  for (const { item } of world.everywhere(CACHE_CLUSTERS)) if (which(item)) removeCluster(world, item);
  for (const { account, region, item } of world.everywhere(SERVERLESS)) {
    if (!which(item)) continue;
    world.remove(SERVERLESS, account, region, item.name);
    close(world, item.host);
  }
}

export function removeGroup(world: World, group: ReplicationGroup): void {
  world.remove(GROUPS, group.account, group.region, group.id);
  for (const shard of group.shards) shard.epoch += 1;
  close(world, group.host);
  close(world, group.readerHost);
  settleReplication(world);
}

export function removeCluster(world: World, cluster: CacheCluster): void {
  world.remove(CACHE_CLUSTERS, cluster.account, cluster.region, cluster.id);
  close(world, cluster.host);
}

function placeLost(world: World, hit: (zone: string) => boolean): void {
  for (const { item: group } of world.everywhere(GROUPS)) {
    for (const shard of group.shards) {
      const primary = shard.nodes.find((n) => n.id === shard.primary);
      if (primary === undefined || !hit(primary.zone)) continue;
      // What had not yet reached a replica is lost with the primary.
      replicate(world, replicaLog(group), 'stopped');
      if (group.automaticFailover) failShardOver(world, group, shard, between(world, ...DETECT));
    }
  }
}

/** Nodes are made anew in their AZ once it is back; an only node comes back empty (disaster-recovery-resiliency.html). */
function placeBack(world: World, hit: (zone: string) => boolean): void {
  for (const { item: group } of world.everywhere(GROUPS)) {
    for (const shard of group.shards) {
      const isPrimaryHere = shard.nodes.some((n) => n.id === shard.primary && hit(n.zone) && !world.zoneIsLost(n.zone));
      for (const node of shard.nodes) if (hit(node.zone)) node.outage = 'the node is being replaced';
      const after = between(world, ...REPLACE);
      const back = (): void => {
        for (const node of shard.nodes) if (hit(node.zone)) node.outage = undefined;
        if (isPrimaryHere && shard.nodes.some((n) => n.id === shard.primary && hit(n.zone))) keepWhatIsLeft(world, group);
      };
      if (isPrimaryHere) procedure(world, shard, [{ after, what: back }]);
      else world.clock.after(after, back);
    }
  }
  for (const { item: cluster } of world.everywhere(CACHE_CLUSTERS)) {
    const here = cluster.nodes.filter((n) => hit(n.zone) && !world.zoneIsLost(n.zone));
    if (here.length === 0) continue;
    for (const node of here) node.outage = 'the node is being replaced';
    world.clock.after(between(world, ...REPLACE), () => {
      for (const node of here) node.outage = undefined;
      if (here.length === cluster.nodes.length) restore(world, NOTHING, cluster.arn, world.clock.now());
    });
  }
}

/** The group goes on with what its replicas had, or empty when it had none. */
function keepWhatIsLeft(world: World, group: ReplicationGroup): void {
  if (group.source !== undefined || group.durability === 'sync') return;
  const hasReplicas = group.shards.some((s) => s.nodes.length > 1);
  restore(world, hasReplicas ? replicaLog(group) : NOTHING, group.arn, world.clock.now());
  const isCorrupt = world.faults.some(({ fault }) => fault.kind === 'corruption' && fault.arn === group.arn);
  if (isCorrupt) corrupt(world, group.arn);
  followReplicas(world, group);
}

/** A replica in an AZ that is there becomes the primary of its shard; without one, nothing happens until the node is back. */
export function failShardOver(world: World, group: ReplicationGroup, shard: Shard, detection: number, wanted?: string): void {
  procedure(world, shard, [
    {
      after: detection,
      what: () => {
        const former = shard.nodes.find((n) => n.id === shard.primary);
        // Asked for as a test: the primary is taken out of service and made anew.
        if (detection === 0 && former !== undefined) {
          replicate(world, replicaLog(group), 'stopped');
          former.outage = 'the node is being replaced';
          world.clock.after(between(world, ...REPLACE), () => {
            former.outage = undefined;
          });
        }
      },
    },
    {
      after: between(world, ...PROMOTE),
      what: () => {
        const up = shard.nodes.filter((n) => n.id !== shard.primary && whyNodeDown(world, n) === undefined);
        const next = up.find((n) => n.id === wanted) ?? up[0];
        if (next === undefined) {
          shard.epoch += 1;
          return;
        }
        shard.primary = next.id;
        keepWhatIsLeft(world, group);
      },
    },
    {
      after: between(world, ...DNS),
      what: () => {
        shard.endpointTo = shard.primary;
        if (group.status === 'modifying') group.status = 'available';
      },
    },
  ]);
}

/** A secondary of a Global Datastore takes over with what has arrived. */
export function becomePrimary(world: World, group: ReplicationGroup): void {
  promote(world, group.arn);
  group.source = undefined;
}

/** Milliseconds that a secondary group is behind, ever more while replication stands still. */
export function globalLagOf(world: World, group: ReplicationGroup, at: number): number {
  const { source } = group;
  if (source === undefined) return 0;
  const late = lateness(world, source, group);
  if (late !== undefined) return group.globalLag + late * 1000;
  const region = groupAt(world, source)?.region;
  const since = world.faults.flatMap(({ fault, since: from }) =>
    (fault.kind === 'replication-stopped' && fault.arn === source) || (fault.kind === 'region-loss' && fault.region === region)
      ? [from]
      : [],
  );
  return group.globalLag + Math.max(0, at - Math.min(...since, world.clock.now()));
}
