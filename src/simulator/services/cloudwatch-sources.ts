/** Every series that simulated services show in CloudWatch. */
import type { MetricSource } from '../metric-source.ts';
import { checkIsHealthy } from '../plane/health.ts';
import { dynamodbMetrics } from './dynamodb.ts';
import { efsMetrics } from './efs-events.ts';
import { balancingMetrics } from './elastic-load-balancing-v2-metrics.ts';
import { elasticacheMetrics } from './elasticache-metrics.ts';
import { rdsMetrics } from './rds-metrics.ts';
import { HEALTH_CHECKS } from './route-53-model.ts';
import { s3Metrics } from './s3-events.ts';
import { SQS_METRICS } from './sqs-messages.ts';

/** Route 53's metrics exist in us-east-1 alone (Route 53 developer guide, "Monitoring health checks using CloudWatch"). */
const healthCheckStatus: MetricSource = {
  namespace: 'AWS/Route53',
  metric: 'HealthCheckStatus',
  *dimensions(world) {
    for (const { account, item } of world.everywhere(HEALTH_CHECKS))
      yield {
        account,
        region: 'us-east-1',
        dimensions: { HealthCheckId: item.id },
        value: (at) => (checkIsHealthy(world, item.id, at) ? 1 : 0),
      };
  },
};

export const METRIC_SOURCES: readonly MetricSource[] = [
  healthCheckStatus,
  ...SQS_METRICS,
  ...rdsMetrics,
  ...elasticacheMetrics,
  ...dynamodbMetrics,
  ...s3Metrics,
  ...efsMetrics,
  ...balancingMetrics,
];
