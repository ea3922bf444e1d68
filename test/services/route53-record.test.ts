import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { route53Record } from '../../src/services/route53-record.ts';
import { regionOfHost } from '../../src/services/route53-targets.ts';
import { answer, hole, impact, links, out, protections, read, type Spec, timing, urnOf, value } from './support-traffic.ts';

const RECORD = 'aws:route53/record:Record';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const LB = 'aws:lb/loadBalancer:LoadBalancer';

const lb = (name: string, region: string): Spec => ({ type: LB, name, region, inputs: { subnets: [] } });
const listener = (name: string, region: string): Spec => ({
  type: 'aws:lb/listener:Listener',
  name: `${name}-listener`,
  region,
  inputs: {
    loadBalancerArn: out(LB, name, 'arn'),
    defaultActions: [{ type: 'forward', targetGroupArn: out('aws:lb/targetGroup:TargetGroup', `${name}-tg`, 'arn') }],
  },
});
const group = (name: string, region: string): Spec => ({
  type: 'aws:lb/targetGroup:TargetGroup',
  name: `${name}-tg`,
  region,
  inputs: {},
});
const zone: Spec = { type: 'aws:route53/zone:Zone', name: 'zone', inputs: { name: 'example.com' } };
const check: Spec = {
  type: CHECK,
  name: 'check',
  inputs: { type: 'HTTPS', fqdn: out(LB, 'east', 'dnsName'), requestInterval: 10, failureThreshold: 3 },
};
const stage = [lb('east', 'us-east-1'), lb('west', 'us-west-2'), listener('east', 'us-east-1'), group('east', 'us-east-1'), zone];

const record = (name: string, inputs: { readonly [key: string]: Value }): Spec => ({
  type: RECORD,
  name,
  inputs: { zoneId: out(zone.type, 'zone', 'zoneId'), name: 'www', type: 'A', ...inputs },
});
const alias = (to: string, evaluateTargetHealth: Value): Value => [
  { name: out(LB, to, 'dnsName'), zoneId: out(LB, to, 'zoneId'), evaluateTargetHealth },
];
const branch = (role: string, to: string, more: { readonly [key: string]: Value } = {}): Spec =>
  record(role.toLowerCase(), {
    setIdentifier: role,
    failoverRoutingPolicies: [{ type: role }],
    aliases: alias(to, false),
    ...more,
  });
const primaryOf = (more: { readonly [key: string]: Value }, secondary: Spec | undefined, ...others: readonly Spec[]) =>
  read(route53Record, branch('PRIMARY', 'east', more), ...(secondary === undefined ? [] : [secondary]), ...stage, ...others);
const secondary = branch('SECONDARY', 'west');
const withCheck = { healthCheckId: out(CHECK, 'check', 'id') };

const failover = (armed: string): string => `route53-failover service-native ${armed}`;
const checkWith = (inputs: { readonly [key: string]: Value }): Spec => ({ ...check, inputs: { ...check.inputs, ...inputs } });

