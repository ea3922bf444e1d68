/** Values of shapes as JSON (awsJson and restJson1) and as what CBOR encodes: the two differ in blobs and timestamps alone. */
import { Malformed, textOf } from './message.ts';
import { base64Of, bytesOf, dateOf, describe, readNumber, readTimestamp } from './scalars.ts';
import type { Member, Shape, Structure } from './shapes.ts';

export type Json = { readonly [key: string]: unknown };

/** How a tree is written where JSON and CBOR differ. */
export interface TreeStyle {
  /** Only restJson1 looks at `jsonName`. */
  readonly jsonNames: boolean;
  blob(value: Uint8Array): unknown;
  readBlob(value: unknown): Uint8Array;
  timestamp(date: Date, shape: Extract<Shape, { kind: 'timestamp' }>): unknown;
  readTimestamp(value: unknown, shape: Extract<Shape, { kind: 'timestamp' }>): Date;
  /** The instant that a value without a shape says it is; undefined: it is something else. */
  instant(value: Json): Date | undefined;
}

const jsonStyle = (jsonNames: boolean): TreeStyle => ({
  jsonNames,
  blob: base64Of,
  readBlob: (value) => {
    if (typeof value !== 'string') throw new Malformed(`expected base64, found ${describe(value)}`);
    return new Uint8Array(Buffer.from(value, 'base64'));
  },
  timestamp: (date, { format }) => {
    if (format === 'date-time') return date.toISOString();
    return format === 'http-date' ? date.toUTCString() : date.getTime() / 1000;
  },
  readTimestamp: (value, { format }) => {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Malformed(`expected a timestamp, found ${describe(value)}`);
    return readTimestamp(value, format ?? 'epoch-seconds');
  },
  instant: () => undefined,
});

export const AWS_JSON = jsonStyle(false);
export const REST_JSON = jsonStyle(true);

/** No bytes are an empty object. Throws `Malformed`. */
export function parseJson(body: Uint8Array): unknown {
  const text = textOf(body);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed('the body is not JSON');
  }
}

/** Throws `Malformed`. What the shape does not know is left out, as AWS does. */
export function readTree(shape: Shape, value: unknown, style: TreeStyle): unknown {
  switch (shape.kind) {
    case 'structure':
      return { ...readOthers(shape, value, style), ...readMembers(shape.members, value, style) };
    case 'list': {
      if (!Array.isArray(value)) throw new Malformed(`expected a list, found ${describe(value)}`);
      const items: readonly unknown[] = value;
      return items.filter((item) => item != null).map((item) => readTree(shape.value, item, style));
    }
    case 'map':
      return Object.fromEntries(
        Object.entries(objectOf(value))
          .filter(([, item]) => item != null)
          .map(([key, item]) => [key, readTree(shape.value, item, style)]),
      );
    case 'timestamp':
      return style.readTimestamp(value, shape);
    case 'blob':
      return style.readBlob(value);
    case 'string':
      if (typeof value !== 'string') throw new Malformed(`expected a string, found ${describe(value)}`);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw new Malformed(`expected a boolean, found ${describe(value)}`);
      return value;
    case 'number':
      if (typeof value === 'bigint') return Number(value);
      if (typeof value === 'number') return value;
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return readNumber(value);
      throw new Malformed(`expected a number, found ${describe(value)}`);
    case 'document':
      return readDocument(value, style, DEEPEST);
    case 'events':
      throw new Malformed('streams of events are not read here');
  }
}

export function readMembers(members: readonly Member[], value: unknown, style: TreeStyle): Record<string, unknown> {
  const from = objectOf(value);
  const read: Record<string, unknown> = {};
  for (const member of members) {
    const item = from[wireName(member, style)];
    if (item != null) read[member.name] = readTree(member.shape, item, style);
  }
  return read;
}

/** Throws a TypeError when the value is not one of the shape. */
export function writeTree(shape: Shape, value: unknown, style: TreeStyle): unknown {
  switch (shape.kind) {
    case 'structure':
      return { ...writeOthers(shape, value, style), ...writeMembers(shape.members, value, style) };
    case 'list': {
      if (!Array.isArray(value)) throw new TypeError(`expected a list, found ${describe(value)}`);
      return value.map((item) => writeTree(shape.value, item, style));
    }
    case 'map':
      return Object.fromEntries(
        Object.entries(fieldsOf(value))
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [key, writeTree(shape.value, item, style)]),
      );
    case 'timestamp':
      return style.timestamp(dateOf(value), shape);
    case 'blob':
      return style.blob(bytesOf(value));
    case 'document':
      return writeDocument(value, style);
    case 'number':
      if (typeof value === 'bigint') return Number(value);
      if (typeof value !== 'number') throw new TypeError(`expected a number, found ${describe(value)}`);
      return Number.isFinite(value) ? value : String(value);
    case 'string':
      return String(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw new TypeError(`expected a boolean, found ${describe(value)}`);
      return value;
    case 'events':
      throw new TypeError('streams of events are not written here');
  }
}

export function writeMembers(members: readonly Member[], value: unknown, style: TreeStyle): Record<string, unknown> {
  const from = fieldsOf(value);
  const written: Record<string, unknown> = {};
  for (const member of members) {
    const item = from[member.name];
    if (item != null) written[wireName(member, style)] = writeTree(member.shape, item, style);
  }
  return written;
}

/** Deeper trees are nothing that a client of AWS writes, and break whoever walks over them. */
const DEEPEST = 200;

/** A tree without a shape: only CBOR says by itself what is an instant. */
function readDocument(value: unknown, style: TreeStyle, left: number): unknown {
  if (left === 0) throw new Malformed('the input is nested too deeply');
  const below = (item: unknown): unknown => readDocument(item, style, left - 1);
  if (Array.isArray(value)) return value.map(below);
  if (!isObject(value) || value instanceof Uint8Array) return value;
  return style.instant(value) ?? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, below(item)]));
}

/** What an open structure holds beyond the members that its table names. */
export function readOthers(shape: Structure, value: unknown, style: TreeStyle): Json {
  return shape.open ? objectOf(readDocument(othersOf(shape, objectOf(value)), style, DEEPEST)) : {};
}

export function writeOthers(shape: Structure, value: unknown, style: TreeStyle): Json {
  return shape.open ? objectOf(writeDocument(othersOf(shape, fieldsOf(value)), style)) : {};
}

function othersOf(shape: Structure, from: Json): Json {
  const named = new Set(shape.members.map((member) => member.name));
  return Object.fromEntries(Object.entries(from).filter(([name, item]) => !named.has(name) && item != null));
}

/** A tree without a shape: instants are the only values that JSON cannot write by itself. */
function writeDocument(value: unknown, style: TreeStyle): unknown {
  if (value instanceof Date) return style.timestamp(value, { kind: 'timestamp', format: undefined });
  if (value instanceof Uint8Array) return style.blob(value);
  if (Array.isArray(value)) return value.map((item) => writeDocument(item, style));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, writeDocument(item, style)]),
  );
}

const wireName = ({ name, traits }: Member, style: TreeStyle): string => (style.jsonNames ? (traits.jsonName ?? name) : name);

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function objectOf(value: unknown): Json {
  if (isObject(value)) return value;
  throw new Malformed(`expected an object, found ${describe(value)}`);
}

/** Members of a structure that a service gave. */
export function fieldsOf(value: unknown): Json {
  if (isObject(value)) return value;
  throw new TypeError(`expected an object, found ${describe(value)}`);
}
