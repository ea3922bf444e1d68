/** Snapshots of simulated ElastiCache: those that somebody takes, and the daily ones told from when they began. */
import type {
  CreateSnapshotCommandInput,
  CreateSnapshotCommandOutput,
  DeleteSnapshotCommandInput,
  DeleteSnapshotCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  Snapshot as SnapshotReply,
} from '@aws-sdk/client-elasticache';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { CACHE_CLUSTERS, type CacheCluster, GROUPS, groupOr404, type ReplicationGroup } from './elasticache-state.ts';

interface Snapshot {
  readonly name: string;
  readonly arn: string;
  /** ARN of the group or cluster whose data it has. */
  readonly source: string;
  readonly sourceId: string;
  readonly of: 'group' | 'cluster';
  readonly at: number;
  readonly automatic: boolean;
}

const SNAPSHOTS = shelf<Snapshot>('elasticache:snapshot');
const DAY = 24 * 3600 * 1000;
/** API DescribeSnapshots: at most 50 records, which is the default too. */
const PAGE = 50;

type Store = ReplicationGroup | CacheCluster;
const kindOf = (store: Store): Snapshot['of'] => ('shards' in store ? 'group' : 'cluster');

export function takeSnapshot(store: Store, name: string, context: CallContext): Snapshot {
  if (context.get(SNAPSHOTS, name) !== undefined)
    throw new ServiceFault('SnapshotAlreadyExistsFault', `Snapshot ${name} already exists.`);
  const snapshot: Snapshot = {
    name,
    arn: context.arn('elasticache', `snapshot:${name}`),
    source: store.arn,
    sourceId: store.id,
    of: kindOf(store),
    at: context.world.clock.now(),
    automatic: false,
  };
  context.put(SNAPSHOTS, name, snapshot);
  return snapshot;
}

function daily(world: World, store: Store): readonly Snapshot[] {
  const { snapshotsFrom: from } = store;
  if (store.retentionDays === 0 || from === undefined) return [];
  const now = world.clock.now();
  const found: Snapshot[] = [];
  const kept = Math.max(0, Math.floor((now - from) / DAY) - store.retentionDays + 1);
  for (let at = from + kept * DAY; at <= now; at += DAY) {
    const name = `automatic.${store.id}-${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
    const { arn: source, id: sourceId, account, region } = store;
    const arn = `arn:aws:elasticache:${region}:${account}:snapshot:${name}`;
    found.push({ name, arn, source, sourceId, of: kindOf(store), at, automatic: true });
  }
  return found;
}

function all(context: CallContext): readonly Snapshot[] {
  const stores = [...context.list(GROUPS), ...context.list(CACHE_CLUSTERS)];
  return [...context.list(SNAPSHOTS), ...stores.flatMap((s) => daily(context.world, s))];
}

export function snapshotNamed(context: CallContext, name: string): Snapshot {
  const snapshot = all(context).find((s) => s.name === name);
  if (snapshot === undefined) throw new ServiceFault('SnapshotNotFoundFault', `Snapshot ${name} not found.`, 404);
  return snapshot;
}

const reply = (s: Snapshot): SnapshotReply => ({
  SnapshotName: s.name,
  ARN: s.arn,
  SnapshotStatus: 'available',
  SnapshotSource: s.automatic ? 'automated' : 'manual',
  ReplicationGroupId: s.of === 'group' ? s.sourceId : undefined,
  CacheClusterId: s.of === 'cluster' ? s.sourceId : undefined,
  NodeSnapshots: [{ SnapshotCreateTime: new Date(s.at) }],
});

const create: Operation<CreateSnapshotCommandInput, Reply<CreateSnapshotCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const cluster = input.CacheClusterId === undefined ? undefined : context.get(CACHE_CLUSTERS, input.CacheClusterId);
  const store = cluster ?? groupOr404(world, account, region, input.ReplicationGroupId);
  if (store.engine === 'memcached') throw new ServiceFault('SnapshotFeatureNotSupportedFault', 'Memcached has no snapshots.');
  return { Snapshot: reply(takeSnapshot(store, input.SnapshotName ?? '', context)) };
};

const describe: Operation<DescribeSnapshotsCommandInput, Reply<DescribeSnapshotsCommandOutput>> = (input, context) => {
  const found = all(context)
    .map(reply)
    .filter(
      (s) =>
        (input.SnapshotName === undefined || s.SnapshotName === input.SnapshotName) &&
        (input.ReplicationGroupId === undefined || s.ReplicationGroupId === input.ReplicationGroupId) &&
        (input.CacheClusterId === undefined || s.CacheClusterId === input.CacheClusterId),
    );
  const { items, next } = page(found, input.Marker, input.MaxRecords ?? PAGE);
  return { Snapshots: [...items], Marker: next };
};

const remove: Operation<DeleteSnapshotCommandInput, Reply<DeleteSnapshotCommandOutput>> = (input, context) => {
  const snapshot = snapshotNamed(context, input.SnapshotName ?? '');
  context.remove(SNAPSHOTS, snapshot.name);
  return { Snapshot: { ...reply(snapshot), SnapshotStatus: 'deleting' } };
};

export const snapshotOperations = { CreateSnapshot: create, DescribeSnapshots: describe, DeleteSnapshot: remove };