describe('failover of a PRIMARY record', () => {
  const cases: readonly (readonly [string, ReturnType<typeof primaryOf>, string])[] = [
    ['health check attached', primaryOf(withCheck, secondary, check), 'yes'],
    ['no signal', primaryOf({}, secondary), 'no'],
    ['evaluates the health of a load balancer', primaryOf({ aliases: alias('east', true) }, secondary), 'yes'],
    ['evaluates, but nobody knows', primaryOf({ aliases: alias('east', hole) }, secondary), 'unresolved-at-preview'],
    [
      'evaluates a load balancer without known groups',
      primaryOf({ aliases: alias('west', true) }, branch('SECONDARY', 'east')),
      'not-reported',
    ],
    ['health check disabled', primaryOf(withCheck, secondary, checkWith({ disabled: true })), 'no'],
    ['health check inverted', primaryOf(withCheck, secondary, checkWith({ invertHealthcheck: true })), 'no'],
    ['health check maybe disabled', primaryOf(withCheck, secondary, checkWith({ disabled: hole })), 'unresolved-at-preview'],
    ['health check outside the sources', primaryOf({ healthCheckId: 'abcd-1234' }, secondary), 'dangling'],
    ['health check not known', primaryOf({ healthCheckId: hole }, secondary), 'unresolved-at-preview'],
    ['health check of the other Region', primaryOf(withCheck, secondary, checkWith({ fqdn: out(LB, 'west', 'dnsName') })), 'no'],
    ['health check of the steered name itself', primaryOf(withCheck, secondary, checkWith({ fqdn: 'WWW.example.com.' })), 'no'],
    [
      'health check of a name nobody here owns',
      primaryOf(withCheck, secondary, checkWith({ fqdn: 'elsewhere.test' })),
      'dangling',
    ],
    ['both branches in one Region', primaryOf(withCheck, branch('SECONDARY', 'east'), check), 'no'],
    ['no SECONDARY in the sources', primaryOf(withCheck, undefined, check), 'not-reported'],
    ['SECONDARY of another type', primaryOf(withCheck, branch('SECONDARY', 'west', { type: 'AAAA' }), check), 'not-reported'],
    [
      'SECONDARY under its full name',
      primaryOf(withCheck, branch('SECONDARY', 'west', { name: 'WWW.Example.com.' }), check),
      'yes',
    ],
    [
      'name not known',
      primaryOf({ ...withCheck, name: hole }, branch('SECONDARY', 'west', { name: hole }), check),
      'unresolved-at-preview',
    ],
  ];
  it.each(cases)('%s', (_, { meaning }, armed) => {
    expect(protections(meaning, 'region')[0]).toBe(failover(armed));
  });

  it('counts detection, cached answers and the tail of clients', () => {
    const { meaning } = primaryOf(withCheck, secondary, check);
    const found = meaning.protections.find((p) => p.mechanism === 'route53-failover');
    expect(timing(found?.time)).toBe('20-30s + route53-health-aggregation + dns-alias-ttl + dns-client-tail');
    expect(value(found?.successors)).toEqual([urnOf(RECORD, 'secondary')]);
    expect(links(meaning, 'traffic')).toEqual(['east']);
    expect(links(meaning, 'health')).toEqual(['check']);
    expect(links(meaning, 'replica')).toEqual(['secondary']);
    expect(impact(meaning, 'region')).toBe('unaffected');
  });

  it('uses the health of the target groups for an alias that evaluates it', () => {
    const { meaning } = primaryOf({ aliases: alias('east', true) }, secondary);
    const found = meaning.protections.find((p) => p.mechanism === 'route53-failover');
    expect(timing(found?.time)).toBe('slowest(0s, 0-70s) + route53-elb-evaluation + dns-alias-ttl + dns-client-tail');
  });

  it('acts by its health check or by the health of its target, whichever is first, where it has both', () => {
    const { meaning } = primaryOf({ ...withCheck, aliases: alias('east', true) }, secondary, check);
    const found = meaning.protections.find((p) => p.mechanism === 'route53-failover');
    expect(timing(found?.time)).toBe(
      'fastest(20-30s + route53-health-aggregation, slowest(0s, 0-70s) + route53-elb-evaluation) + dns-alias-ttl + dns-client-tail',
    );
  });

  it('leaves a SECONDARY alone', () => {
    const { meaning } = read(route53Record, secondary, branch('PRIMARY', 'east', withCheck), check, ...stage);
    expect(protections(meaning, 'region')[0]).toBe('route53-standby-branch always-on yes');
  });

  it('an alarm in the lost Region keeps the check healthy unless missing data counts as unhealthy', () => {
    const alarm: Spec = {
      type: 'aws:cloudwatch/metricAlarm:MetricAlarm',
      name: 'errors',
      inputs: { period: 60, evaluationPeriods: 2 },
    };
    const watching = (inputs: { readonly [key: string]: Value }) =>
      primaryOf(
        withCheck,
        secondary,
        {
          type: CHECK,
          name: 'check',
          inputs: { type: 'CLOUDWATCH_METRIC', cloudwatchAlarmName: out(alarm.type, 'errors', 'name'), ...inputs },
        },
        alarm,
      ).meaning;
    expect(protections(watching({ cloudwatchAlarmRegion: 'us-east-1' }), 'region')).toContain(failover('no'));
    expect(
      protections(watching({ cloudwatchAlarmRegion: 'us-east-1', insufficientDataHealthStatus: 'Unhealthy' }), 'region'),
    ).toContain(failover('yes'));
    expect(protections(watching({ cloudwatchAlarmRegion: 'us-west-2' }), 'region')).toContain(failover('yes'));
    expect(protections(watching({ cloudwatchAlarmRegion: hole }), 'region')).toContain(failover('unresolved-at-preview'));
  });

  it('a routing control is switched by somebody', () => {
    const control: Spec = { type: 'aws:route53recoverycontrol/routingControl:RoutingControl', name: 'switch' };
    const { meaning } = primaryOf(withCheck, secondary, control, {
      type: CHECK,
      name: 'check',
      inputs: { type: 'RECOVERY_CONTROL', routingControlArn: out(control.type, 'switch', 'arn') },
    });
    expect(protections(meaning, 'region')).toEqual([
      failover('no'),
      'arc-routing-control human-execution yes',
      'route53-switch human-execution yes',
    ]);
  });
});

