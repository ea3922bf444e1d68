/** Simulated ARC Region switch: plans are kept by a control plane in us-east-1 and executed by a data plane in each of their Regions. */
import { type CallContext, type Operation, page, ServiceFault, type SimulatedService } from '../service.ts';
import { GLOBAL, type World } from '../world/world.ts';
import { arcRegionSwitchDeployers } from './arc-region-switch-deployers.ts';
import {
  type Execution,
  MANAGED_CHECKS,
  type ManagedHealthCheck,
  PLANS,
  type PlanAction,
  type PlanInput,
  type PlanMode,
  type PlanStep,
  type PlanTrigger,
  type StoredPlan,
} from './arc-region-switch-model.ts';
import { flat, runBlock, sample } from './arc-region-switch-steps.ts';
import { alarmNamed } from './cloudwatch-model.ts';
import { HEALTH_CHECKS } from './route-53-model.ts';
import { CONTROLS } from './route53-recovery-control-config-model.ts';

/** "Plan evaluation runs when a plan is created or updated, and then every 30 minutes" (ARC developer guide). */
const EVALUATION_MS = 30 * 60_000;
/** How often triggers look at their alarms; AWS gives no figure. */
const TRIGGER_MS = 60_000;

interface ByArn {
  readonly arn: string;
}
interface ByExecution {
  readonly planArn: string;
  readonly executionId: string;
}
interface Paged {
  readonly nextToken?: string;
  readonly maxResults?: number;
}
interface Start {
  readonly planArn: string;
  readonly targetRegion: string;
  readonly action: PlanAction;
  readonly mode?: PlanMode;
  readonly comment?: string;
}

const shown = (plan: StoredPlan) => {
  const { tags, ...input } = plan.input;
  return { arn: plan.arn, ...input, owner: plan.account, version: '1', updatedAt: plan.updatedAt };
};

const brief = (plan: StoredPlan) => {
  const { name, regions, recoveryApproach, primaryRegion, description } = plan.input;
  return {
    arn: plan.arn,
    owner: plan.account,
    name,
    regions,
    recoveryApproach,
    primaryRegion,
    description,
    updatedAt: plan.updatedAt,
  };
};

function found(context: CallContext, arn: string): StoredPlan {
  const plan = context.get(PLANS, arn);
  if (plan === undefined) throw new ServiceFault('ResourceNotFoundException', `plan ${arn} does not exist`, 404);
  return plan;
}

const create: Operation<PlanInput, object> = (input, context) => {
  if (input.regions.length < 2) throw new ServiceFault('ValidationException', 'a plan has two Regions');
  const arn = context.arn('arc-region-switch', `plan/${input.name}:${context.world.random.hex(6)}`);
  const plan: StoredPlan = {
    arn,
    account: context.account,
    input,
    updatedAt: context.now,
    executions: [],
    samples: new Map(),
    stopped: false,
    call: context.call,
  };
  context.put(PLANS, arn, plan);
  ownHealthChecks(context, plan);
  evaluate(context.world, plan);
  for (const trigger of input.triggers ?? []) watch(context.world, plan, trigger);
  return { plan: shown(plan) };
};

/** For every record set of a health check block the plan owns a health check, which it alone switches. */
function ownHealthChecks(context: CallContext, plan: StoredPlan): void {
  const { world } = context;
  for (const wanted of checksOf(plan)) {
    if (context.list(MANAGED_CHECKS).some((check) => check.plan === plan.arn && isSame(wanted, check))) continue;
    const { region } = wanted;
    const id = world.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const controlArn = `${plan.arn}/healthcheck/${id}`;
    const state = plan.input.primaryRegion === undefined || plan.input.primaryRegion === region ? 'On' : 'Off';
    world.put(CONTROLS, plan.account, GLOBAL, controlArn, {
      ControlPanelArn: plan.arn,
      Name: id,
      RoutingControlArn: controlArn,
      Status: 'DEPLOYED',
      state,
    });
    const check = { Type: 'RECOVERY_CONTROL' as const, RoutingControlArn: controlArn };
    world.put(HEALTH_CHECKS, plan.account, GLOBAL, id, {
      id,
      callerReference: controlArn,
      config: check,
      version: 1,
      watch: undefined,
    });
    context.put(MANAGED_CHECKS, id, {
      plan: plan.arn,
      ...wanted,
      healthCheckId: id,
      controlArn,
    });
  }
}

