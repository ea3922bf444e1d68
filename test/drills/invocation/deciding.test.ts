import { describe, expect, it } from 'vitest';
import { declaration, said, storedPeople } from '../../../scripts/commands/invoke-deciding.ts';
import { agreed, lastWords } from '../../../src/drills/invocation/people.ts';
import type { Approval, History } from '../../../src/store/history.ts';
import { says } from './support.ts';

function history(): History {
  const kept: Approval[] = [];
  return {
    keep: async () => undefined,
    between: async () => [],
    decide: async (approval) => void kept.push(approval),
    approvals: async (run) => kept.filter((a) => a.run === run),
  };
}

const clock = { now: () => 0, sleep: async () => undefined, real: <T>(work: Promise<T>) => work };

describe('what people say', () => {
  it('is read from the store as it was said, run by run', async () => {
    const store = { history: history() };
    const all = [
      declaration('Ada', 'the Region is gone', 5, 10),
      says('approve', 'Grace', 1, { about: 'move data' }),
      says('refuse', 'Grace', 2, { about: 'move data' }),
      says('deactivate', 'Ada', 3, { stays: true }),
    ];
    for (const one of all) await said(store, 'run', one, { clock });
    await said(store, 'other', says('declare', 'Eve', 1), { clock });
    await store.history.decide({ run: 'run', at: 1, person: 'x', decision: 'approved', subject: 'abc', data: null });
    expect(await storedPeople(store, { clock }).said('run')).toEqual(all);
  });

  it('counts each once, by their last word, where they may speak', () => {
    const words = [
      says('approve', 'Ada', 1, { about: 's' }),
      says('approve', ' ADA', 2, { about: 's' }),
      says('refuse', 'ada', 3, { about: 's' }),
      says('approve', 'Eve', 4, { about: 's' }),
      says('approve', '', 5, { about: 's' }),
      says('approve', 'Grace', 6, { about: 'other' }),
    ];
    expect(lastWords(words, ['approve', 'refuse'], 's', ['Ada', 'Grace']).map((w) => [w.by, w.kind])).toEqual([
      ['ada', 'refuse'],
    ]);
    expect(lastWords(words, ['approve', 'refuse'], 's', []).map((w) => w.by)).toEqual(['ada', 'Eve']);
  });

  it.each([
    [{ kind: 'automatic' }, ['Ada'], 1],
    [{ kind: 'people', by: [], count: 1 }, ['Ada'], 1],
    [{ kind: 'people', by: ['Ada', 'Grace'], count: 2 }, ['Ada'], undefined],
    [{ kind: 'people', by: ['Ada', 'Grace'], count: 2 }, ['Ada', 'Ada', 'Eve'], undefined],
    [{ kind: 'people', by: ['Ada', 'Grace'], count: 2 }, ['Grace', 'Ada'], 2],
    [{ kind: 'people', by: [], count: 1 }, [], undefined],
  ] as const)('is authority or is not: %j by %j', (authority, by, expected) => {
    const words = by.map((name, i) => says('declare', name, i));
    expect(agreed(words, 'declare', authority)?.length).toBe(expected);
  });
});
