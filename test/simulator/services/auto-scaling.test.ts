import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/simulator/plane/network.ts';
import { autoScaling } from '../../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { limitZone } from '../../../src/simulator/services/ec2-instances.ts';
import { elasticLoadBalancingV2 } from '../../../src/simulator/services/elastic-load-balancing-v2.ts';
import { balancingMetrics } from '../../../src/simulator/services/elastic-load-balancing-v2-metrics.ts';
import { ACCOUNT, computeWorld } from './support-compute.ts';

const SERVICES = [ec2, elasticLoadBalancingV2, autoScaling];
const MINUTE = 60_000;

/** Two AZs, a load balancer over both and a group of four behind it. */
async function shop(more: object = {}) {
  const aws = await computeWorld(SERVICES, ['us-east-1a', 'us-east-1b']);
  const { call, subnets, vpc } = aws;
  const { LoadBalancers } = await call('elastic-load-balancing-v2', 'CreateLoadBalancer', { Name: 'shop', Subnets: subnets });
  const balancer = LoadBalancers[0];
  const { TargetGroups } = await call('elastic-load-balancing-v2', 'CreateTargetGroup', {
    Name: 'shop',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpc,
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 5,
  });
  const group = TargetGroups[0].TargetGroupArn;
  await call('elastic-load-balancing-v2', 'CreateListener', {
    LoadBalancerArn: balancer.LoadBalancerArn,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
  });
  await call('auto-scaling', 'CreateLaunchConfiguration', {
    LaunchConfigurationName: 'shop',
    ImageId: 'ami-1',
    InstanceType: 't3.small',
  });
  await call('auto-scaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: 'shop',
    LaunchConfigurationName: 'shop',
    MinSize: 2,
    MaxSize: 6,
    DesiredCapacity: 4,
    VPCZoneIdentifier: subnets.join(','),
    TargetGroupARNs: [group],
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 60,
    ...more,
  });
  aws.world.clock.advance(10 * MINUTE);
  const members = async () => (await call('auto-scaling', 'DescribeAutoScalingGroups', {})).AutoScalingGroups[0].Instances;
  const zones = async () => (await members()).map((i: { AvailabilityZone: string }) => i.AvailabilityZone).sort();
  const health = async () => {
    const reply = await call('elastic-load-balancing-v2', 'DescribeTargetHealth', { TargetGroupArn: group });
    return reply.TargetHealthDescriptions.map((t: { TargetHealth: { State: string } }) => t.TargetHealth.State).sort();
  };
  /** Of a hundred requests, how many are served. */
  const served = () =>
    Array.from({ length: 100 }, () => connect(aws.world, balancer.DNSName)).filter((a) => a.kind === 'served').length;
  return { ...aws, group, balancer, members, zones, health, served };
}

const A = 'us-east-1a';
const B = 'us-east-1b';

describe('an Auto Scaling group behind a load balancer', () => {
  it('is spread over its AZs and serves', async () => {
    const s = await shop();
    expect(await s.zones()).toEqual([A, A, B, B]);
    expect(await s.health()).toEqual(['healthy', 'healthy', 'healthy', 'healthy']);
    expect(s.served()).toBe(100);
  });

  it('loses requests to a lost AZ until its node and its targets are taken out, then replaces its instances', async () => {
    const s = await shop();
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(1000);
    expect(s.served()).toBeGreaterThan(5);
    expect(s.served()).toBeLessThan(60);
    s.world.clock.advance(2 * MINUTE);
    expect(s.served()).toBe(100);
    s.world.clock.advance(15 * MINUTE);
    expect(await s.zones()).toEqual([B, B, B, B]);
  });

  it('levels its AZs when the AZ is back', async () => {
    const s = await shop();
    const fault = s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(20 * MINUTE);
    s.world.lift(fault);
    s.world.clock.advance(60 * MINUTE);
    expect(await s.zones()).toEqual([A, A, B, B]);
    expect(s.served()).toBe(100);
  });

  it('keeps trying the lost AZ when it is to stay balanced', async () => {
    const s = await shop({ AvailabilityZoneDistribution: { CapacityDistributionStrategy: 'balanced-only' } });
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(20 * MINUTE);
    expect(await s.zones()).toEqual([B, B]);
  });

  it('replaces nothing while a process that replacing needs is suspended, and does so when it is resumed', async () => {
    const s = await shop();
    await s.call('auto-scaling', 'SuspendProcesses', { AutoScalingGroupName: 'shop', ScalingProcesses: ['ReplaceUnhealthy'] });
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(20 * MINUTE);
    expect(await s.zones()).toEqual([A, A, B, B]);
    await s.call('auto-scaling', 'ResumeProcesses', { AutoScalingGroupName: 'shop' });
    s.world.clock.advance(5 * MINUTE);
    expect(await s.zones()).toEqual([B, B, B, B]);
  });

  it('cannot launch where there is no capacity', async () => {
    const s = await shop();
    limitZone(s.world, ACCOUNT, B, 3);
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(20 * MINUTE);
    expect(await s.zones()).toEqual([B, B, B]);
    const { Activities } = await s.call('auto-scaling', 'DescribeScalingActivities', { AutoScalingGroupName: 'shop' });
    expect(Activities.map((a: { StatusCode: string }) => a.StatusCode)).toContain('Failed');
  });

  it('launches nothing while the control plane is gone, and goes on serving with what is left', async () => {
    const s = await shop();
    s.world.inject({ kind: 'control-plane-loss', region: 'us-east-1' });
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(20 * MINUTE);
    expect(s.served()).toBe(100);
    expect(s.count('us-east-1b')).toBe(2);
  });

  it('grows to what it is told, and refuses more than its maximum', async () => {
    const s = await shop();
    await s.call('auto-scaling', 'SetDesiredCapacity', { AutoScalingGroupName: 'shop', DesiredCapacity: 6 });
    s.world.clock.advance(5 * MINUTE);
    expect(await s.zones()).toEqual([A, A, A, B, B, B]);
    await expect(
      s.call('auto-scaling', 'SetDesiredCapacity', { AutoScalingGroupName: 'shop', DesiredCapacity: 7 }),
    ).rejects.toMatchObject({ code: 'ValidationError' });
  });

  it('replaces an instance that its target group calls unhealthy, and one that somebody terminated', async () => {
    const s = await shop();
    const [first] = await s.members();
    await s.call('ec2', 'StopInstances', { InstanceIds: [first.InstanceId] });
    s.world.clock.advance(10 * MINUTE);
    const now = (await s.members()).map((i: { InstanceId: string }) => i.InstanceId);
    expect(now).toHaveLength(4);
    expect(now).not.toContain(first.InstanceId);
  });
});

