import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed, never, row, slowest, span, sum, timeUnknown } from '../../src/model/protection.ts';
import { planOf } from '../../src/recovery/plan.ts';
import { anyGraph, graph, ignorance, node, table } from './support.ts';

const reasons = (g: Parameters<typeof planOf>[0]) => planOf(g, table, 'time').ignorance.map((why) => why.reason);

describe('planOf', () => {
  it('puts every node after those it waits for', () => {
    fc.assert(fc.property(anyGraph, (g) => planOf(g, table, 'time').nodes.every((n, i) => n.after.every((j) => j < i))));
  });

  it('keeps every node exactly once', () => {
    fc.assert(
      fc.property(anyGraph, (g) => {
        const ids = planOf(g, table, 'time').nodes.map((n) => n.id);
        return ids.length === g.nodes.length && new Set(ids).size === ids.length;
      }),
    );
  });

  it.each([
    ['a row the table lacks', graph(node('a', row('no-such-row'))), 'not-modelled'],
    ['a dependency outside the graph', graph(node('a', row('quick'), { after: ['gone'] })), 'dangling'],
    ['two nodes with one id', graph(node('a', row('quick')), node('a', row('steady'))), 'error'],
    ['a span the wrong way round', graph(node('a', span(9, 3, 'x'))), 'error'],
    ['a negative time', graph(node('a', fixed(-1, 'x'))), 'error'],
    ['a time that is no number', graph(node('a', fixed(Number.NaN, 'x'))), 'error'],
    ['a span without end', graph(node('a', span(0, Number.POSITIVE_INFINITY, 'x'))), 'error'],
    ['the slowest of nothing', graph(node('a', sum(row('quick'), slowest()))), 'not-reported'],
    ['a sum of nothing', graph(node('a', sum())), 'not-reported'],
    ['a time nobody knows', graph(node('a', timeUnknown(ignorance))), 'not-modelled'],
  ])('takes %s for ignorance', (_, g, reason) => expect(reasons(g)).toEqual([reason]));

  it('names the nodes of a cycle, and none beside it', () => {
    const g = graph(
      node('free', row('quick')),
      node('a', row('quick'), { after: ['free', 'c'] }),
      node('b', row('quick'), { after: ['a'] }),
      node('c', row('quick'), { after: ['b'] }),
      node('behind', row('quick'), { after: ['c'] }),
    );
    const [why] = planOf(g, table, 'time').ignorance;
    expect(why?.reason).toBe('error');
    for (const id of ['a', 'b', 'c']) expect(why?.detail).toMatch(new RegExp(`\\b${id}\\b`));
    expect(why?.detail).not.toContain('behind');
    expect(why?.detail).not.toContain('free');
  });

  it('sees no cycle where a node starts at the onset', () => {
    const g = graph(node('a', row('quick'), { after: ['b'] }), node('b', row('quick'), { after: ['a'], starts: 'at-onset' }));
    expect(reasons(g)).toEqual([]);
  });

  it('reads an endless fixed time, and a sum with a never, as never', () => {
    const plan = planOf(
      graph(node('a', fixed(Number.POSITIVE_INFINITY, 'x')), node('b', sum(timeUnknown(ignorance), never('no backup')))),
      table,
      'time',
    );
    expect(plan.nevers).toHaveLength(2);
  });

  it('has one signature for one shape, whatever the ids and the order', () => {
    const shape = (p: string) => [
      node(`${p}db`, row('steady')),
      node(`${p}app`, sum(span(0, 30, 'x'), row('quick')), { after: [`${p}db`] }),
      node(`${p}dns`, span(0, 60, 'ttl'), { after: [`${p}app`, `${p}db`] }),
    ];
    const one = planOf(graph(...shape('shop-')), table, 'time');
    const other = planOf(graph(...shape('bank-').reverse()), table, 'time');
    expect(other.signature).toBe(one.signature);
    expect(planOf(graph(...shape('x').slice(0, 2)), table, 'time').signature).not.toBe(one.signature);
  });

  it('gives twins streams of their own', () => {
    const plan = planOf(graph(node('a', row('quick')), node('b', row('quick'))), table, 'time');
    expect(new Set(plan.nodes.map((n) => n.fingerprint)).size).toBe(2);
  });

  it('measures points at stores only', () => {
    const g = graph(node('app', row('quick')), node('db', row('quick'), { point: fixed(0, 'synchronous') }));
    expect(planOf(g, table, 'point').nodes.map((n) => n.id)).toEqual(['db']);
  });
});
