/** Adds what drills and real events showed to a result: of the estate's own world with figures; simulated ones as rehearsed. */
import type { Demonstration } from '../verdicts/demonstrated.ts';
import type { Shown } from '../verdicts/kpi5.ts';
import { kpi2Of, shareOf } from './result.ts';
import type { VerifyResult } from './result-schema.ts';

export interface EvidenceSeen {
  /** Drills whose records were read. */
  readonly drills: number;
  /** Packs and stores that were read, and who signed them. */
  readonly sources: readonly { readonly from: string; readonly signedBy: string | undefined }[];
}

/** In a live estate what was simulated stands in its own column, and in nothing else. */
export function withEvidence(result: VerifyResult, { own, rehearsed }: Demonstration, seen: EvidenceSeen): VerifyResult {
  const isLive = result.world === 'live';
  const shown = own?.shown ?? new Map<string, Shown>();
  return {
    ...result,
    metrics: result.metrics.map((m) => {
      const simulated = rehearsed.get(m.id);
      const live = isLive ? shown.get(m.id) : undefined;
      return {
        ...m,
        demonstrated: live === undefined ? null : shownOf(live),
        rehearsed: simulated === undefined ? null : shownOf(simulated),
      };
    }),
    kpis:
      result.kpis === null
        ? null
        : {
            ...result.kpis,
            kpi2Demonstrated: own === undefined ? null : kpi2Of(own.kpi2),
            kpi5:
              own === undefined
                ? null
                : {
                    all: shareOf(own.kpi5.all),
                    actual: shareOf(own.kpi5.actual),
                    test: shareOf(own.kpi5.test),
                    coverage: own.kpi5.coverage,
                    strict: own.kpi5.strict,
                  },
          },
    evidence: {
      drills: seen.drills,
      sources: seen.sources.map(({ from, signedBy }) => ({ from, signedBy: signedBy ?? null })),
    },
  };
}

type ShownResult = NonNullable<VerifyResult['metrics'][number]['demonstrated']>;

function shownOf({ verdict, worst, reason, at, expired }: Shown): ShownResult {
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    verdict,
    worst,
    reason,
    at: at === undefined ? null : time(at),
    expired: expired.map((e) => ({ run: e.run, member: e.member, at: time(e.at), why: e.why, reason: e.reason })),
  };
}
