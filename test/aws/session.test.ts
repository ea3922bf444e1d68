import { describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { AwsFailure } from '../../src/aws/failure.ts';
import { limiter } from '../../src/aws/limits.ts';
import { placeOf, RefusedCall, type SessionOptions, session } from '../../src/aws/session.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { UsageError } from '../../src/model/errors.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

const LIST = call<object, { n: number }>({ client: 'rds', operation: 'DescribeDBInstances', action: 'rds:DescribeDBInstances' });
const ZONES = call<object, object>({
  client: 'route-53',
  operation: 'ListHostedZones',
  action: 'route53:ListHostedZones',
  only: 'us-east-1',
});
const DROP = call<object, object>({
  client: 'rds',
  operation: 'FailoverDBCluster',
  action: 'rds:FailoverDBCluster',
  grade: 'disrupt',
});
const AT = { account: '111122223333', region: 'eu-west-1' };

function make(answer: (n: number) => unknown, more: Partial<SessionOptions> = {}) {
  const clock = new VirtualClock(1000);
  const sent: string[] = [];
  const transport: Transport = {
    async send(client, operation, _input, at) {
      sent.push(`${client} ${operation} ${at.region}`);
      const reply = answer(sent.length);
      if (reply instanceof Error) throw reply;
      return reply as object;
    },
  };
  const made = session({
    world: 'simulated',
    grade: 'read',
    transport,
    clock,
    random: () => 0.5,
    limits: limiter(clock),
    allowed: [LIST, ZONES, DROP],
    ...more,
  });
  return { clock, sent, session: made };
}

const throttling = (): Error =>
  Object.assign(new Error('slow'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });

describe('session', () => {
  it('sends, counts and notes when it was answered', async () => {
    const { session, sent } = make((n) => ({ n }));
    expect(await session.send(LIST, {}, AT)).toEqual({ n: 1 });
    await session.send(LIST, {}, AT);
    expect(sent.length).toBe(2);
    expect(session.tally()).toEqual({
      calls: { 'rds:DescribeDBInstances': 2 },
      total: 2,
      retries: 0,
      throttled: 0,
      observedAt: { first: 1000, last: 1000 },
    });
  });

  it.each([
    [
      'is not on the list',
      call<object, object>({ client: 'rds', operation: 'DeleteDBInstance', action: 'rds:DeleteDBInstance' }),
      'not-allowed',
    ],
    ['claims another action than the list has', { ...LIST, action: 'rds:Describe' }, 'not-allowed'],
    ['is above the grade', DROP, 'above-grade'],
    ['claims a lower grade than the list has', { ...DROP, grade: 'read' as const }, 'above-grade'],
  ])('refuses what %s, before anything is sent', async (_, wrong, code) => {
    const { session, sent } = make(() => ({}));
    const refusal = await session.send(wrong, {}, AT).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(RefusedCall);
    expect((refusal as RefusedCall).code).toBe(code);
    expect(sent).toEqual([]);
  });

  it('lets a session of a higher grade do what is below it', async () => {
    const { session } = make(() => ({}), { grade: 'disrupt' });
    await session.send(LIST, {}, AT);
    await session.send(DROP, {}, AT);
    expect(session.tally().total).toBe(2);
  });

  it('tries again, and counts what that costs', async () => {
    const { session, clock } = make((n) => (n < 3 ? throttling() : { n }));
    expect(await clock.drive(session.send(LIST, {}, AT))).toEqual({ n: 3 });
    expect(session.tally()).toMatchObject({ total: 3, retries: 2, throttled: 2 });
  });

  it('throws AwsFailure and nothing else when AWS does not answer', async () => {
    for (const reply of [new Error('x'), null, 7, Object.assign(new Error('x'), { code: 'ECONNRESET' })]) {
      const { session, clock } = make(() => reply);
      expect(await clock.drive(session.send(LIST, {}, AT).catch((e: unknown) => e))).toBeInstanceOf(AwsFailure);
    }
  });

  it('gives up on an action that is never answered, long before it has been tried for everything', async () => {
    const { session, clock } = make(() => throttling());
    const all = Array.from({ length: 50 }, async (_, i) => {
      await clock.sleep(i * 60_000);
      return session.send(LIST, {}, AT).catch((e: unknown) => e);
    });
    const failures = await clock.drive(Promise.all(all));
    expect(failures.every((f) => f instanceof AwsFailure && f.kind === 'throttled')).toBe(true);
    // Eight attempts each until there is no hope, then one a minute.
    expect(session.tally().total).toBeLessThan(150);
  });

  it('stops at its budget and says what was spent where', async () => {
    const { session } = make(() => ({}), { budget: 2 });
    await session.send(LIST, {}, AT);
    await session.send(ZONES, {}, AT);
    const stop = await session.send(LIST, {}, AT).catch((e: unknown) => e);
    expect(stop).toBeInstanceOf(UsageError);
    expect((stop as UsageError).code).toBe('aws-budget');
    expect((stop as UsageError).message).toContain('rds:DescribeDBInstances 1');
    expect(session.tally().total).toBe(2);
  });

  it('is called off: no failure, no further call', async () => {
    const off = new AbortController();
    const { session, sent, clock } = make(() => throttling(), { signal: off.signal });
    const running = session.send(LIST, {}, AT).catch((e: unknown) => e);
    clock.after(50, () => off.abort(new Error('called off')));
    expect(await clock.drive(running)).toHaveProperty('message', 'called off');
    const before = sent.length;
    await expect(session.send(LIST, {}, AT)).rejects.toThrow('called off');
    expect(sent.length).toBe(before);
  });

  it('keeps few requests under way, however many wait', async () => {
    let under = 0;
    let most = 0;
    const clock = new VirtualClock(0);
    const transport: Transport = {
      async send() {
        most = Math.max(most, ++under);
        await clock.sleep(100);
        under -= 1;
        return {};
      },
    };
    const wide = session({
      world: 'live',
      grade: 'read',
      transport,
      clock,
      random: () => 0,
      limits: limiter(clock, { limitOf: () => ({ capacity: 1000, refill: 1000 }) }),
      allowed: [LIST],
      inFlight: 5,
    });
    await clock.drive(Promise.all(Array.from({ length: 50 }, () => wide.send(LIST, {}, AT))));
    expect(most).toBe(5);
  });

  it('takes a refused key for a closed Region once the key was accepted elsewhere', async () => {
    const refused = Object.assign(new Error('x'), { name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 400 } });
    const { session } = make((n) => (n === 1 ? {} : refused));
    await session.send(LIST, {}, AT);
    const failure = await session.send(LIST, {}, { ...AT, region: 'ap-east-1' }).catch((e: unknown) => e);
    expect((failure as AwsFailure).kind).toBe('not-enabled');
  });
});

describe('placeOf', () => {
  it.each([
    ['eu-west-1', 'us-east-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
    ['cn-north-1', 'cn-northwest-1'],
  ])('a global service is asked, from %s, in %s', (region, home) => {
    expect(placeOf(ZONES, { ...AT, region }).region).toBe(home);
    expect(placeOf(LIST, { ...AT, region }).region).toBe(region);
  });
});
