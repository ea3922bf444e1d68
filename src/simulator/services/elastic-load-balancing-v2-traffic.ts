/** Where a request to a load balancer ends: a node that DNS names, a group that a listener names, a target that is healthy. */
import { type Answer, connect, listen, type Pool, refused } from '../plane/network.ts';
import type { World } from '../world/world.ts';
import { shiftedAway } from './arc-zonal-shift-model.ts';
import type { Place } from './ec2-shared.ts';
import {
  BALANCERS,
  type BalancerItem,
  crossZone,
  type Forward,
  forwardsTo,
  isUsable,
  type ListenerItem,
  listenersOf,
  TARGET_GROUPS,
  type Target,
  type TargetGroupItem,
} from './elastic-load-balancing-v2-state.ts';

export function opens(place: Place, balancer: BalancerItem): void {
  const { DNSName = '', LoadBalancerArn: id = '' } = balancer.shown;
  const pool: Pool = { id, size: () => strength(place, balancer) };
  listen(place.world, DNSName, () => answerOf(place, balancer, pool));
}

/** Asked with every request and every look of a health checker: this and what it calls walk lists and make few of their own. */
function answerOf(place: Place, balancer: BalancerItem, pool: Pool): Answer {
  const { world, account, region } = place;
  const arn = balancer.shown.LoadBalancerArn ?? '';
  if (world.get(BALANCERS, account, region, arn) === undefined || world.regionIsLost(region))
    return refused('the load balancer is gone');
  if (balancer.shown.State?.Code === 'provisioning') return refused('the load balancer is being made');
  const node = pick(world, nodesIn(balancer));
  if (node === undefined || world.zoneIsLost(node)) return refused('the node of the lost AZ does not answer');
  const listeners = listenersOf(place, arn);
  if (listeners.length === 0) return refused('no listener');
  const groups = firstForwards(listeners);
  // A fixed answer or a redirect comes from the load balancer itself.
  if (groups.length === 0) return { kind: 'served', by: arn, region, zone: node, writes: undefined };
  const group = world.get(TARGET_GROUPS, account, region, weighted(world, groups) ?? '');
  return group === undefined ? refused('no target group') : throughGroup(place, balancer, group, node, pool);
}

/** AZs whose nodes DNS answers with. */
function nodesIn({ shown, out }: BalancerItem): readonly string[] {
  const zones: string[] = [];
  for (const { ZoneName: zone = '' } of shown.AvailabilityZones ?? []) if (!out.has(zone)) zones.push(zone);
  return zones;
}

/** Of the first listener that forwards at all, where some of the requests go. */
function firstForwards(listeners: readonly ListenerItem[]): readonly Forward[] {
  for (const { shown } of listeners) {
    const forwards = forwardsTo(shown.DefaultActions);
    if (forwards.length > 0) return forwards.every(isUsed) ? forwards : forwards.filter(isUsed);
  }
  return [];
}

const isUsed = ({ weight }: Forward): boolean => weight > 0;

function throughGroup(place: Place, balancer: BalancerItem, group: TargetGroupItem, node: string, pool: Pool): Answer {
  const { world, region } = place;
  const crossed = crossZone(balancer, group);
  // Nodes of the other AZs send nothing into the AZ that traffic is shifted away from (ELB user guide, "Zonal shift").
  const away = shiftedAway(place, pool.id);
  const reach: Target[] = [];
  const usable: Target[] = [];
  for (const t of group.targets) {
    if (t.health === 'draining' || !(crossed || t.zone === undefined || t.zone === node)) continue;
    reach.push(t);
    if (isUsable(t) && (away === undefined || t.zone !== away)) usable.push(t);
  }
  // With no healthy target all of them get requests (ELB user guide, "Target group health checks": fail open).
  const target = pick(world, usable.length > 0 ? usable : reach);
  if (target === undefined) return refused('no targets');
  if (group.shown.TargetType === 'alb')
    return connect(world, world.get(BALANCERS, place.account, region, target.id)?.shown.DNSName ?? '');
  if (!target.answers) return refused(`${target.id} does not answer`);
  return { kind: 'served', by: target.by, region, zone: target.zone ?? node, writes: undefined, pool };
}

/** Targets that are in service and answer, of all groups that get requests. */
function strength(place: Place, balancer: BalancerItem): number {
  const { world, account, region } = place;
  const arn = balancer.shown.LoadBalancerArn ?? '';
  if (world.get(BALANCERS, account, region, arn) === undefined || world.regionIsLost(region)) return 0;
  const groups = new Set<string>();
  for (const { shown } of listenersOf(place, arn))
    for (const f of forwardsTo(shown.DefaultActions)) if (isUsed(f)) groups.add(f.arn);
  let count = 0;
  for (const group of groups)
    for (const t of world.get(TARGET_GROUPS, account, region, group)?.targets ?? [])
      if (t.answers && isUsable(t) && (t.zone === undefined || !world.zoneIsLost(t.zone))) count += 1;
  return count;
}

function pick<T>(world: World, items: readonly T[]): T | undefined {
  return items.length < 2 ? items[0] : items[Math.floor(world.random.next() * items.length)];
}

function weighted(world: World, groups: readonly Forward[]): string | undefined {
  if (groups.length < 2) return groups[0]?.arn;
  let at = world.random.next() * groups.reduce((sum, g) => sum + g.weight, 0);
  return groups.find((g) => {
    at -= g.weight;
    return at < 0;
  })?.arn;
}
