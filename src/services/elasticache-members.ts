/** Replication groups of one ElastiCache Global Datastore, and the promotion of a secondary. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, fold, known, map } from '../model/known.ts';
import type { Protection } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { inOtherRegion } from './apart.ts';
import { controlCall, protection } from './database-parts.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export const REPLICATION_GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';
export const CACHE_CLUSTER = 'aws:elasticache/cluster:Cluster';
export const GLOBAL_GROUP = 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup';

export interface DatastoreMember {
  readonly id: string;
  readonly name: string;
  readonly region: Known<string>;
  /** Apart from the group that this is told of. */
  readonly otherRegion: Truth;
}

/** Unknown when the sources do not show which groups there are. */
export type DatastorePeers = Known<readonly DatastoreMember[]>;

/** The Global Datastore that a replication group joins, or that was made from it. */
export function datastoreOf(group: Props, view: View): Known<string | undefined> {
  return andThen(view.target(group, 'globalReplicationGroupId', [GLOBAL_GROUP]), (urn) =>
    urn !== undefined
      ? known<string | undefined>(urn, group.origin('globalReplicationGroupId'))
      : map(only(view.attached(group.id, GLOBAL_GROUP, 'primaryReplicationGroupId')), (global) => global?.id),
  );
}

export function datastorePeers(datastore: Known<string | undefined>, near: Props, view: View): DatastorePeers {
  return andThen(datastore, (urn) => {
    const global = urn === undefined ? undefined : view.get(urn);
    if (global === undefined) return known([]);
    const joined = view.attached(global.id, REPLICATION_GROUP, 'globalReplicationGroupId');
    return andThen(view.target(global, 'primaryReplicationGroupId', [REPLICATION_GROUP]), (primary) => {
      const first = primary === undefined ? undefined : view.get(primary);
      const groups = new Map([...(first === undefined ? [] : [first]), ...joined.found].map((g) => [g.id, g]));
      groups.delete(near.id);
      const doubt = joined.doubts[0];
      if (groups.size === 0 && doubt !== undefined) return doubt;
      return known(
        [...groups.values()].map((group) => ({
          id: group.id,
          name: group.name,
          region: group.region,
          otherRegion: inOtherRegion(group, near),
        })),
      );
    });
  });
}

/**
 * A secondary is promoted by a call: failover across Regions is never automatic
 * (https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/Redis-Global-Datastore.html).
 */
export function datastoreFailovers(peers: DatastorePeers): readonly Protection[] {
  const base = {
    mechanism: 'elasticache-global-failover',
    scopes: ['region'],
    automation: 'human-execution',
    time: row('elasticache-global-failover'),
    point: row('elasticache-global-lag'),
    action: 'elasticache-global-failover',
  } as const;
  return fold<readonly DatastoreMember[], readonly Protection[]>(
    peers,
    (members) =>
      members.map((member) =>
        protection({
          ...base,
          armed: member.otherRegion,
          successors: known([member.id]),
          into: member.region,
          calls: [controlCall('elasticache:FailoverGlobalReplicationGroup', member.region)],
          says: `somebody promotes ${member.name} to primary of the Global Datastore`,
        }),
      ),
    (why) => [
      protection({
        ...base,
        armed: why,
        successors: why,
        into: why,
        calls: [controlCall('elasticache:FailoverGlobalReplicationGroup', why)],
        says: 'somebody promotes a secondary of the Global Datastore, if there is one',
      }),
    ],
  );
}
