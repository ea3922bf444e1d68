/** Replication lag as simulated ElastiCache reports it to CloudWatch, in seconds. */
import type { MetricSource } from '../metric-source.ts';
import { globalLagOf } from './elasticache-health.ts';
import { GROUPS } from './elasticache-state.ts';

const replicationLag: MetricSource = {
  namespace: 'AWS/ElastiCache',
  metric: 'ReplicationLag',
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(GROUPS))
      for (const shard of item.shards)
        for (const node of shard.nodes)
          if (node.id !== shard.primary)
            yield {
              account,
              region,
              dimensions: { CacheClusterId: node.id, CacheNodeId: '0001' },
              value: () => item.lag / 1000,
            };
  },
};

/** Of the primary of each shard of a secondary group. */
const globalLag: MetricSource = {
  namespace: 'AWS/ElastiCache',
  metric: 'GlobalDatastoreReplicationLag',
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(GROUPS))
      if (item.source !== undefined)
        for (const shard of item.shards)
          yield {
            account,
            region,
            dimensions: { CacheClusterId: shard.primary, CacheNodeId: '0001' },
            value: (at) => globalLagOf(world, item, at) / 1000,
          };
  },
};

export const elasticacheMetrics: readonly MetricSource[] = [replicationLag, globalLag];
