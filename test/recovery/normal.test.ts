import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalFromBits, normalQuantile, normalTable, Z99 } from '../../src/recovery/normal.ts';

describe('normal', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-2, 0.0227501319481792],
    [Z99, 0.99],
    [-4.753424308822899, 1e-6],
  ])('Φ(%d) = %d', (z, u) => expect(normalCdf(z)).toBeCloseTo(u, 14));

  it('inverts Φ', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        (u) => Math.abs(normalCdf(normalQuantile(u)) - u) < 1e-12,
      ),
    );
  });

  it('has no finite quantile at the ends', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('reads bits as the quantile of their place in (0, 1), within 1e-4, up to four and a half sigma', () => {
    const table = normalTable();
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 14, max: 2 ** 31 - 1 }), (half) => {
        const z = normalQuantile((half | 1) * 2 ** -32);
        const mirrored = half - 2 ** 31;
        return Math.abs(normalFromBits(half, table) - z) < 1e-4 && Math.abs(normalFromBits(mirrored, table) + z) < 1e-4;
      }),
      { numRuns: 2000 },
    );
  });

  it.each([0, 1, 2, -1, 2 ** 31 - 1, -(2 ** 31)])('gives a finite normal for bits %d', (bits) => {
    expect(Math.abs(normalFromBits(bits, normalTable()))).toBeLessThan(6.5);
  });
});
