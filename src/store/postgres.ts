/** The store on a Postgres server, for any number of processes. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { messageOf, UsageError } from '../model/errors.ts';
import type { Connection } from './connection.ts';
import { SCHEMA, type Tables } from './tables.ts';

/** A server that does not answer for so long is taken for cut off: a controller must notice before its lease is another's. */
const PATIENCE = 30_000;

/**
 * Connects to the server of a URL (`postgres://user:password@host:port/database`). Throws `UsageError`: `store-url`,
 * `store-unreachable`; no message holds the password.
 */
export async function openPostgres(url: string): Promise<Connection> {
  const pool = poolOf(url);
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  // So would one that breaks between two statements of a transaction: the next of them is told.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema(SCHEMA);
  try {
    await pool.query('select 1');
  } catch (error) {
    await db.destroy();
    throw new UsageError(
      'store-unreachable',
      `DATABASE_URL: expected a Postgres server that answers, found none (${detail(error, url)}). Check that it runs, and the address, user and password.`,
    );
  }
  return { db, close: () => db.destroy() };
}

function poolOf(url: string): pg.Pool {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new UsageError(
      'store-url',
      'DATABASE_URL: expected postgres://user:password@host:port/database, found something else.',
    );
  return new pg.Pool({
    connectionString: url,
    application_name: 'holdfast',
    max: 10,
    keepAlive: true,
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
    // A client that is cut off in a transaction must not hold its locks.
    idle_in_transaction_session_timeout: PATIENCE,
    types,
  });
}

/** Object id of bigint in pg_type; as a number, because our numbers stay far below 2^53. */
const BIGINT = 20;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number): ((value: string) => unknown) => {
    return oid === BIGINT ? Number : (pg.types.getTypeParser(oid) as (value: string) => unknown);
  },
};

function detail(error: unknown, url: string): string {
  // Of a host with several addresses each fails by itself.
  const errors = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  const text = errors.map((e) => messageOf(e)).join('; ');
  return text.includes(url) ? 'the URL' : text;
}
