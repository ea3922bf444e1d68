/**
 * Target health and what follows from it: a target that stops answering is taken out when its health checks have failed as
 * often as the group asks, and a node of a load balancer leaves the DNS answers when its AZ has nothing left to send to.
 */

import { between, phase } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { shiftedAway, watchShifts } from './arc-zonal-shift-model.ts';
import { INSTANCES, instanceAnswers, watchInstances } from './ec2-instances.ts';
import type { Place } from './ec2-shared.ts';
import {
  BALANCERS,
  type BalancerItem,
  balancersOf,
  crossZone,
  forwardsTo,
  isUsable,
  listenersOf,
  TARGET_GROUPS,
  type Target,
  type TargetGroupItem,
} from './elastic-load-balancing-v2-state.ts';

/** Route 53 checks the nodes: three probes 10 s apart (Route 53 developer guide, fast health checks): an assumption for ELB's own. */
const NODE_CHECK = [20, 30] as const;
/** TTL of a load balancer's DNS records (ELB user guide, "How Elastic Load Balancing works"): clients ask again within it. */
const DNS_TTL = 60;

export type TargetTold = (target: Target, group: string, place: Place) => void;
const listeners = new WeakMap<World, TargetTold[]>();

/** Auto Scaling and ECS are told when a target turns healthy or unhealthy. */
export function watchTargets(world: World, told: TargetTold): void {
  listeners.set(world, [...(listeners.get(world) ?? []), told]);
}

/** Something behind targets begins or ceases to answer: every group in which it is registered will notice by its own checks. */
export function turn(place: Place, targetId: string, answers: boolean): void {
  for (const group of place.world.list(TARGET_GROUPS, place.account, place.region))
    for (const target of group.targets)
      if (target.id === targetId && target.answers !== answers) probed(place, group, target, answers);
}

function probed(place: Place, group: TargetGroupItem, target: Target, answers: boolean): void {
  target.answers = answers;
  target.pending?.();
  target.pending = undefined;
  const { HealthCheckEnabled, HealthCheckIntervalSeconds = 30, HealthCheckTimeoutSeconds = 5 } = group.shown;
  if (HealthCheckEnabled !== true || target.health === 'draining') return;
  const { HealthyThresholdCount = 5, UnhealthyThresholdCount = 2 } = group.shown;
  // "After registration, one passed check is enough" (target group health checks).
  const needed = answers ? (target.health === 'initial' ? 1 : HealthyThresholdCount) : UnhealthyThresholdCount;
  const wait = phase(place.world, HealthCheckIntervalSeconds);
  const last = answers ? 0 : HealthCheckTimeoutSeconds;
  target.pending = place.world.clock.after(wait + ((needed - 1) * HealthCheckIntervalSeconds + last) * 1000, () => {
    target.pending = undefined;
    const state = answers ? 'healthy' : 'unhealthy';
    if (target.health === state) return;
    target.health = state;
    changed(place, group, target);
  });
}

function changed(place: Place, group: TargetGroupItem, target: Target): void {
  group.history.push({ at: place.world.clock.now(), target, health: target.health });
  const arn = group.shown.TargetGroupArn ?? '';
  for (const told of listeners.get(place.world) ?? []) told(target, arn, place);
  for (const balancer of balancersOf(place, arn))
    place.world.clock.after(phase(place.world, DNS_TTL), () => refreshNodes(place, balancer));
}

/** Registers a target; its first health check follows within one interval. */
export function addTarget(place: Place, group: TargetGroupItem, target: Omit<Target, 'health' | 'pending'>): void {
  const existing = group.targets.find((t) => t.id === target.id && t.port === target.port && t.health !== 'draining');
  if (existing !== undefined) return;
  const added: Target = {
    ...target,
    health: group.shown.HealthCheckEnabled === true ? 'initial' : 'unavailable',
    pending: undefined,
  };
  group.targets = [...group.targets.filter((t) => t.id !== target.id || t.port !== target.port), added];
  group.history.push({ at: place.world.clock.now(), target: added, health: added.health });
  probed(place, group, added, target.answers);
}

