import { describe, expect, it } from 'vitest';
import { type InvokeOptions, invoke } from '../../../src/drills/invocation/conduct.ts';
import { JournalLost } from '../../../src/drills/logbook.ts';
import type { Invocation } from '../../../src/model/invocation.ts';
import { LeaseLost } from '../../../src/model/journal.ts';
import { known } from '../../../src/model/known.ts';
import { type TestJournal, testJournal } from '../support.ts';
import { hearing, type Kept, keeping, MINUTE, planOf, type Shop, START, says, shop, silent } from './support.ts';

function play(s: Shop, journal: TestJournal, invocation: Partial<Invocation> = {}, options: Partial<InvokeOptions> = {}) {
  const plan = planOf(s, invocation);
  return s.clock.drive(invoke(plan, { journal, holder: 'me', people: hearing(s), until: START + 300 * MINUTE, ...options }));
}

const acted = (journal: TestJournal): readonly string[] => journal.entries.filter((e) => e.kind === 'intent').map((e) => e.about);
const phases = (journal: TestJournal): readonly string[] => journal.entries.filter((e) => e.kind === 'phase').map((e) => e.about);

describe('an invocation', () => {
  it('goes from the first signal to everything being normal again', async () => {
    const s = shop();
    const journal = testJournal();
    const kept: Kept = { declared: [], deactivated: [], recovered: [] };
    const result = await play(s, journal, {}, { keep: keeping(kept) });
    expect(result).toMatchObject({
      status: 'normal-again',
      automatic: true,
      onsetKnown: true,
      left: [],
      declared: { automatic: true, by: [], criteria: 'yes' },
      deactivated: { automatic: true, criteria: 'yes' },
    });
    if (result.status === 'held') throw new Error(result.reason);
    const { t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0 } = result.marks;
    // The onset is no later than what was seen last, and no earlier than a reading before it.
    expect(t0 - START).toBeLessThanOrEqual(s.lost);
    expect(t0 - START).toBeGreaterThanOrEqual(s.lost - 30_000);
    expect(t2 - t1).toBe(5 * MINUTE);
    expect([t0, t1, t2, t3, t4, t5]).toEqual([t0, t1, t2, t3, t4, t5].toSorted((a, b) => a - b));
    expect(result.rto).toBe((t5 - t0) / 1000);
    expect(result.deactivated?.at).toBeGreaterThanOrEqual(START + s.back + 30 * MINUTE);
    expect(phases(journal)).toEqual(['assess', 'decide', 'act', 'validate', 'active', 'deactivate', 'return']);
    // Data first, and everything is undone.
    expect(s.undone).toEqual(['data', 'traffic']);
    expect(s.moved.size).toBe(0);
    expect(kept.declared).toHaveLength(1);
    expect(kept.deactivated).toHaveLength(1);
    expect(kept.recovered.map((r) => r.rto)).toEqual([result.rto, result.rto]);
    expect(result.outages).toHaveLength(1);
    expect(journal.entries.at(-1)?.kind).toBe('ended');
  });

  it('returns the same result when it is conducted again', async () => {
    const s = shop();
    const journal = testJournal();
    const first = await play(s, journal);
    expect(await play(s, journal)).toEqual(JSON.parse(JSON.stringify(first)));
  });

  it('a signal that flaps invokes nothing, and that is recorded', async () => {
    const s = shop();
    s.lost = Number.POSITIVE_INFINITY;
    s.shows.set('entry', () => known(true));
    s.shows.set('alarm', (now) => known(Math.floor(now / (4 * MINUTE)) % 2 === 0));
    const journal = testJournal();
    const result = await play(s, journal, {}, { until: START + 60 * MINUTE });
    expect(result).toMatchObject({ status: 'stood-down', declared: null, rto: null });
    expect(acted(journal)).toEqual([]);
    expect(journal.entries.filter((e) => e.about === 'signals').length).toBeGreaterThan(5);
    expect(journal.entries.filter((e) => e.kind === 'decision')).toEqual([]);
  });

  it('signals from one point alone invoke nothing', async () => {
    const s = shop();
    const plan = planOf(s);
    const read = async () => new Map([...(await plan.read())].map(([id, r]) => [id, { ...r, vantage: 'one' }]));
    const work = invoke(
      { ...plan, read },
      { journal: testJournal(), holder: 'me', people: hearing(s), until: START + 60 * MINUTE },
    );
    expect(await s.clock.drive(work)).toMatchObject({ status: 'stood-down' });
    expect(s.effects.size).toBe(0);
  });

  it('what nobody can tell invokes nothing, and a person may all the same', async () => {
    const s = shop();
    for (const id of ['alarm', 'checkers']) s.shows.set(id, silent);
    const journal = testJournal();
    const alone = await play(s, journal, {}, { until: START + 60 * MINUTE });
    expect(alone).toMatchObject({ status: 'stood-down' });
    expect(acted(journal)).toEqual([]);
    const again = shop();
    for (const id of ['alarm', 'checkers']) again.shows.set(id, silent);
    const people = hearing(again, says('declare', 'Ada', 30), says('deactivate', 'Ada', 60, { stays: true }));
    const declared = await play(again, testJournal(), {}, { people });
    expect(declared).toMatchObject({ status: 'as-it-is', automatic: false, declared: { by: ['Ada'], criteria: 'unknown' } });
  });

  it('without the authority nothing happens, whatever the signals show', async () => {
    for (const sayings of [[], [says('declare', 'Eve', 20)], [says('declare', 'ada ', 20), says('declare', 'Ada', 21)]]) {
      const s = shop();
      const journal = testJournal();
      const result = await play(
        s,
        journal,
        { authority: { kind: 'people', by: ['Ada', 'Grace'], count: 2 } },
        { people: hearing(s, ...sayings), until: START + 100 * MINUTE },
      );
      expect(result).toMatchObject({ status: 'stood-down', declared: null });
      expect(acted(journal)).toEqual([]);
      expect(journal.entries.filter((e) => e.about === 'said: declare')).toHaveLength(sayings.length);
    }
  });

  it('is declared by as many as the plan asks for, who know when it began', async () => {
    const s = shop();
    const people = hearing(s, says('declare', 'Ada', 20, { onset: START + 8 * MINUTE }), says('declare', 'Grace', 25));
    const result = await play(s, testJournal(), { authority: { kind: 'people', by: ['Ada', 'Grace'], count: 2 } }, { people });
    expect(result).toMatchObject({ status: 'normal-again', automatic: false, declared: { by: ['Ada', 'Grace'] } });
    if (result.status === 'held') throw new Error(result.reason);
    expect(result.marks.t0).toBe(START + 8 * MINUTE);
    expect((result.marks.t2 ?? 0) - START).toBeGreaterThanOrEqual(25 * MINUTE);
  });

  it('stands down when somebody with the authority says so', async () => {
    const s = shop();
    const people = hearing(s, says('stand-down', 'Ada', 12));
    expect(await play(s, testJournal(), {}, { people })).toMatchObject({ status: 'stood-down' });
    expect(s.effects.size).toBe(0);
  });

  it('that was seen from the first reading on has no recovery time that anybody could measure', async () => {
    const s = shop();
    s.lost = 0;
    const result = await play(s, testJournal());
    expect(result).toMatchObject({ status: 'normal-again', onsetKnown: false, rto: null });
    if (result.status !== 'held') expect(result.rtoDeclared).toBeGreaterThan(0);
  });
});

