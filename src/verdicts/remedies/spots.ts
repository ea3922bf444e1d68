import { meaningOf } from '../../estate/estate.ts';
import type { Finding } from '../../model/finding.ts';
import { any, atLeast, map } from '../../model/known.ts';
import type { Timing } from '../../model/protection.ts';
import type { Member, Scope } from '../../model/scope.ts';
import { SCOPES } from '../../model/scope.ts';
import type { MetricVerdict } from '../../model/verdict.ts';
import type { Outcome } from '../../recovery/outcome.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
import { holds } from '../../recovery/standing.ts';
import type { Judgement } from '../judge.ts';
import type { Lack, Spot } from './candidate.ts';

/** Members of a scope that are looked at together; the rest come in turn, as those before are mended. */
const MEMBERS = 8;

/** Most telling first: what the verdict hangs on, then the others in the order of the path. Each resource once for what it lacks. */
export function spotsOf(verdict: MetricVerdict, judgement: Judgement): readonly Spot[] {
  const { metric } = verdict;
  if (metric.type === 'RETENTION') return shortHistories(verdict, judgement);
  if (metric.type === 'DETECT') return slowDoors(verdict, judgement);
  const spots = new Map<string, Spot>();
  for (const { scope, member } of membersOf(verdict, judgement)) {
    const path = judgement.pathOf({ ...verdict, metric: { ...metric, scope }, member });
    for (const spot of onPath(verdict, path, scope, judgement)) {
      const key = `${spot.item.resource.urn} ${scope} ${[...spot.lacks].join()} ${spot.finding?.rule ?? ''}`;
      if (!spots.has(key)) spots.set(key, spot);
    }
  }
  const decides = (spot: Spot): number => (spot.item.resource.urn === verdict.decidedBy ? 0 : 1);
  return [...spots.values()].sort((a, b) => decides(a) - decides(b));
}

/** The worst member first. AVAILABILITY has the members of every scope that can fail. */
function membersOf(verdict: MetricVerdict, judgement: Judgement): readonly { scope: Scope; member: Member }[] {
  if (verdict.metric.type === 'AVAILABILITY') {
    return SCOPES.filter((scope) => judgement.catalogue?.failureRates[scope] !== undefined).flatMap((scope) =>
      judgement.membersOf({ ...verdict, metric: { ...verdict.metric, scope } }).map((member) => ({ scope, member })),
    );
  }
  const { scope } = verdict.metric;
  const others = judgement.membersOf(verdict).filter((m) => m.name !== verdict.member.name);
  return [verdict.member, ...others].slice(0, MEMBERS).map((member) => ({ scope, member }));
}

function onPath(verdict: MetricVerdict, path: RecoveryPath, scope: Scope, judgement: Judgement): readonly Spot[] {
  const { metric } = verdict;
  const spots: Spot[] = [];
  const tooSlow = verdict.conditions.some((c) => c.id === 'within' && !holds(c.holds));
  const push = (urn: string, lacks: readonly Lack[], outcome: Outcome | undefined, finding?: Finding): void => {
    const item = judgement.estate.resources.get(urn);
    if (item === undefined || lacks.length === 0) return;
    const role = judgement.roles.of(urn);
    spots.push({ metric, scope, member: path.member, item, role, outcome, lacks: new Set(lacks), finding });
  };
  for (const outcome of path.outcomes) {
    const lacks: Lack[] = [];
    if (!holds(outcome.exists)) lacks.push('mechanism');
    if (!holds(outcome.automatic)) lacks.push('automatic');
    if (!holds(outcome.survives)) lacks.push('survives');
    if (!holds(outcome.armed)) lacks.push('armed');
    if (tooSlow && metric.type !== 'RPO' && takesTime(outcome.time)) lacks.push('time');
    if (tooSlow && metric.type === 'RPO' && outcome.point !== undefined && takesTime(outcome.point)) lacks.push('point');
    // Only what holds data or messages decides how much of either is lost.
    if (metric.type === 'RPO' && outcome.point === undefined) continue;
    push(outcome.decidedBy, lacks, outcome);
  }
  const onIt = new Set(path.outcomes.flatMap((o) => [...o.role.members, ...o.carriers]));
  for (const finding of judgement.findings) {
    if (finding.severity !== 'critical' || !finding.scopes.includes(scope) || !onIt.has(finding.resource)) continue;
    const outcome = path.outcomes.find((o) => o.role.members.includes(finding.resource));
    push(finding.resource, ['finding'], outcome, finding);
  }
  for (const why of path.unknowns) {
    const urn = why.from[0]?.resource;
    const item = urn === undefined ? undefined : judgement.estate.resources.get(urn);
    if (item !== undefined && meaningOf(item)?.kind === 'network') push(item.resource.urn, ['egress'], undefined);
  }
  return spots;
}

function takesTime(t: Timing): boolean {
  switch (t.kind) {
    case 'fixed':
      return t.seconds > 0;
    case 'span':
      return t.max > 0;
    case 'sum':
    case 'slowest':
      return t.parts.some(takesTime);
    case 'fastest':
      return t.parts.every(takesTime);
    case 'row':
    case 'never':
    case 'unknown':
      return true;
  }
}

/** Stores that keep less than what is agreed, or of which nobody can tell. */
function shortHistories(verdict: MetricVerdict, judgement: Judgement): readonly Spot[] {
  const { metric, member } = verdict;
  const resources = judgement.services.find((s) => s.entry.id === metric.serviceId)?.resources ?? [];
  return resources.flatMap((urn): readonly Spot[] => {
    const item = judgement.estate.resources.get(urn);
    const meaning = meaningOf(item);
    if (item === undefined || meaning?.kind !== 'store') return [];
    const histories = [meaning.retentionDays, meaning.backupDays].filter((d) => d !== undefined);
    const long = histories.map((days) =>
      atLeast(
        map(days, (n) => n * 86_400),
        metric.target,
      ),
    );
    if (histories.length > 0 && holds(any(long))) return [];
    const role = judgement.roles.of(urn);
    const lacks: ReadonlySet<Lack> = new Set<Lack>(['history']);
    return [{ metric, scope: metric.scope, member, item, role, outcome: undefined, lacks, finding: undefined }];
  });
}

/** Doors whose loss is noticed late, or by nothing. */
function slowDoors(verdict: MetricVerdict, judgement: Judgement): readonly Spot[] {
  const { metric, member } = verdict;
  const { entries } = judgement.pathOf(verdict);
  return entries.flatMap((role) =>
    role.members.flatMap((urn): readonly Spot[] => {
      const item = judgement.estate.resources.get(urn);
      const lacks: ReadonlySet<Lack> = new Set<Lack>(['time']);
      return item === undefined
        ? []
        : [{ metric, scope: metric.scope, member, item, role, outcome: undefined, lacks, finding: undefined }];
    }),
  );
}
