import { expect, it } from 'vitest';
import { buildEstate } from '../../src/estate/estate.ts';
import { fateOf } from '../../src/recovery/fate.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { urnOf } from '../services/support-traffic.ts';
import { reading, SINGLE_AZ } from '../verdicts/estates.ts';

it.each([
  ['us-east-1a', 'lost'],
  ['us-east-1b', 'untouched'],
  // The id of the same AZ, perhaps.
  ['use1-az1', 'unknown'],
  ['az:us-east-1:1', 'unknown'],
  ['az:us-east-1:?', 'unknown'],
  // However an AZ is spelt: one of another Region is another one.
  ['az:eu-central-1:?', 'untouched'],
  ['az:eu-central-1:1', 'untouched'],
  ['eu-central-1a', 'untouched'],
])('when %s is lost, a database in us-east-1a is %s', (name, fate) => {
  const estate = buildEstate([reading([SINGLE_AZ])], SERVICES);
  const item = estate.resources.get(urnOf(SINGLE_AZ.type, SINGLE_AZ.name));
  expect(item && fateOf(item, { scope: 'az', name }).kind).toBe(fate);
});
