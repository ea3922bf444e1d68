/** Application, Network and Gateway Load Balancers as an API. */

import type { Subnet } from '@aws-sdk/client-ec2';
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { close } from '../plane/network.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { subnetOf } from './ec2-network.ts';
import type { Op } from './ec2-shared.ts';
import { balancingDeployers } from './elastic-load-balancing-v2-deploy.ts';
import { healthMeetsFaults } from './elastic-load-balancing-v2-health.ts';
import { listenerOperations, removeListener } from './elastic-load-balancing-v2-listeners.ts';
import * as state from './elastic-load-balancing-v2-state.ts';
import { groupOperations } from './elastic-load-balancing-v2-targets.ts';
import { opens } from './elastic-load-balancing-v2-traffic.ts';
import { zoneOfBalancers } from './load-balancer-zones.ts';

/** Seconds from creation to active: a few minutes in practice; the documentation gives no number. */
const PROVISIONING = [60, 180] as const;

const SHORT = { application: 'app', network: 'net', gateway: 'gwy' } as const;

/** LoadBalancerAttribute: the defaults of each type. */
const attributesOf = (type: ELB.LoadBalancerTypeEnum): Record<string, string> => ({
  'deletion_protection.enabled': 'false',
  'load_balancing.cross_zone.enabled': String(type === 'application'),
  'access_logs.s3.enabled': 'false',
  ...(type === 'gateway' ? {} : { 'zonal_shift.config.enabled': 'false' }),
  ...(type === 'application' ? { 'idle_timeout.timeout_seconds': '60' } : {}),
});

