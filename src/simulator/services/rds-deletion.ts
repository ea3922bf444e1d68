/** How instances and clusters of simulated RDS go. Their logs stay, for the snapshots that were taken of them. */
import { promote } from '../plane/logs.ts';
import { close } from '../plane/network.ts';
import type { World } from '../world/world.ts';
import { KEPT_BACKUPS, restorableOf, restoreWindow } from './rds-backups-state.ts';
import { replicasOf, settleReplication } from './rds-endpoints.ts';
import { failClusterOver } from './rds-failover.ts';
import { GLOBALS } from './rds-global-state.ts';
import { CLUSTERS, type Cluster, INSTANCES, type Instance, membersOf, record } from './rds-state.ts';

interface Deletion {
  /** Keep the automated backups until they expire (DeleteAutomatedBackups false). */
  readonly keepBackups: boolean;
}

export function removeInstance(world: World, instance: Instance, how: Deletion): void {
  if (how.keepBackups) keepBackups(world, instance);
  instance.epoch += 1;
  world.remove(INSTANCES, instance.account, instance.region, instance.id);
  close(world, instance.host);
  record(world, instance, 'deletion', 'DB instance deleted');
  letReplicasGo(world, instance);
  const cluster =
    instance.cluster === undefined ? undefined : world.get(CLUSTERS, instance.account, instance.region, instance.cluster);
  if (cluster !== undefined) {
    cluster.members = cluster.members.filter((id) => id !== instance.id);
    if (cluster.writer === instance.id) {
      cluster.writer = undefined;
      if (cluster.members.length > 0) failClusterOver(world, cluster, 0);
    }
  }
  settleReplication(world, instance.account);
}

export function removeCluster(world: World, cluster: Cluster, how: Deletion): void {
  if (how.keepBackups) keepBackups(world, cluster);
  cluster.epoch += 1;
  world.remove(CLUSTERS, cluster.account, cluster.region, cluster.id);
  for (const member of membersOf(world, cluster)) {
    member.epoch += 1;
    world.remove(INSTANCES, member.account, member.region, member.id);
    close(world, member.host);
  }
  close(world, cluster.host);
  close(world, cluster.readerHost);
  for (const { item } of world.everywhere(GLOBALS)) {
    if (item.members.includes(cluster.arn)) item.members = item.members.filter((arn) => arn !== cluster.arn);
    if (item.writer === cluster.arn) item.writer = undefined;
  }
  record(world, cluster, 'deletion', 'DB cluster deleted');
  letReplicasGo(world, cluster);
  settleReplication(world, cluster.account);
}

/** Replicas in the Region of a deleted source become databases of their own; those elsewhere only stop (USER_ReadRepl). */
function letReplicasGo(world: World, store: Instance | Cluster): void {
  for (const replica of replicasOf(world, store)) {
    if (replica.region !== store.region || replica.account !== store.account) continue;
    promote(world, replica.arn);
    replica.source = undefined;
  }
}

function keepBackups(world: World, store: Instance | Cluster): void {
  const window = restoreWindow(world, store);
  if (window === undefined) return;
  const arn = `arn:aws:rds:${store.region}:${store.account}:auto-backup:ab-${world.random.hex(26)}`;
  world.put(KEPT_BACKUPS, store.account, store.region, arn, {
    arn,
    status: 'retained',
    source: store.arn,
    sourceId: store.id,
    resourceId: store.resourceId,
    from: window.from,
    until: window.until,
    delay: 0,
    retentionDays: store.retentionDays,
    kmsKey: store.kmsKey,
    store: restorableOf(store),
  });
}
