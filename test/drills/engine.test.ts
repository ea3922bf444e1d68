import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreparedDrill } from '../../src/drills/contract.ts';
import { conduct } from '../../src/drills/engine.ts';
import { JournalLost } from '../../src/drills/logbook.ts';
import { LeaseLost } from '../../src/model/journal.ts';
import { breaking, drillOf, moving, type TestJournal, type Thing, testJournal, thing, works } from './support.ts';

const run = (t: Thing, journal: TestJournal, changes: Partial<PreparedDrill> = {}, signal?: AbortSignal) =>
  t.clock.drive(
    conduct(drillOf(t, changes), { journal, holder: 'me', lease: 30_000, ...(signal === undefined ? {} : { signal }) }),
  );

describe('a drill that goes well', () => {
  it('times recovery by itself, rolls back, and says when', async () => {
    const t = thing(40_000);
    const journal = testJournal();
    const result = await run(t, journal);
    expect(result).toMatchObject({ status: 'recovered', automatic: true, steady: true, left: [], epochs: 1 });
    expect(result.rto).toBeGreaterThanOrEqual(40);
    expect(result.rto).toBeLessThanOrEqual(42);
    expect(result.availability).toBeLessThan(0.1);
    expect(result.outages.filter((o) => o.probe === 'entry')).toHaveLength(1);
    expect(journal.entries.at(0)?.kind).toBe('created');
    expect(journal.entries.at(-1)?.kind).toBe('ended');
    expect(journal.entries.filter((e) => e.kind === 'phase').map((e) => e.about)).toEqual([
      'preconditions',
      'steady-state',
      'disrupt',
      'recover',
      'validate',
      'rollback',
      're-check',
      'ended',
    ]);
    expect(t.broken).toBe(false);
  });

  it('is not over before every probe has looked again, however short the dwell', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const [entry] = drillOf(t).probes;
    if (entry === undefined) throw new Error('no probe');
    // At the onset it was still well; its next look comes after the dwell.
    const result = await run(t, testJournal(), { probes: [{ ...entry, every: 60_000 }], validated: async () => true });
    expect(result).toMatchObject({ status: 'not-recovered', steady: true, left: [] });
  });

  it('is not over before what every probe saw is written, however long the journal takes', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const kept = testJournal();
    const journal: TestJournal = {
      ...kept,
      append: async (lease, entry) => {
        if (entry.about === 'entry' && t.broken) await t.clock.sleep(120_000);
        return kept.append(lease, entry);
      },
    };
    const result = await run(t, journal, { validated: async () => true });
    expect(result).toMatchObject({ status: 'not-recovered', steady: true, left: [] });
  });

  it('has not recovered when a look does not end', async () => {
    const t = thing(0);
    const [entry] = drillOf(t).probes;
    if (entry === undefined) throw new Error('no probe');
    const look = async () => {
      if (t.broken) await t.clock.sleep(3_600_000);
      return entry.look();
    };
    const result = await run(t, testJournal(), { probes: [{ ...entry, look }] });
    expect(result).toMatchObject({ status: 'not-recovered', left: [] });
  });

  it('marks when people declared, where they had to act', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const result = await run(t, testJournal(), { recover: [moving(t)] });
    expect(result.status).toBe('recovered');
    expect(result.automatic).toBe(false);
    expect(result.marks.t2).toBeDefined();
    expect(result.rtoDeclared).toBeLessThanOrEqual(result.rto ?? 0);
    expect(t.moved).toBe(false);
  });

  it('times what never failed as nought', async () => {
    const result = await run(thing(0), testJournal());
    expect(result).toMatchObject({ status: 'recovered', rto: 0, availability: 1 });
  });

  it('returns the same result when it is conducted again', async () => {
    const t = thing();
    const journal = testJournal();
    const first = await run(t, journal);
    const again = await run(t, journal);
    expect(again).toEqual(JSON.parse(JSON.stringify(first)));
    expect(t.effects.size).toBe(1);
  });
});

