/** Operations on vaults: make, lock, let others in, tell; and on what lies in them. */
import type * as Backup from '@aws-sdk/client-backup';
import { type CallContext, page, ServiceFault } from '../service.ts';
import {
  checkLifecycle,
  coldAt,
  DAY,
  deletedAt,
  invalid,
  isImmutable,
  isVisible,
  type Op,
  type Point,
  refused,
  VAULTS,
  type Vault,
  vaultArn,
  vaultNamed,
} from './backup-model.ts';
import { removePoint } from './backup-points.ts';
import { awsManagedKey, keptKey } from './kms-model.ts';

const NAME = /^[a-zA-Z0-9\-_]{2,50}$/;

function makeVault(
  context: CallContext,
  name: string | undefined,
  given: Pick<Vault, 'airGapped' | 'key' | 'creatorRequestId' | 'lock'> & { readonly tags: Record<string, string> | undefined },
): Vault {
  if (name === undefined || !NAME.test(name)) throw invalid(`Invalid vault name: ${name ?? ''}`);
  if (context.get(VAULTS, name) !== undefined)
    throw new ServiceFault('AlreadyExistsException', `Backup vault with the same name already exists: ${name}`);
  const { account, region } = context;
  const vault: Vault = {
    ...given,
    name,
    arn: vaultArn(account, region, name),
    account,
    region,
    created: context.now,
    policy: undefined,
    notifications: undefined,
    tags: given.tags ?? {},
    points: new Map(),
    bySubject: new Map(),
    purged: context.now.getTime(),
  };
  context.put(VAULTS, name, vault);
  return vault;
}

const createVault: Op<Backup.CreateBackupVaultCommandInput, Backup.CreateBackupVaultCommandOutput> = (input, context) => {
  const key = input.EncryptionKeyArn === undefined ? awsManagedKey(context, 'backup') : keptKey(context, input.EncryptionKeyArn);
  const vault = makeVault(context, input.BackupVaultName, {
    airGapped: false,
    key,
    creatorRequestId: input.CreatorRequestId,
    lock: undefined,
    tags: input.BackupVaultTags,
  });
  return { BackupVaultName: vault.name, BackupVaultArn: vault.arn, CreationDate: vault.created };
};

/** Locked in compliance mode from its creation, under a key of AWS's own unless one is named. */
const createAirGapped: Op<
  Backup.CreateLogicallyAirGappedBackupVaultCommandInput,
  Backup.CreateLogicallyAirGappedBackupVaultCommandOutput
> = (input, context) => {
  const { MinRetentionDays: min, MaxRetentionDays: max } = input;
  if (min === undefined || max === undefined || min < 7 || max < min)
    throw invalid('MinRetentionDays must be at least 7 and at most MaxRetentionDays.');
  const vault = makeVault(context, input.BackupVaultName, {
    airGapped: true,
    key: input.EncryptionKeyArn === undefined ? undefined : keptKey(context, input.EncryptionKeyArn),
    creatorRequestId: input.CreatorRequestId,
    lock: { min, max, lockDate: context.now.getTime() },
    tags: input.BackupVaultTags,
  });
  return { BackupVaultName: vault.name, BackupVaultArn: vault.arn, CreationDate: vault.created, VaultState: 'AVAILABLE' };
};

function visible(vault: Vault, now: number): readonly Point[] {
  return [...vault.points.values()].filter((p) => isVisible(p, now));
}

function described(vault: Vault, now: number): Backup.BackupVaultListMember {
  const { lock } = vault;
  return {
    BackupVaultName: vault.name,
    BackupVaultArn: vault.arn,
    VaultType: vault.airGapped ? 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT' : 'BACKUP_VAULT',
    VaultState: 'AVAILABLE',
    CreationDate: vault.created,
    NumberOfRecoveryPoints: visible(vault, now).length,
    Locked: lock !== undefined,
    ...(vault.key === undefined ? {} : { EncryptionKeyArn: vault.key }),
    ...(vault.creatorRequestId === undefined ? {} : { CreatorRequestId: vault.creatorRequestId }),
    ...(lock?.min === undefined ? {} : { MinRetentionDays: lock.min }),
    ...(lock?.max === undefined ? {} : { MaxRetentionDays: lock.max }),
    ...(lock?.lockDate === undefined ? {} : { LockDate: new Date(lock.lockDate) }),
  };
}

