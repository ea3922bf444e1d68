/** Fronts of generated services: compute, what leads users to it, and the Region switch plan over it. */
import { Hole, type Value } from '../src/model/value.ts';
import { type Made, type Network, type Site, text } from './truth-parts.ts';
import { roleFor, type Store, type SwitchStep } from './truth-stores.ts';

/** What answers in one Region. */
interface Answering {
  readonly network: Network;
  readonly host: Hole;
  readonly zone: Hole;
  readonly steps: { readonly cluster: Made; readonly service: Made } | undefined;
}

export interface Front {
  /** Where users come in: type and name. */
  readonly entry: Made;
}

const CHECKERS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1', 'sa-east-1'];

function environment(stores: readonly Store[], { region }: Network): readonly (readonly [string, Value])[] {
  return stores.map((s, i) => [`STORE_${i}`, s.endpoint.get(region) ?? [...s.endpoint.values()][0] ?? '']);
}

function balanced(
  site: Site,
  network: Network,
  targetType: 'ip' | 'instance',
): { readonly balancer: Made; readonly targets: Made } {
  const { p, draw, name, tags } = site;
  const id = `${name}-${network.region === site.primary.region ? 'p' : 's'}`;
  const balancer = p.add(
    'aws:lb/loadBalancer:LoadBalancer',
    id,
    network.region,
    {
      name: id,
      loadBalancerType: 'application',
      internal: false,
      enableDeletionProtection: true,
      subnets: network.subnets.map((s) => s.of('id')),
    },
    tags,
  );
  const interval = draw.pick([5, 10, 15, 30]);
  const targets = p.add(
    'aws:lb/targetGroup:TargetGroup',
    id,
    network.region,
    {
      name: id,
      port: 8080,
      protocol: 'HTTP',
      targetType,
      vpcId: network.vpc.of('id'),
      deregistrationDelay: 30,
      healthCheck: {
        path: '/ready',
        interval,
        timeout: Math.min(4, interval - 1),
        healthyThreshold: 2,
        unhealthyThreshold: draw.pick([2, 3, 5]),
      },
    },
    tags,
  );
  p.add(
    'aws:lb/listener:Listener',
    id,
    network.region,
    {
      loadBalancerArn: balancer.of('arn'),
      port: 80,
      protocol: 'HTTP',
      defaultActions: [{ type: 'forward', targetGroupArn: targets.of('arn') }],
    },
    tags,
  );
  return { balancer, targets };
}

function tasks(site: Site, network: Network, stores: readonly Store[], count: number): Answering {
  const { p, draw, name, tags } = site;
  const { region } = network;
  const { balancer, targets } = balanced(site, network, 'ip');
  const id = `${name}-${region}`;
  const cluster = p.add('aws:ecs/cluster:Cluster', id, region, { name: id }, tags);
  const role = roleFor(p, `${id}-task`, region, 'ecs-tasks.amazonaws.com', tags);
  const variables = environment(stores, network).flatMap(([key, value], i) => [
    `${i === 0 ? '' : ','}{"name":"${key}","value":"`,
    value instanceof Hole || typeof value === 'string' ? value : '',
    '"}',
  ]);
  const definition = p.add(
    'aws:ecs/taskDefinition:TaskDefinition',
    id,
    region,
    {
      family: id,
      cpu: '512',
      memory: '1024',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      executionRoleArn: role.of('arn'),
      containerDefinitions: text([
        '[{"name":"app","image":"public.ecr.aws/nginx/nginx:1.27","essential":true,"portMappings":[{"containerPort":8080}],"environment":[',
        ...variables,
        ']}]',
      ]),
    },
    tags,
  );
  const zones = draw.pick([2, 3, 3]);
  const service = p.add(
    'aws:ecs/service:Service',
    id,
    region,
    {
      name: id,
      cluster: cluster.of('arn'),
      taskDefinition: definition.of('arn'),
      launchType: 'FARGATE',
      desiredCount: count,
      availabilityZoneRebalancing: 'ENABLED',
      healthCheckGracePeriodSeconds: 60,
      networkConfiguration: { subnets: network.subnets.slice(0, zones).map((s) => s.of('id')), assignPublicIp: true },
      loadBalancers: [{ containerName: 'app', containerPort: 8080, targetGroupArn: targets.of('arn') }],
    },
    tags,
  );
  return { network, host: balancer.of('dnsName'), zone: balancer.of('zoneId'), steps: { cluster, service } };
}

