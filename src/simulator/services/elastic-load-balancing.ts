/** Classic Load Balancers: their instances, health checks and AZs. */
import type * as ELB from '@aws-sdk/client-elastic-load-balancing';
import { type Answer, close, listen, refused } from '../plane/network.ts';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import type { Cancel } from '../world/clock.ts';
import { phase } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { INSTANCES, instanceAnswers, instanceArn, watchInstances } from './ec2-instances.ts';
import { defaultSubnets, subnetOf } from './ec2-network.ts';
import type { Op, Place } from './ec2-shared.ts';
import { classicDeployers } from './elastic-load-balancing-deploy.ts';
import { zoneOfBalancers } from './load-balancer-zones.ts';

interface Member {
  readonly id: string;
  health: 'InService' | 'OutOfService';
  pending: Cancel | undefined;
}

interface ClassicItem {
  readonly shown: ELB.LoadBalancerDescription & { LoadBalancerName: string };
  crossZone: boolean;
  members: Member[];
  tags: ELB.Tag[];
}

const CLASSICS = shelf<ClassicItem>('elb:load-balancer');

/** User guide for Classic Load Balancers, "Configure health checks": the defaults of one that is not described. */
const CHECK = { Interval: 30, Timeout: 5, UnhealthyThreshold: 2, HealthyThreshold: 10 } as const;

function classicOf(context: CallContext, name: string | undefined): ClassicItem {
  const item = context.get(CLASSICS, name ?? '');
  if (item === undefined) throw new ServiceFault('AccessPointNotFound', `There is no ACTIVE Load Balancer named '${name}'`);
  return item;
}

function probe(place: Place, item: ClassicItem, member: Member, answers: boolean): void {
  member.pending?.();
  const { Interval = 30, Timeout = 5, UnhealthyThreshold = 2, HealthyThreshold = 10 } = item.shown.HealthCheck ?? {};
  const needed = answers ? HealthyThreshold : UnhealthyThreshold;
  const wait = phase(place.world, Interval) + ((needed - 1) * Interval + (answers ? 0 : Timeout)) * 1000;
  member.pending = place.world.clock.after(wait, () => {
    member.health = answers ? 'InService' : 'OutOfService';
  });
}

function answerOf(place: Place, name: string): Answer {
  const item = place.world.get(CLASSICS, place.account, place.region, name);
  if (item === undefined || place.world.regionIsLost(place.region)) return refused('the load balancer is gone');
  const nodes = item.shown.AvailabilityZones?.filter((z) => !place.world.zoneIsLost(z)) ?? [];
  const node = nodes[Math.floor(place.world.random.next() * nodes.length)];
  if (node === undefined) return refused('every AZ of the load balancer is lost');
  const usable = item.members
    .filter((m) => m.health === 'InService')
    .flatMap((m) => place.world.get(INSTANCES, place.account, place.region, m.id) ?? [])
    .filter((i) => item.crossZone || i.Placement?.AvailabilityZone === node);
  const instance = usable[Math.floor(place.world.random.next() * usable.length)];
  // A Classic Load Balancer with nothing in service answers 503 (user guide, "Troubleshoot a Classic Load Balancer").
  if (instance === undefined) return refused('no instance is in service');
  return instanceAnswers(instance)
    ? {
        kind: 'served',
        by: instanceArn(place, instance.InstanceId ?? ''),
        region: place.region,
        zone: instance.Placement?.AvailabilityZone,
        writes: undefined,
      }
    : refused('the instance does not answer');
}

