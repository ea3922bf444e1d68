/** The seven conditions of one metric under one member of its scope (docs/model.md, KPI 2). */

import { meaningOf } from '../estate/estate.ts';
import type { Metric } from '../model/agreement.ts';
import { unitOf } from '../model/agreement.ts';
import type { Finding } from '../model/finding.ts';
import type { Known, Truth, Unknown } from '../model/known.ts';
import { all, any, atLeast, decide, fold, map, no, unknown, yes } from '../model/known.ts';
import type { AutomationClass } from '../model/protection.ts';
import { worstClass } from '../model/protection.ts';
import { formatAbout, formatDuration, formatPercent } from '../model/quantity.ts';
import type { Member } from '../model/scope.ts';
import type { Condition, ConditionId, MetricVerdict, Predicted, VerdictKind } from '../model/verdict.ts';
import type { RecoveryGraph } from '../recovery/graph.ts';
import { judgeRecovery } from '../recovery/judge.ts';
import type { Outcome } from '../recovery/outcome.ts';
import type { RecoveryPath, ServiceNeeds } from '../recovery/path.ts';
import type { Prediction } from '../recovery/predict.ts';
import { unlike } from './alike.ts';
import { recoversWithoutControlPlane } from './control-plane.ts';
import type { Ground } from './ground.ts';

/** Metrics that no failover can keep or break: they are judged, listed, and kept out of KPI 2. */
const NOT_FAILOVER = new Set(['RETENTION', 'RESTORE_GRANULARITY', 'INVOKE']);

/** Seconds in a year of 365 days. */
const YEAR = 31_536_000;

export function judgeMetric(metric: Metric, needs: ServiceNeeds, everyMember: readonly Member[], ground: Ground): MetricVerdict {
  const members = metric.scope === 'instance' ? unlike(metric, everyMember, ground) : everyMember;
  switch (metric.type) {
    case 'RTO':
    case 'MTPD':
      return worst(members.map((member) => recoveryTime(metric, needs, member, ground)));
    case 'MBCO':
      return worst(members.map((member) => minimumCapacity(metric, needs, member, ground)));
    case 'RPO':
      return worst(members.map((member) => recoveryPoint(metric, needs, member, ground)));
    case 'DETECT':
      return worst(members.map((member) => detection(metric, needs, member, ground)));
    case 'AVAILABILITY':
      return availability(metric, needs, members, ground);
    case 'RETENTION':
      return retention(metric, needs, members, ground);
    case 'INVOKE':
      return undecided(
        metric,
        members,
        unknown('not-modelled', 'people decide to invoke: only a drill or a real event can tell'),
        'not-applicable',
      );
    case 'RESTORE_GRANULARITY':
      return undecided(
        metric,
        members,
        unknown('not-modelled', 'the units in which a backup can be restored are not modelled: a restore drill can tell'),
      );
    case 'RECONSTITUTE':
      return undecided(metric, members, unknown('not-modelled', 'the way back to normal is not modelled: a drill can tell'));
  }
}

function recoveryTime(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const path = ground.path(needs, member, ground.capacityNeeded(metric));
  return fromPath(
    metric,
    path,
    path.outcomes,
    ground,
    [...path.unknowns, ...path.timeUnknowns],
    within(metric, path.graph, 'time', metric.target, ground),
    metric.scope === 'control-plane' ? [recoversWithoutControlPlane(metric.serviceId, needs, ground)] : [],
  );
}

/** At least x % of capacity within the RTO that is agreed for the same service and scope. */
function minimumCapacity(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const path = ground.path(needs, member, metric.target / 100);
  const by = ground.agreedTarget(metric.serviceId, 'RTO', metric.scope);
  const answer: Fit =
    by === undefined
      ? {
          holds: unknown(
            'not-reported',
            `no RTO is agreed for ${metric.scope} scope, so nothing says by when ${formatPercent(metric.target)} must serve`,
          ),
          predicted: undefined,
          decidingRow: undefined,
          last: undefined,
        }
      : within(metric, path.graph, 'time', by, ground);
  return fromPath(metric, path, path.outcomes, ground, path.unknowns, answer);
}

