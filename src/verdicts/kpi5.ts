/** KPI 5 (docs/model.md): what drills and real events showed, and what they say about each promise. Pure in the observations. */
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
  /** Seconds; `never`: it did not recover in time to be measured; `all`: every write was lost. Null: not valid. */
  readonly value: number | 'never' | 'all' | null;
  /** Did nobody have to act? */
  readonly automatic: boolean;
  /** The run that showed it. */
  readonly run: string;
  /** One clause: why it is not valid, or what was seen. */
  readonly says: string;
}

export interface Kpi5 {
  /** Attained of those observed, tests and real events together; worst observation wins. */
  readonly all: Share;
  readonly actual: Share;
  readonly test: Share;
  /** Percent of all applicable metrics that have a valid observation. Attainment is never shown without it. */
  readonly coverage: number;
  /** Percent of all applicable metrics that are attained: not tested counts against it. */
  readonly strict: number;
}

const isValid = (o: Observation): boolean => o.value !== null;
const isAttained = (o: Observation, target: number): boolean => typeof o.value === 'number' && o.value <= target;

/** Metrics that a drill measures in seconds. */
const MEASURED: ReadonlySet<string> = new Set(['RTO', 'RPO', 'MTPD', 'DETECT']);

/** `world`: of the estate whose figure it is. Observations of another world are not looked at. */
export function kpi5(verdicts: readonly MetricVerdict[], observations: readonly Observation[], world: World): Kpi5 {
  const counted = verdicts.filter((v) => v.verdict !== 'not-applicable');
  const own = observations.filter((o) => o.world === world && isValid(o));
  const over = (sources: readonly Observation['source'][]): Share => {
    let attained = 0;
    let broken = 0;
    for (const { metric } of counted) {
      const seen = own.filter((o) => o.metric === metric.id && sources.includes(o.source));
      if (seen.length === 0) continue;
      if (seen.every((o) => isAttained(o, metric.target))) attained += 1;
      else broken += 1;
    }
    return share(attained, broken, 0);
  };
  const all = over(['actual', 'test']);
  const percent = (part: number): number => (counted.length === 0 ? 0 : (100 * part) / counted.length);
  return { all, actual: over(['actual']), test: over(['test']), coverage: percent(all.n), strict: percent(all.met) };
}

export interface Shown {
  readonly verdict: VerdictKind;
  readonly worst: Observation['value'];
  readonly reason: string;
}

/** What simulated drills show of a metric. */
export function rehearsedVerdict(
  designed: MetricVerdict,
  observations: readonly Observation[],
  members: readonly string[],
): Shown {
  return shown(
    designed,
    observations.filter((o) => o.world === 'simulated'),
    members,
  );
}

/** What live drills and real events show of a metric: nothing simulated counts. */
export function demonstratedVerdict(
  designed: MetricVerdict,
  observations: readonly Observation[],
  members: readonly string[],
): Shown {
  return shown(
    designed,
    observations.filter((o) => o.world === 'live'),
    members,
  );
}

/** Met: every member was lost, and each time the promise was kept with nobody acting. The worst observation wins. */
function shown({ metric }: MetricVerdict, observations: readonly Observation[], members: readonly string[]): Shown {
  const own = observations.filter((o) => o.metric === metric.id);
  const valid = own.filter(isValid);
  if (!MEASURED.has(metric.type)) return { verdict: 'unknown', worst: null, reason: `no drill measures ${metric.type}` };
  const worst = [...valid].sort((a, b) => size(b.value) - size(a.value))[0];
  if (worst === undefined) return { verdict: 'unknown', worst: null, reason: own[0]?.says ?? 'not tested' };
  if (!isAttained(worst, metric.target))
    return { verdict: 'not-met', worst: worst.value, reason: `${label(worst)}: ${worst.says}` };
  const byHand = valid.find((o) => !o.automatic);
  if (byHand !== undefined)
    return { verdict: 'not-met', worst: worst.value, reason: `${label(byHand)}: kept (${byHand.says}), but a person had to act` };
  const untested = members.filter((m) => !valid.some((o) => o.member === m));
  if (untested.length > 0 || members.length === 0) {
    const why = own.find((o) => !isValid(o))?.says;
    const which = untested.length === 0 ? 'no member of the scope is known' : `not tested: ${untested.join(', ')}`;
    return { verdict: 'unknown', worst: worst.value, reason: why === undefined ? which : `${which} (${why})` };
  }
  return { verdict: 'met', worst: worst.value, reason: `${label(worst)}: ${worst.says}` };
}

const size = (value: Observation['value']): number => (typeof value === 'number' ? value : Number.POSITIVE_INFINITY);
const label = (o: Observation): string => (o.member === '*' ? 'drilled' : `without ${o.member}`);

export const seconds = (value: number): string => formatDuration(Math.round(value));
