/** What a family of changes is asked, and what it answers with. */
import type { EstateResource } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import type { Metric } from '../../model/agreement.ts';
import type { Finding } from '../../model/finding.ts';
import type { Member, Scope } from '../../model/scope.ts';
import type { Outcome } from '../../recovery/outcome.ts';
import type { Change } from './change.ts';
import type { Site } from './site.ts';

/**
 * What a change adds to the running cost, by kind and without any price, which differs by Region and contract. `none`:
 * nothing more is billed. `low`: storage, copies, requests or checks, by use. `standby`: something more runs that serves
 * little until it is needed. `doubled`: what is there runs, or is billed, once more.
 */
export const COST_CLASSES = ['none', 'low', 'standby', 'doubled'] as const;
export type CostClass = (typeof COST_CLASSES)[number];

export interface Cost {
  readonly class: CostClass;
  /** What the class rests on, in one clause. */
  readonly rests: string;
}

/** One change, or a few that make no sense without each other, and what they bring about. */
export interface Candidate {
  /** Id of the mechanism, as protections name it. */
  readonly mechanism: string;
  /** One clause for people, in the infinitive: `run a standby in another AZ`. */
  readonly says: string;
  readonly changes: readonly Change[];
  readonly cost: Cost;
  /** What a person must know before making it: data to copy, a replacement. */
  readonly caution?: string;
  /** A person must act on what it gives, whatever else is done: a backup to restore. */
  readonly byHand?: true;
}

export type Lack = 'mechanism' | 'automatic' | 'survives' | 'armed' | 'time' | 'point' | 'history' | 'finding' | 'egress';

/** One resource that stands in the way of a promise, and what it lacks. */
export interface Spot {
  readonly metric: Metric;
  readonly scope: Scope;
  readonly member: Member;
  readonly item: EstateResource;
  readonly role: Role | undefined;
  readonly outcome: Outcome | undefined;
  readonly lacks: ReadonlySet<Lack>;
  /** The critical finding, or the doubt whether there is one. */
  readonly finding: Finding | undefined;
}

/** Candidates for one spot, the one to try first before the others; empty where the family knows nothing. */
export type Family = (spot: Spot, site: Site) => readonly Candidate[];
