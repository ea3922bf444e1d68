import { expect, it } from 'vitest';
import type { Standing } from '../../../src/drills/live/footprint.ts';
import { type LagSettings, replicationLag } from '../../../src/drills/live/lag.ts';
import type { Role } from '../../../src/estate/roles.ts';
import { VirtualClock } from '../../../src/simulator/world/clock.ts';
import { ACCOUNT, NOW, REGION, recording } from './support.ts';

interface Shown {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Seconds ago and value. */
  readonly points: readonly (readonly [age: number, value: number])[];
}

const keyOf = (dimensions: readonly { readonly Name: string; readonly Value: string }[]): string =>
  JSON.stringify([...dimensions].sort((a, b) => (a.Name < b.Name ? -1 : 1)));
const pairs = (d: Shown['dimensions']) => Object.entries(d).map(([Name, Value]) => ({ Name, Value }));

/** CloudWatch of one Region that shows these series, whatever else is asked for. */
function cloudWatch(all: readonly Shown[]) {
  return recording((call, input) => {
    const asked = input as {
      readonly Namespace?: string;
      readonly MetricName?: string;
      readonly MetricDataQueries?: readonly never[];
    };
    if (call.operation === 'ListMetrics')
      return {
        Metrics: all
          .filter((s) => s.namespace === asked.Namespace && s.metric === asked.MetricName)
          .map((s) => ({ Namespace: s.namespace, MetricName: s.metric, Dimensions: pairs(s.dimensions) })),
      };
    const [query] = (asked.MetricDataQueries ?? []) as readonly {
      readonly MetricStat: {
        readonly Metric: {
          readonly MetricName: string;
          readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
        };
      };
    }[];
    const metric = query?.MetricStat.Metric;
    const found = all.find((s) => s.metric === metric?.MetricName && keyOf(pairs(s.dimensions)) === keyOf(metric.Dimensions));
    const points = found?.points ?? [];
    return {
      MetricDataResults: [
        { Timestamps: points.map(([age]) => new Date(NOW - age * 1000)), Values: points.map(([, value]) => value) },
      ],
    };
  });
}

const ROLE: Role = { id: 'orders', title: 'orders', kind: 'store', members: [], found: { by: 'alone' } };
const standing = (arn: string, role: Role | undefined = ROLE): Standing =>
  ({ arn, role, account: ACCOUNT, region: arn.split(':')[3] ?? '', isEntry: false, networks: new Set() }) as unknown as Standing;
const arn = (service: string, rest: string, region = REGION): string => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;

const lagOf = (store: string, series: readonly Shown[], mates: readonly string[] = [], more: Partial<LagSettings> = {}) =>
  replicationLag({
    session: cloudWatch(series),
    clock: new VirtualClock(NOW),
    standing: [store, ...mates].map((one) => standing(one)),
    places: [{ account: ACCOUNT, region: REGION }],
    ...more,
  })(store);

const table = (points: Shown['points'], to = 'eu-west-1', name = 'carts'): Shown => ({
  namespace: 'AWS/DynamoDB',
  metric: 'ReplicationLatency',
  dimensions: { TableName: name, ReceivingRegion: to },
  points,
});
const CARTS = arn('dynamodb', 'table/carts');

it.each<[string, readonly Shown[], number | undefined]>([
  ['no series', [], undefined],
  ['one point', [table([[60, 2_500]])], 2.5],
  [
    'the newest of several',
    [
      table([
        [60, 2_500],
        [120, 9_000],
      ]),
    ],
    2.5,
  ],
  ['a point as old as may be', [table([[300, 2_500]])], 2.5],
  ['a point that is older', [table([[301, 2_500]])], undefined],
  ['a point of tomorrow', [table([[-60, 2_500]])], undefined],
  ['no point', [table([])], undefined],
  ['the worst of two', [table([[60, 2_500]]), table([[60, 7_000]], 'us-west-2')], 7],
  ['one of two without a point', [table([[60, 2_500]]), table([], 'us-west-2')], undefined],
  ['another table', [table([[60, 2_500]], 'eu-west-1', 'orders')], undefined],
])('%s', async (_, series, lag) => {
  expect(await lagOf(CARTS, series)).toBe(lag);
});

it.each<[string, string, readonly string[], Shown]>([
  [
    'a replica of an instance',
    arn('rds', 'db:orders'),
    [arn('rds', 'db:replica', 'eu-west-1')],
    { namespace: 'AWS/RDS', metric: 'ReplicaLag', dimensions: { DBInstanceIdentifier: 'replica' }, points: [[60, 3]] },
  ],
  [
    'a secondary cluster',
    arn('rds', 'cluster:orders'),
    [arn('rds', 'cluster:second', 'eu-west-1')],
    {
      namespace: 'AWS/RDS',
      metric: 'AuroraGlobalDBReplicationLag',
      dimensions: { DBClusterIdentifier: 'second', SourceRegion: REGION },
      points: [[60, 3_000]],
    },
  ],
  [
    'a bucket',
    'arn:aws:s3:::images',
    [],
    {
      namespace: 'AWS/S3',
      metric: 'ReplicationLatency',
      dimensions: { SourceBucket: 'images', DestinationBucket: 'b', RuleId: 'r' },
      points: [[60, 3]],
    },
  ],
  [
    'a node of a group',
    arn('elasticache', 'replicationgroup:cart'),
    [],
    { namespace: 'AWS/ElastiCache', metric: 'ReplicationLag', dimensions: { CacheClusterId: 'cart-002' }, points: [[60, 3]] },
  ],
  [
    'a secondary group',
    arn('elasticache', 'replicationgroup:cart'),
    [arn('elasticache', 'replicationgroup:far', 'eu-west-1')],
    {
      namespace: 'AWS/ElastiCache',
      metric: 'GlobalDatastoreReplicationLag',
      dimensions: { CacheClusterId: 'far-001' },
      points: [[60, 3]],
    },
  ],
  [
    'a file system',
    arn('elasticfilesystem', 'file-system/fs-1'),
    [],
    { namespace: 'AWS/EFS', metric: 'TimeSinceLastSync', dimensions: { FileSystemId: 'fs-1' }, points: [[60, 3]] },
  ],
])('of %s, in its own units', async (_, store, mates, series) => {
  expect(await lagOf(store, [series], mates)).toBe(3);
  // Without its replicas being known, or of another role, nothing is taken for its own.
  if (mates.length > 0) {
    expect(await lagOf(store, [series])).toBeUndefined();
    const others = [standing(store), ...mates.map((mate) => standing(mate, { ...ROLE, id: 'other' }))];
    expect(await lagOf(store, [series], [], { standing: others })).toBeUndefined();
  }
});

it('of what has no such metric nobody can tell', async () => {
  expect(await lagOf(arn('sqs', 'orders'), [table([[60, 1]])])).toBeUndefined();
});

it('asks only now and then which series there are', async () => {
  const session = cloudWatch([table([[60, 2_500]])]);
  const clock = new VirtualClock(NOW);
  const lag = replicationLag({ session, clock, standing: [standing(CARTS)], places: [{ account: ACCOUNT, region: REGION }] });
  for (let n = 0; n < 3; n += 1) await lag(CARTS);
  expect(session.sent.filter((s) => s.action === 'cloudwatch:ListMetrics')).toHaveLength(1);
  clock.advance(11 * 60_000);
  await lag(CARTS);
  expect(session.sent.filter((s) => s.action === 'cloudwatch:ListMetrics')).toHaveLength(2);
});
