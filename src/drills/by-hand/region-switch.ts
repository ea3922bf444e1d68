/**
 * ARC Region switch: the plan that the estate has for it is executed, its approvals are given as steps of their own, and at the end
 * it is executed the other way. An execution is found again by the comment that carries the mark of the step's token.
 */
import type { Place } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import type { Actuator } from '../contract.ts';
import { arnOf, type Hand, lostRegion, StepFailure, type StepMaker } from './hand.ts';
import { markOf } from './memo.ts';
import { until, worded } from './waiting.ts';

/** What is read of the API's shapes: its SDK is not published at our versions (src/aws/arc.ts). */
interface ByPlan {
  readonly planArn: string;
}
interface ByExecution extends ByPlan {
  readonly executionId: string;
}
interface Start extends ByPlan {
  readonly targetRegion: string;
  readonly action: 'activate' | 'deactivate';
  readonly mode: 'graceful' | 'ungraceful';
  readonly comment: string;
}
interface Execution {
  readonly executionId: string;
  readonly executionState: string;
  readonly comment?: string;
}
interface Described extends Execution {
  readonly stepStates?: readonly { readonly name?: string; readonly status?: string }[];
}
interface Plan {
  readonly workflows?: readonly {
    readonly workflowTargetAction?: string;
    readonly workflowTargetRegion?: string;
  }[];
}

const CLIENT = 'arc-region-switch';

export const regionSwitch = {
  plan: reads<{ readonly arn: string }, { readonly plan?: Plan }>(CLIENT, 'GetPlanInRegion'),
  executions: reads<
    ByPlan & { readonly nextToken?: string },
    { readonly items?: readonly Execution[]; readonly nextToken?: string }
  >(CLIENT, 'ListPlanExecutions'),
  execution: reads<ByExecution, Described>(CLIENT, 'GetPlanExecution'),
  start: disrupts<Start, { readonly executionId?: string }>(CLIENT, 'StartPlanExecution'),
  approve: disrupts<
    ByExecution & { readonly stepName: string; readonly approval: 'approve' | 'decline'; readonly comment: string },
    object
  >(CLIENT, 'ApprovePlanExecutionStep'),
  cancel: disrupts<ByExecution & { readonly comment: string }, object>(CLIENT, 'CancelPlanExecution'),
} as const;

/** States in which an execution goes no further (API reference, AbbreviatedExecution). */
const ENDED = ['completed', 'completedWithExceptions', 'canceled', 'failed', 'planExecutionTimedOut'];
const COMPLETED = ['completed', 'completedWithExceptions'];
const PLAN = 'aws:arcregionswitch/plan:Plan';
const APPROVAL = 'ManualApproval';

type Way = Pick<Start, 'action' | 'targetRegion' | 'mode'>;

interface Switch {
  readonly hand: Hand;
  readonly arn: string;
  readonly account: string;
  readonly there: Way;
  readonly back: Way;
  /** Regions from which each way is executed. */
  readonly into: string;
  readonly from: string;
}

export const switchRegion: StepMaker = (hand) => {
  const { given, item } = hand;
  const arn = given.plan ?? (item?.resource.type === PLAN ? arnOf(item) : hand.arn);
  const regions = textsIn(item?.resource.inputs.regions);
  const from = given.from ?? lostRegion(hand) ?? regions.find((r) => r !== given.into);
  const into = given.into ?? regions.find((r) => r !== from);
  if (arn === undefined) return 'no source says which Region switch plan it is';
  if (from === undefined || into === undefined) return `no source says between which Regions ${arn} switches (from, into)`;
  const mode = given.mode === 'graceful' || hand.lost === undefined ? 'graceful' : 'ungraceful';
  const bothActive = item?.resource.inputs.recoveryApproach === 'activeActive' || given.approach === 'activeActive';
  const plan: Switch = {
    hand,
    arn,
    account: arn.split(':')[4] ?? '',
    there: bothActive ? { action: 'deactivate', targetRegion: from, mode } : { action: 'activate', targetRegion: into, mode },
    back: { action: 'activate', targetRegion: from, mode: 'graceful' },
    into,
    from,
  };
  const named = given.approve?.split(',').map((name) => name.trim()) ?? approvalsIn(item?.resource.inputs.workflows);
  return [executing(plan), ...named.map((name) => approving(plan, name)), finishing(plan)];
};

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v: unknown): v is string => typeof v === 'string') : [];

