import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { COMMENT_BYTES, MARKER, renderComment } from '../../src/reports/comment.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { MULTI_AZ, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';
import { compared, HOSTILE, mended, RESULTS, result } from './support.ts';

const lines = (result: VerifyResult, exit: 0 | 1 | 3 = 1) => renderComment(result, exit).split('\n');

describe.each(Object.entries(RESULTS))('the comment: %s', (_name, result) => {
  it('begins with its marker and says within ten lines what is decided', () => {
    const head = lines(result).slice(0, 10).join('\n');
    expect(head.startsWith(MARKER)).toBe(true);
    for (const part of ['Agreed metrics', 'Findings', '**Exit 1:**', 'World: **live**']) expect(head).toContain(part);
    expect(head.includes('KPI 2')).toBe(result.kpis !== null);
    expect(head.includes('must approve')).toBe((result.baseline?.approvals.length ?? 0) > 0);
  });

  it('renders to elements of ours alone', async () => {
    const html = await marked.parse(renderComment(result, 1), { gfm: true });
    const tags = new Set([...html.matchAll(/<([a-z0-9]+)/gi)].map((m) => m[1]?.toLowerCase()));
    const ours = [
      'h2',
      'ul',
      'li',
      'strong',
      'em',
      'code',
      'p',
      'details',
      'summary',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
    ];
    expect([...tags].filter((t) => t !== undefined && !ours.includes(t))).toEqual([]);
    expect(html).not.toMatch(/@team|#1\b/);
    expect((html.match(/<details/g) ?? []).length).toBe((html.match(/<\/details>/g) ?? []).length);
    expect((html.match(/<details/g) ?? []).length).toBeGreaterThan(0);
  });
});

describe('the head of the comment', () => {
  it('names what is lost, who must approve, and whether a reference was given', () => {
    const head = lines(RESULTS.lost as VerifyResult)
      .slice(0, 10)
      .join('\n');
    expect(head).toContain('2 agreed metrics lost');
    expect(head).toContain('`sla/shop/RTO-az`');
    expect(head).toContain('CAB must approve (agreement sla');
    expect(head).toContain('no change reference was given');
    expect(head).toMatch(/KPI 2.*\*\*66.7% → 0%\*\*/);
  });

  it('shows the goal and the best option of each metric that the change breaks, in a fold', () => {
    const of = (result: VerifyResult) => {
      const all = lines(result);
      const at = all.findIndex((line) => line.includes('<summary>Ways to keep what is broken'));
      return at === -1 ? [] : all.slice(at, all.indexOf('</details>', at)).filter((line) => line.startsWith('- '));
    };
    const after = mended([TABLE, SINGLE_AZ]);
    const lost = compared(result([TABLE, MULTI_AZ]), after);
    const broken = lost.baseline?.metrics.filter((m) => m.fails).map((m) => m.id) ?? [];
    // What was broken before is not shown with a baseline, and is without.
    expect(broken.length).toBeLessThan(after.remedies?.metrics.length ?? 0);
    expect(of(lost)).toHaveLength(1 + broken.length);
    expect(of(after)).toHaveLength(1 + (after.remedies?.metrics.length ?? 0));
    expect(of(lost)[0]).toMatch(/^- \*\*Goal:\*\* KPI 2 is/);
    expect(of(lost).find((line) => line.includes('RTO-az'))).toMatch(/`sla\/shop\/RTO-az` \*\*keeps\*\*: .*cost .*multiAz: true/);
    expect(lines(lost).some((line) => line.startsWith('<details><summary>Ways'))).toBe(true);
    expect(of(compared(result([TABLE, MULTI_AZ]), result([TABLE, SINGLE_AZ])))).toEqual([]);
  });

  it('says that nothing is broken when nothing is', () => {
    expect(lines(RESULTS.won as VerifyResult, 0)[1]).toContain('✅ Holdfast: this change breaks no agreed metric');
  });

  it.each([
    ['met', 0, 'all agreed metrics are met'],
    ['broken', 0, 'not met or unknown, and let pass'],
    ['without a catalogue', 0, 'nothing is agreed'],
    ['without a catalogue', 1, 'findings that must be looked at'],
    ['broken', 3, 'not everything can be told'],
  ] as const)('%s, exit %i: claims no more than is so', (name, exit, title) => {
    expect(lines(RESULTS[name] as VerifyResult, exit)[1]).toContain(title);
  });

  it('says moved, not new and fixed, of what was renamed', () => {
    expect(lines(RESULTS.renamed as VerifyResult).find((l) => l.includes('**Findings:**'))).toMatch(/0 new, 0 fixed, \d+ moved/);
  });
});

describe('the size of the comment', () => {
  const { lost } = RESULTS as { readonly lost: VerifyResult };
  const repeated = <T>(items: readonly T[], times: number, change: (item: T, i: number) => T): T[] =>
    Array.from({ length: times }, (_, i) => items.map((item) => change(item, i))).flat();

  it('fits always, keeps its head whole and says what was left out', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.constant('`'.repeat(600)),
      fc.constant('<&|'.repeat(200)),
      fc.constant(HOSTILE.repeat(4)),
    );
    fc.assert(
      fc.property(fc.nat(400), text, (times, name) => {
        const big: VerifyResult = {
          ...lost,
          metrics: repeated(lost.metrics, times, (m, i) => ({
            ...m,
            id: `${name}${i}`,
            designed: { ...m.designed, reason: name },
          })),
          findings: repeated(lost.findings, times, (f) => ({ ...f, message: name, resourceTitle: name, rule: `r${name}` })),
          warnings: repeated([name], times, (w) => w),
          baseline: lost.baseline && {
            ...lost.baseline,
            metrics: repeated(lost.baseline.metrics, times, (m, i) => ({ ...m, id: `${name}${i}` })),
            approvals: repeated(lost.baseline.approvals, times, (a) => ({
              ...a,
              reference: name,
              metrics: [name, name],
            })),
          },
        };
        const comment = renderComment(big, 1);
        expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(COMMENT_BYTES);
        const head = comment.split('\n').slice(0, 10).join('\n');
        for (const part of [MARKER, 'Agreed metrics', 'Findings', 'Exit 1', 'World']) expect(head).toContain(part);
        expect((comment.match(/<details/g) ?? []).length).toBe((comment.match(/<\/details>/g) ?? []).length);
        if (times > 300) expect(comment).toContain('Left out for want of room');
      }),
      { numRuns: 40 },
    );
  });
});
