/** ElastiCache: another node or another Region becomes the primary, and groups made anew from a snapshot. */
import type * as ElastiCache from '@aws-sdk/client-elasticache';
import type { Place, Session } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import { changing } from './changing.ts';
import { arnOf, type Named, named, outputOf, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import type { Tags } from './memo.ts';
import { unless } from './waiting.ts';

const read = <I, O>(operation: string) => reads<I, O>('elasticache', operation);
const disrupt = <I, O>(operation: string) => disrupts<I, O>('elasticache', operation);

export const elasticache = {
  describeGroups: read<ElastiCache.DescribeReplicationGroupsCommandInput, ElastiCache.DescribeReplicationGroupsCommandOutput>(
    'DescribeReplicationGroups',
  ),
  describeClusters: read<ElastiCache.DescribeCacheClustersCommandInput, ElastiCache.DescribeCacheClustersCommandOutput>(
    'DescribeCacheClusters',
  ),
  describeSnapshots: read<ElastiCache.DescribeSnapshotsCommandInput, ElastiCache.DescribeSnapshotsCommandOutput>(
    'DescribeSnapshots',
  ),
  listTags: read<ElastiCache.ListTagsForResourceCommandInput, ElastiCache.ListTagsForResourceCommandOutput>(
    'ListTagsForResource',
  ),
  addTags: disrupt<ElastiCache.AddTagsToResourceCommandInput, ElastiCache.AddTagsToResourceCommandOutput>('AddTagsToResource'),
  removeTags: disrupt<ElastiCache.RemoveTagsFromResourceCommandInput, ElastiCache.RemoveTagsFromResourceCommandOutput>(
    'RemoveTagsFromResource',
  ),
  describeGlobal: read<
    ElastiCache.DescribeGlobalReplicationGroupsCommandInput,
    ElastiCache.DescribeGlobalReplicationGroupsCommandOutput
  >('DescribeGlobalReplicationGroups'),
  testFailover: disrupt<ElastiCache.TestFailoverCommandInput, ElastiCache.TestFailoverCommandOutput>('TestFailover'),
  modifyGroup: disrupt<ElastiCache.ModifyReplicationGroupCommandInput, ElastiCache.ModifyReplicationGroupCommandOutput>(
    'ModifyReplicationGroup',
  ),
  failoverGlobal: disrupt<
    ElastiCache.FailoverGlobalReplicationGroupCommandInput,
    ElastiCache.FailoverGlobalReplicationGroupCommandOutput
  >('FailoverGlobalReplicationGroup'),
  createGroup: disrupt<ElastiCache.CreateReplicationGroupCommandInput, ElastiCache.CreateReplicationGroupCommandOutput>(
    'CreateReplicationGroup',
  ),
  deleteGroup: disrupt<ElastiCache.DeleteReplicationGroupCommandInput, ElastiCache.DeleteReplicationGroupCommandOutput>(
    'DeleteReplicationGroup',
  ),
  createCluster: disrupt<ElastiCache.CreateCacheClusterCommandInput, ElastiCache.CreateCacheClusterCommandOutput>(
    'CreateCacheCluster',
  ),
  deleteCluster: disrupt<ElastiCache.DeleteCacheClusterCommandInput, ElastiCache.DeleteCacheClusterCommandOutput>(
    'DeleteCacheCluster',
  ),
} as const;

const BUSY = ['InvalidReplicationGroupState', 'InvalidGlobalReplicationGroupState', 'InvalidCacheClusterState'];

export async function groupNamed(session: Session, name: string, at: Place): Promise<ElastiCache.ReplicationGroup | undefined> {
  const asked = session.send(elasticache.describeGroups, { ReplicationGroupId: name }, at);
  return (await unless(['ReplicationGroupNotFoundFault'], asked))?.ReplicationGroups?.[0];
}

export async function clusterNamed(session: Session, name: string, at: Place): Promise<ElastiCache.CacheCluster | undefined> {
  const asked = session.send(elasticache.describeClusters, { CacheClusterId: name, ShowCacheNodeInfo: true }, at);
  return (await unless(['CacheClusterNotFound'], asked))?.CacheClusters?.[0];
}

function tagsOf(session: Session, { arn, at }: Named): Tags {
  return {
    read: async (key) => {
      const { TagList } = await session.send(elasticache.listTags, { ResourceName: arn }, at);
      return TagList?.find((t) => t.Key === key)?.Value;
    },
    write: (key, value) => session.send(elasticache.addTags, { ResourceName: arn, Tags: [{ Key: key, Value: value }] }, at),
    erase: (key) => session.send(elasticache.removeTags, { ResourceName: arn, TagKeys: [key] }, at),
  };
}

/** Undefined while it changes, and where cluster mode hides the roles. */
function primaryOf(group: ElastiCache.ReplicationGroup | undefined): string | undefined {
  if (group?.Status !== 'available') return undefined;
  return group.NodeGroups?.[0]?.NodeGroupMembers?.find((m) => m.CurrentRole === 'primary')?.CacheClusterId;
}

/** A node's place is known only without cluster mode: with it AWS shows no roles, and nobody could tell a failover that was from one that was not. */
function mustShowRoles(name: string, group: ElastiCache.ReplicationGroup | undefined): string {
  if (group?.ClusterEnabled === true)
    throw new StepFailure(`${name} is in cluster mode, where AWS does not show which node is the primary`);
  const primary = primaryOf(group);
  if (primary === undefined) throw new StepFailure(`${name} is ${group?.Status ?? 'not there'}: it cannot be failed over now`);
  return primary;
}

/** `test`: AWS chooses the node (TestFailover); `promote`: for groups without automatic failover, a replica by name. */
const otherNode =
  (how: 'test' | 'promote'): StepMaker =>
  (hand) => {
    const group = subjectOf(hand);
    if (typeof group === 'string') return group;
    const { session } = hand;
    const { name, at } = group;
    const find = (): Promise<ElastiCache.ReplicationGroup | undefined> => groupNamed(session, name, at);
    const promote = (node: string | undefined): Promise<unknown> =>
      session.send(elasticache.modifyGroup, { ReplicationGroupId: name, PrimaryClusterId: node, ApplyImmediately: true }, at);
    const test = async (): Promise<unknown> => {
      const shard = (await find())?.NodeGroups?.[0]?.NodeGroupId;
      return session.send(elasticache.testFailover, { ReplicationGroupId: name, NodeGroupId: shard }, at);
    };
    return [
      changing({
        id: how === 'test' ? `test the failover of ${name}` : `promote a replica of ${name}`,
        describes: { group: group.arn },
        clock: hand.clock,
        subject: group.arn,
        tags: tagsOf(session, group),
        before: async () => {
          const found = await find();
          const primary = mustShowRoles(name, found);
          const nodes = found?.NodeGroups?.[0]?.NodeGroupMembers ?? [];
          const other = nodes.find((n) => n.CacheClusterId !== primary)?.CacheClusterId;
          if (other === undefined) throw new StepFailure(`${name} has no replica`);
          return { primary, other, nodes: String(nodes.length) };
        },
        changed: async ({ primary }) => {
          const now = primaryOf(await find());
          return now !== undefined && now !== primary;
        },
        change: ({ other }) => (how === 'test' ? test() : promote(other)),
        isBack: async ({ primary, nodes }) => {
          const now = primaryOf(await find());
          // AWS chooses among several replicas: which of them is the primary is not for a drill to say.
          return now === primary || (how === 'test' && nodes !== '2' && now !== undefined);
        },
        back: ({ primary }) => (how === 'test' ? test() : promote(primary)),
        busy: BUSY,
      }),
    ];
  };

export const testFailover: StepMaker = otherNode('test');
export const promoteNode: StepMaker = otherNode('promote');

const DATASTORE = 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup';
const GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';

/** The group of another Region becomes the primary of the Global Datastore. */
export const failDatastoreOver: StepMaker = (hand) => {
  const all = hand.item === undefined ? hand.mates : [hand.item, ...hand.mates];
  const datastore = all.find((m) => m.resource.type === DATASTORE);
  const id = hand.given.datastore ?? outputOf(datastore, 'globalReplicationGroupId') ?? named(arnOf(datastore) ?? '').name;
  const lost = hand.lost?.kind === 'region-loss' ? hand.lost.region : undefined;
  const groups = all.filter((m) => m.resource.type === GROUP).flatMap((m) => arnOf(m) ?? []);
  const arn = hand.given.target ?? groups.find((a) => named(a).at.region !== lost && a !== (lost === undefined ? hand.arn : ''));
  if (id === '' || arn === undefined) return 'no source shows a Global Datastore with a group that could take over';
  const target = named(arn);
  const { session } = hand;
  const primary = async (): Promise<ElastiCache.GlobalReplicationGroupMember | undefined> => {
    const input = { GlobalReplicationGroupId: id, ShowMemberInfo: true };
    const found = (await session.send(elasticache.describeGlobal, input, target.at)).GlobalReplicationGroups?.[0];
    return found?.Status === 'available' ? found.Members?.find((m) => m.Role === 'PRIMARY') : undefined;
  };
  const isPrimary = async (group: string | undefined, region: string | undefined): Promise<boolean> => {
    const now = await primary();
    return now?.ReplicationGroupId === group && now?.ReplicationGroupRegion === region;
  };
  const move = (group: string | undefined, region: string | undefined): Promise<unknown> => {
    const input = { GlobalReplicationGroupId: id, PrimaryRegion: region, PrimaryReplicationGroupId: group };
    return session.send(elasticache.failoverGlobal, input, target.at);
  };
  return [
    changing({
      id: `promote ${target.name} in ${target.at.region}`,
      describes: { globalDatastore: id, into: target.at.region },
      clock: hand.clock,
      canary: hand.canary,
      subject: target.arn,
      tags: tagsOf(session, target),
      before: async () => {
        const { ReplicationGroupId: group, ReplicationGroupRegion: region } = (await primary()) ?? {};
        if (group === undefined || region === undefined)
          throw new StepFailure(`AWS does not say which group of ${id} is the primary`);
        if (group === target.name && region === target.at.region)
          throw new StepFailure(`${group} is the primary of ${id} already`);
        return { group, region };
      },
      changed: () => isPrimary(target.name, target.at.region),
      change: () => move(target.name, target.at.region),
      isBack: ({ group, region }) => isPrimary(group, region),
      back: ({ group, region }) => move(group, region),
      busy: BUSY,
      endpoints: async () => {
        const group = await groupNamed(session, target.name, target.at);
        const address = group?.ConfigurationEndpoint?.Address ?? group?.NodeGroups?.[0]?.PrimaryEndpoint?.Address;
        return address === undefined ? [] : [address];
      },
    }),
  ];
};