/** Without ChangeableForDays the lock can be taken off: governance mode. The grace time is at least three days. */
const putLock: Op<Backup.PutBackupVaultLockConfigurationCommandInput, Backup.PutBackupVaultLockConfigurationCommandOutput> = (
  input,
  context,
) => {
  const vault = vaultNamed(context, input.BackupVaultName);
  const { MinRetentionDays: min, MaxRetentionDays: max, ChangeableForDays: grace } = input;
  if (isImmutable(vault, context.now.getTime())) throw refused(`The lock of the vault ${vault.name} cannot be changed any more.`);
  if (grace !== undefined && grace < 3) throw invalid('ChangeableForDays must be at least 3.');
  if (min !== undefined && (min < 1 || (max !== undefined && max < min))) throw invalid('The retention days are not valid.');
  vault.lock = { min, max, lockDate: grace === undefined ? undefined : context.now.getTime() + grace * DAY };
  return {};
};

const deleteVault: Op<Backup.DeleteBackupVaultCommandInput, Backup.DeleteBackupVaultCommandOutput> = (input, context) => {
  const vault = vaultNamed(context, input.BackupVaultName);
  if (visible(vault, context.now.getTime()).length > 0)
    throw refused('Backup vault cannot be deleted because it contains recovery points');
  context.remove(VAULTS, vault.name);
  return {};
};

const optional = (date: number | undefined): Date | undefined => (date === undefined ? undefined : new Date(date));

export function pointReply(point: Point, now: number): Backup.RecoveryPointByBackupVault & { StorageClass: Backup.StorageClass } {
  const cold = coldAt(point);
  const done = point.completes <= now;
  return {
    RecoveryPointArn: point.arn,
    BackupVaultName: point.vault.name,
    BackupVaultArn: point.vault.arn,
    SourceBackupVaultArn: point.sourceVault,
    ResourceArn: point.subject.arn,
    ResourceType: point.subject.type,
    ResourceName: point.subject.name,
    CreatedBy: point.creator,
    IamRoleArn: point.role,
    Status: done ? 'COMPLETED' : 'CREATING',
    CreationDate: new Date(point.at),
    InitiationDate: new Date(point.initiated),
    CompletionDate: done ? new Date(point.completes) : undefined,
    BackupSizeInBytes: 0,
    CalculatedLifecycle: { MoveToColdStorageAt: optional(cold), DeleteAt: optional(deletedAt(point)) },
    Lifecycle: point.lifecycle,
    EncryptionKeyArn: point.key === '' ? undefined : point.key,
    IsEncrypted: point.key !== '',
    StorageClass: cold !== undefined && cold <= now ? 'COLD' : 'WARM',
    LastRestoreTime: optional(point.lastRestore),
    IsParent: false,
    VaultType: point.vault.airGapped ? 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT' : 'BACKUP_VAULT',
  };
}

export function pointNamed(context: CallContext, vaultName: string | undefined, arn: string | undefined): Point {
  const point = vaultNamed(context, vaultName).points.get(arn ?? '');
  if (point === undefined || !isVisible(point, context.now.getTime()))
    throw new ServiceFault('ResourceNotFoundException', `Recovery point ${arn ?? ''} cannot be found`);
  return point;
}

/** A time filter without its bound lets everything through. */
export const isWithin = (at: number, after: Date | undefined, before: Date | undefined): boolean =>
  at >= (after?.getTime() ?? Number.NEGATIVE_INFINITY) && at <= (before?.getTime() ?? Number.POSITIVE_INFINITY);

