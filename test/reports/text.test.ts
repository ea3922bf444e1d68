import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, noPaint, plainText, widthOf, wrap } from '../../src/reports/text.ts';

describe('plainText', () => {
  it.each([
    ['an ANSI escape', 'a\u001b[31mb', 'a\ufffd[31mb'],
    ['a carriage return', 'safe\rgone', 'safe\ufffdgone'],
    ['a C1 control', 'a\u009b1mb', 'a\ufffd1mb'],
    ['a right-to-left override', 'a\u202etxt.exe', 'a\ufffdtxt.exe'],
    ['an isolate', 'a\u2066b\u2069', 'a\ufffdb\ufffd'],
    ['an Arabic letter mark', 'a\u061cb', 'a\ufffdb'],
    ['a line separator', 'a\u2028b', 'a\ufffdb'],
    ['a line break becomes a blank', 'a\nb\tc', 'a b c'],
    ['letters of any language stay', 'größe 注文 ערב', 'größe 注文 ערב'],
  ])('%s', (_what, from, to) => {
    expect(plainText(from)).toBe(to);
  });
});

describe('widthOf', () => {
  it.each([
    ['orders', 6],
    ['注文', 4],
    ['e\u0301', 1],
    ['ｱ', 1],
    ['🚀', 2],
    ['', 0],
  ])('%s is %i cells', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', '-', '注', '🚀'), minLength: 1, maxLength: 30 });
const sentence = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '));

describe('wrap', () => {
  it('loses nothing, and no line is wider than asked for', () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: 2, max: 60 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('columns', () => {
  it('fit the width, whatever is in them', () => {
    const row = fc.tuple(word, fc.constantFrom('lost', 'survives', '–'), sentence);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.constantFrom(60, 80, 120, 200), (rows, width) => {
        const cells = rows.map((r) => r.map((text) => ({ text })));
        for (const line of columns(cells, width, noPaint)) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('cuts a name that leaves no room, and says so', () => {
    const lines = columns([[{ text: 'x'.repeat(300) }, { text: 'lost' }, { text: 'why' }]], 80, noPaint);
    expect(lines[0]).toContain('…');
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });

  it('puts a long reason below, where little room is left beside', () => {
    const lines = columns(
      [[{ text: 'n'.repeat(50) }, { text: 'a reason of some length, longer than what is left' }]],
      80,
      noPaint,
    );
    expect(lines).toEqual([`  ${'n'.repeat(50)}`, '    a reason of some length, longer than what is left']);
  });
});
