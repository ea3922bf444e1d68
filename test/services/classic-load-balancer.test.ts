import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { CLASSIC_LOAD_BALANCER, classicLoadBalancer } from '../../src/services/classic-load-balancer.ts';
import { hole, impact, links, out, protections, read, type Spec, timing } from './support-traffic.ts';

const SUBNET = 'aws:ec2/subnet:Subnet';
const INSTANCE = 'aws:ec2/instance:Instance';
const GROUP = 'aws:autoscaling/group:Group';
const subnets: readonly Spec[] = [
  { type: SUBNET, name: 'a', inputs: { availabilityZone: 'us-east-1a' } },
  { type: SUBNET, name: 'b', inputs: { availabilityZone: 'us-east-1b' } },
  { type: SUBNET, name: 'x', inputs: { availabilityZone: hole } },
];
const balancer = (inputs: { readonly [key: string]: Value }, ...others: readonly Spec[]) =>
  read(classicLoadBalancer, { type: CLASSIC_LOAD_BALANCER, name: 'front', inputs }, ...subnets, ...others).meaning;
const within = (...names: readonly string[]) => ({ subnets: names.map((n) => out(SUBNET, n, 'id')) });

describe('az', () => {
  it.each([
    ['two AZs', within('a', 'b'), 'reduced 0.50', 'yes'],
    ['two AZs by name', { availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] }, 'reduced 0.67', 'yes'],
    ['one AZ', within('a'), 'lost', 'no'],
    ['one AZ not known', within('a', 'x'), 'not-reported', 'not-reported'],
    ['two AZs and one not known', within('a', 'b', 'x'), 'reduced not-reported', 'yes'],
    ['subnets not known', { subnets: hole }, 'unresolved-at-preview', 'unresolved-at-preview'],
    ['nothing said', {}, 'not-reported', 'not-reported'],
  ])('%s', (_, inputs, az, armed) => {
    expect(impact(balancer(inputs), 'az')).toBe(az);
    expect(protections(balancer(inputs), 'az')).toEqual([`elb-target-health service-native ${armed}`]);
    expect(impact(balancer(inputs), 'region')).toBe('lost');
  });
});

it('takes an instance out after its failed checks', () => {
  expect(timing(balancer({}).detection)).toBe('30-65s');
  expect(timing(balancer({ healthCheck: { interval: 10, unhealthyThreshold: 3, timeout: 2 } }).detection)).toBe('20-32s');
  expect(timing(balancer({ healthCheck: { interval: hole } }).detection)).toBe('unknown:unresolved-at-preview');
});

describe('traffic', () => {
  const own = out(CLASSIC_LOAD_BALANCER, 'front', 'name');
  it.each<[string, { readonly [key: string]: Value }, readonly Spec[], string]>([
    ['instances it lists', { instances: [out(INSTANCE, 'host', 'id')] }, [], 'host'],
    [
      'instances attached',
      {},
      [{ type: 'aws:elb/attachment:Attachment', name: 'at', inputs: { elb: own, instance: out(INSTANCE, 'host', 'id') } }],
      'host',
    ],
    ['a group that names it', {}, [{ type: GROUP, name: 'web', inputs: { loadBalancers: [own] } }], 'web'],
    [
      'a group attached',
      {},
      [
        { type: GROUP, name: 'web' },
        {
          type: 'aws:autoscaling/attachment:Attachment',
          name: 'at',
          inputs: { elb: own, autoscalingGroupName: out(GROUP, 'web', 'name') },
        },
      ],
      'web',
    ],
    ['instances not known', { instances: hole }, [], 'unresolved-at-preview'],
    ['nothing registered', {}, [], 'not-reported'],
  ])('%s', (_, inputs, others, to) => {
    expect(links(balancer(inputs, { type: INSTANCE, name: 'host' }, ...others), 'traffic')).toEqual([to]);
  });
});
