/** One resource as the engine serialises it in deployments, previews and events (`ResourceV1` … `ResourceV3` of sdk/go/common/apitype). */
import { UsageError } from '../model/errors.ts';
import type { Position } from '../model/resource.ts';
import type { RawResource } from './raw.ts';
import {
  at,
  clip,
  expectRecord,
  expectText,
  field,
  flag,
  isJsonRecord,
  type JsonRecord,
  optionalRecord,
  optionalText,
  type Spot,
  spotLabel,
  textList,
} from './shape.ts';
import { parseUrn } from './urn.ts';
import { isUnknownText, toValues } from './values.ts';

/**
 * Reads one resource state.
 * @throws UsageError `missing-field`, `wrong-type`, `malformed-urn` or `too-deep`, naming the JSON path.
 */
export function readResource(raw: unknown, spot: Spot, pending?: RawResource['pending']): RawResource {
  const state = expectRecord(raw, spot);
  const urn = expectUrn(state, 'urn', spot);
  const propertyDependencies = readPropertyDependencies(state, spot);
  const id = optionalText(state, 'id', spot);
  const type = expectText(state, 'type', spot);
  return {
    urn,
    type,
    custom: flag(state, 'custom', spot),
    remote: false,
    id: id === undefined || isUnknownText(id) ? undefined : id,
    inputs: toValues(inputsOf(state, spot), { spot: at(spot, 'inputs'), propertyDependencies }),
    outputs: toValues(optionalRecord(state, 'outputs', spot), {
      spot: at(spot, 'outputs'),
      secretProperties: textList(state, 'additionalSecretOutputs', spot),
    }),
    parent: optionalText(state, 'parent', spot),
    aliases: readAliases(state),
    dependencies: textList(state, 'dependencies', spot),
    propertyDependencies,
    provider: optionalText(state, 'provider', spot),
    protect: flag(state, 'protect', spot),
    retainOnDelete: flag(state, 'retainOnDelete', spot),
    ignoreChanges: textList(state, 'ignoreChanges', spot),
    position: parsePosition(field(state, 'sourcePosition')),
    pending,
  };
}

/** Deployments of version 1 keep what the provider filled in apart, as `defaults`. */
function inputsOf(state: JsonRecord, spot: Spot): JsonRecord {
  const inputs = optionalRecord(state, 'inputs', spot);
  const defaults = optionalRecord(state, 'defaults', spot);
  return Object.keys(defaults).length === 0 ? inputs : { ...defaults, ...inputs };
}

export function readPropertyDependencies(state: JsonRecord, spot: Spot): Readonly<Record<string, readonly string[]>> {
  const raw = optionalRecord(state, 'propertyDependencies', spot);
  const spotOfAll = at(spot, 'propertyDependencies');
  const dependencies: Record<string, readonly string[]> = {};
  for (const key of Object.keys(raw)) {
    if (key !== '__proto__') dependencies[key] = textList(raw, key, spotOfAll);
  }
  return dependencies;
}

/** @throws UsageError `missing-field`, `wrong-type` or `malformed-urn`. */
export function expectUrn(record: JsonRecord, key: string, spot: Spot): string {
  const urn = expectText(record, key, spot);
  checkUrn(urn, at(spot, key));
  return urn;
}

export function checkUrn(urn: string, spot: Spot): void {
  if (parseUrn(urn) !== undefined) return;
  throw new UsageError(
    'malformed-urn',
    `${spotLabel(spot)}: expected a URN such as urn:pulumi:<stack>::<project>::<type>::<name>, found ${JSON.stringify(clip(urn))}.`,
  );
}

/** URNs that a resource went by before. They help a comparison and decide nothing: what is no text is left out. */
export function readAliases(record: JsonRecord): readonly string[] {
  const raw = field(record, 'aliases');
  return Array.isArray(raw) ? raw.filter((alias) => typeof alias === 'string') : [];
}

/**
 * Reads `project:///index.ts#12,5`; anything else is no position. From an ES module the SDK records `project:///file:/home/…`, at
 * the line of the code as Node loaded it, which is not the program's where a loader translates. Positions help a reader and decide
 * nothing.
 */
function parsePosition(raw: unknown): Position | undefined {
  if (typeof raw !== 'string' || raw.length > 4096) return undefined;
  const match = /^project:\/\/\/(?!file:)([^#]+)#(\d{1,7})(?:,(\d{1,7}))?/.exec(raw);
  if (match === null) return undefined;
  const [, file = '', line, column] = match;
  return { file: decodePath(file), line: Number(line), column: Number(column ?? 1) };
}

function decodePath(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

/** What a stack's configuration says about its default AWS providers, where a source carries configuration. */
export function awsConfigOf(config: unknown, spot: Spot): RawResource['inputs'] {
  if (!isJsonRecord(config)) return {};
  const plain: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(config)) {
    const name = /^aws:(?:config:)?(\w+)$/.exec(key)?.[1];
    if (name !== undefined && name !== '__proto__') plain[name] = configText(entry);
  }
  return toValues(plain, { spot });
}

/** A configuration entry is a text, or an object with `value` or `secure`. */
function configText(entry: unknown): unknown {
  if (!isJsonRecord(entry)) return entry;
  return Object.hasOwn(entry, 'secure') ? '[secret]' : (field(entry, 'value') ?? field(entry, 'string') ?? null);
}
