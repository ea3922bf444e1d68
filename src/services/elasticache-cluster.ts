/** ElastiCache clusters without replication: Memcached, or a single Redis OSS node, or a node added to a replication group. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, atLeast, equals, known, map, not, together, unknown } from '../model/known.ts';
import type { Impact, Meaning, Placement, Spread } from '../model/protection.ts';
import { never, row, span, timeUnknown } from '../model/protection.ts';
import { controlCall, protection, ruledOut, subnetGroupSpread } from './database-parts.ts';
import { CACHE_CLUSTER, REPLICATION_GROUP } from './elasticache-members.ts';
import { CACHE_SUBNET_GROUP, DAILY_SNAPSHOT_AGE } from './elasticache-replication-group.ts';
import { linkTo } from './links.ts';
import { isSet } from './rds-instance.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, reduced, regionalImpacts, service, unaffected } from './service.ts';
import { zoneAt } from './subnets.ts';
import type { Props } from './view.ts';
import { spreadOf } from './view.ts';

export interface CacheClusterFacts extends Identity {
  readonly engine: Known<string>;
  readonly nodes: Known<number>;
  /** Memcached: nodes in several AZs. */
  readonly crossAz: Known<boolean>;
  /** AZs that its nodes are pinned to. */
  readonly spread: Known<Spread>;
  readonly subnetSpread: Known<Spread | undefined>;
  /** Replication group that it adds a node to. */
  readonly memberOf: Known<string | undefined>;
  readonly isMember: Truth;
  readonly snapshotRetentionDays: Known<number>;
  readonly subnetGroup: Known<string | undefined>;
}

export const elasticacheCluster = service<CacheClusterFacts>({
  id: 'elasticache-cluster',
  title: 'ElastiCache cluster',
  kind: 'store',
  types: [CACHE_CLUSTER],
  parts: [],
  // Defaults are those in the docs of elasticache.Cluster in @pulumi/aws 7.48.
  declare(props, view) {
    // Required unless it joins a replication group, whose engine it then has.
    const engine = andThen(props.text('engine'), (e) =>
      e === undefined
        ? unknown('not-reported', 'it has the engine of its replication group', props.origin('engine'))
        : known(e, props.origin('engine')),
    );
    const nodes = props.number('numCacheNodes', 1);
    return {
      ...identityOf(props),
      engine,
      nodes,
      crossAz: map(props.text('azMode', 'single-az'), (mode) => mode === 'cross-az'),
      spread: spreadOfNodes(props, nodes),
      subnetSpread: subnetGroupSpread(props, 'subnetGroupName', CACHE_SUBNET_GROUP, view),
      memberOf: view.target(props, 'replicationGroupId', [REPLICATION_GROUP]),
      isMember: isSet(props, 'replicationGroupId'),
      snapshotRetentionDays: props.number('snapshotRetentionLimit', 0),
      subnetGroup: view.target(props, 'subnetGroupName', [CACHE_SUBNET_GROUP]),
    };
  },
  mean(facts): Meaning {
    const node = andThen(together({ nodes: facts.nodes, engine: facts.engine }), ({ nodes, engine }) =>
      engine === 'memcached' && nodes > 1
        ? reduced(known(1 - 1 / nodes), 'the keys of one node are gone: Memcached does not replicate')
        : lost('it is one node, without a replica'),
    );
    const why = unknown('not-reported', 'AWS says that it replaces a failed node, and not how soon', { resource: facts.id });
    return meaning({
      kind: 'store',
      placement: map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      under: { ...regionalImpacts(true), instance: asMember(facts, node), az: asMember(facts, underAz(facts)) },
      protections: [
        protection({
          mechanism: 'elasticache-node-replacement',
          scopes: ['instance'],
          automation: 'service-native',
          armed: known(true, { resource: facts.id }),
          successors: known([facts.id]),
          time: timeUnknown(why),
          point: never('the memory of a node is gone with it'),
          says: 'ElastiCache replaces the node in the same AZ, empty, within no promised time',
        }),
        protection({
          mechanism: 'elasticache-snapshot-restore',
          scopes: ['instance', 'az', 'data'],
          automation: 'human-execution',
          // Memcached has no snapshots (docs of snapshotRetentionLimit).
          armed: all([not(equals(facts.engine, 'memcached')), atLeast(facts.snapshotRetentionDays, 1, 'daily snapshots')]),
          successors: known([facts.id]),
          time: row('elasticache-restore'),
          point: span(0, DAILY_SNAPSHOT_AGE, 'a snapshot a day, within a window of an hour'),
          calls: [controlCall('elasticache:CreateCacheCluster')],
          says: 'somebody makes a new cluster from the newest daily snapshot',
        }),
      ].filter((p) => !ruledOut(p.armed)),
      links: [
        ...linkTo(facts.subnetGroup, 'network', 'subnetGroupName'),
        ...linkTo(facts.memberOf, 'replica', 'replicationGroupId'),
      ],
      capacity: { unit: 'nodes', running: facts.nodes, max: facts.nodes },
      retentionDays: facts.snapshotRetentionDays,
    });
  },
});

function spreadOfNodes(props: Props, nodes: Known<number>): Known<Spread> {
  return andThen(
    together({ zones: props.texts('preferredAvailabilityZones'), one: zoneAt(props, 'availabilityZone'), nodes }),
    (read) => {
      if (read.zones.length > 0) return known(spreadOf(read.zones));
      return known(read.one === undefined ? { zones: [], doubtful: read.nodes } : { zones: [read.one], doubtful: 0 });
    },
  );
}

/** A node of a replication group: the group says what its loss means. */
function asMember(facts: CacheClusterFacts, alone: Known<Impact>): Known<Impact> {
  return andThen(facts.isMember, (member) =>
    member ? andThen(facts.memberOf, () => unaffected('its replication group answers for it')) : alone,
  );
}

/** Nodes of a cross-AZ Memcached cluster are spread evenly: with k AZs, one of them holds at most ⌈n/k⌉ of n nodes. */
function underAz(facts: CacheClusterFacts): Known<Impact> {
  const alone = lost('all its nodes are in one AZ');
  return andThen(together({ crossAz: facts.crossAz, nodes: facts.nodes, spread: facts.spread }), ({ crossAz, nodes, spread }) => {
    if (!crossAz || nodes < 2) return alone;
    const zones = Math.max(2, spread.zones.length);
    if (spread.zones.length < 2 && spread.doubtful > 0 && nodes > 2)
      return unknown('not-reported', 'over how many AZs its nodes are spread is not known', { resource: facts.id });
    return reduced(known(1 - Math.ceil(nodes / zones) / nodes), 'the keys of its nodes in that AZ are gone');
  });
}
