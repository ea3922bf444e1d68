/** Listeners of load balancers, and their rules. */
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { type CallContext, page, ServiceFault } from '../service.ts';
import type { Op } from './ec2-shared.ts';
import {
  balancerOf,
  forwardsTo,
  groupOf,
  LISTENERS,
  type ListenerItem,
  listenersOf,
  RULES,
  the,
} from './elastic-load-balancing-v2-state.ts';

const listenerOf = (context: CallContext, arn: string | undefined) =>
  the(context.get(LISTENERS, arn ?? ''), 'ListenerNotFound', `Listener '${arn}'`);

const ruleOf = (context: CallContext, arn: string | undefined) =>
  the(context.get(RULES, arn ?? ''), 'RuleNotFound', `Rule '${arn}'`);

/** Its rules go with it. */
export function removeListener(context: CallContext, { shown }: ListenerItem): void {
  for (const rule of context.list(RULES))
    if (rule.listener === shown.ListenerArn) context.remove(RULES, rule.shown.RuleArn ?? '');
  context.remove(LISTENERS, shown.ListenerArn ?? '');
}

/** AWS shows a forward to one group in both of its spellings. */
function shownActions(context: CallContext, actions: readonly ELB.Action[] | undefined): ELB.Action[] {
  return (actions ?? []).map((action) => {
    const groups = forwardsTo([action]);
    for (const { arn } of groups) groupOf(context, arn);
    const [first] = groups;
    if (action.Type !== 'forward' || first === undefined) return action;
    return {
      ...action,
      ...(groups.length === 1 ? { TargetGroupArn: first.arn } : {}),
      ForwardConfig: {
        ...action.ForwardConfig,
        TargetGroups: groups.map((g) => ({ TargetGroupArn: g.arn, Weight: g.weight })),
      },
    };
  });
}

/** API CreateListener, Protocol. */
const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  application: ['HTTP', 'HTTPS'],
  network: ['TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC'],
};

const createListener: Op<ELB.CreateListenerCommandInput, ELB.CreateListenerCommandOutput> = (input, context) => {
  const balancer = balancerOf(context, input.LoadBalancerArn);
  const arn = balancer.shown.LoadBalancerArn ?? '';
  if (listenersOf(context, arn).some((l) => l.shown.Port === input.Port && input.Port !== undefined))
    throw new ServiceFault('DuplicateListener', 'A listener already exists on this port for this load balancer');
  const protocols = PROTOCOLS[balancer.shown.Type ?? ''];
  if (input.Protocol !== undefined && protocols?.includes(input.Protocol) === false)
    throw new ServiceFault('ValidationError', `Listener protocol '${input.Protocol}' must be one of '${protocols.join(', ')}'`);
  const id = context.id('l', 16);
  const own = id.startsWith('arn:') ? id : `${arn.replace(':loadbalancer/', ':listener/')}/${id.slice(2)}`;
  const shown: ELB.Listener = {
    ListenerArn: own,
    LoadBalancerArn: arn,
    DefaultActions: shownActions(context, input.DefaultActions),
    Certificates: input.Certificates ?? [],
  };
  if (input.Port !== undefined) shown.Port = input.Port;
  if (input.Protocol !== undefined) shown.Protocol = input.Protocol;
  context.put(LISTENERS, own, { shown, tags: input.Tags ?? [] });
  return { Listeners: [shown] };
};

const createRule: Op<ELB.CreateRuleCommandInput, ELB.CreateRuleCommandOutput> = (input, context) => {
  const listener = listenerOf(context, input.ListenerArn).shown.ListenerArn ?? '';
  const taken = context.list(RULES).filter((r) => r.listener === listener);
  if (taken.some((r) => r.shown.Priority === String(input.Priority)))
    throw new ServiceFault('PriorityInUse', `Priority '${input.Priority}' is currently in use`);
  const id = context.id('r', 16);
  const arn = id.startsWith('arn:') ? id : `${listener.replace(':listener/', ':listener-rule/')}/${id.slice(2)}`;
  const shown: ELB.Rule = {
    RuleArn: arn,
    Priority: String(input.Priority ?? taken.length + 1),
    Conditions: input.Conditions ?? [],
    Actions: shownActions(context, input.Actions),
    IsDefault: false,
  };
  context.put(RULES, arn, { shown, listener, tags: input.Tags ?? [] });
  return { Rules: [shown] };
};

