import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import {
  ACCELERATOR,
  ENDPOINT_GROUP,
  globalAccelerator,
  globalAcceleratorEndpointGroup,
} from '../../src/services/global-accelerator.ts';
import { answer, hole, impact, links, out, protections, read, type Spec, timing } from './support-traffic.ts';

const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const LISTENER = 'aws:globalaccelerator/listener:Listener';
const INSTANCE = 'aws:ec2/instance:Instance';
const around: readonly Spec[] = [
  { type: LISTENER, name: 'https', inputs: { acceleratorArn: out(ACCELERATOR, 'edge', 'arn') } },
  { type: BALANCER, name: 'alb-east' },
  { type: BALANCER, name: 'alb-west', region: 'us-west-2' },
  { type: INSTANCE, name: 'host' },
  { type: 'aws:ec2/eip:Eip', name: 'ip', inputs: { instance: out(INSTANCE, 'host', 'id') } },
];
const endpoint = (type: string, name: string, weight: Value | undefined = 100): Value =>
  weight === undefined ? { endpointId: out(type, name, 'arn') } : { endpointId: out(type, name, 'arn'), weight };
const group = (name: string, region: Value, endpoints: Value, more: { readonly [key: string]: Value } = {}): Spec => ({
  type: ENDPOINT_GROUP,
  name,
  inputs: {
    listenerArn: out(LISTENER, 'https', 'arn'),
    endpointGroupRegion: region,
    endpointConfigurations: endpoints,
    ...more,
  },
});
const east = group('east', 'us-east-1', [endpoint(BALANCER, 'alb-east')]);
const west = (...endpoints: readonly Value[]) => group('west', 'us-west-2', endpoints);
const of = (own: Spec, ...others: readonly Spec[]) => read(globalAcceleratorEndpointGroup, own, ...others, ...around);

describe('region', () => {
  const failover = (...others: readonly Spec[]) =>
    protections(of(east, ...others).meaning, 'region').find((p) => p.startsWith('global-accelerator-failover'));
  it.each([
    ['a group in another Region', [west(endpoint(BALANCER, 'alb-west'))], 'yes'],
    ['a group dialled to 0', [group('west', 'us-west-2', [endpoint(BALANCER, 'alb-west')], { trafficDialPercentage: 0 })], 'yes'],
    ['no other group', [], 'no'],
    ['a group of the same Region', [group('west', 'us-east-1', [endpoint(BALANCER, 'alb-west')])], 'no'],
    ['a group without endpoints', [west()], 'no'],
    ['only endpoints of weight 0', [west(endpoint(BALANCER, 'alb-west', 0))], 'no'],
    ['a weight that is not set', [west({ endpointId: out(BALANCER, 'alb-west', 'arn') })], 'not-reported'],
    ['endpoints not known', [group('west', 'us-west-2', hole)], 'unresolved-at-preview'],
    ['a Region not known', [group('west', hole, [endpoint(BALANCER, 'alb-west')])], 'unresolved-at-preview'],
  ])('%s', (_, others, armed) => {
    expect(failover(...others)).toBe(`global-accelerator-failover service-native ${armed}`);
  });

  it('is never always on while the dial is open', () => {
    const { meaning } = of(east, west(endpoint(BALANCER, 'alb-west')));
    expect(protections(meaning, 'region')).toEqual([
      'global-accelerator-standby-group always-on no',
      'global-accelerator-failover service-native yes',
      'global-accelerator-dial human-execution yes',
    ]);
    expect(impact(meaning, 'region')).toBe('unaffected');
  });
});

it('waits while its dial is at 0 and another group takes the traffic', () => {
  const standby = (dial: Value) => group('west', 'us-west-2', [endpoint(BALANCER, 'alb-west')], { trafficDialPercentage: dial });
  expect(answer(of(standby(0), east).meaning.waits)).toBe('yes');
  expect(answer(of(standby(0)).meaning.waits)).toBe('no');
  expect(answer(of(standby(10), east).meaning.waits)).toBe('no');
  expect(answer(of(standby(hole), east).meaning.waits)).toBe('unresolved-at-preview');
  expect(protections(of(standby(0), east).meaning, 'region')[0]).toBe('global-accelerator-standby-group always-on yes');
});

