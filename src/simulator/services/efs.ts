/** Amazon EFS. https://docs.aws.amazon.com/efs/latest/ug/api-reference.html */
import type * as EFS from '@aws-sdk/client-efs';
import { page, ServiceFault, type SimulatedService } from '../service.ts';
import { zoneOf } from './ec2-network.ts';
import { efsDeployers } from './efs-deployers.ts';
import { begin } from './efs-events.ts';
import {
  FILE_SYSTEMS,
  type FileSystem,
  fileSystemNamed,
  lasting,
  MOUNT_TARGETS,
  type MountTarget,
  type Op,
  place,
  TAKES,
} from './efs-model.ts';
import { replicationOperations } from './efs-replications.ts';
import { awsManagedKey, keptKey } from './kms-model.ts';

const createFileSystem: Op<EFS.CreateFileSystemCommandInput, EFS.CreateFileSystemCommandOutput> = (input, context) => {
  const { world, account, region } = context;
  const token = input.CreationToken ?? world.random.hex(32);
  const there = context.list(FILE_SYSTEMS).find((f) => f.token === token);
  if (there !== undefined)
    throw new ServiceFault('FileSystemAlreadyExists', 'A file system with this creation token exists', 409, {
      FileSystemId: there.id,
    });
  const zone = input.AvailabilityZoneName;
  if (zone !== undefined && !world.zones(region).includes(zone))
    throw new ServiceFault('UnsupportedAvailabilityZone', `${zone} is not an AZ of ${region}`);
  if (input.KmsKeyId !== undefined && input.Encrypted !== true)
    throw new ServiceFault('BadRequest', 'KmsKeyId is given and Encrypted is not true');
  const id = context.id('fs');
  const fs: FileSystem = {
    id,
    arn: context.arn('elasticfilesystem', `file-system/${id}`),
    account,
    region,
    token,
    created: context.now,
    lifeCycle: 'creating',
    zone,
    encrypted: input.Encrypted === true,
    key:
      input.Encrypted !== true
        ? undefined
        : input.KmsKeyId === undefined
          ? awsManagedKey(context, 'elasticfilesystem')
          : keptKey(context, input.KmsKeyId),
    overwrite: 'ENABLED',
    // "Default is false. However, if you specify an Availability Zone, the default is true" (CreateFileSystem, Backup).
    backup: (input.Backup ?? zone !== undefined) ? 'ENABLED' : 'DISABLED',
    tags: new Map((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
  place(world, fs);
  world.clock.after(lasting(world, TAKES.create), () => {
    fs.lifeCycle = 'available';
  });
  return described(fs, 0);
};

function described(fs: FileSystem, targets: number): EFS.FileSystemDescription {
  const name = fs.tags.get('Name');
  return {
    OwnerId: fs.account,
    CreationToken: fs.token,
    FileSystemId: fs.id,
    FileSystemArn: fs.arn,
    CreationTime: fs.created,
    LifeCycleState: fs.lifeCycle,
    ...(name === undefined ? {} : { Name: name }),
    NumberOfMountTargets: targets,
    SizeInBytes: { Value: 6144 },
    PerformanceMode: 'generalPurpose',
    ThroughputMode: 'bursting',
    Encrypted: fs.encrypted,
    ...(fs.key === undefined ? {} : { KmsKeyId: fs.key }),
    ...(fs.zone === undefined ? {} : { AvailabilityZoneName: fs.zone }),
    FileSystemProtection: { ReplicationOverwriteProtection: fs.overwrite },
    Tags: [...fs.tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

const createMountTarget: Op<EFS.CreateMountTargetCommandInput, EFS.CreateMountTargetCommandOutput> = (input, context) => {
  const { world } = context;
  const fs = fileSystemNamed(context, input.FileSystemId);
  if (fs.lifeCycle !== 'available')
    throw new ServiceFault('IncorrectFileSystemLifeCycleState', `${fs.id} is ${fs.lifeCycle}`, 409);
  const zone = zoneOf(context, input.SubnetId ?? '');
  if (zone === undefined) throw new ServiceFault('SubnetNotFound', `The subnet ID '${input.SubnetId ?? ''}' does not exist`);
  if (fs.zone !== undefined && fs.zone !== zone)
    throw new ServiceFault('AvailabilityZonesMismatch', `${fs.id} is in ${fs.zone}, the subnet in ${zone}`);
  const beside = context.list(MOUNT_TARGETS).filter((t) => t.fileSystem === fs.id);
  if (beside.some((t) => t.zone === zone))
    throw new ServiceFault('MountTargetConflict', 'mount target already exists in this AZ', 409);
  const id = context.id('fsmt');
  const subnet = input.SubnetId ?? '';
  const target: MountTarget = { id, fileSystem: fs.id, subnet, zone, vpc: '', lifeCycle: 'creating' };
  context.put(MOUNT_TARGETS, id, target);
  world.clock.after(lasting(world, TAKES.mount), () => {
    if (target.lifeCycle === 'creating') target.lifeCycle = 'available';
  });
  return mounted(target, context.account);
};

const mounted = (target: MountTarget, account: string): EFS.MountTargetDescription => ({
  OwnerId: account,
  MountTargetId: target.id,
  FileSystemId: target.fileSystem,
  SubnetId: target.subnet,
  LifeCycleState: target.lifeCycle,
  AvailabilityZoneName: target.zone,
});

const operations = {
  ...replicationOperations,
  CreateFileSystem: createFileSystem,
  DescribeFileSystems: ((input, context) => {
    const all = input.FileSystemId === undefined ? context.list(FILE_SYSTEMS) : [fileSystemNamed(context, input.FileSystemId)];
    const wanted = all.filter((f) => input.CreationToken === undefined || f.token === input.CreationToken);
    const { items, next } = page(wanted, input.Marker, input.MaxItems ?? 100);
    const targets = context.list(MOUNT_TARGETS);
    return {
      FileSystems: items.map((f) => described(f, targets.filter((t) => t.fileSystem === f.id).length)),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  }) satisfies Op<EFS.DescribeFileSystemsCommandInput, EFS.DescribeFileSystemsCommandOutput>,
  UpdateFileSystemProtection: ((input, context) => {
    const fs = fileSystemNamed(context, input.FileSystemId);
    if (fs.overwrite === 'REPLICATING')
      throw new ServiceFault('ReplicationAlreadyExists', `${fs.id} is the destination of a replication`, 409);
    fs.overwrite = input.ReplicationOverwriteProtection ?? fs.overwrite;
    return { ReplicationOverwriteProtection: fs.overwrite };
  }) satisfies Op<EFS.UpdateFileSystemProtectionCommandInput, EFS.UpdateFileSystemProtectionCommandOutput>,
  DeleteFileSystem: ((input, context) => {
    const fs = fileSystemNamed(context, input.FileSystemId);
    if (context.list(MOUNT_TARGETS).some((t) => t.fileSystem === fs.id))
      throw new ServiceFault('FileSystemInUse', `${fs.id} has mount targets`, 409);
    context.remove(FILE_SYSTEMS, fs.id);
    fs.lifeCycle = 'deleted';
    return {};
  }) satisfies Op<EFS.DeleteFileSystemCommandInput, EFS.DeleteFileSystemCommandOutput>,
  CreateMountTarget: createMountTarget,
  DescribeMountTargets: ((input, context) => {
    const all = context
      .list(MOUNT_TARGETS)
      .filter(
        (t) =>
          (input.FileSystemId === undefined || t.fileSystem === fileSystemNamed(context, input.FileSystemId).id) &&
          (input.MountTargetId === undefined || t.id === input.MountTargetId),
      );
    if (input.MountTargetId !== undefined && all.length === 0)
      throw new ServiceFault('MountTargetNotFound', `Mount target '${input.MountTargetId}' does not exist.`, 404);
    const { items, next } = page(all, input.Marker, input.MaxItems ?? 100);
    return {
      MountTargets: items.map((t) => mounted(t, context.account)),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  }) satisfies Op<EFS.DescribeMountTargetsCommandInput, EFS.DescribeMountTargetsCommandOutput>,
  DescribeMountTargetSecurityGroups: ((input, context) => {
    if (context.get(MOUNT_TARGETS, input.MountTargetId ?? '') === undefined)
      throw new ServiceFault('MountTargetNotFound', `Mount target '${input.MountTargetId ?? ''}' does not exist.`, 404);
    // Networks do not filter in simulated AWS: nothing is kept of security groups.
    return { SecurityGroups: [] };
  }) satisfies Op<EFS.DescribeMountTargetSecurityGroupsCommandInput, EFS.DescribeMountTargetSecurityGroupsCommandOutput>,
  DeleteMountTarget: ((input, context) => {
    const target = context.get(MOUNT_TARGETS, input.MountTargetId ?? '');
    if (target === undefined)
      throw new ServiceFault('MountTargetNotFound', `Mount target '${input.MountTargetId ?? ''}' does not exist.`, 404);
    target.lifeCycle = 'deleting';
    context.world.clock.after(lasting(context.world, TAKES.remove), () => context.remove(MOUNT_TARGETS, target.id));
    return {};
  }) satisfies Op<EFS.DeleteMountTargetCommandInput, EFS.DeleteMountTargetCommandOutput>,
  PutBackupPolicy: ((input, context) => {
    const fs = fileSystemNamed(context, input.FileSystemId);
    fs.backup = input.BackupPolicy?.Status ?? fs.backup;
    return { BackupPolicy: { Status: fs.backup } };
  }) satisfies Op<EFS.PutBackupPolicyCommandInput, EFS.PutBackupPolicyCommandOutput>,
  DescribeBackupPolicy: ((input, context) => ({
    BackupPolicy: { Status: fileSystemNamed(context, input.FileSystemId).backup },
  })) satisfies Op<EFS.DescribeBackupPolicyCommandInput, EFS.DescribeBackupPolicyCommandOutput>,
  TagResource: ((input, context) => {
    const fs = fileSystemNamed(context, input.ResourceId);
    for (const t of input.Tags ?? []) fs.tags.set(t.Key ?? '', t.Value ?? '');
    return {};
  }) satisfies Op<EFS.TagResourceCommandInput, EFS.TagResourceCommandOutput>,
  UntagResource: ((input, context) => {
    const fs = fileSystemNamed(context, input.ResourceId);
    for (const key of input.TagKeys ?? []) fs.tags.delete(key);
    return {};
  }) satisfies Op<EFS.UntagResourceCommandInput, EFS.UntagResourceCommandOutput>,
};

export const efs: SimulatedService = {
  client: 'efs',
  prefix: 'elasticfilesystem',
  operations,
  begin,
  deployers: efsDeployers,
};