type Wanted = Pick<ManagedHealthCheck, 'hostedZoneId' | 'recordName' | 'region'>;

const isSame = (a: Wanted, b: Wanted): boolean =>
  a.hostedZoneId === b.hostedZoneId && a.recordName === b.recordName && a.region === b.region;

const checksOf = (plan: StoredPlan): readonly Wanted[] =>
  plan.input.workflows
    .flatMap((w) => flat(w.steps ?? []))
    .flatMap(({ executionBlockConfiguration: { route53HealthCheckConfig: config } }) =>
      [...new Set((config?.recordSets ?? []).map((r) => r.region ?? ''))].map((region) => ({
        hostedZoneId: config?.hostedZoneId ?? '',
        recordName: config?.recordName ?? '',
        region,
      })),
    );

function evaluate(world: World, plan: StoredPlan): void {
  sample(plan).catch(() => undefined);
  world.clock.after(EVALUATION_MS, () => {
    if (!plan.stopped) evaluate(world, plan);
  });
}

/** Looked at from the Region that the trigger is for, or that is left; an alarm that went with its Region says nothing. */
function watch(world: World, plan: StoredPlan, trigger: PlanTrigger): void {
  let last = Number.NEGATIVE_INFINITY;
  const holds = ({ associatedAlarmName, condition }: PlanTrigger['conditions'][number]): boolean => {
    const [, , , region = '', account = '', , name = ''] = (
      plan.input.associatedAlarms?.[associatedAlarmName]?.resourceIdentifier ?? ''
    ).split(':');
    const state = world.regionIsLost(region) ? undefined : alarmNamed(world, account, region, name)?.state;
    return state === (condition === 'red' ? 'ALARM' : 'OK');
  };
  const turn = (): void => {
    if (plan.stopped || plan.input.triggers?.includes(trigger) !== true) return;
    world.clock.after(TRIGGER_MS, turn);
    const now = world.clock.now();
    const at = executesIn(plan, trigger.action, trigger.targetRegion);
    if (world.regionIsLost(at) || now - last < trigger.minDelayMinutesBetweenExecutions * 60_000) return;
    if (trigger.conditions.length === 0 || !trigger.conditions.every(holds)) return;
    last = now;
    begin(world, plan, { planArn: plan.arn, targetRegion: trigger.targetRegion, action: trigger.action, mode: 'ungraceful' });
  };
  world.clock.after(TRIGGER_MS, turn);
}

function executesIn(plan: StoredPlan, action: PlanAction, target: string): string {
  return action === 'deactivate' ? (plan.input.regions.find((r) => r !== target) ?? target) : target;
}

function begin(world: World, plan: StoredPlan, input: Start): Execution {
  const workflow = plan.input.workflows.find(
    (w) => w.workflowTargetAction === input.action && (w.workflowTargetRegion ?? input.targetRegion) === input.targetRegion,
  );
  if (workflow === undefined)
    throw new ServiceFault('ValidationException', `the plan has no workflow to ${input.action} ${input.targetRegion}`);
  const steps = workflow.steps ?? [];
  const execution: Execution = {
    executionId: world.random.hex(12),
    planArn: plan.arn,
    mode: input.mode ?? 'graceful',
    executionAction: input.action,
    executionRegion: input.targetRegion,
    ...(input.comment === undefined ? {} : { comment: input.comment }),
    startTime: new Date(world.clock.now()),
    executionState: 'inProgress',
    stepStates: flat(steps).map((s) => ({ name: s.name, status: 'notStarted' })),
    approvals: new Map(),
  };
  plan.executions.push(execution);
  inTurn(world, plan, execution, steps).then(
    () => end(world, execution, 'completed'),
    () => end(world, execution, 'failed'),
  );
  return execution;
}

function end(world: World, execution: Execution, state: 'completed' | 'failed'): void {
  if (execution.executionState !== 'canceled') execution.executionState = state;
  execution.endTime = new Date(world.clock.now());
}

