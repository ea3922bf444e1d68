import type { Metric } from './agreement.ts';
import type { Truth } from './known.ts';
import type { AutomationClass } from './protection.ts';
import type { Member } from './scope.ts';

export const LEVELS = ['designed', 'in-place', 'demonstrated'] as const;
export type Level = (typeof LEVELS)[number];

export const VERDICTS = ['met', 'not-met', 'unknown', 'not-applicable', 'expired'] as const;
export type VerdictKind = (typeof VERDICTS)[number];

/** The seven conditions of KPI 2 (docs/model.md, KPI 2), in their order. */
export const CONDITIONS = ['mechanism', 'automatic', 'survives', 'within', 'proactive', 'evidence', 'findings'] as const;
export type ConditionId = (typeof CONDITIONS)[number];

export interface Condition {
  readonly id: ConditionId;
  readonly holds: Truth;
  /** Why, in one clause. */
  readonly reason: string;
  /** URN of the resource that decides it; undefined when none does. */
  readonly decidedBy: string | undefined;
  /** It fails on waived findings alone. */
  readonly waived: boolean;
}

/** Predicted seconds with every service time at its expected end; Infinity: never. */
export interface Predicted {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** At the percentile that the metric names. */
  readonly atPercentile: number;
  /** Sampling error of `atPercentile`: the true quantile lies within ±, with 99 % confidence. */
  readonly error: number;
  /** Interval bounds. */
  readonly min: number;
  readonly max: number;
  readonly samples: number;
  /** p99 of how far the recovery points of the stores lie apart; undefined for times and for one store. */
  readonly skewP99: number | undefined;
  /** Service times used whose figures are our assumption. */
  readonly assumedRows: readonly string[];
}

/** What one level of evidence says about one metric. */
export interface MetricVerdict {
  readonly metric: Metric;
  readonly level: Level;
  readonly verdict: VerdictKind;
  readonly conditions: readonly Condition[];
  /** Of the whole recovery path; undefined when there is none. */
  readonly automation: AutomationClass | undefined;
  readonly predicted: Predicted | undefined;
  /** The one reason that matters, for people. */
  readonly reason: string;
  /** URN of the resource that decides the verdict. */
  readonly decidedBy: string | undefined;
  /** The member of the scope that is worst. */
  readonly member: Member;
  /** Does the promise hold when a person may act (all conditions but `automatic`)? */
  readonly withPerson: Truth;
  /** False for metrics that a failover cannot apply to (RETENTION, RESTORE_GRANULARITY, INVOKE by people). */
  readonly countsForKpi2: boolean;
  /** Only waived findings stand in the way: KPI 2 still counts it as not met, a gate may let it pass. */
  readonly waivedOnly: boolean;
  /** Service time whose assumption decides an unknown, and what to do about it. */
  readonly decidingRow: string | undefined;
}
