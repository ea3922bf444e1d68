/** Clusters of one Aurora global database, and the failover from one of them to another. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, decide, fold, known, map } from '../model/known.ts';
import type { Protection, Timing } from '../model/protection.ts';
import { row, sum, timeUnknown } from '../model/protection.ts';
import { inOtherRegion } from './apart.ts';
import type { Members } from './database-parts.ts';
import { controlCall, countAtLeast, membersOf, protection } from './database-parts.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export const RDS_CLUSTER = 'aws:rds/cluster:Cluster';
export const RDS_CLUSTER_INSTANCE = 'aws:rds/clusterInstance:ClusterInstance';
export const RDS_GLOBAL_CLUSTER = 'aws:rds/globalCluster:GlobalCluster';

export interface GlobalMember {
  readonly id: string;
  readonly name: string;
  readonly region: Known<string>;
  /** Apart from the cluster, or from the primary, that this is told of. */
  readonly otherRegion: Truth;
  readonly instances: Members;
}

/** Unknown when the sources do not show which clusters there are. */
export type GlobalPeers = Known<readonly GlobalMember[]>;

/** The global database that a cluster joins, or that was made from it. */
export function globalOf(cluster: Props, view: View): Known<string | undefined> {
  return andThen(view.target(cluster, 'globalClusterIdentifier', [RDS_GLOBAL_CLUSTER]), (urn) =>
    urn !== undefined
      ? known<string | undefined>(urn, cluster.origin('globalClusterIdentifier'))
      : map(only(view.attached(cluster.id, RDS_GLOBAL_CLUSTER, 'sourceDbClusterIdentifier')), (global) => global?.id),
  );
}

/** All clusters of a global database, told from `near`, which is left out. */
export function globalPeers(global: Known<string | undefined>, near: Props, view: View): GlobalPeers {
  return andThen(global, (urn) => {
    const resource = urn === undefined ? undefined : view.get(urn);
    if (resource === undefined) return known([]);
    const joined = view.attached(resource.id, RDS_CLUSTER, 'globalClusterIdentifier');
    return andThen(view.target(resource, 'sourceDbClusterIdentifier', [RDS_CLUSTER]), (source) => {
      const origin = source === undefined ? undefined : view.get(source);
      const clusters = new Map([...(origin === undefined ? [] : [origin]), ...joined.found].map((c) => [c.id, c]));
      clusters.delete(near.id);
      const doubt = joined.doubts[0];
      if (clusters.size === 0 && doubt !== undefined) return doubt;
      return known(
        [...clusters.values()].map((cluster) => ({
          id: cluster.id,
          name: cluster.name,
          region: cluster.region,
          otherRegion: inOtherRegion(cluster, near),
          instances: membersOf(cluster.id, RDS_CLUSTER_INSTANCE, view),
        })),
      );
    });
  });
}

/**
 * Aurora never fails a global database over by itself: somebody calls for it
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html). A
 * secondary without instances must first be given one (aurora-global-database-attach.console.headless.html).
 */
export function globalFailovers(peers: GlobalPeers): readonly Protection[] {
  const base = {
    mechanism: 'aurora-global-failover',
    scopes: ['region'],
    automation: 'human-execution',
    point: row('aurora-global-lag'),
    action: 'aurora-global-failover',
  } as const;
  return fold<readonly GlobalMember[], readonly Protection[]>(
    peers,
    (members) =>
      members.map((member) =>
        protection({
          ...base,
          armed: member.otherRegion,
          successors: known([member.id]),
          into: member.region,
          time: failoverTime(member.instances),
          calls: [controlCall('rds:FailoverGlobalCluster', member.region)],
          says: `somebody fails the global database over to ${member.name}`,
        }),
      ),
    (why) => [
      protection({
        ...base,
        armed: why,
        successors: why,
        into: why,
        time: row('aurora-global-failover'),
        calls: [controlCall('rds:FailoverGlobalCluster', why)],
        says: 'somebody fails the global database over to a cluster in another Region, if there is one',
      }),
    ],
  );
}

function failoverTime(instances: Members): Timing {
  return decide(countAtLeast(instances.found.length, 1, instances.complete, `${instances.found.length} instances`), {
    yes: () => row('aurora-global-failover'),
    no: () => sum(row('aurora-create-instance'), row('aurora-global-failover')),
    unknown: timeUnknown,
  });
}
