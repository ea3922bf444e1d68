/**
 * Stops asking where AWS has long ceased to answer: one action that fails for good would otherwise be tried for each of a
 * thousand resources, minutes each. What is not asked is unknown, as what is not answered.
 */
import type { Clock } from '../model/clock.ts';
import type { Place } from './call.ts';
import { type AnyCall, AwsFailure } from './failure.ts';

/** Failures in a row, each worth a retry, and none of them answered in between. Calls that are refused together are fewer. */
const MOST = 60;
/** Then nothing is sent for this many milliseconds, after which one call may try. */
const PAUSE = 30_000;

export interface Breaker {
  /** Throws the last failure when there is no use in asking. */
  check(call: AnyCall, at: Place): void;
  failed(failure: AwsFailure): void;
  answered(call: AnyCall, at: Place): void;
}

export function breaker(clock: Clock): Breaker {
  const failing = new Map<string, { count: number; until: number; last: AwsFailure }>();
  const keyOf = (call: AnyCall, at: Place): string => `${at.account} ${at.region} ${call.action}`;
  return {
    check(call, at) {
      const state = failing.get(keyOf(call, at));
      if (state === undefined || state.count < MOST) return;
      if (clock.now() < state.until) {
        const { last } = state;
        throw new AwsFailure({ ...last, message: last.message, cause: last.cause, retryable: false, call, at });
      }
      state.until = clock.now() + PAUSE;
    },
    failed(failure) {
      const key = keyOf(failure.call, failure.at);
      if (!failure.retryable) {
        failing.delete(key);
        return;
      }
      const count = (failing.get(key)?.count ?? 0) + 1;
      failing.set(key, { count, until: clock.now() + PAUSE, last: failure });
    },
    answered(call, at) {
      failing.delete(keyOf(call, at));
    },
  };
}
