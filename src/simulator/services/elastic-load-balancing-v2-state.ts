/** What Elastic Load Balancing keeps: load balancers, listeners, rules, target groups and their targets. */
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceFault } from '../service.ts';
import type { Cancel } from '../world/clock.ts';
import { shelf } from '../world/world.ts';
import type { Place } from './ec2-shared.ts';

export interface BalancerItem {
  readonly shown: ELB.LoadBalancer;
  attributes: Record<string, string>;
  tags: ELB.Tag[];
  /** AZs whose node has been found not to answer. */
  silent: ReadonlySet<string>;
  /** AZs whose node is out of the DNS answers. */
  out: ReadonlySet<string>;
}

export interface Target {
  readonly id: string;
  readonly port: number | undefined;
  readonly zone: string | undefined;
  /** ARN of what serves behind it. */
  readonly by: string;
  /** Does it answer, whatever the health checks have noticed yet? */
  answers: boolean;
  health: ELB.TargetHealthStateEnum;
  /** The health check that will decide next. */
  pending: Cancel | undefined;
}

export interface TargetGroupItem {
  readonly shown: ELB.TargetGroup;
  /** What became of its targets, in order: undefined where one left. */
  readonly history: { readonly at: number; readonly target: Target; readonly health: ELB.TargetHealthStateEnum | undefined }[];
  attributes: Record<string, string>;
  tags: ELB.Tag[];
  targets: Target[];
}

export interface ListenerItem {
  readonly shown: ELB.Listener;
  tags: ELB.Tag[];
}

export interface RuleItem {
  readonly shown: ELB.Rule;
  readonly listener: string;
  tags: ELB.Tag[];
}

/** All under their ARN. */
export const BALANCERS = shelf<BalancerItem>('elbv2:load-balancer');
export const TARGET_GROUPS = shelf<TargetGroupItem>('elbv2:target-group');
export const LISTENERS = shelf<ListenerItem>('elbv2:listener');
export const RULES = shelf<RuleItem>('elbv2:rule');

export function the<T>(item: T | undefined, code: string, what: string): T {
  if (item === undefined) throw new ServiceFault(code, `${what} not found`);
  return item;
}

export const balancerOf = ({ world, account, region }: Place, arn: string | undefined): BalancerItem =>
  the(world.get(BALANCERS, account, region, arn ?? ''), 'LoadBalancerNotFound', `Load balancer '${arn}'`);

export const groupOf = ({ world, account, region }: Place, arn: string | undefined): TargetGroupItem =>
  the(world.get(TARGET_GROUPS, account, region, arn ?? ''), 'TargetGroupNotFound', `Target group '${arn}'`);

/** A group that requests are forwarded to. */
export interface Forward {
  readonly arn: string;
  readonly weight: number;
}

/** Asked with every request and every look of a health checker. */
export function forwardsTo(actions: readonly ELB.Action[] | undefined): readonly Forward[] {
  const forwards: Forward[] = [];
  for (const { ForwardConfig, TargetGroupArn } of actions ?? []) {
    const many = ForwardConfig?.TargetGroups ?? [];
    for (const { TargetGroupArn: arn = '', Weight: weight = 1 } of many) forwards.push({ arn, weight });
    if (many.length === 0 && TargetGroupArn !== undefined) forwards.push({ arn: TargetGroupArn, weight: 1 });
  }
  return forwards;
}

export function listenersOf({ world, account, region }: Place, balancer: string): readonly ListenerItem[] {
  const own: ListenerItem[] = [];
  for (const listener of world.list(LISTENERS, account, region))
    if (listener.shown.LoadBalancerArn === balancer) own.push(listener);
  return own;
}

/** Load balancers that send requests to a group. */
export function balancersOf(place: Place, group: string): readonly BalancerItem[] {
  const { world, account, region } = place;
  const rules = world.list(RULES, account, region);
  return world
    .list(BALANCERS, account, region)
    .filter((balancer) =>
      listenersOf(place, balancer.shown.LoadBalancerArn ?? '').some(
        ({ shown }) =>
          forwardsTo(shown.DefaultActions).some((f) => f.arn === group) ||
          rules.some((r) => r.listener === shown.ListenerArn && forwardsTo(r.shown.Actions).some((f) => f.arn === group)),
      ),
    );
}

/** ELB user guide: on for Application Load Balancers, off for the others unless switched on; the group may say otherwise. */
export function crossZone(balancer: BalancerItem, group: TargetGroupItem): boolean {
  const own = group.attributes['load_balancing.cross_zone.enabled'];
  if (own === 'true' || own === 'false') return own === 'true';
  return balancer.attributes['load_balancing.cross_zone.enabled'] === 'true';
}

/** Groups without health checks (functions, unless asked for) count as well. */
export const isUsable = (target: Target): boolean => target.health === 'healthy' || target.health === 'unavailable';
