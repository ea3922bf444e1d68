/** The store as a controller in a simulated world uses it: the world's time stands still while the database works. */
import type { Clock } from '../../src/model/clock.ts';
import type { Journal } from '../../src/model/journal.ts';

/** A clock that waits for work outside of its world. */
export interface WorldClock extends Clock {
  real<T>(work: Promise<T>): Promise<T>;
}

export const journalIn = (clock: WorldClock, journal: Journal): Journal => ({
  acquire: (run, holder, milliseconds, now) => clock.real(journal.acquire(run, holder, milliseconds, now)),
  renew: (lease, milliseconds, now) => clock.real(journal.renew(lease, milliseconds, now)),
  release: (lease) => clock.real(journal.release(lease)),
  append: (lease, entry) => clock.real(journal.append(lease, entry)),
  read: (run) => clock.real(journal.read(run)),
  open: () => clock.real(journal.open()),
});

/**
 * For a world that ends with its process: nobody else knows its time, so whether its controller still lives is told by real time.
 * `milliseconds`: of real time that a lease holds after each sign of life.
 */
export const leasedInRealTime = (journal: Journal, milliseconds: number, real: () => number): Journal => ({
  ...journal,
  acquire: async (run, holder, span, now) => {
    const lease = await journal.acquire(run, holder, milliseconds, real());
    return lease === undefined ? undefined : { ...lease, expires: now + span };
  },
  renew: async (lease, span, now) => ({ ...(await journal.renew(lease, milliseconds, real())), expires: now + span }),
});
