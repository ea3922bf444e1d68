import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTriple, tabulate, Z_END } from '../../src/recovery/fit.ts';
import { normalQuantile, Z99 } from '../../src/recovery/normal.ts';
import type { Triple } from '../../src/recovery/times/service-time.ts';

/** Whole milliseconds, as durations are parsed. */
const seconds = fc.oneof(
  fc.nat(10_000),
  fc.nat(1e8).map((ms) => ms / 1000),
  fc.constant(0),
);
const triple: fc.Arbitrary<Triple> = fc
  .tuple(seconds, seconds, seconds, fc.constantFrom('', 'low', 'high', 'all'))
  .map(([a, b, c, same]) => {
    const [min, typ, max] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
    if (same === 'low') return [min, min, max];
    if (same === 'high') return [min, max, max];
    return same === 'all' ? [min, min, min] : [min, typ, max];
  });

const near = (x: number, y: number) => Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y));

describe('fitTriple', () => {
  it('passes through min, typical and p99', () => {
    fc.assert(
      fc.property(triple, (t) => {
        const q = fitTriple(t);
        return q(Number.NEGATIVE_INFINITY) === t[0] && near(q(0), t[1]) && near(q(Z99), t[2]);
      }),
    );
  });

  it('never falls, and is constant beyond the end', () => {
    const z = fc.double({ min: -6, max: 6, noNaN: true });
    fc.assert(
      fc.property(triple, z, z, (t, a, b) => {
        const q = fitTriple(t);
        return q(Math.min(a, b)) <= q(Math.max(a, b)) && q(Z_END) === q(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('gives the prior for human decisions its p95: median 15 min, p95 60 min', () => {
    expect(fitTriple([0, 900, 6394])(normalQuantile(0.95))).toBeCloseTo(3600, -1);
  });

  it('starts rising at the median when typical is min', () => {
    const q = fitTriple([0, 0, 60]);
    expect(q(-1)).toBe(0);
    expect(q(normalQuantile(0.95))).toBeGreaterThan(0);
  });

  it.each([[[5, 4, 9]], [[-1, 4, 9]], [[1, 9, 4]], [[1, Number.NaN, 4]], [[1, 4, Number.POSITIVE_INFINITY]]] as [Triple][])(
    'refuses %j',
    (t) => expect(() => fitTriple(t)).toThrow(RangeError),
  );

  it('tabulates in order, from min to the end', () => {
    fc.assert(
      fc.property(triple, (t) => {
        const grid = tabulate(fitTriple(t));
        return grid[0] === t[0] && grid.every((x, i) => i === 0 || x >= (grid[i - 1] ?? 0));
      }),
    );
  });
});
