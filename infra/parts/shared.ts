import * as ecs from '@pulumi/aws/ecs/index.js';
import * as route53 from '@pulumi/aws/route53/index.js';
import { Certificates } from '../components/certificates.ts';
import { Images } from '../components/images.ts';
import { Keys } from '../components/keys.ts';
import { Network } from '../components/network.ts';
import type { SitePair } from '../components/site.ts';
import type { Settings } from '../config.ts';

/** What all services share: networks, keys, images, name space, clusters. */
export type Shared = ReturnType<typeof makeShared>;

export function makeShared(settings: Settings, sites: SitePair) {
  const { accountId, backupAccountId, domain } = settings;
  const { primary, standby } = sites;
  const networks = {
    primary: new Network('primary', { site: primary, cidr: '10.20.0.0/16' }),
    standby: new Network('standby', { site: standby, cidr: '10.30.0.0/16' }),
  };
  const keys = new Keys('data', { sites, accountId, backupAccountId });
  const images = new Images('images', { sites, accountId, services: ['storefront', 'checkout', 'reporting'] });
  const zone = new route53.Zone(
    'shop',
    { name: domain, comment: 'The shop', enableAcceleratedRecovery: true },
    { provider: primary.provider, protect: true },
  );
  const certificates = new Certificates('shop', { sites, domain, zoneId: zone.zoneId });
  const clusters = {
    primary: new ecs.Cluster('primary', { name: 'shop' }, { provider: primary.provider }),
    standby: new ecs.Cluster('standby', { name: 'shop' }, { provider: standby.provider }),
  };
  return { sites, networks, keys, images, zone, certificates, clusters };
}
