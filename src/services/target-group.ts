/** Elastic Load Balancing target group: what is registered in it, and how soon a lost target gets no more requests. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, equals, fold, known, map, not, together, unknown } from '../model/known.ts';
import type { Link, Timing } from '../model/protection.ts';
import { fixed, never, slowest, span, timeUnknown } from '../model/protection.ts';
import { spelling } from './links.ts';
import { once } from './once.ts';
import { eachBlock, pointingAt, referringTo } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';

export const TARGET_GROUP = 'aws:lb/targetGroup:TargetGroup';
const ATTACHMENT = 'aws:lb/targetGroupAttachment:TargetGroupAttachment';
const GROUP = 'aws:autoscaling/group:Group';
const GROUP_ATTACHMENT = 'aws:autoscaling/attachment:Attachment';
const TRAFFIC_SOURCE = 'aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment';
const ECS_SERVICE = 'aws:ecs/service:Service';
const GROUP_TYPES = [TARGET_GROUP];

export interface TargetGroupFacts extends Identity {
  /** instance, ip, lambda or alb. */
  readonly targetType: Known<string>;
  readonly protocol: Known<string | undefined>;
  readonly healthChecked: Truth;
  readonly healthProtocol: Known<string | undefined>;
  readonly path: Known<string | undefined>;
  readonly interval: Known<number>;
  readonly unhealthyThreshold: Known<number>;
  readonly timeout: Known<number>;
  /** true, false or use_load_balancer_configuration. */
  readonly crossZone: Known<string>;
  /** `off` or a number, as AWS writes it; undefined: AWS's own default. */
  readonly minimumHealthyTargets: Known<string | undefined>;
  readonly deregistrationDelay: Known<number>;
  readonly slowStart: Known<number>;
  /** What receives the requests. */
  readonly members: readonly { readonly to: Known<string>; readonly property: string }[];
}

export const declareTargetGroup = once((props: Props, view: View): TargetGroupFacts => {
  const targetType = props.text('targetType', 'instance');
  const checks = andThen(props.blocks('healthCheck'), (blocks) => known(blocks[0]));
  /**
   * Without the block AWS's defaults hold: 30 s and 2 failures, for lambda no check, else 35 s and 5 (CreateTargetGroup).
   * With it the provider sends its own, 30 s and 3 (aws.lb.TargetGroup, healthCheck).
   */
  const setting = (path: string, provider: number, aws: number, lambda: number): Known<number> =>
    andThen(checks, (block) =>
      block === undefined ? map(targetType, (t) => (t === 'lambda' ? lambda : aws)) : block.number(path, provider),
    );
  return {
    ...identityOf(props),
    targetType,
    protocol: props.text('protocol'),
    healthChecked: andThen(checks, (block) =>
      block === undefined ? not(equals(targetType, 'lambda')) : block.flag('enabled', true),
    ),
    healthProtocol: andThen(checks, (block) => (block === undefined ? known(undefined) : block.text('protocol', 'HTTP'))),
    path: andThen(checks, (block) => (block === undefined ? known(undefined) : block.text('path'))),
    interval: setting('interval', 30, 30, 35),
    unhealthyThreshold: setting('unhealthyThreshold', 3, 2, 5),
    // 5 to 10 s by protocol (CreateTargetGroup), lambda 30 s: the longest of them bounds a hanging answer.
    timeout: setting('timeout', 10, 10, 30),
    crossZone: map(props.text('loadBalancingCrossZoneEnabled', 'use_load_balancer_configuration'), (v) =>
      v === 'useLoadBalancerConfiguration' ? 'use_load_balancer_configuration' : v,
    ),
    minimumHealthyTargets: props.text('targetGroupHealth.dnsFailover.minimumHealthyTargetsCount'),
    deregistrationDelay: props.number('deregistrationDelay', 300),
    slowStart: props.number('slowStart', 0),
    members: membersOf(props, view),
  };
});

