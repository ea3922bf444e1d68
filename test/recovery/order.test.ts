import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutCircles } from '../../src/recovery/order.ts';

const graph = (edges: Record<string, readonly string[]>) => new Map(Object.entries(edges).map(([id, to]) => [id, new Set(to)]));
const plain = (after: ReadonlyMap<string, ReadonlySet<string>>) =>
  Object.fromEntries([...after].map(([id, to]) => [id, [...to].sort()]));

describe('withoutCircles', () => {
  it('leaves what has no circle as it is', () => {
    expect(plain(withoutCircles(graph({ dns: ['lb'], lb: ['app'], app: ['db'], db: [] })))).toEqual({
      dns: ['lb'],
      lb: ['app'],
      app: ['db'],
      db: [],
    });
  });

  it('puts the members of a circle one after the other, behind all that any of them waits for', () => {
    expect(plain(withoutCircles(graph({ a: ['b'], b: ['a', 'db'], db: [] })))).toEqual({ a: ['db'], b: ['a', 'db'], db: [] });
  });

  it('takes a resource that names itself as one that waits for nobody', () => {
    expect(plain(withoutCircles(graph({ a: ['a'] })))).toEqual({ a: [] });
  });

  it('always ends in an order, and forgets no wait on something outside a circle', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const anyGraph = fc.record(Object.fromEntries(ids.map((id) => [id, fc.subarray(ids)])));
    fc.assert(
      fc.property(anyGraph, (edges) => {
        const before = graph(edges);
        const after = withoutCircles(before);
        for (const id of ids) expect(reach(after, id).has(id)).toBe(false);
        for (const id of ids)
          for (const to of reach(before, id)) if (!reach(before, to).has(id)) expect(reach(after, id).has(to)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function reach(after: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> {
  const seen = new Set<string>();
  const open = [...(after.get(start) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(after.get(id) ?? []));
  }
  return seen;
}
