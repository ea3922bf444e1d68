import type { Provider } from '@pulumi/aws/provider.js';

/** One of the two Regions that the shop runs in. */
export interface Site {
  /** AWS Region, for example `eu-west-1`. */
  readonly region: string;
  /** Names of its Availability Zones in use, for example `eu-west-1a`. Written down, not looked up: a preview must know them. */
  readonly zones: readonly string[];
  /** Provider of this Region. */
  readonly provider: Provider;
}

/** The Region that serves users and the one that takes over. */
export interface SitePair {
  readonly primary: Site;
  readonly standby: Site;
}
