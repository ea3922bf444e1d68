/**
 * Conducts one invocation: assess, decide, act, validate, active, deactivate, return to normal, ended. Nothing is ever disrupted. It
 * knows the invocation by its journal: whoever opens the run next goes on from what is written there, and from nothing else.
 */
import { UsageError } from '../../model/errors.ts';
import type { Journal, Json } from '../../model/journal.ts';
import type { Fence } from '../fence.ts';
import { asJson, JournalLost, type Logbook, openLogbook } from '../logbook.ts';
import { observed, watch } from '../watch.ts';
import { act, validate } from './act.ts';
import { assess } from './assess.ts';
import type { DecisionMade, Held, InvocationResult, PreparedInvocation } from './contract.ts';
import { begunSteps, type Course, courseOf, DEACTIVATED, DECLARED, decisionIn, Pause } from './course.ts';
import { deactivate, leftBy, returnToNormal, staysIn } from './normal.ts';
import type { People } from './people.ts';
import { resultOf } from './result.ts';

/** What is kept as evidence while the run goes on. Each is kept again by whoever takes the run up, with the same content. */
export interface Keep {
  readonly declared: (decision: DecisionMade) => Promise<void>;
  readonly deactivated: (decision: DecisionMade) => Promise<void>;
  /** How the service came back: once that stands, and at the end at the latest. */
  readonly recovered: (result: InvocationResult) => Promise<void>;
}

export interface InvokeOptions {
  readonly journal: Journal;
  readonly holder: string;
  readonly people: People;
  /** Milliseconds that a lease holds. Default: 30 s. */
  readonly lease?: number;
  /** Who asked for it, and under which change. */
  readonly request?: Json;
  /** Stops this controller: while it is assessed the invocation stands down, later the run stays open. */
  readonly signal?: AbortSignal;
  /** False: returns `held` instead of waiting for people. */
  readonly waits?: boolean;
  /** Milliseconds since the epoch after which nobody assesses any more. */
  readonly until?: number;
  readonly fence?: Fence;
  readonly keep?: Keep;
}

const LEASE = 30_000;

/**
 * Throws `LeaseLost` or `JournalLost` when this controller may not act any more, and `UsageError` when another one holds the run.
 * What is held stays open: conducting it again goes on.
 */
export async function invoke(plan: PreparedInvocation, options: InvokeOptions): Promise<InvocationResult | Held> {
  const { clock, run } = plan;
  const { journal, holder, lease = LEASE, fence, signal } = options;
  const log = await openLogbook({ journal, run, holder, lease, clock });
  if (log === undefined)
    throw new UsageError('invocation-held', `invocation ${run}: another controller holds it. Wait until its lease ends.`);
  fence?.open(log);
  const stopped = new AbortController();
  const stop = (): void => stopped.abort(new Error('stopped'));
  for (const one of [log.lost, signal]) one?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    const standing = log.entries.find((e) => e.kind === 'ended');
    // Written here from a value of this very type.
    if (standing !== undefined) return standing.data as unknown as InvocationResult;
    return await conducted(plan, log, stopped.signal, options);
  } catch (error) {
    if (!(error instanceof Pause)) throw error;
    if (log.lost.aborted) throw log.lost.reason;
    const last = log.entries.findLast((e) => e.about === HELD);
    const data = { phase: error.phase, says: error.message };
    if (JSON.stringify(last?.data) !== JSON.stringify(data)) await log.write({ kind: 'observation', about: HELD, data });
    return { status: 'held', run, phase: error.phase, reason: error.message };
  } finally {
    fence?.close();
    await log.close();
  }
}

const HELD = 'held';