/** Requests in flight are let finish for the deregistration delay. */
export function removeTarget(place: Place, group: TargetGroupItem, id: string, port: number | undefined): void {
  for (const target of group.targets) {
    if (target.id !== id || (port !== undefined && target.port !== port)) continue;
    target.pending?.();
    target.health = 'draining';
    changed(place, group, target);
    const delay = Number(group.attributes['deregistration_delay.timeout_seconds'] ?? 300);
    place.world.clock.after(delay * 1000, () => {
      group.targets = group.targets.filter((t) => t !== target);
      group.history.push({ at: place.world.clock.now(), target, health: undefined });
    });
  }
}

const zonesOf = (balancer: BalancerItem): readonly string[] =>
  (balancer.shown.AvailabilityZones ?? []).map((z) => z.ZoneName ?? '');

/** Which nodes DNS answers with. When every zone is bad, all of them: it fails open (ELB user guide, "Target group health"). */
function refreshNodes(place: Place, balancer: BalancerItem): void {
  const away = shiftedAway(place, balancer.shown.LoadBalancerArn ?? '');
  const bad = zonesOf(balancer).filter(
    (zone) => zone === away || balancer.silent.has(zone) || !hasTargets(place, balancer, zone),
  );
  balancer.out = new Set(bad.length === zonesOf(balancer).length ? [] : bad);
}

/** A zone is healthy while each of its groups has the minimum of healthy targets there, or anywhere when zones are crossed. */
function hasTargets(place: Place, balancer: BalancerItem, zone: string): boolean {
  const arns = listenersOf(place, balancer.shown.LoadBalancerArn ?? '').flatMap((l) => forwardsTo(l.shown.DefaultActions));
  return arns.every(({ arn }) => {
    const group = place.world.get(TARGET_GROUPS, place.account, place.region, arn);
    if (group === undefined || group.targets.length === 0) return true;
    const crossed = crossZone(balancer, group);
    const here = group.targets.filter((t) => crossed || t.zone === undefined || t.zone === zone);
    const count = group.attributes['target_group_health.dns_failover.minimum_healthy_targets.count'] ?? '1';
    const share = group.attributes['target_group_health.dns_failover.minimum_healthy_targets.percentage'] ?? 'off';
    const usable = here.filter(isUsable).length;
    const enough = count === 'off' ? 1 : Number(count);
    return usable >= enough && (share === 'off' || usable * 100 >= Number(share) * here.length);
  });
}

export function healthMeetsFaults(world: World): void {
  watchInstances(world, (instance, place, how) => turn(place, instance.InstanceId ?? '', how === 'answers'));
  watchShifts(world, (arn, place) => {
    const balancer = world.get(BALANCERS, place.account, place.region, arn);
    if (balancer !== undefined) world.clock.after(phase(world, DNS_TTL), () => refreshNodes(place, balancer));
  });
  world.onFault((fault) => {
    if (fault.kind !== 'az-loss' && fault.kind !== 'region-loss') return;
    for (const { account, region, item } of world.everywhere(BALANCERS)) {
      const place = { world, account, region };
      if (zonesOf(item).some((zone) => (fault.kind === 'az-loss' ? fault.zone === zone : fault.region === region)))
        world.clock.after(between(world, ...NODE_CHECK), () => {
          item.silent = new Set(zonesOf(item).filter((zone) => world.zoneIsLost(zone)));
          world.clock.after(phase(world, DNS_TTL), () => refreshNodes(place, item));
        });
    }
  });
}

/** What an instance id or an address of an instance stands for; undefined: nothing of this account and Region. */
export function instanceBehind(place: Place, target: string) {
  const all = place.world.list(INSTANCES, place.account, place.region);
  const instance = all.find((i) => i.InstanceId === target || (i.PrivateIpAddress === target && i.State?.Name !== 'terminated'));
  return instance === undefined
    ? undefined
    : { id: instance.InstanceId ?? '', zone: instance.Placement?.AvailabilityZone, answers: instanceAnswers(instance) };
}
