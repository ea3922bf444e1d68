/** ElastiCache replication groups (Valkey and Redis OSS), with cluster mode or without. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, atLeast, collect, equals, fold, is, known, map, no, not, unknown, yes } from '../model/known.ts';
import type { Meaning, Placement, Protection, Spread, Timing } from '../model/protection.ts';
import { fixed, never, row, span, timeUnknown } from '../model/protection.ts';
import {
  certainlyOneZone,
  controlCall,
  holds,
  protection,
  ruledOut,
  spreadByService,
  subnetGroupSpread,
  zonal,
} from './database-parts.ts';
import type { DatastorePeers } from './elasticache-members.ts';
import { CACHE_CLUSTER, datastoreFailovers, datastoreOf, datastorePeers, REPLICATION_GROUP } from './elasticache-members.ts';
import { keyReference } from './kms-key.ts';
import { linkTo, spelling } from './links.ts';
import { isSet } from './rds-instance.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';
import type { Attached, Props } from './view.ts';
import { spreadOf } from './view.ts';

export const CACHE_SUBNET_GROUP = 'aws:elasticache/subnetGroup:SubnetGroup';

export interface ReplicationGroupFacts extends Identity {
  readonly engine: Known<string>;
  readonly nodeType: Known<string | undefined>;
  readonly shards: Known<number>;
  /** Replicas of the shard that has fewest. */
  readonly replicas: Known<number>;
  readonly automaticFailover: Known<boolean>;
  /** ElastiCache keeps a primary and its replicas in different AZs. */
  readonly multiAz: Known<boolean>;
  /** AZs that the code pins nodes to, for the shard with fewest; undefined: none is pinned. */
  readonly pinned: Known<Spread | undefined>;
  readonly subnetSpread: Known<Spread | undefined>;
  /** `sync`, `async`, `disabled` or `default` (Valkey 9 with cluster mode); undefined: replication only. */
  readonly durability: Known<string | undefined>;
  /** Days that daily snapshots are kept; 0: none are made. */
  readonly snapshotRetentionDays: Known<number>;
  readonly finalSnapshot: Truth;
  readonly datastore: Known<string | undefined>;
  readonly datastorePeers: DatastorePeers;
  /** It was made as a secondary of the datastore. */
  readonly secondary: Truth;
  readonly key: Known<string | undefined>;
  readonly subnetGroup: Known<string | undefined>;
}

export const elasticacheReplicationGroup = service<ReplicationGroupFacts>({
  id: 'elasticache-replication-group',
  title: 'ElastiCache replication group',
  kind: 'store',
  types: [REPLICATION_GROUP],
  parts: [{ type: CACHE_SUBNET_GROUP, of: 'subnetGroupName' }],
  // Defaults are those in the docs of elasticache.ReplicationGroup in @pulumi/aws 5.43 and 7.48. aws 5 also has
  // `numberCacheClusters`, `availabilityZones` and a `clusterMode` block; in 6 and 7 `clusterMode` is text.
  declare(props, view) {
    const datastore = datastoreOf(props, view);
    return {
      ...identityOf(props),
      engine: props.text('engine', 'redis'),
      nodeType: props.text('nodeType'),
      shards: shardsOf(props),
      replicas: replicasOf(props, view.attached(props.id, CACHE_CLUSTER, 'replicationGroupId')),
      automaticFailover: props.flag('automaticFailoverEnabled', false),
      multiAz: props.flag('multiAzEnabled', false),
      pinned: pinnedOf(props),
      subnetSpread: subnetGroupSpread(props, 'subnetGroupName', CACHE_SUBNET_GROUP, view),
      durability: props.text('durability'),
      snapshotRetentionDays: props.number('snapshotRetentionLimit', 0),
      finalSnapshot: is(props.text('finalSnapshotIdentifier'), (name) => name !== undefined && name !== ''),
      datastore,
      datastorePeers: datastorePeers(datastore, props, view),
      secondary: isSet(props, 'globalReplicationGroupId'),
      key: keyReference(props, 'kmsKeyId', view),
      subnetGroup: view.target(props, 'subnetGroupName', [CACHE_SUBNET_GROUP]),
    };
  },
  mean(facts): Meaning {
    const primary = lost('the primary of a shard is one node in one AZ');
    return meaning({
      kind: 'store',
      placement: placementOf(facts),
      waits: facts.secondary,
      under: { ...regionalImpacts(true), instance: primary, az: primary },
      protections: [
        ...failovers(facts),
        promotion(facts),
        replacement(facts),
        ...datastoreFailovers(facts.datastorePeers),
        restore(facts),
      ].filter((p) => !ruledOut(p.armed)),
      links: [
        ...linkTo(facts.key, 'key', 'kmsKeyId'),
        ...linkTo(facts.subnetGroup, 'network', 'subnetGroupName'),
        ...linkTo(facts.datastore, 'replica', 'globalReplicationGroupId'),
      ],
      retentionDays: facts.snapshotRetentionDays,
    });
  },
});

