/**
 * AWS Backup as the world keeps it: plans, vaults, recovery points and jobs. Jobs and recovery points carry the times at which
 * they begin and end and tell their state from the clock, so that a thousand of them cost no event.
 */
import type * as Backup from '@aws-sdk/client-backup';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';

export type Op<I, O> = Operation<I, Reply<O>>;

export const DAY = 24 * 3600 * 1000;
export const MINUTE = 60_000;

export interface Spot {
  readonly world: World;
  readonly account: string;
  readonly region: string;
}

/** A resource of which backups are made or were made. */
export interface Subject {
  readonly arn: string;
  /** As AWS Backup names it: `RDS`, `Aurora`, `DynamoDB` … */
  readonly type: string;
  readonly name: string;
}

/** Makes a resource from a recovery point by the operations of its service; resolves once it is being made. */
export type Restore = (
  context: CallContext,
  point: Point,
  metadata: Readonly<Record<string, string>>,
) => Promise<{ readonly arn: string; readonly isReady: () => boolean }>;

export interface Point {
  readonly arn: string;
  readonly vault: Vault;
  readonly subject: Subject;
  /** Moment whose data it holds; a continuous one reaches from here to now. */
  readonly at: number;
  readonly initiated: number;
  readonly completes: number;
  lifecycle: Backup.Lifecycle | undefined;
  readonly continuous: boolean;
  readonly key: string | undefined;
  readonly creator: Backup.RecoveryPointCreator | undefined;
  readonly role: string | undefined;
  tags: Readonly<Record<string, string>>;
  readonly sourceVault: string | undefined;
  readonly restore: Restore;
  lastRestore: number | undefined;
}

export interface Lock {
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Moment from which nobody can change it; undefined: it can be taken off (governance mode). */
  readonly lockDate: number | undefined;
}

export interface Vault {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly airGapped: boolean;
  readonly key: string | undefined;
  readonly created: Date;
  readonly creatorRequestId: string | undefined;
  lock: Lock | undefined;
  policy: string | undefined;
  notifications: { readonly topic: string; readonly events: readonly Backup.BackupVaultEvent[] } | undefined;
  tags: Readonly<Record<string, string>>;
  readonly points: Map<string, Point>;
  readonly bySubject: Map<string, Point[]>;
  purged: number;
}

export interface Selection {
  readonly id: string;
  readonly created: Date;
  readonly creatorRequestId: string | undefined;
  readonly selection: Backup.BackupSelection;
}

export interface Plan {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly created: Date;
  readonly creatorRequestId: string | undefined;
  version: string;
  name: string;
  rules: readonly Backup.BackupRule[];
  advanced: Backup.AdvancedBackupSetting[] | undefined;
  lastRun: number | undefined;
  tags: Readonly<Record<string, string>>;
  readonly selections: Map<string, Selection>;
  /** Cancels the next run of each rule. */
  stop: (() => void)[];
}

/** What a job and a copy have in common. */
interface Work {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly subject: Subject;
  readonly created: number;
  readonly completes: number;
  readonly role: string | undefined;
  readonly creator: Backup.RecoveryPointCreator | undefined;
  readonly lifecycle: Backup.Lifecycle | undefined;
  failure: { readonly at: number; readonly state: 'FAILED' | 'ABORTED' | 'EXPIRED'; readonly message: string } | undefined;
}

export interface BackupJob extends Work {
  readonly starts: number;
  readonly startBy: number;
  readonly vaultName: string;
  readonly vaultArn: string;
  readonly key: string | undefined;
  readonly point: Point | undefined;
}

export interface CopyJob extends Work {
  readonly sourceVault: string;
  readonly sourcePoint: string;
  readonly destination: string;
  readonly point: Point | undefined;
  readonly backupJob: string | undefined;
}

export interface RestoreJob {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly subject: Subject;
  readonly point: Point;
  readonly role: string | undefined;
  readonly created: number;
  readonly metadata: Readonly<Record<string, string>>;
  status: Backup.RestoreJobStatus;
  message: string | undefined;
  completed: number | undefined;
  resource: string | undefined;
  readonly testing: { readonly plan: string; readonly until: number } | undefined;
  validation: { readonly status: Backup.RestoreValidationStatus; readonly message: string | undefined } | undefined;
}

/** Jobs of one account and Region, oldest first. */
export interface Desk {
  readonly backups: Map<string, BackupJob>;
  readonly copies: Map<string, CopyJob>;
  readonly restores: Map<string, RestoreJob>;
  optIn: Readonly<Record<string, boolean>>;
  management: Readonly<Record<string, boolean>>;
}

