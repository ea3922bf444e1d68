/** The standard normal distribution: exactly for bounds and fits, by table for samples. */

/** 99th percentile of the standard normal. */
export const Z99 = 2.326347874040841;

/** Density φ(z). */
function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * Φ(z) by its Taylor series about 0, Φ(z) = ½ + φ(z)·Σ z^(2k+1)/(2k+1)!! (Abramowitz and Stegun 26.2.11).
 * Absolute error below 1e-15 for |z| ≤ 7; outside that 0 or 1 is given.
 */
export function normalCdf(z: number): number {
  if (z < -7) return 0;
  if (z > 7) return 1;
  let term = z;
  let total = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(total); k += 2) {
    term *= (z * z) / k;
    total += term;
  }
  return 0.5 + density(z) * total;
}

/**
 * z with Φ(z) = u, by Newton's method: in the lower half Φ is convex, so that steps from the right of the root
 * never pass it. `start` is a known point right of the root. ∓Infinity for u ≤ 0 and u ≥ 1.
 */
export function normalQuantile(u: number, start = 0): number {
  if (u <= 0) return Number.NEGATIVE_INFINITY;
  if (u >= 1) return Number.POSITIVE_INFINITY;
  if (u > 0.5) return -normalQuantile(1 - u);
  let z = start;
  for (let i = 0; i < 100; i += 1) {
    const step = (normalCdf(z) - u) / density(z);
    z -= step;
    if (Math.abs(step) < 1e-9) break;
  }
  return z;
}

/** Cells per octave of u; an octave is a halving, so that the tails are as fine as the middle. */
const CELL_BITS = 6;
const CELLS = 1 << CELL_BITS;
const OCTAVES = 31;
/** Entries for one half of the distribution. */
const HALF = OCTAVES * CELLS + 1;

/**
 * Quantiles for `normalFromBits`: entry o·CELLS + j is the quantile of u = 2^(o−OCTAVES−1)·(1 + j/CELLS), and the
 * entry HALF further on that of 1 − u. Linear interpolation inside a cell is off by less than 5e-5. Two halves cost
 * less than a sign that the processor cannot foresee.
 */
function buildNormalTable(): Float64Array {
  const table = new Float64Array(2 * HALF);
  let z = 0;
  for (let i = HALF - 2; i >= 0; i -= 1) {
    const octave = i >> CELL_BITS;
    z = normalQuantile(2 ** (octave - OCTAVES - 1) * (1 + (i % CELLS) / CELLS), z);
    table[i] = z;
    table[HALF + i] = -z;
  }
  return table;
}

let built: Float64Array | undefined;

/** The table is built at the first use (about a millisecond) and shared: it depends on nothing. */
export function normalTable(): Float64Array {
  built ??= buildNormalTable();
  return built;
}

/** Turns 32 random bits into a standard normal: the sign bit picks the half, the others u in (0, ½). */
export function normalFromBits(bits: number, table: Float64Array): number {
  const half = (bits & 0x7fffffff) | 1;
  const zeros = Math.clz32(half);
  const mantissa = half << zeros;
  const cell = ((OCTAVES - zeros) << CELL_BITS) | ((mantissa >>> (31 - CELL_BITS)) & (CELLS - 1));
  const at = cell + (HALF & (bits >> 31));
  const low = table[at] as number;
  return low + ((table[at + 1] as number) - low) * ((mantissa & FRACTION_MASK) * FRACTION);
}

const FRACTION_MASK = 2 ** (31 - CELL_BITS) - 1;
const FRACTION = 2 ** (CELL_BITS - 31);
