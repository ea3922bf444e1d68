/** Calls of AWS that drills make besides those of steps: what must hold before, and what is watched. */
import type * as Backup from '@aws-sdk/client-backup';
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as Rds from '@aws-sdk/client-rds';
import type * as Route53 from '@aws-sdk/client-route-53';
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Call } from '../../aws/call.ts';
import { reads } from '../calls.ts';

export const describeAlarms = reads<CloudWatch.DescribeAlarmsCommandInput, CloudWatch.DescribeAlarmsCommandOutput>(
  'cloudwatch',
  'DescribeAlarms',
  { pages: 'NextToken' },
);
export const calendarState = reads<Ssm.GetCalendarStateCommandInput, Ssm.GetCalendarStateCommandOutput>(
  'ssm',
  'GetCalendarState',
);
export const recoveryPoints = reads<
  Backup.ListRecoveryPointsByResourceCommandInput,
  Backup.ListRecoveryPointsByResourceCommandOutput
>('backup', 'ListRecoveryPointsByResource');
export const continuousBackups = reads<
  DynamoDB.DescribeContinuousBackupsCommandInput,
  DynamoDB.DescribeContinuousBackupsCommandOutput
>('dynamodb', 'DescribeContinuousBackups');
export const describeClusters = reads<Rds.DescribeDBClustersCommandInput, Rds.DescribeDBClustersCommandOutput>(
  'rds',
  'DescribeDBClusters',
  { pages: 'Marker' },
);
export const instanceBackups = reads<
  Rds.DescribeDBInstanceAutomatedBackupsCommandInput,
  Rds.DescribeDBInstanceAutomatedBackupsCommandOutput
>('rds', 'DescribeDBInstanceAutomatedBackups');
/** Route 53's one control plane (AWS Fault Isolation Boundaries, "Global services"). */
const DNS_HOME = { only: 'us-east-1' };

export const healthCheck = reads<Route53.GetHealthCheckCommandInput, Route53.GetHealthCheckCommandOutput>(
  'route-53',
  'GetHealthCheck',
  DNS_HOME,
);
export const healthCheckStatus = reads<Route53.GetHealthCheckStatusCommandInput, Route53.GetHealthCheckStatusCommandOutput>(
  'route-53',
  'GetHealthCheckStatus',
  DNS_HOME,
);

export const targetHealth = reads<ELB.DescribeTargetHealthCommandInput, ELB.DescribeTargetHealthCommandOutput>(
  'elastic-load-balancing-v2',
  'DescribeTargetHealth',
);

/** What drills of every kind may ask. None of them changes anything. */
export const DRILL_CALLS: readonly Call<never, unknown>[] = [
  describeAlarms,
  calendarState,
  recoveryPoints,
  continuousBackups,
  describeClusters,
  instanceBackups,
  healthCheck,
  healthCheckStatus,
  targetHealth,
];
