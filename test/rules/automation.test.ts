import { describe } from 'vitest';
import { automationRules } from '../../src/rules/automation.ts';
import type { Declared, RuleCase } from './rule-cases.ts';
import { checkFamily, declared, hole, out } from './rule-cases.ts';

type Inputs = Declared['inputs'];
const WEST = 'us-west-2';
const cluster = declared('aws:route53recoverycontrol/cluster:Cluster', 'arc', {});
const control = (name: string, inputs: Inputs = {}) =>
  declared('aws:route53recoverycontrol/routingControl:RoutingControl', name, { clusterArn: out(cluster, 'arn'), ...inputs });
const safety = (asserted: Inputs[string], threshold: Inputs[string] = 1) =>
  declared('aws:route53recoverycontrol/safetyRule:SafetyRule', 'rule', {
    assertedControls: asserted,
    ruleConfig: { type: 'ATLEAST', threshold, inverted: false },
  });
const controls = [cluster, control('east'), control('west')];
const bothOn = [out(control('east'), 'arn'), out(control('west'), 'arn')];
const check = (inputs: Inputs = {}) =>
  declared('aws:route53/healthCheck:HealthCheck', 'hc', {
    type: 'RECOVERY_CONTROL',
    routingControlArn: out(control('east'), 'arn'),
    ...inputs,
  });
const record = declared('aws:route53/record:Record', 'www', {
  zoneId: 'Z1',
  name: 'www.shop.test',
  type: 'A',
  records: ['192.0.2.1'],
  ttl: 60,
  healthCheckId: out(check(), 'id'),
});
const bound = [cluster, control('east'), check(), record];

const alarm = (inputs: Inputs = {}, name = 'alarm') =>
  declared(
    'aws:cloudwatch/metricAlarm:MetricAlarm',
    name,
    { metricName: 'HealthyHostCount', namespace: 'AWS/ApplicationELB', period: 60, evaluationPeriods: 3, ...inputs },
    WEST,
  );
const byAlarm = (inputs: Inputs = {}) =>
  check({ type: 'CLOUDWATCH_METRIC', routingControlArn: null, cloudwatchAlarmName: out(alarm(), 'name'), ...inputs });
const triggers = [{ action: 'activate', targetRegion: WEST, conditions: [{ associatedAlarmName: 'down', condition: 'red' }] }];
const associatedAlarms = [{ mapBlockKey: 'down', resourceIdentifier: out(alarm(), 'arn'), alarmType: 'trigger' }];
const plan = (steps: Inputs[string], inputs: Inputs = {}) =>
  declared('aws:arcregionswitch/plan:Plan', 'plan', {
    regions: ['us-east-1', WEST],
    primaryRegion: 'us-east-1',
    recoveryApproach: 'activePassive',
    associatedAlarms,
    triggers,
    workflows: [{ workflowTargetAction: 'activate', workflowTargetRegion: WEST, steps }],
    ...inputs,
  });
const global = declared('aws:rds/globalCluster:GlobalCluster', 'global', {
  globalClusterIdentifier: 'shop',
  engine: 'aurora-postgresql',
});
const aurora = (behavior: Inputs[string] = 'failover') => ({
  name: 'database',
  executionBlockType: 'AuroraGlobalDatabase',
  globalAuroraConfigs: [{ behavior, globalClusterIdentifier: out(global, 'globalClusterIdentifier'), databaseClusterArns: [] }],
});
const routing = {
  name: 'traffic',
  executionBlockType: 'ARCRoutingControl',
  arcRoutingControlConfigs: [
    {
      regionAndRoutingControls: [
        { region: WEST, routingControls: [{ routingControlArn: out(control('east'), 'arn'), state: 'On' }] },
      ],
    },
  ],
};
const approval = { name: 'ask', executionBlockType: 'ManualApproval', executionApprovalConfigs: [{ approvalRole: 'r' }] };
const member = (name: string, region?: string) =>
  declared('aws:rds/cluster:Cluster', name, { engine: 'aurora-postgresql', globalClusterIdentifier: out(global, 'id') }, region);
