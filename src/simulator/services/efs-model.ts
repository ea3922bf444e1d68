/** EFS file systems, mount targets and replications as the world keeps them. */
import type * as EFS from '@aws-sdk/client-efs';
import { listen, refused } from '../plane/network.ts';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { keyUsable } from './kms-model.ts';

export type Op<I, O> = Operation<I, Reply<O>>;

export interface FileSystem {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly token: string;
  readonly created: Date;
  lifeCycle: EFS.LifeCycleState;
  /** AZ of One Zone storage. */
  readonly zone: string | undefined;
  readonly encrypted: boolean;
  readonly key: string | undefined;
  /** `REPLICATING`: it is the destination of a replication, and clients can only read. */
  overwrite: EFS.ReplicationOverwriteProtection;
  backup: EFS.Status;
  readonly tags: Map<string, string>;
}

export interface MountTarget {
  readonly id: string;
  readonly fileSystem: string;
  readonly subnet: string;
  readonly zone: string;
  readonly vpc: string;
  lifeCycle: EFS.LifeCycleState;
}

export interface Replication {
  readonly source: FileSystem;
  readonly destination: FileSystem;
  readonly created: Date;
  status: EFS.ReplicationStatus;
}

export const FILE_SYSTEMS = shelf<FileSystem>('efs:file-system');
export const MOUNT_TARGETS = shelf<MountTarget>('efs:mount-target');
/** By the id of the source, in its account and Region. */
export const REPLICATIONS = shelf<Replication>('efs:replication');

/** Milliseconds. */
export const TAKES = {
  create: { least: 3_000, most: 10_000 },
  /** "Up to 90 seconds" (user guide, "Managing mount targets"). */
  mount: { least: 30_000, most: 90_000 },
  /** The first copy of an empty file system; AWS gives no figure: an assumption. */
  replicate: { least: 60_000, most: 240_000 },
  /** "Can take several minutes" until the destination is writable (user guide, "Deleting a replication configuration"). */
  failover: { least: 120_000, most: 420_000 },
  remove: { least: 3_000, most: 30_000 },
} as const;

export const lasting = (world: World, span: { readonly least: number; readonly most: number }): number =>
  between(world, span.least / 1000, span.most / 1000);

export function fileSystemNamed(context: CallContext, text: string | undefined): FileSystem {
  const id = (text ?? '').replace(/^arn:.*:file-system\//, '');
  const found = context.get(FILE_SYSTEMS, id);
  if (found === undefined) throw new ServiceFault('FileSystemNotFound', `File system '${id}' does not exist.`, 404);
  return found;
}

/** The replication that the file system is the source or the destination of. */
export function replicationOf(world: World, id: string): Replication | undefined {
  return world.everywhere(REPLICATIONS).find(({ item }) => item.source.id === id || item.destination.id === id)?.item;
}

const USUAL_LAG = { least: 10_000, most: 55_000 };

/** "For most file systems, changes are copied in less than a minute" (user guide, "Replicating file systems"). */
export const replicationLag = (world: World, arn: string): number => lasting(world, USUAL_LAG) + lagFault(world, arn);

export function lagFault(world: World, arn: string): number {
  let extra = 0;
  for (const { fault } of world.faults)
    if (fault.kind === 'replication-lag' && fault.arn === arn) extra = Math.max(extra, fault.seconds * 1000);
  return extra;
}

export const stoppedSince = (world: World, arn: string): number | undefined =>
  world.faults.find(({ fault }) => fault.kind === 'replication-stopped' && fault.arn === arn)?.since;

/** Every change until then is at the destination. Undefined until the first copy is complete. */
export function lastReplicated(world: World, replication: Replication, at = world.clock.now()): number | undefined {
  if (replication.status === 'ENABLING') return undefined;
  const { source } = replication;
  const lost = world.faults.find(({ fault }) => fault.kind === 'region-loss' && fault.region === source.region)?.since;
  const end = Math.min(at, stoppedSince(world, source.arn) ?? at, lost ?? at);
  return Math.max(replication.created.getTime(), end - 30_000 - lagFault(world, source.arn));
}

export function place(world: World, fs: FileSystem): void {
  world.put(FILE_SYSTEMS, fs.account, fs.region, fs.id, fs);
  for (const host of [`${fs.id}.efs.${fs.region}.amazonaws.com`, fs.arn])
    listen(world, host, () => {
      if (world.regionIsLost(fs.region)) return refused(`${fs.region} does not answer`);
      if (world.get(FILE_SYSTEMS, fs.account, fs.region, fs.id) !== fs || fs.lifeCycle !== 'available')
        return refused(`${fs.id} does not exist`);
      if (fs.zone !== undefined && world.zoneIsLost(fs.zone)) return refused(`${fs.zone} does not answer`);
      if (!keyUsable(world, fs.key)) return refused('the key of the file system is disabled');
      const target = world
        .list(MOUNT_TARGETS, fs.account, fs.region)
        .find((t) => t.fileSystem === fs.id && t.lifeCycle === 'available' && !world.zoneIsLost(t.zone));
      if (target === undefined) return refused('no mount target answers');
      const writes = fs.overwrite === 'REPLICATING' ? undefined : fs.arn;
      return { kind: 'served', by: fs.arn, region: fs.region, zone: target.zone, writes };
    });
}
