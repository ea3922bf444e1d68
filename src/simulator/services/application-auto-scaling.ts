/** Application Auto Scaling: targets and policies. https://docs.aws.amazon.com/autoscaling/application/APIReference/ */
import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { putAgain, removedBy } from '../deploy/lifecycle.ts';
import { type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf } from '../world/world.ts';
import { need, numberOf, textOf, without } from './compute-inputs.ts';

type Op<I, O> = Operation<I, Reply<O>>;

export const SCALABLE_TARGETS = shelf<Scaling.ScalableTarget>('application-auto-scaling:scalable-target');
const POLICIES = shelf<Scaling.ScalingPolicy>('application-auto-scaling:policy');

interface Naming {
  readonly ServiceNamespace?: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

const keyOf = (of: Naming): string => `${of.ServiceNamespace}/${of.ResourceId}/${of.ScalableDimension}`;

const register: Op<Scaling.RegisterScalableTargetCommandInput, Scaling.RegisterScalableTargetCommandOutput> = (
  input,
  context,
) => {
  const before = context.get(SCALABLE_TARGETS, keyOf(input));
  const MinCapacity = input.MinCapacity ?? before?.MinCapacity;
  const MaxCapacity = input.MaxCapacity ?? before?.MaxCapacity;
  if (MinCapacity === undefined || MaxCapacity === undefined)
    throw new ServiceFault('ValidationException', 'MinCapacity and MaxCapacity are required when a new target is registered');
  if (MinCapacity > MaxCapacity)
    throw new ServiceFault('ValidationException', 'Maximum capacity cannot be less than minimum capacity');
  const arn =
    before?.ScalableTargetARN ?? context.arn('application-autoscaling', `scalable-target/${context.world.random.hex(36)}`);
  context.put(SCALABLE_TARGETS, keyOf(input), {
    ServiceNamespace: input.ServiceNamespace,
    ResourceId: input.ResourceId,
    ScalableDimension: input.ScalableDimension,
    MinCapacity,
    MaxCapacity,
    RoleARN: input.RoleARN ?? context.arn('iam', 'role/aws-service-role/application-autoscaling'),
    CreationTime: before?.CreationTime ?? context.now,
    SuspendedState: input.SuspendedState ??
      before?.SuspendedState ?? {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
    ScalableTargetARN: arn,
  });
  return { ScalableTargetARN: arn };
};

const operations = {
  RegisterScalableTarget: register,
  DescribeScalableTargets: ((input, context) => {
    const all = context
      .list(SCALABLE_TARGETS)
      .filter(
        (t) =>
          t.ServiceNamespace === input.ServiceNamespace &&
          (input.ScalableDimension === undefined || t.ScalableDimension === input.ScalableDimension) &&
          (input.ResourceIds === undefined || input.ResourceIds.includes(t.ResourceId ?? '')),
      );
    const { items, next } = page(all, input.NextToken, input.MaxResults ?? 50);
    return { ScalableTargets: [...items], ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Scaling.DescribeScalableTargetsCommandInput, Scaling.DescribeScalableTargetsCommandOutput>,
  DeregisterScalableTarget: ((input, context) => {
    if (context.get(SCALABLE_TARGETS, keyOf(input)) === undefined)
      throw new ServiceFault('ObjectNotFoundException', `No scalable target found for ${input.ResourceId ?? ''}`);
    context.remove(SCALABLE_TARGETS, keyOf(input));
    // "Deregistering a scalable target deletes the scaling policies" (DeregisterScalableTarget).
    for (const policy of context.list(POLICIES))
      if (keyOf(policy) === keyOf(input)) context.remove(POLICIES, `${keyOf(policy)}/${policy.PolicyName ?? ''}`);
    return {};
  }) satisfies Op<Scaling.DeregisterScalableTargetCommandInput, Scaling.DeregisterScalableTargetCommandOutput>,
  PutScalingPolicy: ((input, context) => {
    if (context.get(SCALABLE_TARGETS, keyOf(input)) === undefined)
      throw new ServiceFault('ObjectNotFoundException', `No scalable target found for ${input.ResourceId ?? ''}`);
    const arn = context.arn('autoscaling', `scalingPolicy:${input.ResourceId ?? ''}:policyName/${input.PolicyName ?? ''}`);
    const { PolicyName, PolicyType = 'StepScaling', ServiceNamespace, ResourceId, ScalableDimension } = input;
    context.put(POLICIES, `${keyOf(input)}/${PolicyName ?? ''}`, {
      PolicyARN: arn,
      PolicyName,
      PolicyType,
      ServiceNamespace,
      ResourceId,
      ScalableDimension,
      CreationTime: context.now,
      ...without({
        TargetTrackingScalingPolicyConfiguration: input.TargetTrackingScalingPolicyConfiguration,
        StepScalingPolicyConfiguration: input.StepScalingPolicyConfiguration,
      }),
    });
    return { PolicyARN: arn, Alarms: [] };
  }) satisfies Op<Scaling.PutScalingPolicyCommandInput, Scaling.PutScalingPolicyCommandOutput>,
  DeleteScalingPolicy: ((input, context) => {
    const key = `${keyOf(input)}/${input.PolicyName ?? ''}`;
    if (context.get(POLICIES, key) === undefined)
      throw new ServiceFault('ObjectNotFoundException', `No scaling policy found for ${input.ResourceId ?? ''}`);
    context.remove(POLICIES, key);
    return {};
  }) satisfies Op<Scaling.DeleteScalingPolicyCommandInput, Scaling.DeleteScalingPolicyCommandOutput>,
  DescribeScalingPolicies: ((input, context) => {
    const all = context
      .list(POLICIES)
      .filter(
        (p) =>
          p.ServiceNamespace === input.ServiceNamespace &&
          (input.ResourceId === undefined || p.ResourceId === input.ResourceId) &&
          (input.ScalableDimension === undefined || p.ScalableDimension === input.ScalableDimension),
      );
    const { items, next } = page(all, input.NextToken, input.MaxResults ?? 10);
    return { ScalingPolicies: [...items], ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Scaling.DescribeScalingPoliciesCommandInput, Scaling.DescribeScalingPoliciesCommandOutput>,
};

const naming = (given: Given): Naming => ({
  ServiceNamespace: need(given, 'serviceNamespace'),
  ResourceId: need(given, 'resourceId'),
  ScalableDimension: need(given, 'scalableDimension'),
});

async function target(given: Given, deployment: Deployment): Promise<Created> {
  const named = naming(given);
  const capacity = { MinCapacity: numberOf(given.inputs.minCapacity) ?? 1, MaxCapacity: numberOf(given.inputs.maxCapacity) ?? 1 };
  const reply = (await deployment.call('application-auto-scaling', 'RegisterScalableTarget', {
    ...named,
    ...capacity,
  })) as Scaling.RegisterScalableTargetCommandOutput;
  return { id: named.ResourceId ?? '', outputs: { arn: reply.ScalableTargetARN ?? '' } };
}

async function policy(given: Given, deployment: Deployment): Promise<Created> {
  const name = textOf(given.inputs.name) ?? given.id ?? deployment.physicalName(given);
  const input = { ...naming(given), PolicyName: name, PolicyType: textOf(given.inputs.policyType) ?? 'StepScaling' };
  const reply = (await deployment.call(
    'application-auto-scaling',
    'PutScalingPolicy',
    input,
  )) as Scaling.PutScalingPolicyCommandOutput;
  return { id: name, outputs: { name, arn: reply.PolicyARN ?? '' } };
}

const deployers: readonly Deployer[] = [
  {
    type: 'aws:appautoscaling/target:Target',
    ...putAgain(target),
    remove: removedBy('application-auto-scaling', 'DeregisterScalableTarget', naming),
  },
  {
    type: 'aws:appautoscaling/policy:Policy',
    ...putAgain(policy),
    remove: removedBy('application-auto-scaling', 'DeleteScalingPolicy', (given) => ({
      ...naming(given),
      PolicyName: given.id,
    })),
  },
];

export const applicationAutoScaling: SimulatedService = {
  client: 'application-auto-scaling',
  prefix: 'application-autoscaling',
  operations,
  deployers,
};
