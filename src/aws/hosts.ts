/** Which hosts are AWS's own. */
import { UsageError } from '../model/errors.ts';

/** DNS suffixes of every partition, for IPv4 and for both (partitions.json of the SDKs: dnsSuffix, dualStackDnsSuffix). */
const SUFFIXES = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
];

export const isOfAws = (host: string): boolean => SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));

/** What answers elsewhere is no real AWS, and what it shows must not be kept as if it were. `by`: who said so. */
export const elsewhere = (by: string, url: string): UsageError =>
  new UsageError(
    'endpoint-elsewhere',
    `${by}: expected a host of AWS beside --aws live, found ${url}. Unset it, or name it as what it is: --aws ${url}.`,
  );