/** Names of the steps that wait for a person, wherever they are in a plan, each once. */
function approvalsIn(value: unknown): readonly string[] {
  const found = new Set<string>();
  const walk = (v: unknown): void => {
    if (Array.isArray(v)) for (const one of v) walk(one);
    else if (typeof v === 'object' && v !== null) {
      const { executionBlockType, name } = v as { readonly executionBlockType?: unknown; readonly name?: unknown };
      if (executionBlockType === APPROVAL && typeof name === 'string') found.add(name);
      for (const one of Object.values(v)) walk(one);
    }
  };
  walk(value);
  return [...found];
}

const noteOf = (token: string, way: 'there' | 'back'): string => `holdfast ${markOf(token)} ${way}`;
const placeOf = ({ account }: Switch, region: string): Place => ({ account, region });

async function executions({ hand, arn }: Switch, at: Place): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  let nextToken: string | undefined;
  do {
    const input = { planArn: arn, ...(nextToken === undefined ? {} : { nextToken }) };
    const page = await hand.session.send(regionSwitch.executions, input, at);
    found.push(...(page.items ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

const byNote = async (plan: Switch, at: Place, note: string): Promise<Execution | undefined> =>
  (await executions(plan, at)).find((e) => e.comment === note);

function executing(plan: Switch): Actuator {
  const { hand, arn, there, back } = plan;
  const { session, clock, canary } = hand;
  const at = placeOf(plan, plan.into);
  return worded({
    id: `start the Region switch plan ${nameOf(arn)} into ${plan.into}`,
    describe: () => ({ plan: arn, ...there }),
    act: async (token, signal) => {
      const note = noteOf(token, 'there');
      if ((await byNote(plan, at, note)) !== undefined) return { started: note };
      await mustGoBack(plan, at);
      signal.throwIfAborted();
      const { executionId = '' } = await session.send(regionSwitch.start, { planArn: arn, ...there, comment: note }, at);
      return { started: executionId };
    },
    outcome: async (token) => ((await byNote(plan, at, noteOf(token, 'there'))) === undefined ? 'not-done' : 'done'),
    compensate: async (token) => {
      canary?.back();
      const started = await byNote(plan, at, noteOf(token, 'there'));
      if (started === undefined) return null;
      if (!ENDED.includes(started.executionState)) {
        const { executionId } = started;
        await session.send(regionSwitch.cancel, { planArn: arn, executionId, comment: 'Holdfast: the drill is over' }, at);
        await until(clock, undefined, `${nameOf(arn)} to be called off`, async () => {
          const now = await byNote(plan, at, noteOf(token, 'there'));
          return now === undefined || ENDED.includes(now.executionState);
        });
      }
      const home = placeOf(plan, plan.from);
      const note = noteOf(token, 'back');
      if (!COMPLETED.includes((await byNote(plan, home, note))?.executionState ?? '')) {
        const under = (await executions(plan, home)).find((e) => e.comment === note && !ENDED.includes(e.executionState));
        if (under === undefined) await session.send(regionSwitch.start, { planArn: arn, ...back, comment: note }, home);
        await until(clock, undefined, `${nameOf(arn)} to go back to ${plan.from}`, () => through(plan, home, note));
      }
      return { back: plan.from };
    },
    left: async (token) => {
      if ((await byNote(plan, at, noteOf(token, 'there'))) === undefined) return [];
      const returned = (await executions(plan, placeOf(plan, plan.from))).filter((e) => e.comment === noteOf(token, 'back'));
      return returned.some((e) => COMPLETED.includes(e.executionState)) ? [] : [arn];
    },
  });
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** A switch that no workflow takes back would be for good. */
async function mustGoBack({ hand, arn, back }: Switch, at: Place): Promise<void> {
  const { plan } = await hand.session.send(regionSwitch.plan, { arn }, at);
  const isThere = plan?.workflows?.some(
    (w) => w.workflowTargetAction === back.action && (w.workflowTargetRegion ?? back.targetRegion) === back.targetRegion,
  );
  if (isThere !== true)
    throw new StepFailure(`the plan ${nameOf(arn)} has no workflow that activates ${back.targetRegion} again`);
}

/** Approves what waits, for a way back that nobody is asked about again; throws when the execution failed. */
async function through(plan: Switch, at: Place, note: string): Promise<boolean> {
  const found = await byNote(plan, at, note);
  if (found === undefined) return false;
  for (const name of await waiting(plan, at, found)) await approve(plan, at, found, name);
  return hasCompleted(plan, found);
}

function hasCompleted({ arn }: Switch, { executionState, executionId }: Execution): boolean {
  if (COMPLETED.includes(executionState)) return true;
  if (ENDED.includes(executionState)) throw new StepFailure(`execution ${executionId} of ${nameOf(arn)} is ${executionState}`);
  return false;
}

async function waiting({ hand, arn }: Switch, at: Place, { executionId }: Execution): Promise<readonly string[]> {
  const { stepStates = [] } = await hand.session.send(regionSwitch.execution, { planArn: arn, executionId }, at);
  return stepStates.flatMap((s) => (s.status === 'pendingApproval' && s.name !== undefined ? [s.name] : []));
}

const approve = ({ hand, arn }: Switch, at: Place, { executionId }: Execution, stepName: string): Promise<unknown> =>
  hand.session.send(
    regionSwitch.approve,
    { planArn: arn, executionId, stepName, approval: 'approve', comment: 'Holdfast: approved in the drill' },
    at,
  );

/** The newest, which the step before has started. */
async function newest(plan: Switch, at: Place): Promise<Execution> {
  const own = (await executions(plan, at)).find((e) => /^holdfast \w+ there$/.test(e.comment ?? ''));
  if (own === undefined) throw new StepFailure(`no execution of ${nameOf(plan.arn)} has been started`);
  return own;
}

/** What has been approved stays so: undoing is for the step that started the plan. */
const NOTHING = { compensate: async () => null, left: async () => [] } as const;

function approving(plan: Switch, name: string): Actuator {
  const at = placeOf(plan, plan.into);
  return worded({
    id: `approve ${name} of ${nameOf(plan.arn)}`,
    describe: () => ({ approves: name, plan: plan.arn }),
    act: async (_, signal) => {
      await until(plan.hand.clock, signal, `${name} to wait for its approval`, async () => {
        const execution = await newest(plan, at);
        if (hasCompleted(plan, execution)) return true;
        if (!(await waiting(plan, at, execution)).includes(name)) return false;
        await approve(plan, at, execution, name);
        return true;
      });
      return { approved: name };
    },
    // Waiting for it again ends at once when the plan has gone on.
    outcome: async () => ((await newest(plan, at)).executionState === 'completed' ? 'done' : 'unknown'),
    ...NOTHING,
  });
}

function finishing(plan: Switch): Actuator {
  const at = placeOf(plan, plan.into);
  return worded({
    id: `the Region switch plan ${nameOf(plan.arn)} completes`,
    describe: () => ({ waitsFor: plan.arn }),
    act: async (_, signal) => {
      const what = `${nameOf(plan.arn)} to complete`;
      await until(plan.hand.clock, signal, what, async () => hasCompleted(plan, await newest(plan, at)));
      return null;
    },
    outcome: async () => (COMPLETED.includes((await newest(plan, at)).executionState) ? 'done' : 'not-done'),
    ...NOTHING,
  });
}
