/** ElastiCache groups and clusters made anew from a snapshot. */
import type * as ElastiCache from '@aws-sdk/client-elasticache';
import type { Place } from '../../aws/call.ts';
import { clusterNamed, elasticache, groupNamed } from './elasticache.ts';
import { type Hand, type Named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { type Made, making } from './making.ts';
import { newName } from './memo.ts';
import { pointOf } from './moment.ts';

/** API CreateReplicationGroup: 40 characters; CreateCacheCluster: 50. */
const LONGEST = 40;

/** The newest snapshot, in the Region that it is restored into. */
async function snapshotOf(
  hand: Hand,
  of: { ReplicationGroupId: string } | { CacheClusterId: string },
  at: Place,
): Promise<string> {
  const { Snapshots } = await hand.session.send(elasticache.describeSnapshots, of, at);
  const points = (Snapshots ?? []).flatMap((s) => {
    const times = (s.NodeSnapshots ?? []).flatMap((n) => n.SnapshotCreateTime ?? []);
    const latest = times.toSorted((a, b) => b.getTime() - a.getTime())[0];
    return s.SnapshotStatus === 'available' && latest !== undefined && s.SnapshotName !== undefined
      ? [{ at: latest, name: s.SnapshotName }]
      : [];
  });
  const point = pointOf(hand, points);
  if (point === undefined) throw new StepFailure(`${at.region} holds no snapshot that could be restored`);
  return point.name;
}

const TAKEN = ['ReplicationGroupAlreadyExists', 'CacheClusterAlreadyExists'];

export const restoreSnapshot: StepMaker = (hand) => {
  const source = subjectOf(hand);
  if (typeof source === 'string') return source;
  if (source.arn.includes(':replicationgroup:')) return [restoredGroup(hand, source)];
  if (source.arn.includes(':cluster:')) return [restoredCluster(hand, source)];
  return `no call of this version restores ${source.arn}`;
};

function restoredGroup(hand: Hand, source: Named) {
  const { session, given } = hand;
  const { at } = source;
  return making({
    id: `restore ${source.name} from a snapshot`,
    describes: { from: source.arn, into: 'a new replication group beside it' },
    clock: hand.clock,
    canary: hand.canary,
    name: (token) => newName(source.name, token, LONGEST),
    begin: async (name) => {
      const SnapshotName = await snapshotOf(hand, { ReplicationGroupId: source.name }, at);
      const like = await groupNamed(session, source.name, at);
      const node = like?.MemberClusters?.[0];
      const cluster = node === undefined ? undefined : await clusterNamed(session, node, at);
      const security =
        given.securityGroups?.split(/[ ,]+/) ?? cluster?.SecurityGroups?.flatMap((g) => g.SecurityGroupId ?? []) ?? [];
      const shards = like?.NodeGroups ?? [];
      const input: ElastiCache.CreateReplicationGroupCommandInput = {
        ReplicationGroupId: name,
        ReplicationGroupDescription: `restored from ${SnapshotName} by Holdfast`,
        SnapshotName,
        Engine: like?.Engine,
        CacheNodeType: like?.CacheNodeType,
        AutomaticFailoverEnabled: like?.AutomaticFailover === 'enabled',
        MultiAZEnabled: like?.MultiAZ === 'enabled',
        ReplicasPerNodeGroup: Math.max(0, (shards[0]?.NodeGroupMembers?.length ?? 1) - 1),
        ...(like?.ClusterEnabled === true ? { NumNodeGroups: shards.length } : {}),
        CacheSubnetGroupName: given.subnetGroup ?? cluster?.CacheSubnetGroupName,
        CacheParameterGroupName: cluster?.CacheParameterGroup?.CacheParameterGroupName,
        SecurityGroupIds: security.length === 0 ? undefined : security,
        AtRestEncryptionEnabled: like?.AtRestEncryptionEnabled,
        TransitEncryptionEnabled: like?.TransitEncryptionEnabled,
        KmsKeyId: like?.KmsKeyId,
      };
      await session.send(elasticache.createGroup, input, at);
    },
    begun: TAKEN,
    look: async (name): Promise<Made> => {
      const group = await groupNamed(session, name, at);
      if (group === undefined) return { kind: 'absent' };
      if (group.Status === 'create-failed') return { kind: 'failed', why: `${name} could not be made` };
      const address = group.ConfigurationEndpoint?.Address ?? group.NodeGroups?.[0]?.PrimaryEndpoint?.Address;
      return group.Status === 'available' && address !== undefined
        ? { kind: 'ready', endpoints: [address] }
        : { kind: 'pending' };
    },
    remove: (name) => session.send(elasticache.deleteGroup, { ReplicationGroupId: name }, at),
    calls: (name) => source.like(at.region, `replicationgroup:${name}`),
  });
}

function restoredCluster(hand: Hand, source: Named) {
  const { session, given } = hand;
  const { at } = source;
  return making({
    id: `restore ${source.name} from a snapshot`,
    describes: { from: source.arn, into: 'a new cache cluster beside it' },
    clock: hand.clock,
    canary: hand.canary,
    name: (token) => newName(source.name, token, LONGEST),
    begin: async (name) => {
      const SnapshotName = await snapshotOf(hand, { CacheClusterId: source.name }, at);
      const like = await clusterNamed(session, source.name, at);
      const input: ElastiCache.CreateCacheClusterCommandInput = {
        CacheClusterId: name,
        SnapshotName,
        Engine: like?.Engine,
        CacheNodeType: like?.CacheNodeType,
        NumCacheNodes: like?.NumCacheNodes ?? 1,
        CacheSubnetGroupName: given.subnetGroup ?? like?.CacheSubnetGroupName,
        CacheParameterGroupName: like?.CacheParameterGroup?.CacheParameterGroupName,
      };
      await session.send(elasticache.createCluster, input, at);
    },
    begun: TAKEN,
    look: async (name): Promise<Made> => {
      const cluster = await clusterNamed(session, name, at);
      if (cluster === undefined) return { kind: 'absent' };
      if (cluster.CacheClusterStatus === 'create-failed') return { kind: 'failed', why: `${name} could not be made` };
      const address = cluster.ConfigurationEndpoint?.Address ?? cluster.CacheNodes?.[0]?.Endpoint?.Address;
      return cluster.CacheClusterStatus === 'available' && address !== undefined
        ? { kind: 'ready', endpoints: [address] }
        : { kind: 'pending' };
    },
    remove: (name) => session.send(elasticache.deleteCluster, { CacheClusterId: name }, at),
    calls: (name) => source.like(at.region, `cluster:${name}`),
  });
}
