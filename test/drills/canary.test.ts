import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canary, counted, together } from '../../src/drills/canary.ts';
import type { Outside } from '../../src/drills/ports.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';

const wrote = (...times: readonly number[]) => times.map((at, i) => ({ sequence: i + 1, at: at * 1000 }));
const found = (...sequences: readonly number[]) => sequences.map((sequence) => ({ sequence, corrupt: false }));

describe('canary writes', () => {
  it.each([
    ['nothing lost', wrote(1, 2, 3), found(1, 2, 3), { rpo: 0, lost: 0, duplicated: 0, written: 3 }],
    ['the newest lost', wrote(1, 2, 3), found(1), { rpo: 2, lost: 2, duplicated: 0, written: 3 }],
    ['a hole: what came after it is not consistent', wrote(1, 2, 3), found(1, 3), { rpo: 2, lost: 1, duplicated: 0, written: 3 }],
    ['all lost', wrote(1, 2), found(), { rpo: 'all', lost: 2, duplicated: 0, written: 2 }],
    ['twice there', wrote(1, 2), found(1, 2, 2), { rpo: 0, lost: 0, duplicated: 1, written: 2 }],
    ['lost after the onset only', wrote(1, 2, 5), found(1, 2), { rpo: 0, lost: 1, duplicated: 0, written: 2 }],
    ['nothing written', [], found(), { rpo: null, lost: 0, duplicated: 0, written: 0 }],
    ['nobody can read', wrote(1), undefined, { rpo: null, lost: 0, duplicated: 0, written: 1 }],
  ] as const)('%s', (_, written, there, expected) => {
    expect(counted(written, there, 3000)).toEqual(expected);
  });

  it('what is found wrong was lost', () => {
    const there = [
      { sequence: 1, corrupt: false },
      { sequence: 2, corrupt: true },
    ];
    expect(counted(wrote(1, 2), there, 2000)).toMatchObject({ rpo: 1, lost: 1 });
  });

  it('losing more never makes the recovery point better', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 1, max: 20 })), fc.nat(20), (n, lost, more) => {
        const written = wrote(...Array.from({ length: n }, (_, i) => i + 1));
        const left = written.filter((w) => !lost.includes(w.sequence)).map((w) => ({ ...w, corrupt: false }));
        const size = (rpo: number | 'all' | null): number => (rpo === 'all' ? Number.POSITIVE_INFINITY : (rpo ?? Number.NaN));
        const before = counted(written, left, n * 1000);
        const after = counted(
          written,
          left.filter((w) => w.sequence !== more),
          n * 1000,
        );
        expect(size(after.rpo)).toBeGreaterThanOrEqual(size(before.rpo));
        expect(after.lost).toBeGreaterThanOrEqual(before.lost);
      }),
    );
  });

  it('of several stores the worst counts, and one that nobody can tell makes the whole unknown', () => {
    const store = (rpo: number | 'all' | null) => ({ store: 's', rpo, written: 1, lost: 0, duplicated: 0 });
    expect(together([store(1), store(5)]).rpo).toBe(5);
    expect(together([store(1), store(null)]).rpo).toBeNull();
    expect(together([store('all'), store(null)]).rpo).toBe('all');
    expect(together([]).rpo).toBeNull();
  });
});

describe('writers that are led elsewhere', () => {
  const stores = { old: { corrupt: true }, restored: { corrupt: false } };
  const isStore = (endpoint: string): endpoint is keyof typeof stores => Object.hasOwn(stores, endpoint);
  let answered: () => void = () => undefined;
  const outside: Outside = {
    resolvers: [],
    request: async () => ({ kind: 'refused', why: 'nothing is asked for' }),
    resolve: async () => undefined,
    write: async (endpoint) => {
      if (endpoint === 'old') await new Promise<void>((resolve) => (answered = resolve));
      return { kind: 'written', log: endpoint };
    },
    contents: async (log) => (isStore(log) ? [{ sequence: 1, at: 0, ...stores[log] }] : undefined),
    lag: async () => undefined,
  };

  it('go there, also when a write to where they were is still under way', async () => {
    const clock = new VirtualClock(1_000_000);
    const stream = canary({ id: 'o', title: 'orders', endpoints: ['old'] }, outside, clock, 1_000, () => undefined, true);
    const under = stream.probe.look();
    stream.move(['restored']);
    answered();
    expect(await under).toMatchObject({ ok: false });
    const next = stream.probe.look();
    answered();
    expect(await next).toMatchObject({ ok: true });
  });
});

describe('another controller', () => {
  const log: { sequence: number; corrupt: boolean }[] = [];
  const outside: Outside = {
    resolvers: [],
    request: async () => ({ kind: 'refused', why: 'nothing is asked for' }),
    resolve: async () => undefined,
    write: async (_, sequence) => {
      log.push({ sequence, corrupt: false });
      return { kind: 'written', log: 'the log' };
    },
    contents: async () => log,
    lag: async () => undefined,
  };

  it('measures by what the first one wrote', async () => {
    const clock = new VirtualClock(1_000_000);
    const stream = () => canary({ id: 'orders', title: 'orders', endpoints: ['host'] }, outside, clock, 1_000);
    const first = stream();
    for (let n = 0; n < 4; n += 1) {
      await first.write();
      clock.advance(1_000);
    }
    const t0 = clock.now() - 1_000;
    // The newest two are lost.
    log.splice(2);
    const second = stream();
    second.remember(JSON.parse(JSON.stringify(first.history())));
    second.remember(first.history());
    clock.advance(60_000);
    await second.write();
    expect(await second.measure(t0)).toMatchObject({ written: 4, rpo: 2, lost: 2, duplicated: 0 });
  });

  it('takes nothing from a journal that says nothing', async () => {
    const clock = new VirtualClock(1_000_000);
    const stream = canary({ id: 'orders', title: 'orders', endpoints: ['host'] }, outside, clock, 1_000);
    for (const said of [undefined, null, 'x', [['a', 1], [1], 7]]) stream.remember(said);
    expect(await stream.measure(clock.now(), 'the log')).toMatchObject({ written: 0, rpo: null });
  });
});
