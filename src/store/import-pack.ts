/** Takes other people's evidence into a store, marked as theirs. */
import type { Kysely, Transaction } from 'kysely';
import { UsageError } from '../model/errors.ts';
import type { Json } from '../model/journal.ts';
import { appendIn } from './evidence.ts';
import type { Pack } from './read-pack.ts';
import type { EvidenceDraft, EvidenceRecord } from './record.ts';
import type { Tables } from './tables.ts';

export interface Imported {
  readonly added: number;
  /** Records that the store had already: imported before, or its own. */
  readonly known: number;
}

/** Parameters of one statement that looks hashes up. */
const AT_ONCE = 10_000;

/**
 * Appends each record of a pack that the store does not have as a record of kind `import`, in one transaction. World, time and
 * subject stay those of the record: what was simulated there is simulated here. Whose evidence it is (`signer`) and the record
 * itself (`record`) are the body, and nothing but its kind decides whether it counts.
 */
export async function importPack(db: Kysely<Tables>, pack: Pack): Promise<Imported> {
  return db.transaction().execute(async (transaction) => {
    // Takes its turn before it looks: of two imports of one pack the second finds what the first wrote.
    await transaction.selectFrom('evidence_head').select('sequence').forUpdate().executeTakeFirstOrThrow();
    const hashes = pack.records.map((r) => r.hash);
    const known = new Set<string>();
    for (let i = 0; i < hashes.length; i += AT_ONCE) {
      const some = hashes.slice(i, i + AT_ONCE);
      const own = transaction.selectFrom('evidence').select('hash').where('hash', 'in', some);
      const before = transaction.selectFrom('evidence_import').select('hash').where('hash', 'in', some);
      for (const { hash } of await own.union(before).execute()) known.add(hash);
    }
    const fresh = pack.records.filter((r) => !known.has(r.hash));
    const added = await appendAll(
      transaction,
      fresh.map((record) => draftOf(record, pack.fingerprint)),
    );
    for (let i = 0; i < added.length; i += AT_ONCE) {
      const rows = added.slice(i, i + AT_ONCE).map((r, at) => ({
        hash: fresh[i + at]?.hash ?? '',
        signer: pack.fingerprint,
        sequence: r.sequence,
      }));
      await transaction.insertInto('evidence_import').values(rows).execute();
    }
    return { added: added.length, known: known.size };
  });
}

/** A record at the limits of size or depth may be beyond them inside another. */
async function appendAll(transaction: Transaction<Tables>, drafts: readonly EvidenceDraft[]): Promise<readonly EvidenceRecord[]> {
  try {
    return await appendIn(transaction, drafts);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(
      'pack-record',
      `expected records that can be kept inside an import, found one that cannot (${error.message}); nothing was imported. Read the pack where it is.`,
    );
  }
}

function draftOf(record: EvidenceRecord, signer: string): EvidenceDraft {
  const { kind, world, at, subject, body, sequence, previous, hash } = record;
  const copy: Json = { kind, world, at, subject, body, sequence, previous, hash };
  return { kind: 'import', world, at, subject, body: { signer, record: copy } };
}
