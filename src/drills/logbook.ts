/** A run's journal under a lease: what is written is kept, what cannot be written stops everything at once. */
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import { type Entry, type Journal, type JournalEntry, type Json, type Lease, LeaseLost } from '../model/journal.ts';

/** The journal cannot be written: nobody may act, since nobody would know of it. The run stays open. */
export class JournalLost extends Error {
  constructor(run: string, cause: unknown) {
    super(`run ${run}: the journal does not take entries (${messageOf(cause)})`);
    this.name = 'JournalLost';
  }
}

export interface Logbook {
  readonly entries: readonly JournalEntry[];
  /** Aborted with `LeaseLost` or `JournalLost` once this controller may not act any more. */
  readonly lost: AbortSignal;
  write(entry: Omit<Entry, 'at' | 'token'> & { readonly at?: number; readonly token?: string }): Promise<void>;
  /** Throws when this controller may not act now, or not any more; asked before every act. */
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
  const taken = await journal.acquire(run, holder, span, clock.now());
  if (taken === undefined) return undefined;
  let lease = taken;
  const entries = [...(await journal.read(run))];
  const lost = new AbortController();
  const closed = new AbortController();
  const lose = (error: unknown): Error => {
    if (!lost.signal.aborted) lost.abort(error instanceof LeaseLost ? error : new JournalLost(run, error));
    return lost.signal.reason as Error;
  };
  const isOver = (): boolean => clock.now() >= lease.expires;
  const renew = async (): Promise<void> => {
    lease = await renewed(journal, lease, span, clock);
  };
  const beating = heartbeat(renew, span, clock, closed.signal).catch((error: unknown) => {
    if (!closed.signal.aborted) lose(error);
  });
  return {
    entries,
    lost: lost.signal,
    check: () => {
      lost.signal.throwIfAborted();
      if (isOver()) throw new LeaseLost(run, lease.epoch);
    },
    write: async ({ at, token, ...entry }) => {
      lost.signal.throwIfAborted();
      try {
        // The clock was set forward, or this process stood still. Whoever took the run meanwhile has a higher epoch.
        if (isOver()) await renew();
        const written = journal.append(lease, { ...entry, at: at ?? clock.now(), token });
        entries.push(await orLost(written, lost.signal));
      } catch (error) {
        throw lose(error);
      }
    },
    close: async () => {
      closed.abort();
      await beating;
      // A lease that cannot be released ends by itself.
      if (!lost.signal.aborted) await journal.release(lease).catch(() => undefined);
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

async function heartbeat(renew: () => Promise<void>, span: number, clock: Clock, closed: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(span / 3, closed);
    if (closed.aborted) return;
    await renew();
  }
}

/** A renewal that has not come back when half of what is left has passed is no renewal. Nobody acts under a lease that is over. */
async function renewed(journal: Journal, lease: Lease, span: number, clock: Clock): Promise<Lease> {
  const left = lease.expires - clock.now();
  const patience = new AbortController();
  const late = clock.sleep(left > 0 ? left / 2 : span / 2, patience.signal).then(
    () => {
      throw new LeaseLost(lease.run, lease.epoch);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([journal.renew(lease, span, clock.now()), late]);
  } finally {
    patience.abort(RENEWED);
  }
}

/** Made once: an error with its stack for every renewal costs more than the renewal. */
const RENEWED = new Error('the lease is renewed');

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;
