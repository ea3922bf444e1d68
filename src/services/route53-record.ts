/** Route 53 record: one branch of a record set, what it points at, and what moves traffic away from it. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, collect, decide, equals, fold, is, known, map, no, together, unknown, yes } from '../model/known.ts';
import type { ControlCall, Link, Protection, Timing } from '../model/protection.ts';
import { fixed, row, span, sum, timeUnknown } from '../model/protection.ts';
import { Hole } from '../model/value.ts';
import { linkTo, spelling } from './links.ts';
import { once } from './once.ts';
import type { Signal } from './route53-signal.ts';
import { branchRegion, branchSignal } from './route53-signal.ts';
import { aliasOf, fullName, RECORD, type RecordTarget, recordSetOf, targetsOf, ZONE } from './route53-targets.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export type RoutingPolicy =
  | 'simple'
  | 'failover'
  | 'weighted'
  | 'latency'
  | 'geolocation'
  | 'geoproximity'
  | 'multivalue'
  | 'cidr';

/** One record of a set, as its siblings see it. */
export interface Branch {
  readonly id: string;
  readonly setIdentifier: Known<string | undefined>;
  /** PRIMARY or SECONDARY, in a failover set. */
  readonly role: Known<string | undefined>;
  /** In a weighted set. */
  readonly weight: Known<number | undefined>;
  /** Answers whoever no other branch is meant for (geolocation `*`, CIDR `*`). */
  readonly fallback: Truth;
  /** Region of its values; undefined: none that could be lost. */
  readonly region: Known<string | undefined>;
  readonly targets: Known<readonly RecordTarget[]>;
  readonly signal: Signal;
}

export interface RecordFacts extends Identity {
  readonly recordName: Known<string>;
  readonly recordType: Known<string>;
  readonly zone: Known<string | undefined>;
  readonly policy: Known<RoutingPolicy>;
  readonly alias: Truth;
  /** Seconds; undefined for an alias, which has its target's. */
  readonly ttl: Known<number | undefined>;
  /** How long an answer may be cached. */
  readonly cached: Timing;
  readonly own: Branch;
  /** Do clients connect to what it names? TXT, MX, NS and validation records steer nothing. */
  readonly steers: Truth;
  /** The other records of the set. */
  readonly siblings: Known<readonly Branch[]>;
}

const POLICIES: readonly (readonly [path: string, other: string, policy: RoutingPolicy])[] = [
  ['failoverRoutingPolicies', 'failoverRoutingPolicy', 'failover'],
  ['weightedRoutingPolicies', 'weightedRoutingPolicy', 'weighted'],
  ['latencyRoutingPolicies', 'latencyRoutingPolicy', 'latency'],
  ['geolocationRoutingPolicies', 'geolocationRoutingPolicy', 'geolocation'],
  ['geoproximityRoutingPolicy', 'geoproximityRoutingPolicies', 'geoproximity'],
  ['cidrRoutingPolicy', 'cidrRoutingPolicies', 'cidr'],
];

function policyOf(props: Props): Known<RoutingPolicy> {
  const multivalue = props.flag('multivalueAnswerRoutingPolicy', false);
  return POLICIES.reduceRight<Known<RoutingPolicy>>(
    (otherwise, [path, other, policy]) =>
      andThen(props.blocks(spelling(props, path, other)), (blocks) => (blocks.length > 0 ? known(policy) : otherwise)),
    map(multivalue, (on): RoutingPolicy => (on ? 'multivalue' : 'simple')),
  );
}

const branchOf = once((props: Props, view: View): Branch => {
  const targets = targetsOf(props, view);
  return {
    id: props.id,
    setIdentifier: props.text('setIdentifier'),
    role: map(props.text(`${spelling(props, 'failoverRoutingPolicies', 'failoverRoutingPolicy')}.type`), (t) => t?.toUpperCase()),
    weight: props.number(`${spelling(props, 'weightedRoutingPolicies', 'weightedRoutingPolicy')}.weight`),
    fallback: any([
      equals(props.text(`${spelling(props, 'geolocationRoutingPolicies', 'geolocationRoutingPolicy')}.country`), '*'),
      equals(props.text(`${spelling(props, 'cidrRoutingPolicy', 'cidrRoutingPolicies')}.locationName`), '*'),
    ]),
    region: branchRegion(targets),
    targets,
    signal: branchSignal(props, view),
  };
});

function declare(props: Props, view: View): RecordFacts {
  const alias = map(aliasOf(props), (block) => block !== undefined);
  const ttl = props.number('ttl');
  return {
    ...identityOf(props),
    recordName: fullName(props, view),
    recordType: props.text('type', ''),
    zone: view.target(props, 'zoneId', [ZONE]),
    policy: policyOf(props),
    alias,
    ttl,
    cached: cachedFor(alias, ttl, props),
    own: branchOf(props, view),
    siblings: siblingsOf(props, view),
    steers: steers(props, view),
  };
}

