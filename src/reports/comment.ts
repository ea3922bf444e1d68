/** A comment for a pull request: the first ten lines are enough to decide, the rest is folded, and it always fits. */

import { firstOf } from '../model/naming.ts';
import {
  approvalText,
  type Comparison,
  changeText,
  exitText,
  findingsText,
  type Kind,
  kinds,
  kpiText,
  movementText,
  verdictsText,
} from './compared-words.ts';
import { code, escapeMarkdown, MARKS, row } from './markdown.ts';
import { changeText as codeText, goalText, optionText, pleaText, stepsText } from './remedies.ts';
import type { VerifyResult } from './result-schema.ts';
import type { FindingResult, MetricResult } from './words.ts';
import { established, headline, placeText, predictedText, shareText, whyText } from './words.ts';

/** First line of every comment: by it the next run finds the comment to replace. */
export const MARKER = '<!-- holdfast:pull-request -->';

/** GitHub refuses comments over 65,536 characters, and others sooner. Bytes. */
export const COMMENT_BYTES = 60_000;
/** Kept for the line that says what was left out. */
const RESERVE = 1_000;
/** A name or message of a resource can be of any length; in a comment it need not. */
const LONGEST = 300;
/** Names in one line of the head. */
const NAMED = 3;
/** Longest name in the head. */
const LONGEST_NAME = 80;

interface Section {
  /** In plural: `new findings`. */
  readonly what: string;
  /** Above the rows: blank, or the head of a table. */
  readonly head: readonly string[];
  /** How many rows there are; each is made when there is room for it. */
  readonly count: number;
  row(at: number): string;
  readonly open: boolean;
}

export function renderComment(result: VerifyResult, exit: 0 | 1 | 3): string {
  const head = headOf(result, exit).join('\n');
  const parts = [head];
  let left = COMMENT_BYTES - RESERVE - bytes(head);
  const leftOut: string[] = [];
  for (const section of sectionsOf(result)) {
    let room = left - bytes(framed(section, [])) - 1;
    const rows: string[] = [];
    while (rows.length < section.count) {
      const line = section.row(rows.length);
      room -= bytes(line) + 1;
      if (room < 0) break;
      rows.push(line);
    }
    if (rows.length < section.count) leftOut.push(`${section.count - rows.length} of ${section.count} ${section.what}`);
    if (rows.length === 0) continue;
    const shown = framed(section, rows);
    parts.push(shown);
    left -= bytes(shown) + 1;
  }
  if (leftOut.length > 0)
    parts.push(`\nLeft out for want of room: ${leftOut.join(', ')}. \`holdfast verify --format markdown\` shows everything.`);
  return `${parts.join('\n')}\n`;
}

const bytes = (text: string): number => Buffer.byteLength(text);

/** In a fold, under its title. */
function framed({ what, head, count, open }: Section, rows: readonly string[]): string {
  const title = `${what.charAt(0).toUpperCase()}${what.slice(1)} (${count})`;
  return ['', `<details${open ? ' open' : ''}><summary>${title}</summary>`, '', ...head, ...rows, '', '</details>'].join('\n');
}

function headOf(result: VerifyResult, exit: 0 | 1 | 3): readonly string[] {
  const { baseline, kpis } = result;
  const mark = exit === 0 ? '✅' : exit === 1 ? '❌' : '❔';
  const [, metrics] = headline(result);
  return [
    MARKER,
    `## ${mark} Holdfast: ${titleOf(result, exit)}`,
    '',
    ...(baseline === null
      ? [`- **Agreed metrics:** ${metrics ?? 'none in force'}`]
      : [`- **Agreed metrics:** ${movedText(result, baseline)}`, ...approvalLine(baseline)]),
    ...(kpis === null ? [] : [`- **KPI 2**, metrics kept by automatic failover: ${kpi2Text(result)}`]),
    `- **Findings:** ${baseline === null ? countText(open(result)) : `${findingsText(baseline)}${worstNew(result)}`}`,
    `- **Exit ${exit}:** ${exitText(exit, baseline)}.${unknownText(result)}`,
    `- World: **${result.world}**, ${result.level} level, ${result.date}${baseline === null ? '' : `, beside ${code(clip(baseline.of.file, LONGEST_NAME))} of ${escapeMarkdown(clip(baseline.of.date, LONGEST_NAME))}`}`,
  ];
}

