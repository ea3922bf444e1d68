import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed, never, row, span, sum, timeUnknown } from '../../src/model/protection.ts';
import type { RecoveryGraph } from '../../src/recovery/graph.ts';
import { type Prediction, predict } from '../../src/recovery/predict.ts';
import { anyGraph, graph, ignorance, knownGraph, node, question, table } from './support.ts';

type KnownPrediction = Extract<Prediction, { known: true }>;

function predicted(g: RecoveryGraph, more = {}): KnownPrediction {
  const p = predict(g, table, question(100, more));
  if (!p.known) throw new Error(p.why.detail);
  return p;
}

describe('predict', () => {
  it('orders least ≤ p50 ≤ p95 ≤ p99 ≤ greatest', () => {
    fc.assert(
      fc.property(knownGraph, (g) => {
        const { min, p50, p95, p99, max } = predicted(g);
        return min <= p50 && p50 <= p95 && p95 <= p99 && p99 <= max;
      }),
    );
  });

  it('does not depend on the order of nodes, nor on what was asked before', () => {
    fc.assert(
      fc.property(knownGraph, knownGraph, (g, before) => {
        const cache = new Map();
        predict(before, table, question(50, { cache }));
        const fresh = JSON.stringify(predict(g, table, question(100)));
        const again = { nodes: [...g.nodes].reverse() };
        expect(JSON.stringify(predict(again, table, question(100, { cache })))).toBe(fresh);
        expect(JSON.stringify(predict(g, table, question(100, { cache })))).toBe(fresh);
      }),
    );
  });

  it('shares samples between services of one shape, and nothing else', () => {
    const cache = new Map();
    const shape = (p: string) => graph(node(`${p}db`, row('steady')), node(`${p}app`, row('quick'), { after: [`${p}db`] }));
    const one = predicted(shape('a'), { cache });
    const size = cache.size;
    const other = predicted(shape('b'), { cache });
    expect(cache.size).toBe(size);
    expect({ ...other, last: '' }).toEqual({ ...one, last: '' });
    expect([one.last, other.last]).toEqual(['aapp', 'bapp']);
  });

  it('depends on the seed', () => {
    const g = graph(node('a', row('steady')), node('b', row('steady')));
    expect(predicted(g, { seed: 1 }).p50).not.toBe(predicted(g, { seed: 2 }).p50);
  });

  it('is exact without samples when there is one random part', () => {
    const g = graph(node('a', fixed(30, 'x')), node('b', sum(fixed(10, 'x'), span(0, 100, 'x')), { after: ['a'] }));
    expect(predicted(g)).toMatchObject({ samples: 0, error: 0, min: 40, max: 140 });
    expect(predicted(g).p50).toBeCloseTo(90, 9);
    expect(predicted(g).p99).toBeCloseTo(139, 9);
  });

  it('never gets shorter by a further dependency', () => {
    fc.assert(
      fc.property(knownGraph, fc.nat(7), fc.nat(7), (g, a, b) => {
        const ids = g.nodes.map((n) => n.id).sort();
        const [first, second] = [ids[a % ids.length] ?? '', ids[b % ids.length] ?? ''].sort();
        fc.pre(first !== second);
        const more = {
          nodes: g.nodes.map((n) =>
            n.id === second ? { ...n, starts: 'after-dependencies' as const, after: [...n.after, first ?? ''] } : n,
          ),
        };
        const [before, after] = [predicted(g), predicted(more)];
        expect(after.min).toBeGreaterThanOrEqual(before.min);
        expect(after.max).toBeGreaterThanOrEqual(before.max);
        expect(after.atPercentile + after.error).toBeGreaterThanOrEqual(before.atPercentile - before.error);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('is never, for certain, when one part never comes back, whatever else is unknown', () => {
    fc.assert(
      fc.property(anyGraph, (g) => {
        const p = predicted({ nodes: [...g.nodes, node('lost', never('no backup'))] });
        expect([p.min, p.p50, p.p99, p.max, p.error]).toEqual([...Array(4).fill(Number.POSITIVE_INFINITY), 0]);
        expect(p.last).toBe('lost');
      }),
    );
  });

  it('is unknown with a least time when one part is unknown', () => {
    const p = predict(graph(node('a', timeUnknown(ignorance)), node('b', row('steady'), { after: ['a'] })), table, question(100));
    expect(p).toMatchObject({ known: false, min: 60, why: { reason: 'not-modelled' }, rows: ['steady'], assumedRows: [] });
  });

  it('counts how many parts are unknown', () => {
    const p = predict(graph(node('a', timeUnknown(ignorance)), node('b', timeUnknown(ignorance))), table, question(100));
    expect(p.known ? '' : p.why.detail).toMatch(/^a: .*1 more/);
  });

  it.each([
    ['a cycle', graph(node('a', row('steady'), { after: ['b'] }), node('b', row('quick'), { after: ['a'] })), 60],
    ['an empty graph', graph(), 0],
  ])('is unknown for %s', (_, g, min) => expect(predict(g, table, question(100))).toMatchObject({ known: false, min }));

  it('names the rows in use and those that are assumed', () => {
    const g = graph(node('a', row('open')), node('b', row('quick')));
    expect(predicted(g)).toMatchObject({ rows: ['open', 'quick'], assumedRows: ['open'] });
  });
});

describe('predict a recovery point', () => {
  const store = (id: string, point: Parameters<typeof node>[1]) => node(id, row('steady'), { point });

  it('is the oldest over the stores, with the skew between them', () => {
    const g = graph(store('db', fixed(0, 'synchronous')), store('backup', fixed(3600, 'hourly')), store('queue', fixed(60, 'x')));
    expect(predicted(g, { measures: 'point' })).toMatchObject({
      p50: 3600,
      p99: 3600,
      skew: { p50: 3600, p99: 3600 },
      last: 'backup',
    });
  });

  it('takes the skew over every store, also of those that cannot be the oldest', () => {
    const g = graph(store('db', span(0, 10, 'lag')), store('backup', span(100, 200, 'schedule')));
    const { skew } = predicted(g, { measures: 'point' });
    expect(skew?.p50).toBeGreaterThan(140);
    expect(skew?.p50).toBeLessThan(150);
    expect(skew?.p99).toBeLessThanOrEqual(200);
  });

  it('has no skew for one store, nor where all is lost', () => {
    expect(predicted(graph(store('db', row('quick'))), { measures: 'point' }).skew).toBeUndefined();
    const lost = predicted(graph(store('db', never('no backup')), store('b', row('quick'))), { measures: 'point' });
    expect(lost).toMatchObject({ p50: Number.POSITIVE_INFINITY, skew: undefined });
  });

  it('is unknown without a store', () => {
    expect(predict(graph(node('app', row('quick'))), table, question(5, { measures: 'point' }))).toMatchObject({ known: false });
  });
});

describe('a small service', () => {
  const shop = graph(
    node('decide', span(0, 60, 'x'), { starts: 'at-onset' }),
    node('key', fixed(0, 'x')),
    node('database', row('steady'), { after: ['decide', 'key'], shock: 'rds us-east-1', point: row('quick') }),
    node('cache', row('quick'), { after: ['decide'], shock: 'rds us-east-1', point: fixed(1, 'x') }),
    node('app', sum(span(0, 30, 'x'), row('open')), { after: ['database', 'cache'] }),
    node('dns', span(0, 60, 'x'), { after: ['app'] }),
  );

  // Kept from a run, so that a change of the samples is seen. The medians add up to 30 + 90 + 15 + 45 + 30 = 210.
  it('recovers as it did before', () => {
    const p = predicted(shop, { target: 300 });
    expect(p).toMatchObject({ min: 70, samples: 2000, last: 'dns', rows: ['open', 'quick', 'steady'] });
    expect(p.p50).toBeCloseTo(218.0896, 3);
    expect(p.p95).toBeCloseTo(322.3301, 3);
    expect(p.p99).toBeCloseTo(411.7745, 3);
  });

  it('has one random recovery point, which is exact, and a sampled skew', () => {
    const p = predicted(shop, { target: 5, measures: 'point' });
    expect(p).toMatchObject({ p50: 5, min: 1, error: 0, last: 'database' });
    expect(p.p99).toBeCloseTo(20, 9);
    expect(p.skew?.p50).toBeCloseTo(4, 0);
  });
});
