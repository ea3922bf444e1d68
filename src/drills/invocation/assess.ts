/** Assess and decide: signals are read until enough people, or the criteria themselves, declare the invocation. */
import type { Json } from '../../model/journal.ts';
import { asJson } from '../logbook.ts';
import type { DecisionMade } from './contract.ts';
import { type Course, DECLARED, decisionIn, signalsShown, stateOf } from './course.ts';
import { type Evaluation, type Onset, onsetOf } from './evaluate.ts';
import type { History } from './history.ts';
import { agreed, lastWords, type Saying } from './people.ts';

/** Undefined: declared. Else why nothing is to be done. */
export async function assess(course: Course, until: number | undefined): Promise<string | undefined> {
  const { plan } = course;
  if (decisionIn(course, DECLARED) === undefined) {
    await course.phase('assess');
    const stood = await declared(course, until);
    if (stood !== undefined) return stood;
  }
  const { data } = decisionIn(course, DECLARED) ?? { data: null };
  const onset = numberIn(data, 'onset') ?? plan.clock.now();
  await course.phase('decide');
  await course.mark('t0', onset);
  await course.mark('t1', numberIn(data, 'detected') ?? onset);
  await course.mark('t2', numberIn(data, 'at') ?? plan.clock.now());
  return undefined;
}

export const numberIn = (data: Json, name: string): number | undefined => {
  const value = (data as Readonly<Record<string, Json>> | null)?.[name];
  return typeof value === 'number' ? value : undefined;
};

async function declared(course: Course, until: number | undefined): Promise<string | undefined> {
  const { plan } = course;
  const { authority } = plan.invocation;
  for (;;) {
    const sayings = await course.hear();
    const { evaluation, history, at } = await course.look();
    const off = lastWords(sayings, ['declare', 'stand-down'], '', authority.kind === 'people' ? authority.by : []);
    const stood = off.find((s) => s.kind === 'stand-down');
    if (stood !== undefined) return `${stood.by} stood it down: ${stood.reason}`;
    const holds = stateOf(evaluation.holds);
    const spoken = agreed(sayings, 'declare', authority);
    if (spoken !== undefined) return decided(course, spoken, evaluation, history, at);
    // What is not known never invokes.
    if (authority.kind === 'automatic' && holds === 'yes') return decided(course, [], evaluation, history, at);
    const missing = lacking(course, sayings);
    const why = missing ?? (holds === 'yes' ? `${evaluation.says}; nobody has declared it` : evaluation.says);
    if (until !== undefined && at >= until) return why;
    await course.wait('assess', why, missing !== undefined || holds === 'yes');
  }
}

/** Somebody spoke, and it is not enough. */
function lacking({ plan }: Course, sayings: readonly Saying[]): string | undefined {
  const { authority } = plan.invocation;
  const spoke = sayings.filter((s) => s.kind === 'declare');
  if (spoke.length === 0 || authority.kind !== 'people') return undefined;
  const counted = lastWords(sayings, ['declare'], '', authority.by).length;
  const who = authority.by.length === 0 ? 'people' : `people out of ${authority.by.join(', ')}`;
  return `declared by ${counted} of ${authority.count} ${who}: the authority to invoke it is missing`;
}

async function decided(
  course: Course,
  spoken: readonly Saying[],
  evaluation: Evaluation,
  history: History,
  at: number,
): Promise<undefined> {
  const seen = onsetOf(evaluation, history);
  const onset = onsetBy(spoken, seen, at);
  const made: DecisionMade = {
    automatic: spoken.length === 0,
    by: spoken.map((s) => s.by),
    reason: spoken.map((s) => s.reason).join('; ') || evaluation.says,
    at,
    criteria: stateOf(evaluation.holds),
    says: evaluation.says,
    signals: signalsShown(evaluation),
  };
  const data = asJson({
    made,
    at,
    onset: onset.at,
    onsetKnown: onset.bracketed,
    detected: Math.max(onset.at, evaluation.since ?? at),
    guard: { needed: evaluation.guard.needed, seen: evaluation.guard.seen },
  });
  await course.log.write({ kind: 'decision', about: DECLARED, data });
  return undefined;
}

/** Whoever declares it may know better than the signals when it began; never that it began later than was seen. */
function onsetBy(spoken: readonly Saying[], seen: Onset | undefined, at: number): Onset {
  const told = spoken.map((s) => s.onset).filter((o) => o !== undefined);
  if (told.length > 0) return { at: Math.min(...told, seen?.at ?? at), bracketed: true };
  return seen ?? { at, bracketed: false };
}
