/** Do the circumstances hold in which a plan may be invoked? Pure: signals as they were read, and the time. */

import type { Circumstances, Criteria } from '../../model/invocation.ts';
import { all, decide, type Known, no, type Truth, unknown, yes } from '../../model/known.ts';
import { formatDuration } from '../../model/quantity.ts';
import { type History, lastClear, steady } from './history.ts';

export interface SignalState {
  readonly id: string;
  /** What it showed when it was last read. */
  readonly now: Truth;
  /** Has it shown that for the whole time? Only then it counts. */
  readonly steady: Truth;
  /** Milliseconds since the epoch from which it has shown the disruption without a break. */
  readonly since: number | undefined;
  readonly vantage: string;
  readonly says: string;
}

export interface Guard {
  readonly holds: Truth;
  readonly needed: number;
  /** Vantage points from which the disruption is seen. */
  readonly seen: readonly string[];
}

export interface Evaluation {
  /** Circumstances and guard, for the whole time. What is not known is neither met nor clear. */
  readonly holds: Truth;
  /** Milliseconds since the epoch from which enough signals have shown it, be it long enough or not; undefined: they do not now. */
  readonly since: number | undefined;
  readonly guard: Guard;
  /** One clause. */
  readonly says: string;
  readonly perSignal: readonly SignalState[];
}

/** Readings that may lie apart before what was between them counts as unread. */
const PATIENCE = 3;

export const patienceOf = ({ every }: Pick<Criteria, 'every'>): number => PATIENCE * every * 1000;

/** Times in milliseconds since the epoch. */
export function evaluate(criteria: Criteria, signals: readonly string[], history: History, now: number): Evaluation {
  const span = { milliseconds: criteria.for * 1000, now, patience: patienceOf(criteria) };
  const perSignal = signals.map((id): SignalState => {
    const read = history.at(-1)?.readings.get(id);
    const held = steady(history, id, true, span);
    return {
      id,
      now: read?.shows ?? unknown('not-reported', `${id} was not read`),
      steady: held.holds,
      since: held.since,
      vantage: read?.vantage ?? id,
      says: read?.says ?? 'not read',
    };
  });
  const whenever = (truth: (s: SignalState) => Truth) => {
    const guard = guardOf(criteria.independent, perSignal, truth);
    return { guard, holds: all([circumstances(criteria.when, perSignal, truth), guard.holds]) };
  };
  const { guard, holds } = whenever((s) => s.steady);
  const since = perSignal
    .map((s) => s.since)
    .filter((at) => at !== undefined)
    .sort((a, b) => a - b)
    .find((at) => isYes(whenever((s) => (s.since !== undefined && s.since <= at ? yes() : no())).holds));
  return { holds, since, guard, says: said(criteria, holds, since, now, perSignal, guard), perSignal };
}

const isYes = (t: Truth): boolean => decide(t, { yes: () => true, no: () => false, unknown: () => false });

function circumstances(rule: Circumstances, signals: readonly SignalState[], truth: (s: SignalState) => Truth): Truth {
  if (rule.kind === 'signal') {
    const found = signals.find((s) => s.id === rule.signal);
    return found === undefined ? unknown('dangling', `there is no signal ${rule.signal}`) : truth(found);
  }
  const parts = rule.of.map((part) => circumstances(part, signals, truth));
  const needed = rule.kind === 'at-least' ? rule.count : rule.kind === 'any' ? 1 : parts.length;
  // Nothing is met by absence.
  return atLeast(parts, Math.max(1, needed), (n) => `${n} of ${parts.length} signals show it, and ${needed} must`);
}

/** Kleene: yes once enough are, no once too few can be. */
function atLeast(parts: readonly Truth[], needed: number, says: (met: number) => string): Truth {
  const met = parts.filter(isYes).length;
  const doubts = parts.filter((t) => decide(t, { yes: () => false, no: () => false, unknown: () => true })).length;
  if (met >= needed) return yes(says(met));
  return met + doubts < needed ? no(says(met)) : (doubtOf(parts) ?? no(says(met)));
}

