/** What the drills of a rehearsal came to, metric by metric. */
import type { Held } from '../../src/drills/observe.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import { type DrillReport, drillReport, REHEARSAL_VERSION, type RehearsalResult } from '../../src/reports/rehearsal.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { type Observation, rehearsedVerdict, type Shown } from '../../src/verdicts/kpi5.ts';
import type { Rehearsal } from './rehearsing.ts';

export function resultFrom(
  made: Rehearsal,
  drills: readonly Held[],
  observations: readonly Observation[],
  seed: number,
  today: string,
): RehearsalResult {
  return {
    schemaVersion: REHEARSAL_VERSION,
    command: 'rehearse',
    world: 'simulated',
    date: today,
    seed,
    catalogue: made.judgement.catalogue?.file ?? null,
    metrics: metricsOf(made, made.judgement, observations),
    drills: drills.map((d): DrillReport => drillReport(d)),
    notes: [...made.notes],
    engine: null,
  };
}

function metricsOf(made: Rehearsal, judgement: Judgement, observations: readonly Observation[]): RehearsalResult['metrics'] {
  return judgement.verdicts
    .filter((v) => observations.some((o) => o.metric === v.metric.id))
    .map((v) => {
      const seen = rehearsedVerdict(v, observations, made.membersOf(v));
      return {
        id: v.metric.id,
        service: v.metric.serviceId,
        type: v.metric.type,
        scope: v.metric.scope,
        clock: v.metric.clock,
        target: v.metric.target,
        designed: v.verdict,
        ...(v.verdict === 'not-met' && seen.verdict !== 'not-met' ? carried(v, seen) : seen),
      };
    });
}

/** A not-met of the design carries upwards: one drill that went well does not mend it. */
const carried = (designed: MetricVerdict, seen: Shown): Shown => ({
  ...seen,
  verdict: 'not-met',
  reason: `by design: ${designed.reason} (rehearsed: ${seen.reason})`,
});
