/**
 * From the engine's JSON encoding of property values (`pkg/resource/stack/deployment.go` in github.com/pulumi/pulumi) to `Value`
 * trees. Secrets become holes here, marked or not.
 */
import { UsageError } from '../model/errors.ts';
import { Hole, type Value, type Values } from '../model/value.ts';
import { holdsSecret, isSecretName, isSuspicious, REDACTED, redactText } from './redact.ts';
import { field, isJsonRecord, type JsonRecord, type Spot, spotLabel } from './shape.ts';
import { ARCHIVE, ASSET, OUTPUT, RESOURCE, SECRET, SIGNATURE, UNKNOWN, UNKNOWNS } from './signatures.ts';

/** Bookkeeping of the engine and its providers, and the one key that would reach an object's prototype. */
const LEFT_OUT: ReadonlySet<string> = new Set(['__defaults', '__meta', '__provider', '__proto__']);

/** Values nest less than 30 levels in real exports; this leaves room and keeps recursion harmless. */
const MAX_DEPTH = 200;

export interface ValueOptions {
  /** Place of the record, for errors. */
  readonly spot: Spot;
  /** Which resources each top-level property was made from. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  /** Top-level properties that the program declared secret (`additionalSecretOutputs`). */
  readonly secretProperties?: readonly string[];
}

/** Is the text one of the engine's stand-ins for an unknown value, or does it contain one? */
export function isUnknownText(text: string): boolean {
  return text.length >= UNKNOWN.length && (UNKNOWNS.has(text) || text.includes(UNKNOWN));
}

/**
 * Reads a record of inputs or outputs. A property that is unknown as a whole mentions what it was made from, with an
 * empty property name: the engine tells resources only. Inside a property a mention is given where it is certain.
 * Values that were read before pass through unchanged, holes included, so another reader's values can be redacted here.
 * What needs no change is not copied: most of a large source stays as it was parsed.
 * @throws UsageError `too-deep`.
 */
export function toValues(record: JsonRecord, options: ValueOptions): Values {
  const { spot, propertyDependencies = NONE, secretProperties = [] } = options;
  return eachValue(record, (key, raw) => {
    if (secretProperties.includes(key) && raw !== null) return secretHole();
    const urns = Object.hasOwn(propertyDependencies, key) ? (propertyDependencies[key] ?? []) : [];
    return property(key, raw, urns, spot);
  });
}

const NONE: Readonly<Record<string, readonly string[]>> = {};

/** The record with each value read; the record itself where that changes nothing. */
function eachValue(record: JsonRecord, read: (key: string, raw: unknown) => Value): Values {
  const values: Record<string, Value> = {};
  let same = true;
  for (const key of Object.keys(record)) {
    if (LEFT_OUT.has(key)) {
      same = false;
      continue;
    }
    const raw = record[key];
    const value = read(key, raw);
    values[key] = value;
    if (value !== raw) same = false;
  }
  return same ? (record as Values) : values;
}

/** As `eachValue`, for a list. */
function eachItem<T>(list: readonly T[], read: (raw: T) => Value): readonly Value[] {
  const items = list.map(read);
  return items.every((item, i) => item === list[i]) ? (list as readonly (T & Value)[]) : items;
}

/** What the values inside one top-level property are read with. */
interface Context {
  readonly spot: Spot;
  readonly key: string;
  /** The one resource that anything unknown inside was made from; empty when there are several or none. */
  readonly urns: readonly string[];
}

function property(key: string, raw: unknown, urns: readonly string[], spot: Spot): Value {
  if (isUnknown(raw)) return unresolved(urns);
  if (Array.isArray(raw) && raw.length === urns.length && raw.every(isUnknown)) return urns.map((urn) => unresolved([urn]));
  return named(key, raw, { spot, key, urns: urns.length === 1 ? urns : [] }, 1);
}

function isUnknown(raw: unknown): boolean {
  return typeof raw === 'string' && isUnknownText(raw);
}

function named(key: string, raw: unknown, context: Context, depth: number): Value {
  if (secretName(key)) {
    if (typeof raw === 'string') return textUnderSecretName(raw, context);
    if (Array.isArray(raw) && raw.every((item) => typeof item === 'string'))
      return eachItem(raw, (item) => textUnderSecretName(item, context));
  }
  return value(raw, context, depth);
}

function textUnderSecretName(raw: string, context: Context): Value {
  return holdsSecret(raw) && !isUnknownText(raw) ? secretHole() : text(raw, context, 1);
}

function value(raw: unknown, context: Context, depth: number): Value {
  if (raw instanceof Hole) return raw;
  if (typeof raw === 'string') return text(raw, context, depth);
  if (typeof raw === 'number' || typeof raw === 'boolean' || raw === null) return raw;
  if (depth > MAX_DEPTH) {
    throw new UsageError(
      'too-deep',
      `${spotLabel(context.spot)}: property ${context.key} nests more than ${MAX_DEPTH} levels deep.`,
    );
  }
  if (Array.isArray(raw)) return eachItem(raw, (item) => value(item, context, depth + 1));
  return isJsonRecord(raw) ? record(raw, context, depth) : null;
}

