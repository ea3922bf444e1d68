/** Subnet groups of simulated RDS. */
import type {
  CreateDBSubnetGroupCommandInput,
  CreateDBSubnetGroupCommandOutput,
  DBSubnetGroup,
  DeleteDBSubnetGroupCommandInput,
  DeleteDBSubnetGroupCommandOutput,
  DescribeDBSubnetGroupsCommandInput,
  DescribeDBSubnetGroupsCommandOutput,
  ModifyDBSubnetGroupCommandInput,
  ModifyDBSubnetGroupCommandOutput,
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { SUBNETS } from './ec2-network.ts';
import { CLUSTERS, INSTANCES, tagsOf } from './rds-state.ts';

export interface SubnetGroup {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly vpc: string | undefined;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
  tags: Readonly<Record<string, string>>;
}

export const SUBNET_GROUPS = shelf<SubnetGroup>('rds:subnet-group');
/** RDS makes it in the default VPC, with its subnet in every AZ. */
export const DEFAULT_GROUP = 'default';

/** Pages of RDS have 100 records unless asked otherwise. */
export const PAGE_SIZE = 100;

interface Homed {
  readonly account: string;
  readonly region: string;
  readonly subnetGroup: string;
}

/** AZs in which something of the group can run. */
export function zonesOfGroup(world: World, of: Homed): readonly string[] {
  const group = world.get(SUBNET_GROUPS, of.account, of.region, of.subnetGroup);
  return group === undefined ? world.zones(of.region) : [...new Set(group.subnets.map((s) => s.zone))];
}

export function subnetGroupReply(world: World, of: Homed): DBSubnetGroup {
  const group = world.get(SUBNET_GROUPS, of.account, of.region, of.subnetGroup);
  if (group !== undefined) return replyOf(group);
  return {
    DBSubnetGroupName: DEFAULT_GROUP,
    DBSubnetGroupDescription: 'default',
    SubnetGroupStatus: 'Complete',
    Subnets: world
      .list(SUBNETS, of.account, of.region)
      .filter((s) => s.DefaultForAz === true)
      .map((s) => ({
        SubnetIdentifier: s.SubnetId,
        SubnetAvailabilityZone: { Name: s.AvailabilityZone },
        SubnetStatus: 'Active',
      })),
  };
}

const replyOf = (group: SubnetGroup): DBSubnetGroup => ({
  DBSubnetGroupName: group.name,
  DBSubnetGroupDescription: group.description,
  DBSubnetGroupArn: group.arn,
  VpcId: group.vpc,
  SubnetGroupStatus: 'Complete',
  Subnets: group.subnets.map((s) => ({
    SubnetIdentifier: s.id,
    SubnetAvailabilityZone: { Name: s.zone },
    SubnetStatus: 'Active',
  })),
});

/** The subnets as EC2 knows them; one that it does not know is refused. */
export async function subnetsOf(
  ids: readonly string[],
  context: CallContext,
): Promise<readonly { readonly id: string; readonly zone: string; readonly vpc: string | undefined }[]> {
  if (ids.length === 0) return [];
  const reply = (await context.call('ec2', 'DescribeSubnets', { SubnetIds: ids })) as {
    readonly Subnets?: readonly { readonly SubnetId?: string; readonly AvailabilityZone?: string; readonly VpcId?: string }[];
  };
  return (reply.Subnets ?? []).map((s) => ({ id: s.SubnetId ?? '', zone: s.AvailabilityZone ?? '', vpc: s.VpcId }));
}

async function makeSubnetGroup(
  name: string,
  description: string,
  ids: readonly string[],
  tags: SubnetGroup['tags'],
  context: CallContext,
): Promise<SubnetGroup> {
  let subnets: Awaited<ReturnType<typeof subnetsOf>>;
  try {
    subnets = await subnetsOf(ids, context);
  } catch (error) {
    if (error instanceof ServiceFault && error.code === 'InvalidSubnetID.NotFound')
      throw new ServiceFault('InvalidSubnet', `Some input subnets in :[${ids.join(', ')}] are invalid.`);
    throw error;
  }
  if (new Set(subnets.map((s) => s.zone)).size < 2)
    throw new ServiceFault(
      'DBSubnetGroupDoesNotCoverEnoughAZs',
      'The DB subnet group doesn’t meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least 2 AZs.',
    );
  const group: SubnetGroup = {
    name,
    arn: context.arn('rds', `subgrp:${name}`),
    description,
    vpc: subnets[0]?.vpc,
    subnets: subnets.map(({ id, zone }) => ({ id, zone })),
    tags,
  };
  context.put(SUBNET_GROUPS, name, group);
  return group;
}

/** Names of groups are kept in lower case (API CreateDBSubnetGroup). */
const createSubnetGroup: Operation<CreateDBSubnetGroupCommandInput, Reply<CreateDBSubnetGroupCommandOutput>> = async (
  input,
  context,
) => {
  const name = (input.DBSubnetGroupName ?? '').toLowerCase();
  if (context.get(SUBNET_GROUPS, name) !== undefined)
    throw new ServiceFault('DBSubnetGroupAlreadyExists', `The DB subnet group '${name}' already exists.`);
  const tags = tagsOf(input.Tags);
  const group = await makeSubnetGroup(name, input.DBSubnetGroupDescription ?? '', input.SubnetIds ?? [], tags, context);
  return { DBSubnetGroup: replyOf(group) };
};

export function subnetGroupOr404(name: string | undefined, context: CallContext): SubnetGroup {
  const group = context.get(SUBNET_GROUPS, (name ?? '').toLowerCase());
  if (group === undefined)
    throw new ServiceFault('DBSubnetGroupNotFoundFault', `DB subnet group '${name ?? ''}' does not exist.`, 404);
  return group;
}

const modifySubnetGroup: Operation<ModifyDBSubnetGroupCommandInput, Reply<ModifyDBSubnetGroupCommandOutput>> = async (
  input,
  context,
) => {
  const group = subnetGroupOr404(input.DBSubnetGroupName, context);
  const description = input.DBSubnetGroupDescription ?? group.description;
  return {
    DBSubnetGroup: replyOf(await makeSubnetGroup(group.name, description, input.SubnetIds ?? [], group.tags, context)),
  };
};

const deleteSubnetGroup: Operation<DeleteDBSubnetGroupCommandInput, Reply<DeleteDBSubnetGroupCommandOutput>> = (
  input,
  context,
) => {
  const { name } = subnetGroupOr404(input.DBSubnetGroupName, context);
  const user = [...context.list(INSTANCES), ...context.list(CLUSTERS)].find((store) => store.subnetGroup === name);
  if (user !== undefined)
    throw new ServiceFault(
      'InvalidDBSubnetGroupStateFault',
      `Cannot delete the subnet group '${name}' because at least one database instance: ${user.id} is still using it.`,
    );
  context.remove(SUBNET_GROUPS, name);
  return {};
};

const describeSubnetGroups: Operation<DescribeDBSubnetGroupsCommandInput, Reply<DescribeDBSubnetGroupsCommandOutput>> = (
  input,
  context,
) => {
  const all =
    input.DBSubnetGroupName === undefined ? context.list(SUBNET_GROUPS) : [subnetGroupOr404(input.DBSubnetGroupName, context)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return { DBSubnetGroups: items.map(replyOf), Marker: next };
};

export const groupOperations = {
  CreateDBSubnetGroup: createSubnetGroup,
  ModifyDBSubnetGroup: modifySubnetGroup,
  DeleteDBSubnetGroup: deleteSubnetGroup,
  DescribeDBSubnetGroups: describeSubnetGroups,
};
