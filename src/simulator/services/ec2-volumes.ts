/** EBS volumes and their snapshots: what they hold, and where it can be had again. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { corrupt, restore } from '../plane/logs.ts';
import { type CallContext, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { describe, found, type Op, type Place, tagsFor } from './ec2-shared.ts';

export const VOLUMES = shelf<EC2.Volume>('ec2:volume');
export const SNAPSHOTS = shelf<EC2.Snapshot>('ec2:snapshot');

/** Seconds. A volume is there within a minute; a snapshot takes as long as there are changed blocks: an assumption. */
const VOLUME_CREATION = [5, 30] as const;
const SNAPSHOT_CREATION = [60, 600] as const;
/** Copies go over the network between Regions: an assumption. */
const SNAPSHOT_COPY = [300, 1800] as const;

export const volumeArn = (place: Place, id: string): string => `arn:aws:ec2:${place.region}:${place.account}:volume/${id}`;
const snapshotArn = (region: string, id: string): string => `arn:aws:ec2:${region}::snapshot/${id}`;

function makeVolume(place: Place, id: string, zone: string, more: Partial<EC2.Volume>): EC2.Volume {
  const { world, account, region } = place;
  const volume: EC2.Volume = {
    VolumeId: id,
    AvailabilityZone: zone,
    CreateTime: new Date(world.clock.now()),
    // CreateVolume: gp2 when no type is given; not encrypted unless the account encrypts by default.
    VolumeType: 'gp2',
    Size: 8,
    Encrypted: false,
    State: 'creating',
    Attachments: [],
    ...more,
  };
  world.put(VOLUMES, account, region, id, volume);
  world.clock.after(between(world, ...VOLUME_CREATION), () => {
    if (volume.State === 'creating') volume.State = 'available';
  });
  return volume;
}

/** The root volume of an instance, and those that its block devices ask for. */
export function makeRootVolumes(
  place: Place,
  instance: EC2.Instance,
  devices: readonly EC2.BlockDeviceMapping[],
): EC2.InstanceBlockDeviceMapping[] {
  const root: EC2.BlockDeviceMapping = { DeviceName: instance.RootDeviceName ?? '/dev/xvda', Ebs: { DeleteOnTermination: true } };
  const ebs = devices.filter((d) => d.Ebs !== undefined);
  return [...(ebs.some((d) => d.DeviceName === root.DeviceName) ? [] : [root]), ...ebs].map((device) => {
    const id = `vol-${place.world.random.hex(17)}`;
    // RunInstances: the root volume goes with the instance, the others stay unless asked to go.
    const goes = device.Ebs?.DeleteOnTermination ?? device.DeviceName === root.DeviceName;
    const attachment = {
      VolumeId: id,
      InstanceId: instance.InstanceId ?? '',
      Device: device.DeviceName ?? '',
      State: 'attached' as const,
      DeleteOnTermination: goes,
    };
    const more: Partial<EC2.Volume> = { State: 'in-use', Attachments: [attachment] };
    if (device.Ebs?.KmsKeyId !== undefined) more.KmsKeyId = device.Ebs.KmsKeyId;
    makeVolume(place, id, instance.Placement?.AvailabilityZone ?? '', more);
    return { DeviceName: attachment.Device, Ebs: { VolumeId: id, Status: 'attached', DeleteOnTermination: goes } };
  });
}

export function deleteVolumesOf(place: Place, instance: EC2.Instance): void {
  for (const { account, region, key, item } of place.world.everywhere(VOLUMES)) {
    const attachment = item.Attachments?.find((a) => a.InstanceId === instance.InstanceId);
    if (account !== place.account || region !== place.region || attachment === undefined) continue;
    if (attachment.DeleteOnTermination === true) place.world.remove(VOLUMES, account, region, key);
    else {
      item.Attachments = [];
      item.State = 'available';
    }
  }
}

const volumeOf = (context: CallContext, id: string | undefined): EC2.Volume =>
  found(context.get(VOLUMES, id ?? ''), id, 'InvalidVolume.NotFound');

const snapshotOf = (context: CallContext, id: string | undefined): EC2.Snapshot =>
  found(context.get(SNAPSHOTS, id ?? ''), id, 'InvalidSnapshot.NotFound');

/** A volume whose AZ is lost cannot be read: its API calls go through, its data does not come back. */
function reachable(context: CallContext, volume: EC2.Volume): EC2.Volume {
  if (context.world.zoneIsLost(volume.AvailabilityZone ?? ''))
    throw new ServiceFault('IncorrectState', `The volume '${volume.VolumeId}' is impaired.`);
  return volume;
}