/** Only what holds data or messages decides a recovery point, and how it comes to be served again. */
function recoveryPoint(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const path = ground.path(needs, member, ground.capacityNeeded(metric));
  const outcomes = path.outcomes.filter((o) => o.point !== undefined);
  const unknowns = [...path.unknowns];
  if (!outcomes.some((o) => o.role.kind === 'store')) {
    unknowns.push(unknown('not-reported', 'no store in the service: nothing shows where its data is kept'));
  }
  return fromPath(metric, path, outcomes, ground, unknowns, within(metric, path.graph, 'point', metric.target, ground));
}

/** The fastest armed detector that the service's doors, or alarms among its resources, have. */
function detection(metric: Metric, needs: ServiceNeeds, member: Member, ground: Ground): MetricVerdict {
  const { terrain } = ground;
  const doors = ground.path(needs, member, 1).entries.flatMap((role) => terrain.serving(role));
  const detectors = [
    ...doors.flatMap((urn) =>
      (meaningOf(terrain.item(urn))?.links ?? [])
        .filter((l) => l.carries === 'health')
        .map((l) =>
          fold(
            l.to,
            (to) => to,
            () => '',
          ),
        ),
    ),
    ...needs.resources.filter((urn) => meaningOf(terrain.item(urn))?.kind === 'detector'),
  ];
  const fits = [...new Set(detectors)].flatMap((urn) => {
    const timing = meaningOf(terrain.item(urn))?.detection;
    if (timing === undefined) return [];
    const node = {
      id: urn,
      label: urn,
      time: timing,
      starts: 'at-onset',
      after: [],
      point: undefined,
      shock: undefined,
    } as const;
    return [{ urn, fit: within(metric, { nodes: [node] }, 'time', metric.target, ground) }];
  });
  const best = fits.find((f) => isYes(f.fit.holds)) ?? fits.find((f) => !isNo(f.fit.holds)) ?? fits[0];
  const holds =
    best === undefined
      ? unknown('not-reported', 'no health check or alarm in the sources watches this service')
      : any(fits.map((f) => f.fit.holds));
  const title = best === undefined ? '' : (terrain.item(best.urn)?.title ?? best.urn);
  const reason = decide(holds, {
    yes: () => `${title} signals in time`,
    no: (f) => `${title}: ${f.detail ?? 'too slow'}`,
    unknown: (u) => u.detail,
  });
  return finish(
    metric,
    member,
    [condition('within', holds, reason, best?.urn), evidence()],
    'service-native',
    best?.fit,
    reason,
    best?.urn,
  );
}

/** Σ over the agreed scopes of (failures a year × downtime each) against (1 − A) of a year; bounds from the predictions' intervals. */
function availability(metric: Metric, needs: ServiceNeeds, members: readonly Member[], ground: Ground): MetricVerdict {
  const rates = Object.entries(ground.failureRates);
  if (rates.length === 0) {
    return undecided(
      metric,
      members,
      unknown('not-reported', 'no failure rates in the catalogue (failureRates:), so nobody can say how often it fails'),
    );
  }
  const allowed = (1 - metric.target / 100) * YEAR;
  let least = 0;
  let most = 0;
  let ignorance: Unknown | undefined;
  for (const [scope, perYear] of rates) {
    for (const member of ground.members(needs, scope as Member['scope'])) {
      const path = ground.path(needs, member, ground.capacityNeeded(metric));
      const { prediction } = judgeRecovery(path.graph, ground.times, {
        ...ground.simulation,
        measures: 'time',
        percentile: 99,
        target: allowed,
      });
      least += perYear * Math.min(prediction.min, YEAR);
      most += perYear * Math.min(prediction.known ? prediction.max : YEAR, YEAR);
      if (!prediction.known) ignorance ??= prediction.why;
    }
  }
  const says = `between ${formatAbout(least)} and ${formatAbout(most)} a year are expected; ${formatDuration(Math.round(allowed))} are allowed`;
  const holds: Truth =
    least > allowed ? no(says) : ignorance !== undefined ? ignorance : most <= allowed ? yes(says) : unknown('assumed', says);
  return finish(
    metric,
    members[0] as Member,
    [condition('within', holds, says, undefined), evidence()],
    undefined,
    undefined,
    says,
    undefined,
  );
}

