/** What a busy engineer wants first: verdicts, then findings, then KPIs, then what nobody can tell. */
import { formatPercent } from '../model/quantity.ts';
import { comparisonRows } from './compared-words.ts';
import { obligationLines } from './obligations.ts';
import { remedyLines } from './remedy-lines.ts';
import type { VerifyResult } from './result-schema.ts';
import type { Cell, Paint, Style } from './text.ts';
import { columns, plainText, wrap } from './text.ts';
import type { FindingResult, MetricResult, SurveyResult, SurveyScope } from './words.ts';
import {
  established,
  evidenceLines,
  evidenceSources,
  factText,
  grouped,
  headline,
  highest,
  holdsNoData,
  kpi2Levels,
  kpi5Lines,
  placeText,
  predictedText,
  survivalText,
  whyText,
  withoutTitle,
  worstAnswer,
} from './words.ts';

export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
  /** Places shown per rule before the rest are counted. */
  readonly places: number;
  /** The command that comes next. */
  readonly next: string;
}

/** From here on there is room for the levels that `verify` does not establish. */
const WIDE = 120;

const VERDICT_STYLE: Readonly<Record<string, Style>> = {
  met: 'good',
  'not-met': 'bad',
  unknown: 'doubt',
  expired: 'doubt',
  'not-applicable': 'dim',
};
const SEVERITY_STYLE: Readonly<Record<string, Style>> = { critical: 'bad', high: 'doubt', medium: 'dim', low: 'dim' };
const SURVIVAL_STYLE: Readonly<Record<string, Style>> = {
  survives: 'good',
  recovers: 'good',
  person: 'doubt',
  lost: 'bad',
  unknown: 'doubt',
};

export function renderTable(result: VerifyResult, options: TableOptions): string {
  const { paint, width } = options;
  const lines: string[] = [];
  const sources = result.sources
    .map((s) => `${plainText(s.source)} (${s.kind}, ${plainText(`${s.project}/${s.stack}`)})`)
    .join(', ');
  const title = wrap(
    `${result.level === 'designed' ? 'Designed level' : 'In-place level'} · world: ${result.world} · ${result.date} · ${sources}`,
    width,
  );
  lines.push(...title.map((line) => paint(line, 'bold')), ...headline(result).flatMap((line) => wrap(line, width)), '');
  if (result.metrics.length > 0) lines.push(...metricLines(result, options));
  if (result.survey.length > 0) lines.push(...surveyLines(result, options));
  lines.push(...comparisonLines(result, options));
  lines.push(...remedyLines(result, options));
  lines.push(...obligationLines(result, options));
  lines.push(...findingLines(result, options));
  lines.push(...liveLines(result, options));
  lines.push(...evidenceSection(result, options));
  if (result.kpis !== null) lines.push(...kpiLines(result, options));
  lines.push(...ignoranceLines(result, options));
  if (options.next !== '') lines.push(...wrap(`Next: ${plainText(options.next)}`, width));
  return `${lines.join('\n')}\n`;
}

function metricLines(result: VerifyResult, { width, paint }: TableOptions): string[] {
  const lines: string[] = [];
  const ids = [...new Set(result.metrics.map((m) => m.service))];
  for (const id of ids) {
    const service = result.services.find((s) => s.id === id);
    const about =
      service === undefined
        ? ''
        : ` · tier ${service.tier}${service.owner === null ? '' : ` · ${service.owner}`} · ${service.resources} resources`;
    lines.push(paint(plainText(`${service?.title ?? id}${about}`), 'bold'));
    const levels = levelsOf(result, width);
    const header = ['metric', 'target', 'predicted', 'path', ...levels.map((l) => LEVEL_WORDS[l]), 'why'].map(
      (text): Cell => ({ text, style: 'dim' }),
    );
    const rows = result.metrics.filter((m) => m.service === id).map((m) => metricRow(m, levels));
    lines.push(...columns([header, ...rows], width, paint), '');
  }
  return lines;
}

const LEVEL_WORDS = { designed: 'designed', inPlace: 'in place', demonstrated: 'demonstrated', rehearsed: 'rehearsed' } as const;
type Level = keyof typeof LEVEL_WORDS;

/** The three levels where there is room; else those that were looked at. What was rehearsed only where something was. */
function levelsOf({ metrics, level }: VerifyResult, width: number): readonly Level[] {
  const isWide = width >= WIDE;
  const seen = (of: Level): boolean => metrics.some((m) => m[of] !== null);
  return (['designed', 'inPlace', 'demonstrated', 'rehearsed'] as const).filter(
    (of) => of === 'designed' || seen(of) || (isWide && of !== 'rehearsed') || (of === 'inPlace' && level === 'in-place'),
  );
}

