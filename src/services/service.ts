/**
 * The contract of one AWS service: which Pulumi types it reads, how its facts are read from a
 * declaration, and what those facts mean. The observed reader returns the same facts, and `mean` is the
 * only place where facts become protections (law 2: two sources, one meaning).
 */
import type { Known } from '../model/known.ts';
import { known } from '../model/known.ts';
import type { Impact, Meaning, Placement, ResourceKind } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import type { Props, View } from './view.ts';

/** What every service's facts carry. */
export interface Identity {
  /** URN (declared) or ARN (observed). */
  readonly id: string;
  readonly name: string;
  readonly region: Known<string>;
  readonly account: Known<string>;
}

export interface ServiceModule<F extends Identity = Identity> {
  /** Stable kebab-case id, the file's name: `rds-instance`. */
  readonly id: string;
  /** AWS's own name for one of it: `RDS DB instance`. */
  readonly title: string;
  readonly kind: ResourceKind;
  /** Canonical Pulumi types of which each resource gets a meaning. */
  readonly types: readonly string[];
  /** Types that only configure one of those, read through it, and the property that names it. */
  readonly parts: readonly { readonly type: string; readonly of: string }[];
  /** Reads the declaration. Every unset input gets AWS's real default, with its source in a comment. */
  declare(props: Props, view: View): F;
  mean(facts: F): Meaning;
}

/** Gives a module its exact fact type; keeps the registry a plain list. */
export function service<F extends Identity>(module: ServiceModule<F>): ServiceModule<F> {
  return module;
}

export function identityOf(props: Props): Identity {
  return { id: props.id, name: props.name, region: props.region, account: props.account };
}

const noImpact = (why: string): Known<Impact> => known({ kind: 'unaffected', why });
export const lost = (why: string): Known<Impact> => known({ kind: 'lost', why });
export const unaffected = noImpact;
export const reduced = (left: Known<number>, why: string): Known<Impact> => known({ kind: 'reduced', left, why });

/**
 * Impacts of a service that AWS runs across the AZs of a Region and that has no servers of the user's:
 * it outlives an instance and an AZ, and goes with its Region and its account. `data` depends on
 * whether it holds state. A control-plane outage leaves its data plane answering (AWS Fault Isolation
 * Boundaries whitepaper, "Control planes and data planes").
 */
export function regionalImpacts(holdsState: boolean): Partial<Record<Scope, Known<Impact>>> {
  return {
    instance: noImpact('AWS runs it on more than one host'),
    az: noImpact('AWS runs it across the AZs of the Region'),
    region: lost('it lives in one Region'),
    data: holdsState ? lost('its data can be corrupted or deleted') : noImpact('it holds no data'),
    account: lost('it lives in one account'),
    'control-plane': noImpact('its data plane answers without its control plane'),
    supplier: noImpact('AWS runs it'),
  };
}

/** Placement of a service that spans its Region's AZs by itself. */
export const regional: Known<Placement> = known({ kind: 'regional' });
export const global: Known<Placement> = known({ kind: 'global' });

/** A meaning with everything empty that a service need not fill in. */
export function meaning(parts: Partial<Meaning> & Pick<Meaning, 'kind' | 'placement' | 'under'>): Meaning {
  return {
    waits: undefined,
    protections: [],
    links: [],
    capacity: undefined,
    detection: undefined,
    orchestrations: [],
    retentionDays: undefined,
    backupDays: undefined,
    ...parts,
  };
}
