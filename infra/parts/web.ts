import { interpolate } from '@pulumi/pulumi';
import { imageIn } from '../components/images.ts';
import { TaskRoles } from '../components/task-roles.ts';
import { WebService } from '../components/web-service.ts';
import type { Settings } from '../config.ts';
import { MBCO_PERCENT, standbyTasks, tasksSurvivingZoneLoss } from '../plan/capacity.ts';
import type { Shared } from './shared.ts';
import type { Stores } from './stores.ts';

/** Tasks that each service needs at its busiest hour. */
const PEAK_TASKS = { storefront: 8, checkout: 4, reporting: 1 } as const;

/** The services' tasks and load balancers. */
export type Web = ReturnType<typeof makeWeb>;

/** The primary survives a zone without launching anything; the standby runs what the MBCO of the SLAs asks for. */
export function makeWeb(settings: Settings, shared: Shared, stores: Stores) {
  const { accountId, domain } = settings;
  const { sites, networks, keys, certificates, clusters } = shared;
  const { ordersDatabase, databaseSecret, paymentSecret, carts, sessions, media, events, reportingDatabase } = stores;
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
    const site = sites[here];
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
      leastHealthyPercent: MBCO_PERCENT,
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
  const inBoth = {
    storefront: { primary: storefront('primary'), standby: storefront('standby') },
    checkout: { primary: checkout('primary'), standby: checkout('standby') },
  };
  // The back office has one Region: its OLA promises no failover, only that little is lost.
  const reporting = new WebService('reporting', {
    ...common('reporting', 'primary', reportingRoles),
    mostTasks: tasksSurvivingZoneLoss(PEAK_TASKS.reporting, sites.primary.zones.length),
    environment: { DATABASE_HOST: reportingDatabase.endpoint },
    secrets: { DATABASE_MASTER: reportingDatabase.masterSecretArn },
    internal: true,
  });
  return { ...inBoth, reporting };
}
