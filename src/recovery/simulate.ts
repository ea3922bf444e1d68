/** Seeded Monte Carlo over a plan: arrays of samples per node, common causes first. */
import { type Ends, endOf } from './bounds.ts';
import { GRID_CELLS, Z_END } from './fit.ts';
import { normalFromBits, normalTable } from './normal.ts';
import type { Expression, Plan, PlanNode } from './plan.ts';
import type { Work } from './prune.ts';
import { bitsAt, deriveStream, hashText, type StreamKey } from './stream.ts';

export interface Chance {
  /** Whole number from 0 to 2⁵³ − 1. */
  readonly seed: number;
  /** Correlation, 0 … 1, of the normal scores of row times that share a cause. */
  readonly correlation: number;
}

/** Results of samples `from` … `to` − 1, written to the same positions. */
export interface Samples {
  /** Greatest finish: the recovery time of the service, or the age of its oldest recovery point. */
  readonly worst: Float64Array;
  /** Greatest less least: how far the recovery points of its stores lie apart. Only filled when given. */
  readonly skew: Float64Array | undefined;
  /** By position in `work.last`: in how many samples that node was the last to finish. */
  readonly timesLast: Float64Array;
}

/** Samples computed together: small enough that the arrays of 200 nodes stay in the second-level cache. */
const BATCH = 512;

/** Stream number of a common cause; the leaves of a node count from 1. */
const SHOCK_STREAM = 0;

const GRID_SCALE = GRID_CELLS / (2 * Z_END);
/** Just inside the last cell, so that the cell after it is never asked for. */
const GRID_TOP = GRID_CELLS - 1e-9;
const TO_UNIT = 2 ** -32;

/**
 * finish(v) = max over `after` of finish(u) + own(v), 0 where there is nothing to wait for;
 * worst = max over nodes of finish. The leaves of own(v) are independent, except that rows of nodes with the same
 * `shock` are joined by a one-factor Gaussian copula: z = √ρ·s + √(1−ρ)·e with one s for each shock and sample
 * (Li, "On Default Correlation: A Copula Function Approach", 2000; ρ = 0.3 by default, docs/model.md, Recovery time).
 * Spans follow from configuration (the phase of a timer) and share no cause.
 */
export function simulate(plan: Plan, work: Work, ends: Ends, chance: Chance, from: number, to: number, into: Samples): void {
  const finish = plan.nodes.map((_, i) => (work.after.has(i) ? new Float64Array(BATCH) : EMPTY));
  const start = new Float64Array(BATCH);
  const source = leafSource(plan, work, ends, chance);
  for (let first = from; first < to; first += BATCH) {
    const count = Math.min(BATCH, to - first);
    source.begin(first, count);
    for (const at of work.nodes) {
      const node = plan.nodes[at];
      const out = finish[at] ?? EMPTY;
      if (node === undefined) continue;
      source.put(node.own, node, out);
      const waits = work.after.get(at) ?? [];
      if (waits.length === 0) continue;
      start.fill(0);
      for (const before of waits) maximumOf(start, finish[before] ?? EMPTY, count);
      addTo(out, start, count);
    }
    collect(
      work.last.map((at) => finish[at] ?? EMPTY),
      first,
      count,
      into,
    );
  }
}

/** Greatest, and least, over the last finishes. */
function collect(finishes: readonly Float64Array[], first: number, count: number, { worst, skew, timesLast }: Samples): void {
  const who = new Int32Array(count);
  const most = new Float64Array(count).fill(-1);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  finishes.forEach((finish, position) => {
    for (let i = 0; i < count; i += 1) {
      const x = finish[i] as number;
      if (x > (most[i] as number)) {
        most[i] = x;
        who[i] = position;
      }
      if (x < (least[i] as number)) least[i] = x;
    }
  });
  worst.set(most, first);
  for (let i = 0; i < count; i += 1) {
    const position = who[i] as number;
    timesLast[position] = (timesLast[position] as number) + 1;
    if (skew !== undefined) skew[first + i] = (most[i] as number) - (least[i] as number);
  }
}

