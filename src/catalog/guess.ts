/** Which services a stack seems to hold, by its tags, else its components, else the stack itself. */
import { fold } from '../model/known.ts';
import type { Resource, SourceReading } from '../model/resource.ts';

/** A service as guessed: never a fact, so it carries how it was guessed. */
export interface Guess {
  readonly name: string;
  /** Selectors as they are written in the catalogue. */
  readonly resources: readonly Readonly<Record<string, unknown>>[];
  readonly exclude: readonly Readonly<Record<string, unknown>>[];
  /** `the tag service, on 12 resources`. */
  readonly how: string;
}

export interface Guesses {
  readonly services: readonly Guess[];
  /** Resources that no guess picks. */
  readonly unmapped: readonly Resource[];
  /** Resources whose tags cannot be read from the sources. */
  readonly untold: number;
}

/** Last words of tag keys that name what a resource is for, the usual meaning first. */
const TAG_WORDS = [
  'service',
  'servicename',
  'app',
  'appname',
  'application',
  'applicationname',
  'component',
  'workload',
  'product',
  'system',
  'project',
];

/** `serves`: whether resources of a type could be what users get; a component without any is no service. */
export function guessServices(readings: readonly SourceReading[], serves: (type: string) => boolean): Guesses {
  const resources = readings.flatMap((r) => r.resources.filter(isReal));
  const tags = new Map(
    resources.map((r) => [
      r,
      fold(
        r.tags,
        (t) => t,
        () => undefined,
      ),
    ]),
  );
  const key = tellingTag([...tags.values()].flatMap((t) => (t === undefined ? [] : [t])));
  const mapped = new Set<Resource>();

  const byTag = new Map<string, number>();
  const tagged = new Set<Resource>();
  for (const [resource, t] of tags) {
    if (key === undefined || t === undefined || !Object.hasOwn(t, key)) continue;
    tagged.add(resource);
    const value = t[key] ?? '';
    if (value.trim() === '') continue;
    byTag.set(value, (byTag.get(value) ?? 0) + 1);
    mapped.add(resource);
  }
  const exclude = key === undefined || tagged.size === 0 ? [] : [{ tag: { [key]: '**' } }];

  const outermost = outermostComponents(readings);
  const serving = new Set([...outermost].flatMap(([r, component]) => (isReal(r) && serves(r.type) ? [component.name] : [])));
  const byComponent = new Map<string, number>();
  for (const resource of resources) {
    const component = outermost.get(resource);
    if (tagged.has(resource) || component === undefined || component.name.trim() === '') continue;
    if (!serving.has(component.name)) continue;
    byComponent.set(component.name, (byComponent.get(component.name) ?? 0) + 1);
    mapped.add(resource);
  }

  const byProject = new Map<string, SourceReading[]>();
  for (const reading of readings) {
    const real = reading.resources.filter(isReal);
    if (real.length === 0 || real.some((r) => mapped.has(r) || tagged.has(r))) continue;
    byProject.set(reading.project, [...(byProject.get(reading.project) ?? []), reading]);
    for (const r of real) mapped.add(r);
  }

  return {
    services: [
      ...[...byTag].map(([value, n]) => ({
        name: value,
        resources: [{ tag: { [key ?? '']: value } }],
        exclude: [],
        how: `the tag ${key}, on ${count(n)}`,
      })),
      ...[...byComponent].map(([name, n]) => ({
        name,
        resources: [{ component: name }],
        exclude,
        how: `the component ${name}, around ${count(n)}`,
      })),
      ...[...byProject].map(([project, of]) => ({
        name: project,
        resources: of.map((r) => ({ stack: `${r.project}/${r.stack}` })),
        exclude: [],
        how: 'the stack, because neither tags nor components tell its resources apart',
      })),
    ],
    unmapped: resources.filter((r) => !mapped.has(r)),
    untold: [...tags.values()].filter((t) => t === undefined).length,
  };
}

function count(n: number): string {
  return n === 1 ? '1 resource' : `${n} resources`;
}

function isReal(r: Resource): boolean {
  return r.custom && !r.type.startsWith('pulumi:');
}

/**
 * The tag key that tells most pairs of resources apart; at a tie the one on more resources, then the more usual one.
 * A key with a value of its own for most resources is a name, not a service.
 */
function tellingTag(tagSets: readonly Readonly<Record<string, string>>[]): string | undefined {
  const values = new Map<string, Map<string, number>>();
  for (const tags of tagSets) {
    for (const [key, value] of Object.entries(tags)) {
      if (rank(key) < 0) continue;
      const counts = values.get(key) ?? new Map<string, number>();
      counts.set(value, (counts.get(value) ?? 0) + 1);
      values.set(key, counts);
    }
  }
  const scored = [...values].flatMap(([key, counts]) => {
    const on = [...counts.values()].reduce((a, b) => a + b, 0);
    const same = [...counts.values()].reduce((a, b) => a + b * b, 0);
    return counts.size > 3 && counts.size > on / 2 ? [] : [{ key, on, apart: on * on - same }];
  });
  return scored.sort((a, b) => b.apart - a.apart || b.on - a.on || rank(a.key) - rank(b.key) || (a.key < b.key ? -1 : 1))[0]?.key;
}

function rank(key: string): number {
  const last = key.split(/[:/]/).at(-1) ?? key;
  return TAG_WORDS.indexOf(last.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

function outermostComponents(readings: readonly SourceReading[]): ReadonlyMap<Resource, Resource> {
  const found = new Map<Resource, Resource>();
  for (const reading of readings) {
    const byUrn = new Map(reading.resources.map((r) => [r.urn, r]));
    for (const resource of reading.resources) {
      const seen = new Set<string>();
      for (let urn = resource.parent; urn !== undefined && !seen.has(urn); ) {
        seen.add(urn);
        const parent = byUrn.get(urn);
        if (parent !== undefined && !parent.custom && parent.type !== 'pulumi:pulumi:Stack') found.set(resource, parent);
        urn = parent?.parent;
      }
    }
  }
  return found;
}
