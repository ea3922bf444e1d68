/** Calls of AWS that an invocation makes besides those of its steps: all of them read. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as Health from '@aws-sdk/client-health';
import type * as Route53 from '@aws-sdk/client-route-53';
import { type Call, call } from '../../aws/call.ts';
import { reads } from '../by-hand/calls.ts';
import { describeAlarms, healthCheckStatus } from '../kinds/calls.ts';
import { getMetricData, getParameter, listMetrics } from '../live/calls.ts';

export const statistics = reads<CloudWatch.GetMetricStatisticsCommandInput, CloudWatch.GetMetricStatisticsCommandOutput>(
  'cloudwatch',
  'GetMetricStatistics',
);

export const healthCheck = reads<Route53.GetHealthCheckCommandInput, Route53.GetHealthCheckCommandOutput>(
  'route-53',
  'GetHealthCheck',
  // Route 53's one control plane (AWS Fault Isolation Boundaries, "Global services").
  { only: 'us-east-1' },
);

/** Answers only accounts with a Business, Enterprise On-Ramp or Enterprise support plan (AWS Health API reference). */
export const healthEvents = call<Health.DescribeEventsCommandInput, Health.DescribeEventsCommandOutput>({
  client: 'health',
  operation: 'DescribeEvents',
  action: 'health:DescribeEvents',
  // Its endpoint of record (AWS Health user guide, "Endpoints for the AWS Health API").
  only: 'us-east-1',
});

/** What reading signals asks of AWS. */
export const SIGNAL_CALLS: readonly Call<never, unknown>[] = [
  describeAlarms,
  healthCheck,
  healthCheckStatus,
  statistics,
  healthEvents,
];

export const INVOCATION_CALLS: readonly Call<never, unknown>[] = [...SIGNAL_CALLS, getMetricData, listMetrics, getParameter];
