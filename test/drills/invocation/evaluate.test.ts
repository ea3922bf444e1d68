import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../../../src/drills/invocation/course.ts';
import { clearFor, type Evaluation, evaluate, onsetOf } from '../../../src/drills/invocation/evaluate.ts';
import { type History, type Readings, withReading } from '../../../src/drills/invocation/history.ts';
import type { Circumstances, Criteria } from '../../../src/model/invocation.ts';
import { known, unknown } from '../../../src/model/known.ts';

type State = 'yes' | 'no' | 'unknown';
const SIGNALS = ['a', 'b', 'c'];
const VANTAGE: Readonly<Record<string, string>> = { a: 'here', b: 'there', c: 'there' };
const named = (...signals: readonly string[]): readonly Circumstances[] => signals.map((signal) => ({ kind: 'signal', signal }));
const TWO: Criteria = { when: { kind: 'at-least', count: 2, of: named('a', 'b', 'c') }, for: 60, every: 10, independent: 2 };

const read = (states: readonly State[]): Readings =>
  new Map(
    SIGNALS.map((id, i) => {
      const state = states[i] ?? 'unknown';
      const shows = state === 'unknown' ? unknown('error', 'silent') : known(state === 'yes');
      return [id, { shows, says: state, vantage: VANTAGE[id] ?? '', since: undefined }] as const;
    }),
  );

/** One reading every ten seconds from 0 on; the last is now. `Y`, `n`, `?` by signal. */
function after(looks: readonly string[], criteria = TWO, late = 0): Evaluation {
  let history: History = [];
  for (const [i, look] of looks.entries()) history = withReading(history, i * 10_000, read([...look].map(letter)), 30_000);
  return evaluate(criteria, SIGNALS, history, (looks.length - 1) * 10_000 + late);
}

const letter = (c: string): State => (c === 'Y' ? 'yes' : c === 'n' ? 'no' : 'unknown');
const times = (n: number, look: string): readonly string[] => Array.from({ length: n }, () => look);
const holds = (looks: readonly string[], criteria = TWO, late = 0): State => stateOf(after(looks, criteria, late).holds);

