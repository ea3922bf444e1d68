/** Operations on backup plans and their selections. */
import type * as Backup from '@aws-sdk/client-backup';
import { type CallContext, page, ServiceFault } from '../service.ts';
import { checkLifecycle, invalid, type Op, PLANS, type Plan, planNamed, refused, type Selection } from './backup-model.ts';
import { DAILY, dropPlan, schedule } from './backup-runs.ts';
import { scheduleOf } from './backup-schedule.ts';
import { uuid } from './kms-model.ts';

/** Both windows have their least (API reference, BackupRuleInput). */
const LEAST_WINDOW = 60;

const newId = (context: CallContext): string => uuid(context.world.random.hex(32));
const version = (context: CallContext): string => Buffer.from(newId(context)).toString('base64');

function rulesOf(context: CallContext, given: readonly Backup.BackupRuleInput[] | undefined): readonly Backup.BackupRule[] {
  if (given === undefined || given.length === 0) throw invalid('A backup plan needs at least one rule.');
  const names = new Set(given.map((r) => r.RuleName));
  if (names.size < given.length) throw invalid('Rule names must be unique within a plan.');
  return given.map((rule) => {
    const expression = rule.ScheduleExpression ?? DAILY;
    if (scheduleOf(expression, rule.ScheduleExpressionTimezone) === undefined)
      throw invalid(`Invalid cron expression ${expression}`);
    if ((rule.StartWindowMinutes ?? LEAST_WINDOW) < LEAST_WINDOW) throw invalid('StartWindowMinutes must be at least 60.');
    checkLifecycle(rule.Lifecycle);
    for (const copy of rule.CopyActions ?? []) checkLifecycle(copy.Lifecycle);
    return {
      StartWindowMinutes: 480,
      CompletionWindowMinutes: 10_080,
      ScheduleExpressionTimezone: 'Etc/UTC',
      EnableContinuousBackup: false,
      ...rule,
      ScheduleExpression: expression,
      RuleId: newId(context),
    };
  });
}

const createPlan: Op<Backup.CreateBackupPlanCommandInput, Backup.CreateBackupPlanCommandOutput> = (input, context) => {
  const given = input.BackupPlan;
  const twin = context.list(PLANS).find((p) => p.creatorRequestId !== undefined && p.creatorRequestId === input.CreatorRequestId);
  if (twin !== undefined) throw new ServiceFault('AlreadyExistsException', 'Backup plan with the same plan document exists');
  const id = newId(context);
  const plan: Plan = {
    id,
    arn: context.arn('backup', `backup-plan:${id}`),
    account: context.account,
    region: context.region,
    created: context.now,
    creatorRequestId: input.CreatorRequestId,
    version: version(context),
    name: given?.BackupPlanName ?? '',
    rules: rulesOf(context, given?.Rules),
    advanced: given?.AdvancedBackupSettings,
    lastRun: undefined,
    tags: input.BackupPlanTags ?? {},
    selections: new Map(),
    stop: [],
  };
  context.put(PLANS, id, plan);
  schedule(context.world, plan);
  return { ...identity(plan), CreationDate: plan.created, ...advanced(plan) };
};

const identity = (plan: Plan): { BackupPlanId: string; BackupPlanArn: string; VersionId: string } => ({
  BackupPlanId: plan.id,
  BackupPlanArn: plan.arn,
  VersionId: plan.version,
});
const advanced = (plan: Plan): { AdvancedBackupSettings?: Backup.AdvancedBackupSetting[] } =>
  plan.advanced === undefined ? {} : { AdvancedBackupSettings: plan.advanced };
const lastRun = (plan: Plan): { LastExecutionDate?: Date } =>
  plan.lastRun === undefined ? {} : { LastExecutionDate: new Date(plan.lastRun) };

const updatePlan: Op<Backup.UpdateBackupPlanCommandInput, Backup.UpdateBackupPlanCommandOutput> = (input, context) => {
  const plan = planNamed(context, input.BackupPlanId);
  plan.rules = rulesOf(context, input.BackupPlan?.Rules);
  plan.name = input.BackupPlan?.BackupPlanName ?? plan.name;
  plan.advanced = input.BackupPlan?.AdvancedBackupSettings;
  plan.version = version(context);
  schedule(context.world, plan);
  return { ...identity(plan), CreationDate: plan.created, ...advanced(plan) };
};

