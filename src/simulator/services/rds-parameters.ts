/** Parameter groups of simulated RDS: of them, what somebody has set. */
import type {
  CreateDBClusterParameterGroupCommandInput,
  CreateDBClusterParameterGroupCommandOutput,
  CreateDBParameterGroupCommandInput,
  CreateDBParameterGroupCommandOutput,
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
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { shelf } from '../world/world.ts';
import { PAGE_SIZE } from './rds-groups.ts';

export interface ParameterGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
  /** What somebody has set; everything else has the engine's default. */
  parameters: ReadonlyMap<string, Parameter>;
}

export const PARAMETER_GROUPS = shelf<ParameterGroup>('rds:parameter-group');
export const CLUSTER_PARAMETER_GROUPS = shelf<ParameterGroup>('rds:cluster-parameter-group');

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

export const parameterOperations = {
  CreateDBParameterGroup: createParameterGroup,
  ModifyDBParameterGroup: modifyParameterGroup,
  DescribeDBParameterGroups: describeParameterGroups,
  DescribeDBParameters: describeParameters,
  CreateDBClusterParameterGroup: createClusterParameterGroup,
  ModifyDBClusterParameterGroup: modifyClusterParameterGroup,
  DescribeDBClusterParameterGroups: describeClusterParameterGroups,
  DescribeDBClusterParameters: describeClusterParameters,
};
