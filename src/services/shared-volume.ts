/**
 * Clusters whose instances share one storage volume over three AZs (Aurora, DocumentDB, Neptune): the data outlives
 * an AZ, the instances that answer for it may not. The AZs of the storage (`availabilityZones`) say nothing about them.
 */
import type { Known, Unknown } from '../model/known.ts';
import { all, fold, known, not, unknown } from '../model/known.ts';
import type { Impact, Placement, Protection, Timing } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import type { Members } from './database-parts.ts';
import { controlCall, countAtLeast, holds, inTwoZones, protection, spreadOfMembers, zonal } from './database-parts.ts';
import { lost, regionalImpacts } from './service.ts';

export interface VolumeCluster {
  readonly id: string;
  readonly members: Members;
}

export interface VolumeMechanisms {
  /** Prefix of the mechanisms' ids: `aurora`. */
  readonly id: string;
  /** As it is called in a sentence. */
  readonly title: string;
  /** IAM prefix of its control plane. */
  readonly api: string;
  /** How long the promotion of a reader takes. */
  readonly failover: Timing;
  /** Age of the newest write that a promoted reader has. */
  readonly point: Timing;
}

const NO_INSTANCE = 'the sources show no DB instance of this cluster: nothing can answer for it';

/** A cluster without an instance in sight is nowhere, which must not look like out of reach. */
export function volumePlacement({ id, members }: VolumeCluster): Known<Placement> {
  if (members.found.length === 0) return noInstance(id, members);
  const spread = spreadOfMembers(members);
  return zonal(holds(members.complete) ? spread : { ...spread, doubtful: spread.doubtful + 1 });
}

function noInstance(id: string, members: Members): Unknown {
  const none = unknown('not-reported', NO_INSTANCE, { resource: id });
  return fold<boolean, Unknown>(
    members.complete,
    () => none,
    (why) => why,
  );
}

/** Any instance may be the writer, so the loss of one, or of the AZ of one, is taken as the loss of the writer. */
export function volumeImpacts(cluster: VolumeCluster): Partial<Record<Scope, Known<Impact>>> {
  const instances: Known<Impact> =
    cluster.members.found.length > 0 ? lost('the writer is one instance in one AZ') : noInstance(cluster.id, cluster.members);
  return { ...regionalImpacts(true), instance: instances, az: instances };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html, and its like for the other two. */
export function volumeProtections(cluster: VolumeCluster, by: VolumeMechanisms): readonly Protection[] {
  const { found, complete } = cluster.members;
  const instances = known(found.map((m) => m.id));
  const two = countAtLeast(found.length, 2, complete, `${found.length} instances`);
  const failover = {
    mechanism: `${by.id}-failover`,
    automation: 'service-native',
    successors: instances,
    time: by.failover,
    point: by.point,
  } as const;
  return [
    protection({ ...failover, scopes: ['instance'], armed: two, says: `${by.title} promotes another instance by itself` }),
    protection({
      ...failover,
      scopes: ['az'],
      armed: inTwoZones(spreadOfMembers(cluster.members), complete, cluster.id),
      says: `${by.title} promotes an instance in another AZ by itself`,
    }),
    // Without a reader the writer is made anew in its own AZ, which does not help when the AZ is gone.
    protection({
      mechanism: `${by.id}-recreate-writer`,
      scopes: ['instance'],
      automation: 'service-native',
      armed: all([countAtLeast(found.length, 1, complete, `${found.length} instances`), not(two)]),
      successors: instances,
      time: row('aurora-recreate-writer'),
      point: by.point,
      says: `${by.title} creates the only instance anew in the same AZ`,
    }),
    protection({
      mechanism: `${by.id}-add-instance`,
      scopes: ['az'],
      automation: 'human-execution',
      armed: known(true, { resource: cluster.id }),
      successors: known([cluster.id]),
      time: row('aurora-create-instance'),
      point: by.point,
      calls: [controlCall(`${by.api}:CreateDBInstance`)],
      says: 'somebody adds an instance in a surviving AZ to the kept volume',
    }),
  ];
}
