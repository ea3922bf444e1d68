/** Long answers about one rule, one metric or one service time, on the reader's own resources. */

import { unitOf } from '../model/agreement.ts';
import type { Finding, RuleText } from '../model/finding.ts';
import { decide } from '../model/known.ts';
import type { Timing } from '../model/protection.ts';
import { formatAbout, formatDuration, formatPercent } from '../model/quantity.ts';
import { memberLabel } from '../model/scope.ts';
import type { Value } from '../model/value.ts';
import { Hole } from '../model/value.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import type { ServiceTime, Triple } from '../recovery/times/service-time.ts';
import type { Rule } from '../rules/rule.ts';
import type { Judgement } from '../verdicts/judge.ts';
import type { Remedies } from '../verdicts/remedies/remedies.ts';
import { remediesResult } from './remedies.ts';
import { metricRemedyLines } from './remedy-lines.ts';
import type { Cell, Paint } from './text.ts';
import { columns, plainText, wrap } from './text.ts';

export interface ExplainOptions {
  readonly width: number;
  readonly paint: Paint;
}

export function explainRuleText(
  rule: RuleText,
  /** `live AWS, in …`. */
  looksAt: string,
  options: ExplainOptions,
): string {
  return text([
    ...heading(rule, options),
    ...advice(rule, options),
    ...paragraph(`Looks at: ${looksAt}`, options.width),
    `Source: ${rule.source}`,
  ]);
}

/** The reader's own resources first; what the rule is in general comes after. */
export function explainRule(rule: Rule, judgement: Judgement | undefined, options: ExplainOptions): string {
  const own = judgement === undefined ? [] : ownResources(rule, judgement, options);
  const looked = rule.checks.flatMap((c) => c.module?.types ?? ['every resource']);
  return text([
    ...heading(rule, options),
    ...own,
    ...advice(rule, options),
    `Looks at: ${looked.join(', ')}`,
    `Source: ${rule.source}`,
  ]);
}

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const heading = (rule: RuleText, { paint, width }: ExplainOptions): readonly string[] => [
  paint(`${rule.id} · ${rule.severity} · ${rule.scopes.join(', ')} scope`, 'bold'),
  ...paragraph(rule.title, width),
  '',
];

const advice = (rule: RuleText, { paint, width }: ExplainOptions): readonly string[] => [
  paint('Why it matters', 'bold'),
  ...paragraph(rule.why, width),
  '',
  paint('How to fix it', 'bold'),
  ...paragraph(rule.fix, width),
  '',
];

function ownResources(rule: Rule, judgement: Judgement, { paint, width }: ExplainOptions): string[] {
  const found = judgement.findings.filter((f) => f.rule === rule.id);
  const looked = [...judgement.estate.resources.values()].filter((r) =>
    rule.checks.some((c) =>
      c.module === undefined ? r.resource.custom : r.standing.kind === 'modelled' && r.standing.module.id === c.module.id,
    ),
  ).length;
  const firing = found.filter((f) => f.undecided === undefined);
  const lines = [
    paint(
      `In your sources: looked at ${looked}, found in ${firing.length}, undecided in ${found.length - firing.length}`,
      'bold',
    ),
  ];
  for (const finding of found) {
    const item = judgement.estate.resources.get(finding.resource);
    const place =
      finding.position === undefined ? '' : ` · ${finding.position.file}:${finding.position.line}:${finding.position.column}`;
    lines.push(
      `  ${paint(plainText(finding.resourceTitle), finding.undecided === undefined ? 'bad' : 'doubt')}${plainText(place)}`,
    );
    lines.push(...paragraph(finding.message, width, '    '));
    if (finding.property !== undefined && item !== undefined)
      lines.push(`    ${finding.property}: ${plainText(show(item.props.raw(finding.property)))}`);
    const endangered = judgement.verdicts.filter(
      (v) => finding.scopes.includes(v.metric.scope) && owns(judgement, v.metric.serviceId, finding),
    );
    if (endangered.length > 0)
      lines.push(
        ...paragraph(`Promises at stake: ${endangered.map((v) => `${v.metric.id} (${v.verdict})`).join(', ')}`, width, '    '),
      );
    lines.push(`    ${plainText(finding.resource)}`);
  }
  return [...lines, ''];
}

function owns(judgement: Judgement, serviceId: string, finding: Finding): boolean {
  return judgement.services.some((s) => s.entry.id === serviceId && s.resources.includes(finding.resource));
}

/** The value as the code has it; what is not known says why. */
function show(value: Value | undefined): string {
  if (value === undefined) return 'not set';
  const text = JSON.stringify(value, (_key, v: unknown) => (v instanceof Hole ? `<${v.reason}: ${v.detail}>` : v));
  return text.length <= 200 ? text : `${text.slice(0, 197)}…`;
}

