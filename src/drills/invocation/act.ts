/** Act and validate: the steps of the plan, each approved where the plan says so, until the service is well again. */
import { compileGlob } from '../../catalog/glob.ts';
import { messageOf } from '../../model/errors.ts';
import type { ApprovalRule } from '../../model/invocation.ts';
import { LeaseLost } from '../../model/journal.ts';
import { formatDuration } from '../../model/quantity.ts';
import { JournalLost } from '../logbook.ts';
import { marksOf, seenBy } from '../result.ts';
import { done } from '../steps.ts';
import type { InvocationStep } from './contract.ts';
import { type Course, isDone, Pause, tokenOfStep } from './course.ts';
import { agreed, lastWords, type Saying } from './people.ts';

/** Tries, and milliseconds between them. A step that still fails waits for somebody. */
const TRIES = 3;
const PAUSE = 30_000;
/** Milliseconds for which everything must stay well. */
const DWELL = 60_000;

/** True: carried out. False: somebody decided to deactivate before it was. */
export async function act(course: Course): Promise<boolean> {
  const { plan, log } = course;
  await course.phase('act');
  for (const step of plan.steps) {
    if (isDone(course, step)) continue;
    const sayings = await course.hear();
    if (isCalledBack(course, sayings)) return false;
    if (skipped(sayings, step, course) !== undefined) continue;
    const begun = log.entries.some((e) => e.kind === 'intent' && e.token === tokenOfStep(plan, step));
    const may = begun ? 'yes' : await permitted(course, step);
    if (may === 'back') return false;
    if (may === 'yes') await attempt(course, step);
  }
  return true;
}

const isCalledBack = ({ plan }: Course, sayings: readonly Saying[]): boolean =>
  agreed(sayings, 'deactivate', plan.invocation.deactivation.authority) !== undefined;

const skipped = (sayings: readonly Saying[], { actuator }: InvocationStep, { plan }: Course): Saying | undefined => {
  const { authority } = plan.invocation;
  return lastWords(sayings, ['skip'], actuator.id, authority.kind === 'people' ? authority.by : [])[0];
};

async function permitted(course: Course, step: InvocationStep): Promise<'yes' | 'skip' | 'back'> {
  const { plan, log } = course;
  const { id } = step.actuator;
  for (const [n, rule] of plan.invocation.approvals.entries()) {
    if (!compileGlob(rule.before)(id)) continue;
    const about = `approval ${n + 1} of ${id}`;
    const asked = log.entries.find((e) => e.kind === 'observation' && e.about === about)?.at;
    let since = asked !== undefined && rule.otherwise === 'go-on' ? asked : undefined;
    if (since === undefined) {
      since = plan.clock.now();
      await log.write({
        kind: 'observation',
        about,
        data: { says: `waits for ${rule.count} of ${namesOf(rule)}`, by: [...rule.by] },
      });
    }
    for (;;) {
      const sayings = await course.hear();
      if (isCalledBack(course, sayings)) return 'back';
      if (skipped(sayings, step, course) !== undefined) return 'skip';
      const words = lastWords(sayings, ['approve', 'refuse'], id, rule.by);
      const refused = words.find((w) => w.kind === 'refuse');
      if (refused !== undefined) throw new Pause('act', `${refused.by} refused ${id}: ${refused.reason}`);
      if (words.filter((w) => w.kind === 'approve').length >= rule.count) break;
      if (plan.clock.now() - since >= rule.within * 1000) {
        const late = `${id} was not approved within ${formatDuration(rule.within)}`;
        if (rule.otherwise === 'hold') throw new Pause('act', late);
        await log.write({
          kind: 'decision',
          about: `went on without approval ${n + 1} of ${id}`,
          data: { says: `${late}, and the plan says to go on` },
        });
        break;
      }
      await course.wait('act', `${id} waits for the approval of ${namesOf(rule)}`, true);
    }
  }
  return 'yes';
}

const namesOf = ({ by }: ApprovalRule): string => (by.length === 0 ? 'anybody' : by.join(', '));

async function attempt(course: Course, step: InvocationStep): Promise<void> {
  const { steps, plan } = course;
  for (let n = 1; ; n += 1) {
    try {
      await done(steps, 'act', step.actuator);
      return;
    } catch (error) {
      if (error instanceof LeaseLost || error instanceof JournalLost) throw error;
      course.log.check();
      const why = messageOf(error);
      if (steps.signal.aborted) throw new Pause('act', `stopped during ${step.actuator.id}`);
      if (n >= TRIES) throw new Pause('act', `${step.actuator.id}: ${why}`);
      await plan.clock.sleep(PAUSE, steps.signal).catch(() => undefined);
    }
  }
}

/** False: somebody decided to deactivate before the service was well. */
export async function validate(course: Course): Promise<boolean> {
  const { plan, log } = course;
  await course.phase('validate');
  const acted = log.entries.findLast((e) => e.kind === 'outcome')?.at;
  await course.mark('t3', acted ?? marksOf(log.entries).t2 ?? plan.clock.now());
  if (plan.probes.length === 0) return true;
  const begun = plan.clock.now();
  const pause = Math.max(1_000, Math.min(...plan.probes.map((p) => p.every)));
  for (;;) {
    if (isCalledBack(course, await course.hear())) return false;
    if (await markedWell(course, DWELL)) return true;
    const waited = plan.clock.now() - begun;
    if (waited > plan.patience)
      throw new Pause('validate', `not well ${formatDuration(Math.round(waited / 1000))} after the last step`);
    // Users come back by themselves: nobody is waited for.
    await plan.clock.sleep(pause, course.steps.signal).catch(() => {
      course.log.check();
      throw new Pause('validate', 'stopped before the service was well');
    });
  }
}

/** Marks t4 and t5 once every probe has been well for the dwell. Milliseconds. */
export async function markedWell(course: Course, dwell: number): Promise<boolean> {
  const { plan, log } = course;
  const { t3 = 0 } = marksOf(log.entries);
  const traffic = wellSince(
    course,
    plan.probes.filter((p) => p.tells === 't4').map((p) => p.id),
  );
  const since = wellSince(
    course,
    plan.probes.map((p) => p.id),
  );
  if (since === undefined || plan.clock.now() - Math.max(since, t3) < dwell) return false;
  if (traffic !== undefined) await course.mark('t4', Math.max(traffic, t3));
  await course.mark('t5', Math.max(since, t3));
  return true;
}

/** The first look from which on all of them were well; what was not looked at before is not taken to have been well. */
function wellSince({ log }: Course, ids: readonly string[]): number | undefined {
  const seen = seenBy(log.entries);
  let latest: number | undefined;
  for (const id of ids) {
    const looks = seen.get(id) ?? [];
    if (looks.at(-1)?.ok !== true) return undefined;
    const from = looks[looks.findLastIndex((l) => l.ok !== true) + 1]?.at;
    if (from !== undefined) latest = Math.max(latest ?? from, from);
  }
  return latest;
}
