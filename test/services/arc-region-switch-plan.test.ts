import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { arcRegionSwitchPlan } from '../../src/services/arc-region-switch-plan.ts';
import { answer, hole, out, read, type Spec, timing, value } from './support-traffic.ts';

const PLAN = 'aws:arcregionswitch/plan:Plan';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const CHECK = 'aws:route53/healthCheck:HealthCheck';
const GLOBAL = 'aws:rds/globalCluster:GlobalCluster';
const GROUP = 'aws:autoscaling/group:Group';

const stage: readonly Spec[] = [
  { type: ALARM, name: 'down', region: 'us-west-2', inputs: { period: 60, evaluationPeriods: 3 } },
  { type: ALARM, name: 'here', region: 'us-east-1', inputs: { period: 60, evaluationPeriods: 3 } },
  { type: ALARM, name: 'third', region: 'eu-west-1', inputs: { period: 60, evaluationPeriods: 3 } },
  ...(['east', 'west'] as const).flatMap((name): readonly Spec[] => [
    { type: BALANCER, name, region: name === 'east' ? 'us-east-1' : 'us-west-2' },
    {
      type: CHECK,
      name,
      inputs: { type: 'HTTPS', fqdn: out(BALANCER, name, 'dnsName'), requestInterval: 10, failureThreshold: 3 },
    },
    {
      type: ALARM,
      name: `${name} unhealthy`,
      region: 'eu-west-1',
      inputs: {
        period: 60,
        evaluationPeriods: 1,
        metricName: 'HealthCheckStatus',
        dimensions: { HealthCheckId: out(CHECK, name, 'id') },
      },
    },
  ]),
  { type: GLOBAL, name: 'orders' },
  { type: GROUP, name: 'web', region: 'us-west-2' },
];
const aurora = (behavior: Value, ungracefuls: Value = null): Value => ({
  name: 'database',
  executionBlockType: 'AuroraGlobalDatabase',
  globalAuroraConfigs: [{ behavior, ungracefuls, globalClusterIdentifier: out(GLOBAL, 'orders', 'id'), databaseClusterArns: [] }],
});
const scale: Value = {
  name: 'scale',
  executionBlockType: 'EC2AutoScaling',
  ec2AsgCapacityIncreaseConfigs: [{ asgs: [{ arn: out(GROUP, 'web', 'arn') }] }],
};
const approval: Value = {
  name: 'approve',
  executionBlockType: 'ManualApproval',
  executionApprovalConfigs: [{ approvalRole: 'x', timeoutMinutes: 30 }],
};
const parallel = (...steps: readonly Value[]): Value => ({
  name: 'together',
  executionBlockType: 'Parallel',
  parallelConfigs: [{ steps }],
});
const trigger: Value = {
  action: 'activate',
  targetRegion: 'us-west-2',
  minDelayMinutesBetweenExecutions: 30,
  conditions: [{ associatedAlarmName: 'down', condition: 'red' }],
};

const plan = (steps: Value, more: { readonly [key: string]: Value } = {}) =>
  read(
    arcRegionSwitchPlan,
    {
      type: PLAN,
      name: 'switch',
      inputs: {
        recoveryApproach: 'activePassive',
        regions: ['us-east-1', 'us-west-2'],
        primaryRegion: 'us-east-1',
        associatedAlarms: [{ mapBlockKey: 'down', alarmType: 'trigger', resourceIdentifier: out(ALARM, 'down', 'arn') }],
        triggers: [trigger],
        workflows: [{ workflowTargetAction: 'activate', workflowTargetRegion: 'us-west-2', steps }],
        ...more,
      },
    },
    ...stage,
  ).meaning.orchestrations.map((o) => `${o.action} ${o.automation} ${answer(o.armed)}`);

/** Started by an alarm on a health check of the load balancer there. */
const switching = (watched: string) =>
  plan([aurora('failover')], {
    associatedAlarms: [{ mapBlockKey: 'down', resourceIdentifier: out(ALARM, `${watched} unhealthy`, 'arn') }],
  });

