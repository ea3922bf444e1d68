/** What runs beside a drill's steps: the lease is renewed, probes look, stop conditions are evaluated, the clock is watched. */
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import type { Json } from '../model/journal.ts';
import type { Probe, ProbeResult, StopCondition } from './contract.ts';

/** Why a drill must not go on: a condition fired, somebody aborted it, the clock jumped. */
export class Halt extends Error {
  readonly kind: 'stopped' | 'aborted' | 'failed';
  readonly about: string;
  constructor(kind: Halt['kind'], about: string, message: string) {
    super(message);
    this.name = 'Halt';
    this.kind = kind;
    this.about = about;
  }
}

/** Milliseconds between two evaluations of the stop conditions. */
const STOP_EVERY = 5_000;
/** A stop condition that nobody can evaluate for so long counts as fired. */
const STOP_PATIENCE = 30_000;
/** A clock that moves by so much more than was slept, or backwards, has been set: times measured across it mean nothing. */
const JUMP = 30_000;

export interface WatchSettings {
  readonly clock: Clock;
  readonly probes: readonly Probe[];
  readonly stops: readonly StopCondition[];
  /** Asked every so many milliseconds: why the drill was called off; undefined: it was not. An answer that fails is no answer. */
  readonly calledOff: { readonly every: number; readonly ask: () => Promise<string | undefined> } | undefined;
  /** Called with what a probe says when that differs from what it said before. */
  readonly saw: (probe: Probe, result: ProbeResult, at: number) => Promise<void>;
  /** Called once a look that began at that moment has been dealt with, whatever it saw. */
  readonly looked?: (probe: Probe, at: number) => void;
  readonly halt: (why: Halt) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Resolves when the signal is aborted; rejects only with what `saw` and `halt` throw. */
export async function watch(settings: WatchSettings): Promise<void> {
  const { clock, probes, stops, calledOff, signal } = settings;
  const last = new Map<string, string>();
  const due = probes.map((probe) => ({ probe, at: clock.now() }));
  const doubtSince = new Map<string, number>();
  let nextStops = stops.length > 0 ? clock.now() : Number.POSITIVE_INFINITY;
  let nextAsking = calledOff === undefined ? Number.POSITIVE_INFINITY : clock.now() + calledOff.every;
  for (;;) {
    const now = clock.now();
    for (const entry of due) {
      if (entry.at > now) continue;
      entry.at = now + entry.probe.every;
      const result = await looked(entry.probe);
      if (signal.aborted) return;
      const said = JSON.stringify([result.ok ?? null, result.says]);
      if (last.get(entry.probe.id) !== said) {
        last.set(entry.probe.id, said);
        await settings.saw(entry.probe, result, now);
      }
      settings.looked?.(entry.probe, now);
    }
    if (nextStops <= now) {
      nextStops = now + STOP_EVERY;
      for (const stop of stops) await evaluate(stop, doubtSince, settings);
    }
    if (calledOff !== undefined && nextAsking <= now) {
      nextAsking = now + calledOff.every;
      const why = await calledOff.ask().catch(() => undefined);
      if (why !== undefined) await settings.halt(new Halt('aborted', 'decision', why));
    }
    if (signal.aborted) return;
    const next = Math.min(...due.map((d) => d.at), nextStops, nextAsking);
    const pause = Number.isFinite(next) ? Math.max(1, next - clock.now()) : STOP_EVERY;
    if (!(await slept(settings, pause))) return;
  }
}

async function slept({ clock, signal, halt }: WatchSettings, milliseconds: number): Promise<boolean> {
  const before = clock.now();
  try {
    await clock.sleep(milliseconds, signal);
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
  const passed = clock.now() - before;
  if (passed < 0 || passed > milliseconds + JUMP)
    await halt(new Halt('failed', 'clock', `the clock jumped by ${Math.round((passed - milliseconds) / 1000)} s`));
  return !signal.aborted;
}

/** A probe that throws saw nothing. */
export async function looked(probe: Probe): Promise<ProbeResult> {
  try {
    return await probe.look();
  } catch (error) {
    const says = messageOf(error);
    return { ok: undefined, says, data: null };
  }
}

async function evaluate(stop: StopCondition, doubtSince: Map<string, number>, settings: WatchSettings): Promise<void> {
  const now = settings.clock.now();
  const holds = await stop.holds().catch(() => undefined);
  if (settings.signal.aborted) return;
  if (holds === false) {
    doubtSince.delete(stop.id);
    return;
  }
  const since = doubtSince.get(stop.id) ?? now;
  doubtSince.set(stop.id, since);
  if (holds === true) await settings.halt(new Halt('stopped', stop.id, `stop condition ${stop.id} holds`));
  else if (now - since >= STOP_PATIENCE)
    await settings.halt(new Halt('stopped', stop.id, `stop condition ${stop.id} has been unknown for ${(now - since) / 1000} s`));
}

export const observed = (result: ProbeResult): Json => ({
  ok: result.ok ?? null,
  says: result.says,
  data: result.data,
});
