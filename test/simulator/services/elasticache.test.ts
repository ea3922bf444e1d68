import type { DescribeReplicationGroupsCommandOutput } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../src/simulator/plane/logs.ts';
import { elasticacheMetrics } from '../../../src/simulator/services/elasticache-metrics.ts';
import { AWAY, type Bench, bench, DAY, HOUR, MINUTE } from './rds-support.ts';

async function cache(on: Bench, id: string, more: object, region = 'us-east-1') {
  await on.cache('CreateReplicationGroup', { ReplicationGroupId: id, ReplicationGroupDescription: 'x', ...more }, region);
  on.world.clock.advance(HOUR);
  return seen(on, id, region);
}

async function seen(on: Bench, id: string, region = 'us-east-1') {
  const reply = await on.cache<DescribeReplicationGroupsCommandOutput>(
    'DescribeReplicationGroups',
    { ReplicationGroupId: id },
    region,
  );
  const group = reply.ReplicationGroups?.[0] ?? {};
  const [shard] = group.NodeGroups ?? [];
  return {
    group,
    arn: group.ARN ?? '',
    host: shard?.PrimaryEndpoint?.Address ?? group.ConfigurationEndpoint?.Address ?? '',
    primary: shard?.NodeGroupMembers?.find((m) => m.CurrentRole === 'primary'),
  };
}

const MULTI_AZ = { NumCacheClusters: 3, AutomaticFailoverEnabled: true, MultiAZEnabled: true };

describe('replication groups', () => {
  it('are refused when their parts do not fit', async () => {
    const on = bench();
    const refusal = (input: object): Promise<string> =>
      on.refusal('elasticache', 'CreateReplicationGroup', {
        ReplicationGroupId: 'a',
        ReplicationGroupDescription: 'x',
        ...input,
      });
    expect(await refusal({ MultiAZEnabled: true })).toBe('InvalidParameterCombination');
    expect(await refusal({ AutomaticFailoverEnabled: true })).toBe('InvalidParameterCombination');
    expect(await refusal({ NumNodeGroups: 2 })).toBe('InvalidParameterCombination');
    expect(await refusal({ NumCacheClusters: 2, PreferredCacheClusterAZs: ['us-east-1a'] })).toBe('InvalidParameterCombination');
    expect(await refusal({})).toBe('accepted');
    expect(await refusal({})).toBe('ReplicationGroupAlreadyExists');
    expect(await on.refusal('elasticache', 'DescribeReplicationGroups', { ReplicationGroupId: 'b' })).toBe(
      'ReplicationGroupNotFoundFault',
    );
  });

  it('with Multi-AZ promote a replica in another AZ within a minute, and may lose the newest writes', async () => {
    for (const seed of [1, 2, 3]) {
      const on = bench(seed);
      const before = await cache(on, 'sessions', MULTI_AZ);
      const last = on.write(before.host, 60);
      on.world.inject({ kind: 'az-loss', zone: before.primary?.PreferredAvailabilityZone ?? '' });
      expect(on.answer(before.host).kind).toBe('refused');
      const took = on.back(before.host) ?? Number.NaN;
      expect(took).toBeGreaterThan(5);
      expect(took).toBeLessThan(60);
      expect(last - on.last(before.arn)).toBeLessThanOrEqual(1);
      expect((await seen(on, 'sessions')).primary?.CacheClusterId).not.toBe(before.primary?.CacheClusterId);
    }
  });

  it('without automatic failover wait for their AZ; an only node comes back empty', async () => {
    const on = bench();
    const { host, arn, primary } = await cache(on, 'sessions', {});
    on.write(host, 60);
    const fault = on.world.inject({ kind: 'az-loss', zone: primary?.PreferredAvailabilityZone ?? '' });
    on.world.clock.advance(DAY);
    expect(on.answer(host).kind).toBe('refused');
    on.world.lift(fault);
    expect(on.back(host)).toBeGreaterThan(0);
    expect(contents(on.world, arn)).toEqual([]);
  });

  it('are failed over as a test, and by hand when automatic failover is off', async () => {
    const on = bench();
    const before = await cache(on, 'sessions', MULTI_AZ);
    const shard = { ReplicationGroupId: 'sessions', NodeGroupId: '0001' };
    await on.cache('TestFailover', shard);
    on.world.clock.advance(MINUTE);
    const after = await seen(on, 'sessions');
    expect(after.primary?.CacheClusterId).not.toBe(before.primary?.CacheClusterId);
    expect(after.group.Status).toBe('available');
    const other = { ReplicationGroupId: 'sessions', PrimaryClusterId: 'sessions-003' };
    expect(await on.refusal('elasticache', 'ModifyReplicationGroup', other)).toBe('InvalidParameterCombination');
    await on.cache('ModifyReplicationGroup', { ReplicationGroupId: 'sessions', AutomaticFailoverEnabled: false });
    expect(await on.refusal('elasticache', 'TestFailover', shard)).toBe('InvalidReplicationGroupState');
    await on.cache('ModifyReplicationGroup', other);
    on.world.clock.advance(MINUTE);
    expect((await seen(on, 'sessions')).primary?.CacheClusterId).toBe('sessions-003');
  });

  it('are restored from a daily snapshot into a new group', async () => {
    const on = bench();
    const { host, arn } = await cache(on, 'sessions', { SnapshotRetentionLimit: 2 });
    on.write(host, 30);
    on.world.clock.advance(5 * DAY);
    const { Snapshots: snapshots } = await on.cache<{ Snapshots: { SnapshotName: string }[] }>('DescribeSnapshots', {});
    expect(snapshots).toHaveLength(2);
    on.world.inject({ kind: 'corruption', arn });
    on.write(host, 30);
    const again = await cache(on, 'again', { SnapshotName: snapshots.at(-1)?.SnapshotName });
    expect(contents(on.world, again.arn).map((w) => w.corrupt)).toEqual(Array(30).fill(false));
  });
});

