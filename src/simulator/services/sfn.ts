/** Simulated Step Functions: state machines of one Region, whose executions call other services as their account. */
import type * as SFN from '@aws-sdk/client-sfn';
import { messageOf } from '../../model/errors.ts';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, removedBy } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf } from '../world/world.ts';
import { blockOf, need, textOf, without } from './compute-inputs.ts';
import { type Json, parse, runStates, StateFailure } from './sfn-states.ts';

interface StoredMachine {
  readonly arn: string;
  input: SFN.CreateStateMachineCommandInput;
  readonly createdAt: Date;
  readonly tags: Readonly<Record<string, string>>;
}

interface StoredExecution {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  readonly input: string;
  readonly startDate: Date;
  status: SFN.ExecutionStatus;
  stopDate?: Date;
  output?: string;
  error?: string;
  cause?: string;
}

const MACHINES = shelf<StoredMachine>('states:machine');
const EXECUTIONS = shelf<StoredExecution>('states:execution');

function machine(context: CallContext, arn: string | undefined): StoredMachine {
  const found = context.get(MACHINES, arn ?? '');
  if (found === undefined) throw new ServiceFault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return found;
}

const create: Operation<SFN.CreateStateMachineCommandInput, Reply<SFN.CreateStateMachineCommandOutput>> = (input, context) => {
  const arn = context.arn('states', `stateMachine:${input.name}`);
  if (context.get(MACHINES, arn) !== undefined)
    throw new ServiceFault('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
  parse(input.definition ?? '');
  const tags = Object.fromEntries((input.tags ?? []).map((t) => [t.key ?? '', t.value ?? '']));
  context.put(MACHINES, arn, { arn, input, createdAt: context.now, tags });
  return { stateMachineArn: arn, creationDate: context.now };
};

const update: Operation<SFN.UpdateStateMachineCommandInput, Reply<SFN.UpdateStateMachineCommandOutput>> = (input, context) => {
  const found = machine(context, input.stateMachineArn);
  if (input.definition !== undefined) {
    parse(input.definition);
    found.input = { ...found.input, definition: input.definition };
  }
  if (input.roleArn !== undefined) found.input = { ...found.input, roleArn: input.roleArn };
  if (input.encryptionConfiguration !== undefined)
    found.input = { ...found.input, encryptionConfiguration: input.encryptionConfiguration };
  return { updateDate: context.now };
};

/** API reference, CreateStateMachine: STANDARD when no type is given. */
const typeOf = (found: StoredMachine): SFN.StateMachineType => found.input.type ?? 'STANDARD';

const describe: Operation<SFN.DescribeStateMachineCommandInput, Reply<SFN.DescribeStateMachineCommandOutput>> = (
  input,
  context,
) => {
  const found = machine(context, input.stateMachineArn);
  return {
    stateMachineArn: found.arn,
    name: found.input.name,
    status: 'ACTIVE',
    definition: found.input.definition,
    roleArn: found.input.roleArn,
    type: typeOf(found),
    creationDate: found.createdAt,
    encryptionConfiguration: found.input.encryptionConfiguration ?? { type: 'AWS_OWNED_KEY' },
  };
};

const list: Operation<SFN.ListStateMachinesCommandInput, Reply<SFN.ListStateMachinesCommandOutput>> = (input, context) => {
  const { items, next } = page(context.list(MACHINES), input.nextToken, input.maxResults ?? 100);
  return {
    stateMachines: items.map((m) => ({ stateMachineArn: m.arn, name: m.input.name, type: typeOf(m), creationDate: m.createdAt })),
    ...(next === undefined ? {} : { nextToken: next }),
  };
};

const remove: Operation<SFN.DeleteStateMachineCommandInput, Reply<SFN.DeleteStateMachineCommandOutput>> = (input, context) => {
  context.remove(MACHINES, input.stateMachineArn ?? '');
  return {};
};

const start: Operation<SFN.StartExecutionCommandInput, Reply<SFN.StartExecutionCommandOutput>> = (input, context) => {
  const found = machine(context, input.stateMachineArn);
  const name = input.name ?? context.world.random.hex(16);
  const arn = context.arn('states', `execution:${found.input.name}:${name}`);
  const execution: StoredExecution = {
    arn,
    machine: found.arn,
    name,
    input: input.input ?? '{}',
    startDate: context.now,
    status: 'RUNNING',
  };
  context.put(EXECUTIONS, arn, execution);
  const { world, call, region } = context;
  const run = { world, call, region, stopped: () => execution.status === 'ABORTED' };
  const ended = (how: Partial<StoredExecution>): void => {
    if (execution.status === 'RUNNING') Object.assign(execution, how, { stopDate: new Date(world.clock.now()) });
  };
  runStates(run, parse(found.input.definition ?? ''), JSON.parse(execution.input) as Json).then(
    (output) => ended({ status: 'SUCCEEDED', output: JSON.stringify(output) }),
    (thrown: unknown) =>
      ended({
        status: 'FAILED',
        error: thrown instanceof StateFailure ? thrown.error : 'States.Runtime',
        cause: messageOf(thrown),
      }),
  );
  return { executionArn: arn, startDate: context.now };
};

function executionOf(context: CallContext, arn: string | undefined): StoredExecution {
  const found = context.get(EXECUTIONS, arn ?? '');
  if (found === undefined) throw new ServiceFault('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return found;
}

const describeExecution: Operation<SFN.DescribeExecutionCommandInput, Reply<SFN.DescribeExecutionCommandOutput>> = (
  input,
  context,
) => {
  const { arn, machine: stateMachineArn, ...rest } = executionOf(context, input.executionArn);
  return { executionArn: arn, stateMachineArn, ...rest };
};

const listExecutions: Operation<SFN.ListExecutionsCommandInput, Reply<SFN.ListExecutionsCommandOutput>> = (input, context) => {
  const own = context
    .list(EXECUTIONS)
    .filter((e) => e.machine === input.stateMachineArn && (input.statusFilter === undefined || e.status === input.statusFilter));
  const { items, next } = page([...own].reverse(), input.nextToken, input.maxResults ?? 100);
  return {
    executions: items.map(({ arn, machine: stateMachineArn, name, status, startDate, stopDate }) => ({
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate,
      ...(stopDate === undefined ? {} : { stopDate }),
    })),
    ...(next === undefined ? {} : { nextToken: next }),
  };
};

const stop: Operation<SFN.StopExecutionCommandInput, Reply<SFN.StopExecutionCommandOutput>> = (input, context) => {
  const execution = executionOf(context, input.executionArn);
  Object.assign(execution, { status: 'ABORTED', stopDate: context.now });
  return { stopDate: context.now };
};

const listTags: Operation<SFN.ListTagsForResourceCommandInput, Reply<SFN.ListTagsForResourceCommandOutput>> = (
  input,
  context,
) => ({
  tags: Object.entries(machine(context, input.resourceArn).tags).map(([key, value]) => ({ key, value })),
});

function encryptionOf(inputs: Given['inputs']) {
  const encryption = blockOf(inputs.encryptionConfiguration);
  if (encryption === undefined) return undefined;
  return without({
    kmsKeyId: textOf(encryption.kmsKeyId),
    type: textOf(encryption.type) ?? (encryption.kmsKeyId === undefined ? 'AWS_OWNED_KEY' : 'CUSTOMER_MANAGED_KMS_KEY'),
  });
}

async function stateMachine(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = textOf(inputs.name) ?? given.id?.split(':').at(-1) ?? deployment.physicalName(given);
  const made = (await deployment.call('sfn', 'CreateStateMachine', {
    name,
    definition: need(given, 'definition'),
    roleArn: need(given, 'roleArn'),
    ...without({
      type: textOf(inputs.type),
      encryptionConfiguration: encryptionOf(inputs),
    }),
    tags: Object.entries(given.tags).map(([key, value]) => ({ key, value })),
  })) as SFN.CreateStateMachineCommandOutput;
  return { id: made.stateMachineArn ?? '', outputs: { arn: made.stateMachineArn ?? '', name } };
}

const deployers: readonly Deployer[] = [
  {
    type: 'aws:sfn/stateMachine:StateMachine',
    create: stateMachine,
    update: changedBy((given, before, deployment) => {
      const says = ({ inputs }: Given) => ({
        definition: textOf(inputs.definition),
        roleArn: textOf(inputs.roleArn),
        encryptionConfiguration: encryptionOf(inputs),
      });
      const named = { stateMachineArn: given.id };
      return modify(deployment, ['sfn', 'UpdateStateMachine'], named, says(given), says(before));
    }),
    remove: removedBy('sfn', 'DeleteStateMachine', ({ id }) => ({ stateMachineArn: id })),
  },
];

export const sfn: SimulatedService = {
  client: 'sfn',
  prefix: 'states',
  operations: {
    CreateStateMachine: create,
    UpdateStateMachine: update,
    DescribeStateMachine: describe,
    ListStateMachines: list,
    DeleteStateMachine: remove,
    StartExecution: start,
    DescribeExecution: describeExecution,
    ListExecutions: listExecutions,
    StopExecution: stop,
    ListTagsForResource: listTags,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(MACHINES))
        if (
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account)
        )
          world.remove(MACHINES, account, region, key);
    });
  },
  deployers,
};
