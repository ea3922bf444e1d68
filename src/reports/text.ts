/** Small tools of the text formats: escaping of untrusted names, columns, wrapping, colours. */

/**
 * Names, tags and messages come from programs and YAML: control characters (a terminal would obey them), line
 * separators and bidirectional marks (they reorder what is read) are shown as `�`.
 */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) =>
    c === '\n' || c === '\t' ? ' ' : '\ufffd',
  );
}

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

/**
 * Columns two spaces apart. The last column takes what is left of `width` and wraps under itself; the others are as
 * wide as their widest cell. Every cell is escaped.
 */
export function columns(rows: readonly (readonly Cell[])[], width: number, paint: Paint, indent = '  '): string[] {
  const cells = rows.map((row) => row.map((c) => ({ ...c, text: plainText(c.text) })));
  const widths: number[] = [];
  for (const row of cells)
    row.forEach((c, i) => {
      widths[i] = Math.max(widths[i] ?? 0, i === row.length - 1 ? 0 : widthOf(c.text));
    });
  const lines: string[] = [];
  for (const row of cells) {
    let line = indent;
    for (const [i, cell] of row.entries()) {
      if (i === row.length - 1) {
        const offset = widthOf(strip(line));
        const [first = '', ...rest] = wrap(cell.text, Math.max(24, width - offset));
        lines.push((line + tint(first, cell.style, paint)).trimEnd());
        for (const more of rest) lines.push(' '.repeat(offset) + tint(more, cell.style, paint));
      } else {
        line += `${tint(cell.text, cell.style, paint)}${' '.repeat((widths[i] ?? 0) - widthOf(cell.text) + 2)}`;
      }
    }
  }
  return lines;
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
      lines.push([...line].slice(0, width).join(''));
      line = [...line].slice(width).join('');
    }
  }
  lines.push(line);
  return lines;
}
