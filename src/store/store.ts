/** The store: one schema, embedded in a folder or on a Postgres server. */

import type { Journal } from '../model/journal.ts';
import type { Connection } from './connection.ts';
import { databaseJournal } from './database-journal.ts';
import { openEmbedded } from './embedded.ts';
import type { Evidence } from './evidence.ts';
import { databaseEvidence } from './evidence.ts';
import type { History } from './history.ts';
import { databaseHistory } from './history.ts';
import type { Imported } from './import-pack.ts';
import { importPack } from './import-pack.ts';
import { migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import type { Pack } from './read-pack.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface Store {
  readonly journal: Journal;
  readonly evidence: Evidence;
  readonly history: History;
  importPack(pack: Pack): Promise<Imported>;
  close(): Promise<void>;
}

/**
 * Opens the store and brings it to this version's schema. Throws `UsageError`: `store-locked`, `store-unusable`, `store-newer`,
 * `store-url`, `store-unreachable`.
 */
export async function openStore(where: Whereabouts): Promise<Store> {
  return storeOn('url' in where ? await openPostgres(where.url) : await openEmbedded(where.folder));
}

/** A store on a database that is open already. Closes it when its schema cannot be had. */
export async function storeOn({ db, close }: Connection): Promise<Store> {
  try {
    await migrate(db);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    journal: databaseJournal(db),
    evidence: databaseEvidence(db),
    history: databaseHistory(db),
    importPack: (pack) => importPack(db, pack),
    close,
  };
}
