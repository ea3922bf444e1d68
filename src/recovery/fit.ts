/** One fit for every min/typical/p99 row, so that no service chooses the shape that suits it. */
import { normalCdf, Z99 } from './normal.ts';
import type { Triple } from './times/service-time.ts';

/**
 * Where the sampled normal ends: one draw in a million lies beyond. The greatest value of a row is its quantile
 * there, which gives interval bounds something finite to compute with; quantiles up to 99.9 of hundreds of rows
 * taken together are not touched by it.
 */
export const Z_END = 4.75;

/** Seconds at a standard normal score; non-decreasing, constant outside ±Z_END. */
export type QuantileFunction = (z: number) => number;

/**
 * Shifted lognormal through (min, typical, p99), as docs/model.md says:
 *
 *     Q(z) = min + (typ − min)·exp(σz),   σ = ln((p99 − min)/(typ − min)) / z₉₉
 *
 * so that Q(−∞) = min, Q(0) = typ (the median) and Q(z₉₉) = p99. Where the lognormal has no meaning:
 * - min = typ = p99: that constant;
 * - min = typ < p99: half of the mass sits at min; above the median the excess grows as exp(z) − 1, scaled to p99;
 * - min < typ = p99: uniform from min to typ below the median, typ above it.
 * Throws a RangeError unless 0 ≤ min ≤ typ ≤ p99 < ∞.
 */
export function fitTriple([min, typical, p99]: Triple): QuantileFunction {
  if (!(0 <= min && min <= typical && typical <= p99 && p99 < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a service time needs 0 ≤ min ≤ typical ≤ p99, all finite; got ${min}, ${typical}, ${p99}`);
  }
  if (min === p99) return () => min;
  const ended =
    (inside: QuantileFunction): QuantileFunction =>
    (z) =>
      z <= -Z_END ? min : inside(Math.min(z, Z_END));
  if (typical === min) {
    const scale = (p99 - min) / Math.expm1(Z99);
    return ended((z) => min + scale * Math.expm1(Math.max(0, z)));
  }
  if (typical === p99) return ended((z) => (z < 0 ? min + (typical - min) * 2 * normalCdf(z) : typical));
  const sigma = Math.log((p99 - min) / (typical - min)) / Z99;
  return ended((z) => min + (typical - min) * Math.exp(sigma * z));
}

/** Cells of a tabulated quantile function over [−Z_END, Z_END]; even, so that z = 0 is a grid point. */
export const GRID_CELLS = 1024;

/** A quantile function tabulated for sampling by linear interpolation: 1 + GRID_CELLS values. */
export function tabulate(quantile: QuantileFunction): Float64Array {
  const table = new Float64Array(GRID_CELLS + 1);
  for (let i = 0; i <= GRID_CELLS; i += 1) table[i] = quantile(Z_END * ((2 * i) / GRID_CELLS - 1));
  return table;
}
