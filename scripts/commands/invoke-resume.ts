/** `holdfast invoke resume`: takes up an invocation where its journal ends. */

import type { JournalEntry } from '../../src/model/journal.ts';
import { memberOf } from '../../src/model/journal.ts';
import type { Surroundings } from '../surroundings.ts';
import { interruption } from './drill.ts';
import { withStore } from './evidence.ts';
import { carriedOut, hears, type InvokeFlags, type InvokeRequest, report, withPlan } from './invoke.ts';
import { openRun } from './invoke-deciding.ts';

export async function invokeResume(run: string, flags: Omit<InvokeFlags, 'by'>, around: Surroundings): Promise<number> {
  const { request, last } = await withStore(flags, around, async (store) => {
    const entries = await openRun(store, run);
    return { request: requestIn(entries), last: entries.at(-1)?.at ?? 0 };
  });
  const there = { ...flags, aws: request.aws, seed: request.seed, by: [] };
  return withPlan(request.plan, request.sources, there, around, async ({ theatre, store, plan }) => {
    const off = interruption();
    const ended = await theatre.hold(last, (stage) =>
      carriedOut(plan, run, request, {
        stage,
        theatre,
        store,
        people: undefined,
        until: undefined,
        signal: off.signal,
        waits: hears(stage, flags, around),
      }),
    );
    off.over();
    return report(ended, flags, around);
  });
}

function requestIn(entries: readonly JournalEntry[]): InvokeRequest {
  // Written by `carriedOut` from a value of this very type.
  return memberOf(entries[0]?.data ?? null, 'request') as unknown as InvokeRequest;
}