function shardsOf(props: Props): Known<number> {
  const path = spelling(props, 'numNodeGroups', 'clusterMode.numNodeGroups');
  return andThen(props.number(path), (n) => {
    if (n !== undefined) return known(n, props.origin(path));
    // A secondary of a Global Datastore has the shards of its primary.
    return andThen(props.text('globalReplicationGroupId'), (global) =>
      global === undefined
        ? known(1, props.origin(path))
        : unknown('not-reported', 'it has as many shards as the primary of its Global Datastore', props.origin(path)),
    );
  });
}

function replicasOf(props: Props, added: Attached): Known<number> {
  const perShard = spelling(props, 'replicasPerNodeGroup', 'clusterMode.replicasPerNodeGroup');
  const nodes = spelling(props, 'numCacheClusters', 'numberCacheClusters');
  return andThen(props.blocks('nodeGroupConfigurations'), (groups) =>
    andThen(collect(groups.map((g) => g.number('replicaCount'))), (counts) => {
      const written = counts.filter((n) => n !== undefined);
      if (written.length > 0 && written.length === counts.length)
        return known(Math.min(...written), props.origin('nodeGroupConfigurations'));
      return andThen(props.number(perShard), (replicas) =>
        replicas !== undefined
          ? known(replicas, props.origin(perShard))
          : andThen(props.number(nodes), (n) =>
              n !== undefined ? known(Math.max(0, n - 1), props.origin(nodes)) : unwrittenReplicas(props, perShard, added),
            ),
      );
    }),
  );
}

/** Without any count a group has one node, and those that elasticache.Cluster adds; with shards or a Global Datastore, AWS decides, which only the state shows. */
function unwrittenReplicas(props: Props, perShard: string, added: Attached): Known<number> {
  const counted = ['numNodeGroups', 'clusterMode', 'globalReplicationGroupId', 'nodeGroupConfigurations'].some(
    (path) => props.raw(path) !== undefined && props.raw(path) !== null && props.raw(path) !== 'disabled',
  );
  if (!counted) {
    return added.found.length === 0 && added.doubts[0] !== undefined
      ? added.doubts[0]
      : known(added.found.length, props.origin('numCacheClusters'));
  }
  return andThen(props.computed('replicasPerNodeGroup'), (n) =>
    typeof n === 'number'
      ? known(n)
      : unknown('not-reported', 'the code does not say how many replicas a shard has', props.origin(perShard)),
  );
}

function pinnedOf(props: Props): Known<Spread | undefined> {
  const path = spelling(props, 'preferredCacheClusterAzs', 'availabilityZones');
  return andThen(props.blocks('nodeGroupConfigurations'), (groups) =>
    andThen(props.texts(path), (zones) => {
      if (zones.length > 0) return known(spreadOf(zones), props.origin(path));
      const spreads = groups.map((group) => shardZones(group));
      return map(collect(spreads), (list) => {
        const written = list.filter((s) => s !== undefined);
        if (written.length === 0 || written.length < list.length) return undefined;
        return written.reduce((least, s) => (s.zones.length < least.zones.length ? s : least));
      });
    }),
  );
}

function shardZones(group: Props): Known<Spread | undefined> {
  return andThen(group.texts('replicaAvailabilityZones'), (replicas) =>
    map(group.text('primaryAvailabilityZone'), (primary) =>
      primary === undefined ? undefined : spreadOf([known(primary), ...replicas]),
    ),
  );
}

