/**
 * Waits before a call, so that AWS need not throttle it: token buckets per account, Region and action on the injected clock.
 * A throttle that comes all the same (others use the account too) slows its bucket down; answers speed it up again.
 */
import type { Clock } from '../model/clock.ts';
import type { Call, Place } from './call.ts';

type AnyCall = Call<never, unknown>;

export interface RateLimit {
  /** Calls that may be made at once. */
  readonly capacity: number;
  /** Calls a second thereafter. */
  readonly refill: number;
  /** Actions with the same pool share one bucket. Without it each action has its own. */
  readonly pool?: string;
}

/**
 * Where AWS documents nothing (RDS, ELB, Auto Scaling, ElastiCache, EFS, EKS and most others). An assumption of ours, below
 * what these were seen to accept; the slow-down corrects it where it is too much.
 */
const UNDOCUMENTED: RateLimit = { capacity: 20, refill: 10 };

/**
 * What AWS documents, by action or by its prefix. Read November 2026:
 * - EC2: "Request throttling for the Amazon EC2 API" (non-mutating actions 100 and 20/s; unfiltered and unpaginated 50 and 10/s;
 *   mutating 50 and 5/s);
 * - Route 53: "Quotas" (five requests a second for an account, whatever they are);
 * - Lambda: "Lambda quotas" (GetFunction 100/s; all other control plane calls together 15/s);
 * - API Gateway: "Quotas for configuring and running a REST API" (all operations together 10/s, burst 40);
 * - CloudWatch: "CloudWatch service quotas" (DescribeAlarms 9/s, GetMetricData 50/s, ListMetrics 25/s, GetMetricStatistics 400/s,
 *   DescribeAlarmHistory and DescribeAlarmsForMetric 3/s);
 * - ECS: "Request throttling for the Amazon ECS API" (cluster reads 50 and 20/s, service reads 100 and 20/s);
 * - KMS: "Request quotas" (DescribeKey 2,000/s, ListKeys and ListAliases 500/s, GetKeyRotationStatus 1,000/s);
 * - Secrets Manager: "Quotas" (ListSecrets 100/s, DescribeSecret 10,000/s);
 * - Step Functions: "Quotas related to API action throttling" (DescribeStateMachine 200 and 20/s, ListStateMachines 100 and 5/s);
 * - STS: "IAM and STS quotas" (600/s together).
 */
export const LIMITS: Readonly<Record<string, RateLimit>> = {
  'ec2:Describe*': { capacity: 100, refill: 20 },
  'ec2:Get*': { capacity: 100, refill: 20 },
  'ec2:*': { capacity: 50, refill: 5 },
  'route53:*': { capacity: 5, refill: 5, pool: 'route53' },
  'lambda:GetFunction': { capacity: 100, refill: 100 },
  'lambda:*': { capacity: 15, refill: 15, pool: 'lambda' },
  'apigateway:*': { capacity: 40, refill: 10, pool: 'apigateway' },
  'cloudwatch:DescribeAlarms': { capacity: 9, refill: 9 },
  'cloudwatch:DescribeAlarmHistory': { capacity: 3, refill: 3 },
  'cloudwatch:DescribeAlarmsForMetric': { capacity: 3, refill: 3 },
  'cloudwatch:GetMetricData': { capacity: 50, refill: 50 },
  'cloudwatch:GetMetricStatistics': { capacity: 400, refill: 400 },
  'cloudwatch:ListMetrics': { capacity: 25, refill: 25 },
  'ecs:DescribeClusters': { capacity: 50, refill: 20 },
  'ecs:ListClusters': { capacity: 50, refill: 20 },
  'ecs:DescribeServices': { capacity: 100, refill: 20 },
  'ecs:ListServices': { capacity: 100, refill: 20 },
  'kms:DescribeKey': { capacity: 2000, refill: 2000 },
  'kms:GetKeyRotationStatus': { capacity: 1000, refill: 1000 },
  'kms:ListKeys': { capacity: 500, refill: 500 },
  'kms:ListAliases': { capacity: 500, refill: 500 },
  'secretsmanager:DescribeSecret': { capacity: 10_000, refill: 10_000 },
  'secretsmanager:ListSecrets': { capacity: 100, refill: 100 },
  'states:DescribeStateMachine': { capacity: 200, refill: 20 },
  'states:ListStateMachines': { capacity: 100, refill: 5 },
  'sts:*': { capacity: 600, refill: 600, pool: 'sts' },
};