/** Every store must keep a restorable history at least as long as agreed. */
function retention(metric: Metric, needs: ServiceNeeds, members: readonly Member[], ground: Ground): MetricVerdict {
  const { terrain } = ground;
  const stores = needs.resources.filter((urn) => meaningOf(terrain.item(urn))?.kind === 'store');
  const kept = stores.map((urn) => {
    const title = terrain.item(urn)?.title ?? urn;
    const meaning = meaningOf(terrain.item(urn));
    const histories = [meaning?.retentionDays, meaning?.backupDays].filter((d) => d !== undefined);
    const enough = histories.map((d) =>
      atLeast(
        map(d, (n) => n * 86_400),
        metric.target,
      ),
    );
    const holds = histories.length === 0 ? no(undefined, { resource: urn }) : any(enough);
    const says = `${title} ${histories.length === 0 ? 'keeps no history' : `keeps ${histories.map(daysText).join(' or ')}`}`;
    return { urn, holds, says };
  });
  // A resource that nobody models, or that the sources do not show, may be a store too.
  const { unknowns } = ground.path(needs, members[0] as Member, 1);
  const holds = all([...kept.map((k) => k.holds), ...unknowns]);
  const decisive = kept.find((k) => isNo(k.holds)) ?? kept.find((k) => !isYes(k.holds)) ?? (isYes(holds) ? kept[0] : undefined);
  const reason =
    decisive === undefined
      ? (unknowns[0]?.detail ?? 'no store in the service')
      : `${decisive.says}, ${formatDuration(metric.target)} agreed`;
  return finish(
    metric,
    members[0] as Member,
    [condition('within', holds, reason, decisive?.urn), evidence()],
    undefined,
    undefined,
    reason,
    decisive?.urn,
  );
}

interface Fit {
  readonly holds: Truth;
  readonly predicted: Predicted | undefined;
  readonly decidingRow: string | undefined;
  /** Id of the graph node that finishes last. */
  readonly last: string | undefined;
}

function within(metric: Metric, graph: RecoveryGraph, measures: 'time' | 'point', target: number, ground: Ground): Fit {
  const { verdict, prediction, decidedBy } = judgeRecovery(graph, ground.times, {
    ...ground.simulation,
    measures,
    percentile: metric.percentile,
    target,
  });
  return {
    holds: verdict,
    predicted: shownOf(prediction),
    decidingRow: decidedBy,
    last: prediction.known ? prediction.last : undefined,
  };
}

function shownOf(p: Prediction): Predicted | undefined {
  if (!p.known) return undefined;
  const { p50, p95, p99, atPercentile, error, min, max, samples, assumedRows } = p;
  return { p50, p95, p99, atPercentile, error, min, max, samples, skewP99: p.skew?.p99, assumedRows };
}

