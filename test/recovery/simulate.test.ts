import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastest, fixed, row, slowest, span, sum } from '../../src/model/protection.ts';
import { EXPECTED, quantileBounds } from '../../src/recovery/bounds.ts';
import type { RecoveryGraph } from '../../src/recovery/graph.ts';
import { normalQuantile } from '../../src/recovery/normal.ts';
import { type Plan, planOf } from '../../src/recovery/plan.ts';
import { everything, prune } from '../../src/recovery/prune.ts';
import { quantileOf } from '../../src/recovery/quantile.ts';
import { simulate } from '../../src/recovery/simulate.ts';
import { graph, knownGraph, node, table } from './support.ts';

function samples(g: RecoveryGraph, n: number, { pruned = true, correlation = 0.3, seed = 5, from = 0 } = {}): Float64Array {
  const plan = planOf(g, table, 'time');
  const work = pruned ? prune(plan, EXPECTED) : everything(plan);
  const worst = new Float64Array(n);
  const timesLast = new Float64Array(work.last.length);
  simulate(plan, work, EXPECTED, { seed, correlation }, from, n, { worst, skew: undefined, timesLast });
  return worst;
}

const planned = (g: RecoveryGraph): Plan => planOf(g, table, 'time');
const P = [0.05, 0.5, 0.9, 0.95, 0.99];

/** Every quantile lies within its own 99 % interval: seeds are fixed, so that this holds or fails for good. */
function expectQuantiles(g: RecoveryGraph, exact: (p: number) => number): void {
  const sorted = samples(g, 20_000).sort();
  for (const p of P) {
    const { low, high } = quantileOf(sorted, p);
    expect(exact(p)).toBeGreaterThanOrEqual(low);
    expect(exact(p)).toBeLessThanOrEqual(high);
  }
}

describe('simulate', () => {
  it.each(['quick', 'steady', 'open'])('draws the row %s with its quantiles', (id) => {
    expectQuantiles(graph(node('a', row(id))), (p) => table.get(id)?.quantile.expected(normalQuantile(p)) ?? Number.NaN);
  });

  it('draws the sum of two uniforms as the triangular distribution', () => {
    const g = graph(node('a', sum(span(0, 1, 'x'), span(0, 1, 'x'))));
    expectQuantiles(g, (p) => (p < 0.5 ? Math.sqrt(2 * p) : 2 - Math.sqrt(2 * (1 - p))));
  });

  it('adds along a chain as inside a node', () => {
    const g = graph(node('a', span(0, 1, 'x')), node('b', span(0, 1, 'x'), { after: ['a'] }));
    expectQuantiles(g, (p) => (p < 0.5 ? Math.sqrt(2 * p) : 2 - Math.sqrt(2 * (1 - p))));
  });

  it('takes the slowest of k independent uniforms: p^(1/k)', () => {
    expectQuantiles(graph(...['a', 'b', 'c', 'd'].map((id) => node(id, span(0, 1, 'x')))), (p) => p ** (1 / 4));
    expectQuantiles(graph(node('a', slowest(span(0, 1, 'x'), span(0, 1, 'x')))), Math.sqrt);
  });

  it('takes the fastest of k independent uniforms: 1 − (1 − p)^(1/k)', () => {
    expectQuantiles(graph(node('a', fastest(span(0, 1, 'x'), span(0, 1, 'x')))), (p) => 1 - Math.sqrt(1 - p));
    expect([...samples(graph(node('a', fastest(fixed(30, 'x'), fixed(20, 'x')))), 1)]).toEqual([20]);
  });

  it('starts a node when the last of those before it has finished', () => {
    const g = graph(node('a', fixed(10, 'x')), node('b', fixed(25, 'x')), node('c', fixed(5, 'x'), { after: ['a', 'b'] }));
    expect([...samples(g, 2)]).toEqual([30, 30]);
  });

  it('runs the clock of a node that starts at the onset from 0', () => {
    const g = graph(node('a', fixed(10, 'x')), node('b', fixed(12, 'x'), { after: ['a'], starts: 'at-onset' }));
    expect([...samples(g, 1)]).toEqual([12]);
  });

  it('joins rows of one shock: perfectly at ρ = 1, not at all at ρ = 0 or without a shock', () => {
    const twins = (shock: string | undefined) => graph(node('a', row('steady'), { shock }), node('b', row('steady'), { shock }));
    const one = quantileOf(samples(graph(node('a', row('steady'))), 20_000).sort(), 0.5).value;
    const median = (g: RecoveryGraph, correlation: number) => quantileOf(samples(g, 20_000, { correlation }).sort(), 0.5).value;
    const ofTwo = table.get('steady')?.quantile.expected(normalQuantile(Math.SQRT1_2)) ?? 0;
    expect(median(twins('s'), 1)).toBeCloseTo(one, -0.5);
    expect(median(twins('s'), 0)).toBeCloseTo(ofTwo, -0.5);
    expect(median(twins(undefined), 1)).toBeCloseTo(ofTwo, -0.5);
    const joined = median(twins('s'), 0.5);
    expect(joined).toBeGreaterThan(one + 2);
    expect(joined).toBeLessThan(ofTwo - 2);
  });

  it('gives the same samples pruned and unpruned', () => {
    fc.assert(
      fc.property(knownGraph, (g) => {
        expect(samples(g, 600)).toEqual(samples(g, 600, { pruned: false }));
      }),
    );
  });

  it('leaves out what cannot decide', () => {
    const plan = planned(graph(node('slow', row('steady')), node('fast', span(0, 50, 'x')), node('before', fixed(3, 'x'))));
    expect(prune(plan, EXPECTED).nodes.map((i) => plan.nodes[i]?.id)).toEqual(['slow']);
  });

  it('draws any sample alone: a later start changes nothing', () => {
    const g = graph(
      node('a', row('open'), { shock: 's' }),
      node('b', sum(span(0, 9, 'x'), row('quick')), { after: ['a'], shock: 's' }),
    );
    expect(samples(g, 1500, { from: 700 }).slice(700)).toEqual(samples(g, 1500).slice(700));
  });

  it('stays inside the interval bounds, which any dependence respects', () => {
    fc.assert(
      fc.property(knownGraph, fc.constantFrom(0, 0.3, 1), fc.constantFrom(50, 95, 99), (g, correlation, percentile) => {
        const sorted = samples(g, 2000, { correlation }).sort();
        const { low, high } = quantileOf(sorted, percentile / 100);
        const bounds = quantileBounds(planned(g), EXPECTED, percentile / 100);
        const slack = 1e-3 * (1 + bounds.high);
        return bounds.low <= high + slack && low <= bounds.high + slack;
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});

describe('quantileOf', () => {
  it('covers the true quantile about 99 times in a hundred', () => {
    let covered = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const sorted = samples(graph(node('a', span(0, 1, 'x'))), 500, { seed }).sort();
      const { low, high } = quantileOf(sorted, 0.9);
      if (low <= 0.9 && 0.9 <= high) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(390);
  });

  it('has an open end where the samples are too few', () => {
    expect(quantileOf(new Float64Array([1, 2, 3]), 0.99)).toMatchObject({ value: 3, high: Number.POSITIVE_INFINITY });
    expect(quantileOf(new Float64Array([1, 2, 3]), 0.01)).toMatchObject({ value: 1, low: Number.NEGATIVE_INFINITY });
  });
});