it('checks instances and addresses itself, and asks load balancers', () => {
  const time = (endpoints: Value, more: { readonly [key: string]: Value } = {}) =>
    timing(of(group('east', 'us-east-1', endpoints, more)).meaning.detection);
  expect(time([endpoint(INSTANCE, 'host')])).toBe('slowest(60-90s)');
  expect(time([endpoint(INSTANCE, 'host')], { healthCheckIntervalSeconds: 10, thresholdCount: 1 })).toBe('slowest(0-10s)');
  expect(time([endpoint(INSTANCE, 'host')], { thresholdCount: hole })).toBe('slowest(unknown:unresolved-at-preview)');
  expect(time([endpoint(BALANCER, 'alb-east')])).toContain('global-accelerator-elb-health');
  expect(time([])).toBe('never');
});

it('passes traffic to what its endpoints stand for, and knows its siblings', () => {
  const { meaning } = of(
    group('east', 'us-east-1', [endpoint('aws:ec2/eip:Eip', 'ip'), endpoint(BALANCER, 'alb-east', 0)]),
    west(),
  );
  expect(links(meaning, 'traffic')).toEqual(['host']);
  expect(links(meaning, 'replica')).toEqual(['west']);
});

it('follows an address through its association', () => {
  const loose: Spec = { type: 'aws:ec2/eip:Eip', name: 'loose' };
  const joined = (allocationId: Value, instanceId: Value): Spec => ({
    type: 'aws:ec2/eipAssociation:EipAssociation',
    name: 'joined',
    inputs: { allocationId, instanceId },
  });
  const own = group('east', 'us-east-1', [endpoint('aws:ec2/eip:Eip', 'loose')]);
  const to = (...others: readonly Spec[]) => links(of(own, loose, ...others).meaning, 'traffic');
  expect(to(joined(out('aws:ec2/eip:Eip', 'loose', 'id'), out(INSTANCE, 'host', 'id')))).toEqual(['host']);
  expect(to(joined(out('aws:ec2/eip:Eip', 'loose', 'id'), hole))).toEqual(['unresolved-at-preview']);
  expect(to(joined(hole, out(INSTANCE, 'host', 'id')))).toEqual(['unresolved-at-preview']);
  expect(to()).toEqual(['loose']);
});

it('what is not known never arms a failover', () => {
  const inputs = ['listenerArn', 'endpointGroupRegion', 'endpointConfigurations', 'thresholdCount', 'trafficDialPercentage'];
  const armed = (dropped: readonly string[], weight: number, region: string) => {
    const blank = Object.fromEntries(dropped.map((path) => [path, hole]));
    const other = group('west', region, [endpoint(BALANCER, 'alb-west', weight)], blank);
    return protections(of(east, other).meaning, 'region').find((p) => p.startsWith('global-accelerator-failover'));
  };
  fc.assert(
    fc.property(
      fc.subarray(inputs),
      fc.constantFrom(0, 1),
      fc.constantFrom('us-east-1', 'us-west-2'),
      (dropped, weight, region) => {
        if (armed(dropped, weight, region)?.endsWith(' yes')) expect(armed([], weight, region)).toMatch(/ yes$/);
      },
    ),
  );
});

describe('accelerator', () => {
  const accelerator = (...others: readonly Spec[]) =>
    read(globalAccelerator, { type: ACCELERATOR, name: 'edge' }, ...others, ...around).meaning;
  it('needs the groups of its listeners', () => {
    expect(links(accelerator(east, west()), 'endpoint')).toEqual(['east', 'west']);
  });
  it('does not know where its traffic goes when nothing says so', () => {
    expect(links(accelerator(), 'endpoint')).toEqual(['not-reported']);
  });
});
