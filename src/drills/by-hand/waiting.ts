/** Waiting for AWS on the injected clock, and its failures in words. */
import { AwsFailure, isOneOf, saysOf } from '../../aws/failure.ts';
import type { Clock } from '../../model/clock.ts';
import type { Actuator } from '../contract.ts';
import { StepFailure } from './hand.ts';

/** Milliseconds between two looks. */
const POLL = 15_000;
/** Milliseconds after which nobody waits on: beyond what AWS takes to build a large replica anew. Assumed. */
const PATIENCE = 24 * 3_600_000;

/** Resolves once it holds. `what` completes "waited 24 h for …". */
export async function until(
  clock: Clock,
  signal: AbortSignal | undefined,
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = clock.now() + PATIENCE;
  for (;;) {
    signal?.throwIfAborted();
    if (await holds()) return;
    if (clock.now() > end) throw new StepFailure(`waited ${PATIENCE / 3_600_000} h for ${what}`);
    await clock.sleep(POLL, signal);
  }
}

/** An answer that a thing is not there, and nothing else, is taken for its absence. */
export async function unless<T>(codes: readonly string[], asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AwsFailure && isOneOf(error, codes)) return undefined;
    throw error;
  }
}

const inWords = (id: string, error: unknown): unknown =>
  error instanceof AwsFailure ? new StepFailure(`${id}: ${saysOf(error)}: ${error.message}`, error) : error;

/** The same step, whose failures name the call that AWS refused, where, and why. An outcome that AWS does not tell is unknown. */
export function worded(step: Actuator): Actuator {
  const worded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw inWords(step.id, error);
    });
  return {
    id: step.id,
    describe: () => step.describe(),
    act: (token, signal) => worded(step.act(token, signal)),
    outcome: (token) =>
      step.outcome(token).catch((error: unknown) => {
        if (error instanceof AwsFailure) return 'unknown';
        throw error;
      }),
    compensate: (token) => worded(step.compensate(token)),
    left: (token) => worded(step.left(token)),
  };
}
