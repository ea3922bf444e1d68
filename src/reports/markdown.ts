/** The same result as GitHub-flavoured Markdown. */
import { formatPercent } from '../model/quantity.ts';
import { comparisonRows } from './compared-words.ts';
import { changeText, goalText } from './remedies.ts';
import { remedyRows } from './remedy-lines.ts';
import type { VerifyResult } from './result-schema.ts';
import { plainText } from './text.ts';
import type { FindingResult } from './words.ts';
import {
  established,
  evidenceLines,
  evidenceSources,
  factText,
  grouped,
  headline,
  highest,
  kpi2Levels,
  kpi5Lines,
  placeText,
  predictedText,
  survivalText,
  whyText,
  worstAnswer,
} from './words.ts';

export const MARKS: Readonly<Record<string, string>> = {
  met: '✅ met',
  'not-met': '❌ not-met',
  unknown: '❔ unknown',
  expired: '❔ expired',
  'not-applicable': '– not-applicable',
};

export function renderMarkdown(result: VerifyResult): string {
  const parts: string[] = [
    `# Continuity: ${[result.level === 'designed' ? 'designed' : 'designed and in place', ...(result.evidence === null ? [] : [highest(result)])].join(', ')}`,
    '',
  ];
  const sources = result.sources.map((s) => code(`${s.source} (${s.kind}, ${s.project}/${s.stack})`)).join(', ');
  parts.push(
    `World: **${result.world}** · ${result.date} · ${sources}`,
    '',
    ...headline(result).flatMap((line) => [`${line}.`, '']),
  );
  if (result.kpis !== null) parts.push(...kpiSection(result, result.kpis));
  if (result.metrics.length > 0) parts.push(...metricSection(result));
  if (result.survey.length > 0) parts.push(...surveySection(result));
  parts.push(
    ...comparisonSection(result),
    ...remedySection(result),
    ...obligationSection(result),
    ...findingSection(result),
    ...liveSection(result),
    ...evidenceSection(result),
    ...roleSection(result),
    ...ignoranceSection(result),
  );
  return `${parts.join('\n').trimEnd()}\n`;
}

function metricSection(result: VerifyResult): string[] {
  const lines: string[] = ['## Agreed metrics', ''];
  const isRehearsed = result.metrics.some((m) => m.rehearsed !== null);
  for (const id of new Set(result.metrics.map((m) => m.service))) {
    const service = result.services.find((s) => s.id === id);
    lines.push(`### ${escapeMarkdown(service?.title ?? id)}`, '');
    lines.push(
      `| metric | target | predicted | path | designed | in place | demonstrated |${isRehearsed ? ' rehearsed |' : ''} why |`,
      `|---|---|---|---|---|---|---|${isRehearsed ? '---|' : ''}---|`,
    );
    for (const m of result.metrics.filter((x) => x.service === id)) {
      const d = established(m);
      const verdict = (v: { readonly verdict: string } | null): string => (v === null ? '–' : (MARKS[v.verdict] ?? v.verdict));
      const predicted = d.predicted === null ? '–' : `p${m.percentile} ${predictedText(m)}`;
      lines.push(
        row([
          `${m.type} ${m.scope}${m.scopeDefaulted ? ' *' : ''}`,
          m.target.text,
          predicted,
          d.automation ?? '–',
          verdict(m.designed),
          verdict(m.inPlace),
          verdict(m.demonstrated),
          ...(isRehearsed ? [verdict(m.rehearsed)] : []),
          whyText(d),
        ]),
      );
    }
    lines.push('');
  }
  return lines;
}

function surveySection(result: VerifyResult): string[] {
  const lines = [
    '## What survives',
    '',
    '| resource | AZ lost | Region lost | data lost | single point of failure | why |',
    '|---|---|---|---|---|---|',
  ];
  for (const r of result.survey) {
    lines.push(
      row([
        r.title,
        ...(['az', 'region', 'data'] as const).map((scope) => survivalText(r, scope)),
        r.singlePointOfFailure ? 'yes' : r.az.survival === 'unknown' ? 'unknown' : 'no',
        worstAnswer(r),
      ]),
    );
  }
  return [...lines, ''];
}

