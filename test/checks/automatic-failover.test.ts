import { describe, expect, it } from 'vitest';
import { automaticFailover } from '../../checks/automatic-failover.ts';
import type { CheckInput } from '../../checks/check.ts';
import { type Declaration, ref } from '../parity/law.ts';
import { out, type Spec } from '../services/support-traffic.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, factsOf, type Given, inputOf, noAws, objectionsOf, pointsOf, prepared, rulesOf } from './support.ts';

const ZONE: Declaration = { type: 'aws:route53/zone:Zone', name: 'zone', inputs: { name: 'shop.example' } };
const check = (name: string): Declaration => ({
  type: 'aws:route53/healthCheck:HealthCheck',
  name,
  inputs: { type: 'HTTPS', fqdn: `${name}.shop.example`, port: 443, resourcePath: '/', requestInterval: 10, failureThreshold: 3 },
});
const branch = (name: string, type: 'PRIMARY' | 'SECONDARY', ip: string): Declaration => ({
  type: 'aws:route53/record:Record',
  name,
  inputs: {
    zoneId: ref('aws:route53/zone:Zone', 'zone', 'zoneId'),
    name: 'www.shop.example',
    type: 'A',
    ttl: 30,
    records: [ip],
    setIdentifier: name,
    failoverRoutingPolicies: [{ type }],
    healthCheckId: ref('aws:route53/healthCheck:HealthCheck', `${name}-check`, 'id'),
  },
});
const DNS = [
  ZONE,
  check('first-check'),
  check('second-check'),
  branch('first', 'PRIMARY', '192.0.2.1'),
  branch('second', 'SECONDARY', '192.0.2.2'),
];
const DB: Declaration = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: {
    identifier: 'orders',
    engine: 'postgres',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    backupRetentionPeriod: 7,
    multiAz: true,
    username: 'admin1',
    skipFinalSnapshot: true,
  },
};
const ALARM: Declaration = {
  type: 'aws:cloudwatch/metricAlarm:MetricAlarm',
  name: 'lag',
  inputs: {
    name: 'lag',
    comparisonOperator: 'GreaterThanThreshold',
    evaluationPeriods: 3,
    threshold: 1,
    metricName: 'Nothing',
    namespace: 'Shop',
    period: 60,
    statistic: 'Maximum',
    alarmActions: ['arn:aws:sns:us-east-1:111122223333:page'],
  },
};

type Answers = (input: CheckInput) => Parameters<typeof answering>[1];

async function checked(given: Given, answers: Answers = () => ({})) {
  const { input } = await prepared(given);
  return automaticFailover.run({ ...input, aws: answering(input.aws, answers(input)) });
}

const healthy =
  (value: number): Answers =>
  (input) => ({ 'cloudwatch:GetMetricData': pointsOf([{ ageSeconds: 60, value }], input.now) });

describe('health checks', () => {
  it('is content with healthy ones, as they are in simulated AWS', async () => {
    const result = await checked({ declarations: DNS });
    expect(factsOf(result)).toEqual(['health check is healthy: true', 'health check is healthy: true']);
    expect(rulesOf(result)).toEqual([]);
  });

  it('finds those that fail', async () => {
    const result = await checked({ declarations: DNS }, healthy(0));
    expect(factsOf(result)).toEqual(['health check is healthy: false', 'health check is healthy: false']);
    expect(rulesOf(result)).toEqual(['live-health-check-unhealthy']);
  });

  it('does not know without CloudWatch and without the checkers', async () => {
    const denied = ['cloudwatch:GetMetricData', 'route53:GetHealthCheckStatus'];
    expect(rulesOf(await checked({ declarations: DNS, denied }))).toEqual(['live-health-check-unhealthy?']);
  });

  it('counts the checkers where CloudWatch has no data', async () => {
    const answers =
      (...status: readonly string[]): Answers =>
      () => ({
        'cloudwatch:GetMetricData': pointsOf([], 0),
        'route53:GetHealthCheckStatus': () => ({
          HealthCheckObservations: status.map((Status) => ({ StatusReport: { Status } })),
        }),
      });
    const good = await checked({ declarations: DNS }, answers('Success: HTTP Status Code 200, OK', 'Failure: timeout'));
    expect(rulesOf(good)).toEqual([]);
    const bad = await checked({ declarations: DNS }, answers('Failure: timeout', 'Failure: timeout'));
    expect(rulesOf(bad)).toEqual(['live-health-check-unhealthy']);
  });

  it('finds one that nothing names', async () => {
    const result = await checked({ declarations: [check('lonely')] }, healthy(0));
    expect(rulesOf(result)).toEqual(['live-health-check-unattached']);
  });
});

