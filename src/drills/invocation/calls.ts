/** Calls of AWS that an invocation makes besides those of its steps: all of them read. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as Health from '@aws-sdk/client-health';
import type { Call } from '../../aws/call.ts';
import { reads } from '../calls.ts';
import { describeAlarms, healthCheck, healthCheckStatus } from '../kinds/calls.ts';
import { getMetricData, getParameter, listMetrics } from '../live/calls.ts';

export const statistics = reads<CloudWatch.GetMetricStatisticsCommandInput, CloudWatch.GetMetricStatisticsCommandOutput>(
  'cloudwatch',
  'GetMetricStatistics',
);

/** Answers only accounts with a Business, Enterprise On-Ramp or Enterprise support plan (AWS Health API reference). */
export const healthEvents = reads<Health.DescribeEventsCommandInput, Health.DescribeEventsCommandOutput>(
  'health',
  'DescribeEvents',
  // Its endpoint of record (AWS Health user guide, "Endpoints for the AWS Health API").
  { only: 'us-east-1' },
);

/** What reading signals asks of AWS. */
export const SIGNAL_CALLS: readonly Call<never, unknown>[] = [
  describeAlarms,
  healthCheck,
  healthCheckStatus,
  statistics,
  healthEvents,
];

export const INVOCATION_CALLS: readonly Call<never, unknown>[] = [...SIGNAL_CALLS, getMetricData, listMetrics, getParameter];
