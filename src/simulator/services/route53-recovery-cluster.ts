/** Simulated ARC routing control, data plane: states are read and set on the cluster's endpoints in five Regions. */
import type {
  GetRoutingControlStateCommandInput,
  GetRoutingControlStateCommandOutput,
  ListRoutingControlsCommandInput,
  ListRoutingControlsCommandOutput,
  UpdateRoutingControlStateCommandInput,
  UpdateRoutingControlStateCommandOutput,
  UpdateRoutingControlStatesCommandInput,
  UpdateRoutingControlStatesCommandOutput,
} from '@aws-sdk/client-route53-recovery-cluster';
import type { RuleConfig } from '@aws-sdk/client-route53-recovery-control-config';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import {
  CONTROLS,
  controlByArn,
  endpointAnswers,
  PANELS,
  RULES,
  type StoredControl,
} from './route53-recovery-control-config-model.ts';

/** Endpoints exist in five Regions; one that has lost the others cannot agree on a state. */
function answering(context: CallContext): void {
  if (!endpointAnswers(context.world, context.region))
    throw new ServiceFault(
      'EndpointTemporarilyUnavailableException',
      `the cluster has no endpoint that answers in ${context.region}`,
      503,
    );
}

function control(context: CallContext, arn: string | undefined): StoredControl {
  const found = controlByArn(context.world, arn ?? '');
  if (found === undefined) throw new ServiceFault('ResourceNotFoundException', `routing control ${arn} does not exist`, 404);
  return found;
}

const get: Operation<GetRoutingControlStateCommandInput, Reply<GetRoutingControlStateCommandOutput>> = (input, context) => {
  answering(context);
  const found = control(context, input.RoutingControlArn);
  return { RoutingControlArn: found.RoutingControlArn, RoutingControlState: found.state, RoutingControlName: found.Name };
};

const list: Operation<ListRoutingControlsCommandInput, Reply<ListRoutingControlsCommandOutput>> = (input, context) => {
  answering(context);
  const panels = new Map(context.list(PANELS).map((p) => [p.ControlPanelArn, p]));
  const own = context
    .list(CONTROLS)
    .filter((c) => input.ControlPanelArn === undefined || c.ControlPanelArn === input.ControlPanelArn);
  const { items, next } = page(own, input.NextToken, Math.min(input.MaxResults ?? 500, 500));
  return {
    RoutingControls: items.map((c) => ({
      ControlPanelArn: c.ControlPanelArn,
      ControlPanelName: panels.get(c.ControlPanelArn)?.Name,
      RoutingControlArn: c.RoutingControlArn,
      RoutingControlName: c.Name,
      RoutingControlState: c.state,
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

/** When the states of a rule's controls last changed, for its wait period; milliseconds since the epoch. */
const changedAt = new WeakMap<object, number>();

/** All of the states or none (API reference, UpdateRoutingControlStates). Safety rules refuse with a conflict, unless they are overridden. */
function set(context: CallContext, wanted: ReadonlyMap<string, 'On' | 'Off'>, overridden: readonly string[]): void {
  answering(context);
  const controls = [...wanted.keys()].map((arn) => control(context, arn));
  const after = (arn: string): 'On' | 'Off' => wanted.get(arn) ?? control(context, arn).state;
  const now = context.world.clock.now();
  const concerned = context
    .list(RULES)
    .filter(({ rule }) => !overridden.includes(rule.SafetyRuleArn ?? ''))
    .flatMap((stored) => {
      const changes = stored.kind === 'assertion' ? stored.rule.AssertedControls : stored.rule.TargetControls;
      const judged = stored.kind === 'assertion' ? stored.rule.AssertedControls : stored.rule.GatingControls;
      return (changes ?? []).some((arn) => wanted.has(arn)) ? [{ rule: stored.rule, judged: judged ?? [] }] : [];
    });
  for (const { rule, judged } of concerned) {
    const since = changedAt.get(rule);
    if (since !== undefined && now - since < (rule.WaitPeriodMs ?? 0))
      throw new ServiceFault('ConflictException', `the wait period of safety rule ${rule.Name} is not over`, 409);
    if (!holds(rule.RuleConfig, judged.map(after)))
      throw new ServiceFault('ConflictException', `safety rule ${rule.Name} does not allow this change`, 409);
  }
  for (const found of controls) found.state = wanted.get(found.RoutingControlArn ?? '') ?? found.state;
  for (const { rule } of concerned) changedAt.set(rule, now);
}

function holds(config: RuleConfig | undefined, states: readonly ('On' | 'Off')[]): boolean {
  const on = states.filter((s) => s === 'On').length;
  const needed = { AND: states.length, OR: 1, ATLEAST: config?.Threshold ?? 0 }[config?.Type ?? 'ATLEAST'] ?? 0;
  return on >= needed !== (config?.Inverted === true);
}

const update: Operation<UpdateRoutingControlStateCommandInput, Reply<UpdateRoutingControlStateCommandOutput>> = (
  input,
  context,
) => {
  const wanted = new Map([[input.RoutingControlArn ?? '', input.RoutingControlState ?? ('Off' as const)]]);
  set(context, wanted, input.SafetyRulesToOverride ?? []);
  return {};
};

const updateMany: Operation<UpdateRoutingControlStatesCommandInput, Reply<UpdateRoutingControlStatesCommandOutput>> = (
  input,
  context,
) => {
  const entries = input.UpdateRoutingControlStateEntries ?? [];
  const wanted = new Map(entries.map((e) => [e.RoutingControlArn ?? '', e.RoutingControlState ?? ('Off' as const)]));
  set(context, wanted, input.SafetyRulesToOverride ?? []);
  return {};
};

export const routingControlCluster: SimulatedService = {
  client: 'route53-recovery-cluster',
  prefix: 'route53-recovery-cluster',
  global: true,
  operations: {
    GetRoutingControlState: get,
    ListRoutingControls: list,
    UpdateRoutingControlState: update,
    UpdateRoutingControlStates: updateMany,
  },
};
