/** Which CloudWatch series tell how far a copy is behind: one entry a mechanism, with where AWS publishes it and in what unit. */
import type { Place } from '../src/aws/call.ts';
import type { Estate, EstateResource } from '../src/estate/estate.ts';
import { meaningOf } from '../src/estate/estate.ts';
import type { Known } from '../src/model/known.ts';
import { andThen, collect, fold, known, map, no, together, unknown } from '../src/model/known.ts';
import type { Protection } from '../src/model/protection.ts';
import { isList } from '../src/model/value.ts';
import { besides, S3_BUCKET, S3_PARTS } from '../src/services/s3-inputs.ts';
import { only } from '../src/services/view.ts';
import type { Series } from './measurements.ts';
import { certainly, certainlyNot, nameOf, placeOf } from './questions.ts';

/** One store and one copy of it, as a protection of the store. */
export interface Pair {
  readonly item: EstateResource;
  readonly protection: Protection;
  /** Region of the copy, or its name. */
  readonly to: string;
  readonly lag: Known<Lag>;
}

export interface Lag {
  /** The first of these that has data points tells; of several series of one, the worst. */
  readonly alternatives: readonly (readonly Series[])[];
  /** It is published every minute, whether or not anything is written: silence is then a sign. */
  readonly steady: boolean;
  /**
   * Names what is written in several places. Where one of them has data points and another none, nobody writes at the other,
   * so that nothing can be lost there.
   */
  readonly shared: string | undefined;
}

type Find = (item: EstateResource, copy: EstateResource | undefined, protection: Protection, estate: Estate) => Known<Lag>;

const SECONDS = 1;
const MILLISECONDS = 0.001;

const series = (place: Place, namespace: string, metric: string, scale: number, dimensions: Series['dimensions']): Series => ({
  place,
  namespace,
  metric,
  dimensions,
  scale,
});

function copyOf(item: EstateResource, copy: EstateResource | undefined): Known<EstateResource> {
  return copy === undefined
    ? unknown('dangling', `the copy of ${item.title} is not in the sources`, { resource: item.resource.urn })
    : known(copy);
}

/** RDS User Guide, rds-metrics: of the replica, in its Region, in seconds. Aurora: of the whole replica cluster. */
const readReplica: Find = (item, copy) =>
  andThen(copyOf(item, copy), (replica) => {
    const cluster = replica.resource.type === 'aws:rds/cluster:Cluster';
    return map(
      together({ place: placeOf(replica), name: nameOf(replica, cluster ? 'clusterIdentifier' : 'identifier') }),
      ({ place, name }) => ({
        alternatives: [
          [
            cluster
              ? series(place, 'AWS/RDS', 'AuroraBinlogReplicaLag', SECONDS, { DBClusterIdentifier: name })
              : series(place, 'AWS/RDS', 'ReplicaLag', SECONDS, { DBInstanceIdentifier: name }),
          ],
        ],
        steady: true,
        shared: undefined,
      }),
    );
  });

/**
 * Of the secondary cluster, in its Region, in milliseconds (Aurora User Guide, Aurora.AuroraMonitoring.Metrics). The lag of
 * the recovery point is what would be lost; older Aurora MySQL has the lag of the storage alone.
 */
const auroraGlobal: Find = (item, copy) =>
  andThen(copyOf(item, copy), (secondary) =>
    map(together({ place: placeOf(secondary), name: nameOf(secondary, 'clusterIdentifier') }), ({ place, name }) => ({
      alternatives: ['AuroraGlobalDBRPOLag', 'AuroraGlobalDBReplicationLag'].map((metric) => [
        series(place, 'AWS/RDS', metric, MILLISECONDS, { DBClusterIdentifier: name }),
      ]),
      steady: true,
      shared: bothWays(item, secondary),
    })),
  );

/** Either of two members of a global database may be the one that is written; only the other shows a lag. */
const bothWays = (a: EstateResource, b: EstateResource): string => [a.resource.urn, b.resource.urn].sort().join(' ');