function obligationSection({ obligations }: VerifyResult): string[] {
  if (obligations === null || obligations.length === 0) return [];
  const rows = obligations.map((o) => row([o.state, o.id, o.resourceTitle ?? '', o.because]));
  return ['## What was owed', '', '| | what | resource | why |', '|---|---|---|---|', ...rows, ''];
}

function comparisonSection({ baseline }: VerifyResult): string[] {
  if (baseline === null) return [];
  const rows = comparisonRows(baseline).map(({ what, says }) => row([what, says]));
  return ['## Since the baseline', '', '| what | |', '|---|---|', ...rows, ''];
}

function remedySection(result: VerifyResult): string[] {
  const { remedies } = result;
  if (remedies === null) return [];
  const rows = remedyRows(result).map(({ metric, effect, what, changes }) =>
    row([metric, effect, [what, ...changes.map((c) => `• ${c}`)].join(' ')]),
  );
  const table = rows.length === 0 ? ['No promise is broken.'] : ['| metric | effect | what |', '|---|---|---|', ...rows];
  const goal = remedies.goal === null ? [] : [`${escapeMarkdown(goalText(remedies.goal))}.`, '', ...goalItems(remedies.goal)];
  return ['## What would keep the broken promises', '', ...table, '', ...goal];
}

const goalItems = ({ changes }: { readonly changes: Parameters<typeof changeText>[0][] }): string[] =>
  changes.length === 0 ? [] : [...changes.map((c) => `- ${escapeMarkdown(changeText(c))}`), ''];

function findingSection(result: VerifyResult): string[] {
  const firing = result.findings.filter((f) => f.state === 'fires');
  const lines = ['## Findings', ''];
  if (firing.length === 0) lines.push('None.', '');
  for (const { rule, items } of grouped(firing)) {
    const first = items[0] as FindingResult;
    lines.push(`- **${first.severity}** ${code(rule)}: ${escapeMarkdown(first.title)}`);
    for (const f of items) {
      const place = placeText(f);
      const waiver =
        f.waiver === null
          ? ''
          : f.waiver.expired
            ? ` *(waiver ended ${f.waiver.until})*`
            : ` *(waived by ${escapeMarkdown(f.waiver.approvedBy)} until ${f.waiver.until})*`;
      lines.push(
        `  - ${escapeMarkdown(f.resourceTitle)}: ${escapeMarkdown(f.message)}${place === '' ? '' : ` (${code(place)})`}${waiver}`,
      );
    }
  }
  return [...lines, ''];
}

function liveSection({ observed, checks }: VerifyResult): string[] {
  if (observed === null) return [];
  const where = observed.places.map((p) => code(`${p.account}/${p.region}`)).join(', ');
  const lines = [
    '## What AWS shows',
    '',
    `${observed.resources} resources in ${where}, ${observed.calls} calls, at ${observed.at}.`,
    '',
  ];
  for (const g of observed.gaps)
    lines.push(
      `- not listed in ${code(`${g.account}/${g.region}`)}: ${g.types.map(code).join(', ')} (${escapeMarkdown(`${g.reason}: ${g.detail}`)})`,
    );
  for (const urn of observed.missing) lines.push(`- declared, not there: ${code(urn)}`);
  if (observed.undeclared.length > 0) lines.push(`- there, in none of the sources: ${observed.undeclared.length} resources`);
  for (const check of checks) {
    lines.push('', `### ${escapeMarkdown(check.title)}`, '');
    if (check.facts.length === 0) lines.push('Nothing to look at.');
    else
      lines.push(
        '| resource | what | seen |',
        '|---|---|---|',
        ...check.facts.map((f) => row([f.resourceTitle, f.what, factText(f)])),
      );
  }
  return [...lines, ''];
}

