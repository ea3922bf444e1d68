/** EFS file systems: a replica that becomes writable, a mount target in another AZ, and what a restore has made. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as EFS from '@aws-sdk/client-efs';
import type { Place, Session } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import type { Actuator } from '../contract.ts';
import { changing, LATER } from './changing.ts';
import { arnOf, type Hand, lostRegion, type Named, named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import type { Made } from './making.ts';
import { fromTag, type Tags, tagKey, toTag } from './memo.ts';
import { unless, until, worded } from './waiting.ts';

const read = <I, O>(operation: string) => reads<I, O>('efs', operation);
const disrupt = <I, O>(operation: string) => disrupts<I, O>('efs', operation);

export const efs = {
  describe: read<EFS.DescribeFileSystemsCommandInput, EFS.DescribeFileSystemsCommandOutput>('DescribeFileSystems'),
  replications: read<EFS.DescribeReplicationConfigurationsCommandInput, EFS.DescribeReplicationConfigurationsCommandOutput>(
    'DescribeReplicationConfigurations',
  ),
  targets: read<EFS.DescribeMountTargetsCommandInput, EFS.DescribeMountTargetsCommandOutput>('DescribeMountTargets'),
  groups: read<EFS.DescribeMountTargetSecurityGroupsCommandInput, EFS.DescribeMountTargetSecurityGroupsCommandOutput>(
    'DescribeMountTargetSecurityGroups',
  ),
  tag: disrupt<EFS.TagResourceCommandInput, EFS.TagResourceCommandOutput>('TagResource'),
  untag: disrupt<EFS.UntagResourceCommandInput, EFS.UntagResourceCommandOutput>('UntagResource'),
  stopReplication: disrupt<EFS.DeleteReplicationConfigurationCommandInput, EFS.DeleteReplicationConfigurationCommandOutput>(
    'DeleteReplicationConfiguration',
  ),
  replicate: disrupt<EFS.CreateReplicationConfigurationCommandInput, EFS.CreateReplicationConfigurationCommandOutput>(
    'CreateReplicationConfiguration',
  ),
  protect: disrupt<EFS.UpdateFileSystemProtectionCommandInput, EFS.UpdateFileSystemProtectionCommandOutput>(
    'UpdateFileSystemProtection',
  ),
  mount: disrupt<EFS.CreateMountTargetCommandInput, EFS.CreateMountTargetCommandOutput>('CreateMountTarget'),
  unmount: disrupt<EFS.DeleteMountTargetCommandInput, EFS.DeleteMountTargetCommandOutput>('DeleteMountTarget'),
  remove: disrupt<EFS.DeleteFileSystemCommandInput, EFS.DeleteFileSystemCommandOutput>('DeleteFileSystem'),
  subnets: reads<EC2.DescribeSubnetsCommandInput, EC2.DescribeSubnetsCommandOutput>('ec2', 'DescribeSubnets'),
} as const;

const TYPE = 'aws:efs/fileSystem:FileSystem';
const GONE = ['FileSystemNotFound'];
const BUSY = ['ConflictException', 'IncorrectFileSystemLifeCycleState', 'ReplicationAlreadyExists'];

async function fileSystem(session: Session, id: string, at: Place): Promise<EFS.FileSystemDescription | undefined> {
  return (await unless(GONE, session.send(efs.describe, { FileSystemId: id }, at)))?.FileSystems?.[0];
}

function tagsOf(session: Session, { name, at }: Named): Tags {
  return {
    read: async (key) => (await fileSystem(session, name, at))?.Tags?.find((t) => t.Key === key)?.Value,
    write: (key, value) => session.send(efs.tag, { ResourceId: name, Tags: [{ Key: key, Value: value }] }, at),
    erase: (key) => session.send(efs.untag, { ResourceId: name, TagKeys: [key] }, at),
  };
}

export async function targetsOf(session: Session, id: string, at: Place): Promise<readonly EFS.MountTargetDescription[]> {
  const found = await unless(GONE, session.send(efs.targets, { FileSystemId: id }, at));
  return found?.MountTargets ?? [];
}

/** Where clients mount, by name and as the API calls it. */
const endpointsOf = ({ name, at, arn }: Named): readonly string[] => [`${name}.efs.${at.region}.amazonaws.com`, arn];

