/**
 * Restore testing plans: at their times they restore a recovery point of each resource that their selections name, and delete
 * what was restored (https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html). The restored resource is not
 * kept in the world: it is gone again before anybody could use it.
 */
import type * as Backup from '@aws-sdk/client-backup';
import { type CallContext, page, ServiceFault } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { DAY, invalid, isVisible, lasting, type Op, type Point, refused, VAULTS } from './backup-model.ts';
import { complete, newJob } from './backup-restores.ts';
import { scheduleOf } from './backup-schedule.ts';
import { isLike } from './backup-selections.ts';

interface TestingSelection {
  readonly created: Date;
  selection: Backup.RestoreTestingSelectionForCreate;
}

interface TestingPlan {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly created: Date;
  updated: Date;
  plan: Backup.RestoreTestingPlanForUpdate;
  lastRun: number | undefined;
  readonly selections: Map<string, TestingSelection>;
  stop: () => void;
}

const TESTING_PLANS = shelf<TestingPlan>('backup:restore-testing-plan');

/** Minutes that a restore takes; it depends on the amount of data: an assumption. */
const RESTORE_TAKES = [10, 70] as const;
const HOUR = 3600 * 1000;

function schedule(world: World, plan: TestingPlan): void {
  plan.stop();
  const next = scheduleOf(plan.plan.ScheduleExpression ?? '', plan.plan.ScheduleExpressionTimezone);
  const again = (): void => {
    const at = next?.(world.clock.now());
    if (at === undefined) return;
    plan.stop = world.clock.at(at, () => {
      again();
      run(world, plan);
    });
  };
  again();
}

function run(world: World, plan: TestingPlan): void {
  const spot = { world, account: plan.account, region: plan.region };
  if (world.regionIsLost(plan.region)) return;
  plan.lastRun = world.clock.now();
  for (const { selection } of plan.selections.values())
    for (const point of chosen(world, plan, selection)) {
      const until = world.clock.now() + lasting(world, RESTORE_TAKES);
      const window = (selection.ValidationWindowHours ?? 0) * HOUR;
      const job = newJob(spot, point, selection.IamRoleArn, selection.RestoreMetadataOverrides ?? {}, {
        plan: plan.arn,
        until: until + window,
      });
      job.resource = `${point.subject.arn}-awsbackup-restore-test-${job.id.slice(0, 8).toLowerCase()}`;
      world.clock.at(until, () => complete(job, until));
    }
}

/** One recovery point of each resource, the newest or any of those in the window. */
function chosen(world: World, plan: TestingPlan, selection: Backup.RestoreTestingSelectionForCreate): readonly Point[] {
  const now = world.clock.now();
  const from = plan.plan.RecoveryPointSelection;
  const since = now - (from?.SelectionWindowDays ?? 30) * DAY;
  const points: Point[] = [];
  const vaults = world
    .list(VAULTS, plan.account, plan.region)
    .filter((v) => anyLike(from?.IncludeVaults, v.arn) && !anyLike(from?.ExcludeVaults, v.arn));
  const bySubject = new Map<string, Point[]>();
  for (const vault of vaults)
    for (const [arn, all] of vault.bySubject) {
      const fit = all.filter((p) => isVisible(p, now) && p.completes <= now && p.at >= since && isWanted(p, from, selection));
      bySubject.set(arn, [...(bySubject.get(arn) ?? []), ...fit]);
    }
  for (const all of bySubject.values()) {
    const sorted = all.sort((a, b) => b.at - a.at);
    const index = from?.Algorithm === 'RANDOM_WITHIN_WINDOW' ? Math.floor(world.random.next() * sorted.length) : 0;
    const point = sorted[index];
    if (point !== undefined) points.push(point);
  }
  return points;
}

const anyLike = (patterns: readonly string[] | undefined, text: string): boolean =>
  (patterns ?? []).some((p) => p === '*' || isLike(p, text));

