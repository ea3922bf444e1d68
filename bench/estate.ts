/**
 * A generated estate: a stack export with exactly as many entries as asked for, half of its resources owned by 20 services,
 * and a catalogue with 100 metrics over them.
 */
import { GROUPS } from './estate-groups.ts';
import { network, networkOf } from './estate-network.ts';
import { type Made, PRIMARY, type Site, STANDBY } from './estate-parts.ts';

export const SERVICES = 20;

export interface GeneratedEstate {
  /** The export as `pulumi stack export` writes it. */
  readonly text: string;
  /** The catalogue, as `holdfast.yaml`. */
  readonly catalogue: string;
  /** Its AWS resources, in order. */
  readonly resources: readonly Made[];
}

const HEAD = 'urn:pulumi:bench::estate::';
const STACK = `${HEAD}pulumi:pulumi:Stack::estate-bench`;
const COMPONENT = 'bench:index:Part';
/** Resources of one network, about: what shares it grows with it. */
const PER_NETWORK = 400;

interface Owned {
  readonly made: Made;
  readonly parent: string;
}

/** `size`: entries of the export, stack, providers and components included. */
export function generateEstate(size: number): GeneratedEstate {
  const names = Array.from({ length: SERVICES }, (_, i) => `svc-${String(i).padStart(2, '0')}`);
  const count = size - 3 - SERVICES - 1;
  const networks = Math.max(1, Math.round(size / PER_NETWORK));
  const platform = take(platformOf(networks, names.length), Math.ceil(count / 2));
  const owned = names.flatMap((name, i) => {
    const share = Math.floor(count / 2);
    const wanted = Math.floor(((i + 1) * share) / SERVICES) - Math.floor((i * share) / SERVICES);
    return take(serviceOf(name, i, networks), wanted);
  });
  const parts = ['platform', ...names];
  const entries = [
    entry(STACK, 'pulumi:pulumi:Stack', { custom: false }),
    ...[PRIMARY, STANDBY].map((region) =>
      entry(providerUrn(region), 'pulumi:providers:aws', {
        custom: true,
        id: `${region}-0001`,
        inputs: { region },
        outputs: { region },
      }),
    ),
    ...parts.map((part) => entry(componentUrn(part), COMPONENT, { custom: false, parent: STACK })),
    ...[...platform, ...owned].map(({ made, parent }) => resource(made, parent)),
  ];
  const deployment = { manifest: { time: '2026-11-22T00:00:00Z', magic: '', version: 'v3.200.0' }, resources: entries };
  return {
    text: `${JSON.stringify({ version: 3, deployment }, undefined, 4)}\n`,
    catalogue: catalogueOf(names),
    resources: [...platform, ...owned].map((o) => o.made),
  };
}

const componentUrn = (name: string): string => `${HEAD}${COMPONENT}::${name}`;
const providerUrn = (region: string): string => `${HEAD}pulumi:providers:aws::${region}`;

function take(all: Generator<Owned>, count: number): readonly Owned[] {
  const taken: Owned[] = [];
  while (taken.length < count) {
    const next = all.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** What no service owns: networks first, then more of everything, without end. */
function* platformOf(networks: number, from: number): Generator<Owned> {
  const parent = componentUrn('platform');
  for (let i = 0; i < networks; i += 1) {
    for (const region of [PRIMARY, STANDBY]) for (const made of network(`net-${i}`, region)) yield { made, parent };
  }
  for (let i = 0; ; i += 1) yield* groupAt(`shared-${i}`, from + i, {}, parent, i % networks);
}

/** Groups in turn, each service starting with another one, without end. */
function* serviceOf(name: string, i: number, networks: number): Generator<Owned> {
  for (let n = 0; ; n += 1) {
    yield* groupAt(`${name}-${n}`, i + n, { service: name }, componentUrn(name), i % networks);
  }
}

function* groupAt(name: string, n: number, tags: Site['tags'], parent: string, net: number): Generator<Owned> {
  const group = GROUPS[n % GROUPS.length];
  if (group === undefined) return;
  const site = { name, tags, primary: networkOf(`net-${net}`, PRIMARY), standby: networkOf(`net-${net}`, STANDBY) };
  for (const made of group(site, n)) yield { made, parent };
}

function resource(made: Made, parent: string): object {
  const urn = `${HEAD}${COMPONENT}$${made.type}::${made.name}`;
  return entry(urn, made.type, {
    custom: true,
    id: made.id,
    inputs: { __defaults: [], ...made.inputs },
    outputs: { ...made.inputs, ...made.outputs, id: made.id, tagsAll: made.inputs.tags ?? {} },
    parent,
    provider: `${providerUrn(made.region)}::${made.region}-0001`,
    propertyDependencies: Object.fromEntries(Object.keys(made.inputs).map((key) => [key, null])),
    sourcePosition: 'project:///index.ts#1,1',
  });
}

function entry(urn: string, type: string, more: object): object {
  return { urn, type, ...more, created: '2026-11-22T00:00:00Z', modified: '2026-11-22T00:00:00Z' };
}

/** Five metrics a service, every third service resting on the one before. */
function catalogueOf(names: readonly string[]): string {
  const services = names.flatMap((name, i) => [
    `  ${name}:`,
    `    tier: ${1 + (i % 3)}`,
    '    resources:',
    `      - tag: { service: ${name} }`,
    `      - component: ${name}`,
    ...(i % 3 === 1 ? [`    dependsOn: [{ service: ${names[i - 1]} }]`] : []),
  ]);
  const metrics = names.flatMap((name, i) => [
    `      ${name}:`,
    ...(i % 2 === 0
      ? ['        RTO: { az: 5m, region: 1h, data: 8h }', '        RPO: { region: 15m, data: 1h }']
      : [
          '        RTO: { instance: 5m, region: 4h }',
          '        RPO: { az: 0s }',
          '        MBCO: { region: 60% }',
          '        RETENTION: 14d',
        ]),
  ]);
  return `${[
    'services:',
    ...services,
    'agreements:',
    '  sla:',
    '    kind: SLA',
    '    parties: { provider: Platform, customer: Business }',
    '    approvedBy: Head of Platform',
    '    from: 2026-01-01',
    '    version: "1"',
    '    metrics:',
    ...metrics,
  ].join('\n')}\n`;
}
