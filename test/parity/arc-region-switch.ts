/** Region switch plans with triggers, approvals, nested and parallel steps of many kinds. */
import fc from 'fast-check';
import type { Values } from '../../src/model/value.ts';
import { type Declaration, inputs, ref } from './law.ts';

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const EAST = 'us-east-1';
const WEST = 'us-west-2';
const ACCOUNT = '111122223333';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const database = fc
  .record({
    behavior: fc.constantFrom('switchoverOnly', 'failover'),
    ungraceful: maybe(fc.constant('failover')),
    kind: fc.constantFrom('AuroraGlobalDatabase', 'DocumentDb'),
  })
  .map(({ behavior, ungraceful, kind }): Values => {
    const config = inputs({
      behavior,
      globalClusterIdentifier: 'orders-global',
      databaseClusterArns: [EAST, WEST].map((r) => `arn:aws:rds:${r}:${ACCOUNT}:cluster:orders`),
      ungracefuls: ungraceful === undefined ? undefined : [{ ungraceful }],
    });
    const property = kind === 'DocumentDb' ? 'documentDbConfigs' : 'globalAuroraConfigs';
    return { name: 'database', executionBlockType: kind, [property]: [config] };
  });

const other: fc.Arbitrary<Values> = fc.constantFrom<Values>(
  {
    name: 'capacity',
    executionBlockType: 'EC2AutoScaling',
    ec2AsgCapacityIncreaseConfigs: [
      {
        capacityMonitoringApproach: 'sampledMaxInLast24Hours',
        targetPercent: 100,
        asgs: [{ arn: `arn:aws:autoscaling:${WEST}:${ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/web` }],
        ungraceful: { minimumSuccessPercentage: 80 },
      },
    ],
  },
  {
    name: 'controls',
    executionBlockType: 'ARCRoutingControl',
    arcRoutingControlConfigs: [
      {
        regionAndRoutingControls: [
          {
            region: EAST,
            routingControls: [
              { routingControlArn: 'arn:aws:route53-recovery-control::1:controlpanel/a/routingcontrol/b', state: 'On' },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'function',
    executionBlockType: 'CustomActionLambda',
    customActionLambdaConfigs: [
      {
        regionToRun: 'activatingRegion',
        retryIntervalMinutes: 1,
        lambdas: [{ arn: `arn:aws:lambda:${WEST}:${ACCOUNT}:function:switch` }],
      },
    ],
  },
  {
    name: 'replica',
    executionBlockType: 'RdsPromoteReadReplica',
    rdsPromoteReadReplicaConfigs: [{ dbInstanceArnMap: { [WEST]: `arn:aws:rds:${WEST}:${ACCOUNT}:db:orders` } }],
  },
  {
    name: 'dns',
    executionBlockType: 'Route53HealthCheck',
    route53HealthCheckConfigs: [
      {
        hostedZoneId: 'Z1',
        recordName: 'www.example.com',
        recordSets: [
          { recordSetIdentifier: 'east', region: EAST },
          { recordSetIdentifier: 'west', region: WEST },
        ],
      },
    ],
  },
);

const approval: Values = {
  name: 'approval',
  executionBlockType: 'ManualApproval',
  executionApprovalConfigs: [{ approvalRole: 'arn:aws:iam::111122223333:role/approver' }],
};

export const plans: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    first: fc.oneof(database, other),
    second: fc.oneof(database, other),
    approval: fc.constantFrom('none', 'first', 'between', 'parallel'),
    parallel: fc.boolean(),
    trigger: fc.boolean(),
    alarmRegion: fc.constantFrom(EAST, WEST),
    target: fc.constantFrom(undefined, WEST),
    objective: maybe(fc.integer({ min: 1, max: 60 })),
  })
  .map((v) => {
    const second = { ...v.second, name: 'second' };
    const together: Values = {
      name: 'together',
      executionBlockType: 'Parallel',
      parallelConfigs: [{ steps: [v.first, second, ...(v.approval === 'parallel' ? [approval] : [])] }],
    };
    const inTurn = [v.first, ...(v.approval === 'between' ? [approval] : []), second];
    const steps = [...(v.approval === 'first' ? [approval] : []), ...(v.parallel ? [together] : inTurn)];
    const plan = inputs({
      name: 'switch',
      executionRole: 'arn:aws:iam::111122223333:role/switch',
      recoveryApproach: 'activePassive',
      regions: [EAST, WEST],
      primaryRegion: EAST,
      recoveryTimeObjectiveMinutes: v.objective,
      associatedAlarms: v.trigger
        ? [{ mapBlockKey: 'down', alarmType: 'trigger', resourceIdentifier: ref(ALARM, 'alarm', 'arn') }]
        : undefined,
      triggers: v.trigger
        ? [
            {
              action: 'activate',
              targetRegion: WEST,
              minDelayMinutesBetweenExecutions: 30,
              conditions: [{ associatedAlarmName: 'down', condition: 'red' }],
            },
          ]
        : undefined,
      workflows: [inputs({ workflowTargetAction: 'activate', workflowTargetRegion: v.target, steps })],
    });
    const alarm = {
      namespace: 'Shop',
      metricName: 'Up',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      statistic: 'Minimum',
    };
    return [
      { type: 'aws:arcregionswitch/plan:Plan', name: 'plan', inputs: plan },
      { type: ALARM, name: 'alarm', inputs: { name: 'down', ...alarm, evaluationPeriods: 2, period: 60 }, region: v.alarmRegion },
    ];
  });
