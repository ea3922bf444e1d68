/** Every kind of drill, its controller stopped dead before and after every entry of its journal, everything but store and world gone. */
import { describe, expect, it } from 'vitest';
import type { DrillSpec } from '../../src/model/drill.ts';
import { type Course, courseOf, type Plan, planOf } from './crash-support.ts';
import { SHOPS, type Shop } from './shops.ts';

/** `written`: canary writes of before the onset. */
async function wholeRun(
  shop: Shop,
  plan: Plan,
): Promise<{ readonly course: Course; readonly length: number; readonly written: number }> {
  const course = await courseOf(shop, plan);
  const result = await course.live();
  expect(result, JSON.stringify(result)).toMatchObject({ left: [], steady: true });
  expect(result).not.toMatchObject({ status: 'refused' });
  const written = result === 'died' ? 0 : (result.measured?.written ?? 0);
  return { course, length: (await course.entries()).length, written };
}

describe.each(SHOPS.map((shop) => [shop.kind, shop] as const))('%s', (_, shop) => {
  it.each(['continue', 'roll-back'] satisfies DrillSpec['afterCrash'][])(
    'ends, leaves nothing, does nothing twice: %s',
    async (afterCrash) => {
      const plan = await planOf(shop, afterCrash);
      const whole = await wholeRun(shop, plan);
      for (let at = 1; at <= whole.length; at += 1)
        for (const written of [false, true]) {
          const where = `${written ? 'after' : 'before'} entry ${at} of ${whole.length}`;
          const course = await courseOf(shop, plan);
          expect(await course.live({ at, written }), where).toBe('died');
          const result = await course.live();
          const entries = await course.entries();
          expect(entries.at(-1)?.kind, where).toBe('ended');
          expect(await course.journal.open(), where).toEqual([]);
          expect(result, where).toMatchObject({ left: [], steady: true });
          expect(course.faults(), where).toBe(0);
          // Whoever takes it up knows what was written before.
          if (result !== 'died' && result.status === 'recovered' && whole.written > 0)
            expect(result.measured?.written, where).toBeGreaterThan(0);
          expect(entries.map((e) => e.sequence)).toEqual(entries.map((_, i) => i + 1));
          for (const [effect, times] of course.effects)
            expect(times, `${where}: ${effect}`).toBeLessThanOrEqual(whole.course.effects.get(effect) ?? 1);
        }
    },
  );
});
