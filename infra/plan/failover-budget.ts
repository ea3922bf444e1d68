/** What a Region failover may take at most, from the settings that decide it. All of it is arithmetic on configuration. */

/** Settings of one failover path, in the order in which they act. */
export interface FailoverPath {
  /** Route 53 health check: seconds between probes of one checker. */
  readonly probeIntervalSeconds: number;
  /** Probes in a row that must fail. */
  readonly probeFailures: number;
  /** CloudWatch alarm on the health check: length of one period in seconds. */
  readonly alarmPeriodSeconds: number;
  /** Periods that must breach. */
  readonly alarmDatapoints: number;
  /** Time-out in minutes of each step of the Region switch plan, run one after the other. */
  readonly stepMinutes: readonly number[];
  /** TTL of the DNS answer that sends users to the primary Region. */
  readonly ttlSeconds: number;
}

/** Seconds that a metric may take to reach CloudWatch. An assumption: AWS publishes no figure for Route 53's metrics. */
export const METRIC_DELAY_SECONDS = 120;

/** Seconds until the health check and then the alarm have seen the loss: both must run their full course in the worst case. */
export function detectionSeconds(path: Omit<FailoverPath, 'stepMinutes' | 'ttlSeconds'>): number {
  return path.probeIntervalSeconds * path.probeFailures + METRIC_DELAY_SECONDS + path.alarmPeriodSeconds * path.alarmDatapoints;
}

/**
 * The longest time from loss to recovery that the settings allow: detection, every step up to its time-out, and one TTL.
 * Users reach the standby Region after that even if each part is as slow as it may be.
 */
export function failoverSeconds(path: FailoverPath): number {
  const steps = path.stepMinutes.reduce((sum, minutes) => sum + minutes * 60, 0);
  return detectionSeconds(path) + steps + path.ttlSeconds;
}