describe('a drill that goes wrong', () => {
  it('is not begun when a precondition fails, the service is unwell, or a stop holds already', async () => {
    for (const changes of [
      { preconditions: [{ id: 'approver', check: async () => 'nobody has approved it' }] },
      { probes: [{ id: 'entry', every: 1_000, look: async () => ({ ok: false, says: 'down', data: null }) }] },
      { stops: [{ id: 'alarm', holds: async () => true }] },
      { stops: [{ id: 'alarm', holds: async () => Promise.reject(new Error('denied')) }] },
    ] satisfies Partial<PreparedDrill>[]) {
      const t = thing();
      const journal = testJournal();
      expect((await run(t, journal, changes)).status).toBe('refused');
      expect(t.effects.size).toBe(0);
      expect(journal.entries.some((e) => e.kind === 'intent')).toBe(false);
      expect(journal.entries.at(-1)?.kind).toBe('ended');
    }
  });

  it('is rolled back when the limit passes', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const result = await run(t, testJournal());
    expect(result).toMatchObject({ status: 'not-recovered', rto: null, steady: true, left: [] });
    expect(t.broken).toBe(false);
  });

  it('is rolled back when a stop condition fires, or stays unknown', async () => {
    for (const holds of [true, undefined]) {
      const t = thing();
      const stop = { id: 'alarm', holds: async () => (t.broken ? holds : false) };
      const result = await run(t, testJournal(), { stops: [stop] });
      expect(result.status).toBe('stopped');
      expect(t.broken).toBe(false);
    }
  });

  it('is rolled back when it is called off, and says so after a crash too', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const off = new AbortController();
    t.clock.after(20_000, () => off.abort());
    const result = await run(t, testJournal(), {}, off.signal);
    expect(result.status).toBe('aborted');
    expect(t.broken).toBe(false);
  });

  it('is rolled back when an act fails', async () => {
    const t = thing();
    const failing = { ...moving(t), act: () => Promise.reject(new Error('denied')) };
    const result = await run(t, testJournal(), { recover: [failing] });
    expect(result).toMatchObject({ status: 'failed', reason: 'denied' });
    expect(t.broken).toBe(false);
  });

  it('means nothing when the clock jumps', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    let offset = 0;
    const clock = { now: () => t.clock.now() + offset, sleep: t.clock.sleep.bind(t.clock) };
    t.clock.after(20_000, () => {
      offset = -3_600_000;
    });
    const result = await run(t, testJournal(), { clock });
    expect(result).toMatchObject({ status: 'failed', rto: null });
    expect(t.broken).toBe(false);
  });

  it('tries a refused rollback again, and stays open until it is done', async () => {
    const t = thing();
    t.refusals = 2;
    expect((await run(t, testJournal())).left).toEqual([]);
    t.refusals = 8;
    const journal = testJournal();
    const u = thing();
    u.refusals = 8;
    const blocked = await run(u, journal);
    expect(blocked.left).not.toEqual([]);
    expect(blocked.steady).toBe(false);
    expect(journal.entries.some((e) => e.kind === 'ended')).toBe(false);
    const resumed = await run(u, journal);
    expect(resumed).toMatchObject({ status: 'recovered', left: [], steady: true });
    expect(journal.entries.at(-1)?.kind).toBe('ended');
  });

  it('stops at once when the lease is lost, and undoes nothing', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const journal = testJournal();
    t.clock.after(30_000, () => {
      journal.renew = (lease) => Promise.reject(new LeaseLost(lease.run, lease.epoch));
    });
    await expect(run(t, journal)).rejects.toThrow(LeaseLost);
    expect(t.broken).toBe(true);
    expect(journal.entries.some((e) => e.about === 'rollback')).toBe(false);
  });

  it('stops at once when the journal cannot be reached, before the lease has ended', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const journal = testJournal();
    let cut = 0;
    t.clock.after(30_000, () => {
      cut = t.clock.now();
      journal.renew = () => new Promise(() => undefined);
      journal.append = () => new Promise(() => undefined);
    });
    await expect(run(t, journal)).rejects.toThrow(LeaseLost);
    expect(t.clock.now()).toBeLessThanOrEqual(cut + 30_000);
    expect(t.broken).toBe(true);
  });

  it('is conducted by one controller at a time', async () => {
    const t = thing(Number.POSITIVE_INFINITY);
    const journal = testJournal();
    const both = Promise.allSettled([
      conduct(drillOf(t), { journal, holder: 'a' }),
      conduct(drillOf(t), { journal, holder: 'b' }),
    ]);
    const [a, b] = await t.clock.drive(both);
    expect(a.status).toBe('fulfilled');
    expect(b).toMatchObject({ status: 'rejected', reason: { code: 'drill-held' } });
  });
});

