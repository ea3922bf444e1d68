import { interpolate } from '@pulumi/pulumi';
import { CachePromotion } from '../components/cache-promotion.ts';
import { RegionSwitch } from '../components/region-switch.ts';
import type { Settings } from '../config.ts';
import { MBCO_PERCENT } from '../plan/capacity.ts';
import { failoverSeconds } from '../plan/failover-budget.ts';
import type { Shared } from './shared.ts';
import type { Stores } from './stores.ts';
import { ALARM, PROBE, type Traffic } from './traffic.ts';
import type { Web } from './web.ts';

const DATABASE_MINUTES = 15;
const SCALING_MINUTES = 10;
/** TTL of an alias to a load balancer (Route 53 Developer Guide, "Choosing between alias and non-alias records"). */
const ALIAS_TTL_SECONDS = 60;

/** Region failover of what does not fail over by itself. */
export function makeRegionSwitches(settings: Settings, { sites, clusters }: Shared, stores: Stores, web: Web, traffic: Traffic) {
  const { accountId } = settings;
  const { cache, ordersDatabase } = stores;
  const checkoutSwitch = new RegionSwitch('checkout', {
    sites,
    service: 'checkout',
    automatic: true,
    alarmArn: traffic.checkoutAlarm,
    recoveryTimeObjectiveMinutes: Math.ceil(
      failoverSeconds({
        ...PROBE,
        alarmPeriodSeconds: ALARM.periodSeconds,
        alarmDatapoints: ALARM.periods,
        stepMinutes: [DATABASE_MINUTES, SCALING_MINUTES],
        ttlSeconds: ALIAS_TTL_SECONDS,
      }) / 60,
    ),
    steps: [
      {
        name: 'orders-database',
        description: 'Makes the cluster of this Region the writer of the global database',
        executionBlockType: 'AuroraGlobalDatabase',
        globalAuroraConfigs: [
          {
            globalClusterIdentifier: ordersDatabase.globalClusterId,
            databaseClusterArns: [ordersDatabase.primaryClusterArn, ordersDatabase.standbyClusterArn],
            behavior: 'failover',
            ungracefuls: [{ ungraceful: 'failover' }],
            timeoutMinutes: DATABASE_MINUTES,
          },
        ],
      },
      {
        name: 'checkout-tasks',
        description: 'From the share that the MBCO asks for to full capacity',
        executionBlockType: 'ECSServiceScaling',
        ecsCapacityIncreaseConfigs: [
          {
            services: [
              { clusterArn: clusters.primary.arn, serviceArn: web.checkout.primary.serviceArn },
              { clusterArn: clusters.standby.arn, serviceArn: web.checkout.standby.serviceArn },
            ],
            capacityMonitoringApproach: 'sampledMaxInLast24Hours',
            targetPercent: 100,
            timeoutMinutes: SCALING_MINUTES,
            ungraceful: { minimumSuccessPercentage: MBCO_PERCENT },
          },
        ],
      },
    ],
    statements: [
      {
        actions: ['rds:FailoverGlobalCluster', 'rds:DescribeGlobalClusters', 'rds:DescribeDBClusters'],
        resources: [
          ordersDatabase.primaryClusterArn,
          ordersDatabase.standbyClusterArn,
          interpolate`arn:aws:rds::${accountId}:global-cluster:${ordersDatabase.globalClusterId}`,
        ],
      },
      {
        actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
        resources: [web.checkout.primary.serviceArn, web.checkout.standby.serviceArn],
      },
    ],
  });
  const promotion = new CachePromotion('cache-promotion', {
    sites,
    service: 'catalogue-cache',
    globalDatastoreId: cache.globalDatastoreId,
    primaryGroupId: cache.primaryGroupId,
    standbyGroupId: cache.standbyGroupId,
  });
  const cacheSwitch = new RegionSwitch('catalogue-cache', {
    sites,
    service: 'catalogue-cache',
    // Started by a person: promoting a cache that is only unreachable would empty the one that still serves.
    automatic: false,
    alarmArn: traffic.storefrontAlarm,
    recoveryTimeObjectiveMinutes: 30,
    steps: [
      {
        name: 'promote-cache',
        description: 'Makes the replication group of this Region the primary of the global datastore',
        executionBlockType: 'CustomActionLambda',
        customActionLambdaConfigs: [
          {
            lambdas: promotion.functionArns.map((arn) => ({ arn })),
            regionToRun: 'activatingRegion',
            retryIntervalMinutes: 1,
            timeoutMinutes: 10,
          },
        ],
      },
    ],
    statements: [{ actions: ['lambda:GetFunction', 'lambda:InvokeFunction'], resources: promotion.functionArns }],
  });
  return { checkoutSwitch, cacheSwitch };
}
