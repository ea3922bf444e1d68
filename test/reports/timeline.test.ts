import { describe, expect, it } from 'vitest';
import { lostWrites, renderTimeline, type TimelineLine } from '../../src/reports/timeline.ts';

const look = (at: number, host = 'shop.example'): TimelineLine => ({
  at,
  who: 'users',
  what: `requests to ${host}: ${at} of 10`,
});
const mark: TimelineLine = { at: 9, who: 'drill', what: 't4 users are served again' };
const told = (lines: readonly TimelineLine[]): readonly string[] =>
  renderTimeline(lines)
    .split('\n')
    .map((l) => l.trim());

describe('a timeline as text', () => {
  it('tells a long row of looks at one entry by its first and its last', () => {
    expect(told([look(1), look(2), look(3), look(4), look(5), mark])).toEqual([
      '+1s  users   requests to shop.example: 1 of 10',
      '+2s  users   … 3 more looks at the same',
      '+5s  users   requests to shop.example: 5 of 10',
      '+9s  drill   t4 users are served again',
    ]);
  });

  it('tells short rows, and looks at different entries, one by one', () => {
    const lines = [
      look(1),
      look(2),
      look(3),
      look(4),
      mark,
      look(10),
      look(11, 'a'),
      look(12),
      look(13, 'a'),
      look(14),
      look(15, 'a'),
    ];
    expect(told(lines)).toHaveLength(lines.length);
  });
});

describe('lost writes', () => {
  it.each([
    [{ lost: 3, written: 132 }, '3 of 132 writes lost'],
    [{ lost: 300, written: 252 }, '300 writes lost, with those after the onset; 252 were written before it'],
  ])('%j', (measured, words) => {
    expect(lostWrites(measured)).toBe(words);
  });
});
