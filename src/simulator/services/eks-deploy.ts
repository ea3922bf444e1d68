/** EKS clusters and node groups as Pulumi declares them. */
import type * as EKS from '@aws-sdk/client-eks';
import type { Deployer, Deployment } from '../deploy/deployer.ts';
import { blockOf, flagOf, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';

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
};

const nodeGroup: Deployer = {
  type: 'aws:eks/nodeGroup:NodeGroup',
  async create(given, deployment) {
    const { inputs } = given;
    const clusterName = need(given, 'clusterName');
    const name =
      textOf(inputs.nodeGroupName) ??
      `${textOf(inputs.nodeGroupNamePrefix) ?? `${given.name}-`}${deployment.world.random.hex(7)}`;
    const size = blockOf(inputs.scalingConfig);
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
        scalingConfig: without({
          minSize: numberOf(size?.minSize),
          maxSize: numberOf(size?.maxSize),
          desiredSize: numberOf(size?.desiredSize),
        }),
        tags: given.tags,
      }),
    );
    return { id: `${clusterName}:${name}`, outputs: { arn: reply.nodegroup?.nodegroupArn ?? '', nodeGroupName: name } };
  },
};

export const eksDeployers: readonly Deployer[] = [cluster, nodeGroup];
