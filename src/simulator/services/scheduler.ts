/** Simulated EventBridge Scheduler: schedules that call a target, by ARN or as any call of the SDK. */
import type * as Scheduler from '@aws-sdk/client-scheduler';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { removedBy } from '../deploy/lifecycle.ts';
import { nextRun } from '../plane/schedules.ts';
import { passOn } from '../plane/targets.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { blockOf, need, textOf, without } from './compute-inputs.ts';

interface StoredSchedule {
  readonly arn: string;
  readonly group: string;
  readonly input: Scheduler.CreateScheduleCommandInput;
  stopped: boolean;
  readonly call: CallContext['call'];
}

/** By `group/name`. */
const SCHEDULES = shelf<StoredSchedule>('scheduler:schedule');
const DEFAULT_GROUP = 'default';

const keyOf = (input: { readonly GroupName?: string | undefined; readonly Name?: string | undefined }): string =>
  `${input.GroupName ?? DEFAULT_GROUP}/${input.Name}`;

function store(context: CallContext, input: Scheduler.CreateScheduleCommandInput): string {
  const key = keyOf(input);
  const schedule: StoredSchedule = {
    arn: context.arn('scheduler', `schedule/${key}`),
    group: input.GroupName ?? DEFAULT_GROUP,
    // API reference, CreateSchedule: enabled unless said otherwise.
    input: { ...input, State: input.State ?? 'ENABLED' },
    stopped: false,
    call: context.call,
  };
  context.put(SCHEDULES, key, schedule);
  tick(context.world, context.region, schedule);
  return schedule.arn;
}

function tick(world: World, region: string, schedule: StoredSchedule): void {
  const next = nextRun(schedule.input.ScheduleExpression ?? '', world.clock.now());
  if (next === undefined) return;
  world.clock.at(next, () => {
    if (schedule.stopped) return;
    tick(world, region, schedule);
    if (schedule.input.State === 'DISABLED' || world.regionIsLost(region)) return;
    const { Arn = '', Input } = schedule.input.Target ?? {};
    const payload: unknown = Input === undefined ? {} : JSON.parse(Input);
    passOn(schedule.call, [Arn], typeof payload === 'object' && payload !== null ? payload : {});
  });
}

const create: Operation<Scheduler.CreateScheduleCommandInput, Reply<Scheduler.CreateScheduleCommandOutput>> = (
  input,
  context,
) => {
  if (context.get(SCHEDULES, keyOf(input)) !== undefined)
    throw new ServiceFault('ConflictException', `Schedule ${input.Name} already exists.`, 409);
  return { ScheduleArn: store(context, input) };
};

function found(context: CallContext, input: { readonly GroupName?: string | undefined; readonly Name?: string | undefined }) {
  const schedule = context.get(SCHEDULES, keyOf(input));
  if (schedule === undefined) throw new ServiceFault('ResourceNotFoundException', `Schedule ${input.Name} does not exist.`, 404);
  return schedule;
}

const update: Operation<Scheduler.UpdateScheduleCommandInput, Reply<Scheduler.UpdateScheduleCommandOutput>> = (
  input,
  context,
) => {
  found(context, input).stopped = true;
  return { ScheduleArn: store(context, input) };
};

const get: Operation<Scheduler.GetScheduleCommandInput, Reply<Scheduler.GetScheduleCommandOutput>> = (input, context) => {
  const schedule = found(context, input);
  return { ...schedule.input, Arn: schedule.arn, GroupName: schedule.group };
};

const remove: Operation<Scheduler.DeleteScheduleCommandInput, Reply<Scheduler.DeleteScheduleCommandOutput>> = (
  input,
  context,
) => {
  found(context, input).stopped = true;
  context.remove(SCHEDULES, keyOf(input));
  return {};
};

const list: Operation<Scheduler.ListSchedulesCommandInput, Reply<Scheduler.ListSchedulesCommandOutput>> = (input, context) => {
  const own = context.list(SCHEDULES).filter((s) => input.GroupName === undefined || s.group === input.GroupName);
  const { items, next } = page(own, input.NextToken, input.MaxResults ?? 100);
  return {
    Schedules: items.map((s) => ({
      Arn: s.arn,
      Name: s.input.Name,
      GroupName: s.group,
      State: s.input.State,
      Target: { Arn: s.input.Target?.Arn },
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

async function schedule(how: 'Create' | 'Update', given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const Name = textOf(inputs.name) ?? given.id?.split('/').at(-1) ?? deployment.physicalName(given);
  const GroupName = textOf(inputs.groupName) ?? DEFAULT_GROUP;
  const target = blockOf(inputs.target);
  const { ScheduleArn: arn = '' } = (await deployment.call('scheduler', `${how}Schedule`, {
    Name,
    GroupName,
    ScheduleExpression: need(given, 'scheduleExpression'),
    FlexibleTimeWindow: { Mode: textOf(blockOf(inputs.flexibleTimeWindow)?.mode) ?? 'OFF' },
    Target: without({ Arn: textOf(target?.arn), RoleArn: textOf(target?.roleArn), Input: textOf(target?.input) }),
    ...without({ State: textOf(inputs.state) }),
  })) as Scheduler.CreateScheduleCommandOutput;
  return { id: `${GroupName}/${Name}`, outputs: { name: Name, groupName: GroupName, arn } };
}

const deployers: readonly Deployer[] = [
  {
    type: 'aws:scheduler/schedule:Schedule',
    create: (given, deployment) => schedule('Create', given, deployment),
    update: (given, _before, deployment) => schedule('Update', given, deployment),
    remove: removedBy('scheduler', 'DeleteSchedule', ({ id }) => ({ GroupName: id?.split('/')[0], Name: id?.split('/')[1] })),
  },
];

export const scheduler: SimulatedService = {
  client: 'scheduler',
  prefix: 'scheduler',
  operations: { CreateSchedule: create, UpdateSchedule: update, GetSchedule: get, DeleteSchedule: remove, ListSchedules: list },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(SCHEDULES)) {
        const gone =
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account);
        if (!gone) continue;
        item.stopped = true;
        world.remove(SCHEDULES, account, region, key);
      }
    });
  },
  deployers,
};
