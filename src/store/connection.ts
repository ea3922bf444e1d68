/** A database that is open, whichever it is. */
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface Connection {
  /** Tables are found in the schema `holdfast`. */
  readonly db: Kysely<Tables>;
  close(): Promise<void>;
}
