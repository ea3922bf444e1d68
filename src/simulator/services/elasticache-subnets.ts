/** Cache subnet groups of simulated ElastiCache. */
import type {
  CacheSubnetGroup,
  CreateCacheSubnetGroupCommandInput,
  CreateCacheSubnetGroupCommandOutput,
  DeleteCacheSubnetGroupCommandInput,
  DeleteCacheSubnetGroupCommandOutput,
  DescribeCacheSubnetGroupsCommandInput,
  DescribeCacheSubnetGroupsCommandOutput,
  ModifyCacheSubnetGroupCommandInput,
  ModifyCacheSubnetGroupCommandOutput,
} from '@aws-sdk/client-elasticache';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { CACHE_CLUSTERS, GROUPS } from './elasticache-state.ts';
import { subnetsOf } from './rds-groups.ts';

interface SubnetGroup {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly vpc: string | undefined;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
}

const SUBNET_GROUPS = shelf<SubnetGroup>('elasticache:subnet-group');
export const DEFAULT_GROUP = 'default';
/** Pages of ElastiCache have 100 records unless asked otherwise. */
export const PAGE_SIZE = 100;

export function zonesOfGroup(world: World, account: string, region: string, name: string): readonly string[] {
  const group = world.get(SUBNET_GROUPS, account, region, name);
  return group === undefined ? world.zones(region) : [...new Set(group.subnets.map((s) => s.zone))];
}

/** The name as it is kept, or that of the group which covers the default VPC. */
export function groupNamed(name: string | undefined, context: CallContext): string {
  if (name === undefined || name === DEFAULT_GROUP) return DEFAULT_GROUP;
  return groupOr404(name, context).name;
}

function groupOr404(name: string | undefined, context: CallContext): SubnetGroup {
  const group = context.get(SUBNET_GROUPS, (name ?? '').toLowerCase());
  if (group === undefined)
    throw new ServiceFault('CacheSubnetGroupNotFoundFault', `Cache Subnet Group ${name ?? ''} does not exist.`, 404);
  return group;
}

const replyOf = (group: SubnetGroup): CacheSubnetGroup => ({
  CacheSubnetGroupName: group.name,
  CacheSubnetGroupDescription: group.description,
  ARN: group.arn,
  VpcId: group.vpc,
  Subnets: group.subnets.map((s) => ({ SubnetIdentifier: s.id, SubnetAvailabilityZone: { Name: s.zone } })),
});

const create: Operation<CreateCacheSubnetGroupCommandInput, Reply<CreateCacheSubnetGroupCommandOutput>> = async (
  input,
  context,
) => {
  const name = (input.CacheSubnetGroupName ?? '').toLowerCase();
  if (context.get(SUBNET_GROUPS, name) !== undefined)
    throw new ServiceFault('CacheSubnetGroupAlreadyExists', `Cache subnet group ${name} already exists.`);
  const subnets = await subnetsOf(input.SubnetIds ?? [], context);
  const group: SubnetGroup = {
    name,
    arn: context.arn('elasticache', `subnetgroup:${name}`),
    description: input.CacheSubnetGroupDescription ?? '',
    vpc: subnets[0]?.vpc,
    subnets: subnets.map(({ id, zone }) => ({ id, zone })),
  };
  context.put(SUBNET_GROUPS, name, group);
  return { CacheSubnetGroup: replyOf(group) };
};

const describe: Operation<DescribeCacheSubnetGroupsCommandInput, Reply<DescribeCacheSubnetGroupsCommandOutput>> = (
  input,
  context,
) => {
  const { CacheSubnetGroupName: name } = input;
  const all = name === undefined ? context.list(SUBNET_GROUPS) : [groupOr404(name, context)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { CacheSubnetGroups: items.map(replyOf), Marker: next };
};

const modify: Operation<ModifyCacheSubnetGroupCommandInput, Reply<ModifyCacheSubnetGroupCommandOutput>> = async (
  input,
  context,
) => {
  const group = groupOr404(input.CacheSubnetGroupName, context);
  const subnets = input.SubnetIds === undefined ? group.subnets : await subnetsOf(input.SubnetIds, context);
  const changed: SubnetGroup = {
    ...group,
    description: input.CacheSubnetGroupDescription ?? group.description,
    subnets: subnets.map(({ id, zone }) => ({ id, zone })),
  };
  context.put(SUBNET_GROUPS, group.name, changed);
  return { CacheSubnetGroup: replyOf(changed) };
};

const remove: Operation<DeleteCacheSubnetGroupCommandInput, Reply<DeleteCacheSubnetGroupCommandOutput>> = (input, context) => {
  const { name } = groupOr404(input.CacheSubnetGroupName, context);
  if (
    [GROUPS, CACHE_CLUSTERS].some((on) => context.list<{ readonly subnetGroup: string }>(on).some((c) => c.subnetGroup === name))
  )
    throw new ServiceFault('CacheSubnetGroupInUse', `Cache Subnet Group ${name} is currently in use by a cache cluster.`);
  context.remove(SUBNET_GROUPS, name);
  return {};
};

export const subnetGroupOperations = {
  CreateCacheSubnetGroup: create,
  DescribeCacheSubnetGroups: describe,
  ModifyCacheSubnetGroup: modify,
  DeleteCacheSubnetGroup: remove,
};
