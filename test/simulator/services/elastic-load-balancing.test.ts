import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/simulator/plane/network.ts';
import { autoScaling } from '../../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { elasticLoadBalancing } from '../../../src/simulator/services/elastic-load-balancing.ts';
import { computeWorld } from './support-compute.ts';

const MINUTE = 60_000;

describe('a Classic Load Balancer', () => {
  it('passes requests on to the instances of a group, and takes out those of a lost AZ', async () => {
    const { call, world, subnets } = await computeWorld([ec2, autoScaling, elasticLoadBalancing], ['us-east-1a', 'us-east-1b']);
    const Listeners = [{ Protocol: 'http', LoadBalancerPort: 80, InstancePort: 80 }];
    const { DNSName } = await call('elastic-load-balancing', 'CreateLoadBalancer', {
      LoadBalancerName: 'old',
      Listeners,
      Subnets: subnets,
    });
    await call('elastic-load-balancing', 'ModifyLoadBalancerAttributes', {
      LoadBalancerName: 'old',
      LoadBalancerAttributes: { CrossZoneLoadBalancing: { Enabled: true } },
    });
    await call('auto-scaling', 'CreateLaunchConfiguration', {
      LaunchConfigurationName: 'old',
      ImageId: 'ami-1',
      InstanceType: 't3.small',
    });
    await call('auto-scaling', 'CreateAutoScalingGroup', {
      AutoScalingGroupName: 'old',
      LaunchConfigurationName: 'old',
      MinSize: 4,
      MaxSize: 4,
      VPCZoneIdentifier: subnets.join(','),
      LoadBalancerNames: ['old'],
    });
    const served = () => Array.from({ length: 50 }, () => connect(world, DNSName)).filter((a) => a.kind === 'served').length;
    world.clock.advance(10 * MINUTE);
    expect(served()).toBe(50);
    world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    expect(served()).toBeLessThan(50);
    world.clock.advance(2 * MINUTE);
    expect(served()).toBe(50);
  });
});
