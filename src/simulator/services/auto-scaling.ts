/** Auto Scaling as an API: groups, their capacity and their processes. */
import type * as ASG from '@aws-sdk/client-auto-scaling';
import { type CallContext, page, ServiceFault, type SimulatedService } from '../service.ts';
import { groupDeployers } from './auto-scaling-deploy.ts';
import { dropMember, GROUPS, type GroupItem, groupsMeetEvents, keep, RECIPES, replace } from './auto-scaling-groups.ts';
import { configurationOperations, recipeOf } from './auto-scaling-launch.ts';
import { groupOf, invalid, placeOf } from './auto-scaling-shared.ts';
import { isTargetGroup, trafficOperations } from './auto-scaling-traffic.ts';
import { defaultSubnets, subnetOf } from './ec2-network.ts';
import type { Op } from './ec2-shared.ts';

/** Where it launches: its subnets, or the default subnets of the AZs that it names. */
function subnetsOf(
  context: CallContext,
  identifier: string | undefined,
  zones: readonly string[] | undefined,
): readonly string[] {
  if (identifier !== undefined && identifier !== '')
    return identifier.split(',').map((id) => subnetOf(context, id.trim()).SubnetId ?? '');
  const found = defaultSubnets(context).filter((s) => zones?.includes(s.AvailabilityZone ?? '') === true);
  if (found.length === 0) throw invalid('At least one Availability Zone or VPC Subnet is required.');
  return found.map((s) => s.SubnetId ?? '');
}

function checkSizes(min: number, max: number, desired: number): void {
  if (min > max) throw invalid('Max bound must be greater than or equal to min bound');
  if (desired < min)
    throw invalid(`Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`);
  if (desired > max)
    throw invalid(`Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`);
}

