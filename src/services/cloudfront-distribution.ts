/** CloudFront distribution: which origins answer for it, and where requests go when one does not. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, collect, fold, is, known, map, no, together, unknown, yes } from '../model/known.ts';
import type { ControlCall, Link, Protection, Timing } from '../model/protection.ts';
import { row, slowest, span, timeUnknown } from '../model/protection.ts';
import { Hole } from '../model/value.ts';
import { behind } from './edge-targets.ts';
import { regionOfHost, regionOfTarget } from './route53-targets.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const DISTRIBUTION = 'aws:cloudfront/distribution:Distribution';

export interface Origin {
  readonly originId: Known<string>;
  readonly to: Known<string>;
  /** Region of what answers; undefined: none that could be lost. */
  readonly region: Known<string | undefined>;
  readonly property: string;
  /** Seconds until CloudFront gives an unreachable origin up. */
  readonly connecting: Known<number>;
  /** Seconds until it gives up an origin that accepts connections and does not answer; undefined: not configurable (S3). */
  readonly answering: Known<number | undefined>;
  /** Is it something whose own door would be taken for a way in, were it not known to stand by? */
  readonly isDoor: boolean;
}

/** Two origins, the first of which is asked first. */
export interface OriginGroup {
  readonly groupId: Known<string>;
  readonly members: Known<readonly string[]>;
  readonly statusCodes: Known<readonly string[]>;
}

export interface Behaviour {
  /** An origin or an origin group. */
  readonly target: Known<string>;
  readonly methods: Known<readonly string[]>;
  readonly property: string;
}

export interface DistributionFacts extends Identity {
  readonly enabled: Truth;
  readonly origins: Known<readonly Origin[]>;
  readonly groups: Known<readonly OriginGroup[]>;
  /** The default one first. */
  readonly behaviours: Known<readonly Behaviour[]>;
}

function required(props: Props, path: string): Known<string> {
  return andThen(props.text(path), (v) =>
    v === undefined ? unknown('error', `${path} is not set`, props.origin(path)) : known(v, props.origin(path)),
  );
}

/** An id of the distribution's own is only compared with others: made of the same output of the same resource, two are the same. */
function ownId(props: Props, path: string): Known<string> {
  const raw = props.raw(path);
  const made = raw instanceof Hole ? makingOf(raw) : undefined;
  return made === undefined ? required(props, path) : known(made, props.origin(path));
}

function makingOf({ mentions, template }: Hole): string | undefined {
  const isWhole = template !== undefined || mentions.length === 1;
  if (!isWhole || mentions.length === 0 || mentions.some((m) => m.property === '')) return undefined;
  return `${template ?? ''}${mentions.map((m) => ` ${m.urn} ${m.property}`).join('')}`;
}

function originOf(block: Props, view: View): Origin {
  const to = andThen(behind(block, 'domainName', view), (urn) =>
    urn === undefined
      ? unknown('error', 'the origin has no domain name', block.origin('domainName'))
      : known(urn, block.origin('domainName')),
  );
  // DistributionOrigin: 3 attempts of 10 s; custom and VPC origins wait 30 s for an answer in each.
  const attempts = block.number('connectionAttempts', 3);
  const waits = (path: string): Known<number | undefined> =>
    andThen(block.blocks(path), ([config]) => (config === undefined ? known(undefined) : config.number('originReadTimeout', 30)));
  const waiting = andThen(waits('customOriginConfig'), (s) => (s === undefined ? waits('vpcOriginConfig') : known(s)));
  return {
    originId: ownId(block, 'originId'),
    to,
    region: fold(
      to,
      (urn) => regionOfTarget(urn, view),
      (why) =>
        andThen(block.text('domainName', ''), (host) => {
          const region = regionOfHost(host);
          return region === undefined ? why : known(region);
        }),
    ),
    property: block.origin('domainName').property ?? 'origins',
    connecting: map(
      together({ attempts, timeout: block.number('connectionTimeout', 10) }),
      ({ attempts: n, timeout }) => n * timeout,
    ),
    answering: map(together({ attempts, waiting }), ({ attempts: n, waiting: s }) => (s === undefined ? undefined : n * s)),
    isDoor: fold(
      to,
      (urn) => DOORS.has(view.get(urn)?.type ?? ''),
      () => false,
    ),
  };
}

