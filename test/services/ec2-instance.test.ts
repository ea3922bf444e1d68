import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { ec2Instance, INSTANCE } from '../../src/services/ec2-instance.ts';
import { hole, impact, links, out, protections, read, type Spec, value } from './support-traffic.ts';

const SUBNET = 'aws:ec2/subnet:Subnet';
const AMI = 'aws:ec2/ami:Ami';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const of = (inputs: { readonly [key: string]: Value }) =>
  read(ec2Instance, { type: INSTANCE, name: 'i', inputs }, subnet('a', 'us-east-1a'), subnet('x', hole), {
    type: AMI,
    name: 'own',
  });

it.each([
  ['through its subnet', { subnetId: out(SUBNET, 'a', 'id') }, 'us-east-1a'],
  ['named beside the subnet', { availabilityZone: 'us-east-1b', subnetId: out(SUBNET, 'a', 'id') }, 'us-east-1b'],
  ['a subnet of an unknown AZ', { subnetId: out(SUBNET, 'x', 'id') }, 'unresolved-at-preview'],
  ['a subnet from elsewhere', { subnetId: 'subnet-0abc' }, 'dangling'],
  ['neither', {}, 'not-reported'],
])('its AZ: %s', (_, inputs: { readonly [key: string]: Value }, zone) => {
  expect(value(of(inputs).facts.zone)).toBe(zone);
});

describe('automatic recovery', () => {
  it.each([
    ['by default, for types that nobody names', {}, 'not-modelled'],
    ['asked for', { maintenanceOptions: { autoRecovery: 'default' } }, 'not-modelled'],
    ['disabled', { maintenanceOptions: { autoRecovery: 'disabled' } }, 'no'],
    ['not known', { maintenanceOptions: { autoRecovery: hole } }, 'unresolved-at-preview'],
  ])('%s', (_, inputs: { readonly [key: string]: Value }, armed) => {
    const { meaning } = of(inputs);
    expect(protections(meaning, 'instance')).toEqual([
      `ec2-automatic-recovery service-native ${armed}`,
      'ec2-relaunch human-execution yes',
    ]);
    expect(protections(meaning, 'az')).toEqual(['ec2-relaunch human-execution yes']);
  });
});

it.each([
  ['none listed', {}, false],
  ['listed', { ephemeralBlockDevices: [{ deviceName: '/dev/sdb', virtualName: 'ephemeral0' }] }, true],
  ['not known', { ephemeralBlockDevices: hole }, 'unresolved-at-preview'],
])('instance-store volumes: %s', (_, inputs: { readonly [key: string]: Value }, expected) => {
  expect(value(of(inputs).facts.instanceStore)).toBe(expected);
});

it('is lost wherever something is lost, and nothing brings it back from its data or its Region', () => {
  const { meaning } = of({ ami: out(AMI, 'own', 'id') });
  expect((['instance', 'az', 'region', 'data', 'account'] as const).map((scope) => impact(meaning, scope))).toEqual(
    Array.from({ length: 5 }, () => 'lost'),
  );
  expect([...protections(meaning, 'region'), ...protections(meaning, 'data')]).toEqual([]);
  expect(links(meaning, 'image')).toEqual(['own']);
});
