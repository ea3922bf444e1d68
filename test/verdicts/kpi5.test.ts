import { describe, expect, it } from 'vitest';
import type { Metric } from '../../src/model/agreement.ts';
import { isAttained, kpi5, type Observation, rehearsedVerdict, type Standing } from '../../src/verdicts/kpi5.ts';
import { judgeSpecs, promising, TABLE } from './estates.ts';

const { verdicts } = judgeSpecs([TABLE], promising('{ RTO: { az: 15m, region: 1h }, RPO: { az: 5m } }'));
const metrics = verdicts.map((v) => v.metric);
const [rto] = verdicts;
if (rto === undefined) throw new Error('the catalogue has a metric');

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-01');
const seen = (changes: Partial<Observation> = {}): Observation => ({
  metric: rto.metric.id,
  member: 'us-east-1a',
  source: 'test',
  world: 'simulated',
  at: NOW - DAY,
  value: 60,
  automatic: true,
  run: 'r',
  says: 'recovered after 1m',
  ...changes,
});
const ZONES = ['us-east-1a', 'us-east-1b'];
const both = ZONES.map((member) => seen({ member }));

describe('what observations come to', () => {
  it.each([
    ['every member lost, kept each time', both, 'met', 'yes'],
    ['one member only', [seen()], 'unknown', 'unknown'],
    ['nothing', [], 'unknown', 'unknown'],
    ['too late once', [...both, seen({ value: 901 })], 'not-met', 'no'],
    ['late for one member, the other not tested', [seen({ value: 901 })], 'not-met', 'no'],
    ['never', [...both, seen({ value: 'never' })], 'not-met', 'no'],
    ['everything lost', [...both, seen({ value: 'all' })], 'not-met', 'no'],
    ['a person acted', [seen(), seen({ member: 'us-east-1b', automatic: false })], 'not-met', 'yes'],
    ['a drill that was called off', [seen(), seen({ member: 'us-east-1b', value: null })], 'unknown', 'unknown'],
    ['of another metric', both.map((o) => ({ ...o, metric: 'x' })), 'unknown', 'unknown'],
    ['live', both.map((o) => ({ ...o, world: 'live' as const })), 'unknown', 'unknown'],
  ] as const)('%s', (_, observations, verdict, kept) => {
    expect(rehearsedVerdict(rto, observations, ZONES)).toMatchObject({ verdict, kept });
  });

  it('nobody can show members that nobody knows', () => {
    expect(rehearsedVerdict(rto, both, []).verdict).toBe('unknown');
  });

  it('a promise that no failover can keep may be kept by people', () => {
    const byHand = both.map((o) => ({ ...o, automatic: false }));
    expect(rehearsedVerdict({ ...rto, countsForKpi2: false }, byHand, ZONES).verdict).toBe('met');
  });

  it.each<[Metric['type'], Observation['value'], boolean]>([
    ['RTO', 900, true],
    ['RTO', 901, false],
    ['RTO', 'never', false],
    ['RPO', 'all', false],
    ['RETENTION', 899, false],
    ['RETENTION', 901, true],
    ['MBCO', 900, true],
    ['DETECT', null, false],
  ])('%s of %s against 900: %s', (type, value, expected) => {
    expect(isAttained(seen({ value }), { ...rto.metric, type, target: 900 })).toBe(expected);
  });
});

describe('KPI 5', () => {
  const over = (current: readonly Observation[], expired: Standing['expired'] = []) =>
    kpi5(
      metrics,
      (metric, sources) => ({
        current: current.filter((o) => o.metric === metric.id && sources.includes(o.source)),
        expired: metric === rto.metric ? expired : [],
        invalid: [],
      }),
      NOW,
    );
  const old = { run: 'r', member: 'us-east-1a', why: 'changed', reason: 'changed' } as const;

  it('counts what was observed, with coverage beside it; the worst wins', () => {
    const one = over([seen(), seen({ value: 901, source: 'actual' })]);
    expect(one.all).toMatchObject({ n: 1, met: 0, notMet: 1 });
    expect(one.test).toMatchObject({ n: 1, met: 1 });
    expect(one.actual).toMatchObject({ n: 1, met: 0 });
    expect(one.coverage).toBeCloseTo(100 / 3);
    expect(over([seen()]).strict).toBeCloseTo(100 / 3);
  });

  it('what has expired is unknown, and covers nothing', () => {
    expect(over([], [{ ...old, at: NOW - DAY }])).toMatchObject({
      all: { n: 1, met: 0, unknown: 1, lower: 0, upper: 100 },
      coverage: 0,
      strict: 0,
    });
  });

  it('looks back one year', () => {
    expect(over([seen({ at: NOW - 366 * DAY })]).all.n).toBe(0);
    expect(over([], [{ ...old, at: NOW - 366 * DAY }]).all.n).toBe(0);
  });
});
