/** Application, Network and Gateway Load Balancers with their listeners and rules. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, collect, fold, known, map, unknown, yes } from '../model/known.ts';
import type { Impact, Link, Placement, Spread, Timing } from '../model/protection.ts';
import { fixed, row, slowest, timeUnknown } from '../model/protection.ts';
import { once } from './once.ts';
import { referringTo, withinBlocks } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, reduced, regionalImpacts, service } from './service.ts';
import { SUBNET, spreadOfSubnets, zoneOfSubnet } from './subnets.ts';
import { declareTargetGroup, TARGET_GROUP, type TargetGroupFacts, targetGroupDetection } from './target-group.ts';
import type { Props, View } from './view.ts';
import { spreadOf } from './view.ts';

export const LOAD_BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const LISTENER = 'aws:lb/listener:Listener';
const RULE = 'aws:lb/listenerRule:ListenerRule';
const CERTIFICATE = 'aws:lb/listenerCertificate:ListenerCertificate';

export interface LoadBalancerFacts extends Identity {
  /** application, network or gateway. */
  readonly type: Known<string>;
  readonly internal: Truth;
  readonly spread: Known<Spread>;
  /** Two AZs at least, whichever they are. */
  readonly multiAz: Truth;
  readonly crossZone: Truth;
  readonly zonalShift: Truth;
  readonly deletionProtection: Truth;
  /** Target groups that its listeners and rules forward to. */
  readonly targetGroups: readonly Known<string>[];
  readonly groups: Known<readonly TargetGroupFacts[]>;
}

export const declareLoadBalancer = once((props: Props, view: View): LoadBalancerFacts => {
  const type = props.text('loadBalancerType', 'application');
  const spread = spreadOfLoadBalancer(props, view);
  const targetGroups = targetGroupsOf(props, view);
  return {
    ...identityOf(props),
    type,
    internal: props.flag('internal', false),
    spread,
    multiAz: multiAz(type, spread, props),
    // aws.lb.LoadBalancer: off for network and gateway, always on for application.
    crossZone: andThen(type, (t) => (t === 'application' ? yes() : props.flag('enableCrossZoneLoadBalancing', false))),
    zonalShift: props.flag('enableZonalShift', false),
    deletionProtection: props.flag('enableDeletionProtection', false),
    targetGroups,
    groups: collect(
      targetGroups.map((group) =>
        andThen(group, (urn) => {
          const found = view.get(urn);
          return found === undefined
            ? unknown('dangling', 'the target group is not in the sources')
            : known(declareTargetGroup(found, view));
        }),
      ),
    ),
  };
});

function spreadOfLoadBalancer(props: Props, view: View): Known<Spread> {
  return andThen(props.blocks('subnetMappings'), (mappings) => {
    if (mappings.length === 0) return spreadOfSubnets(props, 'subnets', view);
    return known(
      spreadOf(
        mappings.map((mapping) =>
          andThen(view.target(mapping, 'subnetId', [SUBNET]), (urn) => {
            const subnet = urn === undefined ? undefined : view.get(urn);
            return subnet === undefined
              ? unknown('dangling', 'the subnet is not in the sources', mapping.origin('subnetId'))
              : zoneOfSubnet(subnet);
          }),
        ),
      ),
    );
  });
}

/**
 * AWS refuses an Application Load Balancer with fewer than two AZs, except on an Outpost or in a Local Zone
 * (CreateLoadBalancer, Subnets), so two subnets of an unknown AZ are two AZs.
 */
function multiAz(type: Known<string>, spread: Known<Spread>, props: Props): Truth {
  return andThen(spread, ({ zones, doubtful }): Truth => {
    if (zones.length >= 2) return yes();
    if (doubtful === 0 && zones.length > 0) return known(false, props.origin('subnets'), 'it has subnets in one AZ');
    const refused = andThen(type, (t) =>
      t === 'application' && zones.length + doubtful >= 2 && props.raw('customerOwnedIpv4Pool') === undefined
        ? yes('an Application Load Balancer has two AZs at least')
        : unknown('not-reported', 'not every AZ of its subnets is known', props.origin('subnets')),
    );
    return refused;
  });
}

