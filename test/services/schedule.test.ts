import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestGap } from '../../src/services/schedule.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

describe('largestGap', () => {
  it.each<[string, number | undefined]>([
    ['rate(1 minute)', MINUTE],
    ['rate(12 hours)', 12 * HOUR],
    ['rate(7 days)', 7 * DAY],
    ['rate(0 hours)', undefined],
    ['cron(0 5 ? * * *)', DAY],
    ['cron(0 * * * ? *)', HOUR],
    ['cron(0/15 * * * ? *)', 15 * MINUTE],
    ['cron(0 1,13 * * ? *)', 12 * HOUR],
    ['cron(0 8-18/2 * * ? *)', 14 * HOUR],
    ['cron(0 9 ? * MON-FRI *)', 3 * DAY],
    ['cron(0 9 ? * 2-6 *)', 3 * DAY],
    ['cron(0 5 ? * SUN *)', 7 * DAY],
    ['cron(0 5 ? * 1 *)', 7 * DAY],
    ['cron(0 5 1 * ? *)', 31 * DAY],
    ['cron(0 5 L * ? *)', 31 * DAY],
    ['cron(0 5 31 * ? *)', 61 * DAY],
    ['cron(0 5 ? * 6L *)', 35 * DAY],
    ['cron(0 5 ? * 3#2 *)', 35 * DAY],
    ['cron(0 5 ? * L *)', 7 * DAY],
    ['cron(0 5 15W * ? *)', 32 * DAY],
    ['cron(0 5 1 JAN,jul ? *)', 184 * DAY],
    ['cron(0 5 29 2 ? *)', (3 * 365 + 366) * DAY],
    ['cron(0 5 30 2 ? *)', Number.POSITIVE_INFINITY],
    ['cron(0 5 ? * * 2026)', undefined],
    ['cron(0 5 1 * 2 *)', undefined],
    ['cron(0 5 * * *)', undefined],
    ['cron(60 5 ? * * *)', undefined],
    ['cron(5-1 5 ? * * *)', undefined],
    ['0 5 * * ? *', undefined],
    ['', undefined],
  ])('%s', (expression, seconds) => {
    expect(largestGap(expression)).toBe(seconds);
  });

  it('never shrinks when a run is taken away', () => {
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(hours, fc.integer({ min: 0, max: 59 }), (list, minute) => {
        const gap = (of: readonly number[]): number => largestGap(`cron(${minute} ${of.join(',')} * * ? *)`) ?? Number.NaN;
        expect(gap(list.slice(1))).toBeGreaterThanOrEqual(gap(list));
      }),
    );
  });

  it('agrees with stepping through a day, minute by minute', () => {
    const set = (max: number) => fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(set(23), set(59), (hours, minutes) => {
        let last: number | undefined;
        let longest = 0;
        for (let t = 0; t < 3 * 1440; t += 1) {
          if (!hours.includes(Math.floor(t / 60) % 24) || !minutes.includes(t % 60)) continue;
          if (last !== undefined) longest = Math.max(longest, t - last);
          last = t;
        }
        expect(largestGap(`cron(${minutes.join(',')} ${hours.join(',')} * * ? *)`)).toBe(longest * 60);
      }),
      { numRuns: 50 },
    );
  });

  it('answers every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'cronate() 0159*?/-,LW#MONJA') }), (text) => {
        const gap = largestGap(text);
        expect(gap === undefined || gap > 0).toBe(true);
      }),
    );
  });
});
