/** Rollback, re-check, nothing left: whatever a drill came to. */
import { messageOf } from '../model/errors.ts';
import type { Actuator } from './contract.ts';
import type { Course } from './course.ts';
import { STEADY_LOOKS } from './forward.ts';
import { asJson } from './logbook.ts';
import { type DrillResult, resultOf } from './result.ts';
import { type Outcome, RESULT } from './standing.ts';
import { compensated, tokenOf } from './steps.ts';

/** Milliseconds for which a service may take to be as well as before, once everything is rolled back. */
const RECHECK = 3_600_000;

/** The result stands when nothing is left; else the run stays open, for whoever conducts it next. */
export async function rolledBack(course: Course, outcome: Outcome): Promise<DrillResult> {
  const { drill, log, steps } = course;
  const touched = log.entries.some((e) => e.kind === 'intent');
  await course.phase('rollback', { status: outcome.status, reason: outcome.reason });
  const refused: string[] = [];
  // What was lost comes back first: nothing returns to normal without it.
  for (const [phase, actuators] of phasesOf(course))
    for (const actuator of [...actuators].reverse()) {
      const why = await compensated(steps, phase, actuator);
      if (why !== undefined) refused.push(`${actuator.id}: ${why}`);
    }
  await course.phase('re-check');
  const steady = !touched || (refused.length === 0 && (await steadyAgain(course)));
  const left = [...refused, ...(await leftBy(course))];
  const result = resultOf(drill, log.entries, { ...outcome, steady, left });
  if (left.length > 0)
    await log.write({ kind: 'stop', about: 'rollback', data: { says: 'not everything could be undone', left } });
  else await course.phase(RESULT, asJson(result));
  return result;
}

const phasesOf = ({ drill }: Course) =>
  [
    ['disrupt', drill.disrupt],
    ['recover', drill.recover],
  ] as const;

async function steadyAgain({ drill, log, unwell }: Course): Promise<boolean> {
  const pause = Math.max(1_000, ...drill.probes.map((p) => p.every));
  let well = 0;
  // Counted, not read from the clock: it may have been set.
  for (let waited = 0; waited <= RECHECK; waited += pause) {
    well = (await unwell()) === undefined ? well + 1 : 0;
    if (well >= STEADY_LOOKS) return true;
    await drill.clock.sleep(pause, log.lost);
  }
  return false;
}

async function leftBy(course: Course): Promise<readonly string[]> {
  const left: string[] = [];
  for (const [phase, actuators] of phasesOf(course))
    for (const actuator of actuators) left.push(...(await leftOf(actuator, tokenOf(course.drill.run, phase, actuator))));
  return left;
}

async function leftOf(actuator: Actuator, token: string): Promise<readonly string[]> {
  try {
    return await actuator.left(token);
  } catch (error) {
    // Nobody can tell is not nothing.
    return [`${actuator.id}: what it left cannot be told (${messageOf(error)})`];
  }
}
