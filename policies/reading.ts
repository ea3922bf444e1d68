/** What the engine shows a policy → resources that mean the same as those of every other source (src/stacks). */
import type { PolicyProviderResource, PolicyResource, PolicyResourceOptions, ResourceValidationArgs } from '@pulumi/policy';
import type { SourceReading } from '../src/model/resource.ts';
import type { Values } from '../src/model/value.ts';
import { normalise } from '../src/stacks/normalise.ts';
import type { RawReading, RawResource, ReadOptions } from '../src/stacks/raw.ts';
import type { JsonRecord } from '../src/stacks/shape.ts';
import { parseUrn } from '../src/stacks/urn.ts';
import { toValues } from '../src/stacks/values.ts';
import { encodedOf } from './sdk.ts';

/** How the stack that is being changed is called in what is said about it. */
const SOURCE = 'this stack';

/**
 * What was registered so far, by URN. Stack policies are shown outputs alone; what the program says are the inputs, which were shown
 * when each resource was registered.
 */
export type Registered = Map<string, RegisteredResource>;
interface RegisteredResource {
  readonly raw: RawResource;
  readonly inputs: JsonRecord;
}

/** One resource with what is around it by the time it is registered: its provider and its ancestors. Everything else may still come. */
export function readAlone(args: ResourceValidationArgs, registered: Registered, options: ReadOptions): SourceReading {
  const inputs = encodedOf(args.props);
  const raw = rawOf(args, args.opts.parent, { inputs, outputs: undefined });
  registered.set(args.urn, { raw, inputs });
  const around: RawResource[] = args.provider === undefined ? [] : [providerOf(args.provider)];
  for (let up = raw.parent; up !== undefined; ) {
    const parent: RawResource | undefined = registered.get(up)?.raw;
    if (parent === undefined || around.includes(parent)) break;
    around.push(parent);
    up = parent.parent;
  }
  return normalise(readingOf([...around, raw], true), options);
}

/** The whole stack, as it is or will be. */
export function readStack(resources: readonly PolicyResource[], registered: Registered): RawReading {
  const urns = new Set(resources.map((r) => r.urn));
  // With --target a provider can be missing from the resources that it is the provider of.
  const providers = new Map(
    resources.flatMap(({ provider: p }) => (p === undefined || urns.has(p.urn) ? [] : [[p.urn, p] as const])),
  );
  const all = resources.map((r): RawResource => {
    const propertyDependencies = Object.fromEntries(
      Object.entries(r.propertyDependencies).map(([key, on]) => [key, on.map((d) => d.urn)]),
    );
    const outputs = encodedOf(r.props);
    // A resource that this operation leaves out (--target) is not registered: what it is stands in its outputs.
    const inputs = registered.get(r.urn)?.inputs ?? outputs;
    return {
      ...rawOf(r, r.parent?.urn ?? r.opts.parent, { inputs, outputs, propertyDependencies }),
      dependencies: r.dependencies.map((d) => d.urn),
      propertyDependencies,
    };
  });
  return readingOf([...[...providers.values()].map(providerOf), ...all], false);
}

function readingOf(resources: readonly RawResource[], partial: boolean): RawReading {
  const urn = parseUrn(resources.at(-1)?.urn ?? '');
  return {
    source: SOURCE,
    kind: 'preview',
    project: urn?.project ?? '',
    stack: urn?.stack ?? '',
    resources,
    configRegion: undefined,
    partial,
    notes: [],
  };
}

interface Told {
  readonly urn: string;
  readonly type: string;
  readonly opts: PolicyResourceOptions;
  readonly provider?: PolicyProviderResource;
}

interface Properties {
  readonly inputs: JsonRecord;
  readonly outputs: JsonRecord | undefined;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

function rawOf({ urn, type, opts, provider }: Told, parent: string | undefined, properties: Properties): RawResource {
  const { inputs, outputs, propertyDependencies } = properties;
  const options = {
    spot: { source: urn },
    secretProperties: opts.additionalSecretOutputs,
    ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
  };
  // Until it is made a resource has no outputs, which `computed` reads as not known.
  const shown: Values = outputs === undefined ? {} : toValues(outputs, options);
  return {
    urn,
    type,
    // Only custom resources and providers have a provider behind them.
    custom: provider !== undefined || type.startsWith('pulumi:providers:'),
    // The engine shows the children of remote components like all others.
    remote: false,
    id: typeof shown.id === 'string' && shown.id !== '' ? shown.id : undefined,
    inputs: toValues(inputs, options),
    outputs: shown,
    parent,
    dependencies: [],
    propertyDependencies: {},
    provider: provider === undefined ? undefined : `${provider.urn}::`,
    protect: opts.protect,
    // Policies are not told.
    retainOnDelete: undefined,
    ignoreChanges: opts.ignoreChanges,
    position: undefined,
    pending: undefined,
  };
}

function providerOf({ urn, type, props }: PolicyProviderResource): RawResource {
  const opts = { protect: false, ignoreChanges: [], aliases: [], customTimeouts: NO_TIMEOUTS, additionalSecretOutputs: [] };
  return rawOf({ urn, type, opts }, undefined, { inputs: encodedOf(props), outputs: undefined });
}

const NO_TIMEOUTS = { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 };
