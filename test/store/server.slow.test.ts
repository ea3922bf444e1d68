import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { evidenceContract } from './evidence-contract.ts';
import { historyContract } from './history-contract.ts';
import { journalContract } from './journal-contract.ts';
import { hasPostgres, type Server, startPostgres } from './postgres.ts';

describe.skipIf(!hasPostgres())('on a Postgres server', () => {
  let server: Server;
  let store: Store;
  let beside: pg.Client;
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.database();
    store = await openStore({ url });
    beside = new pg.Client({ connectionString: url });
    await beside.connect();
  });
  afterAll(async () => {
    // When the beginning failed the rest was never there.
    await Promise.allSettled([async () => beside.end(), async () => store.close()].map((stop) => stop()));
    await server.stop();
  });

  journalContract(() => store.journal);
  evidenceContract(
    () => store,
    (sql) => beside.query(sql),
  );
  historyContract(() => store);

  it('is brought to its schema by several processes at once', async () => {
    const fresh = await server.database();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url: fresh })));
    await Promise.all(
      stores.map((s) => s.evidence.append([{ kind: 'decision', world: 'live', at: 1, subject: 's', body: null }])),
    );
    expect(await stores[0]?.evidence.verify()).toMatchObject({ sound: { last: { sequence: 4 } }, broken: undefined });
    await Promise.all(stores.map((s) => s.close()));
  });

  it('serves an owner who is no superuser, and has taken that owner’s rights to change evidence', async () => {
    const fresh = await server.database();
    const role = `owner_${Date.now()}`;
    const name = new URL(fresh).pathname.slice(1);
    await beside.query(`create role ${role} login`);
    await beside.query(`alter database ${name} owner to ${role}`);
    const theirs = new URL(fresh);
    theirs.username = role;
    const own = await openStore({ url: theirs.href });
    await own.evidence.append([{ kind: 'verdict', world: 'live', at: 1, subject: 's', body: 1 }]);
    const lease = await own.journal.acquire('r', 'a', 1, 0);
    if (lease !== undefined) await own.journal.append(lease, { kind: 'created', at: 0, about: '', token: undefined, data: null });
    expect(await own.journal.open()).toEqual(['r']);
    const client = new pg.Client({ connectionString: theirs.href });
    await client.connect();
    await expect(client.query(`update holdfast.evidence set body = '2'`)).rejects.toMatchObject({ code: '42501' });
    await client.end();
    expect(await own.evidence.verify()).toMatchObject({ sound: { last: { sequence: 1 } }, broken: undefined });
    await own.close();
  });

  it('refuses a store that a newer version has been at work in', async () => {
    const fresh = await server.database();
    await (await openStore({ url: fresh })).close();
    const client = new pg.Client({ connectionString: fresh });
    await client.connect();
    await client.query(`insert into holdfast.kysely_migration (name, timestamp) values ('9999-later', 'x')`);
    await client.end();
    await expect(openStore({ url: fresh })).rejects.toMatchObject({ code: 'store-newer' });
  });

  it.each([
    ['store-url', 'mysql://root:hunter2@localhost/x'],
    ['store-unreachable', 'postgres://u:hunter2@localhost:99999999/x'],
    ['store-unreachable', 'postgres://u:hunter2@127.0.0.1:1/x'],
    ['store-unreachable', 'postgres://u:hunter2@127.0.0.1:1/x?sslmode=nonsense'],
  ])('says %s without the password', async (code, wrong) => {
    const error: unknown = await openStore({ url: wrong }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('hunter2');
  });
});
