/** Target groups: their settings, their targets and how healthy these are. */
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { page, ServiceFault } from '../service.ts';
import { instanceArn } from './ec2-instances.ts';
import type { Op, Place } from './ec2-shared.ts';
import { addTarget, instanceBehind, removeTarget } from './elastic-load-balancing-v2-health.ts';
import { balancersOf, groupOf, TARGET_GROUPS, type Target, type TargetGroupItem } from './elastic-load-balancing-v2-state.ts';
import { outside, type Ranges } from './ranges.ts';

/** TargetGroupAttribute: the defaults that matter to who gets requests. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'slow_start.duration_seconds': '0',
  'stickiness.enabled': 'false',
  'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
};

/** CreateTargetGroup: a check that is not described has the defaults of the group's protocol. */
function defaultTimeout(group: string | undefined, check: string): number {
  if (group === 'TCP' || group === 'TLS' || group === 'UDP' || group === 'TCP_UDP') return check === 'HTTP' ? 6 : 10;
  return 5;
}

/** API CreateTargetGroup. */
const RANGES: Ranges = {
  HealthCheckIntervalSeconds: [5, 300],
  HealthCheckTimeoutSeconds: [2, 120],
  HealthyThresholdCount: [2, 10],
  UnhealthyThresholdCount: [2, 10],
};

function mustBeWithin(input: object): void {
  const wrong = outside(input, RANGES);
  if (wrong === undefined) return;
  const words = wrong.member.replace(/Seconds$/, '').replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  throw new ServiceFault('ValidationError', `${words} must be between ${wrong.least} and ${wrong.most}`);
}