/** Puts the seven conditions together for a metric that a recovery path must keep. */
function fromPath(
  metric: Metric,
  path: RecoveryPath,
  outcomes: readonly Outcome[],
  ground: Ground,
  unknowns: readonly Unknown[],
  fit: Fit,
  /** What else must be outside what is lost. */
  alsoSurvives: readonly Truth[] = [],
): MetricVerdict {
  const roles = (id: ConditionId, ask: (o: Outcome) => Truth, also: readonly Truth[] = []): Condition => {
    const holds = all([...outcomes.map(ask), ...also, ...unknowns]);
    const decisive = outcomes.find((o) => isNo(ask(o))) ?? outcomes.find((o) => !isYes(ask(o)));
    const reason = decide(holds, {
      yes: () => 'every role that is needed',
      no: (f) => f.detail ?? decisive?.says ?? 'a role lacks it',
      unknown: (why) => whyNot(why, ground),
    });
    return condition(id, holds, reason, decisive?.decidedBy ?? originOf(holds));
  };
  // What never comes back decides, and not whoever waits for it.
  const lost = outcomes.find((o) => o.kind === 'lost');
  const slow = lost ?? outcomes.find((o) => o.role.id === fit.last || `reconnect ${o.role.id}` === fit.last);
  const conditions = [
    roles('mechanism', (o) => o.exists),
    roles('automatic', (o) => o.automatic),
    roles('survives', (o) => o.survives, alsoSurvives),
    condition(
      'within',
      fit.holds,
      decide(fit.holds, { yes: (f) => f.detail ?? '', no: (f) => f.detail ?? '', unknown: (u) => u.detail }),
      slow?.decidedBy,
    ),
    roles('proactive', (o) => o.armed),
    evidence(),
    findingsCondition(metric, outcomes, ground),
  ];
  const acting = outcomes.filter((o) => o.kind === 'recovered' || o.kind === 'lost');
  const automation = outcomes.length === 0 ? undefined : worstClass(outcomes.map((o) => o.automation));
  const deciding = path.graph.nodes.find((n) => n.id === fit.last);
  const idle = outcomes.length === 0 ? 'nothing to judge' : 'nothing that serves is lost';
  const supplied = deciding !== undefined && deciding.time.kind === 'fixed' && slow === undefined ? deciding.time.why : idle;
  const summary = (slow ?? acting[0])?.says ?? supplied;
  const judged = finish(metric, path.member, conditions, automation, fit, summary, slow?.decidedBy ?? acting[0]?.decidedBy);
  const besides = conditions.filter((c) => c.id !== 'automatic' && c.id !== 'findings');
  const findings = findingsCondition(metric, outcomes, ground, PERSON_NEEDED);
  return { ...judged, withPerson: all([...besides, findings].map((c) => c.holds)) };
}

/** An unknown names its resource and property, unless it does already. */
function whyNot(why: Unknown, ground: Ground): string {
  const { resource, property } = why.from[0] ?? {};
  const title = resource === undefined ? undefined : ground.terrain.item(resource)?.title;
  if (title === undefined || why.detail.includes(title)) return why.detail;
  return `${title}${property === undefined ? '' : ` (${property})`}: ${why.detail}`;
}

/** Rules that say what condition 2 says, that nothing acts without a person: where one may act, nothing hangs on them. */
const PERSON_NEEDED: ReadonlySet<string> = new Set([
  'aurora-global-assumed-automatic',
  'region-switch-plan-switchover-only',
  'dns-failover-primary-no-health',
  'dns-alias-ignores-target-health',
  'dns-simple-record-only',
]);

/** Condition 7: no open critical finding on the path at that scope. A waived one still counts. */
function findingsCondition(
  metric: Metric,
  outcomes: readonly Outcome[],
  ground: Ground,
  leftOut: ReadonlySet<string> = new Set(),
): Condition {
  const onPath = new Set<string>();
  for (const { role, carriers } of outcomes) {
    for (const urn of role.members) onPath.add(urn);
    for (const urn of carriers) onPath.add(urn);
  }
  const critical: Finding[] = [];
  for (const urn of onPath) {
    for (const f of ground.criticalFindings(urn)) if (f.scopes.includes(metric.scope) && !leftOut.has(f.rule)) critical.push(f);
  }
  const firing = critical.filter((f) => f.undecided === undefined);
  const fires = firing.find((f) => !isWaived(f)) ?? firing[0];
  if (fires !== undefined)
    return condition(
      'findings',
      no(fires.message, { resource: fires.resource }),
      `${fires.rule}: ${fires.message}`,
      fires.resource,
      isWaived(fires),
    );
  const doubt: Finding | undefined = critical[0];
  if (doubt?.undecided !== undefined)
    return condition('findings', doubt.undecided, `${doubt.rule}: ${doubt.message}`, doubt.resource);
  return condition('findings', yes(), 'no open critical finding on the path', undefined);
}

