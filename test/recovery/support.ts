/** Graphs, tables and questions for the tests of recovery. */
import fc from 'fast-check';
import { unknown } from '../../src/model/known.ts';
import { fastest, fixed, row, slowest, span, sum, type Timing, timeUnknown } from '../../src/model/protection.ts';
import { simulation } from '../../src/recovery/estimate.ts';
import type { RecoveryGraph, RecoveryNode } from '../../src/recovery/graph.ts';
import type { Question } from '../../src/recovery/predict.ts';
import { type TimeTable, timeTable } from '../../src/recovery/table.ts';
import type { ServiceTime, Triple } from '../../src/recovery/times/service-time.ts';

export function serviceTime(id: string, optimistic: Triple, expected = optimistic, pessimistic = expected): ServiceTime {
  const confidence = pessimistic === optimistic ? 'published' : 'assumed';
  return {
    id,
    title: id,
    measures: 'time',
    optimistic,
    expected,
    pessimistic,
    confidence,
    source: 'https://example.com/',
    seen: '2026-11-22',
  };
}

/** `quick` and `steady` are closed; `open` and `wide` have assumed ends. */
export const table: TimeTable = timeTable([
  serviceTime('quick', [1, 5, 20]),
  serviceTime('steady', [60, 90, 300]),
  serviceTime('open', [10, 12, 41], [10, 45, 80], [10, 78, 360]),
  serviceTime('wide', [0, 0, 0], [0, 0, 60], [0, 0, 300]),
]);

export function node(id: string, time: Timing, more: Partial<RecoveryNode> = {}): RecoveryNode {
  return { id, label: id, time, starts: 'after-dependencies', after: [], point: undefined, shock: undefined, ...more };
}

export const graph = (...nodes: readonly RecoveryNode[]): RecoveryGraph => ({ nodes });

export function question(target: number, more: Partial<Question> = {}): Question {
  return { ...simulation(7), measures: 'time', percentile: 99, target, ...more };
}

export const ignorance = unknown('not-modelled', 'nobody knows');

const knownTiming: fc.Arbitrary<Timing> = fc.letrec<{ timing: Timing }>((tie) => ({
  timing: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('quick', 'steady', 'open', 'wide').map(row),
    fc.nat(200).map((s) => fixed(s, 'test')),
    fc.tuple(fc.nat(100), fc.nat(100)).map(([min, width]) => span(min, min + width, 'test')),
    fc.array(tie('timing'), { minLength: 1, maxLength: 3 }).map((parts) => sum(...parts)),
    fc.array(tie('timing'), { minLength: 1, maxLength: 3 }).map((parts) => slowest(...parts)),
    fc.array(tie('timing'), { minLength: 1, maxLength: 3 }).map((parts) => fastest(...parts)),
  ),
})).timing;

/** Up to eight nodes, each waiting only for earlier ones, in any order; every time known. */
export const knownGraph: fc.Arbitrary<RecoveryGraph> = graphOf(knownTiming);

/** The same with some times unknown. */
export const anyGraph: fc.Arbitrary<RecoveryGraph> = graphOf(
  fc.oneof({ arbitrary: knownTiming, weight: 4 }, { arbitrary: fc.constant(timeUnknown(ignorance)), weight: 1 }),
);

function graphOf(timing: fc.Arbitrary<Timing>): fc.Arbitrary<RecoveryGraph> {
  return fc
    .array(
      fc.record({
        time: timing,
        starts: fc.constantFrom('at-onset' as const, 'after-dependencies' as const, 'after-dependencies' as const),
        waits: fc.array(fc.nat(7), { maxLength: 3 }),
        shock: fc.constantFrom(undefined, 'plan', 'rds us-east-1'),
        point: fc.option(timing, { nil: undefined }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => ({
      nodes: parts.map(({ waits, ...part }, i) => ({
        ...part,
        id: `n${i}`,
        label: `node ${i}`,
        after: i === 0 ? [] : waits.map((w) => `n${w % i}`),
      })),
    }))
    .chain(({ nodes }) => fc.shuffledSubarray(nodes, { minLength: nodes.length }).map((shuffled) => ({ nodes: shuffled })));
}