function titleOf(result: VerifyResult, exit: 0 | 1 | 3): string {
  const [worst, ...more] = result.baseline === null ? [] : kinds(result.baseline).filter((k) => k.tone === 'bad');
  if (worst !== undefined)
    return [`${metricCount(worst.of.length)} ${worst.what}`, ...more.map((k) => `${k.of.length} ${k.what}`)].join(', ');
  const { metrics, baseline } = result;
  if (exit === 3) return 'not everything can be told';
  if (metrics.length === 0)
    return exit === 0 ? 'nothing is agreed, and no finding stands in the way' : 'findings that must be looked at';
  if (exit === 0 && baseline !== null) return 'this change breaks no agreed metric';
  const of = (...kinds: readonly string[]): number => metrics.filter((m) => kinds.includes(established(m).verdict)).length;
  const notMet = of('not-met');
  if (exit === 1) return notMet > 0 ? `${metricCount(notMet)} not met` : 'findings that must be looked at';
  const left = metrics.length - of('met', 'not-applicable');
  if (left > 0) return `${left} of ${metrics.length} agreed metrics not met or unknown, and let pass`;
  return of('met') === 0 ? 'no agreed metric applies' : 'all agreed metrics are met';
}

const metricCount = (n: number): string => (n === 1 ? '1 agreed metric' : `${n} agreed metrics`);

const TONES: Readonly<Record<Kind['tone'], string>> = { bad: '❌', good: '✅', doubt: '❔' };

function movedText({ metrics }: VerifyResult, baseline: Comparison): string {
  if (metrics.length === 0 && baseline.metrics.length === 0) return 'none in force';
  const all = kinds(baseline).map(({ what, of, tone }) => {
    const names = of.map((m) => code(clip(m.id, LONGEST_NAME)));
    return `${TONES[tone]} ${of.length} ${what}: ${firstOf(names, NAMED)}`;
  });
  return [...all, `${baseline.unchanged} as before`].join(' · ');
}

function approvalLine(baseline: Comparison): readonly string[] {
  const { approvals } = baseline;
  if (approvals.length === 0) return [];
  const who = approvals.slice(0, NAMED).map((a) => escapeMarkdown(clip(approvalText(a), LONGEST)));
  const more = approvals.length > NAMED ? `; and for ${approvals.length - NAMED} more agreements` : '';
  return [`- **Approval:** ${who.join('; ')}${more}; ${escapeMarkdown(changeText(baseline))}`];
}

function kpi2Text({ baseline, kpis }: VerifyResult): string {
  if (kpis === null) return '–';
  const moved = baseline?.kpis.find((k) => k.kpi === '2');
  const { met, notMet, unknown, n } = kpis.kpi2.all;
  return moved === undefined
    ? shareText(kpis.kpi2.all)
    : `**${kpiText(moved)}** (${met} met, ${notMet} not met, ${unknown} unknown of ${n})`;
}

const open = (result: VerifyResult): readonly FindingResult[] =>
  result.findings.filter((f) => f.waiver === null || f.waiver.expired);

function countText(findings: readonly FindingResult[]): string {
  const of = (severity: string): number => findings.filter((f) => f.state === 'fires' && f.severity === severity).length;
  const undecided = findings.filter((f) => f.state === 'unknown').length;
  return [...['critical', 'high', 'medium', 'low'].map((s) => `${of(s)} ${s}`), `${undecided} undecided`].join(', ');
}

const isNew = (f: FindingResult): boolean => f.baseline?.state === 'new' || (f.baseline?.worse ?? null) !== null;

function worstNew(result: VerifyResult): string {
  const found = open(result).filter(isNew);
  return found.length === 0 ? '' : `. New or worse: ${countText(found)}`;
}

function unknownText({ metrics }: VerifyResult): string {
  const n = metrics.filter((m) => ['unknown', 'expired'].includes(established(m).verdict)).length;
  return n === 0 ? '' : ` ${n} of ${metrics.length} metrics are unknown.`;
}

