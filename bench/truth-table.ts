/** What the comparisons of many estates come to: by mechanism, by scope, and altogether. */
import { median } from './measure.ts';
import { type Case, covered, together } from './truth-compare.ts';
import type { EstateTruth } from './truth-run.ts';

export interface Row {
  readonly of: Case['of'];
  readonly type: Case['type'];
  readonly mechanism: string;
  /** Scopes of parts and of services, each with all its members. */
  readonly count: number;
  readonly covered: number;
  /** Median p99/p50 of what is predicted to take a while and to end; undefined: none of it is. */
  readonly width: number | undefined;
}

export interface Summary {
  readonly estates: number;
  readonly drills: number;
  readonly rows: readonly Row[];
  readonly parts: Row;
  readonly services: Row;
  /** Promises that the model calls met, as often as a drill judged one. */
  readonly met: number;
  readonly broken: readonly string[];
  readonly missed: readonly string[];
}

export function summaryOf(truths: readonly EstateTruth[]): Summary {
  const groups = truths.flatMap((t) => together(t.cases).map((cases) => ({ seed: t.seed, cases, worst: worstOf(cases) })));
  const keyed = new Map<string, (readonly Case[])[]>();
  for (const { cases, worst } of groups) {
    const key = JSON.stringify([worst.of, worst.type, worst.mechanism]);
    keyed.set(key, [...(keyed.get(key) ?? []), cases]);
  }
  const rows = [...keyed.values()].map((of) => rowOf(of, worstOf(of[0] ?? []).mechanism));
  const all = (of: Case['of']): Row =>
    rowOf(
      groups.filter((g) => g.worst.of === of).map((g) => g.cases),
      'all',
    );
  return {
    estates: truths.length,
    drills: truths.reduce((n, t) => n + t.drills, 0),
    rows: rows.sort((a, b) => order(a, b)),
    parts: all('part'),
    services: all('service'),
    met: truths.reduce((n, t) => n + t.met, 0),
    broken: truths.flatMap((t) => t.broken.map((b) => `seed ${t.seed}: ${b.metric} without ${b.member}: ${b.says}`)),
    missed: groups.filter((g) => !covered(g.cases)).map((g) => sayMissed(g.seed, g.cases)),
  };
}

const order = (a: Row, b: Row): number =>
  a.of.localeCompare(b.of) || a.type.localeCompare(b.type) || a.mechanism.localeCompare(b.mechanism);

function worstOf(cases: readonly Case[]): Case {
  const [worst] = cases.toSorted((a, b) => b.predicted.p50 - a.predicted.p50);
  if (worst === undefined) throw new Error('nothing was compared');
  return worst;
}

function rowOf(groups: readonly (readonly Case[])[], mechanism: string): Row {
  const spread = groups
    .map(worstOf)
    .map((c) => c.predicted)
    .filter((p) => p.p50 > 0 && p.p99 < Number.POSITIVE_INFINITY);
  const [first] = groups.flat();
  return {
    of: first?.of ?? 'part',
    type: first?.type ?? 'RTO',
    mechanism,
    count: groups.length,
    covered: groups.filter(covered).length,
    width: spread.length === 0 ? undefined : median(spread.map((p) => p.p99 / p.p50)),
  };
}

const short = (seconds: number): string => (Number.isFinite(seconds) ? seconds.toFixed(1) : 'never');

function sayMissed(seed: number, cases: readonly Case[]): string {
  const [{ type, scope, part, mechanism } = worstOf(cases)] = cases;
  const members = cases.map(
    ({ member, predicted: p, measured: m }) =>
      `${member} [${short(p.p1)}, ${short(p.p99)}] measured ${short(m.from)}–${short(m.to)}`,
  );
  return `seed ${seed}: ${type} ${scope} of ${part} (${mechanism}): ${members.join('; ')}`;
}

/** Markdown. */
export function tableOf({ rows, parts, services }: Summary): string {
  const cell = (r: Row): string =>
    `| ${r.mechanism} | ${r.type} | ${r.count} | ${share(r)} | ${r.width === undefined ? '–' : r.width.toFixed(1)} |`;
  const head = ['| what | of | n | covered | median p99/p50 |', '| --- | --- | --: | --: | --: |'];
  return [
    ...head,
    ...rows.map(cell),
    cell({ ...parts, mechanism: '**every part**' }),
    cell({ ...services, mechanism: '**every service**' }),
  ].join('\n');
}

export const share = ({ count, covered: n }: Row): string => `${((100 * n) / Math.max(1, count)).toFixed(1)} %`;
