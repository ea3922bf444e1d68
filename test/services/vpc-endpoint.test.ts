import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { vpcEndpoint } from '../../src/services/vpc-endpoint.ts';
import { hole, impact, out, protections, read, type Spec, value } from './support-traffic.ts';

const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';
const SUBNET = 'aws:ec2/subnet:Subnet';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const subnets = [subnet('a', 'us-east-1a'), subnet('a2', 'us-east-1a'), subnet('b', 'us-east-1b'), subnet('x', hole)];
const other: Spec = { type: ENDPOINT, name: 'other' };
const joins = (name: string, endpoint: Value = out(ENDPOINT, 'e', 'id')): Spec => ({
  type: 'aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation',
  name: `join-${name}`,
  inputs: { vpcEndpointId: endpoint, subnetId: out(SUBNET, name, 'id') },
});
const of = (inputs: { readonly [key: string]: Value }, ...others: readonly Spec[]) =>
  read(vpcEndpoint, { type: ENDPOINT, name: 'e', inputs }, ...subnets, ...others).meaning;
const interfaces = (names: readonly string[], ...others: readonly Spec[]) =>
  of({ vpcEndpointType: 'Interface', subnetIds: names.map((n) => out(SUBNET, n, 'id')) }, ...others);

it.each([
  ['a gateway, the default', of({}), 'unaffected', 'regional'],
  ['interfaces in two AZs', interfaces(['a', 'b']), 'unaffected', 'zonal'],
  ['interfaces in two subnets of one AZ', interfaces(['a', 'a2']), 'lost', 'zonal'],
  ['a second AZ by association', interfaces(['a'], joins('b')), 'unaffected', 'zonal'],
  ['an association with something else', interfaces(['a'], other, joins('b', out(ENDPOINT, 'other', 'id'))), 'lost', 'zonal'],
  ['an association with nobody knows what', interfaces(['a'], joins('b', hole)), 'not-reported', 'zonal'],
  ['an AZ that is not known', interfaces(['a', 'x']), 'not-reported', 'zonal'],
  ['two AZs and one not known', interfaces(['a', 'b', 'x']), 'unaffected', 'zonal'],
  ['no subnets', interfaces([]), 'not-reported', 'zonal'],
  ['subnets not known', of({ vpcEndpointType: 'Interface', subnetIds: hole }), 'unresolved-at-preview', 'unresolved-at-preview'],
  ['type not known', of({ vpcEndpointType: hole }), 'unresolved-at-preview', 'unresolved-at-preview'],
])('VPC endpoint: %s', (_, meaning, az, placement) => {
  expect(impact(meaning, 'az')).toBe(az);
  const placed = value(meaning.placement);
  expect(typeof placed === 'string' ? placed : placed.kind).toBe(placement);
  expect(impact(meaning, 'region')).toBe('lost');
  expect(protections(meaning, 'az')).toEqual([]);
});
