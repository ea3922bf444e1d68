import { expect, it } from 'vitest';
import { known } from '../../src/model/known.ts';
import type { Value } from '../../src/model/value.ts';
import { HEALTH_CHECK, route53HealthCheck, turnsUnhealthy } from '../../src/services/route53-health-check.ts';
import { route53Zone } from '../../src/services/route53-zone.ts';
import { answer, hole, out, read, type Spec, timing } from './support-traffic.ts';

const child: Spec = { type: HEALTH_CHECK, name: 'child', inputs: { type: 'TCP', ipAddress: '203.0.113.9' } };
const check = (inputs: { readonly [key: string]: Value }) =>
  read(route53HealthCheck, { type: HEALTH_CHECK, name: 'own', inputs }, child);
const children = [out(HEALTH_CHECK, 'child', 'id')];
const branch = { id: 'record', name: known('www.example.com'), values: [known('203.0.113.9')], region: known('us-east-1') };

it.each([
  ['defaults', check({ type: 'HTTP' }), '60-90s + route53-health-aggregation'],
  ['fast', check({ type: 'HTTP', requestInterval: 10, failureThreshold: 1 }), '0-10s + route53-health-aggregation'],
  ['interval not known', check({ type: 'HTTP', requestInterval: hole }), 'unknown:unresolved-at-preview'],
  ['routing control', check({ type: 'RECOVERY_CONTROL' }), 'arc-routing-control'],
  [
    'calculated',
    check({ type: 'CALCULATED', childHealthchecks: children }),
    'slowest(60-90s + route53-health-aggregation) + route53-health-aggregation',
  ],
])('detection: %s', (_, { meaning }, detection) => {
  expect(timing(meaning.detection)).toBe(detection);
});

it.each([
  ['the address of the branch', check({ type: 'TCP', ipAddress: '203.0.113.9' }), 'yes'],
  ['another address', check({ type: 'TCP', ipAddress: '203.0.113.1' }), 'dangling'],
  ['nothing', check({ type: 'TCP' }), 'not-reported'],
  ['calculated', check({ type: 'CALCULATED', childHealthchecks: children, childHealthThreshold: 1 }), 'yes'],
  ['calculated, threshold 0', check({ type: 'CALCULATED', childHealthchecks: children, childHealthThreshold: 0 }), 'no'],
  ['calculated, threshold above', check({ type: 'CALCULATED', childHealthchecks: children, childHealthThreshold: 2 }), 'no'],
  ['calculated, threshold not set', check({ type: 'CALCULATED', childHealthchecks: children }), 'not-reported'],
  ['type not known', check({ type: hole }), 'unresolved-at-preview'],
])('turns unhealthy: %s', (_, { facts }, expected) => {
  expect(answer(turnsUnhealthy(facts, branch))).toBe(expected);
});

it.each([
  ['public', { enableAcceleratedRecovery: true }, 'yes'],
  ['by default', {}, 'no'],
  ['private', { enableAcceleratedRecovery: true, vpcs: [{ vpcId: 'vpc-1' }] }, 'no'],
  ['not known', { enableAcceleratedRecovery: hole }, 'unresolved-at-preview'],
])('accelerated recovery of a zone: %s', (_, inputs, expected) => {
  expect(answer(read(route53Zone, { type: 'aws:route53/zone:Zone', name: 'z', inputs }).facts.acceleratedRecovery)).toBe(
    expected,
  );
});
