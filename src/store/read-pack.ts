/** Reads a pack and believes nothing in it until signature, manifest and chain have been verified. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { messageOf, UsageError } from '../model/errors.ts';
import type { Json } from '../model/journal.ts';
import { canonicalJson } from './canonical.ts';
import { hashSchema, MANIFEST, type Manifest, manifestSchema, RECORDS, SIGNATURE } from './pack.ts';
import {
  breakAt,
  count,
  EVIDENCE_KINDS,
  type EvidenceRecord,
  LARGEST_BODY,
  lineOf,
  sayBreak,
  startTally,
  type Tally,
} from './record.ts';
import { fingerprintOf, isSignedBy } from './signing.ts';

export interface Pack {
  readonly manifest: Manifest;
  /** Of the key that signed it. That the key is somebody's whom one trusts is for the reader to say. */
  readonly fingerprint: string;
  readonly records: readonly EvidenceRecord[];
}

const LARGEST_MANIFEST = 64 * 1024;
const LARGEST_RECORDS = 1024 * 1024 * 1024;
/** A character has at most three bytes for each of its UTF-16 units; the rest of a record is short. */
const LARGEST_LINE = 3 * LARGEST_BODY + 64 * 1024;
const CHUNK = 1024 * 1024;

const recordSchema = z.strictObject({
  at: z.number(),
  body: z.unknown(),
  hash: hashSchema,
  kind: z.enum(EVIDENCE_KINDS),
  previous: hashSchema,
  sequence: z.int().positive(),
  subject: z.string(),
  world: z.enum(['live', 'simulated']),
});

/**
 * Anybody can sign with a key of their own: give `signer`, the fingerprint of a key that you trust, where that matters. Throws
 * `UsageError`: `pack-file` (a file is missing or too large), `pack-signature`, `pack-signer`, `pack-manifest`, `pack-record` (a
 * line is no record), `pack-chain` (names the first break), `pack-count` (records and manifest do not agree).
 */
export function readPack(folder: string, signer?: string): Pack {
  const bytes = readWhole(join(folder, MANIFEST), LARGEST_MANIFEST);
  const manifest = parseManifest(bytes, join(folder, MANIFEST));
  const key = Buffer.from(manifest.publicKey, 'base64');
  const signature = readWhole(join(folder, SIGNATURE), LARGEST_MANIFEST).toString('latin1');
  // Exactly as it was written: another spelling of the same bytes is a change too.
  if (!/^[0-9a-f]{128}\n$/.test(signature) || !isSignedBy(key, bytes, Buffer.from(signature.trim(), 'hex')))
    throw new UsageError(
      'pack-signature',
      `${join(folder, SIGNATURE)}: expected the signature of ${MANIFEST}, found one that does not fit: one of the two was changed after signing. Ask for the pack again.`,
    );
  const fingerprint = fingerprintOf(key);
  if (signer !== undefined && signer.toLowerCase() !== fingerprint)
    throw new UsageError(
      'pack-signer',
      `${folder}: expected a pack signed by ${signer}, found one signed by ${fingerprint}. Ask whose key that is before you trust it.`,
    );
  return { manifest, fingerprint, records: readRecords(join(folder, RECORDS), manifest) };
}

function parseManifest(bytes: Buffer, file: string): Manifest {
  let found: unknown;
  try {
    found = JSON.parse(bytes.toString('utf8'));
  } catch {
    found = undefined;
  }
  const parsed = manifestSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    'pack-manifest',
    `${file}: expected the manifest of a pack (holdfast-evidence, version 1), found ${found === undefined ? 'no JSON' : `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'something else'}`}. Ask for the pack again, or use a newer Holdfast.`,
  );
}

