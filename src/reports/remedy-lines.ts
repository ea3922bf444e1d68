/** Remedies in the table of the command line, and in Markdown. */

import { changeText, goalText, optionText, pleaText, stepsText } from './remedies.ts';
import type { RemediesResult } from './remedy-schema.ts';
import type { VerifyResult } from './result-schema.ts';
import type { Cell, Paint } from './text.ts';
import { columns, plainText, wrap } from './text.ts';

interface Width {
  readonly width: number;
  readonly paint: Paint;
}

type MetricRemedies = RemediesResult['metrics'][number];

export function remedyLines({ remedies, metrics }: VerifyResult, options: Width): string[] {
  if (remedies === null) return [];
  const { width, paint } = options;
  const lines: string[] = [];
  if (remedies.metrics.length > 0) lines.push(paint('What would keep the broken promises', 'bold'));
  for (const remedy of remedies.metrics) {
    const metric = metrics.find((m) => m.id === remedy.metric);
    const name = metric === undefined ? remedy.metric : `${metric.service} ${metric.type} ${metric.scope} ${metric.target.text}`;
    lines.push(`  ${plainText(name)}`, ...metricRemedyLines(remedy, options, '    '));
  }
  if (lines.length > 0) lines.push('');
  if (remedies.goal !== null) {
    const { goal } = remedies;
    lines.push(...wrap(plainText(`Goal: ${goalText(goal)}`), width).map((l) => paint(l, goal.reached ? 'good' : 'bad')));
    lines.push(
      ...columns(
        goal.changes.map((c): Cell[] => [{ text: '•', style: 'dim' }, { text: changeText(c) }]),
        width,
        paint,
      ),
      '',
    );
  }
  return lines;
}

/** The options and pleas of one promise. */
export function metricRemedyLines({ options, people, cut }: MetricRemedies, { width, paint }: Width, indent = '  '): string[] {
  const rows: Cell[][] = [];
  for (const option of options) {
    rows.push([{ text: option.effect, style: option.effect === 'keeps' ? 'good' : 'doubt' }, { text: stepsText(option.steps) }]);
    rows.push([{ text: '' }, { text: optionText(option), style: 'dim' }]);
    for (const change of option.changes) rows.push([{ text: '' }, { text: `• ${changeText(change)}` }]);
    for (const caution of option.cautions) rows.push([{ text: '' }, { text: `mind: ${caution}`, style: 'doubt' }]);
  }
  for (const plea of people) rows.push([{ text: 'people', style: 'dim' }, { text: pleaText(plea) }]);
  if (cut)
    rows.push([
      { text: '', style: 'dim' },
      { text: 'the search ended at its limit: there may be more', style: 'dim' },
    ]);
  if (rows.length === 0) rows.push([{ text: 'none', style: 'bad' }, { text: 'no change that is known keeps it' }]);
  return columns(rows, width, paint, indent);
}

/** Rows and list items, not yet escaped. */
export function remedyRows({ remedies, metrics }: VerifyResult): readonly {
  readonly metric: string;
  readonly effect: string;
  readonly what: string;
  readonly changes: readonly string[];
}[] {
  return (remedies?.metrics ?? []).flatMap((remedy) => {
    const metric = metrics.find((m) => m.id === remedy.metric);
    const name = metric === undefined ? remedy.metric : `${metric.service} ${metric.type} ${metric.scope}`;
    return [
      ...remedy.options.map((o) => ({
        metric: name,
        effect: o.effect,
        what: `${stepsText(o.steps)} (${optionText(o)})`,
        changes: o.changes.map(changeText),
      })),
      ...remedy.people.map((p) => ({ metric: name, effect: 'people', what: pleaText(p), changes: [] })),
    ];
  });
}