/** The seven conditions, then every role of the path with what becomes of it, and what would keep the promise. */
export function explainMetric(verdict: MetricVerdict, judgement: Judgement, remedies: Remedies, options: ExplainOptions): string {
  const { paint, width } = options;
  const { metric } = verdict;
  const target = unitOf(metric.type) === 'percent' ? formatPercent(metric.target, 3) : formatDuration(metric.target);
  const lines = [
    paint(`${metric.id}: ${verdict.verdict}`, 'bold'),
    `${metric.type} ${target} at p${metric.percentile}, ${metric.scope} scope, agreed in ${metric.agreementId} (${metric.place.file}:${metric.place.line}:${metric.place.column})`,
    `Worst member: ${memberLabel(verdict.member)}`,
    '',
    ...paragraph(verdict.reason, width),
    '',
    paint('Conditions', 'bold'),
    ...columns(
      verdict.conditions.map((c, i) => [
        { text: `${i + 1} ${c.id}` },
        decide<Cell>(c.holds, {
          yes: () => ({ text: 'yes', style: 'good' }),
          no: () => ({ text: 'no', style: 'bad' }),
          unknown: (why) => ({ text: `unknown (${why.reason})`, style: 'doubt' }),
        }),
        { text: c.reason },
      ]),
      width,
      paint,
    ),
    '',
  ];
  if (verdict.predicted !== undefined) {
    const p = verdict.predicted;
    lines.push(
      `Predicted: p50 ${formatAbout(p.p50)}, p95 ${formatAbout(p.p95)}, p99 ${formatAbout(p.p99)}; p${metric.percentile} ${formatAbout(p.atPercentile)} ± ${formatAbout(p.error)} (${p.samples} samples); never less than ${formatAbout(p.min)}`,
    );
    if (p.skewP99 !== undefined) lines.push(`Recovery points of the stores lie up to ${formatAbout(p.skewP99)} apart (p99)`);
    if (p.assumedRows.length > 0)
      lines.push(
        ...paragraph(
          `Rests on assumed service times: ${p.assumedRows.join(', ')}. Replace them under times: in the catalogue; holdfast explain ROW shows each.`,
          width,
        ),
      );
    lines.push('');
  }
  const path = judgement.pathOf(verdict);
  lines.push(paint('Roles on the path', 'bold'));
  lines.push(
    ...columns(
      path.outcomes.map((o) => [
        { text: o.role.title },
        {
          text: o.kind,
          style: o.kind === 'lost' ? ('bad' as const) : o.kind === 'unknown' ? ('doubt' as const) : ('good' as const),
        },
        { text: o.automation },
        { text: timingText(o.time) },
        { text: o.says },
      ]),
      width,
      paint,
    ),
  );
  for (const why of path.unknowns)
    lines.push(
      ...paragraph(`Not known: ${why.detail}${why.from[0]?.resource === undefined ? '' : ` [${why.from[0].resource}]`}`, width),
    );
  for (const remedy of remediesResult(remedies, judgement).metrics)
    lines.push('', paint('What would keep it', 'bold'), ...metricRemedyLines(remedy, options));
  return `${lines.join('\n')}\n`;
}

function timingText(t: Timing): string {
  switch (t.kind) {
    case 'row':
      return t.row;
    case 'fixed':
      return formatAbout(t.seconds);
    case 'span':
      return `${formatAbout(t.min)}–${formatAbout(t.max)}`;
    case 'sum':
      return t.parts.map(timingText).join(' + ');
    case 'slowest':
      return `slowest of (${[...new Set(t.parts.map(timingText))].join(', ')})`;
    case 'fastest':
      return `fastest of (${[...new Set(t.parts.map(timingText))].join(', ')})`;
    case 'never':
      return 'never';
    case 'unknown':
      return 'unknown';
  }
}

export function explainTime(time: ServiceTime, { paint, width }: ExplainOptions): string {
  const triple = (t: Triple): string => `least ${formatAbout(t[0])}, typical ${formatAbout(t[1])}, p99 ${formatAbout(t[2])}`;
  const lines = [
    paint(`${time.id} · service time · ${time.confidence}`, 'bold'),
    ...paragraph(time.title, width),
    '',
    `expected     ${triple(time.expected)}`,
  ];
  if (time.confidence === 'assumed' || time.optimistic !== time.pessimistic)
    lines.push(`optimistic   ${triple(time.optimistic)}`, `pessimistic  ${triple(time.pessimistic)}`);
  lines.push(
    '',
    ...paragraph(`Source (seen ${time.seen}): ${time.source}`, width),
    ...paragraph(`Replace it by your own measurement under times: in holdfast.yaml, with ${time.id} as the key.`, width),
  );
  return `${lines.join('\n')}\n`;
}

const paragraph = (text: string, width: number, indent = ''): string[] =>
  wrap(plainText(text), Math.max(30, Math.min(width, 110) - indent.length)).map((l) => indent + l);