/** A step that fails holds everything after it. */
async function inTurn(world: World, plan: StoredPlan, execution: Execution, steps: readonly PlanStep[]): Promise<void> {
  for (const step of steps) {
    const state = execution.stepStates.find((s) => s.name === step.name && s.status === 'notStarted');
    if (execution.executionState === 'canceled') throw new Error('canceled');
    if (state !== undefined) Object.assign(state, { status: 'running', startTime: new Date(world.clock.now()) });
    try {
      await one(world, plan, execution, step);
      if (state !== undefined) Object.assign(state, { status: 'completed', endTime: new Date(world.clock.now()) });
    } catch (error) {
      if (state !== undefined) Object.assign(state, { status: 'failed', endTime: new Date(world.clock.now()) });
      throw error;
    }
  }
}

async function one(world: World, plan: StoredPlan, execution: Execution, step: PlanStep): Promise<void> {
  const config = step.executionBlockConfiguration;
  if (step.executionBlockType === 'ManualApproval') return approval(execution, step.name);
  if (step.executionBlockType === 'Parallel') {
    await Promise.all((config.parallelConfig?.steps ?? []).map((s) => inTurn(world, plan, execution, [s])));
    return;
  }
  if (step.executionBlockType === 'ARCRegionSwitchPlan') {
    const nested = world.get(PLANS, plan.account, GLOBAL, config.regionSwitchPlanConfig?.arn ?? '');
    if (nested === undefined) throw new Error('the nested plan does not exist');
    const inner = begin(world, nested, {
      planArn: nested.arn,
      targetRegion: execution.executionRegion,
      action: execution.executionAction,
      mode: execution.mode,
    });
    while (inner.endTime === undefined) await world.clock.sleep(1000);
    if (inner.executionState !== 'completed') throw new Error('the nested plan did not complete');
    return;
  }
  await runBlock({ world, plan, execution }, step);
}

async function approval(execution: Execution, name: string): Promise<void> {
  const state = execution.stepStates.find((s) => s.name === name);
  if (state !== undefined) state.status = 'pendingApproval';
  execution.executionState = 'pendingManualApproval';
  const approved = await new Promise<boolean>((resolve) => execution.approvals.set(name, resolve));
  execution.approvals.delete(name);
  if (!approved) throw new Error('a person declined');
  execution.executionState = 'inProgress';
}

const start: Operation<Start, object> = (input, context) => {
  const plan = found(context, input.planArn);
  if (!plan.input.regions.includes(context.region))
    throw new ServiceFault('ResourceNotFoundException', `the plan is not executed from ${context.region}`, 404);
  const execution = begin(context.world, plan, input);
  const side = input.action === 'deactivate' ? 'deactivateRegion' : 'activateRegion';
  return { executionId: execution.executionId, plan: plan.arn, planVersion: '1', [side]: input.targetRegion };
};

function executionOf(context: CallContext, input: ByExecution): Execution {
  const execution = found(context, input.planArn).executions.find((e) => e.executionId === input.executionId);
  if (execution === undefined)
    throw new ServiceFault('ResourceNotFoundException', `execution ${input.executionId} does not exist`, 404);
  return execution;
}

const briefExecution = (execution: Execution) => {
  const { approvals, stepStates, ...rest } = execution;
  return { ...rest, version: '1', updatedAt: rest.endTime ?? rest.startTime };
};

const getExecution: Operation<ByExecution, object> = (input, context) => {
  const execution = executionOf(context, input);
  return { ...briefExecution(execution), stepStates: execution.stepStates, plan: shown(found(context, input.planArn)) };
};

const listExecutions: Operation<Paged & { readonly planArn: string }, object> = (input, context) => {
  const { items, next } = page([...found(context, input.planArn).executions].reverse(), input.nextToken, input.maxResults ?? 100);
  return { items: items.map(briefExecution), ...(next === undefined ? {} : { nextToken: next }) };
};

