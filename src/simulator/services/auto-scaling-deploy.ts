/** Auto Scaling groups and what is attached to them, as Pulumi declares them. */
import type { DescribeAutoScalingGroupsCommandOutput } from '@aws-sdk/client-auto-scaling';
import type { Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, moved, removedBy, unlessGone } from '../deploy/lifecycle.ts';
import { GROUPS } from './auto-scaling-groups.ts';
import { type Block, blockOf, blocksOf, flagOf, need, numberOf, textOf, textsOf, without } from './compute-inputs.ts';
import { terminated } from './ec2-deploy-call.ts';

const call = async <O>(deployment: Deployment, operation: string, input: object): Promise<O> =>
  (await deployment.call('auto-scaling', operation, input)) as O;

const template = (block: Block | undefined, id: string, name: string) =>
  block === undefined
    ? undefined
    : without({ LaunchTemplateId: textOf(block[id]), LaunchTemplateName: textOf(block[name]), Version: textOf(block.version) });

const STAND_IN = '-stand-in-';

/** A group that names nothing that the source could resolve still has its size: it launches from a stand-in. */
async function standIn(given: Given, deployment: Deployment): Promise<object> {
  const name = `${given.name}${STAND_IN}${deployment.world.random.hex(4)}`;
  await call(deployment, 'CreateLaunchConfiguration', {
    LaunchConfigurationName: name,
    ImageId: 'ami-00000000000000000',
    InstanceType: 't3.micro',
  });
  return { LaunchConfigurationName: name };
}

const sourceOf = async (given: Given, deployment: Deployment): Promise<object> =>
  sourceIn(given) ?? (await standIn(given, deployment));

