/** Phrases that the table and Markdown share. */
import { formatAbout, formatPercent } from '../model/quantity.ts';
import type { VerifyResult } from './result-schema.ts';

export type MetricResult = VerifyResult['metrics'][number];
export type FindingResult = VerifyResult['findings'][number];
type ShareResult = NonNullable<VerifyResult['kpis']>['kpi2']['all'];

export function predictedText(metric: MetricResult): string {
  const p = metric.designed.predicted;
  if (p === null) return '–';
  const value = p.atPercentile;
  return value === 'never' ? 'never' : formatAbout(value);
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

export function headline(result: VerifyResult): string {
  const r = result.resources;
  return `${r.total} resources: ${r.modelled + r.parts} read, ${r.inert + r.components} cannot affect recovery, ${r.notModelled} not modelled`;
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

export const SCOPE_WORDS = { az: 'AZ', region: 'Region', data: 'data' } as const;

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
