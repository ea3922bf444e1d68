/** The whole stack, judged once for all policies that ask: the pipeline of `verify`, with the other stacks of the estate beside it. */
import { existsSync } from 'node:fs';
import type { PolicyResource } from '@pulumi/policy';
import { buildEstate } from '../src/estate/estate.ts';
import { groupBy } from '../src/model/collections.ts';
import { UsageError } from '../src/model/errors.ts';
import type { Finding } from '../src/model/finding.ts';
import type { SourceReading } from '../src/model/resource.ts';
import type { MetricVerdict } from '../src/model/verdict.ts';
import { SERVICES } from '../src/services/registry.ts';
import { normalise } from '../src/stacks/normalise.ts';
import { parseSource } from '../src/stacks/parse-source.ts';
import { linkStackReferences } from '../src/stacks/stack-references.ts';
import type { Judgement } from '../src/verdicts/judge.ts';
import { judge } from '../src/verdicts/judge.ts';
import type { Obligation } from '../src/verdicts/obligations.ts';
import { obligationsOf } from '../src/verdicts/obligations.ts';
import { brokenEvidence } from './evidence.ts';
import { strictest } from './levels.ts';
import type { Pack } from './pack.ts';
import { type Registered, readStack } from './reading.ts';
import type { Settings } from './settings.ts';

export interface Stack {
  readonly project: string;
  readonly stack: string;
  readonly judgement: Judgement;
  /** By rule: where it fires in the stack that is being changed. What is found elsewhere is for its own preview to tell. */
  readonly fires: ReadonlyMap<string, readonly Finding[]>;
  readonly obligations: readonly Obligation[];
  /** URNs of the stack that is being changed. */
  readonly own: ReadonlySet<string>;
  readonly tierOf: (urn: string) => number | undefined;
}

/** Simulations of every run begin alike. */
const SEED = 1;

/** Throws `UsageError`: what the catalogue, the baseline, the evidence and the other stacks are refused for. */
export async function judgeStack(resources: readonly PolicyResource[], registered: Registered, pack: Pack): Promise<Stack> {
  const settings = pack.settings();
  const options = { region: settings.region ?? pack.edges.region };
  const own = normalise(readStack(resources, registered), options);
  const others = await Promise.all((settings.stacks ?? []).map((named) => readOther(named, pack)));
  const readings = linkStackReferences([own, ...others.filter((o) => o.project !== own.project || o.stack !== own.stack)]);
  const judgement = judged(readings, settings, pack.today());
  const { owners, services } = judgement.assignment;
  const urns = new Set(own.resources.map((r) => r.urn));
  return {
    project: own.project,
    stack: own.stack,
    judgement,
    fires: groupBy(
      judgement.findings.filter((f) => f.undecided === undefined && urns.has(f.resource)),
      (f) => f.rule,
    ),
    obligations: [
      ...obligationsOf(judgement).filter((o) => settings.rules?.[o.id] !== 'disabled'),
      ...(settings.evidence === undefined ? [] : await brokenEvidence(judgement, settings.evidence, settings.signers ?? [])),
    ],
    own: urns,
    tierOf: (urn) => strictest((owners.get(urn) ?? []).map((id) => services.get(id)?.entry.tier)),
  };
}

/**
 * A catalogue may speak of more stacks than a preview shows. What a service has elsewhere could keep its promises, so that nothing is
 * concluded from what is absent: a metric that is not met as far as this stack goes is owed. `verify`, which is given the whole estate,
 * refuses selectors that pick nothing; a preview could not tell them from those of other stacks.
 */
function judged(readings: readonly SourceReading[], { catalogue }: Settings, today: string): Judgement {
  const inert = new Map((catalogue?.inert ?? []).map((i) => [i.type, i.reason]));
  const options = { today, seed: SEED, world: 'live' } as const;
  try {
    if ((catalogue?.sources.length ?? 0) <= readings.length)
      return judge(buildEstate(readings, SERVICES, inert), catalogue, options);
  } catch (error) {
    if (!(error instanceof UsageError && error.code === 'selector-matches-nothing')) throw error;
  }
  const partial = readings.map((r) => ({ ...r, partial: true, partialBecause: ELSEWHERE }));
  const judgement = judge(buildEstate(partial, SERVICES, inert), catalogue, options);
  return { ...judgement, verdicts: judgement.verdicts.map(asFarAsSeen) };
}

const ELSEWHERE = 'the catalogue speaks of more than this stack: name the other stacks in `stacks` of the settings';

const asFarAsSeen = (v: MetricVerdict): MetricVerdict =>
  v.verdict === 'not-met' ? { ...v, verdict: 'unknown', reason: `${v.reason}; but ${ELSEWHERE}`, waivedOnly: false } : v;

async function readOther(named: string, { edges, settings }: Pack): Promise<SourceReading> {
  const source = existsSync(named) ? await edges.read(named) : await edges.exportStack(named);
  return normalise(parseSource(source, named), { region: settings().region ?? edges.region });
}
