/** Load balancers, target groups and listeners as Pulumi declares them. */
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, modify, moved, removedBy } from '../deploy/lifecycle.ts';
import {
  type Block,
  blockOf,
  blocksOf,
  flagOf,
  listOf,
  need,
  numberOf,
  tagList,
  textOf,
  textsOf,
  without,
} from './compute-inputs.ts';
import { BALANCERS } from './elastic-load-balancing-v2-state.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('elastic-load-balancing-v2', operation, input)) as O;

/** Attributes that the code sets, as the API spells them. */
const attributes = (values: Readonly<Record<string, Plain | undefined>>): ELB.LoadBalancerAttribute[] =>
  Object.entries(values).flatMap(([Key, value]) =>
    typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value !== '')
      ? [{ Key, Value: String(value) }]
      : [],
  );

/** ELB names have 32 characters at most; the provider cuts its own. */
const nameOf = (given: Given, deployment: Deployment): string =>
  textOf(given.inputs.name) ?? deployment.physicalName(given).slice(-32).replace(/^-+/, '');

const CLIENT = 'elastic-load-balancing-v2';

/** Where it stands: subnets, or mappings that name them. */
function placeOf({ inputs }: Given) {
  const mappings = blocksOf(inputs.subnetMappings).map((m) => ({ SubnetId: textOf(m.subnetId) ?? '' }));
  return mappings.length === 0 ? { Subnets: textsOf(inputs.subnets) } : { SubnetMappings: mappings };
}

const balancerAttributes = ({ inputs }: Given, type: string | undefined, unset?: false) =>
  attributes({
    'deletion_protection.enabled': flagOf(inputs.enableDeletionProtection) ?? unset,
    // An Application Load Balancer does not take the attribute: it always crosses zones.
    'load_balancing.cross_zone.enabled':
      type === 'application' ? undefined : (flagOf(inputs.enableCrossZoneLoadBalancing) ?? unset),
    'zonal_shift.config.enabled': flagOf(inputs.enableZonalShift) ?? unset,
  });

const changeBalancer = changedBy(async (given, before, deployment) => {
  const named = { LoadBalancerArn: given.id };
  await modify(deployment, [CLIENT, 'SetSubnets'], named, placeOf(given), placeOf(before));
  const groups = ({ inputs }: Given) => ({ SecurityGroups: textsOf(inputs.securityGroups) });
  await modify(deployment, [CLIENT, 'SetSecurityGroups'], named, groups(given), groups(before));
  const type = textOf(given.inputs.loadBalancerType) ?? 'application';
  const set = moved(balancerAttributes(given, type, false), balancerAttributes(before, type, false)).added;
  if (set.length > 0) await call(deployment, 'ModifyLoadBalancerAttributes', { ...named, Attributes: set });
});