function record(raw: JsonRecord, context: Context, depth: number): Value {
  const signature = field(raw, SIGNATURE);
  if (signature !== undefined) return signed(signature, raw, context, depth);
  const secretKeys = secretKeysOf(raw);
  return eachValue(raw, (key, item) =>
    secretKeys.includes(key) && item !== null && !isUnknown(item) && !(item instanceof Hole)
      ? secretHole()
      : named(key, item, context, depth + 1),
  );
}

const PAIR_NAMES = ['name', 'key', 'Name', 'Key', 'parameterKey', 'ParameterKey'];
const PAIR_VALUES = ['value', 'Value', 'parameterValue', 'ParameterValue'];

/** Keys whose values are secret because of what stands beside them: environment pairs, SecureString parameters, Kubernetes Secrets. */
function secretKeysOf(raw: JsonRecord): readonly string[] {
  const valueKey = PAIR_VALUES.find((key) => typeof raw[key] === 'string');
  if (valueKey !== undefined) {
    if (raw.type === 'SecureString') return [valueKey];
    const name = PAIR_NAMES.map((key) => raw[key]).find((n) => typeof n === 'string');
    if (typeof name === 'string' && secretName(name) && holdsSecret(String(raw[valueKey]))) return [valueKey];
  }
  return raw.kind === 'Secret' ? ['data', 'stringData'] : [];
}

function signed(signature: unknown, raw: JsonRecord, context: Context, depth: number): Value {
  switch (signature) {
    case SECRET:
      return secretHole();
    case ASSET:
    case ARCHIVE: {
      const hash = field(raw, 'hash');
      const kind = signature === ASSET ? 'asset' : 'archive';
      return typeof hash === 'string' ? { kind, hash } : { kind };
    }
    case RESOURCE: {
      const urn = field(raw, 'urn');
      const mentions = typeof urn === 'string' ? [{ urn, property: field(raw, 'id') === undefined ? 'urn' : 'id' }] : [];
      return new Hole('not-reported', 'a reference to another resource', mentions);
    }
    case OUTPUT: {
      if (field(raw, 'secret') === true) return secretHole();
      if (Object.hasOwn(raw, 'value')) return value(raw.value, context, depth + 1);
      const urns = field(raw, 'dependencies');
      const texts = Array.isArray(urns) ? urns.filter((urn) => typeof urn === 'string') : [];
      return unresolved(texts);
    }
    default:
      return new Hole('not-modelled', 'a value in an encoding that is not read (bytes, or a number that is not finite)');
  }
}

function text(raw: string, context: Context, depth: number): Value {
  if (raw === REDACTED) return secretHole();
  if (isUnknownText(raw)) return unresolved(context.urns);
  if (!isSuspicious(raw)) return raw;
  const first = raw.trimStart()[0];
  const parsed = first === '{' || first === '[' ? parseQuietly(raw) : undefined;
  const redacted = parsed === undefined ? redactText(raw) : redactText(JSON.stringify(inJsonText(parsed, depth + 1)));
  return redacted === REDACTED ? secretHole() : redacted;
}

function parseQuietly(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** Redacts by name inside JSON that is carried as text (container definitions, policies), keeping it JSON. */
function inJsonText(raw: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) return REDACTED;
  if (Array.isArray(raw)) return raw.map((item) => inJsonText(item, depth + 1));
  if (!isJsonRecord(raw)) return raw;
  if (field(raw, SIGNATURE) === SECRET) return REDACTED;
  const secretKeys = secretKeysOf(raw);
  const entries = Object.entries(raw).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const secret = typeof item === 'string' && (secretKeys.includes(key) || (secretName(key) && holdsSecret(item)));
      return [key, secret ? REDACTED : inJsonText(item, depth + 1)];
    }),
  );
}

function secretHole(): Hole {
  return new Hole('secret', 'a secret, which is not read');
}

/** Unknown until the update, and made from these resources. */
function unresolved(urns: readonly string[]): Hole {
  return new Hole(
    'unresolved-at-preview',
    'not known before the update; read an export of the deployed stack to know it',
    urns.map((urn) => ({ urn, property: '' })),
  );
}

const MAX_NAMES = 20_000;
const names = new Map<string, boolean>();

/** `isSecretName`, remembered: an estate has few property names and very many properties. */
function secretName(name: string): boolean {
  const seen = names.get(name);
  if (seen !== undefined) return seen;
  if (names.size >= MAX_NAMES) names.clear();
  const answer = isSecretName(name);
  names.set(name, answer);
  return answer;
}
