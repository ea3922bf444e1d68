/** What can be said about a recovery time without a single sample. */
import { normalQuantile } from './normal.ts';
import type { Expression, Plan, PlanNode } from './plan.ts';
import type { End, TableRow } from './table.ts';

/** Which end every row is at: all at `base`, except that one row is turned to the opposite end. */
export interface Ends {
  readonly base: End;
  readonly turned: string | undefined;
}

export const EXPECTED: Ends = { base: 'expected', turned: undefined };
export const OPTIMISTIC: Ends = { base: 'optimistic', turned: undefined };
export const PESSIMISTIC: Ends = { base: 'pessimistic', turned: undefined };

export function endOf(row: TableRow, ends: Ends): End {
  if (ends.turned !== row.row.id) return ends.base;
  return ends.base === 'pessimistic' ? 'optimistic' : 'pessimistic';
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** An expression with every random leaf at its u-quantile, 0 ≤ u ≤ 1. */
function valueAt(e: Expression, ends: Ends, u: number, z: number): number {
  switch (e.kind) {
    case 'constant':
      return e.seconds;
    case 'row':
      return e.row.quantile[endOf(e.row, ends)](z);
    case 'span':
      return e.min + (e.max - e.min) * u;
    default: {
      let value = e.kind === 'fastest' ? Number.POSITIVE_INFINITY : 0;
      for (const part of e.parts) {
        const next = valueAt(part, ends, u, z);
        value = e.kind === 'sum' ? value + next : e.kind === 'slowest' ? Math.max(value, next) : Math.min(value, next);
      }
      return value;
    }
  }
}

/** Finish of each node with every leaf at its u-quantile: finish(v) = max over `after` of finish + own time. */
export function finishesAt(nodes: readonly PlanNode[], ends: Ends, u: number): Float64Array {
  const z = normalQuantile(u);
  const finish = new Float64Array(nodes.length);
  let position = 0;
  for (const node of nodes) {
    let start = 0;
    for (const i of node.after) start = Math.max(start, finish[i] ?? 0);
    finish[position] = start + valueAt(node.own, ends, u, z);
    position += 1;
  }
  return finish;
}

export function worstAt(plan: Plan, ends: Ends, u: number): number {
  let worst = 0;
  for (const finish of finishesAt(plan.nodes, ends, u)) worst = Math.max(worst, finish);
  return worst;
}

function leaves(e: Expression): number {
  if (e.kind === 'constant') return 0;
  if (e.kind === 'row' || e.kind === 'span') return 1;
  return e.parts.reduce((n, part) => n + leaves(part), 0);
}

/**
 * Bounds of the p-quantile (0 < p < 1) that hold however the k random leaves depend on one another. The total
 * T = f(x₁ … x_k) does not fall when a leaf grows. By Bonferroni's inequality all leaves are at or below their
 * (1 − (1−p)/k)-quantiles with probability at least p, so Q_p(T) ≤ f of those quantiles; all are at or above their
 * (p/k)-quantiles with probability at least 1 − p, so Q_p(T) ≥ f of these. With one leaf both are Q_p(T) itself,
 * with none the constant.
 */
export function quantileBounds(plan: Plan, ends: Ends, p: number): Bounds {
  const k = Math.max(
    1,
    plan.nodes.reduce((n, node) => n + leaves(node.own), 0),
  );
  return { low: worstAt(plan, ends, p / k), high: worstAt(plan, ends, 1 - (1 - p) / k) };
}
