/** From what a reader found to resources that mean the same whichever source they came from. */
import type { Resource, SourceReading } from '../model/resource.ts';
import type { Values } from '../model/value.ts';
import { canonicalType } from './aws-types.ts';
import { asBucket } from './bucket-v2.ts';
import type { RawReading, RawResource, ReadOptions } from './raw.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';
import { tagsOf } from './tags.ts';
import { parseUrn, STACK_TYPE } from './urn.ts';
import { toValues } from './values.ts';
import { accountOf, regionOf } from './whereabouts.ts';

/** Settles types, Regions, accounts and tags. Values of a program are redacted by name here; those of JSON sources already are. */
export function normalise(raw: RawReading, options: ReadOptions): SourceReading {
  const reading = raw.kind === 'program' ? { ...raw, resources: raw.resources.map(redacted) } : raw;
  const around = surroundingsOf(reading);
  return {
    source: reading.source,
    kind: reading.kind,
    project: reading.project,
    stack: reading.stack,
    resources: reading.resources.map((raw) => resourceOf(raw, around, options)),
    stackOutputs: reading.resources.find((r) => r.type === STACK_TYPE)?.outputs ?? {},
    partial: reading.partial,
    notes: reading.notes,
  };
}

function redacted(resource: RawResource): RawResource {
  const spot = { source: `${resource.urn} in program` };
  return { ...resource, inputs: toValues(resource.inputs, { spot }), outputs: toValues(resource.outputs, { spot }) };
}

function resourceOf(raw: RawResource, around: Surroundings, options: ReadOptions): Resource {
  const type = canonicalType(raw.type);
  const urn = parseUrn(raw.urn);
  const shape = raw.type === 'aws:s3/bucketV2:BucketV2' ? asBucket : (values: Values): Values => values;
  return {
    urn: raw.urn,
    type,
    sourceType: raw.type,
    name: urn?.name ?? raw.urn,
    project: urn?.project ?? '',
    stack: urn?.stack ?? '',
    custom: raw.custom,
    remote: raw.remote,
    id: raw.id,
    inputs: shape(raw.inputs),
    outputs: shape(raw.outputs),
    parent: raw.parent,
    aliases: raw.aliases ?? [],
    dependencies: raw.dependencies,
    propertyDependencies: raw.propertyDependencies,
    provider: around.providerOf(raw),
    region: regionOf(raw, type, around, options),
    account: accountOf(raw, type, around),
    tags: tagsOf(raw, type, around),
    protect: raw.protect,
    retainOnDelete: raw.retainOnDelete,
    ignoreChanges: raw.ignoreChanges,
    position: raw.position,
    pending: raw.pending,
  };
}

/** Enclosing components, outermost first; the Stack is none. A parent that the source lacks ends the path. */
export function ancestors(resource: Resource, byUrn: ReadonlyMap<string, Resource>): readonly Resource[] {
  const path: Resource[] = [];
  const seen = new Set([resource.urn]);
  let urn = resource.parent;
  while (urn !== undefined && !seen.has(urn)) {
    seen.add(urn);
    const parent = byUrn.get(urn);
    if (parent === undefined || parent.type === STACK_TYPE) break;
    path.push(parent);
    urn = parent.parent;
  }
  return path.reverse();
}

/** Names of the enclosing components, outermost first. */
export function componentPath(resource: Resource, byUrn: ReadonlyMap<string, Resource>): string[] {
  return ancestors(resource, byUrn).map((r) => r.name);
}
