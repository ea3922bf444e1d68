/** The part of an estate that a service rests on: what is to be judged again when something in it changes. */
import type { EstateResource } from '../../estate/estate.ts';
import { meaningOf } from '../../estate/estate.ts';
import { mentionsOf } from '../../estate/mentions.ts';
import { known } from '../../model/known.ts';
import type { ResourceKind } from '../../model/protection.ts';
import type { SourceReading } from '../../model/resource.ts';
import type { Value } from '../../model/value.ts';
import { isList, isRecord } from '../../model/value.ts';
import type { Assignment, ServiceResources } from '../assign.ts';
import type { Judgement } from '../judge.ts';
import type { Change } from './change.ts';
import { told } from './site.ts';

/** What says something about the resources that it names: they are not whole without it. */
const ABOUT: ReadonlySet<ResourceKind> = new Set(['orchestrator', 'backup', 'detector', 'config', 'network']);

/** Settings of a whole Region or registry, which name none of the resources that they are for. */
const OF_PLACES: ReadonlySet<string> = new Set([
  'aws:backup/regionSettings:RegionSettings',
  'aws:ecr/replicationConfiguration:ReplicationConfiguration',
]);

/** Longer texts name nothing by themselves. */
const LONGEST_NAME = 256;
const MAX_DEPTH = 24;

/** Follows references from a service's resources, and back from what configures, watches, backs up or leads to them. */
export class Parts {
  readonly #base: Judgement;
  readonly #next = new Map<string, Set<string>>();
  readonly #made = new Map<string, ReadonlySet<string>>();

  constructor(base: Judgement) {
    this.#base = base;
    for (const [urn, item] of base.estate.resources) {
      for (const to of this.#named(item)) {
        this.#join(urn, to);
        if (isAbout(item, base.estate.resources.get(to))) this.#join(to, urn);
      }
      for (const link of meaningOf(item)?.links ?? []) {
        const to = told(link.to);
        if (link.carries === 'traffic' && to !== undefined) this.#join(to, urn);
      }
      for (const mate of base.roles.of(urn)?.members ?? []) this.#join(urn, mate);
    }
  }

  /** By link, by mention, and by any text that is the id, name or ARN of another resource. */
  #named(item: EstateResource): readonly string[] {
    const { view, resources } = this.#base.estate;
    const found = (meaningOf(item)?.links ?? []).map((link) => told(link.to));
    for (const mention of mentionsOf(item.props, view)) found.push(told(mention.to));
    const walk = (value: Value, depth: number): void => {
      if (typeof value === 'string') {
        if (value.length <= LONGEST_NAME) found.push(told(view.named(known(value), item.props)));
      } else if (depth < MAX_DEPTH && isList(value)) {
        for (const one of value) walk(one, depth + 1);
      } else if (depth < MAX_DEPTH && isRecord(value)) {
        for (const one of Object.values(value)) walk(one, depth + 1);
      }
    };
    walk(item.resource.inputs, 0);
    return found.filter((urn): urn is string => urn !== undefined && urn !== item.resource.urn && resources.has(urn));
  }

  #join(from: string, to: string): void {
    const next = this.#next.get(from) ?? new Set();
    this.#next.set(from, next.add(to));
  }

  /** URNs of the part that a service rests on, with those of every service that it depends on. */
  of(service: string): ReadonlySet<string> {
    const made = this.#made.get(service);
    if (made !== undefined) return made;
    const seen = new Set<string>();
    const open = this.#services(service, new Set()).flatMap((s) => [...s.resources, ...s.entries]);
    for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
      if (seen.has(urn)) continue;
      seen.add(urn);
      for (const next of this.#next.get(urn) ?? []) open.push(next);
    }
    this.#made.set(service, seen);
    return seen;
  }

  #services(id: string, seen: Set<string>): readonly ServiceResources[] {
    const service = this.#base.assignment.services.get(id);
    if (service === undefined || seen.has(id)) return [];
    seen.add(id);
    const needed = service.entry.dependsOn.filter((d) => d.on.kind === 'service').flatMap((d) => this.#services(d.on.id, seen));
    return [service, ...needed];
  }
}

/** Does it say something about what it names: its owner, where it is a part; the subnet of a route? */
function isAbout(item: EstateResource, named: EstateResource | undefined): boolean {
  const { standing } = item;
  if (standing.kind === 'part') return named?.standing.kind === 'modelled' && named.standing.module.id === standing.of.id;
  if (standing.kind === 'inert') return item.resource.type.startsWith('aws:ec2/');
  return ABOUT.has(meaningOf(item)?.kind ?? 'store');
}

/** The readings with nothing but a part in them, and what places or encloses it. */
export function within(readings: readonly SourceReading[], part: ReadonlySet<string>): readonly SourceReading[] {
  return readings.map((reading) => ({
    ...reading,
    resources: reading.resources.filter(
      (r) => part.has(r.urn) || !r.custom || r.type.startsWith('pulumi:') || OF_PLACES.has(r.type),
    ),
  }));
}

/** Who owns what of a part; what is added belongs to whom the resource beside it belongs. */
export function ownersWithin(whole: Assignment, part: ReadonlySet<string>, changes: readonly Change[]): Assignment {
  const added = changes.filter((c) => c.kind === 'add');
  const kept = (urns: readonly string[]): readonly string[] => [
    ...urns.filter((urn) => part.has(urn)),
    ...added.filter((c) => urns.includes(c.beside)).map((c) => c.resource.urn),
  ];
  const services = new Map(
    [...whole.services].map(([id, s]) => [
      id,
      { ...s, resources: kept(s.resources), entries: s.entries.filter((u) => part.has(u)) },
    ]),
  );
  const owners = new Map<string, string[]>();
  for (const [id, { resources }] of services) for (const urn of resources) owners.set(urn, [...(owners.get(urn) ?? []), id]);
  const roles = whole.roles.map((role) => ({ ...role, members: role.members.filter((urn) => part.has(urn)) }));
  return { services, owners, roles };
}