function membersOf(group: Props, view: View): TargetGroupFacts['members'] {
  const members: { to: Known<string>; property: string }[] = [];
  const doubts: Known<string>[] = [];
  const pool = pointingAt(group.id, view, 'target-group-of-group', [GROUP], (p) => [
    ...fold(
      view.targets(p, 'targetGroupArns', GROUP_TYPES),
      (list) => list,
      (why): readonly Known<string>[] => [why],
    ),
    ...eachBlock(p, 'trafficSources', (block) => view.target(block, 'identifier', GROUP_TYPES)),
  ]);
  for (const found of pool.found) members.push({ to: known(found.id), property: 'targetGroupArns' });
  const tasks = pointingAt(group.id, view, 'target-group-of-ecs-service', [ECS_SERVICE], (p) =>
    eachBlock(p, 'loadBalancers', (block) => view.target(block, 'targetGroupArn', GROUP_TYPES)),
  );
  for (const found of tasks.found) members.push({ to: known(found.id), property: 'loadBalancers' });
  const joined = pointingAt(group.id, view, 'target-group-of-attachment', [GROUP_ATTACHMENT, TRAFFIC_SOURCE], (p) =>
    p.type === GROUP_ATTACHMENT
      ? [view.target(p, spelling(p, 'lbTargetGroupArn', 'albTargetGroupArn'), GROUP_TYPES)]
      : [view.target(p, 'trafficSource.identifier', GROUP_TYPES)],
  );
  for (const found of joined.found) {
    const to = andThen(view.target(found, 'autoscalingGroupName', [GROUP]), (urn) =>
      urn === undefined ? unknown('error', 'the attachment names no group', found.origin('autoscalingGroupName')) : known(urn),
    );
    members.push({ to, property: 'autoscalingGroupName' });
  }
  const single = referringTo(group.id, view, ATTACHMENT, 'targetGroupArn');
  for (const found of single.found) {
    const to = andThen(view.target(found, 'targetId'), (urn) =>
      urn === undefined ? unknown('error', 'the attachment names no target', found.origin('targetId')) : known(urn),
    );
    members.push({ to, property: 'targetId' });
  }
  doubts.push(...pool.doubts, ...tasks.doubts, ...joined.doubts, ...single.doubts);
  if (members.length > 0) return members;
  // Nothing is met by absence: a controller, another stack or a person may register the targets.
  const nobody = unknown('not-reported', 'nothing in the sources registers targets in this group', { resource: group.id });
  return [{ to: doubts[0] ?? nobody, property: 'targets' }];
}

/**
 * From a target's failure to its last request: U(0, interval) + interval × (threshold − 1), and the time-out of the
 * deciding check (Elastic Load Balancing user guide, "Target group health checks").
 */
export function targetGroupDetection(facts: TargetGroupFacts): Timing {
  return fold(
    together({ on: facts.healthChecked, interval: facts.interval, threshold: facts.unhealthyThreshold, timeout: facts.timeout }),
    ({ on, interval, threshold, timeout }): Timing =>
      on
        ? span(
            interval * (threshold - 1),
            interval * threshold + timeout,
            `${threshold} failed target health checks, one every ${interval} s`,
          )
        : never('its targets are not health-checked'),
    timeUnknown,
  );
}

/** Groups of which a resource is a target. */
export function groupsWith(member: string, view: View): readonly TargetGroupFacts[] {
  const named = pointingAt(member, view, 'target-groups-of-member', GROUP_TYPES, (p) =>
    declareTargetGroup(p, view).members.map(({ to }) => to),
  );
  return named.found.map((found) => declareTargetGroup(found, view));
}

/** The longest that an interval may be (CreateTargetGroup, HealthCheckIntervalSeconds). */
const LONGEST_INTERVAL = 300;

/**
 * From a target's registration to its first request: it must pass one health check, the next of the group (Elastic Load
 * Balancing user guide, "Target group health checks").
 */
export function registration(groups: readonly TargetGroupFacts[]): Timing {
  const waits = groups.map((g) =>
    fold(
      together({ on: g.healthChecked, interval: g.interval }),
      ({ on, interval }): Timing =>
        on
          ? span(0, interval, `a new target passes a health check first, one every ${interval} s`)
          : fixed(0, 'targets are not health-checked'),
      (): Timing => span(0, LONGEST_INTERVAL, 'a new target passes a health check first'),
    ),
  );
  return slowest(fixed(0, 'nothing checks it'), ...waits);
}

/** What certainly tells that a target is gone; a group of which that is not known may still tell sooner. */
export function targetDetections(groups: readonly TargetGroupFacts[]): readonly Timing[] {
  return groups.map(targetGroupDetection).filter((t) => t.kind === 'span');
}

export const targetGroup = service<TargetGroupFacts>({
  id: 'target-group',
  title: 'ELB target group',
  kind: 'traffic',
  types: [TARGET_GROUP],
  parts: [{ type: ATTACHMENT, of: 'targetGroupArn' }],
  declare: declareTargetGroup,
  mean(facts) {
    const links = facts.members.map(({ to, property }): Link => ({ to, carries: 'traffic', property }));
    return meaning({
      kind: 'traffic',
      placement: regional,
      under: regionalImpacts(false),
      links,
      detection: targetGroupDetection(facts),
    });
  },
});

/** Does a load balancer with these groups turn unhealthy when all targets are gone? One checked group is enough. */
export function reportsHealth(groups: readonly TargetGroupFacts[]): Truth {
  return groups.length === 0
    ? unknown('not-reported', 'no target group is known')
    : not(all(groups.map((g) => not(g.healthChecked))));
}