/** The other branches may be in a stack that was not given: a set of one with a routing policy is not known to be alone. */
function siblingsOf(props: Props, view: View): Known<readonly Branch[]> {
  return andThen(recordSetOf(props, view), (records) => {
    const others = records.filter((r) => r.id !== props.id).map((r) => branchOf(r, view));
    return andThen(policyOf(props), (policy) =>
      others.length === 0 && policy !== 'simple'
        ? (view.missing(props.type) ??
          unknown('not-reported', `no other branch of its ${policy} set is in the sources`, { resource: props.id }))
        : known(others),
    );
  });
}

const STEERING: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB']);
/** Records that prove ownership or sign mail: nothing connects to what they name. */
const PROOFS: ReadonlySet<string> = new Set([
  'aws:acm/certificate:Certificate',
  'aws:ses/domainIdentity:DomainIdentity',
  'aws:ses/domainDkim:DomainDkim',
  'aws:sesv2/emailIdentity:EmailIdentity',
]);

function steers(props: Props, view: View): Truth {
  const made = [props.raw('name'), props.raw('records')].flat().filter((v) => v instanceof Hole);
  if (made.some((hole) => hole.mentions.some((m) => PROOFS.has(view.get(m.urn)?.type ?? ''))))
    return no('it proves the ownership of a name');
  const proves = fold(
    props.text('name', ''),
    (name) => name.startsWith('_') || name.includes('._domainkey'),
    () => false,
  );
  return proves
    ? no('it proves the ownership of a name')
    : is(props.text('type', ''), (type) => STEERING.has(type.toUpperCase()));
}

/** An alias has the TTL of its target, 60 s for ELB and others (Route 53 developer guide, "Choosing between alias and non-alias records"). */
function cachedFor(alias: Truth, ttl: Known<number | undefined>, props: Props): Timing {
  return fold(
    together({ alias, ttl }),
    (v): Timing => {
      if (v.alias) return row('dns-alias-ttl');
      return v.ttl === undefined
        ? timeUnknown(unknown('not-reported', 'the record has no TTL', props.origin('ttl')))
        : span(0, v.ttl, `answers are cached for up to ${v.ttl} s`);
    },
    timeUnknown,
  );
}

/** Record sets are changed through the Route 53 API, whose control plane is in us-east-1 (AWS Fault Isolation Boundaries, appendix B). */
const CHANGE: ControlCall = { action: 'route53:ChangeResourceRecordSets', region: known('us-east-1'), plane: 'control' };

/** Which siblings answer when this branch is unhealthy, by policy. */
function standIns(facts: RecordFacts): Known<readonly Branch[]> {
  return andThen(together({ policy: facts.policy, siblings: facts.siblings }), ({ policy, siblings }) => {
    switch (policy) {
      case 'simple':
        return known([]);
      case 'failover':
        return opposite(facts, siblings);
      case 'geolocation':
      case 'cidr':
        // Route 53 falls back to the default location only; a wider location between them is not counted on.
        return map(collect(siblings.map((s) => map(s.fallback, (wide) => (wide ? s : undefined)))), (list) =>
          list.filter((s) => s !== undefined),
        );
      case 'weighted':
      case 'latency':
      case 'geoproximity':
      case 'multivalue':
        return known(siblings);
    }
  });
}

function opposite(facts: RecordFacts, siblings: readonly Branch[]): Known<readonly Branch[]> {
  return andThen(facts.own.role, (own) =>
    map(collect(siblings.map((s) => map(s.role, (role) => ({ s, role })))), (list) =>
      list.filter(({ role }) => (own === 'PRIMARY' ? role === 'SECONDARY' : role === 'PRIMARY')).map(({ s }) => s),
    ),
  );
}

/** Some stand-in is not in the Region that is lost. */
function elsewhere(own: Branch, others: readonly Branch[]): Truth {
  if (others.length === 0) return no('no other branch of the record set stands in for it');
  return any(
    others.map((other) =>
      andThen(together({ a: own.region, b: other.region }), ({ a, b }) =>
        a !== undefined && a === b ? no(`both branches are in ${a}`) : yes(),
      ),
    ),
  );
}

/** Answers come from this branch only while the branches before it are gone: SECONDARY, or weight 0. */
function passive(facts: RecordFacts): Truth {
  return andThen(facts.policy, (policy): Truth => {
    if (policy === 'failover') return equals(facts.own.role, 'SECONDARY');
    if (policy === 'weighted') {
      return all([
        is(facts.own.weight, (w) => w === 0),
        andThen(facts.siblings, (siblings) =>
          siblings.length === 0 ? no() : any(siblings.map((s) => is(s.weight, (w) => w !== 0))),
        ),
      ]);
    }
    return no();
  });
}

/**
 * A weight of 0 keeps a branch out until every other one is unhealthy, and only when all of them have a health signal
 * (Route 53 developer guide, "Health checks and weighted routing"). Without that, a person changes the weights.
 */
