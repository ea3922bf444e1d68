import { describe, expect, it } from 'vitest';
import { withEvidence } from '../../src/reports/drilled.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { resultOf } from '../../src/reports/result.ts';
import { type VerifyResult, verifyResultSchema } from '../../src/reports/result-schema.ts';
import { renderTable } from '../../src/reports/table.ts';
import { noPaint } from '../../src/reports/text.ts';
import { demonstrate, type KeptObservation } from '../../src/verdicts/demonstrated.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { materialOf } from '../../src/verdicts/material.ts';
import { judgeSpecs, promising, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

const judgement = judgeSpecs([TABLE, SINGLE_AZ], promising('{ RTO: { az: 15m, region: 1h }, RPO: { az: 5m } }'));
const result = resultOf(judgement, 1);
const NOW = Date.parse('2026-06-02');

const all = (
  world: KeptObservation['world'],
  changes: Partial<KeptObservation> = {},
  of: Judgement = judgement,
): readonly KeptObservation[] =>
  of.verdicts.flatMap((v) =>
    of.membersOf(v).map(({ name }) => ({
      metric: v.metric.id,
      member: name,
      source: 'test',
      world,
      at: NOW - 86_400_000,
      value: 1,
      automatic: true,
      run: 'r',
      says: 'recovered after 1s',
      kind: 'az-loss',
      service: 'shop',
      scope: v.metric.scope,
      material: materialOf(of, v.metric.id).hash,
      parts: {},
      members: [name],
      ...changes,
    })),
  );
const drilled = (observations: readonly KeptObservation[], of: Judgement = judgement): VerifyResult =>
  withEvidence(resultOf(of, 1), demonstrate(of, of.verdicts, { observations, fixes: [] }, NOW), {
    drills: 1,
    sources: [{ from: 'evidence', signedBy: 'ab12' }],
  });
const table = (of: VerifyResult, width = 140): string => renderTable(of, { width, paint: noPaint, places: 5, next: '' });

describe('what drills showed, in a result', () => {
  it('simulated evidence imported into a live estate changes nothing but the column of its own', () => {
    for (const value of [1, 'never', 'all', null] as const) {
      const after = drilled(all('simulated', { value }));
      expect(after.world).toBe('live');
      expect(after.metrics.some((m) => m.rehearsed !== null)).toBe(true);
      expect({ ...after, evidence: null, metrics: after.metrics.map((m) => ({ ...m, rehearsed: null })) }).toEqual(result);
    }
  });

  it('live drills are demonstrated, with K2 and KPI 5', () => {
    const after = drilled(all('live'));
    expect(after.metrics.every((m) => m.rehearsed === null && m.demonstrated !== null)).toBe(true);
    expect(after.kpis?.kpi5).toMatchObject({ coverage: 100 });
    expect(after.kpis?.kpi2Demonstrated?.all.n).toBe(after.kpis?.kpi2.all.n);
  });

  it('in a simulated estate the figures are of rehearsals, and nothing is demonstrated', () => {
    const after = drilled(all('simulated'), { ...judgement, world: 'simulated' });
    expect(after.metrics.every((m) => m.demonstrated === null && m.rehearsed !== null)).toBe(true);
    expect(after.kpis?.kpi5).toMatchObject({ coverage: 100 });
    expect(table(after)).toMatch(/KPI 5 attained, rehearsed/);
    expect(table(after)).not.toMatch(/KPI 5 attained, demonstrated/);
    expect(drilled(all('live'), { ...judgement, world: 'simulated' }).kpis?.kpi5).toBeNull();
  });

  it('a drill that went well does not mend what is broken by design', () => {
    const after = drilled(all('live'));
    const broken = after.metrics.filter((m) => m.designed.verdict === 'not-met');
    expect(broken.length).toBeGreaterThan(0);
    for (const m of broken) expect(m.demonstrated?.verdict).toBe('not-met');
  });

  it('says what expired, and why, in every format', () => {
    const kept = judgeSpecs([TABLE], promising('{ RTO: { az: 15m } }'));
    const after = drilled(all('live', { material: 'ab'.repeat(32) }, kept), kept);
    const expired = after.metrics.filter((m) => m.demonstrated?.verdict === 'expired');
    expect(expired.length).toBeGreaterThan(0);
    expect(expired[0]?.demonstrated?.expired[0]).toMatchObject({ why: 'changed', at: '2026-06-01T00:00:00.000Z' });
    for (const text of [table(after), table(after, 80), renderMarkdown(after)]) {
      expect(text).toMatch(/changed since 2026-06-01/);
      expect(text).toContain('ab12');
    }
  });

  it('is what the schema says', () => {
    for (const world of ['live', 'simulated'] as const)
      expect(verifyResultSchema.safeParse(drilled(all(world, { value: 'never' }))).success).toBe(true);
  });
});
