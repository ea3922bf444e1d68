import { describe, expect, it } from 'vitest';
import { type Case, covered, inTime, together } from '../../bench/truth-compare.ts';
import { perturbation } from '../../bench/truth-pace.ts';
import { chance } from '../../bench/truth-parts.ts';
import { random } from '../../src/simulator/world/random.ts';

const one = (member: string, [p1, p99]: readonly [number, number], [from, to]: readonly [number, number]): Case => ({
  of: 'part',
  type: 'RTO',
  scope: 'az',
  mechanism: 'rds-multi-az',
  part: 'shop orders',
  member,
  predicted: { p1, p50: (p1 + p99) / 2, p99 },
  measured: { from, to },
});

type Pair = readonly [number, number];

describe('what is covered', () => {
  it.each<[readonly [Pair, Pair], boolean, string]>([
    [
      [
        [60, 300],
        [70, 72],
      ],
      true,
      'between',
    ],
    [
      [
        [60, 300],
        [300, 302],
      ],
      true,
      'as late as allowed, to a look',
    ],
    [
      [
        [60, 300],
        [301, 303],
      ],
      false,
      'later',
    ],
    [
      [
        [60, 300],
        [10, 12],
      ],
      false,
      'sooner',
    ],
    [
      [
        [60, 300],
        [600, Number.POSITIVE_INFINITY],
      ],
      false,
      'not within twice the time',
    ],
    [
      [
        [Infinity, Infinity],
        [600, Number.POSITIVE_INFINITY],
      ],
      true,
      'never, and not',
    ],
    [
      [
        [Infinity, Infinity],
        [60, 62],
      ],
      false,
      'never, and yet',
    ],
  ])('%j: %s (%s)', ([predicted, measured], expected) => {
    expect(covered([one('us-east-1a', predicted, measured)])).toBe(expected);
  });

  it('the worst member decides, and each must be in time', () => {
    const writerIsElsewhere = one('us-east-1b', [60, 300], [0, 0]);
    expect(covered([one('us-east-1a', [60, 300], [70, 72]), writerIsElsewhere])).toBe(true);
    expect(covered([writerIsElsewhere])).toBe(false);
    expect(inTime(writerIsElsewhere)).toBe(true);
  });

  it('AZs of one Region go together, Regions do not', () => {
    const az = ['us-east-1a', 'us-east-1b', 'us-west-2a'].map((member) => one(member, [0, 1], [0, 1]));
    const region = ['us-east-1', 'us-west-2'].map((member) => ({ ...one(member, [0, 1], [0, 1]), scope: 'region' }));
    expect(together([...az, ...region]).map((g) => g.length)).toEqual([2, 1, 1, 1]);
  });
});

describe('another pace', () => {
  it('keeps within the bounds, 30 % taken off or added, in every shape', () => {
    const shapes = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      const { shape, scale, pace, decision } = perturbation(chance(seed));
      shapes.add(shape);
      expect(scale).toBeGreaterThanOrEqual(0.7);
      expect(scale).toBeLessThanOrEqual(1.3);
      expect(decision).toBeGreaterThanOrEqual(180_000);
      expect(decision).toBeLessThanOrEqual(3_600_000);
      const drawn = Array.from({ length: 200 }, (_, n) => pace(100, 200, random(n)));
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(100 * scale - 1e-9);
      expect(Math.max(...drawn)).toBeLessThanOrEqual(200 * scale + 1e-9);
    }
    expect([...shapes].sort()).toEqual(['bimodal', 'lognormal', 'uniform']);
  });
});
