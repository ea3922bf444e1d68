import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknown } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { databaseTimes } from '../../src/recovery/times/databases.ts';
import { rdsCluster } from '../../src/services/rds-cluster.ts';
import { RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_GLOBAL_CLUSTER } from '../../src/services/rds-global-members.ts';
import { RDS_INSTANCE, RDS_SUBNET_GROUP } from '../../src/services/rds-instance.ts';
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

const aurora = (inputs: Values = {}, name = 'main', region: string | null = 'us-east-1') =>
  declared(RDS_CLUSTER, name, { engine: 'aurora-postgresql', ...inputs }, { in: region });
const instance = (cluster: Resource, name: string, zone?: Value, inputs: Values = {}) =>
  declared(RDS_CLUSTER_INSTANCE, name, {
    clusterIdentifier: ref(cluster),
    instanceClass: 'db.r6g.large',
    ...(zone === undefined ? {} : { availabilityZone: zone }),
    ...inputs,
  });

describe('an Aurora cluster', () => {
  const cluster = aurora();
  const at = (...zones: readonly (Value | undefined)[]) =>
    read(
      rdsCluster,
      cluster,
      zones.map((zone, i) => instance(cluster, `i${i}`, zone)),
    ).meaning;

  it('with readers in other AZs fails over by itself and loses nothing', () => {
    const meaning = at('us-east-1a', 'us-east-1b');
    expect(impact(meaning, 'az')).toBe('lost');
    expect(under(meaning, 'az')[0]).toBe('aurora-failover:service-native:yes');
    expect(under(meaning, 'instance')[0]).toBe('aurora-failover:service-native:yes');
    expect(find(meaning, 'aurora-failover').point).toMatchObject({ kind: 'fixed', seconds: 0 });
    expect(got(meaning.placement)).toEqual({ kind: 'zonal', spread: { zones: ['us-east-1a', 'us-east-1b'], doubtful: 0 } });
  });

  it('with one instance gets it back in the same AZ, which does not help when the AZ is gone', () => {
    const meaning = at('us-east-1a');
    expect(under(meaning, 'instance')).toContain('aurora-recreate-writer:service-native:yes');
    expect(automatic(meaning, 'az')).toBe(false);
    expect(under(meaning, 'az')).toEqual([
      'aurora-add-instance:human-execution:yes',
      'rds-point-in-time-restore:human-execution:yes',
    ]);
  });

  it('with two instances in one AZ survives an instance and not the AZ', () => {
    const meaning = at('us-east-1a', 'us-east-1a');
    expect(automatic(meaning, 'instance')).toBe(true);
    expect(automatic(meaning, 'az')).toBe(false);
  });

  it.each([
    ['both unpinned', [undefined, undefined]],
    ['one unpinned', ['us-east-1a', undefined]],
    ['a zone from a hole', ['us-east-1a', hole()]],
  ])('with %s nobody can tell whether an AZ takes both', (_, zones) => {
    const meaning = at(...zones);
    expect(automatic(meaning, 'instance')).toBe(true);
    expect(under(meaning, 'az')[0]).toBe('aurora-failover:service-native:not-reported');
  });

  it('with zones that are only known to differ is in two AZs', () => {
    const zone = (n: number) => Object.assign(hole(), { template: `az:us-east-1:${n}` });
    expect(automatic(at(zone(0), zone(1)), 'az')).toBe(true);
  });

  it('without an instance in sight is unknown, neither lost nor out of reach', () => {
    const meaning = at();
    expect([impact(meaning, 'instance'), impact(meaning, 'az'), got(meaning.placement)]).toEqual([
      'not-reported',
      'not-reported',
      'not-reported',
    ]);
    expect(automatic(meaning, 'instance') || automatic(meaning, 'az')).toBe(false);
  });

  it('the AZs of the storage do not count as those of instances', () => {
    const spread = aurora({ availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] });
    expect(automatic(read(rdsCluster, spread, [instance(spread, 'i0', 'us-east-1a')]).meaning, 'az')).toBe(false);
  });

  it('an instance whose cluster is not known leaves the count open', () => {
    const stray = declared(RDS_CLUSTER_INSTANCE, 'stray', { clusterIdentifier: hole(), availabilityZone: 'us-east-1b' });
    const { meaning } = read(rdsCluster, cluster, [instance(cluster, 'i0', 'us-east-1a'), stray]);
    expect(under(meaning, 'instance')[0]).toBe('aurora-failover:service-native:unresolved-at-preview');
    expect(automatic(meaning, 'az')).toBe(false);
  });

  it('backups last a day by default, and only a person restores them', () => {
    const { facts, meaning } = read(rdsCluster, cluster);
    expect(got(facts.backupRetentionDays)).toBe(1);
    expect(under(meaning, 'data')).toEqual(['rds-point-in-time-restore:human-execution:yes']);
    expect(under(read(rdsCluster, aurora({ backtrackWindow: 3600 })).meaning, 'data')).toContain(
      'aurora-backtrack:human-execution:yes',
    );
  });

  it('a paused Serverless v2 reader has to resume first', () => {
    const paused = aurora({ serverlessv2ScalingConfiguration: { minCapacity: 0, maxCapacity: 8 } });
    const time = (serverless: boolean) =>
      find(
        read(
          rdsCluster,
          paused,
          ['a', 'b'].map((z) => instance(paused, z, `us-east-1${z}`, serverless ? { instanceClass: 'db.serverless' } : {})),
        ).meaning,
        'aurora-failover',
      ).time.kind;
    expect(time(true)).toBe('sum');
    expect(time(false)).toBe('row');
  });

  it('Serverless v1, Multi-AZ DB clusters and what is not modelled', () => {
    const v1 = read(rdsCluster, aurora({ engineMode: 'serverless' })).meaning;
    expect(find(v1, 'aurora-serverless-v1-failover').time.kind).toBe('unknown');
    const cluster3 = read(rdsCluster, aurora({ engine: 'mysql', dbClusterInstanceClass: 'db.m6gd.large' })).meaning;
    expect(under(cluster3, 'az')[0]).toBe('rds-multi-az-cluster:service-native:yes');
    expect(find(cluster3, 'rds-multi-az-cluster').point).toMatchObject({ kind: 'fixed', seconds: 0 });
    for (const inputs of [{ clusterScalabilityType: 'limitless' }, { engine: 'custom-sqlserver' }]) {
      expect(impact(read(rdsCluster, aurora(inputs)).meaning, 'az')).toBe('not-modelled');
    }
    expect(impact(read(rdsCluster, aurora({ engine: hole() })).meaning, 'az')).toBe('unresolved-at-preview');
  });

  it('a Multi-AZ DB cluster needs three AZs', () => {
    const subnets = [subnet('us-east-1a'), subnet('us-east-1b')];
    const groups = group(RDS_SUBNET_GROUP, 'two', subnets);
    const { meaning } = read(rdsCluster, aurora({ engine: 'postgres', dbSubnetGroupName: ref(groups, 'name') }), [
      groups,
      ...subnets,
    ]);
    expect(automatic(meaning, 'az')).toBe(false);
  });

  it('a replica of a Multi-AZ DB cluster in another Region is promoted by a person', () => {
    const source = aurora({ engine: 'mysql' });
    const replica = declared(RDS_INSTANCE, 'dr', { replicateSourceDb: ref(source, 'arn') }, { in: 'eu-west-1' });
    expect(under(read(rdsCluster, source, [replica]).meaning, 'region')).toEqual([
      'rds-cross-region-replica:human-execution:yes',
    ]);
  });
});