/** The destination becomes writable once the replication is deleted; at the end it is replicated to again, and overwritten. */
export const failReplicationOver: StepMaker = (hand) => {
  const lost = lostRegion(hand);
  const others = [...hand.successors, ...hand.mates].filter((m) => m.resource.type === TYPE).flatMap((m) => arnOf(m) ?? []);
  const arn = hand.given.destination ?? others.find((a) => a !== hand.arn && named(a).at.region !== lost);
  if (arn === undefined) return 'no source shows the file system that it is replicated to';
  const target = named(arn);
  const { session } = hand;
  const { name, at } = target;
  const replication = async (): Promise<EFS.ReplicationConfigurationDescription | undefined> => {
    const asked = session.send(efs.replications, { FileSystemId: name }, at);
    return (await unless(['ReplicationNotFound'], asked))?.Replications?.[0];
  };
  return [
    changing({
      id: `make ${name} in ${at.region} writable`,
      describes: { deletesReplicationTo: arn, atTheEnd: 'it is replicated to again' },
      clock: hand.clock,
      canary: hand.canary,
      subject: arn,
      tags: tagsOf(session, target),
      before: async () => {
        const found = await replication();
        if (found?.SourceFileSystemId === undefined || found.SourceFileSystemId === name)
          throw new StepFailure(`${name} is the destination of no replication`);
        if ((await targetsOf(session, name, at)).length === 0)
          throw new StepFailure(`${name} has no mount target: nobody in ${at.region} could mount it`);
        return { source: found.SourceFileSystemId, region: found.SourceFileSystemRegion ?? '' };
      },
      changed: async () => {
        const protection = (await fileSystem(session, name, at))?.FileSystemProtection?.ReplicationOverwriteProtection;
        return (await replication()) === undefined && protection !== 'REPLICATING';
      },
      change: async ({ source }) => {
        if ((await replication())?.Destinations?.[0]?.Status === 'DELETING') return;
        await session.send(efs.stopReplication, { SourceFileSystemId: source }, at);
      },
      isBack: async ({ source }) => {
        const found = await replication();
        return found?.SourceFileSystemId === source && found?.Destinations?.[0]?.Status === 'ENABLED';
      },
      back: async ({ source, region = '' }) => {
        const status = (await replication())?.Destinations?.[0]?.Status;
        if (status !== undefined) return status === 'DELETING' ? LATER : undefined;
        // A file system is protected from being overwritten as soon as it is no destination any more.
        const open = { FileSystemId: name, ReplicationOverwriteProtection: 'DISABLED' as const };
        await session.send(efs.protect, open, at);
        const there = { account: at.account, region };
        const input = { SourceFileSystemId: source, Destinations: [{ FileSystemId: name, Region: at.region }] };
        return session.send(efs.replicate, input, there);
      },
      busy: BUSY,
      endpoints: async () => endpointsOf(target),
    }),
  ];
};

/** The data of a Regional file system is in every AZ: a mount target in one that is left makes it reachable there. */
export const mountElsewhere: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  return [newTarget(hand, source)];
};

function newTarget(hand: Hand, source: Named): Actuator {
  const { session, clock, canary } = hand;
  const { name, at } = source;
  const tags = tagsOf(session, source);
  const subnetIn = async (token: string): Promise<string | undefined> => fromTag((await tags.read(tagKey(token))) ?? '').subnet;
  const targetIn = async (subnet: string | undefined): Promise<EFS.MountTargetDescription | undefined> =>
    (await targetsOf(session, name, at)).find((t) => t.SubnetId === subnet);
  return worded({
    id: `mount ${name} in another AZ`,
    describe: () => ({ newMountTargetOf: source.arn }),
    act: async (token, signal) => {
      let subnet = await subnetIn(token);
      if (subnet === undefined) {
        subnet = hand.given.subnet ?? (await freeSubnet(hand, source));
        signal.throwIfAborted();
        await tags.write(tagKey(token), toTag({ subnet }));
      }
      if ((await targetIn(subnet)) === undefined) {
        const [like] = await targetsOf(session, name, at);
        const SecurityGroups = await groupsOf(session, like, at);
        const input = { FileSystemId: name, SubnetId: subnet, ...(SecurityGroups === undefined ? {} : { SecurityGroups }) };
        await unless(['MountTargetConflict'], session.send(efs.mount, input, at));
      }
      await until(
        clock,
        signal,
        `a mount target in ${subnet}`,
        async () => (await targetIn(subnet))?.LifeCycleState === 'available',
      );
      canary?.move(endpointsOf(source));
      return { mountTargetIn: subnet };
    },
    outcome: async (token) => {
      const subnet = await subnetIn(token);
      const target = subnet === undefined ? undefined : await targetIn(subnet);
      return target?.LifeCycleState === 'available' ? 'done' : 'not-done';
    },
    compensate: async (token) => {
      canary?.back();
      const subnet = await subnetIn(token);
      if (subnet === undefined) return null;
      const target = await targetIn(subnet);
      if (target !== undefined)
        await unless(['MountTargetNotFound'], session.send(efs.unmount, { MountTargetId: target.MountTargetId }, at));
      await until(
        clock,
        undefined,
        `the mount target in ${subnet} to be gone`,
        async () => (await targetIn(subnet)) === undefined,
      );
      await tags.erase(tagKey(token));
      return { removedFrom: subnet };
    },
    left: async (token) => ((await tags.read(tagKey(token))) === undefined ? [] : [source.arn]),
  });
}

