/** EKS: clusters whose control plane AWS runs, and node groups, each with an Auto Scaling group of its own. */
import type * as EKS from '@aws-sdk/client-eks';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf } from '../world/world.ts';
import { dropMember, GROUPS, RECIPES } from './auto-scaling-groups.ts';
import { subnetOf } from './ec2-network.ts';
import type { Op, Place } from './ec2-shared.ts';
import { eksDeployers } from './eks-deploy.ts';

export const EKS_CLUSTERS = shelf<EKS.Cluster & { name: string; arn: string }>('eks:cluster');
export const NODE_GROUPS = shelf<EKS.Nodegroup & { nodegroupName: string; clusterName: string }>('eks:node-group');

/** Seconds: a cluster takes about ten minutes (EKS user guide, "Create an Amazon EKS cluster"), a node group some: an assumption. */
const CLUSTER_CREATION = [480, 720] as const;
const GROUP_CREATION = [90, 240] as const;

const tags = (given: Readonly<Record<string, string>> | undefined): Record<string, string> => ({ ...given });

function clusterOf(context: CallContext, name: string | undefined) {
  const cluster = context.get(EKS_CLUSTERS, name ?? '');
  if (cluster === undefined) throw new ServiceFault('ResourceNotFoundException', `No cluster found for name: ${name}.`, 404);
  return cluster;
}

const groupKey = (cluster: string | undefined, name: string | undefined): string => `${cluster}:${name}`;

function groupOf(context: CallContext, cluster: string | undefined, name: string | undefined) {
  const group = context.get(NODE_GROUPS, groupKey(clusterOf(context, cluster).name, name));
  if (group === undefined) throw new ServiceFault('ResourceNotFoundException', `No node group found for name: ${name}.`, 404);
  return group;
}

const createCluster: Op<EKS.CreateClusterCommandInput, EKS.CreateClusterCommandOutput> = (input, context) => {
  const name = input.name ?? '';
  if (context.get(EKS_CLUSTERS, name) !== undefined)
    throw new ServiceFault('ResourceInUseException', `Cluster already exists with name: ${name}`, 409);
  const subnets = (input.resourcesVpcConfig?.subnetIds ?? []).map((id) => subnetOf(context, id));
  if (new Set(subnets.map((s) => s.AvailabilityZone)).size < 2)
    throw new ServiceFault('InvalidParameterException', 'Subnets specified must be in at least two different AZs');
  const cluster = {
    name,
    arn: context.arn('eks', `cluster/${name}`),
    version: input.version ?? '1.33',
    status: 'CREATING' as EKS.ClusterStatus,
    endpoint: `https://${context.world.random.hex(32).toUpperCase()}.gr7.${context.region}.eks.amazonaws.com`,
    createdAt: context.now,
    deletionProtection: input.deletionProtection ?? false,
    resourcesVpcConfig: { subnetIds: subnets.map((s) => s.SubnetId ?? ''), vpcId: subnets[0]?.VpcId ?? '' },
    tags: tags(input.tags),
  };
  context.put(EKS_CLUSTERS, name, cluster);
  context.world.clock.after(between(context.world, ...CLUSTER_CREATION), () => {
    cluster.status = 'ACTIVE';
  });
  return { cluster };
};