describe('Global Datastores', () => {
  it('are failed over by a call alone, and the former primary follows', async () => {
    const on = bench();
    const home = await cache(on, 'home', MULTI_AZ);
    await on.cache('CreateGlobalReplicationGroup', { GlobalReplicationGroupIdSuffix: 'all', PrimaryReplicationGroupId: 'home' });
    const { GlobalReplicationGroups: groups } = await on.cache<{
      GlobalReplicationGroups: { GlobalReplicationGroupId: string }[];
    }>('DescribeGlobalReplicationGroups', {});
    const id = groups[0]?.GlobalReplicationGroupId ?? '';
    const away = await cache(on, 'away', { GlobalReplicationGroupId: id, NumCacheClusters: 2 }, AWAY);
    expect(on.answer(away.host)).toMatchObject({ kind: 'served', writes: undefined });
    const last = on.write(home.host, 60);
    const fault = on.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    on.world.clock.advance(HOUR);
    expect(on.answer(away.host)).toMatchObject({ writes: undefined });
    const lag = elasticacheMetrics.find((m) => m.metric === 'GlobalDatastoreReplicationLag');
    const [series] = lag === undefined ? [] : [...lag.dimensions(on.world)];
    expect(series?.value(on.world.clock.now())).toBeGreaterThan(3599);
    expect(series?.dimensions).toEqual({ CacheClusterId: 'away-001' });
    await on.cache(
      'FailoverGlobalReplicationGroup',
      { GlobalReplicationGroupId: id, PrimaryRegion: AWAY, PrimaryReplicationGroupId: 'away' },
      AWAY,
    );
    expect(on.back(away.host)).toBeLessThan(120);
    expect(last - on.last(away.arn)).toBeLessThanOrEqual(2);
    on.world.lift(fault);
    on.world.clock.advance(HOUR);
    const next = on.write(away.host, 30);
    on.world.clock.advance(MINUTE);
    expect(on.last(home.arn)).toBe(next);
  });
});

describe('caches without replication', () => {
  it('cross-AZ Memcached answers as long as one of its AZs is there', async () => {
    const on = bench();
    await on.cache('CreateCacheCluster', {
      CacheClusterId: 'words',
      Engine: 'memcached',
      NumCacheNodes: 2,
      AZMode: 'cross-az',
      PreferredAvailabilityZones: ['us-east-1a', 'us-east-1b'],
    });
    on.world.clock.advance(HOUR);
    const { CacheClusters: clusters } = await on.cache<{ CacheClusters: { ConfigurationEndpoint?: { Address: string } }[] }>(
      'DescribeCacheClusters',
      {},
    );
    const host = clusters[0]?.ConfigurationEndpoint?.Address ?? '';
    on.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    expect(on.answer(host)).toMatchObject({ kind: 'served', zone: 'us-east-1b' });
    on.world.inject({ kind: 'az-loss', zone: 'us-east-1b' });
    expect(on.answer(host).kind).toBe('refused');
  });

  it('a serverless cache outlives an AZ and goes with its Region', async () => {
    const on = bench();
    const { ServerlessCache: made } = await on.cache<{ ServerlessCache: { Endpoint: { Address: string } } }>(
      'CreateServerlessCache',
      {
        ServerlessCacheName: 'words',
        Engine: 'valkey',
      },
    );
    on.world.clock.advance(HOUR);
    const host = made.Endpoint.Address;
    on.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    expect(on.answer(host).kind).toBe('served');
    on.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    expect(on.answer(host).kind).toBe('refused');
  });
});
