/** File systems, their mount targets, replication and backup policy, from the inputs of the Pulumi provider. */
import type * as EFS from '@aws-sdk/client-efs';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { blockOf, flagOf, need, tagList, textOf, without } from './compute-inputs.ts';

async function fileSystem(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const key = textOf(inputs.kmsKeyId);
  const made = (await deployment.call(
    'efs',
    'CreateFileSystem',
    without({
      CreationToken: textOf(inputs.creationToken) ?? deployment.world.random.hex(26),
      AvailabilityZoneName: textOf(inputs.availabilityZoneName),
      // The provider refuses a key without `encrypted`; a key from state comes with it.
      Encrypted: flagOf(inputs.encrypted) ?? (key === undefined ? undefined : true),
      KmsKeyId: key,
      Tags: tagList(given.tags),
    }),
  )) as EFS.CreateFileSystemCommandOutput;
  const id = made.FileSystemId ?? '';
  await deployment.until(async () => {
    const now = (await deployment.call('efs', 'DescribeFileSystems', {
      FileSystemId: id,
    })) as EFS.DescribeFileSystemsCommandOutput;
    return now.FileSystems?.[0]?.LifeCycleState === 'available';
  }, `${id} is available`);
  const overwrite = textOf(blockOf(inputs.protection)?.replicationOverwrite);
  if (overwrite === 'ENABLED' || overwrite === 'DISABLED')
    await deployment.call('efs', 'UpdateFileSystemProtection', { FileSystemId: id, ReplicationOverwriteProtection: overwrite });
  return {
    id,
    outputs: without({
      arn: made.FileSystemArn,
      dnsName: `${id}.efs.${given.region}.amazonaws.com`,
      availabilityZoneName: made.AvailabilityZoneName,
    }),
  };
}

async function mountTarget(given: Given, deployment: Deployment): Promise<Created> {
  const FileSystemId = need(given, 'fileSystemId');
  const made = (await deployment.call('efs', 'CreateMountTarget', {
    FileSystemId,
    SubnetId: need(given, 'subnetId'),
  })) as EFS.CreateMountTargetCommandOutput;
  return {
    id: made.MountTargetId ?? '',
    outputs: without({
      availabilityZoneName: made.AvailabilityZoneName,
      dnsName: `${FileSystemId}.efs.${given.region}.amazonaws.com`,
    }),
  };
}

async function replication(given: Given, deployment: Deployment): Promise<Created> {
  const source = need(given, 'sourceFileSystemId');
  const wanted = blockOf(given.inputs.destination);
  const destination = without({
    Region: textOf(wanted?.region),
    AvailabilityZoneName: textOf(wanted?.availabilityZoneName),
    FileSystemId: textOf(wanted?.fileSystemId),
    KmsKeyId: textOf(wanted?.kmsKeyId),
  });
  const input = { SourceFileSystemId: source, Destinations: [destination] };
  const made = (await deployment.call(
    'efs',
    'CreateReplicationConfiguration',
    input,
  )) as EFS.CreateReplicationConfigurationCommandOutput;
  const { FileSystemId: fileSystemId, Region: region } = made.Destinations?.[0] ?? {};
  return { id: source, outputs: { destination: without({ ...wanted, fileSystemId, region }) } };
}

export const efsDeployers: readonly Deployer[] = [
  { type: 'aws:efs/fileSystem:FileSystem', create: fileSystem },
  { type: 'aws:efs/mountTarget:MountTarget', create: mountTarget },
  { type: 'aws:efs/replicationConfiguration:ReplicationConfiguration', create: replication },
  {
    type: 'aws:efs/backupPolicy:BackupPolicy',
    async create(given, deployment) {
      const id = need(given, 'fileSystemId');
      const Status = textOf(blockOf(given.inputs.backupPolicy)?.status) ?? 'DISABLED';
      await deployment.call('efs', 'PutBackupPolicy', { FileSystemId: id, BackupPolicy: { Status } });
      return { id, outputs: {} };
    },
  },
];
