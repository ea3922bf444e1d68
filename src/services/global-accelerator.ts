/**
 * Global Accelerator: accelerators and the endpoint groups behind their listeners. A group is one branch, in one Region,
 * of what an accelerator answers with, as a record is one branch of a record set.
 */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, fold, is, known, map, no, not, together, unknown, yes } from '../model/known.ts';
import type { ControlCall, Link, Protection, Timing } from '../model/protection.ts';
import { fixed, never, row, slowest, span, sum, timeUnknown } from '../model/protection.ts';
import { servedBy } from './edge-targets.ts';
import { declareLoadBalancer, LOAD_BALANCER, loadBalancerDetection } from './load-balancer.ts';
import { referringTo } from './pointing.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const ACCELERATOR = 'aws:globalaccelerator/accelerator:Accelerator';
export const ENDPOINT_GROUP = 'aws:globalaccelerator/endpointGroup:EndpointGroup';
const LISTENER = 'aws:globalaccelerator/listener:Listener';

const everywhere = 'Global Accelerator answers from many places; its endpoints are judged by themselves';
const under = {
  instance: unaffected(everywhere),
  az: unaffected(everywhere),
  region: unaffected(everywhere),
  data: unaffected('it holds no data'),
  account: lost('it lives in one account'),
  'control-plane': unaffected('it routes and checks health without its control plane'),
  supplier: unaffected('AWS runs it'),
};

export interface AcceleratorFacts extends Identity {
  readonly enabled: Truth;
  /** Endpoint groups of all its listeners. */
  readonly groups: readonly Known<string>[];
}

export const globalAccelerator = service<AcceleratorFacts>({
  id: 'global-accelerator',
  title: 'Global Accelerator',
  kind: 'traffic',
  types: [ACCELERATOR],
  parts: [{ type: LISTENER, of: 'acceleratorArn' }],
  declare(props, view) {
    const listeners = referringTo(props.id, view, LISTENER, 'acceleratorArn');
    const groups = listeners.found.map((l) => referringTo(l.id, view, ENDPOINT_GROUP, 'listenerArn'));
    const found = groups.flatMap((g) => g.found.map((p) => known(p.id)));
    const doubts = [listeners, ...groups].flatMap((a) => a.doubts);
    const nothing = unknown('not-reported', 'no endpoint group in the sources says where its traffic goes', {
      resource: props.id,
    });
    return {
      ...identityOf(props),
      enabled: props.flag('enabled', true),
      groups: found.length > 0 ? found : [doubts[0] ?? nothing],
    };
  },
  mean: (facts) =>
    meaning({
      kind: 'traffic',
      placement: global,
      under,
      // Needed, and not passed on: a group's own health check moves traffic, so the group is the door that is judged.
      links: facts.groups.map((to): Link => ({ to, carries: 'endpoint', property: 'listenerArn' })),
    }),
});

interface Endpoint {
  readonly to: Known<string>;
  /** Does it get traffic while it is healthy? */
  readonly weighted: Truth;
  /** From the loss of what it leads to, to its being taken out. */
  readonly detection: Timing;
  readonly property: string;
}

/** One endpoint group, as its siblings see it. */
export interface Branch {
  readonly id: string;
  readonly region: Known<string>;
  readonly endpoints: Known<readonly Endpoint[]>;
}

export interface EndpointGroupFacts extends Identity {
  readonly own: Branch;
  /** Seconds between health checks and failures in a row that count; they hold for instances and addresses only. */
  readonly interval: Known<number>;
  readonly threshold: Known<number>;
  /** 0 … 100; does not hold when all other groups are unhealthy. */
  readonly dial: Known<number>;
  /** The other groups of its listener. */
  readonly siblings: Known<readonly Branch[]>;
}

function checks(props: Props) {
  // EndpointGroup: every 30 s, three times.
  return { interval: props.number('healthCheckIntervalSeconds', 30), threshold: props.number('thresholdCount', 3) };
}

function branchOf(props: Props, view: View): Branch {
  return {
    id: props.id,
    region: andThen(props.text('endpointGroupRegion'), (r) => (r === undefined ? props.region : known(r))),
    endpoints: map(props.blocks('endpointConfigurations'), (blocks) => blocks.map((b) => endpointOf(b, props, view))),
  };
}

function endpointOf(block: Props, group: Props, view: View): Endpoint {
  const to = andThen(view.target(block, 'endpointId'), (urn) =>
    urn === undefined ? unknown('error', 'the endpoint names nothing', block.origin('endpointId')) : servedBy(urn, view),
  );
  return {
    to,
    weighted: andThen(block.number('weight'), (weight) =>
      weight === undefined
        ? unknown('not-reported', 'it has no weight: AWS takes 128, but the provider sends 0', block.origin('weight'))
        : known(weight > 0, block.origin('weight'), weight > 0 ? undefined : 'its weight is 0'),
    ),
    detection: fold(to, (urn) => detectionOf(urn, group, view), timeUnknown),
    property: block.origin('endpointId').property ?? 'endpointConfigurations',
  };
}

/**
 * The group's own checks hold for instances and addresses; a load balancer has the health of its target groups (Global
 * Accelerator developer guide, "Health check options"), which its workshop says to be known up to 30 s later.
 */
