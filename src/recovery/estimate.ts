/** Quantiles of a plan: exact where they can be, bounded where that decides, sampled where it must be. */
import { type Bounds, type Ends, quantileBounds } from './bounds.ts';
import type { Plan } from './plan.ts';
import { everything, prune } from './prune.ts';
import { type Quantile, quantileOf } from './quantile.ts';
import { type Chance, simulate } from './simulate.ts';

/** How to sample. `simulation(seed)` gives the defaults. */
export interface Simulation extends Chance {
  /** At most this many samples. */
  readonly samples: number;
  /** Shared between questions: services of the same shape are sampled once. Holds nothing that changes an answer. */
  readonly cache: SampleCache;
}

export type SampleCache = Map<string, Drawn>;

/** Sorted samples of one plan at one choice of ends. */
export interface Drawn {
  readonly worst: Float64Array;
  /** Only for recovery points of two stores or more. */
  readonly skew: Float64Array | undefined;
  /** In how many samples each node was the last to finish, by fingerprint. */
  readonly timesLast: ReadonlyMap<string, number>;
}

const FIRST_SAMPLES = 2000;

/** 20,000 samples at most, ρ = 0.3 (docs/model.md, Recovery time), a cache of its own. */
export function simulation(seed: number): Simulation {
  return { seed, samples: 20_000, correlation: 0.3, cache: new Map() };
}

/**
 * Encloses the p-quantile (0 < p < 1) of the worst finish: the part of the sampling interval that the bounds of
 * `quantileBounds` leave. Bounds that meet, or that lie on one side of the target, need no samples.
 */
export function enclose(plan: Plan, ends: Ends, p: number, target: number, how: Simulation): Bounds {
  const bounds = quantileBounds(plan, ends, p);
  if (bounds.low === bounds.high || bounds.high <= target || bounds.low > target) return bounds;
  return within(quantileOf(drawAround(plan, ends, p, target, how).worst, p), bounds);
}

/** An estimate cut to where the true value can be. */
export function within(q: Quantile, bounds: Bounds): Quantile {
  const cut = (x: number) => Math.min(bounds.high, Math.max(bounds.low, x));
  return { value: cut(q.value), low: cut(q.low), high: cut(q.high) };
}

/** Samples, doubled from 2,000 up to the limit for as long as the target lies within the error of the quantile. */
export function drawAround(plan: Plan, ends: Ends, p: number, target: number, how: Simulation): Drawn {
  let drawn = drawFew(plan, ends, how);
  for (;;) {
    const { low, high } = quantileOf(drawn.worst, p);
    const count = drawn.worst.length;
    if (target < low || target >= high || count >= how.samples) return drawn;
    drawn = draw(plan, ends, Math.min(2 * count, how.samples), how, drawn);
  }
}

/** The first samples only: enough to compare two choices of ends, which share their random numbers. */
export function drawFew(plan: Plan, ends: Ends, how: Simulation): Drawn {
  return draw(plan, ends, Math.min(FIRST_SAMPLES, how.samples), how, undefined);
}

/** The first `count` samples, of which `earlier` holds the first ones already. */
function draw(plan: Plan, ends: Ends, count: number, how: Simulation, earlier: Drawn | undefined): Drawn {
  const key = `${plan.signature} ${endsKey(plan, ends)} ${how.seed} ${how.correlation} ${count}`;
  const done = how.cache.get(key);
  if (done !== undefined) return done;
  // The skew needs every store's recovery point, also of those that cannot be the oldest.
  const spread = plan.measures === 'point' && plan.nodes.length > 1;
  const work = spread ? everything(plan) : prune(plan, ends);
  const worst = new Float64Array(count);
  const skew = spread ? new Float64Array(count) : undefined;
  const counts = new Float64Array(work.last.length);
  if (earlier !== undefined) worst.set(earlier.worst);
  if (earlier?.skew !== undefined) skew?.set(earlier.skew);
  simulate(plan, work, ends, how, earlier?.worst.length ?? 0, count, { worst, skew, timesLast: counts });
  const timesLast = new Map(earlier?.timesLast ?? []);
  work.last.forEach((at, position) => {
    const name = plan.nodes[at]?.fingerprint ?? '';
    timesLast.set(name, (timesLast.get(name) ?? 0) + (counts[position] ?? 0));
  });
  const drawn: Drawn = { worst: worst.sort(), skew: skew?.sort(), timesLast };
  how.cache.set(key, drawn);
  return drawn;
}

/** Equal for choices of ends that are the same for the rows of this plan. */
function endsKey(plan: Plan, ends: Ends): string {
  const open = [...plan.rows.values()].filter((row) => row.open);
  if (open.length === 0) return 'closed';
  const turned = open.some((row) => row.row.id === ends.turned) ? ends.turned : undefined;
  return turned === undefined ? ends.base : `${ends.base}, not ${turned}`;
}
