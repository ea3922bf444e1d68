/**
 * Checks on JSON as it comes in. Each names the place as a JSON path, what was expected there and what kind of value
 * was found; the value itself is shown only where it cannot be a secret.
 */
import { UsageError } from '../model/errors.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** A place in a source; the document itself when it is within nothing. Places are named for errors only. */
export interface Spot {
  readonly source: string;
  readonly within?: { readonly spot: Spot; readonly key: string | number };
}

export function at(spot: Spot, key: string | number): Spot {
  return { source: spot.source, within: { spot, key } };
}

/** JSON path of a place: `deployment.resources[12].urn`; empty for the document itself. */
export function pathOf({ within }: Spot): string {
  if (within === undefined) return '';
  const { spot, key } = within;
  const step = typeof key === 'number' ? `[${key}]` : /^[A-Za-z_][\w-]*$/.test(key) ? key : `[${JSON.stringify(clip(key))}]`;
  const path = pathOf(spot);
  return `${path}${path === '' || step.startsWith('[') ? '' : '.'}${step}`;
}

/** `deployment.resources[12].urn in stack.json`. */
export function spotLabel(spot: Spot): string {
  return spot.within === undefined ? spot.source : `${pathOf(spot)} in ${spot.source}`;
}

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own property only: `constructor` and the like are never found on the prototype. */
export function field(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function expectRecord(value: unknown, spot: Spot): JsonRecord {
  if (isJsonRecord(value)) return value;
  throw wrongType(spot, 'an object', value);
}

/** Shared, since most of what an export may hold is left out of it. */
const NO_RECORD: JsonRecord = {};
const NO_LIST: readonly unknown[] = [];

/** Absent and null mean an empty object, as they do to the engine. */
export function optionalRecord(record: JsonRecord, key: string, spot: Spot): JsonRecord {
  const value = field(record, key);
  if (value === undefined || value === null) return NO_RECORD;
  return isJsonRecord(value) ? value : expectRecord(value, at(spot, key));
}

/** Absent and null mean an empty list, as they do to the engine. */
export function optionalList(record: JsonRecord, key: string, spot: Spot): readonly unknown[] {
  const value = field(record, key);
  if (value === undefined || value === null) return NO_LIST;
  if (Array.isArray(value)) return value;
  throw wrongType(at(spot, key), 'a list', value);
}

export function expectText(record: JsonRecord, key: string, spot: Spot): string {
  const value = field(record, key);
  if (typeof value === 'string' && value !== '') return value;
  throw value === undefined || value === ''
    ? new UsageError(
        'missing-field',
        `${spotLabel(at(spot, key))}: expected a text, found none. Is the source whole and unedited?`,
      )
    : wrongType(at(spot, key), 'a text', value);
}

/** Absent, null and the empty text all mean "none", as they do to the engine. */
export function optionalText(record: JsonRecord, key: string, spot: Spot): string | undefined {
  const value = field(record, key);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw wrongType(at(spot, key), 'a text', value);
}

export function flag(record: JsonRecord, key: string, spot: Spot): boolean {
  const value = field(record, key);
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw wrongType(at(spot, key), 'true or false', value);
}

export function textList(record: JsonRecord, key: string, spot: Spot): readonly string[] {
  const list = optionalList(record, key, spot);
  if (isTextList(list)) return list;
  const wrong = list.findIndex((item) => typeof item !== 'string');
  throw wrongType(at(at(spot, key), wrong), 'a text', list[wrong]);
}

function isTextList(list: readonly unknown[]): list is readonly string[] {
  return list.every((item) => typeof item === 'string');
}

export function wrongType(spot: Spot, expected: string, found: unknown): UsageError {
  return new UsageError('wrong-type', `${spotLabel(spot)}: expected ${expected}, found ${kindOf(found)}.`);
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object' }[typeof value as string] ??
    typeof value
  );
}

/** At most 80 characters, for messages. */
export function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
