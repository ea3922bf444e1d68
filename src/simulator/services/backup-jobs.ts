/** Operations on backup and copy jobs, on what is protected, and on settings and tags. */
import type * as Backup from '@aws-sdk/client-backup';
import { type CallContext, page, ServiceFault } from '../service.ts';
import { startCopy } from './backup-copies.ts';
import {
  type BackupJob,
  type CopyJob,
  checkLifecycle,
  deskOf,
  discard,
  invalid,
  isVisible,
  type Op,
  PLANS,
  type Point,
  refused,
  VAULTS,
  vaultNamed,
} from './backup-model.ts';
import { backupables } from './backup-resources.ts';
import { startBackup } from './backup-runs.ts';
import { isWithin, pointNamed } from './backup-vaults.ts';
import { keepOrganisation, organisationOf } from './organizations-model.ts';

const startBackupJob: Op<Backup.StartBackupJobCommandInput, Backup.StartBackupJobCommandOutput> = (input, context) => {
  vaultNamed(context, input.BackupVaultName);
  checkLifecycle(input.Lifecycle);
  const resource = backupables(context).find((r) => r.arn === input.ResourceArn);
  if (resource === undefined) throw invalid(`Resource ${input.ResourceArn ?? ''} does not exist or cannot be backed up.`);
  const job = startBackup(context, resource, {
    vaultName: input.BackupVaultName ?? '',
    startWindow: input.StartWindowMinutes ?? 480,
    completionWindow: input.CompleteWindowMinutes ?? 10_080,
    lifecycle: input.Lifecycle,
    isContinuous: false,
    tags: input.RecoveryPointTags ?? {},
    creator: undefined,
    role: input.IamRoleArn,
    spread: false,
  });
  return { BackupJobId: job.id, CreationDate: new Date(job.created), RecoveryPointArn: job.point?.arn, IsParent: false };
};

const startCopyJob: Op<Backup.StartCopyJobCommandInput, Backup.StartCopyJobCommandOutput> = (input, context) => {
  const point = pointNamed(context, input.SourceBackupVaultName, input.RecoveryPointArn);
  const now = context.now.getTime();
  if (point.completes > now) throw refused('The recovery point is being created.');
  if (point.continuous) throw refused('A continuous backup cannot be copied on demand.');
  checkLifecycle(input.Lifecycle);
  const job = startCopy(context, point, {
    to: input.DestinationBackupVaultArn ?? '',
    lifecycle: input.Lifecycle ?? point.lifecycle,
    begins: now,
    creator: undefined,
    role: input.IamRoleArn,
    backupJob: undefined,
  });
  return { CopyJobId: job.id, CreationDate: new Date(job.created), IsParent: false };
};

function backupState(job: BackupJob, now: number): Backup.BackupJobState {
  if (job.failure !== undefined && job.failure.at <= now) return job.failure.state;
  if (now < job.starts) return 'CREATED';
  return now < job.completes ? 'RUNNING' : 'COMPLETED';
}

function endOf(job: BackupJob | CopyJob, now: number): Date | undefined {
  const end = job.failure?.at ?? job.completes;
  return end <= now ? new Date(end) : undefined;
}

function backupReply(job: BackupJob, now: number): Backup.BackupJob {
  const state = backupState(job, now);
  const begun = now >= job.starts && job.failure === undefined;
  return {
    AccountId: job.account,
    BackupJobId: job.id,
    BackupVaultName: job.vaultName,
    BackupVaultArn: job.vaultArn,
    RecoveryPointArn: begun ? job.point?.arn : undefined,
    ResourceArn: job.subject.arn,
    ResourceType: job.subject.type,
    ResourceName: job.subject.name,
    CreationDate: new Date(job.created),
    CompletionDate: endOf(job, now),
    State: state,
    StatusMessage: job.failure !== undefined && job.failure.at <= now ? job.failure.message : undefined,
    PercentDone: state === 'COMPLETED' ? '100.0' : '0.0',
    BackupSizeInBytes: 0,
    IamRoleArn: job.role,
    CreatedBy: job.creator,
    StartBy: new Date(job.startBy),
    InitiationDate: begun ? new Date(job.starts) : undefined,
    IsParent: false,
  };
}

function copyReply(job: CopyJob, now: number): Backup.CopyJob {
  const failed = job.failure !== undefined && job.failure.at <= now;
  return {
    AccountId: job.account,
    CopyJobId: job.id,
    SourceBackupVaultArn: job.sourceVault,
    SourceRecoveryPointArn: job.sourcePoint,
    DestinationBackupVaultArn: job.destination,
    DestinationRecoveryPointArn: job.point?.arn,
    DestinationRecoveryPointLifecycle: job.lifecycle,
    ResourceArn: job.subject.arn,
    ResourceType: job.subject.type,
    ResourceName: job.subject.name,
    CreationDate: new Date(job.created),
    CompletionDate: endOf(job, now),
    State: failed ? 'FAILED' : now < job.completes ? 'RUNNING' : 'COMPLETED',
    StatusMessage: failed ? job.failure?.message : undefined,
    BackupSizeInBytes: 0,
    IamRoleArn: job.role,
    CreatedBy: job.creator,
    CreatedByBackupJobId: job.backupJob,
    IsParent: false,
  };
}

