import * as arcregionswitch from '@pulumi/aws/arcregionswitch/index.js';
import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import type { arcregionswitch as inputs } from '@pulumi/aws/types/input.js';
import type { GlobalShop } from './aurora-global.ts';
import type { Place } from './place.ts';

/** A step that makes the cluster of the Region that takes over the writer. */
export function databaseStep(shop: GlobalShop, behavior: 'failover' | 'switchoverOnly'): inputs.PlanWorkflowStep {
  return {
    name: 'orders-database',
    executionBlockType: 'AuroraGlobalDatabase',
    globalAuroraConfigs: [
      {
        globalClusterIdentifier: shop.globalClusterId,
        databaseClusterArns: [...shop.clusterArns],
        behavior,
        timeoutMinutes: 15,
      },
    ],
  };
}

/** A plan that an alarm in the standby Region starts when the primary Region does not answer. */
export function regionSwitch(primary: Place, standby: Place, steps: readonly inputs.PlanWorkflowStep[]): void {
  const { provider } = standby;
  const alarm = new cloudwatch.MetricAlarm(
    'primary-unreachable',
    {
      namespace: 'CloudWatchSynthetics',
      metricName: 'SuccessPercent',
      dimensions: { CanaryName: 'shop-primary' },
      statistic: 'Average',
      comparisonOperator: 'LessThanThreshold',
      threshold: 50,
      period: 60,
      evaluationPeriods: 3,
      treatMissingData: 'breaching',
    },
    { provider },
  );
  const role = new iam.Role(
    'region-switch',
    { assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 'arc-region-switch.amazonaws.com' }) },
    { provider },
  );
  const activate = (place: Place) => ({
    workflowTargetAction: 'activate',
    workflowTargetRegion: place.region,
    steps: [...steps],
  });
  new arcregionswitch.Plan(
    'shop',
    {
      name: 'shop',
      executionRole: role.arn,
      recoveryApproach: 'activePassive',
      regions: [primary.region, standby.region],
      primaryRegion: primary.region,
      associatedAlarms: [{ mapBlockKey: 'primary-unreachable', alarmType: 'trigger', resourceIdentifier: alarm.arn }],
      triggers: [
        {
          action: 'activate',
          targetRegion: standby.region,
          minDelayMinutesBetweenExecutions: 60,
          conditions: [{ associatedAlarmName: 'primary-unreachable', condition: 'red' }],
        },
      ],
      workflows: [activate(standby), activate(primary)],
    },
    { provider },
  );
}
