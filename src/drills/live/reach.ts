/** What a drill takes down on real AWS, and what it would touch there: for its gates, before anything is done. */
import type { EstateResource } from '../../estate/estate.ts';
import type { DrillSpec } from '../../model/drill.ts';
import { type Known, known, unknown } from '../../model/known.ts';
import { ANY_MEMBER, type Member, regionOfToken } from '../../model/scope.ts';
import type { Judgement } from '../../verdicts/judge.ts';
import type { Disruption } from '../ports.ts';
import type { FisInjector } from './fis-injector.ts';
import type { Standing } from './footprint.ts';
import type { GateFacts, Touched } from './gates.ts';

/** Regions and AZs that do not answer any more while the drill is held. */
export function takenDown({ kind }: DrillSpec, { name }: Member, standing: readonly Standing[]): GateFacts['takesDown'] {
  const region = regionOfToken(name);
  if (kind === 'az-loss') return { regions: [], zones: [name] };
  if (kind === 'region-loss' || kind === 'region-evacuation') return { regions: [name], zones: [] };
  if (kind !== 'control-plane-loss') return { regions: [], zones: [] };
  // Without its control planes a controller in the Region can undo nothing.
  if (region !== undefined) return { regions: [region], zones: [name] };
  return { regions: name === ANY_MEMBER ? [...new Set(standing.map((s) => s.region))].sort() : [name], zones: [] };
}

function lossOf({ kind }: DrillSpec, { name }: Member): Disruption | undefined {
  if (kind === 'az-loss') return { kind, zone: name };
  if (kind === 'region-loss') return { kind, region: name };
  return kind === 'control-plane-loss' ? { kind, region: regionOfToken(name) ?? name, client: 'ec2' } : undefined;
}

/** What its experiments take and what its steps act upon, each with its tags as AWS shows them. */
export async function touchedBy(
  spec: DrillSpec,
  member: Member,
  standing: readonly Standing[],
  injector: Pick<FisInjector, 'plan'>,
  judgement: Judgement,
): Promise<Known<readonly Touched[]>> {
  if (spec.kind === 'table-top') return known([]);
  const loss = lossOf(spec, member);
  const touched = new Map<string, Touched>();
  if (loss !== undefined) {
    const plan = await injector.plan(loss);
    if (typeof plan === 'string') return unknown('not-modelled', plan);
    for (const one of plan.touched) touched.set(one.arn, one);
  }
  // A failover, a switch of traffic or a restore is about a role: whatever stands in for it may be acted upon too.
  const named = standing.filter(({ item, role }) => isNamed(item, role?.members ?? [], member, spec));
  const acted = loss === undefined ? (named.length > 0 ? named : standing.filter((s) => s.role?.kind === 'store')) : [];
  for (const one of [...acted, ...written(spec, standing)]) touched.set(one.arn, { arn: one.arn, tags: one.item.resource.tags });
  for (const { on } of spec.recover ?? []) {
    const item = [...judgement.estate.resources.values()].find((r) => r.resource.outputs.arn === on || r.resource.urn === on);
    if (item !== undefined) touched.set(on, { arn: on, tags: item.resource.tags });
  }
  return known([...touched.values()]);
}

const isNamed = ({ resource }: EstateResource, mates: readonly string[], { name }: Member, { member }: DrillSpec): boolean =>
  [resource.urn, resource.outputs.arn, ...mates].some((id) => id === name || (member !== undefined && id === member));

/** Stores get canary writes, unless the drill has probes and none of that kind. */
const written = ({ probes }: DrillSpec, standing: readonly Standing[]): readonly Standing[] =>
  probes.length > 0 && !probes.some((p) => p.kind === 'canary') ? [] : standing.filter((s) => s.role?.kind === 'store');
