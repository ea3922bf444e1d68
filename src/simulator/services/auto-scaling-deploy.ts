/** Auto Scaling groups and what is attached to them, as Pulumi declares them. */
import type { DescribeAutoScalingGroupsCommandOutput } from '@aws-sdk/client-auto-scaling';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { type Block, blockOf, blocksOf, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('auto-scaling', operation, input)) as O;

const template = (block: Block | undefined, id: string, name: string) =>
  block === undefined
    ? undefined
    : without({ LaunchTemplateId: textOf(block[id]), LaunchTemplateName: textOf(block[name]), Version: textOf(block.version) });

/** A group that names nothing that the source could resolve still has its size: it launches from a stand-in. */
async function standIn(given: Given, deployment: Deployment): Promise<object> {
  const name = `${given.name}-stand-in-${deployment.world.random.hex(4)}`;
  await call(deployment, 'CreateLaunchConfiguration', {
    LaunchConfigurationName: name,
    ImageId: 'ami-00000000000000000',
    InstanceType: 't3.micro',
  });
  return { LaunchConfigurationName: name };
}

async function sourceOf(given: Given, deployment: Deployment): Promise<object> {
  const mixed = blockOf(given.inputs.mixedInstancesPolicy);
  if (mixed !== undefined) {
    const launch = blockOf(mixed.launchTemplate);
    const spread = blockOf(mixed.instancesDistribution);
    const spec = template(blockOf(launch?.launchTemplateSpecification), 'launchTemplateId', 'launchTemplateName');
    if (spec === undefined || (spec.LaunchTemplateId === undefined && spec.LaunchTemplateName === undefined))
      return standIn(given, deployment);
    return {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: spec,
          Overrides: blocksOf(launch?.overrides).map((o) =>
            without({ InstanceType: textOf(o.instanceType), WeightedCapacity: textOf(o.weightedCapacity) }),
          ),
        },
        InstancesDistribution: without({
          OnDemandBaseCapacity: numberOf(spread?.onDemandBaseCapacity),
          OnDemandPercentageAboveBaseCapacity: numberOf(spread?.onDemandPercentageAboveBaseCapacity),
        }),
      },
    };
  }
  const own = template(blockOf(given.inputs.launchTemplate), 'id', 'name');
  if (own?.LaunchTemplateId !== undefined || own?.LaunchTemplateName !== undefined) return { LaunchTemplate: own };
  const configuration = textOf(given.inputs.launchConfiguration);
  return configuration === undefined ? standIn(given, deployment) : { LaunchConfigurationName: configuration };
}

const group: Deployer = {
  type: 'aws:autoscaling/group:Group',
  async create(given, deployment) {
    const { inputs } = given;
    const name = textOf(inputs.name) ?? deployment.physicalName(given);
    const subnets = textsOf(inputs.vpcZoneIdentifiers);
    const zones = textsOf(inputs.availabilityZones);
    const distribution = textOf(blockOf(inputs.availabilityZoneDistribution)?.capacityDistributionStrategy);
    const sources = blocksOf(inputs.trafficSources).map((s) =>
      without({ Identifier: textOf(s.identifier), Type: textOf(s.type) }),
    );
    await call(
      deployment,
      'CreateAutoScalingGroup',
      without({
        AutoScalingGroupName: name,
        ...(await sourceOf(given, deployment)),
        MinSize: numberOf(inputs.minSize) ?? 0,
        MaxSize: numberOf(inputs.maxSize) ?? 0,
        DesiredCapacity: numberOf(inputs.desiredCapacity),
        VPCZoneIdentifier: subnets.length === 0 ? undefined : subnets.join(','),
        AvailabilityZones: subnets.length === 0 ? zones : undefined,
        HealthCheckType: textOf(inputs.healthCheckType),
        // The provider sends 300 s where AWS itself has none.
        HealthCheckGracePeriod: numberOf(inputs.healthCheckGracePeriod) ?? 300,
        TargetGroupARNs: textsOf(inputs.targetGroupArns),
        LoadBalancerNames: textsOf(inputs.loadBalancers),
        TrafficSources: sources.length === 0 ? undefined : sources,
        AvailabilityZoneDistribution: distribution === undefined ? undefined : { CapacityDistributionStrategy: distribution },
        DeletionProtection: textOf(inputs.deletionProtection),
        Tags: [
          ...Object.entries(given.tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
          ...blocksOf(inputs.tags).map((t) => ({
            Key: textOf(t.key),
            Value: textOf(t.value),
            PropagateAtLaunch: t.propagateAtLaunch === true,
          })),
        ],
      }),
    );
    const processes = textsOf(inputs.suspendedProcesses);
    if (processes.length > 0)
      await call(deployment, 'SuspendProcesses', { AutoScalingGroupName: name, ScalingProcesses: processes });
    const { AutoScalingGroups } = await call<DescribeAutoScalingGroupsCommandOutput>(deployment, 'DescribeAutoScalingGroups', {
      AutoScalingGroupNames: [name],
    });
    const made = AutoScalingGroups?.[0];
    return {
      id: name,
      outputs: { arn: made?.AutoScalingGroupARN ?? '', name, availabilityZones: made?.AvailabilityZones ?? [] },
    };
  },
};

const launchConfiguration: Deployer = {
  type: 'aws:ec2/launchConfiguration:LaunchConfiguration',
  async create(given, deployment) {
    const name = textOf(given.inputs.name) ?? deployment.physicalName(given);
    await call(
      deployment,
      'CreateLaunchConfiguration',
      without({
        LaunchConfigurationName: name,
        ImageId: textOf(given.inputs.imageId),
        InstanceType: textOf(given.inputs.instanceType),
        SpotPrice: textOf(given.inputs.spotPrice),
      }),
    );
    return { id: name, outputs: { name } };
  },
};

const attachment: Deployer = {
  type: 'aws:autoscaling/attachment:Attachment',
  async create(given, deployment) {
    const AutoScalingGroupName = need(given, 'autoscalingGroupName');
    const target = textOf(given.inputs.lbTargetGroupArn) ?? textOf(given.inputs.albTargetGroupArn);
    if (target === undefined)
      await call(deployment, 'AttachLoadBalancers', { AutoScalingGroupName, LoadBalancerNames: [need(given, 'elb')] });
    else await call(deployment, 'AttachLoadBalancerTargetGroups', { AutoScalingGroupName, TargetGroupARNs: [target] });
    return { id: given.id ?? `${AutoScalingGroupName}-${target ?? need(given, 'elb')}`, outputs: {} };
  },
};

const trafficSource: Deployer = {
  type: 'aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment',
  async create(given, deployment) {
    const AutoScalingGroupName = need(given, 'autoscalingGroupName');
    const source = blockOf(given.inputs.trafficSource);
    const identifier = textOf(source?.identifier) ?? '';
    const type = textOf(source?.type) ?? 'elbv2';
    await call(deployment, 'AttachTrafficSources', {
      AutoScalingGroupName,
      TrafficSources: [{ Identifier: identifier, Type: type }],
    });
    return { id: given.id ?? `${AutoScalingGroupName},${type},${identifier}`, outputs: {} };
  },
};

export const groupDeployers: readonly Deployer[] = [group, launchConfiguration, attachment, trafficSource];