/** One subnet in each AZ, and for Application Load Balancers at least two. */
function subnetsOf(
  context: CallContext,
  type: ELB.LoadBalancerTypeEnum,
  { Subnets, SubnetMappings }: Pick<ELB.SetSubnetsCommandInput, 'Subnets' | 'SubnetMappings'>,
): readonly Subnet[] {
  const subnets = (Subnets ?? SubnetMappings?.map((m) => m.SubnetId ?? '') ?? []).map((id) => subnetOf(context, id));
  const zones = subnets.map((s) => s.AvailabilityZone ?? '');
  if (new Set(zones).size < zones.length)
    throw new ServiceFault(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  if (type === 'application' && zones.length < 2)
    throw new ServiceFault('ValidationError', 'At least two subnets in two different Availability Zones must be specified');
  return subnets;
}

const zonesShown = (subnets: readonly Subnet[]): ELB.AvailabilityZone[] =>
  subnets.map((s) => ({ ZoneName: s.AvailabilityZone ?? '', SubnetId: s.SubnetId ?? '', LoadBalancerAddresses: [] }));

const createLoadBalancer: Op<ELB.CreateLoadBalancerCommandInput, ELB.CreateLoadBalancerCommandOutput> = (input, context) => {
  const name = input.Name ?? '';
  const type = input.Type ?? 'application';
  if (context.list(state.BALANCERS).some((b) => b.shown.LoadBalancerName === name))
    throw new ServiceFault('DuplicateLoadBalancerName', `A load balancer with the name '${name}' already exists`);
  const subnets = subnetsOf(context, type, input);
  const id = context.id('lb', 16);
  const hash = id.startsWith('arn:') ? (id.split('/').at(-1) ?? '') : id.slice(3);
  const internal = input.Scheme === 'internal';
  const arn = id.startsWith('arn:') ? id : context.arn('elasticloadbalancing', `loadbalancer/${SHORT[type]}/${name}/${hash}`);
  const host = `${internal ? 'internal-' : ''}${name}-${hash.slice(0, 10)}`.toLowerCase();
  const shown: ELB.LoadBalancer = {
    LoadBalancerArn: arn,
    LoadBalancerName: name,
    DNSName: type === 'network' ? `${host}.elb.${context.region}.amazonaws.com` : `${host}.${context.region}.elb.amazonaws.com`,
    CanonicalHostedZoneId: zoneOfBalancers(context.region, type),
    CreatedTime: context.now,
    Scheme: internal ? 'internal' : 'internet-facing',
    Type: type,
    IpAddressType: input.IpAddressType ?? 'ipv4',
    State: { Code: 'provisioning' },
    SecurityGroups: input.SecurityGroups ?? [],
    AvailabilityZones: zonesShown(subnets),
  };
  if (subnets[0]?.VpcId !== undefined) shown.VpcId = subnets[0].VpcId;
  const balancer: state.BalancerItem = {
    shown,
    attributes: attributesOf(type),
    tags: input.Tags ?? [],
    silent: new Set(),
    out: new Set(),
  };
  context.put(state.BALANCERS, arn, balancer);
  const place = { world: context.world, account: context.account, region: context.region };
  opens(place, balancer);
  context.world.clock.after(between(context.world, ...PROVISIONING), () => {
    shown.State = { Code: 'active' };
  });
  return { LoadBalancers: [shown] };
};

const describeLoadBalancers: Op<ELB.DescribeLoadBalancersCommandInput, ELB.DescribeLoadBalancersCommandOutput> = (
  input,
  context,
) => {
  const all = context.list(state.BALANCERS).map((b) => b.shown);
  for (const arn of input.LoadBalancerArns ?? []) state.balancerOf(context, arn);
  const found = all.filter(
    (b) =>
      (input.LoadBalancerArns?.includes(b.LoadBalancerArn ?? '') ?? true) &&
      (input.Names?.includes(b.LoadBalancerName ?? '') ?? true),
  );
  if (input.Names !== undefined && found.length < input.Names.length)
    throw new ServiceFault('LoadBalancerNotFound', `Load balancers '[${input.Names.join(', ')}]' not found`);
  const { items, next } = page(found, input.Marker, input.PageSize ?? 400);
  return { LoadBalancers: [...items], ...(next === undefined ? {} : { NextMarker: next }) };
};

const modifyAttributes: Op<ELB.ModifyLoadBalancerAttributesCommandInput, ELB.ModifyLoadBalancerAttributesCommandOutput> = (
  input,
  context,
) => {
  const balancer = state.balancerOf(context, input.LoadBalancerArn);
  for (const { Key = '', Value = '' } of input.Attributes ?? []) balancer.attributes[Key] = Value;
  return { Attributes: input.Attributes ?? [] };
};

const deleteLoadBalancer: Op<ELB.DeleteLoadBalancerCommandInput, ELB.DeleteLoadBalancerCommandOutput> = (input, context) => {
  const balancer = context.get(state.BALANCERS, input.LoadBalancerArn ?? '');
  if (balancer?.attributes['deletion_protection.enabled'] === 'true')
    throw new ServiceFault(
      'OperationNotPermitted',
      `Load balancer '${input.LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
    );
  context.remove(state.BALANCERS, input.LoadBalancerArn ?? '');
  if (balancer?.shown.DNSName !== undefined) close(context.world, balancer.shown.DNSName);
  for (const listener of state.listenersOf(context, input.LoadBalancerArn ?? '')) removeListener(context, listener);
  return {};
};

/** Whatever has tags, by its ARN. */
function tagged(context: CallContext, arn: string): { tags: ELB.Tag[] } {
  const item =
    context.get(state.BALANCERS, arn) ??
    context.get(state.TARGET_GROUPS, arn) ??
    context.get(state.LISTENERS, arn) ??
    context.get(state.RULES, arn);
  const code = arn.includes(':targetgroup/') ? 'TargetGroupNotFound' : 'LoadBalancerNotFound';
  return state.the(item, code, arn);
}

const describeTags: Op<ELB.DescribeTagsCommandInput, ELB.DescribeTagsCommandOutput> = (input, context) => {
  const arns = input.ResourceArns ?? [];
  if (arns.length > 20) throw new ServiceFault('ValidationError', 'At most 20 resources can be described at the same time');
  return { TagDescriptions: arns.map((ResourceArn) => ({ ResourceArn, Tags: tagged(context, ResourceArn).tags })) };
};

export const elasticLoadBalancingV2: SimulatedService = {
  client: 'elastic-load-balancing-v2',
  prefix: 'elasticloadbalancing',
  operations: {
    CreateLoadBalancer: createLoadBalancer,
    DescribeLoadBalancers: describeLoadBalancers,
    ModifyLoadBalancerAttributes: modifyAttributes,
    DescribeLoadBalancerAttributes: ((input, context) => ({
      Attributes: Object.entries(state.balancerOf(context, input.LoadBalancerArn).attributes).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    })) satisfies Op<ELB.DescribeLoadBalancerAttributesCommandInput, ELB.DescribeLoadBalancerAttributesCommandOutput>,
    SetSubnets: ((input, context) => {
      const { shown } = state.balancerOf(context, input.LoadBalancerArn);
      shown.AvailabilityZones = zonesShown(subnetsOf(context, shown.Type ?? 'application', input));
      return { AvailabilityZones: shown.AvailabilityZones };
    }) satisfies Op<ELB.SetSubnetsCommandInput, ELB.SetSubnetsCommandOutput>,
    SetSecurityGroups: ((input, context) => {
      const { shown } = state.balancerOf(context, input.LoadBalancerArn);
      shown.SecurityGroups = input.SecurityGroups ?? [];
      return { SecurityGroupIds: shown.SecurityGroups };
    }) satisfies Op<ELB.SetSecurityGroupsCommandInput, ELB.SetSecurityGroupsCommandOutput>,
    DeleteLoadBalancer: deleteLoadBalancer,
    DescribeTags: describeTags,
    AddTags: ((input, context) => {
      for (const arn of input.ResourceArns ?? []) {
        const item = tagged(context, arn);
        const given = input.Tags ?? [];
        item.tags = [...item.tags.filter((t) => !given.some((g) => g.Key === t.Key)), ...given];
      }
      return {};
    }) satisfies Op<ELB.AddTagsCommandInput, ELB.AddTagsCommandOutput>,
    RemoveTags: ((input, context) => {
      for (const arn of input.ResourceArns ?? []) {
        const item = tagged(context, arn);
        item.tags = item.tags.filter((t) => !(input.TagKeys ?? []).includes(t.Key ?? ''));
      }
      return {};
    }) satisfies Op<ELB.RemoveTagsCommandInput, ELB.RemoveTagsCommandOutput>,
    ...groupOperations,
    ...listenerOperations,
  },
  begin(world) {
    healthMeetsFaults(world);
    world.onFault((fault, _world, how) => {
      if (how === 'ends') return;
      for (const { account, region, key, item } of world.everywhere(state.BALANCERS)) {
        const deleted = fault.kind === 'deleted' && fault.arn === key;
        if (!deleted && !(fault.kind === 'account-compromised' && fault.account === account)) continue;
        world.remove(state.BALANCERS, account, region, key);
        close(world, item.shown.DNSName ?? '');
      }
      if (fault.kind === 'deleted')
        for (const { account, region, key } of world.everywhere(state.TARGET_GROUPS))
          if (key === fault.arn) world.remove(state.TARGET_GROUPS, account, region, key);
    });
  },
  deployers: balancingDeployers,
};
