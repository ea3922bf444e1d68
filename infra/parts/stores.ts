import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { secret } from '@pulumi/pulumi';
import { GlobalCache } from '../components/global-cache.ts';
import { GlobalDatabase } from '../components/global-database.ts';
import { GlobalTable } from '../components/global-table.ts';
import { OrderEvents } from '../components/order-events.ts';
import { ReplicatedBucket } from '../components/replicated-bucket.ts';
import { ReplicatedSecret } from '../components/replicated-secret.ts';
import { ReportingDatabase } from '../components/reporting-database.ts';
import type { Settings } from '../config.ts';
import { BACKUP_TAG } from '../plan/services.ts';
import type { Shared } from './shared.ts';

/** What the services would miss if it were lost. */
export type Stores = ReturnType<typeof makeStores>;

export function makeStores({ accountId, mends }: Settings, { sites, networks, keys }: Shared) {
  // Made by AWS during the deployment and written once, to the database and to the secret.
  const password = secret(
    secretsmanager.getRandomPasswordOutput({ passwordLength: 40, excludePunctuation: true }, { provider: sites.primary.provider })
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
  // BROKEN ON PURPOSE: both nodes may stand in one zone, while the OLA of the cache promises to be back within ten minutes of
  // losing one. Mend: primaryMultiAz.
  const cache = new GlobalCache('catalogue-cache', {
    sites,
    networks,
    keys,
    service: 'catalogue-cache',
    nodeType: 'cache.r7g.large',
    primaryMultiAz: mends.has('cache-multi-az'),
  });
  // BROKEN ON PURPOSE: an order event that waits in the primary's queue is lost with the Region, while the SLA of checkout
  // promises an RPO of two minutes. Mend: fanOut.
  const events = new OrderEvents('order-events', {
    sites,
    service: 'checkout',
    fanOut: mends.has('checkout-event-fan-out'),
  });
  // BROKEN ON PURPOSE: one zone, while the OLA of reporting promises to be back within a quarter of an hour of losing it. Mend: multiAz.
  const reportingDatabase = new ReportingDatabase('reporting', {
    site: sites.primary,
    network: networks.primary,
    service: 'reporting',
    kmsKeyArn: keys.primaryArn,
    multiAz: mends.has('reporting-multi-az'),
    backupTags: { [BACKUP_TAG]: 'reporting' },
  });
  return { ordersDatabase, databaseSecret, paymentSecret, carts, sessions, media, cache, events, reportingDatabase };
}
