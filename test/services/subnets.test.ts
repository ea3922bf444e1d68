import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../src/model/known.ts';
import { zonesDiffer } from '../../src/services/subnets.ts';
import { spreadOf } from '../../src/services/view.ts';
import { answer as told } from './support-traffic.ts';

const blind = unknown('not-reported', 'not known');

describe('how many AZs', () => {
  it.each([
    ['two names', ['us-east-1a', 'us-east-1b'], ['us-east-1a', 'us-east-1b'], 0],
    ['two ids', ['use1-az1', 'use1-az2'], ['use1-az1', 'use1-az2'], 0],
    ['a name and an id may be one AZ', ['us-east-1a', 'use1-az2'], ['us-east-1a'], 1],
    ['two ids beside a name', ['us-east-1a', 'use1-az1', 'use1-az2'], ['use1-az1', 'use1-az2'], 1],
    ['a name and a stand-in may be one AZ', ['us-east-1a', 'az:us-east-1:2'], ['us-east-1a'], 1],
    ['a Local Zone by name and by id', ['us-west-2-lax-1a', 'usw2-lax1-az1'], ['us-west-2-lax-1a'], 1],
    ['one twice', ['use1-az1', 'use1-az1'], ['use1-az1'], 0],
  ])('%s', (_, zones, distinct, doubtful) => {
    expect(spreadOf(zones.map((zone) => known(zone)))).toEqual({ zones: distinct, doubtful });
    expect(spreadOf([...zones.map((zone) => known(zone)), blind]).doubtful).toBe(doubtful + 1);
  });

  it('never counts more AZs than there can be, nor fewer places than there are', () => {
    const physical = fc.record({ zone: fc.integer({ min: 1, max: 4 }), spelling: fc.constantFrom('name', 'id', 'token') });
    fc.assert(
      fc.property(fc.array(physical, { minLength: 1 }), (places) => {
        const spelt = places.map(({ zone, spelling }) =>
          spelling === 'name' ? `us-east-1${'abcd'[zone - 1]}` : spelling === 'id' ? `use1-az${zone}` : `az:us-east-1:${zone}`,
        );
        const spread = spreadOf(spelt.map((zone) => known(zone)));
        const really = new Set(places.map(({ zone }) => zone)).size;
        expect(spread.zones.length).toBeLessThanOrEqual(really);
        expect(spread.zones.length + spread.doubtful).toBe(new Set(spelt).size);
      }),
    );
  });
});

it.each([
  ['us-east-1a', 'us-east-1b', 'yes'],
  ['us-east-1a', 'us-east-1a', 'no'],
  ['use1-az1', 'use1-az2', 'yes'],
  ['use1-az1', 'us-east-1b', 'not-reported'],
  ['az:us-east-1:1', 'us-east-1b', 'not-reported'],
  ['az:us-east-1:1', 'az:us-east-1:2', 'yes'],
])('does %s differ from %s? %s', (a, b, expected) => {
  expect(told(zonesDiffer(known(a), known(b)))).toBe(expected);
  expect(told(zonesDiffer(known(b), known(a)))).toBe(expected);
});
