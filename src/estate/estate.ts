/** The resources of all sources as one graph: what each is, what it means, and how they hang together. */
import { kept } from '../model/collections.ts';
import type { Known, Unknown } from '../model/known.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Link, Meaning } from '../model/protection.ts';
import type { Gap, Resource, SourceReading } from '../model/resource.ts';
import { inertReason } from '../services/inert.ts';
import type { Identity, ServiceModule } from '../services/service.ts';
import type { Props, View } from '../services/view.ts';
import { withBackups } from './backups.ts';
import { withEgress } from './egress.ts';
import { mentionsOf } from './mentions.ts';
import { buildView } from './view.ts';

/** How well Holdfast knows a resource. */
export type Standing =
  | { readonly kind: 'modelled'; readonly module: ServiceModule; readonly facts: Identity; readonly meaning: Meaning }
  /** Configures another resource and is read through it. */
  | { readonly kind: 'part'; readonly of: ServiceModule }
  /** On the closed list of types that cannot affect recovery. */
  | { readonly kind: 'inert'; readonly why: string }
  | { readonly kind: 'component' }
  | { readonly kind: 'not-modelled'; readonly why: string };

export interface EstateResource {
  readonly resource: Resource;
  readonly props: Props;
  readonly standing: Standing;
  /** `RDS DB instance orders`: what a reader calls it. */
  readonly title: string;
}

export interface Estate {
  readonly resources: ReadonlyMap<string, EstateResource>;
  readonly view: View;
  /** Set when a source cannot show every resource: nothing may be concluded from absence. */
  readonly partial: Unknown | undefined;
  /** As `partial`, or set when some listing of AWS failed: for questions that do not say which types they are about. */
  readonly incomplete: Unknown | undefined;
  /** Types no service knows, with how many resources have them. */
  readonly notModelled: ReadonlyMap<string, number>;
  readonly readings: readonly SourceReading[];
}

/** What the reader of the catalogue declares inert, beyond the built-in list. */
export type DeclaredInert = ReadonlyMap<string, string>;

export function buildEstate(
  readings: readonly SourceReading[],
  modules: readonly ServiceModule[],
  declaredInert: DeclaredInert = new Map(),
): Estate {
  const gaps = readings.flatMap((r) => r.gaps ?? []);
  const failed = gaps.filter((gap) => gap.why.reason !== 'not-modelled');
  const partial = partialOf(readings, failed);
  const all = readings.flatMap((r) => r.resources);
  const view = buildView(all, partial, gaps);
  const { byType, partOf } = readersOf(modules);
  const resources = new Map<string, EstateResource>();
  const notModelled = new Map<string, number>();
  for (const resource of all) {
    const props = view.get(resource.urn);
    if (props === undefined) continue;
    const module = byType.get(resource.type);
    const standing = module === undefined ? standingOf(resource, partOf, declaredInert) : modelled(module, props, view);
    if (standing.kind === 'not-modelled') notModelled.set(resource.type, (notModelled.get(resource.type) ?? 0) + 1);
    resources.set(resource.urn, {
      resource,
      props,
      standing,
      title: `${module?.title ?? shortType(resource.type)} ${resource.name}`,
    });
  }
  settleLinks(resources, view);
  withBackups(resources, view);
  withEgress(resources, view);
  return {
    resources: withFoundLinks(resources, view),
    view,
    partial,
    incomplete: partial ?? failed[0]?.why,
    notModelled,
    readings,
  };
}

/** Which service reads a type, and which reads it as a part of another. */
interface Readers {
  readonly byType: ReadonlyMap<string, ServiceModule>;
  readonly partOf: ReadonlyMap<string, ServiceModule>;
}

const readers = new WeakMap<readonly ServiceModule[], Readers>();

/** Put together once: a policy pack has an estate for every resource. */
function readersOf(modules: readonly ServiceModule[]): Readers {
  return kept(readers, modules, () => ({
    byType: new Map(modules.flatMap((module) => module.types.map((type) => [type, module] as const))),
    partOf: new Map(modules.flatMap((module) => module.parts.map(({ type }) => [type, module] as const))),
  }));
}

/**
 * A difference shows a part by its nature. Where AWS is the only source, a listing that failed hides resources of which nothing
 * else speaks; beside infrastructure code, the code says what there should be.
 */
function partialOf(readings: readonly SourceReading[], gaps: readonly Gap[]): Unknown | undefined {
  const difference = readings.find((r) => r.partial);
  if (difference !== undefined)
    return unknown(
      'not-reported',
      difference.partialBecause ?? `${difference.source} is a difference without its state: give the export too (--state)`,
    );
  return readings.every((r) => r.kind === 'observed') ? gaps[0]?.why : undefined;
}

function modelled(module: ServiceModule, props: Props, view: View): Standing {
  const facts = module.declare(props, view);
  return { kind: 'modelled', module, facts, meaning: module.mean(facts) };
}

function standingOf(resource: Resource, partOf: ReadonlyMap<string, ServiceModule>, declaredInert: DeclaredInert): Standing {
  const owner = partOf.get(resource.type);
  if (owner !== undefined) return { kind: 'part', of: owner };
  const inert = declaredInert.get(resource.type) ?? inertReason(resource.type);
  if (inert !== undefined) return { kind: 'inert', why: inert };
  if (resource.remote) {
    return {
      kind: 'not-modelled',
      why: `${shortType(resource.type)} is made by a remote component: a program run cannot see its children; give a stack export`,
    };
  }
  if (!resource.custom) return { kind: 'component' };
  return { kind: 'not-modelled', why: `no service of Holdfast reads ${resource.type}` };
}

