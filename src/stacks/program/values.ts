/**
 * Values of a run become values of the model. The plain run decides what is known, exactly as a preview would; the marked
 * run of the same program is only asked what a missing value was made from.
 */
import { Hole, type Mention, type Value, type Values } from '../../model/value.ts';
import { ARCHIVE, ASSET, SECRET, SIGNATURE, UNKNOWN } from '../signatures.ts';
import { standInZoneHole } from '../zones.ts';
import { findMarkers, type MarkerEntry, withoutMarkers } from './markers.ts';
import { isJsonList, isJsonRecord, type Json, type JsonRecord } from './protocol.ts';

/** Mentions kept on one hole. */
const MAX_MENTIONS = 200;

/** One run's values with the book that its markers are in. */
export interface Side {
  readonly value: Json | undefined;
  readonly book: readonly MarkerEntry[];
}

/** Readable names in place of the markers in a URN, the same for both runs. */
export type UrnOf = (urn: string) => string;

export function mergeRecord(plain: JsonRecord, book: readonly MarkerEntry[], marked: Side, urnOf: UrnOf): Values {
  const other = isJsonRecord(marked.value) ? marked.value : {};
  return Object.fromEntries(
    Object.entries(plain).map(([k, v]) => [
      withoutMarkers(k, book),
      merge({ value: v, book }, { value: other[k], book: marked.book }, urnOf),
    ]),
  );
}

/** A value of the plain run, with what the marked run tells about its holes. */
export function merge(plain: Side, marked: Side, urnOf: UrnOf): Value {
  const { value, book } = plain;
  if (value === undefined || value === null) return null;
  if (value === UNKNOWN) return missing(marked, urnOf);
  if (typeof value === 'string') return text(value, book, urnOf);
  if (typeof value !== 'object') return value;
  if (isJsonList(value)) {
    const others = isJsonList(marked.value) && marked.value.length === value.length ? marked.value : [];
    const partOfList = value.find((v) => fromUnknownList(v, book));
    if (typeof partOfList === 'string') return wholeList(partOfList, book);
    return value.map((v, i) => merge({ value: v, book }, { value: others[i], book: marked.book }, urnOf));
  }
  if (!isJsonRecord(value)) return null;
  switch (value[SIGNATURE]) {
    case undefined:
      return mergeRecord(value, book, marked, urnOf);
    case SECRET:
      return new Hole('secret', 'a Pulumi secret');
    case ASSET:
    case ARCHIVE: {
      const where = value.path ?? value.uri;
      return new Hole('not-modelled', typeof where === 'string' ? `the contents of ${where}` : 'the contents of an asset');
    }
    default:
      return new Hole('not-modelled', 'a special value of the SDK');
  }
}

function fromUnknownList(value: Json, book: readonly MarkerEntry[]): boolean {
  if (typeof value !== 'string') return false;
  return (findMarkers(value)?.parts ?? []).some((part) => {
    const entry = typeof part === 'number' ? book[part] : undefined;
    return entry?.kind === 'stand-in' && entry.list;
  });
}

function wholeList(value: string, book: readonly MarkerEntry[]): Hole {
  const n = findMarkers(value)?.parts.find((part) => typeof part === 'number');
  const entry = n === undefined ? undefined : book[n];
  return new Hole('stand-in', `a list of unknown length, from ${entry?.kind === 'stand-in' ? entry.from : 'a data source'}`);
}

/** Text of either run: itself when no marker is in it, else a hole that says what it was made from. */
function text(value: string, book: readonly MarkerEntry[], urnOf: UrnOf): Value {
  const found = findMarkers(value);
  if (found === undefined) return value;
  const entries = found.parts.map((part) => (typeof part === 'number' ? book[part] : part));
  const markers = entries.filter((e) => typeof e === 'object');
  const secret = markers.find((e) => e.kind === 'secret');
  if (secret?.kind === 'secret') return new Hole('secret', `the secret configuration value ${secret.key}`);
  const [first] = markers;
  // The last letter belongs to the stand-in's own text (see stand-ins.ts).
  const isZone = first?.kind === 'stand-in' && first.zone !== undefined && markers.length === 1 && typeof entries[0] === 'object';
  const rest = entries[1];
  if (isZone && (entries.length === 1 || (entries.length === 2 && typeof rest === 'string' && /^[abc]$/.test(rest)))) {
    return standInZoneHole(first.zone ?? { region: undefined, index: 1 }, first.from);
  }
  const mentions: Mention[] = [];
  let template = '';
  for (const entry of entries) {
    if (typeof entry === 'string') template += entry;
    else if (entry?.kind === 'output') {
      const at = mentioned(mentions, { urn: urnOf(entry.urn), property: entry.property });
      template += `\${${at}}`;
    } else template += '${?}';
  }
  const detail = describe(markers);
  const reason = mentions.length > 0 ? 'unresolved-at-preview' : 'stand-in';
  if (found.damaged || markers.length === 0) return new Hole(reason, detail, mentions);
  return entries.length === 1 ? new Hole(reason, detail, mentions) : new Hole(reason, detail, mentions, template);
}

function describe(markers: readonly MarkerEntry[]): string {
  const output = markers.find((e) => e.kind === 'output');
  if (output?.kind === 'output') {
    const name = output.urn.slice(output.urn.lastIndexOf('::') + 2);
    return `${output.property} of ${name} is only known after deployment`;
  }
  const standIn = markers.find((e) => e.kind === 'stand-in');
  return standIn?.kind === 'stand-in'
    ? `${standIn.field} from ${standIn.from}`
    : 'made from a value that AWS would have answered';
}

function mentioned(mentions: Mention[], mention: Mention): number {
  const at = mentions.findIndex((m) => m.urn === mention.urn && m.property === mention.property);
  if (at >= 0) return at;
  if (mentions.length >= MAX_MENTIONS) return MAX_MENTIONS - 1;
  return mentions.push(mention) - 1;
}

/** A hole for what a preview leaves unknown. The marked run's value is evidence of where it comes from, never of what it is. */
function missing(marked: Side, urnOf: UrnOf): Hole {
  if (typeof marked.value === 'string') {
    const told = text(marked.value, marked.book, urnOf);
    if (told instanceof Hole) return told;
  }
  const mentions: Mention[] = [];
  const seen: MarkerEntry[] = [];
  let secret = false;
  const walk = (value: Json | undefined) => {
    if (typeof value === 'string') {
      for (const part of findMarkers(value)?.parts ?? []) {
        const entry = typeof part === 'number' ? marked.book[part] : undefined;
        if (entry === undefined) continue;
        seen.push(entry);
        if (entry.kind === 'output') mentioned(mentions, { urn: urnOf(entry.urn), property: entry.property });
      }
    } else if (isJsonList(value)) value.forEach(walk);
    else if (isJsonRecord(value)) {
      if (value[SIGNATURE] === SECRET) secret = true;
      Object.values(value).forEach(walk);
    }
  };
  walk(marked.value);
  if (secret || seen.some((e) => e.kind === 'secret')) return new Hole('secret', 'a Pulumi secret');
  if (seen.length === 0) return new Hole('unresolved-at-preview', 'only known after deployment');
  return new Hole('unresolved-at-preview', describe(seen), mentions);
}

/**
 * A value of a resource that only the marked run registered: its registration hangs on values that are not known, so
 * nothing about it is a fact.
 */
export function conditional(marked: Side, urnOf: UrnOf): Hole {
  const hole = missing(marked, urnOf);
  if (hole.reason === 'secret' || hole.mentions.length > 0) return hole;
  return new Hole('unresolved-at-preview', 'the program sets it inside apply(), which runs after deployment');
}
