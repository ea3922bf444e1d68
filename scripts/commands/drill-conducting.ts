/** One run of a drill: prepared, conducted, and kept as evidence. */

import type { Actuator, PreparedDrill } from '../../src/drills/contract.ts';
import { conduct } from '../../src/drills/engine.ts';
import { drillHash } from '../../src/drills/hash.ts';
import { asJson } from '../../src/drills/logbook.ts';
import { type Held, observationsOf } from '../../src/drills/observe.ts';
import { type Prepared, prepare } from '../../src/drills/prepare.ts';
import { DRILL_RECORD_VERSION, type DrillRecord } from '../../src/drills/record.ts';
import { type DrillResult, MEASURED } from '../../src/drills/result.ts';
import { tokenOf } from '../../src/drills/steps.ts';
import { tape } from '../../src/drills/tape.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { JournalEntry, Json } from '../../src/model/journal.ts';
import { memberOf } from '../../src/model/journal.ts';
import type { Member } from '../../src/model/scope.ts';
import type { Approval, History } from '../../src/store/history.ts';
import type { Store } from '../../src/store/store.ts';
import type { Observation } from '../../src/verdicts/kpi5.ts';
import { materialsOf } from '../../src/verdicts/material.ts';
import type { WorldClock } from './drill-journal.ts';
import type { Table } from './drill-table.ts';
import type { Stage, Theatre } from './drill-theatre.ts';

/** What was asked for, as the first entry of the journal keeps it: whoever resumes the run knows it by this. */
export interface Request {
  readonly drill: DrillSpec;
  /** As the world names it. */
  readonly member: Member;
  /** Everything that the scope stood for, by the world's names. */
  readonly members: readonly string[];
  readonly requester: string;
  readonly change: string | undefined;
  /** Where it is held: `simulator`, `live`, or the URL of a simulated AWS. */
  readonly aws: string;
  readonly sources: readonly string[];
  readonly seed: number;
}

/** A request as it was created: with the hash of what was shown, and what it was prepared from. */
export interface Created extends Request {
  readonly drillHash: string;
  readonly seen: Json;
}

export interface Conducted extends Held {
  readonly run: string;
  readonly drillHash: string;
  readonly observations: readonly Observation[];
}

export interface Conducting {
  readonly theatre: Theatre;
  readonly store: Store;
  /** Names this controller. */
  readonly holder: string;
  readonly signal?: AbortSignal;
  /** Where people answer a table-top. */
  readonly table?: ((clock: WorldClock) => Table) | undefined;
}

/** Subject of the entry in the store's approvals that calls a run off. */
export const ABORTED = 'abort';

/** Where approvals of a drill are kept that has no run yet. */
export const approvalsOf = (drill: string): string => `drill ${drill}`;

/** Undefined: nothing of the service is of the drill's kind. */
export async function conducted(
  run: string,
  request: Request,
  stage: Stage,
  { theatre, store, holder, signal, table }: Conducting,
): Promise<Conducted | undefined> {
  const { drill, member: lost } = request;
  const { clock, ground } = stage;
  const others = async (): Promise<readonly string[]> => (await ground.others()).filter((other) => other !== run);
  const before = await stage.journal.read(run);
  const begun = memberOf(before[0]?.data ?? null, 'world');
  if (begun !== undefined && begun !== ground.world)
    throw new UsageError(
      'other-world',
      `${run}: expected the world in which it was begun (${JSON.stringify(begun)}), found ${ground.world}.`,
    );
  const seat = table === undefined ? {} : { table: table(clock) };
  const taped = tape({ ...ground, ...seat, others }, requestOf(before)?.seen ?? null);
  const prepared = await prepare(drill, lost, run, taped.ground);
  taped.stop();
  if (prepared === undefined) return undefined;
  if (before.length === 0) await stage.warm(prepared.canaries, prepared.drill.scope === 'data');
  const hash = hashOf(drill, lost, prepared);
  const approvals = await clock.real(store.history.approvals(approvalsOf(drill.id)));
  const told = (result: DrillResult, entries: readonly JournalEntry[]): Omit<Conducted, 'run' | 'drillHash'> => {
    const { people, notTaken, canaries } = prepared;
    const blind = canaries.length > 0 && changedHands(entries) ? [...prepared.blind, FORGOTTEN] : prepared.blind;
    const held: Held = { spec: drill, result, entries, people, blind, notTaken };
    return { ...held, observations: observationsOf(held, theatre.judgement) };
  };
  const whole = withForgotten(prepared.drill, before);
  const result = await conduct(stage.guarded?.(whole, hash) ?? ending(whole, stage), {
    journal: stage.journal,
    holder,
    lease: stage.lease,
    fence: stage.fence,
    request: asJson({ ...request, drillHash: hash, seen: taped.seen() }),
    ...(signal === undefined ? {} : { signal }),
    calledOff: () => clock.real(calledOff(store.history, run)),
    keep: async (end, entries) => {
      const { people, blind, notTaken, observations } = told(end, entries);
      const record: DrillRecord = {
        version: DRILL_RECORD_VERSION,
        drill: {
          id: drill.id,
          title: drill.title,
          kind: drill.kind,
          service: drill.service,
          controls: drill.controls,
          participants: drill.participants,
        },
        drillHash: hash,
        result: end,
        observations,
        ...materialsOf(theatre.declared, [...new Set(observations.map((o) => o.metric))]),
        members: request.members,
        people,
        blind,
        notTaken,
        requester: request.requester,
        approvers: approversOf(approvals, hash),
        change: request.change,
      };
      const kept = { kind: 'drill-result', world: theatre.world, at: clock.now(), subject: run, body: asJson(record) } as const;
      await clock.real(store.evidence.once(kept));
    },
  });
  return { run, drillHash: hash, ...told(result, await stage.journal.read(run)) };
}

