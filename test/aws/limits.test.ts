import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { LIMITS, limiter, limitOf } from '../../src/aws/limits.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';
import { throttle } from '../../src/simulator/world/throttle.ts';

const DESCRIBE = call<object, object>({ client: 'ec2', operation: 'DescribeVolumes', action: 'ec2:DescribeVolumes' });
const AT = { account: '111122223333', region: 'eu-west-1' };

describe('limitOf', () => {
  it.each([
    ['ec2:DescribeVolumes', 'ec2:Describe*'],
    ['ec2:StopInstances', 'ec2:*'],
    ['lambda:GetFunction', 'lambda:GetFunction'],
    ['lambda:ListFunctions', 'lambda:*'],
    ['route53:ListHostedZones', 'route53:*'],
  ])('%s is limited as %s', (action, line) => {
    expect(limitOf(action)).toBe(LIMITS[line]);
  });

  it('assumes a limit where AWS documents none', () => {
    expect(limitOf('rds:DescribeDBInstances').refill).toBeGreaterThan(0);
  });
});

describe('limiter', () => {
  it('never exceeds what a bucket of AWS would let through', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ capacity: fc.integer({ min: 1, max: 50 }), refill: fc.integer({ min: 1, max: 50 }) }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 120 }),
        async (limit, pauses) => {
          const clock = new VirtualClock(0);
          const aws = throttle(() => limit);
          const limits = limiter(clock, { limitOf: () => limit });
          const taken = pauses.map(async (pause, i) => {
            await clock.sleep(pause * i);
            await limits.take(DESCRIBE, AT);
            return aws.take(AT.account, AT.region, DESCRIBE.action, clock.now());
          });
          expect(await clock.drive(Promise.all(taken))).not.toContain(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('uses most of the limit: n calls take about n ÷ rate', async () => {
    const clock = new VirtualClock(0);
    const limits = limiter(clock, { limitOf: () => ({ capacity: 10, refill: 10 }) });
    await clock.drive(Promise.all(Array.from({ length: 1000 }, () => limits.take(DESCRIBE, AT))));
    expect(clock.now()).toBeGreaterThanOrEqual(99_000);
    expect(clock.now()).toBeLessThanOrEqual(99_000 * 1.25);
  });

  it('keeps one bucket for each account, Region and action, and one for a pool', async () => {
    const clock = new VirtualClock(0);
    const one = { capacity: 1, refill: 1 };
    const limits = limiter(clock, { limitOf: (a) => (a.startsWith('route53:') ? { ...one, pool: 'route53' } : one), share: 1 });
    const other = call<object, object>({ client: 'ec2', operation: 'DescribeVpcs', action: 'ec2:DescribeVpcs' });
    const zones = call<object, object>({ client: 'route-53', operation: 'ListHostedZones', action: 'route53:ListHostedZones' });
    const checks = call<object, object>({
      client: 'route-53',
      operation: 'ListHealthChecks',
      action: 'route53:ListHealthChecks',
    });
    await clock.drive(
      Promise.all([
        limits.take(DESCRIBE, AT),
        limits.take(other, AT),
        limits.take(DESCRIBE, { ...AT, region: 'us-east-1' }),
        limits.take(DESCRIBE, { ...AT, account: '444455556666' }),
        limits.take(zones, AT),
      ]),
    );
    expect(clock.now()).toBe(0);
    await clock.drive(limits.take(checks, AT));
    expect(clock.now()).toBe(1000);
  });

  it('slows down after a throttle, once for calls that were under way together, and recovers', async () => {
    const clock = new VirtualClock(0);
    const limits = limiter(clock, { limitOf: () => ({ capacity: 1, refill: 10 }), share: 1 });
    const timed = async (n: number): Promise<number> => {
      const start = clock.now();
      await clock.drive(Promise.all(Array.from({ length: n }, () => limits.take(DESCRIBE, AT))));
      return clock.now() - start;
    };
    await timed(1);
    for (let i = 0; i < 5; i++) limits.throttled(DESCRIBE, AT);
    expect(await timed(10)).toBeCloseTo(2000, 0);
    for (let i = 0; i < 25; i++) limits.answered(DESCRIBE, AT);
    expect(await timed(10)).toBeCloseTo(1000, 0);
  });

  it('stops waiting when it is called off', async () => {
    const clock = new VirtualClock(0);
    const limits = limiter(clock, { limitOf: () => ({ capacity: 1, refill: 0.001 }) });
    const off = new AbortController();
    await limits.take(DESCRIBE, AT, off.signal);
    const waiting = limits.take(DESCRIBE, AT, off.signal);
    off.abort(new Error('called off'));
    await expect(waiting).rejects.toThrow('called off');
  });
});
