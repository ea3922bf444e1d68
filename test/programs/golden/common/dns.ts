import * as route53 from '@pulumi/aws/route53/index.js';
import type { Place } from './place.ts';
import type { Door } from './web.ts';

const NAME = 'shop.example.com';

function zone(near: Place) {
  return new route53.Zone('example', { name: 'example.com' }, { provider: near.provider });
}

function aliasOf(web: Door, evaluateTargetHealth: boolean) {
  return { type: 'A', aliases: [{ name: web.dnsName, zoneId: web.zoneId, evaluateTargetHealth }] };
}

/** One name for one Region. */
export function oneRegion(place: Place, web: Door): void {
  new route53.Record('shop', { zoneId: zone(place).zoneId, name: NAME, ...aliasOf(web, true) }, { provider: place.provider });
}

/** One name for two Regions. Route 53 leaves the primary once its load balancer has no healthy target. */
export function twoRegions(place: Place, primary: Door, standby: Door, evaluateTargetHealth = true): void {
  const { zoneId } = zone(place);
  new route53.Record(
    'shop-primary',
    {
      zoneId,
      name: NAME,
      ...aliasOf(primary, evaluateTargetHealth),
      setIdentifier: 'primary',
      failoverRoutingPolicies: [{ type: 'PRIMARY' }],
    },
    { provider: place.provider },
  );
  new route53.Record(
    'shop-secondary',
    {
      zoneId,
      name: NAME,
      ...aliasOf(standby, true),
      setIdentifier: 'secondary',
      failoverRoutingPolicies: [{ type: 'SECONDARY' }],
    },
    { provider: place.provider },
  );
}
