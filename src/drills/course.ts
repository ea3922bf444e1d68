/** What the phases of one drill share: its journal, the steps under it, and the signal that ends everything but rollback. */
import type { Json } from '../model/journal.ts';
import type { PreparedDrill } from './contract.ts';
import type { Logbook } from './logbook.ts';
import { ABORT } from './standing.ts';
import type { Steps } from './steps.ts';
import { type Halt, looked } from './watch.ts';

export interface Course {
  readonly drill: PreparedDrill;
  readonly log: Logbook;
  readonly steps: Steps;
  /** Aborted when the drill must not go on. */
  readonly halted: AbortSignal;
  /** The first reason counts. */
  halt(why: unknown): void;
  /** Ends the drill, and writes why. */
  stop(why: Halt): Promise<void>;
  phase(name: string, data?: Json): Promise<void>;
  /** At an instant in milliseconds since the epoch. `kept`: for whoever takes the drill up. */
  mark(name: string, at: number, kept?: Json): Promise<void>;
  /** Rejects when the drill is halted. */
  sleep(milliseconds: number): Promise<void>;
  /** The first probe that does not see the service well; undefined: all do. */
  unwell(): Promise<string | undefined>;
}

export function courseOf(drill: PreparedDrill, log: Logbook): Course {
  const halting = new AbortController();
  const halted = halting.signal;
  log.lost.addEventListener('abort', () => halting.abort(log.lost.reason), { once: true });
  return {
    drill,
    log,
    steps: { run: drill.run, log, clock: drill.clock, signal: halted },
    halted,
    halt: (why) => halting.abort(why),
    stop: async (why) => {
      if (halted.aborted) return;
      // First stop, then write: the journal may be slow.
      halting.abort(why);
      const data = { says: why.message, status: why.kind };
      await log.write(
        why.kind === 'aborted' ? { kind: 'decision', about: ABORT, data } : { kind: 'stop', about: why.about, data },
      );
    },
    phase: (name, data = null) => log.write({ kind: 'phase', about: name, data }),
    mark: (name, at, kept) => log.write({ kind: 'mark', about: name, data: { at, ...(kept === undefined ? {} : { kept }) } }),
    sleep: (milliseconds) => drill.clock.sleep(milliseconds, halted),
    unwell: async () => {
      for (const probe of drill.probes) {
        const result = await looked(probe);
        if (result.ok !== true) return `${probe.id}: ${result.says}`;
      }
      return undefined;
    },
  };
}
