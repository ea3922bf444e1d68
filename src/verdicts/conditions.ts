/** The seven conditions of KPI 2 for one recovery path (docs/model.md, KPI 2). */
import type { Metric } from '../model/agreement.ts';
import type { Finding } from '../model/finding.ts';
import type { Truth, Unknown } from '../model/known.ts';
import { all, decide, no, yes } from '../model/known.ts';
import type { AutomationClass } from '../model/protection.ts';
import { worstClass } from '../model/protection.ts';
import type { Member } from '../model/scope.ts';
import type { Condition, ConditionId, MetricVerdict, Predicted, VerdictKind } from '../model/verdict.ts';
import type { RecoveryGraph } from '../recovery/graph.ts';
import { judgeRecovery } from '../recovery/judge.ts';
import type { Outcome } from '../recovery/outcome.ts';
import type { RecoveryPath } from '../recovery/path.ts';
import type { Prediction } from '../recovery/predict.ts';
import { holds } from '../recovery/standing.ts';
import type { Ground } from './ground.ts';

/** Metrics that no failover can keep or break: they are judged, listed, and kept out of KPI 2. */
const NOT_FAILOVER = new Set(['RETENTION', 'RESTORE_GRANULARITY', 'INVOKE']);

export interface Fit {
  readonly holds: Truth;
  readonly predicted: Predicted | undefined;
  readonly decidingRow: string | undefined;
  /** Id of the graph node that finishes last. */
  readonly last: string | undefined;
}

export function within(metric: Metric, graph: RecoveryGraph, measures: 'time' | 'point', target: number, ground: Ground): Fit {
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
export function fromPath(
  metric: Metric,
  path: RecoveryPath,
  outcomes: readonly Outcome[],
  ground: Ground,
  unknowns: readonly Unknown[],
  fit: Fit,
  /** What else must be outside what is lost. */
  alsoSurvives: readonly Truth[] = [],
): MetricVerdict {
  const inTime = asFarAsShown(fit.holds, ground);
  const roles = (id: ConditionId, ask: (o: Outcome) => Truth, also: readonly Truth[] = []): Condition => {
    const holds = asFarAsShown(all([...outcomes.map(ask), ...also, ...unknowns]), ground);
    const decisive = outcomes.find((o) => isNo(ask(o))) ?? outcomes.find((o) => !isYes(ask(o)));
    const reason = decide(holds, {
      yes: () => 'every role that is needed',
      no: (f) => f.detail ?? decisive?.says ?? 'a role lacks it',
      unknown: (why) => whyNot(why, ground),
    });
    return condition(id, holds, reason, decisive?.decidedBy ?? originOf(holds));
  };
  const critical = criticalOnPath(metric, outcomes, ground);
  // What never comes back decides, and not whoever waits for it.
  const lost = outcomes.find((o) => o.kind === 'lost');
  const slow = lost ?? outcomes.find((o) => o.role.id === fit.last || `reconnect ${o.role.id}` === fit.last);
  const conditions = [
    roles('mechanism', (o) => o.exists),
    roles('automatic', (o) => o.automatic),
    roles('survives', (o) => o.survives, alsoSurvives),
    condition(
      'within',
      inTime,
      decide(inTime, { yes: (f) => f.detail ?? '', no: (f) => f.detail ?? '', unknown: (u) => u.detail }),
      slow?.decidedBy,
    ),
    roles('proactive', (o) => o.armed),
    evidence(),
    findingsCondition(critical),
  ];
  const acting = outcomes.filter((o) => o.kind === 'recovered' || o.kind === 'lost');
  const automation = outcomes.length === 0 ? undefined : worstClass(outcomes.map((o) => o.automation));
  const deciding = path.graph.nodes.find((n) => n.id === fit.last);
  const idle = outcomes.length === 0 ? 'nothing to judge' : 'nothing that serves is lost';
  const supplied = deciding !== undefined && deciding.time.kind === 'fixed' && slow === undefined ? deciding.time.why : idle;
  const summary = (slow ?? acting[0])?.says ?? supplied;
  const judged = finish(metric, path.member, conditions, automation, fit, summary, slow?.decidedBy ?? acting[0]?.decidedBy);
  const besides = conditions.filter((c) => c.id !== 'automatic' && c.id !== 'findings');
  const findings = findingsCondition(critical.filter((f) => !PERSON_NEEDED.has(f.rule)));
  return { ...judged, withPerson: all([...besides, findings].map((c) => c.holds)) };
}

/** Of a source that shows a part nothing is concluded from absence: what brings it back, or keeps it longer, may be out of sight. */
export function asFarAsShown(t: Truth, { terrain }: Ground): Truth {
  const { partial } = terrain.estate;
  return partial !== undefined && isNo(t) ? partial : t;
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

/** Critical findings at the metric's scope about what the path leads through. */
function criticalOnPath(metric: Metric, outcomes: readonly Outcome[], ground: Ground): readonly Finding[] {
  const critical = new Set<Finding>();
  const lookAt = (findings: readonly Finding[]): void => {
    for (const f of findings) if (f.scopes.includes(metric.scope)) critical.add(f);
  };
  for (const { role, carriers } of outcomes) {
    lookAt(ground.criticalOf(role));
    for (const urn of carriers) if (!role.members.includes(urn)) lookAt(ground.criticalFindings(urn));
  }
  return [...critical];
}

/** Condition 7: no open critical finding on the path at that scope. A waived one still counts. */
function findingsCondition(critical: readonly Finding[]): Condition {
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

export function condition(
  id: ConditionId,
  holds: Truth,
  reason: string,
  decidedBy: string | undefined,
  waived = false,
): Condition {
  return { id, holds, reason, decidedBy, waived };
}

/** Designed level: the code in hand is the evidence, and it is as old as the run. */
export function evidence(): Condition {
  return condition('evidence', yes(), 'judged on the code as it is now', undefined);
}

export function finish(
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

export function undecided(
  metric: Metric,
  members: readonly Member[],
  why: Unknown,
  verdict: VerdictKind = 'unknown',
): MetricVerdict {
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
export function worst(verdicts: readonly MetricVerdict[]): MetricVerdict {
  const rank: Record<VerdictKind, number> = { 'not-met': 0, expired: 1, unknown: 1, met: 2, 'not-applicable': 3 };
  const time = (v: MetricVerdict): number => v.predicted?.atPercentile ?? -1;
  return [...verdicts].sort((a, b) => rank[a.verdict] - rank[b.verdict] || time(b) - time(a))[0] as MetricVerdict;
}

const isWaived = (f: Finding): boolean => f.waiver !== undefined && !f.waiver.expired;
const IS_NO = { yes: () => false, no: () => true, unknown: () => false };
export const isNo = (t: Truth): boolean => decide(t, IS_NO);
export const isYes = holds;
const originOf = (t: Truth): string | undefined => t.from[0]?.resource;
