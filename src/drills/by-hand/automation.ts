/**
 * Automation that the estate has for its recovery: a Lambda function, a Step Functions state machine, an SSM automation. What it
 * changes only it knows, so the drill file names what takes it back (`undo`), or says that nothing is to be taken back (`none`).
 */
import type * as Lambda from '@aws-sdk/client-lambda';
import type * as SFN from '@aws-sdk/client-sfn';
import type * as SSM from '@aws-sdk/client-ssm';
import type { Place } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import { type Hand, type Named, named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { markOf } from './memo.ts';
import { unless, until, worded } from './waiting.ts';

export const automation = {
  invoke: disrupts<Lambda.InvokeCommandInput, Lambda.InvokeCommandOutput>('lambda', 'Invoke', {
    action: 'lambda:InvokeFunction',
  }),
  startMachine: disrupts<SFN.StartExecutionCommandInput, SFN.StartExecutionCommandOutput>('sfn', 'StartExecution'),
  stopMachine: disrupts<SFN.StopExecutionCommandInput, SFN.StopExecutionCommandOutput>('sfn', 'StopExecution'),
  machine: reads<SFN.DescribeExecutionCommandInput, SFN.DescribeExecutionCommandOutput>('sfn', 'DescribeExecution'),
  startDocument: disrupts<SSM.StartAutomationExecutionCommandInput, SSM.StartAutomationExecutionCommandOutput>(
    'ssm',
    'StartAutomationExecution',
  ),
  stopDocument: disrupts<SSM.StopAutomationExecutionCommandInput, SSM.StopAutomationExecutionCommandOutput>(
    'ssm',
    'StopAutomationExecution',
  ),
  documents: reads<SSM.DescribeAutomationExecutionsCommandInput, SSM.DescribeAutomationExecutionsCommandOutput>(
    'ssm',
    'DescribeAutomationExecutions',
  ),
} as const;

/** One run of an automation, found again by the mark of its token. */
interface Run {
  state(mark: string): Promise<'none' | 'running' | 'succeeded' | 'failed' | 'unknown'>;
  start(mark: string): Promise<unknown>;
  /** Undefined: it cannot be stopped. */
  readonly stop: ((mark: string) => Promise<unknown>) | undefined;
}

const NONE = 'none';
const UNDO = 'name what takes it back (undo: an ARN), or say that it changes nothing that would have to be (undo: none)';

/** A function knows by the token in its payload that it was called for the same step before. */
function functionRun({ session, given, clock }: Hand, fn: Named, payload: string | undefined): Run {
  const called = new Map<string, 'succeeded' | 'failed'>();
  return {
    // Lambda does not tell which payloads it was given.
    state: async (mark) => called.get(mark) ?? 'unknown',
    start: async (mark) => {
      const input = { token: mark, at: clock.now(), action: given.action ?? 'recover', ...parsed(payload) };
      const Payload = Buffer.from(JSON.stringify(input));
      const { FunctionError } = await session.send(automation.invoke, { FunctionName: fn.arn, Payload }, fn.at);
      called.set(mark, FunctionError === undefined ? 'succeeded' : 'failed');
      if (FunctionError !== undefined) throw new StepFailure(`${fn.name} failed: ${FunctionError}`);
    },
    stop: undefined,
  };
}

function parsed(text: string | undefined): object {
  if (text === undefined) return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new StepFailure('payload: expected a JSON object');
  return value;
}

/** One name, one execution: starting it again with the same name and input has no second effect (API StartExecution). */
function machineRun({ session }: Hand, machine: Named, payload: string | undefined): Run {
  const execution = (mark: string): string => machine.like(machine.at.region, `execution:${machine.name}:holdfast-${mark}`);
  return {
    state: async (mark) => {
      const asked = session.send(automation.machine, { executionArn: execution(mark) }, machine.at);
      const status = (await unless(['ExecutionDoesNotExist'], asked))?.status;
      return status === undefined ? 'none' : status === 'SUCCEEDED' ? 'succeeded' : status === 'RUNNING' ? 'running' : 'failed';
    },
    start: (mark) => {
      const input = { stateMachineArn: machine.arn, name: `holdfast-${mark}`, input: payload ?? '{}' };
      return unless(['ExecutionAlreadyExists'], session.send(automation.startMachine, input, machine.at));
    },
    stop: (mark) => session.send(automation.stopMachine, { executionArn: execution(mark) }, machine.at),
  };
}

const TAG = 'holdfast';
const WAITING = [
  'Pending',
  'InProgress',
  'Waiting',
  'Cancelling',
  'PendingApproval',
  'Approved',
  'Scheduled',
  'RunbookInProgress',
  'PendingChangeCalendarOverride',
];

function documentRun({ session }: Hand, document: string, at: Place, payload: string | undefined): Run {
  const find = async (mark: string): Promise<SSM.AutomationExecutionMetadata | undefined> => {
    const Filters = [{ Key: 'TagKey' as const, Values: [`${TAG}:${mark}`] }];
    return (await session.send(automation.documents, { Filters }, at)).AutomationExecutionMetadataList?.[0];
  };
  return {
    state: async (mark) => {
      const status = (await find(mark))?.AutomationExecutionStatus;
      if (status === undefined) return 'none';
      return ['Success', 'CompletedWithSuccess'].includes(status) ? 'succeeded' : WAITING.includes(status) ? 'running' : 'failed';
    },
    start: (mark) => {
      const Parameters = Object.fromEntries(Object.entries(parsed(payload)).map(([k, v]) => [k, [String(v)]]));
      const Tags = [{ Key: `${TAG}:${mark}`, Value: 'drill' }];
      const ClientToken = `${mark.slice(0, 8)}-${mark.slice(8, 12)}-4000-8000-${mark}`;
      return session.send(automation.startDocument, { DocumentName: document, ClientToken, Parameters, Tags }, at);
    },
    stop: async (mark) =>
      session.send(
        automation.stopDocument,
        { AutomationExecutionId: (await find(mark))?.AutomationExecutionId, Type: 'Cancel' },
        at,
      ),
  };
}

function runOf(hand: Hand, arn: string, payload: string | undefined): Run | string {
  const what = named(arn);
  if (arn.includes(':lambda:')) return functionRun(hand, what, payload);
  if (arn.includes(':states:')) return machineRun(hand, what, payload);
  if (arn.includes(':ssm:')) return documentRun(hand, what.name, what.at, payload);
  return `${arn} is no function, state machine or automation document`;
}

export const startAutomation: StepMaker = (hand) => {
  const subject = subjectOf(hand);
  if (typeof subject === 'string') return subject;
  const { undo, payload, undoPayload } = hand.given;
  if (undo === undefined) return `${subject.name}: ${UNDO}`;
  const there = runOf(hand, subject.arn, payload);
  const back = undo === NONE ? undefined : runOf(hand, undo, undoPayload);
  if (typeof there === 'string') return there;
  if (typeof back === 'string') return back;
  const { clock } = hand;
  const begin = async (run: Run, mark: string, what: string, signal: AbortSignal | undefined): Promise<void> => {
    const before = await run.state(mark);
    if (before === 'none' || before === 'unknown') await run.start(mark);
    await until(clock, signal, `${what} to end`, async () => {
      const now = await run.state(mark);
      if (now === 'failed') throw new StepFailure(`${what} failed`);
      return now === 'succeeded';
    });
  };
  return [
    worded({
      id: `run ${subject.name}`,
      describe: () => ({ runs: subject.arn, undo }),
      act: async (token, signal) => {
        signal.throwIfAborted();
        await begin(there, markOf(token), subject.name, signal);
        return { ran: subject.arn };
      },
      outcome: async (token) => {
        const state = await there.state(markOf(token));
        return state === 'succeeded' ? 'done' : state === 'unknown' ? 'unknown' : 'not-done';
      },
      compensate: async (token) => {
        const mark = markOf(token);
        const state = await there.state(mark);
        if (state === 'none') return null;
        if (state === 'running') await there.stop?.(mark);
        if (back !== undefined) await begin(back, markOf(`${token}#undo`), named(undo).name, undefined);
        return { undone: undo };
      },
      left: async (token) => {
        const mark = markOf(token);
        if ((await there.state(mark)) === 'running') return [subject.arn];
        const undone = back === undefined || ['succeeded', 'unknown'].includes(await back.state(markOf(`${token}#undo`)));
        return undone || (await there.state(mark)) === 'none' ? [] : [subject.arn];
      },
    }),
  ];
};