function evidenceSection(result: VerifyResult): string[] {
  if (result.evidence === null) return [];
  const rows = evidenceLines(result).map(([m, verdict, reason]) => row([m.id, verdict, reason]));
  const table = ['| metric | verdict | why |', '|---|---|---|', ...rows];
  const said = rows.length === 0 ? ['It speaks of none of these metrics.'] : table;
  return ['## Evidence', '', `${escapeMarkdown(evidenceSources(result.evidence))}.`, '', ...said, ''];
}

function kpiSection(result: VerifyResult, kpis: NonNullable<VerifyResult['kpis']>): string[] {
  const { kpi1, kpi3, kpi5 } = kpis;
  return [
    '## KPIs',
    '',
    `| KPI | designed | in place | ${highest(result)} |`,
    '|---|---|---|---|',
    row([
      '1 agreements with continuity metrics',
      `${kpi1.sla + kpi1.ola} of ${kpi1.agreed} (${kpi1.sla} SLA, ${kpi1.ola} OLA)`,
      '',
      '',
    ]),
    row(['2 metrics kept by automatic failover', ...kpi2Levels(kpis, 'all')]),
    row(['2 without data scope', ...kpi2Levels(kpis, 'withoutDataScope')]),
    row(['2 when a person may act', ...kpi2Levels(kpis, 'feasibleWithPerson')]),
    row([
      '3 services covered (minimum set)',
      `${formatPercent(kpi3.minimum)} of ${kpi3.services}${kpi3.denominatorDoubtful ? ', denominator doubtful' : ''}`,
      '',
      '',
    ]),
    ...(kpi5 === null ? [] : kpi5Lines(kpi5).map(([of, share]) => row([`5 attained: ${of}`, '', '', share]))),
    '',
  ];
}

function roleSection(result: VerifyResult): string[] {
  const roles = result.services.flatMap((s) =>
    s.roles.filter((r) => r.members.length > 1).map((r) => ({ service: s.title, ...r })),
  );
  if (roles.length === 0) return [];
  const lines = [
    '## Roles',
    '',
    'Resources that stand in for one another, and how that was found.',
    '',
    '| service | role | members | found by |',
    '|---|---|---|---|',
  ];
  for (const r of roles)
    lines.push(row([r.service, r.title, r.members.map((m) => m.split('::').pop() ?? m).join(', '), `${r.found}: ${r.how}`]));
  return [...lines, ''];
}

function ignoranceSection(result: VerifyResult): string[] {
  const lines: string[] = [];
  for (const t of result.notModelled) lines.push(`- not modelled: ${code(t.type)} × ${t.count}`);
  if (result.orphans.length > 0)
    lines.push(`- stateful resources in no service: ${result.orphans.map((u) => code(u.split('::').pop() ?? u)).join(', ')}`);
  for (const { rule, items } of grouped(result.findings.filter((f) => f.state === 'unknown'))) {
    lines.push(`- undecided ${code(rule)} × ${items.length}: ${escapeMarkdown((items[0] as FindingResult).message)}`);
  }
  for (const warning of result.warnings) lines.push(`- ${escapeMarkdown(warning)}`);
  return lines.length === 0 ? [] : ['## What nobody can tell, and notes', '', ...lines, ''];
}

export const row = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;

/** Names and messages are untrusted: nothing in them may become Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~]/g, (c) => (/[()#+!]/.test(c) ? c : `\\${c}`))
    .replace(LINKING, '$&\u200b');
}

/** What GitHub and GitLab make a mention, a reference, a link or an emoji of: a blank without width behind it stops them. */
const LINKING = /@(?=\w)|#(?=\d)|\bGH-(?=\d)|\b(?:https?|ftp):(?=\/)|\bwww(?=\.)|:(?=[\w+-]+:)/gi;

export function code(text: string): string {
  const plain = plainText(text).replace(/\|/g, '\\|');
  const fence = '`'.repeat(Math.max(0, ...[...plain.matchAll(/`+/g)].map((m) => m[0].length)) + 1);
  return fence.length === 1 ? `\`${plain}\`` : `${fence} ${plain} ${fence}`;
}
