/**
 * A running experiment: its actions in their order, each for its time, stopped by an alarm or by hand, and what it changed put back.
 * https://docs.aws.amazon.com/fis/latest/userguide/experiments.html
 */
import type * as FIS from '@aws-sdk/client-fis';
import { type CallContext, ServiceFault } from '../service.ts';
import { NoAnswer } from '../world/invoke.ts';
import { alarmNamed } from './cloudwatch-model.ts';
import { actionOf, durationOf, type Effect } from './fis-actions.ts';
import { type Found, resolve } from './fis-targets.ts';

export interface Template extends FIS.CreateExperimentTemplateRequest {
  readonly id: string;
  readonly created: Date;
  readonly tags: Record<string, string>;
}

interface RunningAction {
  readonly name: string;
  readonly given: FIS.CreateExperimentTemplateActionInput;
  status: FIS.ExperimentActionStatus;
  started: Date | undefined;
  ended: Date | undefined;
  /** Faults of the world that last as long as the action. */
  faults: readonly number[];
  undo: Effect['undo'];
}

export interface Experiment {
  readonly id: string;
  readonly template: Template;
  readonly created: Date;
  readonly tags: Record<string, string>;
  readonly actions: readonly RunningAction[];
  status: FIS.ExperimentStatus;
  reason: string | undefined;
  ended: Date | undefined;
}

/** Stop conditions are looked at this often: an assumption. */
const LOOK = 10_000;
/** What cannot be put back yet (an instance that is still stopping) is tried again after this time: an assumption. */
const AGAIN = 15_000;

export function experimentOf(id: string, template: Template, created: Date, tags: Record<string, string>): Experiment {
  const actions = Object.entries(template.actions ?? {}).map(
    ([name, given]): RunningAction => ({
      name,
      given,
      status: 'pending',
      started: undefined,
      ended: undefined,
      faults: [],
      undo: undefined,
    }),
  );
  return { id, template, created, tags, actions, status: 'initiating', reason: undefined, ended: undefined };
}

/** Resolves the targets and begins the first actions. What cannot begin fails the experiment. */
export async function begin(context: CallContext, experiment: Experiment): Promise<void> {
  try {
    const targets = new Map<string, readonly Found[]>();
    for (const [name, target] of Object.entries(experiment.template.targets ?? {}))
      targets.set(name, await resolve(context, target));
    if (alarmIn(context, experiment)) throw new ServiceFault('ConflictException', 'A stop condition is in ALARM.', 409);
    experiment.status = 'running';
    watch(context, experiment);
    await advance(context, experiment, targets);
  } catch (error) {
    await stop(context, experiment, 'failed', because(error));
  }
}

/** Ends it now: what is pending is cancelled, what runs ends and is put back. */
export async function stop(
  context: CallContext,
  experiment: Experiment,
  as: 'stopped' | 'failed',
  reason: string,
): Promise<void> {
  if (isOver(experiment) || experiment.status === 'stopping') return;
  experiment.status = as === 'failed' ? 'failed' : 'stopping';
  experiment.reason = reason;
  for (const action of experiment.actions) if (action.status === 'pending') action.status = 'cancelled';
  const running = experiment.actions.filter((a) => a.status === 'running');
  const ended = Promise.all(running.map((action) => end(context, action, 'stopped'))).then(() => {
    experiment.status = as;
    experiment.ended = new Date(context.world.clock.now());
  });
  // What needs no call is put back at once; the rest while time passes.
  if (running.every((a) => a.undo === undefined)) await ended;
  else ended.catch(() => undefined);
}

export const isOver = ({ status }: Experiment): boolean => ['completed', 'stopped', 'failed'].includes(status ?? '');

const because = (error: unknown): string => {
  if (error instanceof ServiceFault || error instanceof NoAnswer) return error.message;
  throw error;
};