/** Traffic types that users might enter by directly. */
const DOORS: ReadonlySet<string> = new Set([
  'aws:lb/loadBalancer:LoadBalancer',
  'aws:elb/loadBalancer:LoadBalancer',
  'aws:apigateway/restApi:RestApi',
  'aws:apigateway/domainName:DomainName',
  'aws:apigatewayv2/api:Api',
  'aws:apigatewayv2/domainName:DomainName',
]);

function groupOf(block: Props): OriginGroup {
  return {
    groupId: ownId(block, 'originId'),
    members: andThen(block.blocks('members'), (members) => collect(members.map((m) => ownId(m, 'originId')))),
    statusCodes: statusCodesOf(block),
  };
}

/** Numbers in code, text in some states. */
function statusCodesOf(group: Props): Known<readonly string[]> {
  const path = 'failoverCriteria.statusCodes';
  const raw = group.raw(path);
  return Array.isArray(raw) && raw.every((code) => typeof code === 'number' || typeof code === 'string')
    ? known(raw.map(String), group.origin(path))
    : andThen(group.texts(path), collect);
}

function behaviourOf(block: Props): Behaviour {
  return {
    target: ownId(block, 'targetOriginId'),
    methods: andThen(block.texts('allowedMethods'), collect),
    property: block.at,
  };
}

function declare(props: Props, view: View): DistributionFacts {
  return {
    ...identityOf(props),
    enabled: props.flag('enabled', true),
    origins: map(props.blocks('origins'), (blocks) => blocks.map((b) => originOf(b, view))),
    groups: map(props.blocks('originGroups'), (blocks) => blocks.map(groupOf)),
    behaviours: map(
      together({ first: props.blocks('defaultCacheBehavior'), others: props.blocks('orderedCacheBehaviors') }),
      ({ first, others }) => [...first, ...others].map(behaviourOf),
    ),
  };
}

/** Where one behaviour sends requests: first to `primary`, and to `standby` when that fails and a group says so. */
interface Path {
  readonly primary: Origin;
  readonly standby: Origin | undefined;
  readonly statusCodes: Known<readonly string[]>;
  readonly methods: Known<readonly string[]>;
}

function pathsOf(facts: DistributionFacts): Known<readonly Path[]> {
  return andThen(
    together({ origins: facts.origins, groups: facts.groups, behaviours: facts.behaviours }),
    ({ origins, groups, behaviours }) => {
      const byId = collect(origins.map((o) => map(o.originId, (id) => [id, o] as const)));
      const groupById = collect(groups.map((g) => map(together({ id: g.groupId, members: g.members }), (v) => ({ ...v, g }))));
      return andThen(together({ byId, groupById }), (ids) => {
        const origin = new Map(ids.byId);
        return collect(
          behaviours.map((b) =>
            andThen(b.target, (target): Known<Path> => {
              const group = ids.groupById.find((g) => g.id === target);
              const [first, second] = group?.members ?? [target];
              const primary = origin.get(first ?? '');
              const standby = origin.get(second ?? '');
              if (primary === undefined || (second !== undefined && standby === undefined)) {
                const called = primary === undefined ? (first ?? target) : second;
                return unknown('dangling', `no origin is called ${called}`, { resource: facts.id, property: b.property });
              }
              return known({ primary, standby, statusCodes: group?.g.statusCodes ?? known([]), methods: b.methods });
            }),
          ),
        );
      });
    },
  );
}

function distinctOrigins(origins: readonly Origin[]): readonly Origin[] {
  return [...new Map(origins.map((o) => [o.property, o])).values()];
}

/**
 * CloudFront fails over for GET, HEAD and OPTIONS only, and for the status codes chosen: 503 stands for a failed
 * connection and 504 for a time-out (CloudFront developer guide, "Optimize high availability with CloudFront origin
 * failover"). What a service is worth while its other methods fail is not modelled.
 */
function failsOver(path: Path): Truth {
  if (path.standby === undefined) return no('no origin group stands behind every behaviour');
  const codes = andThen(path.statusCodes, (list): Truth => {
    const chosen = ['503', '504'].filter((code) => list.includes(code)).length;
    if (chosen === 2) return yes();
    return chosen === 0
      ? no('its failover criteria leave out 503 and 504, an origin that cannot be reached')
      : unknown('not-modelled', 'its failover criteria have only one of 503 (no connection) and 504 (time-out)');
  });
  const methods = andThen(path.methods, (list): Truth => {
    const writes = list.filter((m) => !['GET', 'HEAD', 'OPTIONS'].includes(m.toUpperCase()));
    return writes.length === 0 && list.length > 0
      ? yes()
      : unknown('not-modelled', `${writes.join(', ') || 'methods that are not known'} have no origin failover`);
  });
  return all([codes, methods]);
}

