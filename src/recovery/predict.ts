/** How long recovery takes, or how old the recovered data is, as far as anybody can tell. */
import { type Unknown, unknown } from '../model/known.ts';
import { type Bounds, EXPECTED, finishesAt, quantileBounds, worstAt } from './bounds.ts';
import { type Drawn, drawAround, type Simulation, within } from './estimate.ts';
import type { RecoveryGraph } from './graph.ts';
import { type Measure, type Plan, planOf } from './plan.ts';
import { quantileOf } from './quantile.ts';
import type { TimeTable } from './table.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** All times in seconds; Infinity: never. With every row at its expected end. */
export type Prediction =
  | (Percentiles & {
      readonly known: true;
      readonly measures: Measure;
      readonly percentile: number;
      /** The quantile at `percentile`. */
      readonly atPercentile: number;
      /** The true quantile lies within ± this of it, with 99 % confidence; 0 when it is exact. */
      readonly error: number;
      /** Least and greatest that the distributions allow, by interval arithmetic. */
      readonly min: number;
      readonly max: number;
      /** 0 when no sample was needed. */
      readonly samples: number;
      readonly seed: number;
      /** How far the recovery points of the stores lie apart; undefined for times, for one store, for a lost one. */
      readonly skew: Percentiles | undefined;
      /** Id of the node that finishes last most often: the one to make faster. */
      readonly last: string;
      readonly rows: readonly string[];
      readonly assumedRows: readonly string[];
    })
  | {
      readonly known: false;
      readonly measures: Measure;
      readonly why: Unknown;
      /** It takes at least this long, whatever the unknown parts take. */
      readonly min: number;
      readonly rows: readonly string[];
      readonly assumedRows: readonly string[];
    };

/** What to predict: `percentile` (0 < p < 100) is the agreed one, `target` in seconds steers the number of samples. */
export interface Question extends Simulation {
  readonly measures: Measure;
  readonly percentile: number;
  readonly target: number;
}

/**
 * Predicts a graph. The same graph, table and question give the same bytes, in whatever order the nodes come.
 * A node that never comes back makes the whole Infinity even where other nodes are unknown; else an unknown
 * node makes the prediction unknown, with a least time. A graph in which nothing is measured is unknown.
 */
export function predict(graph: RecoveryGraph, table: TimeTable, question: Question): Prediction {
  return predictPlan(planOf(graph, table, question.measures), question);
}

export function predictPlan(plan: Plan, question: Question): Prediction {
  const { measures, percentile, target } = question;
  const rows = [...plan.rows.keys()].sort();
  const assumedRows = rows.filter((id) => plan.rows.get(id)?.row.confidence === 'assumed');
  const min = worstAt(plan, EXPECTED, 0);
  const why = whyUnknown(plan);
  if (why !== undefined && min < Number.POSITIVE_INFINITY) return { known: false, measures, why, min, rows, assumedRows };

  const max = worstAt(plan, EXPECTED, 1);
  const agreed = percentile / 100;
  const bounds = new Map([0.5, 0.95, 0.99, agreed].map((p) => [p, quantileBounds(plan, EXPECTED, p)]));
  const exact = [...bounds.values()].every(({ low, high }) => low === high);
  const skewed = measures === 'point' && plan.nodes.length > 1 && min < Number.POSITIVE_INFINITY;
  const sampled = !exact || skewed;
  const drawn = sampled ? drawAround(plan, EXPECTED, agreed, target, question) : undefined;
  const quantile = (p: number) => estimated(drawn, p, bounds.get(p) ?? { low: min, high: max });
  const { value, low, high } = quantile(agreed);
  return {
    known: true,
    measures,
    percentile,
    p50: quantile(0.5).value,
    p95: quantile(0.95).value,
    p99: quantile(0.99).value,
    atPercentile: value,
    error: value === Number.POSITIVE_INFINITY ? 0 : Math.max(value - low, high - value),
    min,
    max,
    samples: drawn?.worst.length ?? 0,
    seed: question.seed,
    skew: drawn?.skew === undefined ? undefined : percentiles(drawn.skew),
    last: lastToFinish(plan, drawn, agreed),
    rows,
    assumedRows,
  };
}

/** Why a plan's total is not known, in one clause; undefined when every part is. */
export function whyUnknown(plan: Plan): Unknown | undefined {
  const [first, ...others] = plan.ignorance;
  if (first !== undefined)
    return others.length === 0 ? first : { ...first, detail: `${first.detail} (and ${others.length} more)` };
  if (plan.nodes.length > 0) return undefined;
  return unknown('not-reported', plan.measures === 'point' ? 'nothing here holds state' : 'there is nothing here that recovers');
}

function estimated(drawn: Drawn | undefined, p: number, bounds: Bounds) {
  return drawn === undefined ? { value: bounds.high, ...bounds } : within(quantileOf(drawn.worst, p), bounds);
}

function percentiles(sorted: Float64Array): Percentiles {
  return { p50: quantileOf(sorted, 0.5).value, p95: quantileOf(sorted, 0.95).value, p99: quantileOf(sorted, 0.99).value };
}

/** By count of samples; without samples by the finishes at the percentile. Ties go to the later node of the plan. */
function lastToFinish(plan: Plan, drawn: Drawn | undefined, p: number): string {
  const scores =
    drawn === undefined
      ? finishesAt(plan.nodes, EXPECTED, p)
      : plan.nodes.map((node) => drawn.timesLast.get(node.fingerprint) ?? 0);
  let last = '';
  let most = -1;
  plan.nodes.forEach((node, i) => {
    const score = scores[i] ?? 0;
    if (score >= most) {
      most = score;
      last = node.id;
    }
  });
  return last;
}