/** In the network of the mount targets that there are, in an AZ that is not lost and has none yet. */
async function freeSubnet({ session, lost }: Hand, { name, at }: Named): Promise<string> {
  const targets = await targetsOf(session, name, at);
  const own = targets.flatMap((t) => t.SubnetId ?? []);
  const taken = new Set(targets.map((t) => t.AvailabilityZoneName));
  const mounted = own.length === 0 ? undefined : await session.send(efs.subnets, { SubnetIds: own }, at);
  const vpc = mounted?.Subnets?.[0]?.VpcId;
  if (vpc === undefined) throw new StepFailure(`${name} has no mount target that would show its network: name a subnet`);
  const { Subnets = [] } = await session.send(efs.subnets, { Filters: [{ Name: 'vpc-id', Values: [vpc] }] }, at);
  const gone = lost?.kind === 'az-loss' ? lost.zone : undefined;
  const free = Subnets.find((s) => s.AvailabilityZone !== gone && !taken.has(s.AvailabilityZone));
  if (free?.SubnetId === undefined) throw new StepFailure(`${vpc} has no subnet in an AZ in which ${name} is not mounted yet`);
  return free.SubnetId;
}

async function groupsOf(
  session: Session,
  like: EFS.MountTargetDescription | undefined,
  at: Place,
): Promise<string[] | undefined> {
  if (like?.MountTargetId === undefined) return undefined;
  const { SecurityGroups = [] } = await session.send(efs.groups, { MountTargetId: like.MountTargetId }, at);
  return SecurityGroups.length === 0 ? undefined : SecurityGroups;
}

/** A file system that AWS Backup makes under a creation token of ours, mounted where its source is. */
export function restoredFileSystem(session: Session, source: Named, at: Place) {
  const find = async (name: string): Promise<EFS.FileSystemDescription | undefined> =>
    (await session.send(efs.describe, { CreationToken: name }, at)).FileSystems?.[0];
  /** A subnet is of its own Region. */
  const toMount = async (): Promise<readonly EFS.MountTargetDescription[]> =>
    source.at.region === at.region ? targetsOf(session, source.name, source.at) : [];
  return {
    complete: async (name: string): Promise<void> => {
      const FileSystemId = (await find(name))?.FileSystemId;
      for (const target of await toMount()) {
        const SecurityGroups = await groupsOf(session, target, at);
        const input = { FileSystemId, SubnetId: target.SubnetId, ...(SecurityGroups === undefined ? {} : { SecurityGroups }) };
        await unless(['MountTargetConflict'], session.send(efs.mount, input, at));
      }
    },
    arn: async (name: string): Promise<string | undefined> => (await find(name))?.FileSystemArn,
    look: async (name: string): Promise<Made> => {
      const fs = await find(name);
      if (fs?.FileSystemId === undefined || fs.LifeCycleState === 'deleted') return { kind: 'absent' };
      if (fs.LifeCycleState === 'error') return { kind: 'failed', why: `${fs.FileSystemId} is in error` };
      if (fs.LifeCycleState !== 'available') return { kind: 'pending' };
      const targets = await targetsOf(session, fs.FileSystemId, at);
      if (targets.length === 0 && (await toMount()).length > 0) return { kind: 'partial' };
      if (targets.some((t) => t.LifeCycleState !== 'available')) return { kind: 'pending' };
      return { kind: 'ready', endpoints: endpointsOf(named(fs.FileSystemArn ?? '')) };
    },
    remove: async (name: string): Promise<void> => {
      const fs = await find(name);
      if (fs?.FileSystemId === undefined) return;
      const targets = await targetsOf(session, fs.FileSystemId, at);
      for (const { MountTargetId } of targets)
        await unless(['MountTargetNotFound'], session.send(efs.unmount, { MountTargetId }, at));
      // Taken once its mount targets are gone.
      await unless(['FileSystemInUse', ...GONE], session.send(efs.remove, { FileSystemId: fs.FileSystemId }, at));
    },
  };
}
