import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.ts';
import { readBaseline } from '../../src/reports/baseline.ts';
import { MULTI_AZ, promising, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';
import { compared, METRICS, named, RESULTS, result } from './support.ts';

const GOOD = result([TABLE, SINGLE_AZ]);
const read = (document: unknown) => readBaseline(Buffer.from(JSON.stringify(document)), 'base.json');

function codeOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
}

describe('reading a baseline', () => {
  it.each(Object.entries(RESULTS))('reads what verify wrote: %s', (_name, document) => {
    expect(read(document).metrics).toHaveLength(document.metrics.length);
  });

  it.each(['1.0', '1.1'])('reads version %s, which tells no agreements and no identities', (schemaVersion) => {
    const { agreements, identities, ...older } = GOOD;
    expect([agreements, identities].every((x) => x.length > 0)).toBe(true);
    expect(read({ ...older, schemaVersion })).toMatchObject({ agreements: null, identities: null });
  });

  const REFUSED: readonly (readonly [what: string, bytes: string | Buffer, code: string])[] = [
    ['nothing', '', 'baseline-not-json'],
    ['half of it', JSON.stringify(GOOD).slice(0, 500), 'baseline-not-json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 'baseline-not-json'],
    ['a list', '[]', 'baseline-other'],
    ['null', 'null', 'baseline-other'],
    ['a stack export', '{"version":3,"deployment":{}}', 'baseline-other'],
    ['SARIF', '{"version":"2.1.0","runs":[]}', 'baseline-other'],
    ['another command', '{"schemaVersion":"1.0","command":"rehearse"}', 'baseline-other'],
    ['a version of the future', JSON.stringify({ ...GOOD, schemaVersion: '1.3' }), 'baseline-version'],
    ['a version that is no version', JSON.stringify({ ...GOOD, schemaVersion: '../x' }), 'baseline-version'],
    ['no metrics', JSON.stringify({ ...GOOD, metrics: undefined }), 'baseline-malformed'],
    ['a verdict that does not exist', JSON.stringify(GOOD).replace('"not-met"', '"perfect"'), 'baseline-malformed'],
    [
      'what AWS showed alone',
      JSON.stringify({ ...GOOD, sources: GOOD.sources.map((s) => ({ ...s, kind: 'observed' })) }),
      'baseline-level',
    ],
    ['simulated AWS', JSON.stringify({ ...GOOD, world: 'simulated' }), 'baseline-world'],
  ];
  it.each(REFUSED)('refuses %s', (_what, bytes, code) => {
    expect(codeOf(() => readBaseline(Buffer.from(bytes), 'base.json'))).toBe(code);
  });

  it('whatever it is given, it reads or refuses, and names the file', () => {
    const text = JSON.stringify(GOOD);
    const cut = fc
      .tuple(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 8 }))
      .map(([at, n, put]) => text.slice(0, at) + put + text.slice(at + n));
    const shuffled = fc
      .tuple(fc.constantFrom(...Object.keys(GOOD)), fc.jsonValue())
      .map(([key, value]) => JSON.stringify({ ...GOOD, [key]: value }));
    fc.assert(
      fc.property(fc.oneof(cut, shuffled, fc.json(), fc.string()), (given) => {
        try {
          compared(JSON.parse(JSON.stringify(read(JSON.parse(given)))), GOOD);
        } catch (error) {
          if (error instanceof SyntaxError) return;
          expect(error).toBeInstanceOf(UsageError);
          expect((error as UsageError).message).toContain('base.json');
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a result beside a baseline', () => {
  it('keeps every verdict, figure and finding as it was', () => {
    const after = result([TABLE, SINGLE_AZ]);
    const { baseline, findings, ...rest } = compared(result([TABLE, MULTI_AZ]), after);
    expect(baseline).not.toBeNull();
    expect({ ...rest, findings: findings.map((f) => ({ ...f, baseline: null })), baseline: null }).toEqual(after);
  });

  it('tells KPI movement, new findings and those that are gone', () => {
    const { baseline } = RESULTS.lost ?? {};
    expect(baseline?.kpis.find((k) => k.kpi === '2')).toMatchObject({ after: 0 });
    expect(baseline?.findings.new).toBeGreaterThan(0);
    expect(baseline?.findings.fixed.every((f) => f.removed === false)).toBe(true);
    expect(compared(result([TABLE, SINGLE_AZ]), result([TABLE])).baseline?.findings.fixed.every((f) => f.removed === true)).toBe(
      true,
    );
  });

  it('beside itself nothing moved', () => {
    const { baseline } = compared(GOOD, GOOD);
    expect(baseline).toMatchObject({
      metrics: [],
      approvals: [],
      notes: [],
      findings: { new: 0, worse: 0, moved: 0, fixed: [] },
    });
    expect(baseline?.kpis.every((k) => k.before === k.after)).toBe(true);
  });

  it('of a difference without its state calls nothing fixed', () => {
    const partial = result([TABLE], promising(METRICS));
    const part = { ...partial, sources: partial.sources.map((s) => ({ ...s, partial: true })) };
    expect(compared(GOOD, part).baseline?.findings).toMatchObject({ fixed: [] });
    expect(compared(GOOD, part).baseline?.findings.unseen).toBeGreaterThan(0);
  });

  it('warns of a rename without an alias where Pulumi has yet to act on it', () => {
    const [before, after] = [result([SINGLE_AZ]), result([named(SINGLE_AZ, 'ledger')])];
    const ofProgram = { ...after, sources: after.sources.map((s) => ({ ...s, kind: 'program' as const })) };
    expect(compared(before, ofProgram).baseline?.notes).toEqual([
      expect.stringMatching(/without an alias.*::orders → .*::ledger/),
    ]);
    const aliased = {
      ...ofProgram,
      identities: ofProgram.identities.map((i) => ({ ...i, aliases: [i.resource.replace('ledger', 'orders')] })),
    };
    expect(compared(before, aliased).baseline).toMatchObject({ notes: [], findings: { new: 0, fixed: [] } });
    expect(compared(before, after).baseline?.notes).toEqual([]);
  });

  it('says so when it is of another project, and when it is too old to tell', () => {
    const other = { ...GOOD, sources: GOOD.sources.map((s) => ({ ...s, project: 'other' })) };
    expect(compared(other, GOOD).baseline?.notes).toHaveLength(1);
    expect(
      compared({ ...GOOD, schemaVersion: '1.1', identities: undefined, agreements: undefined } as never, GOOD).baseline?.notes,
    ).toHaveLength(2);
  });
});
