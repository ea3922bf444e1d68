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
 * - EC2: "Request throttling for the Amazon EC2 API" (non-mutating actions 100 and 20/s, mutating ones fewer);
 * - Route 53: "Quotas" (five requests a second for an account, whatever they are);
 * - Lambda: "Lambda quotas" (GetFunction 100/s; all other control plane calls together 15/s);
 * - API Gateway: "Quotas for creating, deploying and managing an API" (all operations together 10/s, burst 40);
 * - CloudWatch: "CloudWatch service quotas";
 * - KMS: "Request quotas" as the guide's public repository has them (raised since, and adjustable);
 * - DynamoDB: "Best practices for managing the control plane" (2,500/s together), API reference of the four others;
 * - Secrets Manager: "Quotas"; Step Functions: "Quotas", the smaller figure where Regions differ; Service Quotas: its own quotas;
 * - SNS: API reference of ListTopics and ListSubscriptionsByTopic.
 * ECS and STS are assumptions: their pages were not at hand.
 */
export const LIMITS: Readonly<Record<string, RateLimit>> = {
  'apigateway:*': { capacity: 40, refill: 10, pool: 'apigateway' },
  'cloudwatch:DescribeAlarmHistory': { capacity: 3, refill: 3 },
  'cloudwatch:DescribeAlarms': { capacity: 9, refill: 9 },
  'cloudwatch:DescribeAlarmsForMetric': { capacity: 9, refill: 9 },
  'cloudwatch:GetMetricData': { capacity: 50, refill: 50 },
  'cloudwatch:GetMetricStatistics': { capacity: 400, refill: 400 },
  'cloudwatch:ListMetrics': { capacity: 25, refill: 25 },
  'dynamodb:*': { capacity: 2500, refill: 2500, pool: 'dynamodb' },
  'dynamodb:DescribeBackup': { capacity: 10, refill: 10 },
  'dynamodb:DescribeContinuousBackups': { capacity: 10, refill: 10 },
  'dynamodb:ListBackups': { capacity: 5, refill: 5 },
  'dynamodb:ListTagsOfResource': { capacity: 10, refill: 10 },
  'ec2:*': { capacity: 50, refill: 5 },
  'ec2:Describe*': { capacity: 100, refill: 20 },
  'ec2:Get*': { capacity: 100, refill: 20 },
  'ecs:Describe*': { capacity: 50, refill: 20 },
  'ecs:List*': { capacity: 50, refill: 20 },
  'kms:Describe*': { capacity: 100, refill: 100 },
  'kms:GetKeyPolicy': { capacity: 30, refill: 30 },
  'kms:GetKeyRotationStatus': { capacity: 30, refill: 30 },
  'kms:List*': { capacity: 100, refill: 100 },
  'lambda:*': { capacity: 15, refill: 15, pool: 'lambda' },
  'lambda:GetFunction': { capacity: 100, refill: 100 },
  'route53:*': { capacity: 5, refill: 5, pool: 'route53' },
  'secretsmanager:DescribeSecret': { capacity: 10_000, refill: 10_000 },
  'secretsmanager:GetResourcePolicy': { capacity: 50, refill: 50 },
  'secretsmanager:ListSecrets': { capacity: 100, refill: 100 },
  'servicequotas:Get*': { capacity: 10, refill: 5 },
  'servicequotas:List*': { capacity: 20, refill: 10 },
  'sns:ListSubscriptionsByTopic': { capacity: 30, refill: 30 },
  'sns:ListTopics': { capacity: 30, refill: 30 },
  'states:DescribeExecution': { capacity: 250, refill: 10 },
  'states:DescribeStateMachine': { capacity: 200, refill: 20 },
  'states:ListExecutions': { capacity: 100, refill: 2 },
  'states:ListStateMachines': { capacity: 100, refill: 5 },
  'states:ListTagsForResource': { capacity: 100, refill: 1 },
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