const replicated = [global, member('db-east'), member('db-west', WEST)];

const balancer = (side: string, region?: string) =>
  declared('aws:lb/loadBalancer:LoadBalancer', `lb-${side}`, { subnets: ['subnet-1', 'subnet-2'] }, region);
const targets = (side: string, region?: string) => declared('aws:lb/targetGroup:TargetGroup', `tg-${side}`, {}, region);
const pool = (side: string, inputs: Inputs, region?: string) =>
  declared(
    'aws:autoscaling/group:Group',
    `pool-${side}`,
    {
      minSize: 1,
      maxSize: 9,
      desiredCapacity: 4,
      availabilityZones: ['us-east-1a', 'us-east-1b'],
      targetGroupArns: [out(targets(side), 'arn')],
      ...inputs,
    },
    region,
  );
const side = (name: string, type: string, inputs: Inputs, region?: string) => [
  balancer(name, region),
  targets(name, region),
  pool(name, inputs, region),
  declared(
    'aws:lb/listener:Listener',
    `l-${name}`,
    {
      loadBalancerArn: out(balancer(name), 'arn'),
      defaultActions: [{ type: 'forward', targetGroupArn: out(targets(name), 'arn') }],
    },
    region,
  ),
  declared('aws:route53/record:Record', `www-${name}`, {
    zoneId: 'Z1',
    name: 'www.shop.test',
    type: 'A',
    setIdentifier: name,
    failoverRoutingPolicies: [{ type }],
    aliases: [{ name: out(balancer(name), 'dnsName'), zoneId: 'Z2', evaluateTargetHealth: true }],
  }),
];
const pools = (west: Inputs) => [...side('east', 'PRIMARY', {}), ...side('west', 'SECONDARY', west, WEST)];
const reservation = (region: string | null = WEST) =>
  declared('aws:ec2/capacityReservation:CapacityReservation', 'kept', { instanceType: 'm5.large', instanceCount: 4 }, region);
const scale = {
  name: 'grow',
  executionBlockType: 'EC2AutoScaling',
  ec2AsgCapacityIncreaseConfigs: [{ asgs: [{ arn: out(pool('west', {}), 'arn') }] }],
};
const fn = (name: string, inputs: Inputs = {}, region?: string | null) =>
  declared('aws:lambda/function:Function', name, inputs, region);
const run = (region?: string | null) => [
  fn('mover', {}, region),
  plan([
    {
      name: 'move',
      executionBlockType: 'CustomActionLambda',
      customActionLambdaConfigs: [{ lambdas: [{ arn: out(fn('mover'), 'arn') }] }],
    },
  ]),
];
const twins = (east: Inputs, west: Inputs) => [fn('api-east', east), fn('api-west', west, WEST)];
const env = (variables: Inputs[string]): Inputs => ({ environment: { variables } });
const region = [['RTO', 'region', 900]] as const;
const detect = [['DETECT', 'region', 60]] as const;

