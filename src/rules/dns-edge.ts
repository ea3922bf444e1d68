/** Global Accelerator and CloudFront: what they can send requests to when a Region is lost. */

import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, collect, fold, is, known, map, no, not, together, unknown, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import type { Behaviour, DistributionFacts, Origin } from '../services/cloudfront-distribution.ts';
import { cloudfrontDistribution } from '../services/cloudfront-distribution.ts';
import { globalAcceleratorEndpointGroup } from '../services/global-accelerator.ts';
import { route53Record } from '../services/route53-record.ts';
import { configured, detectionBudget, regionMatters } from './places.ts';
import { some, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

const CLOUDFRONT_GUIDE =
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html';

export const edgeRules: readonly Rule[] = [
  {
    id: 'ga-endpoint-group-single-region',
    family: 'dns',
    title: 'The accelerator has nowhere else to send traffic',
    severity: 'high',
    scopes: ['region', 'control-plane'],
    why: 'Global Accelerator moves traffic to another endpoint group of the listener when one has no healthy endpoint left. Without a group in another Region, or with endpoints of weight 0 only, somebody must change the accelerator through a control plane in us-west-2.',
    fix: 'Add an aws.globalaccelerator.EndpointGroup with another `endpointGroupRegion` and an endpoint whose `weight` is above 0.',
    source: 'https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints.html',
    checks: [
      on(globalAcceleratorEndpointGroup, (facts, _item, context) =>
        regionMatters(context, facts.id) && !context.isStandby(facts.id)
          ? whenAny(
              [],
              [
                andThen(facts.siblings, (siblings) =>
                  because(
                    not(
                      some(
                        siblings,
                        (s) =>
                          all([
                            is(together({ a: facts.own.region, b: s.region }), ({ a, b }) => a !== b),
                            andThen(s.endpoints, (endpoints) => any([...endpoints.map((e) => e.weighted), no()])),
                          ]),
                        context,
                      ),
                    ),
                    `no endpoint group beside ${facts.name} (${textOr(facts.own.region, 'its Region')}) has an endpoint of some weight in another Region`,
                  ),
                ),
              ],
              'endpointGroupRegion',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'ga-health-check-slow',
    family: 'dns',
    title: 'The accelerator notices too late',
    severity: 'medium',
    scopes: ['region'],
    why: 'Instances and Elastic IP addresses are checked by the endpoint group, load balancers by their target groups. Until enough checks in a row have failed, new connections go to what has failed.',
    fix: 'Set `healthCheckIntervalSeconds: 10` or a lower `thresholdCount`; behind a load balancer, the `interval` and `unhealthyThreshold` of the target groups.',
    source: 'https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-health-check-options.html',
    checks: [
      on(globalAcceleratorEndpointGroup, (facts, _item, context) => {
        const budget = detectionBudget(context, [facts.id], ['region']);
        if (budget === undefined) return undefined;
        return answer(
          andThen(facts.own.endpoints, (endpoints) =>
            any([
              ...endpoints.map((e) =>
                andThen(
                  configured(e.detection),
                  (seconds): Truth =>
                    seconds > budget.seconds
                      ? yes(`${facts.name} takes up to ${formatDuration(seconds)} to find an endpoint unhealthy; ${budget.says}`)
                      : no('it is soon enough'),
                ),
              ),
              no('it has no endpoint'),
            ]),
          ),
          'healthCheckIntervalSeconds',
        );
      }),
    ],
  },
  {
    id: 'cloudfront-single-origin',
    family: 'dns',
    title: 'Requests have no origin in another Region',
    severity: 'high',
    scopes: ['region'],
    why: 'CloudFront answers from many places, but only the origin has the answers that are not cached. Origin failover needs an origin group that the cache behaviour uses, and works for GET, HEAD and OPTIONS only: writes go to the first origin whatever happens.',
    fix: 'Let `targetOriginId` name an origin group (`originGroups`) with origins in two Regions; send writes to a name that fails over by itself (Route 53, Global Accelerator).',
    source: CLOUDFRONT_GUIDE,
    checks: [
      on(cloudfrontDistribution, (facts, _item, context) =>
        regionMatters(context, facts.id)
          ? answer(
              andThen(facts.behaviours, (list) =>
                any([...list.map((b) => unprotected(b, facts, context)), no('it has no behaviour')]),
              ),
              'defaultCacheBehavior',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'cloudfront-origin-timeouts-dominate',
    family: 'dns',
    title: 'CloudFront waits too long for the first origin',
    severity: 'low',
    scopes: ['region'],
    why: 'Before it asks the second origin, CloudFront tries the first one `connectionAttempts` times, each for `connectionTimeout` (10 s) or, when the origin accepts and hangs, for `originReadTimeout` (30 s). Every request waits for that.',
    fix: 'Lower `connectionAttempts`, `connectionTimeout` and `customOriginConfig.originReadTimeout` of the first origin of the group.',
    source: CLOUDFRONT_GUIDE,
    checks: [
      on(cloudfrontDistribution, (facts, _item, context) => {
        const rto = Math.min(...context.targets(facts.id, 'RTO', 'region'));
        if (!Number.isFinite(rto)) return undefined;
        return answer(
          andThen(firstOrigins(facts), (origins) =>
            any([...origins.map((o) => givesUpLate(o, facts, rto)), no('it has no origin group')]),
          ),
          'origins',
        );
      }),
    ],
  },
];

type Named = ReadonlyMap<string, Origin>;

function originsById(facts: DistributionFacts): Known<Named> {
  return andThen(facts.origins, (origins) =>
    map(collect(origins.map((o) => map(o.originId, (id) => [id, o] as const))), (entries): Named => new Map(entries)),
  );
}

/** Members of the origin group that a behaviour uses; undefined when it uses an origin. */
function groupOf(target: string, facts: DistributionFacts): Known<readonly string[] | undefined> {
  return andThen(facts.groups, (groups) =>
    andThen(collect(groups.map((g) => map(g.groupId, (id) => ({ id, g })))), (list) => {
      const group = list.find(({ id }) => id === target)?.g;
      return group === undefined ? known(undefined) : group.members;
    }),
  );
}

function unprotected(behaviour: Behaviour, facts: DistributionFacts, context: RuleContext): Truth {
  return andThen(together({ target: behaviour.target, origins: originsById(facts) }), ({ target, origins }) =>
    andThen(groupOf(target, facts), (members) => {
      const [first, second] = (members ?? [target]).map((id) => origins.get(id));
      if (first === undefined) return unknown('dangling', `no origin is called ${target}`, { resource: facts.id });
      const bound = boundToRegion(first, context);
      if (members === undefined)
        return because(bound, `${facts.name} sends requests to the one origin ${target}${within(first)}`);
      if (second === undefined) return unknown('dangling', `a member of ${target} is no origin`, { resource: facts.id });
      const sameRegion = is(together({ a: first.region, b: second.region }), ({ a, b }) => a !== undefined && a === b);
      return any([
        because(all([bound, sameRegion]), `both origins of ${target} of ${facts.name} are in one Region${within(first)}`),
        because(
          all([bound, writes(behaviour)]),
          `writes through ${facts.name} go to ${target}, and origin failover does not hold for them`,
        ),
      ]);
    }),
  );
}

const writes = (behaviour: Behaviour): Truth =>
  is(behaviour.methods, (list) => list.some((m) => !['GET', 'HEAD', 'OPTIONS'].includes(m.toUpperCase())));

function within(origin: Origin): string {
  const region = textOr(origin.region, undefined);
  return region === undefined ? '' : ` (${region})`;
}

/** A name whose record set chooses between branches fails over by itself, and so does what has no Region. */
function boundToRegion(origin: Origin, context: RuleContext): Truth {
  const record = fold(
    origin.to,
    (urn) => context.facts(route53Record, urn),
    () => undefined,
  );
  const chosen = record === undefined ? no() : is(record.policy, (p) => p !== 'simple');
  return all([not(chosen), is(origin.region, (region) => region !== undefined)]);
}

function firstOrigins(facts: DistributionFacts): Known<readonly Origin[]> {
  return andThen(together({ groups: facts.groups, origins: originsById(facts) }), ({ groups, origins }) =>
    map(collect(groups.map((g) => g.members)), (lists) =>
      lists.map(([first]) => origins.get(first ?? '')).filter((o) => o !== undefined),
    ),
  );
}

function givesUpLate(origin: Origin, facts: DistributionFacts, rto: number): Truth {
  return andThen(together({ connecting: origin.connecting, answering: origin.answering }), ({ connecting, answering }): Truth => {
    const seconds = Math.max(connecting, answering ?? 0);
    return seconds > rto
      ? yes(
          `${facts.name} waits up to ${formatDuration(seconds)} for its first origin in every request; the agreed RTO is ${formatDuration(rto)}`,
        )
      : no('it gives up in time');
  });
}
