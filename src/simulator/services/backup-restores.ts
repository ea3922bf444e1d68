/** Restore jobs: by hand, and by restore testing plans. */
import type * as Backup from '@aws-sdk/client-backup';
import { type CallContext, page, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import {
  deskOf,
  invalid,
  isVisible,
  MINUTE,
  type Op,
  type Point,
  type RestoreJob,
  refused,
  type Spot,
  VAULTS,
} from './backup-model.ts';
import { isWithin, pointNamed } from './backup-vaults.ts';
import { keyUsable, uuid } from './kms-model.ts';

/** Whether the new resource is ready is looked at this often. */
const LOOK = MINUTE;

export function newJob(
  spot: Spot,
  point: Point,
  role: string | undefined,
  metadata: RestoreJob['metadata'],
  testing: RestoreJob['testing'],
): RestoreJob {
  const { world, account, region } = spot;
  const job: RestoreJob = {
    id: uuid(world.random.hex(32)).toUpperCase(),
    account,
    region,
    subject: point.subject,
    point,
    role,
    created: world.clock.now(),
    metadata,
    status: keyUsable(world, point.key) ? 'RUNNING' : 'FAILED',
    message: keyUsable(world, point.key) ? undefined : 'The KMS key of the recovery point is not usable.',
    completed: keyUsable(world, point.key) ? undefined : world.clock.now(),
    resource: undefined,
    testing,
    validation: undefined,
  };
  deskOf(spot).restores.set(job.id, job);
  return job;
}

export function complete(job: RestoreJob, now: number): void {
  if (job.completed !== undefined) return;
  job.status = 'COMPLETED';
  job.completed = now;
  job.point.lastRestore = now;
}

/** Tokens that were given, by the job that each began: a second call with one begins nothing (API StartRestoreJob). */
const begun = new WeakMap<World, Map<string, string>>();

const startRestore: Op<Backup.StartRestoreJobCommandInput, Backup.StartRestoreJobCommandOutput> = async (input, context) => {
  const { world } = context;
  const now = world.clock.now();
  const arn = input.RecoveryPointArn ?? '';
  const point = context
    .list(VAULTS)
    .map((v) => v.points.get(arn))
    .find((p) => p !== undefined && isVisible(p, now));
  if (point === undefined) throw new ServiceFault('ResourceNotFoundException', `Recovery point ${arn} cannot be found`);
  if (point.completes > now) throw refused('The recovery point is being created.');
  const tokens = begun.get(world) ?? new Map<string, string>();
  begun.set(world, tokens);
  const token = `${context.account} ${context.region} ${input.IdempotencyToken ?? ''}`;
  const before = input.IdempotencyToken === undefined ? undefined : tokens.get(token);
  if (before !== undefined) return { RestoreJobId: before };
  if (input.ResourceType !== undefined && input.ResourceType !== point.subject.type)
    throw invalid(`The recovery point is of type ${point.subject.type}.`);
  const job = newJob(context, point, input.IamRoleArn, input.Metadata ?? {}, undefined);
  if (input.IdempotencyToken !== undefined) tokens.set(token, job.id);
  if (job.completed !== undefined) return { RestoreJobId: job.id };
  try {
    const { arn: made, isReady } = await point.restore(context, point, job.metadata);
    job.resource = made;
    watch(context, job, isReady);
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    deskOf(context).restores.delete(job.id);
    tokens.delete(token);
    // What the restored resource's own service refuses is refused here, at once.
    throw error.code === 'InvalidParameterValueException' ? error : invalid(`${error.code}: ${error.message}`);
  }
  return { RestoreJobId: job.id };
};

function watch({ world }: CallContext, job: RestoreJob, isReady: () => boolean): void {
  const look = (): void => {
    if (job.completed !== undefined) return;
    if (isReady()) complete(job, world.clock.now());
    else world.clock.after(LOOK, look);
  };
  world.clock.after(LOOK, look);
}

/** Without a verdict of somebody's validation until its time, there is none. */
function validationOf(
  job: RestoreJob,
  now: number,
): Pick<Backup.RestoreJobsListMember, 'ValidationStatus' | 'ValidationStatusMessage'> {
  if (job.validation !== undefined)
    return { ValidationStatus: job.validation.status, ValidationStatusMessage: job.validation.message };
  if (job.testing === undefined || job.status !== 'COMPLETED') return {};
  return { ValidationStatus: now < job.testing.until ? 'VALIDATING' : 'TIMED_OUT' };
}

function restoreReply(job: RestoreJob, now: number): Backup.RestoreJobsListMember {
  const { testing } = job;
  const isGone = testing !== undefined && job.status === 'COMPLETED' && (job.validation !== undefined || now >= testing.until);
  return {
    AccountId: job.account,
    RestoreJobId: job.id,
    RecoveryPointArn: job.point.arn,
    SourceResourceArn: job.subject.arn,
    BackupVaultArn: job.point.vault.arn,
    CreationDate: new Date(job.created),
    CompletionDate: job.completed === undefined ? undefined : new Date(job.completed),
    Status: job.status,
    StatusMessage: job.message,
    PercentDone: job.status === 'COMPLETED' ? '100.00%' : '0.00%',
    BackupSizeInBytes: 0,
    IamRoleArn: job.role,
    CreatedResourceArn: job.resource,
    ResourceType: job.subject.type,
    RecoveryPointCreationDate: new Date(job.point.at),
    ...(testing === undefined ? {} : { CreatedBy: { RestoreTestingPlanArn: testing.plan } }),
    ...validationOf(job, now),
    ...(isGone ? { DeletionStatus: 'SUCCESSFUL' as const } : {}),
  };
}

function jobNamed(context: CallContext, id: string | undefined): RestoreJob {
  const job = deskOf(context).restores.get(id ?? '');
  if (job === undefined) throw new ServiceFault('ResourceNotFoundException', `Cannot find the restore job ${id ?? ''}`);
  return job;
}

function listed(
  context: CallContext,
  wanted: (job: Backup.RestoreJobsListMember) => boolean,
): readonly Backup.RestoreJobsListMember[] {
  const now = context.now.getTime();
  return [...deskOf(context).restores.values()]
    .map((job) => restoreReply(job, now))
    .filter(wanted)
    .reverse();
}

const listRestores: Op<Backup.ListRestoreJobsCommandInput, Backup.ListRestoreJobsCommandOutput> = (input, context) => {
  const found = listed(
    context,
    (j) =>
      (input.ByStatus === undefined || j.Status === input.ByStatus) &&
      (input.ByResourceType === undefined || j.ResourceType === input.ByResourceType) &&
      (input.ByRestoreTestingPlanArn === undefined || j.CreatedBy?.RestoreTestingPlanArn === input.ByRestoreTestingPlanArn) &&
      isWithin(j.CreationDate?.getTime() ?? 0, input.ByCreatedAfter, input.ByCreatedBefore) &&
      isWithin(j.CompletionDate?.getTime() ?? 0, input.ByCompleteAfter, input.ByCompleteBefore),
  );
  const { items, next } = page(found, input.NextToken, input.MaxResults ?? 1000);
  return { RestoreJobs: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

const listRestoresByResource: Op<
  Backup.ListRestoreJobsByProtectedResourceCommandInput,
  Backup.ListRestoreJobsByProtectedResourceCommandOutput
> = (input, context) => {
  const found = listed(context, (j) => j.SourceResourceArn === input.ResourceArn);
  const { items, next } = page(found, input.NextToken, input.MaxResults ?? 1000);
  return { RestoreJobs: [...items], ...(next === undefined ? {} : { NextToken: next }) };
};

/** What StartRestoreJob asks for, by type, beyond the name of the new resource. */
const metadataOf = (point: Point): Record<string, string> => {
  switch (point.subject.type) {
    case 'EFS':
      return { 'file-system-id': point.subject.name, newFileSystem: 'true', Encrypted: 'true' };
    case 'DynamoDB':
      return { originalTableName: point.subject.name };
    case 'S3':
      return { DestinationBucketName: point.subject.name, NewBucket: 'false' };
    case 'EBS':
      return { volumeId: point.subject.name };
    default:
      return { DBInstanceIdentifier: point.subject.name };
  }
};

export const restoreOperations = {
  StartRestoreJob: startRestore,
  DescribeRestoreJob: ((input, context) =>
    restoreReply(jobNamed(context, input.RestoreJobId), context.now.getTime())) satisfies Op<
    Backup.DescribeRestoreJobCommandInput,
    Backup.DescribeRestoreJobCommandOutput
  >,
  ListRestoreJobs: listRestores,
  ListRestoreJobsByProtectedResource: listRestoresByResource,
  GetRestoreJobMetadata: ((input, context) => ({
    RestoreJobId: input.RestoreJobId ?? '',
    Metadata: { ...jobNamed(context, input.RestoreJobId).metadata },
  })) satisfies Op<Backup.GetRestoreJobMetadataCommandInput, Backup.GetRestoreJobMetadataCommandOutput>,
  GetRecoveryPointRestoreMetadata: ((input, context) => {
    const point = pointNamed(context, input.BackupVaultName, input.RecoveryPointArn);
    return {
      BackupVaultArn: point.vault.arn,
      RecoveryPointArn: point.arn,
      ResourceType: point.subject.type,
      RestoreMetadata: metadataOf(point),
    };
  }) satisfies Op<Backup.GetRecoveryPointRestoreMetadataCommandInput, Backup.GetRecoveryPointRestoreMetadataCommandOutput>,
  PutRestoreValidationResult: ((input, context) => {
    const job = jobNamed(context, input.RestoreJobId);
    if (job.testing === undefined) throw refused('The restore job is of no restore testing plan.');
    if (input.ValidationStatus === undefined) throw invalid('ValidationStatus is required.');
    job.validation = { status: input.ValidationStatus, message: input.ValidationStatusMessage };
    return {};
  }) satisfies Op<Backup.PutRestoreValidationResultCommandInput, Backup.PutRestoreValidationResultCommandOutput>,
};
