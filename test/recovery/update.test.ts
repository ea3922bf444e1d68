import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeTable } from '../../src/recovery/table.ts';
import { successLowerBound, updateRow } from '../../src/recovery/update.ts';
import { serviceTime } from './support.ts';

const prior = serviceTime('open', [10, 12, 41], [10, 45, 80], [10, 78, 360]);

describe('updateRow', () => {
  it('always gives a row that can be fitted, ends in order', () => {
    const observations = fc.array(fc.double({ min: 0.001, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 20 });
    const rows = fc.constantFrom(prior, serviceTime('fixed', [5, 5, 5]), serviceTime('wide', [0, 0, 0], [0, 0, 60], [0, 0, 300]));
    fc.assert(fc.property(rows, observations, (row, xs) => timeTable([updateRow(row, xs)]).size === 1));
  });

  it('moves half of the way, in logarithms, with as many drills as the prior is worth', () => {
    const [min, typical] = updateRow(serviceTime('r', [0, 100, 400]), Array(5).fill(25)).expected;
    expect(min).toBe(0);
    expect(typical).toBeCloseTo(50, 6);
  });

  it('draws the ends together as drills come in', () => {
    const width = (n: number) => {
      const { optimistic, pessimistic } = updateRow(prior, Array(n).fill(30));
      return pessimistic[2] - optimistic[2];
    };
    expect(width(20)).toBeLessThan(width(5));
    expect(width(100)).toBeLessThan(width(20));
  });

  it('counts as measured once the drills outweigh the prior', () => {
    expect([1, 5, 6].map((n) => updateRow(prior, Array(n).fill(30)).confidence)).toEqual(['assumed', 'assumed', 'measured']);
  });

  it('takes min below an observation that was faster', () => {
    expect(updateRow(prior, [4]).expected[0]).toBeLessThan(4);
  });

  it('is the row itself without observations, and refuses what is no time', () => {
    expect(updateRow(prior, [])).toBe(prior);
    for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => updateRow(prior, [x])).toThrow(RangeError);
  });
});

it.each([
  [0, 0],
  [1, 0.05],
  [5, 0.549],
  [59, 0.95],
])('%d successful drills show a chance of %d', (n, bound) => expect(successLowerBound(n)).toBeCloseTo(bound, 3));
