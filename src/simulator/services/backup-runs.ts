/** How backups come about: runs of plans, and the jobs that make recovery points. */
import type * as Backup from '@aws-sdk/client-backup';
import type { World } from '../world/world.ts';
import { startCopy } from './backup-copies.ts';
import {
  type BackupJob,
  DAY,
  type Desk,
  deskOf,
  lasting,
  MINUTE,
  PLANS,
  type Plan,
  type Point,
  type Spot,
  VAULTS,
  type Vault,
  vaultArn,
} from './backup-model.ts';
import { lockRefuses, makePoint, newId } from './backup-points.ts';
import { type Backupable, backupables } from './backup-resources.ts';
import { scheduleOf } from './backup-schedule.ts';
import { assigns } from './backup-selections.ts';
import { keyUsable } from './kms-model.ts';

/** AWS's own defaults (API reference, BackupRuleInput): daily at 05:00 UTC, 8 hours to start, 7 days to complete. */
export const DAILY = 'cron(0 5 ? * * *)';
const START_WINDOW = 480;
const COMPLETION_WINDOW = 10_080;
/** Minutes. How long a backup takes depends on the amount of data; AWS gives no figures: an assumption. */
const BACKUP_TAKES = [2, 25] as const;

/** Each rule of the plan runs at its next time, and again after that. Called again whenever its rules change. */
export function schedule(world: World, plan: Plan): void {
  for (const stop of plan.stop) stop();
  plan.stop = plan.rules.map((rule, index) => {
    const next = scheduleOf(rule.ScheduleExpression ?? DAILY, rule.ScheduleExpressionTimezone);
    const again = (): (() => void) => {
      const at = next?.(world.clock.now());
      if (at === undefined) return () => undefined;
      return world.clock.at(at, () => {
        plan.stop[index] = again();
        run(world, plan, rule);
      });
    };
    return again();
  });
}

export function dropPlan(world: World, account: string, region: string, plan: Plan): void {
  for (const stop of plan.stop) stop();
  plan.stop = [];
  plan.selections.clear();
  world.remove(PLANS, account, region, plan.id);
}

function run(world: World, plan: Plan, rule: Backup.BackupRule): void {
  const spot = { world, account: plan.account, region: plan.region };
  if (world.regionIsLost(plan.region)) return;
  const now = world.clock.now();
  plan.lastRun = now;
  const desk = deskOf(spot);
  const selections = [...plan.selections.values()];
  if (selections.length === 0) return;
  forget(desk, now);
  const creator: Backup.RecoveryPointCreator = {
    BackupPlanId: plan.id,
    BackupPlanArn: plan.arn,
    BackupPlanVersion: plan.version,
    BackupRuleId: rule.RuleId ?? '',
  };
  for (const resource of backupables(spot)) {
    const chosen = selections.find((s) => assigns(s.selection, resource, desk.optIn[resource.type] === true));
    if (chosen !== undefined) byRule(spot, creator, rule, resource, chosen.selection.IamRoleArn);
  }
}

/** Jobs are shown for 30 days (developer guide, "Monitoring"). */
function forget(desk: Desk, now: number): void {
  for (const jobs of [desk.backups, desk.copies])
    for (const [id, job] of jobs) {
      if (job.created > now - 30 * DAY) break;
      jobs.delete(id);
    }
}

