import { expect, it } from 'vitest';
import { mskCluster } from '../../src/services/msk-cluster.ts';
import { declared, got, hole, impact, read, ref, subnet, under } from './support-databases.ts';

const subnets = [subnet('us-east-1a'), subnet('us-east-1b'), subnet('us-east-1c')];
const inputs = { numberOfBrokerNodes: 3, brokerNodeGroupInfo: { clientSubnets: subnets.map((s) => ref(s)) } };
const cluster = declared('aws:msk/cluster:Cluster', 'events', inputs);
const elsewhere = (region: string | null) => declared('aws:msk/cluster:Cluster', 'copy', inputs, { in: region });
const replicator = (target: ReturnType<typeof elsewhere>) =>
  declared('aws:msk/replicator:Replicator', 'r', {
    replicationInfoList: { sourceKafkaClusterArn: ref(cluster, 'arn'), targetKafkaClusterArn: ref(target, 'arn') },
  });

it('an MSK cluster is placed by its subnets, and what its topics survive is not modelled', () => {
  const { meaning } = read(mskCluster, cluster, subnets);
  expect([impact(meaning, 'instance'), impact(meaning, 'az'), impact(meaning, 'region')]).toEqual([
    'not-modelled',
    'not-modelled',
    'lost',
  ]);
  expect(got(meaning.placement)).toEqual({
    kind: 'zonal',
    spread: { zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'], doubtful: 0 },
  });
  expect(meaning.protections).toEqual([]);
});

it('subnets that are not known leave its place open', () => {
  const { meaning } = read(
    mskCluster,
    declared('aws:msk/cluster:Cluster', 'x', { brokerNodeGroupInfo: { clientSubnets: hole() } }),
  );
  expect(got(meaning.placement)).toBe('unresolved-at-preview');
});

it.each([
  ['another Region', 'eu-west-1', ['msk-replicator:human-execution:not-modelled']],
  ['its own Region', 'us-east-1', []],
  ['a Region that is not known', null, ['msk-replicator:human-execution:not-modelled']],
])('a replicator into %s is never a pass', (_, region, expected) => {
  const target = elsewhere(region);
  expect(under(read(mskCluster, cluster, [...subnets, target, replicator(target)]).meaning, 'region')).toEqual(expected);
});
