import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseDrillFile } from '../../src/catalog/drills.ts';
import { drillFileJsonSchema } from '../../src/catalog/json-schema.ts';
import { writeDrillFile } from '../../src/catalog/write-drills.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { catalogue, drillSpecs } from './drill-specs.ts';

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(drillFileJsonSchema());
const read = (text: string) => parseDrillFile(text, 'shop.drill.yaml', catalogue);
const saying = (specs: readonly DrillSpec[]) => specs.map(({ place: _, ...says }) => says);

describe('a drill file', () => {
  it('reads back to the drills that were written, and is what its schema says', () => {
    fc.assert(
      fc.property(drillSpecs, (specs) => {
        const text = writeDrillFile(specs);
        expect(saying(read(text))).toEqual(saying(specs));
        expect(validate(parseYaml(text))).toBe(true);
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  it('names its schema first, and says of each drill what is done', () => {
    const [first] = read('id: d\nkind: az-loss\nservice: shop');
    expect(first).toBeDefined();
    const text = writeDrillFile(first === undefined ? [] : [first]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/schema\/drill\.schema\.json\n/);
    expect(text).toMatch(/# Everything in an Availability Zone[^\n]*\n {2}- id: d\n {4}kind: az-loss\n {4}service: shop\n$/);
  });
});