function instances(site: Site, network: Network, _stores: readonly Store[], count: number): Answering {
  const { p, draw, name, tags } = site;
  const { region } = network;
  const { balancer, targets } = balanced(site, network, 'instance');
  const id = `${name}-${region}`;
  const template = p.add(
    'aws:ec2/launchTemplate:LaunchTemplate',
    id,
    region,
    { name: id, imageId: 'ami-0123456789abcdef0', instanceType: 'm7g.large' },
    tags,
  );
  const zones = draw.pick([1, 2, 3, 3]);
  p.add(
    'aws:autoscaling/group:Group',
    id,
    region,
    {
      name: id,
      minSize: count,
      maxSize: 2 * count,
      desiredCapacity: count,
      healthCheckType: 'ELB',
      healthCheckGracePeriod: draw.pick([60, 120, 300]),
      vpcZoneIdentifiers: network.subnets.slice(0, zones).map((s) => s.of('id')),
      launchTemplate: { id: template.of('id'), version: '$Latest' },
      targetGroupArns: [targets.of('arn')],
    },
    // Tags of a group are a list of blocks; its name is enough to own it by.
    {},
  );
  return { network, host: balancer.of('dnsName'), zone: balancer.of('zoneId'), steps: undefined };
}

/** A health check that asks what is behind a host. */
function check({ p, draw, name, tags }: Site, { network, host }: Answering): Made {
  return p.add(
    'aws:route53/healthCheck:HealthCheck',
    `${name}-${network.region}`,
    network.region,
    {
      type: 'HTTP',
      fqdn: host,
      port: 80,
      resourcePath: '/healthz',
      requestInterval: draw.pick([10, 30]),
      failureThreshold: draw.pick([1, 2, 3, 5]),
      regions: CHECKERS,
    },
    tags,
  );
}

type Routing = 'simple' | 'failover' | 'weighted' | 'latency';

function records(
  site: Site,
  zone: Made,
  answering: readonly Answering[],
  routing: Routing,
): { readonly entry: Made; readonly check: Made | undefined } {
  const { p, draw, name } = site;
  const alias = draw.often(0.5);
  const ttl = draw.pick([10, 30, 60, 60, 120, 300]);
  let first: Made | undefined;
  let checked: Made | undefined;
  for (const [i, one] of answering.entries()) {
    const { region } = one.network;
    const policy: Readonly<Record<string, Value>> =
      routing === 'failover'
        ? { failoverRoutingPolicies: [{ type: i === 0 ? 'PRIMARY' : 'SECONDARY' }] }
        : routing === 'weighted'
          ? { weightedRoutingPolicies: [{ weight: draw.pick([50, 100]) }] }
          : routing === 'latency'
            ? { latencyRoutingPolicies: [{ region }] }
            : {};
    const wantsCheck = routing !== 'simple' && (routing !== 'failover' || i === 0) && (!alias || draw.often(0.5));
    const health = wantsCheck ? check(site, one) : undefined;
    checked ??= health;
    const made = p.add(
      'aws:route53/record:Record',
      `${name}-${i}`,
      region,
      {
        zoneId: zone.of('zoneId'),
        name: `${name}.truth.example`,
        ...(routing === 'simple' ? {} : { setIdentifier: region }),
        ...policy,
        ...(health === undefined ? {} : { healthCheckId: health.of('id') }),
        ...(alias
          ? { type: 'A', aliases: [{ name: one.host, zoneId: one.zone, evaluateTargetHealth: draw.often(0.9) }] }
          : { type: 'CNAME', ttl, records: [one.host] }),
      },
      site.tags,
    );
    first ??= made;
  }
  if (first === undefined) throw new Error('a front answers somewhere');
  return { entry: first, check: checked };
}

