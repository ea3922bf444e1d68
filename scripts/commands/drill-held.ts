/** When drills were last held, by the evidence in the store, and when they are due again. */
import * as z from 'zod';
import type { DrillSpec } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { World } from '../../src/model/resource.ts';
import { openStore } from '../../src/store/store.ts';
import { isThere } from '../../src/store/whereabouts.ts';
import type { Surroundings } from '../surroundings.ts';
import { placeOf, type StoreFlags } from './evidence.ts';

/** One run of a drill. */
export interface Held {
  readonly drill: string;
  readonly run: string;
  readonly member: string;
  readonly world: World;
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is read of a `DrillRecord` here. */
const recordSchema = z.object({
  drill: z.object({ id: z.string() }),
  result: z.object({ member: z.string(), status: z.string() }),
});

/**
 * Every run in the store, oldest first, and what is wrong with it in one line each. None without a store: whoever only looks makes
 * none. A store whose chain is broken is believed in nothing.
 */
export async function heldRuns(
  flags: StoreFlags,
  around: Surroundings,
): Promise<{ readonly held: readonly Held[]; readonly problems: readonly string[] }> {
  const { store: where, home } = placeOf(flags, around);
  if (!isThere(where)) {
    if (flags.store === undefined) return { held: [], problems: [] };
    throw new UsageError(
      'store-missing',
      `${home}: expected a store of evidence, found none. Leave --store out, or name another.`,
    );
  }
  const store = await openStore(where);
  try {
    const { broken } = await store.evidence.verify();
    if (broken !== undefined)
      return {
        held: [],
        problems: ['the chain of evidence is broken, so no date of it is shown: holdfast evidence verify tells where'],
      };
    const held: Held[] = [];
    const problems: string[] = [];
    for await (const { kind, body, subject, world, at, sequence } of store.evidence.read()) {
      if (kind !== 'drill-result') continue;
      const parsed = recordSchema.safeParse(body);
      if (parsed.success) held.push({ drill: parsed.data.drill.id, run: subject, world, at, ...parsed.data.result });
      else
        problems.push(`record ${sequence} (${subject}) is of another version of Holdfast: when its drill was held is not shown`);
    }
    return { held, problems };
  } finally {
    await store.close();
  }
}

export interface Due {
  /** The newest run that disrupted something on real AWS, or in which people sat at the table. */
  readonly live: Held | undefined;
  /** The newest in simulated AWS: shown, and counted for nothing. */
  readonly rehearsed: Held | undefined;
  /** YYYY-MM-DD; undefined: it is not due by itself. */
  readonly due: string | undefined;
  readonly overdue: boolean;
}

/** Runs after which nothing can be said, and which therefore put nothing off. */
const VOID: ReadonlySet<string> = new Set(['refused', 'aborted', 'failed', 'interrupted']);

/** `today`: YYYY-MM-DD. A drill that was never held is due at once. */
export function dueOf(drill: DrillSpec, held: readonly Held[], today: string): Due {
  const own = held.filter((h) => h.drill === drill.id);
  const newest = (runs: readonly Held[]): Held | undefined => [...runs].sort((a, b) => a.at - b.at).at(-1);
  const live = newest(own.filter((h) => h.world === 'live'));
  const valid = newest(own.filter((h) => h.world === 'live' && !VOID.has(h.status)));
  const next = valid === undefined ? today : dayOf(valid.at + (drill.every ?? 0) * 86_400_000);
  const due = drill.every === undefined ? undefined : next;
  return {
    live,
    rehearsed: newest(own.filter((h) => h.world === 'simulated')),
    due,
    overdue: due !== undefined && (valid === undefined || due < today),
  };
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
