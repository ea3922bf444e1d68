/** Two controllers at one run, each with a network to the store that fails: dropped, held, or taking without giving. */
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JournalLost } from '../../src/drills/logbook.ts';
import { UsageError } from '../../src/model/errors.ts';
import { LeaseLost } from '../../src/model/journal.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { moments } from '../store/killed.ts';
import { hasPostgres, type Server, startPostgres } from '../store/postgres.ts';
import { type Asked, controller } from './crash-controller.ts';
import { overlaps, type WatchedWorld, watchedWorld } from './crash-world.ts';
import { catalogueOf, SHOPS, type Shop } from './shops.ts';

const RUNS = 16;
/** They mostly wait for the network. */
const AT_ONCE = 2;
/** Milliseconds of real time that the network is well, and that it is not, at most. Longer than a world waits for a store. */
const WELL = 1_500;
const CUT = 1_100;

type Network = 'well' | 'dropped' | 'held' | 'half-open';

interface Proxy {
  readonly url: string;
  turn(network: Network): void;
  close(): void;
}

/** A way to the server of `url`, on a port of its own. */
async function proxyTo(url: string): Promise<Proxy> {
  const to = new URL(url);
  const folder = to.searchParams.get('host');
  const pairs = new Set<readonly [Socket, Socket]>();
  let network: Network = 'well';
  const server: NetServer = createServer((client) => {
    const port = Number(to.port || 5432);
    const real = folder === null ? connect(port, to.hostname) : connect(`${folder}/.s.PGSQL.${port}`);
    const pair = [client, real] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      real.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (network === 'dropped') end();
    // What is swallowed never arrives; what is held arrives later.
    client.on('data', (bytes) => network !== 'half-open' && real.write(bytes));
    real.on('data', (bytes) => network !== 'half-open' && client.write(bytes));
    if (network === 'held') for (const socket of pair) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const through = new URL(url);
  through.searchParams.delete('host');
  through.hostname = '127.0.0.1';
  through.port = String(address.port);
  return {
    url: through.href,
    turn: (next) => {
      // A connection that has lost bytes is of no use to anybody.
      if (network === 'half-open' || next === 'dropped')
        for (const [client, real] of pairs) for (const socket of [client, real]) socket.destroy();
      network = next;
      for (const [client, real] of pairs)
        for (const socket of [client, real])
          if (next === 'held') socket.pause();
          else socket.resume();
    },
    close: () => {
      server.close();
      for (const [client, real] of pairs) for (const socket of [client, real]) socket.destroy();
    },
  };
}

async function failing(proxy: Proxy, chance: () => number, over: AbortSignal): Promise<void> {
  const modes = ['dropped', 'held', 'half-open'] as const;
  while (!over.aborted) {
    proxy.turn('well');
    await pause(chance() * WELL);
    proxy.turn(modes[Math.floor(chance() * modes.length)] ?? 'dropped');
    await pause(chance() * CUT);
  }
  proxy.turn('well');
}

/** Tries until the run has ended. */
async function persistent(world: WatchedWorld, store: Store, run: string, asked: string, lost: { times: number }): Promise<void> {
  for (;;) {
    try {
      const { result } = await controller({
        url: world.url,
        token: world.token,
        store,
        run,
        asked,
        acquired: (by) => world.act(by, 'has the lease'),
      });
      if (result.left.length === 0) return;
    } catch (error) {
      if (error instanceof LeaseLost || error instanceof JournalLost) lost.times += 1;
      else if (!(error instanceof UsageError) && !isOfNetwork(error)) throw error;
    }
    await pause(20);
  }
}

/** What pg and Node say of connections that are gone, cut or late. */
const isOfNetwork = (error: unknown): boolean =>
  error instanceof Error &&
  /ECONN|EPIPE|terminated|timeout|closed|not queryable|schema of the store/i.test(`${error.message} ${String(error.cause)}`);

const shopOf = (kind: Shop['kind']): Shop => {
  const shop = SHOPS.find((s) => s.kind === kind);
  if (shop === undefined) throw new Error(`no shop for ${kind}`);
  return shop;
};

describe.skipIf(!hasPostgres())('the network between controllers and store fails', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('every drill ends once, in one epoch at a time', async () => {
    const url = await server.database();
    const store = await openStore({ url });
    const chance = moments(11);
    const lost = { times: 0 };
    const proxies = [await proxyTo(url), await proxyTo(url)];
    const stores: Store[] = [];
    for (const proxy of proxies) stores.push(await openStore({ url: proxy.url }));
    const over = new AbortController();
    const networks = proxies.map((proxy) => failing(proxy, chance, over.signal));
    const held = async (n: number): Promise<void> => {
      const shop = shopOf(n % 2 === 0 ? 'region-loss' : 'backup-restore');
      const member: Asked['member'] = n % 2 === 0 ? { scope: 'region', name: 'us-east-1' } : { scope: 'data', name: '*' };
      const asked = JSON.stringify({ catalogue: catalogueOf(shop), member } satisfies Asked);
      const run = `${shop.kind}/${n}`;
      const world = await watchedWorld(shop);
      await Promise.all(stores.map((one) => persistent(world, one, run, asked, lost)));
      expect(overlaps(world.acts), run).toEqual([]);
      expect(world.aws.world.faults, run).toEqual([]);
      for (const [effect, times] of world.effects) expect(times, `${run}: ${effect}`).toBe(1);
      expect((await store.journal.read(run)).at(-1)).toMatchObject({ kind: 'ended', data: { left: [], steady: true } });
      await world.close();
    };
    const limit = pLimit(AT_ONCE);
    await Promise.all(Array.from({ length: RUNS }, (_, n) => limit(() => held(n))));
    over.abort();
    await Promise.all(networks);
    for (const one of stores) await one.close();
    for (const proxy of proxies) proxy.close();
    expect(lost.times).toBeGreaterThan(RUNS / 4);
    expect(await store.journal.open()).toEqual([]);
    const { sound, broken } = await store.evidence.verify();
    expect({ broken, results: sound.kinds['drill-result'] }).toEqual({ broken: undefined, results: RUNS });
    await store.close();
  });
});