const createNodegroup: Op<EKS.CreateNodegroupCommandInput, EKS.CreateNodegroupCommandOutput> = async (input, context) => {
  const cluster = clusterOf(context, input.clusterName);
  const name = input.nodegroupName ?? '';
  const key = groupKey(cluster.name, name);
  if (context.get(NODE_GROUPS, key) !== undefined)
    throw new ServiceFault(
      'ResourceInUseException',
      `NodeGroup already exists with name ${name} and cluster name ${cluster.name}`,
      409,
    );
  const subnets = (input.subnets ?? []).map((id) => subnetOf(context, id).SubnetId ?? '');
  const { minSize = 1, maxSize = 2, desiredSize = 2 } = input.scalingConfig ?? {};
  if (desiredSize < minSize || desiredSize > maxSize || maxSize < 1)
    throw new ServiceFault(
      'InvalidParameterException',
      `desired capacity ${desiredSize} must be between ${minSize} and ${maxSize}`,
    );
  // The Auto Scaling group is EKS's own, in the user's account (EKS user guide, "Managed node groups").
  const scaled = `eks-${name}-${context.world.random.hex(8)}`;
  const id = context.world.random.hex(8);
  await context.call('auto-scaling', 'CreateLaunchConfiguration', {
    LaunchConfigurationName: scaled,
    ImageId: 'ami-00000000000000000',
    InstanceType: input.instanceTypes?.[0] ?? 't3.medium',
  });
  await context.call('auto-scaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: scaled,
    LaunchConfigurationName: scaled,
    MinSize: minSize,
    MaxSize: maxSize,
    DesiredCapacity: desiredSize,
    VPCZoneIdentifier: subnets.join(','),
    Tags: [
      { Key: 'eks:nodegroup-name', Value: name, PropagateAtLaunch: true },
      { Key: 'eks:cluster-name', Value: cluster.name, PropagateAtLaunch: true },
    ],
  });
  const group = {
    nodegroupName: name,
    nodegroupArn: context.arn('eks', `nodegroup/${cluster.name}/${name}/${id}-0000-0000-0000-000000000000`),
    clusterName: cluster.name,
    status: 'CREATING' as EKS.NodegroupStatus,
    // CreateNodegroup, capacityType: ON_DEMAND.
    capacityType: input.capacityType ?? ('ON_DEMAND' as const),
    scalingConfig: { minSize, maxSize, desiredSize },
    instanceTypes: input.instanceTypes ?? ['t3.medium'],
    subnets,
    resources: { autoScalingGroups: [{ name: scaled }] },
    createdAt: context.now,
    tags: tags(input.tags),
  };
  context.put(NODE_GROUPS, key, group);
  context.world.clock.after(between(context.world, ...GROUP_CREATION), () => {
    group.status = 'ACTIVE';
  });
  return { nodegroup: group };
};

const updateNodegroup: Op<EKS.UpdateNodegroupConfigCommandInput, EKS.UpdateNodegroupConfigCommandOutput> = async (
  input,
  context,
) => {
  const group = groupOf(context, input.clusterName, input.nodegroupName);
  const next = { ...group.scalingConfig, ...input.scalingConfig };
  await context.call('auto-scaling', 'UpdateAutoScalingGroup', {
    AutoScalingGroupName: group.resources?.autoScalingGroups?.[0]?.name ?? '',
    MinSize: next.minSize,
    MaxSize: next.maxSize,
    DesiredCapacity: next.desiredSize,
  });
  group.scalingConfig = next;
  return { update: updating(context, 'ConfigUpdate') };
};

const updating = (context: CallContext, type: EKS.UpdateType): EKS.Update => ({
  id: context.world.random.hex(32),
  status: 'InProgress',
  type,
  createdAt: context.now,
});

/** The Auto Scaling group of a node group goes with it, and so do its nodes. */
function deleteNodes(place: Place, name: string): void {
  const { world, account, region } = place;
  const group = world.get(GROUPS, account, region, name);
  if (group === undefined) return;
  for (const member of group.members) dropMember(place, group, member);
  world.remove(GROUPS, account, region, name);
  world.remove(RECIPES, account, region, name);
}

function taggedAt(context: CallContext, arn: string | undefined): { tags?: Record<string, string> | undefined } {
  const found =
    context.list(NODE_GROUPS).find((g) => g.nodegroupArn === arn) ?? context.list(EKS_CLUSTERS).find((c) => c.arn === arn);
  if (found === undefined) throw new ServiceFault('NotFoundException', `${arn ?? ''} does not exist`, 404);
  return found;
}

const more = (next: string | undefined): { nextToken?: string } => (next === undefined ? {} : { nextToken: next });

