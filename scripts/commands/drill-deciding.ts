/** `holdfast drill approve` and `drill abort`: what people decide about drills and runs, kept in the store. */
import { UsageError } from '../../src/model/errors.ts';
import type { Approval, History } from '../../src/store/history.ts';
import { openStore } from '../../src/store/store.ts';
import type { Surroundings } from '../surroundings.ts';
import { type DrillFlags, heldPlan, plannedOf, withTheatre } from './drill.ts';
import { ABORTED, approvalsOf, requestOf } from './drill-conducting.ts';
import { dryRun, dryText } from './drill-dry-run.ts';
import { KILL_SWITCH } from './drill-live.ts';
import { placeOf, type StoreFlags, withStore } from './evidence.ts';

export interface DrillApproveFlags extends DrillFlags {
  readonly by: string;
  readonly refuse?: boolean;
  readonly member?: string;
}

export interface DrillAbortFlags extends StoreFlags {
  readonly by: string;
  readonly reason?: string;
}

/** What is approved is the drill as it would be held now: change a word of it, and it must be approved again. */
export async function drillApprove(
  wanted: string,
  named: readonly string[],
  flags: DrillApproveFlags,
  around: Surroundings,
): Promise<number> {
  return withTheatre(named, flags, around, async ({ theatre, store, catalogue }) => {
    const request = requestOf(await store.journal.read(wanted));
    if (request !== undefined) {
      await decide(store.history, request.drill.id, request.drillHash, flags, around, Date.now());
      return 0;
    }
    for (const plan of plannedOf(wanted, catalogue, theatre, flags)) {
      const shown = await theatre.hold(
        0,
        async (stage) => ({ run: await dryRun(plan.drill, plan.member, stage), at: stage.clock.now() }),
        heldPlan(plan),
      );
      if (shown.run === undefined) continue;
      around.write(dryText({ world: theatre.world, runs: [shown.run], notes: [], next: [] }), undefined);
      await decide(store.history, plan.drill.id, shown.run.drillHash, flags, around, shown.at);
    }
    return 0;
  });
}

async function decide(
  history: History,
  drill: string,
  hash: string,
  flags: DrillApproveFlags,
  around: Surroundings,
  at: number,
): Promise<void> {
  const decision: Approval['decision'] = flags.refuse === true ? 'refused' : 'approved';
  await history.decide({ run: approvalsOf(drill), at, person: flags.by, decision, subject: hash, data: null });
  around.write(`${decision} by ${flags.by}: ${hash}\n`, undefined);
}

export interface KillSwitchFlags extends StoreFlags {
  readonly by: string;
}

/** Engaged, it stops every drill on real AWS that asks this store (--kill-switch store), and lets none begin. */
export async function drillKillSwitch(to: string, flags: KillSwitchFlags, around: Surroundings): Promise<number> {
  if (to !== 'on' && to !== 'off') throw new UsageError('kill-switch', `expected on or off, found ${to}.`);
  const store = await openStore(placeOf(flags, around).store);
  try {
    const decision: Approval['decision'] = to === 'off' ? 'approved' : 'refused';
    await store.history.decide({
      run: KILL_SWITCH,
      at: Date.now(),
      person: flags.by,
      decision,
      subject: KILL_SWITCH,
      data: null,
    });
  } finally {
    await store.close();
  }
  around.write(`kill switch ${to}, by ${flags.by}\n`, undefined);
  return 0;
}

/** Its controller looks three times a lease; one that takes the run up looks first. */
export async function drillAbort(run: string, flags: DrillAbortFlags, around: Surroundings): Promise<number> {
  return withStore(flags, around, async ({ journal, history }) => {
    const entries = await journal.read(run);
    if (entries.length === 0)
      throw new UsageError('run-unknown', `${run}: expected a run of the store, found none. holdfast drill list shows them.`);
    if (entries.at(-1)?.kind === 'ended')
      throw new UsageError('run-ended', `${run}: expected a run that is under way, found that it has ended.`);
    const data = flags.reason === undefined ? null : { reason: flags.reason };
    await history.decide({ run, at: Date.now(), person: flags.by, decision: 'refused', subject: ABORTED, data });
    around.write(
      `${run} is called off. The controller that holds it rolls it back; if it is dead: holdfast drill resume ${run}\n`,
      undefined,
    );
    return 0;
  });
}
