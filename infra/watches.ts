import type { Input } from '@pulumi/pulumi';
import type { Watch } from './components/on-call.ts';
import type { WebService } from './components/web-service.ts';
import type { ServiceName } from './plan/services.ts';

/** The primary Region of a service, seen from Route 53's checkers. No data counts as bad news. */
export function healthWatch(
  service: ServiceName,
  healthCheckId: Input<string>,
  timing: Pick<Watch, 'periodSeconds' | 'periods'>,
): Watch {
  return {
    name: `${service}-unreachable`,
    service,
    description: `${service} does not answer in the primary Region`,
    namespace: 'AWS/Route53',
    metricName: 'HealthCheckStatus',
    dimensions: { HealthCheckId: healthCheckId },
    statistic: 'Minimum',
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
    treatMissingData: 'breaching',
    ...timing,
  };
}

/** What people should know in the primary Region before it becomes an outage. */
export function primaryWatches(watched: {
  readonly web: WebService;
  readonly table: Input<string>;
  readonly standbyRegion: string;
}): readonly Watch[] {
  return [
    {
      name: 'checkout-healthy-tasks',
      service: 'checkout',
      description: 'Fewer than two tasks of checkout answer',
      namespace: 'AWS/ApplicationELB',
      metricName: 'HealthyHostCount',
      dimensions: { LoadBalancer: watched.web.loadBalancerArnSuffix, TargetGroup: watched.web.targetGroupArnSuffix },
      statistic: 'Minimum',
      comparisonOperator: 'LessThanThreshold',
      threshold: 2,
      treatMissingData: 'breaching',
      periodSeconds: 60,
      periods: 2,
    },
    {
      name: 'carts-replication-slow',
      service: 'checkout',
      description: 'Carts reach the standby Region more than five seconds late',
      namespace: 'AWS/DynamoDB',
      metricName: 'ReplicationLatency',
      dimensions: { TableName: watched.table, ReceivingRegion: watched.standbyRegion },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 5000,
      treatMissingData: 'missing',
      periodSeconds: 60,
      periods: 5,
    },
  ];
}

/** How far the standby Region's copies are behind. Milliseconds for Aurora, seconds for ElastiCache. */
export function standbyWatches(watched: {
  readonly clusterId: Input<string>;
  readonly cacheGroupId: Input<string>;
}): readonly Watch[] {
  return [
    {
      name: 'orders-replication-slow',
      service: 'checkout',
      description: 'Orders reach the standby Region more than five seconds late',
      namespace: 'AWS/RDS',
      metricName: 'AuroraGlobalDBReplicationLag',
      dimensions: { DBClusterIdentifier: watched.clusterId },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 5000,
      treatMissingData: 'breaching',
      periodSeconds: 60,
      periods: 5,
    },
    {
      name: 'cache-replication-slow',
      service: 'catalogue-cache',
      description: 'The cache of the standby Region is more than thirty seconds behind',
      namespace: 'AWS/ElastiCache',
      metricName: 'GlobalDatastoreReplicationLag',
      dimensions: { ReplicationGroupId: watched.cacheGroupId },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 30,
      treatMissingData: 'breaching',
      periodSeconds: 60,
      periods: 5,
    },
  ];
}
