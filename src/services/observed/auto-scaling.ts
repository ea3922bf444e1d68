/** Auto Scaling groups with what is attached to them, and launch configurations, as Auto Scaling shows them. */
import type * as ASG from '@aws-sdk/client-auto-scaling';
import type { Value } from '../../model/value.ts';
import { listed, listing, set, some, tagsOf } from './compute-listing.ts';
import { type Observed, present, type Scan } from './scan.ts';

/** The group behind an EKS node group is a part of that. */
const NODE_GROUP_TAG = 'eks:nodegroup-name';

const groups = listing({
  id: 'autoscaling-groups',
  types: ['aws:autoscaling/group:Group', 'aws:autoscaling/attachment:Attachment'],
  call: listed<ASG.DescribeAutoScalingGroupsCommandInput, ASG.DescribeAutoScalingGroupsCommandOutput>(
    'auto-scaling',
    'autoscaling:DescribeAutoScalingGroups',
  ),
  input: { MaxRecords: 100 },
  items: (page) => page.AutoScalingGroups,
  read: (group) => {
    const name = group.AutoScalingGroupName ?? '';
    // A group with a status is being deleted.
    if (group.Status !== undefined || group.Tags?.some((t) => t.Key === NODE_GROUP_TAG) === true) return [];
    const subnets = set(group.VPCZoneIdentifier)
      ?.split(',')
      .map((id) => id.trim());
    return [
      {
        type: 'aws:autoscaling/group:Group',
        id: name,
        arn: group.AutoScalingGroupARN,
        name,
        properties: present({
          name,
          minSize: group.MinSize,
          maxSize: group.MaxSize,
          desiredCapacity: group.DesiredCapacity,
          vpcZoneIdentifiers: subnets,
          availabilityZones: subnets === undefined ? some(group.AvailabilityZones) : undefined,
          healthCheckType: set(group.HealthCheckType),
          healthCheckGracePeriod: group.HealthCheckGracePeriod,
          suspendedProcesses: some((group.SuspendedProcesses ?? []).flatMap((p) => p.ProcessName ?? [])),
          availabilityZoneDistribution: distribution(group),
          launchTemplate: template(group.LaunchTemplate),
          launchConfiguration: set(group.LaunchConfigurationName),
          mixedInstancesPolicy: mixed(group.MixedInstancesPolicy),
          deletionProtection: group.DeletionProtection,
        }),
        outputs: present({ arn: group.AutoScalingGroupARN }),
        tags: tagsOf(group.Tags),
      },
      // Code says it of the group or in attachments; both read the same, and nothing is said twice.
      ...(group.TargetGroupARNs ?? []).map((arn) => attachment(name, arn, 'lbTargetGroupArn')),
      ...(group.LoadBalancerNames ?? []).map((balancer) => attachment(name, balancer, 'elb')),
    ];
  },
});

function attachment(group: string, to: string, property: string): Observed {
  const id = `${group}-${to}`;
  return {
    type: 'aws:autoscaling/attachment:Attachment',
    id,
    arn: undefined,
    name: id,
    properties: { autoscalingGroupName: group, [property]: to },
    outputs: {},
    tags: {},
  };
}

const distribution = (group: ASG.AutoScalingGroup): Value | undefined => {
  const strategy = group.AvailabilityZoneDistribution?.CapacityDistributionStrategy;
  return strategy === undefined ? undefined : { capacityDistributionStrategy: strategy };
};

const template = (spec: ASG.LaunchTemplateSpecification | undefined): Value | undefined =>
  spec === undefined ? undefined : present({ id: spec.LaunchTemplateId, name: spec.LaunchTemplateName, version: spec.Version });

function mixed(policy: ASG.MixedInstancesPolicy | undefined): Value | undefined {
  if (policy === undefined) return undefined;
  const spec = policy.LaunchTemplate?.LaunchTemplateSpecification;
  const spread = policy.InstancesDistribution;
  return present({
    launchTemplate: present({
      launchTemplateSpecification:
        spec === undefined
          ? undefined
          : present({
              launchTemplateId: spec.LaunchTemplateId,
              launchTemplateName: spec.LaunchTemplateName,
              version: spec.Version,
            }),
      overrides: some((policy.LaunchTemplate?.Overrides ?? []).map((o) => present({ instanceType: o.InstanceType }))),
    }),
    instancesDistribution:
      spread === undefined
        ? undefined
        : present({
            onDemandBaseCapacity: spread.OnDemandBaseCapacity,
            onDemandPercentageAboveBaseCapacity: spread.OnDemandPercentageAboveBaseCapacity,
          }),
  });
}

const launchConfigurations = listing({
  id: 'autoscaling-launch-configurations',
  types: ['aws:ec2/launchConfiguration:LaunchConfiguration'],
  call: listed<ASG.DescribeLaunchConfigurationsCommandInput, ASG.DescribeLaunchConfigurationsCommandOutput>(
    'auto-scaling',
    'autoscaling:DescribeLaunchConfigurations',
  ),
  input: { MaxRecords: 100 },
  items: (page) => page.LaunchConfigurations,
  read: (configuration) => {
    const name = configuration.LaunchConfigurationName ?? '';
    return [
      {
        type: 'aws:ec2/launchConfiguration:LaunchConfiguration',
        id: name,
        arn: configuration.LaunchConfigurationARN,
        name,
        properties: present({
          name,
          imageId: set(configuration.ImageId),
          instanceType: set(configuration.InstanceType),
          spotPrice: set(configuration.SpotPrice),
        }),
        outputs: present({ arn: configuration.LaunchConfigurationARN }),
        tags: {},
      },
    ];
  },
});

export const autoScalingScans: readonly Scan[] = [groups, launchConfigurations];
