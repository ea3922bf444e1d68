/** Failover automation: an event or a schedule starts a state machine, which calls other services. */
import { describe, expect, it } from 'vitest';
import { eventbridge } from '../../../src/simulator/services/eventbridge.ts';
import { scheduler } from '../../../src/simulator/services/scheduler.ts';
import { sfn } from '../../../src/simulator/services/sfn.ts';
import { sqs } from '../../../src/simulator/services/sqs.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { freshAws } from '../../services/observed/support.ts';
import { call, pass } from './calling.ts';

async function machine(aws: SimulatedAws, definition: object): Promise<string> {
  const input = { name: 'failover', roleArn: 'arn:aws:iam::111122223333:role/x', definition: JSON.stringify(definition) };
  return (await call<{ stateMachineArn: string }>(aws, 'sfn', 'CreateStateMachine', input)).stateMachineArn;
}

async function outcome(aws: SimulatedAws, definition: object, input: object = {}, seconds = 60) {
  const stateMachineArn = await machine(aws, definition);
  const started = { stateMachineArn, input: JSON.stringify(input) };
  const { executionArn } = await call<{ executionArn: string }>(aws, 'sfn', 'StartExecution', started);
  await pass(aws, seconds);
  return call<{ status: string; output?: string; error?: string }>(aws, 'sfn', 'DescribeExecution', { executionArn });
}

const sendTo = (queue: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::aws-sdk:sqs:sendMessage',
  Parameters: { QueueUrl: `https://sqs.us-east-1.amazonaws.com/111122223333/${queue}`, 'MessageBody.$': '$.text' },
});

describe('state machines', () => {
  it('choose, wait, and call a service with values of their input', async () => {
    const aws = freshAws([sfn, sqs]);
    const { QueueUrl } = await call<{ QueueUrl: string }>(aws, 'sqs', 'CreateQueue', { QueueName: 'orders' });
    const definition = {
      StartAt: 'Choose',
      States: {
        Choose: { Type: 'Choice', Choices: [{ Variable: '$.go', BooleanEquals: true, Next: 'Wait' }], Default: 'No' },
        Wait: { Type: 'Wait', Seconds: 30, Next: 'Send' },
        Send: { ...sendTo('orders'), ResultPath: '$.sent', End: true },
        No: { Type: 'Fail', Error: 'Refused' },
      },
    };
    const done = await outcome(aws, definition, { go: true, text: 'hello' });
    expect(done.status).toBe('SUCCEEDED');
    const { Messages } = await call<{ Messages: { Body: string }[] }>(aws, 'sqs', 'ReceiveMessage', { QueueUrl });
    expect(Messages[0]?.Body).toBe('hello');
  });

  it('try again, catch what fails in the end, and run branches side by side', async () => {
    const aws = freshAws([sfn, sqs]);
    const failing = {
      ...sendTo('nobody'),
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 2, BackoffRate: 1 }],
      Catch: [{ ErrorEquals: ['QueueDoesNotExist'], Next: 'Caught', ResultPath: '$.error' }],
      End: true,
    };
    const branch = { StartAt: 'Try', States: { Try: failing, Caught: { Type: 'Pass', Result: 'caught', End: true } } };
    const other = { StartAt: 'One', States: { One: { Type: 'Pass', Result: 1, End: true } } };
    const both = { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches: [branch, other], End: true } } };
    expect(await outcome(aws, both, { text: 'x' })).toMatchObject({ status: 'SUCCEEDED', output: '["caught",1]' });
  });

  it('fail with the error of a state that nobody catches', async () => {
    const aws = freshAws([sfn, sqs]);
    const definition = { StartAt: 'Send', States: { Send: { ...sendTo('nobody'), End: true } } };
    expect(await outcome(aws, definition, { text: 'x' })).toMatchObject({ status: 'FAILED', error: 'QueueDoesNotExist' });
  });

  it('are refused with states that are not simulated', async () => {
    const aws = freshAws([sfn]);
    const definition = { StartAt: 'Each', States: { Each: { Type: 'Map', End: true } } };
    await expect(machine(aws, definition)).rejects.toMatchObject({ code: 'InvalidDefinition' });
  });

  it.each([
    ['an event', 30, 1],
    ['a schedule', 300, 2],
  ])('are started by %s', async (by, seconds, executions) => {
    const aws = freshAws([sfn, eventbridge, scheduler]);
    const Arn = await machine(aws, { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
    if (by === 'an event') {
      const EventPattern = JSON.stringify({ source: ['shop'], detail: { state: [{ prefix: 'un' }] } });
      await call(aws, 'eventbridge', 'PutRule', { Name: 'rule', EventPattern });
      await call(aws, 'eventbridge', 'PutTargets', { Rule: 'rule', Targets: [{ Id: 't', Arn }] });
      const entry = (state: string) => ({ Source: 'shop', DetailType: 'x', Detail: JSON.stringify({ state }) });
      await call(aws, 'eventbridge', 'PutEvents', { Entries: [entry('unwell'), entry('well')] });
    } else {
      const schedule = { Name: 's', ScheduleExpression: 'rate(2 minutes)', FlexibleTimeWindow: { Mode: 'OFF' } };
      await call(aws, 'scheduler', 'CreateSchedule', { ...schedule, Target: { Arn, RoleArn: 'arn:aws:iam::1:role/x' } });
    }
    await pass(aws, seconds);
    const said = await call<{ executions: object[] }>(aws, 'sfn', 'ListExecutions', { stateMachineArn: Arn });
    expect(said.executions.length).toBe(executions);
  });
});
