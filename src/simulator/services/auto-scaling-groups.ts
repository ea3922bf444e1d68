/**
 * What an Auto Scaling group does by itself: it keeps its desired capacity, replaces what is unhealthy, and levels its AZs again.
 * Behaviour after the Auto Scaling user guide: "Health checks for instances", "Suspend and resume processes", "Distribute
 * instances across Availability Zones".
 */
import type * as ASG from '@aws-sdk/client-auto-scaling';
import { ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { shiftedAway, watchShifts } from './arc-zonal-shift-model.ts';
import {
  INSTANCES,
  type InstanceItem,
  instanceAnswers,
  instanceArn,
  launch,
  subnetItems,
  terminate,
  watchInstances,
} from './ec2-instances.ts';
import type { Place } from './ec2-shared.ts';
import { joinClassic, leaveClassic } from './elastic-load-balancing.ts';
import { addTarget, removeTarget, watchTargets } from './elastic-load-balancing-v2-health.ts';
import { TARGET_GROUPS } from './elastic-load-balancing-v2-state.ts';

export interface Member {
  readonly id: string;
  readonly zone: string;
  lifecycle: 'Pending' | 'InService' | 'Terminating';
  health: 'Healthy' | 'Unhealthy';
  /** Virtual milliseconds at which it went into service. */
  since: number | undefined;
}

export interface GroupItem {
  readonly shown: ASG.AutoScalingGroup & { AutoScalingGroupName: string };
  /** Subnets that it launches into, also where it names AZs. */
  subnets: readonly string[];
  members: Member[];
  activities: ASG.Activity[];
  /** A failed launch is tried again; one attempt waits at a time. */
  retrying: boolean;
}

export interface Recipe {
  readonly image: string | undefined;
  readonly type: string;
}

export const GROUPS = shelf<GroupItem>('auto-scaling:group');
export const RECIPES = shelf<Recipe>('auto-scaling:recipe');

/** Seconds. EC2 status checks run each minute and two must fail; the group then asks within another minute or two. */
const IMPAIRED = [120, 240] as const;
/** An instance that is no longer running, or that its load balancer calls unhealthy, is seen at the next of the group's looks. */
const NOTICED = [5, 60] as const;
/** A launch that failed is tried again: the interval is an assumption. */
const RETRY = [30, 90] as const;
/** How soon after an AZ is back a group levels itself: an assumption. */
const REBALANCE = [120, 300] as const;

const suspended = (group: GroupItem, process: string): boolean =>
  group.shown.SuspendedProcesses?.some((p) => p.ProcessName === process) === true;

const live = (group: GroupItem): readonly Member[] => group.members.filter((m) => m.lifecycle !== 'Terminating');

/** Its own control plane and that of EC2 must answer for a group to launch or terminate anything. */
const acts = (place: Place): boolean =>
  !place.world.faults.some(
    ({ fault }) =>
      (fault.kind === 'region-loss' && fault.region === place.region) ||
      (fault.kind === 'control-plane-loss' &&
        fault.region === place.region &&
        (fault.client === undefined || fault.client === 'auto-scaling' || fault.client === 'ec2')),
  );

/** Brings the number of members to the desired capacity. */
export function keep(place: Place, group: GroupItem): void {
  const desired = group.shown.DesiredCapacity ?? 0;
  if (!acts(place)) {
    retry(place, group);
    return;
  }
  while (live(group).length < desired) {
    if (suspended(group, 'Launch')) return;
    if (!addMember(place, group)) {
      retry(place, group);
      return;
    }
  }
  while (live(group).length > desired && !suspended(group, 'Terminate')) {
    const [fullest] = byZone(place, group).reverse();
    const leaving = live(group).find((m) => m.zone === fullest?.zone) ?? live(group)[0];
    if (leaving === undefined) return;
    dropMember(place, group, leaving);
  }
}

function retry(place: Place, group: GroupItem): void {
  if (group.retrying) return;
  group.retrying = true;
  place.world.clock.after(between(place.world, ...RETRY), () => {
    group.retrying = false;
    if (place.world.get(GROUPS, place.account, place.region, group.shown.AutoScalingGroupName) !== undefined) keep(place, group);
  });
}

/** Its AZs with their members, the emptiest first; while a zonal shift is in effect nothing is launched into that AZ. */
function byZone(place: Place, group: GroupItem): { readonly zone: string; readonly subnet: string; readonly count: number }[] {
  const away = shiftedAway(place, group.shown.AutoScalingGroupARN ?? '');
  return subnetItems(place, group.subnets)
    .filter((s) => away === undefined || s.AvailabilityZone !== away)
    .map((s) => {
      const zone = s.AvailabilityZone ?? '';
      return { zone, subnet: s.SubnetId ?? '', count: live(group).filter((m) => m.zone === zone).length };
    })
    .sort((a, b) => a.count - b.count);
}

/** False when no AZ that it may try starts an instance. */
function addMember(place: Place, group: GroupItem): boolean {
  const zones = byZone(place, group);
  const only = group.shown.AvailabilityZoneDistribution?.CapacityDistributionStrategy === 'balanced-only';
  // balanced-only "continues to attempt" the AZ that is behind; best effort goes to another one.
  const tried = only ? zones.filter((z) => z.count === zones[0]?.count) : zones;
  for (const { zone, subnet } of tried) {
    const failure = startIn(place, group, zone, subnet);
    if (failure === undefined) return true;
    log(place, group, 'Failed', `Launching a new EC2 instance. Status Reason: ${failure}`);
  }
  return false;
}

function startIn(place: Place, group: GroupItem, zone: string, subnet: string): string | undefined {
  const { world, account, region } = place;
  const name = group.shown.AutoScalingGroupName;
  const [item] = subnetItems(place, [subnet]);
  const recipe = world.get(RECIPES, account, region, name);
  if (item === undefined || recipe === undefined) return 'there is nothing to launch from';
  const id = `i-${world.random.hex(17)}`;
  const member: Member = { id, zone, lifecycle: 'Pending', health: 'Healthy', since: undefined };
  try {
    const tags = (group.shown.Tags ?? [])
      .filter((t) => t.PropagateAtLaunch === true)
      .map((t) => ({ Key: t.Key ?? '', Value: t.Value ?? '' }));
    launch(place, {
      id,
      subnet: item,
      type: recipe.type,
      image: recipe.image,
      tags: [{ Key: 'aws:autoscaling:groupName', Value: name }, ...tags],
      more: {},
      devices: [],
    });
  } catch (error) {
    if (error instanceof ServiceFault) return error.message;
    throw error;
  }
  group.members = [...group.members, member];
  log(place, group, 'Successful', `Launching a new EC2 instance: ${id}`);
  return undefined;
}

export function dropMember(place: Place, group: GroupItem, member: Member): void {
  member.lifecycle = 'Terminating';
  for (const target of targetGroups(place, group)) removeTarget(place, target, member.id, undefined);
  for (const name of group.shown.LoadBalancerNames ?? []) leaveClassic(place, name, member.id);
  const instance = place.world.get(INSTANCES, place.account, place.region, member.id);
  if (instance !== undefined) terminate(place, instance);
  group.members = group.members.filter((m) => m !== member);
  log(place, group, 'Successful', `Terminating EC2 instance: ${member.id}`);
}

function log(place: Place, group: GroupItem, status: 'Successful' | 'Failed', what: string): void {
  const now = new Date(place.world.clock.now());
  const activity: ASG.Activity = {
    ActivityId: `${group.activities.length + 1}-${place.world.random.hex(12)}`,
    AutoScalingGroupName: group.shown.AutoScalingGroupName,
    Description: what,
    Cause: 'At the desired capacity of the group',
    StartTime: now,
    EndTime: now,
    StatusCode: status,
    Progress: 100,
  };
  // The newest first, as DescribeScalingActivities answers, and no more than six weeks of a busy group would leave.
  group.activities = [activity, ...group.activities].slice(0, 200);
}

export const targetGroups = (place: Place, group: GroupItem) =>
  (group.shown.TargetGroupARNs ?? []).flatMap((arn) => place.world.get(TARGET_GROUPS, place.account, place.region, arn) ?? []);

/** A member that answers is in service, and registered with the load balancers unless that process is suspended. */
function inService(place: Place, group: GroupItem, member: Member): void {
  if (member.lifecycle !== 'Pending') return;
  member.lifecycle = 'InService';
  member.since = place.world.clock.now();
  if (!suspended(group, 'AddToLoadBalancer')) register(place, group, member);
}

export function register(place: Place, group: GroupItem, member: Member): void {
  for (const name of group.shown.LoadBalancerNames ?? []) joinClassic(place, name, member.id);
  const instance = place.world.get(INSTANCES, place.account, place.region, member.id);
  for (const target of targetGroups(place, group))
    addTarget(place, target, {
      id: member.id,
      port: target.shown.Port,
      zone: member.zone,
      by: instanceArn(place, member.id),
      answers: instance !== undefined && instanceAnswers(instance),
    });
}

/** Asks once more after a while; what is well again by then is left alone. */
function doubt(
  place: Place,
  group: GroupItem,
  member: Member,
  seconds: readonly [number, number],
  isIll: () => boolean,
  graced: boolean,
): void {
  const grace = (group.shown.HealthCheckGracePeriod ?? 0) * 1000;
  const until = graced && member.since !== undefined ? member.since + grace : 0;
  const wait = Math.max(between(place.world, ...seconds), until - place.world.clock.now());
  place.world.clock.after(wait, () => {
    if (!group.members.includes(member) || member.lifecycle === 'Terminating' || !isIll()) return;
    // With the process suspended nothing is marked; once resumed, the next look finds it.
    if (suspended(group, 'HealthCheck') || !acts(place)) {
      doubt(place, group, member, NOTICED, isIll, false);
      return;
    }
    const away = shiftedAway(place, group.shown.AutoScalingGroupARN ?? '');
    const policy = group.shown.AvailabilityZoneImpairmentPolicy?.ImpairedZoneHealthCheckBehavior;
    if (policy === 'IgnoreUnhealthy' && member.zone === away) {
      doubt(place, group, member, NOTICED, isIll, false);
      return;
    }
    member.health = 'Unhealthy';
    replace(place, group);
  });
}

/** Terminates the unhealthy and launches others in their place. */
export function replace(place: Place, group: GroupItem): void {
  if (suspended(group, 'ReplaceUnhealthy') || suspended(group, 'Terminate') || suspended(group, 'Launch')) return;
  for (const member of live(group).filter((m) => m.health === 'Unhealthy')) dropMember(place, group, member);
  keep(place, group);
}

/** Moves members from the fullest AZ to the emptiest, one at a time: the new one is launched before the old one goes. */
function rebalance(place: Place, group: GroupItem): void {
  if (suspended(group, 'AZRebalance') || suspended(group, 'Launch') || suspended(group, 'Terminate') || !acts(place)) return;
  const zones = byZone(place, group);
  const [emptiest] = zones;
  const fullest = zones.at(-1);
  if (emptiest === undefined || fullest === undefined || fullest.count - emptiest.count < 2) return;
  if (startIn(place, group, emptiest.zone, emptiest.subnet) !== undefined) return;
  place.world.clock.after(between(place.world, ...REBALANCE), () => {
    const leaving = live(group).find((m) => m.zone === fullest.zone && m.lifecycle === 'InService');
    if (leaving !== undefined && live(group).length > (group.shown.DesiredCapacity ?? 0)) dropMember(place, group, leaving);
    rebalance(place, group);
  });
}

function ownerOf(place: Place, instance: string): { readonly group: GroupItem; readonly member: Member } | undefined {
  for (const group of place.world.list(GROUPS, place.account, place.region)) {
    const member = group.members.find((m) => m.id === instance);
    if (member !== undefined) return { group, member };
  }
  return undefined;
}

/** Does its type name this check? A list with commas since 2024 (`EC2,EBS`). */
const checks = (group: GroupItem, type: string): boolean => (group.shown.HealthCheckType ?? 'EC2').split(',').includes(type);

export function groupsMeetEvents(world: World): void {
  watchInstances(world, (instance: InstanceItem, place, how) => {
    const owner = ownerOf(place, instance.InstanceId ?? '');
    if (owner === undefined) return;
    const { group, member } = owner;
    if (how === 'answers') inService(place, group, member);
    else
      doubt(
        place,
        group,
        member,
        instance.gone === undefined ? NOTICED : IMPAIRED,
        () => !instanceAnswers(instance),
        instance.gone !== undefined,
      );
  });
  watchTargets(world, (target, arn, place) => {
    const owner = ownerOf(place, target.id);
    if (owner === undefined || target.health !== 'unhealthy' || !checks(owner.group, 'ELB')) return;
    if (owner.group.shown.TargetGroupARNs?.includes(arn) !== true) return;
    doubt(place, owner.group, owner.member, NOTICED, () => target.health === 'unhealthy', true);
  });
  watchShifts(world, (arn, place) => {
    const group = world.list(GROUPS, place.account, place.region).find((g) => g.shown.AutoScalingGroupARN === arn);
    // Once traffic may come back, the group levels its AZs.
    if (group !== undefined && shiftedAway(place, arn) === undefined)
      world.clock.after(between(world, ...REBALANCE), () => rebalance(place, group));
  });
  world.onFault((fault, _world, how) => {
    for (const { account, region, key, item } of world.everywhere(GROUPS)) {
      const place = { world, account, region };
      if (how === 'ends' && (fault.kind === 'az-loss' || fault.kind === 'region-loss'))
        world.clock.after(between(world, ...REBALANCE), () => {
          keep(place, item);
          rebalance(place, item);
        });
      const arn = item.shown.AutoScalingGroupARN;
      const taken =
        (fault.kind === 'deleted' && fault.arn === arn) || (fault.kind === 'account-compromised' && fault.account === account);
      if (how === 'begins' && taken) {
        for (const member of live(item)) dropMember(place, item, member);
        world.remove(GROUPS, account, region, key);
      }
    }
  });
}
