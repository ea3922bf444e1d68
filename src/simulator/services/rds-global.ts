/** Global databases of simulated RDS: nothing in them fails over by itself; these calls do it. */
import type {
  CreateGlobalClusterCommandInput,
  CreateGlobalClusterCommandOutput,
  DeleteGlobalClusterCommandInput,
  DeleteGlobalClusterCommandOutput,
  DescribeGlobalClustersCommandInput,
  DescribeGlobalClustersCommandOutput,
  FailoverGlobalClusterCommandInput,
  FailoverGlobalClusterCommandOutput,
  GlobalCluster,
  ModifyGlobalClusterCommandInput,
  ModifyGlobalClusterCommandOutput,
  RemoveFromGlobalClusterCommandInput,
  RemoveFromGlobalClusterCommandOutput,
  SwitchoverGlobalClusterCommandInput,
  SwitchoverGlobalClusterCommandOutput,
} from '@aws-sdk/client-rds';
import { promote } from '../plane/logs.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between, procedure } from '../world/procedure.ts';
import { GLOBAL, type World } from '../world/world.ts';
import { followWith, lateness, settleReplication } from './rds-endpoints.ts';
import { globalOr404 } from './rds-global-members.ts';
import { GLOBALS, type GlobalDatabase, regionOfArn } from './rds-global-state.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { tagList } from './rds-replies.ts';
import { type Cluster, clusterAt, record, tagsOf } from './rds-state.ts';

/**
 * Seconds: AWS speaks of minutes for both, and of under a minute for the promotion alone
 * (aurora-global-database-disaster-recovery.html; AWS's own workshop). The ends are our assumption.
 */
const PROMOTE = [45, 120] as const;
const REDIRECT = [10, 60] as const;
const SWITCHOVER = [60, 240] as const;
/** A former primary is built anew as a secondary once its Region is back. */
const REBUILD = [600, 1800] as const;

function reply(world: World, global: GlobalDatabase): GlobalCluster {
  const { moving } = global;
  return {
    GlobalClusterIdentifier: global.id,
    GlobalClusterArn: global.arn,
    GlobalClusterResourceId: global.resourceId,
    Status: global.status,
    Engine: global.engine,
    EngineVersion: global.engineVersion,
    StorageEncrypted: global.encrypted,
    DeletionProtection: global.deletionProtection,
    GlobalClusterMembers: global.members.map((arn) => ({
      DBClusterArn: arn,
      IsWriter: arn === global.writer,
      Readers: arn === global.writer ? global.members.filter((m) => m !== arn) : [],
      SynchronizationStatus:
        arn === global.writer
          ? undefined
          : lateness(world, global.writer ?? '', arn) === undefined
            ? 'pending-resync'
            : 'connected',
    })),
    FailoverState:
      moving === undefined
        ? undefined
        : {
            Status: 'failing-over',
            FromDbClusterArn: moving.from,
            ToDbClusterArn: moving.to,
            IsDataLossAllowed: moving.lossy,
          },
    TagList: tagList(global.tags),
  };
}

const put = (context: CallContext, global: GlobalDatabase): void =>
  context.world.put(GLOBALS, context.account, GLOBAL, global.id, global);

const create: Operation<CreateGlobalClusterCommandInput, Reply<CreateGlobalClusterCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const id = (input.GlobalClusterIdentifier ?? '').toLowerCase();
  if (world.get(GLOBALS, account, GLOBAL, id) !== undefined)
    throw new ServiceFault('GlobalClusterAlreadyExistsFault', `Global cluster ${id} already exists.`);
  const name = input.SourceDBClusterIdentifier;
  const source = name === undefined ? undefined : clusterAt(world, account, region, name);
  if (name !== undefined && source === undefined)
    throw new ServiceFault('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);
  if (source !== undefined && source.status !== 'available')
    throw new ServiceFault('InvalidDBClusterStateFault', `DB cluster ${source.id} is not in the available state.`);
  if (source?.global !== undefined)
    throw new ServiceFault('InvalidDBClusterStateFault', `DB cluster ${source.id} is already in a global database.`);
  const global: GlobalDatabase = {
    account,
    id,
    arn: `arn:aws:rds::${account}:global-cluster:${id}`,
    resourceId: `cluster-${world.random.hex(16)}`,
    home: region,
    engine: source?.engine ?? input.Engine ?? 'aurora',
    engineVersion: source?.engineVersion ?? input.EngineVersion,
    encrypted: source?.encrypted ?? input.StorageEncrypted ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    status: 'available',
    members: source === undefined ? [] : [source.arn],
    writer: source?.arn,
    moving: undefined,
    epoch: 0,
    tags: tagsOf(input.Tags),
  };
  if (source !== undefined) source.global = id;
  put(context, global);
  return { GlobalCluster: reply(world, global) };
};

