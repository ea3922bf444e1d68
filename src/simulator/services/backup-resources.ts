/** What AWS Backup backs up in the world, and how each kind is made again from a recovery point. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as EFS from '@aws-sdk/client-efs';
import { restore } from '../plane/logs.ts';
import { invalid, lasting, type Restore, type Spot, type Subject } from './backup-model.ts';
import { BACKUPS, TABLES, type Table } from './dynamodb-model.ts';
import { INSTANCES as EC2_INSTANCES, instanceArn } from './ec2-instances.ts';
import { SNAPSHOTS as EBS_SNAPSHOTS, VOLUMES, volumeArn } from './ec2-volumes.ts';
import { FILE_SYSTEMS, type FileSystem } from './efs-model.ts';
import { type Restorable, restorableOf, SNAPSHOTS, type Snapshot } from './rds-backups-state.ts';
import { CLUSTERS, type Cluster, INSTANCES, type Instance } from './rds-state.ts';
import { BUCKETS, type Bucket, bucketAnywhere, bucketArn, type Version } from './s3-model.ts';

/** Minutes that making a new store takes beyond what its service needs to create an empty one; assumptions. */
const LOADING = [5, 40] as const;

/** A resource as it is now. */
export interface Backupable extends Subject {
  readonly tags: Readonly<Record<string, string>>;
  /** Key of the resource; undefined: recovery points are under the key of their vault, which AWS Backup manages in full. */
  readonly key: string | undefined;
  readonly continuous: boolean;
  /** Why AWS Backup cannot back it up now. */
  readonly obstacle: string | undefined;
  /** Prefix of the ARNs of its recovery points; the id of the job follows. */
  readonly points: string;
  /** Keeps what a restore needs. */
  readonly capture: () => Restore;
}

type Pairs = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
const fromPairs = (tags: Pairs | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));

/** Everything of one account and Region that AWS Backup can back up. */
export function backupables(spot: Spot): readonly Backupable[] {
  const { world, account, region } = spot;
  const items = <T>(on: Parameters<typeof world.list<T>>[0], place = region): readonly T[] => world.list(on, account, place);
  return [
    ...items(TABLES).map((t) => tableOf(spot, t)),
    ...items(INSTANCES)
      .filter((i) => i.cluster === undefined)
      .map((i) => databaseOf(spot, i)),
    ...items(CLUSTERS).map((c) => databaseOf(spot, c)),
    ...items(FILE_SYSTEMS).map((f) => fileSystemOf(spot, f)),
    ...items(BUCKETS).map((b) => bucketOf(spot, b)),
    ...items(VOLUMES).map((v) => volumeOf(spot, v)),
    ...items(EC2_INSTANCES)
      .filter((i) => i.State?.Name === 'running' || i.State?.Name === 'stopped')
      .map((i) => machineOf(spot, i)),
  ];
}

/** Most tables of simulated AWS hold nothing; their many backups share it. */
const NONE: Table['items'] = new Map();
const managed = ({ account, region }: Spot): string => `arn:aws:backup:${region}:${account}:recovery-point:`;

function tableOf(spot: Spot, table: Table): Backupable {
  return {
    arn: table.arn,
    type: 'DynamoDB',
    name: table.name,
    tags: Object.fromEntries(table.tags),
    key: undefined,
    continuous: false,
    obstacle: table.status === 'ACTIVE' ? undefined : `The table is ${table.status}.`,
    points: managed(spot),
    capture: () => {
      const kept = { ...table, items: table.items.size === 0 ? NONE : new Map(table.items) };
      return async (context, point, metadata) => {
        const name = metadata.targetTableName ?? metadata.TargetTableName;
        if (name === undefined) throw invalid('The restore metadata need targetTableName.');
        const backup = { arn: point.arn, name, type: 'AWS_BACKUP', at: point.at, expires: undefined, table: kept } as const;
        context.put(BACKUPS, point.arn, { ...backup, status: 'AVAILABLE' });
        const input: DynamoDB.RestoreTableFromBackupCommandInput = { TargetTableName: name, BackupArn: point.arn };
        await context.call('dynamodb', 'RestoreTableFromBackup', input);
        // AWS Backup keeps it, DynamoDB does not list it.
        context.remove(BACKUPS, point.arn);
        const made = context.get(TABLES, name);
        return { arn: made?.arn ?? '', isReady: () => made?.status === 'ACTIVE' };
      };
    },
  };
}

function engineType(store: Instance | Cluster): string {
  if (!('members' in store) || store.kind === 'multi-az') return 'RDS';
  return store.engine === 'docdb' ? 'DocumentDB' : store.engine === 'neptune' ? 'Neptune' : 'Aurora';
}

function databaseOf({ account, region }: Spot, store: Instance | Cluster): Backupable {
  const of = 'members' in store ? 'cluster' : 'instance';
  const type = engineType(store);
  return {
    arn: store.arn,
    type,
    name: store.id,
    tags: store.tags,
    key: store.kmsKey ?? '',
    continuous: type === 'RDS' || type === 'Aurora',
    obstacle: store.status === 'available' || store.status === 'backing-up' ? undefined : `${store.id} is ${store.status}.`,
    points: `arn:aws:rds:${region}:${account}:${of === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:awsbackup:job-`,
    capture: () => restoreDatabase(of, { arn: store.arn, id: store.id }, restorableOf(store)),
  };
}

