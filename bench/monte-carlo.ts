/**
 * How long the simulation of recovery times takes: 20,000 samples of a 200-node graph in one thread, with nothing
 * to prune, and how it grows with nodes and with samples.
 */
import { row, span, sum, type Timing } from '../src/model/protection.ts';
import { EXPECTED } from '../src/recovery/bounds.ts';
import { simulation } from '../src/recovery/estimate.ts';
import type { RecoveryGraph, RecoveryNode } from '../src/recovery/graph.ts';
import { judgeRecovery } from '../src/recovery/judge.ts';
import { planOf } from '../src/recovery/plan.ts';
import { prune } from '../src/recovery/prune.ts';
import { quantileOf } from '../src/recovery/quantile.ts';
import { simulate } from '../src/recovery/simulate.ts';
import { timeTable } from '../src/recovery/table.ts';
import type { Check } from './measure.ts';

const SEED = 1;
const RUNS = 9;

const table = timeTable(
  Array.from({ length: 12 }, (_, i) => ({
    id: `row-${i}`,
    title: `row ${i}`,
    measures: 'time' as const,
    optimistic: [i, 20 + i, 150] as const,
    expected: [i, 30 + 2 * i, 200 + i] as const,
    pessimistic: [i, 60 + 2 * i, 400] as const,
    confidence: 'assumed' as const,
    source: 'benchmark',
    seen: '2026-11-22',
  })),
);

/** One random part, or two, or three: a row; a timer's phase and a row; a phase and two rows. */
function ownTime(i: number): Timing {
  const first = row(`row-${i % 12}`);
  if (i % 3 === 0) return first;
  const phase = span(0, 30, 'phase of a timer');
  return i % 3 === 1 ? sum(phase, first, row(`row-${(5 * i) % 12}`)) : sum(phase, first);
}

/** Layers of an eighth of the nodes; each node waits for two of the layer before; three quarters share one of five causes. */
function layered(size: number): RecoveryGraph {
  const width = Math.max(2, Math.ceil(size / 8));
  const nodes = Array.from({ length: size }, (_, i): RecoveryNode => {
    const after = i < width ? [] : [`n${i - width}`, `n${i - width - (i % width === 0 ? -1 : 1)}`];
    return {
      id: `n${i}`,
      label: `node ${i}`,
      time: ownTime(i),
      starts: 'after-dependencies',
      after,
      point: undefined,
      shock: i % 4 === 0 ? undefined : `cause ${i % 5}`,
    };
  });
  return { nodes };
}

interface Timed {
  /** Milliseconds by the clock, sorted. */
  readonly clock: readonly number[];
  /** Milliseconds of processor time a run: what the clock would show on an idle machine. */
  readonly processor: number;
}

/** The first two runs warm the compiler up and are left out. */
function timed(run: () => void): Timed {
  run();
  run();
  const before = process.cpuUsage();
  const clock = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  const { user, system } = process.cpuUsage(before);
  return { clock: clock.sort((a, b) => a - b), processor: (user + system) / 1000 / RUNS };
}

/** Everything from the graph to its p99, as `predict` does it when bounds settle nothing. */
function p99(graph: RecoveryGraph, samples: number): { readonly p99: number; readonly computed: number } {
  const plan = planOf(graph, table, 'time');
  const work = prune(plan, EXPECTED);
  const worst = new Float64Array(samples);
  const timesLast = new Float64Array(work.last.length);
  simulate(plan, work, EXPECTED, simulation(SEED), 0, samples, { worst, skew: undefined, timesLast });
  return { p99: quantileOf(worst.sort(), 0.99).value, computed: work.nodes.length };
}

function report(what: string, { clock, processor }: Timed, more = ''): void {
  const ms = (x: number | undefined) => `${(x ?? 0).toFixed(1).padStart(7)} ms`;
  console.log(`  ${what.padEnd(44)} median ${ms(clock[RUNS >> 1])}  least ${ms(clock[0])}  processor ${ms(processor)}  ${more}`);
}

/** Graphs and samples, small to large. */
const SHAPES = [
  [200, 20_000],
  [200, 10_000],
  [200, 5000],
  [100, 20_000],
  [50, 20_000],
  [400, 20_000],
] as const;

export function benchMonteCarlo(): readonly Check[] {
  const least = new Map<string, number>();
  const medians = new Map<string, number>();
  for (const [nodes, samples] of SHAPES) {
    const graph = layered(nodes);
    const { computed, p99: seconds } = p99(graph, samples);
    const times = timed(() => p99(graph, samples));
    least.set(`${nodes} ${samples}`, times.clock[0] ?? Number.NaN);
    medians.set(`${nodes} ${samples}`, times.clock[RUNS >> 1] ?? Number.NaN);
    report(`${nodes} nodes × ${samples} samples`, times, `(${computed} nodes computed, p99 ${seconds.toFixed(0)} s)`);
  }
  const small = layered(12);
  const judge = (target: number) => () => {
    judgeRecovery(small, table, { ...simulation(SEED), measures: 'time', percentile: 99, target });
  };
  report('verdict on 12 nodes, settled by bounds', timed(judge(100_000)));
  report('verdict on 12 nodes, hanging on a row', timed(judge(1000)));
  const at = (of: ReadonlyMap<string, number>, shape: string) => of.get(shape) ?? Number.NaN;
  return [
    { what: '20,000 samples of 200 nodes', value: at(medians, '200 20000'), unit: 'ms', limit: 150 },
    // Twice the work must cost about twice as much; the least of nine runs is the run that was disturbed least.
    {
      what: 'growth from 10,000 to 20,000 samples',
      value: at(least, '200 20000') / at(least, '200 10000'),
      unit: '×',
      limit: 2.6,
    },
    { what: 'growth from 200 to 400 nodes', value: at(least, '400 20000') / at(least, '200 20000'), unit: '×', limit: 2.6 },
  ];
}
