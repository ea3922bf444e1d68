import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { EVENT_BUS, EVENT_ENDPOINT, EVENT_RULE, eventBridge, eventEndpoint } from '../../src/services/eventbridge.ts';
import { answer, armed, declared, estate, factsOf, hole, impact, meaningOf, ref } from './support-storage.ts';

const HEALTH = declared('aws:route53/healthCheck:HealthCheck', 'health');
const failover = (primary: Values, secondary: Values): Values => ({ routingConfig: { failoverConfig: { primary, secondary } } });
const GOOD = failover({ healthCheck: ref(HEALTH, 'arn') }, { route: 'us-west-2' });

describe('global endpoint', () => {
  it.each<[string, Values, string]>([
    ['complete', GOOD, 'yes'],
    ['no health check', failover({}, { route: 'us-west-2' }), 'no'],
    ['no secondary Region', failover({ healthCheck: ref(HEALTH, 'arn') }, {}), 'no'],
    ['events not copied', { ...GOOD, replicationConfig: { state: 'DISABLED' } }, 'no'],
    ['copying unknown', { ...GOOD, replicationConfig: { state: hole } }, 'unknown'],
    ['health check unknown', failover({ healthCheck: hole }, { route: 'us-west-2' }), 'unknown'],
  ])('%s', (_, inputs, expected) => {
    const endpoint = declared(EVENT_ENDPOINT, 'e', inputs);
    const m = meaningOf(eventEndpoint, estate(HEALTH, endpoint), endpoint);
    expect([armed(m, 'eventbridge-endpoint-failover', 'region'), impact(m, 'region')]).toEqual([expected, 'lost']);
  });
});

describe('rules', () => {
  it.each<[string, Values, string]>([
    ['default', {}, 'yes'],
    ['disabled', { state: 'DISABLED' }, 'no'],
    ['disabled, older spelling', { isEnabled: false }, 'no'],
    ['all management events', { state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' }, 'yes'],
    ['unknown', { state: hole }, 'unknown'],
  ])('enabled: %s', (_, inputs, expected) => {
    const rule = declared(EVENT_RULE, 'r', inputs);
    expect(answer(factsOf(eventBridge, estate(rule), rule).enabled)).toBe(expected);
  });

  it('wait for their bus and pass on to their targets', () => {
    const bus = declared(EVENT_BUS, 'b');
    const rule = declared(EVENT_RULE, 'r', { eventBusName: ref(bus, 'name') });
    const queue = declared('aws:sqs/queue:Queue', 'q');
    const target = declared('aws:cloudwatch/eventTarget:EventTarget', 't', { rule: ref(rule, 'name'), arn: ref(queue, 'arn') });
    const m = meaningOf(eventBridge, estate(bus, rule, queue, target), rule);
    expect(m.links).toMatchObject([
      { to: { value: bus.urn }, carries: 'trigger' },
      { to: { value: queue.urn }, carries: 'traffic' },
    ]);
    expect([impact(m, 'az'), impact(m, 'region')]).toEqual(['unaffected', 'lost']);
  });
});
