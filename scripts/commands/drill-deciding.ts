/** `holdfast drill approve` and `drill abort`: what people decide about drills and runs, kept in the store. */
import { prepare } from '../../src/drills/prepare.ts';
import { UsageError } from '../../src/model/errors.ts';
import { memberLabel } from '../../src/model/scope.ts';
import type { Approval, History } from '../../src/store/history.ts';
import type { Surroundings } from '../surroundings.ts';
import { type DrillFlags, drillsOf, membersHere, withTheatre } from './drill.ts';
import { ABORTED, approvalsOf, hashOf, requestOf } from './drill-conducting.ts';
import { type StoreFlags, withStore } from './evidence.ts';

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
      await decide(store.history, request.drill.id, request.drillHash, flags, around);
      return 0;
    }
    for (const drill of drillsOf(wanted, catalogue, theatre.judgement)) {
      const members = membersHere(drill, theatre).filter((m) => flags.member === undefined || m.name === flags.member);
      for (const member of members) {
        const run = (): string => `${drill.id}/${member.name}`;
        const hash = await theatre.hold(
          0,
          async ({ ground }) => {
            const prepared = await prepare(drill, member, run(), ground);
            return prepared === undefined ? undefined : hashOf(drill, member, prepared);
          },
          { drill, member, run, began: undefined },
        );
        if (hash === undefined) continue;
        around.write(`${drill.id}: ${memberLabel(member)}\n`, undefined);
        await decide(store.history, drill.id, hash, flags, around);
      }
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
): Promise<void> {
  const decision: Approval['decision'] = flags.refuse === true ? 'refused' : 'approved';
  await history.decide({ run: approvalsOf(drill), at: Date.now(), person: flags.by, decision, subject: hash, data: null });
  around.write(`${decision} by ${flags.by}: ${hash}\n`, undefined);
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