/** The limit of an action: its own line, else the longest prefix that matches, else what we assume. */
export function limitOf(action: string): RateLimit {
  const own = LIMITS[action];
  if (own !== undefined) return own;
  let best: RateLimit | undefined;
  let length = 0;
  for (const [pattern, limit] of Object.entries(LIMITS)) {
    if (!pattern.endsWith('*') || pattern.length <= length || !action.startsWith(pattern.slice(0, -1))) continue;
    best = limit;
    length = pattern.length;
  }
  return best ?? UNDOCUMENTED;
}

export interface Limiter {
  /** Resolves when the call may be sent; in the order of asking. Rejects with the signal's reason when it is aborted. */
  take(call: AnyCall, at: Place, signal?: AbortSignal): Promise<void>;
  /** AWS throttled the call: its bucket is empty, and fills at half the rate (halved again at most once a second). */
  throttled(call: AnyCall, at: Place): void;
  /** AWS answered: a bucket that was slowed down recovers by a fiftieth of its rate. */
  answered(call: AnyCall, at: Place): void;
}

export interface LimiterOptions {
  readonly limitOf?: (action: string) => RateLimit;
  /** Part of every rate that we use once a burst is spent: others work in the same accounts, and clocks differ. */
  readonly share?: number;
}

const SHARE = 0.9;
const SLOWEST = 1 / 32;
const RECOVERY = 1 / 50;

interface Bucket {
  tokens: number;
  at: number;
  /** Part of the documented rate that AWS grants at present. */
  pace: number;
  /** When it was last slowed down. */
  slowed: number;
  readonly capacity: number;
  readonly refill: number;
}

export function limiter(clock: Clock, options: LimiterOptions = {}): Limiter {
  const { limitOf: find = limitOf, share = SHARE } = options;
  const buckets = new Map<string, Bucket>();
  const known = new Map<string, RateLimit>();

  const limit = (action: string): RateLimit => {
    let found = known.get(action);
    if (found === undefined) {
      found = find(action);
      known.set(action, found);
    }
    return found;
  };

  const bucketOf = (call: AnyCall, at: Place): Bucket => {
    const { pool = call.action, capacity, refill } = limit(call.action);
    const key = `${at.account}/${at.region}/${pool}`;
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      const slowed = Number.NEGATIVE_INFINITY;
      bucket = { tokens: capacity, at: clock.now(), pace: 1, slowed, capacity, refill: refill * share };
      buckets.set(key, bucket);
    }
    const now = clock.now();
    bucket.tokens = Math.min(bucket.capacity, bucket.tokens + ((now - bucket.at) / 1000) * bucket.refill * bucket.pace);
    bucket.at = now;
    return bucket;
  };

  return {
    async take(call, at, signal) {
      signal?.throwIfAborted();
      const bucket = bucketOf(call, at);
      // Below zero the bucket owes: whoever comes later waits longer, so nobody is overtaken.
      bucket.tokens -= 1;
      if (bucket.tokens < 0) await clock.sleep((-bucket.tokens / (bucket.refill * bucket.pace)) * 1000, signal);
    },
    throttled(call, at) {
      const bucket = bucketOf(call, at);
      // Calls that were under way together are refused together: that is one sign, not many.
      if (bucket.at - bucket.slowed >= 1000) {
        bucket.pace = Math.max(SLOWEST, bucket.pace / 2);
        bucket.slowed = bucket.at;
      }
      bucket.tokens = Math.min(bucket.tokens, 0);
    },
    answered(call, at) {
      const bucket = bucketOf(call, at);
      bucket.pace = Math.min(1, bucket.pace + RECOVERY);
    },
  };
}