describe('steps', () => {
  it.each([
    ['failover', plan([aurora('failover')]), ['aurora-global-failover orchestrated yes']],
    ['switchover only', plan([aurora('switchoverOnly')]), ['aurora-global-failover orchestrated no']],
    [
      'switchover with an ungraceful way',
      plan([aurora('switchoverOnly', [{ ungraceful: 'failover' }])]),
      ['aurora-global-failover orchestrated yes'],
    ],
    ['behaviour not known', plan([aurora(hole)]), ['aurora-global-failover orchestrated unresolved-at-preview']],
    ['no trigger', plan([aurora('failover')], { triggers: null }), ['aurora-global-failover human-decision yes']],
    [
      'triggers not known',
      plan([aurora('failover')], { triggers: hole }),
      ['aurora-global-failover human-decision unresolved-at-preview'],
    ],
    [
      'trigger for the other Region',
      plan([aurora('failover')], { triggers: [{ ...Object(trigger), targetRegion: 'us-east-1' }] }),
      ['aurora-global-failover human-decision yes'],
    ],
    [
      'alarm in the lost Region',
      plan([aurora('failover')], { associatedAlarms: [{ mapBlockKey: 'down', resourceIdentifier: out(ALARM, 'here', 'arn') }] }),
      ['aurora-global-failover orchestrated no'],
    ],
    [
      'alarm in a third Region',
      plan([aurora('failover')], { associatedAlarms: [{ mapBlockKey: 'down', resourceIdentifier: out(ALARM, 'third', 'arn') }] }),
      ['aurora-global-failover orchestrated yes'],
    ],
    ['alarm on a check of the Region that is lost', switching('east'), ['aurora-global-failover orchestrated yes']],
    ['alarm on a check of the Region that takes over', switching('west'), ['aurora-global-failover orchestrated no']],
    ['approval first', plan([approval, aurora('failover')]), ['aurora-global-failover human-decision yes']],
    [
      'approval afterwards',
      plan([aurora('failover'), approval, scale]),
      ['aurora-global-failover orchestrated yes', 'asg-scale human-decision yes'],
    ],
    [
      'approval hidden in a parallel block',
      plan([parallel(approval, scale), aurora('failover')]),
      ['asg-scale human-decision yes', 'aurora-global-failover human-decision yes'],
    ],
    ['approval hidden two blocks deep', plan([parallel(parallel(approval)), scale]), ['asg-scale human-decision yes']],
    ['steps not known', plan(hole), []],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

it('waits for the alarm, the start and the steps before, the slowest of parallel ones', () => {
  const { meaning } = read(
    arcRegionSwitchPlan,
    {
      type: PLAN,
      name: 'switch',
      inputs: {
        associatedAlarms: [{ mapBlockKey: 'down', resourceIdentifier: out(ALARM, 'down', 'arn') }],
        triggers: [trigger],
        workflows: [{ workflowTargetAction: 'activate', steps: [parallel(scale, scale), aurora('failover')] }],
      },
    },
    ...stage,
  );
  // A time made of no parts would be no time at all.
  expect(timing(meaning.orchestrations[0]?.lead)).toBe('slowest(120-180s + cloudwatch-metric-delay) + region-switch-start + 0s');
  const last = meaning.orchestrations[2];
  expect(timing(last?.lead)).toBe(
    'slowest(120-180s + cloudwatch-metric-delay) + region-switch-start + slowest(region-switch-step, region-switch-step)',
  );
  expect(last?.targets.map((t) => value(t).replace(/^.*::/, ''))).toEqual(['orders']);
});

it('waits for the health check before the alarm that follows it', () => {
  const { meaning } = read(
    arcRegionSwitchPlan,
    {
      type: PLAN,
      name: 'switch',
      inputs: {
        associatedAlarms: [{ mapBlockKey: 'down', resourceIdentifier: out(ALARM, 'east unhealthy', 'arn') }],
        triggers: [trigger],
        workflows: [{ workflowTargetAction: 'activate', steps: [aurora('failover')] }],
      },
    },
    ...stage,
  );
  expect(timing(meaning.orchestrations[0]?.lead)).toBe(
    'slowest(20-30s + route53-health-aggregation + 0-60s + cloudwatch-metric-delay) + region-switch-start + 0s',
  );
});

it.each([
  ['all of it', {}, 1],
  ['half of it', { targetPercent: 50 }, 0.5],
])('scales to a share of the other Region: %s', (_, config, share) => {
  const { meaning } = read(
    arcRegionSwitchPlan,
    {
      type: PLAN,
      name: 'switch',
      inputs: {
        workflows: [
          {
            workflowTargetAction: 'activate',
            steps: [
              {
                name: 'scale',
                executionBlockType: 'EC2AutoScaling',
                ec2AsgCapacityIncreaseConfigs: [{ asgs: [{ arn: out(GROUP, 'web', 'arn') }], ...config }],
              },
              aurora('failover'),
            ],
          },
        ],
      },
    },
    ...stage,
  );
  const [scaled, moved] = meaning.orchestrations.map((o) => o.grows);
  expect(scaled === undefined ? undefined : value(scaled)).toBe(share);
  expect(moved).toBeUndefined();
});

it('runs the steps of a nested plan', () => {
  const found = read(
    arcRegionSwitchPlan,
    {
      type: PLAN,
      name: 'outer',
      inputs: {
        workflows: [
          {
            workflowTargetAction: 'activate',
            steps: [
              {
                name: 'inner',
                executionBlockType: 'ARCRegionSwitchPlan',
                regionSwitchPlanConfigs: [{ arn: out(PLAN, 'inner', 'arn') }],
              },
            ],
          },
        ],
      },
    },
    {
      type: PLAN,
      name: 'inner',
      inputs: { workflows: [{ workflowTargetAction: 'activate', steps: [approval, aurora('failover')] }] },
    },
    ...stage,
  ).meaning.orchestrations;
  expect(found.map((o) => [o.action, o.automation])).toEqual([['aurora-global-failover', 'human-decision']]);
});