/** Dies at one boundary after another until the drill ends without dying. */
async function crashing(t: Thing, changes: Partial<PreparedDrill>, boundaries: readonly { at: number; written: boolean }[]) {
  const journal = testJournal();
  for (const kill of boundaries) {
    journal.kill = kill;
    journal.appended = 0;
    const died = await run(t, journal, changes).then(
      () => false,
      (error: unknown) => {
        expect(error).toBeInstanceOf(JournalLost);
        return true;
      },
    );
    if (!died) break;
    t.clock.advance(60_000);
  }
  journal.kill = undefined;
  const result = await run(t, journal, changes);
  return { result, journal };
}

async function boundariesOf(changes: (t: Thing) => Partial<PreparedDrill>): Promise<number> {
  const journal = testJournal();
  const t = thing(Number.POSITIVE_INFINITY);
  await run(t, journal, changes(t));
  return journal.entries.length;
}

describe.each(['continue', 'roll-back'] as const)('stopped dead at every boundary of the journal, %s', (afterCrash) => {
  it('ends, leaves nothing behind, and does nothing twice', async () => {
    const changes = (t: Thing): Partial<PreparedDrill> => ({ afterCrash, recover: [moving(t)] });
    const n = await boundariesOf(changes);
    expect(n).toBeGreaterThan(15);
    for (let at = 1; at <= n; at += 1)
      for (const written of [true, false]) {
        const t = thing(Number.POSITIVE_INFINITY);
        const { result, journal } = await crashing(t, changes(t), [{ at, written }]);
        expect(journal.entries.at(-1)?.kind, `boundary ${at}`).toBe('ended');
        expect(result.left).toEqual([]);
        expect(result.steady).toBe(true);
        expect(t.broken || t.moved).toBe(false);
        expect(Math.max(0, ...t.effects.values())).toBeLessThanOrEqual(1);
        expect(['recovered', 'interrupted']).toContain(result.status);
        if (afterCrash === 'continue') expect(result.status).toBe('recovered');
        const epochs = journal.entries.map((e) => e.epoch);
        expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
      }
  });
});

describe('laws', () => {
  it('any sequence of crashes ends in nothing left', async () => {
    const boundary = fc.record({ at: fc.integer({ min: 1, max: 12 }), written: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(boundary, { maxLength: 6 }),
        fc.constantFrom('continue' as const, 'roll-back' as const),
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: 0, max: 5 }),
        async (boundaries, afterCrash, heals, refusals) => {
          const t = thing(heals);
          t.refusals = refusals;
          const { result, journal } = await crashing(t, { afterCrash, recover: [moving(t)] }, boundaries);
          expect(result.left).toEqual([]);
          expect(t.broken || t.moved).toBe(false);
          expect(journal.entries.map((e) => e.sequence)).toEqual(journal.entries.map((_, i) => i + 1));
          const { t0 = 0, t5 } = result.marks;
          if (result.rto !== null) expect(result.rto).toBe(((t5 ?? 0) - t0) / 1000);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('recovery time is never measured as shorter than it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 250_000 }), async (heals) => {
        const t = thing(heals);
        const result = await run(t, testJournal(), { disrupt: [breaking(t)] });
        expect(works(t)).toBe(true);
        expect((result.rto ?? Number.NaN) * 1000).toBeGreaterThanOrEqual(heals < 1_000 ? 0 : heals - 1);
        expect((result.rto ?? Number.NaN) * 1000).toBeLessThanOrEqual(heals + 2_100);
      }),
      { numRuns: 40 },
    );
  });
});
