/**
 * The estate as AWS shows it, with the names of the code: what is observed takes the URN, the component and the stack of its
 * declaration, so that services, roles and findings are the same at both levels.
 */
import { fold, known, unknown } from '../model/known.ts';
import type { Gap, Resource, SourceReading } from '../model/resource.ts';
import { GLOBAL_REGION } from '../model/scope.ts';
import { Hole } from '../model/value.ts';
import { inertReason } from '../services/inert.ts';
import type { ServiceModule } from '../services/service.ts';

export interface Observation {
  /** As in a reading: what was asked, for the reader of a report. */
  readonly source: string;
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
  /** Canonical types that were looked for, in every account and Region that was asked. */
  readonly types: ReadonlySet<string>;
  /** Accounts and Regions that were asked. */
  readonly targets: readonly { readonly account: string; readonly regions: readonly string[] }[];
  readonly notes: readonly string[];
}

export interface InPlace {
  readonly readings: readonly SourceReading[];
  /** Declared, looked for, and not there. */
  readonly missing: readonly Resource[];
  /** There, and declared by none of the sources: whole resources only, since every bucket has a versioning. */
  readonly undeclared: readonly Resource[];
}

/**
 * A declared resource that AWS shows is replaced by what AWS shows of it. One that could not be looked for, or cannot be
 * told apart (a program before its first `up` has no ids), stays as a resource of which nothing is known. One that is not
 * there stays so too, since what it would have meant is not in place: its service is then unknown, never met without it.
 * A part that is not there (versioning of a bucket) is left out: its owner was read and says the same.
 */
export function inPlace(declared: readonly SourceReading[], seen: Observation, modules: readonly ServiceModule[]): InPlace {
  // Ids repeat from Region to Region.
  const byKey = new Map<string, Resource[]>();
  for (const resource of seen.resources) {
    for (const key of keysOf(resource)) {
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [resource]);
      else list.push(resource);
    }
  }
  const parts = new Set(modules.flatMap((m) => m.parts.map((p) => p.type)));
  const whole = new Set(modules.flatMap((m) => m.types));
  const judged = new Set([...whole, ...parts]);
  // Others read some inert types all the same: which subnets an association joins to a route table.
  const isCompared = ({ custom, type }: Resource): boolean =>
    custom && (seen.types.has(type) || (judged.has(type) && inertReason(type) === undefined));
  const taken = new Set<Resource>();
  const missing: Resource[] = [];
  const readings = declared.map((reading): SourceReading => {
    const resources = reading.resources.flatMap((resource): readonly Resource[] => {
      if (!isCompared(resource)) return [resource];
      const match = keysOf(resource)
        .flatMap((key) => byKey.get(key) ?? [])
        .find((found) => sameRegion(found, resource));
      if (match !== undefined) {
        taken.add(match);
        return [named(match, resource)];
      }
      if (!seen.types.has(resource.type))
        return [unread(resource, 'not-modelled', `Holdfast does not read ${resource.type} from AWS`)];
      const gap = seen.gaps.find((g) => g.types.includes(resource.type) && mayHold(g, resource));
      if (gap !== undefined) return [unread(resource, gap.why.reason, gap.why.detail)];
      if (!wasAsked(seen, resource)) return [unread(resource, 'not-reported', 'its account and Region were not read')];
      if (resource.id === undefined)
        return [unread(resource, 'unmapped', 'the program does not say which resource of AWS this is: give its stack export')];
      missing.push(resource);
      return whole.has(resource.type) ? [unread(resource, 'not-reported', 'declared, and not found in AWS')] : [];
    });
    return { ...reading, resources };
  });
  // Replicas that are declared inside their primary are tables and secrets of the same name elsewhere.
  const replicas = new Set([...taken].map((r) => `${r.type}\n${r.name}`));
  const others = seen.resources.filter((r) => !taken.has(r));
  return {
    readings: [
      ...readings,
      {
        source: seen.source,
        kind: 'observed',
        project: '',
        stack: '',
        resources: others,
        stackOutputs: {},
        partial: false,
        gaps: declared.length > 0 ? seen.gaps : [...seen.gaps, unseen([...judged].filter((type) => !seen.types.has(type)))],
        notes: seen.notes,
      },
    ],
    missing,
    undeclared: others.filter((r) => whole.has(r.type) && !isDefault(r.type) && !replicas.has(`${r.type}\n${r.name}`)),
  };
}

/** Where no code says what there should be, of these types there may be any number. */
function unseen(types: readonly string[]): Gap {
  return { types, account: '', region: '', why: unknown('not-modelled', 'Holdfast does not read these types from AWS') };
}

/** AWS makes these with a VPC, whether or not a code adopts them. */
const isDefault = (type: string): boolean => /^aws:ec2\/default/.test(type);

/** AWS shows a VPC's main route table as the default one, whichever type the code has for it. */
const kindOf = (type: string): string =>
  type.replace(/^aws:ec2\/default.*:Default/, 'aws:ec2:').replace(/^aws:ec2\/.*:/, 'aws:ec2:');

/** Everything by which state or AWS names one thing among those of its type. */
function keysOf({ type, id, outputs }: Resource): readonly string[] {
  const keys = new Set<string>();
  for (const key of [id, outputs.arn, outputs.id]) if (typeof key === 'string' && key !== '') keys.add(`${kindOf(type)}\n${key}`);
  return [...keys];
}

/**
 * Names repeat from Region to Region and account to account; one that is not known fits any. What belongs to no Region (an
 * Aurora global database) is declared in the Region of its provider.
 */
function sameRegion(seen: Resource, declared: Resource): boolean {
  return (isGlobal(seen) || fits(seen.region, declared.region)) && fits(seen.account, declared.account);
}

const isGlobal = ({ region }: Resource): boolean =>
  fold(
    region,
    (name) => name === GLOBAL_REGION,
    () => false,
  );

/** Was the place asked at all in which the resource is declared? */
function wasAsked({ targets }: Observation, resource: Resource): boolean {
  return targets.some(
    ({ account, regions }) =>
      fits(known(account), resource.account) &&
      (isGlobal(resource) || regions.some((region) => fits(known(region), resource.region))),
  );
}

function fits(a: Resource['region'], b: Resource['region']): boolean {
  return fold(
    a,
    (x) =>
      fold(
        b,
        (y) => x === y,
        () => true,
      ),
    () => true,
  );
}

function mayHold(gap: Gap, resource: Resource): boolean {
  return fits(known(gap.account), resource.account) && (gap.region === '' || fits(known(gap.region), resource.region));
}

function named(observed: Resource, declared: Resource): Resource {
  const { urn, name, project, stack, parent, sourceType, position, protect, retainOnDelete, ignoreChanges } = declared;
  const region = isGlobal(observed) ? declared.region : observed.region;
  return { ...observed, region, urn, name, project, stack, parent, sourceType, position, protect, retainOnDelete, ignoreChanges };
}

function unread(resource: Resource, reason: Hole['reason'], detail: string): Resource {
  return { ...resource, inputs: {}, outputs: {}, unread: new Hole(reason, detail) };
}
