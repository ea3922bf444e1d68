import { describe, expect, it } from 'vitest';
import { fightsOf, type Surrounds } from '../../src/engine/after-failover.ts';
import type { EngineStep, StepState } from '../../src/engine/events.ts';

const urnOf = (name: string) => `urn:pulumi:dev::shop::aws:rds/instance:Instance::${name}`;
const state = (inputs: StepState['inputs'], protect = false): StepState => ({ id: 'i', protect, inputs, outputs: {} });

function step(op: string, name: string, paths: readonly string[] = [], more: Partial<EngineStep> = {}): EngineStep {
  return {
    op,
    urn: urnOf(name),
    type: 'aws:rds/instance:Instance',
    provider: '',
    diffs: paths.map((path) => ({ path, kind: op.includes('replace') ? 'update-replace' : 'update', inputDiff: false })),
    before: state({}),
    after: state({}),
    failed: false,
    ...more,
  };
}

const around: Surrounds = {
  title: (urn) => `database ${urn.split('::').at(-1)}`,
  holdsState: (urn) => (urn.endsWith('-unknown') ? undefined : !urn.endsWith('-web')),
  isDrillTag: (key) => key.startsWith('drill:'),
};
const fights = (before: readonly EngineStep[], after: readonly EngineStep[]) => fightsOf(before, after, around);

describe('what the engine would do after a failover', () => {
  it.each([
    [
      'replaces',
      [step('create-replacement', 'db', ['source']), step('replace', 'db', ['source']), step('delete-replaced', 'db')],
      'fights-failover-replace',
      'critical',
    ],
    ['replaces what holds no data', [step('replace', 'x-web', ['source'])], 'fights-failover-replace', 'high'],
    ['deletes', [step('delete', 'db')], 'fights-failover-delete', 'critical'],
    ['makes anew', [step('create', 'db')], 'fights-failover-create', 'high'],
    ['changes back', [step('refresh', 'db', ['weight']), step('update', 'db', ['weight'])], 'fights-failover-undo', 'high'],
  ])('%s', (_, after, rule, severity) => {
    expect(fights([], after)).toMatchObject([{ rule, severity }]);
  });

  it.each([
    ['the same', [step('same', 'db')]],
    ['a refresh that found another role, and nothing else', [step('refresh', 'db', ['source']), step('same', 'db')]],
    ['a read', [step('read', 'db')]],
    ['a provider', [step('update', 'p', ['region'], { type: 'pulumi:providers:aws' })]],
  ])('is silent on %s', (_, after) => {
    expect(fights([], after)).toEqual([]);
  });

  it('is silent on what the engine would do anyway', () => {
    expect(fights([step('update', 'db', ['tags'])], [step('update', 'db', ['tags'])])).toEqual([]);
    expect(fights([step('update', 'db', ['tags'])], [step('update', 'db', ['tags', 'weight'])])).toMatchObject([
      { property: 'weight' },
    ]);
    expect(fights([step('update', 'db', ['tags'])], [step('replace', 'db', ['tags'])])).toMatchObject([
      { rule: 'fights-failover-replace' },
    ]);
  });

  it('names the property that replaces, not the others', () => {
    const diffs = [
      { path: 'tags.role', kind: 'update', inputDiff: true },
      { path: 'replicateSourceDb', kind: 'add-replace', inputDiff: false },
    ];
    const after = state({ replicateSourceDb: 'arn:aws:rds:eu-west-1:123456789012:db:orders' });
    const [fight] = fights([], [step('replace', 'db', [], { diffs, after })]);
    expect(fight?.property).toBe('replicateSourceDb');
    expect(fight?.message).toContain('`replicateSourceDb` is not set, and the program says "arn:aws');
    expect(fight?.mend).toContain('ignoreChanges: ["replicateSourceDb"] and protect: true');
  });

  it('asks for protection only where there is none, and cuts long values', () => {
    const long = 'x'.repeat(500);
    const before = state({ a: { b: [long] } }, true);
    const [fight] = fights([], [step('replace', 'db', ['a.b[0]'], { before, after: state({ a: { b: ['y'] } }) })]);
    expect(fight?.mend).not.toContain('protect');
    expect(fight?.message).toContain('and the program says "y"');
    expect(fight?.message.length).toBeLessThan(250);
  });

  it('what nobody knows of counts as holding data', () => {
    expect(fights([], [step('delete', 'x-unknown')])).toMatchObject([{ severity: 'critical' }]);
  });

  it('passes over tags of the drill, and over no others', () => {
    const tagged = (before: object, after: object, ...paths: string[]) =>
      fights([], [step('update', 'db', paths, { before: state({ tags: before }), after: state({ tags: after }) })]);
    expect(tagged({ 'drill:1': 'x', a: '1' }, { a: '1' }, 'tags["drill:1"]', 'tagsAll')).toEqual([]);
    expect(tagged({ 'drill:1': 'x' }, {}, 'tags')).toEqual([]);
    // What the program gives anew in each run differs too.
    expect(tagged({ 'drill:1': 'x', at: '1' }, { at: '2' }, 'tags["drill:1"]')).toEqual([]);
    expect(tagged({ 'drill:1': 'x', role: 'primary' }, { role: 'standby' }, 'tags.role')).toHaveLength(1);
    expect(tagged({ 'drill:1': 'x' }, {}, 'tags', 'weight')).toMatchObject([{ property: 'weight' }]);
  });

  it('puts the worst first', () => {
    const after = [step('update', 'a', ['w']), step('delete', 'b'), step('replace', 'c', ['x'])];
    expect(fights([], after).map((f) => f.rule)).toEqual([
      'fights-failover-replace',
      'fights-failover-delete',
      'fights-failover-undo',
    ]);
  });
});
