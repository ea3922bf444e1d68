/**
 * What an assessment of Resilience Hub says of a resource, in coarse form: how each kind of disruption is recovered from, and how
 * long that takes (https://docs.aws.amazon.com/resilience-hub/latest/userguide/resil-policies.html and the supported resources
 * there). Its figures are its own estimates; ours follow their order of size: seconds where a standby takes over, minutes where a
 * replica is promoted, hours where a backup is restored, and never where nothing is left.
 */
import type * as Hub from '@aws-sdk/client-resiliencehub';
import type { World } from '../world/world.ts';
import { isVisible, VAULTS } from './backup-model.ts';
import { TABLES } from './dynamodb-model.ts';
import { FILE_SYSTEMS, REPLICATIONS } from './efs-model.ts';
import { KEPT_BACKUPS } from './rds-backups-state.ts';
import { type Cluster, clusterAt, INSTANCES, type Instance, instanceAt, membersOf } from './rds-state.ts';
import { bucketAnywhere } from './s3-model.ts';

/** Seconds by which Resilience Hub says that nothing recovers: a second more than thirty days. */
export const UNRECOVERABLE = 2_592_001;

export interface Estimate {
  readonly rto: number;
  readonly rpo: number;
  readonly rtoText: string;
  readonly rpoText: string;
}

export type Estimates = Readonly<Record<Hub.DisruptionType, Estimate>>;

const MINUTES = 60;
const HOURS = 3600;

const by = (rto: number, rpo: number, text: string): Estimate => ({ rto, rpo, rtoText: text, rpoText: text });
const NEVER = by(UNRECOVERABLE, UNRECOVERABLE, 'Nothing brings it back');
const AT_ONCE = by(0, 0, 'The service runs in several Availability Zones');

/** Of an ARN; undefined: Resilience Hub does not assess resources of that kind. */
export function estimatesOf(world: World, arn: string): Estimates | undefined {
  const [, , service = '', region = '', account = '', ...rest] = arn.split(':');
  const name = rest.join(':');
  switch (service) {
    case 'rds': {
      const cluster = name.startsWith('cluster:') ? clusterAt(world, account, region, arn) : undefined;
      const instance = name.startsWith('db:') ? instanceAt(world, account, region, arn) : undefined;
      if (cluster !== undefined) return ofCluster(world, cluster);
      return instance === undefined || instance.cluster !== undefined ? undefined : ofInstance(world, instance);
    }
    case 'dynamodb':
      return ofTable(world, account, region, name);
    case 's3':
      return ofBucket(world, name);
    case 'elasticfilesystem':
      return ofFileSystem(world, account, region, name);
    case 'ec2':
      return name.startsWith('instance/') ? ofMachine(world, arn, account, region) : undefined;
    case 'lambda':
    case 'sqs':
    case 'sns':
    case 'elasticloadbalancing':
    case 'ecs':
    case 'apigateway':
    case 'autoscaling':
      return { Hardware: AT_ONCE, AZ: AT_ONCE, Software: AT_ONCE, Region: NEVER };
    default:
      return undefined;
  }
}

/** From a copy in another Region that AWS Backup keeps, or from a recovery point in the same one. */
function backupOf(
  world: World,
  arn: string,
  account: string,
  region: string,
): { readonly here: boolean; readonly away: boolean } {
  const now = world.clock.now();
  const found = world
    .everywhere(VAULTS)
    .filter(({ item }) => (item.bySubject.get(arn) ?? []).some((p) => isVisible(p, now) && p.completes <= now));
  return {
    here: found.some((p) => p.account === account && p.region === region),
    away: found.some((p) => p.region !== region),
  };
}

const RESTORED = by(2 * HOURS, 24 * HOURS, 'A recovery point of AWS Backup is restored');
const RESTORED_AWAY = by(4 * HOURS, 24 * HOURS, 'A copy of AWS Backup in another Region is restored');
const firstOf = (...candidates: readonly (Estimate | false)[]): Estimate =>
  candidates.find((c): c is Estimate => c !== false) ?? NEVER;

function ofInstance(world: World, instance: Instance): Estimates {
  const { arn, account, region } = instance;
  const backup = backupOf(world, arn, account, region);
  const restored = firstOf(
    instance.retentionDays > 0 && by(2 * HOURS, 5 * MINUTES, 'A point in time is restored from automated backups'),
    backup.here && RESTORED,
  );
  const standby = instance.multiAz ? by(2 * MINUTES, 0, 'The standby in another Availability Zone takes over') : restored;
  const isReplicated = world.everywhere(INSTANCES).some((p) => p.item.source === arn && p.region !== region);
  const isKept = world.everywhere(KEPT_BACKUPS).some((p) => p.item.source === arn && p.item.status === 'replicating');
  return {
    Hardware: standby,
    AZ: standby,
    Software: restored,
    Region: firstOf(
      isReplicated && by(30 * MINUTES, 5 * MINUTES, 'The read replica in another Region is promoted'),
      isKept && by(3 * HOURS, 30 * MINUTES, 'Replicated automated backups are restored in another Region'),
      backup.away && RESTORED_AWAY,
    ),
  };
}

