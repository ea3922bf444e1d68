/** Small sources for tests, as the engine writes them. */

import type { Resource } from '../../src/model/resource.ts';
import { normalise } from '../../src/stacks/normalise.ts';
import { parseSource } from '../../src/stacks/parse-source.ts';
import type { RawReading, RawResource } from '../../src/stacks/raw.ts';

export type Json = Record<string, unknown>;

export const urnOf = (type: string, name: string, stack = 'prod', project = 'shop'): string =>
  `urn:pulumi:${stack}::${project}::${type}::${name}`;

export const STACK = urnOf('pulumi:pulumi:Stack', 'shop-prod');

export function state(type: string, name: string, more: Json = {}): Json {
  return { urn: urnOf(type, name), type, custom: true, ...more };
}

export const stackState: Json = { urn: STACK, type: 'pulumi:pulumi:Stack', custom: false };

export function exported(resources: readonly unknown[], more: Json = {}): Json {
  return { version: 3, deployment: { manifest: {}, resources, ...more } };
}

export function read(document: unknown, name = 'stack.json'): RawReading {
  return parseSource(JSON.stringify(document), name);
}

export function rawNamed(reading: RawReading, name: string): RawResource {
  const found = reading.resources.find((r) => r.urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found;
}

export function normalised(document: unknown, region?: string): (name: string) => Resource {
  const reading = normalise(read(document), { region });
  return (name) => {
    const found = reading.resources.find((r) => r.name === name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return found;
  };
}
