import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/model/journal.ts';
import { renderTimelineChart, specificationOf, type TimelineChart } from '../../src/reports/timeline-chart.ts';
import { SPAN_STATES, spansOf } from '../../src/reports/timeline-spans.ts';

const T0 = 1_000_000;
const entry = (
  kind: JournalEntry['kind'],
  at: number,
  about: string,
  data: JournalEntry['data'] = null,
  token?: string,
): JournalEntry => ({
  kind,
  at: T0 + at * 1000,
  about,
  data,
  token,
  run: 'r',
  sequence: at,
  epoch: 1,
});
const saw = (at: number, probe: string, ok: boolean | null) => entry('observation', at, probe, { ok, says: '' });
const mark = (at: number, name: string) => entry('mark', at, name, { at: T0 + at * 1000 });

const DRILL = [
  saw(-90, 'requests', true),
  saw(-90, 'precondition all-there', true),
  mark(0, 't0'),
  entry('intent', 0, 'lose us-east-1', null, 'a'),
  entry('outcome', 0, 'lose us-east-1', { result: 'done' }, 'a'),
  saw(5, 'requests', false),
  entry('intent', 10, 'promote', null, 'b'),
  saw(20, 'requests', null),
  entry('outcome', 40, 'promote', { result: 'done' }, 'b'),
  saw(50, 'requests', true),
  mark(50, 't5'),
  entry('phase', 110, 'rollback'),
  entry('intent', 111, 'undo promote', null, 'b#undo'),
];

describe('the spans of a drill', () => {
  it('say who was well when and who acted when, from shortly before the onset until rollback', () => {
    const { spans, marks } = spansOf(DRILL, new Set(['promote']));
    expect(spans).toEqual([
      { row: 'requests', from: -60, to: 5, state: 'well' },
      { row: 'requests', from: 5, to: 20, state: 'not well' },
      { row: 'requests', from: 20, to: 50, state: 'unknown' },
      { row: 'requests', from: 50, to: 110, state: 'well' },
      { row: 'lose us-east-1', from: 0, to: 0, state: 'the drill acts' },
      { row: 'promote', from: 10, to: 40, state: 'a person acts' },
    ]);
    expect(marks).toEqual([
      { name: 't0', at: 0 },
      { name: 't5', at: 50 },
    ]);
  });

  it('of a step that never ended last until the end', () => {
    const open = DRILL.filter((e) => e.kind !== 'outcome' || e.about !== 'promote');
    expect(spansOf(open, new Set()).spans.at(-1)).toEqual({ row: 'promote', from: 10, to: 110, state: 'the drill acts' });
  });

  it('of an empty journal are none', () => {
    expect(spansOf([], new Set())).toEqual({ spans: [], marks: [] });
  });

  it('of a probe follow one another without a gap', () => {
    const looks = fc.array(fc.record({ at: fc.integer({ min: -200, max: 5_000 }), ok: fc.constantFrom(true, false, null) }));
    fc.assert(
      fc.property(looks, (seen) => {
        const inOrder = [...seen].sort((a, b) => a.at - b.at).map(({ at, ok }) => saw(at, 'p', ok));
        const { spans } = spansOf(
          [...inOrder.filter((e) => e.at < T0), mark(0, 't0'), ...inOrder.filter((e) => e.at >= T0)],
          new Set(),
        );
        for (const [i, span] of spans.entries()) {
          expect(span.to).toBeGreaterThanOrEqual(span.from);
          expect(spans[i + 1]?.from ?? span.to).toBe(span.to);
        }
      }),
    );
  });
});

const chart = (changes: Partial<TimelineChart> = {}): TimelineChart => ({
  title: 'checkout without us-east-1',
  subtitle: 'recovered',
  targets: [{ name: 'RTO 15m', at: 900 }],
  ...spansOf(DRILL, new Set(['promote'])),
  ...changes,
});

describe('the picture of a drill', () => {
  it('is the same bytes for the same journal, with every row, mark and state in it', async () => {
    const svg = await renderTimelineChart([chart({ targets: [{ name: 'RTO 2m', at: 120 }] })]);
    expect(await renderTimelineChart([chart({ targets: [{ name: 'RTO 2m', at: 120 }] })])).toBe(svg);
    for (const text of [
      'checkout without us-east-1',
      'requests',
      'lose us-east-1',
      'promote',
      't0',
      't5',
      'RTO 2m',
      ...SPAN_STATES,
    ])
      expect(svg).toContain(text);
  });

  it('does not squeeze the drill for a target far beyond its end', () => {
    expect(JSON.stringify(specificationOf([chart()]))).not.toContain('RTO 15m');
  });

  it('shows names of resources as text, whatever is in them', async () => {
    const evil = '<script>alert(1)</script>&"';
    const spans = [{ row: evil, from: 0, to: 10, state: 'well' as const }];
    const svg = await renderTimelineChart([chart({ title: evil, spans })]);
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;');
  });

  it('of a drill that never began is its title and the reason', async () => {
    const svg = await renderTimelineChart([chart({ spans: [], marks: [], targets: [], subtitle: 'refused: not steady' })]);
    expect(svg).toContain('refused: not steady');
  });
});