const createTargetGroup: Op<ELB.CreateTargetGroupCommandInput, ELB.CreateTargetGroupCommandOutput> = (input, context) => {
  const name = input.Name ?? '';
  if (context.list(TARGET_GROUPS).some((g) => g.shown.TargetGroupName === name))
    throw new ServiceFault(
      'DuplicateTargetGroupName',
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  const lambda = input.TargetType === 'lambda';
  const id = context.id('tg', 16);
  const arn = id.startsWith('arn:') ? id : context.arn('elasticloadbalancing', `targetgroup/${name}/${id.slice(3)}`);
  const isNetwork = ['TCP', 'TLS', 'UDP', 'TCP_UDP'].includes(input.Protocol ?? '');
  const protocol = input.HealthCheckProtocol ?? (isNetwork || input.Protocol === 'GENEVE' ? 'TCP' : 'HTTP');
  const shown: ELB.TargetGroup = {
    TargetGroupArn: arn,
    TargetGroupName: name,
    TargetType: input.TargetType ?? 'instance',
    HealthCheckEnabled: input.HealthCheckEnabled ?? !lambda,
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? (lambda ? 35 : 30),
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? (lambda ? 30 : defaultTimeout(input.Protocol, protocol)),
    HealthyThresholdCount: input.HealthyThresholdCount ?? 5,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? (lambda ? 5 : 2),
    IpAddressType: input.IpAddressType ?? 'ipv4',
    LoadBalancerArns: [],
  };
  if (!lambda) {
    if (input.Protocol === undefined || input.Port === undefined)
      throw new ServiceFault('ValidationError', 'A protocol and a port must be specified');
    shown.Protocol = input.Protocol;
    shown.Port = input.Port;
    shown.HealthCheckProtocol = protocol;
    shown.HealthCheckPort = input.HealthCheckPort ?? 'traffic-port';
  }
  if (protocol === 'HTTP' || protocol === 'HTTPS') shown.HealthCheckPath = input.HealthCheckPath ?? '/';
  mustBeWithin(input);
  if ((shown.HealthCheckTimeoutSeconds ?? 0) > (shown.HealthCheckIntervalSeconds ?? 0))
    throw new ServiceFault('ValidationError', 'Health check timeout must be smaller than the interval');
  if (input.VpcId !== undefined) shown.VpcId = input.VpcId;
  context.put(TARGET_GROUPS, arn, { shown, history: [], attributes: { ...ATTRIBUTES }, tags: input.Tags ?? [], targets: [] });
  return { TargetGroups: [shown] };
};

const withBalancers = (place: Place, group: TargetGroupItem): ELB.TargetGroup => ({
  ...group.shown,
  LoadBalancerArns: balancersOf(place, group.shown.TargetGroupArn ?? '').map((b) => b.shown.LoadBalancerArn ?? ''),
});

const describeTargetGroups: Op<ELB.DescribeTargetGroupsCommandInput, ELB.DescribeTargetGroupsCommandOutput> = (
  input,
  context,
) => {
  for (const arn of input.TargetGroupArns ?? []) groupOf(context, arn);
  const found = context
    .list(TARGET_GROUPS)
    .map((group) => withBalancers(context, group))
    .filter(
      (g) =>
        (input.TargetGroupArns?.includes(g.TargetGroupArn ?? '') ?? true) &&
        (input.Names?.includes(g.TargetGroupName ?? '') ?? true) &&
        (input.LoadBalancerArn === undefined || g.LoadBalancerArns?.includes(input.LoadBalancerArn) === true),
    );
  const { items, next } = page(found, input.Marker, input.PageSize ?? 400);
  return { TargetGroups: [...items], ...(next === undefined ? {} : { NextMarker: next }) };
};

/** What a target of the API's own making stands for. */
function resolved(place: Place, group: TargetGroupItem, target: ELB.TargetDescription): Omit<Target, 'health' | 'pending'> {
  const id = target.Id ?? '';
  const port = target.Port ?? group.shown.Port;
  const zone = target.AvailabilityZone === 'all' ? undefined : target.AvailabilityZone;
  const type = group.shown.TargetType;
  const instance = type === 'instance' || type === 'ip' ? instanceBehind(place, id) : undefined;
  if (type === 'instance' && instance === undefined)
    throw new ServiceFault('InvalidTarget', `The following targets are not in the target group VPC: '${id}'`);
  return instance === undefined
    ? { id, port, zone, by: id, answers: true }
    : { id, port, zone: instance.zone, by: instanceArn(place, instance.id), answers: instance.answers };
}

const describeTargetHealth: Op<ELB.DescribeTargetHealthCommandInput, ELB.DescribeTargetHealthCommandOutput> = (
  input,
  context,
) => {
  const group = groupOf(context, input.TargetGroupArn);
  const used = balancersOf(context, input.TargetGroupArn ?? '').length > 0;
  const wanted = input.Targets?.map((t) => t.Id);
  return {
    TargetHealthDescriptions: group.targets
      .filter((t) => wanted?.includes(t.id) ?? true)
      .map((t) => ({
        Target: {
          Id: t.id,
          ...(t.port === undefined ? {} : { Port: t.port }),
          ...(t.zone === undefined ? {} : { AvailabilityZone: t.zone }),
        },
        HealthCheckPort: String(
          group.shown.HealthCheckPort === 'traffic-port' ? (t.port ?? '') : (group.shown.HealthCheckPort ?? ''),
        ),
        TargetHealth: used ? { State: t.health } : { State: 'unused' as const, Reason: 'Target.NotInUse' as const },
      })),
  };
};

export const groupOperations = {
  CreateTargetGroup: createTargetGroup,
  DescribeTargetGroups: describeTargetGroups,
  ModifyTargetGroup: ((input, context) => {
    const { shown } = groupOf(context, input.TargetGroupArn);
    const { TargetGroupArn: _arn, Matcher: _matcher, ...changes } = input;
    Object.assign(shown, Object.fromEntries(Object.entries(changes).filter(([, v]) => v !== undefined)));
    return { TargetGroups: [shown] };
  }) satisfies Op<ELB.ModifyTargetGroupCommandInput, ELB.ModifyTargetGroupCommandOutput>,
  DeleteTargetGroup: ((input, context) => {
    if (balancersOf(context, input.TargetGroupArn ?? '').length > 0)
      throw new ServiceFault(
        'ResourceInUse',
        `Target group '${input.TargetGroupArn}' is currently in use by a listener or a rule`,
      );
    context.remove(TARGET_GROUPS, input.TargetGroupArn ?? '');
    return {};
  }) satisfies Op<ELB.DeleteTargetGroupCommandInput, ELB.DeleteTargetGroupCommandOutput>,
  DescribeTargetGroupAttributes: ((input, context) => ({
    Attributes: Object.entries(groupOf(context, input.TargetGroupArn).attributes).map(([Key, Value]) => ({ Key, Value })),
  })) satisfies Op<ELB.DescribeTargetGroupAttributesCommandInput, ELB.DescribeTargetGroupAttributesCommandOutput>,
  ModifyTargetGroupAttributes: ((input, context) => {
    const group = groupOf(context, input.TargetGroupArn);
    for (const { Key = '', Value = '' } of input.Attributes ?? []) group.attributes[Key] = Value;
    return { Attributes: input.Attributes ?? [] };
  }) satisfies Op<ELB.ModifyTargetGroupAttributesCommandInput, ELB.ModifyTargetGroupAttributesCommandOutput>,
  RegisterTargets: ((input, context) => {
    const group = groupOf(context, input.TargetGroupArn);
    const place = { world: context.world, account: context.account, region: context.region };
    for (const target of input.Targets ?? []) addTarget(place, group, resolved(place, group, target));
    return {};
  }) satisfies Op<ELB.RegisterTargetsCommandInput, ELB.RegisterTargetsCommandOutput>,
  DeregisterTargets: ((input, context) => {
    const group = groupOf(context, input.TargetGroupArn);
    const place = { world: context.world, account: context.account, region: context.region };
    for (const target of input.Targets ?? []) removeTarget(place, group, target.Id ?? '', target.Port);
    return {};
  }) satisfies Op<ELB.DeregisterTargetsCommandInput, ELB.DeregisterTargetsCommandOutput>,
  DescribeTargetHealth: describeTargetHealth,
};
