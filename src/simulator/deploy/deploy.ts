/** Deploys declared resources into simulated AWS, in the order of their references, as `pulumi up` would. */
import { messageOf } from '../../model/errors.ts';
import type { Known } from '../../model/known.ts';
import { fold, known } from '../../model/known.ts';
import type { Resource, SourceReading } from '../../model/resource.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../../model/value.ts';
import type { SimulatedAws } from '../world/invoke.ts';
import type { Created, Given, Plain } from './deployer.ts';
import { isSimulated, makeOne } from './one.ts';
import { plainRecord, propertyAt, type Resolution } from './values.ts';

export interface DeployOptions {
  /** Where a resource goes whose source does not say. */
  readonly region: string;
  readonly account: string;
}

export interface Deployed {
  /** The sources as their state would be after `up`: every deployed resource with its id, outputs and resolved inputs. */
  readonly readings: readonly SourceReading[];
  /** URNs of custom resources that simulated AWS has no notion of; they are kept as the source has them. */
  readonly opaque: readonly string[];
  /** One line for each resource that could not be made, and for each property that nobody could fill in. */
  readonly notes: readonly string[];
}

/** How long things settle after the last creation: replicas are made, health checks have probed, metrics have values. */
const SETTLE = 30 * 60 * 1000;
/** Shorter texts are words, not names of one thing. */
const NAME_LENGTH = 12;

export async function deploy(aws: SimulatedAws, readings: readonly SourceReading[], options: DeployOptions): Promise<Deployed> {
  const made = new Map<
    string,
    { readonly created: Created; readonly inputs: Readonly<Record<string, Plain>>; readonly given: Given }
  >();
  const renames = new Map<string, string>();
  const opaque: string[] = [];
  const notes: string[] = [];
  const declared = readings.flatMap((r) => r.resources);
  for (const resource of inOrder(declared)) {
    if (!resource.custom || resource.pending === 'delete' || /^pulumi[:/]/.test(resource.type)) continue;
    const region = told(resource.region) ?? options.region;
    const resolution: Resolution = {
      region,
      property: ({ urn, property }) => {
        const other = made.get(urn);
        if (other === undefined) return undefined;
        if (property === 'id' || property === '') return other.created.id;
        return propertyAt(other.created.outputs, property) ?? propertyAt(other.inputs, property);
      },
      renamed: (text) => {
        if (renames.size === 0 || text.length < NAME_LENGTH) return text;
        let now = text;
        for (const [before, after] of renames) if (now.includes(before)) now = now.replaceAll(before, after);
        return now;
      },
      unresolved: (path, hole) => notes.push(`${resource.urn}: ${path} is left out: ${hole.detail}`),
    };
    const inputs = plainRecord(resource.inputs, resolution);
    const outputs = plainRecord(resource.outputs, { ...resolution, renamed: (text) => text, unresolved: () => undefined });
    const given: Given = {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      inputs,
      tags: told(resource.tags) ?? {},
      account: told(resource.account) ?? options.account,
      region,
      id: resource.id,
      outputs,
    };
    const simulated = isSimulated(aws, resource.type);
    if (!simulated) opaque.push(resource.urn);
    try {
      const created = await makeOne(aws, given);
      made.set(resource.urn, { created, inputs, given });
      if (!simulated) continue;
      for (const [property, value] of Object.entries(created.outputs)) {
        const before = outputs[property];
        if (typeof value === 'string' && typeof before === 'string' && before !== value && before.length >= NAME_LENGTH)
          renames.set(before, value);
      }
    } catch (error) {
      notes.push(`${resource.urn}: not made: ${messageOf(error)}`);
    }
  }
  aws.world.clock.advance(SETTLE);
  return {
    readings: readings.map((reading) => ({ ...reading, resources: reading.resources.map((r) => afterUp(r, made.get(r.urn))) })),
    opaque,
    notes,
  };
}

function afterUp(
  resource: Resource,
  made: { readonly created: Created; readonly inputs: Readonly<Record<string, Plain>>; readonly given: Given } | undefined,
): Resource {
  if (made === undefined) return resource;
  return {
    ...resource,
    id: made.created.id,
    inputs: filled(resource.inputs, made.inputs),
    outputs: { ...resource.outputs, ...made.created.outputs },
    region: orElse(resource.region, made.given.region),
    account: orElse(resource.account, made.given.account),
  };
}

const orElse = (source: Known<string>, here: string): Known<string> =>
  fold(
    source,
    () => source,
    () => known(here),
  );

/** Inputs as they were resolved, secrets still redacted. A list from which a hole was left out keeps its holes. */
function filled(declared: Values, plain: Readonly<Record<string, Plain>>): Values {
  return Object.fromEntries(Object.entries(declared).map(([name, value]) => [name, fillOne(value, plain[name])]));
}

function fillOne(declared: Value, plain: Plain | undefined): Value {
  if (plain === undefined) return declared;
  if (declared instanceof Hole) return declared.reason === 'secret' ? declared : plain;
  if (isList(declared)) {
    const items = Array.isArray(plain) ? (plain as readonly Plain[]) : [];
    return items.length === declared.length ? declared.map((item, i) => fillOne(item, items[i])) : declared;
  }
  if (isRecord(declared) && typeof plain === 'object' && plain !== null && !Array.isArray(plain))
    return filled(declared, plain as Readonly<Record<string, Plain>>);
  return plain;
}

/** Each after what it depends on, its parent and what its inputs mention; within a cycle, in the source's order. */
function inOrder(resources: readonly Resource[]): readonly Resource[] {
  const byUrn = new Map(resources.map((r) => [r.urn, r]));
  const ordered: Resource[] = [];
  const seen = new Set<string>();
  const visit = (first: Resource): void => {
    // Depth first without recursion: chains of dependencies may be thousands long.
    const stack: { readonly resource: Resource; readonly needs: readonly string[]; at: number }[] = [];
    const enter = (resource: Resource): void => {
      seen.add(resource.urn);
      stack.push({ resource, needs: needsOf(resource), at: 0 });
    };
    enter(first);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.needs[top.at++];
      if (need === undefined) {
        ordered.push(top.resource);
        stack.pop();
        continue;
      }
      const next = byUrn.get(need);
      if (next !== undefined && !seen.has(need)) enter(next);
    }
  };
  for (const resource of resources) if (!seen.has(resource.urn)) visit(resource);
  return ordered;
}

function needsOf(resource: Resource): readonly string[] {
  const needs = new Set(resource.dependencies);
  if (resource.parent !== undefined) needs.add(resource.parent);
  for (const urns of Object.values(resource.propertyDependencies)) for (const urn of urns) needs.add(urn);
  const walk = (value: Value): void => {
    if (value instanceof Hole) for (const { urn } of value.mentions) needs.add(urn);
    else if (isList(value)) value.forEach(walk);
    else if (isRecord(value)) Object.values(value).forEach(walk);
  };
  Object.values(resource.inputs).forEach(walk);
  return [...needs];
}

const told = <T>(k: Known<T>): T | undefined =>
  fold<T, T | undefined>(
    k,
    (v) => v,
    () => undefined,
  );
