import { describe, expect, it } from 'vitest';
import { rdsGlobalCluster } from '../../src/services/rds-global-cluster.ts';
import { RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_GLOBAL_CLUSTER } from '../../src/services/rds-global-members.ts';
import { declared, find, got, hole, impact, read, ref, told, under } from './support-databases.ts';

const primary = declared(RDS_CLUSTER, 'main', { engine: 'aurora-mysql' });
const global = declared(RDS_GLOBAL_CLUSTER, 'shop', { sourceDbClusterIdentifier: ref(primary, 'arn') }, { in: 'eu-west-1' });
const secondary = declared(
  RDS_CLUSTER,
  'second',
  { engine: 'aurora-mysql', globalClusterIdentifier: ref(global) },
  { in: 'eu-west-1' },
);
const instance = declared(RDS_CLUSTER_INSTANCE, 'eu', { clusterIdentifier: ref(secondary) }, { in: 'eu-west-1' });

describe('an Aurora global database', () => {
  it('is failed over by a person to the cluster outside the Region of the primary', () => {
    const { facts, meaning } = read(rdsGlobalCluster, global, [primary, secondary, instance]);
    expect(told(facts.warmSecondary)).toBe('yes');
    expect(under(meaning, 'region')).toEqual(['aurora-global-failover:human-execution:yes']);
    expect(got(find(meaning, 'aurora-global-failover').successors)).toEqual([secondary.urn]);
    expect(meaning.links.map((l) => got(l.to)).sort()).toEqual([primary.urn, secondary.urn].sort());
    expect(under(meaning, 'data')).toEqual(['rds-point-in-time-restore:human-execution:yes']);
  });

  it('with a headless secondary is not warm', () => {
    expect(told(read(rdsGlobalCluster, global, [primary, secondary]).facts.warmSecondary)).toBe('no');
  });

  it('with one cluster has no successor', () => {
    expect(under(read(rdsGlobalCluster, global, [primary]).meaning, 'region')).toEqual([]);
  });

  it('without a cluster in the sources says nothing about any', () => {
    const { meaning } = read(rdsGlobalCluster, declared(RDS_GLOBAL_CLUSTER, 'alone', {}));
    expect([impact(meaning, 'az'), impact(meaning, 'region')]).toEqual(['not-reported', 'not-reported']);
  });

  it('with a cluster that nobody can place knows nothing for certain', () => {
    const stray = declared(RDS_CLUSTER, 'stray', { globalClusterIdentifier: hole() });
    const { meaning } = read(rdsGlobalCluster, declared(RDS_GLOBAL_CLUSTER, 'alone', {}), [stray]);
    expect(impact(meaning, 'region')).toBe('unresolved-at-preview');
    expect(under(meaning, 'region')).toEqual(['aurora-global-failover:human-execution:unresolved-at-preview']);
  });
});
