/** A drill from where its journal ends to the point at which everything is to be rolled back. */
import { messageOf } from '../model/errors.ts';
import { LeaseLost } from '../model/journal.ts';
import type { Probe } from './contract.ts';
import type { Course } from './course.ts';
import { asJson, JournalLost } from './logbook.ts';
import { MEASURED, marksOf, seenBy, wellSince } from './result.ts';
import { isDisrupted, type Outcome } from './standing.ts';
import { done } from './steps.ts';
import { Halt, observed, watch } from './watch.ts';

/** Milliseconds. */
const DWELL = 60_000;
/** Consecutive looks at every probe that make up a steady state. */
export const STEADY_LOOKS = 3;
/** Milliseconds between two of them at most. */
const LONGEST_PAUSE = 60_000;
const VALIDATED = 'validated';
/** Milliseconds that asking every precondition may take. */
const PRECONDITIONS = 5 * 60_000;

/** Milliseconds from the beginning of a drill to the moment at which it is rolled back at the latest. */
export const longestOf = (limit: number, dwell: number = DWELL): number =>
  PRECONDITIONS + (STEADY_LOOKS + 1) * LONGEST_PAUSE + limit + dwell;

/** How a drill is called off from outside its engine. */
export interface CallingOff {
  readonly signal?: AbortSignal;
  /** Asked every so often: why it was called off elsewhere; undefined: it was not. */
  readonly calledOff?: () => Promise<string | undefined>;
  /** Milliseconds between two questions. */
  readonly every: number;
}

/** Throws `LeaseLost` or `JournalLost` when this controller may not act any more. */
export async function forward(course: Course, off: CallingOff): Promise<Outcome> {
  const { signal, calledOff } = off;
  const abort = (): void => void course.stop(new Halt('aborted', 'signal', 'called off')).catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  const over = new AbortController();
  const looks: Looks = new Map();
  let watching: Promise<void> = Promise.resolve();
  try {
    const why = await calledOff?.();
    if (why !== undefined) await course.stop(new Halt('aborted', 'decision', why));
    if (!isDisrupted(course.log.entries)) {
      course.halted.throwIfAborted();
      const refused = await unfit(course);
      if (refused !== undefined) return { status: 'refused', reason: refused };
    }
    watching = watched(course, off, looks, over.signal);
    watching.catch((error: unknown) => course.halt(error));
    await disrupt(course);
    await recover(course);
    const { limit } = course.drill;
    if (!(await recovered(course, looks)))
      return { status: 'not-recovered', reason: `not recovered within ${Math.round(limit / 1000)} s` };
    await validate(course);
    return { status: 'recovered', reason: 'recovered and validated' };
  } catch (error) {
    return outcomeBy(error, course);
  } finally {
    over.abort();
    signal?.removeEventListener('abort', abort);
    await watching.catch(() => undefined);
  }
}

function outcomeBy(error: unknown, { log, halted }: Course): Outcome {
  if (error instanceof LeaseLost || error instanceof JournalLost) throw error;
  if (log.lost.aborted) throw log.lost.reason;
  // What an act throws when it is cut short is not why it was.
  const why: unknown = halted.aborted ? halted.reason : error;
  const reason = messageOf(why);
  return { status: why instanceof Halt ? why.kind : 'failed', reason };
}

/** Why the drill must not begin; undefined: it may. */
async function unfit(course: Course): Promise<string | undefined> {
  const { drill, log } = course;
  await course.phase('preconditions');
  for (const { id, check } of drill.preconditions) {
    const why = await check().catch(messageOf);
    const data = { ok: why === undefined, says: why ?? 'holds' };
    await log.write({ kind: 'observation', about: `precondition ${id}`, data });
    if (why !== undefined) return `${id}: ${why}`;
  }
  for (const stop of drill.stops) {
    const holds = await stop.holds().catch(() => undefined);
    if (holds !== false) return `stop condition ${stop.id} ${holds === true ? 'holds already' : 'cannot be evaluated'}`;
  }
  await course.phase('steady-state');
  const pause = Math.max(1, Math.min(LONGEST_PAUSE, ...drill.probes.map((p) => p.every)));
  for (let n = 0; n < STEADY_LOOKS; n += 1) {
    const unwell = await course.unwell();
    if (unwell !== undefined) return `not steady: ${unwell}`;
    await course.sleep(pause);
  }
  return undefined;
}

/** By probe, when its last look began of which everything is written. */
type Looks = Map<string, number>;

