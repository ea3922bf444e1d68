import { describe, expect, it } from 'vitest';
import type { Call, Place } from '../../../src/aws/call.ts';
import { failureOf } from '../../../src/aws/failure.ts';
import type { Ground } from '../../../src/drills/ground.ts';
import { SIGNAL_CALLS } from '../../../src/drills/invocation/calls.ts';
import { stateOf } from '../../../src/drills/invocation/course.ts';
import type { Reading } from '../../../src/drills/invocation/history.ts';
import { readSignals } from '../../../src/drills/invocation/signals.ts';
import type { Outside } from '../../../src/drills/ports.ts';
import type { SignalRule } from '../../../src/model/invocation.ts';
import { VirtualClock } from '../../../src/simulator/world/clock.ts';
import { judgeSpecs, promising, TABLE } from '../../verdicts/estates.ts';
import { PLACE } from './support.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const ARN = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:shop:5xx';

type Answers = Readonly<Record<string, unknown>>;

/** A world in which each operation answers as given; an `Error` is thrown. */
function ground(answers: Answers, outside: Partial<Outside> = {}): Ground {
  const judgement = judgeSpecs(
    [{ ...TABLE, outputs: { arn: 'arn:aws:dynamodb:us-east-1:111122223333:table/carts' } }],
    promising('{ RPO: { region: 5s } }'),
  );
  const asked = async <I, O>(call: Call<I, O>, input: I, at: Place): Promise<O> => {
    const answer = answers[call.operation];
    if (answer instanceof Error) throw failureOf(answer, call, at);
    return (typeof answer === 'function' ? answer(input, at) : answer) as O;
  };
  return {
    judgement,
    outside: {
      resolvers: ['here', 'there', 'elsewhere'],
      request: async () => ({ kind: 'refused', why: 'down' }),
      resolve: async () => undefined,
      write: async () => ({ kind: 'refused', why: 'no' }),
      contents: async () => undefined,
      lag: async () => undefined,
      ...outside,
    },
    injector: {
      refuses: async () => 'nothing is disrupted here',
      begin: () => Promise.reject(new Error('disrupted')),
      state: async () => 'not-begun',
      end: async () => null,
    },
    clock: new VirtualClock(NOW),
    world: 'simulated',
    notThere: new Map(),
    session: { world: 'simulated', grade: 'read', send: asked },
    others: async () => [],
    checks: async () => undefined,
  };
}

async function read(rule: SignalRule, world: Ground): Promise<Reading> {
  const stores = [...world.judgement.roles.all].filter((r) => r.kind === 'store');
  const readings = await readSignals([{ id: 's', rule, place: PLACE }], { ground: world, entries: [], stores, within: 30_000 });
  const reading = readings.get('s');
  if (reading === undefined) throw new Error('not read');
  return reading;
}

const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });

