import { describe, expect, it } from 'vitest';
import { unknown, yes } from '../../src/model/known.ts';
import type { MetricVerdict, VerdictKind } from '../../src/model/verdict.ts';
import { inPlaceVerdict, type Objection } from '../../src/verdicts/levels.ts';

const METRIC = {
  id: 'sla/shop/RTO-az',
  agreementId: 'sla',
  serviceId: 'shop',
  type: 'RTO',
  scope: 'az',
  target: 900,
  percentile: 99,
  clock: 'onset',
  scopeDefaulted: false,
  place: { file: 'holdfast.yaml', line: 1, column: 1 },
} as const;

const verdict = (kind: VerdictKind, level: MetricVerdict['level'] = 'designed'): MetricVerdict => ({
  metric: METRIC,
  level,
  verdict: kind,
  conditions: [],
  automation: undefined,
  predicted: undefined,
  reason: `${level} says ${kind}`,
  decidedBy: undefined,
  member: { scope: 'az', name: '*' },
  withPerson: yes(),
  countsForKpi2: true,
  waivedOnly: false,
  decidingRow: undefined,
});
const objection = (kind: Objection['verdict']): Objection => ({
  metric: METRIC.id,
  verdict: kind,
  reason: 'measured',
  decidedBy: 'urn',
});
const UNSEEN = unknown('access-denied', 'rds:DescribeDBInstances was denied');

describe('the in-place level', () => {
  it.each<[VerdictKind | undefined, VerdictKind, readonly Objection[], typeof UNSEEN | undefined, VerdictKind]>([
    ['met', 'met', [], undefined, 'met'],
    ['unknown', 'met', [], undefined, 'met'],
    ['not-met', 'met', [], undefined, 'not-met'],
    ['not-met', 'unknown', [], undefined, 'not-met'],
    ['met', 'not-met', [], undefined, 'not-met'],
    ['met', 'unknown', [], undefined, 'unknown'],
    [undefined, 'met', [], undefined, 'met'],
    ['met', 'met', [objection('not-met')], undefined, 'not-met'],
    ['met', 'unknown', [objection('not-met')], undefined, 'not-met'],
    ['met', 'met', [objection('unknown')], undefined, 'unknown'],
    ['met', 'not-met', [objection('unknown')], undefined, 'not-met'],
    ['met', 'met', [{ ...objection('not-met'), metric: 'another' }], undefined, 'met'],
    ['met', 'not-met', [], UNSEEN, 'unknown'],
    ['not-met', 'not-met', [], UNSEEN, 'not-met'],
    ['met', 'met', [], UNSEEN, 'met'],
    ['met', 'met', [objection('not-met')], UNSEEN, 'not-met'],
    ['met', 'not-applicable', [objection('not-met')], undefined, 'not-applicable'],
  ])('designed %s, seen %s, objections %j, unseen %j: %s', (designed, seen, objections, unseen, expected) => {
    const below = designed === undefined ? undefined : verdict(designed);
    expect(inPlaceVerdict(below, verdict(seen, 'in-place'), objections, unseen)).toMatchObject({
      verdict: expected,
      level: 'in-place',
    });
  });
});
