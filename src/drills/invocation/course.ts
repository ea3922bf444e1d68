/** What the phases of one invocation share: its journal, the people who are heard, and when it must wait for somebody. */

import type { Criteria } from '../../model/invocation.ts';
import type { Json } from '../../model/journal.ts';
import { memberOf } from '../../model/journal.ts';
import { decide, fold, known, type Truth, unknown } from '../../model/known.ts';
import type { Logbook } from '../logbook.ts';

import { outcomeIn, type Steps, tokenOf } from '../steps.ts';
import type { DecisionMade, InvocationStep, PreparedInvocation, SignalShown } from './contract.ts';
import { type Evaluation, evaluate, patienceOf } from './evaluate.ts';
import { type History, type Readings, withReading } from './history.ts';
import { entryOf, type People, type Saying, sayingKey, sayingsIn, textIn } from './people.ts';

/** Nothing goes on until somebody acts; the run stays open. */
export class Pause extends Error {
  readonly phase: string;
  constructor(phase: string, message: string) {
    super(message);
    this.name = 'Pause';
    this.phase = phase;
  }
}

export type PhaseName = 'assess' | 'decide' | 'act' | 'validate' | 'active' | 'deactivate' | 'return';

export interface Course {
  readonly plan: PreparedInvocation;
  readonly log: Logbook;
  readonly steps: Steps;
  /** Everything said so far. What is new is written before anybody heeds it. */
  hear(): Promise<readonly Saying[]>;
  /** Reads the signals once; what has changed is written. */
  look(): Promise<{ readonly evaluation: Evaluation; readonly history: History; readonly at: number }>;
  phase(name: PhaseName): Promise<void>;
  mark(name: string, at: number): Promise<void>;
  /** Waits until the next reading; pauses instead where it is people who are waited for, and nobody may wait for them here. */
  wait(phase: PhaseName, why: string, forPeople: boolean): Promise<void>;
}

export interface CourseSettings {
  readonly plan: PreparedInvocation;
  readonly log: Logbook;
  readonly people: People;
  /** Stops this controller; the run stays open. */
  readonly signal: AbortSignal;
  /** False: this controller does not wait for people. */
  readonly waits: boolean;
}

const SIGNALS = 'signals';
const CRITERIA = 'criteria';

export const stateOf = (t: Truth): SignalShown['shows'] =>
  decide<SignalShown['shows']>(t, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' });

export const tokenOfStep = (plan: PreparedInvocation, { actuator }: InvocationStep): string => tokenOf(plan.run, 'act', actuator);

export function courseOf({ plan, log, people, signal, waits }: CourseSettings): Course {
  const { clock, invocation } = plan;
  const { criteria, signals } = invocation;
  const every = criteria.every * 1000;
  let history: History = historyIn(log, criteria);
  return {
    plan,
    log,
    steps: { run: plan.run, log, clock, signal },
    hear: async () => {
      const written = new Set(sayingsIn(log.entries).map(sayingKey));
      for (const one of await people.said(plan.run)) if (!written.has(sayingKey(one))) await log.write(entryOf(one));
      return sayingsIn(log.entries);
    },
    look: async () => {
      const at = clock.now();
      const readings = await plan.read();
      history = withReading(history, at, readings, patienceOf(criteria));
      const evaluation = evaluate(
        criteria,
        signals.map((s) => s.id),
        history,
        at,
      );
      await writeChanged(log, SIGNALS, at, shownOf(readings));
      await writeChanged(log, CRITERIA, at, { holds: stateOf(evaluation.holds), says: evaluation.says });
      return { evaluation, history, at };
    },
    phase: async (name) => {
      if (!log.entries.some((e) => e.kind === 'phase' && e.about === name))
        await log.write({ kind: 'phase', about: name, data: null });
    },
    mark: async (name, at) => {
      if (!log.entries.some((e) => e.kind === 'mark' && e.about === name))
        await log.write({ kind: 'mark', about: name, data: { at } });
    },
    wait: async (phase, why, forPeople) => {
      if (forPeople && !waits) throw new Pause(phase, why);
      try {
        await clock.sleep(every, signal);
      } catch (error) {
        log.check();
        if (signal.aborted) throw new Pause(phase, `stopped while ${why}`);
        throw error;
      }
    },
  };
}

/** The journal keeps what changes, by what it says of the disruption, not by its words. */
async function writeChanged(log: Logbook, about: string, at: number, data: Json): Promise<void> {
  const last = log.entries.findLast((e) => e.kind === 'observation' && e.about === about);
  if (last === undefined || gist(last.data) !== gist(data)) await log.write({ kind: 'observation', about, at, data });
}

const gist = (data: Json): string => {
  const holds = textIn(data, 'holds');
  // A store need not keep the order of keys.
  return holds === ''
    ? membersOf(data)
        .map(([id, one]) => `${id} ${textIn(one, 'shows')}`)
        .sort()
        .join('; ')
    : holds;
};

const membersOf = (data: Json): readonly (readonly [string, Json])[] =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.entries(data as Readonly<Record<string, Json>>) : [];

const shownOf = (readings: Readings): Json =>
  Object.fromEntries(
    [...readings].map(([id, { shows, says, vantage, since }]) => [
      id,
      { shows: stateOf(shows), says, vantage, since: since ?? null },
    ]),
  );

/** What a controller before this one read: nobody looked since, so that no time counts across the gap. */
function historyIn({ entries }: Logbook, criteria: Criteria): History {
  let history: History = [];
  for (const { kind, about, at, data } of entries) {
    if (kind !== 'observation' || about !== SIGNALS) continue;
    const readings = membersOf(data).map(([id, shown]) => {
      const says = textIn(shown, 'says');
      const shows = textIn(shown, 'shows');
      const since = memberOf(shown, 'since');
      return [
        id,
        {
          shows: shows === 'unknown' ? unknown('not-reported', says) : known(shows === 'yes'),
          says,
          vantage: textIn(shown, 'vantage'),
          since: typeof since === 'number' ? since : undefined,
        },
      ] as const;
    });
    history = withReading(history, at, new Map(readings), patienceOf(criteria));
  }
  return history;
}

export const signalsShown = (evaluation: Evaluation): readonly SignalShown[] =>
  evaluation.perSignal.map(({ id, now, vantage, says }) => ({
    id,
    shows: stateOf(now),
    vantage,
    says: fold(
      now,
      () => says,
      (why) => why.detail,
    ),
  }));

/** Steps that were begun, in their order. */
export const begunSteps = ({ plan, log }: Pick<Course, 'plan' | 'log'>): readonly InvocationStep[] =>
  plan.steps.filter((step) => {
    const token = tokenOfStep(plan, step);
    return log.entries.some((e) => e.kind === 'intent' && e.token === token);
  });

export const isDone = ({ plan, log }: Pick<Course, 'plan' | 'log'>, step: InvocationStep): boolean =>
  outcomeIn(log, tokenOfStep(plan, step)) === 'done';

export const DECLARED = 'invocation declared';
export const DEACTIVATED = 'deactivation decided';

/** A decision of the run, as it was written. */
export function decisionIn(
  { log }: { readonly log: Pick<Logbook, 'entries'> },
  about: typeof DECLARED | typeof DEACTIVATED,
): (DecisionMade & { readonly data: Json }) | undefined {
  const entry = log.entries.find((e) => e.kind === 'decision' && e.about === about);
  if (entry === undefined) return undefined;
  // Written by the engine from a value of this very type.
  const made = memberOf(entry.data, 'made') as unknown as DecisionMade;
  return { ...made, data: entry.data };
}