function ofCluster(world: World, cluster: Cluster): Estimates {
  const backup = backupOf(world, cluster.arn, cluster.account, cluster.region);
  const zones = new Set(membersOf(world, cluster).map((m) => m.zone));
  const hasReader = cluster.kind === 'multi-az' || zones.size > 1;
  const compute = hasReader
    ? by(MINUTES, 0, 'A reader in another Availability Zone becomes the writer')
    : by(15 * MINUTES, 0, 'A new writer is created over the volume that spans three Availability Zones');
  return {
    Hardware: compute,
    AZ: compute,
    Software: firstOf(
      cluster.retentionDays > 0 && by(2 * HOURS, 5 * MINUTES, 'A point in time is restored from automated backups'),
      backup.here && RESTORED,
    ),
    Region: firstOf(
      cluster.global !== undefined && by(15 * MINUTES, 5, 'The secondary cluster of the global database is promoted'),
      backup.away && RESTORED_AWAY,
    ),
  };
}

function ofTable(world: World, account: string, region: string, name: string): Estimates | undefined {
  const table = world.get(TABLES, account, region, name.replace(/^table\//, ''));
  if (table === undefined) return undefined;
  const backup = backupOf(world, table.arn, account, region);
  return {
    Hardware: AT_ONCE,
    AZ: AT_ONCE,
    Software: firstOf(
      table.recovery !== undefined && by(2 * HOURS, 5 * MINUTES, 'A point in time is restored into a new table'),
      backup.here && RESTORED,
    ),
    Region: firstOf(
      (table.group?.regions.length ?? 0) > 1 && by(MINUTES, 5, 'The replica of the global table in another Region is used'),
      backup.away && RESTORED_AWAY,
    ),
  };
}

function ofBucket(world: World, name: string): Estimates | undefined {
  const bucket = bucketAnywhere(world, name);
  if (bucket === undefined) return undefined;
  const backup = backupOf(world, bucket.arn, bucket.account, bucket.region);
  const destinations = (bucket.replication?.Rules ?? [])
    .filter((r) => r.Status === 'Enabled')
    .map((r) => bucketAnywhere(world, (r.Destination?.Bucket ?? '').replace(/^arn:aws:s3:::/, '')));
  return {
    Hardware: AT_ONCE,
    AZ: AT_ONCE,
    Software: firstOf(
      bucket.versioning === 'Enabled' && by(10 * MINUTES, 0, 'Earlier versions of objects are restored'),
      backup.here && RESTORED,
    ),
    Region: firstOf(
      destinations.some((d) => d !== undefined && d.region !== bucket.region) &&
        by(10 * MINUTES, 15 * MINUTES, 'The bucket in another Region to which objects are replicated is used'),
      backup.away && RESTORED_AWAY,
    ),
  };
}

function ofFileSystem(world: World, account: string, region: string, name: string): Estimates | undefined {
  const fs = world.get(FILE_SYSTEMS, account, region, name.replace(/^file-system\//, ''));
  if (fs === undefined) return undefined;
  const backup = backupOf(world, fs.arn, account, region);
  const replication = world.get(REPLICATIONS, account, region, fs.id);
  const restored = firstOf(backup.here && RESTORED);
  const isAway = replication !== undefined && replication.destination.region !== region;
  const replica = by(15 * MINUTES, 15 * MINUTES, 'The file system that receives the replication becomes writable');
  return {
    Hardware: fs.zone === undefined ? AT_ONCE : restored,
    AZ: fs.zone === undefined ? AT_ONCE : firstOf(replication !== undefined && replica, backup.here && RESTORED),
    Software: restored,
    Region: firstOf(isAway && replica, backup.away && RESTORED_AWAY),
  };
}

function ofMachine(world: World, arn: string, account: string, region: string): Estimates {
  const backup = backupOf(world, arn, account, region);
  const restored = firstOf(backup.here && RESTORED);
  return {
    Hardware: by(10 * MINUTES, 0, 'The instance is recovered on other hardware'),
    AZ: restored,
    Software: restored,
    Region: firstOf(backup.away && RESTORED_AWAY),
  };
}
