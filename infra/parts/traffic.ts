import * as route53 from '@pulumi/aws/route53/index.js';
import { FailoverRecords } from '../components/failover-records.ts';
import { OnCall } from '../components/on-call.ts';
import type { Settings } from '../config.ts';
import { healthWatch, primaryWatches, standbyWatches } from '../watches.ts';
import type { Shared } from './shared.ts';
import type { Stores } from './stores.ts';
import type { Web } from './web.ts';

/** How the loss of the primary Region is noticed: three probes, ten seconds apart, then one minute of the alarm. */
export const PROBE = { probeIntervalSeconds: 10, probeFailures: 3 };
export const ALARM = { periodSeconds: 60, periods: 1 };

/** Where users are sent, and who hears when that changes. */
export type Traffic = ReturnType<typeof makeTraffic>;

export function makeTraffic(settings: Settings, { sites, zone }: Shared, stores: Stores, web: Web) {
  const { domain, mends } = settings;
  const { carts, cache, ordersDatabase } = stores;
  const storefrontRecords = new FailoverRecords('storefront', {
    sites,
    service: 'storefront',
    zoneId: zone.zoneId,
    hostName: `www.${domain}`,
    ...web.storefront,
    ...PROBE,
    // BROKEN ON PURPOSE: fifteen minutes in which resolvers keep sending users to the lost Region, while the SLA of storefront
    // allows ten for everything. Mend: a TTL of one minute.
    style: { kind: 'cname', primaryTtlSeconds: mends.has('storefront-dns-ttl') ? 60 : 900 },
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
      aliases: [
        { name: web.reporting.loadBalancerDnsName, zoneId: web.reporting.loadBalancerZoneId, evaluateTargetHealth: true },
      ],
    },
    { provider: sites.primary.provider },
  );

  // Alarms. Route 53 publishes its health metrics in us-east-1 only, which here is neither the primary nor the standby Region:
  // the alarm that starts a failover does not go down with what it watches.
  const outside = new OnCall('on-call-outside', {
    site: { region: 'us-east-1', provider: sites.primary.provider },
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
  return { storefrontRecords, checkoutRecords, reportingRecord, checkoutAlarm, storefrontAlarm };
}
