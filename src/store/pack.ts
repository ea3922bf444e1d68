/**
 * A pack: a chain of evidence in a folder that can be carried anywhere and read without a database. `records.jsonl` holds the
 * records, one canonical JSON text a line; `manifest.json` says what they are; `manifest.sig` is an Ed25519 signature (RFC 8032)
 * over the bytes of the manifest, as 128 hexadecimal digits.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { messageOf, UsageError } from '../model/errors.ts';
import { canonicalJson } from './canonical.ts';
import type { EvidenceRecord } from './record.ts';
import { breakAt, count, GENESIS, lineOf, sayBreak, startTally, type Tally } from './record.ts';
import { fingerprintOf, type Signer } from './signing.ts';

export const MANIFEST = 'manifest.json';
export const RECORDS = 'records.jsonl';
export const SIGNATURE = 'manifest.sig';

export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const pointSchema = z.strictObject({ sequence: z.int().nonnegative(), hash: hashSchema });
const countSchema = z.int().nonnegative();

export const manifestSchema = z.strictObject({
  format: z.literal('holdfast-evidence'),
  version: z.literal(1),
  /** When the pack was made, in ISO 8601. */
  created: z.iso.datetime(),
  /** Newest record; sequence 0 for an empty chain. The chain begins with record 1. */
  last: pointSchema,
  /** Hash of record 1; of `GENESIS` for an empty chain. */
  first: hashSchema,
  worlds: z.strictObject({ live: countSchema, simulated: countSchema }),
  kinds: z.strictObject({ verdict: countSchema, 'drill-result': countSchema, decision: countSchema, import: countSchema }),
  /** SHA-256 of the catalogue's bytes; null: made without one. */
  catalogue: hashSchema.nullable(),
  /** SHA-256 of records.jsonl. */
  records: hashSchema,
  publicKey: z.base64().max(1000),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface PackSettings {
  readonly folder: string;
  readonly signer: Signer;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** SHA-256 of the catalogue's bytes. */
  readonly catalogue: string | undefined;
}

export interface WrittenPack {
  readonly manifest: Manifest;
  readonly fingerprint: string;
}

/**
 * Writes a whole chain as a pack into a new or empty folder, verifying it on the way. Throws `UsageError`: `pack-folder` when the
 * folder is not empty or cannot be written, `chain-broken` when the chain is not sound; a broken chain is never signed.
 */
export async function writePack(records: AsyncIterable<EvidenceRecord>, settings: PackSettings): Promise<WrittenPack> {
  const { folder, signer, now, catalogue } = settings;
  prepare(folder);
  const tally = startTally();
  const digest = createHash('sha256');
  await pipeline(lines(records, tally, digest), createWriteStream(join(folder, RECORDS), { flags: 'wx' }));
  const manifest: Manifest = {
    format: 'holdfast-evidence',
    version: 1,
    created: new Date(now).toISOString(),
    first: tally.first ?? GENESIS.hash,
    last: tally.last,
    worlds: tally.worlds,
    kinds: tally.kinds,
    catalogue: catalogue ?? null,
    records: digest.digest('hex'),
    publicKey: signer.publicKey,
  };
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(folder, SIGNATURE), `${signer.sign(bytes)}\n`);
  // Last: a pack whose writing was cut short has no manifest, and is recognised as none.
  writeFileSync(join(folder, MANIFEST), bytes);
  return { manifest, fingerprint: fingerprintOf(Buffer.from(signer.publicKey, 'base64')) };
}

async function* lines(
  records: AsyncIterable<EvidenceRecord>,
  tally: Tally,
  digest: ReturnType<typeof createHash>,
): AsyncGenerator<string> {
  for await (const record of records) {
    const sealed = { ...record, body: canonicalJson(record.body) };
    const broken = breakAt(sealed, tally.last);
    if (broken !== undefined)
      throw new UsageError(
        'chain-broken',
        `expected a sound chain to export, found that ${sayBreak(broken)}. \`holdfast evidence verify\` looks at it again.`,
      );
    count(tally, sealed);
    const line = `${lineOf(sealed)}\n`;
    digest.update(line);
    yield line;
  }
}

function prepare(folder: string): void {
  let found: readonly string[];
  try {
    mkdirSync(folder, { recursive: true });
    found = readdirSync(folder);
  } catch (error) {
    throw new UsageError(
      'pack-folder',
      `${folder}: expected a folder that can be written, found ${messageOf(error)}. Give another with --out.`,
    );
  }
  if (found.length > 0)
    throw new UsageError(
      'pack-folder',
      `${folder}: expected a new or an empty folder, found ${found.length} entries. Give another with --out, or empty it.`,
    );
}
