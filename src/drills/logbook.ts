/** A run's journal under a lease: what is written is kept, what cannot be written stops everything at once. */
import type { Clock } from '../model/clock.ts';
import { type Entry, type Journal, type JournalEntry, type Json, type Lease, LeaseLost } from '../model/journal.ts';

/** The journal cannot be written: nobody may act, since nobody would know of it. The run stays open. */
export class JournalLost extends Error {
  constructor(run: string, cause: unknown) {
    super(`run ${run}: the journal does not take entries (${cause instanceof Error ? cause.message : String(cause)})`);
    this.name = 'JournalLost';
  }
}

export interface Logbook {
  readonly entries: readonly JournalEntry[];
  /** Aborted with `LeaseLost` or `JournalLost` once this controller may not act any more. */
  readonly lost: AbortSignal;
  write(entry: Omit<Entry, 'at' | 'token'> & { readonly at?: number; readonly token?: string }): Promise<void>;
  /** Throws when this controller may not act any more; asked before every act. */
  check(): void;
  close(): Promise<void>;
}

export interface LogbookSettings {
  readonly journal: Journal;
  readonly run: string;
  readonly holder: string;
  /** Milliseconds that a lease holds; it is renewed three times in that time. */
  readonly lease: number;
  readonly clock: Clock;
}

/** Undefined: another controller holds the run. */
export async function openLogbook({ journal, run, holder, lease: span, clock }: LogbookSettings): Promise<Logbook | undefined> {
  let lease = await journal.acquire(run, holder, span, clock.now());
  if (lease === undefined) return undefined;
  const entries = [...(await journal.read(run))];
  const lost = new AbortController();
  const closed = new AbortController();
  const lose = (error: unknown): never => {
    const why = error instanceof LeaseLost ? error : new JournalLost(run, error);
    lost.abort(why);
    throw why;
  };
  const check = (): void => {
    lost.signal.throwIfAborted();
    if (lease !== undefined && clock.now() >= lease.expires) lose(new LeaseLost(run, lease.epoch));
  };
  const beating = heartbeat(
    () => renewed(journal, lease as Lease, span, clock),
    span,
    clock,
    closed.signal,
    (next) => {
      lease = next;
    },
  ).catch((error: unknown) => {
    if (!closed.signal.aborted) lost.abort(error instanceof LeaseLost ? error : new JournalLost(run, error));
  });
  return {
    entries,
    lost: lost.signal,
    check,
    write: async ({ at, token, ...entry }) => {
      check();
      try {
        const written = journal.append(lease as Lease, { ...entry, at: at ?? clock.now(), token });
        entries.push(await orLost(written, lost.signal));
      } catch (error) {
        if (lost.signal.aborted) throw lost.signal.reason;
        lose(error);
      }
    },
    close: async () => {
      closed.abort();
      await beating;
      if (!lost.signal.aborted) await journal.release(lease as Lease);
    },
  };
}

/** An append that never returns must not hold up a controller that has lost its lease. */
function orLost<T>(work: Promise<T>, lost: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(lost.reason as Error);
    lost.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => lost.removeEventListener('abort', stop));
  });
}

async function heartbeat(
  renew: () => Promise<Lease>,
  span: number,
  clock: Clock,
  closed: AbortSignal,
  keep: (lease: Lease) => void,
): Promise<void> {
  for (;;) {
    await clock.sleep(span / 3, closed);
    if (closed.aborted) return;
    keep(await renew());
  }
}

/** A renewal that has not come back when half of what is left has passed is no renewal. */
async function renewed(journal: Journal, lease: Lease, span: number, clock: Clock): Promise<Lease> {
  const patience = new AbortController();
  const late = clock.sleep(Math.max(1, (lease.expires - clock.now()) / 2), patience.signal).then(
    () => {
      throw new LeaseLost(lease.run, lease.epoch);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([journal.renew(lease, span, clock.now()), late]);
  } finally {
    patience.abort();
  }
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;
