/** A service of one thing that can be broken, a journal that can die, and a drill over both. */
import type { Actuator, PreparedDrill } from '../../src/drills/contract.ts';
import type { Entry, Journal, JournalEntry, Lease } from '../../src/model/journal.ts';
import { LeaseLost } from '../../src/model/journal.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

/** The controller is dead: what it still calls never returns. */
export class Dead extends Error {}

export interface TestJournal extends Journal {
  readonly entries: readonly JournalEntry[];
  /** From the n-th append on (from 1) this controller is dead; `written`: after the entry was kept, else before. */
  kill: { readonly at: number; readonly written: boolean } | undefined;
  appended: number;
  readonly epochs: number[];
}

export function testJournal(): TestJournal {
  const entries: JournalEntry[] = [];
  const epochs: number[] = [];
  let lease: Lease | undefined;
  const current = (given: Lease): void => {
    if (lease === undefined || lease.epoch !== given.epoch) throw new LeaseLost(given.run, given.epoch);
  };
  const made: TestJournal = {
    entries,
    epochs,
    kill: undefined,
    appended: 0,
    acquire: async (run, holder, milliseconds, now) => {
      if (lease !== undefined && lease.expires > now) return undefined;
      lease = { run, holder, epoch: epochs.length + 1, expires: now + milliseconds };
      epochs.push(lease.epoch);
      return lease;
    },
    renew: async (given, milliseconds, now) => {
      current(given);
      lease = { ...given, expires: now + milliseconds };
      return lease;
    },
    release: async (given) => {
      current(given);
      lease = { ...given, expires: 0 };
    },
    append: async (given: Lease, entry: Entry) => {
      made.appended += 1;
      const dies = made.kill !== undefined && made.appended >= made.kill.at;
      if (dies && (made.kill?.written === false || made.appended > (made.kill?.at ?? 0))) throw new Dead();
      current(given);
      const kept = { ...entry, run: given.run, epoch: given.epoch, sequence: entries.length + 1 };
      entries.push(kept);
      if (dies) throw new Dead();
      return kept;
    },
    read: async () => [...entries],
    open: async () => (entries.length === 0 || entries.at(-1)?.kind === 'ended' ? [] : ['run']),
  };
  return made;
}

export interface Thing {
  readonly clock: VirtualClock;
  broken: boolean;
  /** Promoted by a recover step. */
  moved: boolean;
  /** How often each token had an effect. */
  readonly effects: Map<string, number>;
  /** Milliseconds after which it comes back by itself; Infinity: never. */
  heals: number;
  brokenSince: number;
  /** Undoing is refused while it is above 0; counts down. */
  refusals: number;
}

export function thing(heals = 40_000): Thing {
  return {
    clock: new VirtualClock(1_000_000),
    broken: false,
    moved: false,
    effects: new Map(),
    heals,
    brokenSince: 0,
    refusals: 0,
  };
}

export const works = (t: Thing): boolean => !t.broken || t.moved || t.clock.now() - t.brokenSince >= t.heals;

function effect(t: Thing, token: string): boolean {
  if (t.effects.has(token)) return false;
  t.effects.set(token, 1);
  return true;
}

export function breaking(t: Thing): Actuator {
  return {
    id: 'break',
    describe: () => 'breaks it',
    act: async (token) => {
      await t.clock.sleep(10);
      if (effect(t, token)) {
        t.broken = true;
        t.brokenSince = t.clock.now();
      }
      return null;
    },
    outcome: async (token) => (t.effects.has(token) ? 'done' : 'not-done'),
    compensate: async () => {
      if (t.refusals > 0) {
        t.refusals -= 1;
        throw new Error('AccessDenied');
      }
      t.broken = false;
      return null;
    },
    left: async () => (t.broken ? ['arn:thing'] : []),
  };
}

export function moving(t: Thing): Actuator {
  return {
    id: 'move',
    describe: () => 'moves it',
    act: async (token, signal) => {
      await t.clock.sleep(5_000, signal);
      if (effect(t, token)) t.moved = true;
      return null;
    },
    outcome: async (token) => (t.effects.has(token) ? 'done' : 'unknown'),
    compensate: async () => {
      t.moved = false;
      return null;
    },
    left: async () => (t.moved ? ['arn:moved'] : []),
  };
}

export function drillOf(t: Thing, changes: Partial<PreparedDrill> = {}): PreparedDrill {
  return {
    run: 'run',
    kind: 'database-failover',
    service: 'shop',
    scope: 'az',
    member: 'us-east-1a',
    world: 'simulated',
    preconditions: [{ id: 'calm', check: async () => undefined }],
    disrupt: [breaking(t)],
    recover: [],
    probes: [
      {
        id: 'entry',
        every: 1_000,
        tells: 't4',
        look: async () => ({ ok: works(t), says: works(t) ? 'answers' : 'refused', data: null }),
      },
    ],
    stops: [],
    validated: async () => works(t),
    limit: 300_000,
    dwell: 10_000,
    clock: t.clock,
    ...changes,
  };
}
