/** How a service reads a declared resource: properties as `Known` values, and other resources by reference. */
import type { Known, Origin, Unknown } from '../model/known.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Spread } from '../model/protection.ts';
import type { Resource } from '../model/resource.ts';
import { zoneSpelling } from '../model/scope.ts';
import type { Value, Values } from '../model/value.ts';
import { Hole, isList, isRecord } from '../model/value.ts';

/**
 * The properties of one resource, or of one nested block of it. Inputs are what the code says: they are
 * read by `text`, `number`, `flag`, `blocks`. Outputs are what AWS filled in: they are read by
 * `computed` only, because the next `up` does not defend them.
 */
export interface Props {
  /** URN of the resource. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly region: Known<string>;
  readonly account: Known<string>;
  readonly tags: Known<Readonly<Record<string, string>>>;
  readonly resource: Resource;
  /** Path of this block inside the resource; '' for the resource itself. */
  readonly at: string;
  raw(path: string): Value | undefined;
  origin(path: string): Origin;
  text(path: string): Known<string | undefined>;
  text(path: string, unset: string): Known<string>;
  number(path: string): Known<number | undefined>;
  number(path: string, unset: number): Known<number>;
  flag(path: string): Known<boolean | undefined>;
  flag(path: string, unset: boolean): Known<boolean>;
  /** Nested blocks; an absent list is known and empty. A single object counts as a list of one. */
  blocks(path: string): Known<readonly Props[]>;
  /** Strings of a list; each may be unknown by itself. */
  texts(path: string): Known<readonly Known<string>[]>;
  /** What AWS filled in, else the input; undefined when the source shows neither (a program, a create). */
  computed(path: string): Known<string | number | boolean | undefined>;
}

export interface View {
  get(urn: string): Props | undefined;
  /** All resources of these canonical types. */
  all(...types: readonly string[]): readonly Props[];
  /** Set when resources of these types may exist that no source shows: nothing may then be concluded from absence. */
  missing(...types: readonly string[]): Unknown | undefined;
  /**
   * The resource that a property refers to, by reference, ARN, id or physical name, restricted to `types`
   * when given. Known undefined: the property is not set. Unknown (dangling): it is set and names nothing here.
   */
  target(props: Props, path: string, types?: readonly string[]): Known<string | undefined>;
  /** The same for a list. */
  targets(props: Props, path: string, types?: readonly string[]): Known<readonly Known<string>[]>;
  /** The resource that a text value names (an ARN inside a policy, a domain name in a record). */
  named(text: Known<string>, near: Props, types?: readonly string[]): Known<string>;
  /** Resources of `type` whose property refers to `urn`; `doubts` are those whose property cannot be resolved, and resources that may be missing. */
  attached(urn: string, type: string, path: string): Attached;
}

export interface Attached {
  readonly found: readonly Props[];
  readonly doubts: readonly Unknown[];
}

/** The one attached resource: known undefined only when there is certainly none. */
export function only(attached: Attached): Known<Props | undefined> {
  const first = attached.found[0];
  if (first !== undefined) return known(first);
  return attached.doubts[0] ?? known(undefined);
}

export function propsOf(resource: Resource): Props {
  return new Block(resource, resource.inputs, '');
}

/** A class, because an estate has one for every resource and block: its methods are shared, where closures would not be. */
class Block implements Props {
  readonly id: string;
  readonly resource: Resource;
  readonly at: string;
  readonly #inputs: Values;

  constructor(resource: Resource, inputs: Values, at: string) {
    this.id = resource.urn;
    this.resource = resource;
    this.at = at;
    this.#inputs = inputs;
  }

  get name(): string {
    return this.resource.name;
  }

  get type(): string {
    return this.resource.type;
  }

  get region(): Known<string> {
    return this.resource.region;
  }

  get account(): Known<string> {
    return this.resource.account;
  }

  get tags(): Known<Readonly<Record<string, string>>> {
    return this.resource.tags;
  }