/** Every action whose predecessors are done begins; when none is left the experiment is complete. */
async function advance(
  context: CallContext,
  experiment: Experiment,
  targets: ReadonlyMap<string, readonly Found[]>,
): Promise<void> {
  const isDone = (name: string): boolean =>
    ['completed', 'skipped'].includes(experiment.actions.find((a) => a.name === name)?.status ?? 'completed');
  const ready = experiment.actions.filter((a) => a.status === 'pending' && (a.given.startAfter ?? []).every(isDone));
  const rank = (a: RunningAction): number => (actionOf(a.given.actionId).first === true ? 0 : 1);
  for (const action of ready.sort((a, b) => rank(a) - rank(b))) {
    if (experiment.status !== 'running') return;
    await act(context, experiment, action, targets);
  }
  if (ready.length > 0) return advance(context, experiment, targets);
  if (experiment.status !== 'running' || experiment.actions.some((a) => a.status === 'running' || a.status === 'pending')) return;
  experiment.status = 'completed';
  experiment.reason = 'Experiment completed.';
  experiment.ended = new Date(context.world.clock.now());
}

async function act(
  context: CallContext,
  experiment: Experiment,
  action: RunningAction,
  targets: ReadonlyMap<string, readonly Found[]>,
): Promise<void> {
  const { world } = context;
  const kind = actionOf(action.given.actionId);
  const name = kind.target === undefined ? undefined : action.given.targets?.[kind.target[0]];
  const found = targets.get(name ?? '') ?? [];
  const mode = experiment.template.experimentOptions?.emptyTargetResolutionMode ?? 'fail';
  if (kind.target !== undefined && found.length === 0) {
    if (mode === 'fail') throw new ServiceFault('ValidationException', `The target ${name ?? ''} resolved to an empty set.`);
    action.status = 'skipped';
    return;
  }
  const parameters = action.given.parameters ?? {};
  action.started = new Date(world.clock.now());
  const target = experiment.template.targets?.[name ?? '']?.parameters ?? {};
  const effect = await kind.begin({ context, found, parameters, target });
  action.status = 'running';
  action.undo = effect.undo;
  action.faults = (effect.faults ?? []).map((fault) => world.inject(fault));
  const lasts = kind.lasts === undefined ? undefined : durationOf(parameters[kind.lasts]);
  if (lasts === undefined) return end(context, action, 'completed');
  world.clock.after(lasts, () => {
    if (action.status !== 'running' || experiment.status !== 'running') return;
    const over = end(context, action, 'completed').then(() => advance(context, experiment, targets));
    over.catch((error: unknown) => stop(context, experiment, 'failed', because(error)));
  });
}

async function end({ world }: CallContext, action: RunningAction, as: 'completed' | 'stopped'): Promise<void> {
  for (const fault of action.faults) world.lift(fault);
  action.faults = [];
  if (action.undo !== undefined) {
    action.status = 'stopping';
    for (;;) {
      try {
        await action.undo();
        break;
      } catch (error) {
        because(error);
        await world.clock.sleep(AGAIN);
      }
    }
  }
  action.status = as;
  action.ended = new Date(world.clock.now());
}

/** True while an alarm that is a stop condition is in ALARM. One that is not there stops nothing. */
function alarmIn({ world }: CallContext, { template }: Experiment): boolean {
  return (template.stopConditions ?? []).some(({ value = '' }) => {
    const [, , , region = '', account = '', , ...name] = value.split(':');
    return alarmNamed(world, account, region, name.join(':'))?.state === 'ALARM';
  });
}

function watch(context: CallContext, experiment: Experiment): void {
  if ((experiment.template.stopConditions ?? []).every((s) => s.source === 'none')) return;
  const look = (): void => {
    if (experiment.status !== 'running') return;
    if (alarmIn(context, experiment)) {
      stop(context, experiment, 'stopped', 'Experiment halted by stop condition.').catch(() => undefined);
      return;
    }
    context.world.clock.after(LOOK, look);
  };
  context.world.clock.after(LOOK, look);
}
