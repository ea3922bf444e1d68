import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { COMPOSITE_ALARM, cloudwatchAlarm, METRIC_ALARM } from '../../src/services/cloudwatch-alarm.ts';
import { answer, hole, read, timing, value } from './support-traffic.ts';

const alarm = (inputs: { readonly [key: string]: Value }, type = METRIC_ALARM) =>
  read(cloudwatchAlarm, { type, name: 'down', inputs });
const queries: Value = [
  { id: 'a', metric: { period: 60 } },
  { id: 'b', metric: { period: 300 } },
];

it.each([
  ['every period counts by default', alarm({ period: 60, evaluationPeriods: 3 }), '120-180s + cloudwatch-metric-delay'],
  ['some of them', alarm({ period: 60, evaluationPeriods: 5, datapointsToAlarm: 2 }), '60-120s + cloudwatch-metric-delay'],
  [
    'the longest period of several metrics',
    alarm({ evaluationPeriods: 1, metricQueries: queries }),
    '0-300s + cloudwatch-metric-delay',
  ],
  ['no period', alarm({ evaluationPeriods: 1 }), 'unknown:not-reported'],
  ['period not known', alarm({ period: hole, evaluationPeriods: 1 }), 'unknown:unresolved-at-preview'],
  ['composite', alarm({ alarmRule: 'ALARM(a)' }, COMPOSITE_ALARM), 'unknown:not-modelled'],
])('%s', (_, { meaning }, detection) => {
  expect(timing(meaning.detection)).toBe(detection);
});

it('acts and waits for data unless told otherwise', () => {
  const { facts } = alarm({});
  expect(answer(facts.actionsEnabled)).toBe('yes');
  expect(value(facts.missingData)).toBe('missing');
  expect(answer(alarm({ actionsEnabled: false }).facts.actionsEnabled)).toBe('no');
  expect(answer(alarm({ actionsEnabled: hole }).facts.actionsEnabled)).toBe('unresolved-at-preview');
});
