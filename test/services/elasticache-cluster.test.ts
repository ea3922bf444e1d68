import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { elasticacheCluster } from '../../src/services/elasticache-cluster.ts';
import { CACHE_CLUSTER, REPLICATION_GROUP } from '../../src/services/elasticache-members.ts';
import { elasticacheServerless } from '../../src/services/elasticache-serverless.ts';
import { declared, find, got, hole, impact, read, ref, under } from './support-databases.ts';

const cluster = (inputs: Values) => declared(CACHE_CLUSTER, 'cache', inputs);
const memcached = { engine: 'memcached', numCacheNodes: 4, azMode: 'cross-az' };

describe('an ElastiCache cluster', () => {
  it.each([
    ['one Redis node', { engine: 'redis' }, 'lost', 'lost'],
    ['Memcached in one AZ', { engine: 'memcached', numCacheNodes: 3 }, 'reduced', 'lost'],
    [
      'Memcached over two AZs',
      { ...memcached, preferredAvailabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1a', 'us-east-1b'] },
      'reduced',
      'reduced',
    ],
    ['Memcached over AZs that nobody names', memcached, 'reduced', 'not-reported'],
    [
      'nodes that are not known',
      { engine: 'memcached', numCacheNodes: hole() },
      'unresolved-at-preview',
      'unresolved-at-preview',
    ],
  ])('%s', (_, inputs, instance, az) => {
    const { meaning } = read(elasticacheCluster, cluster(inputs));
    expect([impact(meaning, 'instance'), impact(meaning, 'az')]).toEqual([instance, az]);
    expect(find(meaning, 'elasticache-node-replacement').point?.kind).toBe('never');
    expect(under(meaning, 'az')).toEqual([]);
  });

  it('over two AZs keeps half', () => {
    const { meaning } = read(elasticacheCluster, cluster({ ...memcached, numCacheNodes: 2 }));
    expect(meaning.under.az).toMatchObject({ value: { kind: 'reduced', left: { value: 0.5 } } });
  });

  it('Memcached has no snapshots, Redis has', () => {
    expect(under(read(elasticacheCluster, cluster({ ...memcached, snapshotRetentionLimit: 3 })).meaning, 'data')).toEqual([]);
    expect(under(read(elasticacheCluster, cluster({ engine: 'redis', snapshotRetentionLimit: 3 })).meaning, 'data')).toEqual([
      'elasticache-snapshot-restore:human-execution:yes',
    ]);
  });

  it('leaves the answer to its replication group, when that is in the sources', () => {
    const group = declared(REPLICATION_GROUP, 'g', {});
    expect(impact(read(elasticacheCluster, cluster({ replicationGroupId: ref(group) }), [group]).meaning, 'az')).toBe(
      'unaffected',
    );
    expect(impact(read(elasticacheCluster, cluster({ replicationGroupId: 'elsewhere' })).meaning, 'az')).toBe('dangling');
  });
});

it('an ElastiCache Serverless cache outlives an AZ and not its Region', () => {
  const { facts, meaning } = read(
    elasticacheServerless,
    declared('aws:elasticache/serverlessCache:ServerlessCache', 'c', { engine: 'valkey' }),
  );
  expect([impact(meaning, 'az'), impact(meaning, 'region'), impact(meaning, 'data')]).toEqual(['unaffected', 'lost', 'lost']);
  expect(got(facts.snapshotRetentionDays)).toBe(0);
  expect(meaning.protections).toEqual([]);
});
