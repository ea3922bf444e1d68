import { describe, expect, it } from 'vitest';
import { cloudwatch } from '../../../src/simulator/services/cloudwatch.ts';
import { sns } from '../../../src/simulator/services/sns.ts';
import { sqs } from '../../../src/simulator/services/sqs.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws } from '../../services/observed/support.ts';
import { call, pass } from './calling.ts';

const ALARM = {
  AlarmName: 'errors',
  Namespace: 'Shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
};

const state = async (aws: SimulatedAws, name = 'errors'): Promise<string | undefined> => {
  const input = { AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] };
  const said = await call<{ MetricAlarms: { StateValue: string }[]; CompositeAlarms: { StateValue: string }[] }>(
    aws,
    'cloudwatch',
    'DescribeAlarms',
    input,
  );
  return [...said.MetricAlarms, ...said.CompositeAlarms][0]?.StateValue;
};

const put = (aws: SimulatedAws, Value: number) =>
  call(aws, 'cloudwatch', 'PutMetricData', { Namespace: 'Shop', MetricData: [{ MetricName: 'Errors', Value }] });

describe('alarms', () => {
  it('turn after as many bad periods as they need, and back', async () => {
    const aws = freshAws([cloudwatch]);
    await call(aws, 'cloudwatch', 'PutMetricAlarm', ALARM);
    expect(await state(aws)).toBe('INSUFFICIENT_DATA');
    const seen: (string | undefined)[] = [];
    for (const value of [0, 0, 0, 9, 9, 9, 0, 0, 0]) {
      await put(aws, value);
      await pass(aws, 60);
      seen.push(await state(aws));
    }
    expect(seen).toEqual(['OK', 'OK', 'OK', 'OK', 'ALARM', 'ALARM', 'ALARM', 'OK', 'OK']);
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
    ['ignore', 'INSUFFICIENT_DATA'],
  ])('without data and with %s: %s', async (TreatMissingData, expected) => {
    const aws = freshAws([cloudwatch]);
    await call(aws, 'cloudwatch', 'PutMetricAlarm', { ...ALARM, TreatMissingData });
    await pass(aws, 300);
    expect(await state(aws)).toBe(expected);
  });

  it('rest while their Region is lost', async () => {
    const aws = freshAws([cloudwatch]);
    await call(aws, 'cloudwatch', 'PutMetricAlarm', { ...ALARM, TreatMissingData: 'breaching' });
    const lost = aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    await pass(aws, 600);
    aws.world.lift(lost);
    expect(await state(aws)).toBe('INSUFFICIENT_DATA');
  });

  it('start their actions, and composite alarms follow their rule', async () => {
    const aws = freshAws([cloudwatch, sns, sqs]);
    const { TopicArn } = await call<{ TopicArn: string }>(aws, 'sns', 'CreateTopic', { Name: 'pages' });
    const { QueueUrl } = await call<{ QueueUrl: string }>(aws, 'sqs', 'CreateQueue', { QueueName: 'pages' });
    const Endpoint = `arn:aws:sqs:us-east-1:${ACCOUNT}:pages`;
    await call(aws, 'sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint });
    await call(aws, 'cloudwatch', 'PutMetricAlarm', { ...ALARM, TreatMissingData: 'ignore', AlarmActions: [TopicArn] });
    const rule = { AlarmName: 'both', AlarmRule: 'ALARM("errors") AND NOT (OK(errors) OR FALSE)' };
    await call(aws, 'cloudwatch', 'PutCompositeAlarm', rule);
    expect(await state(aws, 'both')).toBe('OK');
    await call(aws, 'cloudwatch', 'SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' });
    await pass(aws, 2);
    expect(await state(aws, 'both')).toBe('ALARM');
    const { Messages } = await call<{ Messages: { Body: string }[] }>(aws, 'sqs', 'ReceiveMessage', { QueueUrl });
    expect(Messages[0]?.Body).toContain('NewStateValue');
  });

  it('without their types named, composite ones are left out', async () => {
    const aws = freshAws([cloudwatch]);
    await call(aws, 'cloudwatch', 'PutCompositeAlarm', { AlarmName: 'c', AlarmRule: 'TRUE' });
    const said = await call<{ CompositeAlarms: object[] }>(aws, 'cloudwatch', 'DescribeAlarms', {});
    expect(said.CompositeAlarms).toEqual([]);
  });

  it.each([
    ['no metric', { ...ALARM, MetricName: undefined }],
    ['more data points than periods', { ...ALARM, DatapointsToAlarm: 4 }],
  ])('refuses %s', async (_, input) => {
    const aws = freshAws([cloudwatch]);
    await expect(call(aws, 'cloudwatch', 'PutMetricAlarm', input)).rejects.toMatchObject({ code: 'ValidationError' });
  });
});

describe('metrics', () => {
  it('of a service are there without anybody putting them', async () => {
    const aws = freshAws([cloudwatch, sqs]);
    const { QueueUrl } = await call<{ QueueUrl: string }>(aws, 'sqs', 'CreateQueue', { QueueName: 'orders' });
    await call(aws, 'sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' });
    await pass(aws, 600);
    const now = aws.world.clock.now();
    const metric = { Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible' };
    const said = await call<{ Datapoints: { Maximum: number }[] }>(aws, 'cloudwatch', 'GetMetricStatistics', {
      ...metric,
      Dimensions: [{ Name: 'QueueName', Value: 'orders' }],
      StartTime: new Date(now - 600_000),
      EndTime: new Date(now),
      Period: 60,
      Statistics: ['Maximum'],
    });
    expect(said.Datapoints.length).toBeGreaterThan(5);
    expect(said.Datapoints.every((d) => d.Maximum === 1)).toBe(true);
    const data = await call<{ MetricDataResults: { Values: number[] }[] }>(aws, 'cloudwatch', 'GetMetricData', {
      StartTime: new Date(now - 600_000),
      EndTime: new Date(now),
      MetricDataQueries: [
        {
          Id: 'a',
          MetricStat: {
            Metric: { ...metric, Dimensions: [{ Name: 'QueueName', Value: 'orders' }] },
            Period: 60,
            Stat: 'Average',
          },
        },
      ],
    });
    expect(data.MetricDataResults[0]?.Values.length).toBe(said.Datapoints.length);
  });
});