const newestFirst = (a: Point, b: Point): number => b.at - a.at;

const listByVault: Op<Backup.ListRecoveryPointsByBackupVaultCommandInput, Backup.ListRecoveryPointsByBackupVaultCommandOutput> = (
  input,
  context,
) => {
  const vault = vaultNamed(context, input.BackupVaultName);
  const now = context.now.getTime();
  const of = input.ByResourceArn === undefined ? vault.points.values() : (vault.bySubject.get(input.ByResourceArn) ?? []);
  const found = [...of].filter(
    (p) =>
      isVisible(p, now) &&
      (input.ByResourceType === undefined || p.subject.type === input.ByResourceType) &&
      (input.ByBackupPlanId === undefined || p.creator?.BackupPlanId === input.ByBackupPlanId) &&
      isWithin(p.at, input.ByCreatedAfter, input.ByCreatedBefore),
  );
  const { items, next } = page(found.sort(newestFirst), input.NextToken, input.MaxResults ?? 1000);
  const points = items.map((p) => {
    const { StorageClass: _, ...reply } = pointReply(p, now);
    return reply;
  });
  return { RecoveryPoints: points, ...(next === undefined ? {} : { NextToken: next }) };
};

const listByResource: Op<Backup.ListRecoveryPointsByResourceCommandInput, Backup.ListRecoveryPointsByResourceCommandOutput> = (
  input,
  context,
) => {
  const now = context.now.getTime();
  const found = context
    .list(VAULTS)
    .flatMap((v) => v.bySubject.get(input.ResourceArn ?? '') ?? [])
    .filter((p) => isVisible(p, now));
  const { items, next } = page(found.sort(newestFirst), input.NextToken, input.MaxResults ?? 1000);
  const points = items.map((p) => {
    const reply = pointReply(p, now);
    return {
      RecoveryPointArn: reply.RecoveryPointArn,
      CreationDate: reply.CreationDate,
      Status: reply.Status,
      EncryptionKeyArn: reply.EncryptionKeyArn,
      BackupSizeBytes: 0,
      BackupVaultName: reply.BackupVaultName,
      IsParent: false,
      ResourceName: reply.ResourceName,
      VaultType: reply.VaultType,
    };
  });
  return { RecoveryPoints: points, ...(next === undefined ? {} : { NextToken: next }) };
};

