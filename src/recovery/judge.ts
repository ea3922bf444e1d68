/** Does the recovery fit into its target? Three-valued, with the service time on which the answer hangs. */
import { known, type Truth, unknown } from '../model/known.ts';
import { formatAbout, formatDuration } from '../model/quantity.ts';
import { type Ends, OPTIMISTIC, PESSIMISTIC, quantileBounds, worstAt } from './bounds.ts';
import { drawFew, enclose, within } from './estimate.ts';
import type { RecoveryGraph } from './graph.ts';
import { type Plan, planOf } from './plan.ts';
import { type Prediction, predictPlan, type Question, whyUnknown } from './predict.ts';
import { quantileOf } from './quantile.ts';
import type { TimeTable } from './table.ts';

export interface Judgement {
  /** Does the agreed percentile fit into the target? */
  readonly verdict: Truth;
  readonly prediction: Prediction;
  /** Id of the service time on which an unknown verdict hangs. */
  readonly decidedBy: string | undefined;
}

/**
 * Met when Q_p, sampling error added, is at most the target with every row at its pessimistic end; not met when Q_p,
 * error taken off, exceeds it with every row at its optimistic end (docs/model.md, Within bound); else unknown.
 * Unknown parts count as 0 for the second test, so that what is already too slow without them is not met.
 *
 * The row that decides is the one whose turning from pessimistic to optimistic, alone, lowers Q_p most; when none
 * does alone, the one whose turning from optimistic to pessimistic, alone, raises it most. Ties go to the first id.
 * Only the three rows that would move Q_p most if all times moved together are compared by sampling.
 */
export function judgeRecovery(graph: RecoveryGraph, table: TimeTable, question: Question): Judgement {
  const plan = planOf(graph, table, question.measures);
  const prediction = predictPlan(plan, question);
  const { target } = question;
  const p = question.percentile / 100;
  // Sample by sample, no time is longer at its best than expected, nor shorter at its worst: what is expected settles one of the two.
  const expected = prediction.known ? prediction.atPercentile : undefined;
  const best = expected !== undefined && expected <= target ? undefined : enclose(plan, OPTIMISTIC, p, target, question);
  if (best !== undefined && best.low > target)
    return { verdict: known(false, [], tooSlow(plan, best.low, question)), prediction, decidedBy: undefined };
  const why = whyUnknown(plan);
  if (why !== undefined) return { verdict: why, prediction, decidedBy: undefined };
  const worst = expected !== undefined && expected > target ? undefined : enclose(plan, PESSIMISTIC, p, target, question);
  const label = `p${question.percentile}`;
  if (worst !== undefined && worst.high <= target) {
    const fits = `${label} is at most ${formatAbout(worst.high)} with every assumed time at its worst; the target is ${formatDuration(target)}`;
    return { verdict: known(true, [], fits), prediction, decidedBy: undefined };
  }
  const decidedBy = decidingRow(plan, p, question);
  const at = (ends: Ends) =>
    formatAbout(within(quantileOf(drawFew(plan, ends, question).worst, p), quantileBounds(plan, ends, p)).value);
  const between = `${label} is about ${at(OPTIMISTIC)} with every assumed time at its best and ${at(PESSIMISTIC)} at its worst; the target is ${formatDuration(target)}`;
  const verdict =
    decidedBy === undefined
      ? unknown('not-reported', `${between}, which is nearer than ${question.samples} samples can tell`)
      : unknown(
          'assumed',
          `${between}; it hangs on the service time "${decidedBy}": give your own under "times:" or time a drill`,
        );
  return { verdict, prediction, decidedBy };
}

function tooSlow(plan: Plan, low: number, { percentile, target }: Question): string {
  const [never] = plan.nevers;
  if (never !== undefined && worstAt(plan, OPTIMISTIC, 0) === Number.POSITIVE_INFINITY) return `never: ${never}`;
  return `p${percentile} is at least ${formatAbout(low)} with every assumed time at its best; the target is ${formatDuration(target)}`;
}

/** Rows that are worth sampling for `decidingRow`. */
const SHORTLIST = 3;

function decidingRow(plan: Plan, p: number, question: Question): string | undefined {
  const open = [...plan.rows.values()].filter((row) => row.open).map((row) => row.row.id);
  if (open.length <= 1) return open[0];
  const sampled = (ends: Ends) => quantileOf(drawFew(plan, ends, question).worst, p).value;
  // Q_p if all times moved together: exact and without samples, so that it can be asked of every row.
  const together = (ends: Ends) => worstAt(plan, ends, p);
  for (const base of [PESSIMISTIC, OPTIMISTIC]) {
    const [decides] = movers(movers(open, base, together).slice(0, SHORTLIST), base, sampled);
    if (decides !== undefined) return decides;
  }
  return undefined;
}

/** Rows that move a quantile when they alone are turned to their other end, the strongest first. */
function movers(rows: readonly string[], base: Ends, quantile: (ends: Ends) => number): readonly string[] {
  const from = quantile(base);
  return rows
    .map((id) => ({ id, change: Math.abs(from - quantile({ ...base, turned: id })) }))
    .filter(({ change }) => change > 0)
    .sort((a, b) => b.change - a.change || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}
