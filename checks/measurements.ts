/** The worst value of many CloudWatch series within the window of a check, in the fewest calls. */
import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { Place } from '../src/aws/call.ts';
import { groupBy } from '../src/model/collections.ts';
import type { Known } from '../src/model/known.ts';
import { fold, known, unknown } from '../src/model/known.ts';
import type { CheckInput } from './check.ts';
import { reading } from './questions.ts';

export const getMetricData = reading<GetMetricDataCommandInput, GetMetricDataCommandOutput>(
  'cloudwatch',
  'cloudwatch:GetMetricData',
  {
    pages: ['NextToken', 'NextToken'],
  },
);

export interface Series {
  readonly place: Place;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** What one of it is in seconds: 0.001 for milliseconds. */
  readonly scale: number;
}

export interface Measured {
  /** The greatest value of the window, in seconds. */
  readonly worst: number;
  /** ISO time of it: the begin of its period. */
  readonly at: string;
  /** The last value, in seconds, and its time in milliseconds since the epoch. */
  readonly newest: number;
  readonly newestAt: number;
}

/** GetMetricData takes up to 500 queries a call (API reference). */
const MOST_QUERIES = 500;
const MINUTE = 60;
const DAY = 86_400;

/**
 * Seconds of one data point. Points of a minute are kept for 15 days, of five minutes for 63, of an hour for 455
 * (API reference, GetMetricData); a maximum loses nothing in a longer period.
 */
export function periodOf(since: number, now: number): number {
  const window = (now - since) / 1000;
  const wanted = Math.max(MINUTE, Math.ceil(window / 60 / MINUTE) * MINUTE);
  if (window > 63 * DAY) return Math.ceil(wanted / 3600) * 3600;
  return window > 15 * DAY ? Math.ceil(wanted / 300) * 300 : wanted;
}

/** Known undefined: CloudWatch answered, and has no data point in the window. In the order of the series. */
export async function measure(
  input: Pick<CheckInput, 'aws' | 'since' | 'now'>,
  series: readonly Series[],
): Promise<readonly Known<Measured | undefined>[]> {
  const answers: Known<Measured | undefined>[] = series.map(() =>
    unknown('not-reported', 'CloudWatch did not answer for this metric'),
  );
  const places = groupBy(
    series.map((one, index) => ({ one, index })),
    ({ one }) => `${one.place.account} ${one.place.region}`,
  );
  const batches = [...places.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / MOST_QUERIES) }, (_, i) => all.slice(i * MOST_QUERIES, (i + 1) * MOST_QUERIES)),
  );
  await Promise.all(
    batches.map(async (batch) => {
      const place = batch[0]?.one.place;
      if (place === undefined) return;
      const asked = {
        StartTime: new Date(input.since),
        EndTime: new Date(input.now),
        ScanBy: 'TimestampDescending' as const,
        MetricDataQueries: batch.map(({ one, index }) => queryOf(one, index, periodOf(input.since, input.now))),
      };
      const pages = await input.aws.pages(getMetricData, asked, place);
      const results = fold<readonly GetMetricDataCommandOutput[], Known<readonly MetricDataResult[]>>(
        pages,
        (all) => known(all.flatMap((p) => p.MetricDataResults ?? [])),
        (why) => why,
      );
      for (const { one, index } of batch)
        answers[index] = fold<readonly MetricDataResult[], Known<Measured | undefined>>(
          results,
          (all) =>
            worstOf(
              all.filter((r) => r.Id === idOf(index)),
              one,
            ),
          (why) => why,
        );
    }),
  );
  return answers;
}

const idOf = (index: number): string => `q${index}`;

function queryOf(one: Series, index: number, period: number): MetricDataQuery {
  return {
    Id: idOf(index),
    MetricStat: {
      Metric: {
        Namespace: one.namespace,
        MetricName: one.metric,
        Dimensions: Object.entries(one.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: 'Maximum',
    },
  };
}

/** A result may come in several pages; only a complete one says that there is no more (API reference, MetricDataResult). */
function worstOf(results: readonly MetricDataResult[], one: Series): Known<Measured | undefined> {
  const points = results.flatMap((r) =>
    (r.Values ?? []).flatMap((value, i) => {
      const at = r.Timestamps?.[i];
      return at === undefined || !Number.isFinite(value) ? [] : [{ value: value * one.scale, at: at.getTime() }];
    }),
  );
  const complete = results.at(-1)?.StatusCode === 'Complete';
  if (!complete)
    return unknown(
      'not-reported',
      `CloudWatch gave no complete answer for ${one.metric}: ${results.at(-1)?.StatusCode ?? 'none'}`,
    );
  let worst = points[0];
  let newest = points[0];
  for (const point of points) {
    if (worst === undefined || point.value > worst.value) worst = point;
    if (newest === undefined || point.at > newest.at) newest = point;
  }
  if (worst === undefined || newest === undefined) return known(undefined);
  return known({ worst: worst.value, at: new Date(worst.at).toISOString(), newest: newest.value, newestAt: newest.at });
}