function watched(course: Course, { calledOff, every }: CallingOff, looks: Looks, over: AbortSignal): Promise<void> {
  const { clock, stops, probes, validated } = course.drill;
  const validation: Probe = {
    id: VALIDATED,
    every: Math.min(5_000, ...probes.map((p) => p.every)),
    look: async () => {
      const ok = await validated();
      return { ok, says: ok ? 'recovered' : 'not recovered', data: null };
    },
  };
  return watch({
    clock,
    stops,
    probes: [...probes, validation],
    calledOff: calledOff === undefined ? undefined : { every, ask: calledOff },
    signal: AbortSignal.any([over, course.halted]),
    saw: async (probe, result, at) => {
      await course.log.write({ kind: 'observation', about: probe.id, data: observed(result), at });
      if (probe.id !== VALIDATED && result.ok === false) await detected(course, at);
    },
    looked: (probe, at) => looks.set(probe.id, at),
    halt: (why) => course.stop(why),
  });
}

async function detected(course: Course, at: number): Promise<void> {
  const { t0, t1 } = marksOf(course.log.entries);
  if (t0 !== undefined && t1 === undefined && at >= t0) await course.mark('t1', at);
}

async function disrupt(course: Course): Promise<void> {
  const { drill, log, steps } = course;
  course.halted.throwIfAborted();
  await course.phase('disrupt');
  // The onset is what was intended first: what is measured from there is never too short.
  if (marksOf(log.entries).t0 === undefined) {
    const kept = await drill.keeps?.();
    await course.mark('t0', drill.clock.now(), kept);
  }
  for (const actuator of drill.disrupt) await done(steps, 'disrupt', actuator);
}

async function recover(course: Course): Promise<void> {
  const { drill, log, steps } = course;
  await course.phase('recover');
  if (drill.recover.length === 0) return;
  if (marksOf(log.entries).t2 === undefined) await course.mark('t2', drill.clock.now());
  for (const actuator of drill.recover) await done(steps, 'recover', actuator);
}

/**
 * Waits until everything has stayed well for the dwell, or the limit has passed. Every probe looks once more after the last act: what
 * it saw before, or another controller saw, says nothing of what came of it, and nor does what is not written yet.
 */
async function recovered(course: Course, looks: Looks): Promise<boolean> {
  const { clock, probes, limit, dwell = DWELL } = course.drill;
  const t0 = marksOf(course.log.entries).t0 ?? clock.now();
  const pause = Math.max(1_000, Math.min(...probes.map((p) => p.every), dwell / 4));
  const acted = clock.now();
  const due = acted + Math.max(0, ...probes.map((p) => p.every + 1));
  const haveLooked = (): boolean => [...probes.map((p) => p.id), VALIDATED].every((id) => (looks.get(id) ?? acted) > acted);
  for (;;) {
    const since = allWellSince(course, t0);
    // A promise is kept by when the service was well again, not by when that was certain.
    const dwelt = since !== undefined && clock.now() - Math.max(since, t0) >= dwell;
    if (dwelt && since - t0 <= limit && clock.now() >= due && haveLooked()) return true;
    if (since === undefined ? clock.now() - t0 > limit : since - t0 > limit) return false;
    // A look that does not end shows nothing.
    if (clock.now() > Math.max(t0 + limit, due) + dwell && !haveLooked()) return false;
    await course.sleep(pause);
  }
}

function allWellSince(
  { drill, log }: Course,
  t0: number,
  ids: readonly string[] = [...drill.probes.map((p) => p.id), VALIDATED],
): number | undefined {
  const seen = seenBy(log.entries);
  let latest = t0;
  for (const id of ids) {
    const since = wellSince(seen.get(id) ?? [], t0);
    if (since === undefined) return undefined;
    latest = Math.max(latest, since);
  }
  return latest;
}

async function validate(course: Course): Promise<void> {
  const { drill, log } = course;
  await course.phase('validate');
  const marks = marksOf(log.entries);
  const t0 = marks.t0 ?? 0;
  for (const name of ['t3', 't4'] as const) {
    const ids = drill.probes.filter((p) => p.tells === name).map((p) => p.id);
    const at = allWellSince(course, t0, ids);
    if (ids.length > 0 && at !== undefined && marks[name] === undefined) await course.mark(name, at);
  }
  const at = allWellSince(course, t0);
  if (at === undefined) throw new Error('the service was well, and is not any more');
  if (marks.t5 === undefined) await course.mark('t5', at);
  if (drill.measure !== undefined && !log.entries.some((e) => e.kind === 'outcome' && e.about === MEASURED))
    await log.write({ kind: 'outcome', about: MEASURED, data: asJson(await drill.measure(t0)) });
}