const CASES: readonly RuleCase[] = [
  {
    rule: 'arc-routing-control-no-safety-rule',
    says: 'two controls have no rule',
    estate: controls,
    answer: 'fires',
    names: 'east',
  },
  {
    rule: 'arc-routing-control-no-safety-rule',
    says: 'the rule allows all off',
    estate: [...controls, safety(bothOn, 0)],
    answer: 'fires',
  },
  {
    rule: 'arc-routing-control-no-safety-rule',
    says: 'one must stay on',
    estate: [...controls, safety(bothOn)],
    answer: 'silent',
  },
  {
    rule: 'arc-routing-control-no-safety-rule',
    says: 'how many must is not known',
    estate: [...controls, safety(bothOn, hole)],
    answer: 'unknown',
  },
  {
    rule: 'arc-routing-control-unbound',
    says: 'no health check follows it',
    estate: [cluster, control('east')],
    answer: 'fires',
  },
  { rule: 'arc-routing-control-unbound', says: 'a record follows it', estate: bound, answer: 'silent' },
  {
    rule: 'arc-routing-control-unbound',
    says: 'what a health check follows is not known',
    estate: [cluster, control('east'), check({ routingControlArn: hole }), record],
    answer: 'unknown',
  },
  { rule: 'arc-routing-control-human-switch', says: 'nothing sets it', estate: bound, answer: 'fires' },
  {
    rule: 'arc-routing-control-human-switch',
    says: 'a plan with a trigger does',
    estate: [...bound, alarm(), plan([routing])],
    answer: 'silent',
  },
  {
    rule: 'arc-routing-control-human-switch',
    says: 'what starts the plan is not known',
    estate: [...bound, alarm(), plan([routing], { triggers: [{ action: 'activate', targetRegion: WEST, conditions: hole }] })],
    answer: 'unknown',
  },
  { rule: 'region-switch-plan-no-trigger', says: 'it has none', estate: [plan([], { triggers: [] })], answer: 'fires' },
  { rule: 'region-switch-plan-no-trigger', says: 'it has one', estate: [alarm(), plan([])], answer: 'silent' },
  {
    rule: 'region-switch-plan-no-trigger',
    says: 'they are not known',
    estate: [plan([], { triggers: hole })],
    answer: 'unknown',
  },
  {
    rule: 'region-switch-plan-manual-approval',
    says: 'somebody is asked first',
    estate: [global, alarm(), plan([approval, aurora()])],
    answer: 'fires',
    names: 'database',
  },
  {
    rule: 'region-switch-plan-manual-approval',
    says: 'somebody is asked afterwards',
    estate: [global, alarm(), plan([aurora(), approval])],
    answer: 'silent',
  },
  {
    rule: 'region-switch-plan-manual-approval',
    says: 'a block is not known',
    estate: [global, alarm(), plan([{ name: 'x', executionBlockType: hole }])],
    answer: 'unknown',
  },
  {
    rule: 'region-switch-plan-switchover-only',
    says: 'the step only switches over',
    estate: [global, alarm(), plan([aurora('switchoverOnly')])],
    answer: 'fires',
    names: 'database',
  },
  {
    rule: 'region-switch-plan-switchover-only',
    says: 'it fails over',
    estate: [global, alarm(), plan([aurora()])],
    answer: 'silent',
  },
  {
    rule: 'region-switch-plan-switchover-only',
    says: 'which of both is not known',
    estate: [global, alarm(), plan([aurora(hole)])],
    answer: 'unknown',
  },
  {
    rule: 'region-switch-plan-omits-resource',
    says: 'the database has no step',
    estate: [...replicated, alarm(), plan([])],
    answer: 'fires',
    names: 'global',
  },
  {
    rule: 'region-switch-plan-omits-resource',
    says: 'it has one',
    estate: [...replicated, alarm(), plan([aurora()])],
    answer: 'silent',
  },
  {
    rule: 'region-switch-plan-omits-resource',
    says: 'the steps are not known',
    estate: [...replicated, alarm(), plan(hole)],
    answer: 'unknown',
  },
  {
    rule: 'region-switch-capacity-not-reserved',
    says: 'nothing is reserved',
    estate: [...pools({}), alarm(), plan([scale])],
    answer: 'fires',
    names: WEST,
  },
  {
    rule: 'region-switch-capacity-not-reserved',
    says: 'capacity is kept',
    estate: [...pools({}), reservation(), alarm(), plan([scale])],
    answer: 'silent',
  },
  {
    rule: 'region-switch-capacity-not-reserved',
    says: 'where it is kept is not known',
    estate: [...pools({}), reservation(null), alarm(), plan([scale])],
    answer: 'unknown',
  },
  {
    rule: 'capacity-not-reserved',
    says: '1 of 2 runs',
    estate: pools({ desiredCapacity: 1 }),
    agreed: [['MBCO', 'region', 50]],
    answer: 'fires',
    names: '1 of the 2',
  },
  {
    rule: 'capacity-not-reserved',
    says: 'enough run',
    estate: pools({ desiredCapacity: 2 }),
    agreed: [['MBCO', 'region', 50]],
    answer: 'silent',
  },
  {
    rule: 'capacity-not-reserved',
    says: 'how many run is not known',
    estate: pools({ desiredCapacity: hole }),
    agreed: [['MBCO', 'region', 50]],
    answer: 'unknown',
  },
  {
    rule: 'failover-automation-in-failed-region',
    says: 'the function is in the primary',
    estate: [alarm(), ...run()],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'failover-automation-in-failed-region',
    says: 'it is in the standby',
    estate: [alarm(), ...run(WEST)],
    answer: 'silent',
  },
  {
    rule: 'failover-automation-in-failed-region',
    says: 'where it is is not known',
    estate: [alarm(), ...run(null)],
    answer: 'unknown',
  },

  {
    rule: 'alarm-missing-treats-ok',
    says: 'the default keeps quiet',
    estate: [alarm(), byAlarm()],
    answer: 'fires',
    names: 'missing',
  },
  {
    rule: 'alarm-missing-treats-ok',
    says: 'DynamoDB alarms ignore it',
    estate: [alarm({ namespace: 'AWS/DynamoDB', treatMissingData: 'breaching' }), byAlarm()],
    answer: 'fires',
    names: 'AWS/DynamoDB',
  },
  {
    rule: 'alarm-missing-treats-ok',
    says: 'silence breaches',
    estate: [alarm({ treatMissingData: 'breaching' }), byAlarm()],
    answer: 'silent',
  },
  {
    rule: 'alarm-missing-treats-ok',
    says: 'the health check takes it for unhealthy',
    estate: [alarm(), byAlarm({ insufficientDataHealthStatus: 'Unhealthy' })],
    answer: 'silent',
  },
  { rule: 'alarm-missing-treats-ok', says: 'no failover hangs on it', estate: [alarm()], answer: 'silent' },
  {
    rule: 'alarm-missing-treats-ok',
    says: 'what it does is not known',
    estate: [alarm({ treatMissingData: hole }), byAlarm()],
    answer: 'unknown',
  },
  {
    rule: 'alarm-latency-exceeds-budget',
    says: '3 minutes of 1',
    estate: [alarm(), byAlarm()],
    agreed: detect,
    answer: 'fires',
    names: '60s × 3',
  },
  {
    rule: 'alarm-latency-exceeds-budget',
    says: 'one period is enough',
    estate: [alarm({ datapointsToAlarm: 1 }), byAlarm()],
    agreed: detect,
    answer: 'silent',
  },
  {
    rule: 'alarm-latency-exceeds-budget',
    says: 'the period is not known',
    estate: [alarm({ period: hole }), byAlarm()],
    agreed: detect,
    answer: 'unknown',
  },
  { rule: 'alarm-actions-disabled', says: 'it has no action', estate: [alarm()], answer: 'fires', names: 'no alarm action' },
  {
    rule: 'alarm-actions-disabled',
    says: 'its actions are off',
    estate: [alarm({ alarmActions: ['arn:aws:sns:us-west-2:111122223333:ops'], actionsEnabled: false })],
    answer: 'fires',
  },
  { rule: 'alarm-actions-disabled', says: 'a health check follows it', estate: [alarm(), byAlarm()], answer: 'silent' },
  {
    rule: 'alarm-actions-disabled',
    says: 'it tells a topic',
    estate: [alarm({ alarmActions: ['arn:aws:sns:us-west-2:111122223333:ops'] })],
    answer: 'silent',
  },
  {
    rule: 'alarm-actions-disabled',
    says: 'its actions are not known',
    estate: [alarm({ alarmActions: hole })],
    answer: 'unknown',
  },

  {
    rule: 'config-drift-primary-standby',
    says: 'runtimes differ',
    estate: twins({ runtime: 'nodejs20.x' }, { runtime: 'nodejs22.x' }),
    answer: 'fires',
    names: 'nodejs22.x',
  },
  {
    rule: 'config-drift-primary-standby',
    says: 'a variable is missing',
    estate: twins(env({ A: '1', B: '2' }), env({ A: '1' })),
    answer: 'fires',
    names: 'environment.variables.B',
  },
  {
    rule: 'config-drift-primary-standby',
    says: 'they agree',
    estate: twins({ runtime: 'nodejs22.x', ...env({ A: '1' }) }, { runtime: 'nodejs22.x', ...env({ A: '2' }) }),
    answer: 'silent',
  },
  {
    rule: 'config-drift-primary-standby',
    says: 'one runtime is not known',
    estate: twins({ runtime: hole }, { runtime: 'nodejs22.x' }),
    answer: 'unknown',
  },
  {
    rule: 'provider-region-implicit',
    says: 'neither half says where it is',
    estate: twins({}, { region: WEST }),
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'provider-region-implicit',
    says: 'both say so',
    estate: twins({ region: 'us-east-1' }, { region: WEST }),
    answer: 'silent',
  },
  {
    rule: 'provider-region-implicit',
    says: 'where one is is not known',
    estate: pools({}).map((d) =>
      d.name === 'lb-east' ? { ...d, region: null } : { ...d, provider: 'urn:pulumi:prod::shop::pulumi:providers:aws::here' },
    ),
    agreed: region,
    answer: 'unknown',
  },
  {
    rule: 'sts-global-endpoint',
    says: 'an opt-in Region asks for the legacy endpoint',
    estate: [fn('api', env({ AWS_STS_REGIONAL_ENDPOINTS: 'legacy' }), 'eu-south-1')],
    answer: 'fires',
  },
  {
    rule: 'sts-global-endpoint',
    says: 'the Region is on by default',
    estate: [fn('api', env({ AWS_STS_REGIONAL_ENDPOINTS: 'legacy' }))],
    answer: 'silent',
  },
  {
    rule: 'sts-global-endpoint',
    says: 'it names the endpoint of its Region',
    estate: [fn('api', env({ STS: 'https://sts.eu-south-1.amazonaws.com' }), 'eu-south-1')],
    answer: 'silent',
  },
  {
    rule: 'sts-global-endpoint',
    says: 'a variable is not known',
    estate: [fn('api', env({ X: hole }), 'eu-south-1')],
    answer: 'unknown',
  },
];

