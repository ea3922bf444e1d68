/** Subnet groups and parameter groups of simulated RDS. */
import type {
  CreateDBClusterParameterGroupCommandInput,
  CreateDBClusterParameterGroupCommandOutput,
  CreateDBParameterGroupCommandInput,
  CreateDBParameterGroupCommandOutput,
  CreateDBSubnetGroupCommandInput,
  CreateDBSubnetGroupCommandOutput,
  DBSubnetGroup,
  DeleteDBSubnetGroupCommandInput,
  DeleteDBSubnetGroupCommandOutput,
  DescribeDBClusterParameterGroupsCommandInput,
  DescribeDBClusterParameterGroupsCommandOutput,
  DescribeDBClusterParametersCommandInput,
  DescribeDBClusterParametersCommandOutput,
  DescribeDBParameterGroupsCommandInput,
  DescribeDBParameterGroupsCommandOutput,
  DescribeDBParametersCommandInput,
  DescribeDBParametersCommandOutput,
  DescribeDBSubnetGroupsCommandInput,
  DescribeDBSubnetGroupsCommandOutput,
  ModifyDBClusterParameterGroupCommandInput,
  ModifyDBClusterParameterGroupCommandOutput,
  ModifyDBParameterGroupCommandInput,
  ModifyDBParameterGroupCommandOutput,
  ModifyDBSubnetGroupCommandInput,
  ModifyDBSubnetGroupCommandOutput,
  Parameter,
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';

export interface SubnetGroup {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly vpc: string | undefined;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
}

export interface ParameterGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
  /** What somebody has set; everything else has the engine's default. */
  parameters: ReadonlyMap<string, Parameter>;
}

export const SUBNET_GROUPS = shelf<SubnetGroup>('rds:subnet-group');
export const PARAMETER_GROUPS = shelf<ParameterGroup>('rds:parameter-group');
export const CLUSTER_PARAMETER_GROUPS = shelf<ParameterGroup>('rds:cluster-parameter-group');
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
    Subnets: world.zones(of.region).map((zone) => ({ SubnetAvailabilityZone: { Name: zone }, SubnetStatus: 'Active' })),
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
  return {
    DBSubnetGroup: replyOf(await makeSubnetGroup(name, input.DBSubnetGroupDescription ?? '', input.SubnetIds ?? [], context)),
  };
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
  const ids = input.SubnetIds ?? [];
  return {
    DBSubnetGroup: replyOf(await makeSubnetGroup(group.name, input.DBSubnetGroupDescription ?? group.description, ids, context)),
  };
};

