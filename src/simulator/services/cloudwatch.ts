/** Simulated CloudWatch: metrics as data points and as series of other services, and alarms over them. */
import type {
  CompositeAlarm,
  DeleteAlarmsCommandInput,
  DeleteAlarmsCommandOutput,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  DisableAlarmActionsCommandInput,
  DisableAlarmActionsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  MetricAlarm,
  PutCompositeAlarmCommandInput,
  PutCompositeAlarmCommandOutput,
  PutMetricAlarmCommandInput,
  PutMetricAlarmCommandOutput,
  SetAlarmStateCommandInput,
  SetAlarmStateCommandOutput,
  Tag,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { begin, follow, turnTo } from './cloudwatch-alarms.ts';
import { cloudwatchDeployers } from './cloudwatch-deployers.ts';
import { metricOperations } from './cloudwatch-metrics.ts';
import { ALARM_TAGS, ALARMS, type AlarmSettings, type StoredAlarm } from './cloudwatch-model.ts';
import { ruleHolds } from './cloudwatch-rule.ts';

const invalid = (message: string): ServiceFault => new ServiceFault('ValidationError', message);

/** Seconds (API PutMetricAlarm, Period). */
const HOUR = 3600;
const DAY = 86_400;

const putMetric: Operation<PutMetricAlarmCommandInput, Reply<PutMetricAlarmCommandOutput>> = (input, context) => {
  const periods = input.EvaluationPeriods ?? 0;
  if (periods < 1) throw invalid('EvaluationPeriods must be at least 1');
  if ((input.DatapointsToAlarm ?? 1) > periods) throw invalid('DatapointsToAlarm must not be above EvaluationPeriods');
  if ((input.MetricName === undefined) === (input.Metrics === undefined))
    throw invalid('exactly one of MetricName and Metrics must be given');
  if (input.MetricName !== undefined && input.Period === undefined) throw invalid('Period must be given with MetricName');
  const { Period: period = 60 } = input;
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
    throw invalid('Period must be 10, 20, 30 or a multiple of 60');
  if (period * periods > (period < HOUR ? DAY : 7 * DAY))
    throw invalid('Metrics cannot be checked across more than a day, or more than a week where the period is an hour or longer');
  // PutMetricAlarm: ActionsEnabled is true when not given.
  store(context, { kind: 'metric', input: { ...input, ActionsEnabled: input.ActionsEnabled ?? true } }, input.Tags);
  return {};
};

const putComposite: Operation<PutCompositeAlarmCommandInput, Reply<PutCompositeAlarmCommandOutput>> = (input, context) => {
  ruleHolds(input.AlarmRule ?? '', () => undefined);
  store(context, { kind: 'composite', input: { ...input, ActionsEnabled: input.ActionsEnabled ?? true } }, input.Tags);
  return {};
};

/** A new alarm has not enough data; one that is defined again keeps its state. Tags are taken at creation only. */
function store(context: CallContext, settings: AlarmSettings, tags: readonly Tag[] | undefined): void {
  const name = settings.input.AlarmName ?? '';
  const old = context.get(ALARMS, name);
  if (old !== undefined) old.stopped = true;
  const alarm: StoredAlarm = {
    name,
    arn: context.arn('cloudwatch', `alarm:${name}`),
    settings,
    state: old?.state ?? 'INSUFFICIENT_DATA',
    reason: old?.reason ?? 'Unchecked: Initial alarm creation',
    updated: old?.updated ?? context.world.clock.now(),
    decided: old?.decided ?? 'OK',
    history: old?.history ?? [],
    stopped: false,
    call: context.call,
  };
  context.put(ALARMS, name, alarm);
  if (old === undefined)
    context.put(ALARM_TAGS, alarm.arn, Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])));
  const place = { account: context.account, region: context.region };
  begin(context.world, place, alarm);
  follow(context.world, place, alarm);
}

const shared = (alarm: StoredAlarm) => ({
  AlarmArn: alarm.arn,
  StateValue: alarm.state,
  StateReason: alarm.reason,
  StateUpdatedTimestamp: new Date(alarm.updated),
});

function metricShown(alarm: StoredAlarm): MetricAlarm | undefined {
  if (alarm.settings.kind !== 'metric') return undefined;
  const { Tags, ...input } = alarm.settings.input;
  return { OKActions: [], AlarmActions: [], InsufficientDataActions: [], ...input, ...shared(alarm) };
}

function compositeShown(alarm: StoredAlarm): CompositeAlarm | undefined {
  if (alarm.settings.kind !== 'composite') return undefined;
  const { Tags, ...input } = alarm.settings.input;
  return { OKActions: [], AlarmActions: [], InsufficientDataActions: [], ...input, ...shared(alarm) };
}

const isIn = ({ state }: StoredAlarm, wanted: string): boolean => state === wanted;

const PAGE = 50;