describe('other policies', () => {
  const weighted = (name: string, to: string, weight: number, more: { readonly [key: string]: Value } = {}): Spec =>
    record(name, { setIdentifier: name, weightedRoutingPolicies: [{ weight }], aliases: alias(to, false), ...more });
  const of = (own: Spec, ...others: readonly Spec[]) =>
    protections(read(route53Record, own, ...others, ...stage, check).meaning, 'region')[0];

  it.each([
    [
      'weight 0 without a signal of its own waits for a person',
      of(weighted('a', 'east', 1, withCheck), weighted('b', 'west', 0)),
      failover('no'),
    ],
    [
      'weight 0 with signals everywhere serves',
      of(weighted('a', 'east', 1, withCheck), weighted('b', 'west', 0, withCheck)),
      failover('yes'),
    ],
    ['two weights with a check', of(weighted('a', 'east', 1, withCheck), weighted('b', 'west', 1)), failover('yes')],
    [
      'losing the branch of weight 0',
      of(weighted('b', 'west', 0), weighted('a', 'east', 1)),
      'route53-standby-branch always-on yes',
    ],
    [
      'latency',
      of(
        record('a', { setIdentifier: 'a', latencyRoutingPolicies: [{ region: 'us-east-1' }], aliases: alias('east', true) }),
        record('b', { setIdentifier: 'b', latencyRoutingPolicies: [{ region: 'us-west-2' }], aliases: alias('west', true) }),
      ),
      failover('yes'),
    ],
    [
      'geolocation without a default location',
      of(
        record('a', { setIdentifier: 'a', geolocationRoutingPolicies: [{ country: 'US' }], aliases: alias('east', true) }),
        record('b', { setIdentifier: 'b', geolocationRoutingPolicies: [{ continent: 'EU' }], aliases: alias('west', true) }),
      ),
      failover('no'),
    ],
    [
      'geolocation with a default location',
      of(
        record('a', { setIdentifier: 'a', geolocationRoutingPolicies: [{ country: 'US' }], aliases: alias('east', true) }),
        record('b', { setIdentifier: 'b', geolocationRoutingPolicies: [{ country: '*' }], aliases: alias('west', true) }),
      ),
      failover('yes'),
    ],
    ['simple', of(record('a', { aliases: alias('east', true) })), 'route53-switch human-execution yes'],
  ])('%s', (_, first, expected) => {
    expect(first).toBe(expected);
  });

  it('a record that proves ownership steers nothing', () => {
    const { facts, meaning } = read(
      route53Record,
      record('proof', { name: '_abc.example.com', type: 'CNAME', records: ['_def.acm-validations.aws'] }),
      zone,
    );
    expect(answer(facts.steers)).toBe('no');
    expect(meaning.links).toEqual([]);
  });
});

describe('what a record points at', () => {
  it.each([
    ['web-123.us-east-1.elb.amazonaws.com', 'us-east-1'],
    ['web-abc.elb.eu-central-1.amazonaws.com.', 'eu-central-1'],
    ['d-xyz.execute-api.ap-southeast-2.amazonaws.com', 'ap-southeast-2'],
    ['s3-website-us-west-2.amazonaws.com', 'us-west-2'],
    ['s3-website.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['d111.cloudfront.net', undefined],
    ['us-east-1.example.com', undefined],
  ])('Region in %s', (host, region) => {
    expect(regionOfHost(host)).toBe(region);
  });

  it('follows an Elastic IP address to its instance, and a name to its load balancer', () => {
    const server: Spec = { type: 'aws:ec2/instance:Instance', name: 'server' };
    const address: Spec = { type: 'aws:ec2/eip:Eip', name: 'address', inputs: { instance: out(server.type, 'server', 'id') } };
    const direct = read(
      route53Record,
      record('www', { ttl: 300, records: [out(address.type, 'address', 'publicIp')] }),
      address,
      server,
      zone,
    );
    expect(links(direct.meaning, 'traffic')).toEqual(['server']);
    const known = { type: LB, name: 'east', outputs: { dnsName: 'web-1.us-east-1.elb.amazonaws.com' } };
    const literal = read(
      route53Record,
      record('www', { aliases: [{ name: 'dualstack.web-1.us-east-1.elb.amazonaws.com.', evaluateTargetHealth: true }] }),
      known,
      zone,
    );
    expect(links(literal.meaning, 'traffic')).toEqual(['east']);
    const foreign = read(
      route53Record,
      record('www', { aliases: [{ name: 'web-2.us-west-2.elb.amazonaws.com', evaluateTargetHealth: true }] }),
      zone,
    );
    expect(links(foreign.meaning, 'traffic')).toEqual(['dangling']);
    expect(value(foreign.facts.own.region)).toBe('us-west-2');
  });
});

it('a hole never arms what a plain configuration leaves unarmed', () => {
  const value = fc.constantFrom<Value>(true, false, hole);
  const id = fc.constantFrom<Value>(out(CHECK, 'check', 'id'), hole, null);
  fc.assert(
    fc.property(value, value, value, id, (evaluate, disabled, inverted, healthCheckId) => {
      const run = (plain: boolean): readonly string[] => {
        const settle = (v: Value): Value => (plain && v === hole ? null : v);
        return protections(
          primaryOf(
            { aliases: alias('east', settle(evaluate) ?? false), healthCheckId: settle(healthCheckId) },
            secondary,
            checkWith({ disabled: settle(disabled) ?? true, invertHealthcheck: settle(inverted) ?? true }),
          ).meaning,
          'region',
        );
      };
      const worst = run(true);
      if (worst.includes(failover('no')) && [evaluate, disabled, inverted, healthCheckId].includes(hole)) {
        expect(run(false)).not.toContain(failover('yes'));
      }
    }),
  );
});
