/** Phrases that the table and Markdown share. */
import { formatAbout, formatPercent } from '../model/quantity.ts';
import type { VerifyResult } from './result-schema.ts';

export type MetricResult = VerifyResult['metrics'][number];
export type FindingResult = VerifyResult['findings'][number];
type ShareResult = NonNullable<VerifyResult['kpis']>['kpi2']['all'];

/** The verdict at the level that the command establishes, else at the one below it. */
export function established(metric: MetricResult): MetricResult['designed'] {
  return metric.inPlace ?? metric.designed;
}

/** The one reason that matters, the member of the scope that is worst, and whether a person would be enough. */
export function whyText({ verdict, reason, member, automation, withPerson }: MetricResult['designed']): string {
  // The path's class has a column of its own.
  const said = automation === null ? reason : reason.replace(` (${automation})`, '');
  const where = member.includes(' ') ? ` (${member})` : '';
  return `${said}${where}${verdict === 'not-met' && withPerson === 'yes' ? '. It holds when a person acts' : ''}`;
}

export function predictedText(metric: MetricResult): string {
  const p = established(metric).predicted;
  if (p === null) return '–';
  const value = p.atPercentile;
  return value === 'never' ? 'never' : formatAbout(value);
}

type Kpis = NonNullable<VerifyResult['kpis']>;

/** What the highest level is called: in simulated AWS nothing is demonstrated. */
export const highest = ({ world }: VerifyResult): 'demonstrated' | 'rehearsed' =>
  world === 'live' ? 'demonstrated' : 'rehearsed';

/** KPI 2, or a variant of it, at the three levels; undefined where a level was not looked at. */
export function kpi2Levels(
  { kpi2, kpi2InPlace, kpi2Demonstrated }: Kpis,
  of: keyof Omit<Kpis['kpi2'], 'notApplicable'>,
): readonly string[] {
  return [kpi2, kpi2InPlace, kpi2Demonstrated].map((level) => (level === null ? '–' : shareText(level[of])));
}

/** `4 of 5 … · coverage 40% · strict 20%`: attainment is never shown without how much was observed at all. */
export function kpi5Lines(kpi5: NonNullable<Kpis['kpi5']>): readonly (readonly [string, string])[] {
  return [
    [
      'tests and real events',
      `${shareText(kpi5.all)} · coverage ${formatPercent(kpi5.coverage)} · strict ${formatPercent(kpi5.strict)}`,
    ],
    ['real events', shareText(kpi5.actual)],
    ['tests', shareText(kpi5.test)],
  ];
}

/** What evidence says of each metric that it speaks of: the metric, the verdict with its level, the reason. */
export function evidenceLines({ metrics }: VerifyResult): readonly (readonly [MetricResult, string, string])[] {
  return metrics.flatMap((m) =>
    (['demonstrated', 'rehearsed'] as const).flatMap((level) => {
      const shown = m[level];
      if (shown === null || (shown.at === null && shown.expired.length === 0)) return [];
      // What has expired is named also where something else decides.
      const past = shown.verdict === 'expired' ? [] : shown.expired.map((e) => e.reason);
      return [[m, `${level} ${shown.verdict}`, [shown.reason, ...new Set(past)].join('; ')] as const];
    }),
  );
}

/** `2 drills from evidence/ (signed by 12ab…)`. */
export function evidenceSources({ drills, sources }: NonNullable<VerifyResult['evidence']>): string {
  const from = sources.map((s) => (s.signedBy === null ? s.from : `${s.from} (signed by ${s.signedBy})`)).join(', ');
  return `${drills} ${drills === 1 ? 'drill' : 'drills'} from ${from}`;
}

/** `20–80%, 33.3% of what is decided (1 met, 2 not met, 7 unknown of 10)`. */
export function shareText(s: ShareResult): string {
  if (s.n === 0) return '– (no metric)';
  const bounds = s.lower === s.upper ? formatPercent(s.lower) : `${formatPercent(s.lower)} to ${formatPercent(s.upper)}`;
  const point = s.lower === s.upper ? '' : `, ${s.point === null ? '–' : formatPercent(s.point)} of what is decided`;
  return `${bounds}${point} (${s.met} met, ${s.notMet} not met, ${s.unknown} unknown of ${s.n})`;
}

