/** Capacity: a standby grows to what is lost, and shrinks to what it was. Bounds move first where they would stand in the way. */
import type * as Scalable from '@aws-sdk/client-application-auto-scaling';
import type * as AutoScaling from '@aws-sdk/client-auto-scaling';
import type * as ECS from '@aws-sdk/client-ecs';
import type * as EKS from '@aws-sdk/client-eks';
import type { Place, Session } from '../../aws/call.ts';
import { meaningOf } from '../../estate/estate.ts';
import { fold } from '../../model/known.ts';
import { disrupts, reads } from '../calls.ts';
import { changing } from './changing.ts';
import { type Hand, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { markOf, type Tags } from './memo.ts';

export const scaling = {
  groups: reads<AutoScaling.DescribeAutoScalingGroupsCommandInput, AutoScaling.DescribeAutoScalingGroupsCommandOutput>(
    'auto-scaling',
    'DescribeAutoScalingGroups',
  ),
  group: disrupts<AutoScaling.UpdateAutoScalingGroupCommandInput, AutoScaling.UpdateAutoScalingGroupCommandOutput>(
    'auto-scaling',
    'UpdateAutoScalingGroup',
  ),
  tagGroup: disrupts<AutoScaling.CreateOrUpdateTagsCommandInput, AutoScaling.CreateOrUpdateTagsCommandOutput>(
    'auto-scaling',
    'CreateOrUpdateTags',
  ),
  untagGroup: disrupts<AutoScaling.DeleteTagsCommandInput, AutoScaling.DeleteTagsCommandOutput>('auto-scaling', 'DeleteTags'),
  services: reads<ECS.DescribeServicesCommandInput, ECS.DescribeServicesCommandOutput>('ecs', 'DescribeServices'),
  serviceTags: reads<ECS.ListTagsForResourceCommandInput, ECS.ListTagsForResourceCommandOutput>('ecs', 'ListTagsForResource'),
  service: disrupts<ECS.UpdateServiceCommandInput, ECS.UpdateServiceCommandOutput>('ecs', 'UpdateService'),
  tagService: disrupts<ECS.TagResourceCommandInput, ECS.TagResourceCommandOutput>('ecs', 'TagResource'),
  untagService: disrupts<ECS.UntagResourceCommandInput, ECS.UntagResourceCommandOutput>('ecs', 'UntagResource'),
  bounds: reads<Scalable.DescribeScalableTargetsCommandInput, Scalable.DescribeScalableTargetsCommandOutput>(
    'application-auto-scaling',
    'DescribeScalableTargets',
  ),
  bound: disrupts<Scalable.RegisterScalableTargetCommandInput, Scalable.RegisterScalableTargetCommandOutput>(
    'application-auto-scaling',
    'RegisterScalableTarget',
  ),
  nodes: reads<EKS.DescribeNodegroupCommandInput, EKS.DescribeNodegroupCommandOutput>('eks', 'DescribeNodegroup'),
  scaleNodes: disrupts<EKS.UpdateNodegroupConfigCommandInput, EKS.UpdateNodegroupConfigCommandOutput>(
    'eks',
    'UpdateNodegroupConfig',
  ),
  tagNodes: disrupts<EKS.TagResourceCommandInput, EKS.TagResourceCommandOutput>('eks', 'TagResource'),
  untagNodes: disrupts<EKS.UntagResourceCommandInput, EKS.UntagResourceCommandOutput>('eks', 'UntagResource'),
} as const;

/** What the drill file says, else as much as ran in all that served, which is what users ask for; where that is not known, all that it may. */
function wantedOf(hand: Hand): number | undefined {
  if (hand.given.desired !== undefined) {
    const asked = Number(hand.given.desired);
    return Number.isInteger(asked) && asked >= 0 ? asked : Number.NaN;
  }
  const running = hand.serving.map(runningOf);
  const known = running.filter((n) => n !== undefined);
  return known.length === 0 || known.length < running.length ? undefined : known.reduce((a, b) => a + b, 0);
}

function runningOf(item: Hand['mates'][number]): number | undefined {
  const capacity = meaningOf(item)?.capacity;
  if (capacity === undefined) return undefined;
  return fold<number, number | undefined>(
    capacity.running,
    (n) => n,
    () => undefined,
  );
}

const NOT_A_COUNT = 'desired: expected a whole number';
const numberIn = (text: string | undefined): number => Number(text ?? 0);

export const scaleGroup: StepMaker = (hand) => {
  const group = subjectOf(hand);
  if (typeof group === 'string') return group;
  const wanted = wantedOf(hand);
  if (Number.isNaN(wanted)) return NOT_A_COUNT;
  const { session } = hand;
  const { at } = group;
  // `…:autoScalingGroup:<uuid>:autoScalingGroupName/<name>`
  const { name } = group;
  const find = (): Promise<AutoScaling.AutoScalingGroup> => groupNamed(session, name, at);
  const tag = { ResourceId: name, ResourceType: 'auto-scaling-group' };
  const tags: Tags = {
    read: async (key) => (await find()).Tags?.find((t) => t.Key === key)?.Value,
    write: (Key, Value) => session.send(scaling.tagGroup, { Tags: [{ ...tag, Key, Value, PropagateAtLaunch: false }] }, at),
    erase: (Key) => session.send(scaling.untagGroup, { Tags: [{ ...tag, Key }] }, at),
  };
  const set = (min: number, desired: number): Promise<unknown> =>
    session.send(scaling.group, { AutoScalingGroupName: name, MinSize: min, DesiredCapacity: desired }, at);
  return [
    changing({
      id: `scale ${name} out`,
      describes: { group: group.arn, to: wanted ?? 'its maximum' },
      clock: hand.clock,
      subject: group.arn,
      tags,
      before: async () => {
        const { MinSize = 0, MaxSize = 0, DesiredCapacity = 0 } = await find();
        const to = Math.max(DesiredCapacity, Math.min(wanted ?? MaxSize, MaxSize));
        return { min: String(MinSize), desired: String(DesiredCapacity), to: String(to) };
      },
      changed: async ({ to }) => inService(await find()) >= numberIn(to),
      // With its old minimum a scaling policy would take back what it was given.
      change: async ({ min, to }) => {
        const { DesiredCapacity = 0, MinSize = 0 } = await find();
        const isAsked = DesiredCapacity === numberIn(to) && MinSize >= numberIn(to);
        return isAsked ? undefined : set(Math.max(numberIn(min), numberIn(to)), numberIn(to));
      },
      isBack: async ({ min, desired }) => {
        const now = await find();
        return now.MinSize === numberIn(min) && (now.DesiredCapacity ?? 0) <= numberIn(desired);
      },
      back: ({ min, desired }) => set(numberIn(min), numberIn(desired)),
      busy: ['ScalingActivityInProgress'],
    }),
  ];
};

async function groupNamed(session: Session, name: string, at: Place): Promise<AutoScaling.AutoScalingGroup> {
  const { AutoScalingGroups } = await session.send(scaling.groups, { AutoScalingGroupNames: [name] }, at);
  const found = AutoScalingGroups?.[0];
  if (found === undefined) throw new StepFailure(`AWS shows no Auto Scaling group ${name} in ${at.region}`);
  return found;
}

const inService = (group: AutoScaling.AutoScalingGroup): number =>
  (group.Instances ?? []).filter((i) => i.LifecycleState === 'InService' && i.HealthStatus?.toLowerCase() === 'healthy').length;

export const scaleService: StepMaker = (hand) => {
  const service = subjectOf(hand);
  if (typeof service === 'string') return service;
  const wanted = wantedOf(hand);
  if (Number.isNaN(wanted)) return NOT_A_COUNT;
  const { session } = hand;
  const { at, arn, name } = service;
  // `…:service/<cluster>/<name>`
  const cluster = arn.split('/').at(-2) ?? '';
  const scalable = {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${cluster}/${name}`,
  } as const;
  const find = async (): Promise<ECS.Service> => {
    const found = (await session.send(scaling.services, { cluster, services: [name] }, at)).services?.[0];
    if (found === undefined) throw new StepFailure(`AWS shows no service ${name} in cluster ${cluster}`);
    return found;
  };
  const bounds = async (): Promise<Scalable.ScalableTarget | undefined> => {
    const { ServiceNamespace, ResourceId } = scalable;
    const { ScalableTargets } = await session.send(scaling.bounds, { ServiceNamespace, ResourceIds: [ResourceId] }, at);
    return ScalableTargets?.find((t) => t.ScalableDimension === scalable.ScalableDimension);
  };
  const set = async (desired: number, min: number | undefined, max: number | undefined): Promise<void> => {
    if (min !== undefined && max !== undefined)
      await session.send(scaling.bound, { ...scalable, MinCapacity: min, MaxCapacity: max }, at);
    await session.send(scaling.service, { cluster, service: name, desiredCount: desired }, at);
  };
  const tags: Tags = {
    read: async (key) => {
      const { tags: found } = await session.send(scaling.serviceTags, { resourceArn: arn }, at);
      return found?.find((t) => t.key === key)?.value;
    },
    write: (key, value) => session.send(scaling.tagService, { resourceArn: arn, tags: [{ key, value }] }, at),
    erase: (key) => session.send(scaling.untagService, { resourceArn: arn, tagKeys: [key] }, at),
  };
  const optional = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return [
    changing({
      id: `scale ${name} out`,
      describes: { service: arn, to: wanted ?? 'its maximum' },
      clock: hand.clock,
      subject: arn,
      tags,
      before: async () => {
        const { desiredCount = 0 } = await find();
        const target = await bounds();
        const to = Math.max(desiredCount, wanted ?? target?.MaxCapacity ?? desiredCount);
        const bound = target === undefined ? {} : { min: String(target.MinCapacity ?? 0), max: String(target.MaxCapacity ?? 0) };
        return { desired: String(desiredCount), to: String(to), ...bound };
      },
      changed: async ({ to }) => {
        const { runningCount = 0, desiredCount = 0 } = await find();
        return desiredCount >= numberIn(to) && runningCount >= numberIn(to);
      },
      change: async ({ to, min, max }) => {
        if ((await find()).desiredCount === numberIn(to)) return;
        const [low, high] = [optional(min), optional(max)];
        const atLeast = (n: number | undefined): number | undefined => (n === undefined ? undefined : Math.max(n, numberIn(to)));
        await set(numberIn(to), atLeast(low), atLeast(high));
      },
      isBack: async ({ desired, min, max }) => {
        const target = await bounds();
        const isBound = min === undefined || (target?.MinCapacity === Number(min) && target.MaxCapacity === Number(max));
        return isBound && (await find()).desiredCount === numberIn(desired);
      },
      back: ({ desired, min, max }) => set(numberIn(desired), optional(min), optional(max)),
      busy: ['ConcurrentUpdateException'],
    }),
  ];
};

export const scaleNodes: StepMaker = (hand) => {
  const group = subjectOf(hand);
  if (typeof group === 'string') return group;
  const wanted = wantedOf(hand);
  if (Number.isNaN(wanted)) return NOT_A_COUNT;
  const { session } = hand;
  const { at, arn } = group;
  // `…:nodegroup/<cluster>/<name>/<uuid>`
  const [, clusterName = '', nodegroupName = ''] = arn.split(':').slice(5).join(':').split('/');
  const find = async (): Promise<EKS.Nodegroup> => {
    const found = (await session.send(scaling.nodes, { clusterName, nodegroupName }, at)).nodegroup;
    if (found === undefined) throw new StepFailure(`AWS shows no node group ${nodegroupName} of ${clusterName}`);
    return found;
  };
  const set = (minSize: number, maxSize: number, desiredSize: number, token: string): Promise<unknown> =>
    session.send(
      scaling.scaleNodes,
      { clusterName, nodegroupName, scalingConfig: { minSize, maxSize, desiredSize }, clientRequestToken: token },
      at,
    );
  const tags: Tags = {
    read: async (key) => (await find()).tags?.[key],
    write: (key, value) => session.send(scaling.tagNodes, { resourceArn: arn, tags: { [key]: value } }, at),
    erase: (key) => session.send(scaling.untagNodes, { resourceArn: arn, tagKeys: [key] }, at),
  };
  const running = async (nodes: EKS.Nodegroup): Promise<number> => {
    const own = nodes.resources?.autoScalingGroups?.[0]?.name;
    return own === undefined ? (nodes.scalingConfig?.desiredSize ?? 0) : inService(await groupNamed(session, own, at));
  };
  return [
    changing({
      id: `scale ${nodegroupName} of ${clusterName} out`,
      describes: { nodegroup: arn, to: wanted ?? 'its maximum' },
      clock: hand.clock,
      subject: arn,
      tags,
      before: async () => {
        const { minSize = 0, maxSize = 0, desiredSize = 0 } = (await find()).scalingConfig ?? {};
        const to = Math.max(desiredSize, Math.min(wanted ?? maxSize, maxSize));
        return { min: String(minSize), max: String(maxSize), desired: String(desiredSize), to: String(to) };
      },
      changed: async ({ to }) => {
        const nodes = await find();
        const isSet = (nodes.scalingConfig?.desiredSize ?? 0) >= numberIn(to) && nodes.status === 'ACTIVE';
        return isSet && (await running(nodes)) >= numberIn(to);
      },
      change: async ({ min, max, to }, token) => {
        if ((await find()).scalingConfig?.desiredSize === numberIn(to)) return;
        await set(Math.max(numberIn(min), numberIn(to)), numberIn(max), numberIn(to), `${markOf(token)}-out`);
      },
      isBack: async ({ min, desired }) => {
        const { scalingConfig: now, status } = await find();
        return status === 'ACTIVE' && now?.minSize === numberIn(min) && now.desiredSize === numberIn(desired);
      },
      back: ({ min, max, desired }, token) => set(numberIn(min), numberIn(max), numberIn(desired), `${markOf(token)}-back`),
      busy: ['ResourceInUseException'],
    }),
  ];
};
