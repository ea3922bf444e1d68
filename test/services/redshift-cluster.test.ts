import { expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { databaseTimes } from '../../src/recovery/times/databases.ts';
import { redshiftCluster } from '../../src/services/redshift-cluster.ts';
import { declared, find, got, hole, impact, read, ref, rowsOf, under } from './support-databases.ts';

const cluster = (inputs: Values = {}) =>
  declared('aws:redshift/cluster:Cluster', 'facts', { clusterIdentifier: 'facts', nodeType: 'ra3.xlplus', ...inputs });
const snapshots = 'redshift-snapshot-restore:human-execution:yes';

it.each([
  ['by default', {}, [snapshots]],
  ['with Multi-AZ', { multiAz: true }, ['redshift-multi-az:service-native:yes', snapshots]],
  ['with relocation', { availabilityZoneRelocationEnabled: true }, ['redshift-relocation:human-execution:yes', snapshots]],
  ['without snapshots', { automatedSnapshotRetentionPeriod: 0 }, []],
  ['with Multi-AZ that is not known', { multiAz: hole() }, ['redshift-multi-az:service-native:unresolved-at-preview', snapshots]],
])('a Redshift cluster %s, when an AZ fails', (_, inputs, expected) => {
  const { meaning } = read(redshiftCluster, cluster(inputs));
  expect(impact(meaning, 'az')).toBe('lost');
  expect(under(meaning, 'az')).toEqual(expected);
  expect(under(meaning, 'region')).toEqual([]);
  const ids = databaseTimes.map((t) => t.id);
  for (const row of rowsOf(meaning)) expect(ids).toContain(row);
});

it('Multi-AZ has no published time or point', () => {
  const failover = find(read(redshiftCluster, cluster({ multiAz: true })).meaning, 'redshift-multi-az');
  expect([failover.time.kind, failover.point?.kind]).toEqual(['unknown', 'unknown']);
});

it.each([
  ['in another Region', 'eu-west-1', ['redshift-snapshot-copy:human-execution:yes']],
  ['in its own Region', 'us-east-1', []],
  ['in a Region that is not known', hole(), ['redshift-snapshot-copy:human-execution:unresolved-at-preview']],
])('snapshots copied to a place %s', (_, region, expected) => {
  const subject = cluster();
  const copy = declared('aws:redshift/snapshotCopy:SnapshotCopy', 'copy', {
    clusterIdentifier: ref(subject),
    destinationRegion: region,
  });
  expect(under(read(redshiftCluster, subject, [copy]).meaning, 'region')).toEqual(expected);
  expect(under(read(redshiftCluster, cluster({ snapshotCopy: { destinationRegion: region } })).meaning, 'region')).toEqual(
    expected,
  );
  expect(got(read(redshiftCluster, subject).facts.snapshotRetentionDays)).toBe(1);
});
