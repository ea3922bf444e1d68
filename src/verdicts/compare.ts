/** What a change does to the agreed metrics, and who must approve it: one judgement beside an earlier one. */
import type { Agreement, Metric } from '../model/agreement.ts';
import { isAtLeast } from '../model/agreement.ts';
import { groupBy } from '../model/collections.ts';
import type { VerdictKind } from '../model/verdict.ts';

/** What is compared of an agreement in force. */
export interface AgreementThen extends Pick<Agreement, 'id' | 'title' | 'version'> {
  readonly approvedBy: string | null;
  readonly to: string | null;
  /** Who must approve a change that breaks one of its metrics. */
  readonly changeReference: string | null;
}

/** What is compared of a metric in force. */
export interface MetricThen extends Pick<Metric, 'id' | 'percentile'> {
  readonly agreement: string;
  readonly service: string;
  readonly type: string;
  readonly scope: string;
  readonly clock: string;
  readonly target: { readonly value: number; readonly unit: 'seconds' | 'percent'; readonly text: string };
  readonly designed: { readonly verdict: VerdictKind; readonly reason: string; readonly waivedOnly: boolean };
}

export interface Then {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Null: a document that does not tell them. */
  readonly agreements: readonly AgreementThen[] | null;
  readonly metrics: readonly MetricThen[];
}

/**
 * `lost`: it was met and is so no longer, whatever it is now. `worse`: it is not met, and nobody could tell before. `won`: it is
 * met, and was not; not when its target was weakened meanwhile. `changed`: any other movement of the verdict.
 */
export type MetricChange = 'lost' | 'worse' | 'won' | 'changed' | 'same' | 'new' | 'removed' | 'ended';

export interface MetricMovement {
  readonly id: string;
  readonly agreement: string;
  readonly service: string;
  readonly type: string;
  readonly scope: string;
  /** `ended`: the last day of its agreement has passed since. */
  readonly change: MetricChange;
  /** How the promise itself changed: its target, percentile or clock. */
  readonly target: 'same' | 'stricter' | 'weaker';
  readonly before: MetricState | null;
  readonly after: MetricState | null;
  /** It fails the gate: see `movementOf`. */
  readonly fails: boolean;
}

export interface MetricState {
  readonly verdict: VerdictKind;
  readonly target: string;
  readonly reason: string;
}

export interface Approval {
  readonly agreement: string;
  readonly title: string;
  /** Who must approve by the agreement; null where it names nobody. */
  readonly reference: string | null;
  /** Who approved the agreement. */
  readonly approvedBy: string | null;
  /** Metrics that the change breaks, weakens or takes away. */
  readonly metrics: readonly string[];
}

export interface MetricsCompared {
  /** Only those that moved, losses first. */
  readonly metrics: readonly MetricMovement[];
  readonly unchanged: number;
  readonly approvals: readonly Approval[];
}

const ORDER: readonly MetricChange[] = ['lost', 'worse', 'removed', 'new', 'won', 'changed', 'ended', 'same'];

