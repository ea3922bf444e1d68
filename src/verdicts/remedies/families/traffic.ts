/** Amazon Route 53: records that leave what is gone by themselves, and soon. */
import type { EstateResource } from '../../../estate/estate.ts';
import { factsOf } from '../../../estate/estate.ts';
import { is } from '../../../model/known.ts';
import type { Value } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { LOAD_BALANCER } from '../../../services/load-balancer.ts';
import { HEALTH_CHECK } from '../../../services/route53-health-check.ts';
import type { RecordFacts } from '../../../services/route53-record.ts';
import { route53Record } from '../../../services/route53-record.ts';
import { aliasOf, RECORD } from '../../../services/route53-targets.ts';
import type { Candidate, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Site } from '../site.ts';
import { told } from '../site.ts';

/** What resolvers and clients may keep an answer for, when a failover must be quick: that of an alias to a load balancer. */
const SHORT_TTL = 60;

/** A branch with a signal: that of its target, else a health check. */
export const branchSignal: Family = (spot, site) => {
  const facts = factsOf(route53Record, spot.item);
  if (facts === undefined || holds(facts.own.signal.works)) return [];
  const found: Candidate[] = [];
  const alias = told(aliasOf(spot.item.props));
  const target = targetOf(facts);
  const type = target === undefined ? undefined : site.view.get(target)?.type;
  if (alias !== undefined && !holds(facts.own.signal.evaluatesTarget) && (type === LOAD_BALANCER || type === RECORD)) {
    found.push({
      mechanism: 'route53-failover',
      says: 'let Route 53 evaluate the health of its target',
      changes: [{ kind: 'set', resource: facts.id, property: `${alias.at}.evaluateTargetHealth`, to: true }],
      cost: { class: 'none', rests: 'the evaluation of an alias target is free' },
    });
  }
  const absent = holds(is(facts.own.signal.healthCheck, (check) => check === undefined));
  const host = type === LOAD_BALANCER && target !== undefined ? reference(target, 'dnsName') : undefined;
  if (absent && host !== undefined) {
    const check = site.add(spot.item.resource, {
      type: HEALTH_CHECK,
      name: spot.item.resource.name,
      inputs: { type: 'HTTPS', fqdn: host, port: 443, resourcePath: '/', requestInterval: 10, failureThreshold: 3 },
    });
    found.push({
      mechanism: 'route53-failover',
      says: 'give it a health check of its own',
      changes: [check, { kind: 'set', resource: facts.id, property: 'healthCheckId', to: reference(check.resource.urn, 'id') }],
      cost: { class: 'low', rests: 'a health check with a fast interval, by the month' },
      caution: 'ask for a path that fails when the service does, not only when its door does',
    });
  }
  return found;
};

/** Answers that are kept for a shorter time. */
export const shortTtl: Family = (spot) => {
  const facts = factsOf(route53Record, spot.item);
  const ttl = facts === undefined ? undefined : told(facts.ttl);
  if (facts === undefined || ttl === undefined || ttl <= SHORT_TTL || !spot.lacks.has('time')) return [];
  return [
    {
      mechanism: 'route53-failover',
      says: `let answers be kept for ${SHORT_TTL} s instead of ${ttl} s`,
      changes: [{ kind: 'set', resource: facts.id, property: 'ttl', to: SHORT_TTL }],
      cost: { class: 'low', rests: 'more queries, by use' },
    },
  ];
};

/** A health check that asks more often, and believes sooner. */
export const quickCheck: Family = (spot, site) => {
  const facts = factsOf(route53Record, spot.item);
  const urn = facts === undefined ? undefined : told(facts.own.signal.healthCheck);
  const check = urn === undefined ? undefined : site.view.get(urn);
  if (check === undefined || !spot.lacks.has('time')) return [];
  const interval = told(check.number('requestInterval', 30));
  const threshold = told(check.number('failureThreshold', 3));
  if (interval === undefined || threshold === undefined) return [];
  const set = (property: string, to: number): Change => ({ kind: 'set', resource: check.id, property, to });
  const changes = [
    ...(interval > 10 ? [set('requestInterval', 10)] : []),
    ...(interval <= 10 && threshold > 2 ? [set('failureThreshold', 2)] : []),
  ];
  if (changes.length === 0) return [];
  return [
    {
      mechanism: 'route53-failover',
      says: interval > 10 ? 'check every 10 s' : 'take two failures for an outage',
      changes,
      cost: { class: 'low', rests: 'the fast interval of a health check, by the month' },
    },
  ];
};

