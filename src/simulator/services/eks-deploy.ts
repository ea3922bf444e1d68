/** EKS clusters and node groups as Pulumi declares them. */
import type * as EKS from '@aws-sdk/client-eks';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { GROUPS } from './auto-scaling-groups.ts';
import { blockOf, flagOf, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';
import { terminated } from './ec2-deploy-call.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('eks', operation, input)) as O;

const cluster: Deployer = {
  type: 'aws:eks/cluster:Cluster',
  async create(given, deployment) {
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    const reply = await call<EKS.CreateClusterCommandOutput>(
      deployment,
      'CreateCluster',
      without({
        name,
        roleArn: textOf(given.inputs.roleArn) ?? `arn:aws:iam::${given.account}:role/unknown`,
        version: textOf(given.inputs.version),
        deletionProtection: flagOf(given.inputs.deletionProtection),
        resourcesVpcConfig: { subnetIds: textsOf(blockOf(given.inputs.vpcConfig)?.subnetIds) },
        tags: given.tags,
      }),
    );
    return { id: name, outputs: { arn: reply.cluster?.arn ?? '', name, endpoint: reply.cluster?.endpoint ?? '' } };
  },
  update: changedBy(async (given, before, deployment) => {
    const named = { name: given.id };
    const version = ({ inputs }: Given) => ({ version: textOf(inputs.version) });
    await modify(deployment, ['eks', 'UpdateClusterVersion'], named, version(given), version(before));
    const config = ({ inputs }: Given) => ({
      deletionProtection: flagOf(inputs.deletionProtection) ?? false,
      resourcesVpcConfig: { subnetIds: textsOf(blockOf(inputs.vpcConfig)?.subnetIds) },
    });
    await modify(deployment, ['eks', 'UpdateClusterConfig'], named, config(given), config(before));
  }),
  remove: removedBy('eks', 'DeleteCluster', ({ id }) => ({ name: id })),
};

const nodeGroup: Deployer = {
  type: 'aws:eks/nodeGroup:NodeGroup',
  async create(given, deployment) {
    const { inputs } = given;
    const clusterName = need(given, 'clusterName');
    const name =
      textOf(inputs.nodeGroupName) ??
      `${textOf(inputs.nodeGroupNamePrefix) ?? `${given.name}-`}${deployment.world.random.hex(7)}`;
    const reply = await call<EKS.CreateNodegroupCommandOutput>(
      deployment,
      'CreateNodegroup',
      without({
        clusterName,
        nodegroupName: name,
        nodeRole: textOf(inputs.nodeRoleArn) ?? `arn:aws:iam::${given.account}:role/unknown`,
        subnets: textsOf(inputs.subnetIds),
        capacityType: textOf(inputs.capacityType),
        instanceTypes: textsOf(inputs.instanceTypes).length === 0 ? undefined : textsOf(inputs.instanceTypes),
        ...sizeOf(given),
        tags: given.tags,
      }),
    );
    return { id: `${clusterName}:${name}`, outputs: { arn: reply.nodegroup?.nodegroupArn ?? '', nodeGroupName: name } };
  },
  update: changedBy((given, before, deployment) =>
    modify(deployment, ['eks', 'UpdateNodegroupConfig'], groupOf(given), sizeOf(given), sizeOf(before)),
  ),
  async remove(given, deployment) {
    const found = (await unlessGone(call(deployment, 'DescribeNodegroup', groupOf(given)))) as
      | EKS.DescribeNodegroupCommandOutput
      | undefined;
    if (found === undefined) return;
    const scaled = found.nodegroup?.resources?.autoScalingGroups?.[0]?.name ?? '';
    const members = deployment.world.get(GROUPS, given.account, given.region, scaled)?.members ?? [];
    await call(deployment, 'DeleteNodegroup', groupOf(given));
    await terminated(
      members.map((m) => m.id),
      given,
      deployment,
    );
  },
};

const groupOf = ({ id }: Given) => ({ clusterName: id?.split(':')[0], nodegroupName: id?.split(':')[1] });

function sizeOf({ inputs }: Given) {
  const size = blockOf(inputs.scalingConfig);
  return {
    scalingConfig: without({
      minSize: numberOf(size?.minSize),
      maxSize: numberOf(size?.maxSize),
      desiredSize: numberOf(size?.desiredSize),
    }),
  };
}

export const eksDeployers: readonly Deployer[] = [cluster, nodeGroup];
