/** Replication lag as simulated ElastiCache reports it to CloudWatch, in seconds. */
import type { MetricSeries, MetricSource } from '../metric-source.ts';
import { globalLagOf } from './elasticache-health.ts';
import { GROUPS } from './elasticache-state.ts';

/** Every metric is published for the node and for its cluster (User guide, CacheMetrics); a node of a group is a cluster of one. */
const named = (id: string): readonly MetricSeries['dimensions'][] => [
  { CacheClusterId: id },
  { CacheClusterId: id, CacheNodeId: '0001' },
];

const replicationLag: MetricSource = {
  namespace: 'AWS/ElastiCache',
  metric: 'ReplicationLag',
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(GROUPS))
      for (const shard of item.shards)
        for (const node of shard.nodes)
          if (node.id !== shard.primary)
            for (const dimensions of named(node.id)) yield { account, region, dimensions, value: () => item.lag / 1000 };
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
          for (const dimensions of named(shard.primary))
            yield { account, region, dimensions, value: (at) => globalLagOf(world, item, at) / 1000 };
  },
};

export const elasticacheMetrics: readonly MetricSource[] = [replicationLag, globalLag];
