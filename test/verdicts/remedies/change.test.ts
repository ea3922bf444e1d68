import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/model/resource.ts';
import type { Value } from '../../../src/model/value.ts';
import type { Change } from '../../../src/verdicts/remedies/change.ts';
import { addition, apply, contradict, distinct } from '../../../src/verdicts/remedies/change.ts';
import type { Spec } from '../../services/support-traffic.ts';
import { urnOf } from '../../services/support-traffic.ts';
import { reading } from '../estates.ts';

const PLAN: Spec = {
  type: 'aws:backup/plan:Plan',
  name: 'daily',
  inputs: { rules: [{ schedule: 'a' }, { schedule: 'b' }], lifecycle: { days: 1 }, tags: { team: 'web' } },
  outputs: { rules: [{ schedule: 'a' }], arn: 'arn:aws:backup:us-east-1:111122223333:plan' },
};
const URN = urnOf(PLAN.type, PLAN.name);
const set = (property: string, to: Value | undefined): Change => ({ kind: 'set', resource: URN, property, to });

function after(changes: readonly Change[], spec: Spec = PLAN): Resource {
  const [read] = apply([reading([spec])], changes);
  const found = read?.resources.find((r) => r.urn === URN);
  if (found === undefined) throw new Error('the resource is gone');
  return found;
}

describe('a change', () => {
  it.each<[string, Value | undefined, string, unknown]>([
    ['rules[1].schedule', 'c', 'rules', [{ schedule: 'a' }, { schedule: 'c' }]],
    ['rules[2]', { schedule: 'c' }, 'rules', [{ schedule: 'a' }, { schedule: 'b' }, { schedule: 'c' }]],
    ['rules[0]', undefined, 'rules', [{ schedule: 'b' }]],
    ['rules.schedule', 'c', 'rules', [{ schedule: 'c' }, { schedule: 'b' }]],
    ['lifecycle.days', 7, 'lifecycle', { days: 7 }],
    ['lifecycle.more.days', 7, 'lifecycle', { days: 1, more: { days: 7 } }],
    ['name', 'x', 'name', 'x'],
    ['lifecycle', undefined, 'lifecycle', undefined],
  ])('sets %s', (property, to, root, expected) => {
    expect(after([set(property, to)]).inputs[root]).toEqual(expected);
  });

  it('takes out what AWS filled in for the old value, and nothing else', () => {
    expect(after([set('rules[0].schedule', 'c')]).outputs).toEqual({ arn: PLAN.outputs?.arn });
  });

  it('does nothing where the engine is told to ignore it', () => {
    const ignoring = { ...PLAN, ignoreChanges: ['rules'] };
    expect(after([set('rules[0].schedule', 'c')], ignoring).inputs).toEqual(PLAN.inputs);
  });

  it('leaves the readings as they were', () => {
    const before = [reading([PLAN])];
    apply(before, [set('name', 'x')]);
    expect(before[0]?.resources[0]?.inputs).toEqual(PLAN.inputs);
    expect(apply(before, [])[0]).toBe(before[0]);
  });

  it('adds a resource with the tags and the parent of the one beside it, and alters it in turn', () => {
    const beside = after([]);
    const added = addition(
      { ...beside, urn: beside.urn.replace('::aws:', '::shop:index:Part$aws:') },
      { type: 'aws:kms/key:Key', name: 'data', inputs: {} },
    );
    expect(added.resource.urn).toBe('urn:pulumi:prod::shop::shop:index:Part$aws:kms/key:Key::data');
    const change: Change = { kind: 'set', resource: added.resource.urn, property: 'multiRegion', to: true };
    const [read] = apply([reading([PLAN])], [{ ...added, beside: URN }, change]);
    expect(read?.resources.at(-1)?.inputs).toEqual({ tags: { team: 'web' }, multiRegion: true });
  });

  it('contradicts another value of the same property, of what holds it, or of what it holds', () => {
    const pairs = [
      [set('a', 1), set('a', 2), true],
      [set('a', 1), set('a', 1), false],
      [set('a', {}), set('a.b', 2), true],
      [set('a[0].b', 1), set('a[0]', 2), true],
      [set('a', 1), set('ab', 2), false],
    ] as const;
    expect(pairs.map(([a, b]) => contradict(a, b))).toEqual(pairs.map(([, , expected]) => expected));
    expect(distinct([set('a', 1), set('a', 1), set('b', 1)])).toHaveLength(2);
  });
});
