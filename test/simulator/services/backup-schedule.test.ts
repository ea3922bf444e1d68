import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOf } from '../../../src/simulator/services/backup-schedule.ts';

const at = (text: string): number => Date.parse(text);
const nextOf = (expression: string, after: string, zone?: string): string => {
  const next = scheduleOf(expression, zone)?.(at(after));
  return next === undefined ? 'never' : new Date(next).toISOString().slice(0, 16);
};

describe('a schedule expression runs next', () => {
  it.each([
    ['rate(12 hours)', '2026-11-23T01:30Z', '2026-11-23T13:30'],
    ['cron(0 5 ? * * *)', '2026-11-23T04:59Z', '2026-11-23T05:00'],
    ['cron(0 5 ? * * *)', '2026-11-23T05:00Z', '2026-11-24T05:00'],
    ['cron(0/15 * * * ? *)', '2026-11-23T05:46Z', '2026-11-23T06:00'],
    ['cron(0 3 ? * SUN *)', '2026-11-23T00:00Z', '2026-11-29T03:00'],
    ['cron(0 3 ? * MON-FRI *)', '2026-11-27T04:00Z', '2026-11-30T03:00'],
    ['cron(0 3 L * ? *)', '2026-02-01T00:00Z', '2026-02-28T03:00'],
    ['cron(0 3 1W * ? *)', '2026-08-01T00:00Z', '2026-08-03T03:00'],
    ['cron(0 3 LW * ? *)', '2026-05-01T00:00Z', '2026-05-29T03:00'],
    ['cron(0 3 ? * 6L *)', '2026-11-01T00:00Z', '2026-11-27T03:00'],
    ['cron(0 3 ? * 2#2 *)', '2026-11-01T00:00Z', '2026-11-09T03:00'],
    ['cron(0 3 29 FEB ? *)', '2026-11-01T00:00Z', '2028-02-29T03:00'],
    ['cron(0 3 30 2 ? *)', '2026-11-01T00:00Z', 'never'],
    ['cron(0 3 1 1 ? 2025)', '2026-11-01T00:00Z', 'never'],
  ])('%s after %s: %s', (expression, after, expected) => {
    expect(nextOf(expression, after)).toBe(expected);
  });

  it('by the clock of its zone, summer time included', () => {
    expect(nextOf('cron(0 5 ? * * *)', '2026-07-01T00:00Z', 'Europe/Berlin')).toBe('2026-07-01T03:00');
    expect(nextOf('cron(0 5 ? * * *)', '2026-12-01T00:00Z', 'Europe/Berlin')).toBe('2026-12-01T04:00');
    expect(nextOf('cron(0 5 ? * * *)', '2026-12-01T23:00Z', 'Asia/Kolkata')).toBe('2026-12-01T23:30');
  });

  it.each(['cron(0 5 * * *)', 'cron(61 5 ? * * *)', 'cron(0 5 1 * MON *)', 'rate(0 hours)', 'daily', ''])(
    '%s is none',
    (text) => {
      expect(scheduleOf(text)).toBeUndefined();
    },
  );
});

it('runs come one after the other, at the minutes and hours that were named', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }),
      (minute, hour, start) => {
        const next = scheduleOf(`cron(${minute} ${hour} * * ? *)`)?.(start) ?? 0;
        const date = new Date(next);
        expect([date.getUTCMinutes(), date.getUTCHours(), next > start, next <= start + 86_400_000]).toEqual([
          minute,
          hour,
          true,
          true,
        ]);
      },
    ),
  );
});
