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

const VPC = 'aws:ec2/vpc:Vpc';
const DEFAULT_TABLE = 'aws:ec2/defaultRouteTable:DefaultRouteTable';
const vpc: Spec = { type: VPC, name: 'v' };
const inVpc = (name: string, zone: Value): Spec => ({
  type: SUBNET,
  name,
  inputs: { availabilityZone: zone, vpcId: out(VPC, 'v', 'id') },
});
const toNat = [{ natGatewayId: out(NAT, 'nat', 'id') }];
const defaultTable: Spec = {
  type: DEFAULT_TABLE,
  name: 'default',
  inputs: { defaultRouteTableId: out(VPC, 'v', 'defaultRouteTableId'), routes: toNat },
};
const mainRoute: Spec = { ...route, inputs: { ...route.inputs, routeTableId: out(VPC, 'v', 'mainRouteTableId') } };
const makesMain: Spec = {
  type: 'aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation',
  name: 'main',
  inputs: { vpcId: out(VPC, 'v', 'id'), routeTableId: out(TABLE, 'private', 'id') },
};
const joinsUnknown: Spec = { ...joins('p'), inputs: { routeTableId: out(TABLE, 'private', 'id'), subnetId: hole } };
const p = inVpc('p', 'us-east-1b');

it.each([
  ['the default table leads to it', of({}, vpc, p, defaultTable), 'lost'],
  [
    'the default table leads to it, for a subnet of its own AZ',
    of({}, vpc, inVpc('q', 'us-east-1a'), defaultTable),
    'unaffected',
  ],
  ['a route of the default table that the VPC names', of({}, vpc, p, mainRoute), 'lost'],
  [
    'the same, beside the default table',
    of({}, vpc, p, mainRoute, { ...defaultTable, inputs: { ...defaultTable.inputs, routes: [] } }),
    'lost',
  ],
  ['a table made the main one', of({}, vpc, p, table, route, makesMain), 'lost'],
  ['a table that is not the main one', of({}, vpc, p, table, route), 'not-reported'],
  ['another table is the main one', of({}, vpc, p, table, makesMain, defaultTable), 'not-reported'],
  ['the only subnet has a table of its own', of({}, vpc, p, table, joins('p'), defaultTable), 'not-reported'],
  ['the only subnet may have a table of its own', of({}, vpc, p, table, joinsUnknown, defaultTable), 'unresolved-at-preview'],
  ['a subnet of another VPC', of({}, vpc, { ...p, inputs: { ...p.inputs, vpcId: 'vpc-2' } }, defaultTable), 'not-reported'],
  [
    'the default table as state has it',
    of(
      {},
      { ...vpc, outputs: { id: 'vpc-1' } },
      { ...p, inputs: { ...p.inputs, vpcId: 'vpc-1' } },
      { ...defaultTable, inputs: { defaultRouteTableId: 'rtb-1', routes: toNat }, outputs: { vpcId: 'vpc-1' } },
    ),
    'lost',
  ],
])('NAT gateway and main route tables: %s', (_, meaning, az) => {
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
