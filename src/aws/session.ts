/** A session with AWS: one grade, one list of allowed calls, one budget; limited and retried on the injected clock. */
import pLimit from 'p-limit';
import type { Clock } from '../model/clock.ts';
import { UsageError } from '../model/errors.ts';
import type { World } from '../model/resource.ts';
import { breaker } from './breaker.ts';
import { type Call, GRADES, type Grade, type Place, type Session } from './call.ts';
import { type AnyCall, type AwsFailure, failureOf, inContext } from './failure.ts';
import type { Limiter } from './limits.ts';
import { type RetryLimits, retrying } from './retry.ts';
import type { Transport } from './transport.ts';

export interface SessionOptions {
  readonly world: World;
  readonly grade: Grade;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Uniform in [0, 1); spreads retries. */
  readonly random: () => number;
  readonly limits: Limiter;
  /** The only calls that are ever sent. */
  readonly allowed: readonly AnyCall[];
  /** Most requests in all, retries included. Undefined: no bound. */
  readonly budget?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly retries?: RetryLimits;
  /** Requests under way at a time. Waiting for a limit or a retry does not count. */
  readonly inFlight?: number;
}

/** What a session has sent so far. */
export interface Tally {
  /** Requests by IAM action, retries included. */
  readonly calls: Readonly<Record<string, number>>;
  readonly total: number;
  readonly retries: number;
  readonly throttled: number;
  /** Milliseconds since the epoch of the first and the last answer. */
  readonly observedAt: { readonly first: number; readonly last: number } | undefined;
}

export interface CountingSession extends Session {
  tally(): Tally;
}

/** A call that this session may not make: a mistake of the caller's. Nothing was sent. */
export class RefusedCall extends Error {
  readonly code: 'not-allowed' | 'above-grade';
  constructor(code: RefusedCall['code'], message: string) {
    super(message);
    this.name = 'RefusedCall';
    this.code = code;
  }
}

/** Region of the one control plane of global services in partitions of their own (AWS Fault Isolation Boundaries, appendix A). */
const HOMES: readonly (readonly [prefix: string, home: string])[] = [
  ['us-gov-', 'us-gov-west-1'],
  ['cn-', 'cn-northwest-1'],
];

/** Where a call goes that is asked for in a place: the Region that the call names, or its counterpart in the place's partition. */
export function placeOf(call: AnyCall, at: Place): Place {
  if (call.only === undefined || call.only === at.region) return at;
  const other = HOMES.find(([prefix]) => at.region.startsWith(prefix) && call.only?.startsWith(prefix) === false);
  return { ...at, region: other?.[1] ?? call.only };
}

const keyOf = (call: AnyCall): string => `${call.client} ${call.operation}`;
const rank = (grade: Grade): number => GRADES.indexOf(grade);

export function session(options: SessionOptions): CountingSession {
  const { world, grade, transport, clock, random, limits, budget, signal, retries } = options;
  const allowed = new Map(options.allowed.map((call) => [keyOf(call), call]));
  const flight = pLimit(options.inFlight ?? 64);
  const circuit = breaker(clock);
  const calls = new Map<string, number>();
  const places = new Map<string, number>();
  const accepted = new Set<string>();
  const reached = new Set<string>();
  let total = 0;
  let retried = 0;
  let throttled = 0;
  let first: number | undefined;
  let last = 0;

  const admit = (call: AnyCall): void => {
    const listed = allowed.get(keyOf(call));
    if (listed === undefined || listed.action !== call.action)
      throw new RefusedCall('not-allowed', `${call.action} (${keyOf(call)}) is not on this session's list of calls`);
    // The list's own grade counts as well: a call cannot be made harmless by saying so.
    if (Math.max(rank(listed.grade), rank(call.grade)) > rank(grade))
      throw new RefusedCall('above-grade', `${call.action} needs a session of grade ${listed.grade}; this one is for ${grade}`);
  };

  const spend = (call: AnyCall, at: Place): void => {
    if (budget !== undefined && total >= budget) throw overBudget(budget, calls, places);
    total += 1;
    calls.set(call.action, (calls.get(call.action) ?? 0) + 1);
    const place = `${at.account} ${at.region}`;
    places.set(place, (places.get(place) ?? 0) + 1);
  };

  const fail = (error: unknown, call: AnyCall, at: Place): unknown => {
    // A run that was called off has no failures.
    if (signal?.aborted === true) return signal.reason;
    if (error instanceof UsageError) return error;
    const failure: AwsFailure = inContext(failureOf(error, call, at), {
      accepted: accepted.has(at.account),
      reached: reached.has(at.region),
    });
    circuit.failed(failure);
    if (failure.kind === 'throttled') {
      throttled += 1;
      limits.throttled(call, at);
    }
    return failure;
  };

  const attempt = async (call: AnyCall, input: object, at: Place): Promise<object> => {
    circuit.check(call, at);
    await limits.take(call, at, signal);
    return flight(async () => {
      signal?.throwIfAborted();
      spend(call, at);
      try {
        const output: unknown = await transport.send(call.client, call.operation, input, at, signal);
        if (typeof output !== 'object' || output === null) throw new SyntaxError('the reply is not an object');
        limits.answered(call, at);
        circuit.answered(call, at);
        accepted.add(at.account);
        reached.add(at.region);
        last = clock.now();
        first ??= last;
        return output;
      } catch (error) {
        throw fail(error, call, at);
      }
    });
  };

  return {
    world,
    grade,
    async send<I, O>(call: Call<I, O>, input: I, to: Place): Promise<O> {
      admit(call);
      const at = placeOf(call, to);
      const onRetry = (): void => {
        retried += 1;
      };
      const output = await retrying(() => attempt(call, input as object, at), {
        clock,
        random,
        signal,
        onRetry,
        ...(retries === undefined ? {} : { limits: retries }),
      });
      return output as O;
    },
    tally: () => ({
      calls: Object.fromEntries([...calls].sort(([a], [b]) => (a < b ? -1 : 1))),
      total,
      retries: retried,
      throttled,
      observedAt: first === undefined ? undefined : { first, last },
    }),
  };
}

function overBudget(budget: number, calls: ReadonlyMap<string, number>, places: ReadonlyMap<string, number>): UsageError {
  const most = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 5)
      .map(([what, n]) => `${what} ${n}`)
      .join(', ');
  return new UsageError(
    'aws-budget',
    `Expected to need at most ${budget} calls of AWS, and all of them are made. Most by action: ${most(calls)}; by place: ${most(places)}. Raise the budget, or narrow the run with --regions or fewer accounts. Nothing was concluded from this run.`,
  );
}