/** A global database is shown in the Regions of its clusters, and in that where it was made. */
const describe: Operation<DescribeGlobalClustersCommandInput, Reply<DescribeGlobalClustersCommandOutput>> = (input, context) => {
  const { world, account, region } = context;
  const isHere = (g: GlobalDatabase): boolean => g.home === region || g.members.some((arn) => regionOfArn(arn) === region);
  const all =
    input.GlobalClusterIdentifier === undefined
      ? world.list(GLOBALS, account, GLOBAL).filter(isHere)
      : [globalOr404(context, input.GlobalClusterIdentifier)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { GlobalClusters: items.map((g) => reply(world, g)), Marker: next };
};

const modify: Operation<ModifyGlobalClusterCommandInput, Reply<ModifyGlobalClusterCommandOutput>> = (input, context) => {
  const global = globalOr404(context, input.GlobalClusterIdentifier);
  if (input.DeletionProtection !== undefined) global.deletionProtection = input.DeletionProtection;
  if (input.EngineVersion !== undefined) global.engineVersion = input.EngineVersion;
  return { GlobalCluster: reply(context.world, global) };
};

const remove: Operation<DeleteGlobalClusterCommandInput, Reply<DeleteGlobalClusterCommandOutput>> = (input, context) => {
  const global = globalOr404(context, input.GlobalClusterIdentifier);
  if (global.deletionProtection || global.members.length > 0)
    throw new ServiceFault('InvalidGlobalClusterStateFault', `Global cluster ${global.id} still has clusters, or is protected.`);
  context.world.remove(GLOBALS, context.account, GLOBAL, global.id);
  return { GlobalCluster: reply(context.world, global) };
};

function targetOf(global: GlobalDatabase, name: string | undefined, context: CallContext): Cluster {
  const target = clusterAt(context.world, context.account, context.region, name ?? '');
  if (target === undefined) throw new ServiceFault('DBClusterNotFoundFault', `DBCluster ${name ?? ''} not found.`, 404);
  if (!global.members.includes(target.arn))
    throw new ServiceFault('InvalidGlobalClusterStateFault', `DB cluster ${target.id} is not a member of ${global.id}.`);
  if (target.arn === global.writer)
    throw new ServiceFault('InvalidGlobalClusterStateFault', `DB cluster ${target.id} is the primary already.`);
  if (global.moving !== undefined)
    throw new ServiceFault('InvalidGlobalClusterStateFault', `Global cluster ${global.id} is ${global.status}.`);
  return target;
}

const failover: Operation<FailoverGlobalClusterCommandInput, Reply<FailoverGlobalClusterCommandOutput>> = (input, context) => {
  if (input.AllowDataLoss === true && input.Switchover === true)
    throw new ServiceFault('InvalidParameterCombination', 'AllowDataLoss and Switchover exclude each other.');
  const global = globalOr404(context, input.GlobalClusterIdentifier);
  const target = targetOf(global, input.TargetDbClusterIdentifier, context);
  // Without either, the call is a switchover (API FailoverGlobalCluster).
  move(global, target, input.AllowDataLoss === true, context);
  return { GlobalCluster: reply(context.world, global) };
};

const switchover: Operation<SwitchoverGlobalClusterCommandInput, Reply<SwitchoverGlobalClusterCommandOutput>> = (
  input,
  context,
) => {
  const global = globalOr404(context, input.GlobalClusterIdentifier);
  move(global, targetOf(global, input.TargetDbClusterIdentifier, context), false, context);
  return { GlobalCluster: reply(context.world, global) };
};

/**
 * A switchover needs a healthy primary, which stops taking writes until the target has them all; a failover keeps what has
 * arrived (aurora-global-database-disaster-recovery.html).
 */
function move(global: GlobalDatabase, target: Cluster, lossy: boolean, context: CallContext): void {
  const { world } = context;
  const from = global.writer ?? '';
  const former = clusterAt(world, context.account, '', from);
  if (!lossy && (former === undefined || lateness(world, from, target.arn) === undefined))
    throw new ServiceFault('InvalidGlobalClusterStateFault', 'A switchover needs a healthy primary cluster that replicates.');
  global.status = lossy ? 'failing-over' : 'switching-over';
  global.moving = { from, to: target.arn, lossy };
  record(world, target, 'global-failover', `Global ${lossy ? 'failover' : 'switchover'} to DB cluster ${target.id} started.`);
  if (!lossy && former !== undefined) former.outage = 'a global switchover is under way';
  if (lossy) promote(world, target.arn);
  procedure(world, global, [
    {
      after: lossy ? between(world, ...PROMOTE) : between(world, ...SWITCHOVER),
      what: () => {
        if (!lossy) promote(world, target.arn);
        target.source = undefined;
        target.outage = 'the writer endpoint is being redirected';
        global.writer = target.arn;
        if (former !== undefined) former.source = target.arn;
        settleReplication(world);
      },
    },
    {
      after: between(world, ...REDIRECT),
      what: () => {
        target.outage = undefined;
        global.status = 'available';
        global.moving = undefined;
        record(
          world,
          target,
          'global-failover',
          `Global ${lossy ? 'failover' : 'switchover'} to DB cluster ${target.id} finished.`,
        );
        realign(world, global);
      },
    },
  ]);
}

/** Every other member replicates from the new primary, once it can be reached and has been built anew. */
export function realign(world: World, global: GlobalDatabase): void {
  const { writer } = global;
  if (writer === undefined) return;
  for (const arn of global.members) {
    const member = clusterAt(world, global.account, '', arn);
    if (member === undefined || arn === writer) continue;
    if (world.regionIsLost(member.region)) continue;
    member.outage = undefined;
    member.source = writer;
    followWith(world, writer, member);
  }
}

/** Members that were away while another one became the primary are built anew when they are back. */
export function rebuildAfterReturn(world: World, region: string): void {
  for (const { item } of world.everywhere(GLOBALS)) {
    const returning = item.members.find((arn) => regionOfArn(arn) === region);
    const cluster = returning === undefined ? undefined : clusterAt(world, item.account, '', returning);
    if (cluster === undefined || item.writer === cluster.arn || cluster.source !== item.writer) continue;
    procedure(world, cluster, [{ after: between(world, ...REBUILD), what: () => realign(world, item) }]);
  }
}

/** The cluster becomes a database of its own, with what has arrived; of a global database's primary, the last to go. */
const removeMember: Operation<RemoveFromGlobalClusterCommandInput, Reply<RemoveFromGlobalClusterCommandOutput>> = (
  input,
  context,
) => {
  const { world, account, region } = context;
  const global = globalOr404(context, input.GlobalClusterIdentifier);
  const cluster = clusterAt(world, account, region, input.DbClusterIdentifier ?? '');
  if (cluster === undefined || !global.members.includes(cluster.arn))
    throw new ServiceFault('DBClusterNotFoundFault', `DBCluster ${input.DbClusterIdentifier ?? ''} not found.`, 404);
  if (cluster.arn === global.writer && global.members.length > 1)
    throw new ServiceFault('InvalidGlobalClusterStateFault', 'The primary cannot be removed while there are secondaries.');
  promote(world, cluster.arn);
  cluster.status = 'promoting';
  procedure(world, cluster, [
    {
      after: between(world, ...PROMOTE),
      what: () => {
        cluster.source = undefined;
        cluster.global = undefined;
        cluster.status = 'available';
        global.members = global.members.filter((arn) => arn !== cluster.arn);
        if (global.writer === cluster.arn) global.writer = undefined;
        record(world, cluster, 'global-failover', `DB cluster ${cluster.id} was removed from ${global.id}.`);
      },
    },
  ]);
  return { GlobalCluster: reply(world, global) };
};

export const globalOperations = {
  CreateGlobalCluster: create,
  DescribeGlobalClusters: describe,
  ModifyGlobalCluster: modify,
  DeleteGlobalCluster: remove,
  FailoverGlobalCluster: failover,
  SwitchoverGlobalCluster: switchover,
  RemoveFromGlobalCluster: removeMember,
};
