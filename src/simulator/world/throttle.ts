/** Token buckets per account, Region and action, as EC2's API documents them: a bucket of tokens, refilled at a rate per second. */

export interface Limit {
  readonly capacity: number;
  /** Tokens a second. */
  readonly refill: number;
}

export interface Throttle {
  /** False: the call is over the limit and must be refused. */
  take(account: string, region: string, action: string, now: number): boolean;
}

/** `limitOf` gives the limit of an action; undefined: not limited. */
export function throttle(limitOf: (action: string) => Limit | undefined): Throttle {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(account, region, action, now) {
      const limit = limitOf(action);
      if (limit === undefined) return true;
      const key = `${account}/${region}/${action}`;
      const bucket = buckets.get(key) ?? { tokens: limit.capacity, at: now };
      bucket.tokens = Math.min(limit.capacity, bucket.tokens + ((now - bucket.at) / 1000) * limit.refill);
      bucket.at = now;
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