describe('an Aurora global database, from its clusters', () => {
  const global = declared(RDS_GLOBAL_CLUSTER, 'shop', { globalClusterIdentifier: 'shop' });
  const primary = aurora({ globalClusterIdentifier: ref(global), masterUsername: 'root' });
  const secondary = aurora({ globalClusterIdentifier: ref(global) }, 'second', 'eu-west-1');
  const warm = instance(secondary, 'eu', 'eu-west-1a');

  it('is failed over by a person, to a secondary with an instance', () => {
    const { facts, meaning } = read(rdsCluster, primary, [global, secondary, warm]);
    expect(under(meaning, 'region')).toEqual(['aurora-global-failover:human-execution:yes']);
    const failover = find(meaning, 'aurora-global-failover');
    expect(failover).toMatchObject({
      action: 'aurora-global-failover',
      time: { kind: 'row' },
      point: { kind: 'row', row: 'aurora-global-lag' },
    });
    expect(got(failover.successors)).toEqual([secondary.urn]);
    expect(got(facts.globalRole)).toBe('primary');
    expect(got(read(rdsCluster, secondary, [global, primary]).facts.globalRole)).toBe('secondary');
    expect(under(meaning, 'data')).not.toContain('aurora-global-failover:human-execution:yes');
  });

  it('a headless secondary needs an instance first, and an uncertain one has no time', () => {
    const time = (others: readonly Resource[]) =>
      find(read(rdsCluster, primary, [global, secondary, ...others]).meaning, 'aurora-global-failover').time.kind;
    expect(time([])).toBe('sum');
    expect(time([declared(RDS_CLUSTER_INSTANCE, 'stray', { clusterIdentifier: hole() })])).toBe('unknown');
  });

  it('is found from the source cluster of the global database too', () => {
    const origin = aurora({}, 'origin');
    const made = declared(RDS_GLOBAL_CLUSTER, 'made', { sourceDbClusterIdentifier: ref(origin, 'arn') });
    const other = aurora({ globalClusterIdentifier: ref(made) }, 'other', 'eu-west-1');
    const { facts, meaning } = read(rdsCluster, origin, [made, other, instance(other, 'x', 'eu-west-1a')]);
    expect(under(meaning, 'region')).toEqual(['aurora-global-failover:human-execution:yes']);
    expect(got(facts.globalRole)).toBe('primary');
  });

  it.each([
    ['a second cluster in the same Region', [global, aurora({ globalClusterIdentifier: ref(global) }, 'second')], []],
    ['no second cluster', [global], []],
    [
      'a cluster whose Region nobody knows',
      [global, aurora({ globalClusterIdentifier: ref(global) }, 'second', null)],
      ['aurora-global-failover:human-execution:unresolved-at-preview'],
    ],
    ['a global database from elsewhere', [], ['aurora-global-failover:human-execution:unresolved-at-preview']],
  ])('%s is no certain successor', (_, others, expected) => {
    expect(under(read(rdsCluster, primary, others).meaning, 'region')).toEqual(expected);
  });

  it('reads the cap that Aurora PostgreSQL puts on the lag', () => {
    const group_ = declared('aws:rds/clusterParameterGroup:ClusterParameterGroup', 'g', {
      parameters: [{ name: 'rds.global_db_rpo', value: '20' }],
    });
    expect(got(read(rdsCluster, aurora({ dbClusterParameterGroupName: ref(group_, 'name') }), [group_]).facts.globalRpoCap)).toBe(
      20,
    );
    expect(got(read(rdsCluster, aurora()).facts.globalRpoCap)).toBeUndefined();
  });
});

it('law: an unknown zone never makes a cluster safer', () => {
  const zones = fc.array(fc.constantFrom('us-east-1a', 'us-east-1b', undefined), { minLength: 1, maxLength: 4 });
  const cluster = aurora();
  const meant = (list: readonly (Value | undefined)[]) =>
    read(
      rdsCluster,
      cluster,
      list.map((z, i) => instance(cluster, `i${i}`, z)),
    ).meaning;
  fc.assert(
    fc.property(zones, fc.nat(3), (list, blind) => {
      const blurred = list.map((z, i) => (i === blind ? hole() : z));
      for (const scope of ['instance', 'az'] as const)
        if (automatic(meant(blurred), scope)) expect(automatic(meant(list), scope)).toBe(true);
    }),
  );
});

it('names only rows that exist', () => {
  const ids = databaseTimes.map((t) => t.id);
  const cluster = aurora({ backtrackWindow: 60 });
  for (const row of rowsOf(read(rdsCluster, cluster, [instance(cluster, 'a', 'us-east-1a')]).meaning)) expect(ids).toContain(row);
  expect(told(read(rdsCluster, cluster, [], unknown('not-reported', 'partial')).facts.members.complete)).toBe('not-reported');
});