function condition(id: ConditionId, holds: Truth, reason: string, decidedBy: string | undefined, waived = false): Condition {
  return { id, holds, reason, decidedBy, waived };
}

/** Designed level: the code in hand is the evidence, and it is as old as the run. */
function evidence(): Condition {
  return condition('evidence', yes(), 'judged on the code as it is now', undefined);
}

function finish(
  metric: Metric,
  member: Member,
  conditions: readonly Condition[],
  automation: AutomationClass | undefined,
  fit: Fit | undefined,
  summary: string,
  summaryOf: string | undefined,
): MetricVerdict {
  const overall = all(conditions.map((c) => c.holds));
  const verdict = decide<VerdictKind>(overall, { yes: () => 'met', no: () => 'not-met', unknown: () => 'unknown' });
  const broken = conditions.filter((c) => isNo(c.holds));
  const waivedOnly = verdict === 'not-met' && conditions.every((c) => (isNo(c.holds) ? c.waived : isYes(c.holds)));
  const decisive = broken[0] ?? (verdict === 'unknown' ? conditions.find((c) => !isYes(c.holds)) : undefined);
  return {
    metric,
    level: 'designed',
    verdict,
    conditions,
    automation,
    predicted: fit?.predicted,
    reason: decisive?.reason ?? summary,
    decidedBy: decisive === undefined ? summaryOf : (decisive.decidedBy ?? summaryOf),
    member,
    withPerson: all(conditions.filter((c) => c.id !== 'automatic').map((c) => c.holds)),
    countsForKpi2: !NOT_FAILOVER.has(metric.type),
    waivedOnly,
    decidingRow: fit?.decidingRow,
  };
}

const daysText = (days: Known<number>): string =>
  fold(
    days,
    (d) => (Number.isFinite(d) ? formatDuration(d * 86_400) : 'its history without end'),
    (why) => `a history that is not known (${why.detail})`,
  );

function undecided(metric: Metric, members: readonly Member[], why: Unknown, verdict: VerdictKind = 'unknown'): MetricVerdict {
  const judged = finish(
    metric,
    members[0] as Member,
    [condition('within', why, why.detail, undefined), evidence()],
    undefined,
    undefined,
    why.detail,
    undefined,
  );
  return { ...judged, verdict };
}

/** The worst over the members: not met before unknown before met, and among equals the slowest. */
function worst(verdicts: readonly MetricVerdict[]): MetricVerdict {
  const rank: Record<VerdictKind, number> = { 'not-met': 0, expired: 1, unknown: 1, met: 2, 'not-applicable': 3 };
  const time = (v: MetricVerdict): number => v.predicted?.atPercentile ?? -1;
  return [...verdicts].sort((a, b) => rank[a.verdict] - rank[b.verdict] || time(b) - time(a))[0] as MetricVerdict;
}

export function unitLabel(metric: Metric): string {
  return unitOf(metric.type) === 'percent' ? formatPercent(metric.target, 3) : formatDuration(metric.target);
}

const isWaived = (f: Finding): boolean => f.waiver !== undefined && !f.waiver.expired;
const isNo = (t: Truth): boolean => decide(t, { yes: () => false, no: () => true, unknown: () => false });
const isYes = (t: Truth): boolean => decide(t, { yes: () => true, no: () => false, unknown: () => false });
const originOf = (t: Truth): string | undefined => t.from[0]?.resource;
