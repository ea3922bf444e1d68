/** Load balancers with their listeners, and target groups with their targets, as Elastic Load Balancing shows them. */
import type {
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../aws/call.ts';
import { Hole, type Value } from '../../model/value.ts';
import { asked, batches, listed, set, some, tagsOf } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

const CLIENT = 'elastic-load-balancing-v2';
const paged = <I, O>(operation: string): Call<I, O> =>
  listed<I, O>(CLIENT, `elasticloadbalancing:${operation}`, 'Marker', 'NextMarker');
const single = <I, O>(operation: string): Call<I, O> => asked<I, O>(CLIENT, `elasticloadbalancing:${operation}`);

const describeBalancers = paged<ELB.DescribeLoadBalancersCommandInput, ELB.DescribeLoadBalancersCommandOutput>(
  'DescribeLoadBalancers',
);
const describeListeners = paged<ELB.DescribeListenersCommandInput, ELB.DescribeListenersCommandOutput>('DescribeListeners');
const describeRules = paged<ELB.DescribeRulesCommandInput, ELB.DescribeRulesCommandOutput>('DescribeRules');
const describeGroups = paged<ELB.DescribeTargetGroupsCommandInput, ELB.DescribeTargetGroupsCommandOutput>('DescribeTargetGroups');
const balancerAttributes = single<
  ELB.DescribeLoadBalancerAttributesCommandInput,
  ELB.DescribeLoadBalancerAttributesCommandOutput
>('DescribeLoadBalancerAttributes');
const groupAttributes = single<ELB.DescribeTargetGroupAttributesCommandInput, ELB.DescribeTargetGroupAttributesCommandOutput>(
  'DescribeTargetGroupAttributes',
);
const describeHealth = single<ELB.DescribeTargetHealthCommandInput, ELB.DescribeTargetHealthCommandOutput>(
  'DescribeTargetHealth',
);
const describeTags = single<ELB.DescribeTagsCommandInput, ELB.DescribeTagsCommandOutput>('DescribeTags');
const describeScaled = listed<DescribeAutoScalingInstancesCommandInput, DescribeAutoScalingInstancesCommandOutput>(
  'auto-scaling',
  'autoscaling:DescribeAutoScalingInstances',
);

/** Tags of up to 20 ARNs with one call (DescribeTags). */
async function tagged(arns: readonly string[], aws: Reader): Promise<ReadonlyMap<string, Observed['tags']>> {
  const tags = new Map<string, Observed['tags']>();
  await aws.each(batches(arns, 20), async (some) => {
    const reply = await aws.ask(describeTags, { ResourceArns: [...some] });
    // Every ARN that is asked for is answered, with an empty list where there are no tags.
    const unsaid = reply instanceof Hole ? reply : new Hole('not-reported', 'DescribeTags gave no tags');
    for (const arn of some) tags.set(arn, unsaid);
    if (reply === undefined || reply instanceof Hole) return;
    for (const { ResourceArn, Tags } of reply.TagDescriptions ?? [])
      if (ResourceArn !== undefined) tags.set(ResourceArn, tagsOf(Tags));
  });
  return tags;
}

/** A function from an attribute's key to its value, or to the hole in place of all of them. */
function attribute(
  reply:
    | { readonly Attributes?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined }
    | Hole
    | undefined,
): (key: string) => Value | undefined {
  if (reply instanceof Hole) return () => reply;
  const values = tagsOf(reply?.Attributes);
  return (key) => values[key];
}

const balancers: Scan = {
  id: 'elbv2-load-balancers',
  types: ['aws:lb/loadBalancer:LoadBalancer', 'aws:lb/listener:Listener', 'aws:lb/listenerRule:ListenerRule'],
  where: 'region',
  calls: [describeBalancers, balancerAttributes, describeListeners, describeRules, describeTags],
  async *run(aws) {
    for await (const page of aws.pages(describeBalancers, {})) {
      const found = page.LoadBalancers ?? [];
      const tags = await tagged(
        found.flatMap((b) => b.LoadBalancerArn ?? []),
        aws,
      );
      for (const some of await aws.each(found, (b) => balancer(b, tags.get(b.LoadBalancerArn ?? '') ?? {}, aws))) yield* some;
    }
  },
};

async function balancer(shown: ELB.LoadBalancer, tags: Observed['tags'], aws: Reader): Promise<readonly Observed[]> {
  const arn = shown.LoadBalancerArn ?? '';
  const value = attribute(await aws.ask(balancerAttributes, { LoadBalancerArn: arn }));
  const own: Observed = {
    type: 'aws:lb/loadBalancer:LoadBalancer',
    id: arn,
    arn,
    name: shown.LoadBalancerName ?? arn,
    properties: present({
      name: shown.LoadBalancerName,
      loadBalancerType: shown.Type,
      internal: shown.Scheme === 'internal',
      subnets: some((shown.AvailabilityZones ?? []).flatMap((z) => z.SubnetId ?? [])),
      customerOwnedIpv4Pool: set(shown.CustomerOwnedIpv4Pool),
      enableCrossZoneLoadBalancing: value('load_balancing.cross_zone.enabled'),
      enableZonalShift: value('zonal_shift.config.enabled'),
      enableDeletionProtection: value('deletion_protection.enabled'),
    }),
    outputs: present({ arn, dnsName: shown.DNSName?.toLowerCase(), zoneId: shown.CanonicalHostedZoneId }),
    tags,
  };
  const parts: Observed[] = [];
  for await (const page of aws.pages(describeListeners, { LoadBalancerArn: arn }))
    for (const listener of page.Listeners ?? []) parts.push(...(await listenerParts(listener, aws)));
  return [own, ...parts];
}

async function listenerParts(shown: ELB.Listener, aws: Reader): Promise<readonly Observed[]> {
  const arn = shown.ListenerArn ?? '';
  const parts = [
    part('aws:lb/listener:Listener', arn, {
      loadBalancerArn: shown.LoadBalancerArn,
      port: shown.Port,
      protocol: shown.Protocol,
      certificateArn: shown.Certificates?.[0]?.CertificateArn,
      defaultActions: some(actions(shown.DefaultActions)),
    }),
  ];
  for await (const page of aws.pages(describeRules, { ListenerArn: arn }))
    for (const rule of page.Rules ?? []) {
      // The default rule is the listener's own actions again.
      if (rule.IsDefault === true) continue;
      const priority = Number(rule.Priority);
      parts.push(
        part('aws:lb/listenerRule:ListenerRule', rule.RuleArn ?? '', {
          listenerArn: arn,
          priority: Number.isNaN(priority) ? undefined : priority,
          actions: some(actions(rule.Actions)),
        }),
      );
    }
  return parts;
}

function part(type: string, arn: string, properties: Readonly<Record<string, Value | undefined>>): Observed {
  return { type, id: arn, arn, name: arn.split('/').at(-1) ?? arn, properties: present(properties), outputs: { arn }, tags: {} };
}

function actions(list: readonly ELB.Action[] | undefined): readonly Value[] {
  return (list ?? []).map((action) => {
    const groups = (action.ForwardConfig?.TargetGroups ?? []).map((g) => present({ arn: g.TargetGroupArn, weight: g.Weight }));
    return present({
      type: action.Type,
      targetGroupArn: action.TargetGroupArn,
      forward: groups.length === 0 ? undefined : { targetGroups: groups },
    });
  });
}

const groups: Scan = {
  id: 'elbv2-target-groups',
  types: ['aws:lb/targetGroup:TargetGroup', 'aws:lb/targetGroupAttachment:TargetGroupAttachment'],
  where: 'region',
  calls: [describeGroups, groupAttributes, describeHealth, describeTags, describeScaled],
  async *run(aws) {
    const scaled = new Set<string>();
    let looked = false;
    for await (const page of aws.pages(describeGroups, {})) {
      const found = page.TargetGroups ?? [];
      if (!looked && found.some((g) => g.TargetType === 'instance'))
        for await (const some of aws.pages(describeScaled, {}))
          for (const instance of some.AutoScalingInstances ?? []) scaled.add(instance.InstanceId ?? '');
      looked ||= found.some((g) => g.TargetType === 'instance');
      const tags = await tagged(
        found.flatMap((g) => g.TargetGroupArn ?? []),
        aws,
      );
      for (const some of await aws.each(found, (g) => group(g, tags.get(g.TargetGroupArn ?? '') ?? {}, scaled, aws))) yield* some;
    }
  },
};

async function group(
  shown: ELB.TargetGroup,
  tags: Observed['tags'],
  scaled: ReadonlySet<string>,
  aws: Reader,
): Promise<readonly Observed[]> {
  const arn = shown.TargetGroupArn ?? '';
  const value = attribute(await aws.ask(groupAttributes, { TargetGroupArn: arn }));
  const failover = 'target_group_health.dns_failover.minimum_healthy_targets';
  const own: Observed = {
    type: 'aws:lb/targetGroup:TargetGroup',
    id: arn,
    arn,
    name: shown.TargetGroupName ?? arn,
    properties: present({
      name: shown.TargetGroupName,
      targetType: shown.TargetType,
      protocol: shown.Protocol,
      port: shown.Port,
      vpcId: set(shown.VpcId),
      healthCheck: present({
        enabled: shown.HealthCheckEnabled,
        interval: shown.HealthCheckIntervalSeconds,
        timeout: shown.HealthCheckTimeoutSeconds,
        healthyThreshold: shown.HealthyThresholdCount,
        unhealthyThreshold: shown.UnhealthyThresholdCount,
        protocol: shown.HealthCheckProtocol,
        port: set(shown.HealthCheckPort),
        path: set(shown.HealthCheckPath),
      }),
      deregistrationDelay: value('deregistration_delay.timeout_seconds'),
      slowStart: value('slow_start.duration_seconds'),
      loadBalancingCrossZoneEnabled: value('load_balancing.cross_zone.enabled'),
      targetGroupHealth: {
        dnsFailover: present({
          minimumHealthyTargetsCount: value(`${failover}.count`),
          minimumHealthyTargetsPercentage: value(`${failover}.percentage`),
        }),
      },
    }),
    outputs: { arn },
    tags,
  };
  return [own, ...(await attachments(arn, shown.TargetType, scaled, aws))];
}

/**
 * Targets that somebody registered one by one. Those of an Auto Scaling group are its group's, and addresses are mostly
 * those of ECS tasks, which are their service's: neither is a resource of its own.
 */
async function attachments(
  arn: string,
  type: string | undefined,
  scaled: ReadonlySet<string>,
  aws: Reader,
): Promise<readonly Observed[]> {
  if (type === 'ip') return [];
  const reply = await aws.ask(describeHealth, { TargetGroupArn: arn });
  const attached = (targetId: Value, id: string): Observed => ({
    ...part('aws:lb/targetGroupAttachment:TargetGroupAttachment', `${arn}-${id}`, { targetGroupArn: arn, targetId }),
    arn: undefined,
    outputs: {},
  });
  if (reply instanceof Hole) return [attached(reply, 'unread')];
  const ids = new Set(
    (reply?.TargetHealthDescriptions ?? []).filter((t) => t.TargetHealth?.State !== 'draining').map((t) => t.Target?.Id ?? ''),
  );
  return [...ids].filter((id) => id !== '' && !scaled.has(id)).map((id) => attached(id, id));
}

export const balancingScans: readonly Scan[] = [balancers, groups];
