/** Global Datastores of simulated ElastiCache: a secondary takes over when somebody asks for it, and never by itself. */
import type {
  CreateGlobalReplicationGroupCommandInput,
  CreateGlobalReplicationGroupCommandOutput,
  DeleteGlobalReplicationGroupCommandInput,
  DeleteGlobalReplicationGroupCommandOutput,
  DescribeGlobalReplicationGroupsCommandInput,
  DescribeGlobalReplicationGroupsCommandOutput,
  DisassociateGlobalReplicationGroupCommandInput,
  DisassociateGlobalReplicationGroupCommandOutput,
  FailoverGlobalReplicationGroupCommandInput,
  FailoverGlobalReplicationGroupCommandOutput,
  GlobalReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { between, procedure } from '../world/procedure.ts';
import { GLOBAL, shelf, type World } from '../world/world.ts';
import { becomePrimary } from './elasticache-health.ts';
import {
  followPrimary,
  groupAt,
  groupOr404,
  mustBeAvailable,
  type ReplicationGroup,
  settleReplication,
} from './elasticache-state.ts';
import { PAGE_SIZE } from './elasticache-subnets.ts';

export interface Datastore {
  readonly id: string;
  readonly arn: string;
  readonly home: string;
  status: string;
  /** ARNs of its groups. */
  members: readonly string[];
  primary: string;
  epoch: number;
}

export const DATASTORES = shelf<Datastore>('elasticache:global-datastore');

/** Seconds that a promotion takes: about a minute by AWS's disaster recovery workshop. The ends are our assumption. */
const PROMOTE = [20, 75] as const;

const regionOfArn = (arn: string): string => arn.split(':')[3] ?? '';

export function datastoreOr404(context: CallContext, id: string | undefined): Datastore {
  const datastore = context.world.get(DATASTORES, context.account, GLOBAL, id ?? '');
  if (datastore === undefined)
    throw new ServiceFault('GlobalReplicationGroupNotFoundFault', `Global replication group ${id ?? ''} not found.`, 404);
  return datastore;
}

export function join(datastore: Datastore, group: ReplicationGroup): void {
  datastore.members = [...datastore.members, group.arn];
  group.datastore = datastore.id;
}

function reply(world: World, datastore: Datastore, withMembers: boolean): GlobalReplicationGroup {
  const primary = groupAt(world, datastore.primary);
  return {
    GlobalReplicationGroupId: datastore.id,
    ARN: datastore.arn,
    Status: datastore.status,
    Engine: primary?.engine,
    EngineVersion: primary?.engineVersion,
    CacheNodeType: primary?.nodeType,
    ClusterEnabled: primary?.clusterMode,
    Members: !withMembers
      ? undefined
      : datastore.members.map((arn) => {
          const group = groupAt(world, arn);
          return {
            ReplicationGroupId: group?.id,
            ReplicationGroupRegion: regionOfArn(arn),
            Role: arn === datastore.primary ? 'PRIMARY' : 'SECONDARY',
            AutomaticFailover: group?.automaticFailover === true ? 'enabled' : 'disabled',
            Status: world.regionIsLost(regionOfArn(arn)) ? 'disassociated' : 'associated',
          };
        }),
  };
}

/** AWS puts five characters of the Region's own before the suffix that is asked for (API CreateGlobalReplicationGroup). */
const create: Operation<CreateGlobalReplicationGroupCommandInput, Reply<CreateGlobalReplicationGroupCommandOutput>> = (
  input,
  context,
) => {
  const { world, account, region } = context;
  const group = groupOr404(world, account, region, input.PrimaryReplicationGroupId);
  mustBeAvailable(group);
  if (group.datastore !== undefined)
    throw new ServiceFault('InvalidReplicationGroupState', `${group.id} is in a Global Datastore already.`);
  const id = context.id('ldgnf', 1).replace(/-[0-9a-f]$/, `-${input.GlobalReplicationGroupIdSuffix ?? ''}`);
  const datastore: Datastore = {
    id,
    arn: `arn:aws:elasticache::${account}:globalreplicationgroup:${id}`,
    home: region,
    status: 'available',
    members: [],
    primary: group.arn,
    epoch: 0,
  };
  join(datastore, group);
  world.put(DATASTORES, account, GLOBAL, id, datastore);
  return { GlobalReplicationGroup: reply(world, datastore, true) };
};

const describe: Operation<DescribeGlobalReplicationGroupsCommandInput, Reply<DescribeGlobalReplicationGroupsCommandOutput>> = (
  input,
  context,
) => {
  const { world, account, region } = context;
  const isHere = (d: Datastore): boolean => d.home === region || d.members.some((arn) => regionOfArn(arn) === region);
  const { GlobalReplicationGroupId: id } = input;
  const all = id === undefined ? world.list(DATASTORES, account, GLOBAL).filter(isHere) : [datastoreOr404(context, id)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { GlobalReplicationGroups: items.map((d) => reply(world, d, input.ShowMemberInfo === true)), Marker: next };
};

const failover: Operation<FailoverGlobalReplicationGroupCommandInput, Reply<FailoverGlobalReplicationGroupCommandOutput>> = (
  input,
  context,
) => {
  const { world, account } = context;
  const datastore = datastoreOr404(context, input.GlobalReplicationGroupId);
  const target = groupOr404(world, account, input.PrimaryRegion ?? '', input.PrimaryReplicationGroupId);
  if (!datastore.members.includes(target.arn) || target.arn === datastore.primary || datastore.status !== 'available')
    throw new ServiceFault('InvalidGlobalReplicationGroupState', `${target.id} cannot become the primary of ${datastore.id}.`);
  datastore.status = 'modifying';
  procedure(world, datastore, [
    {
      after: between(world, ...PROMOTE),
      what: () => {
        becomePrimary(world, target);
        datastore.primary = target.arn;
        datastore.status = 'available';
        // A former primary that cannot be reached follows when it is back.
        for (const arn of datastore.members) {
          const member = groupAt(world, arn);
          if (member !== undefined && arn !== target.arn) followPrimary(world, target.arn, member);
        }
        settleReplication(world);
      },
    },
  ]);
  return { GlobalReplicationGroup: reply(world, datastore, true) };
};

const disassociate: Operation<
  DisassociateGlobalReplicationGroupCommandInput,
  Reply<DisassociateGlobalReplicationGroupCommandOutput>
> = (input, context) => {
  const { world, account } = context;
  const datastore = datastoreOr404(context, input.GlobalReplicationGroupId);
  const group = groupOr404(world, account, input.ReplicationGroupRegion ?? '', input.ReplicationGroupId);
  if (group.arn === datastore.primary)
    throw new ServiceFault('InvalidGlobalReplicationGroupState', 'The primary cannot be disassociated.');
  datastore.members = datastore.members.filter((arn) => arn !== group.arn);
  group.datastore = undefined;
  becomePrimary(world, group);
  return { GlobalReplicationGroup: reply(world, datastore, true) };
};

/** Secondaries are taken out first; the primary group stays as one of its own (API DeleteGlobalReplicationGroup). */
const remove: Operation<DeleteGlobalReplicationGroupCommandInput, Reply<DeleteGlobalReplicationGroupCommandOutput>> = (
  input,
  context,
) => {
  const { world, account } = context;
  const datastore = datastoreOr404(context, input.GlobalReplicationGroupId);
  if (datastore.members.length > 1)
    throw new ServiceFault('InvalidGlobalReplicationGroupState', `${datastore.id} has secondary replication groups.`);
  const group = groupAt(world, datastore.primary);
  if (group !== undefined) group.datastore = undefined;
  world.remove(DATASTORES, account, GLOBAL, datastore.id);
  return { GlobalReplicationGroup: { ...reply(world, datastore, true), Status: 'deleting' } };
};

export const datastoreOperations = {
  CreateGlobalReplicationGroup: create,
  DescribeGlobalReplicationGroups: describe,
  FailoverGlobalReplicationGroup: failover,
  DisassociateGlobalReplicationGroup: disassociate,
  DeleteGlobalReplicationGroup: remove,
};
