/** Roles: the resources that stand in for one another, and how that was found. */
import { groupBy } from '../model/collections.ts';
import { fold } from '../model/known.ts';
import type { LinkKind, ResourceKind } from '../model/protection.ts';
import { classicLoadBalancer } from '../services/classic-load-balancer.ts';
import { targetGroup } from '../services/target-group.ts';
import type { Estate, EstateResource } from './estate.ts';
import { meaningOf } from './estate.ts';
import { Groups } from './groups.ts';

export interface Role {
  /** Stable within a run: the URN of its first member. */
  readonly id: string;
  /** `RDS DB instance orders`, or the record's name. */
  readonly title: string;
  readonly kind: ResourceKind;
  readonly members: readonly string[];
  readonly found: RoleBasis;
}

export type RoleBasis =
  | { readonly by: 'alone' }
  /** The catalogue's `roles:` says so. */
  | { readonly by: 'catalogue'; readonly what: string }
  /** One refers to the other, or traffic reaches both through the same door. */
  | { readonly by: 'reference'; readonly what: string }
  /** Equal service and matching names in different Regions: likely, and proven by nothing. */
  | { readonly by: 'name'; readonly what: string };

/** A role written in the catalogue, already resolved to resources. */
export interface WrittenRole {
  readonly id: string;
  readonly members: readonly string[];
}

export interface Roles {
  readonly all: readonly Role[];
  of(urn: string): Role | undefined;
}

export function findRoles(estate: Estate, written: readonly WrittenRole[] = []): Roles {
  const groups = new Groups();
  for (const [urn, item] of estate.resources) if (meaningOf(item) !== undefined) groups.add(urn);

  const taken = new Set<string>();
  for (const role of written) {
    for (const member of role.members) taken.add(member);
    groups.join(role.members, { by: 'catalogue', what: `roles.${role.id} in the catalogue` });
  }
  const free = (urn: string): boolean => !taken.has(urn);

  joinReplicas(estate, groups, free);
  joinBehindOneDoor(estate, groups, free);
  joinByName(estate, groups, free);

  const all = groups.toRoles(estate);
  const index = new Map<string, Role>();
  for (const role of all) for (const member of role.members) index.set(member, role);
  return { all, of: (urn) => index.get(urn) };
}

/** URNs that a resource's links of one kind lead to, where known. */
export function linked(estate: Estate, urn: string, carries: LinkKind): readonly string[] {
  const targets: string[] = [];
  for (const link of meaningOf(estate.resources.get(urn))?.links ?? []) {
    if (link.carries === carries)
      fold(
        link.to,
        (to) => targets.push(to),
        () => 0,
      );
  }
  return targets;
}

/** Everything that requests entering at `urn` can reach, the start included. */
export function reachedByTraffic(estate: Estate, start: string): ReadonlySet<string> {
  const seen = new Set<string>([start]);
  const open = [start];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    for (const next of linked(estate, urn, 'traffic')) {
      if (!seen.has(next)) {
        seen.add(next);
        open.push(next);
      }
    }
  }
  return seen;
}

function joinReplicas(estate: Estate, groups: Groups, free: (urn: string) => boolean): void {
  for (const [urn, item] of estate.resources) {
    if (meaningOf(item) === undefined || !free(urn)) continue;
    for (const target of linked(estate, urn, 'replica')) {
      if (groups.has(target) && free(target))
        groups.join([urn, target], { by: 'reference', what: 'one names the other as its copy' });
    }
  }
}

/**
 * Branches of one record set lead to resources that stand in for one another: per kind of resource, when each
 * branch has one of it, or one of a matching name. Several resources of one kind behind one target group do too.
 */
