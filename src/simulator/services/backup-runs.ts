/** How backups come about: runs of plans, jobs, recovery points and their copies; and what becomes of them when something fails. */
import type * as Backup from '@aws-sdk/client-backup';
import type { World } from '../world/world.ts';
import {
  type BackupJob,
  type CopyJob,
  DAY,
  DESKS,
  type Desk,
  deskOf,
  discard,
  isImmutable,
  keep,
  lasting,
  MINUTE,
  PLANS,
  type Plan,
  type Point,
  purge,
  refused,
  type Spot,
  type Subject,
  VAULTS,
  type Vault,
  vaultArn,
  vaultAt,
} from './backup-model.ts';
import { type Backupable, backupables } from './backup-resources.ts';
import { scheduleOf } from './backup-schedule.ts';
import { assigns, isLike } from './backup-selections.ts';
import { keyUsable, uuid } from './kms-model.ts';
import { settingsOf } from './organizations-model.ts';

/** AWS's own defaults (API reference, BackupRuleInput): daily at 05:00 UTC, 8 hours to start, 7 days to complete. */
export const DAILY = 'cron(0 5 ? * * *)';
const START_WINDOW = 480;
const COMPLETION_WINDOW = 10_080;
/** Minutes. How long jobs take depends on the amount of data; AWS gives no figures: assumptions. */
const BACKUP_TAKES = [2, 25] as const;
const COPY_TAKES = [5, 50] as const;

const newId = (world: World): string => uuid(world.random.hex(32)).toUpperCase();

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

/** A locked vault takes only what is kept as long as it demands (developer guide, "AWS Backup Vault Lock"). */
function lockRefuses(
  vault: Vault,
  lifecycle: Backup.Lifecycle | undefined,
  now: number,
  isContinuous: boolean,
): string | undefined {
  if (vault.lock === undefined) return undefined;
  const days = lifecycle?.DeleteAfterDays;
  const kept = isContinuous ? 35 : days === undefined || days < 0 ? Number.POSITIVE_INFINITY : days;
  const { min, max } = vault.lock;
  if ((min !== undefined && kept < min) || (max !== undefined && kept > max))
    return `The retention of the job is outside of what the lock of the vault ${vault.name} allows (${new Date(now).toISOString()}).`;
  return undefined;
}

type NewPoint = Omit<Point, 'vault' | 'subject' | 'lastRestore'>;

function makePoint(world: World, vault: Vault, subject: Subject, given: NewPoint): Point {
  const point: Point = {
    ...given,
    vault,
    subject,
    lastRestore: undefined,
  };
  purge(vault, world.clock.now());
  keep(point);
  return point;
}

export interface CopyOrder {
  /** ARN of a vault. */
  readonly to: string;
  readonly lifecycle: Backup.Lifecycle | undefined;
  /** Moment, in milliseconds since the epoch. */
  readonly begins: number;
  readonly creator: Backup.RecoveryPointCreator | undefined;
  readonly role: string | undefined;
  readonly backupJob: string | undefined;
}

export function startCopy(spot: Spot, point: Point, order: CopyOrder): CopyJob {
  const { world, account, region } = spot;
  const id = newId(world);
  const vault = vaultAt(world, order.to);
  const completes = order.begins + lasting(world, COPY_TAKES);
  const obstacle =
    vault === undefined
      ? `The destination vault ${order.to} cannot be found.`
      : (whyNoCopy(world, account, vault) ?? lockRefuses(vault, order.lifecycle, order.begins, false));
  const copy =
    vault === undefined || obstacle !== undefined
      ? undefined
      : makePoint(world, vault, point.subject, {
          arn: copyArn(point, vault, id),
          at: point.at,
          initiated: order.begins,
          completes,
          lifecycle: order.lifecycle,
          continuous: false,
          key: vault.key,
          creator: order.creator,
          role: order.role,
          tags: point.tags,
          sourceVault: point.vault.arn,
          restore: point.restore,
        });
  const job: CopyJob = {
    id,
    account,
    region,
    subject: point.subject,
    created: order.begins,
    completes,
    role: order.role,
    creator: order.creator,
    lifecycle: order.lifecycle,
    sourceVault: point.vault.arn,
    sourcePoint: point.arn,
    destination: order.to,
    point: copy,
    backupJob: order.backupJob,
    failure: obstacle === undefined ? undefined : { at: order.begins, state: 'FAILED', message: obstacle },
  };
  deskOf(spot).copies.set(id, job);
  return job;
}

/** A recovery point that its service keeps (a snapshot) has an ARN of the place where the copy is. */
function copyArn(point: Point, vault: Vault, id: string): string {
  const [, , service = 'backup'] = point.arn.split(':');
  const place = `${vault.region}:${vault.account}`;
  const name = id.toLowerCase();
  if (service === 'rds') {
    const kind = point.arn.includes(':cluster-snapshot:') ? 'cluster-snapshot' : 'snapshot';
    return `arn:aws:rds:${place}:${kind}:awsbackup:copyjob-${name}`;
  }
  if (service === 'ec2')
    return `arn:aws:ec2:${vault.region}::${point.arn.split(':').at(-1)?.split('-')[0] ?? 'snapshot/snap'}-${name}`;
  return `arn:aws:backup:${place}:recovery-point:${name}`;
}

