import { describe, expect, it } from 'vitest';
import { timeTable } from '../../../src/recovery/table.ts';
import { serviceTimes } from '../../../src/recovery/times/index.ts';

describe('serviceTimes', () => {
  it('form a table: ids are unique, every triple can be fitted, ends are in order', () => {
    expect(timeTable(serviceTimes).size).toBe(serviceTimes.length);
  });

  it.each(serviceTimes.map((row) => [row.id, row] as const))('%s says where it comes from', (id, row) => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(row.title).not.toBe('');
    expect(row.source).not.toBe('');
    expect(row.seen).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  it.each(serviceTimes.filter((row) => row.confidence === 'published').map((row) => [row.id, row] as const))(
    '%s is published, so nothing in it is assumed',
    (_, row) => expect([row.optimistic, row.pessimistic]).toEqual([row.expected, row.expected]),
  );

  it.each(['human-decision', 'human-execution-step', 'client-reconnect', 'dns-client-tail', 'validation'])(
    '%s is there',
    (id) => {
      expect(serviceTimes.find((row) => row.id === id)?.confidence).toBe('assumed');
    },
  );
});
