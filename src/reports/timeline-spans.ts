/** A drill's journal as spans of time: who was well when, and who acted when. */

import type { JournalEntry } from '../model/journal.ts';
import { memberOf } from '../model/journal.ts';

export const SPAN_STATES = ['well', 'not well', 'unknown', 'a person acts', 'the drill acts'] as const;
export type SpanState = (typeof SPAN_STATES)[number];

/** Seconds from the onset, negative before it. */
export interface TimelineSpan {
  readonly row: string;
  readonly from: number;
  readonly to: number;
  readonly state: SpanState;
}

export interface Spans {
  /** Probes first, then the steps as they began. */
  readonly spans: readonly TimelineSpan[];
  /** Points of the clock, t0 … t5. */
  readonly marks: readonly { readonly name: string; readonly at: number }[];
}

/** Shown before the onset, in seconds: enough to see that all was well. */
const BEFORE = 60;

/** Spans of the time from shortly before the onset until rollback begins. `people`: ids of steps that a person does. */
export function spansOf(entries: readonly JournalEntry[], people: ReadonlySet<string>): Spans {
  const rollback = entries.findIndex((e) => e.kind === 'phase' && e.about === 'rollback');
  const during = rollback < 0 ? entries : entries.slice(0, rollback);
  const marks = new Map<string, number>();
  for (const { kind, about, data } of during) {
    const at = kind === 'mark' ? memberOf(data, 'at') : undefined;
    if (typeof at === 'number' && !marks.has(about)) marks.set(about, at);
  }
  const first = during[0]?.at ?? 0;
  const onset = marks.get('t0') ?? first;
  const end = Math.max(entries[rollback]?.at ?? 0, during.at(-1)?.at ?? 0, onset);
  const begin = Math.max(Math.min(first, onset), onset - BEFORE * 1000);
  const span = (row: string, from: number, to: number, state: SpanState): TimelineSpan[] =>
    to < begin ? [] : [{ row, from: (Math.max(from, begin) - onset) / 1000, to: (to - onset) / 1000, state }];
  return {
    spans: [...probeSpans(during, end, span), ...stepSpans(during, end, people, span)],
    marks: [...marks].map(([name, at]) => ({ name, at: (at - onset) / 1000 })),
  };
}

type ToSpans = (row: string, from: number, to: number, state: SpanState) => readonly TimelineSpan[];

function probeSpans(entries: readonly JournalEntry[], end: number, span: ToSpans): readonly TimelineSpan[] {
  const rows = new Map<string, { readonly at: number; readonly state: SpanState }[]>();
  for (const { kind, about, at, data } of entries) {
    if (kind !== 'observation' || about === 'validated' || about.startsWith('precondition ')) continue;
    const ok = memberOf(data, 'ok');
    const state = ok === true ? 'well' : ok === false ? 'not well' : 'unknown';
    rows.set(about, [...(rows.get(about) ?? []), { at, state }]);
  }
  return [...rows].flatMap(([row, seen]) => seen.flatMap(({ at, state }, i) => span(row, at, seen[i + 1]?.at ?? end, state)));
}

function stepSpans(
  entries: readonly JournalEntry[],
  end: number,
  people: ReadonlySet<string>,
  span: ToSpans,
): readonly TimelineSpan[] {
  return entries.flatMap(({ kind, about, at, token }) => {
    if (kind !== 'intent') return [];
    const outcome = entries.find((e) => e.kind === 'outcome' && e.token === token);
    return span(about, at, outcome?.at ?? end, people.has(about) ? 'a person acts' : 'the drill acts');
  });
}
