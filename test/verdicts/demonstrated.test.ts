import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import { type Demonstration, demonstrate, type Fix, type KeptObservation } from '../../src/verdicts/demonstrated.ts';
import { materialOf } from '../../src/verdicts/material.ts';
import type { Spec } from '../services/support-traffic.ts';
import { judgeSpecs, MULTI_AZ, promising, SINGLE_AZ, TABLE } from './estates.ts';

const METRICS = '{ RTO: { az: 15m, region: 1h }, RPO: { az: 5m, data: 1h }, INVOKE: { region: 10m } }';
const NAMED: Spec = { ...MULTI_AZ, inputs: { ...MULTI_AZ.inputs, engineVersion: '16.1' } };
const judgement = judgeSpecs([TABLE, NAMED], promising(METRICS));
const metricOf = (name: string) => {
  const verdict = judgement.verdicts.find((v) => v.metric.id === `sla/shop/${name}`);
  if (verdict === undefined) throw new Error(`no ${name}`);
  return verdict;
};
const RTO = metricOf('RTO-az').metric;
/** Nobody below says anything: what is shown decides alone. */
const established: readonly MetricVerdict[] = judgement.verdicts.map((v) => ({ ...v, verdict: 'unknown' }));

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-02');
const ZONES = ['us-east-1a', 'us-east-1b'];
const MATERIAL = materialOf(judgement, RTO.id);

const seen = (changes: Partial<KeptObservation> = {}): KeptObservation => {
  const metric = changes.metric ?? RTO.id;
  const known = judgement.verdicts.find((v) => v.metric.id === metric)?.metric;
  return {
    metric,
    member: 'us-east-1a',
    source: 'test',
    world: 'live',
    at: NOW - 10 * DAY,
    value: 60,
    automatic: true,
    run: 'r',
    says: 'recovered after 1m',
    kind: 'az-loss',
    service: 'shop',
    scope: known?.scope ?? 'az',
    material: known === undefined ? undefined : materialOf(judgement, metric).hash,
    parts: MATERIAL.parts,
    members: ZONES,
    ...changes,
  };
};
const both = ZONES.map((member) => seen({ member }));
const shown = (observations: readonly KeptObservation[], fixes: readonly Fix[] = [], below = established): Demonstration =>
  demonstrate(judgement, below, { observations, fixes }, NOW);
const verdictOf = (observations: readonly KeptObservation[], fixes: readonly Fix[] = [], metric = RTO.id) =>
  shown(observations, fixes).own?.shown.get(metric);
const later = (days: number, changes: Partial<KeptObservation> = {}) =>
  seen({ at: NOW - (10 - days) * DAY, run: 'again', ...changes });

