import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { eksCluster } from '../../src/services/eks-cluster.ts';
import { answer, hole, impact, out, read, type Spec, value } from './support-traffic.ts';

const CLUSTER = 'aws:eks/cluster:Cluster';
const SUBNET = 'aws:ec2/subnet:Subnet';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const of = (inputs: { readonly [key: string]: Value }) =>
  read(eksCluster, { type: CLUSTER, name: 'c', inputs }, subnet('a', 'us-east-1a'), subnet('b', 'us-east-1b'), subnet('x', hole));
const placed = (...names: readonly string[]) => ({ vpcConfig: { subnetIds: names.map((n) => out(SUBNET, n, 'id')) } });

it.each([
  ['two AZs', placed('a', 'b'), { zones: ['us-east-1a', 'us-east-1b'], doubtful: 0 }],
  ['an AZ that is not known', placed('a', 'x'), { zones: ['us-east-1a'], doubtful: 1 }],
  ['subnets not known', { vpcConfig: { subnetIds: hole } }, 'unresolved-at-preview'],
])('its subnets: %s', (_, inputs: { readonly [key: string]: Value }, spread) => {
  expect(value(of(inputs).facts.spread)).toEqual(spread);
});

it.each([
  ['unset', {}, 'no'],
  ['on', { deletionProtection: true }, 'yes'],
  ['not known', { deletionProtection: hole }, 'unresolved-at-preview'],
])('deletion protection: %s', (_, inputs: { readonly [key: string]: Value }, expected) => {
  expect(answer(of(inputs).facts.deletionProtection)).toBe(expected);
});

it('goes with its Region; what runs inside is never called safe, however many AZs it has', () => {
  const { meaning } = of(placed('a', 'b'));
  expect((['instance', 'az', 'data'] as const).map((scope) => impact(meaning, scope))).toEqual(
    Array.from({ length: 3 }, () => 'not-modelled'),
  );
  expect([impact(meaning, 'region'), impact(meaning, 'control-plane'), meaning.protections]).toEqual(['lost', 'unaffected', []]);
  expect(value(meaning.capacity?.running)).toBe('not-modelled');
});
