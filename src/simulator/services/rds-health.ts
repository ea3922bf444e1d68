/** What happens in simulated RDS by itself when something is lost, and when it comes back. */
import { corrupt } from '../plane/logs.ts';
import type { Fault } from '../world/faults.ts';
import { procedure } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { removeCluster, removeInstance } from './rds-deletion.ts';
import { settleReplication } from './rds-endpoints.ts';
import { failClusterOver, failInstanceOver, replaceStandby, restart, STEPS, spread } from './rds-failover.ts';
import { rebuildAfterReturn } from './rds-global.ts';
import { CLUSTERS, type Cluster, INSTANCES, type Instance, membersOf, record } from './rds-state.ts';

/** How long RDS takes to notice that it may no longer use a key; our assumption. */
const KEY_CHECK = [120, 900] as const;

export function onFault(fault: Fault, world: World, how: 'begins' | 'ends'): void {
  switch (fault.kind) {
    case 'az-loss':
    case 'region-loss': {
      const hit = (zone: string): boolean => (fault.kind === 'az-loss' ? zone === fault.zone : zone.startsWith(fault.region));
      if (how === 'begins') placeLost(world, hit);
      else {
        placeBack(world, hit);
        if (fault.kind === 'region-loss') rebuildAfterReturn(world, fault.region);
      }
      settleReplication(world);
      break;
    }
    case 'replication-stopped':
    case 'replication-lag':
      settleReplication(world);
      break;
    case 'corruption':
      if (how === 'begins' && storeAt(world, fault.arn) !== undefined) corrupt(world, fault.arn);
      break;
    case 'deleted': {
      if (how === 'begins') destroy(world, storeAt(world, fault.arn));
      break;
    }
    case 'key-disabled':
      if (how === 'begins') for (const store of stores(world)) if (store.kmsKey === fault.arn) keyGone(world, store);
      break;
    case 'account-compromised':
      if (how === 'begins') for (const store of stores(world)) if (store.account === fault.account) destroy(world, store);
      break;
    default:
      break;
  }
}

const stores = (world: World): readonly (Instance | Cluster)[] =>
  [...world.everywhere(CLUSTERS), ...world.everywhere(INSTANCES)].map((p) => p.item);

const storeAt = (world: World, arn: string): Instance | Cluster | undefined => stores(world).find((s) => s.arn === arn);

const isCluster = (store: Instance | Cluster): store is Cluster => 'members' in store;

function destroy(world: World, store: Instance | Cluster | undefined): void {
  if (store === undefined) return;
  if (isCluster(store)) removeCluster(world, store, { keepBackups: false });
  else removeInstance(world, store, { keepBackups: false });
}

function keyGone(world: World, store: Instance | Cluster): void {
  procedure(world, store, [
    {
      after: spread(world, KEY_CHECK),
      what: () => {
        store.status = isCluster(store)
          ? 'inaccessible-encryption-credentials'
          : 'inaccessible-encryption-credentials-recoverable';
        store.lostAt = world.clock.now();
        record(world, store, 'failure', 'The encryption key is not accessible.');
        settleReplication(world);
      },
    },
  ]);
}

function placeLost(world: World, hit: (zone: string) => boolean): void {
  const now = world.clock.now();
  for (const { item } of world.everywhere(INSTANCES)) {
    if (item.cluster !== undefined) continue;
    if (hit(item.zone)) {
      item.lostAt = now;
      if (item.multiAz) failInstanceOver(world, item, spread(world, STEPS.instance.detect));
    } else if (item.multiAz && item.secondaryZone !== undefined && hit(item.secondaryZone)) replaceStandby(world, item);
  }
  for (const { item } of world.everywhere(CLUSTERS)) {
    if (world.regionIsLost(item.region)) item.lostAt = now;
    const writer = membersOf(world, item).find((m) => m.id === item.writer);
    if (item.kind === 'serverless-v1' ? hit(item.zone) : writer !== undefined && hit(writer.zone))
      failClusterOver(world, item, spread(world, STEPS[item.kind].detect));
  }
}

/** What is still where the loss was restarts; what has failed over meanwhile stays where it is. */
function placeBack(world: World, hit: (zone: string) => boolean): void {
  for (const { item } of world.everywhere(INSTANCES))
    if (hit(item.zone) && !world.zoneIsLost(item.zone)) restart(world, item, 'restarting after the loss of its AZ');
  for (const { item } of world.everywhere(CLUSTERS)) {
    if (!world.regionIsLost(item.region)) item.lostAt = undefined;
    if (item.kind === 'serverless-v1' && hit(item.zone)) item.outage = undefined;
  }
}
