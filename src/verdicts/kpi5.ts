/** KPI 5 (docs/model.md): what drills and real events showed, and what they say about each promise. Pure in the observations. */
import type { Metric } from '../model/agreement.ts';
import { isAtLeast } from '../model/agreement.ts';
import type { Share } from '../model/kpi.ts';
import { share } from '../model/kpi.ts';
import { formatDuration } from '../model/quantity.ts';
import type { World } from '../model/resource.ts';
import type { MetricVerdict, VerdictKind } from '../model/verdict.ts';

/** What one drill or one real event showed of one metric. */
export interface Observation {
  /** Id of the metric. */
  readonly metric: string;
  /** Member of the scope that was lost: it says nothing about the others. */
  readonly member: string;
  readonly source: 'actual' | 'test';
  /** What happened in simulated AWS counts in no figure of a live estate. */
  readonly world: World;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * In the metric's unit (seconds, or percent); `never`: it did not recover in time to be measured; `all`: every write was lost.
   * Null: not valid.
   */
  readonly value: number | 'never' | 'all' | null;
  /** Did nobody have to act? */
  readonly automatic: boolean;
  /** The run that showed it. */
  readonly run: string;
  /** One clause: why it is not valid, or what was seen. */
  readonly says: string;
}

/** The observations of one metric, told apart. */
export interface Standing<O extends Observation = Observation> {
  /** Valid, and still speaking for the promise as it is. */
  readonly current: readonly O[];
  /** Valid, and too old, or of something that has changed since. */
  readonly expired: readonly Expired[];
  /** Not valid, with their reasons. */
  readonly invalid: readonly O[];
}

export interface Expired {
  readonly run: string;
  readonly member: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly why: 'age' | 'changed';
  /** One clause, with dates, and with what changed where that can be told. */
  readonly reason: string;
}

export interface Kpi5 {
  /** Attained of those observed, tests and real events together; worst observation wins. Expired counts as unknown. */
  readonly all: Share;
  readonly actual: Share;
  readonly test: Share;
  /** Percent of all metrics that have a valid observation which has not expired. Attainment is never shown without it. */
  readonly coverage: number;
  /** Percent of all metrics that are attained: not tested counts against it. */
  readonly strict: number;
}

export function isAttained({ value }: Observation, { type, target }: Metric): boolean {
  return typeof value === 'number' && (isAtLeast(type) ? value >= target : value <= target);
}

/** KPI 5 looks back one year (docs/model.md). Milliseconds. */
const WINDOW = 365 * 86_400_000;

/** `standing`: the observations of a metric by these sources, of the estate's own world. `now`: milliseconds since the epoch. */
export function kpi5(
  metrics: readonly Metric[],
  standing: (metric: Metric, sources: readonly Observation['source'][]) => Standing,
  now: number,
): Kpi5 {
  const over = (sources: readonly Observation['source'][]): Share => {
    let attained = 0;
    let broken = 0;
    let expired = 0;
    for (const metric of metrics) {
      const seen = standing(metric, sources);
      const current = seen.current.filter((o) => now - o.at <= WINDOW);
      if (current.length > 0) {
        if (current.every((o) => isAttained(o, metric))) attained += 1;
        else broken += 1;
      } else if (seen.expired.some((o) => now - o.at <= WINDOW)) expired += 1;
    }
    return share(attained, broken, expired);
  };
  const all = over(['actual', 'test']);
  const percent = (part: number): number => (metrics.length === 0 ? 0 : (100 * part) / metrics.length);
  return {
    all,
    actual: over(['actual']),
    test: over(['test']),
    coverage: percent(all.met + all.notMet),
    strict: percent(all.met),
  };
}

/** What the observations of one metric come to. */
export interface Shown {
  readonly verdict: VerdictKind;
  readonly worst: Observation['value'];
  readonly reason: string;
  /** Was it kept wherever it had to be, whoever acted? */
  readonly kept: 'yes' | 'no' | 'unknown';
  /** When the newest observation that counts was made, in milliseconds since the epoch. */
  readonly at: number | undefined;
  readonly expired: readonly Expired[];
}

/** What drills that were just held in simulated AWS show of a metric. `members`: everything that its scope stands for there. */
export function rehearsedVerdict(
  designed: MetricVerdict,
  observations: readonly Observation[],
  members: readonly string[],
): Shown {
  const own = observations.filter((o) => o.metric === designed.metric.id && o.world === 'simulated');
  const isValid = (o: Observation): boolean => o.value !== null;
  const standing: Standing = { current: own.filter(isValid), expired: [], invalid: own.filter((o) => !isValid(o)) };
  return shownBy(designed, standing, members);
}

/**
 * Met: every member was lost, and each time the promise was kept, with nobody acting where a failover could keep it. The worst
 * observation wins.
 */
export function shownBy(
  { metric, countsForKpi2 }: MetricVerdict,
  { current, expired, invalid }: Standing,
  members: readonly string[],
): Shown {
  const [worst] = [...current].sort((a, b) => badness(b, metric) - badness(a, metric));
  const at = current.length === 0 ? undefined : Math.max(...current.map((o) => o.at));
  const common = { worst: worst?.value ?? null, at, expired };
  if (worst !== undefined && !isAttained(worst, metric))
    return { ...common, verdict: 'not-met', kept: 'no', reason: `${label(worst)}: ${worst.says}` };
  const missing = members.filter((m) => !current.some((o) => o.member === m));
  const kept = missing.length === 0 && members.length > 0 ? 'yes' : 'unknown';
  const byHand = countsForKpi2 ? current.find((o) => !o.automatic) : undefined;
  if (byHand !== undefined) {
    const reason = `${label(byHand)}: kept (${byHand.says}), but a person had to act`;
    return { ...common, verdict: 'not-met', kept, reason };
  }
  if (worst !== undefined && kept === 'yes') return { ...common, verdict: 'met', kept, reason: `${label(worst)}: ${worst.says}` };
  const late = missing.map((m) => expired.findLast((o) => o.member === m)).filter((o) => o !== undefined);
  if (late.length > 0 && late.length === missing.length)
    return { ...common, verdict: 'expired', kept, reason: [...new Set(late.map((o) => o.reason))].join('; ') };
  const which =
    members.length === 0
      ? 'no member of the scope is known'
      : worst === undefined && expired.length === 0
        ? 'not tested'
        : `not tested: ${missing.filter((m) => !late.some((o) => o.member === m)).join(', ')}`;
  const why = invalid.at(-1)?.says;
  return { ...common, verdict: 'unknown', kept, reason: why === undefined ? which : `${which} (${why})` };
}

/** Greater is worse. */
function badness(o: Observation, { type }: Metric): number {
  if (typeof o.value !== 'number') return Number.POSITIVE_INFINITY;
  return isAtLeast(type) ? -o.value : o.value;
}

const label = (o: Observation): string => (o.member === '*' ? 'drilled' : `without ${o.member}`);

export const seconds = (value: number): string => formatDuration(Math.round(value));
