import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { failureOf } from '../../src/aws/failure.ts';
import { RETRY, retrying } from '../../src/aws/retry.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

const CALL = call<object, object>({ client: 'rds', operation: 'DescribeDBInstances', action: 'rds:DescribeDBInstances' });
const AT = { account: '111122223333', region: 'eu-west-1' };
const failing = (name: string, more: object = {}) =>
  failureOf(Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 }, ...more }), CALL, AT);

/** Fails as often as stated, then succeeds. */
function flaky(times: number, error: unknown) {
  const clock = new VirtualClock(0);
  const at: number[] = [];
  const attempt = async (): Promise<string> => {
    at.push(clock.now());
    if (at.length <= times) throw error;
    return 'done';
  };
  return { clock, at, attempt };
}

describe('retrying', () => {
  it.each([
    ['throttled', 'ThrottlingException', RETRY.attempts],
    ['denied', 'AccessDenied', 1],
    ['not found', 'NoSuchBucket', 1],
    ['wrong', 'ValidationException', 1],
    ['expired', 'ExpiredToken', 1],
  ])('%s is tried as often as it is worth', async (_, code, attempts) => {
    const { clock, at, attempt } = flaky(1000, failing(code));
    await expect(clock.drive(retrying(attempt, { clock, random: () => 0 }))).rejects.toThrow(code);
    expect(at.length).toBe(attempts);
  });

  it('lets what is no failure of AWS pass at once', async () => {
    const { clock, at, attempt } = flaky(1, new TypeError('a mistake of ours'));
    await expect(retrying(attempt, { clock, random: () => 0 })).rejects.toThrow(TypeError);
    expect(at.length).toBe(1);
  });

  it('waits at random below a bound that doubles, and ends within its total', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 20, maxLength: 20 }),
        async (dice) => {
          const { clock, at, attempt } = flaky(1000, failing('Throttling'));
          let n = 0;
          const limits = { attempts: 12, base: 100, cap: 5000, total: 20_000 };
          await clock.drive(retrying(attempt, { clock, random: () => dice[n++] ?? 0, limits })).catch(() => undefined);
          at.slice(1).forEach((when, i) => {
            expect(when - (at[i] ?? 0)).toBeLessThanOrEqual(Math.min(limits.cap, limits.base * 2 ** i));
          });
          expect(at.at(-1)).toBeLessThanOrEqual(limits.total);
          expect(at.length).toBeLessThanOrEqual(limits.attempts);
        },
      ),
    );
  });

  it('waits as long as AWS asks', async () => {
    const { clock, at, attempt } = flaky(
      1,
      failing('SlowDown', { $response: { statusCode: 503, headers: { 'retry-after': '7' } } }),
    );
    expect(await clock.drive(retrying(attempt, { clock, random: () => 0 }))).toBe('done');
    expect(at).toEqual([0, 7000]);
  });

  it('does not wait longer than it may in all', async () => {
    const { clock, at, attempt } = flaky(
      1,
      failing('SlowDown', { $response: { statusCode: 503, headers: { 'retry-after': '900' } } }),
    );
    await expect(clock.drive(retrying(attempt, { clock, random: () => 0 }))).rejects.toThrow('SlowDown');
    expect([at.length, clock.now()]).toEqual([1, 0]);
  });

  it('stops when it is called off', async () => {
    const off = new AbortController();
    const { clock, attempt } = flaky(1000, failing('Throttling'));
    const running = retrying(attempt, { clock, random: () => 0.9, signal: off.signal });
    clock.after(50, () => off.abort(new Error('called off')));
    await expect(clock.drive(running)).rejects.toThrow('called off');
  });
});
