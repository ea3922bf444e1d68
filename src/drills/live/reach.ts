/** What a drill takes down on real AWS, and what it would touch there: for its gates, before anything is done. */
import { compileGlob } from '../../catalog/glob.ts';
import { type EstateResource, meaningOf } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import { type DrillSpec, SCOPE_OF } from '../../model/drill.ts';
import { fold, type Known, known, unknown } from '../../model/known.ts';
import { ANY_MEMBER, type Member, regionOfToken } from '../../model/scope.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
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

/**
 * What its experiments take, what its steps act upon and what its canaries are written to, each with its tags as AWS shows them.
 * What cannot carry tags (a record of Route 53) stands for the health checks behind it, and for itself where it has none.
 */
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
  const { resources } = judgement.estate;
  const paths = pathsOf(spec, member, judgement);
  const urns = new Set<string>();
  for (const role of actedUpon(spec, member, paths)) for (const urn of role.members) urns.add(urn);
  for (const { on } of spec.recover ?? []) {
    const matches = compileGlob(on);
    for (const { resource } of resources.values())
      if (matches(resource.urn) || resource.outputs.arn === on) urns.add(resource.urn);
  }
  if (spec.probes.length === 0 || spec.probes.some((p) => p.kind === 'canary'))
    for (const { item, role } of standing) if (role?.kind === 'store') urns.add(item.resource.urn);
  for (const urn of urns)
    for (const { resource } of taggable(resources.get(urn), judgement)) {
      const { arn } = resource.outputs;
      const name = typeof arn === 'string' ? arn : resource.urn;
      touched.set(name, { arn: name, tags: resource.tags });
    }
  return known([...touched.values()]);
}

function pathsOf({ service, kind }: DrillSpec, member: Member, judgement: Judgement): readonly RecoveryPath[] {
  const scope = SCOPE_OF[kind];
  return judgement.verdicts
    .filter((v) => v.metric.serviceId === service)
    .map((v) => judgement.pathOf(v.metric.scope === scope ? { ...v, member: { scope, name: member.name } } : v));
}

/** The role that the drill is about; what people bring back; and what is restored, or moved out of a Region. */
function actedUpon({ kind }: DrillSpec, { name }: Member, paths: readonly RecoveryPath[]): readonly Role[] {
  const all = paths.flatMap((p) => p.outcomes);
  const restored = kind === 'backup-restore' || kind === 'ransomware-recovery';
  return all
    .filter(
      (o) =>
        o.role.id === name ||
        (restored && o.role.kind === 'store') ||
        (kind === 'region-evacuation' && o.role.kind !== 'config') ||
        (o.kind === 'recovered' &&
          ['human-execution', 'human-decision'].includes(o.automation) &&
          paths.some((p) => p.member.name === name)),
    )
    .map((o) => o.role);
}

const RECORD = 'aws:route53/record:Record';

function taggable(item: EstateResource | undefined, { estate }: Judgement): readonly EstateResource[] {
  if (item === undefined) return [];
  if (item.resource.type !== RECORD) return [item];
  const signals = (meaningOf(item)?.links ?? [])
    .filter((l) => l.carries === 'health')
    .flatMap((l) =>
      fold(
        l.to,
        (to) => estate.resources.get(to) ?? [],
        () => [],
      ),
    );
  return signals.length === 0 ? [item] : signals;
}
