/**
 * The promises this workload breaks on purpose, and the one property that mends each. A mend is switched on by naming it in
 * the stack's configuration: `pulumi config set shop:mend reporting-multi-az,storefront-dns-ttl`.
 */

/** Name of each mend, with the property it sets and the promise it keeps. */
export const MENDS = {
  'reporting-multi-az': 'rds.Instance reporting: multiAz true. Keeps reporting RTO az.',
  'reporting-backup-hourly': 'backup.Plan reporting: rules[0].schedule every hour. Keeps the time of reporting RPO region.',
  'storefront-dns-ttl': 'route53.Record storefront-primary: ttl 60. Keeps storefront RTO region.',
  'checkout-event-fan-out': "sns.TopicSubscription to the standby Region's queue. Keeps checkout RPO region.",
  'cache-multi-az': 'elasticache.ReplicationGroup catalogue-cache-primary: multiAzEnabled true. Keeps catalogue-cache RTO az.',
} as const;

export type Mend = keyof typeof MENDS;

function isMend(name: string): name is Mend {
  return Object.hasOwn(MENDS, name);
}

/** Reads a comma-separated list of mends; nothing given mends nothing. Throws on a name that is not in `MENDS`. */
export function parseMends(text: string | undefined): ReadonlySet<Mend> {
  const names = (text ?? '').split(',').map((name) => name.trim());
  const mends = new Set<Mend>();
  for (const name of names) {
    if (name === '') continue;
    if (!isMend(name)) throw new Error(`shop:mend: expected one of ${Object.keys(MENDS).join(', ')}, found "${name}"`);
    mends.add(name);
  }
  return mends;
}