const createVolume: Op<EC2.CreateVolumeCommandInput, EC2.CreateVolumeCommandOutput> = (input, context) => {
  const zone = input.AvailabilityZone ?? '';
  if (!context.world.zones(context.region).includes(zone))
    throw new ServiceFault('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  const snapshot = input.SnapshotId === undefined ? undefined : snapshotOf(context, input.SnapshotId);
  if (snapshot !== undefined && snapshot.State !== 'completed')
    throw new ServiceFault('IncorrectState', `Snapshot '${input.SnapshotId}' is not completed.`);
  const size = input.Size ?? snapshot?.VolumeSize;
  if (size === undefined) throw new ServiceFault('MissingParameter', 'The request must contain the parameter size or snapshotId');
  const id = context.id('vol');
  const more: Partial<EC2.Volume> = { Size: size, Tags: tagsFor(input.TagSpecifications) };
  if (input.VolumeType !== undefined) more.VolumeType = input.VolumeType;
  more.Encrypted = input.Encrypted === true || snapshot?.Encrypted === true || input.KmsKeyId !== undefined;
  const key = input.KmsKeyId ?? snapshot?.KmsKeyId;
  if (key !== undefined) more.KmsKeyId = key;
  if (input.SnapshotId !== undefined) {
    more.SnapshotId = input.SnapshotId;
    restore(context.world, snapshotArn(context.region, input.SnapshotId), volumeArn(context, id), context.now.getTime());
  }
  return makeVolume(context, id, zone, more);
};

const attachVolume: Op<EC2.AttachVolumeCommandInput, EC2.AttachVolumeCommandOutput> = (input, context) => {
  const volume = reachable(context, volumeOf(context, input.VolumeId));
  if (volume.State === 'in-use') throw new ServiceFault('VolumeInUse', `${input.VolumeId} is already attached to an instance`);
  const attachment = {
    VolumeId: input.VolumeId ?? '',
    InstanceId: input.InstanceId ?? '',
    Device: input.Device ?? '',
    State: 'attached' as const,
    AttachTime: context.now,
    DeleteOnTermination: false,
  };
  volume.Attachments = [attachment];
  volume.State = 'in-use';
  return attachment;
};

function takeSnapshot(
  context: CallContext,
  id: string,
  more: Partial<EC2.Snapshot>,
  seconds: readonly [number, number],
): EC2.Snapshot {
  const snapshot: EC2.Snapshot = {
    SnapshotId: id,
    OwnerId: context.account,
    StartTime: context.now,
    State: 'pending',
    Progress: '0%',
    StorageTier: 'standard',
    ...more,
  };
  context.put(SNAPSHOTS, id, snapshot);
  context.world.clock.after(between(context.world, ...seconds), () => {
    snapshot.State = 'completed';
    snapshot.Progress = '100%';
    snapshot.CompletionTime = new Date(context.world.clock.now());
  });
  return snapshot;
}

const createSnapshot: Op<EC2.CreateSnapshotCommandInput, EC2.CreateSnapshotCommandOutput> = (input, context) => {
  const volume = reachable(context, volumeOf(context, input.VolumeId));
  const id = context.id('snap');
  // A snapshot holds what was on the volume when it was begun (EBS user guide, "Amazon EBS snapshots").
  restore(context.world, volumeArn(context, input.VolumeId ?? ''), snapshotArn(context.region, id), context.now.getTime());
  const more: Partial<EC2.Snapshot> = {
    VolumeId: input.VolumeId ?? '',
    VolumeSize: volume.Size ?? 8,
    Encrypted: volume.Encrypted ?? false,
    Description: input.Description ?? '',
    Tags: tagsFor(input.TagSpecifications),
  };
  if (volume.KmsKeyId !== undefined) more.KmsKeyId = volume.KmsKeyId;
  return takeSnapshot(context, id, more, SNAPSHOT_CREATION);
};

const copySnapshot: Op<EC2.CopySnapshotCommandInput, EC2.CopySnapshotCommandOutput> = (input, context) => {
  const from = input.SourceRegion ?? context.region;
  const source = found(
    context.world.get(SNAPSHOTS, context.account, from, input.SourceSnapshotId ?? ''),
    input.SourceSnapshotId,
    'InvalidSnapshot.NotFound',
  );
  const id = context.id('snap');
  restore(context.world, snapshotArn(from, input.SourceSnapshotId ?? ''), snapshotArn(context.region, id), context.now.getTime());
  const { KmsKeyId: _key, ...kept } = source;
  const more: Partial<EC2.Snapshot> = {
    ...kept,
    SnapshotId: id,
    Encrypted: source.Encrypted === true || input.Encrypted === true,
    Tags: tagsFor(input.TagSpecifications),
  };
  // Keys are of one Region: the copy is encrypted with the one named, else with that Region's own (CopySnapshot).
  if (input.KmsKeyId !== undefined) more.KmsKeyId = input.KmsKeyId;
  takeSnapshot(context, id, { ...more, State: 'pending', StartTime: context.now, Progress: '0%' }, SNAPSHOT_COPY);
  return { SnapshotId: id };
};

export const volumeOperations = {
  CreateVolume: createVolume,
  AttachVolume: attachVolume,
  DetachVolume: ((input, context) => {
    const volume = volumeOf(context, input.VolumeId);
    volume.Attachments = [];
    volume.State = 'available';
    return { VolumeId: input.VolumeId ?? '', State: 'detaching' as const };
  }) satisfies Op<EC2.DetachVolumeCommandInput, EC2.DetachVolumeCommandOutput>,
  DeleteVolume: ((input, context) => {
    if (volumeOf(context, input.VolumeId).State === 'in-use')
      throw new ServiceFault('VolumeInUse', `Volume ${input.VolumeId} is currently attached`);
    context.remove(VOLUMES, input.VolumeId ?? '');
    return {};
  }) satisfies Op<EC2.DeleteVolumeCommandInput, EC2.DeleteVolumeCommandOutput>,
  DescribeVolumes: ((input, context) => {
    const { items, next } = describe(
      context.list(VOLUMES),
      { missing: 'InvalidVolume.NotFound', idOf: (v) => v.VolumeId, filters: { status: (v) => [v.State ?? ''] } },
      input.VolumeIds,
      input,
    );
    return { Volumes: items, ...next };
  }) satisfies Op<EC2.DescribeVolumesCommandInput, EC2.DescribeVolumesCommandOutput>,
  ModifyVolume: ((input, context) => {
    const volume = volumeOf(context, input.VolumeId);
    if (input.Size !== undefined && input.Size < (volume.Size ?? 0))
      throw new ServiceFault('InvalidParameterValue', 'New size cannot be smaller than existing size');
    if (input.Size !== undefined) volume.Size = input.Size;
    if (input.VolumeType !== undefined) volume.VolumeType = input.VolumeType;
    return { VolumeModification: { VolumeId: input.VolumeId ?? '', ModificationState: 'completed' as const } };
  }) satisfies Op<EC2.ModifyVolumeCommandInput, EC2.ModifyVolumeCommandOutput>,
  CreateSnapshot: createSnapshot,
  CopySnapshot: copySnapshot,
  DeleteSnapshot: ((input, context) => {
    snapshotOf(context, input.SnapshotId);
    context.remove(SNAPSHOTS, input.SnapshotId ?? '');
    return {};
  }) satisfies Op<EC2.DeleteSnapshotCommandInput, EC2.DeleteSnapshotCommandOutput>,
  DescribeSnapshots: ((input, context) => {
    // Snapshots of other accounts that are shared with this one are not simulated: every owner asked for is this account.
    const { items, next } = describe(
      context.list(SNAPSHOTS),
      { missing: 'InvalidSnapshot.NotFound', idOf: (s) => s.SnapshotId, filters: { status: (s) => [s.State ?? ''] } },
      input.SnapshotIds,
      input,
    );
    return { Snapshots: items, ...next };
  }) satisfies Op<EC2.DescribeSnapshotsCommandInput, EC2.DescribeSnapshotsCommandOutput>,
};

/** Volumes are corrupted or deleted one by one; whoever holds the account deletes the snapshots too. */
export function volumesMeetFaults(world: World): void {
  world.onFault((fault, _world, how) => {
    if (how === 'ends') return;
    for (const { account, region, key } of world.everywhere(VOLUMES)) {
      const arn = volumeArn({ world, account, region }, key);
      if (fault.kind === 'corruption' && fault.arn === arn) corrupt(world, arn);
      if ((fault.kind === 'deleted' && fault.arn === arn) || (fault.kind === 'account-compromised' && fault.account === account))
        world.remove(VOLUMES, account, region, key);
    }
    if (fault.kind !== 'account-compromised') return;
    for (const { account, region, key } of world.everywhere(SNAPSHOTS))
      if (account === fault.account) world.remove(SNAPSHOTS, account, region, key);
  });
}
