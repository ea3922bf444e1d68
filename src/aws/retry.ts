/** Asks again, on the injected clock: the SDK's own retries are off, since they sleep on the real one. */
import type { Clock } from '../model/clock.ts';
import { AwsFailure } from './failure.ts';

export interface RetryLimits {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** The longest first wait, in milliseconds; it doubles with every attempt. */
  readonly base: number;
  /** The longest wait of all. */
  readonly cap: number;
  /** No new attempt begins later than this many milliseconds after the first. */
  readonly total: number;
}

/** AWS's SDKs wait at most 20 s between attempts and begin at 100 ms ("Retry behavior", AWS SDKs and Tools Reference Guide). */
export const RETRY: RetryLimits = { attempts: 8, base: 200, cap: 20_000, total: 120_000 };

export interface Retrying {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly limits?: RetryLimits;
  readonly signal?: AbortSignal | undefined;
  /** Called for each failure after which another attempt will be made. */
  readonly onRetry?: (failure: AwsFailure, wait: number) => void;
}

/**
 * The result of the first attempt that succeeds, else the last failure. What is not an `AwsFailure` passes at once.
 * Waits are "full jitter": uniform between nothing and a bound that doubles (M. Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015), and never shorter than AWS asked for.
 */
export async function retrying<T>(attempt: () => Promise<T>, options: Retrying): Promise<T> {
  const { clock, random, limits = RETRY, signal, onRetry } = options;
  const start = clock.now();
  for (let n = 1; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AwsFailure) || !error.retryable || n >= limits.attempts) throw error;
      const jittered = random() * Math.min(limits.cap, limits.base * 2 ** (n - 1));
      const wait = Math.max(jittered, error.retryAfter ?? 0);
      if (clock.now() + wait - start > limits.total) throw error;
      onRetry?.(error, wait);
      await clock.sleep(wait, signal);
    }
  }
}
