/** What a resource's configuration means for continuity: what happens to it, and what brings it back. */
import type { Known, Truth, Unknown } from './known.ts';
import { fold } from './known.ts';
import type { Scope } from './scope.ts';

/** From best to worst. The class of a path is the worst on it (law 3). */
export const AUTOMATION_CLASSES = ['always-on', 'service-native', 'orchestrated', 'human-decision', 'human-execution'] as const;
export type AutomationClass = (typeof AUTOMATION_CLASSES)[number];

export function isAutomatic(c: AutomationClass): boolean {
  return c === 'always-on' || c === 'service-native' || c === 'orchestrated';
}

/** The worst class of the list; `always-on` for the empty list, since nothing had to happen. */
export function worstClass(classes: readonly AutomationClass[]): AutomationClass {
  let worst = 0;
  for (const c of classes) worst = Math.max(worst, AUTOMATION_CLASSES.indexOf(c));
  return AUTOMATION_CLASSES[worst] ?? 'human-execution';
}

/**
 * A time in seconds, as data; `recovery` turns it into a distribution. `row` names a service time
 * (recovery/service-times), `span` is uniform between two bounds that follow from configuration.
 */
export type Timing =
  | { readonly kind: 'row'; readonly row: string }
  | { readonly kind: 'fixed'; readonly seconds: number; readonly why: string }
  | { readonly kind: 'span'; readonly min: number; readonly max: number; readonly why: string }
  | { readonly kind: 'sum'; readonly parts: readonly Timing[] }
  | { readonly kind: 'slowest'; readonly parts: readonly Timing[] }
  /** Whichever comes first: several things may notice, and one is enough. */
  | { readonly kind: 'fastest'; readonly parts: readonly Timing[] }
  | { readonly kind: 'never'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: Unknown };

export const row = (id: string): Timing => ({ kind: 'row', row: id });
export const fixed = (seconds: number, why: string): Timing => ({ kind: 'fixed', seconds, why });
export const span = (min: number, max: number, why: string): Timing => ({ kind: 'span', min, max, why });
export const sum = (...parts: readonly Timing[]): Timing => ({ kind: 'sum', parts });
export const slowest = (...parts: readonly Timing[]): Timing => ({ kind: 'slowest', parts });
export const fastest = (...parts: readonly Timing[]): Timing => ({ kind: 'fastest', parts });
export const never = (why: string): Timing => ({ kind: 'never', why });
export const timeUnknown = (why: Unknown): Timing => ({ kind: 'unknown', why });

/** An AWS API that a recovery must call. In a disruption its control plane may be gone with its Region. */
export interface ControlCall {
  /** `rds:FailoverGlobalCluster`, in IAM's spelling. */
  readonly action: string;
  /** Where the API's control plane runs; undefined: in the resource's own (surviving) Region. */
  readonly region: Known<string> | undefined;
  readonly plane: 'control' | 'data';
}

/** One way in which a resource comes back, or is stood in for, after a disruption. */
export interface Protection {
  /** Stable id of the mechanism: `rds-multi-az`, `aurora-global-failover`, `s3-replication`. */
  readonly mechanism: string;
  readonly scopes: readonly Scope[];
  readonly automation: AutomationClass;
  /** Is it configured, enabled and not suspended, before the disruption? A no keeps it out of force. */
  readonly armed: Truth;
  /** Resources that take over (URN or ARN); the resource itself when it recovers in place. */
  readonly successors: Known<readonly string[]>;
  /** Region that it recovers into; undefined: the same Region. */
  readonly into: Known<string> | undefined;
  /** From the onset of the disruption to this resource being usable again, without what it waits for. */
  readonly time: Timing;
  /** Age of the newest consistent write that is recovered. Undefined for what holds no state. */
  readonly point: Timing | undefined;
  /** What must be called for it; empty when the service acts by itself. */
  readonly calls: readonly ControlCall[];
  /** How an orchestrator refers to it: `aurora-global-failover`, `rds-promote-read-replica`, `asg-scale`, … */
  readonly action: string | undefined;
  /** One clause for people. */
  readonly says: string;
}