function joinBehindOneDoor(estate: Estate, groups: Groups, free: (urn: string) => boolean): void {
  for (const members of groups.members()) {
    if (members.length < 2) continue;
    const first = estate.resources.get(members[0] as string);
    if (meaningOf(first)?.kind !== 'traffic') continue;
    const branches = members.map((urn) => [...reachedByTraffic(estate, urn)].filter((u) => !members.includes(u) && free(u)));
    const what = `both behind ${first?.title ?? 'one record set'}`;
    for (const moduleId of new Set(branches.flat().map((u) => moduleOf(estate.resources.get(u))))) {
      if (moduleId === undefined) continue;
      const perBranch = branches
        .map((b) => b.filter((u) => moduleOf(estate.resources.get(u)) === moduleId))
        .filter((b) => b.length > 0);
      if (perBranch.length < 2) continue;
      if (perBranch.every((b) => b.length === 1)) {
        groups.join(perBranch.flat(), { by: 'reference', what });
        continue;
      }
      for (const same of groupBy(perBranch.flat(), (u) => likeness(estate, u)).values()) {
        if (same.length > 1) groups.join(same, { by: 'reference', what });
      }
    }
  }
  for (const [urn, item] of estate.resources) {
    // Behind a target group all targets answer alike; behind an API each route has its own.
    if (!POOLS.has(moduleOf(item) ?? '')) continue;
    const targets = linked(estate, urn, 'traffic').filter(
      (u) => free(u) && meaningOf(estate.resources.get(u))?.kind === 'compute',
    );
    for (const same of groupBy(targets, (u) => moduleOf(estate.resources.get(u))).values()) {
      if (same.length > 1) groups.join(same, { by: 'reference', what: `all behind ${item.title}` });
    }
  }
}

const POOLS: ReadonlySet<string> = new Set([targetGroup.id, classicLoadBalancer.id]);

const TWINNABLE: ReadonlySet<ResourceKind> = new Set(['compute', 'traffic', 'queue', 'network', 'secret', 'image', 'proxy']);

/** Lone resources of one service kind and matching name in different Regions. */
function joinByName(estate: Estate, groups: Groups, free: (urn: string) => boolean): void {
  const alone = groups.members().filter((m) => m.length === 1 && free(m[0] as string));
  const candidates = alone
    .map((m) => m[0] as string)
    .filter((urn) => {
      const meaning = meaningOf(estate.resources.get(urn));
      return meaning !== undefined && TWINNABLE.has(meaning.kind) && regionOf(estate, urn) !== undefined;
    });
  for (const same of groupBy(candidates, (urn) => `${moduleOf(estate.resources.get(urn))}\n${likeness(estate, urn)}`).values()) {
    const regions = new Set(same.map((urn) => regionOf(estate, urn)));
    if (same.length > 1 && regions.size === same.length) {
      groups.join(same, { by: 'name', what: `matching names in ${[...regions].join(' and ')}` });
    }
  }
}

/** Words that tell two halves of a pair apart rather than what they are. */
const SIDE =
  /^(primary|secondary|standby|dr|active|passive|main|failover|recovery|east|west|north|south|central|[a-z]{2}(-[a-z]+)+-\d[a-z]?|[a-z]{2,3}[a-z]{1,2}\d)$/;

/** Component path and name without Regions and side words; physical stack and project do not count. */
function likeness(estate: Estate, urn: string): string {
  const parts: string[] = [];
  let resource = estate.resources.get(urn)?.resource;
  for (let depth = 0; resource !== undefined && resource.type !== 'pulumi:pulumi:Stack' && depth < 16; depth += 1) {
    parts.push(plain(resource.name));
    resource = resource.parent === undefined ? undefined : estate.resources.get(resource.parent)?.resource;
  }
  return parts.reverse().join('/');
}

function plain(name: string): string {
  const withoutRegions = name.replace(/[a-z]{2}(?:-[a-z]+)+-\d/g, '');
  return withoutRegions
    .split(/[-_./]/)
    .filter((word) => word !== '' && !SIDE.test(word.toLowerCase()))
    .join('-');
}

function moduleOf(item: EstateResource | undefined): string | undefined {
  return item?.standing.kind === 'modelled' ? item.standing.module.id : undefined;
}

function regionOf(estate: Estate, urn: string): string | undefined {
  const region = estate.resources.get(urn)?.resource.region;
  return region === undefined
    ? undefined
    : fold<string, string | undefined>(
        region,
        (r) => r,
        () => undefined,
      );
}
