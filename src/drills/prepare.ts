/** From what a drill file says to a drill: what is taken away, how the service is watched, and when it counts as recovered. */
import { compileGlob } from '../catalog/glob.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Role } from '../estate/roles.ts';
import type { DrillKind, DrillSpec } from '../model/drill.ts';
import { SCOPE_OF } from '../model/drill.ts';
import { ANY_MEMBER, type Member } from '../model/scope.ts';
import type { Judgement } from '../verdicts/judge.ts';
import { type Canary, together } from './canary.ts';
import type { PreparedDrill } from './contract.ts';
import type { Ground } from './ground.ts';
import { checksOf, stopsOf } from './kinds/checks.ts';
import { regionEvacuation } from './kinds/evacuation.ts';
import { bucketFailover, failover, globalFailover, globalSwitchover } from './kinds/failovers.ts';
import { azLoss, controlPlaneLoss, dependencyLoss, keyLoss, regionLoss } from './kinds/losses.ts';
import type { Kind, Play } from './kinds/play.ts';
import { backupRestore, ransomwareRecovery } from './kinds/restores.ts';
import { asking, type Scene, sceneOf } from './kinds/scene.ts';
import { tableTop } from './kinds/table-top.ts';
import { dnsFailover } from './kinds/traffic.ts';
import { MECHANISMS_OF } from './mechanisms.ts';
import type { Disruption } from './ports.ts';
import { standsOf } from './unsimulated.ts';

export interface Prepared {
  readonly drill: PreparedDrill;
  /** What is taken away. */
  readonly lost: readonly Disruption[];
  readonly canaries: readonly Canary[];
  /** Ids of the steps that a person would do. */
  readonly people: readonly string[];
  /** One line each: what the drill cannot see. */
  readonly blind: readonly string[];
  /** Ways back by hand that the drill does not take: a service that stays away may yet have come back by them. */
  readonly notTaken: readonly string[];
}

const KINDS: Readonly<Record<DrillKind, Kind>> = {
  'az-loss': azLoss,
  'region-evacuation': regionEvacuation,
  'region-loss': regionLoss,
  'database-failover': failover,
  'global-database-failover': globalFailover,
  'global-database-switchover': globalSwitchover,
  'cache-failover': failover,
  'dns-failover': dnsFailover,
  'bucket-failover': bucketFailover,
  'backup-restore': backupRestore,
  'key-loss': keyLoss,
  'ransomware-recovery': ransomwareRecovery,
  'dependency-loss': dependencyLoss,
  'control-plane-loss': controlPlaneLoss,
  'table-top': tableTop,
};

/**
 * Everything that a drill takes away, one run each, as the judged estate names it: members of its scope, or the roles (by id) that
 * a drill of one part is about. Zones that no code names are `az:…` tokens: whoever knows the world says which they are.
 */
export function membersOf(spec: DrillSpec, judgement: Judgement): readonly Member[] {
  const wanted = spec.member;
  switch (spec.kind) {
    case 'az-loss':
    case 'region-loss':
    case 'region-evacuation':
    case 'ransomware-recovery':
    case 'control-plane-loss':
    case 'backup-restore':
      return ofScope(spec, judgement);
    case 'dependency-loss': {
      const on = judgement.assignment.services.get(spec.service)?.entry.dependsOn.map((d) => d.on.id) ?? [];
      const names = wanted === undefined ? on : [wanted];
      return names.map((name) => ({ scope: 'supplier', name }));
    }
    case 'table-top':
      return [{ scope: 'region', name: wanted ?? spec.service }];
    default:
      return partsOf(spec, judgement).map((role) => ({ scope: 'instance', name: role.id }));
  }
}

function ofScope(spec: DrillSpec, judgement: Judgement): readonly Member[] {
  const scope = SCOPE_OF[spec.kind] ?? 'region';
  const all = judgement.membersOf(asking(spec, { scope, name: ANY_MEMBER }));
  if (spec.member === undefined) return all;
  // A person may name an AZ where the code has only a token for it.
  return [all.find((m) => m.name === spec.member) ?? { scope, name: spec.member }];
}

