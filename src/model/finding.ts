import type { Unknown } from './known.ts';
import type { Position } from './resource.ts';
import type { Scope } from './scope.ts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is said of any rule, of code, of live AWS or of what the engine would do. */
export interface RuleText {
  /** The slug of domain knowledge: `dns-failover-primary-no-health`. */
  readonly id: string;
  /** One line: what is wrong when it fires. */
  readonly title: string;
  readonly severity: Severity;
  readonly scopes: readonly Scope[];
  /** Why it matters: what happens in the disruption. Two or three sentences. */
  readonly why: string;
  /** What to change, in the words of Pulumi and AWS. */
  readonly fix: string;
  /** Address of the source of the behaviour, or `derived` with the reasoning in `why`. */
  readonly source: string;
}

/** One place where a known pitfall was found, or where nobody can tell whether it is there. */
export interface Finding {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  /** Scopes whose promises it endangers. */
  readonly scopes: readonly Scope[];
  /** URN (declared) or ARN (observed). */
  readonly resource: string;
  readonly resourceTitle: string;
  readonly property: string | undefined;
  readonly position: Position | undefined;
  /** What is wrong here, in one sentence about this resource. */
  readonly message: string;
  /** Set when the rule could not be decided: the reason. Such a finding is listed apart. */
  readonly undecided: Unknown | undefined;
  /** Stable across runs, stacks and renames of other resources: hash of rule, project, type, component path and name. */
  readonly fingerprint: string;
  readonly waiver:
    | { readonly approvedBy: string; readonly until: string; readonly reason: string; readonly expired: boolean }
    | undefined;
}
