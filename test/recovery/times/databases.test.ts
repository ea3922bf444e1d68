import { expect, it } from 'vitest';
import { timeTable } from '../../../src/recovery/table.ts';
import { databaseTimes } from '../../../src/recovery/times/databases.ts';

it('every row can be fitted, with its ends in order', () => {
  expect(timeTable(databaseTimes).size).toBe(databaseTimes.length);
});

it.each(databaseTimes.map((t) => [t.id, t] as const))('%s says where it comes from, and marks what is ours', (_, time) => {
  expect(time.source.length).toBeGreaterThan(20);
  expect(time.source.includes('*')).toBe(time.confidence === 'assumed');
  for (const triple of [time.optimistic, time.expected, time.pessimistic]) {
    expect([...triple].sort((a, b) => a - b)).toEqual([...triple]);
  }
  expect(time.optimistic).not.toEqual(time.pessimistic);
});
