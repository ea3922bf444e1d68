/** Snapshots of simulated RDS: take, copy, list, delete. */
import type {
  CopyDBSnapshotCommandInput,
  CopyDBSnapshotCommandOutput,
  CreateDBClusterSnapshotCommandInput,
  CreateDBClusterSnapshotCommandOutput,
  CreateDBSnapshotCommandInput,
  CreateDBSnapshotCommandOutput,
  DBClusterSnapshot,
  DBSnapshot,
  DeleteDBClusterSnapshotCommandInput,
  DeleteDBClusterSnapshotCommandOutput,
  DeleteDBSnapshotCommandInput,
  DeleteDBSnapshotCommandOutput,
  DescribeDBClusterSnapshotsCommandInput,
  DescribeDBClusterSnapshotsCommandOutput,
  DescribeDBSnapshotsCommandInput,
  DescribeDBSnapshotsCommandOutput,
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { dailySnapshots, restorableOf, SNAPSHOTS, type Snapshot } from './rds-backups-state.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { keyOf } from './rds-make.ts';
import { tagList } from './rds-replies.ts';
import { CLUSTERS, type Cluster, clusterOr404, INSTANCES, type Instance, instanceOr404, record, tagsOf } from './rds-state.ts';

/** Seconds that a snapshot takes, and a copy to another Region; our assumptions, since AWS says that it depends on the size. */
const SNAPSHOT = [90, 420] as const;
const COPY = [300, 1800] as const;
export function takeSnapshot(
  store: Instance | Cluster,
  name: string | undefined,
  tags: Readonly<Record<string, string>>,
  context: CallContext,
): Snapshot {
  const of = 'members' in store ? 'cluster' : 'instance';
  const id = (name ?? '').toLowerCase();
  if (context.get(SNAPSHOTS, `${of}/${id}`) !== undefined)
    throw new ServiceFault(
      of === 'instance' ? 'DBSnapshotAlreadyExists' : 'DBClusterSnapshotAlreadyExistsFault',
      `Snapshot ${id} already exists.`,
    );
  const { world, account, region } = context;
  const snapshot: Snapshot = {
    account,
    region,
    id,
    arn: context.arn('rds', `${of === 'instance' ? 'snapshot' : 'cluster-snapshot'}:${id}`),
    of,
    source: store.arn,
    sourceId: store.id,
    at: world.clock.now(),
    status: 'creating',
    store: restorableOf(store),
    tags,
  };
  context.put(SNAPSHOTS, `${of}/${id}`, snapshot);
  becomeAvailable(context, snapshot, SNAPSHOT);
  return snapshot;
}

function becomeAvailable(context: CallContext, snapshot: Snapshot, takes: readonly [number, number]): void {
  const { world } = context;
  world.clock.after(between(world, ...takes), () => {
    snapshot.status = 'available';
    record(world, snapshot, 'creation', 'Snapshot created');
  });
}

/** Snapshots of the place, automated ones included, in order of time. */
export function snapshotsOf(context: CallContext, of: Snapshot['of']): readonly (Snapshot & { readonly automated: boolean })[] {
  const manual = context.list(SNAPSHOTS).filter((s) => s.of === of);
  const stores: readonly (Instance | Cluster)[] =
    of === 'cluster' ? context.list(CLUSTERS) : context.list(INSTANCES).filter((i) => i.cluster === undefined);
  const daily = stores.flatMap((store) =>
    dailySnapshots(context.world, store).map((at) => {
      const id = `rds:${store.id}-${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
      return {
        account: store.account,
        region: store.region,
        id,
        arn: context.arn('rds', `${of === 'instance' ? 'snapshot' : 'cluster-snapshot'}:${id}`),
        of,
        source: store.arn,
        sourceId: store.id,
        at,
        status: 'available',
        store: restorableOf(store),
        tags: {},
        automated: true,
      };
    }),
  );
  return [...manual.map((s) => ({ ...s, automated: false })), ...daily].toSorted((a, b) => a.at - b.at);
}

export function snapshotOr404(context: CallContext, of: Snapshot['of'], name: string | undefined): Snapshot {
  const wanted = (name ?? '').toLowerCase();
  const code = of === 'instance' ? 'DBSnapshotNotFound' : 'DBClusterSnapshotNotFoundFault';
  const elsewhere = /^arn:aws[^:]*:rds:([^:]+):(\d+):(?:cluster-)?snapshot:(.+)$/.exec(wanted);
  const found =
    elsewhere === null
      ? snapshotsOf(context, of).find((s) => s.id === wanted)
      : context.world.get(SNAPSHOTS, elsewhere[2] ?? '', elsewhere[1] ?? '', `${of}/${elsewhere[3] ?? ''}`);
  if (found === undefined) throw new ServiceFault(code, `Snapshot ${wanted} not found.`, 404);
  return found;
}

const instanceSnapshot = (s: Snapshot & { readonly automated?: boolean }): DBSnapshot => ({
  DBSnapshotIdentifier: s.id,
  DBSnapshotArn: s.arn,
  DBInstanceIdentifier: s.sourceId,
  SnapshotCreateTime: new Date(s.at),
  OriginalSnapshotCreateTime: new Date(s.at),
  Status: s.status,
  PercentProgress: s.status === 'available' ? 100 : 0,
  SnapshotType: s.automated === true ? 'automated' : 'manual',
  Engine: s.store.engine,
  EngineVersion: s.store.engineVersion,
  Encrypted: s.store.encrypted,
  KmsKeyId: s.store.kmsKey,
  AllocatedStorage: s.store.allocatedStorage,
  TagList: tagList(s.tags),
});

const clusterSnapshot = (s: Snapshot & { readonly automated?: boolean }): DBClusterSnapshot => ({
  DBClusterSnapshotIdentifier: s.id,
  DBClusterSnapshotArn: s.arn,
  DBClusterIdentifier: s.sourceId,
  SnapshotCreateTime: new Date(s.at),
  Status: s.status,
  PercentProgress: s.status === 'available' ? 100 : 0,
  SnapshotType: s.automated === true ? 'automated' : 'manual',
  Engine: s.store.engine,
  EngineVersion: s.store.engineVersion,
  StorageEncrypted: s.store.encrypted,
  KmsKeyId: s.store.kmsKey,
  TagList: tagList(s.tags),
});

const createSnapshot: Operation<CreateDBSnapshotCommandInput, Reply<CreateDBSnapshotCommandOutput>> = (input, context) => {
  const instance = instanceOr404(context.world, context.account, context.region, input.DBInstanceIdentifier);
  if (instance.status !== 'available')
    throw new ServiceFault('InvalidDBInstanceState', `DB instance ${instance.id} is not in the available state.`);
  return { DBSnapshot: instanceSnapshot(takeSnapshot(instance, input.DBSnapshotIdentifier, tagsOf(input.Tags), context)) };
};

const createClusterSnapshot: Operation<CreateDBClusterSnapshotCommandInput, Reply<CreateDBClusterSnapshotCommandOutput>> = (
  input,
  context,
) => {
  const cluster = clusterOr404(context.world, context.account, context.region, input.DBClusterIdentifier);
  return {
    DBClusterSnapshot: clusterSnapshot(takeSnapshot(cluster, input.DBClusterSnapshotIdentifier, tagsOf(input.Tags), context)),
  };
};

const copySnapshot: Operation<CopyDBSnapshotCommandInput, Reply<CopyDBSnapshotCommandOutput>> = async (input, context) => {
  const source = snapshotOr404(context, 'instance', input.SourceDBSnapshotIdentifier);
  const id = (input.TargetDBSnapshotIdentifier ?? '').toLowerCase();
  if (context.get(SNAPSHOTS, `instance/${id}`) !== undefined)
    throw new ServiceFault('DBSnapshotAlreadyExists', `Snapshot ${id} already exists.`);
  const elsewhere = source.region !== context.region;
  const kmsKey = !source.store.encrypted
    ? undefined
    : elsewhere || input.KmsKeyId !== undefined
      ? keyOf(input.KmsKeyId, 'rds', context)
      : source.store.kmsKey;
  const copy: Snapshot = {
    ...source,
    account: context.account,
    region: context.region,
    id,
    arn: context.arn('rds', `snapshot:${id}`),
    status: 'creating',
    store: { ...source.store, kmsKey },
    tags: tagsOf(input.Tags),
  };
  context.put(SNAPSHOTS, `instance/${id}`, copy);
  becomeAvailable(context, copy, elsewhere ? COPY : SNAPSHOT);
  return { DBSnapshot: instanceSnapshot(copy) };
};

const deleteSnapshot: Operation<DeleteDBSnapshotCommandInput, Reply<DeleteDBSnapshotCommandOutput>> = (input, context) => {
  const snapshot = snapshotOr404(context, 'instance', input.DBSnapshotIdentifier);
  if (snapshot.id.startsWith('rds:'))
    throw new ServiceFault('InvalidDBSnapshotState', 'Automated snapshots cannot be deleted by a call.');
  context.remove(SNAPSHOTS, `instance/${snapshot.id}`);
  return { DBSnapshot: { ...instanceSnapshot(snapshot), Status: 'deleted' } };
};

const deleteClusterSnapshot: Operation<DeleteDBClusterSnapshotCommandInput, Reply<DeleteDBClusterSnapshotCommandOutput>> = (
  input,
  context,
) => {
  const snapshot = snapshotOr404(context, 'cluster', input.DBClusterSnapshotIdentifier);
  if (snapshot.id.startsWith('rds:'))
    throw new ServiceFault('InvalidDBClusterSnapshotStateFault', 'Automated snapshots cannot be deleted by a call.');
  context.remove(SNAPSHOTS, `cluster/${snapshot.id}`);
  return { DBClusterSnapshot: { ...clusterSnapshot(snapshot), Status: 'deleted' } };
};

const describeSnapshots: Operation<DescribeDBSnapshotsCommandInput, Reply<DescribeDBSnapshotsCommandOutput>> = (
  input,
  context,
) => {
  const all =
    input.DBSnapshotIdentifier === undefined
      ? snapshotsOf(context, 'instance')
      : [snapshotOr404(context, 'instance', input.DBSnapshotIdentifier)];
  const found = all
    .map(instanceSnapshot)
    .filter(
      (s) =>
        (input.DBInstanceIdentifier === undefined || s.DBInstanceIdentifier === input.DBInstanceIdentifier) &&
        (input.SnapshotType === undefined || s.SnapshotType === input.SnapshotType),
    );
  const { items, next } = page(found, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBSnapshots: [...items], Marker: next };
};

const describeClusterSnapshots: Operation<
  DescribeDBClusterSnapshotsCommandInput,
  Reply<DescribeDBClusterSnapshotsCommandOutput>
> = (input, context) => {
  const all =
    input.DBClusterSnapshotIdentifier === undefined
      ? snapshotsOf(context, 'cluster')
      : [snapshotOr404(context, 'cluster', input.DBClusterSnapshotIdentifier)];
  const found = all
    .map(clusterSnapshot)
    .filter(
      (s) =>
        (input.DBClusterIdentifier === undefined || s.DBClusterIdentifier === input.DBClusterIdentifier) &&
        (input.SnapshotType === undefined || s.SnapshotType === input.SnapshotType),
    );
  const { items, next } = page(found, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBClusterSnapshots: [...items], Marker: next };
};

export const snapshotOperations = {
  CreateDBSnapshot: createSnapshot,
  CreateDBClusterSnapshot: createClusterSnapshot,
  CopyDBSnapshot: copySnapshot,
  DeleteDBSnapshot: deleteSnapshot,
  DeleteDBClusterSnapshot: deleteClusterSnapshot,
  DescribeDBSnapshots: describeSnapshots,
  DescribeDBClusterSnapshots: describeClusterSnapshots,
};