/** A plan that moves what it is given, with or without a trigger, with or without somebody to approve. */
function regionSwitch(site: Site, steps: readonly SwitchStep[], seen: Made): void {
  const { p, draw, name, tags, primary, standby } = site;
  const alarm = p.add(
    'aws:cloudwatch/metricAlarm:MetricAlarm',
    `${name}-unreachable`,
    'us-east-1',
    {
      name: `${name}-unreachable`,
      region: 'us-east-1',
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensions: { HealthCheckId: seen.of('id') },
      statistic: 'Minimum',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      period: 60,
      evaluationPeriods: draw.pick([1, 2, 3]),
      treatMissingData: 'breaching',
    },
    tags,
  );
  const role = roleFor(p, `${name}-switch`, primary.region, 'arc-region-switch.amazonaws.com', tags);
  const approval: SwitchStep = {
    name: 'approval',
    executionBlockType: 'ManualApproval',
    executionApprovalConfigs: [{ approvalRole: role.of('arn'), timeoutMinutes: 60 }],
  };
  const all = draw.often(0.15) ? [approval, ...steps] : steps;
  const triggered = draw.often(0.75);
  p.add(
    'aws:arcregionswitch/plan:Plan',
    `${name}-switch`,
    primary.region,
    {
      name: `${name}-switch`,
      executionRole: role.of('arn'),
      primaryRegion: primary.region,
      regions: [primary.region, standby.region],
      recoveryApproach: 'activePassive',
      recoveryTimeObjectiveMinutes: 30,
      associatedAlarms: [{ alarmType: 'trigger', mapBlockKey: 'gone', resourceIdentifier: alarm.of('arn') }],
      triggers: triggered
        ? [
            {
              action: 'activate',
              targetRegion: standby.region,
              minDelayMinutesBetweenExecutions: 60,
              conditions: [{ associatedAlarmName: 'gone', condition: 'red' }],
            },
          ]
        : [],
      workflows: [standby.region, primary.region].map((region) => ({
        workflowTargetAction: 'activate',
        workflowTargetRegion: region,
        steps: all,
      })),
    },
    tags,
  );
}

/** HTTP APIs of functions answer under their own names: no record leads to them. */
function api(site: Site, stores: readonly Store[]): Front {
  const { p, name, tags, primary } = site;
  const { region } = primary;
  const role = roleFor(p, `${name}-fn`, region, 'lambda.amazonaws.com', tags);
  const lambda = p.add(
    'aws:lambda/function:Function',
    `${name}-fn`,
    region,
    {
      name: `${name}-fn`,
      role: role.of('arn'),
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      s3Bucket: 'code',
      s3Key: `${name}.zip`,
      environment: { variables: Object.fromEntries(environment(stores, primary)) },
    },
    tags,
  );
  const made = p.add('aws:apigatewayv2/api:Api', `${name}-api`, region, { name: `${name}-api`, protocolType: 'HTTP' }, tags);
  const integration = p.add(
    'aws:apigatewayv2/integration:Integration',
    `${name}-api`,
    region,
    {
      apiId: made.of('id'),
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.of('invokeArn'),
      payloadFormatVersion: '2.0',
    },
    tags,
  );
  p.add(
    'aws:apigatewayv2/route:Route',
    `${name}-api`,
    region,
    {
      apiId: made.of('id'),
      routeKey: '$default',
      target: text(['integrations/', integration.of('id')]),
    },
    tags,
  );
  p.add(
    'aws:apigatewayv2/stage:Stage',
    `${name}-api`,
    region,
    { apiId: made.of('id'), name: '$default', autoDeploy: true },
    tags,
  );
  return { entry: made };
}

export function front(site: Site, zone: Made, stores: readonly Store[]): Front {
  const { draw, primary, standby } = site;
  if (draw.often(0.15)) return api(site, stores);
  const compute = draw.often(0.6) ? tasks : instances;
  const count = draw.pick([2, 3, 4, 6]);
  const routing = draw.pick<Routing>(['simple', 'failover', 'failover', 'failover', 'weighted', 'latency']);
  const both = routing !== 'simple';
  const there = both ? draw.pick([1, 1, 1, 0.5]) : 0;
  const answering = [
    compute(site, primary, stores, count),
    ...(both ? [compute(site, standby, stores, Math.max(1, Math.round(count * there)))] : []),
  ];
  const { entry, check: seen } = records(site, zone, answering, routing);
  const [home, away] = answering;
  const scale: readonly SwitchStep[] =
    home?.steps === undefined || away?.steps === undefined || draw.often(0.5)
      ? []
      : [
          {
            name: 'tasks',
            executionBlockType: 'ECSServiceScaling',
            ecsCapacityIncreaseConfigs: [
              {
                capacityMonitoringApproach: 'sampledMaxInLast24Hours',
                services: [home.steps, away.steps].map((s) => ({
                  clusterArn: s.cluster.of('arn'),
                  serviceArn: s.service.of('arn'),
                })),
                targetPercent: 100,
                timeoutMinutes: 10,
                ungraceful: { minimumSuccessPercentage: 60 },
              },
            ],
          },
        ];
  const steps = [...stores.flatMap((s) => s.steps), ...scale];
  if (steps.length > 0 && seen !== undefined && draw.often(0.8)) regionSwitch(site, steps, seen);
  return { entry };
}
