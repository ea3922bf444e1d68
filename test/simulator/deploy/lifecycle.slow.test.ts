/** The laws of the whole life of a resource, over generated configurations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCANS } from '../../../src/services/observed/registry.ts';
import { removeOne } from '../../../src/simulator/deploy/one.ts';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import { differences, estatesOf, readingOf } from '../../parity/law.ts';
import { REGION } from '../../services/observed/support.ts';
import { CASES } from './cases.ts';
import { free, LEFT, replaces, UNLIKE } from './exceptions.ts';
import { changedTo, deployed, destroy, update } from './support.ts';

/** Nothing that is deleted is shown for longer. */
const LATER = 3 * 3_600_000;
const RUNS = Number(process.env.RUNS ?? 12);
const only = process.env.ONLY;
const cases = Object.entries(CASES).filter(([name]) => only === undefined || name.includes(only));

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
        const left = [...estate.shelves].filter((item) => !estate.before.has(item) && !LEFT.some((e) => e.what.test(item)));
        expect(left).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('what is changed in place is what would have been made', () => {
  it.each(cases)('%s', async (_, { cases: arbitrary, exceptions = [] }) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, arbitrary, async (from, other) => {
        const to = changedTo(from, other, replaces);
        // Two lists of things that can each be said need not be a thing that can be said.
        fc.pre((await deployed(to)).notes.every((note) => !note.includes('not made')));
        const estate = await deployed(from);
        const resources = await update(estate, to);
        estate.aws.world.clock.advance(LATER);
        const types = new Set(to.map((d) => d.type));
        const scans = SCANS.filter((scan) => scan.types.some((type) => types.has(type)));
        const regions = [...new Set(to.map((d) => d.region ?? REGION))];
        const both = await estatesOf(estate.aws, { readings: [readingOf(resources)], notes: [] }, regions, scans);
        expect(differences(both, [...exceptions, ...UNLIKE])).toEqual([]);
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