const APPROVAL = { before: 'move *', by: ['Ada'], count: 1, within: 600, otherwise: 'hold' } as const;

describe('approvals', () => {
  const approving = { approvals: [APPROVAL] };
  it('are waited for, each before its step', async () => {
    const s = shop();
    const people = hearing(
      s,
      says('approve', 'Eve', 16, { about: 'move data' }),
      says('approve', 'Ada', 18, { about: 'move data' }),
      says('approve', 'Ada', 25, { about: 'move traffic' }),
    );
    const journal = testJournal();
    const result = await play(s, journal, approving, { people });
    expect(result).toMatchObject({ status: 'normal-again', automatic: false });
    const begun = journal.entries.filter((e) => e.kind === 'intent' && !e.about.startsWith('undo')).map((e) => e.at - START);
    expect(begun[0]).toBeGreaterThanOrEqual(18 * MINUTE);
    expect(begun[1]).toBeGreaterThanOrEqual(25 * MINUTE);
  });

  it('refused: the step is not taken, and the invocation waits for somebody', async () => {
    const s = shop();
    const journal = testJournal();
    const people = hearing(s, says('refuse', 'Ada', 18, { about: 'move data' }));
    const held = await play(s, journal, approving, { people });
    expect(held).toMatchObject({ status: 'held', phase: 'act' });
    expect(acted(journal)).toEqual([]);
    // Minds change: whoever takes it up goes on.
    const later = hearing(
      s,
      says('refuse', 'Ada', 18, { about: 'move data' }),
      ...['move data', 'move traffic'].map((about) => says('approve', 'Ada', 19, { about })),
    );
    s.clock.advance(5 * MINUTE);
    expect(await play(s, journal, approving, { people: later })).toMatchObject({ status: 'normal-again' });
  });

  it('refused, and called off: nothing was done, nothing is undone', async () => {
    const s = shop();
    const journal = testJournal();
    const refused = says('refuse', 'Ada', 18, { about: 'move data' });
    await play(s, journal, approving, { people: hearing(s, refused) });
    const people = hearing(s, refused, says('deactivate', 'Ada', 18, { stays: true }));
    expect(await play(s, journal, approving, { people })).toMatchObject({ status: 'as-it-is', left: [], rto: null });
    expect(s.effects.size).toBe(0);
  });

  it('that nobody gives hold the step, or let it go on, as the plan says', async () => {
    const s = shop();
    const journal = testJournal();
    expect(await play(s, journal, approving)).toMatchObject({ status: 'held', phase: 'act' });
    expect(acted(journal)).toEqual([]);
    const other = shop();
    const goOn = { approvals: [{ ...APPROVAL, otherwise: 'go-on' as const }] };
    const journey = testJournal();
    expect(await play(other, journey, goOn)).toMatchObject({ status: 'normal-again' });
    expect(journey.entries.filter((e) => e.kind === 'decision' && e.about.startsWith('went on'))).toHaveLength(2);
  });

  it('are not waited for where nobody can give them', async () => {
    const s = shop();
    s.lost = 0;
    const people = hearing(s, says('declare', 'Ada', 0));
    expect(await play(s, testJournal(), approving, { people, waits: false })).toMatchObject({ status: 'held', phase: 'act' });
    const authority = { kind: 'people', by: ['Ada'], count: 1 } as const;
    const undeclared = await play(shop(), testJournal(), { authority }, { waits: false });
    expect(undeclared).toMatchObject({ status: 'held', phase: 'assess' });
    // What nobody need be asked for is waited for all the same.
    expect(await play(shop(), testJournal(), {}, { waits: false })).toMatchObject({ status: 'normal-again' });
  });
});

