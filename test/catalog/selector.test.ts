import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../src/catalog/glob.ts';
import { type SelectorFacts, selectorMatches } from '../../src/catalog/selector.ts';
import type { Selector } from '../../src/model/agreement.ts';
import { fold, known, unknown } from '../../src/model/known.ts';

describe('globs', () => {
  const rows: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['', '', true],
    ['', 'a', false],
    ['shop', 'shop', true],
    ['shop', 'Shop', false],
    ['shop', 'shops', false],
    ['*', '', true],
    ['*', 'anything/at:all', true],
    ['*', 'a::b', false],
    ['**', 'a::b', true],
    ['***', 'a::b', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'abc', true],
    ['a*c', 'a::c', false],
    ['a**c', 'a::c', true],
    ['*::*', 'a::b', true],
    ['*::*', 'a::b::c', false],
    ['**::c', 'a::b::c', true],
    ['a:*', 'a::b', false],
    ['*:b', 'a::b', false],
    ['a:*b', 'a::b', false],
    ['aws:rds/*:*', 'aws:rds/instance:Instance', true],
    ['**checkout**', 'urn:pulumi:prod::shop::aws:rds/instance:Instance::checkout-db', true],
    ['urn:pulumi:prod::*::*::checkout*', 'urn:pulumi:prod::shop::aws:rds/instance:Instance::checkout-db', true],
    ['urn:pulumi:*::checkout*', 'urn:pulumi:prod::shop::aws:rds/instance:Instance::checkout-db', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['a*', 'a\nb', true],
    ['*a*a*b', 'aaab', true],
    ['*ab', 'aab', true],
  ];
  for (const [pattern, text, matches] of rows) {
    it(`${JSON.stringify(pattern)} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, () => {
      expect(compileGlob(pattern)(text)).toBe(matches);
    });
  }

  it('agrees with a plain recursive reading of the rule', () => {
    const word = fc.array(fc.constantFrom('a', 'b', ':', '::'), { maxLength: 7 }).map((parts) => parts.join(''));
    const pattern = fc.array(fc.constantFrom('a', 'b', ':', '::', '*', '**'), { maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, word, (p, t) => {
        expect(compileGlob(p)(t)).toBe(plain(p.replace(/\*{2,}/g, '#'), t, 0));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes a hostile pattern and text without backtracking', () => {
    const text = `${'a'.repeat(20_000)}b`;
    expect(compileGlob(`${'*a'.repeat(30)}*c`)(text)).toBe(false);
    expect(compileGlob(`${'**a*'.repeat(30)}c`)(text)).toBe(false);
  });
});

/** `#` is a double star. A star may take the character at `at` unless it is part of a `::`. */
function plain(pattern: string, text: string, at: number): boolean {
  const [first] = pattern;
  if (first === undefined) return at === text.length;
  const rest = pattern.slice(1);
  if (first !== '#' && first !== '*') return text[at] === first && plain(rest, text, at + 1);
  if (plain(rest, text, at)) return true;
  const separator = text.startsWith('::', at) || (at > 0 && text.startsWith('::', at - 1));
  return at < text.length && (first === '#' || !separator) && plain(pattern, text, at + 1);
}

const FACTS: SelectorFacts = {
  urn: 'urn:pulumi:prod::shop::shop:checkout:Service$aws:rds/instance:Instance::checkout-db',
  type: 'aws:rds/instance:Instance',
  name: 'checkout-db',
  project: 'shop',
  stack: 'prod',
  tags: known({ service: 'checkout', env: 'prod', empty: '' }),
  componentPath: [{ name: 'checkout', type: 'shop:checkout:Service' }],
};

function selector(parts: Partial<Selector>): Selector {
  const place = { file: 'f', line: 1, column: 1 };
  return {
    tags: undefined,
    urn: undefined,
    component: undefined,
    stack: undefined,
    type: undefined,
    name: undefined,
    place,
    ...parts,
  };
}

function answer(parts: Partial<Selector>, facts: Partial<SelectorFacts> = {}): boolean | string {
  return fold<boolean, boolean | string>(
    selectorMatches(selector(parts), { ...FACTS, ...facts }),
    (v) => v,
    (why) => why.reason,
  );
}

describe('selectors', () => {
  const noTags = { tags: unknown('unresolved-at-preview', 'tags come from another resource') };
  const rows: readonly (readonly [Partial<Selector>, Partial<SelectorFacts>, boolean | string])[] = [
    [{ tags: { service: 'checkout' } }, {}, true],
    [{ tags: { service: 'check*' } }, {}, true],
    [{ tags: { Service: 'checkout' } }, {}, false],
    [{ tags: { missing: '**' } }, {}, false],
    [{ tags: { empty: '**' } }, {}, true],
    [{ tags: { service: 'checkout', env: 'test' } }, {}, false],
    [{ tags: { toString: '**' } }, {}, false],
    [{ tags: { service: 'checkout' } }, noTags, 'unresolved-at-preview'],
    [{ tags: { service: 'checkout' }, name: 'other' }, noTags, false],
    [{ tags: { service: 'checkout' }, name: 'checkout-*' }, noTags, 'unresolved-at-preview'],
    [{ component: 'checkout' }, {}, true],
    [{ component: 'shop:checkout:*' }, {}, true],
    [{ component: 'shop' }, {}, false],
    [{ component: '**' }, { componentPath: [] }, false],
    [{ stack: 'prod' }, {}, true],
    [{ stack: 'shop/prod' }, {}, true],
    [{ stack: 'shop/*' }, {}, true],
    [{ stack: 'other/prod' }, {}, false],
    [{ type: 'aws:rds/*' }, {}, true],
    [{ urn: '**::checkout-db' }, {}, true],
    [{ urn: '**checkout**', type: 'aws:s3/*' }, {}, false],
    [{}, {}, 'not-reported'],
  ];
  for (const [parts, facts, expected] of rows) {
    it(`${JSON.stringify(parts)} → ${expected}${facts === noTags ? ', tags unknown' : ''}`, () => {
      expect(answer(parts, facts)).toBe(expected);
    });
  }
});