function metricRow(m: MetricResult, levels: readonly Level[]): Cell[] {
  const d = established(m);
  const verdicts = levels.map((level) => m[level]);
  return [
    { text: `${m.type} ${m.scope}${m.scopeDefaulted ? '*' : ''}` },
    { text: `${m.target.text}${m.clock === 'declaration' ? ' from declaration' : ''}` },
    { text: d.predicted === null ? '–' : `p${m.percentile} ${predictedText(m)}` },
    { text: d.automation ?? '–' },
    ...verdicts.map((v): Cell => (v === null ? { text: '–' } : { text: v.verdict, ...styleOf(VERDICT_STYLE[v.verdict]) })),
    { text: whyText(d) },
  ];
}

function surveyLines(result: VerifyResult, { width, paint }: TableOptions): string[] {
  const header: Cell[] = ['resource', 'AZ lost', 'Region lost', 'data lost', 'why'].map((text) => ({ text, style: 'dim' }));
  const rows = result.survey.map((r): Cell[] => [
    { text: r.title },
    ...(['az', 'region', 'data'] as const).map(
      (scope): Cell => ({ text: survivalText(r, scope), ...styleOf(survivalStyle(r, scope)) }),
    ),
    { text: worstAnswer(r), style: 'dim' },
  ]);
  const spofs = result.survey.filter((r) => r.singlePointOfFailure);
  const doubts = result.survey.filter((r) => r.az.survival === 'unknown').length;
  const count = spofs.length === 0 ? 'none found' : spofs.length;
  const open = doubts === 0 ? '' : `, and ${doubts} that nobody can tell`;
  const lines = [paint('What survives', 'bold'), ...columns([header, ...rows], width, paint), ''];
  lines.push(paint(`Single points of failure when an AZ is lost: ${count}${open}`, 'bold'));
  if (spofs.length > 0)
    lines.push(
      ...columns(
        spofs.map((r) => [
          { text: r.title },
          { text: [withoutTitle(r, 'az'), placeText(r)].filter((t) => t !== '').join(' · ') },
        ]),
        width,
        paint,
      ),
    );
  lines.push('');
  return lines;
}

const survivalStyle = (row: SurveyResult, scope: SurveyScope): Style | undefined =>
  holdsNoData(row, scope) ? 'dim' : SURVIVAL_STYLE[row[scope].survival];

function findingLines(result: VerifyResult, { width, paint, places }: TableOptions): string[] {
  const firing = result.findings.filter((f) => f.state === 'fires');
  const open = result.findings.length - firing.length;
  if (result.findings.length === 0) return [paint('Findings: none', 'bold'), ''];
  const lines = [paint(`Findings: ${firing.length}${open === 0 ? '' : `, and ${open} that cannot be decided`}`, 'bold')];
  for (const { rule, items } of grouped(firing)) {
    const first = items[0] as FindingResult;
    const [heading = '', ...more] = wrap(plainText(`${rule}: ${first.title}`), width - first.severity.length - 3);
    lines.push(`  ${paint(first.severity, SEVERITY_STYLE[first.severity] ?? 'dim')} ${heading}`);
    lines.push(...more.map((line) => `${' '.repeat(first.severity.length + 3)}${line}`));
    const rows = items.slice(0, places).map((f): Cell[] => [{ text: f.resourceTitle }, { text: findingText(f) }]);
    lines.push(...columns(rows, width, paint, '    '));
    if (items.length > places) lines.push(`    … and ${items.length - places} more (--format json lists all)`);
  }
  lines.push('');
  return lines;
}

function findingText(f: FindingResult): string {
  const waiver =
    f.waiver === null
      ? ''
      : f.waiver.expired
        ? ` [waiver ended ${f.waiver.until}]`
        : ` [waived by ${f.waiver.approvedBy} until ${f.waiver.until}]`;
  const place = placeText(f);
  return `${f.message}${waiver}${place === '' ? '' : ` · ${place}`}`;
}

function evidenceSection(result: VerifyResult, { width, paint }: TableOptions): string[] {
  if (result.evidence === null) return [];
  const rows = evidenceLines(result).map(([m, verdict, reason]): Cell[] => [
    { text: m.id },
    { text: verdict, ...styleOf(VERDICT_STYLE[verdict.split(' ')[1] ?? '']) },
    { text: reason },
  ]);
  const title = wrap(plainText(`Evidence: ${evidenceSources(result.evidence)}`), width).map((line) => paint(line, 'bold'));
  return [...title, ...(rows.length === 0 ? ['  it speaks of none of these metrics'] : columns(rows, width, paint)), ''];
}

