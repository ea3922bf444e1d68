/** Ways to know less about an estate: each gives the same readings with one thing unknown or out of sight. */
import { unknown } from '../../src/model/known.ts';
import type { Resource, SourceReading } from '../../src/model/resource.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { Hole, isRecord } from '../../src/model/value.ts';

export type Path = readonly (string | number)[];

export interface Mutation {
  readonly urn: string;
  /** Undefined: the whole resource is left out, and its source says that it shows only a part. */
  readonly at: Path | 'region' | 'account' | 'tags' | undefined;
}

/** Every place in a resource that can become unknown, whole values before their parts. */
function pathsOf(value: Value, path: Path = []): readonly Path[] {
  const here = path.length === 0 ? [] : [path];
  if (Array.isArray(value)) return [...here, ...value.flatMap((v: Value, i) => pathsOf(v, [...path, i]))];
  if (isRecord(value)) return [...here, ...Object.entries(value).flatMap(([k, v]) => pathsOf(v, [...path, k]))];
  return here;
}

export function mutationsOf(readings: readonly SourceReading[]): readonly Mutation[] {
  return readings.flatMap((r) =>
    r.resources
      .filter((resource) => resource.custom && !resource.type.startsWith('pulumi:'))
      .flatMap(({ urn, inputs }): Mutation[] => [
        { urn, at: undefined },
        ...(['region', 'account', 'tags'] as const).map((at) => ({ urn, at })),
        ...pathsOf(inputs).map((at) => ({ urn, at })),
      ]),
  );
}

export function mutate(readings: readonly SourceReading[], mutations: readonly Mutation[]): readonly SourceReading[] {
  return mutations.reduce((now, mutation) => now.map((r) => mutateReading(r, mutation)), readings);
}

function mutateReading(reading: SourceReading, { urn, at }: Mutation): SourceReading {
  if (!reading.resources.some((r) => r.urn === urn)) return reading;
  if (at === undefined) return { ...reading, partial: true, resources: reading.resources.filter((r) => r.urn !== urn) };
  return { ...reading, resources: reading.resources.map((r) => (r.urn === urn ? knowLess(r, at) : r)) };
}

function knowLess(resource: Resource, at: Exclude<Mutation['at'], undefined>): Resource {
  if (at === 'region' || at === 'account' || at === 'tags')
    return { ...resource, [at]: unknown('unresolved-at-preview', `${at} of ${resource.name} is not known`) };
  return { ...resource, inputs: punch(resource.inputs, at) as Values };
}

function punch(value: Value, [step, ...rest]: Path): Value {
  if (step === undefined) return new Hole('unresolved-at-preview', 'not known yet');
  if (Array.isArray(value)) return value.map((v: Value, i) => (i === step ? punch(v, rest) : v));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === step ? punch(v, rest) : v]));
  return value;
}
