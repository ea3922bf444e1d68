/** What CloudWatch keeps: alarms with their state, and the data points that somebody put. */
import type { PutCompositeAlarmCommandInput, PutMetricAlarmCommandInput, StateValue } from '@aws-sdk/client-cloudwatch';
import type { CallContext } from '../service.ts';
import { shelf, type World } from '../world/world.ts';

export type AlarmSettings =
  | { readonly kind: 'metric'; readonly input: PutMetricAlarmCommandInput }
  | { readonly kind: 'composite'; readonly input: PutCompositeAlarmCommandInput };

export interface Transition {
  readonly at: number;
  readonly from: StateValue;
  readonly to: StateValue;
  readonly reason: string;
}

export interface StoredAlarm {
  readonly name: string;
  readonly arn: string;
  readonly settings: AlarmSettings;
  state: StateValue;
  reason: string;
  /** Milliseconds since the epoch. */
  updated: number;
  /** The last state that was not INSUFFICIENT_DATA. */
  decided: StateValue;
  readonly history: Transition[];
  /** Set when the alarm is deleted or defined again. */
  stopped: boolean;
  /** Acts as the account that owns it: its actions are calls. */
  readonly call: CallContext['call'];
}

/** A data point of `PutMetricData`. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

export const ALARMS = shelf<StoredAlarm>('cloudwatch:alarm');
/** Data points by `metricKey`. */
export const POINTS = shelf<Point[]>('cloudwatch:points');
/** Tags by ARN. */
export const ALARM_TAGS = shelf<Readonly<Record<string, string>>>('cloudwatch:tags');

/** A metric is its namespace, its name and all its dimensions (CloudWatch user guide, "Metrics concepts"). */
export function metricKey(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, metric, pairs]);
}

export function alarmNamed(world: World, account: string, region: string, name: string): StoredAlarm | undefined {
  return world.get(ALARMS, account, region, name);
}