const create: Op<ELB.CreateLoadBalancerCommandInput, ELB.CreateLoadBalancerCommandOutput> = (input, context) => {
  const name = input.LoadBalancerName ?? '';
  if (context.get(CLASSICS, name) !== undefined)
    throw new ServiceFault('DuplicateAccessPointName', `Load Balancer named ${name} already exists`);
  const named = input.Subnets ?? [];
  const subnets =
    named.length > 0
      ? named.map((id) => subnetOf(context, id))
      : defaultSubnets(context).filter((s) => input.AvailabilityZones?.includes(s.AvailabilityZone ?? '') === true);
  if (subnets.length === 0) throw new ServiceFault('ValidationError', 'Either AvailabilityZones or SubnetIds must be specified');
  const internal = input.Scheme === 'internal';
  const host =
    `${internal ? 'internal-' : ''}${name}-${context.world.random.hex(10)}.${context.region}.elb.amazonaws.com`.toLowerCase();
  const shown = {
    LoadBalancerName: name,
    DNSName: host,
    CanonicalHostedZoneNameID: zoneOfBalancers(context.region, 'classic'),
    CreatedTime: context.now,
    Scheme: internal ? 'internal' : 'internet-facing',
    ListenerDescriptions: (input.Listeners ?? []).map((Listener) => ({ Listener, PolicyNames: [] })),
    AvailabilityZones: [...new Set(subnets.map((s) => s.AvailabilityZone ?? ''))],
    Subnets: subnets.map((s) => s.SubnetId ?? ''),
    HealthCheck: { Target: 'TCP:80', ...CHECK },
  };
  // CrossZoneLoadBalancing is off for load balancers that are made with the API (user guide, "cross-zone load balancing").
  context.put(CLASSICS, name, { shown, crossZone: false, members: [], tags: input.Tags ?? [] });
  const place = { world: context.world, account: context.account, region: context.region };
  listen(context.world, host, () => answerOf(place, name));
  return { DNSName: host };
};

/** An instance gets requests once its health checks have passed. */
export function joinClassic(place: Place, name: string, id: string): void {
  const item = place.world.get(CLASSICS, place.account, place.region, name);
  const instance = place.world.get(INSTANCES, place.account, place.region, id);
  if (item === undefined || instance === undefined || item.members.some((m) => m.id === id)) return;
  const member: Member = { id, health: 'OutOfService', pending: undefined };
  item.members = [...item.members, member];
  if (instanceAnswers(instance)) probe(place, item, member, true);
}

export function leaveClassic(place: Place, name: string, id: string): void {
  const item = place.world.get(CLASSICS, place.account, place.region, name);
  if (item !== undefined) item.members = item.members.filter((m) => m.id !== id);
}

/** Puts a load balancer into other subnets, and so into their AZs. */
function standIn(context: CallContext, shown: ClassicItem['shown'], ids: readonly string[]): string[] {
  shown.Subnets = [...ids];
  shown.AvailabilityZones = [...new Set(ids.map((id) => subnetOf(context, id).AvailabilityZone ?? ''))];
  return shown.Subnets;
}

/** The default subnets of AZs. */
const defaultsIn = (context: CallContext, zones: readonly string[] | undefined): readonly string[] =>
  defaultSubnets(context)
    .filter((s) => zones?.includes(s.AvailabilityZone ?? '') === true)
    .map((s) => s.SubnetId ?? '');

const registerInstances: Op<
  ELB.RegisterInstancesWithLoadBalancerCommandInput,
  ELB.RegisterInstancesWithLoadBalancerCommandOutput
> = (input, context) => {
  const item = classicOf(context, input.LoadBalancerName);
  for (const { InstanceId: id = '' } of input.Instances ?? []) {
    if (context.get(INSTANCES, id) === undefined) throw new ServiceFault('InvalidInstance', `Could not find EC2 instance ${id}.`);
    joinClassic({ world: context.world, account: context.account, region: context.region }, item.shown.LoadBalancerName, id);
  }
  return { Instances: item.members.map((m) => ({ InstanceId: m.id })) };
};

const described = (item: ClassicItem): ELB.LoadBalancerDescription => ({
  ...item.shown,
  Instances: item.members.map((m) => ({ InstanceId: m.id })),
});