function elsewhere({ primary, standby }: Path): Truth {
  return standby === undefined
    ? no('no origin group stands behind every behaviour')
    : is(
        together({ a: primary.region, b: standby.region }),
        ({ a, b }) => a === undefined || a !== b,
        'both origins of the group are in one Region',
      );
}

/** Each request waits for the first origin to be given up: attempts × time-out (same guide, "Control origin timeouts and attempts"). */
function givingUp({ primary }: Path): Timing {
  return fold(
    together({ connecting: primary.connecting, answering: primary.answering }),
    ({ connecting, answering }): Timing =>
      span(0, Math.max(connecting, answering ?? 0), 'attempts × time-out of the first origin, in every request'),
    timeUnknown,
  );
}

const UPDATE: ControlCall = { action: 'cloudfront:UpdateDistribution', region: known('us-east-1'), plane: 'control' };

function protections(paths: Known<readonly Path[]>): readonly Protection[] {
  const successors = andThen(paths, (list) =>
    collect(distinctOrigins(list.map((p) => p.standby).filter((o) => o !== undefined)).map((o) => o.to)),
  );
  const each = (test: (path: Path) => Truth): Truth => andThen(paths, (list) => all(list.map(test)));
  const shared = {
    mechanism: 'cloudfront-origin-failover',
    automation: 'service-native',
    successors,
    into: undefined,
    time: fold(paths, (list): Timing => slowest(...list.map(givingUp)), timeUnknown),
    point: undefined,
    calls: [],
    action: undefined,
    says: 'CloudFront asks the second origin of the group once the first one fails',
  } as const;
  const grouped = fold(
    paths,
    (list) => list.some((p) => p.standby !== undefined),
    () => true,
  );
  if (!grouped) return [];
  return [
    { ...shared, scopes: ['region'], armed: all([each(failsOver), each(elsewhere)]) },
    { ...shared, scopes: ['az'], armed: each(failsOver) },
    {
      ...shared,
      mechanism: 'cloudfront-origin-change',
      scopes: ['region'],
      automation: 'human-execution',
      armed: each(elsewhere),
      time: row('cloudfront-deploy'),
      calls: [UPDATE],
      says: 'somebody points the distribution at the second origin',
    },
  ];
}

/**
 * With one first origin, requests pass to it. With several, each is needed by some requests and none stands in for
 * another, which only `endpoint` says. A standby that is a door waits behind the distribution: its counterpart.
 */
function originLinks(paths: Known<readonly Path[]>): readonly Link[] {
  return fold(
    paths,
    (list): readonly Link[] => {
      const first = distinctOrigins(list.map((p) => p.primary));
      const waiting = distinctOrigins(list.map((p) => p.standby).filter((o) => o !== undefined));
      const carries = first.length === 1 ? 'traffic' : 'endpoint';
      return [
        ...first.map((o): Link => ({ to: o.to, carries, property: o.property })),
        ...waiting
          .filter((o) => o.isDoor && !first.includes(o))
          .map((o): Link => ({ to: o.to, carries: 'replica', property: o.property })),
      ];
    },
    (why) => [{ to: why, carries: 'traffic', property: 'origins' }],
  );
}

export const cloudfrontDistribution = service<DistributionFacts>({
  id: 'cloudfront-distribution',
  title: 'CloudFront distribution',
  kind: 'traffic',
  types: [DISTRIBUTION],
  parts: [
    { type: 'aws:cloudfront/monitoringSubscription:MonitoringSubscription', of: 'distributionId' },
    { type: 'aws:cloudfront/vpcOrigin:VpcOrigin', of: 'vpcOriginEndpointConfig' },
  ],
  declare,
  mean(facts) {
    const paths = pathsOf(facts);
    const everywhere = 'CloudFront answers from many places; its origins are judged by themselves';
    return meaning({
      kind: 'traffic',
      placement: global,
      under: {
        instance: unaffected(everywhere),
        az: unaffected(everywhere),
        region: unaffected(everywhere),
        data: unaffected('it holds copies only'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('edge locations answer without the control plane'),
        supplier: unaffected('AWS runs it'),
      },
      protections: protections(paths),
      links: originLinks(paths),
    });
  },
});
