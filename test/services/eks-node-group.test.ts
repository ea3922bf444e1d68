import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { eksNodeGroup } from '../../src/services/eks-node-group.ts';
import { answer, hole, impact, out, protections, read, type Spec, value } from './support-traffic.ts';

const NODES = 'aws:eks/nodeGroup:NodeGroup';
const SUBNET = 'aws:ec2/subnet:Subnet';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const subnets = [subnet('a', 'us-east-1a'), subnet('b', 'us-east-1b'), subnet('x', hole)];
const size = (minSize: Value, desiredSize: Value, maxSize: Value) => ({ scalingConfig: { minSize, desiredSize, maxSize } });
const of = (names: readonly string[], inputs: { readonly [key: string]: Value }, ignoreChanges: readonly string[] = []) =>
  read(
    eksNodeGroup,
    { type: NODES, name: 'n', ignoreChanges, inputs: { subnetIds: names.map((n) => out(SUBNET, n, 'id')), ...inputs } },
    ...subnets,
  );

describe('az', () => {
  it.each([
    ['two AZs', of(['a', 'b'], size(2, 4, 8)), 'reduced 0.50', 'yes'],
    ['one AZ', of(['a'], size(2, 4, 8)), 'lost', 'no'],
    ['one node in two AZs', of(['a', 'b'], size(1, 1, 8)), 'lost', 'yes'],
    ['an AZ that is not known', of(['a', 'x'], size(2, 4, 8)), 'not-reported', 'not-reported'],
    ['two AZs and one not known', of(['a', 'b', 'x'], size(2, 4, 8)), 'reduced not-reported', 'yes'],
    ['subnets not known', of([], { subnetIds: hole, ...size(2, 4, 8) }), 'unresolved-at-preview', 'unresolved-at-preview'],
    ['size not known', of(['a', 'b'], size(2, hole, 8)), 'unresolved-at-preview', 'yes'],
    ['no size', of(['a', 'b'], {}), 'not-reported', 'yes'],
  ])('%s', (_, { meaning }, az, armed) => {
    expect(impact(meaning, 'az')).toBe(az);
    expect(protections(meaning, 'az')).toEqual([`asg-replace service-native ${armed}`]);
  });
});

describe('scaling out a standby', () => {
  it.each([
    ['room above what runs', of(['a', 'b'], size(2, 4, 8)), 'yes'],
    ['at its maximum', of(['a', 'b'], size(2, 8, 8)), 'no'],
    ['maximum not known', of(['a', 'b'], size(2, 4, hole)), 'unresolved-at-preview'],
    ['desired size not known', of(['a', 'b'], size(2, hole, 8)), 'unresolved-at-preview'],
    ['an autoscaler owns the desired size', of(['a', 'b'], size(2, 8, 8), ['scalingConfig.desiredSize']), 'yes'],
  ])('%s', (_, { meaning }, armed) => {
    expect(impact(meaning, 'region')).toBe('lost');
    expect(protections(meaning, 'region')).toEqual([`eks-scale human-execution ${armed}`]);
  });
});

it.each(['scalingConfig', 'scalingConfig["desiredSize"]', '*'])(
  'counts the minimum for certain where %s is left to an autoscaler',
  (path) => {
    const { meaning } = of(['a', 'b'], size(2, 8, 8), [path]);
    expect(value(meaning.capacity?.running)).toBe(2);
    expect(impact(meaning, 'instance')).toBe('reduced 0.50');
    expect(protections(meaning, 'instance')).toEqual(['asg-replace service-native yes']);
  },
);

it('counts the desired size where only the minimum is left to somebody', () => {
  expect(value(of(['a', 'b'], size(2, 8, 8), ['scalingConfig.minSize']).meaning.capacity?.running)).toBe(8);
});

it.each([
  [{}, 'no'],
  [{ capacityType: 'SPOT' }, 'yes'],
  [{ capacityType: hole }, 'unresolved-at-preview'],
])('spot of %o', (inputs: { readonly [key: string]: Value }, expected) => {
  expect(answer(of(['a'], inputs).facts.spot)).toBe(expected);
});

it('a subnet of an unknown AZ never makes the loss of an AZ look smaller', () => {
  const rank = (s: string): number => (s === 'lost' ? 0 : s.startsWith('reduced 0') ? 1 + Number(s.slice(8)) : 0.5);
  fc.assert(
    fc.property(fc.subarray(['a', 'b'], { minLength: 1 }), fc.integer({ min: 0, max: 9 }), (names, desired) => {
      const plain = impact(of(names, size(0, desired, 9)).meaning, 'az');
      const doubtful = impact(of([...names, 'x'], size(0, desired, 9)).meaning, 'az');
      expect(rank(doubtful)).toBeLessThanOrEqual(Math.max(rank(plain), 0.5));
    }),
  );
});
