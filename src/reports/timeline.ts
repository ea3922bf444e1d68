/** The story of a drill as text: who did what when, the marks, what users saw, what was lost. */

import type { JournalEntry, Json } from '../model/journal.ts';
import { memberOf } from '../model/journal.ts';
import { formatDuration } from '../model/quantity.ts';

export interface TimelineLine {
  /** Seconds from the onset; negative before it. */
  readonly at: number;
  readonly who: 'drill' | 'AWS' | 'users' | 'person';
  readonly what: string;
}

/** `people`: steps that a person would do. */
export function timelineOf(entries: readonly JournalEntry[], people: ReadonlySet<string>): readonly TimelineLine[] {
  const onset = entries.find((e) => e.kind === 'mark' && e.about === 't0')?.at ?? entries[0]?.at ?? 0;
  const lines: TimelineLine[] = [];
  for (const entry of entries) {
    const line = lineOf(entry, people);
    if (line === undefined) continue;
    const at = entry.kind === 'mark' ? (numberIn(entry.data, 'at') ?? entry.at) : entry.at;
    lines.push({ at: (at - onset) / 1000, ...line });
  }
  return lines.sort((a, b) => a.at - b.at);
}

function lineOf({ kind, about, data }: JournalEntry, people: ReadonlySet<string>): Omit<TimelineLine, 'at'> | undefined {
  const who = people.has(about) ? 'person' : 'drill';
  switch (kind) {
    case 'mark':
      return { who: 'drill', what: `${about} ${MARK_WORDS[about] ?? ''}` };
    case 'intent':
      return { who, what: about };
    case 'outcome': {
      if (textIn(data, 'result') === 'failed') return { who, what: `${about}: failed: ${textIn(data, 'detail') ?? ''}` };
      // What somebody at a table-top answered.
      const detail = memberOf(data, 'detail') ?? null;
      const [name, says] = [textIn(detail, 'who'), textIn(detail, 'says')];
      return name === undefined || says === undefined ? undefined : { who, what: `${about}: ${name}: ${says}` };
    }
    case 'observation':
      if (about.startsWith('precondition ') || about === 'validated') return undefined;
      return { who: about.startsWith('requests ') ? 'users' : 'AWS', what: `${about}: ${textIn(data, 'says') ?? ''}` };
    case 'stop':
    case 'decision':
      return { who: 'drill', what: textIn(data, 'says') ?? about };
    case 'phase':
      return about === 'rollback' || about === 're-check' ? { who: 'drill', what: about } : undefined;
    default:
      return undefined;
  }
}

const MARK_WORDS: Readonly<Record<string, string>> = {
  t0: 'onset',
  t1: 'detected from outside',
  t2: 'declared',
  t3: 'stores take writes again',
  t4: 'users are served again',
  t5: 'recovered and validated',
};

/** Looks at one thing, one after the other, of which more than this are told by the first and the last. */
const MOST_IN_A_ROW = 4;

export function renderTimeline(lines: readonly TimelineLine[]): string {
  const shown = lines.flatMap((line, i): readonly TimelineLine[] => {
    const [before, after] = [rowOf(lines, i, -1), rowOf(lines, i, 1)];
    if (before + after < MOST_IN_A_ROW || before === 0 || after === 0) return [line];
    return before === 1 ? [{ ...line, what: `… ${before + after - 1} more looks at the same` }] : [];
  });
  const clock = shown.map((l) => `${l.at < 0 ? '-' : '+'}${formatDuration(Math.abs(Math.round(l.at)))}`);
  const width = Math.max(0, ...clock.map((c) => c.length));
  return shown.map((l, i) => `  ${(clock[i] ?? '').padStart(width)}  ${l.who.padEnd(6)}  ${l.what}`).join('\n');
}

/** How many lines right before or after this one are what users saw of the same entry. */
function rowOf(lines: readonly TimelineLine[], from: number, step: 1 | -1): number {
  const about = entryOf(lines[from]);
  let length = 0;
  while (about !== undefined && entryOf(lines[from + step * (length + 1)]) === about) length += 1;
  return length;
}

const entryOf = (line: TimelineLine | undefined): string | undefined =>
  line?.who === 'users' ? line.what.slice(0, line.what.indexOf(': ')) : undefined;

/** Writes of before the onset, and of after it where they were lost too: a recovery point that is chosen lies before both. */
export const lostWrites = ({ lost, written }: { readonly lost: number; readonly written: number }): string =>
  lost <= written
    ? `${lost} of ${written} writes lost`
    : `${lost} writes lost, with those after the onset; ${written} were written before it`;

const textIn = (data: Json, name: string): string | undefined => {
  const value = memberOf(data, name);
  return typeof value === 'string' ? value : undefined;
};
const numberIn = (data: Json, name: string): number | undefined => {
  const value = memberOf(data, name);
  return typeof value === 'number' ? value : undefined;
};