const deleteSubnetGroup: Operation<DeleteDBSubnetGroupCommandInput, Reply<DeleteDBSubnetGroupCommandOutput>> = (
  input,
  context,
) => {
  context.remove(SUBNET_GROUPS, subnetGroupOr404(input.DBSubnetGroupName, context).name);
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

type GroupShelf = typeof PARAMETER_GROUPS;

function createGroup(
  on: GroupShelf,
  kind: 'pg' | 'cluster-pg',
  given: { readonly name: string | undefined; readonly family: string | undefined; readonly description: string | undefined },
  context: CallContext,
): ParameterGroup {
  const name = (given.name ?? '').toLowerCase();
  if (context.get(on, name) !== undefined)
    throw new ServiceFault('DBParameterGroupAlreadyExists', `Parameter group ${name} already exists`);
  const group: ParameterGroup = {
    name,
    arn: context.arn('rds', `${kind}:${name}`),
    family: given.family ?? '',
    description: given.description ?? '',
    parameters: new Map(),
  };
  context.put(on, name, group);
  return group;
}

/** Groups whose name begins with `default.` are AWS's own: they exist, and nobody can change them. */
function groupOr404(on: GroupShelf, name: string | undefined, context: CallContext): ParameterGroup {
  const wanted = (name ?? '').toLowerCase();
  const group = context.get(on, wanted);
  if (group !== undefined) return group;
  if (wanted.startsWith('default.'))
    return {
      name: wanted,
      arn: context.arn('rds', `pg:${wanted}`),
      family: wanted.slice(8),
      description: '',
      parameters: new Map(),
    };
  throw new ServiceFault('DBParameterGroupNotFound', `DBParameterGroup not found: ${wanted}`, 404);
}

function setParameters(on: GroupShelf, name: string | undefined, parameters: readonly Parameter[], context: CallContext): string {
  const group = groupOr404(on, name, context);
  if (group.name.startsWith('default.'))
    throw new ServiceFault('InvalidParameterValue', 'You cannot modify a default parameter group.');
  group.parameters = new Map([...group.parameters, ...parameters.map((p) => [p.ParameterName ?? '', p] as const)]);
  return group.name;
}

function parametersOf(
  on: GroupShelf,
  asked: { readonly name: string | undefined; readonly source: string | undefined; readonly marker: string | undefined },
  size: number | undefined,
  context: CallContext,
): { readonly Parameters: Parameter[]; readonly Marker: string | undefined } {
  const group = groupOr404(on, asked.name, context);
  const set = asked.source === undefined || asked.source === 'user' ? [...group.parameters.values()] : [];
  const { items, next } = page(set, asked.marker, size ?? PAGE_SIZE);
  return { Parameters: items.map((p) => ({ ...p, Source: 'user' })), Marker: next };
}

const createParameterGroup: Operation<CreateDBParameterGroupCommandInput, Reply<CreateDBParameterGroupCommandOutput>> = (
  input,
  context,
) => {
  const { DBParameterGroupName: name, DBParameterGroupFamily: family, Description: description } = input;
  const group = createGroup(PARAMETER_GROUPS, 'pg', { name, family, description }, context);
  return { DBParameterGroup: { DBParameterGroupName: group.name, DBParameterGroupArn: group.arn } };
};

const createClusterParameterGroup: Operation<
  CreateDBClusterParameterGroupCommandInput,
  Reply<CreateDBClusterParameterGroupCommandOutput>
> = (input, context) => {
  const { DBClusterParameterGroupName: name, DBParameterGroupFamily: family, Description: description } = input;
  const group = createGroup(CLUSTER_PARAMETER_GROUPS, 'cluster-pg', { name, family, description }, context);
  return { DBClusterParameterGroup: { DBClusterParameterGroupName: group.name, DBClusterParameterGroupArn: group.arn } };
};

const modifyParameterGroup: Operation<ModifyDBParameterGroupCommandInput, Reply<ModifyDBParameterGroupCommandOutput>> = (
  input,
  context,
) => ({
  DBParameterGroupName: setParameters(PARAMETER_GROUPS, input.DBParameterGroupName, input.Parameters ?? [], context),
});

const modifyClusterParameterGroup: Operation<
  ModifyDBClusterParameterGroupCommandInput,
  Reply<ModifyDBClusterParameterGroupCommandOutput>
> = (input, context) => ({
  DBClusterParameterGroupName: setParameters(
    CLUSTER_PARAMETER_GROUPS,
    input.DBClusterParameterGroupName,
    input.Parameters ?? [],
    context,
  ),
});

const describeParameterGroups: Operation<DescribeDBParameterGroupsCommandInput, Reply<DescribeDBParameterGroupsCommandOutput>> = (
  input,
  context,
) => {
  const { DBParameterGroupName: name } = input;
  const all = name === undefined ? context.list(PARAMETER_GROUPS) : [groupOr404(PARAMETER_GROUPS, name, context)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return {
    DBParameterGroups: items.map((g) => ({
      DBParameterGroupName: g.name,
      DBParameterGroupArn: g.arn,
      DBParameterGroupFamily: g.family,
      Description: g.description,
    })),
    Marker: next,
  };
};

const describeClusterParameterGroups: Operation<
  DescribeDBClusterParameterGroupsCommandInput,
  Reply<DescribeDBClusterParameterGroupsCommandOutput>
> = (input, context) => {
  const { DBClusterParameterGroupName: name } = input;
  const all = name === undefined ? context.list(CLUSTER_PARAMETER_GROUPS) : [groupOr404(CLUSTER_PARAMETER_GROUPS, name, context)];
  const { items, next } = page(all, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return {
    DBClusterParameterGroups: items.map((g) => ({
      DBClusterParameterGroupName: g.name,
      DBClusterParameterGroupArn: g.arn,
      DBParameterGroupFamily: g.family,
      Description: g.description,
    })),
    Marker: next,
  };
};

const describeParameters: Operation<DescribeDBParametersCommandInput, Reply<DescribeDBParametersCommandOutput>> = (
  { DBParameterGroupName: name, Source: source, Marker: marker, MaxRecords: size },
  context,
) => parametersOf(PARAMETER_GROUPS, { name, source, marker }, size, context);

const describeClusterParameters: Operation<
  DescribeDBClusterParametersCommandInput,
  Reply<DescribeDBClusterParametersCommandOutput>
> = ({ DBClusterParameterGroupName: name, Source: source, Marker: marker, MaxRecords: size }, context) =>
  parametersOf(CLUSTER_PARAMETER_GROUPS, { name, source, marker }, size, context);

export const groupOperations = {
  CreateDBSubnetGroup: createSubnetGroup,
  ModifyDBSubnetGroup: modifySubnetGroup,
  DeleteDBSubnetGroup: deleteSubnetGroup,
  DescribeDBSubnetGroups: describeSubnetGroups,
  CreateDBParameterGroup: createParameterGroup,
  ModifyDBParameterGroup: modifyParameterGroup,
  DescribeDBParameterGroups: describeParameterGroups,
  DescribeDBParameters: describeParameters,
  CreateDBClusterParameterGroup: createClusterParameterGroup,
  ModifyDBClusterParameterGroup: modifyClusterParameterGroup,
  DescribeDBClusterParameterGroups: describeClusterParameterGroups,
  DescribeDBClusterParameters: describeClusterParameters,
};
