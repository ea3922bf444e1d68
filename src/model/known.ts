/**
 * Ignorance as data. A `Known<T>` is a value with the place it was read from, or a reason why nobody
 * can tell. Everything that decides goes through the combinators below (Kleene's strong three-valued
 * logic), so that an unread property can never turn into a pass. Only this file and renderers look
 * inside; a lint rule holds everybody else to the combinators.
 */

/** Where a value was read, or should have been. */
export interface Origin {
  /** URN (declared) or ARN (observed) of the resource. */
  readonly resource?: string;
  /** Property path in the resource's own words, for example `pointInTimeRecovery.enabled`. */
  readonly property?: string;
}

/** Why a value is not known. The list is closed: reports and exit codes depend on it. */
export const REASONS = [
  'unresolved-at-preview',
  'stand-in',
  'access-denied',
  'throttled',
  'not-reported',
  'not-modelled',
  'dangling',
  'unmapped',
  'secret',
  'assumed',
  'stale',
  'error',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Fact<T> {
  readonly state: 'known';
  readonly value: T;
  readonly from: readonly Origin[];
  /** One clause that says what the value means to a reader, when the value alone does not. */
  readonly detail?: string;
}

export interface Unknown {
  readonly state: 'unknown';
  readonly reason: Reason;
  /** One clause: what is not known and what would make it known. */
  readonly detail: string;
  readonly from: readonly Origin[];
}

export type Known<T> = Fact<T> | Unknown;

/** A three-valued answer: yes, no, or unknown with its reason. */
export type Truth = Known<boolean>;

/** Origins kept on a combined value. Beyond this many, further places do not help a reader. */
const MAX_ORIGINS = 8;

/** One for all: most values of a run come from no place of their own. */
const NOWHERE: readonly Origin[] = [];

export function known<T>(value: T, from: Origin | readonly Origin[] = NOWHERE, detail?: string): Fact<T> {
  const origins = Array.isArray(from) ? (from as readonly Origin[]) : [from as Origin];
  return detail === undefined ? { state: 'known', value, from: origins } : { state: 'known', value, from: origins, detail };
}

export function unknown(reason: Reason, detail: string, from: Origin | readonly Origin[] = NOWHERE): Unknown {
  const origins = Array.isArray(from) ? (from as readonly Origin[]) : [from as Origin];
  return { state: 'unknown', reason, detail, from: origins };
}

const YES = known(true);
const NO = known(false);

export const yes = (detail?: string, from: Origin | readonly Origin[] = NOWHERE): Truth =>
  detail === undefined && from === NOWHERE ? YES : known(true, from, detail);
export const no = (detail?: string, from: Origin | readonly Origin[] = NOWHERE): Truth =>
  detail === undefined && from === NOWHERE ? NO : known(false, from, detail);

/** Leaves the world of `Known`: both cases must be answered, so ignorance cannot be dropped by accident. */
export function fold<T, R>(k: Known<T>, onKnown: (value: T, fact: Fact<T>) => R, onUnknown: (why: Unknown) => R): R {
  return k.state === 'known' ? onKnown(k.value, k) : onUnknown(k);
}

/** Applies `f` to a known value; ignorance passes through unchanged. */
export function map<T, R>(k: Known<T>, f: (value: T) => R): Known<R> {
  return k.state === 'known' ? { state: 'known', value: f(k.value), from: k.from } : k;
}

/** As `map`, for an `f` that may itself not know. Origins of both are kept. */
export function andThen<T, R>(k: Known<T>, f: (value: T) => Known<R>): Known<R> {
  if (k.state !== 'known') return k;
  const next = f(k.value);
  const from = mergeOrigins(k.from, next.from);
  if (from === next.from) return next;
  return next.state === 'known' ? known(next.value, from, next.detail) : unknown(next.reason, next.detail, from);
}

/** Puts a reader's clause on a known value; an unknown keeps its own. */
export function because<T>(k: Known<T>, detail: string): Known<T> {
  return k.state === 'known' ? known(k.value, k.from, detail) : k;
}

type Values<K extends Readonly<Record<string, Known<unknown>>>> = {
  readonly [P in keyof K]: K[P] extends Known<infer V> ? V : never;
};

/** All of several values at once: known when every one is, else the first ignorance met. */
export function together<K extends Readonly<Record<string, Known<unknown>>>>(parts: K): Known<Values<K>> {
  const values: Record<string, unknown> = {};
  let from = NOWHERE;
  for (const key of Object.keys(parts)) {
    const part = parts[key] as Known<unknown>;
    if (part.state !== 'known') return part;
    values[key] = part.value;
    from = mergeOrigins(from, part.from);
  }
  return { state: 'known', value: values as Values<K>, from };
}

/** As `together`, for a list. The empty list is known and empty: nothing was asked. */
export function collect<T>(items: readonly Known<T>[]): Known<readonly T[]> {
  const values: T[] = [];
  let from = NOWHERE;
  for (const item of items) {
    if (item.state !== 'known') return item;
    values.push(item.value);
    from = mergeOrigins(from, item.from);
  }
  return { state: 'known', value: values, from };
}

/** Does the known value satisfy the predicate? `detail` is kept for either answer. */
export function is<T>(k: Known<T>, predicate: (value: T) => boolean, detail?: string): Truth {
  if (k.state !== 'known') return k;
  return known(predicate(k.value), k.from, detail ?? k.detail);
}

export function equals<T extends string | number | boolean | undefined>(k: Known<T>, value: T, detail?: string): Truth {
  return is(k, (v) => v === value, detail);
}

export function atLeast(k: Known<number>, limit: number, detail?: string): Truth {
  return is(k, (v) => v >= limit, detail);
}

export function not(t: Truth): Truth {
  return t.state === 'known' ? known(!t.value, t.from, t.detail) : t;
}

/**
 * Kleene conjunction. No decides alone and keeps its own reason; else any ignorance wins; else yes.
 * The conjunction of nothing is unknown, never yes (law 1: nothing is met by absence).
 */
export function all(truths: readonly Truth[]): Truth {
  return combine(truths, false);
}

/** Kleene disjunction, the dual of `all`: yes decides alone. The disjunction of nothing is unknown. */
export function any(truths: readonly Truth[]): Truth {
  return combine(truths, true);
}

function combine(truths: readonly Truth[], decides: boolean): Truth {
  let ignorance: Unknown | undefined;
  let from = NOWHERE;
  let decider: Truth | undefined;
  for (const t of truths) {
    if (t.state === 'known' && t.value === decides) {
      decider = t;
      break;
    }
    if (t.state === 'unknown') ignorance ??= t;
    from = mergeOrigins(from, t.from);
  }
  if (decider !== undefined) return decider;
  if (ignorance !== undefined) return { ...ignorance, from: ignorance.from.length > 0 ? ignorance.from : from };
  if (truths.length === 0) return unknown('not-reported', 'there was nothing to judge');
  return known(!decides, from);
}

/** Three-way switch for code that must act on each answer. */
export function decide<R>(
  t: Truth,
  answers: { yes: (f: Fact<boolean>) => R; no: (f: Fact<boolean>) => R; unknown: (u: Unknown) => R },
): R {
  if (t.state === 'unknown') return answers.unknown(t);
  return t.value ? answers.yes(t) : answers.no(t);
}

function mergeOrigins(a: readonly Origin[], b: readonly Origin[]): readonly Origin[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b.length <= MAX_ORIGINS ? b : b.slice(0, MAX_ORIGINS);
  if (a.length >= MAX_ORIGINS) return a;
  const merged = [...a];
  for (const origin of b) {
    if (merged.length >= MAX_ORIGINS) break;
    if (!merged.some((o) => o.resource === origin.resource && o.property === origin.property)) merged.push(origin);
  }
  // Nothing new is the usual case along a chain of facts about one resource: they then share one list.
  return merged.length === a.length ? a : merged;
}
