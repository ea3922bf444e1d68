/** The embedded store: PGlite (Postgres in WebAssembly) in a folder, for one process. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Kysely } from 'kysely';
import { messageOf, UsageError } from '../model/errors.ts';
import type { Connection } from './connection.ts';
import { takeLock } from './lock.ts';
import { pgliteDialect } from './pglite-dialect.ts';
import { SCHEMA, type Tables } from './tables.ts';

/**
 * Opens the store in `folder`, and makes it when it is not there. PGlite never calls fsync: what was acknowledged survives the
 * end of the process, however it ends, but not a loss of power. Throws `UsageError`: `store-locked`, `store-unusable`.
 */
export async function openEmbedded(folder: string): Promise<Connection> {
  makeFolder(folder);
  const lock = takeLock(folder);
  try {
    const pglite = await openData(folder);
    const db = new Kysely<Tables>({ dialect: pgliteDialect(pglite) }).withSchema(SCHEMA);
    return {
      db,
      close: async () => {
        await db.destroy();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Private, and out of version control: it holds the signing key beside the data. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ignore = join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * How V8 compiles Postgres: what is called, when it is called, by its first compiler alone. All of it through both compilers takes a
 * second longer, and even ten thousand records give none of that back.
 */
const COMPILING = ['--wasm-lazy-compilation', '--liftoff-only'];

async function openData(folder: string) {
  for (const flag of COMPILING) setFlagsFromString(flag);
  const { PGlite } = await import('@electric-sql/pglite');
  const data = join(folder, 'data');
  try {
    if (!existsSync(data)) {
      // A cluster that was half made when its process was killed would never open: it gets its name when it is whole.
      const draft = join(folder, 'data.new');
      rmSync(draft, { recursive: true, force: true });
      await (await PGlite.create({ dataDir: draft })).close();
      renameSync(draft, data);
    }
    return await PGlite.create({ dataDir: data });
  } catch (error) {
    throw unusable(folder, error);
  }
}

function unusable(folder: string, error: unknown): UsageError {
  return new UsageError(
    'store-unusable',
    `${folder}: expected a folder that holds or can hold a store, found that it cannot be opened (${messageOf(error)}). Name another with HOLDFAST_STORE, or make it writable.`,
  );
}
