/** Pitfalls of load balancers and their target groups. */

import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, collect, equals, is, known, map, no, not, together, unknown, yes } from '../model/known.ts';
import type { Spread } from '../model/protection.ts';
import { formatDuration, formatPercent } from '../model/quantity.ts';
import { autoscalingGroup } from '../services/autoscaling-group.ts';
import { classicLoadBalancer } from '../services/classic-load-balancer.ts';
import { ecsService } from '../services/ecs-service.ts';
import type { LoadBalancerFacts } from '../services/load-balancer.ts';
import { loadBalancer } from '../services/load-balancer.ts';
import type { TargetGroupFacts } from '../services/target-group.ts';
import { targetGroup } from '../services/target-group.ts';
import { detectionBudget, inOneZone, sendersOf, theZone } from './places.ts';
import { anyAgreed, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const ELB_API = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference';
const ELB_GUIDE = 'https://docs.aws.amazon.com/elasticloadbalancing/latest';

/** Ports behind which an HTTP application is to be expected. */
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

export const loadBalancingRules: readonly Rule[] = [
  {
    id: 'lb-single-az',
    family: 'load-balancing',
    title: 'The load balancer is in one AZ',
    severity: 'critical',
    scopes: ['az'],
    why: 'Its nodes run in the AZs of its subnets. With one of them nothing takes requests when that AZ fails, however many AZs the targets span.',
    fix: 'Give `subnets` (or `subnetMappings`) of two AZs at least.',
    source: 'https://docs.aws.amazon.com/config/latest/developerguide/elbv2-multiple-az.html',
    checks: [
      on(loadBalancer, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? when([not(facts.multiAz)], `${facts.name} has subnets in ${theZone(facts.spread)} only`, 'subnets')
          : undefined,
      ),
      on(classicLoadBalancer, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? when([inOneZone(facts.spread)], `${facts.name} is in ${theZone(facts.spread)} only`, 'subnets')
          : undefined,
      ),
    ],
  },
  {
    id: 'nlb-cross-zone-off-uneven',
    family: 'load-balancing',
    title: 'An AZ of the Network Load Balancer hangs on one target',
    severity: 'medium',
    scopes: ['instance', 'az'],
    why: 'With cross-zone load balancing off (the default), each node uses the targets of its own AZ. When its one target fails, the AZ is taken out of DNS and its share of the capacity is gone until clients have asked again.',
    fix: 'Set `enableCrossZoneLoadBalancing: true`, or run two targets in every AZ.',
    source: `${ELB_GUIDE}/network/target-group-cross-zone.html`,
    checks: [
      on(loadBalancer, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az')
          ? whenAny(
              [equals(facts.type, 'network')],
              [
                andThen(facts.groups, (groups) =>
                  any([...groups.map((g) => thinZone(facts, g, context)), no('it has no group')]),
                ),
              ],
              'enableCrossZoneLoadBalancing',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'lb-zonal-shift-off',
    family: 'load-balancing',
    title: 'Traffic cannot be shifted away from an AZ',
    severity: 'medium',
    scopes: ['az'],
    why: 'An AZ that is impaired, not dead, often passes health checks. ARC zonal shift moves traffic away from it all the same, but only for load balancers that allow it; it is off by default.',
    fix: 'Set `enableZonalShift: true`; add an aws.arczonalshift.ZonalAutoshiftConfiguration (or practise starting the shift) so that it does not wait for a person.',
    source: `${ELB_GUIDE}/application/enable-zonal-shift.html`,
    checks: [
      on(loadBalancer, (facts, _item, context) =>
        context.agreed(facts.id, 'az')
          ? when(
              [is(facts.type, (t) => t === 'application' || t === 'network'), not(facts.zonalShift)],
              `${facts.name} does not allow zonal shift: \`enableZonalShift\` is not true`,
              'enableZonalShift',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'tg-health-check-shallow-or-slow',
    family: 'load-balancing',
    title: 'A target that fails keeps getting requests',
    severity: 'medium',
    scopes: ['instance', 'az'],
    why: 'A check that only opens a TCP connection passes while the application behind it hangs, and a slow one leaves the target in service until enough checks have failed.',
    fix: 'In `healthCheck` set `protocol: "HTTP"` with a `path` that the application answers itself, and a shorter `interval` or lower `unhealthyThreshold`.',
    source: `${ELB_API}/API_CreateTargetGroup.html`,
    checks: [
      on(targetGroup, (facts, item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az')
          ? whenAny([facts.healthChecked], [shallow(facts, item.props.number('port')), slow(facts, context)], 'healthCheck')
          : undefined,
      ),
    ],
  },
  {
    id: 'tg-failopen-no-dns-failover',
    family: 'load-balancing',
    title: 'An AZ with too few healthy targets stays in DNS',
    severity: 'medium',
    scopes: ['az'],
    why: 'By default one healthy target keeps an AZ of the load balancer in DNS. Below the agreed capacity it still gets its full share of the clients.',
    fix: 'Set `targetGroupHealth.dnsFailover.minimumHealthyTargetsCount` (or `…Percentage`) to what the agreement needs.',
    source: `${ELB_GUIDE}/application/target-group-health.html`,
    checks: [
      on(targetGroup, (facts, item, context) => {
        const mbco = context.targets(facts.id, 'MBCO', 'az')[0];
        if (mbco === undefined || servesOtherDoors(facts.id, context)) return undefined;
        const percentage = item.props.text('targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage', 'off');
        const numbers = together({ running: runningTargets(facts, context), count: facts.minimumHealthyTargets, percentage });
        return whenAny(
          [not(equals(facts.targetType, 'lambda'))],
          [
            andThen(numbers, ({ running, count, percentage: percent }): Truth => {
              const needed = Math.ceil((running * mbco) / 100);
              const kept = Math.max(1, Number(count) || 0, Math.ceil((running * (Number(percent) || 0)) / 100));
              return needed > 1 && kept < needed
                ? yes(
                    `${facts.name} counts as healthy with ${kept} of ${running} targets; the agreed ${formatPercent(mbco)} are ${needed}`,
                  )
                : no('it asks for enough');
            }),
          ],
          'targetGroupHealth',
        );
      }),
    ],
  },
];

interface Pool {
  readonly running: Known<number>;
  readonly spread: Known<Spread>;
}

/** Groups and services registered in a target group; single targets are not counted. */
function poolsOf(facts: TargetGroupFacts, context: RuleContext): Known<readonly Pool[]> {
  return andThen(collect(facts.members.map((m) => m.to)), (urns) =>
    collect(
      urns.map((urn): Known<Pool> => {
        const pool: Pool | undefined = context.facts(autoscalingGroup, urn) ?? context.facts(ecsService, urn);
        return pool === undefined
          ? unknown('not-modelled', 'how many targets it has is not known', { resource: facts.id })
          : known(pool);
      }),
    ),
  );
}

function runningTargets(facts: TargetGroupFacts, context: RuleContext): Known<number> {
  return andThen(poolsOf(facts, context), (pools) =>
    map(collect(pools.map((p) => p.running)), (counts) => counts.reduce((a, b) => a + b, 0)),
  );
}

/** The group's own setting wins over the load balancer's. */
function crossZoneOff(lb: LoadBalancerFacts, group: TargetGroupFacts): Truth {
  return andThen(
    group.crossZone,
    (own): Truth => (own === 'false' ? yes() : own === 'true' ? no('the group crosses zones') : not(lb.crossZone)),
  );
}

/**
 * A pool is spread to within one, so the thinnest AZ of n over k holds floor(n / k). AZs that are not known may be of those
 * named already, or others.
 */
function thinZone(lb: LoadBalancerFacts, group: TargetGroupFacts, context: RuleContext): Truth {
  const pools = andThen(poolsOf(group, context), (list) =>
    collect(list.map((p) => together({ running: p.running, spread: p.spread }))),
  );
  const thin = andThen(pools, (list): Truth => {
    const thinnest = (zonesOf: (spread: Spread) => number): number =>
      list.reduce((sum, { running, spread }) => sum + Math.floor(running / Math.max(1, zonesOf(spread))), 0);
    const certain = thinnest((s) => s.zones.length);
    if (certain < 2)
      return yes(
        `${lb.name} keeps requests in their AZ, and an AZ of ${group.name} has ${certain === 0 ? 'no target for certain' : 'one target'}`,
      );
    return thinnest((s) => s.zones.length + s.doubtful) >= 2 && list.every((p) => p.spread.zones.length > 0)
      ? no('every AZ has two')
      : unknown('not-reported', `not every AZ of ${group.name} is known`, { resource: group.id });
  });
  return andThen(crossZoneOff(lb, group), (off) => (off ? thin : no('its requests cross zones')));
}

function shallow(facts: TargetGroupFacts, port: Known<number | undefined>): Truth {
  return because(
    all([
      is(facts.protocol, (p) => p !== undefined && !['HTTP', 'HTTPS', 'GENEVE'].includes(p)),
      is(facts.healthProtocol, (p) => p === undefined || p === 'TCP'),
      is(port, (p) => p !== undefined && HTTP_PORTS.has(p)),
    ]),
    `${facts.name} finds a target healthy when a TCP connection to port ${textOr(port, undefined)} opens`,
  );
}

function slow(facts: TargetGroupFacts, context: RuleContext): Truth {
  const budget = detectionBudget(context, [facts.id], ['instance', 'az']);
  if (budget === undefined) return no('no time was agreed');
  return andThen(
    together({ interval: facts.interval, threshold: facts.unhealthyThreshold }),
    ({ interval, threshold }): Truth =>
      interval * threshold > budget.seconds
        ? yes(
            `${facts.name} needs ${formatDuration(interval * threshold)} to take a target out (${interval}s × ${threshold}); ${budget.says}`,
          )
        : no('it is soon enough'),
  );
}

/** Behind another load balancer or an accelerator, DNS does not decide which AZ gets requests. */
function servesOtherDoors(group: string, context: RuleContext): boolean {
  const balancers = sendersOf(group, context);
  return balancers.length > 0 && balancers.every((lb) => sendersOf(lb, context).some((door) => isOtherDoor(door, context)));
}

function isOtherDoor(urn: string, context: RuleContext): boolean {
  const standing = context.estate.resources.get(urn)?.standing;
  return standing?.kind === 'modelled' && ['target-group', 'global-accelerator-endpoint-group'].includes(standing.module.id);
}
