import { expect, it } from 'vitest';
import { Hole, type Value } from '../../src/model/value.ts';
import { subnet } from '../../src/services/subnet.ts';
import { SUBNET } from '../../src/services/subnets.ts';
import { hole, impact, out, read, urnOf, value } from './support-traffic.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const of = (inputs: { readonly [key: string]: Value }, outputs: { readonly [key: string]: Value } = {}) =>
  read(subnet, { type: SUBNET, name: 's', inputs, outputs }, { type: VPC, name: 'v' });
const standIn = new Hole('stand-in', 'a zone of the Region', [], 'az:us-east-1:2');

it.each([
  ['by name', of({ availabilityZone: 'us-east-1a' }), 'us-east-1a'],
  ['by id', of({ availabilityZoneId: 'use1-az1' }), 'use1-az1'],
  ['as AWS picked it', of({}, { availabilityZone: 'us-east-1c' }), 'us-east-1c'],
  ['a stand-in differs from its siblings', of({ availabilityZone: standIn }), 'az:us-east-1:2'],
  ['not known', of({ availabilityZone: hole }), 'unresolved-at-preview'],
  ['left to AWS', of({}), 'not-reported'],
])('its AZ: %s', (_, { facts, meaning }, zone) => {
  expect(value(facts.zone)).toBe(zone);
  const placement = value(meaning.placement);
  expect(typeof placement === 'object' && placement.kind === 'zonal' ? placement.spread.zones : [placement]).toEqual([zone]);
});

it('serves nothing itself, and goes with its Region', () => {
  const { facts, meaning } = of({ vpcId: out(VPC, 'v', 'id'), availabilityZone: hole });
  expect(value(facts.vpc)).toBe(urnOf(VPC, 'v'));
  expect([impact(meaning, 'az'), impact(meaning, 'region'), meaning.protections]).toEqual(['unaffected', 'lost', []]);
});
