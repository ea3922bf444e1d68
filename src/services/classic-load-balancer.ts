/** Classic Load Balancer: the instances behind it and the AZs that it answers from. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, fold, known, map, together, unknown, yes } from '../model/known.ts';
import type { Impact, Link, Placement, Spread, Timing } from '../model/protection.ts';
import { row, span, timeUnknown } from '../model/protection.ts';
import { spelling } from './links.ts';
import { pointingAt, referringTo, withinBlocks } from './pointing.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, reduced, regionalImpacts, service } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import type { Props, View } from './view.ts';
import { spreadOf } from './view.ts';

export const CLASSIC_LOAD_BALANCER = 'aws:elb/loadBalancer:LoadBalancer';
const ATTACHMENT = 'aws:elb/attachment:Attachment';
const GROUP = 'aws:autoscaling/group:Group';
const GROUP_ATTACHMENT = 'aws:autoscaling/attachment:Attachment';
const INSTANCE = 'aws:ec2/instance:Instance';

export interface ClassicLoadBalancerFacts extends Identity {
  readonly spread: Known<Spread>;
  readonly crossZone: Truth;
  readonly internal: Truth;
  /** Seconds between health checks, failures in a row that count, and seconds that each may take. */
  readonly interval: Known<number>;
  readonly unhealthyThreshold: Known<number>;
  readonly timeout: Known<number>;
  /** Instances and groups that it passes requests on to. */
  readonly members: readonly Link[];
}

function declare(props: Props, view: View): ClassicLoadBalancerFacts {
  return {
    ...identityOf(props),
    spread: spreadOfBalancer(props, view),
    // elb.LoadBalancer: crossZoneLoadBalancing is on unless switched off.
    crossZone: props.flag('crossZoneLoadBalancing', true),
    internal: props.flag('internal', false),
    // User guide for Classic Load Balancers, "Configure health checks": every 30 s, 2 failures, 5 s each.
    interval: props.number('healthCheck.interval', 30),
    unhealthyThreshold: props.number('healthCheck.unhealthyThreshold', 2),
    timeout: props.number('healthCheck.timeout', 5),
    members: membersOf(props, view),
  };
}

/** Subnets in a VPC; AZ names only on accounts that still had EC2-Classic, and in default VPCs. */
function spreadOfBalancer(props: Props, view: View): Known<Spread> {
  return spelling(props, 'subnets', 'availabilityZones') === 'subnets'
    ? spreadOfSubnets(props, 'subnets', view)
    : map(props.texts('availabilityZones'), spreadOf);
}

function membersOf(props: Props, view: View): readonly Link[] {
  const links: Link[] = [];
  const pass = (to: Known<string>, property: string) => links.push({ to, carries: 'traffic', property });
  fold(
    view.targets(props, 'instances', [INSTANCE]),
    (list) => list.map((to) => pass(to, 'instances')),
    (why) => [pass(why, 'instances')],
  );
  const groups = pointingAt(props.id, view, 'classic-load-balancer-of-group', [GROUP], (group) => [
    ...fold(
      view.targets(group, 'loadBalancers', [CLASSIC_LOAD_BALANCER]),
      (list) => list,
      (why): readonly Known<string>[] => [why],
    ),
    ...withinBlocks(group, 'trafficSources', (block) => [view.target(block, 'identifier', [CLASSIC_LOAD_BALANCER])]),
  ]);
  for (const group of groups.found) pass(known(group.id), 'loadBalancers');
  const joined = [
    { attached: referringTo(props.id, view, ATTACHMENT, 'elb'), property: 'instance', type: INSTANCE },
    { attached: referringTo(props.id, view, GROUP_ATTACHMENT, 'elb'), property: 'autoscalingGroupName', type: GROUP },
  ];
  for (const { attached, property, type } of joined)
    for (const found of attached.found)
      pass(
        andThen(view.target(found, property, [type]), (urn) =>
          urn === undefined ? unknown('error', `the attachment has no ${property}`, found.origin(property)) : known(urn),
        ),
        property,
      );
  if (links.length > 0) return links;
  const doubts = [groups, ...joined.map((j) => j.attached)].flatMap((a) => a.doubts);
  const nobody = unknown('not-reported', 'nothing in the sources is registered with this load balancer', { resource: props.id });
  return [{ to: doubts[0] ?? nobody, carries: 'traffic', property: 'instances' }];
}

/** U(0, interval) + interval × (threshold − 1) + the time-out of the deciding check. */
function detection(facts: ClassicLoadBalancerFacts): Timing {
  return fold(
    together({ interval: facts.interval, threshold: facts.unhealthyThreshold, timeout: facts.timeout }),
    ({ interval, threshold, timeout }): Timing =>
      span(
        interval * (threshold - 1),
        interval * threshold + timeout,
        `${threshold} failed health checks, one every ${interval} s`,
      ),
    timeUnknown,
  );
}

function severalZones(spread: Known<Spread>): Truth {
  return andThen(spread, ({ zones, doubtful }): Truth => {
    if (zones.length >= 2) return yes();
    if (zones.length + doubtful === 0) return unknown('not-reported', 'the code does not say in which AZs it is');
    return doubtful === 0 ? known(false, [], 'it is in one AZ') : unknown('not-reported', 'not every AZ of it is known');
  });
}

function underAz(facts: ClassicLoadBalancerFacts): Known<Impact> {
  return andThen(severalZones(facts.spread), (several) => {
    if (!several) return lost('it is in one AZ');
    return andThen(facts.spread, ({ zones, doubtful }) => {
      // AWS spreads its DNS answers evenly over the zones.
      const left: Known<number> =
        doubtful === 0
          ? known((zones.length - 1) / zones.length)
          : unknown('not-reported', 'not every AZ of it is known', { resource: facts.id, property: 'subnets' });
      return reduced(left, 'requests to its nodes and instances in that AZ fail until they are taken out');
    });
  });
}

export const classicLoadBalancer = service<ClassicLoadBalancerFacts>({
  id: 'classic-load-balancer',
  title: 'Classic Load Balancer',
  kind: 'traffic',
  types: [CLASSIC_LOAD_BALANCER],
  parts: [
    { type: ATTACHMENT, of: 'elb' },
    { type: 'aws:elb/appCookieStickinessPolicy:AppCookieStickinessPolicy', of: 'loadBalancer' },
    { type: 'aws:elb/loadBalancerCookieStickinessPolicy:LoadBalancerCookieStickinessPolicy', of: 'loadBalancer' },
    { type: 'aws:elb/loadBalancerBackendServerPolicy:LoadBalancerBackendServerPolicy', of: 'loadBalancerName' },
    { type: 'aws:elb/loadBalancerPolicy:LoadBalancerPolicy', of: 'loadBalancerName' },
    { type: 'aws:elb/listenerPolicy:ListenerPolicy', of: 'loadBalancerName' },
    { type: 'aws:elb/sslNegotiationPolicy:SslNegotiationPolicy', of: 'loadBalancer' },
  ],
  declare,
  mean: (facts) =>
    meaning({
      kind: 'traffic',
      placement: map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      under: { ...regionalImpacts(false), az: underAz(facts) },
      protections: [
        {
          mechanism: 'elb-target-health',
          scopes: ['az'],
          automation: 'service-native',
          armed: severalZones(facts.spread),
          successors: known([facts.id]),
          into: undefined,
          time: row('elb-node-removal'),
          point: undefined,
          calls: [],
          action: undefined,
          says: 'takes the nodes and instances of the lost AZ out when their health checks fail',
        },
      ],
      links: facts.members,
      detection: detection(facts),
    }),
});