/** Of the table that is written, in its Region, in milliseconds, while there are writes (DynamoDB guide, metrics-dimensions). */
const globalTable: Find = (item, _, protection) =>
  map(
    together({ place: placeOf(item), name: nameOf(item, 'name'), into: protection.into ?? item.resource.region }),
    ({ place, name, into }) => ({
      alternatives: [
        [series(place, 'AWS/DynamoDB', 'ReplicationLatency', MILLISECONDS, { TableName: name, ReceivingRegion: into })],
      ],
      steady: false,
      shared: `${place.account} ${name}`,
    }),
  );

/** Of each rule that has metrics on, in the Region of the destination bucket, in seconds (S3 User Guide, repl-metrics). */
const bucketReplication: Find = (item, copy, _, estate) =>
  andThen(copyOf(item, copy), (destination) =>
    andThen(besides(item.props, S3_PARTS.replication, estate.view), (owner) => {
      const rules = owner.blocks(owner.type === S3_PARTS.replication ? 'rules' : 'replicationConfiguration.rules');
      const ids = andThen(rules, (all) =>
        collect(
          all.map((rule) =>
            together({ id: rule.text('id', ''), to: estate.view.target(rule, 'destination.bucket', [S3_BUCKET]) }),
          ),
        ),
      );
      return map(
        together({
          ids,
          account: item.resource.account,
          region: destination.resource.region,
          source: nameOf(item, 'bucket'),
          target: nameOf(destination, 'bucket'),
        }),
        ({ ids: all, account, region, source, target }) => ({
          alternatives: [
            all
              .filter((rule) => rule.to === destination.resource.urn)
              .map((rule) =>
                series({ account, region }, 'AWS/S3', 'ReplicationLatency', SECONDS, {
                  SourceBucket: source,
                  DestinationBucket: target,
                  RuleId: rule.id,
                }),
              ),
          ],
          steady: false,
          shared: undefined,
        }),
      );
    }),
  );

/** Of the source, with both file systems named, in seconds (EFS User Guide, efs-metrics). */
const fileSystem: Find = (item, _, __, estate) => {
  const part = only(
    estate.view.attached(item.resource.urn, 'aws:efs/replicationConfiguration:ReplicationConfiguration', 'sourceFileSystemId'),
  );
  const destination = andThen(part, (p) =>
    andThen(p?.computed('destination.fileSystemId') ?? known(undefined), (id) =>
      typeof id === 'string'
        ? known(id)
        : unknown('not-reported', `nobody says which file system ${item.title} is replicated to`, {
            resource: item.resource.urn,
          }),
    ),
  );
  return map(together({ place: placeOf(item), name: nameOf(item), destination }), (at) => ({
    alternatives: [
      [
        series(at.place, 'AWS/EFS', 'TimeSinceLastSync', SECONDS, {
          FileSystemId: at.name,
          DestinationFileSystemId: at.destination,
        }),
      ],
    ],
    steady: true,
    shared: undefined,
  }));
};

/** Of each node of the group (ElastiCache User Guide, CacheMetrics.Redis), in seconds; only replicas have points. */
function nodes(group: EstateResource, metric: string): Known<Lag> {
  const listed = group.resource.outputs.memberClusters;
  const members = isList(listed) ? listed.filter((m) => typeof m === 'string') : [];
  if (members.length === 0)
    return unknown('not-reported', `nobody says which nodes ${group.title} has`, { resource: group.resource.urn });
  return map(placeOf(group), (place) => ({
    alternatives: [members.map((id) => series(place, 'AWS/ElastiCache', metric, SECONDS, { CacheClusterId: id }))],
    steady: true,
    shared: undefined,
  }));
}

const FINDERS: Readonly<Record<string, Find>> = {
  'rds-cross-region-replica': readReplica,
  'rds-read-replica': readReplica,
  'aurora-global-failover': auroraGlobal,
  'dynamodb-global-table': globalTable,
  's3-replication': bucketReplication,
  'efs-replication-failover': fileSystem,
  'elasticache-global-failover': (item, copy) =>
    andThen(copyOf(item, copy), (group) =>
      map(nodes(group, 'GlobalDatastoreReplicationLag'), (lag) => ({ ...lag, shared: bothWays(item, group) })),
    ),
  'elasticache-failover': (item) => nodes(item, 'ReplicationLag'),
  'elasticache-promote-replica': (item) => nodes(item, 'ReplicationLag'),
};

