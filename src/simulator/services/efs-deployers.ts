/** File systems, their mount targets, replication and backup policy, from the inputs of the Pulumi provider. */
import type * as EFS from '@aws-sdk/client-efs';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, putAgain, removedBy, unlessGone, untilGone } from '../deploy/lifecycle.ts';
import { blockOf, flagOf, need, tagList, textOf, without } from './compute-inputs.ts';

const overwriteOf = ({ inputs }: Given): string | undefined => textOf(blockOf(inputs.protection)?.replicationOverwrite);

async function protect(id: string, overwrite: string | undefined, deployment: Deployment): Promise<void> {
  if (overwrite === 'ENABLED' || overwrite === 'DISABLED')
    await deployment.call('efs', 'UpdateFileSystemProtection', { FileSystemId: id, ReplicationOverwriteProtection: overwrite });
}

const describeTarget = (id: string | undefined, deployment: Deployment): Promise<unknown> =>
  deployment.call('efs', 'DescribeMountTargets', { MountTargetId: id });

const describeReplication = (id: string | undefined, deployment: Deployment): Promise<unknown> =>
  deployment.call('efs', 'DescribeReplicationConfigurations', { FileSystemId: id });

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
  await protect(id, overwriteOf(given), deployment);
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
  {
    type: 'aws:efs/fileSystem:FileSystem',
    create: fileSystem,
    update: changedBy(async (given, before, deployment) => {
      if (overwriteOf(given) !== overwriteOf(before)) await protect(given.id ?? '', overwriteOf(given), deployment);
    }),
    remove: removedBy('efs', 'DeleteFileSystem', ({ id }) => ({ FileSystemId: id })),
  },
  {
    type: 'aws:efs/mountTarget:MountTarget',
    create: mountTarget,
    async remove({ id }, deployment) {
      await unlessGone(deployment.call('efs', 'DeleteMountTarget', { MountTargetId: id }));
      await untilGone(deployment, `mount target ${id}`, () => describeTarget(id, deployment));
    },
  },
  {
    type: 'aws:efs/replicationConfiguration:ReplicationConfiguration',
    create: replication,
    // What it has made at the destination stays, and can be written to from then on.
    async remove({ id }, deployment) {
      if ((await unlessGone(describeReplication(id, deployment))) === undefined) return;
      await deployment.call('efs', 'DeleteReplicationConfiguration', { SourceFileSystemId: id });
      await untilGone(deployment, `the replication of ${id}`, () => describeReplication(id, deployment));
    },
  },
  {
    type: 'aws:efs/backupPolicy:BackupPolicy',
    ...putAgain(async (given, deployment) => {
      const id = need(given, 'fileSystemId');
      const Status = textOf(blockOf(given.inputs.backupPolicy)?.status) ?? 'DISABLED';
      await deployment.call('efs', 'PutBackupPolicy', { FileSystemId: id, BackupPolicy: { Status } });
      return { id, outputs: {} };
    }),
    remove: removedBy('efs', 'PutBackupPolicy', ({ id }) => ({ FileSystemId: id, BackupPolicy: { Status: 'DISABLED' } })),
  },
];