function jobNamed<T extends { readonly created: number }>(jobs: Map<string, T>, id: string | undefined, now: number): T {
  const job = jobs.get(id ?? '');
  if (job === undefined || job.created > now)
    throw new ServiceFault('ResourceNotFoundException', `Cannot find the job ${id ?? ''}`);
  return job;
}

/** Newest first, without those that have not begun. */
function shown<T extends { readonly created: number }, R extends { readonly CreationDate?: Date | undefined }>(
  jobs: Map<string, T>,
  now: number,
  reply: (job: T, now: number) => R,
  wanted: (reply: R) => boolean,
): readonly R[] {
  const found: R[] = [];
  for (const job of jobs.values()) {
    if (job.created > now) continue;
    const one = reply(job, now);
    if (wanted(one)) found.push(one);
  }
  return found.sort((a, b) => (b.CreationDate?.getTime() ?? 0) - (a.CreationDate?.getTime() ?? 0));
}

const listBackupJobs: Op<Backup.ListBackupJobsCommandInput, Backup.ListBackupJobsCommandOutput> = (input, context) => {
  const found = shown(
    deskOf(context).backups,
    context.now.getTime(),
    backupReply,
    (j) =>
      (input.ByResourceArn === undefined || j.ResourceArn === input.ByResourceArn) &&
      (input.ByState === undefined || j.State === input.ByState) &&
      (input.ByBackupVaultName === undefined || j.BackupVaultName === input.ByBackupVaultName) &&
      (input.ByResourceType === undefined || j.ResourceType === input.ByResourceType) &&
      isWithin(j.CreationDate?.getTime() ?? 0, input.ByCreatedAfter, input.ByCreatedBefore),
  );
  const { items, next } = page(found, input.NextToken, input.MaxResults ?? 1000);
  return { BackupJobs: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

const listCopyJobs: Op<Backup.ListCopyJobsCommandInput, Backup.ListCopyJobsCommandOutput> = (input, context) => {
  const found = shown(
    deskOf(context).copies,
    context.now.getTime(),
    copyReply,
    (j) =>
      (input.ByResourceArn === undefined || j.ResourceArn === input.ByResourceArn) &&
      (input.ByState === undefined || j.State === input.ByState) &&
      (input.ByDestinationVaultArn === undefined || j.DestinationBackupVaultArn === input.ByDestinationVaultArn) &&
      (input.ByResourceType === undefined || j.ResourceType === input.ByResourceType) &&
      isWithin(j.CreationDate?.getTime() ?? 0, input.ByCreatedAfter, input.ByCreatedBefore),
  );
  const { items, next } = page(found, input.NextToken, input.MaxResults ?? 1000);
  return { CopyJobs: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

/** The newest complete recovery point of each resource that has one. */
function protectedResources(context: CallContext): readonly Backup.ProtectedResource[] {
  const now = context.now.getTime();
  const newest = new Map<string, Point>();
  for (const vault of context.list(VAULTS))
    for (const [arn, points] of vault.bySubject)
      for (const point of points) {
        if (point.completes > now || !isVisible(point, now)) continue;
        if (point.at > (newest.get(arn)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(arn, point);
      }
  return [...newest].map(([arn, point]) => ({
    ResourceArn: arn,
    ResourceType: point.subject.type,
    ResourceName: point.subject.name,
    LastBackupTime: new Date(point.at),
    LastBackupVaultArn: point.vault.arn,
    LastRecoveryPointArn: point.arn,
  }));
}

/** What can carry tags: vaults, plans and recovery points. */
function tagged(context: CallContext, arn: string | undefined): { tags: Readonly<Record<string, string>> } {
  const id = (arn ?? '').split(':').slice(6).join(':');
  const found =
    context.get(VAULTS, id) ??
    context.get(PLANS, id) ??
    context
      .list(VAULTS)
      .map((v) => v.points.get(arn ?? ''))
      .find((p) => p !== undefined);
  if (found === undefined) throw new ServiceFault('ResourceNotFoundException', `Cannot find ${arn ?? ''}`);
  return found;
}

const CROSS_ACCOUNT = 'isCrossAccountBackupEnabled';

const describeGlobal: Op<Backup.DescribeGlobalSettingsCommandInput, Backup.DescribeGlobalSettingsCommandOutput> = (
  _,
  { world, account },
) => ({ GlobalSettings: { [CROSS_ACCOUNT]: String(organisationOf(world, account)?.crossAccountBackup ?? false) } });

/** Only the organisation's management account may say so (UpdateGlobalSettings). */
const updateGlobal: Op<Backup.UpdateGlobalSettingsCommandInput, Backup.UpdateGlobalSettingsCommandOutput> = (input, context) => {
  const organisation = organisationOf(context.world, context.account);
  if (organisation === undefined || organisation.management !== context.account)
    throw refused('Only the management account of an organization can change the global settings.');
  organisation.crossAccountBackup = input.GlobalSettings?.[CROSS_ACCOUNT] === 'true';
  keepOrganisation(context.world, organisation);
  return {};
};

export const jobOperations = {
  StartBackupJob: startBackupJob,
  DescribeBackupJob: ((input, context) => {
    const now = context.now.getTime();
    return backupReply(jobNamed(deskOf(context).backups, input.BackupJobId, now), now);
  }) satisfies Op<Backup.DescribeBackupJobCommandInput, Backup.DescribeBackupJobCommandOutput>,
  ListBackupJobs: listBackupJobs,
  StopBackupJob: ((input, context) => {
    const now = context.now.getTime();
    const job = jobNamed(deskOf(context).backups, input.BackupJobId, now);
    if (endOf(job, now) !== undefined) throw refused(`The job ${job.id} has ended.`);
    job.failure = { at: now, state: 'ABORTED', message: 'The job was stopped.' };
    if (job.point !== undefined && !job.point.continuous) discard(job.point);
    return {};
  }) satisfies Op<Backup.StopBackupJobCommandInput, Backup.StopBackupJobCommandOutput>,
  StartCopyJob: startCopyJob,
  DescribeCopyJob: ((input, context) => {
    const now = context.now.getTime();
    return { CopyJob: copyReply(jobNamed(deskOf(context).copies, input.CopyJobId, now), now) };
  }) satisfies Op<Backup.DescribeCopyJobCommandInput, Backup.DescribeCopyJobCommandOutput>,
  ListCopyJobs: listCopyJobs,
  ListProtectedResources: ((input, context) => {
    const { items, next } = page(protectedResources(context), input.NextToken, input.MaxResults ?? 1000);
    return { Results: [...items], ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListProtectedResourcesCommandInput, Backup.ListProtectedResourcesCommandOutput>,
  DescribeProtectedResource: ((input, context) => {
    const found = protectedResources(context).find((r) => r.ResourceArn === input.ResourceArn);
    if (found === undefined)
      throw new ServiceFault('ResourceNotFoundException', `${input.ResourceArn ?? ''} has no recovery point`);
    return found;
  }) satisfies Op<Backup.DescribeProtectedResourceCommandInput, Backup.DescribeProtectedResourceCommandOutput>,
  DescribeRegionSettings: ((_, context) => {
    const desk = deskOf(context);
    return {
      ResourceTypeOptInPreference: { ...desk.optIn },
      ResourceTypeManagementPreference: { ...desk.management },
    };
  }) satisfies Op<Backup.DescribeRegionSettingsCommandInput, Backup.DescribeRegionSettingsCommandOutput>,
  UpdateRegionSettings: ((input, context) => {
    const desk = deskOf(context);
    desk.optIn = { ...desk.optIn, ...input.ResourceTypeOptInPreference };
    desk.management = { ...desk.management, ...input.ResourceTypeManagementPreference };
    return {};
  }) satisfies Op<Backup.UpdateRegionSettingsCommandInput, Backup.UpdateRegionSettingsCommandOutput>,
  DescribeGlobalSettings: describeGlobal,
  UpdateGlobalSettings: updateGlobal,
  ListTags: ((input, context) => {
    const tags = Object.entries(tagged(context, input.ResourceArn).tags);
    const { items, next } = page(tags, input.NextToken, input.MaxResults ?? 1000);
    return { Tags: Object.fromEntries(items), ...(next === undefined ? {} : { NextToken: next }) };
  }) satisfies Op<Backup.ListTagsCommandInput, Backup.ListTagsCommandOutput>,
  TagResource: ((input, context) => {
    const on = tagged(context, input.ResourceArn);
    on.tags = { ...on.tags, ...input.Tags };
    return {};
  }) satisfies Op<Backup.TagResourceCommandInput, Backup.TagResourceCommandOutput>,
  UntagResource: ((input, context) => {
    const on = tagged(context, input.ResourceArn);
    on.tags = Object.fromEntries(Object.entries(on.tags).filter(([key]) => !(input.TagKeyList ?? []).includes(key)));
    return {};
  }) satisfies Op<Backup.UntagResourceCommandInput, Backup.UntagResourceCommandOutput>,
};
