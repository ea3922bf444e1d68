/** The services of the shop and the tags that tie a resource to one of them. */

/** Tier by service; 1 is the most critical. The catalogue (`infra/holdfast.yaml`) says the same. */
export const TIERS = { storefront: 1, checkout: 1, 'catalogue-cache': 2, reporting: 3 } as const;

export type ServiceName = keyof typeof TIERS;

/** Tags of a resource that one service owns. Shared resources (network, keys, zone, vaults) carry none of these. */
export function serviceTags(service: ServiceName): Readonly<Record<string, string>> {
  return { service, tier: String(TIERS[service]) };
}

/** Key of the tag by which the backup plans pick their resources. */
export const BACKUP_TAG = 'backup';
