/** Leaves out what cannot decide, without changing a single sample. */
import { type Ends, finishesAt } from './bounds.ts';
import type { Plan } from './plan.ts';

export interface Work {
  /** Positions of the nodes to compute, in plan order. */
  readonly nodes: readonly number[];
  /** For each position in the plan: the nodes that its start is the maximum over. */
  readonly after: ReadonlyMap<number, readonly number[]>;
  /** The nodes that the total is the maximum over. */
  readonly last: readonly number[];
}

/**
 * Every start, and the total, is a maximum over finishes. Let lo(v) and hi(v) be the finish of v with every leaf at
 * its least and greatest value; rounding is monotone, so each sampled finish lies between them. In a maximum
 * an operand v with hi(v) ≤ lo(w) for another operand w never exceeds w, and leaving it out gives the
 * same number. The operand with the greatest lo stays, hence one is always left. Likewise a node that another
 * waits for cannot be the last. Nodes that no remaining maximum needs are not computed.
 */
export function prune(plan: Plan, ends: Ends): Work {
  const lo = finishesAt(plan.nodes, ends, 0);
  const hi = finishesAt(plan.nodes, ends, 1);
  const undominated = (operands: readonly number[]): readonly number[] => {
    let kept = operands[0];
    if (kept === undefined) return operands;
    for (const i of operands) if ((lo[i] ?? 0) > (lo[kept] ?? 0)) kept = i;
    const floor = lo[kept] ?? 0;
    return operands.filter((i) => i === kept || (hi[i] ?? 0) > floor);
  };
  const waitedFor = new Set(plan.nodes.flatMap((node) => node.after));
  const last = undominated(plan.nodes.map((_, i) => i).filter((i) => !waitedFor.has(i)));
  const after = new Map<number, readonly number[]>();
  const needed = new Set(last);
  for (let i = plan.nodes.length - 1; i >= 0; i -= 1) {
    if (!needed.has(i)) continue;
    const waits = undominated(plan.nodes[i]?.after ?? []);
    after.set(i, waits);
    for (const j of waits) needed.add(j);
  }
  return { nodes: plan.nodes.map((_, i) => i).filter((i) => needed.has(i)), after, last };
}

/** Everything, for comparison and for what needs every finish. */
export function everything(plan: Plan): Work {
  const nodes = plan.nodes.map((_, i) => i);
  return { nodes, after: new Map(plan.nodes.map((node, i) => [i, node.after])), last: nodes };
}