function byRule(
  spot: Spot,
  creator: Backup.RecoveryPointCreator,
  rule: Backup.BackupRule,
  resource: Backupable,
  role: string | undefined,
): void {
  const job = startBackup(spot, resource, {
    vaultName: rule.TargetBackupVaultName ?? '',
    startWindow: rule.StartWindowMinutes ?? START_WINDOW,
    completionWindow: rule.CompletionWindowMinutes ?? COMPLETION_WINDOW,
    lifecycle: rule.Lifecycle,
    isContinuous: rule.EnableContinuousBackup === true,
    tags: rule.RecoveryPointTags ?? {},
    creator,
    role,
    spread: true,
  });
  const { point } = job;
  if (point === undefined) return;
  // Copies of continuous backups are snapshots of the moment.
  const of = point.continuous ? { ...point, at: job.starts, continuous: false } : point;
  const copies = (rule.CopyActions ?? []).map((c) => ({
    to: c.DestinationBackupVaultArn,
    lifecycle: c.Lifecycle ?? rule.Lifecycle,
  }));
  const airGapped = rule.TargetLogicallyAirGappedBackupVaultArn;
  if (airGapped !== undefined) copies.push({ to: airGapped, lifecycle: rule.Lifecycle });
  for (const { to, lifecycle } of copies)
    startCopy(spot, of, { to: to ?? '', lifecycle, begins: job.completes, creator, role, backupJob: job.id });
}

export interface BackupOrder {
  readonly vaultName: string;
  /** Minutes. */
  readonly startWindow: number;
  readonly completionWindow: number;
  readonly lifecycle: Backup.Lifecycle | undefined;
  readonly isContinuous: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly creator: Backup.RecoveryPointCreator | undefined;
  readonly role: string | undefined;
  /** Jobs of plans start at any time within their window. */
  readonly spread: boolean;
}

export function startBackup(spot: Spot, resource: Backupable, order: BackupOrder): BackupJob {
  const { world, account, region } = spot;
  const now = world.clock.now();
  const vault = world.get(VAULTS, account, region, order.vaultName);
  const id = newId(world);
  const subject = { arn: resource.arn, type: resource.type, name: resource.name };
  const starts = now + (order.spread ? Math.floor(world.random.next() * order.startWindow * MINUTE) : 0);
  const completes = starts + lasting(world, BACKUP_TAKES);
  const obstacle =
    vault === undefined ? `Backup vault ${order.vaultName} cannot be found.` : whyNot(world, vault, resource, order, now);
  const late = completes > starts + order.completionWindow * MINUTE;
  const isContinuous = order.isContinuous && resource.continuous;
  const point =
    vault === undefined || obstacle !== undefined || late
      ? undefined
      : ((isContinuous ? continuousOf(vault, resource.arn) : undefined) ??
        makePoint(world, vault, subject, {
          arn: isContinuous
            ? `arn:aws:backup:${region}:${account}:recovery-point:continuous:${id}`
            : `${resource.points}${id.toLowerCase()}`,
          at: starts,
          initiated: starts,
          completes,
          lifecycle: order.lifecycle,
          continuous: isContinuous,
          key: resource.key ?? vault.key,
          creator: order.creator,
          role: order.role,
          tags: order.tags,
          sourceVault: undefined,
          restore: resource.capture(),
        }));
  const job: BackupJob = {
    id,
    account,
    region,
    subject,
    created: now,
    starts,
    completes,
    startBy: now + order.startWindow * MINUTE,
    vaultName: order.vaultName,
    vaultArn: vaultArn(account, region, order.vaultName),
    key: point?.key,
    point,
    role: order.role,
    creator: order.creator,
    lifecycle: order.lifecycle,
    failure:
      obstacle !== undefined
        ? { at: starts, state: 'FAILED', message: obstacle }
        : late
          ? { at: completes, state: 'EXPIRED', message: 'The job did not complete within its window.' }
          : undefined,
  };
  deskOf(spot).backups.set(id, job);
  return job;
}

function continuousOf(vault: Vault, arn: string): Point | undefined {
  return vault.bySubject.get(arn)?.find((p) => p.continuous);
}

function whyNot(
  world: World,
  vault: Vault,
  resource: Backupable,
  order: { readonly lifecycle: Backup.Lifecycle | undefined; readonly isContinuous: boolean },
  now: number,
): string | undefined {
  if (resource.obstacle !== undefined) return resource.obstacle;
  if (!keyUsable(world, resource.key === undefined ? vault.key : resource.key)) return 'The KMS key is not usable.';
  return lockRefuses(vault, order.isContinuous && resource.continuous ? undefined : order.lifecycle, now, order.isContinuous);
}
