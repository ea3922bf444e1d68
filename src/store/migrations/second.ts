/** The second schema: evidence is looked up by what it is about. */
import type { Migration } from 'kysely';
import { sql } from 'kysely';

export const second: Migration = {
  async up(db) {
    // A subject may be longer than a row of an ordered index.
    await sql.raw('create index evidence_subject on holdfast.evidence using hash (subject)').execute(db);
  },
};
