/**
 * The law of two sources: what the simulated AWS shows of a deployed resource means the same as its declaration. The declared
 * side is read by src/services, the deployed side by src/simulator: two transcriptions of the same documentation.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { buildEstate, type Estate } from '../../src/estate/estate.ts';
import { inPlace } from '../../src/estate/in-place.ts';
import { known } from '../../src/model/known.ts';
import type { Meaning } from '../../src/model/protection.ts';
import type { Resource, SourceReading } from '../../src/model/resource.ts';
import { Hole, type Value, type Values } from '../../src/model/value.ts';
import type { Observed, Scan } from '../../src/services/observed/scan.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { type Deployed, deploy } from '../../src/simulator/deploy/deploy.ts';
import type { SimulatedService } from '../../src/simulator/service.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from '../services/observed/support.ts';

export interface Declaration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Values;
  readonly region?: string;
}

/** `ref('db', 'arn')` inside inputs: a property of another declared resource, by its logical name. */
export function ref(type: string, name: string, property = 'id'): Hole {
  return new Hole('unresolved-at-preview', `${property} of ${name}`, [{ urn: urnOf(type, name), property }]);
}

export const urnOf = (type: string, name: string): string => `urn:pulumi:test::parity::${type}::${name}`;

export function resourceOf(declaration: Declaration): Resource {
  const { type, name, inputs, region = REGION } = declaration;
  const tags = inputs.tags;
  return {
    urn: urnOf(type, name),
    type,
    sourceType: type,
    name,
    project: 'parity',
    stack: 'test',
    custom: true,
    remote: false,
    id: undefined,
    inputs,
    outputs: {},
    parent: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: undefined,
    region: known(region),
    account: known(ACCOUNT),
    tags: known(typeof tags === 'object' && tags !== null ? (tags as Record<string, string>) : {}),
    protect: false,
    retainOnDelete: false,
    ignoreChanges: [],
    position: undefined,
    pending: undefined,
  };
}

export function readingOf(resources: readonly Resource[]): SourceReading {
  return {
    source: 'test',
    kind: 'program',
    project: 'parity',
    stack: 'test',
    resources,
    stackOutputs: {},
    partial: false,
    notes: [],
  };
}

/** As src/services/observed/observe.ts makes it of an observation. */
export function observedResource(seen: Observed, region: string): Resource {
  return {
    ...resourceOf({ type: seen.type, name: seen.name, inputs: seen.properties, region: seen.region ?? region }),
    urn: seen.arn ?? `aws:${ACCOUNT}:${region}:${seen.type}:${seen.id}`,
    id: seen.id,
    outputs: { ...(seen.arn === undefined ? {} : { arn: seen.arn }), ...seen.outputs },
    tags: seen.tags instanceof Hole ? known({}) : known(seen.tags),
  };
}

export interface TwoEstates {
  readonly declared: Estate;
  readonly observed: Estate;
  readonly notes: readonly string[];
  readonly missing: readonly string[];
}

/** Deploys, observes and reads both sides. `scans` must cover every type of the declarations that a service reads. */
export async function twoEstates(
  declarations: readonly Declaration[],
  services: readonly SimulatedService[],
  scans: readonly Scan[],
): Promise<TwoEstates> {
  const aws = freshAws(services);
  const deployed = await deploy(aws, [readingOf(declarations.map(resourceOf))], { region: REGION, account: ACCOUNT });
  const regions = [...new Set(declarations.map((d) => d.region ?? REGION))];
  return estatesOf(aws, deployed, regions, scans);
}

/** What is declared and deployed, and what the world shows of it. */
export async function estatesOf(
  aws: SimulatedAws,
  deployed: Pick<Deployed, 'readings' | 'notes'>,
  regions: readonly string[],
  scans: readonly Scan[],
): Promise<TwoEstates> {
  const resources: Resource[] = [];
  for (const scan of scans) {
    for (const region of scan.where === 'global' ? regions.slice(0, 1) : regions) {
      const reader = readerOf(aws, ACCOUNT, region);
      for (const seen of await scanned(scan, reader)) resources.push(observedResource(seen, region));
      if (reader.failed.length > 0) throw new Error(`the scan ${scan.id} failed: ${reader.failed.join(', ')}`);
    }
  }
  const seen = {
    source: 'simulated',
    resources,
    gaps: [],
    types: new Set(scans.flatMap((s) => s.types)),
    targets: [{ account: ACCOUNT, regions }],
    notes: [],
  };
  const merged = inPlace(deployed.readings, seen, SERVICES);
  return {
    declared: buildEstate(deployed.readings, SERVICES),
    observed: buildEstate(merged.readings, SERVICES),
    notes: deployed.notes,
    missing: merged.missing.map((r) => r.urn),
  };
}