function readRecords(file: string, manifest: Manifest): readonly EvidenceRecord[] {
  const records: EvidenceRecord[] = [];
  const tally = startTally();
  const digest = createHash('sha256');
  let number = 0;
  for (const line of linesOf(file, digest)) {
    number += 1;
    const record = parseRecord(line, file, number);
    const sealed = { ...record, body: canonicalJson(record.body) };
    if (lineOf(sealed) !== line) throw badRecord(file, number, 'canonical JSON', 'other JSON');
    const broken = breakAt(sealed, tally.last);
    if (broken !== undefined)
      throw new UsageError(
        'pack-chain',
        `${file}: expected an unbroken chain, found that ${sayBreak(broken)}. The pack was changed after it was made; ask for it again.`,
      );
    count(tally, sealed);
    records.push(record);
  }
  const differs = differenceOf(tally, digest.digest('hex'), manifest);
  if (differs !== undefined)
    throw new UsageError(
      'pack-count',
      `${file}: expected what ${MANIFEST} says (${manifest.last.sequence} records), found another ${differs} (${tally.last.sequence} records). Records were taken away or put in; ask for the pack again.`,
    );
  return records;
}

function differenceOf(tally: Tally, records: string, manifest: Manifest): string | undefined {
  const found = { first: tally.first ?? manifest.first, last: tally.last, worlds: tally.worlds, kinds: tally.kinds, records };
  return (['last', 'first', 'worlds', 'kinds', 'records'] as const).find((key) => !isDeepStrictEqual(found[key], manifest[key]));
}

function parseRecord(line: string, file: string, number: number): EvidenceRecord {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    throw badRecord(file, number, 'a record as JSON', 'text that is none');
  }
  const parsed = recordSchema.safeParse(found);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badRecord(file, number, 'a record', `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'something else'}`);
  }
  const { body, ...rest } = parsed.data;
  return { ...rest, body: shallowEnough(body, file, number) };
}

/** What JSON.parse returned is JSON; only its depth is still anybody's guess. */
function shallowEnough(body: unknown, file: string, number: number): Json {
  try {
    canonicalJson(body as Json);
    return body as Json;
  } catch (error) {
    throw badRecord(file, number, 'a record', messageOf(error));
  }
}

function badRecord(file: string, line: number, expected: string, found: string): UsageError {
  return new UsageError('pack-record', `${file}:${line}: expected ${expected}, found ${found}. Ask for the pack again.`);
}

/** Lines without their ends; the file ends with a line end. Fed to `digest` on the way. */
function* linesOf(file: string, digest: ReturnType<typeof createHash>): Generator<string> {
  const size = sizeOf(file, LARGEST_RECORDS);
  if (size === 0) return;
  const handle = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer = Buffer.alloc(0);
    let line = 0;
    for (;;) {
      const length = readSync(handle, chunk, 0, CHUNK, null);
      if (length === 0) break;
      digest.update(chunk.subarray(0, length));
      let data = Buffer.concat([rest, chunk.subarray(0, length)]);
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
        line += 1;
        yield decode(data.subarray(0, end), file, line);
        data = data.subarray(end + 1);
      }
      if (data.length > LARGEST_LINE) throw badRecord(file, line + 1, `a line of at most ${LARGEST_LINE} bytes`, 'a longer one');
      rest = data;
    }
    if (rest.length > 0) throw badRecord(file, line + 1, 'a line that ends', 'the end of the file');
  } finally {
    closeSync(handle);
  }
}

function decode(bytes: Buffer, file: string, line: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badRecord(file, line, 'UTF-8', 'other bytes');
  }
}

function sizeOf(file: string, largest: number): number {
  let size: number;
  try {
    size = statSync(file).size;
  } catch (error) {
    throw badFile(file, messageOf(error));
  }
  if (size > largest) throw badFile(file, `${size} bytes, more than ${largest}`);
  return size;
}

function readWhole(file: string, largest: number): Buffer {
  sizeOf(file, largest);
  try {
    return readFileSync(file);
  } catch (error) {
    throw badFile(file, messageOf(error));
  }
}

function badFile(file: string, found: string): UsageError {
  return new UsageError(
    'pack-file',
    `${file}: expected a file of an evidence pack (${MANIFEST}, ${SIGNATURE}, ${RECORDS}), found ${found}. Name the folder that \`holdfast evidence export\` wrote.`,
  );
}