/** A health check that can turn unhealthy. */
export const workingCheck: Family = (spot, site) => {
  const facts = factsOf(route53Record, spot.item);
  const urn = facts === undefined ? undefined : told(facts.own.signal.healthCheck);
  const check = urn === undefined ? undefined : site.view.get(urn);
  if (check === undefined) return [];
  const wrong = ['disabled', 'invertHealthcheck'].filter((property) => holds(check.flag(property, false)));
  if (wrong.length === 0) return [];
  return [
    {
      mechanism: 'route53-failover',
      says: 'let its health check turn unhealthy',
      changes: wrong.map((property) => ({ kind: 'set', resource: check.id, property, to: false })),
      cost: { class: 'none', rests: 'the check is there already' },
    },
  ];
};

/** One simple record made a failover pair, where a load balancer of the same role waits in another Region. */
export const failoverPair: Family = (spot, site) => {
  const facts = factsOf(route53Record, spot.item);
  if (facts === undefined || spot.scope !== 'region' || !holds(is(facts.policy, (p) => p === 'simple'))) return [];
  const alias = told(aliasOf(spot.item.props));
  const target = site.item(targetOf(facts) ?? '');
  if (alias === undefined || target === undefined || target.resource.type !== LOAD_BALANCER) return [];
  const other = site.twinsOf(target).find((t) => t.resource.type === LOAD_BALANCER) ?? twinByService(spot, target, site);
  if (other === undefined) return [];
  return [pair(facts, spot, alias.at, other, site)];
};

/** What the first of its values names. */
function targetOf(facts: RecordFacts): string | undefined {
  const first = told(facts.own.targets)?.[0];
  return first === undefined ? undefined : told(first.to);
}

function pair(facts: RecordFacts, spot: Spot, alias: string, other: EstateResource, site: Site): Candidate {
  const { resource } = spot.item;
  const set = (property: string, to: Value): Change => ({ kind: 'set', resource: facts.id, property, to });
  const second = site.add(resource, {
    type: RECORD,
    name: `${resource.name}-secondary`,
    untagged: true,
    inputs: {
      ...Object.fromEntries(
        Object.entries(resource.inputs).filter(([key]) => key === 'zoneId' || key === 'name' || key === 'type'),
      ),
      aliases: [
        {
          name: reference(other.resource.urn, 'dnsName'),
          zoneId: reference(other.resource.urn, 'zoneId'),
          evaluateTargetHealth: true,
        },
      ],
      setIdentifier: 'secondary',
      failoverRoutingPolicies: [{ type: 'SECONDARY' }],
    },
  });
  const evaluates = holds(facts.own.signal.evaluatesTarget) ? [] : [set(`${alias}.evaluateTargetHealth`, true)];
  return {
    mechanism: 'route53-failover',
    says: `make it a failover pair with ${other.resource.name}`,
    changes: [...evaluates, set('setIdentifier', 'primary'), set('failoverRoutingPolicies', [{ type: 'PRIMARY' }]), second],
    cost: { class: 'none', rests: 'both load balancers are there already' },
    caution: 'the record is replaced: its name has no answer for a moment',
  };
}

/** The one load balancer of the service in another Region. */
function twinByService(spot: Spot, target: EstateResource, site: Site): EstateResource | undefined {
  const resources = site.judgement.services.find((s) => s.entry.id === spot.metric.serviceId)?.resources ?? [];
  const others = resources
    .map((urn) => site.item(urn))
    .filter((item) => item !== undefined)
    .filter((item) => item.resource.type === LOAD_BALANCER && site.regionOf(item) !== site.regionOf(target));
  return others.length === 1 ? others[0] : undefined;
}
