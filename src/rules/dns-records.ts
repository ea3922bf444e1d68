/** Route 53 records: whether a branch is ever abandoned, for what, and how soon. */

import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, equals, fold, is, known, no, not, together, unknown, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import type { Branch, RecordFacts } from '../services/route53-record.ts';
import { route53Record } from '../services/route53-record.ts';
import { configured, regionMatters } from './places.ts';
import { anyAgreed, some, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';
import { sharedBetween } from './shared.ts';

const GUIDE = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide';

/** Seconds: AWS's advice for records that have a health check (developer guide, "TTL" of failover records). */
const ADVISED_TTL = 60;

export const label = (facts: RecordFacts): string => textOr(facts.recordName, facts.name) || facts.name;
const isPrimary = (facts: RecordFacts): Truth => all([equals(facts.policy, 'failover'), equals(facts.own.role, 'PRIMARY')]);
const hasCheck = (branch: Branch): Truth => is(branch.signal.healthCheck, (urn) => urn !== undefined);
const chooses = (facts: RecordFacts): Truth => is(facts.policy, (p) => p !== 'simple' && p !== 'failover');

export const recordRules: readonly Rule[] = [
  {
    id: 'dns-failover-primary-no-health',
    family: 'dns',
    title: 'The PRIMARY record has nothing that could find it unhealthy',
    severity: 'critical',
    scopes: ['az', 'region'],
    why: 'Route 53 takes a record without a health check, and an alias that does not evaluate its target, for healthy whatever happens. It goes on answering with the PRIMARY after its target is gone.',
    fix: 'Set `healthCheckId`, or `evaluateTargetHealth: true` in `aliases` when the target is one that Route 53 can evaluate (not CloudFront).',
    source: `${GUIDE}/dns-failover-simple-configs.html`,
    checks: [
      on(route53Record, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'az', 'region')
          ? when(
              [isPrimary(facts), not(facts.own.signal.present)],
              `${label(facts)} is PRIMARY, and neither a health check nor the health of its target can tell Route 53 that it is gone`,
              'healthCheckId',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-failover-pair-incomplete',
    family: 'dns',
    title: 'The failover record has no counterpart',
    severity: 'critical',
    scopes: ['region'],
    why: 'Failover routing needs one PRIMARY and one SECONDARY record of the same zone, name and type. Without the other half there is nothing to answer with when the first is unhealthy.',
    fix: 'Give the other aws.route53.Record the same `name` and `type`, another `setIdentifier`, and the other `failoverRoutingPolicies` type.',
    source: 'https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html',
    checks: [
      on(route53Record, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [equals(facts.policy, 'failover'), andThen(counterparts(facts), (list) => is(known(list.length), (n) => n === 0))],
              `${label(facts)} is ${textOr(facts.own.role, 'a failover record') ?? 'a failover record'}, and no record of its set has the other role`,
              'failoverRoutingPolicies',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-alias-ignores-target-health',
    family: 'dns',
    title: 'The alias goes on answering when its target fails',
    severity: 'critical',
    scopes: ['az', 'region'],
    why: 'With `evaluateTargetHealth: false` and no health check the branch counts as healthy for ever. Its share of the clients is sent to a target that does not answer, although other branches do.',
    fix: 'Set `evaluateTargetHealth: true` in `aliases`, or a `healthCheckId`.',
    source: `${GUIDE}/dns-failover-complex-configs.html`,
    checks: [
      on(route53Record, (facts, _item, context) =>
        regionMatters(context, facts.id) || (context.hasCatalogue && context.agreed(facts.id, 'az'))
          ? when(
              [
                facts.alias,
                chooses(facts),
                not(facts.own.signal.evaluatesTarget),
                not(hasCheck(facts.own)),
                known(!context.isStandby(facts.id)),
                not(staysInRegion(facts)),
              ],
              `${label(facts)}${ofSet(facts)} does not evaluate the health of its target and has no health check, so Route 53 never leaves it`,
              'aliases',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-tree-leaf-without-health',
    family: 'dns',
    title: 'One branch of the record set has no health check',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'Route 53 takes a branch without a health check for healthy. While its siblings are left when they fail, this one keeps its clients, and attracts those of the others, after its own target is gone.',
    fix: 'Set `healthCheckId` on this record as on its siblings.',
    source: `${GUIDE}/dns-failover-complex-configs.html`,
    checks: [
      on(route53Record, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'az', 'region')
          ? when(
              [
                chooses(facts),
                not(facts.alias),
                not(hasCheck(facts.own)),
                andThen(facts.siblings, (list) => some(list, (s) => s.signal.present, context)),
              ],
              `${label(facts)}${ofSet(facts)} has no health check, and other branches of its set have one`,
              'healthCheckId',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-ttl-exceeds-budget',
    family: 'dns',
    title: 'Clients keep the old answer too long',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'Resolvers and clients keep an answer for its TTL. Until it has passed they go to the target that has failed, however soon Route 53 answers otherwise.',
    fix: 'Set `ttl` to 60 or less on records that fail over.',
    source: `${GUIDE}/resource-record-sets-values-failover.html`,
    checks: [
      on(route53Record, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'az', 'region')
          ? whenAny(
              [not(facts.alias), any([equals(facts.policy, 'failover'), facts.own.signal.present])],
              ttlTooLong(facts, context),
              'ttl',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-primary-secondary-same-region',
    family: 'dns',
    title: 'PRIMARY and SECONDARY lead into the same Region',
    severity: 'critical',
    scopes: ['region'],
    why: 'When the Region is lost, both answers are. The failover record then moves clients from one dead target to another.',
    fix: 'Let the SECONDARY record lead to a load balancer, API or bucket in another Region.',
    source: 'derived',
    checks: [
      on(route53Record, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [isPrimary(facts)],
              [
                andThen(counterparts(facts), (list) =>
                  any([...list.map((s) => sameRegion(facts, s)), no('it has no counterpart')]),
                ),
              ],
              'aliases',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'dns-secondary-target-shared-dependency',
    family: 'dns',
    title: 'PRIMARY and SECONDARY need the same resource of one Region',
    severity: 'critical',
    // An AZ takes down what stands in that AZ alone, whichever side needs it: recovery follows that resource by resource.
    scopes: ['region'],
    why: 'Failing over helps only if the other side can work alone. What both sides need, and one Region holds, takes both down when it is lost.',
    fix: 'Give the standby its own copy of what is shared (replica, global table, replica key, replicated secret), and let it refer to that one.',
    source: 'derived',
    checks: [
      on(route53Record, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [isPrimary(facts)],
              [
                andThen(together({ own: facts.own.targets, others: counterparts(facts) }), ({ own, others }) =>
                  others.length === 0
                    ? no('it has no counterpart')
                    : any(
                        others.map((other) =>
                          andThen(other.targets, (theirs) =>
                            sharedBetween(
                              own.map((t) => t.to),
                              theirs.map((t) => t.to),
                              context,
                            ),
                          ),
                        ),
                      ),
                ),
              ],
              'aliases',
            )
          : undefined,
      ),
    ],
  },
];

/** Records of the set with the other failover role. */
function counterparts(facts: RecordFacts): Known<readonly Branch[]> {
  return andThen(facts.siblings, (siblings) =>
    andThen(facts.own.role, (own) => {
      const roles = siblings.map((s) => ({ s, role: s.role }));
      const doubt = roles.find(({ role }) =>
        fold(
          role,
          () => false,
          () => true,
        ),
      );
      if (doubt !== undefined) return unknown('unresolved-at-preview', 'the role of another record of its set is not known');
      const wanted = own === 'PRIMARY' ? 'SECONDARY' : 'PRIMARY';
      return known(roles.filter(({ role }) => textOr(role, undefined) === wanted).map(({ s }) => s));
    }),
  );
}

/**
 * All branches lead into one Region, so the set does not choose between Regions. Where only one branch is in the sources,
 * the others are in those of another stack, as they seldom are for one Region.
 */
function staysInRegion(facts: RecordFacts): Truth {
  return fold<readonly Branch[], Truth>(
    facts.siblings,
    (siblings) =>
      siblings.length === 0
        ? no('it is the only branch')
        : all(siblings.map((s) => is(together({ a: facts.own.region, b: s.region }), ({ a, b }) => a !== undefined && a === b))),
    () => no('its other branches are not in the sources'),
  );
}

export function ofSet(facts: RecordFacts): string {
  const id = textOr(facts.own.setIdentifier, undefined);
  return id === undefined ? '' : ` (${id})`;
}

function sameRegion(facts: RecordFacts, sibling: Branch): Truth {
  return andThen(together({ a: facts.own.region, b: sibling.region }), ({ a, b }) =>
    a !== undefined && a === b
      ? yes(`PRIMARY and SECONDARY of ${label(facts)} both lead into ${a}`)
      : no('they lead into different Regions'),
  );
}

function ttlTooLong(facts: RecordFacts, context: RuleContext): readonly Truth[] {
  const long = andThen(
    facts.ttl,
    (ttl): Truth =>
      ttl !== undefined && ttl > ADVISED_TTL
        ? yes(
            `answers of ${label(facts)} are cached for up to ${formatDuration(ttl)}; with a health check AWS advises ${ADVISED_TTL}s or less`,
          )
        : no('its TTL is short'),
  );
  const rto = Math.min(...(['az', 'region'] as const).flatMap((scope) => context.targets(facts.id, 'RTO', scope)));
  if (!Number.isFinite(rto)) return [long];
  const late = andThen(
    together({ ttl: facts.ttl, noticed: configured(facts.own.signal.detection) }),
    ({ ttl = 0, noticed }): Truth =>
      Number.isFinite(noticed) && noticed + ttl > rto
        ? yes(
            `${label(facts)} takes up to ${formatDuration(noticed)} to be found unhealthy and its answers are cached for ${formatDuration(ttl)} more; the agreed RTO is ${formatDuration(rto)}`,
          )
        : no('detection and TTL fit'),
  );
  return [late, long];
}
