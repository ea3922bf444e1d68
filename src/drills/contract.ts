/** What a drill is made of: the engine knows nothing of AWS, only of steps that can be done, looked at and undone. */
import type { Clock } from '../model/clock.ts';
import type { DrillKind } from '../model/drill.ts';
import type { Json } from '../model/journal.ts';
import type { Scope } from '../model/scope.ts';

/** Points of the clock (docs/model.md): onset, detected, declared, technically recovered, traffic shifted, validated. */
export const MARKS = ['t0', 't1', 't2', 't3', 't4', 't5'] as const;
export type Mark = (typeof MARKS)[number];

/** One thing that is done, and how it is undone. `token` makes a repeated act have no second effect. */
export interface Actuator {
  readonly id: string;
  /** What it would do, for a dry run and for the journal. */
  describe(): Json;
  act(token: string, signal: AbortSignal): Promise<Json>;
  /** After a crash: was it done? What was made or moved is told to those who follow it (canary writes), as `act` does. */
  outcome(token: string): Promise<'done' | 'not-done' | 'unknown'>;
  /** Puts back what it changed. Safe to call more than once, and when nothing was done. */
  compensate(token: string): Promise<Json>;
  /** Resources that it made and that must be gone at the end, by ARN; empty when nothing is left. */
  left(token: string): Promise<readonly string[]>;
}

/** Looks at the service from outside, again and again. */
export interface Probe {
  readonly id: string;
  /** Milliseconds between looks. */
  readonly every: number;
  /** The mark that waits for it: a store that takes writes again is technically recovered, an entry that answers has its traffic. */
  readonly tells?: 't3' | 't4';
  look(): Promise<ProbeResult>;
}

export interface ProbeResult {
  /** Undefined: nobody can tell. */
  readonly ok: boolean | undefined;
  /** One clause. */
  readonly says: string;
  readonly data: Json;
}

/** Evaluated throughout; true stops the drill and rolls it back. Unknown for too long counts as true. */
export interface StopCondition {
  readonly id: string;
  holds(): Promise<boolean | undefined>;
}

/** What canary writes say once the service is back. */
export interface Measured {
  /**
   * Seconds from the newest consistent write that was recovered to the onset; 0 when none was lost; `all` when none was recovered
   * (it is then longer than the canary wrote); null: nobody can tell.
   */
  readonly rpo: number | 'all' | null;
  /** Acknowledged canary writes up to the onset. */
  readonly written: number;
  /** Of all that were acknowledged, before and after the onset. */
  readonly lost: number;
  readonly duplicated: number;
  /** The same by store. */
  readonly stores: readonly {
    readonly store: string;
    readonly rpo: number | 'all' | null;
    readonly written: number;
    readonly lost: number;
    readonly duplicated: number;
  }[];
}

export interface PreparedDrill {
  readonly run: string;
  readonly kind: DrillKind;
  readonly service: string;
  readonly scope: Scope;
  /** `us-east-1`, `us-east-1a`; `*` where the scope has no members. */
  readonly member: string;
  readonly world: 'live' | 'simulated';
  /** Each answers why it does not hold; undefined: it holds. */
  readonly preconditions: readonly { readonly id: string; check(): Promise<string | undefined> }[];
  readonly disrupt: readonly Actuator[];
  /** What people or automation do to recover; empty when the service must recover by itself. */
  readonly recover: readonly Actuator[];
  readonly probes: readonly Probe[];
  readonly stops: readonly StopCondition[];
  /** Recovered and validated, by what the probes saw. */
  readonly validated: () => Promise<boolean>;
  /** Counts what was lost, once recovered. `t0`: the onset. */
  readonly measure?: (t0: number) => Promise<Measured>;
  /** At the onset: what whoever takes the drill up must know, kept in the journal. */
  readonly keeps?: () => Promise<Json>;
  /**
   * Told when another controller began the drill: its onset, in milliseconds since the epoch, and what `keeps` said then; undefined:
   * nothing. Before anything else of it is called.
   */
  readonly resumed?: (t0: number, kept: Json | undefined) => void;
  /** Milliseconds after which a drill that has not recovered is rolled back. */
  readonly limit: number;
  /** Milliseconds for which everything must stay well before a service counts as recovered. Default: one minute. */
  readonly dwell?: number;
  /** What a controller does that finds the drill under way after a crash. Default: rolls back. */
  readonly afterCrash?: 'continue' | 'roll-back';
  readonly clock: Clock;
}
