/**
 * The reference workload: a shop that serves users from one Region and can move to another. It breaks some of the promises in
 * `holdfast.yaml` on purpose, each by one property; `shop:mend` mends them one by one (plan/mends.ts).
 * Nothing here knows Holdfast: this is the thing verified.
 */
import { interpolate } from '@pulumi/pulumi';
import { AuditorRole } from './components/auditor-role.ts';
import { readSettings } from './config.ts';
import { makeBackups } from './parts/backups.ts';
import { makeRegionSwitches } from './parts/region-switches.ts';
import { makeShared } from './parts/shared.ts';
import { makeStores } from './parts/stores.ts';
import { makeTraffic } from './parts/traffic.ts';
import { makeWeb } from './parts/web.ts';
import { makeProviders } from './providers.ts';

const settings = readSettings();
const providers = makeProviders(settings);
const sites = {
  primary: { region: 'eu-west-1', zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'], provider: providers.primary },
  standby: { region: 'eu-central-1', zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'], provider: providers.standby },
};

const shared = makeShared(settings, sites);
const stores = makeStores(settings, shared);
const web = makeWeb(settings, shared, stores);
const traffic = makeTraffic(settings, shared, stores, web);
const switches = makeRegionSwitches(settings, shared, stores, web, traffic);
const vaults = makeBackups(settings, shared, providers.backupAccount);
const auditor = new AuditorRole('auditor', {
  site: sites.primary,
  trustedAccountId: settings.accountId,
  externalId: settings.auditorExternalId,
});

export const storefrontUrl = interpolate`https://${traffic.storefrontRecords.fqdn}`;
export const checkoutUrl = interpolate`https://${traffic.checkoutRecords.fqdn}`;
export const reportingUrl = interpolate`https://${traffic.reportingRecord.fqdn}`;
export const loadBalancers = {
  storefront: {
    primary: web.storefront.primary.loadBalancerDnsName,
    standby: web.storefront.standby.loadBalancerDnsName,
  },
  checkout: { primary: web.checkout.primary.loadBalancerDnsName, standby: web.checkout.standby.loadBalancerDnsName },
  reporting: web.reporting.loadBalancerDnsName,
};
export const ordersDatabaseEndpoints = {
  primary: stores.ordersDatabase.primaryEndpoint,
  standby: stores.ordersDatabase.standbyEndpoint,
};
export const cacheEndpoints = { primary: stores.cache.primaryEndpoint, standby: stores.cache.standbyEndpoint };
export const mediaBuckets = { primary: stores.media.primaryBucket, standby: stores.media.standbyBucket };
export const tables = { carts: stores.carts.tableName, sessions: stores.sessions.tableName };
export const repositories = shared.images.repositoryUrls;
export const nameServers = shared.zone.nameServers;
export const switchPlans = { checkout: switches.checkoutSwitch.planArn, catalogueCache: switches.cacheSwitch.planArn };
export const backupVaults = { standby: vaults.standbyArn, account: vaults.accountArn };
export const auditorRoleArn = auditor.arn;