describe('signals', () => {
  const alarm: SignalRule = { kind: 'alarm', alarm: ARN, region: undefined };
  const state = (StateValue: string, Namespace = 'AWS/ApplicationELB') => ({
    DescribeAlarms: {
      MetricAlarms: [{ AlarmName: 'shop:5xx', StateValue, Namespace, StateTransitionedTimestamp: new Date(NOW - 1000) }],
    },
  });
  it.each<[string, Answers, string]>([
    ['is in ALARM', state('ALARM'), 'yes'],
    ['is OK', state('OK'), 'no'],
    ['has no data', state('INSUFFICIENT_DATA'), 'unknown'],
    ['is not there', { DescribeAlarms: { MetricAlarms: [], CompositeAlarms: [] } }, 'unknown'],
    ['may not be read', { DescribeAlarms: denied }, 'unknown'],
    ['is a composite', { DescribeAlarms: { CompositeAlarms: [{ StateValue: 'ALARM' }] } }, 'yes'],
  ])('an alarm that %s', async (_, answers, expected) => {
    expect(stateOf((await read(alarm, ground(answers))).shows)).toBe(expected);
  });

  it('an alarm is asked for where it is, by its whole name', async () => {
    const seen: unknown[] = [];
    const world = ground({
      DescribeAlarms: (input: { AlarmNames: string[] }, at: Place) => {
        seen.push([input.AlarmNames, at]);
        return {};
      },
    });
    await read(alarm, world);
    await read({ ...alarm, alarm: 'cpu', region: 'us-west-2' }, world);
    expect(seen).toEqual([
      [['shop:5xx'], { account: '111122223333', region: 'eu-west-1' }],
      [['cpu'], { account: '111122223333', region: 'us-west-2' }],
    ]);
  });

  it('an alarm over what Route 53 sees is one point with its health checks', async () => {
    expect((await read(alarm, ground(state('OK')))).vantage).toBe('CloudWatch in eu-west-1');
    const route53 = await read(alarm, ground(state('OK', 'AWS/Route53')));
    const check = await read({ kind: 'health-check', check: 'hc-1' }, ground({}));
    expect(route53.vantage).toBe(check.vantage);
    expect(route53.since).toBe(NOW - 1000);
  });

  const checked = (well: number, of: number, config: Answers = {}): Answers => ({
    GetHealthCheck: { HealthCheck: { HealthCheckConfig: { Type: 'HTTPS', ...config } } },
    GetHealthCheckStatus: {
      HealthCheckObservations: Array.from({ length: of }, (_, i) => ({
        StatusReport: { Status: i < well ? 'Success: 200' : 'Failure' },
      })),
    },
  });
  it.each<[string, Answers, string]>([
    ['answered', checked(10, 10), 'no'],
    ['answered by few', checked(2, 10), 'no'],
    ['answered by too few', checked(1, 10), 'yes'],
    ['that is inverted', checked(10, 10, { Inverted: true }), 'yes'],
    ['without checkers', checked(0, 0), 'unknown'],
    ['that is disabled', checked(10, 10, { Disabled: true }), 'unknown'],
    ['made of others', checked(10, 10, { Type: 'CALCULATED' }), 'unknown'],
    ['that follows an alarm', checked(10, 10, { Type: 'CLOUDWATCH_METRIC' }), 'unknown'],
    ['that follows a routing control', checked(10, 10, { Type: 'RECOVERY_CONTROL' }), 'unknown'],
    ['nobody may read', { GetHealthCheck: denied }, 'unknown'],
  ])('a health check %s', async (_, answers, expected) => {
    expect(stateOf((await read({ kind: 'health-check', check: 'hc-1' }, ground(answers))).shows)).toBe(expected);
  });

  it('a health check that no source shows by its glob is not known', async () => {
    expect(stateOf((await read({ kind: 'health-check', check: '**::shop' }, ground(checked(0, 10)))).shows)).toBe('unknown');
  });

  const served = { kind: 'served', by: 'x', region: undefined, zone: undefined, took: undefined } as const;
  const by = (...answers: readonly ('up' | 'down' | 'dead')[]): Partial<Outside> => ({
    request: async (_, n) => {
      if (answers[n] === 'dead') throw new Error('no network');
      return answers[n] === 'up' ? served : { kind: 'refused', why: 'down' };
    },
  });
  it.each<[string, Partial<Outside>, string]>([
    ['nowhere', by('up', 'up', 'up'), 'no'],
    ['in one place', by('down', 'up', 'up'), 'no'],
    ['in two', by('down', 'up', 'down'), 'yes'],
    ['in one, and another cannot ask', by('down', 'dead', 'up'), 'unknown'],
    ['in two, and another cannot ask', by('down', 'dead', 'down'), 'yes'],
    ['and nobody can ask', by('dead', 'dead', 'dead'), 'unknown'],
    ['and there is no resolver', { resolvers: [] }, 'unknown'],
  ])('a probe that fails %s', async (_, outside, expected) => {
    const rule: SignalRule = { kind: 'probe', url: 'https://shop.example', failing: 2 };
    expect(stateOf((await read(rule, ground({}, outside))).shows)).toBe(expected);
  });

  it('a probe of no entry is not known', async () => {
    expect(stateOf((await read({ kind: 'probe', url: undefined, failing: 1 }, ground({}))).shows)).toBe('unknown');
  });

  it('a lag of stores that do not replicate is not known', async () => {
    const rule: SignalRule = { kind: 'lag-above', seconds: 5, of: undefined };
    expect(stateOf((await read(rule, ground({}, { lag: async () => 9 }))).shows)).toBe('unknown');
  });

  const rule: SignalRule = {
    kind: 'availability-below',
    share: 0.95,
    over: 300,
    metric: { namespace: 'CloudWatchSynthetics', name: 'SuccessPercent', dimensions: {}, region: 'eu-west-1' },
  };
  const points = (...values: readonly (readonly [minutes: number, value: number])[]): Answers => ({
    GetMetricStatistics: { Datapoints: values.map(([m, Average]) => ({ Timestamp: new Date(NOW - m * 60_000), Average })) },
  });
  it.each<[string, Answers, string]>([
    ['high enough', points([4, 100], [1, 96]), 'no'],
    ['too low', points([4, 100], [1, 80]), 'yes'],
    ['stopped', points([4, 100]), 'unknown'],
    ['empty', points(), 'unknown'],
    ['denied', { GetMetricStatistics: denied }, 'unknown'],
  ])('an availability that is %s', async (_, answers, expected) => {
    expect(stateOf((await read(rule, ground(answers))).shows)).toBe(expected);
  });

  it.each<[string, Answers, string]>([
    ['is open', { DescribeEvents: { events: [{ eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE' }] } }, 'yes'],
    ['is not there', { DescribeEvents: { events: [] } }, 'no'],
    [
      'is not shown to this account',
      { DescribeEvents: Object.assign(new Error('x'), { name: 'SubscriptionRequiredException' }) },
      'unknown',
    ],
  ])('an event that %s', async (_, answers, expected) => {
    const event: SignalRule = { kind: 'health-event', service: 'EC2', region: 'eu-west-1' };
    expect(stateOf((await read(event, ground(answers))).shows)).toBe(expected);
  });

  it('that never answers is not known, and holds nothing up', async () => {
    const world = ground({ DescribeAlarms: () => new Promise(() => undefined) });
    const clock = new VirtualClock(NOW);
    const reading = await clock.drive(read(alarm, { ...world, clock }));
    expect(stateOf(reading.shows)).toBe('unknown');
    expect(clock.now() - NOW).toBe(30_000);
  });

  it('read and change nothing', () => {
    expect(SIGNAL_CALLS.every((c) => c.grade === 'read')).toBe(true);
  });
});