const loadBalancer: Deployer = {
  type: 'aws:lb/loadBalancer:LoadBalancer',
  async create(given, deployment) {
    const { inputs } = given;
    const name = nameOf(given, deployment);
    const { LoadBalancers } = await call<ELB.CreateLoadBalancerCommandOutput>(
      deployment,
      'CreateLoadBalancer',
      without({
        Name: name,
        Type: textOf(inputs.loadBalancerType),
        Scheme: flagOf(inputs.internal) === true ? 'internal' : 'internet-facing',
        ...placeOf(given),
        SecurityGroups: textsOf(inputs.securityGroups),
        Tags: tagList(given.tags),
      }),
    );
    const made = LoadBalancers?.[0];
    const arn = made?.LoadBalancerArn ?? '';
    const asked = balancerAttributes(given, made?.Type);
    if (asked.length > 0) await call(deployment, 'ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes: asked });
    await deployment.until(
      () => deployment.world.get(BALANCERS, given.account, given.region, arn)?.shown.State?.Code === 'active',
      `load balancer ${name} becoming active`,
    );
    return {
      id: arn,
      outputs: {
        arn,
        name,
        dnsName: made?.DNSName ?? '',
        zoneId: made?.CanonicalHostedZoneId ?? '',
        arnSuffix: arn.split(':loadbalancer/')[1] ?? '',
        vpcId: made?.VpcId ?? '',
      },
    };
  },
  update: changeBalancer,
  remove: removedBy(CLIENT, 'DeleteLoadBalancer', ({ id }) => ({ LoadBalancerArn: id })),
};

/** The provider sends its own numbers with a described check: every 30 s, 3 to turn either way. */
function checkOf(block: Block | undefined): Readonly<Record<string, unknown>> {
  if (block === undefined) return {};
  return without({
    HealthCheckEnabled: flagOf(block.enabled) ?? true,
    HealthCheckIntervalSeconds: numberOf(block.interval) ?? 30,
    HealthyThresholdCount: numberOf(block.healthyThreshold) ?? 3,
    UnhealthyThresholdCount: numberOf(block.unhealthyThreshold) ?? 3,
    HealthCheckTimeoutSeconds: numberOf(block.timeout),
    HealthCheckProtocol: textOf(block.protocol) ?? 'HTTP',
    HealthCheckPort: textOf(block.port) ?? 'traffic-port',
    HealthCheckPath: textOf(block.path),
  });
}

const isLambda = ({ inputs }: Given): boolean => textOf(inputs.targetType) === 'lambda';

/** A function is not asked on a port. */
function checkIn(given: Given): Readonly<Record<string, unknown>> {
  const { HealthCheckProtocol, HealthCheckPort, ...check } = checkOf(blockOf(given.inputs.healthCheck));
  return { ...check, ...(isLambda(given) ? {} : without({ HealthCheckProtocol, HealthCheckPort })) };
}

const groupAttributes = ({ inputs }: Given) => {
  const failover = blockOf(blockOf(inputs.targetGroupHealth)?.dnsFailover);
  return attributes({
    'deregistration_delay.timeout_seconds': numberOf(inputs.deregistrationDelay),
    'slow_start.duration_seconds': numberOf(inputs.slowStart),
    'load_balancing.cross_zone.enabled': textOf(inputs.loadBalancingCrossZoneEnabled)?.replace(
      'useLoadBalancerConfiguration',
      'use_load_balancer_configuration',
    ),
    'target_group_health.dns_failover.minimum_healthy_targets.count': textOf(failover?.minimumHealthyTargetsCount),
    'target_group_health.dns_failover.minimum_healthy_targets.percentage': textOf(failover?.minimumHealthyTargetsPercentage),
  });
};

const targetGroup: Deployer = {
  type: 'aws:lb/targetGroup:TargetGroup',
  async create(given, deployment) {
    const { inputs } = given;
    const name = nameOf(given, deployment);
    const lambda = isLambda(given);
    const { TargetGroups } = await call<ELB.CreateTargetGroupCommandOutput>(
      deployment,
      'CreateTargetGroup',
      without({
        Name: name,
        TargetType: textOf(inputs.targetType),
        Protocol: lambda ? undefined : (textOf(inputs.protocol) ?? 'HTTP'),
        Port: lambda ? undefined : (numberOf(inputs.port) ?? 80),
        VpcId: textOf(inputs.vpcId),
        ...checkIn(given),
        Tags: tagList(given.tags),
      }),
    );
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const asked = groupAttributes(given);
    if (asked.length > 0) await call(deployment, 'ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes: asked });
    return { id: arn, outputs: { arn, name, arnSuffix: arn.split(/:(?=targetgroup\/)/)[1] ?? '' } };
  },
  update: changedBy(async (given, before, deployment) => {
    const named = { TargetGroupArn: given.id };
    await modify(deployment, [CLIENT, 'ModifyTargetGroup'], named, checkIn(given), checkIn(before));
    const { added } = moved(groupAttributes(given), groupAttributes(before));
    if (added.length > 0) await call(deployment, 'ModifyTargetGroupAttributes', { ...named, Attributes: added });
  }),
  remove: removedBy(CLIENT, 'DeleteTargetGroup', ({ id }) => ({ TargetGroupArn: id })),
};

function actionsOf(list: Plain | undefined): ELB.Action[] {
  return blocksOf(list).map((block) => {
    const groups = blocksOf(blockOf(block.forward)?.targetGroups).map((g) =>
      without({ TargetGroupArn: textOf(g.arn), Weight: numberOf(g.weight) }),
    );
    return without({
      Type: (textOf(block.type) ?? 'forward') as ELB.ActionTypeEnum,
      TargetGroupArn: textOf(block.targetGroupArn),
      ForwardConfig: groups.length === 0 ? undefined : { TargetGroups: groups },
    });
  });
}

function listenerSettings({ inputs }: Given) {
  const certificate = textOf(inputs.certificateArn);
  return {
    Port: numberOf(inputs.port),
    Protocol: textOf(inputs.protocol),
    Certificates: certificate === undefined ? undefined : [{ CertificateArn: certificate }],
    DefaultActions: actionsOf(inputs.defaultActions),
  };
}

const listener: Deployer = {
  type: 'aws:lb/listener:Listener',
  async create(given, deployment) {
    const { Listeners } = await call<ELB.CreateListenerCommandOutput>(
      deployment,
      'CreateListener',
      without({
        LoadBalancerArn: need(given, 'loadBalancerArn'),
        ...listenerSettings(given),
        Tags: tagList(given.tags),
      }),
    );
    const arn = Listeners?.[0]?.ListenerArn ?? '';
    return { id: arn, outputs: { arn } };
  },
  update: changedBy((given, before, deployment) =>
    modify(deployment, [CLIENT, 'ModifyListener'], { ListenerArn: given.id }, listenerSettings(given), listenerSettings(before)),
  ),
  remove: removedBy(CLIENT, 'DeleteListener', ({ id }) => ({ ListenerArn: id })),
};

const ruleSettings = ({ inputs }: Given) => ({
  Conditions: listOf(inputs.conditions).map(() => ({})),
  Actions: actionsOf(inputs.actions),
});

const rule: Deployer = {
  type: 'aws:lb/listenerRule:ListenerRule',
  async create(given, deployment) {
    const { Rules } = await call<ELB.CreateRuleCommandOutput>(
      deployment,
      'CreateRule',
      without({
        ListenerArn: need(given, 'listenerArn'),
        Priority: numberOf(given.inputs.priority),
        ...ruleSettings(given),
        Tags: tagList(given.tags),
      }),
    );
    const arn = Rules?.[0]?.RuleArn ?? '';
    return { id: arn, outputs: { arn } };
  },
  update: changedBy(async (given, before, deployment) => {
    const RuleArn = given.id;
    const priority = numberOf(given.inputs.priority);
    if (priority !== undefined && priority !== numberOf(before.inputs.priority))
      await call(deployment, 'SetRulePriorities', { RulePriorities: [{ RuleArn, Priority: priority }] });
    await modify(deployment, [CLIENT, 'ModifyRule'], { RuleArn }, ruleSettings(given), ruleSettings(before));
  }),
  remove: removedBy(CLIENT, 'DeleteRule', ({ id }) => ({ RuleArn: id })),
};

const attachment: Deployer = {
  type: 'aws:lb/targetGroupAttachment:TargetGroupAttachment',
  async create(given, deployment) {
    await call(deployment, 'RegisterTargets', attached(given));
    return { id: given.id ?? `${need(given, 'targetGroupArn')}-${need(given, 'targetId')}`, outputs: {} };
  },
  remove: removedBy(CLIENT, 'DeregisterTargets', (given) => attached(given)),
};

const attached = (given: Given) => ({
  TargetGroupArn: need(given, 'targetGroupArn'),
  Targets: [
    without({
      Id: need(given, 'targetId'),
      Port: numberOf(given.inputs.port),
      AvailabilityZone: textOf(given.inputs.availabilityZone),
    }),
  ],
});

export const balancingDeployers: readonly Deployer[] = [loadBalancer, targetGroup, listener, rule, attachment];
