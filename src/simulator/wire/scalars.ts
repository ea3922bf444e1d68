/** Scalars as text: query parameters, path labels, headers, XML content and form values. */
import { Malformed } from './message.ts';
import type { Shape, TimestampFormat } from './shapes.ts';

export type Scalar = Exclude<Shape, { kind: 'structure' | 'list' | 'map' | 'events' }>;

export const isScalar = (shape: Shape): shape is Scalar => !['structure', 'list', 'map', 'events'].includes(shape.kind);

/** `fallback` is the protocol's own timestamp format for the place. Throws `Malformed`. */
export function readText(shape: Scalar, text: string, fallback: TimestampFormat): unknown {
  switch (shape.kind) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      // The AWS CLI and older SDKs write Python's spelling.
      if (text === 'True' || text === 'False') return text === 'True';
      throw new Malformed(`expected true or false, found "${text}"`);
    case 'number':
      return readNumber(text);
    case 'timestamp':
      return readTimestamp(text, shape.format ?? fallback);
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'));
    case 'document':
      return readDocument(text);
  }
}

/** The other way round. Throws a TypeError when the value is not one of the shape: a mistake of the simulated service. */
export function writeText(shape: Scalar, value: unknown, fallback: TimestampFormat): string {
  switch (shape.kind) {
    case 'timestamp':
      return String(writeTimestamp(dateOf(value), shape.format ?? fallback));
    case 'blob':
      return base64Of(value);
    case 'document':
      return JSON.stringify(value);
    case 'number':
      return writeNumber(value);
    default:
      return String(value);
  }
}

export function readNumber(text: string): number {
  const value = text === 'Infinity' ? Number.POSITIVE_INFINITY : text === '-Infinity' ? Number.NEGATIVE_INFINITY : Number(text);
  if (text.trim() === '' || (Number.isNaN(value) && text !== 'NaN')) throw new Malformed(`expected a number, found "${text}"`);
  return value;
}

const writeNumber = (value: unknown): string => {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new TypeError(`expected a number, found ${describe(value)}`);
  return String(value);
};

/** Any format is read, whichever is asked for: clients are not all as strict as servers. */
export function readTimestamp(value: string | number, format: TimestampFormat): Date {
  const date =
    typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value) ? new Date(Math.round(Number(value) * 1000)) : new Date(value);
  if (Number.isNaN(date.getTime())) throw new Malformed(`expected a timestamp (${format}), found "${value}"`);
  return date;
}

/** Seconds for `epoch-seconds`, else text; milliseconds are written when there are any. */
export function writeTimestamp(date: Date, format: TimestampFormat): string | number {
  if (format === 'epoch-seconds') return date.getTime() / 1000;
  if (format === 'http-date') return date.toUTCString();
  return date.toISOString().replace('.000Z', 'Z');
}

export function dateOf(value: unknown): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  throw new TypeError(`expected a Date, found ${describe(value)}`);
}

export const bytesOf = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  throw new TypeError(`expected bytes, found ${describe(value)}`);
};

export const base64Of = (value: unknown): string => Buffer.from(bytesOf(value)).toString('base64');

function readDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed('expected JSON');
  }
}

/** For messages: what was found where something else was expected. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