interface LeafSource {
  /** Turns to samples `first` … `first + count` − 1 and draws their common causes. */
  readonly begin: (first: number, count: number) => void;
  /** Writes these samples of an expression of a node. */
  readonly put: (e: Expression, node: PlanNode, out: Float64Array) => void;
}

function leafSource(plan: Plan, work: Work, ends: Ends, chance: Chance): LeafSource {
  const normals = normalTable();
  const shared = Math.sqrt(chance.correlation);
  const own = Math.sqrt(1 - chance.correlation);
  const shocks = new Map<string, { readonly stream: StreamKey; readonly z: Float64Array }>();
  for (const i of work.nodes) {
    const shock = plan.nodes[i]?.shock;
    if (shock === undefined || shocks.has(shock)) continue;
    const stream = deriveStream(hashText(`shock ${shock}`), SHOCK_STREAM, chance.seed);
    shocks.set(shock, { stream, z: new Float64Array(BATCH) });
  }
  const spare: Float64Array[] = [];
  let first = 0;
  let count = 0;

  function begin(nextFirst: number, nextCount: number): void {
    first = nextFirst;
    count = nextCount;
    for (const { stream, z } of shocks.values()) putNormals(z, stream, normals, first, count);
  }

  function put(e: Expression, node: PlanNode, out: Float64Array): void {
    switch (e.kind) {
      case 'constant':
        out.fill(e.seconds);
        return;
      case 'span':
        putSpan(out, deriveStream(node.key, e.leaf, chance.seed), e.min, e.max, first, count);
        return;
      case 'row': {
        putNormals(out, deriveStream(node.key, e.leaf, chance.seed), normals, first, count);
        const shock = node.shock === undefined ? undefined : shocks.get(node.shock);
        if (shock !== undefined) mix(out, own, shock.z, shared, count);
        lookUp(out, e.row.grid(endOf(e.row, ends)), count);
        return;
      }
      default: {
        const [head, ...tail] = e.parts;
        if (head === undefined) return;
        put(head, node, out);
        const part = spare.pop() ?? new Float64Array(BATCH);
        for (const next of tail) {
          put(next, node, part);
          if (e.kind === 'sum') addTo(out, part, count);
          else if (e.kind === 'slowest') maximumOf(out, part, count);
          else minimumOf(out, part, count);
        }
        spare.push(part);
      }
    }
  }
  return { begin, put };
}

const EMPTY = new Float64Array(0);

function addTo(out: Float64Array, more: Float64Array, count: number): void {
  for (let i = 0; i < count; i += 1) out[i] = (out[i] as number) + (more[i] as number);
}

function maximumOf(out: Float64Array, more: Float64Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const x = more[i] as number;
    if (x > (out[i] as number)) out[i] = x;
  }
}

function minimumOf(out: Float64Array, more: Float64Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const x = more[i] as number;
    if (x < (out[i] as number)) out[i] = x;
  }
}

function putSpan(out: Float64Array, stream: StreamKey, min: number, max: number, first: number, count: number): void {
  const middle = min + (max - min) / 2;
  const step = (max - min) * TO_UNIT;
  for (let i = 0; i < count; i += 1) out[i] = middle + step * bitsAt(stream, first + i);
}

function putNormals(out: Float64Array, stream: StreamKey, normals: Float64Array, first: number, count: number): void {
  for (let i = 0; i < count; i += 1) out[i] = normalFromBits(bitsAt(stream, first + i), normals);
}

/** out = own·out + shared·shock. */
function mix(out: Float64Array, own: number, shock: Float64Array, shared: number, count: number): void {
  for (let i = 0; i < count; i += 1) out[i] = own * (out[i] as number) + shared * (shock[i] as number);
}

/** Turns normal scores into seconds by linear interpolation in a tabulated quantile function. */
function lookUp(scores: Float64Array, grid: Float64Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    let x = ((scores[i] as number) + Z_END) * GRID_SCALE;
    if (x < 0) x = 0;
    else if (x > GRID_TOP) x = GRID_TOP;
    const cell = x | 0;
    const low = grid[cell] as number;
    scores[i] = low + ((grid[cell + 1] as number) - low) * (x - cell);
  }
}
