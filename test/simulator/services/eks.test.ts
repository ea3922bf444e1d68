/** Simulated EKS: nodes follow their AZs and their node group. */
import { describe, expect, it } from 'vitest';
import { autoScaling } from '../../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { eks } from '../../../src/simulator/services/eks.ts';
import { ACCOUNT, computeWorld } from './support-compute.ts';

const MINUTE = 60_000;
const ZONES = ['us-east-1a', 'us-east-1b'];

async function cluster() {
  const made = await computeWorld([ec2, autoScaling, eks], ZONES);
  const { call, world, subnets, count } = made;
  const { cluster } = await call('eks', 'CreateCluster', {
    name: 'shop',
    roleArn: 'r',
    resourcesVpcConfig: { subnetIds: subnets },
  });
  world.clock.advance(15 * MINUTE);
  const { nodegroup } = await call('eks', 'CreateNodegroup', {
    clusterName: 'shop',
    nodegroupName: 'web',
    nodeRole: 'r',
    subnets,
    scalingConfig: { minSize: 2, maxSize: 8, desiredSize: 4 },
  });
  world.clock.advance(10 * MINUTE);
  return { ...made, arn: cluster.arn as string, group: nodegroup.nodegroupArn as string, nodes: () => ZONES.map(count) };
}

describe('EKS', () => {
  it('makes clusters and node groups that become active', async () => {
    const { call, nodes } = await cluster();
    expect((await call('eks', 'DescribeCluster', { name: 'shop' })).cluster.status).toBe('ACTIVE');
    const asked = { clusterName: 'shop', nodegroupName: 'web' };
    expect((await call('eks', 'DescribeNodegroup', asked)).nodegroup.status).toBe('ACTIVE');
    expect(nodes()).toEqual([2, 2]);
    await expect(call('eks', 'DeleteCluster', { name: 'shop' })).rejects.toMatchObject({ code: 'ResourceInUseException' });
  });

  it('replaces the nodes of a lost AZ in the other one', async () => {
    const { world, nodes } = await cluster();
    world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    world.clock.advance(20 * MINUTE);
    expect(nodes()[1]).toBe(4);
  });

  it('scales while its control plane answers, and not with its Region', async () => {
    const { world, call, nodes } = await cluster();
    const scale = (desiredSize: number) =>
      call('eks', 'UpdateNodegroupConfig', { clusterName: 'shop', nodegroupName: 'web', scalingConfig: { desiredSize } });
    await scale(6);
    world.clock.advance(5 * MINUTE);
    expect(nodes()).toEqual([3, 3]);
    world.inject({ kind: 'region-loss', region: 'us-east-1' });
    await expect(scale(8)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('loses its nodes with a deleted node group, and the cluster with an account', async () => {
    const { world, call, group, nodes } = await cluster();
    world.inject({ kind: 'deleted', arn: group });
    world.clock.advance(5 * MINUTE);
    expect(nodes()).toEqual([0, 0]);
    expect((await call('eks', 'ListNodegroups', { clusterName: 'shop' })).nodegroups).toEqual([]);
    world.inject({ kind: 'account-compromised', account: ACCOUNT });
    expect((await call('eks', 'ListClusters', {})).clusters).toEqual([]);
  });

  it('keeps the nodes of a deleted cluster, which nobody schedules any more', async () => {
    const { world, call, arn, nodes } = await cluster();
    world.inject({ kind: 'deleted', arn });
    expect((await call('eks', 'ListClusters', {})).clusters).toEqual([]);
    expect(nodes()).toEqual([2, 2]);
  });
});
