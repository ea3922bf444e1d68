/** One text for one value, so that a hash over it means something. */
import { hash } from 'node:crypto';
import type { Json } from '../model/journal.ts';

/** Deeper than any record of ours, shallow enough that no record exhausts the stack. */
const DEEPEST = 64;

/**
 * JSON with sorted keys and without blanks, as RFC 8785 has it (keys by UTF-16 code unit, numbers as ECMAScript prints them).
 * Lone surrogates and control characters are escaped, so any database that holds text holds it. Throws `TypeError` for what
 * JSON cannot hold (NaN, infinities, undefined) and for nesting deeper than 64.
 */
export function canonicalJson(value: Json): string {
  return text(value, 0);
}

function text(value: unknown, depth: number): string {
  if (depth > DEEPEST) throw new TypeError(`expected JSON at most ${DEEPEST} levels deep`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => text(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${text(member, depth + 1)}`).join(',')}}`;
  }
  throw new TypeError(`expected what JSON can hold, found ${typeof value === 'number' ? String(value) : typeof value}`);
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Reads what `canonicalJson` wrote. */
export function parseJson(stored: string): Json {
  return JSON.parse(stored) as Json;
}

/** Postgres text holds neither NUL nor half a character; names and ids are refused before they would be changed in silence. */
export function storable(what: string, name: string): string {
  if (/[\0\p{Cs}]/u.test(name))
    throw new TypeError(`expected a ${what} without NUL and lone surrogates, found ${JSON.stringify(name)}`);
  return name;
}
