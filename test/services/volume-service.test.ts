import { describe, expect, it } from 'vitest';
import { databaseTimes } from '../../src/recovery/times/databases.ts';
import { docdbCluster } from '../../src/services/docdb-cluster.ts';
import { neptuneCluster } from '../../src/services/neptune-cluster.ts';
import { automatic, declared, find, got, hole, impact, read, ref, rowsOf, under } from './support-databases.ts';

describe.each([
  ['docdb', docdbCluster],
  ['neptune', neptuneCluster],
] as const)('a %s cluster', (prefix, module) => {
  const cluster = declared(`aws:${prefix}/cluster:Cluster`, 'main', {});
  const instance = (zone: string, of = cluster) =>
    declared(`aws:${prefix}/clusterInstance:ClusterInstance`, `i-${zone}`, {
      clusterIdentifier: ref(of),
      availabilityZone: zone,
    });

  it('fails over to an instance in another AZ', () => {
    const { meaning } = read(module, cluster, [instance('us-east-1a'), instance('us-east-1b')]);
    expect(under(meaning, 'az')[0]).toBe(`${prefix}-failover:service-native:yes`);
    expect(find(meaning, `${prefix}-failover`).time).toEqual({ kind: 'row', row: `${prefix}-failover` });
    const ids = databaseTimes.map((t) => t.id);
    for (const row of rowsOf(meaning)) expect(ids).toContain(row);
  });

  it('with one instance does not survive its AZ by itself, and with none is unknown', () => {
    expect(automatic(read(module, cluster, [instance('us-east-1a')]).meaning, 'az')).toBe(false);
    expect(impact(read(module, cluster).meaning, 'az')).toBe('not-reported');
  });

  it('keeps a day of backups by default', () => {
    expect(got(read(module, cluster).facts.backupRetentionDays)).toBe(1);
  });

  it.each([
    ['named', 'shop'],
    ['not known', hole()],
  ])('a global cluster that is %s leaves the Region open', (_, name) => {
    const member = declared(`aws:${prefix}/cluster:Cluster`, 'member', { globalClusterIdentifier: name });
    expect(under(read(module, member).meaning, 'region')).toEqual([`${prefix}-global-failover:human-execution:not-modelled`]);
    expect(under(read(module, cluster).meaning, 'region')).toEqual([]);
  });
});
