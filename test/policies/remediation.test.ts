/** Remediations: off until somebody asks, and after one its rule has nothing to say. */
import { describe, expect, it } from 'vitest';
import { MENDS } from '../../policies/mends.ts';
import { type Registration, secret, served, UNKNOWN, urnOf } from './served.ts';

const east = { providerInputs: { region: 'us-east-1' } };
const made = (
  type: string,
  name: string,
  inputs: Registration['inputs'],
  outputs: object = {},
  region = 'us-east-1',
): Registration => ({
  type,
  name,
  inputs,
  outputs: { ...inputs, ...outputs },
  provider: region,
  providerInputs: { region },
});

const balancer = (name: string, region: string) =>
  made(
    'aws:lb/loadBalancer:LoadBalancer',
    name,
    { subnets: ['subnet-1', 'subnet-2'] },
    { dnsName: `${name}.elb`, id: name },
    region,
  );
const record = (name: string, target: string, more: object) =>
  made('aws:route53/record:Record', name, {
    zoneId: 'Z1',
    name: 'shop.test',
    type: 'A',
    setIdentifier: name,
    aliases: [{ name: `${target}.elb`, zoneId: 'Z2', evaluateTargetHealth: true }],
    ...more,
  });
const weighted = { weightedRoutingPolicies: [{ weight: 1 }] };
const failover = (type: string, more: object = {}) => ({ failoverRoutingPolicies: [{ type }], ...more });
const zone = made('aws:route53/zone:Zone', 'zone', { name: 'shop.test' }, { zoneId: 'Z1', id: 'Z1' });
const check = (inputs: object) =>
  made('aws:route53/healthCheck:HealthCheck', 'check', { type: 'HTTPS', fqdn: 'east.elb', ...inputs }, { id: 'hc-1' });
const pair = [
  zone,
  balancer('east', 'us-east-1'),
  balancer('west', 'us-west-2'),
  record('first', 'east', failover('PRIMARY', { healthCheckId: 'hc-1' })),
  record('second', 'west', failover('SECONDARY')),
];
const alarm = made('aws:cloudwatch/metricAlarm:MetricAlarm', 'alarm', {
  name: 'shop-errors',
  namespace: 'Shop',
  metricName: 'Errors',
});

/** By rule: a stack where it fires, and the resource that is mended. */
const CASES: Readonly<Record<string, readonly (readonly [Registration, ...Registration[]])[]>> = {
  'db-deletion-protection-off': [
    [made('aws:rds/instance:Instance', 'orders', { engine: 'postgres', deletionProtection: false })],
    [made('aws:rds/cluster:Cluster', 'orders', { engine: 'aurora-postgresql' })],
    [made('aws:rds/globalCluster:GlobalCluster', 'orders', { globalClusterIdentifier: 'orders' })],
    [made('aws:docdb/cluster:Cluster', 'orders', {})],
    [made('aws:neptune/cluster:Cluster', 'orders', {})],
    [made('aws:dynamodb/table:Table', 'carts', { replicas: [{ regionName: 'us-west-2' }] })],
  ],
  'force-destroy-on-data': [
    [made('aws:s3/bucket:Bucket', 'files', { forceDestroy: true })],
    [made('aws:ecr/repository:Repository', 'images', { forceDelete: true })],
  ],
  'rds-backup-retention-zero': [
    [made('aws:rds/instance:Instance', 'orders', { engine: 'postgres' })],
    [made('aws:rds/instance:Instance', 'orders', { engine: 'postgres', backupRetentionPeriod: 0 })],
  ],
  'dynamodb-no-pitr': [
    [made('aws:dynamodb/table:Table', 'carts', {})],
    [
      made('aws:dynamodb/table:Table', 'carts', {
        pointInTimeRecovery: { enabled: false },
        replicas: [{ regionName: 'us-west-2' }],
      }),
    ],
  ],
  'kms-deletion-window-short': [[made('aws:kms/key:Key', 'key', { deletionWindowInDays: 7 })]],
  'dns-alias-ignores-target-health': [
    [
      record('a', 'east', { ...weighted, aliases: [{ name: 'east.elb', zoneId: 'Z2', evaluateTargetHealth: false }] }),
      zone,
      balancer('east', 'us-east-1'),
      balancer('west', 'us-west-2'),
      record('b', 'west', weighted),
    ],
  ],
  'hc-disabled-or-inverted': [
    [check({ disabled: true }), ...pair],
    [check({ invertHealthcheck: true }), ...pair],
  ],
  'hc-alarm-insufficient-data-healthy': [
    [
      check({ type: 'CLOUDWATCH_METRIC', cloudwatchAlarmName: 'shop-errors', cloudwatchAlarmRegion: 'us-east-1' }),
      alarm,
      ...pair,
    ],
  ],
  'asg-health-check-ec2-only': [
    [
      made('aws:autoscaling/group:Group', 'web', {
        minSize: 2,
        maxSize: 4,
        targetGroupArns: ['arn:tg'],
        availabilityZones: ['us-east-1a'],
      }),
      made('aws:lb/targetGroup:TargetGroup', 'tg', { port: 80, protocol: 'HTTP' }, { arn: 'arn:tg' }),
    ],
  ],
  'lb-zonal-shift-off': [[balancer('east', 'us-east-1')]],
};

