/** MemoryDB clusters: a write is in a log over several AZs before it is acknowledged; AWS publishes no failover time. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, atLeast, decide, fold, is, known, unknown } from '../model/known.ts';
import type { Meaning, Placement, Protection, Spread } from '../model/protection.ts';
import { fixed, row, span, timeUnknown } from '../model/protection.ts';
import { controlCall, inTwoZones, noFigure, protection, ruledOut, subnetGroupSpread, zonal } from './database-parts.ts';
import { DAILY_SNAPSHOT_AGE } from './elasticache-replication-group.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import { isSet } from './rds-instance.ts';
import type { Identity } from './service.ts';

import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';

const SUBNET_GROUP = 'aws:memorydb/subnetGroup:SubnetGroup';

export interface MemorydbClusterFacts extends Identity {
  readonly nodeType: Known<string | undefined>;
  readonly shards: Known<number>;
  readonly replicas: Known<number>;
  readonly subnetSpread: Known<Spread | undefined>;
  /** Belongs to a multi-Region cluster. */
  readonly multiRegion: Truth;
  readonly snapshotRetentionDays: Known<number>;
  readonly key: Known<string | undefined>;
  readonly subnetGroup: Known<string | undefined>;
}

export const memorydbCluster = service<MemorydbClusterFacts>({
  id: 'memorydb-cluster',
  title: 'MemoryDB cluster',
  kind: 'store',
  types: ['aws:memorydb/cluster:Cluster'],
  parts: [{ type: SUBNET_GROUP, of: 'subnetGroupName' }],
  // Defaults are those in the docs of memorydb.Cluster in @pulumi/aws 7.48.
  declare(props, view) {
    return {
      ...identityOf(props),
      nodeType: props.text('nodeType'),
      shards: props.number('numShards', 1),
      replicas: props.number('numReplicasPerShard', 1),
      subnetSpread: subnetGroupSpread(props, 'subnetGroupName', SUBNET_GROUP, view),
      multiRegion: isSet(props, 'multiRegionClusterName'),
      snapshotRetentionDays: props.number('snapshotRetentionLimit', 0),
      key: keyReference(props, 'kmsKeyArn', view),
      subnetGroup: view.target(props, 'subnetGroupName', [SUBNET_GROUP]),
    };
  },
  mean(facts): Meaning {
    const primary = lost('the primary of a shard is one node in one AZ');
    return meaning({
      kind: 'store',
      placement: placementOf(facts),
      under: { ...regionalImpacts(true), instance: primary, az: primary },
      protections: protectionsOf(facts).filter((p) => !ruledOut(p.armed)),
      links: [...linkTo(facts.key, 'key', 'kmsKeyArn'), ...linkTo(facts.subnetGroup, 'network', 'subnetGroupName')],
      retentionDays: facts.snapshotRetentionDays,
    });
  },
});

function placementOf(facts: MemorydbClusterFacts): Known<Placement> {
  return fold<Spread | undefined, Known<Placement>>(
    facts.subnetSpread,
    (spread) =>
      spread !== undefined && spread.zones.length > 0
        ? zonal(spread)
        : andThen(facts.replicas, (n) => zonal({ zones: [], doubtful: n + 1 })),
    () => andThen(facts.replicas, (n) => zonal({ zones: [], doubtful: n + 1 })),
  );
}

/** https://docs.aws.amazon.com/memorydb/latest/devguide/autofailover.html: a consistent replica is promoted, no data is lost. */
function protectionsOf(facts: MemorydbClusterFacts): readonly Protection[] {
  const replicas = atLeast(facts.replicas, 1, 'replicas');
  const apart = andThen(facts.subnetSpread, (spread) =>
    spread === undefined
      ? unknown('not-reported', 'the AZs of the default subnet group are not in the sources', { resource: facts.id })
      : inTwoZones(spread, known(true), facts.id),
  );
  const inLog = fixed(0, 'a write is in a log over several AZs before it is acknowledged');
  const base = { automation: 'service-native', successors: known([facts.id]), point: inLog } as const;
  const multiRegion = unknown('not-modelled', 'MemoryDB multi-Region clusters', { resource: facts.id });
  return [
    protection({
      ...base,
      mechanism: 'memorydb-failover',
      scopes: ['instance'],
      armed: replicas,
      time: noFigure('the failover of a MemoryDB shard', facts.id),
      says: 'MemoryDB promotes a consistent replica by itself',
    }),
    protection({
      ...base,
      mechanism: 'memorydb-failover',
      scopes: ['az'],
      armed: all([replicas, apart]),
      time: noFigure('the failover of a MemoryDB shard', facts.id),
      says: 'MemoryDB promotes a consistent replica in another AZ by itself',
    }),
    protection({
      ...base,
      mechanism: 'memorydb-node-replacement',
      scopes: ['instance'],
      armed: is(facts.replicas, (n) => n === 0, 'no replicas'),
      time: noFigure('the replacement of a MemoryDB node', facts.id),
      says: 'MemoryDB replaces the node and fills it from the log',
    }),
    protection({
      mechanism: 'memorydb-snapshot-restore',
      scopes: ['az', 'data'],
      automation: 'human-execution',
      armed: atLeast(facts.snapshotRetentionDays, 1, 'daily snapshots'),
      successors: known([facts.id]),
      time: row('elasticache-restore'),
      point: span(0, DAILY_SNAPSHOT_AGE, 'a snapshot a day, within a window of an hour'),
      calls: [controlCall('memorydb:CreateCluster')],
      says: 'somebody makes a new cluster from the newest daily snapshot',
    }),
    protection({
      mechanism: 'memorydb-multi-region',
      scopes: ['region'],
      automation: 'human-execution',
      armed: decide(facts.multiRegion, { yes: () => multiRegion, no: (f): Truth => f, unknown: (why) => why }),
      successors: multiRegion,
      into: multiRegion,
      time: timeUnknown(multiRegion),
      point: timeUnknown(multiRegion),
      says: 'clients are led to the cluster of another Region',
    }),
  ];
}