/** A continuous recovery point is restored to `RestoreTime`, else to now. */
function restoreDatabase(of: Snapshot['of'], source: { readonly arn: string; readonly id: string }, store: Restorable): Restore {
  return async (context, point, metadata) => {
    const { world, account, region } = context;
    const asked = metadata.RestoreTime ?? metadata.restoreTime;
    const at = point.continuous ? (asked === undefined ? world.clock.now() : Date.parse(asked)) : point.at;
    const id = `awsbackup:${point.arn.split(':').at(-1) ?? ''}`;
    const arn = `arn:aws:rds:${region}:${account}:${of === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:${id}`;
    const kmsKey = store.encrypted ? (point.key ?? store.kmsKey) : undefined;
    const kept = { id, arn, account, region, of, source: source.arn, sourceId: source.id, at, store: { ...store, kmsKey } };
    context.put(SNAPSHOTS, `${of}/${id}`, { ...kept, status: 'available', tags: {} });
    try {
      return of === 'instance' ? await instance() : await cluster();
    } finally {
      context.remove(SNAPSHOTS, `${of}/${id}`);
    }

    async function instance(): Promise<{ readonly arn: string; readonly isReady: () => boolean }> {
      const name = metadata.DBInstanceIdentifier;
      if (name === undefined) throw invalid('The restore metadata need DBInstanceIdentifier.');
      await context.call('rds', 'RestoreDBInstanceFromDBSnapshot', {
        DBInstanceIdentifier: name,
        DBSnapshotIdentifier: arn,
        DBSubnetGroupName: metadata.DBSubnetGroupName,
        DBInstanceClass: metadata.DBInstanceClass,
        MultiAZ: metadata.MultiAZ === undefined ? undefined : metadata.MultiAZ === 'true',
      });
      const made = context.get(INSTANCES, name.toLowerCase());
      return { arn: made?.arn ?? '', isReady: () => made?.status === 'available' };
    }

    async function cluster(): Promise<{ readonly arn: string; readonly isReady: () => boolean }> {
      const name = metadata.DBClusterIdentifier;
      if (name === undefined) throw invalid('The restore metadata need DBClusterIdentifier.');
      await context.call('rds', 'RestoreDBClusterFromSnapshot', {
        DBClusterIdentifier: name,
        SnapshotIdentifier: arn,
        Engine: metadata.Engine ?? store.engine,
        DBSubnetGroupName: metadata.DBSubnetGroupName,
      });
      const made = context.get(CLUSTERS, name.toLowerCase());
      return { arn: made?.arn ?? '', isReady: () => made?.status === 'available' };
    }
  };
}

function fileSystemOf(spot: Spot, fs: FileSystem): Backupable {
  return {
    arn: fs.arn,
    type: 'EFS',
    name: fs.tags.get('Name') ?? fs.id,
    tags: Object.fromEntries(fs.tags),
    key: undefined,
    continuous: false,
    obstacle: fs.lifeCycle === 'available' ? undefined : `${fs.id} is ${fs.lifeCycle}.`,
    points: managed(spot),
    // Into a new file system, or beside what is in the old one: the metadata say which (developer guide, "Restore an EFS file system").
    capture: () => async (context, point, metadata) => {
      const { world } = context;
      const into = metadata['file-system-id'] ?? fs.id;
      const isNew = metadata.newFileSystem === 'true';
      const made = isNew
        ? ((await context.call('efs', 'CreateFileSystem', {
            CreationToken: metadata.CreationToken ?? `restore-${world.random.hex(16)}`,
            Encrypted: metadata.Encrypted === 'true' || fs.encrypted,
            KmsKeyId: metadata.KmsKeyId,
          })) as EFS.CreateFileSystemCommandOutput)
        : undefined;
      const id = made?.FileSystemId ?? into;
      const target = context.get(FILE_SYSTEMS, id);
      if (target === undefined) throw invalid(`The file system ${id} does not exist.`);
      const until = world.clock.now() + lasting(world, LOADING);
      world.clock.at(until, () => restore(world, fs.arn, target.arn, point.at));
      return { arn: target.arn, isReady: () => world.clock.now() >= until && target.lifeCycle === 'available' };
    },
  };
}

