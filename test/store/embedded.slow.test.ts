import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pgliteDialect } from '../../src/store/pglite-dialect.ts';
import { openStore, type Store, storeOn } from '../../src/store/store.ts';
import { SCHEMA, type Tables } from '../../src/store/tables.ts';
import { evidenceContract } from './evidence-contract.ts';
import { historyContract } from './history-contract.ts';
import { journalContract } from './journal-contract.ts';

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('embedded', () => {
  const folder = join(scratch, 'deep', 'store');
  let store: Store;
  beforeAll(async () => {
    store = await openStore({ folder });
  });
  afterAll(async () => store.close());

  journalContract(() => store.journal);
  historyContract(() => store);

  it('keeps itself out of version control', () => {
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('serves one process at a time, and the next when it is closed', async () => {
    await expect(openStore({ folder })).rejects.toMatchObject({ code: 'store-locked' });
    await store.close();
    store = await openStore({ folder });
  });

  it('refuses a folder that cannot be one', async () => {
    await expect(openStore({ folder: '/dev/null/store' })).rejects.toMatchObject({ code: 'store-unusable' });
  });
});

describe('embedded, evidence', () => {
  let pglite: PGlite;
  let store: Store;
  beforeAll(async () => {
    pglite = await PGlite.create();
    const db = new Kysely<Tables>({ dialect: pgliteDialect(pglite) }).withSchema(SCHEMA);
    store = await storeOn({ db, close: () => db.destroy() });
  });
  afterAll(async () => store.close());

  evidenceContract(
    () => store,
    (sql) => pglite.query(sql),
  );
});
