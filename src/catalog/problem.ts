/** What is wrong with a catalogue or a drill file, said so that a person can mend it: where, expected, found, what to do. */
import type { Place } from '../model/agreement.ts';
import { editDistance } from '../model/edit-distance.ts';
import { UsageError } from '../model/errors.ts';

export interface Problem {
  readonly place: Place;
  /** What should stand there, as a noun phrase. */
  readonly expected: string;
  /** What stands there; built with `quote` when it is the reader's own text. */
  readonly found: string;
  /** What to do, as an imperative. */
  readonly advice: string;
}

/** Beyond this many problems the message says how many more there are: nobody reads further, and the file is untrusted. */
const MAX_LISTED = 200;
const MAX_QUOTED = 60;

/** Characters that could move the cursor, hide text or break a line where the message is shown: controls, separators, bidirectional marks, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Replaces every unprintable character by a blank, so that the text stays on one line. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** Shows a value from the file: short, on one line, strings in double quotes. */
export function quote(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (!isScalar(value)) return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  const text = oneLine(String(value));
  const short = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return typeof value === 'string' ? `"${short}"` : short;
}

function isScalar(value: unknown): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

export function showPlace(place: Place): string {
  return `${oneLine(place.file)}:${place.line}:${place.column}`;
}

function showProblem(p: Problem): string {
  return `${showPlace(p.place)}: expected ${p.expected}, found ${p.found}; ${p.advice}`;
}

function bySource(a: Problem, b: Problem): number {
  return a.place.line - b.place.line || a.place.column - b.place.column;
}

/** What refuses a file, for all problems with it at once. */
export type Refusal = (file: string, problems: readonly Problem[]) => UsageError;

/** One `UsageError` (`catalogue-invalid`) for all problems, in source order, one line each. */
export const invalidCatalogue: Refusal = (file, problems) => refusal('catalogue-invalid', 'the catalogue', file, problems);

/** The same for a drill file (`drill-file-invalid`). */
export const invalidDrillFile: Refusal = (file, problems) => refusal('drill-file-invalid', 'the drill file', file, problems);

function refusal(code: string, what: string, file: string, problems: readonly Problem[]): UsageError {
  const lines = [...new Set([...problems].sort(bySource).map(showProblem))];
  const listed = lines.slice(0, MAX_LISTED).map((line) => `  ${line}`);
  if (lines.length > MAX_LISTED) listed.push(`  … and ${lines.length - MAX_LISTED} more`);
  const count = lines.length === 1 ? 'one problem' : `${lines.length} problems`;
  return new UsageError(code, `${what} ${oneLine(file)} has ${count}:\n${listed.join('\n')}`);
}

/**
 * The candidate a reader most likely meant: the nearest by optimal string alignment (insert, delete,
 * replace, swap neighbours), ignoring case, when at most a third of its letters differ.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(candidate.length / 3));
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const d = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (d <= limit && d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** `did you mean X?` or the whole list, whichever helps. */
export function suggest(word: string, candidates: readonly string[], otherwise: string): string {
  const near = nearest(word, candidates);
  return near === undefined ? otherwise : `did you mean ${oneLine(near)}?`;
}
