/** The service times in force for one run: the product's rows, some replaced by the reader's own. */
import type { Place, TimeOverride } from '../model/agreement.ts';
import { kept } from '../model/collections.ts';
import { editDistance } from '../model/edit-distance.ts';
import { UsageError } from '../model/errors.ts';
import { fitTriple, type QuantileFunction, tabulate } from './fit.ts';
import type { ServiceTime, Triple } from './times/service-time.ts';

/** Which of a row's three triples is used. */
export type End = 'optimistic' | 'expected' | 'pessimistic';

export interface TableRow {
  readonly row: ServiceTime;
  /** True when the optimistic and the pessimistic end differ: the verdict may hang on this row. */
  readonly open: boolean;
  /** Equal for rows that give the same samples. */
  readonly signature: string;
  /** Exact quantile at a standard normal score. */
  readonly quantile: Readonly<Record<End, QuantileFunction>>;
  /** The same tabulated for sampling; built at the first use. */
  readonly grid: (end: End) => Float64Array;
}

export type TimeTable = ReadonlyMap<string, TableRow>;

/**
 * Fits every row, after overrides. An override replaces all three triples: the figure is then the reader's,
 * nothing in it is assumed by us, and its source says so.
 * Throws UsageError `unknown-service-time` or `bad-service-time` naming every wrong override with its place.
 */
export function timeTable(rows: readonly ServiceTime[], overrides: readonly TimeOverride[] = []): TimeTable {
  const table = new Map<string, TableRow>();
  for (const row of rows) {
    if (table.has(row.id)) throw new Error(`two service times have the id ${row.id}`);
    table.set(row.id, tableRow(row));
  }
  const unknownRows: string[] = [];
  const badTriples: string[] = [];
  for (const override of overrides) {
    const replaced = table.get(override.row);
    if (replaced === undefined) unknownRows.push(unknownRow(override, [...table.keys()]));
    else if (
      !(
        0 <= override.min &&
        override.min <= override.typ &&
        override.typ <= override.max &&
        override.max < Number.POSITIVE_INFINITY
      )
    ) {
      badTriples.push(
        `${at(override.place)}: the service time "${override.row}" needs 0 ≤ min ≤ typ ≤ max; found min ${override.min}, typ ${override.typ}, max ${override.max} seconds`,
      );
    } else table.set(override.row, tableRow(overridden(replaced.row, override)));
  }
  if (unknownRows.length > 0) throw new UsageError('unknown-service-time', [...unknownRows, ...badTriples].join('\n'));
  if (badTriples.length > 0) throw new UsageError('bad-service-time', badTriples.join('\n'));
  return table;
}

function overridden(row: ServiceTime, override: TimeOverride): ServiceTime {
  const triple: Triple = [override.min, override.typ, override.max];
  return { ...row, expected: triple, optimistic: triple, pessimistic: triple, confidence: 'measured', source: override.source };
}

/**
 * The pessimistic end is the upper envelope of the three fits and the optimistic end the lower one. At their own
 * three points nothing changes; beyond p99, where fits with different spread may cross, the worse stays worse.
 */
function tableRow(row: ServiceTime): TableRow {
  const { optimistic, expected, pessimistic } = row;
  for (const i of [0, 1, 2] as const) {
    if (optimistic[i] > expected[i] || expected[i] > pessimistic[i]) {
      throw new Error(`service time ${row.id}: optimistic ≤ expected ≤ pessimistic does not hold at position ${i}`);
    }
  }
  const best = fitTriple(optimistic);
  const middle = fitTriple(expected);
  const worst = fitTriple(pessimistic);
  const open = optimistic.some((seconds, i) => seconds !== pessimistic[i]);
  const quantile: Record<End, QuantileFunction> = {
    expected: middle,
    optimistic: open ? (z) => Math.min(best(z), middle(z), worst(z)) : middle,
    pessimistic: open ? (z) => Math.max(best(z), middle(z), worst(z)) : middle,
  };
  const grids = new Map<End, Float64Array>();
  return {
    row,
    open,
    signature: `${row.id}:${optimistic.join()}:${expected.join()}:${pessimistic.join()}`,
    quantile,
    grid: (end) => kept(grids, end, () => tabulate(quantile[end])),
  };
}

function at(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

function unknownRow(override: TimeOverride, ids: readonly string[]): string {
  const near = ids
    .map((id) => ({ id, far: editDistance(id, override.row) }))
    .filter(({ id, far }) => far <= 3 || id.includes(override.row) || (override.row.length > 3 && override.row.includes(id)))
    .sort((x, y) => x.far - y.far || (x.id < y.id ? -1 : 1))
    .slice(0, 3)
    .map(({ id }) => id);
  const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known rows: ${[...ids].sort().join(', ')}`;
  return `${at(override.place)}: there is no service time "${override.row}"; ${advice}`;
}
