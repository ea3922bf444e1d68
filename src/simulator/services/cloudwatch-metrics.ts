/** CloudWatch metrics: data points that somebody put, and series of simulated services that are asked for their values. */
import type {
  Datapoint,
  Dimension,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
  ListMetricsCommandInput,
  ListMetricsCommandOutput,
  MetricDataResult,
  MetricStat,
  PutMetricDataCommandInput,
  PutMetricDataCommandOutput,
  Metric as ShownMetric,
} from '@aws-sdk/client-cloudwatch';
import type { MetricSeries } from '../metric-source.ts';
import { type Operation, page, type Reply, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import { metricKey, POINTS } from './cloudwatch-model.ts';
import { METRIC_SOURCES } from './cloudwatch-sources.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

export interface Metric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Under which its data points are kept. */
  readonly key: string;
}

/** Metrics of AWS services arrive about a minute late; the figure is an assumption, AWS promises none. */
const SERVICE_DELAY_MS = 60_000;
/** AWS services send one data point a minute. */
const RESOLUTION_MS = 60_000;

const dimensionsOf = (dimensions: readonly Dimension[] | undefined): Record<string, string> =>
  Object.fromEntries((dimensions ?? []).map((d) => [d.Name ?? '', d.Value ?? '']));

/** A metric as a caller names it. */
export function named(shown: ShownMetric | undefined): Metric {
  const { Namespace: namespace = '', MetricName: metric = '' } = shown ?? {};
  const dimensions = dimensionsOf(shown?.Dimensions);
  return { namespace, metric, dimensions, key: metricKey(namespace, metric, dimensions) };
}

/** Values that fall into `[from, to)`, as far as they have arrived by now; `metric` is looked for once. */
export function valuesOf(world: World, at: Place, metric: Metric): (from: number, to: number) => readonly number[] {
  const points = world.get(POINTS, at.account, at.region, metric.key) ?? [];
  const series = world.regionIsLost(at.region) ? undefined : seriesOf(world, at, metric);
  const arrived = world.clock.now() - SERVICE_DELAY_MS;
  return (from, to) => {
    const put = points.filter((p) => p.at >= from && p.at < to);
    if (put.length > 0 || series === undefined) return put.map((p) => p.value);
    const values: number[] = [];
    for (let t = Math.max(from, world.settings.start); t < to; t += RESOLUTION_MS) if (t <= arrived) values.push(series.value(t));
    return values;
  };
}

function seriesOf(world: World, at: Place, { namespace, metric, dimensions }: Metric): MetricSeries | undefined {
  for (const source of METRIC_SOURCES) {
    if (source.namespace !== namespace || source.metric !== metric) continue;
    for (const series of source.dimensions(world))
      if (series.region === at.region && series.account === at.account && areSame(series.dimensions, dimensions)) return series;
  }
  return undefined;
}

function areSame(a: Metric['dimensions'], b: Metric['dimensions']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

export function statistic(values: readonly number[], name: string): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const sum = values.reduce((a, b) => a + b, 0);
  switch (name) {
    case 'Sum':
      return sum;
    case 'SampleCount':
      return values.length;
    case 'Minimum':
      return sorted[0];
    case 'Maximum':
      return sorted.at(-1);
    case 'Average':
      return sum / values.length;
    default: {
      const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
      if (percentile === undefined) throw new ServiceFault('InvalidParameterValue', `${name} is no statistic`);
      return sorted[Math.min(sorted.length - 1, Math.floor((Number(percentile) / 100) * sorted.length))];
    }
  }
}

/** The start of each period, in milliseconds, aligned as CloudWatch aligns them. */
function periods(start: number, end: number, seconds: number): readonly number[] {
  const step = seconds * 1000;
  const starts: number[] = [];
  for (let at = Math.floor(start / step) * step; at < end; at += step) starts.push(at);
  return starts;
}

