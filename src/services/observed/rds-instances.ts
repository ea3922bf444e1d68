/** RDS DB instances of every engine, with their groups and replicated backups, as AWS shows them. */
import type {
  DBInstance,
  DescribeDBInstanceAutomatedBackupsCommandInput,
  DescribeDBInstanceAutomatedBackupsCommandOutput,
  DescribeDBInstancesCommandInput,
  DescribeDBInstancesCommandOutput,
} from '@aws-sdk/client-rds';
import { Hole, type Value } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import { listed, set, tagsOf } from './compute-listing.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

export const describeInstances = listed<DescribeDBInstancesCommandInput, DescribeDBInstancesCommandOutput>(
  'rds',
  'rds:DescribeDBInstances',
  'Marker',
);
const describeAutomatedBackups = listed<
  DescribeDBInstanceAutomatedBackupsCommandInput,
  DescribeDBInstanceAutomatedBackupsCommandOutput
>('rds', 'rds:DescribeDBInstanceAutomatedBackups', 'Marker');

/** What is chosen when something is deleted is kept nowhere before. */
export const chosenAtDeletion = new Hole('not-reported', 'AWS does not keep it: whoever deletes the database decides');

/** RDS names this group for what was made without one: it covers the default VPC. */
export const ownGroup = (name: string | undefined): string | undefined => (name === 'default' ? undefined : set(name));
/** Groups of parameters that AWS made and nobody can change. */
export const ownParameters = (name: string | undefined): string | undefined =>
  name === undefined || /^default[.:]/.test(name) ? undefined : set(name);

/** The secret that RDS keeps the password of the master user in, where it does. */
export const secretsOf = (secret: DBInstance['MasterUserSecret']): Value =>
  secret === undefined
    ? []
    : [present({ secretArn: secret.SecretArn, secretStatus: secret.SecretStatus, kmsKeyId: secret.KmsKeyId })];

const MEMBER_TYPES: Readonly<Record<string, string>> = {
  docdb: 'aws:docdb/clusterInstance:ClusterInstance',
  neptune: 'aws:neptune/clusterInstance:ClusterInstance',
};
const MEMBER = 'aws:rds/clusterInstance:ClusterInstance';

/** One listing for instances of their own and members of clusters alike. */
export const rdsInstances: Scan = {
  id: 'rds-instances',
  types: ['aws:rds/instance:Instance', MEMBER, ...Object.values(MEMBER_TYPES)],
  where: 'region',
  calls: [describeInstances, listAliases],
  async *run(aws) {
    for await (const page of aws.pages(describeInstances, {}))
      for (const instance of page.DBInstances ?? []) {
        const cluster = set(instance.DBClusterIdentifier);
        if (cluster === undefined) yield await instanceOf(instance, aws);
        else if (isPulumiMember(instance)) yield memberOf(instance, cluster);
      }
  },
};

/** The three instances of a Multi-AZ DB cluster are RDS's own: nobody declares them. */
const isPulumiMember = ({ Engine: engine = '' }: DBInstance): boolean => /^(aurora|docdb|neptune)/.test(engine);

async function instanceOf(instance: DBInstance, aws: Reader): Promise<Observed> {
  const name = instance.DBInstanceIdentifier ?? '';
  return {
    type: 'aws:rds/instance:Instance',
    id: instance.DbiResourceId ?? name,
    arn: instance.DBInstanceArn,
    name,
    properties: present({
      identifier: name,
      engine: set(instance.Engine),
      engineVersion: set(instance.EngineVersion),
      instanceClass: set(instance.DBInstanceClass),
      multiAz: instance.MultiAZ,
      availabilityZone: set(instance.AvailabilityZone),
      dbSubnetGroupName: ownGroup(instance.DBSubnetGroup?.DBSubnetGroupName),
      parameterGroupName: ownParameters(instance.DBParameterGroups?.[0]?.DBParameterGroupName),
      replicateSourceDb: set(instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier),
      backupRetentionPeriod: instance.BackupRetentionPeriod,
      deletionProtection: instance.DeletionProtection,
      storageEncrypted: instance.StorageEncrypted,
      kmsKeyId: await ownKey(aws, instance.KmsKeyId),
      masterUserSecretKmsKeyId: await ownKey(aws, instance.MasterUserSecret?.KmsKeyId),
      skipFinalSnapshot: chosenAtDeletion,
      deleteAutomatedBackups: chosenAtDeletion,
    }),
    outputs: present({
      identifier: name,
      resourceId: instance.DbiResourceId,
      address: instance.Endpoint?.Address,
      endpoint:
        instance.Endpoint?.Address === undefined ? undefined : `${instance.Endpoint.Address}:${instance.Endpoint.Port ?? ''}`,
      status: instance.DBInstanceStatus,
      availabilityZone: set(instance.AvailabilityZone),
      masterUserSecrets: secretsOf(instance.MasterUserSecret),
    }),
    tags: tagsOf(instance.TagList),
  };
}

function memberOf(instance: DBInstance, cluster: string): Observed {
  const name = instance.DBInstanceIdentifier ?? '';
  return {
    type: MEMBER_TYPES[instance.Engine ?? ''] ?? MEMBER,
    id: name,
    arn: instance.DBInstanceArn,
    name,
    properties: present({
      identifier: name,
      clusterIdentifier: cluster,
      engine: set(instance.Engine),
      engineVersion: set(instance.EngineVersion),
      instanceClass: set(instance.DBInstanceClass),
      availabilityZone: set(instance.AvailabilityZone),
      promotionTier: instance.PromotionTier,
    }),
    outputs: present({
      dbiResourceId: instance.DbiResourceId,
      endpoint: instance.Endpoint?.Address,
      address: instance.Endpoint?.Address,
      status: instance.DBInstanceStatus,
    }),
    tags: tagsOf(instance.TagList),
  };
}

/** Replicated backups are shown in the Region that receives them, beside those of its own instances. */
export const rdsBackupReplications: Scan = {
  id: 'rds-backup-replications',
  types: ['aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication'],
  where: 'region',
  calls: [describeAutomatedBackups, listAliases],
  async *run(aws) {
    for await (const page of aws.pages(describeAutomatedBackups, {}))
      for (const backup of page.DBInstanceAutomatedBackups ?? []) {
        const { DBInstanceArn: source, DBInstanceAutomatedBackupsArn: arn, Status: status } = backup;
        if (source === undefined || arn === undefined || source.split(':')[3] === aws.region || status === 'retained') continue;
        yield {
          type: 'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication',
          id: arn,
          arn,
          name: backup.DBInstanceIdentifier ?? arn,
          properties: present({
            sourceDbInstanceArn: source,
            retentionPeriod: backup.BackupRetentionPeriod,
            kmsKeyId: await ownKey(aws, backup.KmsKeyId),
          }),
          outputs: {},
          tags: {},
        };
      }
  },
};
