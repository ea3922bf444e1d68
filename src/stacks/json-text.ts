/** From bytes to JSON, with an error that names line and column where the text stops being JSON. */
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../model/errors.ts';

/**
 * Largest source, in bytes: some 50,000 resources, at the 2–4 kB that one takes in real exports. A generated export of
 * 241 MB read in 2.1 s and 0.95 GB (Node 20), but text made of nothing but brackets takes twenty times its size, hence
 * the second limit.
 */
export const MAX_SOURCE_BYTES = 128 * 1024 * 1024;

/** Most objects, lists and commas in one source; real exports have one in 60 bytes. This many take half a gigabyte at worst. */
const MAX_PARTS = 5_000_000;

/** Below this length even nothing but brackets is harmless, and counting would cost a fifth of the reading. */
const COUNTED_FROM = 24 * 1024 * 1024;

/** Text of a source: UTF-8 or UTF-16 (what `>` writes in Windows PowerShell), plain or gzipped (a file backend's `.json.gz`). */
export function decodeText(bytes: Uint8Array, source: string, limit = MAX_SOURCE_BYTES): string {
  checkSize(bytes.length, source, limit);
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, source, limit) : bytes;
  const encoding = plain[0] === 0xff && plain[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(plain);
  } catch {
    throw new UsageError(
      'not-text',
      `${source}: expected JSON text in UTF-8, found bytes that are not. Give the JSON that Pulumi wrote.`,
    );
  }
}

/** Refuses a source over the limit, before it is read where its size is known. */
export function checkSize(bytes: number, source: string, limit = MAX_SOURCE_BYTES): void {
  if (bytes > limit) {
    throw new UsageError(
      'too-large',
      `${source}: ${mib(bytes)} MiB is more than the ${mib(limit)} MiB that can be read. Verify the stacks of a large estate one by one.`,
    );
  }
}

function checkParts(text: string, source: string): void {
  if (text.length < COUNTED_FROM) return;
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2c || code === 0x5b || code === 0x7b) parts++;
  }
  if (parts > MAX_PARTS) {
    throw new UsageError(
      'too-large',
      `${source}: holds more than ${MAX_PARTS / 1e6} million values, which is no export of a stack.`,
    );
  }
}

function mib(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}

function gunzip(bytes: Uint8Array, source: string, limit: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError('too-large', `${source}: unpacks to more than ${mib(limit)} MiB.`);
    throw new UsageError('not-text', `${source}: begins like a gzip file but cannot be unpacked. Is it whole?`);
  }
}

export function parseJson(text: string, source: string, firstLine = 1): unknown {
  checkParts(text, source);
  try {
    return JSON.parse(text);
  } catch {
    if (text.trim() === '') throw new UsageError('empty-source', `${source}: expected JSON from Pulumi, found nothing.`);
    const offset = errorOffset(text);
    const before = text.slice(0, offset);
    const line = firstLine + (before.match(/\n/g)?.length ?? 0);
    const column = offset - before.lastIndexOf('\n');
    const where = `${source}, line ${line}, column ${column}`;
    if (offset >= text.trimEnd().length) {
      throw new UsageError(
        'truncated',
        `${where}: the JSON ends here, unfinished. Export it again; was the disk full or the command stopped?`,
      );
    }
    throw new UsageError(
      'not-json',
      `${where}: this is not JSON${found(text, offset)}. Give what \`pulumi stack export\` or \`pulumi preview --json\` wrote.`,
    );
  }
}

function found(text: string, offset: number): string {
  const char = text.codePointAt(offset);
  return char === undefined ? '' : ` (found ${JSON.stringify(String.fromCodePoint(char))})`;
}

const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Offset of the first character that no JSON document could have there; the length of the text when it ends too
 * early. JSON.parse does not tell it in every version of Node. Walks without recursion, so that depth cannot hurt.
 */
function errorOffset(text: string): number {
  const open: string[] = [];
  let expects: 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'next' | 'end' = 'value';
  let position = 0;
  for (;;) {
    SPACE.lastIndex = position;
    SPACE.test(text);
    position = SPACE.lastIndex;
    const token = tokenAt(text, position);
    if (token.wrongAt !== undefined) return token.wrongAt;
    const closes = token.kind === '}' || token.kind === ']';
    if (expects === 'value' || (expects === 'first-value' && token.kind !== ']')) {
      if (token.kind === '{' || token.kind === '[') {
        open.push(token.kind);
        expects = token.kind === '{' ? 'first-key' : 'first-value';
      } else if (closes || token.kind === ',' || token.kind === ':') return position;
      else expects = open.length === 0 ? 'end' : 'next';
    } else if (expects === 'colon') {
      if (token.kind !== ':') return position;
      expects = 'value';
    } else if ((expects === 'key' || expects === 'first-key') && token.kind === '"') {
      expects = 'colon';
    } else if (closes && (expects === 'next' || expects === 'first-key' || expects === 'first-value')) {
      if (open.pop() !== (token.kind === '}' ? '{' : '[')) return position;
      expects = open.length === 0 ? 'end' : 'next';
    } else if (expects === 'next' && token.kind === ',') {
      expects = open.at(-1) === '{' ? 'key' : 'value';
    } else return position;
    position = token.end;
  }
}

interface Token {
  /** A bracket, comma or colon as itself; `"` for a text; else the word or number. */
  readonly kind: string;
  readonly end: number;
  readonly wrongAt: number | undefined;
}

function tokenAt(text: string, position: number): Token {
  if (text[position] === '"') return textAt(text, position);
  WORD.lastIndex = position;
  const word = WORD.exec(text)?.[0];
  if (word !== undefined) return { kind: word, end: position + word.length, wrongAt: undefined };
  const rest = text.slice(position, position + 8);
  const unfinished = ['true', 'false', 'null', '-'].some((w) => w.startsWith(rest));
  return { kind: '', end: position, wrongAt: unfinished ? text.length : position };
}

function textAt(text: string, start: number): Token {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return { kind: '"', end: i + 1, wrongAt: undefined };
    if (code < 0x20) return { kind: '', end: i, wrongAt: i };
    if (code !== 0x5c) continue;
    const sequence = text.slice(i, i + 6);
    const whole = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(sequence)?.[0];
    if (whole === undefined) {
      const unfinished = i + sequence.length === text.length && /^\\(?:u[0-9a-fA-F]{0,3})?$/.test(sequence);
      return { kind: '', end: i, wrongAt: unfinished ? text.length : i };
    }
    i += whole.length - 1;
  }
  return { kind: '', end: text.length, wrongAt: text.length };
}
