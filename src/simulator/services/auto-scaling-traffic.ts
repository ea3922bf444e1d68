/** The load balancers of a group: its instances are registered there while they are in service. */
import type * as ASG from '@aws-sdk/client-auto-scaling';
import type { CallContext } from '../service.ts';
import { register, targetGroups } from './auto-scaling-groups.ts';
import { groupOf, placeOf } from './auto-scaling-shared.ts';
import type { Op } from './ec2-shared.ts';
import { leaveClassic } from './elastic-load-balancing.ts';
import { removeTarget } from './elastic-load-balancing-v2-health.ts';

export const isTargetGroup = (identifier: string): boolean => identifier.includes(':targetgroup/');

function attach(context: CallContext, name: string | undefined, identifiers: readonly string[]): void {
  const group = groupOf(context, name);
  const add = (to: readonly string[] | undefined, more: readonly string[]): string[] => [...new Set([...(to ?? []), ...more])];
  group.shown.TargetGroupARNs = add(group.shown.TargetGroupARNs, identifiers.filter(isTargetGroup));
  group.shown.LoadBalancerNames = add(
    group.shown.LoadBalancerNames,
    identifiers.filter((i) => !isTargetGroup(i)),
  );
  for (const member of group.members) if (member.lifecycle === 'InService') register(placeOf(context), group, member);
}

function detach(context: CallContext, name: string | undefined, identifiers: readonly string[]): void {
  const group = groupOf(context, name);
  for (const target of targetGroups(placeOf(context), group))
    if (identifiers.includes(target.shown.TargetGroupArn ?? ''))
      for (const member of group.members) removeTarget(placeOf(context), target, member.id, undefined);
  for (const name of group.shown.LoadBalancerNames ?? [])
    if (identifiers.includes(name)) for (const member of group.members) leaveClassic(placeOf(context), name, member.id);
  group.shown.TargetGroupARNs = (group.shown.TargetGroupARNs ?? []).filter((arn) => !identifiers.includes(arn));
  group.shown.LoadBalancerNames = (group.shown.LoadBalancerNames ?? []).filter((n) => !identifiers.includes(n));
}

const identifiers = (sources: readonly ASG.TrafficSourceIdentifier[] | undefined): string[] =>
  (sources ?? []).map((s) => s.Identifier ?? '');

export const trafficOperations = {
  AttachLoadBalancerTargetGroups: ((input, context) => {
    attach(context, input.AutoScalingGroupName, input.TargetGroupARNs ?? []);
    return {};
  }) satisfies Op<ASG.AttachLoadBalancerTargetGroupsCommandInput, ASG.AttachLoadBalancerTargetGroupsCommandOutput>,
  DetachLoadBalancerTargetGroups: ((input, context) => {
    detach(context, input.AutoScalingGroupName, input.TargetGroupARNs ?? []);
    return {};
  }) satisfies Op<ASG.DetachLoadBalancerTargetGroupsCommandInput, ASG.DetachLoadBalancerTargetGroupsCommandOutput>,
  AttachLoadBalancers: ((input, context) => {
    attach(context, input.AutoScalingGroupName, input.LoadBalancerNames ?? []);
    return {};
  }) satisfies Op<ASG.AttachLoadBalancersCommandInput, ASG.AttachLoadBalancersCommandOutput>,
  DetachLoadBalancers: ((input, context) => {
    detach(context, input.AutoScalingGroupName, input.LoadBalancerNames ?? []);
    return {};
  }) satisfies Op<ASG.DetachLoadBalancersCommandInput, ASG.DetachLoadBalancersCommandOutput>,
  AttachTrafficSources: ((input, context) => {
    attach(context, input.AutoScalingGroupName, identifiers(input.TrafficSources));
    return {};
  }) satisfies Op<ASG.AttachTrafficSourcesCommandInput, ASG.AttachTrafficSourcesCommandOutput>,
  DetachTrafficSources: ((input, context) => {
    detach(context, input.AutoScalingGroupName, identifiers(input.TrafficSources));
    return {};
  }) satisfies Op<ASG.DetachTrafficSourcesCommandInput, ASG.DetachTrafficSourcesCommandOutput>,
};
