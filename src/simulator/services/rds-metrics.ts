/** Replication lag as simulated RDS reports it to CloudWatch. */
import type { MetricSource } from '../metric-source.ts';
import { regionOf } from '../world/regions.ts';
import type { World } from '../world/world.ts';
import { lateness } from './rds-endpoints.ts';
import { regionOfArn } from './rds-global-state.ts';
import { CLUSTERS, INSTANCES, isVolumeEngine } from './rds-state.ts';

/** Readers of one volume are "usually less than 100 milliseconds" behind (Aurora User Guide, Aurora.Replication). */
const READER_LAG = 20;

/** Milliseconds that a replica is behind: as usual, later when somebody made it late, ever more while replication stands still. */
export function lagOf(
  world: World,
  replica: { readonly arn: string; readonly lag: number; readonly source: string | undefined },
  at: number,
): number {
  const { source } = replica;
  if (source === undefined) return 0;
  const late = lateness(world, source, replica.arn);
  return late === undefined ? replica.lag + Math.max(0, at - standstill(world, source)) : replica.lag + late * 1000;
}

/** Since when nothing leaves the source. */
function standstill(world: World, source: string): number {
  const region = regionOfArn(source);
  const since = world.faults.flatMap(({ fault, since: from }) => {
    if (fault.kind === 'replication-stopped') return fault.arn === source ? [from] : [];
    if (fault.kind === 'region-loss') return fault.region === region ? [from] : [];
    if (fault.kind === 'az-loss') return regionOf(fault.zone) === region ? [from] : [];
    return [];
  });
  return Math.min(...since, world.clock.now());
}

const replicaLag: MetricSource = {
  namespace: 'AWS/RDS',
  metric: 'ReplicaLag',
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(INSTANCES))
      if (item.source !== undefined)
        yield {
          account,
          region,
          dimensions: { DBInstanceIdentifier: item.id },
          value: (at) => lagOf(world, item, at) / 1000,
        };
  },
};

/** What a PostgreSQL source keeps for the replica that is furthest behind; at a steady megabyte of log a second. */
const oldestSlotLag: MetricSource = {
  namespace: 'AWS/RDS',
  metric: 'OldestReplicationSlotLag',
  *dimensions(world) {
    const all = world.everywhere(INSTANCES);
    for (const { account, region, item } of all) {
      const replicas = all.filter((p) => p.item.source === item.arn).map((p) => p.item);
      if (!item.engine.startsWith('postgres') || replicas.length === 0) continue;
      yield {
        account,
        region,
        dimensions: { DBInstanceIdentifier: item.id },
        value: (at) => Math.max(...replicas.map((r) => lagOf(world, r, at))) * 1000,
      };
    }
  },
};

const auroraReplicaLag: MetricSource = {
  namespace: 'AWS/RDS',
  metric: 'AuroraReplicaLag',
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(INSTANCES)) {
      const cluster = item.cluster === undefined ? undefined : world.get(CLUSTERS, account, region, item.cluster);
      if (cluster === undefined || !isVolumeEngine(item.engine) || cluster.writer === item.id) continue;
      yield { account, region, dimensions: { DBInstanceIdentifier: item.id }, value: () => READER_LAG };
    }
  },
};

/** Of each secondary cluster, in its own Region, in milliseconds (Aurora User Guide, cluster-level metrics). */
const globalLag = (metric: string): MetricSource => ({
  namespace: 'AWS/RDS',
  metric,
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(CLUSTERS)) {
      if (item.global === undefined || item.source === undefined) continue;
      yield { account, region, dimensions: { DBClusterIdentifier: item.id }, value: (at) => lagOf(world, item, at) };
    }
  },
});

export const rdsMetrics: readonly MetricSource[] = [
  replicaLag,
  oldestSlotLag,
  auroraReplicaLag,
  globalLag('AuroraGlobalDBReplicationLag'),
  globalLag('AuroraGlobalDBRPOLag'),
];
