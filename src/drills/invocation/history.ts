/** What signals showed, reading after reading. Pure. */
import { decide, no, type Truth, unknown, yes } from '../../model/known.ts';

/** What one signal showed when it was read. */
export interface Reading {
  /** Does it show the disruption? Unknown: nobody can tell. */
  readonly shows: Truth;
  /** One clause. */
  readonly says: string;
  /** Who looked, and from where: signals of one vantage point may be wrong together. */
  readonly vantage: string;
  /** Milliseconds since the epoch from which its source says that it has been so; undefined: it does not say. */
  readonly since: number | undefined;
}

/** All signals by id. */
export type Readings = ReadonlyMap<string, Reading>;

/** Readings that all showed the same. */
export interface Span {
  /** Milliseconds since the epoch of the first and the last of them. */
  readonly from: number;
  readonly to: number;
  /** The last. */
  readonly readings: Readings;
}

/** In order, the newest last. */
export type History = readonly Span[];

/** Spans that are kept: what flapped longer ago decides nothing. */
const MOST = 2_000;

const stateOf = (t: Truth): 'yes' | 'no' | 'unknown' => decide(t, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' });

const same = (a: Readings, b: Readings): boolean =>
  a.size === b.size &&
  [...a].every(([id, { shows }]) => {
    const other = b.get(id);
    return other !== undefined && stateOf(other.shows) === stateOf(shows);
  });

/**
 * With one more reading. `patience`: milliseconds that may lie between two readings of one span; between any further apart nobody
 * knows what was. A clock that was set back makes all that was read before worthless.
 */
export function withReading(history: History, at: number, readings: Readings, patience: number): History {
  const last = history.at(-1);
  if (last === undefined || at < last.to) return [{ from: at, to: at, readings }];
  if (at - last.to <= patience && same(last.readings, readings))
    return [...history.slice(0, -1), { from: last.from, to: at, readings }];
  return [...history, { from: at, to: at, readings }].slice(-MOST);
}

/** How long a signal has been as wanted. */
export interface Steady {
  readonly holds: Truth;
  /** First reading of the unbroken run that lasts until now; undefined: it is not so now. */
  readonly since: number | undefined;
}

/**
 * Has the signal shown (`wanted`), or not shown (else), the disruption for so many milliseconds without a break? A reading to the
 * contrary stands until the next; where nobody looked, or could not tell, the answer is not known.
 */
export function steady(
  history: History,
  id: string,
  wanted: boolean,
  { milliseconds, now, patience }: { readonly milliseconds: number; readonly now: number; readonly patience: number },
): Steady {
  const as = wanted ? 'yes' : 'no';
  const last = history.at(-1);
  if (last === undefined) return { holds: unknown('not-reported', `${id} was not read yet`), since: undefined };
  if (now < last.to) return { holds: unknown('stale', 'the clock was set back since it was read'), since: undefined };
  const seen = (span: Span): ReturnType<typeof stateOf> | undefined => {
    const reading = span.readings.get(id);
    return reading === undefined ? undefined : stateOf(reading.shows);
  };
  const begin = now - milliseconds;
  let since: number | undefined;
  let broken = false;
  let contrary = false;
  let next = { from: now, to: now };
  for (let i = history.length - 1; i >= 0; i -= 1) {
    const span = history[i];
    if (span === undefined) break;
    const state = seen(span);
    const joined = next.from - span.to <= patience;
    if (!broken && joined && state === as) since = span.from;
    else broken = true;
    // Until the next reading it was as it was last seen, unless nobody looked for too long.
    const until = joined ? next.from : span.to;
    if (state !== as && state !== undefined && state !== 'unknown' && (until > begin || (joined && span === last)))
      contrary = true;
    if (until <= begin) break;
    next = span;
  }
  if (since !== undefined && since <= begin) return { holds: yes(), since };
  if (contrary) return { holds: no(), since };
  const shown = last.readings.get(id)?.shows ?? unknown('not-reported', `${id} was not read`);
  const doubt = unknown('not-reported', `${id} was not seen for long enough`);
  return { holds: decide(shown, { yes: () => doubt, no: () => doubt, unknown: (why) => why }), since };
}

/** The last reading before `at` in which the signal was known to show nothing; undefined: there is none. */
export function lastClear(history: History, id: string, at: number): number | undefined {
  const span = history.findLast((s) => {
    const reading = s.readings.get(id);
    return s.from < at && reading !== undefined && stateOf(reading.shows) === 'no';
  });
  return span?.to;
}
