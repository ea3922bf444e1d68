/** Whatever narrows the resources that are asked, selectors pick what they say. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { selectorMatches } from '../../src/catalog/selector.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { Catalogue, Selector } from '../../src/model/agreement.ts';
import { known, unknown } from '../../src/model/known.ts';
import type { Resource } from '../../src/model/resource.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { assign } from '../../src/verdicts/assign.ts';
import { isYes } from '../../src/verdicts/conditions.ts';
import { reading, TABLE } from './estates.ts';

const words = ['a', 'b', 'ab'] as const;
const word = fc.constantFrom(...words);
const pattern = fc.constantFrom(...words, 'a*', '*', '**');
const tags = fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true });

interface Made {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly under: string | undefined;
}
const made: fc.Arbitrary<Made> = fc.record({
  name: word,
  tags: fc.option(tags, { nil: undefined }),
  under: fc.option(word, { nil: undefined }),
});
const selector: fc.Arbitrary<Selector> = fc
  .record(
    { tags: fc.dictionary(word, pattern, { maxKeys: 2, noNullPrototype: true }), component: pattern, name: pattern },
    { requiredKeys: [] },
  )
  .filter((s) => Object.keys(s).length > 0)
  .map((s) => ({ ...s, place: { file: 'holdfast.yaml', line: 1, column: 1 } }) as Selector);

const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;

function resources(list: readonly Made[]): readonly Resource[] {
  const [table] = reading([TABLE]).resources;
  if (table === undefined) throw new Error('no table');
  const components = words.map(
    (w): Resource => ({ ...table, urn: urn('shop:index:Part', w), type: 'shop:index:Part', name: w, custom: false }),
  );
  const tables = list.map(
    (m, i): Resource => ({
      ...table,
      urn: urn(table.type, `${m.name}-${i}`),
      name: m.name,
      tags: m.tags === undefined ? unknown('unresolved-at-preview', 'not known yet') : known(m.tags),
      parent: m.under === undefined ? undefined : urn('shop:index:Part', m.under),
    }),
  );
  return [...components, ...tables];
}

const EMPTY = parseCatalogue('services: { s: { tier: 1, resources: [{ urn: "**" }] } }', 'holdfast.yaml', {});

it('as if each resource were asked', () => {
  fc.assert(
    fc.property(
      fc.array(made, { minLength: 1, maxLength: 6 }),
      fc.array(selector, { minLength: 1, maxLength: 3 }),
      (list, selectors) => {
        const estate = buildEstate([{ ...reading([]), resources: resources(list), partial: true }], SERVICES);
        const [entry] = EMPTY.services;
        if (entry === undefined) throw new Error('no service');
        const catalogue: Catalogue = { ...EMPTY, services: [{ ...entry, selectors }] };
        const picked = assign(estate, catalogue).services.get(entry.id)?.resources;
        const expected = [...estate.resources.values()]
          .filter(({ resource, standing }) => {
            if (standing.kind === 'component') return false;
            const parent = estate.resources.get(resource.parent ?? '')?.resource;
            const componentPath = parent === undefined ? [] : [{ name: parent.name, type: parent.type }];
            return selectors.some((s) => isYes(selectorMatches(s, { ...resource, componentPath })));
          })
          .map(({ resource }) => resource.urn);
        expect(picked).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});