function zeroWeightsServe(facts: RecordFacts, others: readonly Branch[]): Truth {
  return andThen(facts.policy, (policy): Truth => {
    if (policy !== 'weighted') return yes();
    if (others.length === 0) return no('no other branch of the record set stands in for it');
    const someWeight = any(others.map((s) => is(s.weight, (w) => w === undefined || w > 0)));
    return any([someWeight, all([facts.own, ...others].map((b) => b.signal.present))]);
  });
}

function protections(facts: RecordFacts): readonly Protection[] {
  const others = standIns(facts);
  const successors = map(others, (list) => list.map((b) => b.id));
  const dns = sum(facts.cached, row('dns-client-tail'));
  const serves = andThen(others, (list) => zeroWeightsServe(facts, list));
  const somewhere = andThen(others, (list) =>
    is(known(list.length), (n) => n > 0, 'no other branch of the record set stands in for it'),
  );
  const abroad = andThen(others, (list) => elsewhere(facts.own, list));
  const { signal } = facts.own;
  const idle = passive(facts);
  const base = { into: undefined, point: undefined } as const;
  const controlled = fold(
    signal.routingControl,
    (urn) => urn !== undefined,
    () => false,
  );
  const moved: readonly Protection[] = decide(idle, {
    yes: (): readonly Protection[] => [
      {
        ...base,
        mechanism: 'route53-standby-branch',
        scopes: ['az', 'region'],
        automation: 'always-on',
        armed: somewhere,
        successors,
        time: fixed(0, 'answers do not come from this branch'),
        calls: [],
        action: undefined,
        says: 'this branch gets no traffic: losing it moves nothing',
      },
    ],
    no: () => failover(),
    unknown: () => failover(),
  });
  const simple = fold(
    facts.policy,
    (p) => p === 'simple',
    () => false,
  );
  return [...(simple ? [] : moved), ...(controlled ? [byRoutingControl()] : []), byHand()];

  function failover(): readonly Protection[] {
    const shared = {
      ...base,
      mechanism: 'route53-failover',
      automation: 'service-native',
      successors,
      time: sum(signal.detection, dns),
      calls: [],
      action: undefined,
      says: 'Route 53 answers with the other branches once this one is unhealthy',
    } as const;
    return [
      { ...shared, scopes: ['region'], armed: all([signal.worksInRegionLoss, abroad, serves]) },
      { ...shared, scopes: ['az'], armed: all([signal.works, somewhere, serves]) },
    ];
  }

  function byRoutingControl(): Protection {
    return {
      ...base,
      mechanism: 'arc-routing-control',
      scopes: ['az', 'region'],
      automation: 'human-execution',
      armed: somewhere,
      successors,
      time: sum(row('arc-routing-control'), dns),
      calls: [{ action: 'route53-recovery-cluster:UpdateRoutingControlStates', region: undefined, plane: 'data' }],
      action: 'routing-control',
      says: 'its health check follows an ARC routing control, which must be switched',
    };
  }

  function byHand(): Protection {
    return {
      ...base,
      mechanism: 'route53-switch',
      scopes: ['az', 'region'],
      automation: 'human-execution',
      armed: yes(),
      successors: simple ? known([facts.id]) : successors,
      time: sum(row('route53-propagation'), dns),
      calls: [CHANGE],
      action: 'route53-switch',
      says: 'somebody changes the record set',
    };
  }
}

export const route53Record = service<RecordFacts>({
  id: 'route53-record',
  title: 'Route 53 record',
  kind: 'traffic',
  types: [RECORD],
  parts: [],
  declare,
  mean(facts) {
    const everywhere = 'Route 53 answers from many places; what the record points at is judged by itself';
    const targets = fold(
      facts.own.targets,
      (list): readonly Link[] => list.map((t) => ({ to: t.to, carries: 'traffic', property: t.property })),
      (why): readonly Link[] => [{ to: why, carries: 'traffic', property: 'records' }],
    );
    const siblings = fold(
      facts.siblings,
      (list): readonly Link[] => list.map((s) => ({ to: known(s.id), carries: 'replica', property: 'setIdentifier' })),
      (why): readonly Link[] => [{ to: why, carries: 'replica', property: 'name' }],
    );
    const steering = decide(facts.steers, { yes: () => true, no: () => false, unknown: () => true });
    return meaning({
      kind: steering ? 'traffic' : 'config',
      placement: global,
      waits: passive(facts),
      under: {
        instance: unaffected(everywhere),
        az: unaffected(everywhere),
        region: unaffected(everywhere),
        data: unaffected('it holds no data'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('Route 53 answers and checks health without its control plane'),
        supplier: unaffected('AWS runs it'),
      },
      protections: steering ? protections(facts) : [],
      links: steering ? [...targets, ...siblings, ...linkTo(facts.own.signal.healthCheck, 'health', 'healthCheckId')] : [],
    });
  },
});
