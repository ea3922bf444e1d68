import { describe, expect, it } from 'vitest';
import { overlay } from '../../src/stacks/overlay.ts';
import { exported, type Json, rawNamed, read, stackState, state, urnOf } from './sources.ts';

const Q = 'aws:sqs/queue:Queue';
const queue = (name: string, more: Json = {}): Json => state(Q, name, more);
const before = read(
  exported([
    stackState,
    queue('stays', { id: 's', inputs: { delay: 1 }, outputs: { delay: 1, arn: 'a' } }),
    queue('changes', {
      id: 'c',
      inputs: { delay: 1, name: 'c' },
      outputs: { delay: 1, name: 'c', arn: 'a' },
      retainOnDelete: true,
    }),
    queue('goes'),
  ]),
  'state.json',
);
const names = (reading: ReturnType<typeof overlay>): string[] => reading.resources.map((r) => r.urn.split('::').at(-1) ?? '');
const goal = (inputDiff: Json): Json => ({ type: Q, name: 'x', custom: true, protect: false, inputDiff });

describe('a preview over its state', () => {
  const preview = read(
    {
      steps: [
        { op: 'same', urn: urnOf(Q, 'stays'), newState: queue('stays', { inputs: { delay: 1 } }) },
        {
          op: 'update',
          urn: urnOf(Q, 'changes'),
          newState: queue('changes', { inputs: { delay: 2 } }),
          oldState: queue('changes'),
        },
        { op: 'delete', urn: urnOf(Q, 'goes'), oldState: queue('goes') },
        { op: 'create', urn: urnOf(Q, 'comes'), newState: queue('comes') },
      ],
      changeSummary: { same: 2, update: 1, delete: 1, create: 1 },
    },
    'preview.json',
  );
  const after = overlay(before, preview);

  it('is the estate after the update', () => {
    expect(names(after)).toEqual(['shop-prod', 'stays', 'changes', 'comes']);
    expect([after.kind, after.source, after.partial]).toEqual(['preview', 'preview.json', false]);
    expect(after.resources.map((r) => r.pending)).toEqual([undefined, undefined, 'update', 'create']);
    expect(rawNamed(after, 'stays').outputs).toEqual({ delay: 1, arn: 'a' });
    expect(rawNamed(after, 'changes').inputs).toEqual({ delay: 2 });
    expect(after.notes.join('\n')).toMatch(/goes will be deleted/);
  });

  it('is partial when the preview failed', () => {
    const failed = read({ steps: [], changeSummary: {}, diagnostics: [{ severity: 'error' }] });
    expect(overlay(before, failed).partial).toBe(true);
  });

  it('takes a first deployment over an empty state', () => {
    expect(names(overlay(read({ version: 3, deployment: null }), preview))).toEqual(['stays', 'changes', 'comes']);
  });
});

describe('a saved plan over its state', () => {
  const plan = (plans: Json) => read({ manifest: {}, resourcePlans: plans }, 'plan.json');
  const changes = (steps: string[], inputDiff: Json, more: Json = {}) =>
    plan({ [urnOf(Q, 'changes')]: { goal: goal(inputDiff), steps, ...more } });

  it('applies added, updated and deleted inputs, and drops the outputs that mirror them', () => {
    const after = rawNamed(
      overlay(before, changes(['update'], { adds: { fifo: true }, updates: { delay: 9 }, deletes: ['name'] })),
      'changes',
    );
    expect(after.inputs).toEqual({ delay: 9, fifo: true });
    expect(after.outputs).toEqual({ arn: 'a' });
    expect([after.id, after.pending, after.retainOnDelete]).toEqual(['c', 'update', true]);
  });

  it('forgets id and outputs of what is replaced', () => {
    const after = rawNamed(
      overlay(before, changes(['create-replacement', 'replace', 'delete-replaced'], { updates: { name: 'd' } })),
      'changes',
    );
    expect([after.id, after.outputs, after.inputs, after.pending]).toEqual([undefined, {}, { delay: 1, name: 'd' }, 'replace']);
  });

  it('takes the outputs that the plan foresees', () => {
    expect(rawNamed(overlay(before, changes(['update'], {}, { state: { arn: 'b' } })), 'changes').outputs).toEqual({ arn: 'b' });
  });

  it('keeps unchanged resources and leaves out deleted ones', () => {
    const after = overlay(
      before,
      plan({ [urnOf(Q, 'stays')]: { goal: goal({}), steps: ['same'] }, [urnOf(Q, 'goes')]: { steps: ['delete'] } }),
    );
    expect(names(after)).toEqual(['shop-prod', 'stays', 'changes']);
    expect(after.partial).toBe(false);
  });

  it('is partial when the plan does not tell a goal, and leaves that resource out', () => {
    const after = overlay(before, plan({ [urnOf(Q, 'changes')]: { steps: ['update'] } }));
    expect([names(after), after.partial]).toEqual([['shop-prod', 'stays', 'goes'], true]);
  });

  it('is partial when a changed resource is not in the state', () => {
    const after = overlay(before, plan({ [urnOf(Q, 'other')]: { goal: goal({}), steps: ['update'] } }));
    expect([names(after).includes('other'), after.partial]).toEqual([false, true]);
  });

  it('alone shows only what it creates', () => {
    const created = { goal: goal({ adds: { delay: 1 } }), steps: ['create'] };
    const stack = { goal: { type: 'pulumi:pulumi:Stack', name: 'x', custom: false, protect: false }, steps: ['create'] };
    const first = plan({ [String(stackState.urn)]: stack, [urnOf(Q, 'q')]: created });
    expect([first.resources.length, first.partial, first.resources[1]?.inputs]).toEqual([2, false, { delay: 1 }]);
    const later = plan({
      [urnOf(Q, 'q')]: created,
      [urnOf(Q, 'changes')]: { goal: goal({ updates: { delay: 2 } }), steps: ['update'] },
    });
    expect([later.resources.length, later.partial]).toEqual([1, true]);
  });
});

describe('what does not fit', () => {
  const preview = read({ steps: [{ op: 'create', urn: urnOf(Q, 'q'), newState: queue('q') }], changeSummary: {} });
  const elsewhere = read(exported([{ ...queue('q'), urn: urnOf(Q, 'q', 'dev') }]));
  it.each([
    ['an export as difference', before, before, 'not-a-difference'],
    ['a preview as state', preview, preview, 'not-a-state'],
    ['the state of another stack', elsewhere, preview, 'state-mismatch'],
  ])('%s', (_name, stateReading, difference, code) => {
    expect(() => overlay(stateReading, difference)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
