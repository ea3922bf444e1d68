/**
 * The law that matters most: knowing less never turns a promise into a kept one. Every base is a real program with a
 * catalogue; what is taken away is drawn at random: an input or a part of one, a Region, an account, tags, or a whole
 * resource whose source then says that it shows only a part.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../src/catalog/find.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { serviceTimes } from '../../src/recovery/times/index.ts';
import { RULES } from '../../src/rules/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { readSources } from '../../src/stacks/read-sources.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { judge } from '../../src/verdicts/judge.ts';
import { type Mutation, mutate, mutationsOf } from './mutations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GOLDEN = `${ROOT}test/programs/golden/`;
const BASES = readdirSync(GOLDEN).filter((name) => /^\d/.test(name));

const names = { rules: new Set(RULES.map((r) => r.id)), timeRows: new Set(serviceTimes.map((t) => t.id)) };

const judged = (readings: readonly SourceReading[], catalogue: Catalogue | undefined): Judgement =>
  judge(buildEstate(readings, SERVICES), catalogue, { today: '2026-06-01', seed: 1, world: 'live' });

const met = (j: Judgement): readonly string[] => j.verdicts.filter((v) => v.verdict === 'met').map((v) => v.metric.id);

const standing = (j: Judgement): readonly string[] =>
  j.survey.flatMap((row) =>
    Object.entries(row.answers)
      .filter(([, a]) => a.survival === 'survives' || a.survival === 'recovers')
      .map(([scope]) => `${row.resource} ${scope}`),
  );

async function obeys(folder: string, catalogueFile: string, numRuns: number): Promise<void> {
  const readings = await readSources([folder], {
    states: [],
    config: [],
    region: undefined,
    seconds: 60,
    memory: 1024,
    stdin: async () => new Uint8Array(),
  });
  const catalogue = readCatalogue(catalogueFile, names);
  const before = new Set(met(judged(readings, catalogue)));
  const shown = judged(readings, undefined).survey.map((row) => row.resource);
  const stood = new Set(standing(judged(readings, undefined)));
  const mutations = mutationsOf(readings);
  expect(mutations.length).toBeGreaterThan(50);
  const some = fc.array(fc.constantFrom(...mutations), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(some, (taken: readonly Mutation[]) => {
      const less = mutate(readings, taken);
      expect(met(judged(less, catalogue)).filter((id) => !before.has(id))).toEqual([]);
      // Roles may fall apart, and their members then answer for themselves; those that answered before may only lose.
      const better = standing(judged(less, undefined)).filter((id) => !stood.has(id) && shown.includes(id.split(' ')[0] ?? ''));
      if (taken.every((m) => m.at !== undefined)) expect(better).toEqual([]);
    }),
    { numRuns, seed: 20261123 },
  );
}

describe('knowing less never makes a promise kept', () => {
  it.each(BASES)('%s', async (name) => obeys(GOLDEN + name, `${GOLDEN}${name}/holdfast.yaml`, 60));

  it('the reference workload', async () => obeys(`${ROOT}@prod`, `${ROOT}infra/holdfast.yaml`, 15));
});
