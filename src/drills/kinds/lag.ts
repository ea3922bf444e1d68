/** How late the copies of a service's stores are, store by store. */
import { type EstateResource, meaningOf } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import { groupBy } from '../../model/collections.ts';
import { successorsOf } from '../../model/protection.ts';
import { REPLICATING } from '../mechanisms.ts';
import type { Outside } from '../ports.ts';
import { arnOf } from './places.ts';

export interface Lag {
  readonly title: string;
  /** Seconds; undefined: nobody can tell. */
  readonly seconds: number | undefined;
}

export interface StoreMember {
  readonly item: EstateResource;
  readonly role: Pick<Role, 'id' | 'title'>;
}

/**
 * One for each store that is copied: the worst that any of its members tells. Whichever of them is the source tells; its copies, and
 * a global cluster that only binds them together, have nothing to say.
 */
export async function lagsOf(stores: readonly StoreMember[], outside: Outside): Promise<readonly Lag[]> {
  const lags: Lag[] = [];
  for (const members of copied(stores).values()) {
    const [first] = members;
    const told = await Promise.all(members.flatMap(({ item }) => arnOf(item) ?? []).map((arn) => outside.lag(arn)));
    const known = told.filter((seconds) => seconds !== undefined);
    lags.push({ title: first?.role.title ?? '', seconds: known.length === 0 ? undefined : Math.max(...known) });
  }
  return lags;
}

/** Stores that are copied, by id of their role. */
export function copied<T extends StoreMember>(stores: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return new Map([...groupBy(stores, (s) => s.role.id)].filter(([, members]) => members.some(({ item }) => replicates(item))));
}

/**
 * Those that are copied before their copies, and else in their order: writers connect to the source, whichever of the two the program
 * makes first.
 */
export function sourcesFirst(members: readonly EstateResource[]): readonly EstateResource[] {
  const copies = successorsOf(
    members.flatMap((item) => meaningOf(item)?.protections ?? []).filter((p) => REPLICATING.has(p.mechanism)),
  );
  const isCopy = (item: EstateResource): boolean => copies.has(item.resource.urn);
  return [...members.filter((item) => !isCopy(item)), ...members.filter(isCopy)];
}

const replicates = (item: EstateResource): boolean =>
  (meaningOf(item)?.protections ?? []).some((p) => REPLICATING.has(p.mechanism));
