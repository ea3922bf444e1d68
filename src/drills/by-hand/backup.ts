/** AWS Backup: a recovery point restored into a new resource beside the old one, which is removed at the end. */
import type * as Backup from '@aws-sdk/client-backup';
import type { Place } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import { LONGEST_TABLE, madeTable, removeTable } from './dynamodb.ts';
import { restoredFileSystem } from './efs.ts';
import { type Hand, type Named, named, StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { type Made, type Making, making } from './making.ts';
import { newName } from './memo.ts';
import { askedOf, pointOf } from './moment.ts';
import { instanceNamed, rds } from './rds-calls.ts';
import { clusterMaking } from './rds-clusters.ts';
import { LONGEST_NAME, madeInstance } from './rds-instances.ts';
import { bucketOf, madeBucket, removeBucket } from './s3.ts';

const read = <I, O>(operation: string) => reads<I, O>('backup', operation);

export const backup = {
  points: read<Backup.ListRecoveryPointsByResourceCommandInput, Backup.ListRecoveryPointsByResourceCommandOutput>(
    'ListRecoveryPointsByResource',
  ),
  point: read<Backup.DescribeRecoveryPointCommandInput, Backup.DescribeRecoveryPointCommandOutput>('DescribeRecoveryPoint'),
  metadata: read<Backup.GetRecoveryPointRestoreMetadataCommandInput, Backup.GetRecoveryPointRestoreMetadataCommandOutput>(
    'GetRecoveryPointRestoreMetadata',
  ),
  jobs: read<Backup.ListRestoreJobsByProtectedResourceCommandInput, Backup.ListRestoreJobsByProtectedResourceCommandOutput>(
    'ListRestoreJobsByProtectedResource',
  ),
  /** Restores as the role of the recovery point, which the caller must be allowed to pass (iam:PassRole). */
  restore: disrupts<Backup.StartRestoreJobCommandInput, Backup.StartRestoreJobCommandOutput>('backup', 'StartRestoreJob'),
} as const;

/** One type of resource, as AWS Backup makes it anew (developer guide, "Restoring a backup", metadata by resource). */
interface Kind extends Pick<Making, 'look' | 'complete' | 'remove' | 'calls'> {
  readonly longest: number;
  /** ARN of the new resource, once it is there. */
  readonly arn: (name: string) => Promise<string | undefined>;
  /** Over what the recovery point itself says. */
  readonly metadata: (name: string) => Readonly<Record<string, string>>;
}

function kindOf(hand: Hand, source: Named, at: Place): Kind | undefined {
  const { session, given } = hand;
  const network: Record<string, string> = given.subnetGroup === undefined ? {} : { DBSubnetGroupName: given.subnetGroup };
  const there = (arn: (name: string) => string): Pick<Kind, 'arn' | 'calls'> => ({ arn: async (name) => arn(name), calls: arn });
  if (source.arn.includes(':rds:') && source.arn.includes(':db:'))
    return {
      longest: LONGEST_NAME,
      ...there((name) => source.like(at.region, `db:${name}`)),
      metadata: (name) => ({ ...network, DBInstanceIdentifier: name }),
      look: async (name) => madeInstance(await instanceNamed(session, name, at)),
      remove: (name) => {
        const input = { DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
        return session.send(rds.deleteInstance, input, at);
      },
    };
  if (source.arn.includes(':rds:') && source.arn.includes(':cluster:')) {
    const cluster = clusterMaking(hand, source, at);
    return {
      longest: LONGEST_NAME - '-1'.length,
      arn: async (name) => cluster.calls(name),
      metadata: (name) => ({ ...network, DBClusterIdentifier: name }),
      ...cluster,
    };
  }
  if (source.arn.includes(':dynamodb:'))
    return {
      longest: LONGEST_TABLE,
      ...there((name) => source.like(at.region, `table/${name}`)),
      metadata: (name) => ({ targetTableName: name }),
      look: (name) => madeTable(session, name, at),
      remove: (name) => removeTable(session, name, at),
    };
  if (source.arn.includes(':elasticfilesystem:'))
    return {
      // API CreateFileSystem: 64 characters of creation token.
      longest: 64,
      metadata: (name) => ({ newFileSystem: 'true', CreationToken: name }),
      calls: (name) => `EFS file system with the creation token ${name}`,
      ...restoredFileSystem(session, source, at),
    };
  if (source.arn.includes(':s3:::'))
    return {
      longest: 63,
      ...there((name) => `arn:aws:s3:::${name}`),
      metadata: (name) => ({ DestinationBucketName: name, NewBucket: 'true' }),
      look: (name) => madeBucket(session, { name, at }),
      remove: (name) => removeBucket(session, { name, at }),
    };
  return undefined;
}

interface Point {
  readonly at: Date;
  readonly arn: string;
  readonly vault: string;
  /** Of a continuous one, which reaches from its creation to now. */
  readonly time: Date | undefined;
}

function pointAt(hand: Hand, created: Date, arn: string, vault: string): Point {
  if (!arn.includes(':continuous:')) return { at: created, arn, vault, time: undefined };
  const asked = askedOf(hand);
  const time = asked === 'oldest' ? created : (asked ?? new Date(hand.clock.now()));
  return { at: time, arn, vault, time };
}

async function pointsOf(hand: Hand, source: Named, at: Place): Promise<readonly Point[]> {
  const found: Point[] = [];
  let NextToken: string | undefined;
  do {
    const page: Backup.ListRecoveryPointsByResourceCommandOutput = await hand.session.send(
      backup.points,
      { ResourceArn: source.arn, NextToken },
      at,
    );
    for (const p of page.RecoveryPoints ?? [])
      if (p.Status === 'COMPLETED' && p.CreationDate !== undefined && p.RecoveryPointArn !== undefined)
        found.push(pointAt(hand, p.CreationDate, p.RecoveryPointArn, p.BackupVaultName ?? ''));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** In its own Region, or where copies are kept. */
export const restoreBackup: StepMaker = (hand) => {
  const source = sourceOf(hand);
  if (typeof source === 'string') return source;
  const { session } = hand;
  const at = { account: hand.given.account ?? source.at.account, region: hand.into ?? source.at.region };
  // What is restored from another account's copies is that account's.
  const there = source.arn.includes(':s3:::') ? source : named(source.arn.split(':').with(4, at.account).join(':'));
  const kind = kindOf(hand, there, at);
  if (kind === undefined) return `no step here restores a recovery point of ${source.arn}`;
  const begin = async (name: string): Promise<void> => {
    const point = pointOf(hand, await pointsOf(hand, source, at));
    if (point === undefined)
      throw new StepFailure(`${at.region} holds no recovery point of ${source.arn} that could be restored`);
    const of = { BackupVaultName: point.vault, RecoveryPointArn: point.arn };
    const { IamRoleArn } = await session.send(backup.point, of, at);
    const { RestoreMetadata = {} } = await session.send(backup.metadata, of, at);
    await session.send(
      backup.restore,
      {
        RecoveryPointArn: point.arn,
        IamRoleArn: hand.given.role ?? IamRoleArn,
        IdempotencyToken: name,
        Metadata: {
          ...RestoreMetadata,
          ...kind.metadata(name),
          ...(point.time === undefined ? {} : { RestoreTime: point.time.toISOString() }),
        },
      },
      at,
    );
  };
  const { longest, look, remove, calls, complete } = kind;
  return [
    making({
      id: `restore a recovery point of ${source.name} in ${at.region}`,
      describes: { from: source.arn, into: `a new resource in ${at.region}` },
      clock: hand.clock,
      canary: hand.canary,
      name: (token) => newName(source.name.toLowerCase(), token, longest),
      begin,
      ...(complete === undefined ? {} : { complete }),
      begun: [],
      look: async (name): Promise<Made> => {
        const made = await look(name);
        // What is there is not yet what was in it: the job says so.
        return made.kind === 'ready' ? ofJob(await jobOf(hand, source, at, await kind.arn(name)), made) : made;
      },
      remove,
      calls,
    }),
  ];
};

function sourceOf(hand: Hand): Named | string {
  if (hand.arn?.startsWith('arn:aws:s3:::') !== true) return subjectOf(hand);
  const bucket = bucketOf(hand);
  return typeof bucket === 'string' ? bucket : { ...named(hand.arn), at: bucket.at };
}

async function jobOf(
  { session }: Hand,
  source: Named,
  at: Place,
  made: string | undefined,
): Promise<Backup.RestoreJobsListMember | undefined> {
  let NextToken: string | undefined;
  do {
    const page: Backup.ListRestoreJobsByProtectedResourceCommandOutput = await session.send(
      backup.jobs,
      { ResourceArn: source.arn, NextToken },
      at,
    );
    const found = page.RestoreJobs?.find((j) => j.CreatedResourceArn === made);
    if (found !== undefined) return found;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

function ofJob(job: Backup.RestoreJobsListMember | undefined, made: Made): Made {
  switch (job?.Status) {
    case 'COMPLETED':
      return made;
    case 'ABORTED':
    case 'FAILED':
      return { kind: 'failed', why: job.StatusMessage ?? 'the restore job failed' };
    default:
      return { kind: 'pending' };
  }
}
