/** The journal of a drill or an invocation: what was intended, before it was done, and what came of it. */

/** Plain data, as JSON holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A member of an object; undefined of anything else. */
export function memberOf(data: Json, name: string): Json | undefined {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as Readonly<Record<string, Json>>)[name]
    : undefined;
}

export const ENTRY_KINDS = [
  /** The run as it was asked for: definition, requester, approvals, world. Always the first. */
  'created',
  /** A phase begins: preconditions, steady-state, disrupt, recover, validate, rollback, re-check, ended. */
  'phase',
  /** A step is about to act. Written before the act. */
  'intent',
  /** What came of the step of the same token. */
  'outcome',
  /** What a probe saw. */
  'observation',
  /** A point of the clock t0 … t5 of docs/model.md. */
  'mark',
  /** Somebody approved, refused, declared or aborted. */
  'decision',
  /** A stop condition fired. */
  'stop',
  /** The result. Always the last. */
  'ended',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface Entry {
  readonly kind: EntryKind;
  /** Milliseconds since the epoch, by the clock of the run's world. */
  readonly at: number;
  /** Step, probe, phase or mark that it is about. */
  readonly about: string;
  /** Idempotency token of an intent and of its outcome. */
  readonly token: string | undefined;
  readonly data: Json;
}

export interface JournalEntry extends Entry {
  readonly run: string;
  /** From 1, without a gap. */
  readonly sequence: number;
  /** Of the lease under which it was written. */
  readonly epoch: number;
}

/** The right to act on a run. Each new holder gets a higher epoch, and what an older one still writes is refused. */
export interface Lease {
  readonly run: string;
  readonly holder: string;
  readonly epoch: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** A lease that is no longer the run's: its holder must stop acting at once. */
export class LeaseLost extends Error {
  constructor(run: string, epoch: number) {
    super(`run ${run}: the lease of epoch ${epoch} is lost; another controller may be acting`);
    this.name = 'LeaseLost';
  }
}

/** Where runs are kept. Every method is atomic; an entry that was returned is there after any crash. */
export interface Journal {
  /** Takes the lease of a run when nobody holds one that has not expired; undefined otherwise. */
  acquire(run: string, holder: string, milliseconds: number, now: number): Promise<Lease | undefined>;
  /** The same lease with a later end. Throws `LeaseLost`. */
  renew(lease: Lease, milliseconds: number, now: number): Promise<Lease>;
  release(lease: Lease): Promise<void>;
  /** Throws `LeaseLost` when the lease's epoch is not the run's newest. */
  append(lease: Lease, entry: Entry): Promise<JournalEntry>;
  /** Entries in order; empty for a run that does not exist. */
  read(run: string): Promise<readonly JournalEntry[]>;
  /** Runs with no `ended` entry, oldest first. */
  open(): Promise<readonly string[]>;
}
