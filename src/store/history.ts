/** What was judged, when: facts, verdicts and findings as they were, and who approved what. */
import type { Kysely } from 'kysely';
import type { Severity } from '../model/finding.ts';
import type { Json } from '../model/journal.ts';
import type { World } from '../model/resource.ts';
import type { Level, VerdictKind } from '../model/verdict.ts';
import { canonicalJson, parseJson, storable } from './canonical.ts';
import type { Tables } from './tables.ts';

export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly world: World;
  readonly level: Level;
  /** SHA-256 of the catalogue's bytes; undefined: judged without one. */
  readonly catalogue: string | undefined;
  readonly facts: Json;
  readonly verdicts: readonly {
    readonly metric: string;
    readonly service: string;
    readonly verdict: VerdictKind;
    readonly data: Json;
  }[];
  readonly findings: readonly {
    readonly fingerprint: string;
    readonly rule: string;
    readonly severity: Severity;
    readonly data: Json;
  }[];
}

export interface Approval {
  readonly run: string;
  readonly at: number;
  readonly person: string;
  readonly decision: 'approved' | 'refused';
  /** What was decided upon: the hash of the drill as it was shown. */
  readonly subject: string;
  readonly data: Json;
}

export interface History {
  /** Keeps all of it or nothing. */
  keep(snapshot: Snapshot): Promise<void>;
  /** Judged at `from` or later and before `to`, oldest first. */
  between(world: World, level: Level, from: number, to: number): Promise<readonly Snapshot[]>;
  /** Approvals are only added to: whoever changes their mind decides again. */
  decide(approval: Approval): Promise<void>;
  /** In the order in which they were given. */
  approvals(run: string): Promise<readonly Approval[]>;
}

const ROWS = 5_000;

export function databaseHistory(db: Kysely<Tables>): History {
  return {
    keep: ({ facts, verdicts, findings, catalogue, ...head }) =>
      db.transaction().execute(async (transaction) => {
        const { number } = await transaction
          .insertInto('snapshot')
          .values({ ...head, catalogue: catalogue ?? null, facts: canonicalJson(facts) })
          .returning('number')
          .executeTakeFirstOrThrow();
        for (const rows of slices(verdicts))
          await transaction
            .insertInto('verdict')
            .values(rows.map(({ data, ...row }) => ({ ...row, snapshot: number, data: canonicalJson(data) })))
            .execute();
        for (const rows of slices(findings))
          await transaction
            .insertInto('finding')
            .values(rows.map(({ data, ...row }) => ({ ...row, snapshot: number, data: canonicalJson(data) })))
            .execute();
      }),

    between: async (world, level, from, to) => {
      const heads = await db
        .selectFrom('snapshot')
        .selectAll()
        .where('world', '=', world)
        .where('level', '=', level)
        .where('at', '>=', from)
        .where('at', '<', to)
        .orderBy('at')
        .orderBy('number')
        .execute();
      return Promise.all(heads.map((head) => whole(db, head)));
    },

    decide: async ({ data, ...approval }) => {
      storable('person', approval.person);
      await db
        .insertInto('approval')
        .values({ ...approval, data: canonicalJson(data) })
        .execute();
    },

    approvals: async (run) => {
      const rows = await db.selectFrom('approval').selectAll().where('run', '=', run).orderBy('number').execute();
      return rows.map(({ number: _, data, ...row }) => ({ ...row, data: parseJson(data) }));
    },
  };
}

async function whole(
  db: Kysely<Tables>,
  head: Omit<Snapshot, 'facts' | 'verdicts' | 'findings' | 'catalogue'> & {
    readonly number: number;
    readonly catalogue: string | null;
    readonly facts: string;
  },
): Promise<Snapshot> {
  const verdicts = await db.selectFrom('verdict').selectAll().where('snapshot', '=', head.number).orderBy('metric').execute();
  const findings = await db
    .selectFrom('finding')
    .selectAll()
    .where('snapshot', '=', head.number)
    .orderBy('fingerprint')
    .execute();
  return {
    at: head.at,
    world: head.world,
    level: head.level,
    catalogue: head.catalogue ?? undefined,
    facts: parseJson(head.facts),
    verdicts: verdicts.map(({ snapshot: _, data, ...row }) => ({ ...row, data: parseJson(data) })),
    findings: findings.map(({ snapshot: _, data, ...row }) => ({ ...row, data: parseJson(data) })),
  };
}

function* slices<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < rows.length; i += ROWS) yield rows.slice(i, i + ROWS);
}
