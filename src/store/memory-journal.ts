/** A journal that ends with its process: for rehearsals in one process, and for tests. */
import type { Entry, Journal, JournalEntry, Lease } from '../model/journal.ts';
import { LeaseLost } from '../model/journal.ts';
import { canonicalJson, parseJson, storable } from './canonical.ts';
import { OutOfOrder } from './out-of-order.ts';

interface Run {
  holder: string | undefined;
  epoch: number;
  expires: number;
  readonly entries: JournalEntry[];
}

/** The same promises as the journal in the database, without its life after the process. */
export function memoryJournal(): Journal {
  const runs = new Map<string, Run>();

  const held = (lease: Lease): Run => {
    const run = runs.get(lease.run);
    if (run?.holder === undefined || run.epoch !== lease.epoch) throw new LeaseLost(lease.run, lease.epoch);
    return run;
  };

  return {
    acquire: async (name, holder, milliseconds, now) => {
      const run = runs.get(storable('run', name)) ?? { holder: undefined, epoch: 0, expires: 0, entries: [] };
      if (run.holder !== undefined && run.expires > now) return undefined;
      run.holder = storable('holder', holder);
      run.epoch += 1;
      run.expires = now + milliseconds;
      runs.set(name, run);
      return { run: name, holder, epoch: run.epoch, expires: run.expires };
    },
    renew: async (lease, milliseconds, now) => {
      const run = held(lease);
      run.expires = Math.max(run.expires, now + milliseconds);
      return { ...lease, expires: run.expires };
    },
    release: async (lease) => {
      const run = runs.get(lease.run);
      if (run?.epoch === lease.epoch) run.holder = undefined;
    },
    append: async (lease, entry) => {
      const copy = plain(entry);
      const { entries } = runs.get(lease.run) ?? { entries: [] };
      if (entries.at(-1)?.kind === 'ended') throw new OutOfOrder(`run ${lease.run} has ended`);
      const run = held(lease);
      if ((entries.length === 0) !== (copy.kind === 'created'))
        throw new OutOfOrder(`run ${lease.run}: expected created as the first entry and only there`);
      const written: JournalEntry = { ...copy, run: lease.run, sequence: entries.length + 1, epoch: lease.epoch };
      run.entries.push(written);
      return written;
    },
    read: async (run) => [...(runs.get(run)?.entries ?? [])],
    open: async () =>
      [...runs].filter(([, run]) => run.entries.length > 0 && run.entries.at(-1)?.kind !== 'ended').map(([run]) => run),
  };
}

/** What a database would give back: no later change of the caller's objects gets into the journal. */
function plain({ kind, at, about, token, data }: Entry): Entry {
  return {
    kind,
    at,
    about: storable('about', about),
    token: token === undefined ? undefined : storable('token', token),
    data: parseJson(canonicalJson(data)),
  };
}