/** What a disruption does to a resource that it reaches. */
export type Impact =
  | { readonly kind: 'unaffected'; readonly why: string }
  /** Keeps serving with this share (0 … 1) of its capacity, until a protection restores the rest. */
  | { readonly kind: 'reduced'; readonly left: Known<number>; readonly why: string }
  /** Out of service until one of its protections for the scope has acted. */
  | { readonly kind: 'lost'; readonly why: string };

export const RESOURCE_KINDS = [
  'store',
  'compute',
  'traffic',
  'queue',
  'network',
  'key',
  'secret',
  'image',
  'detector',
  'orchestrator',
  'backup',
  'proxy',
  'config',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/**
 * Distinct AZs that a thing runs in. `zones` are names (`us-east-1a`) or stand-in tokens (`az:us-east-1:2`),
 * all different; `doubtful` counts further places whose AZ is not known and may be any of these or another.
 */
export interface Spread {
  readonly zones: readonly string[];
  readonly doubtful: number;
}

export type Placement =
  /** Answers from many places at once (Route 53, CloudFront); no Region takes it away. */
  | { readonly kind: 'global' }
  /** The service itself spans the Region's AZs (S3, DynamoDB, SQS). */
  | { readonly kind: 'regional' }
  | { readonly kind: 'zonal'; readonly spread: Spread };

/** What one resource has to do with another. */
export interface Link {
  /** URN or ARN; unknown when the reference resolves to nothing. */
  readonly to: Known<string>;
  readonly carries: LinkKind;
  /** The property that holds the reference. */
  readonly property: string;
}
export const LINK_KINDS = [
  /** Passes requests on: record → load balancer → target group → group of instances. */
  'traffic',
  /** Calls it while serving. */
  'endpoint',
  /** Cannot start, or cannot read its data, without it. */
  'key',
  'secret',
  'image',
  'network',
  /** Its failover hangs on this signal. */
  'health',
  'trigger',
  /** Copies of one another: replica and source, member and global cluster, record and its counterpart. */
  'replica',
  /** Reaches the world outside its network through it. */
  'egress',
  /** Backed up by. */
  'backup',
] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** Running capacity before the disruption, in the resource's own unit. */
export interface Capacity {
  readonly unit: 'instances' | 'tasks' | 'nodes' | 'requests';
  readonly running: Known<number>;
  readonly max: Known<number>;
}

/** A plan or automation that starts protections without a person, or with one. */
export interface Orchestration {
  /** The `action` of the protections it starts. */
  readonly action: string;
  readonly targets: readonly Known<string>[];
  readonly scopes: readonly Scope[];
  readonly automation: AutomationClass;
  readonly armed: Truth;
  /** Time from the onset to the step being started: trigger, approvals and the steps before it. */
  readonly lead: Timing;
  /** What it scales out ends at this share (1: as much) of the most that its other targets run; undefined: it scales nothing. */
  readonly grows: Known<number> | undefined;
  readonly says: string;
}

/** What a resource means for continuity. Produced from declared and from observed facts by the same function. */
export interface Meaning {
  readonly kind: ResourceKind;
  readonly placement: Known<Placement>;
  /**
   * Does it wait for a failover, and serve nothing until then: a secondary cluster, a replica? Undefined: its links and
   * the protections of others tell.
   */
  readonly waits: Known<boolean> | undefined;
  /** What each scope does to it when it reaches it. A scope left out is unknown (not-modelled). */
  readonly under: Readonly<Partial<Record<Scope, Known<Impact>>>>;
  readonly protections: readonly Protection[];
  readonly links: readonly Link[];
  readonly capacity: Capacity | undefined;
  /** How long a detector takes from onset to its signal. */
  readonly detection: Timing | undefined;
  readonly orchestrations: readonly Orchestration[];
  /** Days of history that can be restored; undefined for what keeps none. */
  readonly retentionDays: Known<number> | undefined;
  /** The same for what AWS Backup keeps of it: either history is enough. */
  readonly backupDays: Known<number> | undefined;
}

/** All that are known to take over by any of these. */
export function successorsOf(protections: readonly Protection[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { successors } of protections)
    fold(
      successors,
      (urns) => {
        for (const urn of urns) found.add(urn);
      },
      () => undefined,
    );
  return found;
}
