import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { share } from '../../src/model/kpi.ts';

describe('every percentage is a triple', () => {
  const count = fc.nat(1000);

  it('lower ≤ point ≤ upper; the ends meet when nothing is unknown; no point when nothing was decided', () => {
    fc.assert(
      fc.property(count, count, count, (met, notMet, unknown) => {
        const s = share(met, notMet, unknown);
        expect(s.n).toBe(met + notMet + unknown);
        if (s.n > 0) {
          expect(s.lower).toBeCloseTo((100 * met) / s.n, 9);
          expect(s.upper).toBeCloseTo((100 * (met + unknown)) / s.n, 9);
        }
        expect(s.point === undefined).toBe(met + notMet === 0);
        if (s.point !== undefined) {
          expect(s.point).toBeGreaterThanOrEqual(s.lower - 1e-9);
          expect(s.point).toBeLessThanOrEqual(s.upper + 1e-9);
          expect(s.point).toBeCloseTo((100 * met) / (met + notMet), 9);
        }
      }),
    );
  });

  it('learning an unknown keeps the truth between the ends', () => {
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 1000 }), fc.boolean(), (met, notMet, unknown, good) => {
        const before = share(met, notMet, unknown);
        const after = good ? share(met + 1, notMet, unknown - 1) : share(met, notMet + 1, unknown - 1);
        expect(after.lower).toBeGreaterThanOrEqual(before.lower);
        expect(after.upper).toBeLessThanOrEqual(before.upper);
      }),
    );
  });
});
