/** Simulated ARC Region switch: plans are kept by a control plane in us-east-1 and executed by a data plane in each of their Regions. */
import { type CallContext, type Operation, page, ServiceFault, type SimulatedService } from '../service.ts';
import { GLOBAL, type World } from '../world/world.ts';
import { dropHealthChecks, ownHealthChecks } from './arc-region-switch-checks.ts';
import { arcRegionSwitchDeployers } from './arc-region-switch-deployers.ts';
import { begin, type Start, watch } from './arc-region-switch-executions.ts';
import { type Execution, MANAGED_CHECKS, PLANS, type PlanInput, type StoredPlan } from './arc-region-switch-model.ts';
import { sample } from './arc-region-switch-steps.ts';
import { CONTROLS } from './route53-recovery-control-config-model.ts';

/** "Plan evaluation runs when a plan is created or updated, and then every 30 minutes" (ARC developer guide). */
const EVALUATION_MS = 30 * 60_000;

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

function evaluate(world: World, plan: StoredPlan): void {
  sample(plan).catch(() => undefined);
  world.clock.after(EVALUATION_MS, () => {
    if (!plan.stopped) evaluate(world, plan);
  });
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
  dropHealthChecks(context, plan);
  return {};
};

/** Its name, Regions and approach stay (API reference, UpdatePlan); a health check that is still owned keeps its id. */
const update: Operation<Partial<PlanInput> & ByArn, object> = (input, context) => {
  const plan = found(context, input.arn);
  const { arn: _arn, ...changes } = input;
  const old = plan.input.triggers ?? [];
  plan.input = { ...plan.input, ...changes };
  plan.updatedAt = context.now;
  ownHealthChecks(context, plan);
  for (const trigger of plan.input.triggers ?? []) if (!old.includes(trigger)) watch(context.world, plan, trigger);
  return { plan: shown(plan) };
};

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