/** Groups named by the default actions of its listeners and by the actions of their rules. */
function targetGroupsOf(props: Props, view: View): readonly Known<string>[] {
  const listeners = referringTo(props.id, view, LISTENER, 'loadBalancerArn');
  const found: Known<string>[] = [];
  for (const listener of listeners.found) {
    found.push(...forwardedTo(listener, 'defaultActions', view));
    const rules = referringTo(listener.id, view, RULE, 'listenerArn');
    for (const rule of rules.found) found.push(...forwardedTo(rule, 'actions', view));
    if (rules.found.length === 0 && rules.doubts[0] !== undefined && found.length === 0) found.push(rules.doubts[0]);
  }
  if (listeners.found.length === 0) {
    found.push(
      listeners.doubts[0] ?? unknown('not-reported', 'no listener in the sources says where requests go', { resource: props.id }),
    );
  }
  return distinct(found);
}

function forwardedTo(owner: Props, path: string, view: View): readonly Known<string>[] {
  const types = [TARGET_GROUP];
  const named = (block: Props, property: string): readonly Known<string>[] =>
    fold(
      view.target(block, property, types),
      (urn) => (urn === undefined ? [] : [known(urn, block.origin(property))]),
      (why): readonly Known<string>[] => [why],
    );
  return withinBlocks(owner, path, (action) => {
    const groups = withinBlocks(action, 'forward', (forward) =>
      fold(
        forward.blocks('targetGroups'),
        (blocks) => blocks.flatMap((block) => named(block, 'arn')),
        (why): readonly Known<string>[] => [why],
      ),
    );
    return groups.length > 0 ? groups : named(action, 'targetGroupArn');
  });
}

function distinct(items: readonly Known<string>[]): readonly Known<string>[] {
  const seen = new Set<string>();
  return items.filter((item) =>
    fold(
      item,
      (urn) => !seen.has(urn) && seen.add(urn) !== undefined,
      () => true,
    ),
  );
}

/** Groups whose targets can be lost with an AZ: a Lambda function spans AZs by itself and needs no check for that. */
function losable(facts: LoadBalancerFacts): Known<readonly TargetGroupFacts[]> {
  return map(facts.groups, (groups) =>
    groups.filter((g) =>
      fold(
        g.targetType,
        (t) => t !== 'lambda',
        () => true,
      ),
    ),
  );
}

/** Until the last of its groups has taken lost targets out. */
export function loadBalancerDetection(facts: LoadBalancerFacts): Timing {
  return fold(
    losable(facts),
    (groups): Timing => slowest(fixed(0, 'no target of a group'), ...groups.map(targetGroupDetection)),
    timeUnknown,
  );
}

function underAz(facts: LoadBalancerFacts): Known<Impact> {
  return andThen(facts.multiAz, (multi) => {
    if (!multi) return lost('it has subnets in one AZ');
    return andThen(facts.spread, ({ zones, doubtful }) => {
      // AWS spreads its DNS answers evenly over the zones; at least two are certain here.
      const k = Math.max(zones.length, 2);
      const left: Known<number> =
        doubtful === 0 || zones.length < 2
          ? known((k - 1) / k)
          : unknown('not-reported', 'not every AZ of its subnets is known', { resource: facts.id, property: 'subnets' });
      return reduced(left, 'requests to the nodes and targets of that AZ fail until they are taken out');
    });
  });
}

export const loadBalancer = service<LoadBalancerFacts>({
  id: 'load-balancer',
  title: 'Elastic Load Balancer',
  kind: 'traffic',
  types: [LOAD_BALANCER],
  parts: [
    { type: LISTENER, of: 'loadBalancerArn' },
    { type: RULE, of: 'listenerArn' },
    { type: CERTIFICATE, of: 'listenerArn' },
  ],
  declare: declareLoadBalancer,
  mean(facts) {
    const checked = fold(
      losable(facts),
      (groups): Truth => (groups.length === 0 ? yes() : all(groups.map((g) => g.healthChecked))),
      (why): Truth => why,
    );
    return meaning({
      kind: 'traffic',
      placement: map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      under: { ...regionalImpacts(false), az: underAz(facts) },
      protections: [
        {
          mechanism: 'elb-target-health',
          scopes: ['az'],
          automation: 'service-native',
          armed: all([facts.multiAz, checked]),
          successors: known([facts.id]),
          into: undefined,
          time: row('elb-node-removal'),
          point: undefined,
          calls: [],
          action: undefined,
          says: 'takes the nodes and targets of the lost AZ out when their health checks fail',
        },
      ],
      links: facts.targetGroups.map((to): Link => ({ to, carries: 'traffic', property: 'defaultActions' })),
      detection: loadBalancerDetection(facts),
    });
  },
});
