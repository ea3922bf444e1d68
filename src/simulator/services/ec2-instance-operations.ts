/** Instances as the EC2 API has them: run, stopped, started, terminated and described. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { type CallContext, ServiceFault } from '../service.ts';
import { INSTANCES, type InstanceItem, launch, start, stop, terminate } from './ec2-instances.ts';
import { defaultSubnets, subnetOf } from './ec2-network.ts';
import { describe, found, type Op, tagsFor } from './ec2-shared.ts';
import { TEMPLATE_VERSIONS, TEMPLATES, templateData } from './ec2-templates.ts';

/** Status checks run every minute (EC2 user guide); two failures in a row are taken as impaired. */
const STATUS_CHECK = 60;

const instanceOf = (context: CallContext, id: string): InstanceItem =>
  found(context.get(INSTANCES, id), id, 'InvalidInstanceID.NotFound');

const runInstances: Op<EC2.RunInstancesCommandInput, EC2.RunInstancesCommandOutput> = (input, context) => {
  const template = input.LaunchTemplate === undefined ? {} : dataOf(context, input.LaunchTemplate);
  const type = input.InstanceType ?? template.InstanceType ?? 'm1.small';
  const image = input.ImageId ?? template.ImageId;
  if (image === undefined) throw new ServiceFault('MissingParameter', 'The request must contain the parameter ImageId');
  const subnet = chosenSubnet(input, context);
  const instances: InstanceItem[] = [];
  for (let i = 0; i < (input.MaxCount ?? 1); i++) {
    const more: Partial<EC2.Instance> = {};
    if (input.MaintenanceOptions?.AutoRecovery !== undefined)
      more.MaintenanceOptions = { AutoRecovery: input.MaintenanceOptions.AutoRecovery };
    if (input.InstanceMarketOptions?.MarketType === 'spot') more.InstanceLifecycle = 'spot';
    instances.push(
      launch(context, {
        id: context.id('i'),
        subnet,
        type,
        image,
        tags: tagsFor(input.TagSpecifications, 'instance'),
        more,
        devices: input.BlockDeviceMappings ?? [],
      }),
    );
  }
  return { ReservationId: `r-${context.world.random.hex(17)}`, OwnerId: context.account, Instances: instances };
};

function dataOf(context: CallContext, spec: EC2.LaunchTemplateSpecification): EC2.ResponseLaunchTemplateData {
  const template = context
    .list(TEMPLATES)
    .find((t) => t.LaunchTemplateId === spec.LaunchTemplateId || t.LaunchTemplateName === spec.LaunchTemplateName);
  const id =
    found(template, spec.LaunchTemplateId ?? spec.LaunchTemplateName, 'InvalidLaunchTemplateId.NotFound').LaunchTemplateId ?? '';
  return templateData(context, context.get(TEMPLATE_VERSIONS, id) ?? [], template, spec.Version);
}

function chosenSubnet(input: EC2.RunInstancesCommandInput, context: CallContext): EC2.Subnet {
  const id = input.SubnetId ?? input.NetworkInterfaces?.[0]?.SubnetId;
  if (id !== undefined) {
    const subnet = subnetOf(context, id);
    const zone = input.Placement?.AvailabilityZone;
    if (zone !== undefined && zone !== subnet.AvailabilityZone)
      throw new ServiceFault('InvalidParameterValue', `The subnet ${id} is not in the Availability Zone ${zone}`);
    return subnet;
  }
  const subnets = defaultSubnets(context);
  const zone =
    input.Placement?.AvailabilityZone ??
    context.world.zones(context.region)[Math.floor(context.world.random.next() * subnets.length)];
  return found(
    subnets.find((s) => s.AvailabilityZone === zone),
    zone,
    'InvalidParameterValue',
  );
}

const changes = (instance: InstanceItem, previous: EC2.InstanceState | undefined): EC2.InstanceStateChange => ({
  InstanceId: instance.InstanceId ?? '',
  CurrentState: instance.State ?? {},
  PreviousState: previous ?? {},
});

const stopInstances: Op<EC2.StopInstancesCommandInput, EC2.StopInstancesCommandOutput> = (input, context) => ({
  StoppingInstances: (input.InstanceIds ?? []).map((id) => {
    const instance = instanceOf(context, id);
    const previous = instance.State;
    if (previous?.Name !== 'running' && previous?.Name !== 'stopped' && previous?.Name !== 'stopping')
      throw new ServiceFault('IncorrectInstanceState', `The instance '${id}' is not in a state from which it can be stopped.`);
    if (previous.Name === 'running') stop(context, instance);
    return changes(instance, previous);
  }),
});

