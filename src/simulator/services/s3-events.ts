/** What faults do to buckets, and what CloudWatch shows of their replication. */
import type * as S3 from '@aws-sdk/client-s3';
import type { MetricSeries, MetricSource } from '../metric-source.ts';
import { contents, corrupt, followersOf, promote, replicate } from '../plane/logs.ts';
import type { World } from '../world/world.ts';
import {
  BUCKETS,
  type Bucket,
  bucketAnywhere,
  bucketArn,
  copies,
  defaultOf,
  discard,
  lagFault,
  link,
  nameOfArn,
  REPLICATING,
  stoppedSince,
} from './s3-model.ts';
import { isLocked } from './s3-objects.ts';

export function begin(world: World): void {
  world.onFault((fault, _, how) => {
    const named = (arn: string): Bucket | undefined =>
      arn.startsWith(bucketArn('')) ? bucketAnywhere(world, nameOfArn(arn)) : undefined;
    switch (fault.kind) {
      case 'replication-stopped':
        if (named(fault.arn) !== undefined)
          for (const follower of followersOf(world, fault.arn))
            replicate(world, follower, how === 'begins' ? 'stopped' : 'running');
        break;
      case 'corruption':
        if (how === 'begins' && named(fault.arn) !== undefined) corrupt(world, fault.arn);
        break;
      case 'deleted': {
        const bucket = named(fault.arn);
        if (how === 'begins' && bucket !== undefined) discard(world, bucket);
        break;
      }
      case 'region-loss':
        for (const { item } of world.everywhere(BUCKETS)) {
          if (how === 'begins' && item.region === fault.region)
            for (const follower of followersOf(world, item.arn)) promote(world, follower);
        }
        if (how === 'ends') for (const { item } of world.everywhere(REPLICATING)) link(world, item);
        break;
      case 'account-compromised':
        if (how === 'begins')
          for (const { account, item } of world.everywhere(BUCKETS)) if (account === fault.account) empty(world, item);
        break;
      default:
        break;
    }
  });
}

/** Every version that no lock keeps is deleted, and the bucket when nothing is left in it. */
function empty(world: World, bucket: Bucket): void {
  const now = world.clock.now();
  for (const [key, versions] of bucket.objects) {
    const kept = versions.filter((v) => isLocked({ ...v, hold: false }, now, true));
    if (kept.length === 0) bucket.objects.delete(key);
    else bucket.objects.set(key, kept);
  }
  const compliance = bucket.lock?.Rule?.DefaultRetention?.Mode === 'COMPLIANCE' && contents(world, bucket.arn).length > 0;
  if (bucket.objects.size === 0 && !compliance) discard(world, bucket);
}

/** Series of the rules that have metrics or Replication Time Control on, in the Region of the destination (User guide, repl-metrics). */
function* measured(
  world: World,
  value: (bucket: Bucket, rule: S3.ReplicationRule, destination: Bucket, at: number) => number,
): Iterable<MetricSeries> {
  for (const { item } of world.everywhere(REPLICATING)) {
    for (const rule of item.replication?.Rules ?? []) {
      const { Metrics, ReplicationTime } = rule.Destination ?? {};
      const destination = copies(world, item, rule, defaultOf(item).SSEAlgorithm);
      if (destination === undefined || (Metrics?.Status !== 'Enabled' && ReplicationTime?.Status !== 'Enabled')) continue;
      yield {
        account: item.account,
        region: destination.region,
        dimensions: { SourceBucket: item.name, DestinationBucket: destination.name, RuleId: rule.ID ?? '' },
        value: (at) => value(item, rule, destination, at),
      };
    }
  }
}

/** Seconds by which the destination is behind: what a fault adds to a usual few seconds or, without time control, a minute. */
function latency(world: World, bucket: Bucket, rule: S3.ReplicationRule, at: number): number {
  const since = stoppedSince(world, bucket.arn);
  const usual = rule.Destination?.ReplicationTime?.Status === 'Enabled' ? 15 : 60;
  return usual + lagFault(world, bucket.arn) / 1000 + (since === undefined ? 0 : Math.max(0, at - since) / 1000);
}

const pending = (world: World, bucket: Bucket, destination: Bucket): number =>
  Math.max(0, contents(world, bucket.arn).length - contents(world, destination.arn).length);

/** User guide, "Monitoring replication with metrics". The bytes suppose objects of 1 KiB. */
export const s3Metrics: readonly MetricSource[] = [
  {
    namespace: 'AWS/S3',
    metric: 'ReplicationLatency',
    dimensions: (world) => measured(world, (bucket, rule, _, at) => latency(world, bucket, rule, at)),
  },
  {
    namespace: 'AWS/S3',
    metric: 'OperationsPendingReplication',
    dimensions: (world) => measured(world, (bucket, _, destination) => pending(world, bucket, destination)),
  },
  {
    namespace: 'AWS/S3',
    metric: 'BytesPendingReplication',
    dimensions: (world) => measured(world, (bucket, _, destination) => 1024 * pending(world, bucket, destination)),
  },
];
