/** The pack as policies of CrossGuard: settings first, then one policy for each rule, the agreed metrics by tier, and obligations. */
import type { Policies, ResourceValidationArgs, StackValidationArgs } from '@pulumi/policy';
import { agreedAt } from '../src/catalog/in-force.ts';
import { groupBy, kept } from '../src/model/collections.ts';
import { UsageError } from '../src/model/errors.ts';
import type { Finding } from '../src/model/finding.ts';
import { RULES } from '../src/rules/registry.ts';
import { assign } from '../src/verdicts/assign.ts';
import type { MetricsOf } from '../src/verdicts/findings.ts';
import { withWaivers } from '../src/verdicts/findings.ts';
import { metricPolicies, obligationsPolicy } from './agreements.ts';
import type { Alone } from './alone.ts';
import { estateAlone, judgeAlone } from './alone.ts';
import { strictest } from './levels.ts';
import { type Registered, readAlone } from './reading.ts';
import { rulePolicy } from './rules.ts';
import { identityOf } from './sdk.ts';
import type { Baseline, Settings } from './settings.ts';
import { readBaseline, readSettings, settingsConfigSchema } from './settings.ts';
import { judgeStack, type Stack } from './stack.ts';

/** What the pack gets from its process. */
export interface Edges {
  /** YYYY-MM-DD. */
  readonly today: string;
  /** Folder that paths in the configuration are relative to. */
  readonly base: string;
  /** Region in the environment, which the default provider takes too. */
  readonly region: string | undefined;
  readonly version: string;
  readonly read: (file: string) => Promise<Uint8Array>;
  readonly write: (file: string, text: string) => void;
  /** `pulumi stack export` of a stack by its name. */
  readonly exportStack: (name: string) => Promise<string>;
}

/** What the policies of one pack share. */
export interface Pack {
  readonly edges: Edges;
  readonly isConfigured: () => boolean;
  readonly settings: () => Settings;
  readonly today: () => string;
  /** What is certain of a resource by itself. Undefined for what is no resource of the stack. */
  readonly alone: (args: ResourceValidationArgs) => JudgedAlone | undefined;
  readonly stack: (args: StackValidationArgs) => Promise<Stack>;
  readonly baseline: () => Baseline | undefined;
  /** Has the rule anything to say, about a resource or a stack that was judged so far? Yes where the pack was told nothing yet. */
  readonly voices: { alone(rule: string): boolean; stack(rule: string): boolean };
  /** Findings that resource policies have told: stack policies do not tell them again. */
  readonly told: { add(finding: Finding): void; has(finding: Finding): boolean };
}

export interface JudgedAlone extends Alone {
  readonly tier: number | undefined;
}

export function packPolicies(edges: Edges): Policies {
  const registered: Registered = new Map();
  const told = new Map<string, Set<string>>();
  const alone = { judged: new WeakMap<object, JudgedAlone | undefined>(), voices: new Set<string>() };
  const stacks = { judged: new WeakMap<object, Promise<Stack>>(), voices: new Set<string>() };
  let settings: { readonly text: string; readonly read: Settings; readonly baseline: Baseline | undefined } | undefined;
  const pack: Pack = {
    edges,
    told: {
      add: ({ resource, fingerprint }) => kept(told, resource, () => new Set()).add(fingerprint),
      has: ({ resource, fingerprint }) => told.get(resource)?.has(fingerprint) === true,
    },
    voices: {
      alone: (rule) => settings === undefined || alone.voices.has(rule),
      stack: (rule) => settings === undefined || stacks.voices.has(rule),
    },
    isConfigured: () => settings !== undefined,
    settings: () => {
      if (settings !== undefined) return settings.read;
      throw quiet(
        new UsageError(
          'settings-disabled',
          'policy settings: expected it to be enabled, since the others are configured by it, found it disabled. Set it to "mandatory".',
        ),
      );
    },
    baseline: () => settings?.baseline,
    today: () => pack.settings().date ?? edges.today,
    alone: (args) =>
      kept(alone.judged, identityOf(args.props), () => {
        told.delete(args.urn);
        const judged = judgedAlone(args, registered, pack);
        for (const rule of judged?.fires.keys() ?? []) alone.voices.add(rule);
        return judged;
      }),
    stack: (args) => kept(stacks.judged, identityOf(args.resources[0]?.props ?? args.resources), () => judgeAll(args)),
  };
  const judgeAll = async ({ resources }: StackValidationArgs): Promise<Stack> => {
    try {
      const stack = await judgeStack(resources, registered, pack);
      for (const [rule, found] of stack.fires) if (found.some((f) => !pack.told.has(f))) stacks.voices.add(rule);
      return stack;
    } catch (error) {
      throw quiet(error);
    }
  };
  const configure = ({ getConfig }: ResourceValidationArgs | StackValidationArgs): void => {
    const config = getConfig<object>();
    const text = JSON.stringify(config);
    if (settings?.text === text) return;
    try {
      const read = readSettings(config, edges.base);
      settings = { text, read, baseline: read.baseline === undefined ? undefined : readBaseline(read.baseline) };
    } catch (error) {
      throw quiet(error);
    }
  };
  return [
    {
      name: 'settings',
      displayName: 'Settings of the pack',
      description: 'Catalogue, levels, other stacks, baseline and evidence: what the other policies of the pack are told.',
      enforcementLevel: 'mandatory',
      configSchema: settingsConfigSchema(),
      validateResource: (args) => {
        configure(args);
        pack.alone(args);
      },
      validateStack: async (args) => {
        configure(args);
        await pack.stack(args);
      },
    },
    ...RULES.map((rule) => rulePolicy(rule, pack)),
    ...metricPolicies(pack),
    obligationsPolicy(pack),
  ];
}

function judgedAlone(args: ResourceValidationArgs, registered: Registered, pack: Pack): JudgedAlone | undefined {
  const settings = pack.settings();
  const { catalogue } = settings;
  const reading = readAlone(args, registered, { region: settings.region ?? pack.edges.region });
  const estate = estateAlone(reading);
  if (catalogue === undefined) {
    const judged = judgeAlone(estate, args.urn, undefined);
    return judged === undefined ? undefined : { ...judged, tier: undefined };
  }
  const { owners, services } = assign(estate, catalogue);
  const ids = owners.get(args.urn) ?? [];
  const inForce = groupBy(
    agreedAt(catalogue, pack.today()).flatMap((a) => a.metrics),
    (m) => m.serviceId,
  );
  const metrics = ids.flatMap((id) => inForce.get(id) ?? []);
  const metricsOf: MetricsOf = () => metrics;
  const judged = judgeAlone(estate, args.urn, metricsOf);
  if (judged === undefined) return undefined;
  const fires = new Map([...judged.fires].map(([rule, found]) => [rule, withWaivers(found, catalogue, pack.today())]));
  return { ...judged, fires, tier: strictest(ids.map((id) => services.get(id)?.entry.tier)) };
}

/** An error for the user of the CLI, to whom a stack of calls says nothing. */
function quiet(error: unknown): unknown {
  if (error instanceof UsageError) error.stack = error.message;
  return error;
}
