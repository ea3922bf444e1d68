/**
 * Conducts one drill: preconditions, steady state, disrupt, recover, validate, rollback, re-check, nothing left. It knows the drill
 * by its journal: whoever opens the run next goes on from what is written there, and from nothing else.
 */
import { UsageError } from '../model/errors.ts';
import type { Journal, JournalEntry, Json } from '../model/journal.ts';
import type { PreparedDrill } from './contract.ts';
import { courseOf } from './course.ts';
import type { Fence } from './fence.ts';
import { forward } from './forward.ts';
import { asJson, JournalLost, type Logbook, openLogbook } from './logbook.ts';
import { type DrillResult, keptAt, marksOf } from './result.ts';
import { rolledBack } from './rollback.ts';
import { isDisrupted, type Outcome, outcomeOf, standingResult } from './standing.ts';

export interface ConductOptions {
  readonly journal: Journal;
  /** Names this controller in leases. */
  readonly holder: string;
  /** Milliseconds that a lease holds. Default: 30 s. */
  readonly lease?: number;
  /** Who asked for it, on what approval; kept in the journal's first entry. */
  readonly request?: Json;
  /** Aborting it calls the drill off: it is rolled back. */
  readonly signal?: AbortSignal;
  /** Asked at the start and three times a lease: why somebody called the drill off; undefined: nobody did. */
  readonly calledOff?: () => Promise<string | undefined>;
  /** Closed to this controller whenever it may not act. */
  readonly fence?: Fence;
  /**
   * Keeps the result, which stands from now on, before the run ends. What it throws leaves the run open: whoever conducts it next
   * calls it again with the same result and no fewer entries.
   */
  readonly keep?: (result: DrillResult, entries: readonly JournalEntry[]) => Promise<void>;
}

const LEASE = 30_000;

/**
 * Runs the drill, or takes it up where its journal ends. Throws `LeaseLost` or `JournalLost` when this controller may not act any
 * more (the run stays open, nothing further is done), and `UsageError` when another one holds the run. A result with `left` means
 * that rollback was refused: the run stays open too, and conducting it again tries again.
 */
export async function conduct(drill: PreparedDrill, options: ConductOptions): Promise<DrillResult> {
  const { clock, run } = drill;
  const { journal, holder, lease = LEASE, fence } = options;
  const log = await openLogbook({ journal, run, holder, lease, clock });
  if (log === undefined)
    throw new UsageError(
      'drill-held',
      `drill ${run}: another controller holds it. Wait until its lease ends, or call it off with holdfast drill abort.`,
    );
  fence?.open(log);
  try {
    const standing = standingResult(log.entries);
    if (log.entries.at(-1)?.kind === 'ended' && standing !== undefined) return standing;
    const result = standing ?? (await conducted(drill, log, { ...options, lease }));
    if (result.left.length > 0) return result;
    await keep(log, result, options);
    await log.write({ kind: 'ended', about: result.status, data: asJson(result) });
    return result;
  } finally {
    fence?.close();
    await log.close();
  }
}

async function conducted(drill: PreparedDrill, log: Logbook, options: ConductOptions & { readonly lease: number }) {
  const course = courseOf(drill, log);
  if (log.entries.length === 0) await log.write({ kind: 'created', about: drill.kind, data: creation(drill, options.request) });
  const { t0 } = marksOf(log.entries);
  if (t0 !== undefined) drill.resumed?.(t0, keptAt('t0', log.entries));
  const every = options.lease / 3;
  const outcome = outcomeOf(log.entries) ?? interrupted(drill, log) ?? (await forward(course, { ...options, every }));
  return rolledBack(course, outcome);
}

function interrupted({ afterCrash }: PreparedDrill, { entries }: Logbook): Outcome | undefined {
  return isDisrupted(entries) && afterCrash !== 'continue'
    ? { status: 'interrupted', reason: 'its controller died while it was under way' }
    : undefined;
}

async function keep(log: Logbook, result: DrillResult, options: ConductOptions): Promise<void> {
  try {
    await options.keep?.(result, log.entries);
  } catch (error) {
    throw new JournalLost(result.run, error);
  }
}

const creation = ({ service, scope, member, world, limit, disrupt, recover }: PreparedDrill, request: Json | undefined): Json =>
  asJson({
    service,
    scope,
    member,
    world,
    limit,
    request: request ?? null,
    disrupt: disrupt.map((a) => ({ id: a.id, does: a.describe() })),
    recover: recover.map((a) => ({ id: a.id, does: a.describe() })),
  });