describe('the demonstrated verdict', () => {
  it.each<[string, readonly KeptObservation[], string]>([
    ['every member, kept', both, 'met'],
    ['one member of two', [seen()], 'unknown'],
    ['too old for tier 1', both.map((o) => ({ ...o, at: NOW - 181 * DAY })), 'expired'],
    ['old, and not too old', both.map((o) => ({ ...o, at: NOW - 179 * DAY })), 'met'],
    ['something has changed since', both.map((o) => ({ ...o, material: '0'.repeat(64) })), 'expired'],
    ['nobody wrote down on what it rested', both.map((o) => ({ ...o, material: undefined })), 'expired'],
    ['one member expired, the other never tested', [seen({ material: '0'.repeat(64) })], 'unknown'],
    ['one member expired', [seen(), seen({ member: 'us-east-1b', material: '0'.repeat(64) })], 'expired'],
    ['failed, and expired since', [seen({ value: 901, at: NOW - 200 * DAY }), ...both], 'met'],
    ['of another scope', both.map((o) => ({ ...o, scope: 'region' as const })), 'unknown'],
    ['of another service', both.map((o) => ({ ...o, service: 'till' })), 'unknown'],
    ['around a table', both.map((o) => ({ ...o, kind: 'table-top' as const })), 'unknown'],
    ['worse before', [...both, later(-1, { value: 901 })], 'not-met'],
    [
      'worse before, and tested again without a fix',
      [seen({ value: 901 }), ...both.map((o) => ({ ...o, at: NOW, run: 's' }))],
      'not-met',
    ],
    ['a real event after a test that failed', [seen({ value: 901 }), later(1, { source: 'actual' }), both[1] ?? seen()], 'met'],
    [
      'a test that failed after a real event',
      [seen({ source: 'actual' }), later(1, { value: 901 }), both[1] ?? seen()],
      'not-met',
    ],
    [
      'a real event that failed, and a test that went well',
      [seen({ source: 'actual', value: 901 }), later(1), both[1] ?? seen()],
      'not-met',
    ],
  ])('%s: %s', (_, observations, expected) => {
    expect(verdictOf(observations)?.verdict).toBe(expected);
  });

  it.each<[string, readonly Fix[], readonly KeptObservation[], string]>([
    ['fixed and tested again', [{ run: 'r', at: NOW - 9 * DAY }], [later(2)], 'met'],
    ['fixed, not tested again', [{ run: 'r', at: NOW - 9 * DAY }], [], 'not-met'],
    ['tested again before the fix', [{ run: 'r', at: NOW - 7 * DAY }], [later(2)], 'not-met'],
    ['fixed before it failed', [{ run: 'r', at: NOW - 11 * DAY }], [later(2)], 'not-met'],
    ['another run fixed', [{ run: 'other', at: NOW - 9 * DAY }], [later(2)], 'not-met'],
    ['failed again', [{ run: 'r', at: NOW - 9 * DAY }], [later(2, { value: 902 })], 'not-met'],
    ['tested again without another member', [{ run: 'r', at: NOW - 9 * DAY }], [later(2, { member: 'us-east-1b' })], 'not-met'],
  ])('%s: %s', (_, fixes, again, expected) => {
    const other = seen({ member: 'us-east-1b', run: 'q' });
    expect(verdictOf([seen({ value: 901 }), other, ...again], fixes)?.verdict).toBe(expected);
  });

  it('says what expired, when and why', () => {
    const changed = judgeSpecs([TABLE, { ...NAMED, inputs: { ...NAMED.inputs, engineVersion: '17.1' } }], promising(METRICS));
    const evidence = { observations: both, fixes: [] };
    const now = demonstrate(changed, changed.verdicts, evidence, NOW).own?.shown.get(RTO.id);
    expect(now?.expired).toEqual(
      ZONES.map((member) => ({
        run: 'r',
        member,
        at: NOW - 10 * DAY,
        why: 'changed',
        reason: expect.stringContaining('2026-05-23') as string,
      })),
    );
    expect(now?.reason).toContain('orders');
    const old = verdictOf([seen({ at: NOW - 200 * DAY })])?.expired[0];
    expect(old).toMatchObject({ why: 'age', reason: expect.stringMatching(/2025-11-14.*200d.*180d/) as string });
  });

  it('names what is new and what is gone', () => {
    const reason = (specs: readonly Spec[], metrics = METRICS): string | undefined => {
      const after = judgeSpecs(specs, promising(metrics));
      return demonstrate(after, after.verdicts, { observations: both, fixes: [] }, NOW).own?.shown.get(RTO.id)?.expired[0]
        ?.reason;
    };
    expect(reason([TABLE, NAMED, { ...TABLE, name: 'more' }])).toMatch(/more is new/);
    expect(reason([NAMED])).toMatch(/carts is gone/);
    expect(reason([TABLE, NAMED], METRICS.replace('15m', '14m'))).toMatch(/the promise itself$/);
  });

  it('what was seen later is not looked at', () => {
    expect(shown(both.map((o) => ({ ...o, at: NOW + 1 }))).own).toBeUndefined();
  });

  it('people who decide around a table show how fast they do', () => {
    const invoke = metricOf('INVOKE-region').metric.id;
    const talked = seen({ metric: invoke, kind: 'table-top', member: 'us-east-1', members: ['us-east-1'], automatic: false });
    expect(verdictOf([talked], [], invoke)?.verdict).toBe('met');
  });
});

describe('the levels below', () => {
  it('a not-met carries upwards, an unknown does not', () => {
    const broken = judgeSpecs([TABLE, SINGLE_AZ], promising(METRICS));
    const observations = both.map((o) => ({ ...o, material: materialOf(broken, RTO.id).hash }));
    const { own } = demonstrate(broken, broken.verdicts, { observations, fixes: [] }, NOW);
    expect(broken.verdicts.find((v) => v.metric.id === RTO.id)?.verdict).toBe('not-met');
    expect(own?.shown.get(RTO.id)?.verdict).toBe('not-met');
    expect(own?.kpi2.all.met).toBe(0);
    expect(shown(both).own?.kpi2.all.met).toBe(1);
  });

  it('K2 at this level is over every metric, tested or not', () => {
    const { own } = shown(both);
    const counted = judgement.verdicts.filter((v) => v.countsForKpi2);
    expect(own?.kpi2.all).toMatchObject({ n: counted.length, met: 1 });
    expect(own?.kpi5).toMatchObject({ all: { n: 1, met: 1 }, strict: 100 / judgement.verdicts.length });
  });

  it('a person who acted keeps it only where a person may', () => {
    const { own } = shown(both.map((o) => ({ ...o, automatic: false })));
    expect(own?.kpi2.all.met).toBe(0);
    expect(own?.kpi2.feasibleWithPerson.met).toBe(1);
    expect(own?.kpi5.all.met).toBe(1);
  });
});