describe('what goes wrong', () => {
  it('a step that is denied is tried again, and then waits for somebody', async () => {
    const s = shop();
    s.denied = 5;
    const journal = testJournal();
    expect(await play(s, journal)).toMatchObject({ status: 'held', phase: 'act', reason: 'move data: AccessDenied' });
    expect(s.effects.size).toBe(0);
    expect(await play(s, journal)).toMatchObject({ status: 'normal-again' });
    expect([...s.effects.values()]).toEqual([1, 1]);
  });

  it('a step that somebody did by hand is left out', async () => {
    const s = shop();
    s.denied = Number.POSITIVE_INFINITY;
    const journal = testJournal();
    await play(s, journal);
    s.moved.add('data');
    const people = hearing(s, says('skip', 'Ada', 12, { about: 'move data' }), says('deactivate', 'Ada', 200, { stays: true }));
    const result = await play(
      s,
      journal,
      { deactivation: { clear: ['alarm'], for: 1800, authority: { kind: 'people', by: [], count: 1 } } },
      { people },
    );
    expect(result).toMatchObject({ status: 'as-it-is', left: ['data', 'traffic'], automatic: false });
  });

  it('nothing returns before the data has caught up', async () => {
    const s = shop();
    s.caughtUp = 200 * MINUTE;
    const result = await play(s, testJournal());
    expect(result).toMatchObject({ status: 'normal-again' });
    expect(s.clock.now() - START).toBeGreaterThanOrEqual(s.caughtUp);
    const never = shop();
    never.caughtUp = Number.POSITIVE_INFINITY;
    const journal = testJournal();
    expect(await play(never, journal)).toMatchObject({ status: 'held', phase: 'return' });
    expect(never.undone).toEqual([]);
  });

  it('nothing returns while what was lost is away, though the service is well', async () => {
    const s = shop();
    s.back = 1_000 * MINUTE;
    const people = hearing(s, says('deactivate', 'Ada', 60));
    const stop = new AbortController();
    s.clock.after(500 * MINUTE, () => stop.abort());
    expect(await play(s, testJournal(), {}, { people, signal: stop.signal })).toMatchObject({
      status: 'held',
      phase: 'deactivate',
    });
    expect(s.moved.size).toBe(2);
  });

  it('a service that does not come back waits for somebody', async () => {
    const s = shop();
    const plan = planOf(s);
    const away = { ...plan, steps: [], probes: plan.probes };
    const work = invoke(away, { journal: testJournal(), holder: 'me', people: hearing(s) });
    expect(await s.clock.drive(work)).toMatchObject({ status: 'held', phase: 'validate' });
  });

  it('a controller that is stopped while it assesses stands down', async () => {
    const s = shop();
    const stop = new AbortController();
    s.clock.after(5 * MINUTE, () => stop.abort());
    expect(await play(s, testJournal(), {}, { signal: stop.signal })).toMatchObject({ status: 'stood-down' });
  });

  it('another controller may not act on it', async () => {
    const s = shop();
    const journal = testJournal();
    const first = invoke(planOf(s), { journal, holder: 'a', people: hearing(s) });
    const second = invoke(planOf(s), { journal, holder: 'b', people: hearing(s) });
    await expect(s.clock.drive(second)).rejects.toMatchObject({ code: 'invocation-held' });
    await s.clock.drive(first);
  });
});

