/** Record sets of every routing policy, with health checks of every kind and hosted zones, as Pulumi inputs. */
import fc from 'fast-check';
import type { Value } from '../../src/model/value.ts';
import { type Declaration, inputs, ref } from './law.ts';

const ZONE = 'aws:route53/zone:Zone';
const RECORD = 'aws:route53/record:Record';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const alarm: Declaration = {
  type: ALARM,
  name: 'alarm',
  inputs: {
    name: 'too-many-errors',
    namespace: 'Shop',
    metricName: 'Errors',
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 5,
    evaluationPeriods: 3,
    period: 60,
    statistic: 'Sum',
  },
};

const endpointCheck = fc
  .record({
    type: fc.constantFrom('HTTP', 'HTTPS', 'TCP', 'HTTPS_STR_MATCH'),
    fqdn: fc.constantFrom('origin.example.net', 'www.example.com', 'lb-1.eu-west-1.elb.amazonaws.com'),
    ipAddress: maybe(fc.constantFrom('203.0.113.1', '203.0.113.2')),
    requestInterval: maybe(fc.constantFrom(10, 30)),
    failureThreshold: maybe(fc.integer({ min: 1, max: 10 })),
    invertHealthcheck: maybe(fc.boolean()),
    disabled: maybe(fc.boolean()),
    regions: maybe(fc.constant(['us-east-1', 'eu-west-1', 'ap-southeast-2'])),
  })
  .map((v) => inputs({ ...v, port: 443, searchString: v.type.endsWith('STR_MATCH') ? 'ok' : undefined }));

const alarmCheck = fc
  .record({
    cloudwatchAlarmRegion: fc.constantFrom('us-east-1', 'eu-west-1'),
    insufficientDataHealthStatus: maybe(fc.constantFrom('Healthy', 'Unhealthy', 'LastKnownStatus')),
  })
  .map((v) => inputs({ ...v, type: 'CLOUDWATCH_METRIC', cloudwatchAlarmName: ref(ALARM, 'alarm', 'name') }));

const calculatedCheck = fc
  .integer({ min: 0, max: 3 })
  .map((childHealthThreshold) =>
    inputs({ type: 'CALCULATED', childHealthThreshold, childHealthchecks: [ref(CHECK, 'check-1'), ref(CHECK, 'check-2')] }),
  );

export const healthChecks: fc.Arbitrary<readonly Declaration[]> = fc
  .tuple(endpointCheck, fc.oneof(endpointCheck, alarmCheck), fc.oneof(endpointCheck, alarmCheck, calculatedCheck))
  .map((checks) => [alarm, ...checks.map((v, i) => ({ type: CHECK, name: `check-${i + 1}`, inputs: v }))]);

/** What the branches of one set share, and what tells them apart. */
const POLICIES: Readonly<Record<string, (i: number) => Readonly<Record<string, Value>>>> = {
  failover: (i) => ({ failoverRoutingPolicies: [{ type: i === 0 ? 'PRIMARY' : 'SECONDARY' }] }),
  weighted: (i) => ({ weightedRoutingPolicies: [{ weight: [100, 0][i] ?? 1 }] }),
  latency: (i) => ({ latencyRoutingPolicies: [{ region: ['us-east-1', 'eu-west-1'][i] ?? 'us-west-2' }] }),
  geolocation: (i) => ({ geolocationRoutingPolicies: [i === 0 ? { continent: 'EU' } : { country: '*' }] }),
  geoproximity: (i) => ({ geoproximityRoutingPolicy: { awsRegion: ['us-east-1', 'eu-west-1'][i] ?? 'us-west-2', bias: 10 * i } }),
  multivalue: () => ({ multivalueAnswerRoutingPolicy: true }),
  cidr: (i) => ({ cidrRoutingPolicy: { collectionId: 'c-1', locationName: i === 0 ? 'office' : '*' } }),
};

interface Branch {
  readonly check: number | undefined;
  readonly alias: 'none' | 'record' | 'load balancer';
  readonly evaluate: boolean;
  readonly region: string;
}

const branch: fc.Arbitrary<Branch> = fc.record({
  check: maybe(fc.integer({ min: 1, max: 3 })),
  alias: fc.constantFrom('none', 'none', 'record', 'load balancer'),
  evaluate: fc.boolean(),
  region: fc.constantFrom('us-east-1', 'eu-west-1'),
});

const zoneInputs = fc
  .record({
    enableAcceleratedRecovery: maybe(fc.boolean()),
    private: fc.boolean(),
    tags: maybe(fc.constant({ service: 'shop' })),
  })
  .map(({ private: closed, ...v }) => inputs({ ...v, name: 'example.com', vpcs: closed ? [{ vpcId: 'vpc-1' }] : undefined }));

export const recordSets: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zone: zoneInputs,
    checks: healthChecks,
    policy: maybe(fc.constantFrom(...Object.keys(POLICIES))),
    branches: fc.tuple(branch, branch),
    name: fc.constantFrom('www', 'www.example.com', 'WWW.Example.com', '*.shop', ''),
    ttl: fc.constantFrom(30, 60, 300),
    plain: fc.boolean(),
  })
  .map((v) => [
    { type: ZONE, name: 'zone', inputs: v.zone },
    ...v.checks,
    target(v.ttl),
    ...v.branches
      .slice(0, v.policy === undefined ? 1 : 2)
      .map((b, i): Declaration => ({ type: RECORD, name: `branch-${i}`, inputs: recordInputs(v, b, i) })),
  ]);

/** What an alias of a record points at. */
const target = (ttl: number): Declaration => ({
  type: RECORD,
  name: 'target',
  inputs: { zoneId: ref(ZONE, 'zone', 'zoneId'), name: 'origin', type: 'A', ttl, records: ['203.0.113.9'] },
});

function recordInputs(
  v: { readonly policy: string | undefined; readonly name: string; readonly ttl: number },
  b: Branch,
  i: number,
) {
  return inputs({
    zoneId: ref(ZONE, 'zone', 'zoneId'),
    name: v.name,
    type: 'A',
    setIdentifier: v.policy === undefined ? undefined : `branch ${i}`,
    healthCheckId: b.check === undefined ? undefined : ref(CHECK, `check-${b.check}`),
    ...(v.policy === undefined ? {} : POLICIES[v.policy]?.(i)),
    ...(b.alias === 'none'
      ? { ttl: v.ttl, records: [`203.0.113.${i + 1}`] }
      : {
          aliases: [
            b.alias === 'record'
              ? { name: ref(RECORD, 'target', 'fqdn'), zoneId: ref(ZONE, 'zone', 'zoneId'), evaluateTargetHealth: b.evaluate }
              : {
                  name: `dualstack.lb-${i}.${b.region}.elb.amazonaws.com`,
                  zoneId: 'Z35SXDOTRQ7X7K',
                  evaluateTargetHealth: b.evaluate,
                },
          ],
        }),
  });
}