export const elasticLoadBalancing: SimulatedService = {
  client: 'elastic-load-balancing',
  prefix: 'elasticloadbalancing',
  operations: {
    CreateLoadBalancer: create,
    DescribeLoadBalancers: ((input, context) => {
      for (const name of input.LoadBalancerNames ?? []) classicOf(context, name);
      const all = context.list(CLASSICS).filter((c) => input.LoadBalancerNames?.includes(c.shown.LoadBalancerName) ?? true);
      const { items, next } = page(all, input.Marker, input.PageSize ?? 400);
      return { LoadBalancerDescriptions: items.map(described), ...(next === undefined ? {} : { NextMarker: next }) };
    }) satisfies Op<ELB.DescribeLoadBalancersCommandInput, ELB.DescribeLoadBalancersCommandOutput>,
    DeleteLoadBalancer: ((input, context) => {
      const item = context.get(CLASSICS, input.LoadBalancerName ?? '');
      if (item?.shown.DNSName !== undefined) close(context.world, item.shown.DNSName);
      context.remove(CLASSICS, input.LoadBalancerName ?? '');
      return {};
    }) satisfies Op<ELB.DeleteLoadBalancerCommandInput, ELB.DeleteLoadBalancerCommandOutput>,
    CreateLoadBalancerListeners: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      const made = (input.Listeners ?? []).map((Listener) => ({ Listener, PolicyNames: [] }));
      shown.ListenerDescriptions = [...(shown.ListenerDescriptions ?? []), ...made];
      return {};
    }) satisfies Op<ELB.CreateLoadBalancerListenersCommandInput, ELB.CreateLoadBalancerListenersCommandOutput>,
    DeleteLoadBalancerListeners: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      shown.ListenerDescriptions = (shown.ListenerDescriptions ?? []).filter(
        (d) => input.LoadBalancerPorts?.includes(d.Listener?.LoadBalancerPort ?? 0) !== true,
      );
      return {};
    }) satisfies Op<ELB.DeleteLoadBalancerListenersCommandInput, ELB.DeleteLoadBalancerListenersCommandOutput>,
    AttachLoadBalancerToSubnets: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      const added = (input.Subnets ?? []).map((id) => subnetOf(context, id).SubnetId ?? '');
      return { Subnets: standIn(context, shown, [...(shown.Subnets ?? []), ...added]) };
    }) satisfies Op<ELB.AttachLoadBalancerToSubnetsCommandInput, ELB.AttachLoadBalancerToSubnetsCommandOutput>,
    DetachLoadBalancerFromSubnets: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      const kept = (shown.Subnets ?? []).filter((id) => input.Subnets?.includes(id) !== true);
      return { Subnets: standIn(context, shown, kept) };
    }) satisfies Op<ELB.DetachLoadBalancerFromSubnetsCommandInput, ELB.DetachLoadBalancerFromSubnetsCommandOutput>,
    EnableAvailabilityZonesForLoadBalancer: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      standIn(context, shown, [...(shown.Subnets ?? []), ...defaultsIn(context, input.AvailabilityZones)]);
      return { AvailabilityZones: shown.AvailabilityZones ?? [] };
    }) satisfies Op<
      ELB.EnableAvailabilityZonesForLoadBalancerCommandInput,
      ELB.EnableAvailabilityZonesForLoadBalancerCommandOutput
    >,
    DisableAvailabilityZonesForLoadBalancer: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      const gone = defaultsIn(context, input.AvailabilityZones);
      standIn(
        context,
        shown,
        (shown.Subnets ?? []).filter((id) => !gone.includes(id)),
      );
      return { AvailabilityZones: shown.AvailabilityZones ?? [] };
    }) satisfies Op<
      ELB.DisableAvailabilityZonesForLoadBalancerCommandInput,
      ELB.DisableAvailabilityZonesForLoadBalancerCommandOutput
    >,
    AddTags: ((input, context) => {
      const added = input.Tags ?? [];
      for (const item of (input.LoadBalancerNames ?? []).map((name) => classicOf(context, name)))
        item.tags = [...item.tags.filter((t) => !added.some((a) => a.Key === t.Key)), ...added];
      return {};
    }) satisfies Op<ELB.AddTagsCommandInput, ELB.AddTagsCommandOutput>,
    RemoveTags: ((input, context) => {
      for (const item of (input.LoadBalancerNames ?? []).map((name) => classicOf(context, name)))
        item.tags = item.tags.filter((t) => !input.Tags?.some((gone) => gone.Key === t.Key));
      return {};
    }) satisfies Op<ELB.RemoveTagsCommandInput, ELB.RemoveTagsCommandOutput>,
    ConfigureHealthCheck: ((input, context) => {
      const { shown } = classicOf(context, input.LoadBalancerName);
      if (input.HealthCheck !== undefined) shown.HealthCheck = input.HealthCheck;
      return { ...(shown.HealthCheck === undefined ? {} : { HealthCheck: shown.HealthCheck }) };
    }) satisfies Op<ELB.ConfigureHealthCheckCommandInput, ELB.ConfigureHealthCheckCommandOutput>,
    ModifyLoadBalancerAttributes: ((input, context) => {
      const item = classicOf(context, input.LoadBalancerName);
      item.crossZone = input.LoadBalancerAttributes?.CrossZoneLoadBalancing?.Enabled ?? item.crossZone;
      return {
        LoadBalancerName: item.shown.LoadBalancerName,
        LoadBalancerAttributes: { CrossZoneLoadBalancing: { Enabled: item.crossZone } },
      };
    }) satisfies Op<ELB.ModifyLoadBalancerAttributesCommandInput, ELB.ModifyLoadBalancerAttributesCommandOutput>,
    DescribeLoadBalancerAttributes: ((input, context) => ({
      LoadBalancerAttributes: { CrossZoneLoadBalancing: { Enabled: classicOf(context, input.LoadBalancerName).crossZone } },
    })) satisfies Op<ELB.DescribeLoadBalancerAttributesCommandInput, ELB.DescribeLoadBalancerAttributesCommandOutput>,
    RegisterInstancesWithLoadBalancer: registerInstances,
    DeregisterInstancesFromLoadBalancer: ((input, context) => {
      const item = classicOf(context, input.LoadBalancerName);
      item.members = item.members.filter((m) => !input.Instances?.some((i) => i.InstanceId === m.id));
      return { Instances: item.members.map((m) => ({ InstanceId: m.id })) };
    }) satisfies Op<ELB.DeregisterInstancesFromLoadBalancerCommandInput, ELB.DeregisterInstancesFromLoadBalancerCommandOutput>,
    DescribeInstanceHealth: ((input, context) => ({
      InstanceStates: classicOf(context, input.LoadBalancerName).members.map((m) => ({ InstanceId: m.id, State: m.health })),
    })) satisfies Op<ELB.DescribeInstanceHealthCommandInput, ELB.DescribeInstanceHealthCommandOutput>,
    DescribeTags: ((input, context) => {
      const names = input.LoadBalancerNames ?? [];
      if (names.length > 20)
        throw new ServiceFault('ValidationError', 'At most 20 load balancers can be described at the same time');
      return { TagDescriptions: names.map((name) => ({ LoadBalancerName: name, Tags: classicOf(context, name).tags })) };
    }) satisfies Op<ELB.DescribeTagsCommandInput, ELB.DescribeTagsCommandOutput>,
  },
  begin(world: World) {
    watchInstances(world, (instance, place, how) => {
      for (const item of world.list(CLASSICS, place.account, place.region))
        for (const member of item.members) if (member.id === instance.InstanceId) probe(place, item, member, how === 'answers');
    });
  },
  deployers: classicDeployers,
};
