/** What faults do to file systems, and what CloudWatch shows of their replication. */
import type { MetricSource } from '../metric-source.ts';
import { corrupt, follow, followersOf, promote, replicate } from '../plane/logs.ts';
import type { World } from '../world/world.ts';
import { FILE_SYSTEMS, type FileSystem, lastReplicated, MOUNT_TARGETS, REPLICATIONS, replicationLag } from './efs-model.ts';

export function begin(world: World): void {
  world.onFault((fault, _, how) => {
    const named = (arn: string): FileSystem | undefined =>
      world.everywhere(FILE_SYSTEMS).find(({ item }) => item.arn === arn)?.item;
    switch (fault.kind) {
      case 'replication-stopped':
        if (named(fault.arn) !== undefined)
          for (const follower of followersOf(world, fault.arn))
            replicate(world, follower, how === 'begins' ? 'stopped' : 'running');
        break;
      case 'corruption':
        if (how === 'begins' && named(fault.arn) !== undefined) corrupt(world, fault.arn);
        break;
      case 'deleted': {
        const fs = named(fault.arn);
        if (how === 'begins' && fs !== undefined) erase(world, fs);
        break;
      }
      case 'region-loss':
        for (const { item } of world.everywhere(REPLICATIONS)) {
          if (item.source.region !== fault.region || item.status !== 'ENABLED') continue;
          if (how === 'begins') promote(world, item.destination.arn);
          else follow(world, item.source.arn, item.destination.arn, () => replicationLag(world, item.source.arn));
        }
        break;
      case 'account-compromised':
        if (how === 'begins')
          for (const { account, item } of world.everywhere(FILE_SYSTEMS)) if (account === fault.account) erase(world, item);
        break;
      default:
        break;
    }
  });
}

function erase(world: World, fs: FileSystem): void {
  for (const { account, region, key, item } of world.everywhere(MOUNT_TARGETS))
    if (item.fileSystem === fs.id) world.remove(MOUNT_TARGETS, account, region, key);
  world.remove(FILE_SYSTEMS, fs.account, fs.region, fs.id);
  fs.lifeCycle = 'deleted';
}

/** Seconds since the last complete copy (user guide, "Monitoring EFS file system replication"). */
export const efsMetrics: readonly MetricSource[] = [
  {
    namespace: 'AWS/EFS',
    metric: 'TimeSinceLastSync',
    *dimensions(world) {
      for (const { account, region, item } of world.everywhere(REPLICATIONS)) {
        if (item.status !== 'ENABLED') continue;
        yield {
          account,
          region,
          dimensions: { FileSystemId: item.source.id, DestinationFileSystemId: item.destination.id },
          value: (at) => (at - (lastReplicated(world, item, at) ?? at)) / 1000,
        };
      }
    },
  },
];
