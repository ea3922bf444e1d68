/** Evidence records and the chain that they form. */
import type { Json } from '../model/journal.ts';
import type { World } from '../model/resource.ts';
import { canonicalJson, sha256, storable } from './canonical.ts';

export const EVIDENCE_KINDS = ['verdict', 'drill-result', 'decision', 'import'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface EvidenceDraft {
  readonly kind: EvidenceKind;
  /** Of an import: the world of the record that was imported. */
  readonly world: World;
  /** Milliseconds since the epoch, by the clock of its world. */
  readonly at: number;
  /** What it is about: metric id, run, service. Neither NUL nor lone surrogates. */
  readonly subject: string;
  /** At most 256 Ki characters as canonical JSON. */
  readonly body: Json;
}

export interface EvidenceRecord extends EvidenceDraft {
  /** From 1, without a gap. */
  readonly sequence: number;
  /** Hash of the record before it; `GENESIS` for the first. */
  readonly previous: string;
  /** SHA-256 over the canonical JSON of all other fields, `previous` among them. */
  readonly hash: string;
}

/** A record whose body is still the canonical text that was hashed. */
export type SealedRecord = Omit<EvidenceRecord, 'body'> & { readonly body: string };

/** Where a chain stands: its newest record. */
export interface ChainPoint {
  readonly sequence: number;
  readonly hash: string;
}

export const GENESIS: ChainPoint = { sequence: 0, hash: '0'.repeat(64) };

/** Characters. A page of a chain is read at once, and a pack is kept in memory. */
export const LARGEST_BODY = 256 * 1024;

/** Throws `TypeError` for what cannot be evidence. */
export function seal(draft: EvidenceDraft, before: ChainPoint): SealedRecord {
  const body = canonicalJson(draft.body);
  if (body.length > LARGEST_BODY)
    throw new TypeError(`expected evidence of at most ${LARGEST_BODY} characters, found ${body.length}`);
  if (!Number.isFinite(draft.at)) throw new TypeError(`expected a time, found ${draft.at}`);
  const record = {
    kind: draft.kind,
    world: draft.world,
    at: draft.at,
    subject: storable('subject', draft.subject),
    body,
    sequence: before.sequence + 1,
    previous: before.hash,
  };
  return { ...record, hash: hashOf(record) };
}

/** The canonical JSON of the record without its hash, put together by hand: a million records are not parsed to be verified. */
export function hashOf(r: Omit<SealedRecord, 'hash'>): string {
  return sha256(`{"at":${JSON.stringify(r.at)},"body":${r.body},${rest(r)}`);
}

/** The record as a line of a pack: canonical JSON. */
export function lineOf(r: SealedRecord): string {
  return `{"at":${JSON.stringify(r.at)},"body":${r.body},"hash":"${r.hash}",${rest(r)}`;
}

function rest(r: Omit<SealedRecord, 'hash'>): string {
  return `"kind":"${r.kind}","previous":"${r.previous}","sequence":${r.sequence},"subject":${JSON.stringify(r.subject)},"world":"${r.world}"}`;
}

export interface ChainBreak {
  /** Of the first record that is not as it was written, or that is not there. */
  readonly sequence: number;
  /**
   * `sequence`: a record is missing or stands twice. `previous`: it does not follow the record before it. `content`: something in
   * it was changed after it was written. `end`: the newest records are gone. `anchor`: the chain is sound in itself, but another
   * one than the pack that it was compared with.
   */
  readonly differs: 'sequence' | 'previous' | 'content' | 'end' | 'anchor';
  readonly expected: string;
  readonly found: string;
}

/** How `record` fails to follow `before`; undefined when it follows. */
export function breakAt(record: SealedRecord, before: ChainPoint): ChainBreak | undefined {
  const sequence = before.sequence + 1;
  if (record.sequence !== sequence)
    return { sequence, differs: 'sequence', expected: String(sequence), found: String(record.sequence) };
  if (record.previous !== before.hash) return { sequence, differs: 'previous', expected: before.hash, found: record.previous };
  const hash = hashOf(record);
  return record.hash === hash ? undefined : { sequence, differs: 'content', expected: record.hash, found: hash };
}

const DIFFERENCE: Readonly<Record<ChainBreak['differs'], string>> = {
  sequence: 'a record is missing or was put in',
  previous: 'it does not follow the record before it',
  content: 'its content is not what was hashed when it was written',
  end: 'the newest records are missing',
  anchor: 'it is not the record that the pack holds',
};

/** One clause for people. */
export function sayBreak(b: ChainBreak): string {
  return `the chain breaks at record ${b.sequence}: ${DIFFERENCE[b.differs]} (expected ${b.expected}, found ${b.found})`;
}

/** What a chain holds, counted while it is read. */
export interface Tally {
  first: string | undefined;
  last: ChainPoint;
  readonly worlds: { live: number; simulated: number };
  readonly kinds: { verdict: number; 'drill-result': number; decision: number; import: number };
}

export function startTally(): Tally {
  const [verdict, drill, decision, imported] = EVIDENCE_KINDS;
  return {
    first: undefined,
    last: GENESIS,
    worlds: { live: 0, simulated: 0 },
    kinds: { [verdict]: 0, [drill]: 0, [decision]: 0, [imported]: 0 },
  };
}

export function count(tally: Tally, record: SealedRecord): void {
  tally.first ??= record.hash;
  tally.last = { sequence: record.sequence, hash: record.hash };
  tally.worlds[record.world] += 1;
  tally.kinds[record.kind] += 1;
}
