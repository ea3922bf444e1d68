/** Turns the properties of a declared resource into plain ones, by what was deployed before it. */
import { Hole, isList, isRecord, type Mention, type Value, type Values } from '../../model/value.ts';
import { zonesOf } from '../world/regions.ts';
import type { Plain } from './deployer.ts';

export interface Resolution {
  /** The value of another resource's property, once that is deployed. */
  property(mention: Mention): Plain | undefined;
  /** Text of the source's own state that became something else in this world (an endpoint, an ARN). */
  renamed(text: string): string;
  /** A property that nobody could fill in. */
  unresolved(path: string, hole: Hole): void;
  readonly region: string;
}

/** A property whose hole cannot be filled is left out and reported. */
export function plainRecord(values: Values, resolution: Resolution, at = ''): Readonly<Record<string, Plain>> {
  const plain: Record<string, Plain> = {};
  for (const [name, value] of Object.entries(values)) {
    const made = plainValue(value, resolution, at === '' ? name : `${at}.${name}`);
    if (made !== undefined) plain[name] = made;
  }
  return plain;
}

function plainValue(value: Value, resolution: Resolution, at: string): Plain | undefined {
  if (value instanceof Hole) {
    const filled = fill(value, resolution);
    if (filled === undefined) resolution.unresolved(at, value);
    return filled;
  }
  if (typeof value === 'string') return resolution.renamed(value);
  if (isList(value))
    return value
      .map((item, i) => plainValue(item, resolution, `${at}[${i}]`))
      .filter((item): item is Plain => item !== undefined);
  if (isRecord(value)) return plainRecord(value, resolution, at);
  return value;
}

const ZONE = /^az:([a-z0-9-]*):(\d+)$/;
/** Long enough for every kind of password, and says what it is. */
const SECRET = 'simulated-secret-value';

function fill(hole: Hole, resolution: Resolution): Plain | undefined {
  if (hole.reason === 'secret') return SECRET;
  const { template, mentions } = hole;
  const zone = template === undefined ? null : ZONE.exec(template);
  if (zone !== null) {
    const zones = zonesOf(zone[1] === '' ? resolution.region : (zone[1] as string));
    return zones[(Number(zone[2]) - 1) % zones.length];
  }
  if (template !== undefined) {
    let complete = true;
    const text = template.replace(/\$\{(\d+)\}/g, (_, n: string) => {
      const mention = mentions[Number(n)];
      const found = mention === undefined ? undefined : resolution.property(mention);
      if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return String(found);
      complete = false;
      return '';
    });
    return complete ? text : undefined;
  }
  const [only] = mentions;
  return only !== undefined && mentions.length === 1 ? resolution.property(only) : undefined;
}

/** `masterUserSecrets[0].secretArn` in the outputs or inputs of a deployed resource. */
export function propertyAt(values: Readonly<Record<string, Plain>>, path: string): Plain | undefined {
  let current: Plain | undefined = values;
  for (const step of path.split(/[.[\]]/).filter((s) => s !== '')) {
    if (Array.isArray(current)) current = (current as readonly Plain[])[Number(step)];
    else if (typeof current === 'object' && current !== null) current = (current as Readonly<Record<string, Plain>>)[step];
    else return undefined;
  }
  return current;
}
