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
 * (Li, "On Default Correlation: A Copula Function Approach", 2000; ρ = 0.3 by default, continuity.md §5.2).
 * Spans follow from configuration (the phase of a timer) and share no cause.
 */
export function simulate(plan: Plan, work: Work, ends: Ends, chance: Chance, from: number, to: number, into: Samples): void {
  const machine = new Machine(plan, work, ends, chance);
  for (let first = from; first < to; first += BATCH) machine.run(first, Math.min(BATCH, to - first), into);
}

/** Buffers and streams of one simulation. */
class Machine {
  readonly #plan: Plan;
  readonly #work: Work;
  readonly #ends: Ends;
  readonly #chance: Chance;
  readonly #normals = normalTable();
  readonly #finish: Float64Array[];
  readonly #shocks = new Map<string, { readonly stream: StreamKey; readonly z: Float64Array }>();
  readonly #start = new Float64Array(BATCH);
  readonly #spare: Float64Array[] = [];
  readonly #shared: number;
  readonly #own: number;

  constructor(plan: Plan, work: Work, ends: Ends, chance: Chance) {
    this.#plan = plan;
    this.#work = work;
    this.#ends = ends;
    this.#chance = chance;
    this.#shared = Math.sqrt(chance.correlation);
    this.#own = Math.sqrt(1 - chance.correlation);
    this.#finish = plan.nodes.map(() => EMPTY);
    for (const i of work.nodes) {
      this.#finish[i] = new Float64Array(BATCH);
      const shock = plan.nodes[i]?.shock;
      if (shock === undefined || this.#shocks.has(shock)) continue;
      this.#shocks.set(shock, {
        stream: deriveStream(hashText(`shock ${shock}`), SHOCK_STREAM, chance.seed),
        z: new Float64Array(BATCH),
      });
    }
  }

  run(first: number, count: number, into: Samples): void {
    for (const { stream, z } of this.#shocks.values()) {
      for (let i = 0; i < count; i += 1) z[i] = normalFromBits(bitsAt(stream, first + i), this.#normals);
    }
    for (const at of this.#work.nodes) {
      const node = this.#plan.nodes[at];
      if (node === undefined) continue;
      const out = this.#finish[at] ?? EMPTY;
      this.#put(node.own, node, first, count, out);
      const [one, ...others] = this.#work.after.get(at) ?? [];
      if (one === undefined) continue;
      let start = this.#finish[one] ?? EMPTY;
      if (others.length > 0) {
        this.#start.set(start);
        start = this.#start;
        for (const other of others) maximumOf(start, this.#finish[other] ?? EMPTY, count);
      }
      addTo(out, start, count);
    }
    this.#collect(first, count, into);
  }

  #collect(first: number, count: number, { worst, skew, timesLast }: Samples): void {
    const who = new Int32Array(count);
    const most = new Float64Array(count).fill(-1);
    const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#work.last.forEach((at, position) => {
      const finish = this.#finish[at] ?? EMPTY;
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

  /** Writes samples of an expression. */
  #put(e: Expression, node: PlanNode, first: number, count: number, out: Float64Array): void {
    switch (e.kind) {
      case 'constant':
        out.fill(e.seconds);
        return;
      case 'span': {
        const stream = deriveStream(node.key, e.leaf, this.#chance.seed);
        const width = e.max - e.min;
        const middle = e.min + width / 2;
        const step = width * TO_UNIT;
        for (let i = 0; i < count; i += 1) out[i] = middle + step * bitsAt(stream, first + i);
        return;
      }
      case 'row': {
        const stream = deriveStream(node.key, e.leaf, this.#chance.seed);
        const grid = e.row.grid(endOf(e.row, this.#ends));
        const shock = node.shock === undefined ? undefined : this.#shocks.get(node.shock);
        if (shock === undefined) putRow(out, grid, stream, this.#normals, first, count);
        else putSharedRow(out, grid, stream, this.#normals, first, count, shock.z, this.#shared, this.#own);
        return;
      }
      default: {
        const [head, ...tail] = e.parts;
        if (head === undefined) return;
        this.#put(head, node, first, count, out);
        const part = this.#take();
        for (const next of tail) {
          this.#put(next, node, first, count, part);
          if (e.kind === 'sum') addTo(out, part, count);
          else maximumOf(out, part, count);
        }
        this.#spare.push(part);
      }
    }
  }

  #take(): Float64Array {
    return this.#spare.pop() ?? new Float64Array(BATCH);
  }
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

/** Linear interpolation in a tabulated quantile function. */
function lookUp(grid: Float64Array, z: number): number {
  let x = (z + Z_END) * GRID_SCALE;
  if (x < 0) x = 0;
  else if (x > GRID_TOP) x = GRID_TOP;
  const cell = x | 0;
  const low = grid[cell] as number;
  return low + ((grid[cell + 1] as number) - low) * (x - cell);
}

function putRow(
  out: Float64Array,
  grid: Float64Array,
  stream: StreamKey,
  normals: Float64Array,
  first: number,
  count: number,
): void {
  for (let i = 0; i < count; i += 1) out[i] = lookUp(grid, normalFromBits(bitsAt(stream, first + i), normals));
}

function putSharedRow(
  out: Float64Array,
  grid: Float64Array,
  stream: StreamKey,
  normals: Float64Array,
  first: number,
  count: number,
  shock: Float64Array,
  shared: number,
  own: number,
): void {
  for (let i = 0; i < count; i += 1) {
    const z = shared * (shock[i] as number) + own * normalFromBits(bitsAt(stream, first + i), normals);
    out[i] = lookUp(grid, z);
  }
}
