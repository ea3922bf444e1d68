import * as iam from '@pulumi/aws/iam/index.js';
import * as kms from '@pulumi/aws/kms/index.js';
import * as s3 from '@pulumi/aws/s3/index.js';
import { twoRegions } from './dns.ts';
import { type Place, primaryPlace, standbyPlace } from './place.ts';
import { web } from './web.ts';

export interface BucketShop {
  /** Does the rule select objects under SSE-KMS? */
  readonly copiesEncrypted: boolean;
  readonly destinationVersioning: 'Enabled' | 'Suspended';
}

/** The shop in two Regions on a replicated bucket, each side under a key of its own. */
export function bucketShop(settings: BucketShop): void {
  const primary = primaryPlace();
  const standby = standbyPlace();
  const side = (place: Place, versioning: string) => {
    const { provider } = place;
    const name = `documents-${place.name}`;
    const key = new kms.Key(name, { enableKeyRotation: true, deletionWindowInDays: 30 }, { provider, protect: true });
    const bucket = new s3.Bucket(name, {}, { provider, protect: true });
    new s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.id,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn } }],
      },
      { provider },
    );
    const versions = new s3.BucketVersioning(
      name,
      { bucket: bucket.id, versioningConfiguration: { status: versioning } },
      { provider },
    );
    return { key, bucket, versions };
  };
  const source = side(primary, 'Enabled');
  const copy = side(standby, settings.destinationVersioning);
  const role = new iam.Role(
    'replication',
    { assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 's3.amazonaws.com' }) },
    { provider: primary.provider },
  );
  new s3.BucketReplicationConfig(
    'documents',
    {
      bucket: source.bucket.id,
      role: role.arn,
      rules: [
        {
          id: 'everything',
          status: 'Enabled',
          filter: {},
          priority: 1,
          deleteMarkerReplication: { status: 'Enabled' },
          ...(settings.copiesEncrypted ? { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } } } : {}),
          destination: {
            bucket: copy.bucket.arn,
            encryptionConfiguration: { replicaKmsKeyId: copy.key.arn },
            replicationTime: { status: 'Enabled', time: { minutes: 15 } },
            metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
          },
        },
      ],
    },
    { provider: primary.provider, dependsOn: [source.versions, copy.versions] },
  );
  twoRegions(
    primary,
    web('primary', primary, { calls: { DOCUMENTS: source.bucket.id } }),
    web('standby', standby, { calls: { DOCUMENTS: copy.bucket.id } }),
  );
}