/** The same with an option of the program. */
const leaving = (d: Declared, ...ignoreChanges: string[]): Declared => ({ ...d, ignoreChanges });
const source = declared('aws:rds/instance:Instance', 'orders', { engine: 'postgres', instanceClass: 'db.m6g.large' });
const replica = (region: string | null) =>
  declared('aws:rds/instance:Instance', 'copy', { replicateSourceDb: out(source, 'arn'), instanceClass: 'db.m6g.large' }, region);
const weighted = (name: string, weight: Inputs[string], region: string) => [
  balancer(name, region),
  declared('aws:route53/record:Record', `www-${name}`, {
    zoneId: 'Z1',
    name: 'www.shop.test',
    type: 'A',
    setIdentifier: name,
    aliases: [{ name: out(balancer(name), 'dnsName'), zoneId: out(balancer(name), 'zoneId'), evaluateTargetHealth: true }],
    weightedRoutingPolicies: [{ weight }],
  }),
];
const datastore = (name: string, region: string | null) =>
  declared(
    'aws:elasticache/replicationGroup:ReplicationGroup',
    name,
    { globalReplicationGroupId: out(pair, 'globalReplicationGroupId') },
    region,
  );
const first = declared('aws:elasticache/replicationGroup:ReplicationGroup', 'first', { engine: 'redis' });
const pair = declared('aws:elasticache/globalReplicationGroup:GlobalReplicationGroup', 'pair', {
  globalReplicationGroupIdSuffix: 'pair',
  primaryReplicationGroupId: out(first, 'id'),
});
const small = side('west', 'SECONDARY', { desiredCapacity: 1 }, WEST);

