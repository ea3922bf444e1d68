/** Journals of drills and invocations in the database, which itself refuses what was not written under the newest lease. */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Journal, Lease } from '../model/journal.ts';
import { LeaseLost } from '../model/journal.ts';
import { canonicalJson, parseJson, storable } from './canonical.ts';
import { OutOfOrder } from './out-of-order.ts';
import type { Tables } from './tables.ts';

const LEASE_LOST = 'HF001';
const OUT_OF_ORDER = 'HF003';

/** Each method is one statement: no lock waits for a client that was cut off, and nothing comes between check and act. */
export function databaseJournal(db: Kysely<Tables>): Journal {
  return {
    acquire: async (run, holder, milliseconds, now) => {
      const expires = now + milliseconds;
      const taken = await db
        .insertInto('run')
        .values({ run: storable('run', run), holder: storable('holder', holder), epoch: 1, expires })
        .onConflict((conflict) =>
          conflict
            .column('run')
            .doUpdateSet({ holder, epoch: sql`run.epoch + 1`, expires })
            .where((on) => on.or([on('run.holder', 'is', null), on('run.expires', '<=', now)])),
        )
        .returning('epoch')
        .executeTakeFirst();
      return taken === undefined ? undefined : { run, holder, epoch: taken.epoch, expires };
    },

    renew: async (lease, milliseconds, now) => {
      const renewed = await ofLease(db, lease)
        .set({ expires: sql`greatest(expires, ${now + milliseconds}::double precision)` })
        .where('holder', 'is not', null)
        .returning('expires')
        .executeTakeFirst();
      if (renewed === undefined) throw new LeaseLost(lease.run, lease.epoch);
      return { ...lease, expires: renewed.expires };
    },

    release: async (lease) => {
      await ofLease(db, lease).set({ holder: null }).execute();
    },

    append: async (lease, { kind, at, about, token, data }) => {
      const text = canonicalJson(data);
      try {
        const { sequence } = await db
          .insertInto('journal')
          .values({
            run: lease.run,
            // The trigger gives the number.
            sequence: 0,
            epoch: lease.epoch,
            kind,
            at,
            about: storable('about', about),
            token: token === undefined ? null : storable('token', token),
            data: text,
          })
          .returning('sequence')
          .executeTakeFirstOrThrow();
        return { run: lease.run, sequence, epoch: lease.epoch, kind, at, about, token, data: parseJson(text) };
      } catch (error) {
        const code = sqlState(error);
        if (code === LEASE_LOST) throw new LeaseLost(lease.run, lease.epoch);
        if (code === OUT_OF_ORDER && error instanceof Error) throw new OutOfOrder(error.message);
        throw error;
      }
    },

    read: async (run) => {
      const rows = await db.selectFrom('journal').selectAll().where('run', '=', run).orderBy('sequence').execute();
      return rows.map((row) => ({ ...row, token: row.token ?? undefined, data: parseJson(row.data) }));
    },

    open: async () => {
      const rows = await db
        .selectFrom('run')
        .select('run')
        .where('entries', '>', 0)
        .where('ended', '=', false)
        .orderBy('number')
        .execute();
      return rows.map((row) => row.run);
    },
  };
}

function ofLease(db: Kysely<Tables>, lease: Lease) {
  return db.updateTable('run').where('run', '=', lease.run).where('epoch', '=', lease.epoch);
}

/** SQLSTATE of what a database threw; pg and PGlite both call it `code`. */
function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