const startInstances: Op<EC2.StartInstancesCommandInput, EC2.StartInstancesCommandOutput> = (input, context) => ({
  StartingInstances: (input.InstanceIds ?? []).map((id) => {
    const instance = instanceOf(context, id);
    const previous = instance.State;
    if (previous?.Name !== 'stopped' && previous?.Name !== 'running' && previous?.Name !== 'pending')
      throw new ServiceFault('IncorrectInstanceState', `The instance '${id}' is not in a state from which it can be started.`);
    if (previous.Name === 'stopped') {
      if (context.world.zoneIsLost(instance.Placement?.AvailabilityZone ?? ''))
        throw new ServiceFault('InsufficientInstanceCapacity', 'Insufficient capacity.', 500);
      instance.State = { Code: 0, Name: 'pending' };
      instance.LaunchTime = context.now;
      start(context, instance);
    }
    return changes(instance, previous);
  }),
});

const describeStatus: Op<EC2.DescribeInstanceStatusCommandInput, EC2.DescribeInstanceStatusCommandOutput> = (input, context) => {
  const all = context.list(INSTANCES).filter((i) => input.IncludeAllInstances === true || i.State?.Name === 'running');
  const { items, next } = describe(
    all,
    { missing: 'InvalidInstanceID.NotFound', idOf: (i) => i.InstanceId },
    input.InstanceIds,
    input,
  );
  return {
    InstanceStatuses: items.map((i) => {
      const impaired = i.gone !== undefined && context.now.getTime() - i.gone >= 2 * STATUS_CHECK * 1000;
      const status = { Status: impaired ? ('impaired' as const) : ('ok' as const) };
      return {
        InstanceId: i.InstanceId ?? '',
        AvailabilityZone: i.Placement?.AvailabilityZone ?? '',
        InstanceState: i.State ?? {},
        SystemStatus: status,
        InstanceStatus: status,
      };
    }),
    ...next,
  };
};

export const instanceOperations = {
  RunInstances: runInstances,
  StopInstances: stopInstances,
  StartInstances: startInstances,
  DescribeInstanceStatus: describeStatus,
  RebootInstances: ((input, context) => {
    for (const id of input.InstanceIds ?? []) instanceOf(context, id);
    return {};
  }) satisfies Op<EC2.RebootInstancesCommandInput, EC2.RebootInstancesCommandOutput>,
  ModifyInstanceAttribute: ((input, context) => {
    const instance = instanceOf(context, input.InstanceId ?? '');
    if (input.InstanceType?.Value !== undefined) {
      if (instance.State?.Name !== 'stopped')
        throw new ServiceFault('IncorrectInstanceState', `The instance '${input.InstanceId}' is not in the 'stopped' state.`);
      instance.InstanceType = input.InstanceType.Value as EC2._InstanceType;
    }
    if (input.DisableApiTermination?.Value !== undefined) instance.held = input.DisableApiTermination.Value;
    return {};
  }) satisfies Op<EC2.ModifyInstanceAttributeCommandInput, EC2.ModifyInstanceAttributeCommandOutput>,
  ModifyInstanceMaintenanceOptions: ((input, context) => {
    const instance = instanceOf(context, input.InstanceId ?? '');
    if (input.AutoRecovery !== undefined) instance.MaintenanceOptions = { AutoRecovery: input.AutoRecovery };
    return { InstanceId: input.InstanceId, AutoRecovery: instance.MaintenanceOptions?.AutoRecovery };
  }) satisfies Op<
    EC2.ModifyInstanceMaintenanceOptionsCommandInput,
    Omit<EC2.ModifyInstanceMaintenanceOptionsCommandOutput, '$metadata'>
  >,
  TerminateInstances: ((input, context) => ({
    TerminatingInstances: (input.InstanceIds ?? []).map((id) => {
      const instance = instanceOf(context, id);
      if (instance.held === true)
        throw new ServiceFault(
          'OperationNotPermitted',
          `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        );
      const previous = instance.State;
      terminate(context, instance);
      return changes(instance, previous);
    }),
  })) satisfies Op<EC2.TerminateInstancesCommandInput, EC2.TerminateInstancesCommandOutput>,
  DescribeInstances: ((input, context) => {
    const { items, next } = describe(
      context.list(INSTANCES).map(({ gone: _gone, booting: _booting, held: _held, ...instance }) => instance),
      {
        missing: 'InvalidInstanceID.NotFound',
        idOf: (i) => i.InstanceId,
        filters: {
          'instance-state-name': (i) => [i.State?.Name ?? ''],
          'availability-zone': (i) => [i.Placement?.AvailabilityZone ?? ''],
        },
      },
      input.InstanceIds,
      input,
    );
    return {
      Reservations: items.map((i) => ({
        ReservationId: `r-${(i.InstanceId ?? '').slice(2)}`,
        OwnerId: context.account,
        Instances: [i],
      })),
      ...next,
    };
  }) satisfies Op<EC2.DescribeInstancesCommandInput, EC2.DescribeInstancesCommandOutput>,
};