export const VAULTS = shelf<Vault>('backup:vault');
export const PLANS = shelf<Plan>('backup:plan');
export const DESKS = shelf<Desk>('backup:desk');

/** Types that a new account backs up by tags, and those that it lets AWS Backup manage in full (DescribeRegionSettings). */
const TYPES = [
  'Aurora',
  'DocumentDB',
  'DynamoDB',
  'EBS',
  'EC2',
  'EFS',
  'FSx',
  'Neptune',
  'RDS',
  'Redshift',
  'S3',
  'Storage Gateway',
];

export function deskOf({ world, account, region }: Spot): Desk {
  const kept = world.get(DESKS, account, region, 'desk');
  if (kept !== undefined) return kept;
  const desk: Desk = {
    backups: new Map(),
    copies: new Map(),
    restores: new Map(),
    optIn: Object.fromEntries(TYPES.map((type) => [type, true])),
    management: { DynamoDB: true, EFS: true },
  };
  world.put(DESKS, account, region, 'desk', desk);
  return desk;
}

export const vaultArn = (account: string, region: string, name: string): string =>
  `arn:aws:backup:${region}:${account}:backup-vault:${name}`;

/** Wherever the ARN says it is. */
export function vaultAt(world: World, arn: string | undefined): Vault | undefined {
  const [, , , region = '', account = '', , name = ''] = (arn ?? '').split(':');
  return world.get(VAULTS, account, region, name);
}

export function vaultNamed(context: CallContext, name: string | undefined): Vault {
  const vault = context.get(VAULTS, name ?? '');
  if (vault === undefined) throw new ServiceFault('ResourceNotFoundException', `Backup vault ${name ?? ''} cannot be found`);
  return vault;
}

export function planNamed(context: CallContext, id: string | undefined): Plan {
  const plan = context.get(PLANS, id ?? '');
  if (plan === undefined) throw new ServiceFault('ResourceNotFoundException', `Cannot find Backup plan with ID ${id ?? ''}`);
  return plan;
}

export const invalid = (message: string): ServiceFault => new ServiceFault('InvalidParameterValueException', message);
export const refused = (message: string): ServiceFault => new ServiceFault('InvalidRequestException', message);

export const isImmutable = (vault: Vault, now: number): boolean =>
  vault.airGapped || (vault.lock?.lockDate !== undefined && vault.lock.lockDate <= now);

/** Days of -1 stand for "always" (API reference, Lifecycle). */
export const deletedAt = (point: Point): number | undefined => {
  const days = point.lifecycle?.DeleteAfterDays;
  return point.continuous || days === undefined || days < 0 ? undefined : point.at + days * DAY;
};

const COLD = new Set(['EFS', 'DynamoDB', 'EBS']);
/** Only some types have cold storage; for the others the setting is ignored (developer guide, feature availability). */
export const coldAt = (point: Point): number | undefined => {
  const days = point.lifecycle?.MoveToColdStorageAfterDays;
  return days === undefined || days < 0 || !COLD.has(point.subject.type) ? undefined : point.at + days * DAY;
};

export const isVisible = (point: Point, now: number): boolean => point.initiated <= now && (deletedAt(point) ?? now + 1) > now;

export function keep(point: Point): void {
  const { vault, subject } = point;
  vault.points.set(point.arn, point);
  const all = vault.bySubject.get(subject.arn);
  if (all === undefined) vault.bySubject.set(subject.arn, [point]);
  else all.push(point);
}

export function discard(point: Point): void {
  const { vault, subject } = point;
  vault.points.delete(point.arn);
  const rest = (vault.bySubject.get(subject.arn) ?? []).filter((p) => p !== point);
  if (rest.length === 0) vault.bySubject.delete(subject.arn);
  else vault.bySubject.set(subject.arn, rest);
}

/** Forgets what has expired. Done once a day for a vault: until then it is only out of sight. */
export function purge(vault: Vault, now: number): void {
  if (now - vault.purged < DAY) return;
  vault.purged = now;
  for (const point of vault.points.values()) if ((deletedAt(point) ?? now + 1) <= now) discard(point);
}

/** An event is this much later, in milliseconds: somewhere between two numbers of minutes, by the world's seed. */
export const lasting = (world: World, [least, most]: readonly [number, number]): number => between(world, least * 60, most * 60);

export function checkLifecycle(lifecycle: Backup.Lifecycle | undefined): void {
  const cold = lifecycle?.MoveToColdStorageAfterDays;
  const end = lifecycle?.DeleteAfterDays;
  if (cold !== undefined && cold > 0 && end !== undefined && end >= 0 && end < cold + 90)
    throw invalid('DeleteAfterDays must be at least 90 days after MoveToColdStorageAfterDays.');
}
