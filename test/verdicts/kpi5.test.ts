import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demonstratedVerdict, kpi5, type Observation, rehearsedVerdict } from '../../src/verdicts/kpi5.ts';
import { judgeSpecs, promising, TABLE } from './estates.ts';

const { verdicts } = judgeSpecs([TABLE], promising('{ RTO: { az: 15m, region: 1h }, RPO: { az: 5m } }'));
const [rto] = verdicts;
if (rto === undefined) throw new Error('the catalogue has a metric');

const seen = (changes: Partial<Observation> = {}): Observation => ({
  metric: rto.metric.id,
  member: 'us-east-1a',
  source: 'test',
  world: 'live',
  at: 0,
  value: 60,
  automatic: true,
  run: 'r',
  says: 'recovered after 1m',
  ...changes,
});
const ZONES = ['us-east-1a', 'us-east-1b'];
const both = ZONES.map((member) => seen({ member }));

describe('the demonstrated verdict', () => {
  it.each([
    ['every member lost, kept each time', both, 'met'],
    ['one member only', [seen()], 'unknown'],
    ['nothing', [], 'unknown'],
    ['too late once', [...both, seen({ value: 901 })], 'not-met'],
    ['late for one member, the other not tested', [seen({ value: 901 })], 'not-met'],
    ['never', [...both, seen({ value: 'never' })], 'not-met'],
    ['everything lost', [...both, seen({ value: 'all' })], 'not-met'],
    ['a person acted', [seen(), seen({ member: 'us-east-1b', automatic: false })], 'not-met'],
    ['a drill that was called off', [seen(), seen({ member: 'us-east-1b', value: null })], 'unknown'],
    ['of another metric', both.map((o) => ({ ...o, metric: 'x' })), 'unknown'],
    ['simulated', both.map((o) => ({ ...o, world: 'simulated' as const })), 'unknown'],
  ] as const)('%s', (_, observations, expected) => {
    expect(demonstratedVerdict(rto, observations, ZONES).verdict).toBe(expected);
  });

  it('nobody can demonstrate members that nobody knows', () => {
    expect(demonstratedVerdict(rto, both, []).verdict).toBe('unknown');
  });

  it('live drills are not rehearsals either', () => {
    expect(rehearsedVerdict(rto, both, ZONES).verdict).toBe('unknown');
    expect(
      rehearsedVerdict(
        rto,
        both.map((o) => ({ ...o, world: 'simulated' as const })),
        ZONES,
      ).verdict,
    ).toBe('met');
  });
});

describe('KPI 5', () => {
  it('counts what was observed, with coverage beside it; the worst wins', () => {
    const one = kpi5(verdicts, [seen(), seen({ value: 901, source: 'actual' })], 'live');
    expect(one.all).toMatchObject({ n: 1, met: 0, notMet: 1 });
    expect(one.test).toMatchObject({ n: 1, met: 1 });
    expect(one.actual).toMatchObject({ n: 1, met: 0 });
    expect(one.coverage).toBeCloseTo(100 / 3);
    expect(kpi5(verdicts, [seen()], 'live').strict).toBeCloseTo(100 / 3);
    expect(kpi5(verdicts, [seen({ value: null })], 'live')).toMatchObject({ coverage: 0, strict: 0 });
  });

  const observation = fc.record({
    metric: fc.constantFrom(...verdicts.map((v) => v.metric.id)),
    member: fc.constantFrom(...ZONES),
    source: fc.constantFrom('actual' as const, 'test' as const),
    world: fc.constant('live' as const),
    at: fc.nat(),
    value: fc.oneof(fc.nat(5000), fc.constantFrom('never' as const, 'all' as const, null)),
    automatic: fc.boolean(),
    run: fc.string(),
    says: fc.string(),
  });

  it('simulated observations change no figure of a live estate', () => {
    fc.assert(
      fc.property(fc.array(observation), fc.array(observation), (live, others) => {
        const simulated = others.map((o) => ({ ...o, world: 'simulated' as const }));
        expect(kpi5(verdicts, [...live, ...simulated], 'live')).toEqual(kpi5(verdicts, live, 'live'));
        for (const v of verdicts)
          expect(demonstratedVerdict(v, [...live, ...simulated], ZONES)).toEqual(demonstratedVerdict(v, live, ZONES));
      }),
    );
  });

  it('one more observation never makes a broken promise kept', () => {
    fc.assert(
      fc.property(fc.array(observation), observation, (before, next) => {
        for (const v of verdicts)
          if (demonstratedVerdict(v, before, ZONES).verdict === 'not-met')
            expect(demonstratedVerdict(v, [...before, next], ZONES).verdict).toBe('not-met');
      }),
    );
  });
});