const approve: Operation<ByExecution & { readonly stepName: string; readonly approval: string }, object> = (input, context) => {
  const waiting = executionOf(context, input).approvals.get(input.stepName);
  if (waiting === undefined) throw new ServiceFault('ResourceNotFoundException', `${input.stepName} waits for no approval`, 404);
  waiting(input.approval === 'approve');
  return {};
};

const cancel: Operation<ByExecution, object> = (input, context) => {
  const execution = executionOf(context, input);
  execution.executionState = 'canceled';
  for (const decide of execution.approvals.values()) decide(false);
  return {};
};

const get: Operation<ByArn, object> = (input, context) => ({ plan: shown(found(context, input.arn)) });

const list: Operation<Paged, object> = (input, context) => {
  const { items, next } = page(context.list(PLANS), input.nextToken, input.maxResults ?? 100);
  return { plans: items.map(brief), ...(next === undefined ? {} : { nextToken: next }) };
};

const remove: Operation<ByArn, object> = (input, context) => {
  const plan = found(context, input.arn);
  plan.stopped = true;
  context.remove(PLANS, input.arn);
  dropHealthChecks(context, plan, () => true);
  return {};
};

/** Its name, Regions and approach stay (API reference, UpdatePlan); a health check that is still owned keeps its id. */
const update: Operation<Partial<PlanInput> & ByArn, object> = (input, context) => {
  const plan = found(context, input.arn);
  const { arn: _arn, ...changes } = input;
  const old = plan.input.triggers ?? [];
  plan.input = { ...plan.input, ...changes };
  plan.updatedAt = context.now;
  const wanted = checksOf(plan);
  dropHealthChecks(context, plan, (check) => !wanted.some((w) => isSame(w, check)));
  ownHealthChecks(context, plan);
  for (const trigger of plan.input.triggers ?? []) if (!old.includes(trigger)) watch(context.world, plan, trigger);
  return { plan: shown(plan) };
};

function dropHealthChecks(context: CallContext, plan: StoredPlan, goes: (check: ManagedHealthCheck) => boolean): void {
  for (const check of context.list(MANAGED_CHECKS)) {
    if (check.plan !== plan.arn || !goes(check)) continue;
    context.remove(MANAGED_CHECKS, check.healthCheckId);
    context.world.remove(HEALTH_CHECKS, plan.account, GLOBAL, check.healthCheckId);
    context.world.remove(CONTROLS, plan.account, GLOBAL, check.controlArn);
  }
}

const listChecks: Operation<Paged & ByArn, object> = (input, context) => {
  const plan = found(context, input.arn);
  const own = context.list(MANAGED_CHECKS).filter((c) => c.plan === plan.arn);
  const { items, next } = page(own, input.nextToken, input.maxResults ?? 100);
  const healthChecks = items.map(({ hostedZoneId, recordName, healthCheckId, region, controlArn }) => ({
    hostedZoneId,
    recordName,
    healthCheckId,
    region,
    status: context.world.get(CONTROLS, plan.account, GLOBAL, controlArn)?.state === 'On' ? 'healthy' : 'unhealthy',
  }));
  return { healthChecks, ...(next === undefined ? {} : { nextToken: next }) };
};

const listTags: Operation<ByArn, object> = (input, context) => ({ resourceTags: { ...found(context, input.arn).input.tags } });

export const arcRegionSwitch: SimulatedService = {
  client: 'arc-region-switch',
  prefix: 'arc-region-switch',
  global: true,
  operations: {
    CreatePlan: create,
    GetPlan: get,
    GetPlanInRegion: get,
    ListPlans: list,
    ListPlansInRegion: list,
    UpdatePlan: update,
    DeletePlan: remove,
    StartPlanExecution: start,
    GetPlanExecution: getExecution,
    ListPlanExecutions: listExecutions,
    ApprovePlanExecutionStep: approve,
    CancelPlanExecution: cancel,
    ListRoute53HealthChecks: listChecks,
    ListRoute53HealthChecksInRegion: listChecks,
    ListTagsForResource: listTags,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, key, item } of world.everywhere(PLANS)) {
        const gone =
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account);
        if (!gone) continue;
        item.stopped = true;
        world.remove(PLANS, account, GLOBAL, key);
      }
    });
  },
  deployers: arcRegionSwitchDeployers,
};
