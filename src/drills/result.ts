/** What a drill came to, worked out from its journal alone. */

import type { DrillKind } from '../model/drill.ts';
import type { JournalEntry, Json } from '../model/journal.ts';
import { memberOf } from '../model/journal.ts';
import type { Scope } from '../model/scope.ts';
import { MARKS, type Mark, type Measured, type PreparedDrill } from './contract.ts';

export const DRILL_STATUSES = [
  /** Recovered and validated within the limit. */
  'recovered',
  /** The limit passed: the promise was not kept. */
  'not-recovered',
  /** A stop condition fired. */
  'stopped',
  /** Somebody called it off. */
  'aborted',
  /** A precondition did not hold, or the service was not well to begin with: nothing was disrupted. */
  'refused',
  /** A step failed, or the clock jumped. */
  'failed',
  /** Its controller died while it was under way, and the drill says to roll back then. */
  'interrupted',
] as const;
export type DrillStatus = (typeof DRILL_STATUSES)[number];

export interface Outage {
  readonly probe: string;
  /** Milliseconds since the epoch; `to` is null when it had not ended. */
  readonly from: number;
  readonly to: number | null;
}

export interface DrillResult {
  readonly run: string;
  readonly kind: DrillKind;
  readonly service: string;
  readonly scope: Scope;
  readonly member: string;
  readonly world: 'live' | 'simulated';
  readonly status: DrillStatus;
  /** One clause. */
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly marks: Readonly<Partial<Record<Mark, number>>>;
  /** Seconds: t5 − t0. Null unless recovered. */
  readonly rto: number | null;
  /** Seconds: t5 − t2, where somebody declared. */
  readonly rtoDeclared: number | null;
  /** True when nobody had to act. */
  readonly automatic: boolean;
  readonly measured: Measured | null;
  /** Share (0 … 1) of the time from t0 to t5, or to the end, in which every entry answered. Null without an entry. */
  readonly availability: number | null;
  readonly outages: readonly Outage[];
  /** After rollback: is the service as well as before? */
  readonly steady: boolean;
  /** What could not be undone or removed. A drill with anything here has not ended. */
  readonly left: readonly string[];
  /** Lease epochs in which it was worked on: more than one after a crash. */
  readonly epochs: number;
}

/** One probe over time, from the journal: what it said, and from when. */
export interface Seen {
  readonly at: number;
  readonly ok: boolean | undefined;
}

export function seenBy(entries: readonly JournalEntry[]): ReadonlyMap<string, readonly Seen[]> {
  const seen = new Map<string, Seen[]>();
  for (const { kind, about, at, data } of entries) {
    if (kind !== 'observation') continue;
    const ok = memberOf(data, 'ok');
    const list = seen.get(about) ?? [];
    list.push({ at, ok: typeof ok === 'boolean' ? ok : undefined });
    seen.set(about, list);
  }
  return seen;
}

/** When it was last seen to turn well since the onset; the onset itself when it never failed; undefined while it is not well. */
export function wellSince(seen: readonly Seen[], t0: number): number | undefined {
  const since = seen.filter((s) => s.at >= t0);
  const before = seen.findLast((s) => s.at < t0);
  const last = since.at(-1) ?? before;
  if (last?.ok !== true) return undefined;
  const bad = since.findLastIndex((s) => s.ok !== true);
  if (bad < 0) return before?.ok === true || before === undefined ? t0 : since[0]?.at;
  return since[bad + 1]?.at;
}

export function outagesOf(probe: string, seen: readonly Seen[], t0: number): readonly Outage[] {
  const outages: { probe: string; from: number; to: number | null }[] = [];
  for (const { at, ok } of seen.filter((s) => s.at >= t0)) {
    const open = outages.at(-1);
    const isOpen = open !== undefined && open.to === null;
    if (ok === true && isOpen) open.to = at;
    else if (ok !== true && !isOpen) outages.push({ probe, from: at, to: null });
  }
  return outages;
}

/** Share of [from, to] in which no outage of these probes lay. */
function availabilityOf(outages: readonly Outage[], from: number, to: number): number {
  if (to <= from) return 1;
  let down = 0;
  let end = from;
  for (const o of [...outages].sort((a, b) => a.from - b.from)) {
    const begins = Math.max(o.from, end);
    const ends = Math.min(o.to ?? to, to);
    if (ends > begins) down += ends - begins;
    end = Math.max(end, ends);
  }
  return 1 - down / (to - from);
}

export interface Ending {
  readonly status: DrillStatus;
  readonly reason: string;
  readonly steady: boolean;
  readonly left: readonly string[];
}

/** Pure in the journal: a resumed drill and one that ran through give the same result from the same entries. */
export function resultOf(drill: PreparedDrill, entries: readonly JournalEntry[], ending: Ending): DrillResult {
  const marks = marksOf(entries);
  const { t0, t2, t5 } = marks;
  const recovered = ending.status === 'recovered' && t0 !== undefined && t5 !== undefined;
  const seen = seenBy(entries);
  const until = rollbackBegan(entries);
  const duringDrill = (list: readonly Seen[]): readonly Seen[] => list.filter((s) => s.at < until);
  const outages = t0 === undefined ? [] : drill.probes.flatMap((p) => outagesOf(p.id, duringDrill(seen.get(p.id) ?? []), t0));
  const entriesOf = new Set(drill.probes.filter((p) => p.tells === 't4').map((p) => p.id));
  return {
    run: drill.run,
    kind: drill.kind,
    service: drill.service,
    scope: drill.scope,
    member: drill.member,
    world: drill.world,
    ...ending,
    marks,
    rto: recovered ? (t5 - t0) / 1000 : null,
    rtoDeclared: recovered && t2 !== undefined ? (t5 - t2) / 1000 : null,
    automatic: drill.recover.length === 0,
    measured: measuredIn(entries),
    availability:
      t0 === undefined || entriesOf.size === 0
        ? null
        : availabilityOf(
            outages.filter((o) => entriesOf.has(o.probe)),
            t0,
            t5 ?? Math.min(until, entries.at(-1)?.at ?? t0),
          ),
    outages,
    epochs: new Set(entries.map((e) => e.epoch)).size,
  };
}

/** The first of each name counts: a resumed controller does not move a mark. */
export function marksOf(entries: readonly JournalEntry[]): DrillResult['marks'] {
  const marks: Partial<Record<Mark, number>> = {};
  for (const { kind, about, data } of entries) {
    if (kind !== 'mark') continue;
    const name = MARKS.find((m) => m === about);
    const at = memberOf(data, 'at');
    if (name !== undefined && typeof at === 'number') marks[name] ??= at;
  }
  return marks;
}

/** What was kept with a mark. */
export const keptAt = (mark: Mark, entries: readonly JournalEntry[]): Json | undefined =>
  memberOf(entries.find((e) => e.kind === 'mark' && e.about === mark)?.data ?? null, 'kept');

const rollbackBegan = (entries: readonly JournalEntry[]): number =>
  entries.find((e) => e.kind === 'phase' && e.about === 'rollback')?.at ?? Number.POSITIVE_INFINITY;

/** About of the entry that holds what canary writes said. */
export const MEASURED = 'canary writes';

function measuredIn(entries: readonly JournalEntry[]): Measured | null {
  const entry = entries.find((e) => e.kind === 'outcome' && e.about === MEASURED);
  // Written by the engine from a value of this very type.
  return entry === undefined ? null : (entry.data as unknown as Measured);
}
