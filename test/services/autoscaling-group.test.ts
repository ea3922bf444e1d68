import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { autoscalingGroup } from '../../src/services/autoscaling-group.ts';
import { hole, impact, links, out, protections, read, type Spec, timing, value } from './support-traffic.ts';

const GROUP = 'aws:autoscaling/group:Group';
const SUBNET = 'aws:ec2/subnet:Subnet';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const subnets = [
  subnet('a', 'us-east-1a'),
  subnet('b', 'us-east-1b'),
  subnet('c', 'us-east-1c'),
  subnet('a2', 'us-east-1a'),
  subnet('x', hole),
];
const group = (names: readonly string[], inputs: { readonly [key: string]: Value }, ignoreChanges: readonly string[] = []) =>
  read(
    autoscalingGroup,
    {
      type: GROUP,
      name: 'web',
      ignoreChanges,
      inputs: { vpcZoneIdentifiers: names.map((n) => out(SUBNET, n, 'id')), ...inputs },
    },
    ...subnets,
  );
const sized = { minSize: 4, maxSize: 8 };

describe('az', () => {
  it.each([
    ['two AZs', group(['a', 'b'], sized), 'reduced 0.50', 'yes'],
    ['three AZs, four instances', group(['a', 'b', 'c'], sized), 'reduced 0.50', 'yes'],
    ['three AZs, six instances', group(['a', 'b', 'c'], { ...sized, desiredCapacity: 6 }), 'reduced 0.67', 'yes'],
    ['two subnets of one AZ', group(['a', 'a2'], sized), 'lost', 'no'],
    ['one instance in two AZs', group(['a', 'b'], { minSize: 1, maxSize: 1 }), 'lost', 'yes'],
    ['one AZ not known', group(['a', 'x'], sized), 'not-reported', 'not-reported'],
    ['two AZs and one not known', group(['a', 'b', 'x'], sized), 'reduced not-reported', 'yes'],
    ['size not known', group(['a', 'b'], { minSize: hole, maxSize: 8 }), 'unresolved-at-preview', 'yes'],
    [
      'desired capacity left to scaling',
      group(['a', 'b'], { minSize: 2, maxSize: 8, desiredCapacity: 8 }, ['desiredCapacity']),
      'reduced 0.50',
      'yes',
    ],
    ['everything left to others', group(['a', 'b'], { minSize: 1, maxSize: 8, desiredCapacity: 8 }, ['*']), 'lost', 'yes'],
    ['launching suspended', group(['a', 'b'], { ...sized, suspendedProcesses: ['Launch'] }), 'reduced 0.50', 'no'],
    ['alarms suspended', group(['a', 'b'], { ...sized, suspendedProcesses: ['AlarmNotification'] }), 'reduced 0.50', 'yes'],
    [
      'suspended processes not known',
      group(['a', 'b'], { ...sized, suspendedProcesses: hole }),
      'reduced 0.50',
      'unresolved-at-preview',
    ],
  ])('%s', (_, { meaning }, az, armed) => {
    expect(impact(meaning, 'az')).toBe(az);
    expect(protections(meaning, 'az')).toEqual([`asg-replace service-native ${armed}`]);
  });
});

describe('times', () => {
  const TARGETS = 'aws:lb/targetGroup:TargetGroup';
  const behind = (healthCheckType: Value): readonly string[] =>
    read(
      autoscalingGroup,
      {
        type: GROUP,
        name: 'web',
        inputs: {
          ...sized,
          healthCheckType,
          vpcZoneIdentifiers: [out(SUBNET, 'a', 'id'), out(SUBNET, 'b', 'id')],
          targetGroupArns: [out(TARGETS, 'web', 'arn')],
        },
      },
      ...subnets,
      { type: TARGETS, name: 'web', inputs: { healthCheck: { interval: 10, unhealthyThreshold: 2, timeout: 4 } } },
    ).meaning.protections.map((p) => `${p.scopes.join()} ${timing(p.time)}`);

  it('a lost instance is noticed by EC2, and by the load balancer where the group asks it', () => {
    expect(behind('ELB')).toEqual([
      'instance fastest(ec2-status-check, 10-24s) + asg-replace + slowest(0s, 0-10s)',
      'az fastest(ec2-status-check, 10-24s) + asg-replace + slowest(0s, 0-10s)',
      'region asg-scale-out + slowest(0s, 0-10s)',
    ]);
    expect(behind('EC2')[1]).toBe('az fastest(ec2-status-check) + asg-replace + slowest(0s, 0-10s)');
    expect(behind(hole)[1]).toBe('az fastest(ec2-status-check) + asg-replace + slowest(0s, 0-10s)');
  });
});

it('loses one of n with an instance, everything with the Region', () => {
  const { meaning } = group(['a', 'b'], sized);
  expect(impact(meaning, 'instance')).toBe('reduced 0.75');
  expect(impact(group(['a'], { minSize: 1, maxSize: 1 }).meaning, 'instance')).toBe('lost');
  expect(impact(meaning, 'region')).toBe('lost');
  expect(protections(meaning, 'region')).toEqual(['asg-scale human-execution yes']);
  expect(protections(group(['a', 'b'], { minSize: 4, maxSize: 4 }).meaning, 'region')).toEqual(['asg-scale human-execution no']);
  expect(value(group(['a'], { minSize: 2, maxSize: 8, desiredCapacity: 8 }, ['desiredCapacity']).meaning.capacity?.running)).toBe(
    2,
  );
});

it('finds the AMI through the launch template, also inside a mixed instances policy', () => {
  const template: Spec = {
    type: 'aws:ec2/launchTemplate:LaunchTemplate',
    name: 'lt',
    inputs: { imageId: out('aws:ec2/amiCopy:AmiCopy', 'copy', 'id') },
  };
  const ami: Spec = { type: 'aws:ec2/amiCopy:AmiCopy', name: 'copy' };
  const specification = { launchTemplateId: out(template.type, 'lt', 'id') };
  const { meaning } = read(
    autoscalingGroup,
    {
      type: GROUP,
      name: 'web',
      inputs: { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: specification } } },
    },
    template,
    ami,
  );
  expect(links(meaning, 'image')).toEqual(['copy', 'lt']);
});

it('a subnet of an unknown AZ never makes the loss of an AZ look smaller', () => {
  const rank = (s: string): number => (s === 'lost' ? 0 : s.startsWith('reduced 0') ? 1 + Number(s.slice(8)) : 0.5);
  fc.assert(
    fc.property(fc.subarray(['a', 'b', 'c', 'a2'], { minLength: 1 }), fc.integer({ min: 0, max: 9 }), (names, minSize) => {
      const plain = impact(group(names, { minSize, maxSize: 9 }).meaning, 'az');
      const doubtful = impact(group([...names, 'x'], { minSize, maxSize: 9 }).meaning, 'az');
      expect(rank(doubtful)).toBeLessThanOrEqual(Math.max(rank(plain), 0.5));
    }),
  );
});
