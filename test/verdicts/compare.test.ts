import { describe, expect, it } from 'vitest';
import type { MetricThen, Then } from '../../src/verdicts/compare.ts';
import { compareMetrics } from '../../src/verdicts/compare.ts';

type Verdict = MetricThen['designed']['verdict'];

const metric = (
  verdict: Verdict,
  more: Partial<MetricThen> & { readonly value?: number; readonly waived?: boolean } = {},
): MetricThen => {
  const { value = 900, waived = false, ...rest } = more;
  return {
    id: 'sla/shop/RTO-az',
    agreement: 'sla',
    service: 'shop',
    type: 'RTO',
    scope: 'az',
    percentile: 99,
    clock: 'onset',
    target: { value, unit: 'seconds', text: `${value}s` },
    designed: { verdict, reason: 'because', waivedOnly: waived },
    ...rest,
  };
};

interface Stated {
  readonly version?: string;
  readonly to?: string | null;
  readonly changeReference?: string | null;
  readonly approvedBy?: string | null;
}

const then = (metrics: readonly MetricThen[], stated: Stated | undefined = {}): Then => ({
  date: '2026-06-01',
  agreements:
    stated === undefined
      ? []
      : [{ id: 'sla', title: 'Shop', version: '1', approvedBy: 'Head of Retail', to: null, changeReference: 'CAB', ...stated }],
  metrics,
});

const one = (before: readonly MetricThen[], after: readonly MetricThen[], was?: Stated, is?: Stated) =>
  compareMetrics(then(before, was), then(after, is)).metrics[0];

describe('a metric beside its baseline', () => {
  const CASES: readonly (readonly [what: string, Verdict, Verdict, change: string | undefined, fails: boolean])[] = [
    ['met and not met', 'met', 'not-met', 'lost', true],
    ['met and unknown', 'met', 'unknown', 'lost', true],
    ['met and expired', 'met', 'expired', 'lost', true],
    ['met and without anything to apply to', 'met', 'not-applicable', 'lost', true],
    ['unknown and not met', 'unknown', 'not-met', 'worse', true],
    ['not met and met', 'not-met', 'met', 'won', false],
    ['unknown and met', 'unknown', 'met', 'won', false],
    ['not met and unknown', 'not-met', 'unknown', 'changed', false],
    ['not met before too', 'not-met', 'not-met', undefined, false],
    ['met before too', 'met', 'met', undefined, false],
  ];
  it.each(CASES)('%s', (_what, was, is, change, fails) => {
    const moved = one([metric(was)], [metric(is)]);
    expect(moved?.change).toBe(change);
    expect(moved?.fails ?? false).toBe(fails);
  });

  it('lost by waived findings alone fails no gate, and is named', () => {
    expect(one([metric('met')], [metric('not-met', { waived: true })])).toMatchObject({ change: 'lost', fails: false });
  });

  it.each([
    ['met', false],
    ['unknown', false],
    ['not-met', true],
  ] as const)('newly agreed and %s: fails %s', (verdict, fails) => {
    expect(one([], [metric(verdict)])).toMatchObject({ change: 'new', before: null, fails });
  });
});

describe('what was agreed', () => {
  const WEAKER: readonly (readonly [
    what: string,
    before: Partial<MetricThen> & { value?: number },
    after: Partial<MetricThen> & { value?: number },
  ])[] = [
    ['a longer time', { value: 900 }, { value: 3600 }],
    ['a lower percentile', { percentile: 99.9 }, { percentile: 99 }],
    ['a clock that starts later', { clock: 'onset' }, { clock: 'declaration' }],
    ['less capacity', { type: 'MBCO', value: 80 }, { type: 'MBCO', value: 60 }],
    ['less availability', { type: 'AVAILABILITY', value: 99.9 }, { type: 'AVAILABILITY', value: 99 }],
    ['a shorter retention', { type: 'RETENTION', value: 3600 }, { type: 'RETENTION', value: 900 }],
    ['coarser steps', { type: 'RESTORE_GRANULARITY', value: 300 }, { type: 'RESTORE_GRANULARITY', value: 900 }],
    ['a shorter time at a lower percentile', { value: 900, percentile: 99 }, { value: 300, percentile: 95 }],
  ];
  it.each(WEAKER)('%s is weaker, and the other way round stricter unless something else is', (_what, before, after) => {
    expect(one([metric('met', before)], [metric('met', after)])).toMatchObject({ change: 'same', target: 'weaker', fails: true });
    if (before.percentile === undefined || before.value === undefined)
      expect(one([metric('met', after)], [metric('met', before)])).toMatchObject({ target: 'stricter', fails: false });
  });

  it('is not won by weakening it', () => {
    expect(one([metric('not-met')], [metric('met', { value: 9000 })])).toMatchObject({
      change: 'changed',
      target: 'weaker',
      fails: true,
    });
  });

  it('may become weaker with a new version of its agreement: named, to be approved, and no failure', () => {
    const { metrics, approvals } = compareMetrics(
      then([metric('met')]),
      then([metric('met', { value: 9000 })], { version: '2', changeReference: 'nobody' }),
    );
    expect(metrics).toMatchObject([{ target: 'weaker', fails: false }]);
    expect(approvals).toMatchObject([{ agreement: 'sla', reference: 'CAB', metrics: ['sla/shop/RTO-az'] }]);
  });

  it.each([
    ['under the same version', {}, true],
    ['with a new version', { version: '2' }, false],
    ['with its whole agreement', undefined, true],
  ] as const)('taken away %s: fails %s, and never silently', (_what, stated, fails) => {
    const { metrics, approvals } = compareMetrics(then([metric('not-met')]), {
      ...then([]),
      ...(stated === undefined ? { agreements: [] } : then([], stated)),
    });
    expect(metrics).toMatchObject([{ change: 'removed', after: null, fails }]);
    expect(approvals).toHaveLength(1);
  });

  it('ends on its last day, which is nobody’s change', () => {
    const { metrics, approvals } = compareMetrics(then([metric('met')], { to: '2026-05-31' }), { ...then([]), agreements: [] });
    expect(metrics).toMatchObject([{ change: 'ended', fails: false }]);
    expect(approvals).toEqual([]);
  });

  it('of a baseline that does not tell agreements cannot be renewed', () => {
    const before: Then = { ...then([metric('met')]), agreements: null };
    expect(compareMetrics(before, then([], { version: '2' })).metrics).toMatchObject([{ change: 'removed', fails: true }]);
  });
});

describe('who must approve', () => {
  it('is named by the agreement as it was, not by the change', () => {
    const { approvals } = compareMetrics(then([metric('met')]), then([metric('not-met')], { changeReference: 'the author' }));
    expect(approvals).toEqual([
      { agreement: 'sla', title: 'Shop', reference: 'CAB', approvedBy: 'Head of Retail', metrics: ['sla/shop/RTO-az'] },
    ]);
  });

  it('is nobody for what is won or new', () => {
    expect(compareMetrics(then([metric('not-met')]), then([metric('met')])).approvals).toEqual([]);
    expect(compareMetrics(then([]), then([metric('not-met')])).approvals).toEqual([]);
  });
});