describe('a controller that dies', () => {
  const approving = { approvals: [{ ...APPROVAL, otherwise: 'go-on' as const }] };

  async function appends(): Promise<number> {
    const journal = testJournal();
    const s = shop();
    await play(s, journal, approving);
    return journal.appended;
  }

  it.each([true, false])(
    'at any entry (written: %s) is followed by one that ends it the same way',
    async (written) => {
      const count = await appends();
      expect(count).toBeGreaterThan(20);
      for (let at = 1; at <= count; at += 1) {
        const s = shop();
        const journal = testJournal();
        const kept: Kept = { declared: [], deactivated: [], recovered: [] };
        const keep = keeping(kept);
        journal.kill = { at, written };
        const died = await play(s, journal, approving, { keep }).catch((error: unknown) => error);
        expect(died instanceof JournalLost || died instanceof LeaseLost || at === count).toBe(true);
        journal.kill = undefined;
        s.clock.advance(31_000);
        const result = await play(s, journal, approving, { keep });
        expect(result, `entry ${at}`).toMatchObject({ status: 'normal-again', left: [] });
        expect(s.moved.size).toBe(0);
        for (const [token, n] of s.effects) expect([token, n]).toEqual([token, 1]);
        expect(s.undone.toSorted()).toEqual(['data', 'traffic']);
        expect(new Set(kept.declared.map((d) => JSON.stringify(d))).size).toBe(1);
        expect(new Set(kept.deactivated.map((d) => JSON.stringify(d))).size).toBe(1);
        expect(journal.entries.filter((e) => e.kind === 'ended')).toHaveLength(1);
        expect(journal.entries.filter((e) => e.about === 'invocation declared')).toHaveLength(1);
      }
    },
    60_000,
  );
});