async function conducted(
  plan: PreparedInvocation,
  log: Logbook,
  signal: AbortSignal,
  options: InvokeOptions,
): Promise<InvocationResult> {
  const { people, waits = true, until, keep } = options;
  const course = courseOf({ plan, log, people, signal, waits });
  if (log.entries.length === 0) await log.write({ kind: 'created', about: 'invocation', data: creation(plan, options.request) });
  const over = new AbortController();
  const watching = watched(course, AbortSignal.any([over.signal, signal]));
  // It ends with the controller, which asks its log at each entry.
  watching.catch(() => undefined);
  try {
    const stood = await assess(course, until).catch((error: unknown) => {
      // Nothing was declared: a controller that is stopped leaves nothing to be taken up.
      if (error instanceof Pause && options.signal?.aborted === true) return error.message;
      throw error;
    });
    if (stood !== undefined) return await ended(course, resultOf(course, 'stood-down', stood, []), undefined);
    const declared = decisionIn(course, DECLARED);
    if (declared !== undefined) await kept(plan, keep?.declared(stripped(declared)));
    plan.began(onsetIn(course));
    if (await recovers(course)) {
      await course.phase('active');
      await kept(plan, keep?.recovered(resultOf(course, 'as-it-is', 'recovered and validated', [])));
    }
    await deactivate(course);
    const deactivated = decisionIn(course, DEACTIVATED);
    if (deactivated !== undefined) await kept(plan, keep?.deactivated(stripped(deactivated)));
    const stays = staysIn(course);
    if (!stays) await returnToNormal(course);
    const left = stays ? await leftBy(course, begunSteps(course)) : [];
    const reason = stays ? 'what was done stays as it is' : 'everything is as it was before';
    return await ended(course, resultOf(course, stays ? 'as-it-is' : 'normal-again', reason, left), keep);
  } finally {
    over.abort();
    await watching.catch(() => undefined);
  }
}

/** What has come back once, or is returning, is not brought back again. */
async function recovers(course: Course): Promise<boolean> {
  const { entries } = course.log;
  if (entries.some((e) => e.kind === 'phase' && e.about === 'active')) return true;
  if (decisionIn(course, DEACTIVATED) !== undefined) return false;
  return (await act(course)) && (await validate(course));
}

async function ended({ plan, log }: Course, result: InvocationResult, keep: Keep | undefined): Promise<InvocationResult> {
  await kept(plan, keep?.recovered(result));
  await log.write({ kind: 'ended', about: result.status, data: asJson(result) });
  return result;
}

async function kept({ run }: PreparedInvocation, keeping: Promise<void> | undefined): Promise<void> {
  try {
    await keeping;
  } catch (error) {
    throw new JournalLost(run, error);
  }
}

const stripped = ({ data: _, ...made }: DecisionMade & { readonly data: Json }): DecisionMade => made;

const onsetIn = ({ log, plan }: Course): number => {
  const at = log.entries.find((e) => e.kind === 'mark' && e.about === 't0')?.data as { readonly at?: unknown } | null | undefined;
  return typeof at?.at === 'number' ? at.at : plan.clock.now();
};

/** The service is looked at from the beginning: how it was before a step tells what the step did. */
function watched({ plan, log }: Course, signal: AbortSignal): Promise<void> {
  return watch({
    clock: plan.clock,
    probes: plan.probes,
    stops: [],
    calledOff: undefined,
    signal,
    saw: (probe, result, at) => log.write({ kind: 'observation', about: probe.id, data: observed(result), at }),
    // Times that were measured across it mean nothing; the event goes on.
    halt: async (why) => log.write({ kind: 'stop', about: why.about, data: { says: why.message } }),
  });
}

const creation = (plan: PreparedInvocation, request: Json | undefined): Json => {
  const { place: _, ...invocation } = plan.invocation;
  return asJson({
    plan: plan.plan,
    services: plan.services,
    scope: invocation.scope,
    member: plan.member,
    world: plan.world,
    invocation,
    request: request ?? null,
    steps: plan.steps.map(({ actuator }) => ({ id: actuator.id, does: actuator.describe() })),
  });
};
