/** Small tools of the text formats: escaping of untrusted names, columns, wrapping, colours. */

/**
 * Names, tags and messages come from programs and YAML: control characters (a terminal would obey them), line
 * separators, bidirectional marks (they reorder what is read), blanks without width and what is no character at all (half a
 * surrogate pair) are shown as `�`.
 */
export function plainText(text: string): string {
  return text.replace(UNSAFE, (c) => (c === '\n' || c === '\t' ? ' ' : '\ufffd'));
}

const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\p{Surrogate}]/gu;

export type Style = 'good' | 'bad' | 'doubt' | 'dim' | 'bold';
export type Paint = (text: string, style: Style) => string;

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  doubt: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export const noPaint: Paint = (text) => text;
export const ansiPaint: Paint = (text, style) => `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m`;

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** What the last column needs to be readable beside the others. */
const LEAST_LAST = 40;
/** How far a last cell that has no room beside the others stands in from them. */
const HANGING = '  ';

/**
 * Columns two spaces apart. The last column takes what is left of `width` and wraps under itself; where less than forty
 * cells would be left it stands on lines of its own below. Every other column is as wide as its widest cell, unless they
 * do not fit together: then the first one is cut short with `…`. Every cell is escaped. A row that has one cell only
 * runs across.
 */
export function columns(rows: readonly (readonly Cell[])[], width: number, paint: Paint, indent = '  '): string[] {
  const cells = rows.map((row) => row.map((c) => ({ ...c, text: plainText(c.text) })));
  const widths: number[] = [];
  for (const row of cells)
    row.forEach((c, i) => {
      if (i < row.length - 1) widths[i] = Math.max(widths[i] ?? 0, widthOf(c.text));
    });
  const taken = (): number => indent.length + widths.reduce((total, w) => total + w + 2, 0);
  const beside = width - taken() >= LEAST_LAST || cells.every((row) => taken() + widthOf(row.at(-1)?.text ?? '') <= width);
  const over = taken() - 2 - width;
  if (over > 0 && widths[0] !== undefined) widths[0] = Math.max(12, widths[0] - over);
  const lines: string[] = [];
  for (const row of cells) {
    let line = indent;
    for (const [i, cell] of row.entries()) {
      const room = widths[i] ?? 0;
      if (i < row.length - 1) {
        const text = cut(cell.text, room);
        line += `${tint(text, cell.style, paint)}${' '.repeat(room - widthOf(text) + 2)}`;
        continue;
      }
      const offset = beside ? widthOf(strip(line)) : indent.length + HANGING.length;
      const wrapped = cell.text === '' ? [] : wrap(cell.text, Math.max(12, width - offset));
      if (beside) line += tint(wrapped.shift() ?? '', cell.style, paint);
      if (line.trim() !== '') lines.push(line.trimEnd());
      for (const more of wrapped) lines.push(' '.repeat(offset) + tint(more, cell.style, paint));
    }
  }
  return lines;
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${headOf(text, width - 1)}…`;
}

function tint(text: string, style: Style | undefined, paint: Paint): string {
  return style === undefined || text === '' ? text : paint(text, style);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character of our own colours
const strip = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

/** Terminal cells: wide for East Asian and emoji ranges, none for combining marks; enough for names. */
export function widthOf(text: string): number {
  let width = 0;
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    if (/\p{M}/u.test(c)) continue;
    width +=
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe4f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0x1f300 && code <= 0x1faff)
        ? 2
        : 1;
  }
  return width;
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(joined) <= width || line === '') line = joined;
    else {
      lines.push(line);
      line = word;
    }
    while (widthOf(line) > width) {
      const head = headOf(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  lines.push(line);
  return lines;
}

/** As many characters as fit into the cells, and at least one. */
function headOf(text: string, width: number): string {
  let head = '';
  for (const c of text) {
    if (head !== '' && widthOf(head) + widthOf(c) > width) break;
    head += c;
  }
  return head;
}
