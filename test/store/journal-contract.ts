/** What every journal promises (src/model/journal.ts). The same cases for memory, PGlite and a Postgres server. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry, Journal, Lease } from '../../src/model/journal.ts';
import { LeaseLost } from '../../src/model/journal.ts';
import { OutOfOrder } from '../../src/store/out-of-order.ts';

export const entry = (kind: Entry['kind'], about = 'x', token?: string): Entry => ({ kind, at: 1.5, about, token, data: {} });

let runs = 0;
const newRun = (): string => {
  runs += 1;
  return `run-${runs}`;
};

export function journalContract(journalOf: () => Journal): void {
  const held = async (run: string, holder = 'a', now = 0) => {
    const lease = await journalOf().acquire(run, holder, 100, now);
    if (lease === undefined) throw new Error('expected a lease');
    return lease;
  };

  describe('leases', () => {
    it('gives the first holder epoch 1 and nobody else a lease before it expires', async () => {
      const run = newRun();
      expect(await journalOf().acquire(run, 'a', 100, 1000)).toEqual({ run, holder: 'a', epoch: 1, expires: 1100 });
      expect(await journalOf().acquire(run, 'b', 100, 1099)).toBeUndefined();
      expect(await journalOf().acquire(run, 'a', 100, 1099)).toBeUndefined();
    });

    it('gives the next holder a higher epoch at the moment of expiry, and refuses the old one everything', async () => {
      const run = newRun();
      const old = await held(run);
      await journalOf().append(old, entry('created'));
      const taken = await held(run, 'b', 100);
      expect(taken.epoch).toBe(2);
      await expect(journalOf().append(old, entry('phase'))).rejects.toBeInstanceOf(LeaseLost);
      await expect(journalOf().renew(old, 100, 100)).rejects.toBeInstanceOf(LeaseLost);
      await journalOf().release(old);
      expect((await journalOf().append(taken, entry('phase'))).epoch).toBe(2);
    });

    it('renews to a later end, never to an earlier one', async () => {
      const run = newRun();
      const lease = await held(run);
      expect((await journalOf().renew(lease, 100, 50)).expires).toBe(150);
      expect((await journalOf().renew(lease, 100, 20)).expires).toBe(150);
      expect(await journalOf().acquire(run, 'b', 100, 149)).toBeUndefined();
    });

    it('lets the holder of an expired lease that nobody took go on', async () => {
      const lease = await held(newRun());
      expect((await journalOf().renew(lease, 100, 5000)).expires).toBe(5100);
    });

    it('never gives an epoch twice, and what was given back cannot be written with', async () => {
      const run = newRun();
      const lease = await held(run);
      await journalOf().release(lease);
      await expect(journalOf().append(lease, entry('created'))).rejects.toBeInstanceOf(LeaseLost);
      await expect(journalOf().renew(lease, 100, 0)).rejects.toBeInstanceOf(LeaseLost);
      expect((await held(run)).epoch).toBe(2);
    });

    it('gives one lease to many who ask at once', async () => {
      const run = newRun();
      const got = await Promise.all([...'abcdefgh'].map((holder) => journalOf().acquire(run, holder, 100, 0)));
      expect(got.filter((l) => l !== undefined)).toHaveLength(1);
      const next = await Promise.all([...'abcdefgh'].map((holder) => journalOf().acquire(run, holder, 100, 100)));
      expect(next.filter((l) => l !== undefined).map((l) => l.epoch)).toEqual([2]);
    });

    it('knows no lease of a run that does not exist', async () => {
      const lease = { run: 'nowhere', holder: 'a', epoch: 1, expires: 1 };
      await expect(journalOf().append(lease, entry('created'))).rejects.toBeInstanceOf(LeaseLost);
      await expect(journalOf().renew(lease, 1, 0)).rejects.toBeInstanceOf(LeaseLost);
    });
  });

  describe('entries', () => {
    it('numbers them from 1 without a gap, also when several are written at once', async () => {
      const run = newRun();
      const lease = await held(run);
      await journalOf().append(lease, entry('created'));
      await Promise.all(Array.from({ length: 20 }, (_, i) => journalOf().append(lease, entry('observation', `probe ${i}`))));
      const read = await journalOf().read(run);
      expect(read.map((e) => e.sequence)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
      expect(new Set(read.map((e) => e.about)).size).toBe(21);
    });

    it('gives back what was written, whatever text it holds', async () => {
      const run = newRun();
      const lease = await held(run);
      const odd = `'; drop table holdfast.run; -- "\\ \u2028 é 𝄞`;
      const data = { [odd]: [odd, 'nul \0', 'half \ud800', null, true, -0.5, 1e300, { b: 1, a: { deep: [] } }] };
      const created: Entry = { kind: 'created', at: 1_763_900_000_000.25, about: odd, token: odd, data };
      const written = await journalOf().append(lease, created);
      expect(written).toEqual({ ...created, run, sequence: 1, epoch: 1 });
      expect(await journalOf().read(run)).toEqual([written]);
    });

    it.each(['nul \0', 'half \ud800'])('refuses names that no database holds: %j', async (name) => {
      const lease = await held(newRun());
      await expect(journalOf().append(lease, entry('created', name))).rejects.toBeInstanceOf(TypeError);
      await expect(journalOf().acquire(name, 'a', 1, 0)).rejects.toBeInstanceOf(TypeError);
    });

    it('is not changed by what the caller does with its data afterwards', async () => {
      const run = newRun();
      const data = { steps: ['one'] };
      await journalOf().append(await held(run), { ...entry('created'), data });
      data.steps.push('two');
      expect((await journalOf().read(run))[0]?.data).toEqual({ steps: ['one'] });
    });

    it('begins with created, has it once, and ends with ended', async () => {
      const run = newRun();
      const lease = await held(run);
      await expect(journalOf().append(lease, entry('phase'))).rejects.toBeInstanceOf(OutOfOrder);
      await journalOf().append(lease, entry('created'));
      await expect(journalOf().append(lease, entry('created'))).rejects.toBeInstanceOf(OutOfOrder);
      await journalOf().append(lease, entry('ended'));
      await expect(journalOf().append(lease, entry('phase'))).rejects.toBeInstanceOf(OutOfOrder);
      expect((await journalOf().read(run)).map((e) => e.kind)).toEqual(['created', 'ended']);
    });

    it('has none of a run that does not exist', async () => {
      expect(await journalOf().read('nowhere')).toEqual([]);
    });
  });

  it('lists open runs in the order in which they began, without those that ended or never began', async () => {
    const [first, second, ended, bare] = [newRun(), newRun(), newRun(), newRun()];
    const leases = [];
    for (const run of [first, second, ended]) leases.push(await held(run));
    for (const lease of [...leases].reverse()) await journalOf().append(lease, entry('created'));
    for (const lease of leases.slice(2)) await journalOf().append(lease, entry('ended'));
    await held(bare);
    const open = await journalOf().open();
    expect(open.filter((run) => [first, second, ended, bare].includes(run))).toEqual([first, second]);
  });

  it('lets one controller act in one epoch, whatever three of them and their clocks do', async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      does: fc.constantFrom('acquire', 'append', 'append', 'renew', 'release'),
      // Clocks that disagree, and jump.
      now: fc.integer({ min: 0, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const run = newRun();
        const leases: (Lease | undefined)[] = [];
        let begun = false;
        const act = async ({ who, does, now }: (typeof steps)[number]): Promise<void> => {
          const lease = leases[who];
          if (does === 'acquire') leases[who] = (await journalOf().acquire(run, `controller ${who}`, 20, now)) ?? lease;
          else if (lease === undefined) return;
          else if (does === 'release') await journalOf().release(lease);
          else if (does === 'renew') leases[who] = await journalOf().renew(lease, 20, now);
          else {
            await journalOf().append(lease, entry(begun ? 'phase' : 'created', lease.holder));
            begun = true;
          }
        };
        for (const s of steps) {
          await act(s).catch((error: unknown) => {
            if (!(error instanceof LeaseLost)) throw error;
          });
        }
        const read = await journalOf().read(run);
        const holders = new Map<number, string>();
        for (const [i, { epoch, about, sequence }] of read.entries()) {
          expect(sequence).toBe(i + 1);
          expect(epoch).toBeGreaterThanOrEqual(read[i - 1]?.epoch ?? 1);
          expect(holders.get(epoch) ?? about).toBe(about);
          holders.set(epoch, about);
        }
      }),
      { numRuns: 30 },
    );
  });
}