it('has a case for each mend', () => expect(Object.keys(CASES).sort()).toEqual(Object.keys(MENDS).sort()));

describe.each(Object.entries(CASES))('%s', (rule, stacks) => {
  it.each(stacks.map((stack) => [stack[0].type, stack] as const))(
    '%s: fires, and is silent after its remediation',
    async (_type, stack) => {
      const before = await served().preview(stack);
      expect(before.said.filter((s) => s.policy === rule).map((s) => s.urn)).toContain(urnOf(stack[0].type, stack[0].name));
      expect(before.remediated.size, 'off by default').toBe(0);
      const after = await served({ [rule]: 'remediate' }).preview(stack);
      expect(after.remediated.get(urnOf(stack[0].type, stack[0].name))?.by).toEqual([rule]);
      expect(after.said.filter((s) => s.policy === rule)).toEqual([]);
      expect(after.said.filter((s) => s.policy === 'obligations' && s.message.includes(rule))).toEqual([]);
      // Once mended there is nothing left to mend.
      const inputs = after.remediated.get(urnOf(stack[0].type, stack[0].name))?.inputs ?? {};
      const again = await served({ [rule]: 'remediate' }).preview([{ ...stack[0], inputs }, ...stack.slice(1)]);
      expect(again.remediated.size).toBe(0);
    },
  );
});

describe('a remediation', () => {
  const orders = (inputs: object) => made('aws:rds/instance:Instance', 'orders', { engine: 'postgres', ...inputs });
  const on = { 'db-deletion-protection-off': 'remediate', 'rds-backup-retention-zero': 'remediate' } as const;

  it('leaves alone what nobody knows yet', async () => {
    const { remediated } = await served(on).preview([orders({ deletionProtection: UNKNOWN, backupRetentionPeriod: UNKNOWN })]);
    expect(remediated.size).toBe(0);
  });

  it('leaves secrets secret and unknown values unknown', async () => {
    const { remediated } = await served(on).preview([
      orders({ password: secret('hunter2'), vpcSecurityGroupIds: [UNKNOWN], dbSubnetGroupName: UNKNOWN }),
    ]);
    expect(remediated.get(urnOf('aws:rds/instance:Instance', 'orders'))?.inputs).toEqual({
      engine: 'postgres',
      password: secret('hunter2'),
      vpcSecurityGroupIds: [UNKNOWN],
      dbSubnetGroupName: UNKNOWN,
      deletionProtection: true,
      backupRetentionPeriod: 7,
    });
  });

  it('keeps backups as long as it is configured to, and never shorter than before', async () => {
    const days = async (inputs: object, config: object) => {
      const rule = { enforcementLevel: 'remediate' as const, ...config };
      const { remediated } = await served({ 'rds-backup-retention-zero': rule }).preview([{ ...orders(inputs), ...east }]);
      return remediated.get(urnOf('aws:rds/instance:Instance', 'orders'))?.inputs.backupRetentionPeriod;
    };
    expect(await days({}, { days: 14 })).toBe(14);
    expect(await days({}, { days: 90 })).toBe(35);
    expect(await days({ backupRetentionPeriod: 21 }, { days: 14 })).toBeUndefined();
  });
});