/** Roles on the service's paths that have what the kind is about, or that the drill names by URN. */
function partsOf(spec: DrillSpec, judgement: Judgement): readonly Role[] {
  const { estate } = judgement;
  const path = judgement.pathOf(asking(spec, { scope: 'instance', name: ANY_MEMBER }));
  const matches = spec.member === undefined ? undefined : compileGlob(spec.member);
  const mechanisms = MECHANISMS_OF[spec.kind];
  const isMeant = (urn: string): boolean => {
    const meaning = meaningOf(estate.resources.get(urn));
    return spec.kind === 'key-loss'
      ? meaning?.kind === 'key'
      : (meaning?.protections ?? []).some((p) => mechanisms?.has(p.mechanism) === true);
  };
  const roles = [...new Map(path.outcomes.map((o) => [o.role.id, o.role])).values()];
  return roles.filter((role) => (matches === undefined ? role.members.some(isMeant) : role.members.some(matches)));
}

/**
 * `member`: as the world names it. Undefined: the service promises nothing that such a drill could be about, and has nothing of
 * the kind. What cannot be done or seen here is a precondition that does not hold.
 */
export async function prepare(spec: DrillSpec, member: Member, run: string, ground: Ground): Promise<Prepared | undefined> {
  if (!ground.judgement.assignment.services.has(spec.service)) return undefined;
  const scene = await sceneOf(spec, member, run, ground);
  const made = await KINDS[spec.kind](scene);
  const play: Play = typeof made === 'string' ? impossible(made, scene) : made;
  const probes = [...scene.probes, ...(play.probes ?? [])];
  const { absent, unseen } = missingOf(scene);
  const blind = [...new Set([...unseen, ...scene.blind, ...(play.blind ?? [])])];
  const { canaries } = scene;
  return {
    lost: play.lost ?? [],
    canaries,
    people: play.people,
    blind,
    notTaken: play.notTaken,
    drill: {
      run,
      kind: spec.kind,
      service: spec.service,
      scope: play.scope,
      member: play.member,
      world: ground.world,
      preconditions: [
        ...(spec.kind === 'table-top' || probes.length > 0
          ? []
          : [
              {
                id: 'something-to-watch',
                check: async () => scene.blind[0] ?? 'no entry and no store of the service can be reached',
              },
            ]),
        { id: 'all-there', check: async () => (spec.kind === 'table-top' ? undefined : absent) },
        ...(play.lost ?? []).map((what) => ({ id: `can be done: ${what.kind}`, check: () => ground.injector.refuses(what) })),
        ...(play.preconditions ?? []),
        ...checksOf(scene),
      ],
      disrupt: play.disrupt,
      recover: play.recover,
      probes,
      stops: stopsOf(scene),
      validated: play.validated ?? (async () => true),
      ...(spec.kind === 'table-top'
        ? {}
        : {
            measure: async (t0: number) =>
              together((await play.measure?.(t0)) ?? (await Promise.all(canaries.map((c) => c.measure(t0))))),
          }),
      limit: scene.limit,
      ...dwellOf(spec, play),
      afterCrash: play.ends === true ? 'roll-back' : spec.afterCrash,
      keeps: scene.keeps,
      resumed: scene.resumed,
      clock: ground.clock,
    },
  };
}

const dwellOf = (spec: DrillSpec, play: Play): { readonly dwell?: number } => {
  const dwell = play.dwell ?? (spec.dwell === undefined ? undefined : spec.dwell * 1000);
  return dwell === undefined ? {} : { dwell };
};

/** A drill that is refused, and says why. */
function impossible(why: string, { member }: Scene): Play {
  return {
    scope: member.scope,
    member: member.name,
    disrupt: [],
    recover: [],
    people: [],
    notTaken: [],
    preconditions: [{ id: 'possible', check: async () => why }],
  };
}

/** Of what the service or its recovery needs, and what is not there, lines on what keeps a drill from being held, and from seeing all. */
function missingOf({ spec, path, ground }: Scene): { readonly absent: string | undefined; readonly unseen: readonly string[] } {
  const { judgement, notThere } = ground;
  const own = judgement.assignment.services.get(spec.service)?.resources ?? [];
  const needed = new Set([...own, ...path.outcomes.flatMap((o) => o.role.members)]);
  const lines = { absent: [] as string[], unseen: [] as string[] };
  for (const [urn, why] of notThere) {
    const stands = needed.has(urn) ? standsOf(urn, why, judgement.estate) : undefined;
    if (stands !== undefined) lines[stands].push(`${judgement.estate.resources.get(urn)?.title ?? urn} is not there: ${why}`);
  }
  return { absent: lines.absent[0], unseen: lines.unseen };
}
