/** Drills in which something is gone: an AZ, a Region, a key, what the service calls, control planes. */
import { meaningOf } from '../../estate/estate.ts';
import { ANY_MEMBER, regionOfToken } from '../../model/scope.ts';
import { disruption } from '../actuators.ts';
import type { Disruption } from '../ports.ts';
import { arnOf, regionsOf, textsOf } from './places.ts';
import { type Kind, type Play, people, roleOf } from './play.ts';
import { itemsOf, type Scene } from './scene.ts';

const nothing = async (): Promise<void> => undefined;

/** The first strikes: the others follow in the same moment. */
const lose = (scene: Scene, all: readonly Disruption[]): Pick<Play, 'lost' | 'disrupt'> => ({
  lost: all,
  disrupt: all.map((what, n) => disruption(scene.ground.injector, what, n === 0 ? scene.strike : nothing, scene.returned)),
});

export const azLoss: Kind = async (scene) => {
  const lost: Disruption = { kind: 'az-loss', zone: scene.member.name };
  return { scope: 'az', member: scene.member.name, ...lose(scene, [lost]), ...people(scene, lost) };
};

/** Without warning: whoever acts has noticed and decided first. */
export const regionLoss: Kind = async (scene) => {
  const lost: Disruption = { kind: 'region-loss', region: scene.member.name };
  return { scope: 'region', member: scene.member.name, ...lose(scene, [lost]), ...people(scene, lost) };
};

export const keyLoss: Kind = async (scene) => {
  const role = roleOf(scene);
  const keys = (role === undefined ? [] : itemsOf(role, scene.ground.judgement.estate)).flatMap((item) => arnOf(item) ?? []);
  if (keys.length === 0) return `no key of ${scene.spec.service} is known by its ARN`;
  const lost: Disruption = { kind: 'key-loss', keys };
  return {
    scope: 'instance',
    member: scene.member.name,
    ...lose(scene, [lost]),
    recover: [],
    people: [],
    notTaken: [],
    // What has been read already goes on without the key: RDS notices within minutes, caches of data keys live as long.
    dwell: Math.max((scene.spec.dwell ?? 0) * 1000, KEY_NOTICED),
  };
};

/** Milliseconds after which a lost key is felt (RDS: our assumption, src/simulator; S3 bucket keys live for minutes). */
const KEY_NOTICED = 20 * 60_000;

/** What it calls does not answer. A supplier is outside of what anybody here can take away. */
export const dependencyLoss: Kind = async (scene) => {
  const { spec, ground, member } = scene;
  const { estate, assignment } = ground.judgement;
  const other = assignment.services.get(member.name);
  if (other === undefined)
    return `${member.name} is no service of the catalogue: what a supplier runs cannot be taken away from here, only the way to it`;
  const own = new Set(assignment.services.get(spec.service)?.resources ?? []);
  const items = other.resources
    .filter((urn) => !own.has(urn))
    .map((urn) => estate.resources.get(urn))
    .filter((item) => item !== undefined);
  const resources = items.flatMap((item) => [
    ...new Set([...(arnOf(item) === undefined ? [] : [arnOf(item) ?? '']), ...textsOf(item, NAMES)]),
  ]);
  if (resources.length === 0) return `nothing of ${member.name} is known by its ARN`;
  const lost: Disruption = { kind: 'unreachable', resources };
  return {
    scope: 'supplier',
    member: member.name,
    ...lose(scene, [lost]),
    recover: [],
    people: [],
    notTaken: [],
    blind: scene.doors.length > 0 ? [] : ['no entry of the service can be asked'],
  };
};

/** Outputs under which things of another service are called. */
const NAMES = ['dnsName', 'address', 'endpoint', 'primaryEndpointAddress', 'configurationEndpointAddress'];

/**
 * What runs must go on. With an AZ as its member, that AZ is lost with the control planes of its Region, and what recovers by
 * itself must do so without them.
 */
export const controlPlaneLoss: Kind = async (scene) => {
  const { spec, ground, path } = scene;
  const { name } = scene.member;
  const zone = regionOfToken(name);
  const used = regionsUsed(scene);
  const regions = zone !== undefined ? [zone] : name === ANY_MEMBER ? used : [name];
  if (regions.length === 0) return `no Region of ${spec.service} is known`;
  const planes = regions.map((region): Disruption => ({ kind: 'control-plane-loss', region, client: undefined }));
  const lost: readonly Disruption[] = zone === undefined ? planes : [...planes, { kind: 'az-loss', zone: name }];
  const rests = zone !== undefined || !restsOnRecovery(spec.service, ground.judgement.verdicts);
  return {
    scope: 'control-plane',
    member: name,
    ...lose(scene, lost),
    recover: [],
    people: [],
    notTaken: [],
    blind: [
      ...(rests ? [] : [`${NOT_COMBINED}: lose an AZ with the control planes (member: its name)`]),
      ...path.outcomes
        .filter((o) => zone !== undefined && o.role.kind === 'compute' && itemsOf(o.role, ground.judgement.estate).some(grows))
        .map((o) => `${NOT_COMBINED}: ${o.role.title} is replaced through a control plane`),
    ],
  };
};

/** Prefix of what says that serving on is all that was shown. */
export const NOT_COMBINED = 'whether it recovers without control planes was not tried';

/** New instances and tasks are asked for at the control planes of EC2 and its services. */
const grows = (item: Parameters<typeof meaningOf>[0]): boolean =>
  (meaningOf(item)?.protections ?? []).some((p) => p.calls.some((c) => c.plane === 'control') || p.mechanism.startsWith('asg'));

/** Scopes whose recovery a promise about control planes rests on (src/verdicts/control-plane.ts). */
const RESTS_ON: ReadonlySet<string> = new Set(['instance', 'az', 'region']);

const restsOnRecovery = (service: string, verdicts: Scene['verdicts']): boolean =>
  verdicts.some((v) => v.metric.serviceId === service && v.metric.type === 'RTO' && RESTS_ON.has(v.metric.scope));

function regionsUsed({ path, ground }: Scene): readonly string[] {
  const urns = new Set(path.outcomes.flatMap((o) => o.role.members));
  const resources = new Map([...ground.judgement.estate.resources].filter(([urn]) => urns.has(urn)));
  return regionsOf({ resources });
}