/** Undefined: the source of the code could not resolve it. */
function sourceIn(given: Given): object | undefined {
  const mixed = blockOf(given.inputs.mixedInstancesPolicy);
  if (mixed !== undefined) {
    const launch = blockOf(mixed.launchTemplate);
    const spread = blockOf(mixed.instancesDistribution);
    const spec = template(blockOf(launch?.launchTemplateSpecification), 'launchTemplateId', 'launchTemplateName');
    if (spec === undefined || (spec.LaunchTemplateId === undefined && spec.LaunchTemplateName === undefined)) return undefined;
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
  return configuration === undefined ? undefined : { LaunchConfigurationName: configuration };
}

/** What an update of a group takes. */
function settingsOf({ inputs }: Given) {
  const subnets = textsOf(inputs.vpcZoneIdentifiers);
  const distribution = textOf(blockOf(inputs.availabilityZoneDistribution)?.capacityDistributionStrategy);
  return {
    MinSize: numberOf(inputs.minSize) ?? 0,
    MaxSize: numberOf(inputs.maxSize) ?? 0,
    DesiredCapacity: numberOf(inputs.desiredCapacity),
    VPCZoneIdentifier: subnets.length === 0 ? undefined : subnets.join(','),
    AvailabilityZones: subnets.length === 0 ? textsOf(inputs.availabilityZones) : undefined,
    HealthCheckType: textOf(inputs.healthCheckType),
    // The provider sends 300 s where AWS itself has none.
    HealthCheckGracePeriod: numberOf(inputs.healthCheckGracePeriod) ?? 300,
    AvailabilityZoneDistribution: distribution === undefined ? undefined : { CapacityDistributionStrategy: distribution },
    DeletionProtection: textOf(inputs.deletionProtection),
  };
}

const trafficOf = ({ inputs }: Given) =>
  blocksOf(inputs.trafficSources).map((s) => without({ Identifier: textOf(s.identifier), Type: textOf(s.type) }));

const tagsOf = (given: Given) => [
  ...Object.entries(given.tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
  ...blocksOf(given.inputs.tags).map((t) => ({
    Key: textOf(t.key),
    Value: textOf(t.value),
    PropagateAtLaunch: t.propagateAtLaunch === true,
  })),
];

/** Lists whose items come and go by calls of their own, in the order in which the provider makes them. */
const LISTS: readonly {
  readonly of: (given: Given) => readonly unknown[];
  readonly member: string;
  readonly added: string;
  readonly gone: string;
}[] = [
  {
    of: ({ inputs }) => textsOf(inputs.targetGroupArns),
    member: 'TargetGroupARNs',
    added: 'AttachLoadBalancerTargetGroups',
    gone: 'DetachLoadBalancerTargetGroups',
  },
  {
    of: ({ inputs }) => textsOf(inputs.loadBalancers),
    member: 'LoadBalancerNames',
    added: 'AttachLoadBalancers',
    gone: 'DetachLoadBalancers',
  },
  { of: trafficOf, member: 'TrafficSources', added: 'AttachTrafficSources', gone: 'DetachTrafficSources' },
  {
    of: ({ inputs }) => textsOf(inputs.suspendedProcesses),
    member: 'ScalingProcesses',
    added: 'SuspendProcesses',
    gone: 'ResumeProcesses',
  },
];

const changeGroup = changedBy(async (given, before, deployment) => {
  const name = given.id ?? '';
  const named = { AutoScalingGroupName: name };
  for (const { of, member, added, gone } of LISTS) {
    const change = moved(of(given), of(before));
    if (change.gone.length > 0) await call(deployment, gone, { ...named, [member]: change.gone });
    if (change.added.length > 0) await call(deployment, added, { ...named, [member]: change.added });
  }
  const now = { ...settingsOf(given), ...sourceIn(given) };
  await modify(deployment, ['auto-scaling', 'UpdateAutoScalingGroup'], named, now, {
    ...settingsOf(before),
    ...sourceIn(before),
  });
  const tags = moved(tagsOf(given), tagsOf(before));
  const resource = { ResourceId: name, ResourceType: 'auto-scaling-group' };
  const gone = tags.gone.filter((t) => !tags.added.some((other) => other.Key === t.Key));
  if (gone.length > 0) await call(deployment, 'DeleteTags', { Tags: gone.map(({ Key }) => ({ Key, ...resource })) });
  if (tags.added.length > 0)
    await call(deployment, 'CreateOrUpdateTags', { Tags: tags.added.map((tag) => ({ ...tag, ...resource })) });
});

/** Without `forceDelete` the provider empties a group before it deletes it. Either way it waits for the instances to be gone. */
async function removeGroup(given: Given, deployment: Deployment): Promise<void> {
  const { world } = deployment;
  const { account, region, id = '' } = given;
  const group = world.get(GROUPS, account, region, id);
  if (group === undefined) return;
  const named = { AutoScalingGroupName: id };
  const instances = group.members.map((m) => m.id);
  const isHeld = group.shown.DeletionProtection === 'prevent-all-deletion';
  const force = flagOf(given.inputs.forceDelete) === true;
  if (!force && !isHeld) {
    await call(deployment, 'UpdateAutoScalingGroup', { ...named, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 });
    await deployment.until(() => group.members.length === 0, `${id} being emptied`);
  }
  await call(deployment, 'DeleteAutoScalingGroup', { ...named, ForceDelete: force });
  await terminated(instances, given, deployment);
  const source = group.shown.LaunchConfigurationName;
  if (source?.startsWith(`${given.name}${STAND_IN}`) === true)
    await call(deployment, 'DeleteLaunchConfiguration', { LaunchConfigurationName: source });
}

const group: Deployer = {
  type: 'aws:autoscaling/group:Group',
  async create(given, deployment) {
    const { inputs } = given;
    const name = textOf(inputs.name) ?? deployment.physicalName(given);
    const sources = trafficOf(given);
    await call(
      deployment,
      'CreateAutoScalingGroup',
      without({
        AutoScalingGroupName: name,
        ...(await sourceOf(given, deployment)),
        ...settingsOf(given),
        TargetGroupARNs: textsOf(inputs.targetGroupArns),
        LoadBalancerNames: textsOf(inputs.loadBalancers),
        TrafficSources: sources.length === 0 ? undefined : sources,
        Tags: tagsOf(given),
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
  update: changeGroup,
  remove: removeGroup,
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
  remove: removedBy('auto-scaling', 'DeleteLaunchConfiguration', ({ id }) => ({ LaunchConfigurationName: id })),
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
  async remove(given, deployment) {
    const AutoScalingGroupName = need(given, 'autoscalingGroupName');
    const target = textOf(given.inputs.lbTargetGroupArn) ?? textOf(given.inputs.albTargetGroupArn);
    await unlessGone(
      target === undefined
        ? call(deployment, 'DetachLoadBalancers', { AutoScalingGroupName, LoadBalancerNames: [need(given, 'elb')] })
        : call(deployment, 'DetachLoadBalancerTargetGroups', { AutoScalingGroupName, TargetGroupARNs: [target] }),
    );
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
  remove: removedBy('auto-scaling', 'DetachTrafficSources', (given) => {
    const source = blockOf(given.inputs.trafficSource);
    return {
      AutoScalingGroupName: need(given, 'autoscalingGroupName'),
      TrafficSources: [{ Identifier: textOf(source?.identifier) ?? '', Type: textOf(source?.type) ?? 'elbv2' }],
    };
  }),
};

export const groupDeployers: readonly Deployer[] = [group, launchConfiguration, attachment, trafficSource];
