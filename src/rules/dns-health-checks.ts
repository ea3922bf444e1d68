/** Route 53 health checks: do they notice what they stand for, soon enough, and only that? */

import { groupBy } from '../model/collections.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, collect, equals, fold, is, known, no, not, together, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import { cloudwatchAlarm } from '../services/cloudwatch-alarm.ts';
import type { HealthCheckFacts } from '../services/route53-health-check.ts';
import { route53HealthCheck } from '../services/route53-health-check.ts';
import type { Branch, RecordFacts } from '../services/route53-record.ts';
import { route53Record } from '../services/route53-record.ts';
import { detectionBudget, regionMatters } from './places.ts';
import { anyNames, oncePerEstate, some, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const GUIDE = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide';
const DETERMINING = `${GUIDE}/dns-failover-determining-health-of-endpoints.html`;
const VALUES = `${GUIDE}/health-checks-creating-values.html`;

/** Health checks that ask an endpoint; the others follow checks, alarms or routing controls. */
const ENDPOINT_TYPES: ReadonlySet<string> = new Set(['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP']);
const SHALLOW_PATHS: ReadonlySet<string | undefined> = new Set([undefined, '', '/', '/ping', '/health']);

const asksEndpoint = (facts: HealthCheckFacts): Truth => is(facts.type, (t) => ENDPOINT_TYPES.has(t));
const followsAlarm = (facts: HealthCheckFacts): Truth => equals(facts.type, 'CLOUDWATCH_METRIC');

export const healthCheckRules: readonly Rule[] = [
  {
    id: 'hc-disabled-or-inverted',
    family: 'dns',
    title: 'The health check cannot turn unhealthy when its target fails',
    severity: 'critical',
    scopes: ['az', 'region'],
    why: 'A disabled health check counts as healthy whatever happens. An inverted one turns healthy when what it watches fails, and unhealthy while it works. Either way Route 53 leaves the wrong branch.',
    fix: 'Remove `disabled` and `invertHealthcheck` from the aws.route53.HealthCheck of a record that fails over.',
    source: VALUES,
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'az', 'region')
          ? whenAny(
              [used(facts, context)],
              [
                because(
                  all([facts.disabled, not(facts.inverted)]),
                  `health check ${facts.name} is disabled, so Route 53 takes it for healthy whatever happens`,
                ),
                because(
                  all([facts.inverted, followed(facts.id, context)]),
                  `health check ${facts.name} is inverted: the record that follows it is left while its target works, and served when it fails`,
                ),
              ],
              'disabled',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'hc-detection-too-slow',
    family: 'dns',
    title: 'The health check notices too late',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'Route 53 answers otherwise only after `failureThreshold` failures in a row, one request every `requestInterval` seconds. That time is spent before anything begins to recover.',
    fix: 'Set `requestInterval: 10` (a change of it replaces the health check) or a lower `failureThreshold`.',
    source: VALUES,
    checks: [
      on(route53HealthCheck, (facts, _item, context) => {
        const budget = detectionBudget(context, concerned(facts, context), ['az', 'region']);
        if (budget === undefined) return undefined;
        const { seconds, says } = budget;
        return whenAny(
          [asksEndpoint(facts)],
          [
            andThen(together({ interval: facts.interval, threshold: facts.failureThreshold }), ({ interval, threshold }) =>
              is(
                known(interval * threshold),
                (needed) => needed > seconds,
                `health check ${facts.name} needs ${formatDuration(interval * threshold)} to notice (${interval}s × ${threshold}); ${says}`,
              ),
            ),
          ],
          'requestInterval',
        );
      }),
    ],
  },
  {
    id: 'hc-shallow-endpoint',
    family: 'dns',
    title: 'The health check sees the door, not what is behind it',
    severity: 'medium',
    scopes: ['region'],
    why: 'An open port, or a page that the web server answers alone, stays fine while the database behind it is gone. Then nothing fails over although users get errors.',
    fix: 'Ask a `resourcePath` that exercises what this Region needs to serve, or use type HTTPS_STR_MATCH with a `searchString`; leave out what both Regions share.',
    source:
      'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_withstand_component_failures_monitoring_health.html',
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'region')
          ? whenAny(
              [asksEndpoint(facts)],
              [
                because(equals(facts.type, 'TCP'), `health check ${facts.name} only opens a TCP connection`),
                because(
                  all([is(facts.searchString, (s) => s === undefined || s === ''), is(facts.path, (p) => SHALLOW_PATHS.has(p))]),
                  `health check ${facts.name} asks for ${textOr(facts.path, '/') ?? '/'} and looks for no text in the answer`,
                ),
              ],
              'resourcePath',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'hc-deep-check-couples-regions',
    family: 'dns',
    title: 'Branches of two Regions are judged by the same endpoint',
    severity: 'high',
    scopes: ['region'],
    why: 'One fault of what both checks ask makes both branches unhealthy at once. Route 53 then answers as if all of them were healthy, so the failover does nothing.',
    fix: 'Let the health check of each branch ask the endpoint of its own Region.',
    source: DETERMINING,
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'region')
          ? when(
              [
                not(equals(facts.type, 'RECOVERY_CONTROL')),
                some(followers(facts.id, context), (record) => coupled(facts, record, context), context),
              ],
              `health check ${facts.name} asks ${textOr(facts.address, undefined) ?? 'the same thing'}, and so does the check of another branch of the record set`,
              'fqdn',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'hc-alarm-insufficient-data-healthy',
    family: 'dns',
    title: 'The health check stays healthy when its alarm has no data',
    severity: 'high',
    scopes: ['region'],
    why: 'A Region that is lost sends no metrics. The alarm then has insufficient data, and the health check keeps its last status or counts as healthy, so the outage hides itself.',
    fix: 'Set `insufficientDataHealthStatus: "Unhealthy"`.',
    source: DETERMINING,
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'region')
          ? when(
              [followsAlarm(facts), not(equals(facts.insufficientData, 'Unhealthy')), not(hearsSilence(facts, context))],
              `health check ${facts.name} has insufficientDataHealthStatus ${textOr(facts.insufficientData, 'unset')}`,
              'insufficientDataHealthStatus',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'hc-alarm-in-failing-region',
    family: 'dns',
    title: 'The alarm is lost with the Region that it watches',
    severity: 'high',
    scopes: ['region'],
    why: 'CloudWatch in the Region that is lost evaluates nothing. A health check that follows an alarm there hears nothing of the loss that it is meant to report.',
    fix: 'Watch the endpoint from outside (type HTTPS), keep the alarm in the other Region, or set `insufficientDataHealthStatus: "Unhealthy"`.',
    source: 'derived',
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'region')
          ? when(
              [
                followsAlarm(facts),
                not(equals(facts.insufficientData, 'Unhealthy')),
                some(followers(facts.id, context), (record) => sameRegion(facts.alarmRegion, record.own.region), context),
              ],
              `health check ${facts.name} follows an alarm in ${textOr(facts.alarmRegion, undefined) ?? 'the same Region'}, where the target of its record is`,
              'cloudwatchAlarmRegion',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'hc-too-few-checker-regions',
    family: 'dns',
    title: 'Too few checkers decide',
    severity: 'low',
    scopes: ['region'],
    why: 'Route 53 counts an endpoint as healthy while more than 18 % of its checkers reach it. With checkers on one continent, trouble of the networks there decides for the whole world.',
    fix: 'Leave `regions` out, or name at least three on different continents.',
    source: DETERMINING,
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'region')
          ? whenAny(
              [asksEndpoint(facts)],
              [andThen(andThen(facts.checkerRegions, collect), (regions) => fewCheckers(facts, regions))],
              'regions',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'hc-calculated-threshold-wrong',
    family: 'dns',
    title: 'The calculated health check never changes',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'With a threshold of 0 a calculated check is always healthy; with one above its number of children it is always unhealthy. Whatever its children report moves nothing.',
    fix: 'Set `childHealthThreshold` between 1 and the number of `childHealthchecks`.',
    source: 'https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html',
    checks: [
      on(route53HealthCheck, (facts, _item, context) =>
        matters(facts, context, 'az', 'region')
          ? whenAny(
              [equals(facts.type, 'CALCULATED')],
              [
                equals(facts.childThreshold, 0, `health check ${facts.name} needs 0 healthy children, which always holds`),
                andThen(together({ children: facts.childChecks, threshold: facts.childThreshold }), ({ children, threshold }) =>
                  is(
                    known(threshold),
                    (t) => t !== undefined && t > children.length,
                    `health check ${facts.name} needs ${threshold} healthy children and has ${children.length}`,
                  ),
                ),
              ],
              'childHealthThreshold',
            )
          : undefined,
      ),
    ],
  },
];

const byHealthCheck = oncePerEstate((context) =>
  groupBy(context.allFacts(route53Record), (r) => textOr(r.own.signal.healthCheck, undefined)),
);

/** Records that follow the health check. */
export function followers(id: string, context: RuleContext): readonly RecordFacts[] {
  return byHealthCheck(context).get(id) ?? [];
}

const followed = anyNames((context) => context.allFacts(route53Record).map((r) => r.own.signal.healthCheck));
const isChild = anyNames((context) => context.allFacts(route53HealthCheck).flatMap((check) => check.children));

/** By a record, or as the child of another check. */
function used(facts: HealthCheckFacts, context: RuleContext): Truth {
  return any([followed(facts.id, context), isChild(facts.id, context)]);
}

/** The check itself and the records that hang on it: a promise about either is one about both. */
function concerned(facts: HealthCheckFacts, context: RuleContext): readonly string[] {
  return [facts.id, ...followers(facts.id, context).map((r) => r.id)];
}

function matters(facts: HealthCheckFacts, context: RuleContext, ...scopes: readonly ('az' | 'region')[]): boolean {
  const urns = concerned(facts, context);
  return regionMatters(context, ...urns) || (scopes.includes('az') && urns.some((urn) => context.agreed(urn, 'az')));
}

function coupled(facts: HealthCheckFacts, record: RecordFacts, context: RuleContext): Truth {
  const sameTarget = (other: HealthCheckFacts): Truth =>
    other.id === facts.id
      ? yes()
      : any([
          all([
            asksEndpoint(facts),
            is(together({ a: facts.address, b: other.address }), ({ a, b }) => a !== undefined && a === b),
          ]),
          all([followsAlarm(facts), is(together({ a: facts.alarm, b: other.alarm }), ({ a, b }) => a !== undefined && a === b)]),
        ]);
  const byBranch = (branch: Branch): Truth =>
    andThen(branch.signal.healthCheck, (id) => {
      const other = id === undefined ? undefined : context.facts(route53HealthCheck, id);
      return other === undefined ? no('it has no health check in the sources') : sameTarget(other);
    });
  return andThen(record.siblings, (siblings) => any([...siblings.map(byBranch), no('it has no sibling')]));
}

/** From outside the lost Region, an alarm that takes silence for a breach does report the loss. */
function hearsSilence(facts: HealthCheckFacts, context: RuleContext): Truth {
  const alarm = andThen(facts.alarm, (urn) => known(urn === undefined ? undefined : context.facts(cloudwatchAlarm, urn)));
  const breaching = fold(
    alarm,
    (found): Truth => (found === undefined ? no('its alarm is not in the sources') : equals(found.missingData, 'breaching')),
    () => no('its alarm is not in the sources'),
  );
  return all([breaching, ...followers(facts.id, context).map((record) => not(sameRegion(facts.alarmRegion, record.own.region)))]);
}

function sameRegion(alarm: Known<string | undefined>, target: Known<string | undefined>): Truth {
  return is(together({ alarm, target }), (r) => r.alarm !== undefined && r.alarm === r.target);
}

/** Two letters of a Region's name stand for its part of the world. */
function fewCheckers(facts: HealthCheckFacts, regions: readonly string[]): Truth {
  if (regions.length === 0) return no('all checkers ask');
  const continents = new Set(regions.map((r) => r.split('-', 1)[0]));
  if (regions.length < 3)
    return yes(`health check ${facts.name} is asked from ${regions.join(', ')} only; AWS needs three Regions`);
  return continents.size === 1
    ? yes(`health check ${facts.name} is asked from one part of the world only: ${regions.join(', ')}`)
    : no('checkers of several continents ask');
}
