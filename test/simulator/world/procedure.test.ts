import { describe, expect, it } from 'vitest';
import { between, phase } from '../../../src/simulator/world/procedure.ts';
import { World } from '../../../src/simulator/world/world.ts';

const START = { start: 0, seed: 7, consistency: 0 };

describe('the pace of a world', () => {
  it('spreads evenly between the bounds by default', () => {
    const world = new World(START);
    const drawn = Array.from({ length: 2000 }, () => between(world, 10, 20));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(20_000);
    expect(drawn.reduce((a, b) => a + b, 0) / drawn.length).toBeCloseTo(15_000, -3);
  });

  it('is what a setting makes of the bounds', () => {
    const world = new World({ ...START, pace: (least, most) => (least + most) / 2 + 1 });
    expect([between(world, 10, 20), between(world, 0.4, 1.2)]).toEqual([15_001, 801]);
  });

  it('does not move a timer that the configuration sets', () => {
    const [plain, paced] = [new World(START), new World({ ...START, pace: (_, most) => 10 * most })];
    expect(phase(paced, 30)).toBe(phase(plain, 30));
  });
});