describe('what an unhealthy check means for the promise', () => {
  const DATABASE = 'aws:rds/instance:Instance';
  const CHECK = 'aws:route53/healthCheck:HealthCheck';
  const side = (name: string, type: string, region: string, inputs: Spec['inputs']): readonly Spec[] => [
    {
      type: DATABASE,
      name,
      region,
      inputs: { identifier: name, engine: 'postgres', ...inputs },
      outputs: { arn: `arn:${name}` },
    },
    { type: CHECK, name, inputs: { type: 'TCP', fqdn: out(DATABASE, name, 'address'), port: 5432 }, outputs: { arn: name } },
    {
      type: 'aws:route53/record:Record',
      name,
      inputs: {
        zoneId: 'Z1',
        name: 'db.shop.example',
        type: 'CNAME',
        ttl: 30,
        records: [out(DATABASE, name, 'address')],
        setIdentifier: name,
        failoverRoutingPolicies: [{ type }],
        healthCheckId: out(CHECK, name, 'id'),
      },
    },
  ];
  const specs = [
    ...side('orders', 'PRIMARY', 'us-east-1', {}),
    ...side('orders-dr', 'SECONDARY', 'eu-west-1', { replicateSourceDb: out(DATABASE, 'orders', 'arn') }),
  ];
  const status = (unhealthy: string, now: number) =>
    answering(noAws, {
      'route53:GetHealthCheckStatus': (asked) => {
        const failed = (asked as { readonly HealthCheckId: string }).HealthCheckId === unhealthy;
        return { HealthCheckObservations: [{ StatusReport: { Status: failed ? 'Failure: timeout' : 'Success: TCP' } }] };
      },
      'cloudwatch:GetMetricData': pointsOf([], now),
    });
  it.each([
    ['none', []],
    ['orders', ['RTO-region unknown']],
    ['orders-dr', ['RTO-region not-met']],
  ])('of %s', async (name, objections) => {
    const input = inputOf(specs, promising('{ RTO: { region: 1h } }'));
    for (const item of input.judgement.estate.resources.values()) Object.assign(item.resource, { id: item.resource.name });
    const result = await automaticFailover.run({ ...input, aws: status(name, input.now) });
    expect(objectionsOf(result)).toEqual(objections);
  });
});

describe('alarms', () => {
  it('finds one without data, unless missing data breaches', async () => {
    expect(rulesOf(await checked({ declarations: [ALARM] }))).toEqual(['live-alarm-insufficient-data']);
    const breaching = { ...ALARM, inputs: { ...ALARM.inputs, treatMissingData: 'breaching' } };
    expect(rulesOf(await checked({ declarations: [breaching] }))).toEqual([]);
  });

  it('is content with one that has data', async () => {
    const fine = await checked({ declarations: [ALARM] }, () => ({
      'cloudwatch:DescribeAlarms': () => ({ MetricAlarms: [{ AlarmName: 'lag', StateValue: 'OK' }] }),
    }));
    expect(factsOf(fine)).toEqual(['state of the alarm: OK']);
    expect(rulesOf(fine)).toEqual([]);
  });

  it('does not know the state of one that may not be read', async () => {
    const result = await checked({ declarations: [ALARM], denied: ['cloudwatch:DescribeAlarms'] });
    expect(rulesOf(result)).toEqual(['live-alarm-insufficient-data?']);
  });
});

describe('the second AZ of a database', () => {
  const agreed = promising('{ RTO: { az: 15m }, RPO: { az: 1m } }');
  const shown =
    (member: object): Answers =>
    () => ({
      'rds:DescribeDBInstances': () => ({
        DBInstances: [{ DBInstanceIdentifier: 'orders', MultiAZ: true, AvailabilityZone: 'us-east-1a', ...member }],
      }),
    });

  it('is there in simulated AWS', async () => {
    const result = await checked({ declarations: [DB], catalogue: agreed });
    expect(factsOf(result)[0]).toMatch(/^AZ of the standby: us-east-1/);
    expect(rulesOf(result)).toEqual([]);
    expect(objectionsOf(result)).toEqual([]);
  });

  it.each([
    ['none', {}],
    ['the same', { SecondaryAvailabilityZone: 'us-east-1a' }],
  ])('counts against the promise when it is %s', async (_, member) => {
    const result = await checked({ declarations: [DB], catalogue: agreed }, shown(member));
    expect(rulesOf(result)).toEqual(['live-multi-az-without-standby']);
    expect(objectionsOf(result)).toEqual(['RPO-az not-met', 'RTO-az not-met']);
  });

  it('leaves the promise unknown when it may not be read', async () => {
    const result = await checked({ declarations: [DB], catalogue: agreed, denied: ['rds:DescribeDBInstances'] });
    expect(rulesOf(result)).toEqual(['live-multi-az-without-standby?']);
    expect(objectionsOf(result)).toEqual(['RPO-az unknown', 'RTO-az unknown']);
  });
});