  raw(path: string): Value | undefined {
    return this.resource.unread ?? dig(this.#inputs, path);
  }

  origin(path: string): Origin {
    return { resource: this.id, property: join(this.at, path) };
  }

  text(path: string): Known<string | undefined>;
  text(path: string, unset: string): Known<string>;
  text(path: string, unset?: string): Known<string | undefined> {
    return read(this.raw(path), this.origin(path), unset, asText, 'text');
  }

  number(path: string): Known<number | undefined>;
  number(path: string, unset: number): Known<number>;
  number(path: string, unset?: number): Known<number | undefined> {
    return read(this.raw(path), this.origin(path), unset, asNumber, 'a number');
  }

  flag(path: string): Known<boolean | undefined>;
  flag(path: string, unset: boolean): Known<boolean>;
  flag(path: string, unset?: boolean): Known<boolean | undefined> {
    return read(this.raw(path), this.origin(path), unset, asFlag, 'true or false');
  }

  blocks(path: string): Known<readonly Props[]> {
    const value = this.raw(path);
    if (value === undefined || value === null) return known([], this.origin(path));
    if (value instanceof Hole) return holeAsUnknown(value, this.origin(path));
    const list = isList(value) ? value : [value];
    const blocks: Props[] = [];
    for (const [i, item] of list.entries()) {
      if (item instanceof Hole) return holeAsUnknown(item, this.origin(`${path}[${i}]`));
      if (!isRecord(item)) return unknown('error', `expected a block at ${path}[${i}]`, this.origin(`${path}[${i}]`));
      blocks.push(new Block(this.resource, item, join(this.at, isList(value) ? `${path}[${i}]` : path)));
    }
    return known(blocks, this.origin(path));
  }

  texts(path: string): Known<readonly Known<string>[]> {
    const value = this.raw(path);
    if (value === undefined || value === null) return known([], this.origin(path));
    if (value instanceof Hole) return holeAsUnknown(value, this.origin(path));
    const list = isList(value) ? value : [value];
    return known(
      list.map((item, i) => {
        const from = this.origin(`${path}[${i}]`);
        if (item instanceof Hole) return holeAsUnknown(item, from);
        return typeof item === 'string' ? known(item, from) : unknown('error', `expected text at ${path}[${i}]`, from);
      }),
      this.origin(path),
    );
  }

  computed(path: string): Known<string | number | boolean | undefined> {
    const output = this.at === '' ? dig(this.resource.outputs, path) : undefined;
    const value = output === undefined || output === null || output instanceof Hole ? this.raw(path) : output;
    return read(value, this.origin(path), undefined, asPlain, 'a plain value');
  }
}

function read<T>(
  value: Value | undefined,
  from: Origin,
  unset: T | undefined,
  accept: (v: Value) => T | undefined,
  expected: string,
): Known<T | undefined> {
  if (value === undefined || value === null) return known(unset, from);
  if (value instanceof Hole) return holeAsUnknown(value, from);
  const accepted = accept(value);
  return accepted === undefined
    ? unknown('error', `expected ${expected} in ${from.property ?? 'a property'}`, from)
    : known(accepted, from);
}

export function holeAsUnknown(hole: Hole, from: Origin): Unknown {
  return unknown(hole.reason, hole.detail, from);
}

/** Input trees nest a few levels; anything deeper than this is not an AWS configuration. */
const MAX_DEPTH = 32;

function dig(values: Values, path: string): Value | undefined {
  if (!path.includes('.')) return own(values, path);
  let current: Value | undefined = values;
  let depth = 0;
  for (const key of path.split('.')) {
    if (current instanceof Hole) return current;
    if (isList(current) && current.length > 0) current = current[0];
    if (current instanceof Hole) return current;
    if (!isRecord(current) || depth++ > MAX_DEPTH) return undefined;
    current = own(current, key);
  }
  return current;
}

/** Most properties that a service could ask for are not set: then nothing needs to be told from what every object has. */
function own(values: Values, key: string): Value | undefined {
  const value = values[key];
  return value !== undefined && Object.hasOwn(values, key) ? value : undefined;
}

const join = (at: string, path: string): string => (at === '' ? path : `${at}.${path}`);

const asPlain = (v: Value): string | number | boolean | undefined =>
  typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean' ? v : undefined;
const asText = (v: Value): string | undefined => (typeof v === 'string' ? v : typeof v === 'number' ? String(v) : undefined);
/** The AWS provider is a Terraform bridge: numbers and booleans may arrive as text. */
const asNumber = (v: Value): number | undefined => {
  if (typeof v === 'number') return v;
  return typeof v === 'string' && /^-?\d+(\.\d+)?$/.test(v) ? Number(v) : undefined;
};
const asFlag = (v: Value): boolean | undefined =>
  typeof v === 'boolean' ? v : v === 'true' ? true : v === 'false' ? false : undefined;

/**
 * Distinct AZs of a list whose members may each be unknown. Names, ids and stand-ins are not known to differ from one
 * another: the most that one spelling tells apart are counted, and the rest are doubtful.
 */
export function spreadOf(zones: readonly Known<string>[]): Spread {
  const distinct = new Set<string>();
  let doubtful = 0;
  for (const zone of zones) {
    fold(
      zone,
      (name) => distinct.add(name),
      () => {
        doubtful += 1;
      },
    );
  }
  const alike = (['name', 'id', 'token'] as const).map((spelling) => [...distinct].filter((z) => zoneSpelling(z) === spelling));
  const most = alike.reduce((a, b) => (b.length > a.length ? b : a));
  return { zones: most, doubtful: doubtful + distinct.size - most.length };
}