/** A place where the two may differ, with the reason: AWS does not show it, or code does not say it. */
export interface Exception {
  /** The Pulumi type whose meaning may differ. */
  readonly type: string;
  /** Path inside the comparable meaning, as it is printed on failure; a regular expression. */
  readonly at: RegExp;
  readonly why: string;
}

/**
 * Meanings that differ, one line each; empty when the law holds. A declared side that does not know lets the observed side know
 * more (a zone that AWS chose): that is what looking is for. The other way round is a difference.
 */
export function differences(two: TwoEstates, exceptions: readonly Exception[] = []): readonly string[] {
  const lines: string[] = [...two.notes.filter((n) => n.includes('not made')), ...two.missing.map((urn) => `${urn}: not found`)];
  for (const [urn, item] of two.declared.resources) {
    if (item.standing.kind !== 'modelled') continue;
    const other = two.observed.resources.get(urn);
    if (other?.standing.kind !== 'modelled') {
      lines.push(`${urn}: observed as ${other?.standing.kind ?? 'nothing'}`);
      continue;
    }
    const type = item.resource.type;
    compare(comparable(item.standing.meaning), comparable(other.standing.meaning), '', (at, a, b) => {
      if (exceptions.some((e) => e.type === type && e.at.test(at))) return;
      lines.push(`${urn} ${at}: declared ${JSON.stringify(a)}, observed ${JSON.stringify(b)}`);
    });
  }
  return lines;
}

/** Holds the law over generated configurations. */
export async function lawOfTwoSources(
  arbitrary: fc.Arbitrary<readonly Declaration[]>,
  services: readonly SimulatedService[],
  scans: readonly Scan[],
  exceptions: readonly Exception[] = [],
  runs = 500,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (declarations) => {
      expect(differences(await twoEstates(declarations, services, scans), exceptions)).toEqual([]);
    }),
    { numRuns: runs },
  );
}

const UNKNOWN = '(unknown)';
/** Words for people, and where a value was read: these differ by source and decide nothing. */
const WORDS = new Set(['why', 'says', 'detail', 'from', 'via', 'property']);

/** A meaning as plain data: values of what is known, `(unknown)` for the rest; lists of protections and links in a fixed order. */
function comparable(meaning: Meaning): unknown {
  return plain(meaning);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(plain);
    return items.every(isObject) ? [...items].sort((a, b) => compareText(orderOf(a), orderOf(b))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  if (record.state === 'known') return plain(record.value);
  if (record.state === 'unknown') return UNKNOWN;
  return Object.fromEntries(
    Object.entries(record)
      .filter(([key, v]) => v !== undefined && !WORDS.has(key))
      .map(([key, v]) => [key, plain(v)]),
  );
}

/**
 * Protections are ordered by what they are and links by where they go, before all else: what one side does not know of them
 * (`armed`) must not set two lists against each other in different orders.
 */
function orderOf(item: Readonly<Record<string, unknown>>): string {
  const { mechanism, scopes, into, to, carries } = item;
  return JSON.stringify([{ mechanism, scopes, into, to, carries }, { ...item, armed: undefined }, item.armed]);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compare(a: unknown, b: unknown, at: string, differ: (at: string, a: unknown, b: unknown) => void): void {
  if (a === UNKNOWN || JSON.stringify(a) === JSON.stringify(b)) return;
  if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
    if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) differ(at, a, b);
    else
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        compare(a[key], b[key], at === '' ? key : `${at}.${key}`, differ);
    return;
  }
  differ(at, a, b);
}

const isObject = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === 'object' && v !== null;

/** Inputs without the properties that a generator left out. */
export function inputs(given: Readonly<Record<string, Value | undefined>>): Values {
  return Object.fromEntries(Object.entries(given).filter((e): e is [string, Value] => e[1] !== undefined));
}
