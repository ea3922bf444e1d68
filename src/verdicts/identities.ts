/** By what a resource is known again after it was renamed or moved. */
import { hash } from 'node:crypto';
import type { Estate } from '../estate/estate.ts';
import type { Finding } from '../model/finding.ts';
import type { Position, Resource } from '../model/resource.ts';
import { Hole, isList, isRecord, type Value } from '../model/value.ts';

/** One resource of the sources, as a later comparison needs it. */
export interface Identity {
  /** URN, or ARN of what only AWS shows. */
  readonly resource: string;
  /** URNs that it went by before, where the source tells. */
  readonly aliases: readonly string[];
  /**
   * A short hash for each of its inputs, sorted, with blanks between; null where nothing was found at it, and so nothing can be
   * carried over to another name.
   */
  readonly content: string | null;
  /** Where the program makes it; null where the source does not tell. */
  readonly position: Position | null;
}

/** Every resource of the estate, in its order. */
export function identitiesOf(estate: Estate, findings: readonly Finding[]): readonly Identity[] {
  const found = new Set(findings.map((f) => f.resource));
  return [...estate.resources.values()].map(({ resource }) => ({
    resource: resource.urn,
    aliases: resource.aliases ?? [],
    content: found.has(resource.urn) ? contentOf(resource) : null,
    position: resource.position ?? null,
  }));
}

/**
 * A resource's own name is cut out of its values, and of what is not known only the property that it was made from stays: the
 * names of others change when they are renamed with it.
 */
function contentOf({ inputs, name }: Resource): string {
  return Object.entries(inputs)
    .map(([key, value]) => short(`${key}=${JSON.stringify(plain(value, name))}`))
    .sort()
    .join(' ');
}

/** Shorter names are found in words that have nothing to do with them. */
const LEAST_NAME = 3;

function plain(value: Value, name: string): unknown {
  if (value instanceof Hole) return { unknown: value.reason, of: value.mentions.map((m) => m.property) };
  if (isList(value)) return value.map((v) => plain(v, name));
  if (isRecord(value))
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, plain(v, name)]);
  return typeof value === 'string' && name.length >= LEAST_NAME ? value.replaceAll(name, '') : value;
}

const short = (text: string): string => hash('sha256', text).slice(0, 8);