const createGroup: Op<ASG.CreateAutoScalingGroupCommandInput, ASG.CreateAutoScalingGroupCommandOutput> = (input, context) => {
  const name = input.AutoScalingGroupName ?? '';
  if (context.get(GROUPS, name) !== undefined)
    throw new ServiceFault('AlreadyExists', 'AutoScalingGroup by this name already exists');
  const min = input.MinSize ?? 0;
  const max = input.MaxSize ?? 0;
  // CreateAutoScalingGroup, DesiredCapacity: the minimum size when not given.
  const desired = input.DesiredCapacity ?? min;
  checkSizes(min, max, desired);
  const recipe = recipeOf(context, input);
  if (recipe === undefined)
    throw invalid(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  const subnets = subnetsOf(context, input.VPCZoneIdentifier, input.AvailabilityZones);
  const { Tags, DefaultCooldown, TrafficSources, ...kept } = input;
  const shown = {
    ...kept,
    AutoScalingGroupName: name,
    AutoScalingGroupARN: context.arn(
      'autoscaling',
      `autoScalingGroup:${context.world.random.hex(8)}-0000-0000-0000-${context.world.random.hex(12)}:autoScalingGroupName/${name}`,
    ),
    MinSize: min,
    MaxSize: max,
    DesiredCapacity: desired,
    DefaultCooldown: DefaultCooldown ?? 300,
    AvailabilityZones: [...new Set(subnets.map((id) => subnetOf(context, id).AvailabilityZone ?? ''))],
    VPCZoneIdentifier: input.VPCZoneIdentifier ?? '',
    HealthCheckType: input.HealthCheckType ?? 'EC2',
    HealthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
    AvailabilityZoneDistribution: input.AvailabilityZoneDistribution ?? {
      CapacityDistributionStrategy: 'balanced-best-effort' as const,
    },
    TargetGroupARNs: [
      ...(input.TargetGroupARNs ?? []),
      ...(TrafficSources ?? []).map((t) => t.Identifier ?? '').filter(isTargetGroup),
    ],
    LoadBalancerNames: [
      ...(input.LoadBalancerNames ?? []),
      ...(TrafficSources ?? []).map((t) => t.Identifier ?? '').filter((t) => !isTargetGroup(t)),
    ],
    SuspendedProcesses: [],
    CreatedTime: context.now,
    Tags: Tags?.map((t) => ({ ...t, ResourceId: name, ResourceType: 'auto-scaling-group' })) ?? [],
  };
  const group: GroupItem = { shown: shown, subnets, members: [], activities: [], retrying: false };
  context.put(GROUPS, name, group);
  context.put(RECIPES, name, recipe);
  keep(placeOf(context), group);
  return {};
};

const updateGroup: Op<ASG.UpdateAutoScalingGroupCommandInput, ASG.UpdateAutoScalingGroupCommandOutput> = (input, context) => {
  const group = groupOf(context, input.AutoScalingGroupName);
  const { shown } = group;
  const min = input.MinSize ?? shown.MinSize ?? 0;
  const max = input.MaxSize ?? shown.MaxSize ?? 0;
  // A new bound moves the desired capacity inside (UpdateAutoScalingGroup, "About changing MinSize or MaxSize").
  const desired = input.DesiredCapacity ?? Math.min(max, Math.max(min, shown.DesiredCapacity ?? 0));
  checkSizes(min, max, desired);
  const recipe = recipeOf(context, input);
  if (recipe !== undefined) {
    context.put(RECIPES, shown.AutoScalingGroupName, recipe);
    // A group launches from one of the three.
    delete shown.LaunchTemplate;
    delete shown.LaunchConfigurationName;
    delete shown.MixedInstancesPolicy;
  }
  const { VPCZoneIdentifier, AvailabilityZones, ...settings } = input;
  if (VPCZoneIdentifier !== undefined || AvailabilityZones !== undefined)
    moveTo(context, group, VPCZoneIdentifier, AvailabilityZones);
  const changes = Object.fromEntries(Object.entries(settings).filter(([, v]) => v !== undefined));
  Object.assign(shown, changes, { MinSize: min, MaxSize: max, DesiredCapacity: desired });
  keep(placeOf(context), group);
  return {};
};

/** Instances in an AZ that the group leaves are replaced (user guide, "Add an Availability Zone"). */
function moveTo(
  context: CallContext,
  group: GroupItem,
  identifier: string | undefined,
  zones: readonly string[] | undefined,
): void {
  group.subnets = subnetsOf(context, identifier, zones);
  const now = [...new Set(group.subnets.map((id) => subnetOf(context, id).AvailabilityZone ?? ''))];
  group.shown.AvailabilityZones = now;
  group.shown.VPCZoneIdentifier = identifier ?? '';
  for (const member of group.members) if (!now.includes(member.zone)) dropMember(placeOf(context), group, member);
}

const setDesired: Op<ASG.SetDesiredCapacityCommandInput, ASG.SetDesiredCapacityCommandOutput> = (input, context) => {
  const group = groupOf(context, input.AutoScalingGroupName);
  const desired = input.DesiredCapacity ?? 0;
  const { MinSize = 0, MaxSize = 0 } = group.shown;
  if (desired < MinSize)
    throw invalid(`New SetDesiredCapacity value ${desired} is below min value ${MinSize} for the AutoScalingGroup.`);
  if (desired > MaxSize)
    throw invalid(`New SetDesiredCapacity value ${desired} is above max value ${MaxSize} for the AutoScalingGroup.`);
  group.shown.DesiredCapacity = desired;
  keep(placeOf(context), group);
  return {};
};

const instancesOf = (group: GroupItem): ASG.Instance[] =>
  group.members.map((m) => ({
    InstanceId: m.id,
    AvailabilityZone: m.zone,
    LifecycleState: m.lifecycle,
    HealthStatus: m.health,
    ProtectedFromScaleIn: false,
  }));

const describeGroups: Op<ASG.DescribeAutoScalingGroupsCommandInput, ASG.DescribeAutoScalingGroupsCommandOutput> = (
  input,
  context,
) => {
  const all = context.list(GROUPS).filter((g) => input.AutoScalingGroupNames?.includes(g.shown.AutoScalingGroupName) ?? true);
  const { items, next } = page(all, input.NextToken, input.MaxRecords ?? 50);
  return {
    AutoScalingGroups: items.map((g) => ({ ...g.shown, Instances: instancesOf(g) })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

const describeInstances: Op<ASG.DescribeAutoScalingInstancesCommandInput, ASG.DescribeAutoScalingInstancesCommandOutput> = (
  input,
  context,
) => {
  const all = context.list(GROUPS).flatMap((g) =>
    g.members.map(
      (m): ASG.AutoScalingInstanceDetails => ({
        InstanceId: m.id,
        AutoScalingGroupName: g.shown.AutoScalingGroupName,
        AvailabilityZone: m.zone,
        LifecycleState: m.lifecycle,
        HealthStatus: m.health.toUpperCase(),
        ProtectedFromScaleIn: false,
      }),
    ),
  );
  const { items, next } = page(
    all.filter((i) => input.InstanceIds?.includes(i.InstanceId ?? '') ?? true),
    input.NextToken,
    input.MaxRecords ?? 50,
  );
  return { AutoScalingInstances: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

/** All of them when none is named (SuspendProcesses). */
const PROCESSES = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

const suspend: Op<ASG.SuspendProcessesCommandInput, ASG.SuspendProcessesCommandOutput> = (input, context) => {
  const { shown } = groupOf(context, input.AutoScalingGroupName);
  const names = input.ScalingProcesses ?? PROCESSES;
  const kept = (shown.SuspendedProcesses ?? []).filter((p) => !names.includes(p.ProcessName ?? ''));
  shown.SuspendedProcesses = [
    ...kept,
    ...names.map((ProcessName) => ({ ProcessName, SuspensionReason: `User suspended at ${context.now.toISOString()}` })),
  ];
  return {};
};

const resume: Op<ASG.ResumeProcessesCommandInput, ASG.ResumeProcessesCommandOutput> = (input, context) => {
  const group = groupOf(context, input.AutoScalingGroupName);
  const names = input.ScalingProcesses ?? PROCESSES;
  group.shown.SuspendedProcesses = (group.shown.SuspendedProcesses ?? []).filter((p) => !names.includes(p.ProcessName ?? ''));
  replace(placeOf(context), group);
  return {};
};

export const autoScaling: SimulatedService = {
  client: 'auto-scaling',
  prefix: 'autoscaling',
  operations: {
    CreateAutoScalingGroup: createGroup,
    UpdateAutoScalingGroup: updateGroup,
    SetDesiredCapacity: setDesired,
    DescribeAutoScalingGroups: describeGroups,
    DescribeAutoScalingInstances: describeInstances,
    SuspendProcesses: suspend,
    ResumeProcesses: resume,
    DeleteAutoScalingGroup: ((input, context) => {
      const group = groupOf(context, input.AutoScalingGroupName);
      const held = group.shown.DeletionProtection;
      if (held === 'prevent-all-deletion' || (held === 'prevent-force-deletion' && input.ForceDelete === true))
        throw invalid(`The group ${group.shown.AutoScalingGroupName} is protected against deletion: ${held}.`);
      if (group.members.length > 0 && input.ForceDelete !== true)
        throw new ServiceFault(
          'ResourceInUse',
          'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
        );
      for (const member of group.members) dropMember(placeOf(context), group, member);
      context.remove(GROUPS, group.shown.AutoScalingGroupName);
      context.remove(RECIPES, group.shown.AutoScalingGroupName);
      return {};
    }) satisfies Op<ASG.DeleteAutoScalingGroupCommandInput, ASG.DeleteAutoScalingGroupCommandOutput>,
    SetInstanceHealth: ((input, context) => {
      const group = context.list(GROUPS).find((g) => g.members.some((m) => m.id === input.InstanceId));
      const member = group?.members.find((m) => m.id === input.InstanceId);
      if (group === undefined || member === undefined)
        throw invalid(`Instance Id not found - No managed instance found for instance ID: ${input.InstanceId}`);
      member.health = input.HealthStatus === 'Unhealthy' ? 'Unhealthy' : 'Healthy';
      replace(placeOf(context), group);
      return {};
    }) satisfies Op<ASG.SetInstanceHealthCommandInput, ASG.SetInstanceHealthCommandOutput>,
    TerminateInstanceInAutoScalingGroup: ((input, context) => {
      const group = context.list(GROUPS).find((g) => g.members.some((m) => m.id === input.InstanceId));
      const member = group?.members.find((m) => m.id === input.InstanceId);
      if (group === undefined || member === undefined)
        throw invalid(`Instance Id not found - No managed instance found for instance ID: ${input.InstanceId}`);
      if (input.ShouldDecrementDesiredCapacity === true) group.shown.DesiredCapacity = (group.shown.DesiredCapacity ?? 1) - 1;
      dropMember(placeOf(context), group, member);
      keep(placeOf(context), group);
      return { ...(group.activities[0] === undefined ? {} : { Activity: group.activities[0] }) };
    }) satisfies Op<ASG.TerminateInstanceInAutoScalingGroupCommandInput, ASG.TerminateInstanceInAutoScalingGroupCommandOutput>,
    DescribeScalingActivities: ((input, context) => {
      const groups = context
        .list(GROUPS)
        .filter((g) =>
          input.AutoScalingGroupName === undefined ? true : g.shown.AutoScalingGroupName === input.AutoScalingGroupName,
        );
      const { items, next } = page(
        groups.flatMap((g) => g.activities),
        input.NextToken,
        input.MaxRecords ?? 100,
      );
      return { Activities: [...items], ...(next === undefined ? {} : { NextToken: next }) };
    }) satisfies Op<ASG.DescribeScalingActivitiesCommandInput, ASG.DescribeScalingActivitiesCommandOutput>,
    CreateOrUpdateTags: ((input, context) => {
      for (const tag of input.Tags ?? []) {
        const { shown } = groupOf(context, tag.ResourceId);
        shown.Tags = [...(shown.Tags ?? []).filter((t) => t.Key !== tag.Key), { ...tag, ResourceType: 'auto-scaling-group' }];
      }
      return {};
    }) satisfies Op<ASG.CreateOrUpdateTagsCommandInput, ASG.CreateOrUpdateTagsCommandOutput>,
    DeleteTags: ((input, context) => {
      for (const tag of input.Tags ?? []) {
        const { shown } = groupOf(context, tag.ResourceId);
        shown.Tags = (shown.Tags ?? []).filter((t) => t.Key !== tag.Key);
      }
      return {};
    }) satisfies Op<ASG.DeleteTagsCommandInput, ASG.DeleteTagsCommandOutput>,
    ...trafficOperations,
    ...configurationOperations,
  },
  begin: groupsMeetEvents,
  deployers: groupDeployers,
};
