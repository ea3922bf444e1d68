/** What was promised, to whom, for what: the catalogue's vocabulary (docs/model.md, Vocabulary). */
import type { DrillSpec } from './drill.ts';
import type { Invocation } from './invocation.ts';
import type { Scope } from './scope.ts';

export const METRIC_TYPES = [
  'RTO',
  'RPO',
  'MTPD',
  'MBCO',
  'AVAILABILITY',
  'DETECT',
  'INVOKE',
  'RECONSTITUTE',
  'RETENTION',
  'RESTORE_GRANULARITY',
] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** `seconds` for times; `percent` for MBCO and AVAILABILITY. */
export type TargetUnit = 'seconds' | 'percent';

export function unitOf(type: MetricType): TargetUnit {
  return type === 'MBCO' || type === 'AVAILABILITY' ? 'percent' : 'seconds';
}

const AT_LEAST: ReadonlySet<string> = new Set<MetricType>(['MBCO', 'AVAILABILITY', 'RETENTION']);

/** Promises of at least so much: the higher target is the stricter. All other types promise at most so much. */
export const isAtLeast = (type: string): boolean => AT_LEAST.has(type);

/** Line and column (from 1) of a value in the catalogue file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One promise in an agreement: for one service, one type and one scope. */
export interface Metric {
  /** `<agreement>/<service>/<type>-<scope>`, unique in the catalogue. */
  readonly id: string;
  readonly agreementId: string;
  readonly serviceId: string;
  readonly type: MetricType;
  readonly scope: Scope;
  /** Seconds, or 0 … 100 percent, by `unitOf(type)`. */
  readonly target: number;
  /** 0 < p < 100; default 99, for MTPD 99.9. */
  readonly percentile: number;
  /** RTO runs from the onset of the disruption; `declaration` is shown apart. */
  readonly clock: 'onset' | 'declaration';
  /** True when the catalogue gave no scope and the tier's default supplied it. */
  readonly scopeDefaulted: boolean;
  readonly place: Place;
}

export interface Agreement {
  readonly id: string;
  readonly title: string;
  readonly kind: 'SLA' | 'OLA';
  readonly provider: string;
  readonly customer: string;
  readonly version: string;
  /** Undefined: a draft, which is not in force. */
  readonly approvedBy: string | undefined;
  /** Days, ISO 8601 (YYYY-MM-DD); `to` is the last day in force. */
  readonly from: string;
  readonly to: string | undefined;
  /** Agreements (usually OLAs) that this one rests on. */
  readonly underpinnedBy: readonly string[];
  /** Who must approve a change that breaks one of its metrics; kept for the pull-request gate. */
  readonly changeReference: string | undefined;
  readonly metrics: readonly Metric[];
  readonly place: Place;
}

/** Picks resources. A resource matches when every given part matches; parts with `*` and `**` are globs. */
export interface Selector {
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly urn: string | undefined;
  /** Name or type of an enclosing component resource. */
  readonly component: string | undefined;
  /** `stack` or `project/stack`. */
  readonly stack: string | undefined;
  /** Pulumi type token. */
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly place: Place;
}

export interface ServiceEntry {
  readonly id: string;
  readonly title: string;
  /** 1 is the most critical. */
  readonly tier: 1 | 2 | 3 | 4;
  readonly owner: string | undefined;
  readonly lifecycle: 'production' | 'experimental' | 'deprecated';
  /** Reference to the business impact analysis: a document id, never derived here. */
  readonly bia: string | undefined;
  readonly selectors: readonly Selector[];
  /** Selectors of the resources where users come in, when traffic records do not show it. */
  readonly entry: readonly Selector[];
  /** Selectors that take resources out of this service again. */
  readonly exclude: readonly Selector[];
  readonly dependsOn: readonly Dependency[];
  readonly place: Place;
}

export interface Dependency {
  readonly on: { readonly kind: 'service' | 'supplier'; readonly id: string };
  /** A soft dependency may be absent without stopping the service. */
  readonly strength: 'hard' | 'soft';
  readonly place: Place;
}

/** A business partner, with what it has promised. Without evidence every metric that rests on it is unknown. */
export interface Supplier {
  readonly id: string;
  readonly title: string;
  /** Document that shows the promise (contract clause, report); undefined when there is none. */
  readonly evidence: string | undefined;
  readonly promises: readonly { readonly type: 'RTO' | 'RPO'; readonly scope: Scope; readonly seconds: number }[];
  readonly place: Place;
}

/** Accepts a finding for a while. It is shown beside the verdict and never changes it. */
export interface Waiver {
  readonly rule: string;
  /** URN glob; undefined: every resource. */
  readonly resource: string | undefined;
  readonly reason: string;
  readonly approvedBy: string;
  /** Last day it holds, YYYY-MM-DD. */
  readonly until: string;
  readonly place: Place;
}

/** A role written by hand: these resources stand in for one another. Overrides what is found. */
export interface RoleEntry {
  readonly id: string;
  readonly service: string;
  readonly members: readonly Selector[];
  readonly place: Place;
}

/** A recovery plan as far as people go: who answers for it, whom to call, and when somebody last looked at it. */
export interface Plan {
  readonly id: string;
  /** Services that it brings back. */
  readonly services: readonly string[];
  readonly owner: string | undefined;
  /** Day of the last review, YYYY-MM-DD. */
  readonly reviewed: string | undefined;
  readonly contacts: readonly Contact[];
  /** Where the duty roster is, and the day on which somebody last made sure that it is right. */
  readonly roster: { readonly url: string; readonly reviewed: string } | undefined;
  /** When it is invoked, by whom, and how everything returns to normal; undefined: nothing is said about it. */
  readonly invocation: Invocation | undefined;
  /** Everything else that is written there, kept as it is. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

export interface Contact {
  readonly role: string;
  readonly name: string;
  /** Number, address or channel under which they answer. */
  readonly reach: string;
}

/** Replaces one service time by the reader's own figure (a drill, a measurement, an assumption of theirs). Seconds. */
export interface TimeOverride {
  readonly row: string;
  readonly min: number;
  readonly typ: number;
  readonly max: number;
  readonly source: string;
  readonly place: Place;
}

export interface Catalogue {
  readonly file: string;
  readonly services: readonly ServiceEntry[];
  readonly agreements: readonly Agreement[];
  readonly suppliers: readonly Supplier[];
  readonly waivers: readonly Waiver[];
  readonly roles: readonly RoleEntry[];
  readonly times: readonly TimeOverride[];
  /** Sources to read when the command line names none, relative to the file. */
  readonly sources: readonly string[];
  /** Mandatory (type, scope) pairs by tier, for KPI 3. */
  readonly mandatory: Readonly<Record<1 | 2 | 3 | 4, readonly { readonly type: MetricType; readonly scope: Scope }[]>>;
  /** Greatest age of a drill or a real event that counts, by tier. Seconds. */
  readonly evidenceAge: Readonly<Record<1 | 2 | 3 | 4, number>>;
  /** Resource types the reader declares inert, with the reason. */
  readonly inert: readonly { readonly type: string; readonly reason: string; readonly place: Place }[];
  /** Failures per year by scope; without them an AVAILABILITY metric is unknown. */
  readonly failureRates: Readonly<Partial<Record<Scope, number>>>;
  readonly plans: readonly Plan[];
  readonly drills: readonly DrillSpec[];
  /** Warnings that do not stop a run: a target its underpinning targets cannot fit inside, a draft, … */
  readonly warnings: readonly { readonly message: string; readonly place: Place }[];
}
