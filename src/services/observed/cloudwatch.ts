/** CloudWatch metric and composite alarms. Their tags are not read: it would cost a call for each of them. */
import type {
  CompositeAlarm,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  Dimension,
  MetricAlarm,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { call } from '../../aws/call.ts';
import { Hole, type Values } from '../../model/value.ts';
import type { Observed, Scan } from './scan.ts';
import { present } from './scan.ts';

const describeAlarms = call<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>({
  client: 'cloudwatch',
  operation: 'DescribeAlarms',
  action: 'cloudwatch:DescribeAlarms',
  pages: { input: 'NextToken', output: 'NextToken' },
});

export const cloudwatchAlarms: Scan = {
  id: 'cloudwatch-alarms',
  types: ['aws:cloudwatch/metricAlarm:MetricAlarm', 'aws:cloudwatch/compositeAlarm:CompositeAlarm'],
  where: 'region',
  calls: [describeAlarms],
  async *run(aws) {
    // Without its types named, CloudWatch leaves composite alarms out (API reference, DescribeAlarms).
    const input: DescribeAlarmsCommandInput = { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 };
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of aws.pages(describeAlarms, input)) {
      for (const alarm of MetricAlarms) yield observeMetricAlarm(alarm);
      for (const alarm of CompositeAlarms) yield observeCompositeAlarm(alarm);
    }
  },
};

const NOT_READ = new Hole('not-modelled', 'tags of alarms are not read');

function observeMetricAlarm(alarm: MetricAlarm): Observed {
  const name = alarm.AlarmName ?? '';
  const queries = alarm.Metrics ?? [];
  return {
    type: 'aws:cloudwatch/metricAlarm:MetricAlarm',
    id: name,
    arn: alarm.AlarmArn,
    name,
    properties: present({
      name,
      ...actionsOf(alarm),
      namespace: alarm.Namespace,
      metricName: alarm.MetricName,
      dimensions: dimensionsOf(alarm.Dimensions),
      period: alarm.Period,
      statistic: alarm.Statistic,
      extendedStatistic: alarm.ExtendedStatistic,
      comparisonOperator: alarm.ComparisonOperator,
      threshold: alarm.Threshold,
      evaluationPeriods: alarm.EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm,
      treatMissingData: alarm.TreatMissingData,
      metricQueries: queries.length === 0 ? undefined : queries.map(queryOf),
    }),
    outputs: present({ arn: alarm.AlarmArn, stateValue: alarm.StateValue }),
    tags: NOT_READ,
  };
}

function observeCompositeAlarm(alarm: CompositeAlarm): Observed {
  const name = alarm.AlarmName ?? '';
  return {
    type: 'aws:cloudwatch/compositeAlarm:CompositeAlarm',
    id: name,
    arn: alarm.AlarmArn,
    name,
    properties: present({
      alarmName: name,
      ...actionsOf(alarm),
      alarmRule: alarm.AlarmRule,
      actionsSuppressor:
        alarm.ActionsSuppressor === undefined
          ? undefined
          : present({
              alarm: alarm.ActionsSuppressor,
              extensionPeriod: alarm.ActionsSuppressorExtensionPeriod,
              waitPeriod: alarm.ActionsSuppressorWaitPeriod,
            }),
    }),
    outputs: present({ arn: alarm.AlarmArn, stateValue: alarm.StateValue }),
    tags: NOT_READ,
  };
}

const actionsOf = (alarm: MetricAlarm | CompositeAlarm): Values =>
  present({
    actionsEnabled: alarm.ActionsEnabled ?? new Hole('not-reported', 'CloudWatch does not say whether the actions are enabled'),
    alarmActions: nonEmpty(alarm.AlarmActions),
    okActions: nonEmpty(alarm.OKActions),
    insufficientDataActions: nonEmpty(alarm.InsufficientDataActions),
  });

const nonEmpty = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

const dimensionsOf = (list: readonly Dimension[] | undefined): Values | undefined =>
  list === undefined || list.length === 0 ? undefined : Object.fromEntries(list.map((d) => [d.Name ?? '', d.Value ?? '']));

const queryOf = (query: MetricDataQuery): Values =>
  present({
    id: query.Id,
    expression: query.Expression,
    label: query.Label,
    period: query.Period,
    returnData: query.ReturnData,
    metric:
      query.MetricStat === undefined
        ? undefined
        : present({
            namespace: query.MetricStat.Metric?.Namespace,
            metricName: query.MetricStat.Metric?.MetricName,
            dimensions: dimensionsOf(query.MetricStat.Metric?.Dimensions),
            period: query.MetricStat.Period,
            stat: query.MetricStat.Stat,
          }),
  });
