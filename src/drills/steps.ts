/** One step of a drill: intent, act, outcome; and its undoing. Idempotent by token, whatever was written when somebody died. */

import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import type { Json } from '../model/journal.ts';
import { memberOf } from '../model/journal.ts';
import type { Actuator } from './contract.ts';
import type { Logbook } from './logbook.ts';

export interface Steps {
  readonly run: string;
  readonly log: Logbook;
  readonly clock: Clock;
  /** Aborted when the drill must not go on. Rollback does not heed it. */
  readonly signal: AbortSignal;
}

/** Tries, and milliseconds before the second; each further pause is twice as long. */
const UNDO_TRIES = 6;
const UNDO_PAUSE = 5_000;

/** Idempotency token of an actuator's act in a run. */
export const tokenOf = (run: string, phase: string, actuator: Actuator): string => `${run}/${phase}/${actuator.id}`;

/** Acts once. Rejects with what the act threw, which is written first. */
export async function done(steps: Steps, phase: string, actuator: Actuator): Promise<void> {
  const { log, signal } = steps;
  const token = tokenOf(steps.run, phase, actuator);
  if (outcomeIn(log, token) === 'done') {
    // Whoever takes the drill up learns by asking where writers and users were led.
    await actuator.outcome(token).catch(() => undefined);
    return;
  }
  signal.throwIfAborted();
  const intended = log.entries.some((e) => e.kind === 'intent' && e.token === token);
  if (!intended) await log.write({ kind: 'intent', about: actuator.id, token, data: actuator.describe() });
  else if ((await actuator.outcome(token)) === 'done') {
    await log.write({ kind: 'outcome', about: actuator.id, token, data: { result: 'done', detail: 'found done after a crash' } });
    return;
  }
  signal.throwIfAborted();
  log.check();
  let detail: Json;
  try {
    detail = await actuator.act(token, signal);
  } catch (error) {
    const says = messageOf(error);
    await log.write({ kind: 'outcome', about: actuator.id, token, data: { result: 'failed', detail: says } });
    throw error;
  }
  await log.write({ kind: 'outcome', about: actuator.id, token, data: { result: 'done', detail } });
}

/** Undoes what was intended, whether or not it was done; undefined once undone, else why it could not be. */
export async function compensated(steps: Steps, phase: string, actuator: Actuator): Promise<string | undefined> {
  const { log, clock } = steps;
  const token = tokenOf(steps.run, phase, actuator);
  const undo = `${token}#undo`;
  if (!log.entries.some((e) => e.kind === 'intent' && e.token === token)) return undefined;
  if (outcomeIn(log, undo) === 'done' && (await actuator.left(token).catch(() => [token])).length === 0) return undefined;
  const about = `undo ${actuator.id}`;
  let why = '';
  for (let n = 0; n < UNDO_TRIES; n += 1) {
    await log.write({ kind: 'intent', about, token: undo, data: { try: n + 1 } });
    log.check();
    try {
      const detail = await actuator.compensate(token);
      await log.write({ kind: 'outcome', about, token: undo, data: { result: 'done', detail } });
      return undefined;
    } catch (error) {
      log.check();
      why = messageOf(error);
      await log.write({ kind: 'outcome', about, token: undo, data: { result: 'failed', detail: why } });
    }
    if (n + 1 < UNDO_TRIES) await clock.sleep(UNDO_PAUSE * 2 ** n, log.lost);
  }
  return why;
}

export function outcomeIn(log: Logbook, token: string): string | undefined {
  const entry = log.entries.findLast((e) => e.kind === 'outcome' && e.token === token);
  const result = memberOf(entry?.data ?? null, 'result');
  return typeof result === 'string' ? result : undefined;
}
