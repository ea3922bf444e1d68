/** Drills of one part, by the failover that AWS offers as a call: databases, caches, DNS, buckets. The act itself is the loss. */
import { type EstateResource, meaningOf } from '../../estate/estate.ts';
import { fold, known } from '../../model/known.ts';
import { disruption } from '../actuators.ts';
import { failDatastoreOver, testFailover } from '../by-hand/elasticache.ts';
import type { StepMaker } from '../by-hand/hand.ts';
import { failClusterOver } from '../by-hand/rds-clusters.ts';
import { failGlobalOver, switchGlobalOver } from '../by-hand/rds-global.ts';
import { rebootWithFailover } from '../by-hand/rds-instances.ts';
import { MECHANISMS_OF } from '../mechanisms.ts';
import type { Disruption } from '../ports.ts';
import { located } from './places.ts';
import { asked, type Kind, type Play, protectedBy, roleOf, struck } from './play.ts';
import { itemsOf, type Scene } from './scene.ts';

const NO_ROLE = 'it is not among what the service needs';

/** The steps that fail a resource of that type over. */
const BY_TYPE: Readonly<Record<string, StepMaker>> = {
  'aws:rds/instance:Instance': rebootWithFailover,
  'aws:rds/cluster:Cluster': failClusterOver,
  'aws:docdb/cluster:Cluster': failClusterOver,
  'aws:neptune/cluster:Cluster': failClusterOver,
  'aws:elasticache/replicationGroup:ReplicationGroup': testFailover,
};

const play = (scene: Scene, scope: Play['scope'], steps: Play['disrupt']): Play => ({
  scope,
  member: scene.member.name,
  disrupt: struck(scene, steps),
  recover: [],
  people: [],
  notTaken: [],
});

/** In its Region: AWS is asked to fail over what would fail over by itself when an instance is lost. */
export const failover: Kind = async (scene) => {
  const role = roleOf(scene);
  if (role === undefined) return NO_ROLE;
  const mechanisms = MECHANISMS_OF[scene.spec.kind] ?? new Set();
  const able = protectedBy(role, mechanisms, scene).map(({ item }) => item);
  // Of a role in several Regions, what takes writes now.
  const item = able.find(serves) ?? able[0];
  if (item === undefined)
    return scene.spec.kind === 'cache-failover' ? datastore(scene) : `${role.title}: nothing there fails over in its Region`;
  const make = BY_TYPE[item.resource.type];
  const steps = make === undefined ? `no step here fails ${item.title} over` : asked(make, item, role, scene);
  return typeof steps === 'string' ? steps : play(scene, 'instance', steps);
};

/** It serves now, and waits for no failover. */
const serves = (item: EstateResource): boolean =>
  fold(
    meaningOf(item)?.waits ?? known(false),
    (waits) => !waits,
    () => false,
  );

/** A Global Datastore whose groups fail over nowhere in their Regions: another Region's is promoted. It speaks for no instance. */
function datastore(scene: Scene): Play | string {
  const role = roleOf(scene);
  const groups = role === undefined ? [] : itemsOf(role, scene.ground.judgement.estate).filter((i) => i.resource.type in BY_TYPE);
  const home = groups.find(serves) ?? groups[0];
  if (role === undefined || home === undefined) return `${role?.title ?? 'it'} is no cache that fails over`;
  const target = groups.filter((g) => g !== home).flatMap(located)[0]?.arn;
  if (target === undefined) return `${role.title}: it has no replica to fail over to`;
  const steps = asked(failDatastoreOver, home, role, scene, { target });
  return typeof steps === 'string' ? steps : play(scene, 'region', steps);
}

const moved =
  (make: StepMaker): Kind =>
  async (scene) => {
    const role = roleOf(scene);
    if (role === undefined) return NO_ROLE;
    const clusters = itemsOf(role, scene.ground.judgement.estate).filter((i) => /cluster:Cluster$/.test(i.resource.type));
    const home = clusters.find(serves) ?? clusters[0];
    if (home === undefined || clusters.length < 2) return `${role.title}: no cluster of another Region could take over`;
    const target = clusters.filter((c) => c !== home).flatMap(located)[0]?.arn;
    if (target === undefined) return `${role.title}: where its other cluster is, is not known`;
    const steps = asked(make, home, role, scene, { target });
    return typeof steps === 'string' ? steps : play(scene, 'region', steps);
  };

/** Keeps what has arrived, and loses the rest. */
export const globalFailover: Kind = moved(failGlobalOver);

/** Planned: nothing may be lost. */
export const globalSwitchover: Kind = async (scene) => {
  const made = await moved(switchGlobalOver)(scene);
  if (typeof made === 'string') return made;
  return { ...made, validated: async () => nothingLost(scene) };
};

export async function nothingLost({ canaries, onset }: Scene): Promise<boolean> {
  const measured = await Promise.all(canaries.map((c) => c.measure(onset())));
  return measured.every((m) => m.lost === 0);
}

/** Clients of the bucket get no answer, and go to its replica. */
export const bucketFailover: Kind = async (scene) => {
  const role = roleOf(scene);
  if (role === undefined) return NO_ROLE;
  const sources = protectedBy(role, MECHANISMS_OF['bucket-failover'] ?? new Set(), scene).flatMap(({ item }) => located(item));
  const source = sources.find((s) => serves(s.item)) ?? sources[0];
  if (source === undefined) return `${role.title} is replicated nowhere`;
  const lost: Disruption = { kind: 'unreachable', resources: [source.arn] };
  return { ...play(scene, 'region', [disruption(scene.ground.injector, lost, async () => undefined)]), lost: [lost] };
};
