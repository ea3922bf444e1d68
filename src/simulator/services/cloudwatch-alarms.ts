/** CloudWatch alarms: how their state is found, period by period, and what they start when it changes. */
import type { MetricStat, PutMetricAlarmCommandInput, StateValue } from '@aws-sdk/client-cloudwatch';
import { passOn } from '../plane/targets.ts';
import type { World } from '../world/world.ts';
import { named, type Place, statistic, valuesOf } from './cloudwatch-metrics.ts';
import { ALARMS, alarmNamed, type StoredAlarm } from './cloudwatch-model.ts';
import { ruleHolds } from './cloudwatch-rule.ts';

/** An alarm is evaluated every minute, one with shorter periods every ten seconds (CloudWatch user guide, "Alarms"). */
const EVERY_MS = { normal: 60_000, short: 10_000 };

/** Begins the evaluation of a metric alarm; it ends when the alarm is replaced or deleted, and rests while its Region is lost. */
export function begin(world: World, place: Place, alarm: StoredAlarm): void {
  if (alarm.settings.kind !== 'metric') return;
  const { input } = alarm.settings;
  const stat = metricOf(input);
  const every = periodOf(stat) < 60 ? EVERY_MS.short : EVERY_MS.normal;
  const metric = named(stat?.Metric);
  const turn = (): void => {
    if (alarm.stopped) return;
    world.clock.after(every, turn);
    if (world.regionIsLost(place.region)) return;
    const next =
      stat === undefined ? EXPRESSION : stateOf(input, stat, valuesOf(world, place, metric), world.clock.now(), alarm.state);
    turnTo(world, place, alarm, next.state, next.reason);
  };
  world.clock.after(every, turn);
}

/** An alarm over one metric says it itself; one over several says it in the query that it returns. */
function metricOf(input: PutMetricAlarmCommandInput): MetricStat | undefined {
  if (input.MetricName !== undefined) {
    return {
      Metric: { Namespace: input.Namespace, MetricName: input.MetricName, Dimensions: input.Dimensions },
      Period: input.Period,
      Stat: input.Statistic ?? input.ExtendedStatistic,
    };
  }
  return (input.Metrics ?? []).find((q) => q.ReturnData !== false)?.MetricStat;
}

const periodOf = (stat: MetricStat | undefined): number => stat?.Period ?? 60;

interface Found {
  readonly state: StateValue;
  readonly reason: string;
}

const EXPRESSION: Found = { state: 'INSUFFICIENT_DATA', reason: 'expressions are not computed in simulated AWS' };

/** `read`: the values of its metric. */
function stateOf(
  input: PutMetricAlarmCommandInput,
  stat: MetricStat,
  read: ReturnType<typeof valuesOf>,
  now: number,
  before: StateValue,
): Found {
  const periods = input.EvaluationPeriods ?? 1;
  const needed = input.DatapointsToAlarm ?? periods;
  const step = periodOf(stat) * 1000;
  const end = Math.floor(now / step) * step;
  // Data points that are late are waited for: the evaluation range is longer than the periods (user guide, "Evaluation range").
  const points = Array.from({ length: periods + 2 }, (_, i) => end - (periods + 2 - i) * step).map((from) =>
    statistic(read(from, from + step), stat.Stat ?? 'Average'),
  );
  const newest = points.findLastIndex((p) => p !== undefined);
  const judged = newest < 0 ? points.slice(-periods) : points.slice(Math.max(0, newest + 1 - periods), newest + 1);
  const missing = input.TreatMissingData ?? 'missing';
  const breaches = judged.map((p) => (p === undefined ? undefined : breaching(p, input)));
  const bad = breaches.filter((b) => b === true || (b === undefined && missing === 'breaching')).length;
  const seen = breaches.filter((b) => b !== undefined).length;
  if (seen === 0 && missing === 'missing') return { state: 'INSUFFICIENT_DATA', reason: 'no data points were received' };
  if (seen === 0 && missing === 'ignore') return { state: before, reason: 'no data points were received' };
  if (bad >= needed) return { state: 'ALARM', reason: `Threshold Crossed: ${bad} out of the last ${periods} datapoints` };
  return { state: 'OK', reason: `${bad} out of the last ${periods} datapoints crossed the threshold` };
}

function breaching(value: number, input: PutMetricAlarmCommandInput): boolean {
  const threshold = input.Threshold ?? 0;
  switch (input.ComparisonOperator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      return false;
  }
}

/** A change of state is kept in the history, starts the actions of the new state, and may turn composite alarms. */
export function turnTo(world: World, place: Place, alarm: StoredAlarm, state: StateValue, reason: string): void {
  const { state: before } = alarm;
  if (before === state) return;
  const now = world.clock.now();
  alarm.history.push({ at: now, from: before, to: state, reason });
  alarm.state = state;
  alarm.reason = reason;
  alarm.updated = now;
  if (state !== 'INSUFFICIENT_DATA') alarm.decided = state;
  act(place, alarm);
  for (const { account, region, item } of world.everywhere(ALARMS))
    if (account === place.account && region === place.region) follow(world, place, item);
}

/** A composite alarm follows its alarms at once. */
export function follow(world: World, place: Place, alarm: StoredAlarm): void {
  if (alarm.settings.kind !== 'composite') return;
  const rule = alarm.settings.input.AlarmRule ?? '';
  const holds = ruleHolds(
    rule,
    (name) => alarmNamed(world, place.account, place.region, name.split(':alarm:').at(-1) ?? name)?.state,
  );
  turnTo(world, place, alarm, holds ? 'ALARM' : 'OK', `${alarm.arn} follows its rule`);
}

function act(place: Place, alarm: StoredAlarm): void {
  const { input } = alarm.settings;
  const change = {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: new Date(alarm.updated).toISOString(),
    AWSAccountId: place.account,
    Region: place.region,
  };
  passOnEvent(place, alarm);
  if (input.ActionsEnabled === false) return;
  const actions = { OK: input.OKActions, ALARM: input.AlarmActions, INSUFFICIENT_DATA: input.InsufficientDataActions };
  passOn(alarm.call, actions[alarm.state] ?? [], change);
}

/** Every change of state is an event on the default bus too. */
function passOnEvent(place: Place, alarm: StoredAlarm): void {
  const Detail = JSON.stringify({ alarmName: alarm.name, state: { value: alarm.state, reason: alarm.reason } });
  const Entries = [{ Source: 'aws.cloudwatch', DetailType: 'CloudWatch Alarm State Change', Resources: [alarm.arn], Detail }];
  alarm.call('eventbridge', 'PutEvents', { Entries }, place.region).catch(() => undefined);
}