/** What a dead controller had written to stores is known to nobody: nothing may be concluded from its being there or not. */
const FORGOTTEN = 'canary writes of a controller that died cannot be followed';

/** Did another controller count the writes than the one that was there at the onset? */
function changedHands(entries: readonly JournalEntry[]): boolean {
  const onset = entries.find((e) => e.kind === 'mark' && e.about === 't0');
  const counted = entries.find((e) => e.kind === 'outcome' && e.about === MEASURED) ?? entries.at(-1);
  return onset !== undefined && onset.epoch !== counted?.epoch;
}

/** A world that died with its controller has nothing left to go on with. */
const ending = (drill: PreparedDrill, { outlives }: Stage): PreparedDrill =>
  outlives ? drill : { ...drill, afterCrash: 'roll-back' };

/** What an earlier controller began, and is no step of the drill any more: it is there, and this one cannot undo it. */
function withForgotten(drill: PreparedDrill, entries: readonly JournalEntry[]): PreparedDrill {
  const undone = new Set(
    entries.flatMap((e) => (e.kind === 'outcome' && memberOf(e.data, 'result') === 'done' ? [e.token ?? ''] : [])),
  );
  const forgotten = (phase: 'disrupt' | 'recover'): readonly Actuator[] => {
    const known = new Set(drill[phase].map((step) => tokenOf(drill.run, phase, step)));
    return entries
      .filter((e) => e.kind === 'intent' && e.token === `${drill.run}/${phase}/${e.about}`)
      .filter(({ token = '' }) => !known.has(token) && !undone.has(`${token}#undo`))
      .map(({ about }) => nobodyKnows(about));
  };
  return { ...drill, disrupt: [...drill.disrupt, ...forgotten('disrupt')], recover: [...drill.recover, ...forgotten('recover')] };
}

function nobodyKnows(id: string): Actuator {
  const says = `${id}: was begun, and what stands there now has no such step: undo it by hand, or resume the run once it is as it was`;
  const fails = (): Promise<never> => Promise.reject(new Error(says));
  return { id, describe: () => null, act: fails, outcome: async () => 'unknown', compensate: fails, left: async () => [says] };
}

export const hashOf = (drill: DrillSpec, member: Member, { drill: { disrupt, recover } }: Prepared): string =>
  drillHash(
    drill,
    [member],
    [...disrupt, ...recover].map((a) => ({ id: a.id, does: a.describe() })),
  );

async function calledOff(history: History, run: string): Promise<string | undefined> {
  const decided = (await history.approvals(run)).find((a) => a.subject === ABORTED);
  return decided === undefined ? undefined : `called off by ${decided.person}`;
}

/** Who approves of exactly this, by what each said last. */
export function approversOf(approvals: readonly Approval[], hash: string): readonly string[] {
  const last = new Map(approvals.filter((a) => a.subject === hash).map((a) => [a.person, a.decision]));
  return [...last].filter(([, decision]) => decision === 'approved').map(([person]) => person);
}

/** What the first entry of a run says; undefined: it is no run of `drill run`. */
export function requestOf(entries: readonly JournalEntry[]): Created | undefined {
  const data: Json | undefined = entries[0]?.data;
  if (typeof data !== 'object' || data === null || !('request' in data)) return undefined;
  const { request } = data;
  if (typeof request !== 'object' || request === null || !('drill' in request) || !('member' in request)) return undefined;
  // Written by `conducted` from a value of this very type; what is undefined there is left out here.
  return request as unknown as Created;
}
