/** Auto Scaling groups and EKS node groups: what an AZ or a Region leaves of them, and what brings it back. */

import type { Known, Truth } from '../model/known.ts';
import { andThen, any, because, equals, is, known, no, not, together, unknown, yes } from '../model/known.ts';
import { formatPercent } from '../model/quantity.ts';
import type { GroupFacts } from '../services/autoscaling-group.ts';
import { autoscalingGroup } from '../services/autoscaling-group.ts';
import { eksNodeGroup } from '../services/eks-node-group.ts';
import { launchTemplate } from '../services/launch-template.ts';
import type { Props } from '../services/view.ts';
import { inOneZone, matesElsewhere, regionMatters, sendersOf, theZone } from './places.ts';
import { anyAgreed, some, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const ASG_GUIDE = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide';

/** Processes without which a lost instance is not found, not replaced, or gets no requests after it was. */
const NEEDED_PROCESSES: ReadonlySet<string> = new Set([
  'Launch',
  'Terminate',
  'HealthCheck',
  'ReplaceUnhealthy',
  'AddToLoadBalancer',
]);

export const groupRules: readonly Rule[] = [
  {
    id: 'asg-single-az',
    family: 'compute',
    title: 'The Auto Scaling group is in one AZ',
    severity: 'critical',
    scopes: ['az'],
    why: 'All its instances go with the AZ, and the group may launch replacements nowhere else.',
    fix: 'Give `vpcZoneIdentifiers` subnets of two AZs at least.',
    source: 'https://docs.aws.amazon.com/config/latest/developerguide/autoscaling-multiple-az.html',
    checks: [
      on(autoscalingGroup, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? when(
              [inOneZone(facts.spread)],
              `${facts.name} launches instances in ${theZone(facts.spread)} only`,
              'vpcZoneIdentifiers',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'asg-no-az-loss-headroom',
    family: 'compute',
    title: 'The agreed capacity must be launched while an AZ is down',
    severity: 'high',
    scopes: ['az'],
    why: 'What is left after the loss of an AZ is below the agreed capacity. The rest waits for RunInstances in the other AZs, when everybody else launches there too.',
    fix: 'Raise `minSize` so that the instances in the remaining AZs are enough (static stability).',
    source:
      'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_withstand_component_failures_static_stability.html',
    checks: [
      on(autoscalingGroup, (facts, _item, context) => {
        const mbco = context.targets(facts.id, 'MBCO', 'az')[0];
        return mbco === undefined || context.isStandby(facts.id) ? undefined : whenAny([], [thinAfterAz(facts, mbco)], 'minSize');
      }),
    ],
  },
  {
    id: 'standby-asg-max-below-primary',
    family: 'compute',
    title: 'The standby group may not grow to what the primary runs',
    severity: 'critical',
    scopes: ['region'],
    why: 'After the failover all requests meet a group that stops growing at its `maxSize`. What is missing cannot be scaled out without a change of the group.',
    fix: 'Set `maxSize` of the standby group to that of the primary.',
    source: 'derived',
    checks: [
      on(autoscalingGroup, (facts, _item, context) =>
        regionMatters(context, facts.id) && context.isStandby(facts.id)
          ? whenAny([], [some(primariesOf(facts, context), (primary) => tooSmall(facts, primary, context), context)], 'maxSize')
          : undefined,
      ),
    ],
  },
  {
    id: 'standby-asg-scaled-to-zero',
    family: 'compute',
    title: 'Nothing runs in the standby group',
    severity: 'high',
    scopes: ['region'],
    why: 'Every instance must be launched after the failover, from a control plane and a pool of capacity that others need at the same time. The recovery time contains all of that.',
    fix: 'Keep at least one instance running: `minSize` and `desiredCapacity` above 0.',
    source: 'derived',
    checks: [
      on(autoscalingGroup, (facts, _item, context) =>
        regionMatters(context, facts.id) && context.isStandby(facts.id)
          ? when([equals(facts.running, 0)], `${facts.name} runs no instance until it is scaled out`, 'minSize')
          : undefined,
      ),
    ],
  },
  {
    id: 'asg-health-check-ec2-only',
    family: 'compute',
    title: 'The group ignores what its load balancer finds',
    severity: 'medium',
    scopes: ['instance'],
    why: 'The load balancer stops sending requests to an instance that fails its health checks, but the group sees a running machine and never replaces it. The capacity stays lost.',
    fix: 'Set `healthCheckType: "ELB"`.',
    source: `${ASG_GUIDE}/as-add-elb-healthcheck.html`,
    checks: [
      on(autoscalingGroup, (facts, item, context) =>
        context.agreed(facts.id, 'instance')
          ? when(
              [not(is(facts.healthChecks, (types) => types.includes('ELB'))), behindLoadBalancer(facts, item.props, context)],
              `${facts.name} is behind a load balancer and replaces instances by ${textOr(facts.healthChecks, ['EC2'])[0] ?? 'EC2'} status checks only`,
              'healthCheckType',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'asg-suspended-processes',
    family: 'compute',
    title: 'The group does not replace lost instances',
    severity: 'high',
    scopes: ['instance', 'az'],
    why: 'A suspended process stays off until somebody resumes it: lost instances are not found, not replaced, or get no requests.',
    fix: 'Remove Launch, Terminate, HealthCheck, ReplaceUnhealthy and AddToLoadBalancer from `suspendedProcesses`.',
    source: `${ASG_GUIDE}/as-suspend-resume-processes.html`,
    checks: [
      on(autoscalingGroup, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az')
          ? whenAny(
              [],
              [
                andThen(facts.suspended, (list) =>
                  any([
                    ...list.map((process) =>
                      because(
                        is(process, (p) => NEEDED_PROCESSES.has(p)),
                        `${facts.name} has ${textOr(process, 'a process')} suspended`,
                      ),
                    ),
                    no('nothing is suspended'),
                  ]),
                ),
              ],
              'suspendedProcesses',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'standby-capacity-spot',
    family: 'compute',
    title: 'The standby hopes for spot capacity',
    severity: 'high',
    scopes: ['region'],
    why: 'Spot capacity is what others leave over. When a Region is lost, its neighbours have none to give, and take back what they gave.',
    fix: 'Set `onDemandBaseCapacity` (or `onDemandPercentageAboveBaseCapacity: 100`) for the agreed capacity; `capacityType: "ON_DEMAND"` for an aws.eks.NodeGroup.',
    source: 'derived',
    checks: [
      on(autoscalingGroup, (facts, _item, context) =>
        regionMatters(context, facts.id) && context.isStandby(facts.id)
          ? whenAny(
              [equals(facts.onDemandBase, 0)],
              [
                andThen(
                  facts.spotShare,
                  (share): Truth =>
                    share > 0
                      ? yes(`${facts.name} launches ${formatPercent(share)} of its instances as spot`)
                      : no('it runs on demand'),
                ),
                because(
                  andThen(facts.launchTemplate, (urn) =>
                    urn === undefined ? no() : (context.facts(launchTemplate, urn)?.spot ?? no()),
                  ),
                  `${facts.name} launches from a template that asks for spot`,
                ),
              ],
              'mixedInstancesPolicy',
            )
          : undefined,
      ),
      on(eksNodeGroup, (facts, _item, context) =>
        regionMatters(context, facts.id) && context.isStandby(facts.id)
          ? when([facts.spot], `${facts.name} runs its nodes as spot`, 'capacityType')
          : undefined,
      ),
    ],
  },
  {
    id: 'eks-nodegroup-single-az',
    family: 'compute',
    title: 'The node group is in one AZ, or may shrink to one node',
    severity: 'high',
    scopes: ['az'],
    why: 'What runs on it goes with the AZ, and new pods find no node until others are launched.',
    fix: 'Give `subnetIds` of two AZs at least and `scalingConfig.minSize` of 2 or more.',
    source: 'derived',
    checks: [
      on(eksNodeGroup, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? whenAny(
              [],
              [
                because(inOneZone(facts.spread), `${facts.name} has nodes in ${theZone(facts.spread)} only`),
                because(
                  is(facts.min, (n) => n < 2),
                  `${facts.name} may shrink to ${textOr(facts.min, 'one')} node${textOr(facts.min, 1) === 1 ? '' : 's'}`,
                ),
              ],
              'subnetIds',
            )
          : undefined,
      ),
    ],
  },
];

/** Losing the fullest of k AZs leaves n − ceil(n / k); AZs that are not known may be of those named already, or others. */
function thinAfterAz(facts: GroupFacts, mbco: number): Truth {
  return andThen(together({ spread: facts.spread, n: facts.running }), ({ spread, n }): Truth => {
    const most = spread.zones.length + spread.doubtful;
    if (most === 0)
      return unknown('not-reported', 'the code names no AZ', { resource: facts.id, property: 'vpcZoneIdentifiers' });
    const needed = Math.ceil((n * mbco) / 100);
    const left = n - Math.ceil(n / most);
    if (left < needed)
      return yes(
        `${facts.name} keeps ${left} of ${n} instances when one AZ of ${most} fails; the agreed ${formatPercent(mbco)} are ${needed}`,
      );
    return n - Math.ceil(n / Math.max(1, spread.zones.length)) >= needed
      ? no('enough are left')
      : unknown('not-reported', 'not every AZ of it is known', { resource: facts.id, property: 'vpcZoneIdentifiers' });
  });
}

/** The groups that serve before the failover. */
export function primariesOf(facts: GroupFacts, context: RuleContext): readonly GroupFacts[] {
  return matesElsewhere(facts.id, context)
    .filter((mate) => !context.isStandby(mate.resource.urn))
    .map((mate) => context.facts(autoscalingGroup, mate.resource.urn))
    .filter((mate) => mate !== undefined);
}

/** Instances that the standby needs: the agreed share of what the primary runs, else all of it. */
export function neededOf(primary: GroupFacts, context: RuleContext): Known<number> {
  const mbco = context.targets(primary.id, 'MBCO', 'region')[0] ?? 100;
  return andThen(primary.running, (n) => known(Math.ceil((n * mbco) / 100)));
}

function tooSmall(facts: GroupFacts, primary: GroupFacts, context: RuleContext): Truth {
  return andThen(
    together({ max: facts.max, needed: neededOf(primary, context) }),
    ({ max, needed }): Truth =>
      max < needed
        ? yes(`${facts.name} grows to ${max} instances; ${primary.name} runs so many that ${needed} are needed`)
        : no('it may grow far enough'),
  );
}

function behindLoadBalancer(facts: GroupFacts, props: Props, context: RuleContext): Truth {
  if (sendersOf(facts.id, context).length > 0) return yes();
  return any(
    ['targetGroupArns', 'loadBalancers'].map((path) =>
      andThen(props.texts(path), (list) => is(known(list.length), (n) => n > 0)),
    ),
  );
}
