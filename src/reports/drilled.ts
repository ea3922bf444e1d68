/** Adds what drills showed to a result: live ones as demonstrated, with KPI 5; simulated ones as rehearsed, and in no figure. */
import type { MetricVerdict } from '../model/verdict.ts';
import { demonstratedVerdict, kpi5, type Observation, rehearsedVerdict, type Shown } from '../verdicts/kpi5.ts';
import { shareOf } from './result.ts';
import type { VerifyResult } from './result-schema.ts';
import { established } from './words.ts';

type ShownResult = NonNullable<VerifyResult['metrics'][number]['demonstrated']>;

/** `membersOf`: names of everything that the metric's scope stands for; a drill of one says nothing about the others. */
export function withDrills(
  result: VerifyResult,
  verdicts: readonly MetricVerdict[],
  observations: readonly Observation[],
  membersOf: (verdict: MetricVerdict) => readonly string[],
): VerifyResult {
  const byId = new Map(verdicts.map((v) => [v.metric.id, v]));
  const live = observations.filter((o) => o.world === 'live');
  const attained = kpi5(verdicts, live, 'live');
  return {
    ...result,
    metrics: result.metrics.map((m) => {
      const verdict = byId.get(m.id);
      if (verdict === undefined) return m;
      const own = observations.filter((o) => o.metric === m.id);
      const members = membersOf(verdict);
      return {
        ...m,
        demonstrated: own.some((o) => o.world === 'live') ? carried(m, demonstratedVerdict(verdict, own, members)) : null,
        rehearsed: own.some((o) => o.world === 'simulated') ? { ...rehearsedVerdict(verdict, own, members) } : null,
      };
    }),
    kpis:
      result.kpis === null
        ? null
        : {
            ...result.kpis,
            kpi5:
              live.length === 0
                ? null
                : {
                    all: shareOf(attained.all),
                    actual: shareOf(attained.actual),
                    test: shareOf(attained.test),
                    coverage: attained.coverage,
                    strict: attained.strict,
                  },
          },
  };
}

/** A not-met of the levels below carries upwards; a drill that went well does not mend it. */
function carried(metric: VerifyResult['metrics'][number], shown: Shown): ShownResult {
  const below = established(metric);
  const before = below.verdict === 'not-met' ? below : metric.designed.verdict === 'not-met' ? metric.designed : undefined;
  return shown.verdict !== 'not-met' && before !== undefined
    ? { ...shown, verdict: 'not-met', reason: `by design: ${before.reason}` }
    : { ...shown };
}
