/** `holdfast invoke`: a plan's criteria against live signals, its declaration, and the run from there to everything being normal. */

import { resolve } from 'node:path';
import { invoke as conduct, type Keep } from '../../src/drills/invocation/conduct.ts';
import type { DecisionMade, Held, InvocationResult, PreparedInvocation } from '../../src/drills/invocation/contract.ts';
import { stateOf } from '../../src/drills/invocation/course.ts';
import { type Evaluation, evaluate, patienceOf } from '../../src/drills/invocation/evaluate.ts';
import { type History, withReading } from '../../src/drills/invocation/history.ts';
import type { People, Saying } from '../../src/drills/invocation/people.ts';
import { prepareInvocation } from '../../src/drills/invocation/prepare.ts';
import { decisionRecord, decisionSubject, recordsOf } from '../../src/drills/invocation/records.ts';
import { asking } from '../../src/drills/kinds/scene.ts';
import { asJson } from '../../src/drills/logbook.ts';
import type { Catalogue, Plan } from '../../src/model/agreement.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Invocation } from '../../src/model/invocation.ts';
import type { Json } from '../../src/model/journal.ts';
import { ANY_MEMBER } from '../../src/model/scope.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { materialsOf } from '../../src/verdicts/material.ts';
import type { Surroundings } from '../surroundings.ts';
import { type DrillFlags, holderOf, interruption, requesterOf, withTheatre } from './drill.ts';
import type { Stage, Theatre } from './drill-theatre.ts';
import { placeOf, type StoreFlags } from './evidence.ts';
import { declaration, said, storedPeople } from './invoke-deciding.ts';
import { actors, type Lost, losing } from './invoke-exercise.ts';
import { type LiveInvokeFlags, liveTheatre } from './invoke-live.ts';
import { assessmentText, invocationText } from './invoke-text.ts';
import { catalogueFor, read, sourcesOf } from './judging.ts';

export interface InvokeFlags extends DrillFlags, Omit<LiveInvokeFlags, 'change' | keyof DrillFlags> {
  readonly json?: boolean;
  readonly assess?: boolean;
  readonly watch?: boolean;
  readonly declare?: boolean;
  readonly by: readonly string[];
  readonly reason?: string;
  readonly onset?: string;
  readonly change?: string;
  /** In simulated AWS: what is lost while the plan is exercised. */
  readonly lose?: string;
}

export type Invocable = Plan & { readonly invocation: Invocation };

/** What the first entry of a run keeps of how it was asked for. */
export interface InvokeRequest {
  readonly plan: string;
  readonly requester: string;
  readonly change: string | undefined;
  readonly aws: string;
  readonly sources: readonly string[];
  readonly seed: number;
}

export const INVOCATION_VERSION = 1;

/** Assessed: 0 not met, 1 the criteria hold, 3 cannot be told. Invoked: 0 it has ended, 1 it did not recover, 3 it waits for somebody. */
export async function invoke(
  wanted: string,
  named: readonly string[],
  flags: InvokeFlags,
  around: Surroundings,
): Promise<number> {
  if (flags.declare === true && (flags.by.length === 0 || (flags.reason ?? '').trim() === ''))
    throw new UsageError('who-declares', 'expected who declares it and why: --declare --by NAME --reason TEXT.');
  if (flags.lose !== undefined && flags.aws !== 'simulator')
    throw new UsageError('nothing-is-lost', '--lose: an invocation disrupts nothing; only --aws simulator plays a loss.');
  return withPlan(wanted, named, flags, around, async ({ theatre, store, plan, sources }) => {
    const lost = flags.lose === undefined ? undefined : losing(flags.lose, theatre);
    if (flags.assess === true) return theatre.hold(0, async (stage) => assessed(plan, lost, stage, theatre, flags, around));
    const off = interruption();
    const request: InvokeRequest = {
      plan: plan.id,
      requester: requesterOf(flags),
      change: flags.change,
      aws: flags.aws,
      sources,
      seed: flags.seed,
    };
    const ended = await theatre.hold(0, async (stage) => {
      const run = `${plan.id}/${new Date(stage.clock.now()).toISOString().replace(/[-:.]/g, '')}`;
      if (flags.declare === true)
        for (const by of flags.by)
          await said(store, run, declaration(by, flags.reason ?? '', onsetOf(flags), stage.clock.now()), stage);
      const story = lost?.play(stage, run);
      // Nobody else is in a world of one's own: those who are named are there, and act at once.
      const people = stage.outlives ? undefined : actors(flags.by, flags.reason, run, stage);
      try {
        return await carriedOut(plan, run, request, {
          stage,
          theatre,
          store,
          people,
          until: story?.until,
          signal: off.signal,
          waits: hears(stage, flags, around),
        });
      } finally {
        story?.over();
      }
    });
    off.over();
    return report(ended, flags, around);
  });
}

