import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { loadBalancer } from '../../src/services/load-balancer.ts';
import { targetGroup } from '../../src/services/target-group.ts';
import { hole, impact, links, out, protections, read, type Spec, timing } from './support-traffic.ts';

const LB = 'aws:lb/loadBalancer:LoadBalancer';
const TG = 'aws:lb/targetGroup:TargetGroup';
const SUBNET = 'aws:ec2/subnet:Subnet';
const GROUP = 'aws:autoscaling/group:Group';
const subnets: readonly Spec[] = [
  { type: SUBNET, name: 'a', inputs: { availabilityZone: 'us-east-1a' } },
  { type: SUBNET, name: 'b', inputs: { availabilityZone: 'us-east-1b' } },
  { type: SUBNET, name: 'x', inputs: { availabilityZone: hole } },
  { type: SUBNET, name: 'y', inputs: { availabilityZone: hole } },
];
const listener: Spec = {
  type: 'aws:lb/listener:Listener',
  name: 'l',
  inputs: { loadBalancerArn: out(LB, 'web', 'arn'), defaultActions: [{ type: 'forward', targetGroupArn: out(TG, 'tg', 'arn') }] },
};
const group = (inputs: { readonly [key: string]: Value } = {}): Spec => ({ type: TG, name: 'tg', inputs });
const of = (names: readonly string[], inputs: { readonly [key: string]: Value } = {}, ...others: readonly Spec[]) =>
  read(
    loadBalancer,
    { type: LB, name: 'web', inputs: { subnets: names.map((n) => out(SUBNET, n, 'id')), ...inputs } },
    ...subnets,
    ...(others.length > 0 ? others : [listener, group()]),
  ).meaning;

describe('load balancer under az', () => {
  it.each([
    ['two AZs', of(['a', 'b']), 'reduced 0.50', 'yes'],
    ['a network one in one AZ', of(['a'], { loadBalancerType: 'network' }), 'lost', 'no'],
    ['an application one with two AZs that are not known', of(['x', 'y']), 'reduced 0.50', 'yes'],
    [
      'a network one with two AZs that are not known',
      of(['x', 'y'], { loadBalancerType: 'network' }),
      'not-reported',
      'not-reported',
    ],
    ['subnets not known', of([], { subnets: hole }), 'unresolved-at-preview', 'unresolved-at-preview'],
    [
      'subnet mappings',
      of([], { subnets: null, subnetMappings: [{ subnetId: out(SUBNET, 'a', 'id') }, { subnetId: out(SUBNET, 'b', 'id') }] }),
      'reduced 0.50',
      'yes',
    ],
    ['no listener that is known', of(['a', 'b'], {}, group()), 'reduced 0.50', 'not-reported'],
  ])('%s', (_, meaning, az, armed) => {
    expect(impact(meaning, 'az')).toBe(az);
    expect(protections(meaning, 'az')).toEqual([`elb-target-health service-native ${armed}`]);
  });

  it('forwards by rules and by weighted groups too', () => {
    const rule: Spec = {
      type: 'aws:lb/listenerRule:ListenerRule',
      name: 'r',
      inputs: {
        listenerArn: out(listener.type, 'l', 'arn'),
        actions: [{ type: 'forward', forward: { targetGroups: [{ arn: out(TG, 'green', 'arn'), weight: 1 }] } }],
      },
    };
    expect(links(of(['a', 'b'], {}, listener, group(), rule, { type: TG, name: 'green' }), 'traffic')).toEqual(['tg', 'green']);
  });
});

describe('target group', () => {
  it.each([
    ['no block: AWS defaults', {}, '30-70s'],
    ['an empty block: defaults of the provider', { healthCheck: {} }, '60-100s'],
    ['own settings', { healthCheck: { interval: 5, unhealthyThreshold: 2, timeout: 2 } }, '5-12s'],
    ['interval not known', { healthCheck: { interval: hole } }, 'unknown:unresolved-at-preview'],
    ['a Lambda function is not checked', { targetType: 'lambda' }, 'never'],
  ])('%s', (_, inputs, detection) => {
    expect(timing(read(targetGroup, group(inputs)).meaning.detection)).toBe(detection);
  });

  it.each([
    ['named by the group', { type: GROUP, name: 'asg', inputs: { targetGroupArns: [out(TG, 'tg', 'arn')] } }, ['asg']],
    [
      'named by an ECS service',
      { type: 'aws:ecs/service:Service', name: 'tasks', inputs: { loadBalancers: [{ targetGroupArn: out(TG, 'tg', 'arn') }] } },
      ['tasks'],
    ],
    ['named by nobody', { type: GROUP, name: 'asg', inputs: {} }, ['not-reported']],
    ['perhaps named', { type: GROUP, name: 'asg', inputs: { targetGroupArns: hole } }, ['unresolved-at-preview']],
  ])('members: %s', (_, member, expected) => {
    expect(links(read(targetGroup, group(), member).meaning, 'traffic')).toEqual(expected);
  });
});
