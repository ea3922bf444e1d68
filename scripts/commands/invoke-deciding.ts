/** What people decide about invocations, kept in the store: whoever conducts the run reads it there. */

import { DEACTIVATED, DECLARED } from '../../src/drills/invocation/course.ts';
import { type People, SAYINGS, type Saying, type SayingKind, textIn } from '../../src/drills/invocation/people.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { JournalEntry, Json } from '../../src/model/journal.ts';
import { memberOf } from '../../src/model/journal.ts';
import type { Store } from '../../src/store/store.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Stage } from './drill-theatre.ts';
import { type StoreFlags, withStore } from './evidence.ts';

/** Prefix of the subjects of what is said about invocations, among the approvals of the store. */
const INVOKE = 'invoke';

export function storedPeople({ history }: Pick<Store, 'history'>, { clock }: Pick<Stage, 'clock'>): People {
  return {
    said: async (run) =>
      (await clock.real(history.approvals(run))).flatMap(({ subject, person, at, data }): readonly Saying[] => {
        const kind = SAYINGS.find((s) => subject === `${INVOKE} ${s}`);
        if (kind === undefined) return [];
        const onset = memberOf(data, 'onset');
        return [
          {
            kind,
            about: textIn(data, 'about'),
            by: person,
            at,
            reason: textIn(data, 'reason'),
            onset: typeof onset === 'number' ? onset : undefined,
            stays: memberOf(data, 'stays') === true,
          },
        ];
      }),
  };
}

async function keep(
  { history }: Pick<Store, 'history'>,
  run: string,
  { kind, about, by, at, reason, onset, stays }: Saying,
): Promise<void> {
  await history.decide({
    run,
    at,
    person: by,
    decision: kind === 'refuse' || kind === 'stand-down' ? 'refused' : 'approved',
    subject: `${INVOKE} ${kind}`,
    data: { about, reason, onset: onset ?? null, stays },
  });
}

export const said = (
  store: Pick<Store, 'history'>,
  run: string,
  saying: Saying,
  { clock }: Pick<Stage, 'clock'>,
): Promise<void> => clock.real(keep(store, run, saying));

export const declaration = (by: string, reason: string, onset: number | undefined, at: number): Saying => ({
  kind: 'declare',
  about: '',
  by,
  at,
  reason,
  onset,
  stays: false,
});

export interface DecideFlags extends StoreFlags {
  readonly by: string;
  readonly reason?: string;
  readonly refuse?: boolean;
  readonly asItIs?: boolean;
}

/** `invoke approve | skip | deactivate | stand-down`: `step` is the id of one, as `invoke status` shows it. */
export async function invokeDecide(
  kind: SayingKind,
  run: string,
  step: string,
  flags: DecideFlags,
  around: Surroundings,
): Promise<number> {
  return withStore(flags, around, async (store) => {
    const entries = await openRun(store, run);
    const steps = stepsOf(entries);
    if (step !== '' && !steps.includes(step))
      throw new UsageError('step-unknown', `${run}: expected one of its steps (${steps.join('; ') || 'none'}), found ${step}.`);
    const saying: Saying = {
      kind: flags.refuse === true ? 'refuse' : kind,
      about: step,
      by: flags.by,
      at: Date.now(),
      reason: flags.reason ?? '',
      onset: undefined,
      stays: flags.asItIs === true,
    };
    await keep(store, run, saying);
    around.write(
      `${saying.kind} by ${flags.by}. The controller that holds ${run} hears it; if none does: holdfast invoke resume ${run}\n`,
      undefined,
    );
    return 0;
  });
}

export async function openRun({ journal }: Store, run: string): Promise<readonly JournalEntry[]> {
  const entries = await journal.read(run);
  if (entries[0]?.about !== 'invocation')
    throw new UsageError('run-unknown', `${run}: expected an invocation of the store, found none.`);
  if (entries.at(-1)?.kind === 'ended')
    throw new UsageError('run-ended', `${run}: expected an invocation that is under way, found that it has ended.`);
  return entries;
}

function stepsOf(entries: readonly JournalEntry[]): readonly string[] {
  const steps = memberOf(entries[0]?.data ?? null, 'steps');
  return Array.isArray(steps) ? steps.map((s: Json) => textIn(s, 'id')) : [];
}

/** `invoke status`: where a run stands, by its journal; without a run, those that are open. */
export async function invokeStatus(
  run: string | undefined,
  flags: StoreFlags & { readonly json?: boolean },
  around: Surroundings,
): Promise<number> {
  return withStore(flags, around, async ({ journal }) => {
    const runs = run === undefined ? await journal.open() : [run];
    const lines: string[] = [];
    for (const one of runs) {
      const entries = await journal.read(one);
      if (entries[0]?.about !== 'invocation') {
        if (run !== undefined) throw new UsageError('run-unknown', `${one}: expected an invocation of the store, found none.`);
        continue;
      }
      lines.push(...statusLines(one, entries), '');
    }
    around.write(lines.length === 0 ? 'no invocation is under way\n' : lines.join('\n'), undefined);
    return 0;
  });
}

function statusLines(run: string, entries: readonly JournalEntry[]): readonly string[] {
  const last = entries.at(-1);
  const phase = entries.findLast((e) => e.kind === 'phase')?.about ?? 'assess';
  const heldAt = entries.findLastIndex((e) => e.about === 'held');
  const held = entries[heldAt];
  const says = (about: string): string => textIn(entries.findLast((e) => e.about === about)?.data, 'says') || 'not read yet';
  const decided = (about: string): string => {
    const made = memberOf(entries.find((e) => e.about === about)?.data ?? null, 'made') ?? null;
    const by = memberOf(made, 'by');
    const names = Array.isArray(by) && by.length > 0 ? by.join(' and ') : 'automatically';
    return made === null ? 'no' : `${names}: ${textIn(made, 'reason')}`;
  };
  const steps = stepsOf(entries).map((step) => {
    const outcome = entries.findLast((e) => e.kind === 'outcome' && e.about === step);
    const undone = entries.findLast((e) => e.kind === 'outcome' && e.about === `undo ${step}`);
    const state = (e: JournalEntry | undefined): string => textIn(e?.data, 'result');
    const how = state(undone) === 'done' ? 'returned' : outcome === undefined ? 'not taken' : state(outcome);
    return `  ${how.padEnd(9)} ${step}`;
  });
  return [
    `${run}: ${last?.kind === 'ended' ? `ended, ${last.about}` : phase}`,
    `  criteria  ${says('criteria')}`,
    `  declared  ${decided(DECLARED)}`,
    ...steps,
    `  deactivated  ${decided(DEACTIVATED)}`,
    ...(held === undefined || last?.kind === 'ended' ? [] : [`  waits: ${textIn(held.data, 'says')}`]),
  ];
}