describe('criteria', () => {
  it.each<[string, readonly string[], State]>([
    ['nothing was read', [], 'unknown'],
    ['nothing shows', times(9, 'nnn'), 'no'],
    ['one of two', times(9, 'Ynn'), 'no'],
    ['two from two points, long enough', ['nnn', ...times(7, 'YYn')], 'yes'],
    ['one reading short', ['nnn', ...times(6, 'YYn')], 'no'],
    ['long enough, and nobody looked before', times(7, 'YYn'), 'yes'],
    ['shown from the first reading on, not long enough', times(6, 'YYn'), 'unknown'],
    ['both from one point', ['nnn', ...times(9, 'nYY')], 'no'],
    ['one flaps', ['nnn', ...times(5, 'YYn'), 'YnY', ...times(5, 'YYn')], 'no'],
    ['it flapped long enough ago', ['nnn', 'YYn', 'Ynn', ...times(7, 'YYn')], 'yes'],
    ['two in turns', [...times(4, 'YYn'), ...times(4, 'YnY')], 'no'],
    ['a doubt in between', ['nnn', ...times(3, 'YYn'), 'Y?n', ...times(4, 'YYn')], 'unknown'],
    ['a doubt beside it', ['nn?', ...times(7, 'YY?')], 'yes'],
    ['a doubt that could make it so', ['n??', ...times(7, 'Y?n')], 'unknown'],
    ['a doubt that could not', times(9, 'n?n'), 'no'],
    ['nobody can tell anything', times(9, '???'), 'unknown'],
  ])('%s', (_, looks, expected) => {
    expect(holds(looks)).toBe(expected);
  });

  it.each<[string, Circumstances, string, State]>([
    ['all', { kind: 'all', of: named('a', 'b') }, 'YYn', 'yes'],
    ['all but one', { kind: 'all', of: named('a', 'b', 'c') }, 'YYn', 'no'],
    ['any', { kind: 'any', of: named('b') }, 'YYn', 'yes'],
    ['any, and a doubt', { kind: 'any', of: named('c') }, 'YY?', 'unknown'],
    ['groups', { kind: 'all', of: [{ kind: 'any', of: named('c', 'b') }, ...named('a')] }, 'YYn', 'yes'],
    ['a signal that is not there', { kind: 'any', of: named('x') }, 'YYY', 'unknown'],
    ['nothing at all', { kind: 'all', of: [] }, 'YYY', 'no'],
  ])('%s', (_, when, look, expected) => {
    expect(holds(['nnn', ...times(7, look)], { ...TWO, when })).toBe(expected);
  });

  it('hold to the millisecond', () => {
    const looks = ['nnn', ...times(6, 'YYn')];
    expect(holds(looks, TWO, 9_999)).toBe('no');
    expect(holds(looks, TWO, 10_000)).toBe('yes');
    expect(after(looks).since).toBe(10_000);
  });

  it('are not known when nobody has looked for a while, or the clock was set back', () => {
    const looks = ['nnn', ...times(9, 'YYn')];
    expect(holds(looks, TWO, 30_000)).toBe('yes');
    expect(holds(looks, TWO, 30_001)).toBe('unknown');
    expect(holds(looks, TWO, -1)).toBe('unknown');
    expect(holds(['nnn'], TWO, 30_000)).toBe('no');
    expect(holds(['nnn'], TWO, 60_001)).toBe('unknown');
    const history = withReading(
      withReading([], 100_000, read(['yes', 'yes', 'no']), 30_000),
      50_000,
      read(['yes', 'yes', 'no']),
      30_000,
    );
    expect(history).toHaveLength(1);
  });

  it('begin again after a gap', () => {
    let history: History = [];
    for (const at of [0, 10, 20, 30, 90, 100, 110]) history = withReading(history, at * 1000, read(['yes', 'yes', 'no']), 30_000);
    expect(stateOf(evaluate(TWO, SIGNALS, history, 110_000).holds)).toBe('unknown');
  });

  it('say what they need', () => {
    expect(after(times(9, 'nYY')).guard).toMatchObject({ seen: ['there'], needed: 2 });
    expect(after(times(9, 'Y?n')).says).toContain('not known: b');
    expect(after(['nnn', ...times(3, 'YYn')]).says).toContain('20s of 1m');
  });

  it('one independent signal is enough where the catalogue says so', () => {
    const alone: Criteria = { ...TWO, when: { kind: 'any', of: named('c') }, independent: 1 };
    expect(holds(['nnn', ...times(7, 'nnY')], alone)).toBe('yes');
  });
});