const FIGHTS: readonly RuleCase[] = [
  {
    rule: 'failover-fights-role',
    says: 'a replica in another Region states its source',
    estate: [source, replica(WEST)],
    agreed: region,
    answer: 'fires',
    names: 'replicateSourceDb',
  },
  {
    rule: 'failover-fights-role',
    says: 'its source is left alone',
    estate: [source, leaving(replica(WEST), 'replicateSourceDb')],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-role',
    says: 'the replica only reads in the same Region',
    estate: [source, replica('us-east-1')],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-role',
    says: 'nothing is agreed for a Region',
    estate: [source, replica(WEST)],
    agreed: [['RTO', 'az', 3600]],
    answer: 'silent',
  },
  {
    rule: 'failover-fights-role',
    says: 'the Region of the replica is not known',
    estate: [source, replica(null)],
    agreed: region,
    answer: 'unknown',
  },
  {
    rule: 'failover-fights-role',
    says: 'clusters of a global database',
    estate: replicated,
    agreed: region,
    answer: 'fires',
    names: 'replicationSourceIdentifier',
  },
  {
    rule: 'failover-fights-role',
    says: 'clusters of a global database leave it alone',
    estate: [
      global,
      leaving(member('db-east'), 'replicationSourceIdentifier'),
      leaving(member('db-west', WEST), 'replicationSourceIdentifier'),
    ],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-role',
    says: 'a Global Datastore states its primary',
    estate: [first, pair, datastore('second', WEST)],
    agreed: region,
    answer: 'fires',
    names: 'primaryReplicationGroupId',
  },
  {
    rule: 'failover-fights-role',
    says: 'a Global Datastore leaves it alone',
    estate: [first, leaving(pair, '*'), datastore('second', WEST)],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-capacity',
    says: 'the standby is smaller, and says so',
    estate: [...side('east', 'PRIMARY', {}), ...small],
    agreed: region,
    answer: 'fires',
    names: 'desiredCapacity',
  },
  {
    rule: 'failover-fights-capacity',
    says: 'the standby is as large',
    estate: [...side('east', 'PRIMARY', {}), ...side('west', 'SECONDARY', {}, WEST)],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-capacity',
    says: 'its size is left to whoever scales it',
    estate: [...side('east', 'PRIMARY', {}), ...small.map((d) => leaving(d, 'desiredCapacity'))],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-capacity',
    says: 'the size of the standby is not known',
    estate: [...side('east', 'PRIMARY', {}), ...side('west', 'SECONDARY', { desiredCapacity: hole }, WEST)],
    agreed: region,
    answer: 'unknown',
  },
  {
    rule: 'failover-fights-weights',
    says: 'a branch waits with weight 0',
    estate: [...weighted('east', 100, 'us-east-1'), ...weighted('west', 0, WEST)],
    agreed: region,
    answer: 'fires',
  },
  {
    rule: 'failover-fights-weights',
    says: 'weights are left to whoever switches',
    estate: [
      ...weighted('east', 100, 'us-east-1'),
      ...weighted('west', 0, WEST).map((d) => leaving(d, 'weightedRoutingPolicies')),
    ],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-weights',
    says: 'their weights alone are left',
    estate: [
      ...weighted('east', 100, 'us-east-1'),
      ...weighted('west', 0, WEST).map((d) => leaving(d, 'weightedRoutingPolicies[*].weight')),
    ],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-weights',
    says: 'both branches answer',
    estate: [...weighted('east', 50, 'us-east-1'), ...weighted('west', 50, WEST)],
    agreed: region,
    answer: 'silent',
  },
  {
    rule: 'failover-fights-weights',
    says: 'the weight is not known',
    estate: [...weighted('east', 100, 'us-east-1'), ...weighted('west', hole, WEST)],
    agreed: region,
    answer: 'unknown',
  },
];

describe('automation rules', () => checkFamily(automationRules, [...CASES, ...FIGHTS]));
