/** A change of infrastructure code, and what the declared resources are after it. */
import { known } from '../../model/known.ts';
import type { Step } from '../../model/property-path.ts';
import { pathSteps } from '../../model/property-path.ts';
import type { Resource, SourceReading } from '../../model/resource.ts';
import { ignores } from '../../model/resource.ts';
import type { Value, Values } from '../../model/value.ts';
import { Hole, isList, isRecord } from '../../model/value.ts';

export type Change =
  /** One input of a resource, by its path (`rules[0].schedule`); an undefined value takes it out. */
  | { readonly kind: 'set'; readonly resource: string; readonly property: string; readonly to: Value | undefined }
  /** A resource more, beside another whose program, component and tags it shares. */
  | { readonly kind: 'add'; readonly resource: Resource; readonly beside: string }
  /** The resource option `protect`. */
  | { readonly kind: 'protect'; readonly resource: string };

/** Equal for changes that do the same, whoever thought of them. */
export function keyOf(change: Change): string {
  switch (change.kind) {
    case 'set':
      return `set ${change.resource} ${change.property} ${JSON.stringify(change.to)}`;
    case 'add':
      return `add ${change.resource.urn} ${JSON.stringify(change.resource.inputs)}`;
    case 'protect':
      return `protect ${change.resource}`;
  }
}

/** Each change once, in the order in which they were given. */
export function distinct(changes: readonly Change[]): readonly Change[] {
  return [...new Map(changes.map((c) => [keyOf(c), c])).values()];
}

/** The URN of the resource that a change makes or alters. */
export const subjectOf = (change: Change): string => (change.kind === 'add' ? change.resource.urn : change.resource);

/** Can they not both be made? Two values for one property, or for a part of it; two resources of one name. */
export function contradict(a: Change, b: Change): boolean {
  if (a.kind === 'add' && b.kind === 'add') return a.resource.urn === b.resource.urn && keyOf(a) !== keyOf(b);
  if (a.kind !== 'set' || b.kind !== 'set' || a.resource !== b.resource || keyOf(a) === keyOf(b)) return false;
  const [short, long] = a.property.length <= b.property.length ? [a.property, b.property] : [b.property, a.property];
  return long === short || long.startsWith(`${short}.`) || long.startsWith(`${short}[`);
}

/** The readings as they would be after the changes. A resource that is added joins the reading of the one beside it. */
export function apply(readings: readonly SourceReading[], changes: readonly Change[]): readonly SourceReading[] {
  return readings.map((reading) => {
    const own = new Set(reading.resources.map((r) => r.urn));
    const added = changes.flatMap((c) => (c.kind === 'add' && own.has(c.beside) && !own.has(c.resource.urn) ? [c.resource] : []));
    const here = new Set([...own, ...added.map((r) => r.urn)]);
    const altered = changes.filter((c) => c.kind !== 'add' && here.has(c.resource));
    if (added.length === 0 && altered.length === 0) return reading;
    const touched = new Set(altered.map(subjectOf));
    const resources = [...reading.resources, ...added].map((r) =>
      touched.has(r.urn) ? altered.reduce((now, c) => (subjectOf(c) === r.urn ? alter(now, c) : now), r) : r,
    );
    return { ...reading, resources };
  });
}

function alter(resource: Resource, change: Change): Resource {
  switch (change.kind) {
    case 'add':
      return resource;
    case 'protect':
      return { ...resource, protect: true };
    case 'set': {
      // What the engine is told not to look at stays as it is.
      if (ignores(resource, change.property)) return resource;
      const steps = pathSteps(change.property);
      const inputs = put(resource.inputs, steps, change.to) as Values;
      // What AWS once filled in for the old value says nothing about the new one.
      const { [String(steps[0])]: _stale, ...outputs } = resource.outputs;
      return { ...resource, inputs, outputs };
    }
  }
}

/** A copy with the value at the path; a block written as a list of one may be named without its index, as readers do. */
function put(value: Value | undefined, [step, ...rest]: readonly Step[], to: Value | undefined): Value | undefined {
  if (step === undefined) return to;
  if (typeof step === 'number') {
    const list = isList(value) ? [...value] : value === undefined || value === null ? [] : [value];
    const item = put(list[step], rest, to);
    if (item === undefined) list.splice(step, 1);
    else list[step] = item;
    return list;
  }
  if (isList(value) && value.length > 0) return [put(value[0], [step, ...rest], to) ?? {}, ...value.slice(1)];
  const { [step]: old, ...others } = isRecord(value) ? value : {};
  const next = put(old, rest, to);
  return next === undefined ? others : { ...others, [step]: next };
}

/** A reference to another resource, as a program would write it: `orders.arn`. */
export function reference(urn: string, property: string): Hole {
  return new Hole('unresolved-at-preview', `${property} of ${nameOf(urn)}`, [{ urn, property }]);
}

export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2);

export interface Addition {
  readonly type: string;
  readonly name: string;
  readonly inputs: Values;
  /** Undefined: where the resource beside it is. */
  readonly place?: { readonly region: string; readonly provider: string | undefined } | undefined;
  /** Its type takes no tags. */
  readonly untagged?: true;
}

/** A new resource as the program of `beside` would register it: with its parent, its tags and the option `protect`. */
export function addition(beside: Resource, { type, name, inputs, place, untagged }: Addition): Change & { readonly kind: 'add' } {
  const head = beside.urn.slice(0, beside.urn.lastIndexOf('::'));
  const chain = head.slice(head.lastIndexOf('::') + 2).split('$');
  const urn = `${head.slice(0, head.lastIndexOf('::') + 2)}${[...chain.slice(0, -1), type].join('$')}::${name}`;
  const tags = untagged === true ? undefined : beside.inputs.tags;
  const resource: Resource = {
    ...beside,
    urn,
    type,
    sourceType: type,
    name,
    custom: true,
    remote: false,
    id: undefined,
    inputs: tags === undefined ? inputs : { ...inputs, tags },
    tags: untagged === true ? known({}) : beside.tags,
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    provider: place === undefined ? beside.provider : place.provider,
    region: place === undefined ? beside.region : known(place.region),
    protect: true,
    ignoreChanges: [],
    position: undefined,
    pending: undefined,
  };
  return { kind: 'add', resource, beside: beside.urn };
}
