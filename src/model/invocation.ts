/** When a recovery plan is invoked, by whom, and how everything returns to normal: the `invocation:` of a plan. */
import type { Place } from './agreement.ts';
import type { DrillSpec, StepRule } from './drill.ts';
import type { Scope } from './scope.ts';

/** Something that is read again and again, and shows the disruption or does not. */
export type SignalRule =
  /** A CloudWatch alarm is in ALARM. ARN, or a name with its Region. */
  | { readonly kind: 'alarm'; readonly alarm: string; readonly region: string | undefined }
  /** A Route 53 health check of an endpoint is unhealthy. Its id, or a glob over its URN. */
  | { readonly kind: 'health-check'; readonly check: string }
  /** Requests of our own fail from at least so many resolvers. Without a URL: to any entry that the recovery graph finds. */
  | { readonly kind: 'probe'; readonly url: string | undefined; readonly failing: number }
  /** Replication out of a store is later than that. Seconds; a glob over URNs, undefined: any store of the services. */
  | { readonly kind: 'lag-above'; readonly seconds: number; readonly of: string | undefined }
  /** An AWS Health event of this AWS service (`EC2`) is open in the Region. */
  | { readonly kind: 'health-event'; readonly service: string; readonly region: string }
  /** A CloudWatch metric in per cent is on average lower. Share 0 … 1; `over` in seconds. */
  | { readonly kind: 'availability-below'; readonly share: number; readonly over: number; readonly metric: MetricRule };

export interface MetricRule {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly region: string;
}

export interface NamedSignal {
  readonly id: string;
  readonly rule: SignalRule;
  readonly place: Place;
}

/** Over signals, by id. */
export type Circumstances =
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Circumstances[] }
  | { readonly kind: 'at-least'; readonly count: number; readonly of: readonly Circumstances[] };

/** What must be seen, and for how long. */
export interface Criteria {
  readonly when: Circumstances;
  /** Seconds for which each signal that counts must have shown it without a break. */
  readonly for: number;
  /** Seconds between two readings. */
  readonly every: number;
  /** Signals of different sources or vantage points that must show it: the false-alarm guard. At least 1. */
  readonly independent: number;
}

/** Who decides: nobody but the criteria, or so many of these people. No names: anybody who gives a name. */
export type Authority =
  | { readonly kind: 'automatic' }
  | { readonly kind: 'people'; readonly by: readonly string[]; readonly count: number };

/** People are asked before a step is taken. */
export interface ApprovalRule {
  /** Glob over the ids of steps. */
  readonly before: string;
  /** Empty: anybody. */
  readonly by: readonly string[];
  readonly count: number;
  /** Seconds for which an answer is awaited. */
  readonly within: number;
  /** After that: the step waits for somebody to take the invocation up, or is taken. */
  readonly otherwise: 'hold' | 'go-on';
}

export interface Deactivation {
  /** Ids of signals that must be clear. */
  readonly clear: readonly string[];
  /** Seconds for which they must have been. */
  readonly for: number;
  readonly authority: Authority;
}

export interface Invocation {
  /** What is lost when it is invoked. */
  readonly scope: Scope;
  /** Name of the Region, AZ, account or supplier; undefined where the scope has no members. */
  readonly member: string | undefined;
  readonly signals: readonly NamedSignal[];
  readonly criteria: Criteria;
  readonly authority: Authority;
  readonly approvals: readonly ApprovalRule[];
  /** The standing change under which it is carried out. */
  readonly change: string | undefined;
  readonly blastRadius: DrillSpec['blastRadius'];
  /** Undefined: what the recovery graph leaves to people. */
  readonly steps: readonly StepRule[] | undefined;
  readonly deactivation: Deactivation;
  readonly place: Place;
}