export const eks: SimulatedService = {
  client: 'eks',
  prefix: 'eks',
  operations: {
    CreateCluster: createCluster,
    DescribeCluster: ((input, context) => ({ cluster: clusterOf(context, input.name) })) satisfies Op<
      EKS.DescribeClusterCommandInput,
      EKS.DescribeClusterCommandOutput
    >,
    ListClusters: ((input, context) => {
      const { items, next } = page(context.list(EKS_CLUSTERS), input.nextToken, input.maxResults ?? 100);
      return { clusters: items.map((c) => c.name), ...more(next) };
    }) satisfies Op<EKS.ListClustersCommandInput, EKS.ListClustersCommandOutput>,
    DeleteCluster: ((input, context) => {
      const cluster = clusterOf(context, input.name);
      if (cluster.deletionProtection === true)
        throw new ServiceFault('InvalidRequestException', 'Cluster has deletion protection enabled');
      if (context.list(NODE_GROUPS).some((g) => g.clusterName === cluster.name))
        throw new ServiceFault('ResourceInUseException', 'Cluster has nodegroups attached', 409);
      context.remove(EKS_CLUSTERS, cluster.name);
      return { cluster: { ...cluster, status: 'DELETING' } };
    }) satisfies Op<EKS.DeleteClusterCommandInput, EKS.DeleteClusterCommandOutput>,
    UpdateClusterVersion: ((input, context) => {
      const cluster = clusterOf(context, input.name);
      if (input.version !== undefined) cluster.version = input.version;
      return { update: updating(context, 'VersionUpdate') };
    }) satisfies Op<EKS.UpdateClusterVersionCommandInput, EKS.UpdateClusterVersionCommandOutput>,
    UpdateClusterConfig: ((input, context) => {
      const cluster = clusterOf(context, input.name);
      if (input.deletionProtection !== undefined) cluster.deletionProtection = input.deletionProtection;
      const subnetIds = input.resourcesVpcConfig?.subnetIds;
      if (subnetIds !== undefined) cluster.resourcesVpcConfig = { ...cluster.resourcesVpcConfig, subnetIds };
      return { update: updating(context, 'ConfigUpdate') };
    }) satisfies Op<EKS.UpdateClusterConfigCommandInput, EKS.UpdateClusterConfigCommandOutput>,
    DeleteNodegroup: (async (input, context) => {
      const group = groupOf(context, input.clusterName, input.nodegroupName);
      const { world, account, region } = context;
      const scaled = group.resources?.autoScalingGroups?.[0]?.name ?? '';
      deleteNodes({ world, account, region }, scaled);
      await context.call('auto-scaling', 'DeleteLaunchConfiguration', { LaunchConfigurationName: scaled });
      context.remove(NODE_GROUPS, groupKey(group.clusterName, group.nodegroupName));
      return { nodegroup: { ...group, status: 'DELETING' as const } };
    }) satisfies Op<EKS.DeleteNodegroupCommandInput, EKS.DeleteNodegroupCommandOutput>,
    CreateNodegroup: createNodegroup,
    UpdateNodegroupConfig: updateNodegroup,
    DescribeNodegroup: ((input, context) => ({
      nodegroup: groupOf(context, input.clusterName, input.nodegroupName),
    })) satisfies Op<EKS.DescribeNodegroupCommandInput, EKS.DescribeNodegroupCommandOutput>,
    TagResource: ((input, context) => {
      const tagged = taggedAt(context, input.resourceArn);
      tagged.tags = { ...tagged.tags, ...input.tags };
      return {};
    }) satisfies Op<EKS.TagResourceCommandInput, EKS.TagResourceCommandOutput>,
    UntagResource: ((input, context) => {
      const tagged = taggedAt(context, input.resourceArn);
      const kept = Object.entries(tagged.tags ?? {}).filter(([key]) => input.tagKeys?.includes(key) !== true);
      tagged.tags = Object.fromEntries(kept);
      return {};
    }) satisfies Op<EKS.UntagResourceCommandInput, EKS.UntagResourceCommandOutput>,
    ListNodegroups: ((input, context) => {
      const { name } = clusterOf(context, input.clusterName);
      const { items, next } = page(
        context.list(NODE_GROUPS).filter((g) => g.clusterName === name),
        input.nextToken,
        input.maxResults ?? 100,
      );
      return { nodegroups: items.map((g) => g.nodegroupName), ...more(next) };
    }) satisfies Op<EKS.ListNodegroupsCommandInput, EKS.ListNodegroupsCommandOutput>,
  },
  begin(world) {
    world.onFault((fault, _world, how) => {
      if (how === 'ends') return;
      const taken = (account: string, arn: string | undefined): boolean =>
        (fault.kind === 'deleted' && fault.arn === arn) || (fault.kind === 'account-compromised' && fault.account === account);
      for (const { account, region, key, item } of world.everywhere(EKS_CLUSTERS))
        if (taken(account, item.arn)) world.remove(EKS_CLUSTERS, account, region, key);
      for (const { account, region, key, item } of world.everywhere(NODE_GROUPS)) {
        if (!taken(account, item.nodegroupArn)) continue;
        world.remove(NODE_GROUPS, account, region, key);
        deleteNodes({ world, account, region }, item.resources?.autoScalingGroups?.[0]?.name ?? '');
      }
    });
  },
  deployers: eksDeployers,
};