interface PlanOpened {
  readonly theatre: Theatre;
  readonly store: Store;
  readonly plan: Invocable;
  readonly sources: readonly string[];
}

export async function withPlan<T>(
  wanted: string,
  named: readonly string[],
  flags: InvokeFlags,
  around: Surroundings,
  use: (opened: PlanOpened) => Promise<T>,
): Promise<T> {
  if (flags.aws !== 'live')
    return withTheatre(named, flags, around, async ({ theatre, store, catalogue, sources }) =>
      use({ theatre, store, plan: planOf(wanted, catalogue), sources }),
    );
  const catalogue = await catalogueFor(named, flags, around);
  if (catalogue === undefined)
    throw new UsageError(
      'no-catalogue',
      'expected a catalogue (holdfast.yaml) with the plan, found none. Name it with --catalog.',
    );
  const plan = planOf(wanted, catalogue);
  const sources = (named.length > 0 ? named : sourcesOf(catalogue)).map((s) => (s === '-' ? s : resolve(s)));
  const readings = await read(sources, flags, around);
  const { store: whereabouts } = placeOf(flags, around);
  const store = await openStore(whereabouts);
  try {
    const requester = requesterOf(flags);
    const settings = { plan, flags, catalogue, readings, store, whereabouts, requester, around, env: process.env };
    return await use({ theatre: await liveTheatre(settings), store, plan, sources });
  } finally {
    await store.close();
  }
}

export function planOf(wanted: string, { plans, file }: Catalogue): Invocable {
  const able = plans.filter((p): p is Invocable => p.invocation !== undefined);
  const plan = able.find((p) => p.id === wanted);
  if (plan === undefined)
    throw new UsageError(
      'plan-unknown',
      `expected a plan of ${file} that says when it is invoked (${able.map((p) => p.id).join(', ') || 'none does: add invocation to a plan'}), found ${wanted}.`,
    );
  return plan;
}

function onsetOf({ onset }: InvokeFlags): number | undefined {
  if (onset === undefined) return undefined;
  const at = Date.parse(onset);
  if (Number.isNaN(at))
    throw new UsageError('onset-unreadable', `--onset: expected a time such as 2026-11-23T06:50:00Z, found ${onset}.`);
  return at;
}

async function assessed(
  plan: Invocable,
  lost: Lost | undefined,
  stage: Stage,
  theatre: Theatre,
  flags: InvokeFlags,
  around: Surroundings,
): Promise<number> {
  const { clock } = stage;
  const { criteria, signals } = plan.invocation;
  const story = lost?.play(stage, 'assess');
  const prepared = prepareInvocation(plan, 'assess', stage.ground);
  const ids = signals.map((s) => s.id);
  // Long enough to see whether they hold for their time, and for a loss to show.
  const until = clock.now() + (flags.watch === true ? Math.max((criteria.for + criteria.every) * 1000, story?.shows ?? 0) : 0);
  let history: History = [];
  let evaluation: Evaluation;
  for (;;) {
    const at = clock.now();
    history = withReading(history, at, await prepared.read(), patienceOf(criteria));
    evaluation = evaluate(criteria, ids, history, at);
    around.progress(evaluation.says);
    if (stateOf(evaluation.holds) === 'yes' || at >= until) break;
    await clock.sleep(criteria.every * 1000);
  }
  story?.over();
  const holds = stateOf(evaluation.holds);
  const document = {
    schemaVersion: INVOCATION_VERSION,
    command: 'invoke',
    world: theatre.world,
    plan: plan.id,
    holds,
    says: evaluation.says,
    guard: { needed: evaluation.guard.needed, seen: evaluation.guard.seen },
    signals: evaluation.perSignal.map((s) => ({
      id: s.id,
      shows: stateOf(s.now),
      steady: stateOf(s.steady),
      since: s.since === undefined ? null : new Date(s.since).toISOString(),
      vantage: s.vantage,
      says: s.says,
    })),
    steps: prepared.steps.map(({ actuator }) => ({ id: actuator.id, does: actuator.describe() })),
    notTaken: prepared.notTaken,
    blind: prepared.blind,
  };
  around.write(flags.json === true ? `${JSON.stringify(document, undefined, 2)}\n` : assessmentText(document), flags.out);
  return { no: 0, yes: 1, unknown: 3 }[holds];
}