const doubtOf = (parts: readonly Truth[]): Known<boolean> | undefined =>
  parts.find((t) => decide(t, { yes: () => false, no: () => false, unknown: () => true }));

function guardOf(needed: number, signals: readonly SignalState[], truth: (s: SignalState) => Truth): Guard {
  const points = [...new Set(signals.map((s) => s.vantage))];
  const seenFrom = (point: string): Truth => atLeast(signals.filter((s) => s.vantage === point).map(truth), 1, () => point);
  const views = points.map(seenFrom);
  const seen = points.filter((_, i) => isYes(views[i] ?? no()));
  return { needed, seen, holds: atLeast(views, Math.max(1, needed), (n) => `seen from ${n} of ${needed} independent points`) };
}

function said(
  { for: seconds }: Criteria,
  holds: Truth,
  since: number | undefined,
  now: number,
  signals: readonly SignalState[],
  guard: Guard,
): string {
  const names = (wanted: (t: Truth) => boolean): string =>
    signals
      .filter((s) => wanted(s.now))
      .map((s) => s.id)
      .join(', ');
  const showing = names(isYes);
  const doubtful = names((t) => decide(t, { yes: () => false, no: () => false, unknown: () => true }));
  const doubt = doubtful === '' ? '' : `; not known: ${doubtful}`;
  if (since !== undefined) {
    const lasted = formatDuration(Math.floor((now - since) / 1000));
    return isYes(holds)
      ? `the criteria have held for ${lasted}: ${showing}${doubt}`
      : `shown for ${lasted} of ${formatDuration(seconds)}: ${showing}${doubt}`;
  }
  if (showing === '') return doubtful === '' ? 'no signal shows it' : `no signal is known to show it${doubt}`;
  const few = guard.seen.length < guard.needed ? `, seen from ${guard.seen.length} of ${guard.needed} independent points` : '';
  return `not enough: ${showing}${few}${doubt}`;
}

/** Have these signals been clear for so many seconds? What is not known is not clear. */
export function clearFor(
  signals: readonly string[],
  seconds: number,
  every: number,
  history: History,
  now: number,
): { readonly holds: Truth; readonly says: string } {
  const span = { milliseconds: seconds * 1000, now, patience: patienceOf({ every }) };
  const states = signals.map((id) => ({ id, ...steady(history, id, false, span) }));
  const holds = all(states.map((s) => s.holds));
  if (isYes(holds)) return { holds, says: `clear for ${formatDuration(seconds)}: ${signals.join(', ')}` };
  const not = states.filter((s) => s.since === undefined).map((s) => s.id);
  const newest = Math.max(...states.map((s) => s.since ?? now));
  const says =
    not.length > 0
      ? `not clear: ${not.join(', ')}`
      : `clear for ${formatDuration(Math.floor((now - newest) / 1000))} of ${formatDuration(seconds)}`;
  return { holds, says };
}

export interface Onset {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The last reading that showed nothing: it began no earlier than its detector could see. False: it was there already. */
  readonly bracketed: boolean;
}

/**
 * When it began, as late as it can have: after the last reading in which those signals that now show it were all clear. Where one
 * showed it from the first reading on, its source may say since when; undefined: no signal shows it.
 */
export function onsetOf(evaluation: Evaluation, history: History): Onset | undefined {
  const showing = evaluation.perSignal.filter((s) => s.since !== undefined);
  const onsets = showing.map(({ id, since = 0 }): Onset => {
    const clear = lastClear(history, id, since);
    if (clear !== undefined) return { at: clear, bracketed: true };
    const told = history.at(-1)?.readings.get(id)?.since;
    return { at: Math.min(since, told ?? since), bracketed: false };
  });
  if (onsets.length === 0) return undefined;
  return { at: Math.min(...onsets.map((o) => o.at)), bracketed: onsets.every((o) => o.bracketed) };
}
