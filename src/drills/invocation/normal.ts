/** Deactivate and return to normal: once what was lost is back, data first, then everything else, in the reverse order. */
import { messageOf } from '../../model/errors.ts';
import { formatDuration } from '../../model/quantity.ts';
import { asJson } from '../logbook.ts';
import { compensated } from '../steps.ts';
import { looked } from '../watch.ts';
import { markedWell } from './act.ts';
import type { DecisionMade, InvocationStep } from './contract.ts';
import { begunSteps, type Course, DEACTIVATED, decisionIn, Pause, signalsShown, stateOf, tokenOfStep } from './course.ts';
import { clearFor } from './evaluate.ts';
import { agreed, type Saying } from './people.ts';

/** Milliseconds between two questions, and for which an answer is awaited. */
const PAUSE = 30_000;
const PATIENCE = 3_600_000;
/** Consecutive looks at every probe that make up a steady state. */
const STEADY_LOOKS = 3;

export async function deactivate(course: Course): Promise<void> {
  if (decisionIn(course, DEACTIVATED) !== undefined) return;
  const { plan } = course;
  const { deactivation, criteria } = plan.invocation;
  await course.phase('deactivate');
  for (;;) {
    const sayings = await course.hear();
    const { evaluation, history, at } = await course.look();
    const clear = clearFor(deactivation.clear, deactivation.for, criteria.every, history, at);
    const spoken = agreed(sayings, 'deactivate', deactivation.authority);
    const isClear = stateOf(clear.holds) === 'yes';
    const stays = spoken?.every((s) => s.stays) === true;
    // Nothing need be clear for what stays as it is.
    if ((spoken !== undefined && (isClear || stays)) || (isClear && deactivation.authority.kind === 'automatic')) {
      const made: DecisionMade = {
        automatic: spoken === undefined,
        by: (spoken ?? []).map((s: Saying) => s.by),
        reason: (spoken ?? []).map((s) => s.reason).join('; ') || clear.says,
        at,
        criteria: stateOf(clear.holds),
        says: clear.says,
        signals: signalsShown(evaluation),
      };
      await course.log.write({ kind: 'decision', about: DEACTIVATED, data: asJson({ made, stays }) });
      return;
    }
    await course.wait('deactivate', isClear ? `${clear.says}; nobody has decided to return to normal` : clear.says, isClear);
  }
}

export const staysIn = (course: Pick<Course, 'log'>): boolean => {
  const { data } = decisionIn(course, DEACTIVATED) ?? { data: null };
  return (data as { readonly stays?: unknown } | null)?.stays === true;
};

/** Everything that was begun is undone; nothing returns before what was written elsewhere is back. */
export async function returnToNormal(course: Course): Promise<void> {
  const { plan, steps } = course;
  await course.phase('return');
  const begun = [...begunSteps(course)].reverse();
  const data = begun.filter((s) => s.dataBack !== undefined);
  for (const step of data) await dataIsBack(course, step);
  for (const step of [...data, ...begun.filter((s) => s.dataBack === undefined)]) {
    const why = await compensated(steps, 'act', step.actuator);
    if (why !== undefined) throw new Pause('return', `${step.actuator.id} cannot be undone: ${why}`);
  }
  const left = await leftBy(course, begun);
  if (left.length > 0) throw new Pause('return', `not everything is as before: ${left.join(', ')}`);
  await steadyAgain(course);
  if (plan.probes.length > 0) await markedWell(course, 0);
}

async function dataIsBack(course: Course, step: InvocationStep): Promise<void> {
  const { plan, log } = course;
  const token = tokenOfStep(plan, step);
  const about = `data of ${step.actuator.id}`;
  // What is back already needs no other way back.
  if (log.entries.some((e) => e.kind === 'intent' && e.token === `${token}#undo`)) return;
  const begun = plan.clock.now();
  for (;;) {
    const why = await step.dataBack?.(token).catch(messageOf);
    const last = log.entries.findLast((e) => e.kind === 'observation' && e.about === about);
    const says = why ?? 'has caught up';
    if (JSON.stringify(last?.data) !== JSON.stringify({ ok: why === undefined, says }))
      await log.write({ kind: 'observation', about, data: { ok: why === undefined, says } });
    if (why === undefined) return;
    if (plan.clock.now() - begun >= PATIENCE) throw new Pause('return', `${step.actuator.id} cannot return: ${why}`);
    await plan.clock.sleep(PAUSE, course.steps.signal).catch(() => {
      log.check();
      throw new Pause('return', `stopped: ${why}`);
    });
  }
}

/** What steps made or changed and is still there. Nobody can tell is not nothing. */
export async function leftBy({ plan }: Course, begun: readonly InvocationStep[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const step of begun)
    left.push(
      ...(await step.actuator
        .left(tokenOfStep(plan, step))
        .catch((error: unknown) => [`${step.actuator.id} (${messageOf(error)})`])),
    );
  return left;
}

async function steadyAgain({ plan, steps, log }: Course): Promise<void> {
  if (plan.probes.length === 0) return;
  const pause = Math.max(1_000, ...plan.probes.map((p) => p.every));
  let well = 0;
  for (let waited = 0; ; waited += pause) {
    let unwell: string | undefined;
    for (const probe of plan.probes) {
      const result = await looked(probe);
      if (result.ok !== true) unwell ??= `${probe.id}: ${result.says}`;
    }
    well = unwell === undefined ? well + 1 : 0;
    if (well >= STEADY_LOOKS) return;
    if (waited > PATIENCE)
      throw new Pause('return', `not well ${formatDuration(waited / 1000)} after everything returned: ${unwell}`);
    await plan.clock.sleep(pause, steps.signal).catch(() => {
      log.check();
      throw new Pause('return', 'stopped before the service was well');
    });
  }
}