export interface Carrying {
  readonly stage: Stage;
  readonly theatre: Theatre;
  readonly store: Store;
  /** Who is there in a world of one's own; undefined: those who write to the store. */
  readonly people: People | undefined;
  readonly until: number | undefined;
  readonly signal: AbortSignal;
  readonly waits: boolean;
}

/** An embedded store has one process: what others decide arrives once this one has ended. */
export const hears = ({ outlives }: Stage, flags: StoreFlags, around: Surroundings): boolean =>
  !outlives || 'url' in placeOf(flags, around).store;

export interface CarriedOut {
  readonly plan: PreparedInvocation;
  readonly outcome: InvocationResult | Held;
  readonly steps: readonly string[];
}

export async function carriedOut(
  plan: Invocable,
  run: string,
  request: InvokeRequest,
  { stage, theatre, store, people, until, signal, waits }: Carrying,
): Promise<CarriedOut> {
  const prepared = prepareInvocation(plan, run, stage.ground);
  const outcome = await conduct(prepared, {
    journal: stage.journal,
    holder: holderOf(),
    lease: stage.lease,
    fence: stage.fence,
    people: both(people, storedPeople(store, stage)),
    request: asJson({ ...request }),
    signal,
    waits,
    ...(until === undefined ? {} : { until }),
    keep: keeping(prepared, request, stage, theatre, store),
  });
  return { plan: prepared, outcome, steps: prepared.steps.map((s) => s.actuator.id) };
}

const both = (there: People | undefined, stored: People): People => ({
  said: async (run): Promise<readonly Saying[]> => [...(await stored.said(run)), ...((await there?.said(run)) ?? [])],
});

function keeping(plan: PreparedInvocation, request: InvokeRequest, stage: Stage, theatre: Theatre, store: Store): Keep {
  const { world, judgement, declared } = theatre;
  const once = async (kind: 'decision' | 'drill-result', subject: string, at: number, body: Json): Promise<void> => {
    await stage.clock.real(store.evidence.once({ kind, world, at, subject, body }));
  };
  const decision = (name: Parameters<typeof decisionRecord>[0]) => (made: DecisionMade) =>
    once('decision', decisionSubject(plan.run, name), made.at, decisionRecord(name, plan, made));
  return {
    declared: decision('invocation-declared'),
    deactivated: decision('invocation-deactivated'),
    recovered: async (result) => {
      const records = recordsOf(plan, result, {
        judgement,
        materialOf: (metrics) => materialsOf(declared, metrics),
        membersOf: (service) => {
          const member = { scope: plan.invocation.scope, name: ANY_MEMBER };
          const all = judgement.membersOf(asking({ service, place: plan.invocation.place }, member));
          return theatre.membersIn(all).map((m) => m.name);
        },
        requester: request.requester,
        change: request.change,
      });
      for (const record of records)
        await once('drill-result', record.result.run, result.marks.t5 ?? result.marks.t2 ?? stage.clock.now(), asJson(record));
    },
  };
}

export function report(
  { plan, outcome, steps }: CarriedOut,
  flags: Pick<InvokeFlags, 'json' | 'out'>,
  around: Surroundings,
): number {
  const document = {
    schemaVersion: INVOCATION_VERSION,
    command: 'invoke',
    world: plan.world,
    steps,
    notTaken: plan.notTaken,
    blind: plan.blind,
    outcome,
  };
  around.write(flags.json === true ? `${JSON.stringify(document, undefined, 2)}\n` : invocationText(document), flags.out);
  if (outcome.status === 'held') return 3;
  return outcome.status === 'stood-down' || outcome.marks.t5 !== undefined ? 0 : 1;
}
