import { expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { memorydbCluster } from '../../src/services/memorydb-cluster.ts';
import { declared, find, group, hole, read, ref, subnet, under } from './support-databases.ts';

const a = subnet('us-east-1a');
const b = subnet('us-east-1b');
const two = group('aws:memorydb/subnetGroup:SubnetGroup', 'two', [a, b]);
const one = group('aws:memorydb/subnetGroup:SubnetGroup', 'one', [a]);
const meant = (inputs: Values) =>
  read(memorydbCluster, declared('aws:memorydb/cluster:Cluster', 'm', inputs), [a, b, two, one]).meaning;

it.each([
  ['over two AZs', { subnetGroupName: ref(two, 'name') }, ['memorydb-failover:service-native:yes']],
  ['in one AZ', { subnetGroupName: ref(one, 'name') }, []],
  ['in the default subnets', {}, ['memorydb-failover:service-native:not-reported']],
  ['without replicas', { subnetGroupName: ref(two, 'name'), numReplicasPerShard: 0 }, []],
  [
    'with replicas that are not known',
    { subnetGroupName: ref(two, 'name'), numReplicasPerShard: hole() },
    ['memorydb-failover:service-native:unresolved-at-preview'],
  ],
])('a MemoryDB cluster %s, when an AZ fails', (_, inputs, expected) => {
  expect(under(meant(inputs), 'az')).toEqual(expected);
});

it('loses no acknowledged write, in a time that AWS does not publish', () => {
  const failover = find(meant({ subnetGroupName: ref(two, 'name') }), 'memorydb-failover');
  expect(failover.point).toMatchObject({ kind: 'fixed', seconds: 0 });
  expect(failover.time.kind).toBe('unknown');
});

it('is not backed up by default, and a multi-Region cluster is not modelled', () => {
  expect(under(meant({}), 'data')).toEqual([]);
  expect(under(meant({ snapshotRetentionLimit: 7 }), 'data')).toEqual(['memorydb-snapshot-restore:human-execution:yes']);
  expect(under(meant({}), 'region')).toEqual([]);
  expect(under(meant({ multiRegionClusterName: 'shop' }), 'region')).toEqual([
    'memorydb-multi-region:human-execution:not-modelled',
  ]);
});
