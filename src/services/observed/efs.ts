/** EFS file systems with their mount targets, replication and automatic backups. */
import type {
  DescribeBackupPolicyCommandInput,
  DescribeBackupPolicyCommandOutput,
  DescribeFileSystemsCommandInput,
  DescribeFileSystemsCommandOutput,
  DescribeMountTargetsCommandInput,
  DescribeMountTargetsCommandOutput,
  DescribeReplicationConfigurationsCommandInput,
  DescribeReplicationConfigurationsCommandOutput,
  FileSystemDescription,
  ReplicationConfigurationDescription,
} from '@aws-sdk/client-efs';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import { inRegion } from './elsewhere.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const describeFileSystems = call<DescribeFileSystemsCommandInput, DescribeFileSystemsCommandOutput>({
  client: 'efs',
  operation: 'DescribeFileSystems',
  action: 'elasticfilesystem:DescribeFileSystems',
  pages: { input: 'Marker', output: 'NextMarker' },
});
const describeMountTargets = call<DescribeMountTargetsCommandInput, DescribeMountTargetsCommandOutput>({
  client: 'efs',
  operation: 'DescribeMountTargets',
  action: 'elasticfilesystem:DescribeMountTargets',
  pages: { input: 'Marker', output: 'NextMarker' },
});
const describeBackupPolicy = call<DescribeBackupPolicyCommandInput, DescribeBackupPolicyCommandOutput>({
  client: 'efs',
  operation: 'DescribeBackupPolicy',
  action: 'elasticfilesystem:DescribeBackupPolicy',
});
const describeReplications = call<DescribeReplicationConfigurationsCommandInput, DescribeReplicationConfigurationsCommandOutput>({
  client: 'efs',
  operation: 'DescribeReplicationConfigurations',
  action: 'elasticfilesystem:DescribeReplicationConfigurations',
  pages: { input: 'NextToken', output: 'NextToken' },
});

const FILE_SYSTEM = 'aws:efs/fileSystem:FileSystem';
const MOUNT_TARGET = 'aws:efs/mountTarget:MountTarget';
const BACKUP_POLICY = 'aws:efs/backupPolicy:BackupPolicy';
const REPLICATION = 'aws:efs/replicationConfiguration:ReplicationConfiguration';

/** Two calls a file system: a mount target is listed by its file system only. */
export const efsFileSystems: Scan = {
  id: 'efs-file-systems',
  types: [FILE_SYSTEM, MOUNT_TARGET, BACKUP_POLICY],
  where: 'region',
  calls: [describeFileSystems, describeMountTargets, describeBackupPolicy, listAliases],
  async *run(aws) {
    for await (const { FileSystems = [] } of aws.pages(describeFileSystems, { MaxItems: 100 })) {
      for (const fs of FileSystems) {
        yield await observeFileSystem(aws, fs);
        yield await observeBackupPolicy(aws, fs);
        for await (const { MountTargets = [] } of aws.pages(describeMountTargets, { FileSystemId: fs.FileSystemId }))
          for (const target of MountTargets) {
            const id = target.MountTargetId ?? '';
            yield {
              type: MOUNT_TARGET,
              id,
              arn: undefined,
              name: id,
              properties: present({ fileSystemId: target.FileSystemId, subnetId: target.SubnetId }),
              outputs: present({ availabilityZoneName: target.AvailabilityZoneName }),
              tags: {},
            };
          }
      }
    }
  },
};

async function observeFileSystem(aws: Reader, fs: FileSystemDescription): Promise<Observed> {
  const id = fs.FileSystemId ?? '';
  const arn = fs.FileSystemArn ?? `arn:aws:elasticfilesystem:${aws.region}:${aws.account}:file-system/${id}`;
  const overwrite = fs.FileSystemProtection?.ReplicationOverwriteProtection;
  return {
    type: FILE_SYSTEM,
    id,
    arn,
    name: fs.Name ?? id,
    properties: present({
      availabilityZoneName: fs.AvailabilityZoneName,
      encrypted: fs.Encrypted,
      kmsKeyId: await ownKey(aws, fs.KmsKeyId),
      protection: overwrite === undefined ? undefined : { replicationOverwrite: overwrite },
    }),
    outputs: { arn, dnsName: `${id}.efs.${aws.region}.amazonaws.com` },
    tags: Object.fromEntries((fs.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
}

/** Said for every file system: without a policy there are no automatic backups, whatever the storage class. */
async function observeBackupPolicy(aws: Reader, fs: FileSystemDescription): Promise<Observed> {
  const id = fs.FileSystemId ?? '';
  const policy = await aws.ask(describeBackupPolicy, { FileSystemId: id }, ['PolicyNotFound']);
  const backupPolicy = policy instanceof Hole ? policy : { status: policy?.BackupPolicy?.Status ?? 'DISABLED' };
  return {
    type: BACKUP_POLICY,
    id,
    arn: undefined,
    name: id,
    properties: { fileSystemId: id, backupPolicy },
    outputs: {},
    tags: {},
  };
}

export const efsReplications: Scan = {
  id: 'efs-replications',
  types: [REPLICATION],
  where: 'region',
  calls: [describeReplications, describeFileSystems],
  async *run(aws) {
    for await (const { Replications = [] } of aws.pages(describeReplications, { MaxResults: 100 })) {
      // The Region of the destination lists a replication, too.
      const own = Replications.filter((r) => (r.SourceFileSystemRegion ?? aws.region) === aws.region);
      yield* await aws.each(own, (replication) => observeReplication(aws, replication));
    }
  },
};

async function observeReplication(aws: Reader, replication: ReplicationConfigurationDescription): Promise<Observed> {
  const id = replication.SourceFileSystemId ?? '';
  const destination = replication.Destinations?.[0];
  const region = destination?.Region ?? aws.region;
  const there = await aws.ask(inRegion(describeFileSystems, region), { FileSystemId: destination?.FileSystemId });
  return {
    type: REPLICATION,
    id,
    arn: undefined,
    name: id,
    properties: {
      sourceFileSystemId: id,
      destination: present({
        fileSystemId: destination?.FileSystemId,
        region,
        // Whether it stores in one AZ, its own Region tells.
        availabilityZoneName: there instanceof Hole ? there : there?.FileSystems?.[0]?.AvailabilityZoneName,
      }),
    },
    outputs: present({
      status: destination?.Status,
      lastReplicatedTimestamp: destination?.LastReplicatedTimestamp?.toISOString(),
    }),
    tags: {},
  };
}
