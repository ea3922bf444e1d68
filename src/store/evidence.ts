/** Evidence in the database: only added to, each record bound to the one before it. */
import type { Kysely, Transaction } from 'kysely';
import { parseJson } from './canonical.ts';
import type { ChainBreak, ChainPoint, EvidenceDraft, EvidenceRecord, SealedRecord, Tally } from './record.ts';
import { breakAt, count, seal, startTally } from './record.ts';
import type { Tables } from './tables.ts';

export interface Verification {
  /** What there is: all records, or those before the break; `last` is the newest that is sound. */
  readonly sound: Tally;
  readonly broken: ChainBreak | undefined;
}

export interface Evidence {
  /** Writes all of them or none, in this order. Throws `TypeError` for what cannot be evidence. */
  append(drafts: readonly EvidenceDraft[]): Promise<readonly EvidenceRecord[]>;
  /** Appends unless a record of this kind and subject is there: of several writers at once, one writes. Undefined: it was there. */
  once(draft: EvidenceDraft): Promise<EvidenceRecord | undefined>;
  /**
   * Reads the whole chain, page by page, as it was when the call began, and finds the first break. Whoever owns the database can
   * write another chain that is sound in itself; only what was taken out of it before (`anchors`, from packs) shows that.
   */
  verify(anchors?: readonly ChainPoint[]): Promise<Verification>;
  /** Records after `after` (default: from the first), in order. Unverified. */
  read(after?: number): AsyncGenerator<EvidenceRecord>;
}

/** Parameters of one statement: Postgres takes 65,535, and a record has eight. */
const ROWS = 500;
const PAGE = 2_000;

export function databaseEvidence(db: Kysely<Tables>): Evidence {
  return {
    append: (drafts) => db.transaction().execute((transaction) => appendIn(transaction, drafts)),

    once: (draft) =>
      db.transaction().execute(async (transaction) => {
        // Whoever looks has the head: nobody writes between look and append.
        await transaction.selectFrom('evidence_head').select('sequence').forUpdate().executeTakeFirstOrThrow();
        const there = await transaction
          .selectFrom('evidence')
          .select('sequence')
          .where('kind', '=', draft.kind)
          .where('subject', '=', draft.subject)
          .executeTakeFirst();
        return there === undefined ? (await appendIn(transaction, [draft]))[0] : undefined;
      }),

    verify: async (anchors = []) => {
      const head = await headOf(db);
      const expected = new Map(anchors.map((a) => [a.sequence, a.hash]));
      const sound = startTally();
      for await (const page of pages(db, 0, head.sequence)) {
        for (const record of page) {
          const broken = breakAt(record, sound.last) ?? otherThan(expected.get(record.sequence), record);
          if (broken !== undefined) return { sound, broken };
          count(sound, record);
        }
      }
      return { sound, broken: cutOff(sound.last, head, anchors) };
    },

    read: async function* (after = 0) {
      const head = await headOf(db);
      for await (const page of pages(db, after, head.sequence)) for (const record of page) yield opened(record);
    },
  };
}

/** `append` inside a transaction that does more. */
export async function appendIn(
  transaction: Transaction<Tables>,
  drafts: readonly EvidenceDraft[],
): Promise<readonly EvidenceRecord[]> {
  let end = await transaction.selectFrom('evidence_head').select(['sequence', 'hash']).forUpdate().executeTakeFirstOrThrow();
  const sealed = drafts.map((draft) => {
    const record = seal(draft, end);
    end = record;
    return record;
  });
  for (let i = 0; i < sealed.length; i += ROWS)
    await transaction
      .insertInto('evidence')
      .values(sealed.slice(i, i + ROWS))
      .execute();
  return sealed.map(opened);
}

function headOf(db: Kysely<Tables>): Promise<ChainPoint> {
  return db.selectFrom('evidence_head').select(['sequence', 'hash']).executeTakeFirstOrThrow();
}

/**
 * The next page is on its way while one is looked at. Records after `upTo` are read with the last page and dropped: were the
 * statement bounded on both sides, a Postgres without statistics of the table would expect few rows and sort all that are left,
 * for every page.
 */
async function* pages(db: Kysely<Tables>, after: number, upTo: number): AsyncGenerator<readonly SealedRecord[]> {
  const page = (from: number): Promise<readonly SealedRecord[]> =>
    db.selectFrom('evidence').selectAll().where('sequence', '>', from).orderBy('sequence').limit(PAGE).execute();
  let next = page(after);
  for (;;) {
    const rows = await next;
    const wanted = rows.filter((r) => r.sequence <= upTo);
    const last = wanted.at(-1);
    if (last === undefined || wanted.length < PAGE) {
      yield wanted;
      return;
    }
    next = page(last.sequence);
    // Whoever stops half-way must not leave a rejection that nobody sees.
    next.catch(() => undefined);
    yield wanted;
  }
}

function opened(record: SealedRecord): EvidenceRecord {
  return { ...record, body: parseJson(record.body) };
}

function otherThan(expected: string | undefined, { sequence, hash }: ChainPoint): ChainBreak | undefined {
  return expected === undefined || expected === hash ? undefined : { sequence, differs: 'anchor', expected, found: hash };
}

function cutOff(end: ChainPoint, head: ChainPoint, anchors: readonly ChainPoint[]): ChainBreak | undefined {
  const missing = [head, ...anchors].filter((p) => p.sequence > end.sequence).sort((a, b) => b.sequence - a.sequence)[0];
  if (missing !== undefined)
    return {
      sequence: end.sequence + 1,
      differs: 'end',
      expected: `records up to ${missing.sequence}`,
      found: `none after ${end.sequence}`,
    };
  return head.hash === end.hash ? undefined : { sequence: end.sequence, differs: 'end', expected: head.hash, found: end.hash };
}
