import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { ec2Instance } from '../../src/services/ec2-instance.ts';
import { natGateway } from '../../src/services/nat-gateway.ts';
import { hole, impact, out, protections, read, type Spec } from './support-traffic.ts';

const NAT = 'aws:ec2/natGateway:NatGateway';
const SUBNET = 'aws:ec2/subnet:Subnet';
const TABLE = 'aws:ec2/routeTable:RouteTable';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const stage = [subnet('public', 'us-east-1a'), subnet('a', 'us-east-1a'), subnet('b', 'us-east-1b'), subnet('x', hole)];
const byId: Spec = { type: SUBNET, name: 'id', inputs: { availabilityZoneId: 'use1-az1' } };
const table: Spec = { type: TABLE, name: 'private' };
const route: Spec = {
  type: 'aws:ec2/route:Route',
  name: 'out',
  inputs: { routeTableId: out(TABLE, 'private', 'id'), natGatewayId: out(NAT, 'nat', 'id') },
};
const joins = (name: string): Spec => ({
  type: 'aws:ec2/routeTableAssociation:RouteTableAssociation',
  name: `join-${name}`,
  inputs: { routeTableId: out(TABLE, 'private', 'id'), subnetId: out(SUBNET, name, 'id') },
});
const of = (inputs: { readonly [key: string]: Value }, ...others: readonly Spec[]) =>
  read(natGateway, { type: NAT, name: 'nat', inputs: { subnetId: out(SUBNET, 'public', 'id'), ...inputs } }, ...stage, ...others)
    .meaning;

it.each([
  ['only its own AZ uses it', of({}, table, route, joins('a')), 'unaffected'],
  ['another AZ uses it', of({}, table, route, joins('a'), joins('b')), 'lost'],
  ['an AZ that is not known uses it', of({}, table, route, joins('x')), 'unresolved-at-preview'],
  ['the id of an AZ and the name of one may be one AZ', of({}, table, route, byId, joins('id')), 'not-reported'],
  ['another AZ uses it, and one that may be its own', of({}, table, route, byId, joins('id'), joins('b')), 'lost'],
  ['nobody is seen to use it', of({}), 'not-reported'],
  ['a regional gateway', of({ availabilityMode: 'regional', subnetId: null }), 'unaffected'],
  ['mode not known', of({ availabilityMode: hole }), 'unresolved-at-preview'],
  [
    'a route inside the table',
    of({}, { ...table, inputs: { routes: [{ natGatewayId: out(NAT, 'nat', 'id') }] } }, joins('b')),
    'lost',
  ],
])('NAT gateway: %s', (_, meaning, az) => {
  expect(impact(meaning, 'az')).toBe(az);
});

it('an instance on its own is lost with its host and its AZ, and nobody replaces it', () => {
  const { meaning } = read(
    ec2Instance,
    { type: 'aws:ec2/instance:Instance', name: 'i', inputs: { subnetId: out(SUBNET, 'a', 'id') } },
    ...stage,
  );
  expect(impact(meaning, 'az')).toBe('lost');
  expect(protections(meaning, 'az')).toEqual(['ec2-relaunch human-execution yes']);
  expect(protections(meaning, 'instance')[0]).toBe('ec2-automatic-recovery service-native not-modelled');
  expect(protections(meaning, 'region')).toEqual([]);
});
