import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/model/known.ts';
import { fixed, never, row, span, sum, timeUnknown } from '../../src/model/protection.ts';
import { OPTIMISTIC, PESSIMISTIC } from '../../src/recovery/bounds.ts';
import { drawFew, simulation } from '../../src/recovery/estimate.ts';
import type { RecoveryGraph } from '../../src/recovery/graph.ts';
import { judgeRecovery } from '../../src/recovery/judge.ts';
import { planOf } from '../../src/recovery/plan.ts';
import { timeTable } from '../../src/recovery/table.ts';
import { peopleTimes } from '../../src/recovery/times/people.ts';
import { anyGraph, graph, ignorance, knownGraph, node, question, serviceTime, table } from './support.ts';

const answer = (g: RecoveryGraph, target: number, times = table, more = {}) => {
  const { verdict, decidedBy } = judgeRecovery(g, times, question(target, more));
  return {
    verdict: decide<'met' | 'not-met' | 'unknown'>(verdict, { yes: () => 'met', no: () => 'not-met', unknown: () => 'unknown' }),
    decidedBy,
  };
};
const verdict = (g: RecoveryGraph, target: number, more = {}) => answer(g, target, table, more).verdict;

describe('judgeRecovery', () => {
  /** Worked example: published figures of both mechanisms, our row for the clients. */
  const example = timeTable([
    serviceTime('instance', [60, 90, 120], [60, 90, 300], [60, 120, 300]),
    serviceTime('cluster', [5, 20, 35], [10, 30, 60], [15, 35, 120]),
    ...peopleTimes,
  ]);
  const database = (id: string) =>
    graph(node('database', row(id)), node('clients', row('client-reconnect'), { after: ['database'] }));

  it('says not-met for an RDS Multi-AZ instance and its clients against 120 s', () => {
    expect(answer(database('instance'), 120, example).verdict).toBe('not-met');
  });

  it('says unknown for an RDS Multi-AZ cluster, since nobody measured its clients', () => {
    expect(answer(database('cluster'), 120, example)).toEqual({ verdict: 'unknown', decidedBy: 'client-reconnect' });
  });

  it('says met for the cluster once the catalogue gives the time of a driver that reconnects in seconds', () => {
    const place = { file: 'holdfast.yaml', line: 1, column: 1 };
    const measured = timeTable(
      [serviceTime('cluster', [5, 20, 35], [10, 30, 60], [15, 35, 60]), ...peopleTimes],
      [{ row: 'client-reconnect', min: 1, typ: 4, max: 9, source: 'drill', place }],
    );
    expect(answer(database('cluster'), 120, measured)).toEqual({ verdict: 'met', decidedBy: undefined });
  });

  it.each([
    ['a constant at the target', graph(node('a', fixed(60, 'x'))), 60, 'met'],
    ['a constant above it', graph(node('a', fixed(60.001, 'x'))), 60, 'not-met'],
    ['a recovery point of 0 against 0', graph(node('a', fixed(0, 'x'))), 0, 'met'],
    ['a lag that may be above 0 against 0', graph(node('a', row('quick'))), 0, 'not-met'],
    ['one row at its own p99', graph(node('a', row('steady'))), 300.001, 'met'],
    ['one row just below its p99', graph(node('a', row('steady'))), 299.9, 'not-met'],
    ['something that never comes back', graph(node('a', never('x')), node('b', timeUnknown(ignorance))), 1e9, 'not-met'],
    ['an unknown part', graph(node('a', timeUnknown(ignorance)), node('b', row('quick'))), 1e6, 'unknown'],
    [
      'too slow even if the unknown took no time',
      graph(node('a', timeUnknown(ignorance)), node('b', row('steady'))),
      59,
      'not-met',
    ],
    ['nothing at all', graph(), 60, 'unknown'],
    ['a cycle', graph(node('a', row('quick'), { after: ['b'] }), node('b', row('quick'), { after: ['a'] })), 1e6, 'unknown'],
  ])('judges %s', (_, g, target, expected) => expect(verdict(g, target)).toBe(expected));

  it('is unknown, naming no row, where only the sampling error keeps it from an answer', () => {
    const twice = graph(node('a', sum(span(0, 1, 'x'), span(0, 1, 'x'))));
    expect(answer(twice, 2 - Math.sqrt(0.02))).toEqual({ verdict: 'unknown', decidedBy: undefined });
  });

  it('names the open row that moves the quantile most', () => {
    const g = graph(node('a', sum(row('steady'), row('open'), row('wide'))));
    expect(answer(g, 500)).toEqual({ verdict: 'unknown', decidedBy: 'open' });
  });

  it('names a row also where two in parallel hide each other', () => {
    const times = timeTable([
      serviceTime('a', [1, 2, 3], [1, 2, 3], [50, 60, 70]),
      serviceTime('b', [1, 2, 3], [1, 2, 3], [50, 60, 70]),
    ]);
    const g = graph(node('x', row('a')), node('y', row('b')));
    expect(['a', 'b']).toContain(answer(g, 30, times).decidedBy);
  });

  it('never turns from met to not-met, or back to unknown, as the target grows', () => {
    const rank = { 'not-met': 0, unknown: 1, met: 2 };
    fc.assert(
      fc.property(anyGraph, fc.nat(600), fc.nat(600), (g, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        return rank[verdict(g, low, { samples: 2000 })] <= rank[verdict(g, high, { samples: 2000 })];
      }),
    );
  });

  it('never gets better when a time becomes unknown, nor worse than not-met by it', () => {
    fc.assert(
      fc.property(knownGraph, fc.nat(7), fc.nat(800), (g, which, target) => {
        const hidden = {
          nodes: g.nodes.map((n, i) => (i === which % g.nodes.length ? { ...n, time: timeUnknown(ignorance) } : n)),
        };
        const after = verdict(hidden, target, { samples: 2000 });
        expect(after).not.toBe('met');
        if (after === 'not-met') expect(verdict(g, target, { samples: 2000 })).not.toBe('met');
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('draws every pessimistic sample at or above the optimistic one', () => {
    fc.assert(
      fc.property(knownGraph, (g) => {
        const plan = planOf(g, table, 'time');
        const how = { ...simulation(3), samples: 500 };
        const [best, worst] = [drawFew(plan, OPTIMISTIC, how).worst, drawFew(plan, PESSIMISTIC, how).worst];
        return best.every((x, i) => x <= (worst[i] ?? 0) + 1e-9);
      }),
    );
  });

  it('gives the same judgement for the same question', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(600), (g, target) => {
        const ask = () => JSON.stringify(judgeRecovery(g, table, question(target)));
        expect(ask()).toBe(ask());
      }),
      { numRuns: 30 },
    );
  });
});
