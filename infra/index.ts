/**
 * The reference workload: a shop that serves users from one Region and can move to another. It keeps most of the promises in
 * `holdfast.yaml` and breaks some on purpose, each by one property; `shop:mend` mends them one by one (plan/mends.ts).
 * Nothing here knows Holdfast: this is the thing verified.
 */
import * as ecs from '@pulumi/aws/ecs/index.js';
import * as route53 from '@pulumi/aws/route53/index.js';
import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { interpolate, secret } from '@pulumi/pulumi';
import { AuditorRole } from './components/auditor-role.ts';
import { BackupPlan } from './components/backup-plan.ts';
import { BackupVaults } from './components/backup-vaults.ts';
import { CachePromotion } from './components/cache-promotion.ts';
import { Certificates } from './components/certificates.ts';
import { FailoverRecords } from './components/failover-records.ts';
import { GlobalCache } from './components/global-cache.ts';
import { GlobalDatabase } from './components/global-database.ts';
import { GlobalTable } from './components/global-table.ts';
import { Images, imageIn } from './components/images.ts';
import { Keys } from './components/keys.ts';
import { Network } from './components/network.ts';
import { OnCall } from './components/on-call.ts';
import { OrderEvents } from './components/order-events.ts';
import { RegionSwitch } from './components/region-switch.ts';
import { ReplicatedBucket } from './components/replicated-bucket.ts';
import { ReplicatedSecret } from './components/replicated-secret.ts';
import { ReportingDatabase } from './components/reporting-database.ts';
import type { Site } from './components/site.ts';
import { TaskRoles } from './components/task-roles.ts';
import { WebService } from './components/web-service.ts';
import { readSettings } from './config.ts';
import { standbyTasks, tasksSurvivingZoneLoss } from './plan/capacity.ts';
import { failoverSeconds } from './plan/failover-budget.ts';
import { BACKUP_TAG } from './plan/services.ts';
import { makeProviders } from './providers.ts';
import { healthWatch, primaryWatches, standbyWatches } from './watches.ts';

