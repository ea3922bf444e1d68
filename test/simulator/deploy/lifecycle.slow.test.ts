/** The laws of the whole life of a resource, over generated configurations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceReading } from '../../../src/model/resource.ts';
import { SCANS } from '../../../src/services/observed/registry.ts';
import { removeOne } from '../../../src/simulator/deploy/one.ts';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { differences, estatesOf, readingOf } from '../../parity/law.ts';
import { REGION } from '../../services/observed/support.ts';
import { CASES } from './cases.ts';
import { free, LEFT, replaces, UNLIKE } from './exceptions.ts';
import { changedTo, deployed, destroy, update } from './support.ts';

/** Nothing that is deleted is shown for longer. */
const LATER = 3 * 3_600_000;
/** Nothing that is changed takes longer. */
const SETTLING = 1_800_000;
const RUNS = 10;
const cases = Object.entries(CASES);

describe('what is made goes again, and twice is no error', () => {
  it.each(cases)('%s', async (_, { cases: arbitrary }) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (declarations) => {
        const estate = await deployed(declarations);
        await destroy(estate, free, async (given) => {
          await removeOne(estate.aws, given);
          await removeOne(estate.aws, given);
        });
        estate.aws.world.clock.advance(LATER);
        const ids = new Set([...estate.made.values()].map(({ created }) => created.id));
        const left = [...estate.shelves].filter(
          (item) =>
            !estate.before.has(item) && !LEFT.some((e) => e.what.test(item) && !(e.unmade && ids.has(item.split(' ')[2] ?? ''))),
        );
        expect(left).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('what is changed in place is what would have been made', () => {
  it.each(cases)('%s', async (_, { cases: arbitrary, exceptions = [], refused }) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, arbitrary, async (from, other) => {
        const to = changedTo(from, other, replaces);
        const made = await deployed(to);
        // Two lists of things that can each be said need not be a thing that can be said.
        fc.pre(made.notes.every((note) => !note.includes('not made')));
        const estate = await deployed(from);
        const resources = await update(estate, to).catch((error: unknown) => {
          fc.pre(!(error instanceof Error && refused?.test(error.message) === true));
          throw error;
        });
        const types = new Set(to.map((d) => d.type));
        const scans = SCANS.filter((scan) => scan.types.some((type) => types.has(type)));
        const regions = [...new Set(to.map((d) => d.region ?? REGION))];
        const seen = async ({ aws, readings }: { aws: SimulatedAws; readings: readonly SourceReading[] }) => {
          aws.world.clock.advance(SETTLING);
          const both = await estatesOf(aws, { readings, notes: [] }, regions, scans);
          return differences(both, [...exceptions, ...UNLIKE]);
        };
        const anew = await seen(made);
        const changed = await seen({ aws: estate.aws, readings: [readingOf(resources)] });
        expect(changed.filter((line) => !anew.includes(line))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('registry', () => {
  it('has a generated case for every deployer', () => {
    const covered = new Set(
      Object.values(CASES).flatMap(({ cases: arbitrary }) =>
        fc
          .sample(arbitrary, { numRuns: 60, seed: 1 })
          .flat()
          .map((d) => d.type),
      ),
    );
    const types = SIMULATED.flatMap((s) => (s.deployers ?? []).map((d) => d.type));
    expect(types.filter((type) => !covered.has(type))).toEqual([]);
  });
});