/** The most important first: what does not fit is left out from the end. */
function sectionsOf(result: VerifyResult): readonly Section[] {
  const { baseline, findings, metrics } = result;
  const moved = table('metrics that moved', ['metric', 'what', 'verdict', 'why'], baseline?.metrics ?? [], (m) => [
    m.id,
    `${m.fails ? '❌ ' : ''}${movementText(m)}`,
    verdictsText(m),
    m.after?.reason ?? m.before?.reason ?? '',
  ]);
  const approvals = list('agreements that need an approval', baseline?.approvals ?? [], (a) =>
    escapeMarkdown(`${approvalText(a)}: ${clip(a.metrics.join(', '), LONGEST)}`),
  );
  const added = list('new findings, and findings that got worse', baseline === null ? [] : findings.filter(isNew), findingLine);
  const remedies = list('ways to keep what is broken', remediesOf(result), (line) => line);
  const broken = table(
    'agreed metrics that are not met, or unknown',
    ['metric', 'target', 'predicted', 'verdict', 'why'],
    metrics.filter((m) => !['met', 'not-applicable'].includes(established(m).verdict)),
    metricCells,
  );
  const kpis = table('KPIs', ['KPI', 'what', 'before → after'], baseline?.kpis ?? [], (k) => [k.kpi, k.what, kpiText(k)]);
  const fixed = list('fixed findings', baseline?.findings.fixed ?? [], (f) =>
    [
      `**${f.severity}** ${code(f.rule)}: ${escapeMarkdown(clip(f.resourceTitle, LONGEST))}`,
      f.removed === true ? ' (the resource is gone)' : '',
    ].join(''),
  );
  const relocated = list(
    'moved findings',
    findings.filter((f) => f.baseline?.state === 'moved'),
    (f) => {
      const from = f.baseline?.from ?? '';
      return from === f.resource ? findingLine(f) : `${findingLine(f)}, before ${code(clip(from, LONGEST))}`;
    },
  );
  const others = list(
    baseline === null ? 'findings' : 'findings as before',
    findings.filter(
      (f) => f.state === 'fires' && (baseline === null || f.baseline === null || (f.baseline.state === 'unchanged' && !isNew(f))),
    ),
    findingLine,
  );
  const met = table(
    'agreed metrics that are met',
    ['metric', 'target', 'predicted', 'verdict', 'why'],
    metrics.filter((m) => established(m).verdict === 'met'),
    metricCells,
  );
  const notes = list('notes', [...(baseline?.notes ?? []), ...result.warnings], (n) => escapeMarkdown(clip(n, LONGEST)));
  return [
    { ...moved, open: true },
    approvals,
    { ...added, open: true },
    remedies,
    broken,
    kpis,
    fixed,
    relocated,
    notes,
    others,
    met,
  ];
}

/** The goal, and the best option of each metric that the change breaks; without a baseline, of each that is broken. */
function remediesOf({ remedies, baseline }: VerifyResult): readonly string[] {
  if (remedies === null) return [];
  const broken = baseline === null ? undefined : new Set(baseline.metrics.filter((m) => m.fails).map((m) => m.id));
  return [
    ...(remedies.goal === null ? [] : [`**Goal:** ${escapeMarkdown(clip(goalText(remedies.goal), LONGEST))}`]),
    ...remedies.metrics.filter((m) => broken === undefined || broken.has(m.metric)).map(bestLine),
  ];
}

function bestLine({ metric, options, people }: Remedy): string {
  const [best] = options;
  const [plea] = people;
  const name = code(clip(metric, LONGEST_NAME));
  if (best === undefined)
    return `${name}: ${escapeMarkdown(clip(plea === undefined ? 'no change that is known keeps it' : pleaText(plea), LONGEST))}`;
  const [first, ...more] = best.changes.map(codeText);
  const changes =
    first === undefined ? '' : `: ${escapeMarkdown(clip(first, LONGEST))}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  return `${name} **${best.effect}**: ${escapeMarkdown(clip(`${stepsText(best.steps)} (${optionText(best)})`, LONGEST))}${changes}`;
}

type Remedy = NonNullable<VerifyResult['remedies']>['metrics'][number];

function metricCells(m: MetricResult): readonly string[] {
  const d = established(m);
  return [
    m.id,
    m.target.text,
    d.predicted === null ? '–' : `p${m.percentile} ${predictedText(m)}`,
    MARKS[d.verdict] ?? d.verdict,
    whyText(d),
  ];
}

function findingLine(f: FindingResult): string {
  const place = placeText(f);
  const waived = f.waiver === null ? '' : f.waiver.expired ? ' *(its waiver is over)*' : ' *(waived)*';
  const worse = f.baseline?.worse ?? null;
  return [
    `**${f.severity}**${f.state === 'unknown' ? ' (undecided)' : ''} ${code(f.rule)}: `,
    escapeMarkdown(clip(`${f.resourceTitle}: ${f.message}`, LONGEST)),
    place === '' ? '' : ` (${code(clip(place, LONGEST))})`,
    worse === null ? '' : ` *(worse: ${WORSE[worse]})*`,
    waived,
  ].join('');
}

const WORSE = { certain: 'nobody could tell before', waiver: 'its waiver is over', severity: 'it weighs more' } as const;

function table<T>(what: string, columns: readonly string[], items: readonly T[], cells: (item: T) => readonly string[]): Section {
  return {
    what,
    head: [row(columns), `|${columns.map(() => '---|').join('')}`],
    count: items.length,
    row: (at) => linesAt(items, at, (item) => row(cells(item).map((c) => clip(c, LONGEST)))),
    open: false,
  };
}

function list<T>(what: string, items: readonly T[], line: (item: T) => string): Section {
  return { what, head: [], count: items.length, row: (at) => linesAt(items, at, (item) => `- ${line(item)}`), open: false };
}

function linesAt<T>(items: readonly T[], at: number, line: (item: T) => string): string {
  const item = items[at];
  return item === undefined ? '' : line(item);
}

/** Cut between characters, not inside one. */
function clip(text: string, length: number): string {
  return text.length <= length ? text : `${[...text.slice(0, length)].slice(0, -1).join('')}…`;
}
