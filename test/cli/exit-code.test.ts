import { describe, expect, it } from 'vitest';
import { exitCode } from '../../scripts/commands/showing.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { compared, METRICS, named, RESULTS, result } from '../reports/support.ts';
import { MULTI_AZ, NOBODY_KNOWS, promising, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

const AZ = promising('{ RTO: { az: 15m } }');
const of = (specs: Parameters<typeof result>[0], catalogue = AZ): VerifyResult => result(specs, catalogue);
const weakened = AZ.replace('15m', '4h');
const renewed = weakened.replace("version: '1'", "version: '2'");

/** Findings below critical stand in nobody's way here, unless the case is about them. */
const code = (given: VerifyResult, flags: { failOnNew?: boolean; failOn?: 'never' | 'critical' | 'high' } = {}) =>
  exitCode(given, { failOn: 'never', ...flags }, 'designed');

describe('the exit code beside a baseline', () => {
  const CASES: readonly (readonly [what: string, before: VerifyResult, after: VerifyResult, plain: number, onNew: number])[] = [
    ['met, and met before', of([TABLE]), of([TABLE]), 0, 0],
    ['not met, nor before', of([SINGLE_AZ]), of([SINGLE_AZ]), 1, 0],
    ['lost', of([MULTI_AZ]), of([SINGLE_AZ]), 1, 1],
    ['won', of([SINGLE_AZ]), of([MULTI_AZ]), 0, 0],
    ['unknown, and before', of([NOBODY_KNOWS]), of([NOBODY_KNOWS]), 3, 0],
    ['unknown, and met before', of([TABLE]), of([TABLE, NOBODY_KNOWS]), 1, 1],
    ['newly agreed and not met', of([SINGLE_AZ], promising('{ RPO: { data: 1d } }')), of([SINGLE_AZ]), 1, 1],
    [
      'newly agreed and unknown',
      of([NOBODY_KNOWS], promising('{ RTO: { az: 15m } }')),
      of([NOBODY_KNOWS], promising('{ RTO: { az: 15m }, RPO: { az: 1m } }')),
      3,
      3,
    ],
    ['weakened under the same version', of([TABLE]), of([TABLE], weakened), 1, 1],
    ['weakened with a new version', of([TABLE]), of([TABLE], renewed), 0, 0],
  ];
  it.each(CASES)('%s', (_what, before, after, plain, onNew) => {
    const given = compared(before, after);
    expect([code(given), code(given, { failOnNew: true })]).toEqual([plain, onNew]);
  });

  it('is what it is without one, unless the change loses, weakens or takes away', () => {
    for (const specs of [[TABLE], [SINGLE_AZ], [NOBODY_KNOWS]])
      expect(code(compared(of(specs), of(specs)))).toBe(code(of(specs)));
  });

  it('counts findings that are new or worse, and with --fail-on-new no others', () => {
    const flags = { failOn: 'high', failOnNew: true } as const;
    expect(code(compared(of([SINGLE_AZ]), of([SINGLE_AZ])), flags)).toBe(0);
    expect(code(compared(of([SINGLE_AZ]), of([SINGLE_AZ, named(SINGLE_AZ, 'another')])), flags)).toBe(1);
    expect(code(compared(of([SINGLE_AZ]), of([named(SINGLE_AZ, 'ledger')])), flags)).toBe(0);
    const [then, now] = [RESULTS.waived, RESULTS['a waiver that is over']];
    if (then === undefined || now === undefined) throw new Error('no such results');
    expect(code(compared(then, now), flags)).toBe(1);
    expect(code(compared(now, then), flags)).toBe(0);
  });

  it('a metric lost by waived findings alone passes, as it does without a baseline', () => {
    const before = result([TABLE], promising(METRICS));
    const lost = compared(before, {
      ...before,
      metrics: before.metrics.map((m) => ({ ...m, designed: { ...m.designed, verdict: 'not-met', waivedOnly: true } })),
    });
    expect(lost.baseline?.metrics.some((m) => m.change === 'lost')).toBe(true);
    expect(code(lost)).toBe(0);
  });
});
