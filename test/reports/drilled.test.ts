import { describe, expect, it } from 'vitest';
import { withDrills } from '../../src/reports/drilled.ts';
import { resultOf } from '../../src/reports/result.ts';
import { verifyResultSchema } from '../../src/reports/result-schema.ts';
import type { Observation } from '../../src/verdicts/kpi5.ts';
import { judgeSpecs, promising, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

const judgement = judgeSpecs([TABLE, SINGLE_AZ], promising('{ RTO: { az: 15m, region: 1h }, RPO: { az: 5m } }'));
const result = resultOf(judgement, 1);
const all = (world: Observation['world'], value: Observation['value'] = 1): readonly Observation[] =>
  judgement.verdicts.map((v) => ({
    metric: v.metric.id,
    member: 'm',
    source: 'test',
    world,
    at: 0,
    value,
    automatic: true,
    run: 'r',
    says: 'recovered after 1s',
  }));
const drilled = (observations: readonly Observation[]) => withDrills(result, judgement.verdicts, observations, () => ['m']);

describe('what drills showed, in a result', () => {
  it('simulated evidence imported into a live estate changes nothing but the column of its own', () => {
    for (const value of [1, 'never', 'all', null] as const) {
      const after = drilled(all('simulated', value));
      expect(after.world).toBe('live');
      expect(after.metrics.some((m) => m.rehearsed !== null)).toBe(true);
      expect({ ...after, metrics: after.metrics.map((m) => ({ ...m, rehearsed: null })) }).toEqual(result);
    }
  });

  it('live drills are demonstrated, with KPI 5 and its coverage', () => {
    const after = drilled(all('live'));
    expect(after.metrics.every((m) => m.rehearsed === null && m.demonstrated !== null)).toBe(true);
    expect(after.kpis?.kpi5).toMatchObject({ coverage: 100 });
  });

  it('a drill that went well does not mend what is broken by design', () => {
    const after = drilled(all('live'));
    const broken = after.metrics.filter((m) => m.designed.verdict === 'not-met');
    expect(broken.length).toBeGreaterThan(0);
    for (const m of broken) expect(m.demonstrated?.verdict).toBe('not-met');
  });

  it('is what the schema says', () => {
    for (const world of ['live', 'simulated'] as const)
      expect(verifyResultSchema.safeParse(drilled(all(world, 'never'))).success).toBe(true);
  });
});
