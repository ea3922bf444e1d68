/** Which resources belong to which service: the catalogue's selectors over the estate. */

import { isLiteral } from '../catalog/glob.ts';
import type { SelectorFacts } from '../catalog/selector.ts';
import { compileSelector } from '../catalog/selector.ts';
import type { Estate, EstateResource } from '../estate/estate.ts';
import type { WrittenRole } from '../estate/roles.ts';
import type { Catalogue, RoleEntry, Selector, ServiceEntry } from '../model/agreement.ts';
import { groupBy } from '../model/collections.ts';
import { UsageError } from '../model/errors.ts';
import type { Truth, Unknown } from '../model/known.ts';
import { any, decide, fold } from '../model/known.ts';
import { isNo } from './conditions.ts';

/** A resource that may or may not belong to a service. */
export interface OwnershipDoubt extends Unknown {
  readonly resource: string;
}

export interface ServiceResources {
  readonly entry: ServiceEntry;
  /** URNs, in the estate's order. Components and providers are left out. */
  readonly resources: readonly string[];
  readonly entries: readonly string[];
  readonly doubts: readonly OwnershipDoubt[];
}

export interface Assignment {
  readonly services: ReadonlyMap<string, ServiceResources>;
  readonly roles: readonly WrittenRole[];
  /** Services of each resource. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
}

/**
 * Throws UsageError `selector-matches-nothing` listing, with their places, all selectors that pick no resource: a
 * promise about nothing would otherwise be judged over nothing.
 */
export function assign(estate: Estate, catalogue: Catalogue): Assignment {
  const candidates = [...estate.resources.values()]
    .filter((r) => r.standing.kind !== 'component')
    .map((r) => ({ item: r, facts: factsOf(r, estate) }));
  const empty: Selector[] = [];
  const owners = new Map<string, string[]>();
  const services = new Map<string, ServiceResources>();
  const inQuestion = byTagAndComponent(candidates);
  const pick = (selectors: readonly Selector[]): Picked => pickAll(selectors, inQuestion(selectors), empty);

  for (const entry of catalogue.services) {
    const chosen = pick(entry.selectors);
    const excluded = new Set(pick(entry.exclude).sure);
    const resources = chosen.sure.filter((urn) => !excluded.has(urn));
    services.set(entry.id, { entry, resources, entries: pick(entry.entry).sure, doubts: chosen.doubts });
    for (const urn of resources) owners.set(urn, [...(owners.get(urn) ?? []), entry.id]);
  }
  const roles = catalogue.roles.map((role: RoleEntry): WrittenRole => ({ id: role.id, members: pick(role.members).sure }));
  if (empty.length > 0 && estate.partial === undefined) {
    const lines = empty.map(
      (s) =>
        `${s.place.file}:${s.place.line}:${s.place.column}: expected a selector that picks at least one resource, found ${describe(s)}, which picks none of ${candidates.length}`,
    );
    throw new UsageError(
      'selector-matches-nothing',
      `${lines.join('\n')}\nCheck the spelling, or leave the selector out. \`holdfast init SOURCE\` shows what the sources hold.`,
    );
  }
  return { services, roles, owners };
}

/** What selectors pick of the estate, and what the code says each service owns of it. */
export function joined(picked: Assignment, owned: Assignment | undefined, estate: Estate): Assignment {
  if (owned === undefined) return picked;
  const both = (a: readonly string[], b: readonly string[] = []): readonly string[] => [
    ...new Set([...a, ...b.filter((urn) => estate.resources.has(urn))]),
  ];
  // Whose a declared resource is, its code has said.
  const declared = new Set(estate.readings.filter((r) => r.kind !== 'observed').flatMap((r) => r.resources.map((x) => x.urn)));
  const services = new Map<string, ServiceResources>();
  const owners = new Map<string, string[]>();
  for (const [id, service] of picked.services) {
    const byCode = owned.services.get(id);
    const resources = both(service.resources, byCode?.resources);
    const doubts = [...(byCode?.doubts ?? []), ...service.doubts.filter((d) => !declared.has(d.resource))];
    services.set(id, { ...service, resources, entries: both(service.entries, byCode?.entries), doubts });
    for (const urn of resources) owners.set(urn, [...(owners.get(urn) ?? []), id]);
  }
  const written = new Map(owned.roles.map((role) => [role.id, role]));
  const roles = picked.roles.map((role) => ({ ...role, members: both(role.members, written.get(role.id)?.members) }));
  return { services, roles, owners };
}

interface Picked {
  readonly sure: readonly string[];
  readonly doubts: readonly OwnershipDoubt[];
}

interface Candidate {
  readonly item: EstateResource;
  readonly facts: SelectorFacts;
}

/**
 * The candidates that any of some selectors may pick, in the estate's order: each service of a large estate asks for its own tag or
 * component, which a few resources have.
 */
function byTagAndComponent(candidates: readonly Candidate[]): (selectors: readonly Selector[]) => readonly Candidate[] {
  const found = groupBy(
    candidates.flatMap((candidate, at) => keysOf(candidate).map((key) => ({ key, at }))),
    ({ key }) => key,
  );
  const placesOf = (key: string): readonly number[] => found.get(key)?.map(({ at }) => at) ?? [];
  const placesFor = ({ tags = {}, component }: Selector): readonly number[] | undefined => {
    const tag = Object.entries(tags).find(([, pattern]) => isLiteral(pattern));
    if (tag !== undefined) return [...placesOf(`tag ${tag[0]}=${tag[1]}`), ...placesOf('tags unknown')];
    return component !== undefined && isLiteral(component) ? placesOf(`component ${component}`) : undefined;
  };
  return (selectors) => {
    const places = new Set<number>();
    for (const selector of selectors) {
      const own = placesFor(selector);
      if (own === undefined) return candidates;
      for (const at of own) places.add(at);
    }
    return [...places].sort((a, b) => a - b).flatMap((at) => candidates[at] ?? []);
  };
}

/** By what a selector may ask for it without a wildcard. */
const keysOf = ({ facts }: Candidate): readonly string[] => [
  ...facts.componentPath.flatMap(({ name, type }) => [`component ${name}`, `component ${type}`]),
  ...fold(
    facts.tags,
    (tags) => Object.entries(tags).map(([key, value]) => `tag ${key}=${value}`),
    () => ['tags unknown'],
  ),
];

function pickAll(selectors: readonly Selector[], candidates: readonly Candidate[], empty: Selector[]): Picked {
  if (selectors.length === 0) return { sure: [], doubts: [] };
  const compiled = selectors.map((selector) => ({ selector, matches: compileSelector(selector), hits: 0 }));
  const sure: string[] = [];
  const doubts: OwnershipDoubt[] = [];
  for (const { item, facts } of candidates) {
    let answers: Truth[] | undefined;
    for (const c of compiled) {
      const answer = c.matches(facts);
      // Most resources are not of the service.
      if (isNo(answer)) continue;
      c.hits += 1;
      answers ??= [];
      answers.push(answer);
    }
    if (answers === undefined) continue;
    decide(any(answers), {
      yes: () => sure.push(item.resource.urn),
      no: () => 0,
      // Only what could matter is worth a doubt: an inert resource with unknown tags changes nothing.
      unknown: (why) =>
        item.standing.kind === 'inert' || item.standing.kind === 'part'
          ? 0
          : doubts.push({ ...why, detail: `${item.title}: ${why.detail}`, resource: item.resource.urn }),
    });
  }
  for (const c of compiled) if (c.hits === 0) empty.push(c.selector);
  return { sure, doubts };
}

function factsOf(item: EstateResource, estate: Estate): SelectorFacts {
  const { urn, type, name, project, stack, tags } = item.resource;
  return { urn, type, name, project, stack, tags, componentPath: componentsAbove(item, estate) };
}

function componentsAbove(item: EstateResource, estate: Estate): readonly { readonly name: string; readonly type: string }[] {
  const path: { name: string; type: string }[] = [];
  let parent = item.resource.parent;
  for (let depth = 0; parent !== undefined && depth < 32; depth += 1) {
    const above = estate.resources.get(parent)?.resource;
    if (above === undefined || above.type === 'pulumi:pulumi:Stack') break;
    path.push({ name: above.name, type: above.type });
    parent = above.parent;
  }
  return path;
}

function describe(s: Selector): string {
  const parts = [
    s.type && `type ${s.type}`,
    s.name && `name ${s.name}`,
    s.component && `component ${s.component}`,
    s.stack && `stack ${s.stack}`,
    s.urn && `urn ${s.urn}`,
    ...Object.entries(s.tags ?? {}).map(([k, v]) => `tag ${k}=${v}`),
  ];
  return parts.filter((p) => p !== undefined && p !== '').join(', ');
}
