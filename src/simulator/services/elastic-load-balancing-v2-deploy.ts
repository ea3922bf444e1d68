/** Load balancers, target groups and listeners as Pulumi declares them. */
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
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

const loadBalancer: Deployer = {
  type: 'aws:lb/loadBalancer:LoadBalancer',
  async create(given, deployment) {
    const { inputs } = given;
    const name = nameOf(given, deployment);
    const mappings = blocksOf(inputs.subnetMappings).map((m) => ({ SubnetId: textOf(m.subnetId) ?? '' }));
    const { LoadBalancers } = await call<ELB.CreateLoadBalancerCommandOutput>(
      deployment,
      'CreateLoadBalancer',
      without({
        Name: name,
        Type: textOf(inputs.loadBalancerType),
        Scheme: flagOf(inputs.internal) === true ? 'internal' : 'internet-facing',
        Subnets: mappings.length === 0 ? textsOf(inputs.subnets) : undefined,
        SubnetMappings: mappings.length === 0 ? undefined : mappings,
        SecurityGroups: textsOf(inputs.securityGroups),
        Tags: tagList(given.tags),
      }),
    );
    const made = LoadBalancers?.[0];
    const arn = made?.LoadBalancerArn ?? '';
    const asked = attributes({
      'deletion_protection.enabled': flagOf(inputs.enableDeletionProtection),
      // An Application Load Balancer does not take the attribute: it always crosses zones.
      'load_balancing.cross_zone.enabled': made?.Type === 'application' ? undefined : flagOf(inputs.enableCrossZoneLoadBalancing),
      'zonal_shift.config.enabled': flagOf(inputs.enableZonalShift),
    });
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

const targetGroup: Deployer = {
  type: 'aws:lb/targetGroup:TargetGroup',
  async create(given, deployment) {
    const { inputs } = given;
    const name = nameOf(given, deployment);
    const lambda = textOf(inputs.targetType) === 'lambda';
    const { HealthCheckProtocol, HealthCheckPort, ...check } = checkOf(blockOf(inputs.healthCheck));
    const { TargetGroups } = await call<ELB.CreateTargetGroupCommandOutput>(
      deployment,
      'CreateTargetGroup',
      without({
        Name: name,
        TargetType: textOf(inputs.targetType),
        Protocol: lambda ? undefined : (textOf(inputs.protocol) ?? 'HTTP'),
        Port: lambda ? undefined : (numberOf(inputs.port) ?? 80),
        VpcId: textOf(inputs.vpcId),
        ...check,
        ...(lambda ? {} : without({ HealthCheckProtocol, HealthCheckPort })),
        Tags: tagList(given.tags),
      }),
    );
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const failover = blockOf(blockOf(inputs.targetGroupHealth)?.dnsFailover);
    const asked = attributes({
      'deregistration_delay.timeout_seconds': numberOf(inputs.deregistrationDelay),
      'slow_start.duration_seconds': numberOf(inputs.slowStart),
      'load_balancing.cross_zone.enabled': textOf(inputs.loadBalancingCrossZoneEnabled)?.replace(
        'useLoadBalancerConfiguration',
        'use_load_balancer_configuration',
      ),
      'target_group_health.dns_failover.minimum_healthy_targets.count': textOf(failover?.minimumHealthyTargetsCount),
      'target_group_health.dns_failover.minimum_healthy_targets.percentage': textOf(failover?.minimumHealthyTargetsPercentage),
    });
    if (asked.length > 0) await call(deployment, 'ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes: asked });
    return { id: arn, outputs: { arn, name, arnSuffix: arn.split(/:(?=targetgroup\/)/)[1] ?? '' } };
  },
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

const listener: Deployer = {
  type: 'aws:lb/listener:Listener',
  async create(given, deployment) {
    const certificate = textOf(given.inputs.certificateArn);
    const { Listeners } = await call<ELB.CreateListenerCommandOutput>(
      deployment,
      'CreateListener',
      without({
        LoadBalancerArn: need(given, 'loadBalancerArn'),
        Port: numberOf(given.inputs.port),
        Protocol: textOf(given.inputs.protocol),
        Certificates: certificate === undefined ? undefined : [{ CertificateArn: certificate }],
        DefaultActions: actionsOf(given.inputs.defaultActions),
        Tags: tagList(given.tags),
      }),
    );
    const arn = Listeners?.[0]?.ListenerArn ?? '';
    return { id: arn, outputs: { arn } };
  },
};

const rule: Deployer = {
  type: 'aws:lb/listenerRule:ListenerRule',
  async create(given, deployment) {
    const { Rules } = await call<ELB.CreateRuleCommandOutput>(
      deployment,
      'CreateRule',
      without({
        ListenerArn: need(given, 'listenerArn'),
        Priority: numberOf(given.inputs.priority),
        Conditions: listOf(given.inputs.conditions).map(() => ({})),
        Actions: actionsOf(given.inputs.actions),
      }),
    );
    const arn = Rules?.[0]?.RuleArn ?? '';
    return { id: arn, outputs: { arn } };
  },
};

const attachment: Deployer = {
  type: 'aws:lb/targetGroupAttachment:TargetGroupAttachment',
  async create(given, deployment) {
    const group = need(given, 'targetGroupArn');
    const target = need(given, 'targetId');
    await call(deployment, 'RegisterTargets', {
      TargetGroupArn: group,
      Targets: [
        without({ Id: target, Port: numberOf(given.inputs.port), AvailabilityZone: textOf(given.inputs.availabilityZone) }),
      ],
    });
    return { id: given.id ?? `${group}-${target}`, outputs: {} };
  },
};

export const balancingDeployers: readonly Deployer[] = [loadBalancer, targetGroup, listener, rule, attachment];
