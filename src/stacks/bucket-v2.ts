/**
 * `aws:s3/bucketV2:BucketV2` of @pulumi/aws 4 to 6 writes blocks that occur at most once as lists; `aws:s3/bucket:Bucket`
 * of every version writes them plainly. Spellings from `BucketV2*` and `Bucket*` in types/input.d.ts of 7.48.0.
 */
import { isList, isRecord, type Value, type Values } from '../model/value.ts';

const SINGLE: Readonly<Record<string, string>> = {
  loggings: 'logging',
  replicationConfigurations: 'replicationConfiguration',
  serverSideEncryptionConfigurations: 'serverSideEncryptionConfiguration',
  versionings: 'versioning',
  websites: 'website',
  destinations: 'destination',
  filters: 'filter',
  sourceSelectionCriterias: 'sourceSelectionCriteria',
  accessControlTranslations: 'accessControlTranslation',
  metrics: 'metrics',
  replicationTimes: 'replicationTime',
  sseKmsEncryptedObjects: 'sseKmsEncryptedObjects',
  expirations: 'expiration',
  noncurrentVersionExpirations: 'noncurrentVersionExpiration',
  defaultRetentions: 'defaultRetention',
  applyServerSideEncryptionByDefaults: 'applyServerSideEncryptionByDefault',
};

/** Blocks whose `rules` occur once; those of replication and of lifecycles may be several. */
const ONE_RULE: ReadonlySet<string> = new Set(['objectLockConfiguration', 'serverSideEncryptionConfigurations']);

/** Writes a BucketV2's properties the way Bucket does. */
export function asBucket(values: Values): Values {
  return folded(values, '');
}

function folded(values: Values, within: string): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const single = key === 'rules' && ONE_RULE.has(within) ? 'rule' : SINGLE[key];
      if (single === undefined || !isList(value) || value.length > 1) return [key, inner(value, key)];
      const [only = null] = value;
      return [single, inner(only, key)];
    }),
  );
}

function inner(value: Value, within: string): Value {
  if (isList(value)) return value.map((item) => inner(item, within));
  return isRecord(value) ? folded(value, within) : value;
}