/**
 * Copies between accounts need the organisation's consent and the destination's policy (developer guide, "Creating backup copies
 * across AWS accounts"). Accounts of which the world has no organisation are taken to be of one that consents.
 */
function whyNoCopy(world: World, from: string, vault: Vault): string | undefined {
  if (!keyUsable(world, vault.key)) return `The KMS key of the vault ${vault.name} is not usable.`;
  if (vault.account === from) return undefined;
  const settings = settingsOf(world, from);
  if (settings !== undefined && !settings.accounts.has(vault.account)) return 'The accounts are not of one organization.';
  if (settings !== undefined && settings.crossAccountBackup !== true)
    return 'Cross-account backup is not enabled in the organization.';
  return letsIn(vault, from)
    ? undefined
    : `The access policy of the vault ${vault.name} does not allow backup:CopyIntoBackupVault.`;
}

interface PolicyStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | { readonly AWS?: string | readonly string[] };
  readonly Condition?: unknown;
}

/** A condition is taken to be fulfilled: most name the organisation, which has been looked at already. */
function letsIn(vault: Vault, account: string): boolean {
  const parsed = JSON.parse(vault.policy ?? '{}') as { readonly Statement?: PolicyStatement | readonly PolicyStatement[] };
  return [parsed.Statement ?? []].flat().some((s) => {
    const who = typeof s.Principal === 'string' ? [s.Principal] : [s.Principal?.AWS ?? []].flat();
    return (
      s.Effect === 'Allow' &&
      [s.Action ?? []].flat().some((a) => isLike(a.toLowerCase(), 'backup:copyintobackupvault')) &&
      who.some((p) => p === '*' || p === account || p.startsWith(`arn:aws:iam::${account}:`))
    );
  });
}

/** What has not come to its end fails, and leaves nothing behind. */
function fail(job: BackupJob | CopyJob, now: number, message: string): void {
  if (job.failure !== undefined || job.completes <= now) return;
  job.failure = { at: Math.max(now, job.created), state: 'FAILED', message };
  if (job.point !== undefined && !job.point.continuous) discard(job.point);
}

/** Deletes a recovery point, unless its vault holds it until its time. */
export function removePoint(point: Point, now: number): void {
  if (point.vault.airGapped || point.vault.lock !== undefined)
    throw refused(`The recovery point cannot be deleted: the vault ${point.vault.name} is locked.`);
  if (point.completes > now) throw refused('The recovery point is being created.');
  discard(point);
}

export function begin(world: World): void {
  world.onFault((fault, _, how) => {
    if (how !== 'begins') return;
    const now = world.clock.now();
    if (fault.kind === 'region-loss') loseRegion(world, fault.region, now);
    else if (fault.kind === 'deleted') deleted(world, fault.arn, now);
    else if (fault.kind === 'account-compromised') compromised(world, fault.account, now);
  });
}

function loseRegion(world: World, region: string, now: number): void {
  const unfinished: (BackupJob | CopyJob)[] = [];
  for (const { item: desk } of world.everywhere(DESKS)) {
    for (const job of desk.backups.values()) if (job.region === region) unfinished.push(job);
    for (const job of desk.copies.values())
      if (job.region === region || job.destination.split(':')[3] === region) unfinished.push(job);
    for (const job of desk.restores.values())
      if (job.region === region && job.completed === undefined) {
        job.status = 'FAILED';
        job.message = `${region} does not answer.`;
        job.completed = now;
      }
  }
  for (const job of unfinished) fail(job, now, `${region} does not answer.`);
}

function deleted(world: World, arn: string, now: number): void {
  for (const { account, region, item } of world.everywhere(PLANS)) if (item.arn === arn) dropPlan(world, account, region, item);
  for (const { account, region, item } of world.everywhere(VAULTS)) {
    if (isImmutable(item, now)) continue;
    const point = item.points.get(arn);
    if (point !== undefined) discard(point);
    if (item.arn === arn) world.remove(VAULTS, account, region, item.name);
  }
}

export function dropPlan(world: World, account: string, region: string, plan: Plan): void {
  for (const stop of plan.stop) stop();
  plan.stop = [];
  plan.selections.clear();
  world.remove(PLANS, account, region, plan.id);
}

/** An administrator takes off every lock that can be taken off, and deletes what is left unlocked, plans included. */
function compromised(world: World, account: string, now: number): void {
  for (const { account: owner, region, item } of world.everywhere(PLANS))
    if (owner === account) dropPlan(world, owner, region, item);
  for (const { account: owner, region, item } of world.everywhere(VAULTS)) {
    if (owner !== account || isImmutable(item, now)) continue;
    item.lock = undefined;
    for (const point of item.points.values()) discard(point);
    world.remove(VAULTS, owner, region, item.name);
  }
}
