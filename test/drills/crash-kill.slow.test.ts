/** Controllers truly killed with -9: after every entry of two kinds of drill, and at random moments. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillResult } from '../../src/drills/result.ts';
import { UsageError } from '../../src/model/errors.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Whereabouts } from '../../src/store/whereabouts.ts';
import { builtChild, moments, ROOT } from '../store/killed.ts';
import { hasPostgres, type Server, startPostgres } from '../store/postgres.ts';
import { type Asked, controller } from './crash-controller.ts';
import { overlaps, type WatchedWorld, watchedWorld } from './crash-world.ts';
import { catalogueOf, SHOPS, type Shop } from './shops.ts';

const childPath = builtChild('test/drills/crash-child.ts');
const RANDOM = 200;
const AT_ONCE = 4;

interface Killed {
  readonly shop: Shop;
  readonly run: string;
  /** After this entry; or so many milliseconds after the first. */
  readonly death: { readonly entry: number } | { readonly after: number };
}

const shopOf = (kind: Shop['kind']): Shop => {
  const shop = SHOPS.find((s) => s.kind === kind);
  if (shop === undefined) throw new Error(`no shop for ${kind}`);
  return shop;
};
const LOSS = shopOf('region-loss');
const RESTORE = shopOf('backup-restore');

const askedOf = (shop: Shop, afterCrash: 'continue' | 'roll-back'): string =>
  JSON.stringify({
    catalogue: catalogueOf(shop, afterCrash),
    member: shop.kind === 'region-loss' ? { scope: 'region', name: 'us-east-1' } : { scope: 'data', name: '*' },
  } satisfies Asked);

const textOf = (place: Whereabouts): string => ('url' in place ? place.url : place.folder);

/** Resolves with the milliseconds from its first entry to its end. */
function child(world: WatchedWorld, place: Whereabouts, { run, death }: Killed, asked: string): Promise<number> {
  const entry = 'entry' in death ? death.entry : 0;
  const args = [childPath(), world.url, world.token, textOf(place), run, asked, String(entry)];
  const one = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  let begun = 0;
  one.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  one.stdout.once('data', () => {
    begun = performance.now();
    if ('after' in death && Number.isFinite(death.after)) setTimeout(() => one.kill('SIGKILL'), death.after);
  });
  return new Promise((resolve, reject) => {
    one.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(performance.now() - begun);
      else reject(new Error(`the controller ended with ${code}: ${complaint}`));
    });
  });
}

/** Takes the run up as often as it must be. The dead controller's lease ends by the world's time. */
async function takenUp(world: WatchedWorld, store: Store, run: string, asked: string): Promise<DrillResult> {
  for (;;) {
    try {
      return (await controller({ url: world.url, token: world.token, store, run, asked })).result;
    } catch (error) {
      if (!(error instanceof UsageError) || error.code !== 'drill-held') throw error;
    }
  }
}

async function survives(killed: Killed, place: Whereabouts, whole: ReadonlyMap<string, number>): Promise<void> {
  const { shop, run } = killed;
  const where = `${run} ${JSON.stringify(killed.death)}`;
  const asked = askedOf(shop, run.endsWith('0') ? 'roll-back' : 'continue');
  const world = await watchedWorld(shop);
  try {
    await child(world, place, killed, asked);
    const store = await openStore(place);
    const result = await takenUp(world, store, run, asked).finally(() => store.close());
    expect(result, `${where} ${result.reason}`).toMatchObject({
      left: [],
      steady: true,
      status: expect.stringMatching(/^(recovered|interrupted)$/),
    });
    expect(world.aws.world.faults, where).toEqual([]);
    expect(overlaps(world.acts), where).toEqual([]);
    for (const [effect, times] of world.effects) expect(times, `${where}: ${effect}`).toBeLessThanOrEqual(whole.get(effect) ?? 1);
  } finally {
    await world.close();
  }
}

/** One run that nobody kills: how many entries it has, and what it makes. */
async function wholeRun(
  shop: Shop,
  place: Whereabouts,
): Promise<{ entries: number; milliseconds: number; effects: ReadonlyMap<string, number> }> {
  const run = `whole ${shop.kind}`;
  const world = await watchedWorld(shop);
  const milliseconds = await child(
    world,
    place,
    { shop, run, death: { after: Number.POSITIVE_INFINITY } },
    askedOf(shop, 'continue'),
  );
  const store = await openStore(place);
  const entries = await store.journal.read(run);
  await store.close();
  await world.close();
  expect(entries.at(-1)).toMatchObject({ kind: 'ended', about: 'recovered' });
  return { entries: entries.length, milliseconds, effects: world.effects };
}

/** Everything that was begun has ended, and stands in the chain once. */
async function settled(store: Store, runs: readonly string[]): Promise<void> {
  expect(await store.journal.open()).toEqual([]);
  expect((await store.evidence.verify()).broken).toBeUndefined();
  const kept = new Map<string, number>();
  for await (const { kind, subject } of store.evidence.read())
    if (kind === 'drill-result') kept.set(subject, (kept.get(subject) ?? 0) + 1);
  expect([...kept.values()].every((n) => n === 1)).toBe(true);
  expect(runs.filter((run) => !kept.has(run))).toEqual([]);
}

describe.skipIf(!hasPostgres())('on a Postgres server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('ends every drill, leaves nothing, does nothing twice, and acts in one epoch alone', async () => {
    const place = { url: await server.database() };
    const store = await openStore(place);
    const wholes = new Map([
      [LOSS, await wholeRun(LOSS, place)],
      [RESTORE, await wholeRun(RESTORE, place)],
    ]);
    const killed: Killed[] = [];
    for (const [shop, { entries }] of wholes)
      for (let entry = 1; entry <= entries; entry += 1)
        killed.push({ shop, run: `${shop.kind}/after ${entry}`, death: { entry } });
    const chance = moments(5);
    for (let n = 0; n < RANDOM; n += 1) {
      const shop = n % 2 === 0 ? LOSS : RESTORE;
      const after = chance() * (wholes.get(shop)?.milliseconds ?? 0);
      killed.push({ shop, run: `${shop.kind}/moment ${n}`, death: { after } });
    }
    const limit = pLimit(AT_ONCE);
    await Promise.all(killed.map((k) => limit(() => survives(k, place, wholes.get(k.shop)?.effects ?? new Map()))));
    await settled(
      store,
      killed.map((k) => k.run),
    );
    await store.close();
  });
});

it('embedded: the same, at a few moments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-drills-'));
  try {
    const whole = await wholeRun(RESTORE, { folder });
    const killed = [2, 7, 12, 20, 27, whole.entries].map(
      (entry): Killed => ({ shop: RESTORE, run: `embedded/after ${entry}`, death: { entry } }),
    );
    for (const one of killed) await survives(one, { folder }, whole.effects);
    const store = await openStore({ folder });
    await settled(
      store,
      killed.map((k) => k.run),
    );
    await store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
