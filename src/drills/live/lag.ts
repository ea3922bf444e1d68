/** How late replication is, as CloudWatch has it: the worst of all series that speak of a store, none of them old. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { Place, Session } from '../../aws/call.ts';
import { pagesOf } from '../../aws/pages.ts';
import type { Clock } from '../../model/clock.ts';
import { placeOfArn } from '../kinds/places.ts';
import { getMetricData, listMetrics } from './calls.ts';
import type { Standing } from './footprint.ts';

export interface LagSettings {
  readonly session: Session;
  readonly clock: Clock;
  readonly standing: readonly Standing[];
  /** Accounts and Regions whose CloudWatch is asked. */
  readonly places: readonly Place[];
}

interface Source {
  readonly namespace: string;
  readonly metric: string;
  /** Units in a second. */
  readonly perSecond: number;
  readonly isOf: (dimensions: Readonly<Record<string, string>>, store: string, mates: ReadonlySet<string>) => boolean;
}

const nodesOf = (id: string | undefined, group: string): boolean => id === group || id?.startsWith(`${group}-`) === true;

/**
 * By service of the store's ARN. Aurora User Guide (AuroraGlobalDBReplicationLag, milliseconds), RDS User Guide (ReplicaLag,
 * seconds), DynamoDB developer guide (ReplicationLatency, milliseconds), S3 User Guide (ReplicationLatency, seconds), ElastiCache
 * User Guide (ReplicationLag, GlobalDatastoreReplicationLag, seconds), EFS User Guide (TimeSinceLastSync, seconds).
 */
const SOURCES: Readonly<Record<string, readonly Source[]>> = {
  rds: [
    { namespace: 'AWS/RDS', metric: 'ReplicaLag', perSecond: 1, isOf: (d, _, mates) => mates.has(d.DBInstanceIdentifier ?? '') },
    {
      namespace: 'AWS/RDS',
      metric: 'AuroraGlobalDBReplicationLag',
      perSecond: 1000,
      isOf: (d, _, mates) => mates.has(d.DBClusterIdentifier ?? ''),
    },
  ],
  dynamodb: [
    { namespace: 'AWS/DynamoDB', metric: 'ReplicationLatency', perSecond: 1000, isOf: (d, store) => d.TableName === store },
  ],
  s3: [{ namespace: 'AWS/S3', metric: 'ReplicationLatency', perSecond: 1, isOf: (d, store) => d.SourceBucket === store }],
  elasticache: [
    {
      namespace: 'AWS/ElastiCache',
      metric: 'ReplicationLag',
      perSecond: 1,
      isOf: (d, store) => nodesOf(d.CacheClusterId, store),
    },
    {
      namespace: 'AWS/ElastiCache',
      metric: 'GlobalDatastoreReplicationLag',
      perSecond: 1,
      isOf: (d, _, mates) => [...mates].some((mate) => nodesOf(d.CacheClusterId, mate)),
    },
  ],
  elasticfilesystem: [
    { namespace: 'AWS/EFS', metric: 'TimeSinceLastSync', perSecond: 1, isOf: (d, store) => d.FileSystemId === store },
  ],
};

/** A figure that is older says nothing of now. Milliseconds. */
const FRESH = 5 * 60_000;
const PERIOD = 60;
/** Which series there are is asked this seldom. Milliseconds. */
const KEPT = 10 * 60_000;

interface Series {
  readonly at: Place;
  readonly source: Source;
  readonly dimensions: CloudWatch.Dimension[];
}

/** Seconds by which replication out of the store is late; undefined: nobody can tell, or it has none. */
export function replicationLag(settings: LagSettings): (store: string) => Promise<number | undefined> {
  const { session, clock, standing, places } = settings;
  const kept = new Map<string, { readonly at: number; readonly series: readonly Series[] }>();

  const seriesOf = async (store: string): Promise<readonly Series[]> => {
    const before = kept.get(store);
    if (before !== undefined && clock.now() - before.at < KEPT) return before.series;
    const { name, at: home } = placeOfArn(store);
    const role = standing.find((s) => s.arn === store)?.role;
    const mates = new Set(
      standing.filter((s) => s.arn !== store && role !== undefined && s.role?.id === role.id).map((s) => placeOfArn(s.arn).name),
    );
    const series: Series[] = [];
    const sources = SOURCES[store.split(':')[2] ?? ''] ?? [];
    for (const source of sources)
      for (const at of places) {
        // A table of that name may be another one elsewhere.
        if (source.namespace === 'AWS/DynamoDB' && at.region !== home.region) continue;
        const asked = { Namespace: source.namespace, MetricName: source.metric, RecentlyActive: 'PT3H' as const };
        for await (const page of pagesOf(listMetrics, asked, at, (input) => session.send(listMetrics, input, at)))
          for (const { Dimensions = [] } of page.Metrics ?? []) {
            const named = Object.fromEntries(Dimensions.map((d) => [d.Name ?? '', d.Value ?? '']));
            if (source.isOf(named, name, mates)) series.push({ at, source, dimensions: Dimensions });
          }
      }
    kept.set(store, { at: clock.now(), series });
    return series;
  };
  const newest = async ({ at, source, dimensions }: Series): Promise<number | undefined> => {
    const now = clock.now();
    const asked: CloudWatch.GetMetricDataCommandInput = {
      StartTime: new Date(now - FRESH - PERIOD * 1000),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          Id: 'lag',
          MetricStat: {
            Metric: { Namespace: source.namespace, MetricName: source.metric, Dimensions: dimensions },
            Period: PERIOD,
            Stat: 'Maximum',
          },
        },
      ],
    };
    const { MetricDataResults } = await session.send(getMetricData, asked, at);
    const [result] = MetricDataResults ?? [];
    const points = (result?.Timestamps ?? []).map((time, i) => ({ time: time.getTime(), value: result?.Values?.[i] }));
    const last = points.filter((p) => p.time <= now && now - p.time <= FRESH).sort((a, b) => b.time - a.time)[0];
    return last?.value === undefined ? undefined : last.value / source.perSecond;
  };

  return async (store) => {
    const series = await seriesOf(store);
    if (series.length === 0) return undefined;
    const all = await Promise.all(series.map(newest));
    return all.some((value) => value === undefined) ? undefined : Math.max(...all.filter((value) => value !== undefined));
  };
}
