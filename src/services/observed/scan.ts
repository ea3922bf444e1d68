/**
 * How a service is observed: AWS's replies are read into the same shape in which a stack export holds the resource, with the
 * provider's own property names. `declare` and `mean` of the service then read both sources, so that a configuration means one
 * thing however it was seen (law 2).
 */
import type { Call } from '../../aws/call.ts';
import type { Hole, Value, Values } from '../../model/value.ts';

/** One resource as AWS shows it. */
export interface Observed {
  /** Canonical Pulumi type. */
  readonly type: string;
  /** The id under which the AWS provider keeps it in state (for most types a name, an id or the ARN). */
  readonly id: string;
  readonly arn: string | undefined;
  /** What people call it: its name or identifier, else its id. */
  readonly name: string;
  /** Properties by the provider's input names. A property left out is unset; one that could not be read is a `Hole`. */
  readonly properties: Values;
  /** What only AWS fills in (endpoints, ARNs, states); read by `props.computed` and by references. */
  readonly outputs: Values;
  readonly tags: Readonly<Record<string, string>> | Hole;
  /** Region where it is not the Region of the scan (global services, S3 buckets). */
  readonly region?: string;
}

/** The AWS of one account and Region, as a scan sees it. Nothing that fails here is ever an empty answer. */
export interface Reader {
  readonly account: string;
  readonly region: string;
  /**
   * Every page of a listing. When a page cannot be had, what came before is kept, the scan's types are marked incomplete here
   * (nothing may be concluded from absence), and the iteration ends.
   */
  pages<I, O>(call: Call<I, O>, input: I): AsyncIterable<O>;
  /**
   * One question about one resource. A failure comes back as the hole to put in place of what was asked for. `absent` are the
   * error codes by which this API says that the thing is not configured: these come back as undefined.
   */
  ask<I, O>(call: Call<I, O>, input: I, absent?: readonly string[]): Promise<O | Hole | undefined>;
  /** Runs the work with a limit on how much is asked at the same time; the order of the answers is the order of the items. */
  each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]>;
}

export interface Scan {
  /** Stable id: `rds-instances`. */
  readonly id: string;
  /** Every canonical Pulumi type that it shows, completely, for its account and Region: what is not there does not exist. */
  readonly types: readonly string[];
  /** `global`: run once per account, whatever the Regions. */
  readonly where: 'region' | 'global';
  /** Every call it may make: the IAM policy and the allow-list are generated from these. */
  readonly calls: readonly Call<never, unknown>[];
  run(aws: Reader): AsyncIterable<Observed>;
}

/** Leaves out what is undefined, so that an absent member of a reply is an unset property. */
export function present(properties: Readonly<Record<string, Value | undefined>>): Values {
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(properties)) if (value !== undefined) kept[name] = value;
  return kept;
}
