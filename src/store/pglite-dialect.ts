/** Kysely over PGlite: the same SQL as on a server, on the one connection that PGlite has. */
import type { PGlite } from '@electric-sql/pglite';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';

export function pgliteDialect(pglite: PGlite): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => pgliteDriver(pglite),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/** Whoever wants the connection waits until those before have given it back, so that no statement gets into another's transaction. */
function pgliteDriver(pglite: PGlite): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const result = await pglite.query<R>(query.sql, [...query.parameters]);
      return { rows: result.rows, numAffectedRows: BigInt(result.affectedRows ?? 0) };
    },
    // biome-ignore lint/correctness/useYield: the interface asks for a generator, and PGlite has no cursors.
    streamQuery: async function* () {
      throw new Error('PGlite does not stream: read page by page');
    },
  };
  let last: Promise<void> = Promise.resolve();
  let giveBack: () => void = () => undefined;
  return {
    init: async () => undefined,
    acquireConnection: async () => {
      const before = last;
      let release: () => void = () => undefined;
      last = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      giveBack = release;
      return connection;
    },
    releaseConnection: async () => giveBack(),
    beginTransaction: async () => {
      await pglite.query('begin');
    },
    commitTransaction: async () => {
      await pglite.query('commit');
    },
    rollbackTransaction: async () => {
      await pglite.query('rollback');
    },
    destroy: () => pglite.close(),
  };
}
