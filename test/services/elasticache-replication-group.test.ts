import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { databaseTimes } from '../../src/recovery/times/databases.ts';
import { CACHE_CLUSTER, GLOBAL_GROUP, REPLICATION_GROUP } from '../../src/services/elasticache-members.ts';
import { CACHE_SUBNET_GROUP, elasticacheReplicationGroup } from '../../src/services/elasticache-replication-group.ts';
import {
  automatic,
  declared,
  find,
  got,
  group,
  hole,
  impact,
  read,
  ref,
  rowsOf,
  subnet,
  told,
  under,
} from './support-databases.ts';

const cache = (inputs: Values = {}, name = 'cache', region = 'us-east-1') =>
  declared(REPLICATION_GROUP, name, { description: 'sessions', ...inputs }, { in: region });
const on = { automaticFailoverEnabled: true, multiAzEnabled: true, numCacheClusters: 2 };

describe('an ElastiCache replication group', () => {
  it('is one node by default, and its memory goes with it', () => {
    const { facts, meaning } = read(elasticacheReplicationGroup, cache());
    expect([got(facts.shards), got(facts.replicas), got(facts.automaticFailover), got(facts.multiAz)]).toEqual([
      1,
      0,
      false,
      false,
    ]);
    expect([impact(meaning, 'instance'), impact(meaning, 'az'), impact(meaning, 'region')]).toEqual(['lost', 'lost', 'lost']);
    expect(find(meaning, 'elasticache-node-replacement').point?.kind).toBe('never');
    expect(under(meaning, 'az')).toEqual([]);
    expect(under(meaning, 'data')).toEqual([]);
  });

  it('with Multi-AZ promotes a replica by itself, and may lose the last writes', () => {
    const { meaning } = read(elasticacheReplicationGroup, cache(on));
    expect(under(meaning, 'instance')).toEqual(['elasticache-failover:service-native:yes']);
    expect(under(meaning, 'az')).toEqual(['elasticache-failover:service-native:yes']);
    expect(find(meaning, 'elasticache-failover').point).toEqual({ kind: 'row', row: 'elasticache-replica-lag' });
  });

  it.each([
    ['failover without Multi-AZ', { ...on, multiAzEnabled: false }, 'no'],
    [
      'failover with nodes pinned to two AZs',
      { ...on, multiAzEnabled: false, preferredCacheClusterAzs: ['us-east-1a', 'us-east-1b'] },
      'yes',
    ],
    ['Multi-AZ with every node in one AZ all the same', { ...on, preferredCacheClusterAzs: ['us-east-1a', 'us-east-1a'] }, 'no'],
    [
      'failover with nodes pinned to one AZ',
      { ...on, multiAzEnabled: false, preferredCacheClusterAzs: ['us-east-1a', 'us-east-1a'] },
      'no',
    ],
    ['Multi-AZ without a replica', { ...on, numCacheClusters: 1 }, 'no'],
    ['Multi-AZ without failover', { ...on, automaticFailoverEnabled: false }, 'no'],
    ['a number of nodes that is not known', { ...on, numCacheClusters: hole() }, 'unresolved-at-preview'],
    ['Multi-AZ not known', { ...on, multiAzEnabled: hole() }, 'unresolved-at-preview'],
  ])('%s, when an AZ fails', (_, inputs, armed) => {
    const { meaning } = read(elasticacheReplicationGroup, cache(inputs));
    const listed = under(meaning, 'az').filter((p) => p.startsWith('elasticache-failover'));
    expect(listed).toEqual(armed === 'no' ? [] : [`elasticache-failover:service-native:${armed}`]);
  });

  it('Multi-AZ over subnets of one AZ cannot be', () => {
    const subnets = [subnet('us-east-1a')];
    const groups = group(CACHE_SUBNET_GROUP, 'g', subnets);
    expect(
      automatic(
        read(elasticacheReplicationGroup, cache({ ...on, subnetGroupName: ref(groups, 'name') }), [groups, ...subnets]).meaning,
        'az',
      ),
    ).toBe(false);
  });

  it.each([
    ['shards and replicas', { numNodeGroups: 3, replicasPerNodeGroup: 2 }, [3, 2]],
    ['the block of aws 5', { clusterMode: { numNodeGroups: 2, replicasPerNodeGroup: 1 } }, [2, 1]],
    ['the count of aws 5', { numberCacheClusters: 3 }, [1, 2]],
    ['text in aws 6 and 7', { clusterMode: 'disabled', numCacheClusters: 2 }, [1, 1]],
    ['shards whose replicas are left to AWS', { numNodeGroups: 3 }, [3, 'not-reported']],
    [
      'node groups of their own',
      { numNodeGroups: 2, nodeGroupConfigurations: [{ replicaCount: 2 }, { replicaCount: 1 }] },
      [2, 1],
    ],
    ['a secondary of a Global Datastore', { globalReplicationGroupId: 'elsewhere', numCacheClusters: 2 }, ['not-reported', 1]],
  ])('reads %s', (_, inputs, expected) => {
    const { facts } = read(elasticacheReplicationGroup, cache(inputs));
    expect([got(facts.shards), got(facts.replicas)]).toEqual(expected);
  });

  it('counts nodes that are added one by one', () => {
    const subject = cache({ automaticFailoverEnabled: true });
    const added = declared(CACHE_CLUSTER, 'more', { replicationGroupId: ref(subject) });
    expect(got(read(elasticacheReplicationGroup, subject, [added]).facts.replicas)).toBe(1);
  });

  it.each([
    ['sync', 'fixed'],
    ['async', 'span'],
    ['disabled', 'row'],
  ])('durability %s has a recovery point of kind %s', (durability, kind) => {
    expect(
      find(read(elasticacheReplicationGroup, cache({ ...on, durability })).meaning, 'elasticache-failover').point?.kind,
    ).toBe(kind);
  });

  it('snapshots are restored by a person', () => {
    const { meaning } = read(elasticacheReplicationGroup, cache({ snapshotRetentionLimit: 5 }));
    expect(under(meaning, 'data')).toEqual(['elasticache-snapshot-restore:human-execution:yes']);
    expect(meaning.retentionDays === undefined ? undefined : got(meaning.retentionDays)).toBe(5);
  });

  it('a Global Datastore is failed over by a person, from either side', () => {
    const primary = cache(on);
    const datastore = declared(GLOBAL_GROUP, 'global', {
      globalReplicationGroupIdSuffix: 'x',
      primaryReplicationGroupId: ref(primary),
    });
    const secondary = cache(
      { globalReplicationGroupId: ref(datastore, 'globalReplicationGroupId'), numCacheClusters: 1 },
      'second',
      'eu-west-1',
    );
    const { meaning } = read(elasticacheReplicationGroup, primary, [datastore, secondary]);
    expect(under(meaning, 'region')).toEqual(['elasticache-global-failover:human-execution:yes']);
    expect(find(meaning, 'elasticache-global-failover')).toMatchObject({
      action: 'elasticache-global-failover',
      successors: { value: [secondary.urn] },
    });
    expect(under(read(elasticacheReplicationGroup, secondary, [datastore, primary]).meaning, 'region')).toEqual([
      'elasticache-global-failover:human-execution:yes',
    ]);
    expect(under(read(elasticacheReplicationGroup, primary, [datastore]).meaning, 'region')).toEqual([]);
    expect(under(read(elasticacheReplicationGroup, cache({ globalReplicationGroupId: hole() })).meaning, 'region')).toEqual([
      'elasticache-global-failover:human-execution:unresolved-at-preview',
    ]);
  });

  it('law: making an input unknown never adds an automatic protection', () => {
    const inputs = fc.record({
      automaticFailoverEnabled: fc.boolean(),
      multiAzEnabled: fc.boolean(),
      numCacheClusters: fc.integer({ min: 1, max: 3 }),
      preferredCacheClusterAzs: fc.array(fc.constantFrom('us-east-1a', 'us-east-1b'), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        inputs,
        fc.constantFrom('automaticFailoverEnabled', 'multiAzEnabled', 'numCacheClusters', 'preferredCacheClusterAzs'),
        (given, blind) => {
          const before = read(elasticacheReplicationGroup, cache(given)).meaning;
          const after = read(elasticacheReplicationGroup, cache({ ...given, [blind]: hole() })).meaning;
          for (const scope of ['instance', 'az'] as const) {
            const certain = (m: typeof after) =>
              m.protections.some(
                (p) =>
                  p.mechanism === 'elasticache-failover' && p.scopes.includes(scope) && ['yes', 'no'].includes(told(p.armed)),
              );
            if (certain(after)) expect(certain(before)).toBe(true);
          }
        },
      ),
    );
  });

  it('names only rows that exist', () => {
    const ids = databaseTimes.map((t) => t.id);
    const rows = rowsOf(
      read(elasticacheReplicationGroup, cache({ ...on, snapshotRetentionLimit: 1, globalReplicationGroupId: hole() })).meaning,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) expect(ids).toContain(row);
  });
});
