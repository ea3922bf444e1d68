/** Replication of file systems: one destination, read-only until the replication is deleted. */
import type * as EFS from '@aws-sdk/client-efs';
import { follow, promote } from '../plane/logs.ts';
import { type CallContext, page, ServiceFault } from '../service.ts';
import { regionOf } from '../world/regions.ts';
import type { World } from '../world/world.ts';
import {
  FILE_SYSTEMS,
  type FileSystem,
  fileSystemNamed,
  lasting,
  lastReplicated,
  type Op,
  place,
  REPLICATIONS,
  type Replication,
  replicationLag,
  replicationOf,
  stoppedSince,
  TAKES,
} from './efs-model.ts';

function description(world: World, replication: Replication): EFS.ReplicationConfigurationDescription {
  const { source, destination } = replication;
  const last = lastReplicated(world, replication);
  const paused = stoppedSince(world, source.arn) !== undefined && replication.status === 'ENABLED';
  return {
    SourceFileSystemId: source.id,
    SourceFileSystemRegion: source.region,
    SourceFileSystemArn: source.arn,
    OriginalSourceFileSystemArn: source.arn,
    SourceFileSystemOwnerId: source.account,
    CreationTime: replication.created,
    Destinations: [
      {
        Status: paused ? 'ERROR' : replication.status,
        FileSystemId: destination.id,
        Region: destination.region,
        OwnerId: destination.account,
        ...(last === undefined ? {} : { LastReplicatedTimestamp: new Date(last) }),
      },
    ],
  };
}

const create: Op<EFS.CreateReplicationConfigurationCommandInput, EFS.CreateReplicationConfigurationCommandOutput> = (
  input,
  context,
) => {
  const { world } = context;
  const source = fileSystemNamed(context, input.SourceFileSystemId);
  const asked = input.Destinations ?? [];
  const wanted = asked[0];
  if (wanted === undefined || asked.length > 1) throw new ServiceFault('BadRequest', 'Exactly one destination is needed');
  if (replicationOf(world, source.id) !== undefined)
    throw new ServiceFault('ConflictException', `${source.id} is part of a replication already`, 409);
  const destination = wanted.FileSystemId === undefined ? made(context, source, wanted) : existing(context, wanted);
  destination.overwrite = 'REPLICATING';
  const replication: Replication = { source, destination, created: context.now, status: 'ENABLING' };
  context.put(REPLICATIONS, source.id, replication);
  world.clock.after(lasting(world, TAKES.replicate), () => {
    if (replication.status !== 'ENABLING') return;
    replication.status = 'ENABLED';
    follow(world, source.arn, destination.arn, () => replicationLag(world, source.arn));
  });
  return description(world, replication);
};

/** A new file system at the destination: encrypted, and of One Zone storage when an AZ is named. */
function made(context: CallContext, source: FileSystem, wanted: EFS.DestinationToCreate): FileSystem {
  const { world, account } = context;
  const zone = wanted.AvailabilityZoneName;
  const region = wanted.Region ?? (zone === undefined ? context.region : regionOf(zone));
  const id = `fs-${world.random.hex(17)}`;
  const fs: FileSystem = {
    id,
    arn: `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`,
    account,
    region,
    token: `destination-file-system-${id}`,
    created: context.now,
    lifeCycle: 'available',
    zone,
    encrypted: true,
    key: wanted.KmsKeyId,
    overwrite: 'REPLICATING',
    // One Zone storage is backed up by default.
    backup: zone === undefined ? 'DISABLED' : 'ENABLED',
    tags: new Map(source.tags),
  };
  place(world, fs);
  return fs;
}

function existing(context: CallContext, wanted: EFS.DestinationToCreate): FileSystem {
  const { world, account } = context;
  const id = (wanted.FileSystemId ?? '').replace(/^arn:.*:file-system\//, '');
  const found = world.everywhere(FILE_SYSTEMS).find((f) => f.item.id === id && f.account === account)?.item;
  if (found === undefined) throw new ServiceFault('FileSystemNotFound', `File system '${id}' does not exist.`, 404);
  if (found.overwrite !== 'DISABLED')
    throw new ServiceFault('ConflictException', `${id} is protected from being overwritten by a replication`, 409);
  return found;
}

/**
 * Deleting it is the failover: the destination becomes writable after some minutes. It can be asked for in the Region of the
 * destination, which is how it is done when the source's is lost (user guide, "Using your replication as part of failover").
 */
const remove: Op<EFS.DeleteReplicationConfigurationCommandInput, EFS.DeleteReplicationConfigurationCommandOutput> = (
  input,
  context,
) => {
  const { world } = context;
  const id = (input.SourceFileSystemId ?? '').replace(/^arn:.*:file-system\//, '');
  const replication = here(context).find((r) => r.source.id === id);
  if (replication === undefined) throw new ServiceFault('ReplicationNotFound', `${id} has no replication`, 404);
  const { source, destination } = replication;
  replication.status = 'DELETING';
  promote(world, destination.arn);
  world.clock.after(lasting(world, TAKES.failover), () => {
    destination.overwrite = 'ENABLED';
    world.remove(REPLICATIONS, source.account, source.region, source.id);
  });
  return {};
};

/** Replications from or to the Region of the call. */
const here = (context: CallContext): readonly Replication[] =>
  context.world
    .everywhere(REPLICATIONS)
    .filter((r) => r.account === context.account)
    .map((r) => r.item)
    .filter((r) => r.source.region === context.region || r.destination.region === context.region);

export const replicationOperations = {
  CreateReplicationConfiguration: create,
  DeleteReplicationConfiguration: remove,
  DescribeReplicationConfigurations: ((input, context) => {
    const wanted = input.FileSystemId === undefined ? undefined : fileSystemNamed(context, input.FileSystemId).id;
    const all = here(context).filter((r) => wanted === undefined || r.source.id === wanted || r.destination.id === wanted);
    if (wanted !== undefined && all.length === 0)
      throw new ServiceFault('ReplicationNotFound', `${wanted} has no replication`, 404);
    const { items, next } = page(all, input.NextToken, input.MaxResults ?? 100);
    return {
      Replications: items.map((r) => description(context.world, r)),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  }) satisfies Op<EFS.DescribeReplicationConfigurationsCommandInput, EFS.DescribeReplicationConfigurationsCommandOutput>,
};