describe('a load balancer', () => {
  it('reports how many targets are healthy in each AZ, now and earlier', async () => {
    const s = await shop();
    await s.call('auto-scaling', 'SuspendProcesses', { AutoScalingGroupName: 'shop' });
    const before = s.world.clock.now();
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(2 * MINUTE);
    const read = (metric: string, at: number) =>
      balancingMetrics
        .filter((m) => m.namespace === 'AWS/ApplicationELB' && m.metric === metric)
        .flatMap((m) => [...m.dimensions(s.world)])
        .map((series) => [series.dimensions.AvailabilityZone, series.value(at)]);
    expect(read('HealthyHostCount', before)).toEqual([
      [undefined, 4],
      [A, 2],
      [B, 2],
    ]);
    expect(read('HealthyHostCount', s.world.clock.now())).toEqual([
      [undefined, 2],
      [A, 0],
      [B, 2],
    ]);
    expect(read('UnHealthyHostCount', s.world.clock.now())).toEqual([
      [undefined, 2],
      [A, 2],
      [B, 0],
    ]);
  });

  it('fails open when every target is unhealthy', async () => {
    const s = await shop();
    await s.call('auto-scaling', 'SuspendProcesses', { AutoScalingGroupName: 'shop' });
    const ids = (await s.members()).map((i: { InstanceId: string }) => i.InstanceId);
    await s.call('ec2', 'StopInstances', { InstanceIds: ids });
    s.world.clock.advance(5 * MINUTE);
    expect(await s.health()).toEqual(['unhealthy', 'unhealthy', 'unhealthy', 'unhealthy']);
    await s.call('ec2', 'StartInstances', { InstanceIds: ids });
    // Started up again, and not yet found healthy: requests arrive all the same.
    s.world.clock.advance(110_000);
    expect(await s.health()).toContain('unhealthy');
    expect(s.served()).toBeGreaterThan(0);
  });

  it('refuses one AZ for an application, and two subnets of one AZ', async () => {
    const { call, subnets } = await computeWorld(SERVICES, ['us-east-1a', 'us-east-1a']);
    const make = (Subnets: readonly (string | undefined)[]) =>
      call('elastic-load-balancing-v2', 'CreateLoadBalancer', { Name: 'x', Subnets });
    await expect(make(subnets.slice(0, 1))).rejects.toMatchObject({ code: 'ValidationError' });
    await expect(make(subnets)).rejects.toMatchObject({ code: 'InvalidConfigurationRequest' });
  });

  it('is gone when it is deleted, and stays while it is protected', async () => {
    const s = await shop();
    const LoadBalancerArn = s.balancer.LoadBalancerArn;
    const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'true' }];
    await s.call('elastic-load-balancing-v2', 'ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes });
    await expect(s.call('elastic-load-balancing-v2', 'DeleteLoadBalancer', { LoadBalancerArn })).rejects.toMatchObject({
      code: 'OperationNotPermitted',
    });
    s.world.inject({ kind: 'deleted', arn: LoadBalancerArn });
    expect(s.served()).toBe(0);
  });
});
