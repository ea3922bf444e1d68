import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writtenPath } from '../../src/model/property-path.ts';
import { alike, differences } from '../../src/provider/alike.ts';
import type { Plain } from '../../src/simulator/deploy/deployer.ts';
import { UNKNOWN } from '../../src/stacks/signatures.ts';

const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Plain>(null, true, false, 0, 1, '', 'a', '80', 80),
    fc.string({ maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'tags', 'command'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('alike', () => {
  it.each<[string, Plain, Plain, boolean]>([
    ['numbers as texts', 80, '80', true],
    ['flags as texts', true, 'true', true],
    ['unset and nought', { a: 0, b: '' }, {}, true],
    ['sets in another order', ['b', 'a'], ['a', 'b'], true],
    ['sets of blocks', [{ n: 1 }, { n: 2 }], [{ n: 2 }, { n: 1 }], true],
    ['repeated items', ['a', 'a'], ['a'], false],
    ['JSON spelled otherwise', '{"a": 1, "b": [1,2]}', '{"b":[1,2],"a":1}', true],
    ['JSON lists in another order', '{"b":[1,2]}', '{"b":[2,1]}', false],
    [
      'policies',
      '{"Statement":[{"Action":["a","b"],"Effect":"Allow"}]}',
      '{"Statement":{"Effect":"Allow","Action":["b","a"]}}',
      true,
    ],
    ['words', 'a', 'b', false],
    ['true and false', true, false, false],
  ])('%s', (_, a, b, same) => {
    expect(alike(a, b)).toBe(same);
    expect(alike(b, a)).toBe(same);
  });

  it('keeps the order of lists that have one', () => {
    expect(alike(['a', 'b'], ['b', 'a'], 'terminationPolicies')).toBe(false);
    expect(alike({ command: ['a', 'b'] }, { command: ['b', 'a'] })).toBe(false);
  });

  it('is an equivalence, and differs where there are differences', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(alike(a, a)).toBe(true);
        expect(differences(a, a, ['p'])).toEqual([]);
        expect(alike(a, b)).toBe(alike(b, a));
        expect(differences(a, b, ['p']).length === 0).toBe(alike(a, b));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('differences', () => {
  it.each<[string, Plain | undefined, Plain | undefined, readonly string[]]>([
    ['of a member', { a: 1, b: 2 }, { a: 1, b: 3 }, ['update p.b']],
    ['of a tag', { 'a.b': 'x' }, { 'a.b': 'y', c: 'z' }, ['update p["a.b"]', 'add p.c']],
    ['of an item', [{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 3 }], ['update p[1].a']],
    ['fewer items', ['a', 'b'], ['b'], ['delete p[0]']],
    ['more items', ['b'], ['a', 'b'], ['add p[0]']],
    ['unset', 'a', undefined, ['delete p']],
    ['set', undefined, 'a', ['add p']],
    ['not known yet', 'a', UNKNOWN, ['update p']],
    ['an item not known yet', ['a'], [UNKNOWN], ['update p[0]']],
  ])('%s', (_, was, now, expected) => {
    expect(differences(was, now, ['p']).map(({ kind, path }) => `${kind} ${writtenPath(path)}`)).toEqual(expected);
  });
});
