/**
 * Conducts one drill: preconditions, steady state, disrupt, recover, validate, rollback, re-check, nothing left. It knows the drill
 * by its journal: whoever opens the run next goes on from what is written there, and from nothing else.
 */
import { UsageError } from '../model/errors.ts';
import { type Journal, type JournalEntry, type Json, LeaseLost } from '../model/journal.ts';
import type { Actuator, PreparedDrill, Probe } from './contract.ts';
import { asJson, JournalLost, type Logbook, openLogbook } from './logbook.ts';
import {
  DRILL_STATUSES,
  type DrillResult,
  type DrillStatus,
  type Ending,
  MEASURED,
  marksOf,
  member,
  resultOf,
  seenBy,
  wellSince,
} from './result.ts';
import { compensated, done, type Steps } from './steps.ts';
import { Halt, looked, observed, watch } from './watch.ts';

export interface ConductOptions {
  readonly journal: Journal;
  /** Names this controller in leases. */
  readonly holder: string;
  /** Milliseconds that a lease holds. Default: 30 s. */
  readonly lease?: number;
  /** Who asked for it, on what approval; kept in the journal's first entry. */
  readonly request?: Json;
  /** Aborting it calls the drill off: it is rolled back. */
  readonly signal?: AbortSignal;
}

const LEASE = 30_000;
const DWELL = 60_000;
/** Consecutive looks at every probe that make up a steady state. */
const STEADY_LOOKS = 3;
/** Milliseconds for which a service may take to be as well as before, once everything is rolled back. */
const RECHECK = 3_600_000;
const VALIDATED = 'validated';
/** About of the decision that calls a drill off. */
const ABORT = 'abort';

/**
 * Runs the drill, or takes it up where its journal ends. Throws `LeaseLost` or `JournalLost` when this controller may not act any
 * more (the run stays open, nothing further is done), and `UsageError` when another one holds the run. A result with `left` means
 * that rollback was refused: the run stays open too, and conducting it again tries again.
 */
export async function conduct(drill: PreparedDrill, options: ConductOptions): Promise<DrillResult> {
  const { clock } = drill;
  const settings = { journal: options.journal, run: drill.run, holder: options.holder, lease: options.lease ?? LEASE, clock };
  const log = await openLogbook(settings);
  if (log === undefined)
    throw new UsageError(
      'drill-held',
      `drill ${drill.run}: another controller holds it. Wait until its lease ends, or abort it there.`,
    );
  try {
    const ended = log.entries.findLast((e) => e.kind === 'ended');
    // Written by the engine from a value of this very type.
    if (ended !== undefined) return ended.data as unknown as DrillResult;
    return await new Conduct(drill, log, options).run();
  } finally {
    await log.close();
  }
}

class Conduct {
  readonly #drill: PreparedDrill;
  readonly #log: Logbook;
  readonly #options: ConductOptions;
  readonly #halt = new AbortController();
  readonly #steps: Steps;

