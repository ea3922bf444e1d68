/** Why a call brought no output, classified once: every other part asks for the kind and never reads a code. */
import { UsageError } from '../model/errors.ts';
import type { Reason } from '../model/known.ts';
import { Hole } from '../model/value.ts';
import type { Call, Place } from './call.ts';
import { type FailureKind, kindOfCode, kindOfErrno, kindOfStatus, maybeOptedOut, sameCode } from './failure-codes.ts';

export type AnyCall = Call<never, unknown>;

export class AwsFailure extends Error {
  readonly kind: FailureKind;
  /** As AWS or Node spelt it: `DBInstanceNotFound`, `ECONNREFUSED`. */
  readonly code: string;
  readonly status: number | undefined;
  /** Worth asking again. */
  readonly retryable: boolean;
  /** Milliseconds that AWS asked to wait. */
  readonly retryAfter: number | undefined;
  readonly call: AnyCall;
  readonly at: Place;

  constructor(parts: Omit<AwsFailure, 'name' | 'stack' | 'cause'> & { readonly cause?: unknown }) {
    super(parts.message, { cause: parts.cause });
    this.name = 'AwsFailure';
    this.kind = parts.kind;
    this.code = parts.code;
    this.status = parts.status;
    this.retryable = parts.retryable;
    this.retryAfter = parts.retryAfter;
    this.call = parts.call;
    this.at = parts.at;
  }
}

/** What each kind means for a run. A kind that stops has no reason: nothing of its answers could be used. */
const MEANING: Readonly<Record<FailureKind, { readonly retryable: boolean; readonly reason: Reason; readonly says: string }>> = {
  denied: { retryable: false, reason: 'access-denied', says: 'was denied' },
  throttled: { retryable: true, reason: 'throttled', says: 'was throttled until we gave up' },
  'not-found': { retryable: false, reason: 'not-reported', says: 'found nothing' },
  'not-enabled': { retryable: false, reason: 'not-reported', says: 'is not open to this account' },
  expired: { retryable: false, reason: 'error', says: 'was sent with credentials that AWS does not accept' },
  network: { retryable: true, reason: 'error', says: 'did not reach AWS' },
  timeout: { retryable: true, reason: 'error', says: 'was not answered in time' },
  'clock-skew': { retryable: false, reason: 'error', says: 'was signed by a clock that AWS does not accept' },
  invalid: { retryable: false, reason: 'error', says: 'was refused as wrong' },
  server: { retryable: true, reason: 'error', says: 'failed inside AWS or was answered with what cannot be read' },
};

/** Classifies whatever a transport threw. An `AwsFailure` is returned as it is. */
export function failureOf(error: unknown, call: AnyCall, at: Place): AwsFailure {
  if (error instanceof AwsFailure) return error;
  const shown = look(error);
  const { kind, lasting } = kindOf(shown);
  const retryable =
    !lasting && (MEANING[kind].retryable || shown.corrected || (shown.retryable && kind !== 'denied' && kind !== 'expired'));
  const { code, status, retryAfter, message } = shown;
  return new AwsFailure({ kind, code, status, retryable, retryAfter, call, at, message, cause: error });
}

/** The same failure under what the session knows besides: these very credentials were accepted, this very Region was reached. */
export function inContext(failure: AwsFailure, knows: { readonly accepted: boolean; readonly reached: boolean }): AwsFailure {
  const optedOut = failure.kind === 'expired' && knows.accepted && maybeOptedOut(failure.code);
  // An endpoint without an address, where others have one: the service is not offered in the Region.
  const notOffered = failure.code === 'ENOTFOUND' && knows.reached;
  if (!optedOut && !notOffered) return failure;
  return new AwsFailure({ ...failure, message: failure.message, cause: failure.cause, kind: 'not-enabled', retryable: false });
}

/** Whether a failure is one of the codes by which an API says that something is not configured. */
export const isOneOf = (failure: AwsFailure, codes: readonly string[]): boolean => codes.some((c) => sameCode(c, failure.code));

export const reasonOf = (failure: AwsFailure): Reason => MEANING[failure.kind].reason;

/** One clause: the action, where, what happened and AWS's own code for it. */
export function saysOf({ kind, code, call, at }: AwsFailure): string {
  return `${call.action} ${MEANING[kind].says} in ${at.region} of account ${at.account} (${code})`;
}

/** What stands in place of a value that could not be read. */
export const holeOf = (failure: AwsFailure): Hole => new Hole(reasonOf(failure), saysOf(failure));