const settings = readSettings();
const { accountId, domain, mends } = settings;
const providers = makeProviders(settings);
const sites = {
  primary: { region: 'eu-west-1', zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'], provider: providers.primary },
  standby: { region: 'eu-central-1', zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'], provider: providers.standby },
};

// Shared by all services: network, keys, images, name space.
const networks = {
  primary: new Network('primary', { site: sites.primary, cidr: '10.20.0.0/16' }),
  standby: new Network('standby', { site: sites.standby, cidr: '10.30.0.0/16' }),
};
const keys = new Keys('data', { sites, accountId, backupAccountId: settings.backupAccountId });
const images = new Images('images', { sites, accountId, services: ['storefront', 'checkout', 'reporting'] });
const zone = new route53.Zone(
  'shop',
  { name: domain, comment: 'The shop', enableAcceleratedRecovery: true },
  { provider: providers.primary, protect: true },
);
const certificates = new Certificates('shop', { sites, domain, zoneId: zone.zoneId });
const clusters = {
  primary: new ecs.Cluster('primary', { name: 'shop' }, { provider: providers.primary }),
  standby: new ecs.Cluster('standby', { name: 'shop' }, { provider: providers.standby }),
};

// Stores. The password is made by AWS during the deployment and written once, to the database and to the secret.
const password = secret(
  secretsmanager.getRandomPasswordOutput({ passwordLength: 40, excludePunctuation: true }, { provider: providers.primary })
    .randomPassword,
);
const ordersDatabase = new GlobalDatabase('orders', {
  sites,
  networks,
  keys,
  service: 'checkout',
  databaseName: 'orders',
  password,
  instanceClass: 'db.r7g.large',
  longestLagSeconds: 20,
  backupTags: { [BACKUP_TAG]: 'critical' },
});
const databaseSecret = new ReplicatedSecret('orders-database', {
  sites,
  keys,
  service: 'checkout',
  description: 'Password of the orders database',
  value: password,
});
// The people who sign the contract with the payment provider enter this one themselves.
const paymentSecret = new ReplicatedSecret('payment-provider', {
  sites,
  keys,
  service: 'checkout',
  description: 'API key of the payment provider',
});
const carts = new GlobalTable('carts', {
  sites,
  keys,
  service: 'checkout',
  hashKey: 'customerId',
  rangeKey: 'cartId',
  recoveryDays: 35,
  backupTags: { [BACKUP_TAG]: 'critical' },
});
const sessions = new GlobalTable('sessions', {
  sites,
  keys,
  service: 'storefront',
  hashKey: 'sessionId',
  expiresAt: 'expiresAt',
  recoveryDays: 7,
  backupTags: {},
});
const media = new ReplicatedBucket('media', { sites, keys, service: 'storefront', accountId, standbyLockedDays: 35 });
const cache = new GlobalCache('catalogue-cache', {
  sites,
  networks,
  keys,
  service: 'catalogue-cache',
  nodeType: 'cache.r7g.large',
});
// BROKEN ON PURPOSE: an order event that waits in the primary's queue is lost with the Region, while the SLA of checkout
// promises an RPO of one minute. Mend: fanOutToStandby.
const events = new OrderEvents('order-events', {
  sites,
  service: 'checkout',
  fanOutToStandby: mends.has('checkout-event-fan-out'),
});
// BROKEN ON PURPOSE: one zone, while the OLA of reporting promises to be back within ten minutes of losing it. Mend: multiAz.
const reportingDatabase = new ReportingDatabase('reporting', {
  site: sites.primary,
  network: networks.primary,
  service: 'reporting',
  kmsKeyArn: keys.primaryArn,
  multiAz: mends.has('reporting-multi-az'),
  backupTags: { [BACKUP_TAG]: 'reporting' },
});

// Compute. The primary survives a zone without launching anything; the standby runs what the MBCO of the SLAs asks for.
const MBCO_PERCENT = 60;
const PEAK_TASKS = { storefront: 8, checkout: 4, reporting: 1 } as const;

const bothKeys = [keys.primaryArn, keys.standbyArn];
const storefrontRoles = new TaskRoles('storefront', {
  site: sites.primary,
  service: 'storefront',
  secretArns: [],
  keyArns: bothKeys,
  statements: [
    {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: [sessions.primaryArn, sessions.standbyArn],
    },
    { actions: ['kms:Decrypt'], resources: bothKeys },
    { actions: ['s3:GetObject'], resources: [interpolate`arn:aws:s3:::${media.primaryBucket}/*`] },
    { actions: ['s3:GetObject'], resources: [interpolate`arn:aws:s3:::${media.standbyBucket}/*`] },
  ],
});
const checkoutRoles = new TaskRoles('checkout', {
  site: sites.primary,
  service: 'checkout',
  secretArns: [databaseSecret, paymentSecret].flatMap((s) => [s.primaryArn, s.standbyArn]),
  keyArns: bothKeys,
  statements: [
    {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
      resources: [carts.primaryArn, carts.standbyArn],
    },
    { actions: ['sns:Publish'], resources: [events.primaryTopicArn, events.standbyTopicArn] },
    {
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [events.primaryQueueArn, events.standbyQueueArn],
    },
    { actions: ['kms:Decrypt'], resources: bothKeys },
  ],
});
const reportingRoles = new TaskRoles('reporting', {
  site: sites.primary,
  service: 'reporting',
  secretArns: [reportingDatabase.masterSecretArn],
  keyArns: [keys.primaryArn],
  // Reports are mailed.
  statements: [
    { actions: ['ses:SendEmail'], resources: [`arn:aws:ses:${sites.primary.region}:${accountId}:identity/${domain}`] },
  ],
});

/** What every web service of one site shares. `here` is also the last part of the component's name. */
const common = (service: keyof typeof PEAK_TASKS, here: keyof typeof sites, roles: TaskRoles) => {
  const site: Site = sites[here];
  const full = tasksSurvivingZoneLoss(PEAK_TASKS[service], site.zones.length);
  return {
    site,
    service,
    network: networks[here],
    clusterArn: clusters[here].arn,
    clusterName: clusters[here].name,
    certificateArn: here === 'primary' ? certificates.primaryArn : certificates.standbyArn,
    image: imageIn(site.region, accountId, service, settings.imageVersion),
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
    tasks: here === 'primary' ? full : standbyTasks(full, MBCO_PERCENT),
    mostTasks: full * 2,
    internal: false,
    secrets: {},
  };
};
const storefront = (here: keyof typeof sites) =>
  new WebService(`storefront-${here}`, {
    ...common('storefront', here, storefrontRoles),
    environment: {
      SESSIONS_TABLE: sessions.tableName,
      MEDIA_BUCKET: here === 'primary' ? media.primaryBucket : media.standbyBucket,
      // A name to look up, not an endpoint to wait for: the storefront starts and serves without its cache.
      CACHE_NAME: `shop-catalogue-cache-${here}`,
    },
  });
const checkout = (here: keyof typeof sites) =>
  new WebService(`checkout-${here}`, {
    ...common('checkout', here, checkoutRoles),
    environment: {
      CARTS_TABLE: carts.tableName,
      DATABASE_HOST: here === 'primary' ? ordersDatabase.primaryEndpoint : ordersDatabase.standbyEndpoint,
      EVENTS_TOPIC: here === 'primary' ? events.primaryTopicArn : events.standbyTopicArn,
      EVENTS_QUEUE: here === 'primary' ? events.primaryQueueUrl : events.standbyQueueUrl,
    },
    secrets: {
      DATABASE_PASSWORD: here === 'primary' ? databaseSecret.primaryArn : databaseSecret.standbyArn,
      PAYMENT_API_KEY: here === 'primary' ? paymentSecret.primaryArn : paymentSecret.standbyArn,
    },
  });
const web = {
  storefront: { primary: storefront('primary'), standby: storefront('standby') },
  checkout: { primary: checkout('primary'), standby: checkout('standby') },
};
// The back office has one Region: its OLA promises no failover, only that little is lost.
const reporting = new WebService('reporting', {
  ...common('reporting', 'primary', reportingRoles),
  environment: { DATABASE_HOST: reportingDatabase.endpoint },
  secrets: { DATABASE_MASTER: reportingDatabase.masterSecretArn },
  internal: true,
});

// Traffic.
const PROBE = { probeIntervalSeconds: 10, probeFailures: 3 };
const ALIAS_TTL_SECONDS = 60;
const storefrontRecords = new FailoverRecords('storefront', {
  sites,
  service: 'storefront',
  zoneId: zone.zoneId,
  hostName: `www.${domain}`,
  ...web.storefront,
  ...PROBE,
  // BROKEN ON PURPOSE: five minutes in which resolvers keep sending users to the lost Region, out of the ten that the SLA of
  // storefront allows for everything. Mend: a TTL of one minute.
  style: { kind: 'cname', primaryTtlSeconds: mends.has('storefront-dns-ttl') ? 60 : 300 },
});
const checkoutRecords = new FailoverRecords('checkout', {
  sites,
  service: 'checkout',
  zoneId: zone.zoneId,
  hostName: `checkout.${domain}`,
  ...web.checkout,
  ...PROBE,
  style: { kind: 'alias' },
});
const reportingRecord = new route53.Record(
  'reporting',
  {
    zoneId: zone.zoneId,
    name: `reports.${domain}`,
    type: 'A',
    aliases: [{ name: reporting.loadBalancerDnsName, zoneId: reporting.loadBalancerZoneId, evaluateTargetHealth: true }],
  },
  { provider: providers.primary },
);

// Alarms. Route 53 publishes its health metrics in us-east-1 only, which here is neither the primary nor the standby Region:
// the alarm that starts a failover does not go down with what it watches.
const ALARM = { periodSeconds: 60, periods: 1 };
const outside = new OnCall('on-call-outside', {
  site: { region: 'us-east-1', provider: providers.primary },
  pagerUrl: settings.pagerUrl,
  watches: [
    healthWatch('storefront', storefrontRecords.healthCheckId, ALARM),
    healthWatch('checkout', checkoutRecords.healthCheckId, ALARM),
  ],
});
new OnCall('on-call-primary', {
  site: sites.primary,
  pagerUrl: settings.pagerUrl,
  watches: primaryWatches({ web: web.checkout.primary, table: carts.tableName, standbyRegion: sites.standby.region }),
});
new OnCall('on-call-standby', {
  site: sites.standby,
  pagerUrl: settings.pagerUrl,
  watches: standbyWatches({ clusterId: ordersDatabase.standbyClusterId, cacheGroupId: cache.standbyGroupId }),
});
const checkoutAlarm = outside.alarmArns['checkout-unreachable'];
const storefrontAlarm = outside.alarmArns['storefront-unreachable'];
if (checkoutAlarm === undefined || storefrontAlarm === undefined)
  throw new Error('a Region switch plan has no alarm to start it');

// Failover of what does not fail over by itself.
const DATABASE_MINUTES = 15;
const SCALING_MINUTES = 10;
const checkoutSwitch = new RegionSwitch('checkout', {
  sites,
  service: 'checkout',
  automatic: true,
  alarmArn: checkoutAlarm,
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
  // BROKEN ON PURPOSE: somebody has to see the alarm and start the plan, while the OLA of the cache promises an RTO for the
  // loss of a Region. Mend: a trigger.
  automatic: mends.has('cache-switch-trigger'),
  alarmArn: storefrontAlarm,
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

// Backups.
const vaults = new BackupVaults('vaults', {
  sites,
  keys,
  accountId,
  backupAccount: providers.backupAccount,
  leastDays: 7,
  mostDays: 400,
});
const hourly = { schedule: 'cron(0 * * * ? *)', startWindowMinutes: 60, completionWindowMinutes: 120 };
new BackupPlan('critical', { site: sites.primary, vaults, tagValue: 'critical', keptDays: 35, ...hourly });
new BackupPlan('reporting', {
  site: sites.primary,
  vaults,
  tagValue: 'reporting',
  keptDays: 35,
  ...hourly,
  // BROKEN ON PURPOSE: a copy leaves the Region once a day, while the OLA of reporting promises to lose eight hours at most.
  // Mend: every hour.
  schedule: mends.has('reporting-backup-hourly') ? hourly.schedule : 'cron(0 2 * * ? *)',
});

const auditor = new AuditorRole('auditor', {
  site: sites.primary,
  trustedAccountId: accountId,
  externalId: settings.auditorExternalId,
});

export const storefrontUrl = interpolate`https://${storefrontRecords.fqdn}`;
export const checkoutUrl = interpolate`https://${checkoutRecords.fqdn}`;
export const reportingUrl = interpolate`https://${reportingRecord.fqdn}`;
export const loadBalancers = {
  storefront: {
    primary: web.storefront.primary.loadBalancerDnsName,
    standby: web.storefront.standby.loadBalancerDnsName,
  },
  checkout: { primary: web.checkout.primary.loadBalancerDnsName, standby: web.checkout.standby.loadBalancerDnsName },
  reporting: reporting.loadBalancerDnsName,
};
export const ordersDatabaseEndpoints = { primary: ordersDatabase.primaryEndpoint, standby: ordersDatabase.standbyEndpoint };
export const cacheEndpoints = { primary: cache.primaryEndpoint, standby: cache.standbyEndpoint };
export const mediaBuckets = { primary: media.primaryBucket, standby: media.standbyBucket };
export const tables = { carts: carts.tableName, sessions: sessions.tableName };
export const repositories = images.repositoryUrls;
export const nameServers = zone.nameServers;
export const switchPlans = { checkout: checkoutSwitch.planArn, catalogueCache: cacheSwitch.planArn };
export const backupVaults = { standby: vaults.standbyArn, account: vaults.accountArn };
export const auditorRoleArn = auditor.arn;
