/** Brings a database to the newest schema. Several processes may do so at once: one does it, the others wait. */
import { type Kysely, type Migration, Migrator } from 'kysely';
import { UsageError } from '../model/errors.ts';
import { first } from './migrations/first.ts';
import { second } from './migrations/second.ts';
import { SCHEMA, type Tables } from './tables.ts';

/** In the order of their names. A migration that was published is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { '0001-first': first, '0002-second': second };

/** Throws `UsageError` (`store-newer`) when a newer Holdfast has been at work in it. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /corrupted migrations/.test(error.message))
    throw new UsageError(
      'store-newer',
      `expected a store of this version of Holdfast or an older one, found one that knows more (${error.message}). Use the version that wrote it, or a newer one.`,
    );
  throw new Error('the schema of the store cannot be brought up to date', { cause: error });
}
