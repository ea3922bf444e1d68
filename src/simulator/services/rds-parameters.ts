/** Parameter groups of simulated RDS: of them, what somebody has set. */
import type {
  CreateDBClusterParameterGroupCommandInput,
  CreateDBClusterParameterGroupCommandOutput,
  CreateDBParameterGroupCommandInput,
  CreateDBParameterGroupCommandOutput,
  DeleteDBClusterParameterGroupCommandInput,
  DeleteDBClusterParameterGroupCommandOutput,
  DeleteDBParameterGroupCommandInput,
  DeleteDBParameterGroupCommandOutput,
  DescribeDBClusterParameterGroupsCommandInput,
  DescribeDBClusterParameterGroupsCommandOutput,
  DescribeDBClusterParametersCommandInput,
  DescribeDBClusterParametersCommandOutput,
  DescribeDBParameterGroupsCommandInput,
  DescribeDBParameterGroupsCommandOutput,
  DescribeDBParametersCommandInput,
  DescribeDBParametersCommandOutput,
  ModifyDBClusterParameterGroupCommandInput,
  ModifyDBClusterParameterGroupCommandOutput,
  ModifyDBParameterGroupCommandInput,
  ModifyDBParameterGroupCommandOutput,
  Parameter,
  ResetDBClusterParameterGroupCommandInput,
  ResetDBClusterParameterGroupCommandOutput,
  ResetDBParameterGroupCommandInput,
  ResetDBParameterGroupCommandOutput,
  Tag,
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf } from '../world/world.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { CLUSTERS, INSTANCES, tagsOf } from './rds-state.ts';

export interface ParameterGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
  tags: Readonly<Record<string, string>>;
  /** What somebody has set; everything else has the engine's default. */
  parameters: ReadonlyMap<string, Parameter>;
}

export const PARAMETER_GROUPS = shelf<ParameterGroup>('rds:parameter-group');
export const CLUSTER_PARAMETER_GROUPS = shelf<ParameterGroup>('rds:cluster-parameter-group');

type GroupShelf = typeof PARAMETER_GROUPS;

function createGroup(
  on: GroupShelf,
  kind: 'pg' | 'cluster-pg',
  given: {
    readonly name: string | undefined;
    readonly family: string | undefined;
    readonly description: string | undefined;
    readonly tags: readonly Tag[] | undefined;
  },
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
    tags: tagsOf(given.tags),
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
      tags: {},
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

/** What somebody has set goes back to the engine's default: the parameters named, or all. */
function resetParameters(
  on: GroupShelf,
  name: string | undefined,
  asked: { readonly all: boolean | undefined; readonly names: readonly (string | undefined)[] },
  context: CallContext,
): string {
  const group = groupOr404(on, name, context);
  const kept = [...group.parameters].filter(([parameter]) => asked.all !== true && !asked.names.includes(parameter));
  group.parameters = new Map(kept);
  return group.name;
}

/** A group that a database has stays (API DeleteDBParameterGroup). */
function deleteGroup(on: GroupShelf, name: string | undefined, context: CallContext): void {
  const group = groupOr404(on, name, context);
  const members = on === PARAMETER_GROUPS ? context.list(INSTANCES) : context.list(CLUSTERS);
  if (members.some((store) => store.parameterGroup === group.name))
    throw new ServiceFault(
      'InvalidDBParameterGroupState',
      'One or more database instances are still members of this parameter group, so the group cannot be deleted',
    );
  context.remove(on, group.name);
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
  const { DBParameterGroupName: name, DBParameterGroupFamily: family, Description: description, Tags: tags } = input;
  const group = createGroup(PARAMETER_GROUPS, 'pg', { name, family, description, tags }, context);
  return { DBParameterGroup: { DBParameterGroupName: group.name, DBParameterGroupArn: group.arn } };
};

const createClusterParameterGroup: Operation<
  CreateDBClusterParameterGroupCommandInput,
  Reply<CreateDBClusterParameterGroupCommandOutput>
> = (input, context) => {
  const { DBClusterParameterGroupName: name, DBParameterGroupFamily: family, Description: description, Tags: tags } = input;
  const group = createGroup(CLUSTER_PARAMETER_GROUPS, 'cluster-pg', { name, family, description, tags }, context);
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

const resetParameterGroup: Operation<ResetDBParameterGroupCommandInput, Reply<ResetDBParameterGroupCommandOutput>> = (
  { DBParameterGroupName: name, ResetAllParameters: all, Parameters: parameters },
  context,
) => {
  const names = (parameters ?? []).map((p) => p.ParameterName);
  return { DBParameterGroupName: resetParameters(PARAMETER_GROUPS, name, { all, names }, context) };
};

const resetClusterParameterGroup: Operation<
  ResetDBClusterParameterGroupCommandInput,
  Reply<ResetDBClusterParameterGroupCommandOutput>
> = ({ DBClusterParameterGroupName: name, ResetAllParameters: all, Parameters: parameters }, context) => {
  const names = (parameters ?? []).map((p) => p.ParameterName);
  return { DBClusterParameterGroupName: resetParameters(CLUSTER_PARAMETER_GROUPS, name, { all, names }, context) };
};

const deleteParameterGroup: Operation<DeleteDBParameterGroupCommandInput, Reply<DeleteDBParameterGroupCommandOutput>> = (
  input,
  context,
) => {
  deleteGroup(PARAMETER_GROUPS, input.DBParameterGroupName, context);
  return {};
};

const deleteClusterParameterGroup: Operation<
  DeleteDBClusterParameterGroupCommandInput,
  Reply<DeleteDBClusterParameterGroupCommandOutput>
> = (input, context) => {
  deleteGroup(CLUSTER_PARAMETER_GROUPS, input.DBClusterParameterGroupName, context);
  return {};
};

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

export const parameterOperations = {
  CreateDBParameterGroup: createParameterGroup,
  ModifyDBParameterGroup: modifyParameterGroup,
  ResetDBParameterGroup: resetParameterGroup,
  DeleteDBParameterGroup: deleteParameterGroup,
  DescribeDBParameterGroups: describeParameterGroups,
  DescribeDBParameters: describeParameters,
  CreateDBClusterParameterGroup: createClusterParameterGroup,
  ModifyDBClusterParameterGroup: modifyClusterParameterGroup,
  ResetDBClusterParameterGroup: resetClusterParameterGroup,
  DeleteDBClusterParameterGroup: deleteClusterParameterGroup,
  DescribeDBClusterParameterGroups: describeClusterParameterGroups,
  DescribeDBClusterParameters: describeClusterParameters,
};