const getStatistics: Operation<GetMetricStatisticsCommandInput, Reply<GetMetricStatisticsCommandOutput>> = (input, context) => {
  const { MetricName = '', Period = 60, StartTime, EndTime } = input;
  const names = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
  if (names.length === 0) throw new ServiceFault('MissingParameter', 'Statistics or ExtendedStatistics must be given');
  const read = valuesOf(context.world, context, named(input));
  const datapoints = periods(Number(StartTime), Number(EndTime), Period).flatMap((at): Datapoint[] => {
    const values = read(at, at + Period * 1000);
    if (values.length === 0) return [];
    const known = (input.Statistics ?? []).map((name) => [name, statistic(values, name)] as const);
    const extended = (input.ExtendedStatistics ?? []).map((name) => [name, statistic(values, name) ?? 0] as const);
    return [
      {
        Timestamp: new Date(at),
        ...Object.fromEntries(known),
        ...(extended.length === 0 ? {} : { ExtendedStatistics: Object.fromEntries(extended) }),
      },
    ];
  });
  return { Label: MetricName, Datapoints: datapoints };
};

const MOST_QUERIES = 500;

/** Expressions are not computed: such a query answers without values, with a message that says so. */
const getData: Operation<GetMetricDataCommandInput, Reply<GetMetricDataCommandOutput>> = (input, context) => {
  const queries = input.MetricDataQueries ?? [];
  if (queries.length > MOST_QUERIES) throw new ServiceFault('ValidationError', `at most ${MOST_QUERIES} queries`);
  const newestFirst = input.ScanBy !== 'TimestampAscending';
  const results = queries
    .filter((q) => q.ReturnData !== false)
    .map((query): MetricDataResult => {
      const Label = query.Label ?? query.MetricStat?.Metric?.MetricName ?? query.Id ?? '';
      const stat = query.MetricStat;
      if (stat === undefined)
        return {
          Id: query.Id,
          Label,
          Timestamps: [],
          Values: [],
          StatusCode: 'InternalError',
          Messages: [{ Code: 'NotSimulated', Value: 'expressions are not computed' }],
        };
      const points = pointsOf(stat, input, context.world, context);
      const ordered = newestFirst ? [...points].reverse() : points;
      return {
        Id: query.Id,
        Label,
        Timestamps: ordered.map((p) => new Date(p.at)),
        Values: ordered.map((p) => p.value),
        StatusCode: 'Complete',
      };
    });
  return { MetricDataResults: results };
};

function pointsOf(
  stat: MetricStat,
  input: GetMetricDataCommandInput,
  world: World,
  at: Place,
): readonly { readonly at: number; readonly value: number }[] {
  const { Metric, Period = 60, Stat = 'Average' } = stat;
  const read = valuesOf(world, at, named(Metric));
  return periods(Number(input.StartTime), Number(input.EndTime), Period).flatMap((start) => {
    const value = statistic(read(start, start + Period * 1000), Stat);
    return value === undefined ? [] : [{ at: start, value }];
  });
}

const put: Operation<PutMetricDataCommandInput, Reply<PutMetricDataCommandOutput>> = (input, context) => {
  for (const datum of input.MetricData ?? []) {
    const key = metricKey(input.Namespace ?? '', datum.MetricName ?? '', dimensionsOf(datum.Dimensions));
    const at = datum.Timestamp === undefined ? context.world.clock.now() : Number(datum.Timestamp);
    const values = datum.Values ?? [datum.Value ?? datum.StatisticValues?.Sum ?? 0];
    const points = context.get(POINTS, key) ?? [];
    points.push(...values.map((value) => ({ at, value })));
    context.put(POINTS, key, points);
  }
  return {};
};

const PAGE = 500;

const list: Operation<ListMetricsCommandInput, Reply<ListMetricsCommandOutput>> = (input, context) => {
  const all = METRIC_SOURCES.flatMap((source) =>
    [...source.dimensions(context.world)]
      .filter((s) => s.account === context.account && s.region === context.region)
      .map((s) => ({ namespace: source.namespace, metric: source.metric, dimensions: s.dimensions })),
  ).filter(
    (m) =>
      (input.Namespace === undefined || m.namespace === input.Namespace) &&
      (input.MetricName === undefined || m.metric === input.MetricName) &&
      (input.Dimensions ?? []).every((d) =>
        d.Value === undefined ? d.Name !== undefined && d.Name in m.dimensions : m.dimensions[d.Name ?? ''] === d.Value,
      ),
  );
  const { items, next } = page(all, input.NextToken, PAGE);
  return {
    Metrics: items.map((m) => ({
      Namespace: m.namespace,
      MetricName: m.metric,
      Dimensions: Object.entries(m.dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

export const metricOperations = {
  GetMetricStatistics: getStatistics,
  GetMetricData: getData,
  PutMetricData: put,
  ListMetrics: list,
};