/** Copies are made asynchronously, and Holdfast reads no lag of them: what rests on them stays unknown. */
const UNMEASURED: ReadonlySet<string> = new Set(['memorydb-multi-region', 'mq-data-replication', 'msk-replicator']);

export function pairsOf(estate: Estate): readonly Pair[] {
  // Nobody writes to what waits for a failover, so nothing is lost with it.
  const written = [...estate.resources.values()].filter((item) => !certainly(meaningOf(item)?.waits ?? no()));
  return written.flatMap((item) =>
    (meaningOf(item)?.protections ?? []).flatMap((protection): readonly Pair[] => {
      const { mechanism, point } = protection;
      const find = FINDERS[mechanism];
      // What waits for the copy before it answers is never behind.
      const synchronous = point === undefined || (point.kind === 'fixed' && point.seconds === 0);
      if (certainlyNot(protection.armed) || synchronous) return [];
      if (find === undefined)
        return UNMEASURED.has(mechanism)
          ? [{ item, protection, to: nameOfCopy(item, protection, undefined), lag: unmeasured(item, mechanism) }]
          : [];
      return fold<readonly string[], readonly Pair[]>(
        protection.successors,
        (urns) =>
          urns.map((urn) => {
            const copy = estate.resources.get(urn);
            return { item, protection, to: nameOfCopy(item, protection, copy), lag: find(item, copy, protection, estate) };
          }),
        (why) => [{ item, protection, to: 'another place', lag: why }],
      );
    }),
  );
}

const unmeasured = (item: EstateResource, mechanism: string): Known<Lag> =>
  unknown('not-modelled', `Holdfast reads no lag of ${mechanism}`, { resource: item.resource.urn });

function nameOfCopy(item: EstateResource, protection: Protection, copy: EstateResource | undefined): string {
  const into = fold(
    protection.into ?? item.resource.region,
    (region) => region,
    () => undefined,
  );
  const own = fold(
    item.resource.region,
    (region) => region,
    () => undefined,
  );
  if (into !== undefined && into !== own) return into;
  return copy === undefined || copy === item ? (into ?? 'another place') : copy.title;
}

/** Lag that says how things are and that no promise of Holdfast's rests on. */
export interface Watched {
  readonly item: EstateResource;
  readonly what: string;
  readonly series: Series;
}

/**
 * Readers of one Aurora volume lose nothing when they are promoted. A global cluster of DocumentDB or Neptune is not modelled
 * as a protection; its secondaries show their lag in their own Region (their guides, cloud_watch and cw-metrics).
 */
const WATCHED: Readonly<Record<string, { metric: string; namespace: string; name: string; dimension: string; what: string }>> = {
  'aws:rds/clusterInstance:ClusterInstance': {
    namespace: 'AWS/RDS',
    metric: 'AuroraReplicaLag',
    name: 'identifier',
    dimension: 'DBInstanceIdentifier',
    what: 'lag of the reader behind the writer',
  },
  'aws:docdb/cluster:Cluster': {
    namespace: 'AWS/DocDB',
    metric: 'GlobalClusterReplicationLag',
    name: 'clusterIdentifier',
    dimension: 'DBClusterIdentifier',
    what: 'lag behind the primary cluster',
  },
  'aws:neptune/cluster:Cluster': {
    namespace: 'AWS/Neptune',
    metric: 'GlobalDbProgressLag',
    name: 'clusterIdentifier',
    dimension: 'DBClusterIdentifier',
    what: 'lag behind the primary cluster',
  },
};

export function watchedIn(estate: Estate): readonly Watched[] {
  return [...estate.resources.values()].flatMap((item) => {
    const kind = WATCHED[item.resource.type];
    if (kind === undefined) return [];
    return fold<{ place: Place; name: string }, readonly Watched[]>(
      together({ place: placeOf(item), name: nameOf(item, kind.name) }),
      ({ place, name }) => [
        { item, what: kind.what, series: series(place, kind.namespace, kind.metric, MILLISECONDS, { [kind.dimension]: name }) },
      ],
      () => [],
    );
  });
}