const createSelection: Op<Backup.CreateBackupSelectionCommandInput, Backup.CreateBackupSelectionCommandOutput> = (
  input,
  context,
) => {
  const plan = planNamed(context, input.BackupPlanId);
  const given = input.BackupSelection;
  if (given === undefined) throw invalid('BackupSelection is required.');
  const isOpen = (given.Resources ?? []).length === 0 && (given.ListOfTags ?? []).length === 0;
  if (isOpen && given.Conditions === undefined && given.NotResources === undefined)
    throw invalid('A selection needs resources, tags or conditions.');
  if ([...plan.selections.values()].some((s) => s.selection.SelectionName === given.SelectionName))
    throw new ServiceFault('AlreadyExistsException', `The selection ${given.SelectionName ?? ''} exists.`);
  const id = newId(context);
  const selection: Selection = { id, created: context.now, creatorRequestId: input.CreatorRequestId, selection: given };
  plan.selections.set(id, selection);
  return { SelectionId: id, BackupPlanId: plan.id, CreationDate: selection.created };
};

function selectionNamed(plan: Plan, id: string | undefined): Selection {
  const selection = plan.selections.get(id ?? '');
  if (selection === undefined) throw new ServiceFault('ResourceNotFoundException', `Cannot find the selection ${id ?? ''}`);
  return selection;
}

export const planOperations = {
  CreateBackupPlan: createPlan,
  UpdateBackupPlan: updatePlan,
  GetBackupPlan: ((input, context) => {
    const plan = planNamed(context, input.BackupPlanId);
    return {
      BackupPlan: { BackupPlanName: plan.name, Rules: [...plan.rules], ...advanced(plan) },
      ...identity(plan),
      CreationDate: plan.created,
      ...lastRun(plan),
      ...advanced(plan),
    };
  }) satisfies Op<Backup.GetBackupPlanCommandInput, Backup.GetBackupPlanCommandOutput>,
  ListBackupPlans: ((input, context) => {
    const { items, next } = page(context.list(PLANS), input.NextToken, input.MaxResults ?? 1000);
    const plans = items.map((p) => ({
      ...identity(p),
      BackupPlanName: p.name,
      CreationDate: p.created,
      ...lastRun(p),
      ...advanced(p),
    }));
    return { BackupPlansList: plans, ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListBackupPlansCommandInput, Backup.ListBackupPlansCommandOutput>,
  DeleteBackupPlan: ((input, context) => {
    const plan = planNamed(context, input.BackupPlanId);
    if (plan.selections.size > 0) throw refused('Related backup plan selections must be deleted prior to backup plan deletion');
    dropPlan(context.world, context.account, context.region, plan);
    return { ...identity(plan), DeletionDate: context.now };
  }) satisfies Op<Backup.DeleteBackupPlanCommandInput, Backup.DeleteBackupPlanCommandOutput>,
  CreateBackupSelection: createSelection,
  GetBackupSelection: ((input, context) => {
    const plan = planNamed(context, input.BackupPlanId);
    const { id, created, selection } = selectionNamed(plan, input.SelectionId);
    return { BackupSelection: selection, SelectionId: id, BackupPlanId: plan.id, CreationDate: created };
  }) satisfies Op<Backup.GetBackupSelectionCommandInput, Backup.GetBackupSelectionCommandOutput>,
  ListBackupSelections: ((input, context) => {
    const plan = planNamed(context, input.BackupPlanId);
    const { items, next } = page([...plan.selections.values()], input.NextToken, input.MaxResults ?? 1000);
    const list = items.map(({ id, created, selection }) => ({
      SelectionId: id,
      SelectionName: selection.SelectionName,
      BackupPlanId: plan.id,
      CreationDate: created,
      IamRoleArn: selection.IamRoleArn,
    }));
    return { BackupSelectionsList: list, ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListBackupSelectionsCommandInput, Backup.ListBackupSelectionsCommandOutput>,
  // Reports of AWS Backup Audit Manager are not simulated: nobody has any.
  ListReportPlans: (() => ({ ReportPlans: [] })) satisfies Op<
    Backup.ListReportPlansCommandInput,
    Backup.ListReportPlansCommandOutput
  >,
  DeleteBackupSelection: ((input, context) => {
    const plan = planNamed(context, input.BackupPlanId);
    plan.selections.delete(selectionNamed(plan, input.SelectionId).id);
    return {};
  }) satisfies Op<Backup.DeleteBackupSelectionCommandInput, Backup.DeleteBackupSelectionCommandOutput>,
};