export const vaultOperations = {
  CreateBackupVault: createVault,
  CreateLogicallyAirGappedBackupVault: createAirGapped,
  DescribeBackupVault: ((input, context) =>
    described(vaultNamed(context, input.BackupVaultName), context.now.getTime())) satisfies Op<
    Backup.DescribeBackupVaultCommandInput,
    Backup.DescribeBackupVaultCommandOutput
  >,
  ListBackupVaults: ((input, context) => {
    const found = context
      .list(VAULTS)
      .map((v) => described(v, context.now.getTime()))
      .filter((v) => input.ByVaultType === undefined || v.VaultType === input.ByVaultType);
    const { items, next } = page(found, input.NextToken, input.MaxResults ?? 1000);
    return { BackupVaultList: [...items], ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListBackupVaultsCommandInput, Backup.ListBackupVaultsCommandOutput>,
  DeleteBackupVault: deleteVault,
  PutBackupVaultLockConfiguration: putLock,
  DeleteBackupVaultLockConfiguration: ((input, context) => {
    const vault = vaultNamed(context, input.BackupVaultName);
    if (isImmutable(vault, context.now.getTime()))
      throw refused(`The lock of the vault ${vault.name} cannot be deleted any more.`);
    vault.lock = undefined;
    return {};
  }) satisfies Op<Backup.DeleteBackupVaultLockConfigurationCommandInput, Backup.DeleteBackupVaultLockConfigurationCommandOutput>,
  PutBackupVaultAccessPolicy: ((input, context) => {
    vaultNamed(context, input.BackupVaultName).policy = input.Policy;
    return {};
  }) satisfies Op<Backup.PutBackupVaultAccessPolicyCommandInput, Backup.PutBackupVaultAccessPolicyCommandOutput>,
  GetBackupVaultAccessPolicy: ((input, context) => {
    const vault = vaultNamed(context, input.BackupVaultName);
    if (vault.policy === undefined)
      throw new ServiceFault('ResourceNotFoundException', `The vault ${vault.name} has no access policy.`);
    return { BackupVaultName: vault.name, BackupVaultArn: vault.arn, Policy: vault.policy };
  }) satisfies Op<Backup.GetBackupVaultAccessPolicyCommandInput, Backup.GetBackupVaultAccessPolicyCommandOutput>,
  DeleteBackupVaultAccessPolicy: ((input, context) => {
    vaultNamed(context, input.BackupVaultName).policy = undefined;
    return {};
  }) satisfies Op<Backup.DeleteBackupVaultAccessPolicyCommandInput, Backup.DeleteBackupVaultAccessPolicyCommandOutput>,
  PutBackupVaultNotifications: ((input, context) => {
    const notifications = { topic: input.SNSTopicArn ?? '', events: input.BackupVaultEvents ?? [] };
    vaultNamed(context, input.BackupVaultName).notifications = notifications;
    return {};
  }) satisfies Op<Backup.PutBackupVaultNotificationsCommandInput, Backup.PutBackupVaultNotificationsCommandOutput>,
  DeleteBackupVaultNotifications: ((input, context) => {
    vaultNamed(context, input.BackupVaultName).notifications = undefined;
    return {};
  }) satisfies Op<Backup.DeleteBackupVaultNotificationsCommandInput, Backup.DeleteBackupVaultNotificationsCommandOutput>,
  GetBackupVaultNotifications: ((input, context) => {
    const vault = vaultNamed(context, input.BackupVaultName);
    const { notifications } = vault;
    if (notifications === undefined)
      throw new ServiceFault('ResourceNotFoundException', `The vault ${vault.name} notifies nobody.`);
    return {
      BackupVaultName: vault.name,
      BackupVaultArn: vault.arn,
      SNSTopicArn: notifications.topic,
      BackupVaultEvents: [...notifications.events],
    };
  }) satisfies Op<Backup.GetBackupVaultNotificationsCommandInput, Backup.GetBackupVaultNotificationsCommandOutput>,
  ListRecoveryPointsByBackupVault: listByVault,
  ListRecoveryPointsByResource: listByResource,
  DescribeRecoveryPoint: ((input, context) =>
    pointReply(pointNamed(context, input.BackupVaultName, input.RecoveryPointArn), context.now.getTime())) satisfies Op<
    Backup.DescribeRecoveryPointCommandInput,
    Backup.DescribeRecoveryPointCommandOutput
  >,
  UpdateRecoveryPointLifecycle: ((input, context) => {
    const point = pointNamed(context, input.BackupVaultName, input.RecoveryPointArn);
    checkLifecycle(input.Lifecycle);
    const days = input.Lifecycle?.DeleteAfterDays ?? Number.POSITIVE_INFINITY;
    if (point.vault.lock !== undefined && days < (point.lifecycle?.DeleteAfterDays ?? Number.POSITIVE_INFINITY))
      throw refused(`The vault ${point.vault.name} is locked: a retention cannot be shortened.`);
    point.lifecycle = input.Lifecycle;
    return { BackupVaultArn: point.vault.arn, RecoveryPointArn: point.arn, Lifecycle: point.lifecycle };
  }) satisfies Op<Backup.UpdateRecoveryPointLifecycleCommandInput, Backup.UpdateRecoveryPointLifecycleCommandOutput>,
  DeleteRecoveryPoint: ((input, context) => {
    removePoint(pointNamed(context, input.BackupVaultName, input.RecoveryPointArn), context.now.getTime());
    return {};
  }) satisfies Op<Backup.DeleteRecoveryPointCommandInput, Backup.DeleteRecoveryPointCommandOutput>,
};