function liveLines({ observed, checks }: VerifyResult, { width, paint, places }: TableOptions): string[] {
  if (observed === null) return [];
  const { at, calls, gaps, missing, undeclared } = observed;
  const where = observed.places.map((p) => `${p.account}/${p.region}`).join(', ');
  const lines = wrap(`What AWS shows: ${observed.resources} resources in ${where}, ${calls} calls, at ${at}`, width).map((l) =>
    paint(l, 'bold'),
  );
  const rows: Cell[][] = gaps.map((g) => [
    { text: `not listed: ${g.types.join(', ')}`, style: 'doubt' },
    { text: `${g.account} ${g.region}: ${g.reason}: ${g.detail}` },
  ]);
  if (missing.length > 0) rows.push([{ text: 'declared, not there', style: 'bad' }, { text: missing.map(shortUrn).join(', ') }]);
  if (undeclared.length > 0) rows.push([{ text: 'there, not declared' }, { text: `${undeclared.length} resources` }]);
  if (rows.length > 0) lines.push(...columns(rows, width, paint, '  '));
  for (const check of checks) {
    lines.push(`  ${plainText(check.title)}`);
    const facts = check.facts
      .slice(0, 4 * places)
      .map((f): Cell[] => [{ text: f.resourceTitle }, { text: f.what }, { text: factText(f) }]);
    lines.push(...(facts.length === 0 ? ['    nothing to look at'] : columns(facts, width, paint, '    ')));
    if (check.facts.length > facts.length)
      lines.push(`    … and ${check.facts.length - facts.length} more (--format json lists all)`);
  }
  return [...lines, ''];
}

const shortUrn = (urn: string): string => urn.split('::').pop() ?? urn;

function comparisonLines({ baseline }: VerifyResult, { width, paint }: TableOptions): string[] {
  if (baseline === null) return [];
  const rows = comparisonRows(baseline).map(({ what, says, tone }): Cell[] => [{ text: what, ...styleOf(tone) }, { text: says }]);
  return [paint('Since the baseline', 'bold'), ...columns(rows, width, paint), ''];
}

function kpiLines(result: VerifyResult, { width, paint }: TableOptions): string[] {
  const { kpis } = result;
  if (kpis === null) return [];
  const { kpi1, kpi3, kpi5 } = kpis;
  const levels = (of: Parameters<typeof kpi2Levels>[1]): string => {
    const [designed, inPlace, shown] = kpi2Levels(kpis, of);
    return `designed ${designed} · in place ${inPlace} · ${highest(result)} ${shown}`;
  };
  const rows: Cell[][] = [
    [
      { text: 'KPI 1 agreements with continuity metrics' },
      {
        text: `${kpi1.sla + kpi1.ola} of ${kpi1.agreed} in force (${kpi1.sla} SLA, ${kpi1.ola} OLA)${kpi1.notInForce === 0 ? '' : `; ${kpi1.notInForce} not in force`}${kpi1.unsupported === 0 ? '' : `; ${kpi1.unsupported} targets that nothing underpins`}`,
      },
    ],
    [{ text: 'KPI 2 metrics kept by automatic failover' }, { text: levels('all') }],
    [{ text: '  without data scope' }, { text: levels('withoutDataScope') }],
    [{ text: '  when a person may act' }, { text: levels('feasibleWithPerson') }],
    [
      { text: 'KPI 3 services covered' },
      {
        text: `minimum set ${formatPercent(kpi3.minimum)} · any ${formatPercent(kpi3.any)} · complete ${formatPercent(kpi3.complete)} of ${kpi3.services} services${kpi3.denominatorDoubtful ? ` · denominator doubtful: ${kpi3.orphans} of ${kpi3.stateful} stateful resources belong to no service` : ''}`,
      },
    ],
  ];
  if (kpi5 !== null) {
    const [[, all = ''] = [], ...parts] = kpi5Lines(kpi5);
    rows.push([{ text: `KPI 5 attained, ${highest(result)}` }, { text: all }]);
    for (const [of, share] of parts) rows.push([{ text: `  ${of}` }, { text: share }]);
  }
  return [paint('KPIs', 'bold'), ...columns(rows, width, paint), ''];
}

function ignoranceLines(result: VerifyResult, { width, paint }: TableOptions): string[] {
  const rows: Cell[][] = [];
  for (const t of result.notModelled)
    rows.push([{ text: `not modelled: ${t.type}` }, { text: `${t.count} ${t.count === 1 ? 'resource' : 'resources'}` }]);
  if (result.orphans.length > 0)
    rows.push([{ text: 'stateful, in no service' }, { text: result.orphans.map(shortUrn).join(', ') }]);
  const open = grouped(result.findings.filter((f) => f.state === 'unknown'));
  for (const { rule, items } of open)
    rows.push([{ text: `undecided: ${rule}` }, { text: `${items.length} × ${(items[0] as FindingResult).message}` }]);
  for (const warning of result.warnings) rows.push([{ text: 'note' }, { text: warning }]);
  if (result.metrics.some((m) => m.scopeDefaulted))
    rows.push([{ text: '*' }, { text: 'scope filled in from the defaults of the service’s tier' }]);
  return rows.length === 0 ? [] : [paint('What nobody can tell, and notes', 'bold'), ...columns(rows, width, paint), ''];
}

const styleOf = (style: Style | undefined): { style: Style } | Record<string, never> => (style === undefined ? {} : { style });
