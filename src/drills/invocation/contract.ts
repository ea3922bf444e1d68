/** What an invocation is made of, once it is known what stands there. */
import type { Clock } from '../../model/clock.ts';
import type { Invocation } from '../../model/invocation.ts';
import type { World } from '../../model/resource.ts';
import type { Actuator, Mark, Probe } from '../contract.ts';
import type { Outage } from '../result.ts';
import type { Readings } from './history.ts';

export interface InvocationStep {
  readonly actuator: Actuator;
  /**
   * Of a step that moved data: why it cannot return yet, since what was written elsewhere is not back; undefined: it can. Absent:
   * the step moves no data.
   */
  readonly dataBack?: (token: string) => Promise<string | undefined>;
}

export interface PreparedInvocation {
  readonly run: string;
  readonly plan: string;
  readonly services: readonly string[];
  /** Name of what is lost; `*` where the scope has no members. */
  readonly member: string;
  readonly world: World;
  readonly invocation: Invocation;
  read(): Promise<Readings>;
  /** In their order. */
  readonly steps: readonly InvocationStep[];
  readonly probes: readonly Probe[];
  /** Ways back by hand that no step here takes, one line each. */
  readonly notTaken: readonly string[];
  /** What cannot be seen, one line each. */
  readonly blind: readonly string[];
  /** Milliseconds for which the service may take to be well after the last step. */
  readonly patience: number;
  /** Told when it began, before any step acts. Milliseconds since the epoch. */
  readonly began: (t0: number) => void;
  readonly clock: Clock;
}

export const INVOCATION_STATUSES = [
  /** Nobody declared it, or the authority to do so was missing: nothing was done. */
  'stood-down',
  /** Everything is as it was before. */
  'normal-again',
  /** What was done stays, as somebody decided. */
  'as-it-is',
] as const;
export type InvocationStatus = (typeof INVOCATION_STATUSES)[number];

/** A decision as evidence keeps it. */
export interface DecisionMade {
  readonly automatic: boolean;
  /** Names; empty where nobody was asked. */
  readonly by: readonly string[];
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What the criteria came to when it was made: a person may decide without them. */
  readonly criteria: 'yes' | 'no' | 'unknown';
  readonly says: string;
  readonly signals: readonly SignalShown[];
}

export interface SignalShown {
  readonly id: string;
  readonly shows: 'yes' | 'no' | 'unknown';
  readonly vantage: string;
  readonly says: string;
}

export interface InvocationResult {
  readonly run: string;
  readonly plan: string;
  readonly services: readonly string[];
  readonly member: string;
  readonly world: World;
  readonly status: InvocationStatus;
  /** One clause. */
  readonly reason: string;
  readonly declared: DecisionMade | null;
  readonly deactivated: DecisionMade | null;
  /** Milliseconds since the epoch. */
  readonly marks: Readonly<Partial<Record<Mark, number>>>;
  /** False: nobody can tell when it began, only when it was first seen. */
  readonly onsetKnown: boolean;
  /** Milliseconds since the epoch at which everything was normal again. */
  readonly normal: number | null;
  /** Seconds: t5 − t0. Null while not recovered, and where t0 or the time between is not known. */
  readonly rto: number | null;
  /** Seconds: t5 − t2. */
  readonly rtoDeclared: number | null;
  /** True when nobody had to decide, approve or act. */
  readonly automatic: boolean;
  readonly outages: readonly Outage[];
  /** What was done and stays, by step. */
  readonly left: readonly string[];
  readonly epochs: number;
}

/** It has not ended: somebody must act, or it was stopped. */
export interface Held {
  readonly status: 'held';
  readonly run: string;
  /** assess, act, validate, deactivate or return. */
  readonly phase: string;
  readonly reason: string;
}
