/** CloudWatch alarms from the inputs of the Pulumi provider. */
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { putAgain, removedBy } from '../deploy/lifecycle.ts';
import {
  type Block,
  blockOf,
  blocksOf,
  flagOf,
  isBlock,
  need,
  numberOf,
  tagList,
  textOf,
  textsOf,
  without,
} from './compute-inputs.ts';

const dimensions = (block: Block): { Name: string; Value: string }[] | undefined =>
  isBlock(block.dimensions) ? Object.entries(block.dimensions).map(([Name, v]) => ({ Name, Value: textOf(v) ?? '' })) : undefined;

const actions = ({ inputs }: Given) => ({
  // aws.cloudwatch.MetricAlarm: actionsEnabled defaults to true.
  ActionsEnabled: flagOf(inputs.actionsEnabled) ?? true,
  AlarmDescription: textOf(inputs.alarmDescription),
  AlarmActions: textsOf(inputs.alarmActions),
  OKActions: textsOf(inputs.okActions),
  InsufficientDataActions: textsOf(inputs.insufficientDataActions),
});

async function metricAlarm(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = textOf(inputs.name) ?? deployment.physicalName(given);
  const queries = blocksOf(inputs.metricQueries);
  await deployment.call('cloudwatch', 'PutMetricAlarm', {
    AlarmName: name,
    ...without({
      ...actions(given),
      ComparisonOperator: need(given, 'comparisonOperator'),
      EvaluationPeriods: numberOf(inputs.evaluationPeriods),
      DatapointsToAlarm: numberOf(inputs.datapointsToAlarm),
      Threshold: numberOf(inputs.threshold),
      // aws.cloudwatch.MetricAlarm: treatMissingData defaults to missing.
      TreatMissingData: textOf(inputs.treatMissingData) ?? 'missing',
      ...(queries.length > 0
        ? { Metrics: queries.map(query) }
        : {
            Namespace: textOf(inputs.namespace),
            MetricName: textOf(inputs.metricName),
            Period: numberOf(inputs.period),
            Statistic: textOf(inputs.statistic),
            ExtendedStatistic: textOf(inputs.extendedStatistic),
            Dimensions: dimensions(inputs),
          }),
    }),
    Tags: tagList(given.tags),
  });
  return { id: name, outputs: { name, arn: arnOf(given, name) } };
}

const arnOf = (given: Given, name: string): string => `arn:aws:cloudwatch:${given.region}:${given.account}:alarm:${name}`;

function query(block: Block) {
  const metric = blockOf(block.metric);
  return without({
    Id: textOf(block.id),
    Expression: textOf(block.expression),
    Label: textOf(block.label),
    Period: numberOf(block.period),
    ReturnData: flagOf(block.returnData) ?? false,
    MetricStat:
      metric === undefined
        ? undefined
        : without({
            Metric: without({
              Namespace: textOf(metric.namespace),
              MetricName: textOf(metric.metricName),
              Dimensions: dimensions(metric),
            }),
            Period: numberOf(metric.period),
            Stat: textOf(metric.stat),
          }),
  });
}

async function compositeAlarm(given: Given, deployment: Deployment): Promise<Created> {
  const name = need(given, 'alarmName');
  const suppressor = blockOf(given.inputs.actionsSuppressor);
  await deployment.call('cloudwatch', 'PutCompositeAlarm', {
    AlarmName: name,
    AlarmRule: need(given, 'alarmRule'),
    ...without({
      ...actions(given),
      ActionsSuppressor: textOf(suppressor?.alarm),
      ActionsSuppressorExtensionPeriod: numberOf(suppressor?.extensionPeriod),
      ActionsSuppressorWaitPeriod: numberOf(suppressor?.waitPeriod),
    }),
    Tags: tagList(given.tags),
  });
  return { id: name, outputs: { arn: arnOf(given, name) } };
}

const removeAlarm = removedBy('cloudwatch', 'DeleteAlarms', ({ id }) => ({ AlarmNames: [id] }));

export const cloudwatchDeployers: readonly Deployer[] = [
  { type: 'aws:cloudwatch/metricAlarm:MetricAlarm', ...putAgain(metricAlarm), remove: removeAlarm },
  { type: 'aws:cloudwatch/compositeAlarm:CompositeAlarm', ...putAgain(compositeAlarm), remove: removeAlarm },
];