describe('members', () => {
  const inZones = (zones: readonly string[]) => {
    const databases = zones.map((availabilityZone, i) => ({
      ...SINGLE_AZ,
      name: `orders-${i}`,
      inputs: { ...SINGLE_AZ.inputs, availabilityZone },
    }));
    return judgeSpecs([TABLE, ...databases], promising(METRICS));
  };
  const verdictIn = (of: typeof judgement, observations: readonly KeptObservation[]) => {
    const material = materialOf(of, RTO.id).hash;
    const below = of.verdicts.map((v) => ({ ...v, verdict: 'unknown' as const }));
    const evidence = { observations: observations.map((o) => ({ ...o, material })), fixes: [] };
    return demonstrate(of, below, evidence, NOW).own?.shown.get(RTO.id)?.verdict;
  };

  it.each<[string, readonly string[], readonly KeptObservation[], string]>([
    ['that the sources name, whatever the drills knew of', ZONES, both.map((o) => ({ ...o, members: [] })), 'met'],
    ['of whom one was never lost', [...ZONES, 'us-east-1c'], both, 'unknown'],
    ['that moved since, as far as anybody can tell', ['us-east-1b', 'us-east-1c'], both, 'unknown'],
    ['that a deployment chooses: those that the drills named', ['az:us-east-1:1', 'az:us-east-1:2'], both, 'met'],
    ['that a deployment chooses, and not all were lost', ['az:us-east-1:1', 'az:us-east-1:2'], [seen()], 'unknown'],
    ['of whom the drills knew too few', ['az:us-east-1:1', 'az:us-east-1:2'], [seen({ members: ['us-east-1a'] })], 'unknown'],
    ['of another Region than the drills', ['az:eu-west-1:1', 'az:eu-west-1:2'], both, 'unknown'],
  ])('%s', (_, zones, observations, expected) => {
    expect(verdictIn(inZones(zones), observations)).toBe(expected);
  });
});

describe('worlds', () => {
  const observation = fc
    .record({
      metric: fc.constantFrom(...judgement.verdicts.map((v) => v.metric.id)),
      member: fc.constantFrom(...ZONES, '*', 'us-east-1'),
      source: fc.constantFrom('actual' as const, 'test' as const),
      at: fc.integer({ min: NOW - 400 * DAY, max: NOW }),
      value: fc.oneof(fc.nat(5000), fc.constantFrom('never' as const, 'all' as const, null)),
      automatic: fc.boolean(),
      run: fc.constantFrom('r', 's'),
      members: fc.subarray([...ZONES, '*', 'us-east-1']),
    })
    .map((o) => seen(o));
  const fixes = fc.array(fc.record({ run: fc.constantFrom('r', 's'), at: fc.integer({ min: NOW - 400 * DAY, max: NOW }) }), {
    maxLength: 2,
  });

  it('what was simulated changes nothing of a live estate, and what is live is no rehearsal', () => {
    fc.assert(
      fc.property(fc.array(observation), fc.array(observation), fixes, (live, others, fixed) => {
        const simulated = others.map((o) => ({ ...o, world: 'simulated' as const }));
        const alone = shown(live, fixed, judgement.verdicts);
        const beside = shown([...live, ...simulated], fixed, judgement.verdicts);
        expect(beside.own).toEqual(alone.own);
        expect(beside.rehearsed).toEqual(shown(simulated, fixed, judgement.verdicts).rehearsed);
        expect(alone.rehearsed.size).toBe(0);
      }),
    );
  }, 60_000);

  it('one more observation never makes a broken promise kept, unless something really happened since', () => {
    fc.assert(
      fc.property(fc.array(observation), observation, (before, next) => {
        const test = { ...next, source: 'test' as const };
        const was = shown(before).own?.shown ?? new Map<string, { verdict: string }>();
        const is = shown([...before, test]).own?.shown;
        for (const [metric, { verdict }] of was) if (verdict === 'not-met') expect(is?.get(metric)?.verdict).toBe('not-met');
      }),
    );
  }, 60_000);

  it('no metric that is not met at a level below is met above it', () => {
    fc.assert(
      fc.property(fc.array(observation), (observations) => {
        const { own } = shown(observations, [], judgement.verdicts);
        for (const v of judgement.verdicts)
          if (v.verdict === 'not-met') expect(own?.shown.get(v.metric.id)?.verdict ?? 'not-met').toBe('not-met');
      }),
    );
  }, 60_000);
});