  constructor(drill: PreparedDrill, log: Logbook, options: ConductOptions) {
    this.#drill = drill;
    this.#log = log;
    this.#options = options;
    this.#steps = { run: drill.run, log, clock: drill.clock, signal: this.#halt.signal };
    log.lost.addEventListener('abort', () => this.#halt.abort(log.lost.reason), { once: true });
  }

  async run(): Promise<DrillResult> {
    const { kind, service, scope, member: lost, world, limit } = this.#drill;
    const found = phaseOf(this.#log.entries);
    if (this.#log.entries.length === 0)
      await this.#log.write({
        kind: 'created',
        about: kind,
        data: asJson({
          service,
          scope,
          member: lost,
          world,
          limit,
          request: this.#options.request ?? null,
          disrupt: this.#drill.disrupt.map((a) => ({ id: a.id, does: a.describe() })),
          recover: this.#drill.recover.map((a) => ({ id: a.id, does: a.describe() })),
        }),
      });
    let ending: Pick<Ending, 'status' | 'reason'>;
    if (found.rolling !== undefined) ending = found.rolling;
    else if (found.disrupted && this.#drill.afterCrash !== 'continue')
      ending = { status: 'interrupted', reason: 'its controller died while it was under way' };
    else ending = await this.#forward();
    return this.#finish(ending);
  }

  /** From where the journal ends to the point at which everything is to be rolled back. */
  async #forward(): Promise<Pick<Ending, 'status' | 'reason'>> {
    const { signal } = this.#options;
    const abort = (): void => void this.#stop(new Halt('aborted', ABORT, 'called off')).catch(() => undefined);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    const over = new AbortController();
    let watching: Promise<void> = Promise.resolve();
    try {
      if (!isDisrupted(this.#log.entries)) {
        const refused = await this.#unfit();
        if (refused !== undefined) return { status: 'refused', reason: refused };
      }
      watching = this.#watch(over.signal);
      watching.catch((error: unknown) => this.#halt.abort(error));
      await this.#disrupt();
      await this.#recover();
      const recovered = await this.#recovered();
      if (!recovered)
        return { status: 'not-recovered', reason: `not recovered within ${Math.round(this.#drill.limit / 1000)} s` };
      await this.#validate();
      return { status: 'recovered', reason: 'recovered and validated' };
    } catch (error) {
      return this.#why(error);
    } finally {
      over.abort();
      signal?.removeEventListener('abort', abort);
      await watching.catch(() => undefined);
    }
  }

  #why(error: unknown): Pick<Ending, 'status' | 'reason'> {
    if (error instanceof LeaseLost || error instanceof JournalLost) throw error;
    if (this.#log.lost.aborted) throw this.#log.lost.reason;
    const reason = error instanceof Error ? error.message : String(error);
    return { status: error instanceof Halt ? error.kind : 'failed', reason };
  }

  /** Why the drill must not begin; undefined: it may. */
  async #unfit(): Promise<string | undefined> {
    await this.#phase('preconditions');
    for (const { id, check } of this.#drill.preconditions) {
      const why = await check().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      await this.#log.write({
        kind: 'observation',
        about: `precondition ${id}`,
        data: { ok: why === undefined, says: why ?? 'holds' },
      });
      if (why !== undefined) return `${id}: ${why}`;
    }
    for (const stop of this.#drill.stops) {
      const holds = await stop.holds().catch(() => undefined);
      if (holds !== false) return `stop condition ${stop.id} ${holds === true ? 'holds already' : 'cannot be evaluated'}`;
    }
    await this.#phase('steady-state');
    const pause = Math.max(1, Math.min(60_000, ...this.#drill.probes.map((p) => p.every)));
    for (let n = 0; n < STEADY_LOOKS; n += 1) {
      const unwell = await this.#unwell();
      if (unwell !== undefined) return `not steady: ${unwell}`;
      await this.#sleep(pause);
    }
    return undefined;
  }

  async #unwell(): Promise<string | undefined> {
    for (const probe of this.#drill.probes) {
      const result = await looked(probe);
      if (result.ok !== true) return `${probe.id}: ${result.says}`;
    }
    return undefined;
  }

  #watch(over: AbortSignal): Promise<void> {
    const { clock, stops, probes, validated } = this.#drill;
    const every = Math.min(5_000, ...probes.map((p) => p.every));
    const validation: Probe = {
      id: VALIDATED,
      every,
      look: async () => {
        const ok = await validated();
        return { ok, says: ok ? 'recovered' : 'not recovered', data: null };
      },
    };
    return watch({
      clock,
      stops,
      probes: [...probes, validation],
      signal: AbortSignal.any([over, this.#halt.signal]),
      saw: async (probe, result, at) => {
        await this.#log.write({ kind: 'observation', about: probe.id, data: observed(result), at });
        if (probe.id !== VALIDATED && result.ok === false) await this.#detected(at);
      },
      halt: (why) => this.#stop(why),
    });
  }

  async #stop(why: Halt): Promise<void> {
    if (this.#halt.signal.aborted) return;
    // First stop, then write: the journal may be slow.
    this.#halt.abort(why);
    await this.#log.write({ kind: why.kind === 'aborted' ? 'decision' : 'stop', about: why.about, data: { says: why.message } });
  }

  async #detected(at: number): Promise<void> {
    const marks = marksOf(this.#log.entries);
    if (marks.t0 !== undefined && marks.t1 === undefined && at >= marks.t0) await this.#mark('t1', at);
  }

  async #disrupt(): Promise<void> {
    await this.#phase('disrupt');
    // The onset is what was intended first: what is measured from there is never too short.
    if (marksOf(this.#log.entries).t0 === undefined) await this.#mark('t0', this.#drill.clock.now());
    for (const actuator of this.#drill.disrupt) await done(this.#steps, 'disrupt', actuator);
  }

  async #recover(): Promise<void> {
    await this.#phase('recover');
    if (this.#drill.recover.length === 0) return;
    if (marksOf(this.#log.entries).t2 === undefined) await this.#mark('t2', this.#drill.clock.now());
    for (const actuator of this.#drill.recover) await done(this.#steps, 'recover', actuator);
  }

  /** Waits until everything has stayed well for the dwell, or the limit has passed. */
  async #recovered(): Promise<boolean> {
    const { clock, probes, limit, dwell = DWELL } = this.#drill;
    const t0 = marksOf(this.#log.entries).t0 ?? clock.now();
    const pause = Math.max(1_000, Math.min(...probes.map((p) => p.every), dwell / 4));
    for (;;) {
      const since = this.#wellSince(t0);
      // A promise is kept by when the service was well again, not by when that was certain.
      if (since !== undefined && since - t0 <= limit && clock.now() - Math.max(since, t0) >= dwell) return true;
      if (since === undefined ? clock.now() - t0 > limit : since - t0 > limit) return false;
      await this.#sleep(pause);
    }
  }

  #wellSince(t0: number, ids: readonly string[] = [...this.#drill.probes.map((p) => p.id), VALIDATED]): number | undefined {
    const seen = seenBy(this.#log.entries);
    let latest = t0;
    for (const id of ids) {
      const since = wellSince(seen.get(id) ?? [], t0);
      if (since === undefined) return undefined;
      latest = Math.max(latest, since);
    }
    return latest;
  }

  async #validate(): Promise<void> {
    await this.#phase('validate');
    const { probes, measure } = this.#drill;
    const marks = marksOf(this.#log.entries);
    const t0 = marks.t0 ?? 0;
    for (const name of ['t3', 't4'] as const) {
      const ids = probes.filter((p) => p.tells === name).map((p) => p.id);
      const at = this.#wellSince(t0, ids);
      if (ids.length > 0 && at !== undefined && marks[name] === undefined) await this.#mark(name, at);
    }
    const at = this.#wellSince(t0);
    if (at === undefined) throw new Error('the service was well, and is not any more');
    if (marks.t5 === undefined) await this.#mark('t5', at);
    if (measure !== undefined && !this.#log.entries.some((e) => e.kind === 'outcome' && e.about === MEASURED))
      await this.#log.write({ kind: 'outcome', about: MEASURED, data: asJson(await measure(t0)) });
  }

  /** Rollback, re-check, nothing left: whatever the drill came to. */
  async #finish(ending: Pick<Ending, 'status' | 'reason'>): Promise<DrillResult> {
    const { disrupt, recover } = this.#drill;
    const touched = this.#log.entries.some((e) => e.kind === 'intent');
    await this.#phase('rollback', { status: ending.status, reason: ending.reason });
    const refused: string[] = [];
    // What was lost comes back first: nothing returns to normal without it.
    for (const [phase, actuators] of [
      ['disrupt', disrupt],
      ['recover', recover],
    ] as const)
      for (const actuator of [...actuators].reverse()) {
        const why = await compensated(this.#steps, phase, actuator);
        if (why !== undefined) refused.push(`${actuator.id}: ${why}`);
      }
    await this.#phase('re-check');
    const steady = !touched || (refused.length === 0 && (await this.#steadyAgain()));
    const left = [...refused, ...(await this.#left())];
    const result = resultOf(this.#drill, this.#log.entries, { ...ending, steady, left });
    if (left.length > 0) {
      await this.#log.write({ kind: 'stop', about: 'rollback', data: { says: 'not everything could be undone', left } });
      return result;
    }
    await this.#phase('ended');
    await this.#log.write({ kind: 'ended', about: ending.status, data: asJson(result) });
    return result;
  }

  async #steadyAgain(): Promise<boolean> {
    const { clock, probes } = this.#drill;
    const end = clock.now() + RECHECK;
    const pause = Math.max(1_000, ...probes.map((p) => p.every));
    for (let well = 0; clock.now() <= end; ) {
      well = (await this.#unwell()) === undefined ? well + 1 : 0;
      if (well >= STEADY_LOOKS) return true;
      await clock.sleep(pause, this.#log.lost);
    }
    return false;
  }

  async #left(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const [phase, actuators] of [
      ['disrupt', this.#drill.disrupt],
      ['recover', this.#drill.recover],
    ] as const)
      for (const actuator of actuators) left.push(...(await leftOf(actuator, tokenOf(this.#drill.run, phase, actuator))));
    return left;
  }

  #mark(name: string, at: number): Promise<void> {
    return this.#log.write({ kind: 'mark', about: name, data: { at } });
  }

  #phase(name: string, data: Json = null): Promise<void> {
    return this.#log.write({ kind: 'phase', about: name, data });
  }

  #sleep(milliseconds: number): Promise<void> {
    return this.#drill.clock.sleep(milliseconds, this.#halt.signal);
  }
}

const tokenOf = (run: string, phase: string, actuator: Actuator): string => `${run}/${phase}/${actuator.id}`;

async function leftOf(actuator: Actuator, token: string): Promise<readonly string[]> {
  try {
    return await actuator.left(token);
  } catch (error) {
    // Nobody can tell is not nothing.
    return [`${actuator.id}: what it left cannot be told (${error instanceof Error ? error.message : String(error)})`];
  }
}

const isDisrupted = (entries: readonly JournalEntry[]): boolean =>
  entries.some((e) => e.kind === 'phase' && e.about === 'disrupt');

/** What the journal says of where the drill stood. */
function phaseOf(entries: readonly JournalEntry[]): {
  readonly disrupted: boolean;
  readonly rolling: Pick<Ending, 'status' | 'reason'> | undefined;
} {
  const rolling = entries.find((e) => e.kind === 'phase' && e.about === 'rollback')?.data ?? null;
  const halted = entries.find((e) => e.kind === 'stop' || (e.kind === 'decision' && e.about === ABORT));
  const status: DrillStatus | undefined = DRILL_STATUSES.find((s) => s === member(rolling, 'status'));
  const reason = member(rolling, 'reason');
  return {
    disrupted: isDisrupted(entries),
    rolling:
      status !== undefined
        ? { status, reason: textOf(reason) ?? '' }
        : halted === undefined
          ? undefined
          : {
              status: halted.kind === 'stop' ? 'stopped' : 'aborted',
              reason: textOf(member(halted.data, 'says')) ?? halted.about,
            },
  };
}

const textOf = (data: Json | undefined): string | undefined => (typeof data === 'string' ? data : undefined);