describe('laws of criteria', () => {
  const state = fc.constantFrom<State>('yes', 'no', 'unknown');
  const looks = fc.array(fc.tuple(state, state, state), { minLength: 1, maxLength: 12 });
  const circumstances: fc.Arbitrary<Circumstances> = fc.letrec<{ group: Circumstances; one: Circumstances }>((tie) => ({
    one: fc.constantFrom(...named('a', 'b', 'c')),
    group: fc.oneof(
      { maxDepth: 2 },
      tie('one'),
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('group'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('at-least' as const),
        count: fc.integer({ min: 1, max: 3 }),
        of: fc.array(tie('group'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).group;
  const criteria = fc.record({
    when: circumstances,
    for: fc.integer({ min: 0, max: 80 }),
    every: fc.constant(10),
    independent: fc.integer({ min: 1, max: 3 }),
  });
  const evaluated = (history: readonly (readonly State[])[], rule: Criteria): State => {
    let read_: History = [];
    for (const [i, look] of history.entries()) read_ = withReading(read_, i * 10_000, read(look), 30_000);
    return stateOf(evaluate(rule, SIGNALS, read_, (history.length - 1) * 10_000).holds);
  };
  const RANK: Readonly<Record<State, number>> = { no: 0, unknown: 1, yes: 2 };
  const at = fc.tuple(fc.nat(), fc.nat(2));
  const changed = (history: readonly (readonly State[])[], [i, j]: readonly [number, number], to: State) =>
    history.map((look, n) => (n === i % history.length ? look.with(j, to) : look));

  it('what is not known never invokes: losing sight of a signal makes nothing hold', () => {
    fc.assert(
      fc.property(looks, at, criteria, (history, where, rule) => {
        if (evaluated(history, rule) !== 'yes') expect(evaluated(changed(history, where, 'unknown'), rule)).not.toBe('yes');
      }),
    );
  });

  it('all unknown is unknown or no, never yes', () => {
    fc.assert(
      fc.property(looks, criteria, (history, rule) => {
        expect(
          evaluated(
            history.map((l) => l.map(() => 'unknown' as const)),
            rule,
          ),
        ).not.toBe('yes');
      }),
    );
  });

  it('one more signal that shows it makes nothing less true', () => {
    fc.assert(
      fc.property(looks, at, criteria, (history, where, rule) => {
        const before = RANK[evaluated(history, rule)];
        expect(RANK[evaluated(changed(history, where, 'yes'), rule)]).toBeGreaterThanOrEqual(before);
        expect(RANK[evaluated(changed(history, where, 'no'), rule)]).toBeLessThanOrEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it('a longer time and a stricter guard hold no sooner', () => {
    fc.assert(
      fc.property(looks, criteria, (history, rule) => {
        const before = RANK[evaluated(history, rule)];
        expect(RANK[evaluated(history, { ...rule, for: rule.for + 10 })] === 2 && before !== 2).toBe(false);
        expect(RANK[evaluated(history, { ...rule, independent: rule.independent + 1 })]).toBeLessThanOrEqual(before);
      }),
    );
  });
});

describe('clear again', () => {
  const clear = (looks: readonly string[], signals: readonly string[] = ['a', 'b']): State => {
    let history: History = [];
    for (const [i, look] of looks.entries()) history = withReading(history, i * 10_000, read([...look].map(letter)), 30_000);
    return stateOf(clearFor(signals, 60, 10, history, (looks.length - 1) * 10_000).holds);
  };
  it.each<[readonly string[], State]>([
    [['YYn', ...times(7, 'nnn')], 'yes'],
    [['YYn', ...times(6, 'nnn')], 'no'],
    [['YYn', ...times(7, 'nnY')], 'yes'],
    [['YYn', ...times(3, 'nnn'), 'n?n', ...times(3, 'nnn')], 'unknown'],
    [['YYn', ...times(3, 'nnn'), 'nYn', ...times(3, 'nnn')], 'no'],
    [times(9, '?nn'), 'unknown'],
  ])('%#', (looks, expected) => {
    expect(clear(looks)).toBe(expected);
  });
  it('is not known of no signal', () => {
    expect(clear(times(9, 'nnn'), [])).toBe('unknown');
  });
});

describe('the onset', () => {
  const onset = (looks: readonly string[]) => {
    let history: History = [];
    for (const [i, look] of looks.entries()) history = withReading(history, i * 10_000, read([...look].map(letter)), 30_000);
    return onsetOf(evaluate(TWO, SIGNALS, history, (looks.length - 1) * 10_000), history);
  };
  it('is no later than the last reading that showed nothing', () => {
    expect(onset(['nnn', 'nnn', 'Ynn', 'YYn'])).toEqual({ at: 10_000, bracketed: true });
  });
  it('is not known where a signal showed it from the first reading on', () => {
    expect(onset(['YYn', 'YYn'])).toEqual({ at: 0, bracketed: false });
    expect(onset(['Ynn', 'YYn'])).toMatchObject({ bracketed: false });
  });
  it('there is none without a signal', () => {
    expect(onset(['nnn'])).toBeUndefined();
  });
});
