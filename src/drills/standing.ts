/** Where a drill stands, by its journal alone. */

import type { JournalEntry, Json } from '../model/journal.ts';
import { memberOf } from '../model/journal.ts';
import { DRILL_STATUSES, type DrillResult, type Ending } from './result.ts';

/** About of the decision that calls a drill off. */
export const ABORT = 'abort';

/** What a drill came to, before it is rolled back. */
export type Outcome = Pick<Ending, 'status' | 'reason'>;

export const isDisrupted = (entries: readonly JournalEntry[]): boolean =>
  entries.some((e) => e.kind === 'phase' && e.about === 'disrupt');

/** What the drill came to, once it is to be rolled back; undefined: it may go on. */
export function outcomeOf(entries: readonly JournalEntry[]): Outcome | undefined {
  const began = entries.find((e) => e.kind === 'phase' && e.about === 'rollback');
  const halted = entries.find((e) => e.kind === 'stop' || (e.kind === 'decision' && e.about === ABORT));
  const data = (began ?? halted)?.data;
  if (data === undefined) return undefined;
  const status = DRILL_STATUSES.find((s) => s === memberOf(data, 'status')) ?? 'failed';
  return { status, reason: textOf(memberOf(data, 'reason')) ?? textOf(memberOf(data, 'says')) ?? '' };
}

/** The result as it stood once everything was rolled back: whatever happens to its controllers later does not change it. */
export function standingResult(entries: readonly JournalEntry[]): DrillResult | undefined {
  const last = entries.findLast((e) => e.about === RESULT && e.kind === 'phase');
  // Written by the engine from a value of this very type.
  return last === undefined ? undefined : (last.data as unknown as DrillResult);
}

/** The phase in which the result stands, is kept as evidence, and ends the run. */
export const RESULT = 'ended';

const textOf = (data: Json | undefined): string | undefined => (typeof data === 'string' ? data : undefined);