export function placeText(f: { readonly position: FindingResult['position'] }): string {
  return f.position === null ? '' : `${f.position.file}:${f.position.line}:${f.position.column}`;
}

type CheckedFact = VerifyResult['checks'][number]['facts'][number];

/** `4.2 s`, `not known (throttled: …)`; with its age where it is not the state of now. */
export function factText(f: CheckedFact): string {
  const value =
    f.value === null
      ? `not known (${f.unknownBecause})`
      : typeof f.value === 'number' && f.unit === 'seconds'
        ? formatAbout(f.value)
        : typeof f.value === 'number' && f.unit === 'percent'
          ? formatPercent(f.value)
          : typeof f.value === 'boolean'
            ? f.value
              ? 'yes'
              : 'no'
            : String(f.value);
  return f.ageSeconds === null ? value : `${value}, seen ${formatAbout(f.ageSeconds)} before`;
}

/** What was read, and with a catalogue how the metrics stand. */
export function headline({ resources: r, metrics }: VerifyResult): readonly string[] {
  const read = `${r.total} resources: ${r.modelled + r.parts} read, ${r.inert + r.components} cannot affect recovery, ${r.notModelled} not modelled`;
  if (metrics.length === 0) return [read];
  const kinds = ['met', 'not-met', 'unknown', 'expired', 'not-applicable'] as const;
  const counts = kinds
    .map((kind) => ({ kind, n: metrics.filter((m) => established(m).verdict === kind).length }))
    .filter(({ kind, n }) => n > 0 || kind === 'met' || kind === 'not-met' || kind === 'unknown');
  return [read, `${metrics.length} metrics: ${counts.map(({ kind, n }) => `${n} ${kind}`).join(', ')}`];
}

/** Most severe first, each rule once with its places. */
export function grouped(
  findings: readonly FindingResult[],
): readonly { readonly rule: string; readonly items: readonly FindingResult[] }[] {
  const groups = new Map<string, FindingResult[]>();
  for (const f of findings) groups.set(f.rule, [...(groups.get(f.rule) ?? []), f]);
  return [...groups].map(([rule, items]) => ({ rule, items }));
}

const SURVIVAL_WORDS = {
  survives: 'survives',
  recovers: 'recovers',
  person: 'a person',
  lost: 'lost',
  unknown: 'unknown',
} as const;

export type SurveyResult = VerifyResult['survey'][number];
export type SurveyScope = 'az' | 'region' | 'data';

const SCOPE_WORDS = { az: 'AZ', region: 'Region', data: 'data' } as const;

/** Kinds that hold nothing which a loss of data could take. */
const WITHOUT_DATA = new Set(['compute', 'traffic', 'network', 'proxy']);

export function holdsNoData(row: SurveyResult, scope: SurveyScope): boolean {
  return scope === 'data' && WITHOUT_DATA.has(row.kind) && row.data.survival === 'survives';
}

export function survivalText(row: SurveyResult, scope: SurveyScope): string {
  return holdsNoData(row, scope) ? '–' : SURVIVAL_WORDS[row[scope].survival];
}

/** The reason in a row that already names its resource. */
export function withoutTitle(row: SurveyResult, scope: SurveyScope): string {
  const { says } = row[scope];
  return says.startsWith(`${row.title}: `) ? says.slice(row.title.length + 2) : says;
}

const WORST_FIRST = ['lost', 'person', 'unknown', 'recovers', 'survives'];

/** The worst of AZ, data and Region; among equals the first, since an AZ is lost more often than a Region. */
export function worstAnswer(row: SurveyResult): string {
  const scopes = (['az', 'data', 'region'] as const).filter((scope) => !holdsNoData(row, scope));
  const rank = (scope: SurveyScope): number => WORST_FIRST.indexOf(row[scope].survival);
  const [worst] = [...scopes].sort((a, b) => rank(a) - rank(b));
  return worst === undefined ? '' : `${SCOPE_WORDS[worst]}: ${withoutTitle(row, worst)}`;
}