function detectionOf(urn: string, group: Props, view: View): Timing {
  const endpoint = view.get(urn);
  if (endpoint?.type === LOAD_BALANCER)
    return sum(loadBalancerDetection(declareLoadBalancer(endpoint, view)), row('global-accelerator-elb-health'));
  return fold(
    together(checks(group)),
    ({ interval, threshold }): Timing =>
      span(interval * (threshold - 1), interval * threshold, `${threshold} failed health checks, one every ${interval} s`),
    timeUnknown,
  );
}

function siblingsOf(props: Props, view: View): Known<readonly Branch[]> {
  return andThen(view.target(props, 'listenerArn', [LISTENER]), (listener) => {
    if (listener === undefined) return unknown('error', 'the group names no listener', props.origin('listenerArn'));
    const { found, doubts } = referringTo(listener, view, ENDPOINT_GROUP, 'listenerArn');
    const others = found.filter((p) => p.id !== props.id).map((p) => branchOf(p, view));
    return others.length === 0 && doubts[0] !== undefined ? doubts[0] : known(others);
  });
}

/** Some endpoint may take traffic. */
function ready(branch: Branch): Truth {
  return andThen(branch.endpoints, (endpoints) =>
    endpoints.length === 0 ? no('a group without endpoints takes nothing over') : any(endpoints.map((e) => e.weighted)),
  );
}

/** A dial at 0 keeps traffic out for as long as another group can take it. */
function waits(facts: EndpointGroupFacts): Truth {
  return all([is(facts.dial, (d) => d === 0, 'its traffic dial is open'), is(facts.siblings, (list) => list.length > 0)]);
}

const DIAL: ControlCall = { action: 'globalaccelerator:UpdateEndpointGroup', region: known('us-west-2'), plane: 'control' };

/**
 * With no healthy endpoint of some weight left in a group, new connections go to another group, whatever its dial says
 * (Global Accelerator developer guide, "Failover for unhealthy endpoints").
 */
function protections(facts: EndpointGroupFacts): readonly Protection[] {
  const successors = map(facts.siblings, (list) => list.map((b) => b.id));
  const takesOver = (test: (sibling: Branch) => Truth): Truth =>
    andThen(facts.siblings, (list) =>
      list.length === 0 ? no('its listener has no other endpoint group') : any(list.map((b) => all([ready(b), test(b)]))),
    );
  const abroad = takesOver((b) =>
    is(together({ a: facts.own.region, b: b.region }), (r) => r.a !== r.b, 'both groups are in one Region'),
  );
  const base = { into: undefined, point: undefined, action: undefined, successors, calls: [] } as const;
  const failover = {
    ...base,
    mechanism: 'global-accelerator-failover',
    automation: 'service-native',
    time: detection(facts),
    says: 'new connections go to another endpoint group once no endpoint of this one is healthy',
  } as const;
  return [
    {
      ...base,
      mechanism: 'global-accelerator-standby-group',
      scopes: ['az', 'region'],
      automation: 'always-on',
      armed: all([is(facts.dial, (d) => d === 0, 'its traffic dial is open'), takesOver(() => yes())]),
      time: fixed(0, 'its traffic dial is at 0'),
      says: 'this group gets no traffic: losing it moves nothing',
    },
    { ...failover, scopes: ['region'], armed: abroad },
    { ...failover, scopes: ['az'], armed: takesOver(() => yes()) },
    {
      ...base,
      mechanism: 'global-accelerator-dial',
      scopes: ['az', 'region'],
      automation: 'human-execution',
      armed: abroad,
      time: row('global-accelerator-update'),
      calls: [DIAL],
      says: 'somebody turns its traffic dial to 0',
    },
  ];
}

function detection(facts: EndpointGroupFacts): Timing {
  return fold(
    facts.own.endpoints,
    (endpoints): Timing =>
      endpoints.length === 0 ? never('the group has no endpoint') : slowest(...endpoints.map((e) => e.detection)),
    timeUnknown,
  );
}

export const globalAcceleratorEndpointGroup = service<EndpointGroupFacts>({
  id: 'global-accelerator-endpoint-group',
  title: 'Global Accelerator endpoint group',
  kind: 'traffic',
  types: [ENDPOINT_GROUP],
  parts: [],
  declare: (props, view) => ({
    ...identityOf(props),
    ...checks(props),
    own: branchOf(props, view),
    dial: props.number('trafficDialPercentage', 100),
    siblings: siblingsOf(props, view),
  }),
  mean: (facts) =>
    meaning({
      kind: 'traffic',
      placement: global,
      waits: waits(facts),
      under,
      protections: protections(facts),
      links: [
        ...fold(
          facts.own.endpoints,
          (endpoints): readonly Link[] =>
            endpoints
              .filter((e) => !certainlyNot(e.weighted))
              .map((e) => ({ to: e.to, carries: 'traffic', property: e.property })),
          (why): readonly Link[] => [{ to: why, carries: 'traffic', property: 'endpointConfigurations' }],
        ),
        ...fold(
          facts.siblings,
          (list): readonly Link[] => list.map((b) => ({ to: known(b.id), carries: 'replica', property: 'listenerArn' })),
          (why): readonly Link[] => [{ to: why, carries: 'replica', property: 'listenerArn' }],
        ),
      ],
      detection: detection(facts),
    }),
});

function certainlyNot(t: Truth): boolean {
  return fold(
    not(t),
    (v) => v,
    () => false,
  );
}