const describeRules: Op<ELB.DescribeRulesCommandInput, ELB.DescribeRulesCommandOutput> = (input, context) => {
  const listener = input.ListenerArn === undefined ? undefined : listenerOf(context, input.ListenerArn).shown;
  const own = context
    .list(RULES)
    .filter((r) =>
      listener === undefined ? input.RuleArns?.includes(r.shown.RuleArn ?? '') === true : r.listener === listener.ListenerArn,
    )
    .map((r) => r.shown);
  const byDefault: ELB.Rule[] =
    listener === undefined
      ? []
      : [
          {
            RuleArn: `${listener.ListenerArn}/default`,
            Priority: 'default',
            Actions: listener.DefaultActions ?? [],
            IsDefault: true,
          },
        ];
  const { items, next } = page([...own, ...byDefault], input.Marker, input.PageSize ?? 400);
  return { Rules: [...items], ...(next === undefined ? {} : { NextMarker: next }) };
};

export const listenerOperations = {
  CreateListener: createListener,
  DescribeListeners: ((input, context) => {
    if (input.LoadBalancerArn !== undefined) balancerOf(context, input.LoadBalancerArn);
    for (const arn of input.ListenerArns ?? []) listenerOf(context, arn);
    const found = context
      .list(LISTENERS)
      .map((l) => l.shown)
      .filter((l) =>
        input.LoadBalancerArn === undefined
          ? input.ListenerArns?.includes(l.ListenerArn ?? '') === true
          : l.LoadBalancerArn === input.LoadBalancerArn,
      );
    const { items, next } = page(found, input.Marker, input.PageSize ?? 400);
    return { Listeners: [...items], ...(next === undefined ? {} : { NextMarker: next }) };
  }) satisfies Op<ELB.DescribeListenersCommandInput, ELB.DescribeListenersCommandOutput>,
  ModifyListener: ((input, context) => {
    const { shown } = listenerOf(context, input.ListenerArn);
    if (input.DefaultActions !== undefined) shown.DefaultActions = shownActions(context, input.DefaultActions);
    if (input.Certificates !== undefined) shown.Certificates = input.Certificates;
    if (input.Port !== undefined) shown.Port = input.Port;
    if (input.Protocol !== undefined) shown.Protocol = input.Protocol;
    return { Listeners: [shown] };
  }) satisfies Op<ELB.ModifyListenerCommandInput, ELB.ModifyListenerCommandOutput>,
  DeleteListener: ((input, context) => {
    removeListener(context, listenerOf(context, input.ListenerArn));
    return {};
  }) satisfies Op<ELB.DeleteListenerCommandInput, ELB.DeleteListenerCommandOutput>,
  CreateRule: createRule,
  DescribeRules: describeRules,
  ModifyRule: ((input, context) => {
    const { shown } = ruleOf(context, input.RuleArn);
    if (input.Conditions !== undefined) shown.Conditions = input.Conditions;
    if (input.Actions !== undefined) shown.Actions = shownActions(context, input.Actions);
    return { Rules: [shown] };
  }) satisfies Op<ELB.ModifyRuleCommandInput, ELB.ModifyRuleCommandOutput>,
  SetRulePriorities: ((input, context) => {
    const moved = (input.RulePriorities ?? []).map(({ RuleArn, Priority }) => ({ rule: ruleOf(context, RuleArn), Priority }));
    for (const { rule, Priority } of moved) {
      const taken = context
        .list(RULES)
        .some((other) => other !== rule && other.listener === rule.listener && other.shown.Priority === String(Priority));
      if (taken) throw new ServiceFault('PriorityInUse', `Priority '${Priority}' is currently in use`);
      rule.shown.Priority = String(Priority);
    }
    return { Rules: moved.map(({ rule }) => rule.shown) };
  }) satisfies Op<ELB.SetRulePrioritiesCommandInput, ELB.SetRulePrioritiesCommandOutput>,
  DeleteRule: ((input, context) => {
    context.remove(RULES, input.RuleArn ?? '');
    return {};
  }) satisfies Op<ELB.DeleteRuleCommandInput, ELB.DeleteRuleCommandOutput>,
};
