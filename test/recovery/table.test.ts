import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeOverride } from '../../src/model/agreement.ts';
import { UsageError } from '../../src/model/errors.ts';
import { timeTable } from '../../src/recovery/table.ts';
import { serviceTime, table } from './support.ts';

const override = (row: string, more: Partial<TimeOverride> = {}): TimeOverride => ({
  row,
  min: 1,
  typ: 2,
  max: 3,
  source: 'drill of 3 May',
  place: { file: 'holdfast.yaml', line: 12, column: 5 },
  ...more,
});

function usageError(run: () => unknown): UsageError {
  try {
    run();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const rows = [
  serviceTime('rds-multi-az-failover', [60, 90, 120], [60, 90, 300], [60, 120, 300]),
  serviceTime('efs-restore', [1, 2, 3]),
];

describe('timeTable', () => {
  it('keeps the worse end worse at every quantile, also where the fits cross', () => {
    const crossing = timeTable([serviceTime('r', [0, 1, 100], [0, 20, 100], [0, 90, 100])]).get('r');
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.constantFrom(crossing, table.get('open'), table.get('wide')),
        (z, r) => {
          if (r === undefined) return false;
          const { optimistic, expected, pessimistic } = r.quantile;
          return optimistic(z) <= expected(z) && expected(z) <= pessimistic(z);
        },
      ),
    );
  });

  it('replaces all three triples and takes the source of the catalogue', () => {
    const replaced = timeTable(rows, [override('rds-multi-az-failover')]).get('rds-multi-az-failover');
    expect(replaced).toMatchObject({
      open: false,
      row: {
        optimistic: [1, 2, 3],
        expected: [1, 2, 3],
        pessimistic: [1, 2, 3],
        confidence: 'measured',
        source: 'drill of 3 May',
      },
    });
  });

  it('names the place and near matches of an unknown row, all at once', () => {
    const error = usageError(() =>
      timeTable(rows, [override('rds-multi-az'), override('efs-restoer'), override('nothing-alike-at-all')]),
    );
    expect(error.code).toBe('unknown-service-time');
    expect(error.message.split('\n')).toHaveLength(3);
    expect(error.message).toContain('holdfast.yaml:12:5');
    expect(error.message).toContain('rds-multi-az-failover');
    expect(error.message).toContain('efs-restore');
  });

  it.each([{ min: 5 }, { max: 1 }, { typ: Number.NaN }, { min: -1 }, { max: Number.POSITIVE_INFINITY }])(
    'refuses %j',
    (wrong) => {
      expect(usageError(() => timeTable(rows, [override('efs-restore', wrong)])).code).toBe('bad-service-time');
    },
  );

  it('does not accept two rows of one id, or ends out of order', () => {
    expect(() => timeTable([serviceTime('a', [1, 2, 3]), serviceTime('a', [1, 2, 3])])).toThrow();
    expect(() => timeTable([serviceTime('a', [1, 2, 3], [1, 2, 3], [1, 2, 2])])).toThrow();
  });
});