/** Without AlarmTypes only metric alarms are answered with (API reference, DescribeAlarms). */
const describe: Operation<DescribeAlarmsCommandInput, Reply<DescribeAlarmsCommandOutput>> = (input, context) => {
  const kinds = (input.AlarmTypes ?? ['MetricAlarm']).map((t) => (t === 'CompositeAlarm' ? 'composite' : 'metric'));
  const wanted = context
    .list(ALARMS)
    .filter(
      (a) =>
        kinds.includes(a.settings.kind) &&
        (input.AlarmNames === undefined || input.AlarmNames.includes(a.name)) &&
        (input.AlarmNamePrefix === undefined || a.name.startsWith(input.AlarmNamePrefix)) &&
        (input.StateValue === undefined || isIn(a, input.StateValue)),
    );
  const { items, next } = page(wanted, input.NextToken, Math.min(input.MaxRecords ?? PAGE, 100));
  return {
    MetricAlarms: items.map(metricShown).filter((a) => a !== undefined),
    CompositeAlarms: items.map(compositeShown).filter((a) => a !== undefined),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

const history: Operation<DescribeAlarmHistoryCommandInput, Reply<DescribeAlarmHistoryCommandOutput>> = (input, context) => {
  const alarms = context.list(ALARMS).filter((a) => input.AlarmName === undefined || a.name === input.AlarmName);
  const items = alarms.flatMap((alarm) =>
    alarm.history.map((t) => ({
      AlarmName: alarm.name,
      Timestamp: new Date(t.at),
      HistoryItemType: 'StateUpdate' as const,
      HistorySummary: `Alarm updated from ${t.from} to ${t.to}`,
    })),
  );
  const { items: shown, next } = page([...items].reverse(), input.NextToken, Math.min(input.MaxRecords ?? 100, 100));
  return { AlarmHistoryItems: [...shown], ...(next === undefined ? {} : { NextToken: next }) };
};

function found(context: CallContext, name: string | undefined): StoredAlarm {
  const alarm = context.get(ALARMS, name ?? '');
  if (alarm === undefined) throw new ServiceFault('ResourceNotFound', `Unknown alarm ${name}`, 404);
  return alarm;
}

/** Lasts until the next evaluation (API reference, SetAlarmState). */
const setState: Operation<SetAlarmStateCommandInput, Reply<SetAlarmStateCommandOutput>> = (input, context) => {
  const alarm = found(context, input.AlarmName);
  turnTo(context.world, context, alarm, input.StateValue ?? alarm.state, input.StateReason ?? '');
  return {};
};

const remove: Operation<DeleteAlarmsCommandInput, Reply<DeleteAlarmsCommandOutput>> = (input, context) => {
  for (const alarm of (input.AlarmNames ?? []).map((name) => found(context, name))) {
    alarm.stopped = true;
    context.remove(ALARMS, alarm.name);
    context.remove(ALARM_TAGS, alarm.arn);
  }
  return {};
};

const switchActions =
  (enabled: boolean): Operation<DisableAlarmActionsCommandInput, Reply<DisableAlarmActionsCommandOutput>> =>
  (input, context) => {
    for (const alarm of (input.AlarmNames ?? []).map((name) => found(context, name)))
      alarm.settings.input.ActionsEnabled = enabled;
    return {};
  };

const listTags: Operation<ListTagsForResourceCommandInput, Reply<ListTagsForResourceCommandOutput>> = (input, context) => ({
  Tags: Object.entries(context.get(ALARM_TAGS, input.ResourceARN ?? '') ?? {}).map(([Key, Value]) => ({ Key, Value })),
});

const tag: Operation<TagResourceCommandInput, Reply<TagResourceCommandOutput>> = (input, context) => {
  const arn = input.ResourceARN ?? '';
  const added = (input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''] as const);
  context.put(ALARM_TAGS, arn, { ...context.get(ALARM_TAGS, arn), ...Object.fromEntries(added) });
  return {};
};

const untag: Operation<UntagResourceCommandInput, Reply<UntagResourceCommandOutput>> = (input, context) => {
  const arn = input.ResourceARN ?? '';
  const kept = Object.entries(context.get(ALARM_TAGS, arn) ?? {}).filter(([key]) => input.TagKeys?.includes(key) !== true);
  context.put(ALARM_TAGS, arn, Object.fromEntries(kept));
  return {};
};

export const cloudwatch: SimulatedService = {
  client: 'cloudwatch',
  prefix: 'cloudwatch',
  operations: {
    ...metricOperations,
    PutMetricAlarm: putMetric,
    PutCompositeAlarm: putComposite,
    DescribeAlarms: describe,
    DescribeAlarmHistory: history,
    SetAlarmState: setState,
    DeleteAlarms: remove,
    EnableAlarmActions: switchActions(true),
    DisableAlarmActions: switchActions(false),
    ListTagsForResource: listTags,
    TagResource: tag,
    UntagResource: untag,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(ALARMS)) {
        const gone =
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account);
        if (!gone) continue;
        item.stopped = true;
        world.remove(ALARMS, account, region, key);
      }
    });
  },
  deployers: cloudwatchDeployers,
};