function isWanted(
  point: Point,
  from: Backup.RestoreTestingRecoveryPointSelection | undefined,
  selection: Backup.RestoreTestingSelectionForCreate,
): boolean {
  const types = from?.RecoveryPointTypes ?? ['SNAPSHOT'];
  if (!types.includes(point.continuous ? 'CONTINUOUS' : 'SNAPSHOT')) return false;
  if (point.subject.type !== selection.ProtectedResourceType) return false;
  const { ProtectedResourceArns: arns, ProtectedResourceConditions: conditions } = selection;
  const named = arns === undefined || arns.length === 0 ? conditions !== undefined : anyLike(arns, point.subject.arn);
  const tag = (key: string | undefined): string | undefined => point.tags[(key ?? '').replace(/^aws:ResourceTag\//, '')];
  return (
    named &&
    (conditions?.StringEquals ?? []).every((c) => tag(c.Key) === c.Value) &&
    (conditions?.StringNotEquals ?? []).every((c) => tag(c.Key) !== c.Value)
  );
}

function planNamed(context: CallContext, name: string | undefined): TestingPlan {
  const plan = context.get(TESTING_PLANS, name ?? '');
  if (plan === undefined)
    throw new ServiceFault('ResourceNotFoundException', `Cannot find the restore testing plan ${name ?? ''}`);
  return plan;
}

function selectionNamed(plan: TestingPlan, name: string | undefined): TestingSelection {
  const selection = plan.selections.get(name ?? '');
  if (selection === undefined)
    throw new ServiceFault('ResourceNotFoundException', `Cannot find the restore testing selection ${name ?? ''}`);
  return selection;
}

function checked(plan: Backup.RestoreTestingPlanForUpdate | undefined): Backup.RestoreTestingPlanForUpdate {
  if (scheduleOf(plan?.ScheduleExpression ?? '', plan?.ScheduleExpressionTimezone) === undefined)
    throw invalid(`Invalid schedule expression ${plan?.ScheduleExpression ?? ''}`);
  return plan ?? {};
}

const planReply = (p: TestingPlan): Backup.RestoreTestingPlanForList => ({
  RestoreTestingPlanArn: p.arn,
  RestoreTestingPlanName: p.name,
  CreationTime: p.created,
  LastUpdateTime: p.updated,
  ScheduleExpression: p.plan.ScheduleExpression ?? '',
  ScheduleExpressionTimezone: p.plan.ScheduleExpressionTimezone ?? 'Etc/UTC',
  StartWindowHours: p.plan.StartWindowHours ?? 24,
  ...(p.lastRun === undefined ? {} : { LastExecutionTime: new Date(p.lastRun) }),
});

const selectionReply = (plan: TestingPlan, { created, selection }: TestingSelection): Backup.RestoreTestingSelectionForGet => ({
  ...selection,
  CreationTime: created,
  RestoreTestingPlanName: plan.name,
});

export const testingOperations = {
  CreateRestoreTestingPlan: ((input, context) => {
    const { RestoreTestingPlanName: name = '', ...given } = input.RestoreTestingPlan ?? {};
    if (context.get(TESTING_PLANS, name) !== undefined) throw new ServiceFault('AlreadyExistsException', `${name} exists.`);
    const plan: TestingPlan = {
      arn: context.arn('backup', `restore-testing-plan:${name}-${context.world.random.hex(8)}`),
      name,
      account: context.account,
      region: context.region,
      created: context.now,
      updated: context.now,
      plan: checked(given),
      lastRun: undefined,
      selections: new Map(),
      stop: () => undefined,
    };
    context.put(TESTING_PLANS, name, plan);
    schedule(context.world, plan);
    return { CreationTime: plan.created, RestoreTestingPlanArn: plan.arn, RestoreTestingPlanName: name };
  }) satisfies Op<Backup.CreateRestoreTestingPlanCommandInput, Backup.CreateRestoreTestingPlanCommandOutput>,
  UpdateRestoreTestingPlan: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    plan.plan = checked({ ...plan.plan, ...input.RestoreTestingPlan });
    plan.updated = context.now;
    schedule(context.world, plan);
    return {
      CreationTime: plan.created,
      UpdateTime: plan.updated,
      RestoreTestingPlanArn: plan.arn,
      RestoreTestingPlanName: plan.name,
    };
  }) satisfies Op<Backup.UpdateRestoreTestingPlanCommandInput, Backup.UpdateRestoreTestingPlanCommandOutput>,
  GetRestoreTestingPlan: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    const selection = plan.plan.RecoveryPointSelection ?? {};
    return { RestoreTestingPlan: { ...planReply(plan), RecoveryPointSelection: selection } };
  }) satisfies Op<Backup.GetRestoreTestingPlanCommandInput, Backup.GetRestoreTestingPlanCommandOutput>,
  ListRestoreTestingPlans: ((input, context) => {
    const { items, next } = page(context.list(TESTING_PLANS), input.NextToken, input.MaxResults ?? 1000);
    return { RestoreTestingPlans: items.map(planReply), ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListRestoreTestingPlansCommandInput, Backup.ListRestoreTestingPlansCommandOutput>,
  DeleteRestoreTestingPlan: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    if (plan.selections.size > 0) throw refused('The plan has selections.');
    plan.stop();
    context.remove(TESTING_PLANS, plan.name);
    return {};
  }) satisfies Op<Backup.DeleteRestoreTestingPlanCommandInput, Backup.DeleteRestoreTestingPlanCommandOutput>,
  CreateRestoreTestingSelection: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    const selection = input.RestoreTestingSelection;
    const name = selection?.RestoreTestingSelectionName ?? '';
    if (selection === undefined) throw invalid('RestoreTestingSelection is required.');
    if (plan.selections.has(name)) throw new ServiceFault('AlreadyExistsException', `${name} exists.`);
    plan.selections.set(name, { created: context.now, selection });
    return {
      CreationTime: context.now,
      RestoreTestingPlanArn: plan.arn,
      RestoreTestingPlanName: plan.name,
      RestoreTestingSelectionName: name,
    };
  }) satisfies Op<Backup.CreateRestoreTestingSelectionCommandInput, Backup.CreateRestoreTestingSelectionCommandOutput>,
  GetRestoreTestingSelection: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    return { RestoreTestingSelection: selectionReply(plan, selectionNamed(plan, input.RestoreTestingSelectionName)) };
  }) satisfies Op<Backup.GetRestoreTestingSelectionCommandInput, Backup.GetRestoreTestingSelectionCommandOutput>,
  ListRestoreTestingSelections: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    const { items, next } = page([...plan.selections.values()], input.NextToken, input.MaxResults ?? 1000);
    const list = items.map((s) => {
      const { CreationTime, IamRoleArn, ProtectedResourceType, RestoreTestingSelectionName, ValidationWindowHours } =
        selectionReply(plan, s);
      return {
        CreationTime,
        IamRoleArn,
        ProtectedResourceType,
        RestoreTestingPlanName: plan.name,
        RestoreTestingSelectionName,
        ValidationWindowHours,
      };
    });
    return { RestoreTestingSelections: list, ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListRestoreTestingSelectionsCommandInput, Backup.ListRestoreTestingSelectionsCommandOutput>,
  DeleteRestoreTestingSelection: ((input, context) => {
    const plan = planNamed(context, input.RestoreTestingPlanName);
    selectionNamed(plan, input.RestoreTestingSelectionName);
    plan.selections.delete(input.RestoreTestingSelectionName ?? '');
    return {};
  }) satisfies Op<Backup.DeleteRestoreTestingSelectionCommandInput, Backup.DeleteRestoreTestingSelectionCommandOutput>,
};