/** A link to a part (a listener, an instance of a cluster) is a link to its owner, which has the meaning. */
function settleLinks(resources: Map<string, EstateResource>, view: View): void {
  for (const [urn, item] of resources) {
    if (item.standing.kind !== 'modelled') continue;
    const { meaning } = item.standing;
    const settled = meaning.links.map((link): Link => {
      const owner = fold(
        link.to,
        (to) => ownerOf(resources.get(to), view),
        () => undefined,
      );
      return owner === undefined ? link : { ...link, to: owner };
    });
    if (settled.some((link, i) => link !== meaning.links[i])) {
      resources.set(urn, { ...item, standing: { ...item.standing, meaning: { ...meaning, links: settled } } });
    }
  }
}

function ownerOf(item: EstateResource | undefined, view: View): Known<string> | undefined {
  if (item?.standing.kind !== 'part') return undefined;
  const { of: module } = item.standing;
  const path = module.parts.find((p) => p.type === item.resource.type)?.of;
  if (path === undefined) return undefined;
  const owner = view.target(item.props, path, module.types);
  // A subnet group or a parameter group is named by its owner instead, and has nothing to lead on to.
  return fold<string | undefined, Known<string> | undefined>(
    owner,
    (to) => (to === undefined ? undefined : known(to, item.props.origin(path))),
    () => undefined,
  );
}

/**
 * Adds what a computing resource mentions anywhere in its inputs (environment, container definitions, user
 * data) to the links that its service declared: it calls or needs that resource while serving.
 */
function withFoundLinks(resources: Map<string, EstateResource>, view: View): ReadonlyMap<string, EstateResource> {
  for (const [urn, item] of resources) {
    if (item.standing.kind !== 'modelled') continue;
    const { meaning } = item.standing;
    if (meaning.kind !== 'compute') continue;
    const declared = new Set<string>();
    for (const link of meaning.links)
      fold(
        link.to,
        (to) => declared.add(to),
        () => declared,
      );
    const found: Link[] = [];
    for (const mention of [item, ...configurations(item, resources)].flatMap((source) => mentionsOf(source.props, view))) {
      const isOwnDoor = fold(
        mention.to,
        (to) => leadsTo(to, urn, resources),
        () => false,
      );
      if (isOwnDoor) continue;
      const fresh = fold(
        mention.to,
        (to) => to !== urn && !declared.has(to),
        () => true,
      );
      if (!fresh) continue;
      fold(
        mention.to,
        (to) => declared.add(to),
        () => declared,
      );
      const carries = fold(
        mention.to,
        (to) => carriedBy(resources.get(to)),
        (): Link['carries'] => 'endpoint',
      );
      if (carries !== undefined) found.push({ to: mention.to, carries, property: mention.property });
    }
    if (found.length > 0) {
      const standing: Standing = { ...item.standing, meaning: { ...meaning, links: [...meaning.links, ...found] } };
      resources.set(urn, { ...item, standing });
    }
  }
  return resources;
}

/** Where what it runs is written: the task definition of an ECS service, the launch template of a group. */
function configurations(item: EstateResource, resources: ReadonlyMap<string, EstateResource>): readonly EstateResource[] {
  return (meaningOf(item)?.links ?? []).flatMap((link) => {
    const target = fold(
      link.to,
      (to) => resources.get(to),
      () => undefined,
    );
    return target !== undefined && meaningOf(target)?.kind === 'config' ? [target] : [];
  });
}

/** A computing resource names the target group or load balancer before it: it does not call itself. */
function leadsTo(from: string, to: string, resources: ReadonlyMap<string, EstateResource>): boolean {
  const seen = new Set<string>([from]);
  const open = [from];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    if (urn === to) return true;
    for (const link of meaningOf(resources.get(urn))?.links ?? []) {
      if (link.carries !== 'traffic') continue;
      fold(
        link.to,
        (next) => {
          if (!seen.has(next)) open.push(next);
          seen.add(next);
        },
        () => undefined,
      );
    }
  }
  return false;
}

function carriedBy(target: EstateResource | undefined): Link['carries'] | undefined {
  if (target?.standing.kind !== 'modelled') return undefined;
  switch (target.standing.meaning.kind) {
    case 'store':
    case 'queue':
    case 'proxy':
    case 'compute':
    case 'traffic':
      return 'endpoint';
    case 'key':
      return 'key';
    case 'secret':
      return 'secret';
    case 'image':
      return 'image';
    default:
      return undefined;
  }
}

/** Meaning of a resource, when a service gives it one. */
export function meaningOf(item: EstateResource | undefined): Meaning | undefined {
  return item?.standing.kind === 'modelled' ? item.standing.meaning : undefined;
}

/** Facts of a resource, when this service read it. */
export function factsOf<F extends Identity>(module: ServiceModule<F>, item: EstateResource | undefined): F | undefined {
  // Facts of a resource were made by its own module.
  return item?.standing.kind === 'modelled' && item.standing.module.id === module.id ? (item.standing.facts as F) : undefined;
}

/** Does it hold data that a disaster can destroy? Unknown types might. */
export function holdsState(item: EstateResource): Known<boolean> {
  if (item.standing.kind === 'modelled') return known(item.standing.meaning.kind === 'store', { resource: item.resource.urn });
  if (item.standing.kind === 'not-modelled') return unknown('not-modelled', item.standing.why, { resource: item.resource.urn });
  return known(false, { resource: item.resource.urn });
}

function shortType(type: string): string {
  return type.replace(/^aws:/, '');
}
