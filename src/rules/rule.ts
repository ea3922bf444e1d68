/** The contract of a rule: a known pitfall, where it is looked for, and what to do about it. */

import type { Estate, EstateResource } from '../estate/estate.ts';
import type { Role } from '../estate/roles.ts';
import type { MetricType } from '../model/agreement.ts';
import type { RuleText } from '../model/finding.ts';
import type { Truth } from '../model/known.ts';
import type { Scope } from '../model/scope.ts';
import type { Identity, ServiceModule } from '../services/service.ts';

export const FAMILIES = [
  'dns',
  'load-balancing',
  'compute',
  'network',
  'databases',
  'storage',
  'backup',
  'keys',
  'automation',
] as const;
export type Family = (typeof FAMILIES)[number];

/** What a rule may ask beyond the resource in hand. */
export interface RuleContext {
  readonly estate: Estate;
  /** False when no catalogue was given: rules then speak as if every scope had been agreed. */
  readonly hasCatalogue: boolean;
  role(urn: string): Role | undefined;
  /** Does it wait for a failover (SECONDARY record, replica, secondary cluster, what only these send traffic to)? */
  isStandby(urn: string): boolean;
  /** Targets agreed for the services that own the resource: seconds, or percent for MBCO. Strictest first. */
  targets(urn: string, type: MetricType, scope?: Scope): readonly number[];
  /** Is any recovery metric of this scope agreed for a service that owns the resource? */
  agreed(urn: string, scope: Scope): boolean;
  /** Facts of another resource, when that service reads it. */
  facts<F extends Identity>(module: ServiceModule<F>, urn: string): F | undefined;
  /** Facts of every resource that the service reads. */
  allFacts<F extends Identity>(module: ServiceModule<F>): readonly F[];
}

/** One answer about one resource. `fires` carries the sentence for people in its detail. */
export interface RuleAnswer {
  readonly fires: Truth;
  /** Property to point at. */
  readonly property: string | undefined;
}

export interface Check {
  readonly module: ServiceModule | undefined;
  readonly check: (facts: Identity, item: EstateResource, context: RuleContext) => RuleAnswer | readonly RuleAnswer[] | undefined;
}

export interface Rule extends RuleText {
  readonly family: Family;
  /** It speaks of the program (options, providers, what only the provider acts on): AWS shows nothing that it could look at. */
  readonly ofCode?: true;
  readonly checks: readonly Check[];
}

/** Looks at every resource of one service, with its facts. An undefined answer: the rule does not concern this one. */
export function on<F extends Identity>(
  module: ServiceModule<F>,
  check: (facts: F, item: EstateResource, context: RuleContext) => RuleAnswer | readonly RuleAnswer[] | undefined,
): Check {
  // The engine calls a check only with facts that its own module made.
  return { module, check: check as Check['check'] };
}

/** Looks at every custom resource, modelled or not. */
export function onEvery(check: (item: EstateResource, context: RuleContext) => RuleAnswer | undefined): Check {
  return { module: undefined, check: (_facts, item, context) => check(item, context) };
}

export function answer(fires: Truth, property?: string): RuleAnswer {
  return { fires, property };
}