function bucketOf(spot: Spot, bucket: Bucket): Backupable {
  return {
    arn: bucket.arn,
    type: 'S3',
    name: bucket.name,
    tags: fromPairs(bucket.tags),
    key: undefined,
    continuous: true,
    obstacle: bucket.versioning === 'Enabled' ? undefined : 'Versioning is not enabled on the bucket.',
    points: managed(spot),
    capture: () => {
      const kept: ReadonlyMap<string, readonly Version[]> = new Map(
        [...bucket.objects].map(([key, versions]) => [key, [...versions]]),
      );
      return async (context, point, metadata) => {
        const { world } = context;
        const name = metadata.DestinationBucketName ?? metadata.destinationBucketName ?? bucket.name;
        if ((metadata.NewBucket ?? metadata.newBucket) === 'true') {
          const where =
            context.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: context.region } };
          await context.call('s3', 'CreateBucket', { Bucket: name, ...where });
          const on = { Bucket: name, VersioningConfiguration: { Status: 'Enabled' } };
          await context.call('s3', 'PutBucketVersioning', on);
        }
        const target = bucketAnywhere(world, name);
        if (target === undefined) throw invalid(`The bucket ${name} does not exist.`);
        const asked = metadata.RestoreTime ?? metadata.restoreTime;
        const at = point.continuous ? (asked === undefined ? world.clock.now() : Date.parse(asked)) : point.at;
        const until = world.clock.now() + lasting(world, LOADING);
        world.clock.at(until, () => {
          const source = point.continuous ? bucket.objects : kept;
          for (const [key, versions] of source) {
            const version = versions.findLast((v) => v.at <= at);
            if (version !== undefined && !version.marker) target.objects.set(key, [...(target.objects.get(key) ?? []), version]);
          }
          restore(world, bucket.arn, target.arn, at);
        });
        return { arn: bucketArn(name), isReady: () => world.clock.now() >= until };
      };
    },
  };
}

function volumeOf(spot: Spot, volume: EC2.Volume): Backupable {
  const arn = volumeArn(spot, volume.VolumeId ?? '');
  return {
    arn,
    type: 'EBS',
    name: volume.VolumeId ?? '',
    tags: fromPairs(volume.Tags),
    key: volume.KmsKeyId ?? '',
    continuous: false,
    obstacle: spot.world.zoneIsLost(volume.AvailabilityZone ?? '') ? 'The volume is impaired.' : undefined,
    points: `arn:aws:ec2:${spot.region}::snapshot/snap-`,
    capture: () => {
      const { VolumeId, Size, Encrypted, KmsKeyId, AvailabilityZone, VolumeType } = volume;
      return async (context, point, metadata) => {
        const id = `snap-${context.world.random.hex(17)}`;
        restore(context.world, arn, `arn:aws:ec2:${context.region}::snapshot/${id}`, point.at);
        const of: EC2.Snapshot = { SnapshotId: id, State: 'completed', OwnerId: context.account, Encrypted: Encrypted ?? false };
        const key = point.key ?? KmsKeyId;
        context.put(EBS_SNAPSHOTS, id, {
          ...of,
          ...(VolumeId === undefined ? {} : { VolumeId }),
          ...(Size === undefined ? {} : { VolumeSize: Size }),
          ...(key === undefined || key === '' ? {} : { KmsKeyId: key }),
        });
        const made = (await context.call('ec2', 'CreateVolume', {
          SnapshotId: id,
          AvailabilityZone: metadata.availabilityZone ?? AvailabilityZone,
          VolumeType: metadata.volumeType ?? VolumeType,
        })) as EC2.CreateVolumeCommandOutput;
        const now = context.get(VOLUMES, made.VolumeId ?? '');
        return { arn: volumeArn(context, made.VolumeId ?? ''), isReady: () => now?.State === 'available' };
      };
    },
  };
}

function machineOf(spot: Spot, instance: EC2.Instance): Backupable {
  return {
    arn: instanceArn(spot, instance.InstanceId ?? ''),
    type: 'EC2',
    name: instance.InstanceId ?? '',
    tags: fromPairs(instance.Tags),
    key: '',
    continuous: false,
    obstacle: undefined,
    points: `arn:aws:ec2:${spot.region}::image/ami-`,
    capture: () => {
      const { ImageId, InstanceType, SubnetId, BlockDeviceMappings = [] } = instance;
      const volumes = BlockDeviceMappings.map((d) => [d.DeviceName, d.Ebs?.VolumeId] as const);
      return async (context, point, metadata) => {
        const run: Partial<EC2.RunInstancesCommandInput> = { MinCount: 1, MaxCount: 1 };
        if (ImageId !== undefined) run.ImageId = ImageId;
        if (InstanceType !== undefined) run.InstanceType = InstanceType;
        const subnet = metadata.SubnetId ?? (context.region === spot.region ? SubnetId : undefined);
        if (subnet !== undefined) run.SubnetId = subnet;
        const { Instances = [] } = (await context.call('ec2', 'RunInstances', run)) as EC2.RunInstancesCommandOutput;
        const made = context.get(EC2_INSTANCES, Instances[0]?.InstanceId ?? '');
        for (const device of made?.BlockDeviceMappings ?? []) {
          const from = volumes.find(([name]) => name === device.DeviceName)?.[1];
          if (from !== undefined)
            restore(context.world, volumeArn(spot, from), volumeArn(context, device.Ebs?.VolumeId ?? ''), point.at);
        }
        return { arn: instanceArn(context, made?.InstanceId ?? ''), isReady: () => made?.State?.Name === 'running' };
      };
    },
  };
}