function placementOf(facts: ReplicationGroupFacts): Known<Placement> {
  return andThen(facts.pinned, (pinned) => {
    if (pinned !== undefined) return zonal(pinned);
    if (holds(equals(facts.multiAz, true))) return spreadByService(facts.subnetSpread, 2);
    return map(facts.replicas, (replicas) => ({ kind: 'zonal', spread: { zones: [], doubtful: replicas + 1 } }) as const);
  });
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html: a replica is promoted, and DNS led to it. */
function failovers(facts: ReplicationGroupFacts): readonly Protection[] {
  const armed = all([equals(facts.automaticFailover, true, 'automatic failover'), atLeast(facts.replicas, 1, 'replicas')]);
  const base = {
    mechanism: 'elasticache-failover',
    automation: 'service-native',
    successors: known([facts.id]),
    time: row('elasticache-failover'),
    point: replicaPoint(facts),
  } as const;
  const pinnedApart = (unpinned: Truth): Truth =>
    andThen(facts.pinned, (s) => {
      if (s === undefined) return unpinned;
      if (s.zones.length >= 2) return yes('nodes pinned to two AZs');
      return s.zones.length + s.doubtful < 2
        ? no('all nodes of a shard are in one AZ', { resource: facts.id })
        : unknown('not-reported', 'the AZs of its nodes are not all known', { resource: facts.id });
    });
  const apart = any([
    all([
      equals(facts.multiAz, true, 'Multi-AZ'),
      certainlyOneZone(facts.subnetSpread) ? no('its subnet group covers one AZ') : pinnedApart(yes()),
    ]),
    pinnedApart(no('neither Multi-AZ nor nodes pinned to two AZs', { resource: facts.id })),
  ]);
  return [
    protection({ ...base, scopes: ['instance'], armed, says: 'ElastiCache promotes a replica by itself' }),
    protection({
      ...base,
      scopes: ['az'],
      armed: all([armed, apart]),
      says: 'ElastiCache promotes a replica in another AZ by itself',
    }),
  ];
}

/** Replication is asynchronous unless writes are committed to a log first (AutoFailover.html, durability-enabled clusters). */
function replicaPoint(facts: ReplicationGroupFacts): Timing {
  return fold<string | undefined, Timing>(
    facts.durability,
    (mode) => {
      if (mode === 'sync') return fixed(0, 'a write is in a multi-AZ log before it is acknowledged');
      if (mode === 'async') return span(0, 10, 'up to 10 s of writes are not yet in the multi-AZ log');
      return row('elasticache-replica-lag');
    },
    timeUnknown,
  );
}

/** Without automatic failover somebody can promote a replica: Replication.PromoteReplica.html */
function promotion(facts: ReplicationGroupFacts): Protection {
  return protection({
    mechanism: 'elasticache-promote-replica',
    scopes: ['instance'],
    automation: 'human-execution',
    armed: all([not(facts.automaticFailover), atLeast(facts.replicas, 1, 'replicas')]),
    successors: known([facts.id]),
    time: row('elasticache-failover'),
    point: replicaPoint(facts),
    calls: [controlCall('elasticache:ModifyReplicationGroup')],
    says: 'somebody promotes a replica',
  });
}

/** A failed node is replaced in its own AZ; the memory of an only node is gone (disaster-recovery-resiliency.html). */
function replacement(facts: ReplicationGroupFacts): Protection {
  return protection({
    mechanism: 'elasticache-node-replacement',
    scopes: ['instance'],
    automation: 'service-native',
    armed: not(all([equals(facts.automaticFailover, true), atLeast(facts.replicas, 1)])),
    successors: known([facts.id]),
    time: timeUnknown(
      unknown('not-reported', 'AWS says that it replaces a failed node, and not how soon', { resource: facts.id }),
    ),
    point: fold<number, Timing>(
      facts.replicas,
      (n) =>
        n === 0
          ? never('an only node takes its memory with it')
          : timeUnknown(
              unknown('not-reported', 'whether the new primary has the data of a replica is not documented', {
                resource: facts.id,
              }),
            ),
      timeUnknown,
    ),
    says: 'ElastiCache replaces the node in the same AZ, within no promised time',
  });
}

/** Snapshots are made once a day, within a window of at least an hour, and restored into a new cluster. */
function restore(facts: ReplicationGroupFacts): Protection {
  return protection({
    mechanism: 'elasticache-snapshot-restore',
    scopes: ['instance', 'az', 'data'],
    automation: 'human-execution',
    armed: atLeast(facts.snapshotRetentionDays, 1, 'daily snapshots'),
    successors: known([facts.id]),
    time: row('elasticache-restore'),
    point: span(0, DAILY_SNAPSHOT_AGE, 'a snapshot a day, within a window of an hour'),
    calls: [controlCall('elasticache:CreateReplicationGroup')],
    says: 'somebody makes a new group from the newest daily snapshot',
  });
}

/** Seconds: a day, and an hour for the window (docs of `snapshotWindow`: 60 minutes at least). */
export const DAILY_SNAPSHOT_AGE = 90_000;