/** The error with which the whole run ends, for failures under which no other call can do better; else undefined. */
export function stopOf(failure: AwsFailure): UsageError | undefined {
  if (failure.kind === 'clock-skew')
    return new UsageError(
      'aws-clock-skew',
      `${saysOf(failure)}: ${failure.message}\nSet this machine's clock (AWS accepts five to fifteen minutes of difference) and run again.`,
    );
  if (failure.kind === 'expired')
    return new UsageError(
      'aws-credentials',
      `${saysOf(failure)}: ${failure.message}\nExpected valid AWS credentials. Renew them (for example \`aws sso login\`), or choose others with --profile or --role. Nothing was concluded from this run.`,
    );
  return undefined;
}

interface Shown {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly fault: string | undefined;
  readonly throttling: boolean;
  readonly retryable: boolean;
  /** The SDK has just adjusted its clock: the next attempt is signed with AWS's time. */
  readonly corrected: boolean;
  /** The reply came and could not be read. */
  readonly corrupt: boolean;
  readonly retryAfter: number | undefined;
}

function kindOf(shown: Shown): { readonly kind: FailureKind; readonly lasting: boolean } {
  const { code, message, status, fault } = shown;
  const socket = kindOfErrno(code);
  if (socket !== undefined) return socket;
  const kind = (): FailureKind => {
    if (shown.corrupt) return 'server';
    const byCode = kindOfCode(code, message);
    if (byCode === 'throttled' || shown.throttling) return 'throttled';
    // AWS's own fault under a code that we know from elsewhere (a 500 named AccessDenied) is still AWS's fault.
    if (byCode !== undefined && !(byCode === 'denied' && status !== undefined && status >= 500)) return byCode;
    return kindOfStatus(status) ?? (fault === 'server' ? 'server' : 'invalid');
  };
  return { kind: kind(), lasting: shown.corrupt && refusedForGood(status) };
}

/** What gateways in front of a service answer with a page of their own, and for a time (RFC 9110 §15.5 and §15.6). */
const PASSING: ReadonlySet<number | undefined> = new Set([408, 429, 502, 503, 504]);

/** A page with any other error status is no service of AWS speaking, which would say it in its protocol: asking again is vain. */
const refusedForGood = (status = 0): boolean => status >= 400 && !PASSING.has(status);

/** An error of any SDK, protocol or socket, reduced to what tells. Causes are followed: Node and the SDK wrap. */
function look(error: unknown, depth = 0): Shown {
  const e = recordOf(error);
  const metadata = recordOf(e.$metadata);
  const response = recordOf(e.$response);
  const message = textOf(e.message) ?? textOf(e.Message) ?? 'no message';
  const name = textOf(e.name);
  const code = [textOf(e.Code), textOf(e.code), textOf(recordOf(e.Error).Code), name].find(
    (c) => c !== undefined && c !== 'Error',
  );
  const status = numberOf(metadata.httpStatusCode) ?? numberOf(response.statusCode) ?? numberOf(e.status);
  const first: unknown = Array.isArray(e.errors) ? e.errors[0] : undefined;
  const inner = depth < 5 ? (e.cause ?? first) : undefined;
  const known =
    code !== undefined && (kindOfErrno(code) !== undefined || kindOfCode(code, message) !== undefined || status !== undefined);
  if (!known && inner !== undefined) return look(inner, depth + 1);
  const retry = recordOf(e.$retryable);
  return {
    code: code ?? (status === undefined ? 'UnknownFailure' : `Http${status}`),
    message,
    status,
    fault: textOf(e.$fault),
    throttling: retry.throttling === true,
    retryable: e.$retryable !== undefined,
    corrected: metadata.clockSkewCorrected === true,
    // Smithy puts the raw response on errors of its own deserializers; parsers throw SyntaxError, or what it amends.
    corrupt:
      name === 'SyntaxError' ||
      message.includes('Deserialization error: to see the raw response') ||
      (status === undefined && e.$response !== undefined) ||
      (status !== undefined && status < 400),
    retryAfter: retryAfterOf(response.headers),
  };
}

/** `Retry-After` in seconds (RFC 9110 §10.2.3; AWS does not send dates), or Smithy's `x-amz-retry-after` in milliseconds. */
function retryAfterOf(headers: unknown): number | undefined {
  const h = Object.fromEntries(Object.entries(recordOf(headers)).map(([k, v]) => [k.toLowerCase(), v]));
  const exact = Number(h['x-amz-retry-after'] ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const seconds = Number(h['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

const recordOf = (v: unknown): Readonly<Record<string, unknown>> =>
  typeof v === 'object' && v !== null ? (v as Readonly<Record<string, unknown>>) : {};
const textOf = (v: unknown): string | undefined => (typeof v === 'string' && v !== '' ? v : undefined);
const numberOf = (v: unknown): number | undefined => (typeof v === 'number' ? v : undefined);
