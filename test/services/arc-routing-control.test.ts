import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { arcRoutingControl } from '../../src/services/arc-routing-control.ts';
import { answer, hole, out, read, type Spec } from './support-traffic.ts';

const CONTROL = 'aws:route53recoverycontrol/routingControl:RoutingControl';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const rule = (ruleConfig: Value): Spec => ({
  type: 'aws:route53recoverycontrol/safetyRule:SafetyRule',
  name: 'rule',
  inputs: { assertedControls: [out(CONTROL, 'switch', 'arn')], ruleConfig },
});
const check: Spec = {
  type: CHECK,
  name: 'check',
  inputs: { type: 'RECOVERY_CONTROL', routingControlArn: out(CONTROL, 'switch', 'arn') },
};
const record: Spec = { type: 'aws:route53/record:Record', name: 'www', inputs: { healthCheckId: out(CHECK, 'check', 'id') } };
const of = (...others: readonly Spec[]) => read(arcRoutingControl, { type: CONTROL, name: 'switch' }, ...others).facts;

it.each([
  ['no rule', of(), 'no'],
  ['at least one stays on', of(rule({ type: 'ATLEAST', threshold: 1, inverted: false })), 'yes'],
  ['at least none', of(rule({ type: 'ATLEAST', threshold: 0, inverted: false })), 'no'],
  ['inverted', of(rule({ type: 'OR', threshold: 0, inverted: true })), 'no'],
  ['not known', of(rule(hole)), 'unresolved-at-preview'],
])('safety rule: %s', (_, facts, guarded) => {
  expect(answer(facts.guarded)).toBe(guarded);
});

it.each([
  ['a record follows its health check', of(check, record), 'yes'],
  ['no record follows', of(check), 'no'],
  ['no health check follows', of(), 'no'],
  ['a record of an unknown health check', of(check, { ...record, inputs: { healthCheckId: hole } }), 'unresolved-at-preview'],
])('%s', (_, facts, steers) => {
  expect(answer(facts.steers)).toBe(steers);
});
