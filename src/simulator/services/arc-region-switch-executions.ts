/** Executions of Region switch plans: begun by a call, by a trigger or by another plan, and taken step by step. */
import { ServiceFault } from '../service.ts';
import { GLOBAL, type World } from '../world/world.ts';
import {
  type Execution,
  PLANS,
  type PlanAction,
  type PlanMode,
  type PlanStep,
  type PlanTrigger,
  type StoredPlan,
} from './arc-region-switch-model.ts';
import { flat, runBlock } from './arc-region-switch-steps.ts';
import { alarmNamed } from './cloudwatch-model.ts';

/** How often triggers look at their alarms; AWS gives no figure. */
const TRIGGER_MS = 60_000;

export interface Start {
  readonly planArn: string;
  readonly targetRegion: string;
  readonly action: PlanAction;
  readonly mode?: PlanMode;
  readonly comment?: string;
}

/** Looked at from the Region that the trigger is for, or that is left; an alarm that went with its Region says nothing. */
export function watch(world: World, plan: StoredPlan, trigger: PlanTrigger): void {
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

export function begin(world: World, plan: StoredPlan, input: Start): Execution {
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