export function compareMetrics(before: Then, after: Then): MetricsCompared {
  const was = new Map(before.metrics.map((m) => [m.id, m]));
  const is = new Map(after.metrics.map((m) => [m.id, m]));
  const ids = [...new Set([...was.keys(), ...is.keys()])];
  const all = ids.map((id) => movementOf(was.get(id), is.get(id), before, after)).filter((m) => m !== undefined);
  const moved = all.filter((m) => m.change !== 'same' || m.target !== 'same');
  const sorted = [...moved].sort(
    (a, b) =>
      Number(b.fails) - Number(a.fails) ||
      ORDER.indexOf(a.change) - ORDER.indexOf(b.change) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  return { metrics: sorted, unchanged: all.length - moved.length, approvals: approvalsOf(sorted, before, after) };
}

/**
 * What fails the gate, whatever else is met: a metric that is lost or worse (unless only waived findings stand in its way), a new
 * one that is not met, and one that was weakened or taken away under the same version of its agreement: who may change what was
 * agreed says so with a new version.
 */
function movementOf(
  was: MetricThen | undefined,
  is: MetricThen | undefined,
  before: Then,
  after: Then,
): MetricMovement | undefined {
  const either = is ?? was;
  if (either === undefined) return undefined;
  const { id, agreement, service, type, scope } = either;
  const target = was === undefined || is === undefined ? 'same' : targetChange(was, is);
  const change = changeOf(was, is, target, agreementOf(before, agreement), after.date);
  const isBroken = ['lost', 'worse', 'new'].includes(change) && is !== undefined && brokenNow(change, is);
  const isWeaker = change === 'removed' || target === 'weaker';
  return {
    id,
    agreement,
    service,
    type,
    scope,
    change,
    target,
    before: was === undefined ? null : stateOf(was),
    after: is === undefined ? null : stateOf(is),
    fails: isBroken || (isWeaker && !isRenewed(agreement, before, after)),
  };
}

function brokenNow(change: MetricChange, { designed }: MetricThen): boolean {
  if (designed.waivedOnly) return false;
  return change === 'new' ? designed.verdict === 'not-met' : true;
}

function changeOf(
  was: MetricThen | undefined,
  is: MetricThen | undefined,
  target: MetricMovement['target'],
  agreement: AgreementThen | undefined,
  today: string,
): MetricChange {
  if (was === undefined) return 'new';
  if (is === undefined) return agreement?.to != null && agreement.to < today ? 'ended' : 'removed';
  const [then, now] = [was.designed.verdict, is.designed.verdict];
  if (then === now) return 'same';
  if (then === 'met') return 'lost';
  if (now === 'met') return target === 'weaker' ? 'changed' : 'won';
  return now === 'not-met' ? 'worse' : 'changed';
}

function targetChange(was: MetricThen, is: MetricThen): MetricMovement['target'] {
  const sign = isAtLeast(is.type) ? 1 : -1;
  const moves = [
    sign * (is.target.value - was.target.value),
    is.percentile - was.percentile,
    // From the declaration on, the time until somebody decides is left out.
    Number(is.clock === 'onset') - Number(was.clock === 'onset'),
  ];
  if (moves.some((m) => m < 0)) return 'weaker';
  return moves.some((m) => m > 0) ? 'stricter' : 'same';
}

/** Does the agreement stand under another version than before? Not when it is gone. */
function isRenewed(id: string, before: Then, after: Then): boolean {
  const [was, is] = [agreementOf(before, id), agreementOf(after, id)];
  return was !== undefined && is !== undefined && was.version !== is.version;
}

const agreementOf = ({ agreements }: Then, id: string): AgreementThen | undefined => agreements?.find((a) => a.id === id);

const stateOf = ({ designed, target, percentile, clock }: MetricThen): MetricState => ({
  verdict: designed.verdict,
  target: `${target.text} (p${percentile}${clock === 'declaration' ? ', from declaration' : ''})`,
  reason: designed.reason,
});

const NEEDS_APPROVAL: ReadonlySet<MetricChange> = new Set(['lost', 'worse', 'removed']);

/** The agreement as it was names who approves: a change does not choose its own judge. */
function approvalsOf(movements: readonly MetricMovement[], before: Then, after: Then): readonly Approval[] {
  const broken = movements.filter((m) => NEEDS_APPROVAL.has(m.change) || m.target === 'weaker');
  return [...groupBy(broken, (m) => m.agreement)].map(([id, metrics]) => {
    const stated = agreementOf(before, id) ?? agreementOf(after, id);
    return {
      agreement: id,
      title: stated?.title ?? id,
      reference: stated?.changeReference ?? null,
      approvedBy: stated?.approvedBy ?? null,
      metrics: metrics.map((m) => m.id),
    };
  });
}
