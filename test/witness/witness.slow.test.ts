/** The same scans over HTTP against simulations that others wrote. What they see differently is explained, or the test fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences, hear, type Testimony } from './compare.ts';
import { EXPLAINED, type Explained, LACKS } from './differences.ts';
import { type Door, ministack, moto, openMinistack, openMoto, openSimulator } from './witnesses.ts';

let simulator: Door;
let ours: Testimony;

beforeAll(async () => {
  simulator = await openSimulator();
  ours = await hear(simulator);
});

afterAll(() => simulator.stop());

it('the simulator refuses nothing of the script and answers every scan', () => {
  expect(ours.refused).toEqual([]);
  expect([...ours.unanswered]).toEqual([]);
  expect(ours.resources.size).toBeGreaterThan(50);
});

const codeless = (refused: readonly string[]): readonly string[] => refused.map((line) => line.replace(/: .*$/, '')).sort();

describe.each([
  ['moto', moto(), openMoto],
  ['ministack', ministack(), openMinistack],
] as const)('%s', (name, installed, open) => {
  const about = EXPLAINED.filter((e) => e.witness === name || e.witness === 'both');

  it.skipIf(!installed.installed)('sees what the simulator shows, but for what is explained', async () => {
    if (!installed.installed) return;
    const door = await open(installed.bin);
    try {
      const theirs = await hear(door);
      const used = new Set<Explained>();
      const unexplained = differences(ours, theirs).filter((d) => {
        const all = about.filter((e) => e.type.test(d.type) && e.property.test(d.property));
        for (const e of all) used.add(e);
        return all.length === 0;
      });
      expect(unexplained).toEqual([]);
      expect(about.filter((e) => !used.has(e)).map((e) => [e.type.source, e.property.source])).toEqual([]);
      expect(codeless(theirs.refused)).toEqual([...LACKS[name].refused].sort());
      expect([...theirs.unanswered.keys()].sort()).toEqual([...LACKS[name].unanswered].sort());
      expect(theirs.resources.size).toBeGreaterThan(50);
    } finally {
      await door.stop();
    }
  });
});
