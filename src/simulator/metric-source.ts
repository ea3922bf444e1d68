/** Numbers that simulated AWS reports of itself: what CloudWatch would have, computed when it is asked for. */
import type { World } from './world/world.ts';

/** One time series: a metric of one resource. */
export interface MetricSeries {
  readonly account: string;
  readonly region: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The value at a moment (milliseconds since the epoch, not after now), in the unit that AWS documents for the metric. */
  value(at: number): number;
}

export interface MetricSource {
  /** `AWS/RDS`. */
  readonly namespace: string;
  readonly metric: string;
  dimensions(world: World): Iterable<MetricSeries>;
}
