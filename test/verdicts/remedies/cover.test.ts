import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/verdicts/remedies/cover.ts';
import { cover } from '../../../src/verdicts/remedies/cover.ts';
import type { Option } from '../../../src/verdicts/remedies/remedies.ts';

// The choice looks at what an offer keeps and changes, never into its option.
const offer = (id: string, wins: readonly string[], changes: readonly string[], cost = 0): Offer => ({
  id,
  option: {} as Option,
  wins: new Set(wins),
  changes: new Set(changes),
  cost,
});
const always = (): boolean => true;
const ids = (offers: readonly Offer[], needed: number, allowed: Parameters<typeof cover>[2] = always) =>
  cover(offers, needed, allowed)?.offers.map((o) => o.id);

describe('the fewest changes that keep enough', () => {
  const SHARED = [
    offer('a', ['1'], ['x', 'y']),
    offer('b', ['2'], ['x', 'y']),
    offer('c', ['1'], ['z']),
    offer('d', ['2'], ['v']),
  ];

  it.each<[string, readonly Offer[], number, readonly string[] | undefined]>([
    ['nothing is needed', SHARED, 0, []],
    ['one is enough', SHARED, 1, ['c']],
    [
      'what two share is made once',
      [...SHARED.slice(0, 2), offer('c', ['1'], ['z', 'w']), offer('d', ['2'], ['v'])],
      2,
      ['a', 'b'],
    ],
    ['there are not so many', SHARED, 3, undefined],
    ['the cheaper of equals', [offer('a', ['1'], ['x'], 3), offer('b', ['1'], ['y'], 1)], 1, ['b']],
    [
      'the greedy choice is not the smallest',
      [offer('a', ['1', '2', '3', '4'], ['p', 'q']), offer('b', ['1', '2', '5'], ['r']), offer('c', ['3', '4', '6'], ['s'])],
      6,
      ['b', 'c'],
    ],
  ])('%s', (_, offers, needed, expected) => {
    expect(ids(offers, needed)).toEqual(expected);
  });

  it('takes no two that contradict each other', () => {
    const [a, b] = [offer('a', ['1'], ['x']), offer('b', ['2'], ['y'])];
    expect(
      ids(
        [
          { ...a, against: new Set(['b']) },
          { ...b, against: new Set(['a']) },
        ],
        2,
      ),
    ).toBeUndefined();
  });

  it('takes another choice where the first is refuted', () => {
    expect(ids(SHARED, 1, (set) => set[0]?.id !== 'c')).toEqual(['d']);
  });
});

it('is as small as the smallest of all choices, and the bound is no larger', () => {
  const some = (letters: string) => fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 });
  const offers = fc.array(fc.tuple(some('12345'), some('uvwxyz')), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(offers, fc.integer({ min: 1, max: 5 }), (made, needed) => {
      const all = made.map(([wins, changes], i) => offer(String(i), wins, changes));
      let least = Number.POSITIVE_INFINITY;
      for (let mask = 1; mask < 2 ** all.length; mask += 1) {
        const chosen = all.filter((_, i) => (mask >> i) % 2 === 1);
        const count = (of: 'wins' | 'changes'): number => new Set(chosen.flatMap((o) => [...o[of]])).size;
        if (count('wins') >= needed) least = Math.min(least, count('changes'));
      }
      const found = cover(all, needed, always);
      const size = found === undefined ? Number.POSITIVE_INFINITY : new Set(found.offers.flatMap((o) => [...o.changes])).size;
      expect(size).toBe(least);
      expect(found?.atLeast ?? 0).toBeLessThanOrEqual(least);
    }),
    { seed: 6, numRuns: 300 },
  );
});
