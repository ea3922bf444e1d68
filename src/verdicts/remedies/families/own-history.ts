/** What a store keeps of its own past, so that somebody can bring it back: backups of the service itself. */
import { factsOf } from '../../../estate/estate.ts';
import { is } from '../../../model/known.ts';
import type { Value } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { dynamodbTable } from '../../../services/dynamodb-table.ts';
import { efsFileSystem } from '../../../services/efs-file-system.ts';
import { s3Bucket } from '../../../services/s3-bucket.ts';
import type { Candidate, Cost, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import { told } from '../site.ts';
import { versioned } from './region-buckets.ts';

const KEPT: Cost = { class: 'low', rests: 'storage of what is kept, by use' };

/** Days that a service keeps at most, and those that are kept where nobody says how long. */
interface Days {
  readonly property: string;
  readonly mechanism: string;
  readonly most: number;
  readonly unset: number;
}

const RDS_DAYS: Days = { property: 'backupRetentionPeriod', mechanism: 'rds-point-in-time-restore', most: 35, unset: 0 };

const DAYS: Readonly<Record<string, Days>> = {
  'rds-instance': RDS_DAYS,
  'rds-cluster': { ...RDS_DAYS, unset: 1 },
  'docdb-cluster': { ...RDS_DAYS, mechanism: 'docdb-point-in-time-restore', unset: 1 },
  'neptune-cluster': { ...RDS_DAYS, mechanism: 'neptune-point-in-time-restore', unset: 1 },
  'redshift-cluster': { property: 'automatedSnapshotRetentionPeriod', mechanism: 'redshift-restore', most: 35, unset: 1 },
  'elasticache-replication-group': {
    property: 'snapshotRetentionLimit',
    mechanism: 'elasticache-snapshot-restore',
    most: 35,
    unset: 0,
  },
  'memorydb-cluster': { property: 'snapshotRetentionLimit', mechanism: 'memorydb-restore', most: 35, unset: 0 },
};

/** Where nothing else says how long: a week, in which most damage is noticed. */
const USUAL_DAYS = 7;

/** Automated backups or snapshots, for as long as was agreed. */
export const retention: Family = (spot) => {
  const { standing, resource, props } = spot.item;
  const days = standing.kind === 'modelled' ? DAYS[standing.module.id] : undefined;
  if (days === undefined || !asksForHistory(spot)) return [];
  const now = told(props.number(days.property, days.unset));
  const wanted = wantedDays(spot);
  if (now === undefined || now >= wanted || wanted > days.most) return [];
  return [one(days.mechanism, `keep backups for ${wanted} days`, [change(resource.urn, days.property, wanted)])];
};

/** DynamoDB: continuous backups. */
export const tableHistory: Family = (spot) => {
  const facts = factsOf(dynamodbTable, spot.item);
  if (facts === undefined || !asksForHistory(spot)) return [];
  const wanted = wantedDays(spot);
  const on = holds(facts.pointInTimeRecovery);
  const kept = told(facts.recoveryPeriodDays) ?? 35;
  const changes = [
    ...(on ? [] : [change(facts.id, 'pointInTimeRecovery.enabled', true)]),
    ...(kept >= wanted || wanted > 35 ? [] : [change(facts.id, 'pointInTimeRecovery.recoveryPeriodInDays', wanted)]),
  ];
  return changes.length === 0 ? [] : [one('dynamodb-point-in-time-restore', 'turn on point-in-time recovery', changes)];
};

/** S3: versions. */
export const bucketHistory: Family = (spot, site) => {
  const facts = factsOf(s3Bucket, spot.item);
  const changes = facts === undefined || !asksForHistory(spot) ? [] : versioned(spot.item.props, site);
  return changes.length === 0 ? [] : [one('s3-versioning', 'keep every version of an object', changes)];
};

/** EFS: AWS's own daily backups. */
export const fileSystemHistory: Family = (spot, site) => {
  const facts = factsOf(efsFileSystem, spot.item);
  if (facts === undefined || !asksForHistory(spot) || holds(is(facts.automaticBackups, (on) => on))) return [];
  const type = 'aws:efs/backupPolicy:BackupPolicy';
  const [present] = site.view.attached(facts.id, type, 'fileSystemId').found;
  const changes: readonly Change[] =
    present !== undefined
      ? [change(present.id, 'backupPolicy.status', 'ENABLED')]
      : [
          site.add(spot.item.resource, {
            type,
            name: facts.name,
            untagged: true,
            inputs: { fileSystemId: reference(facts.id, 'id'), backupPolicy: { status: 'ENABLED' } },
          }),
        ];
  return [one('efs-automatic-backup', 'let AWS back it up daily', changes)];
};

const change = (resource: string, property: string, to: Value): Change => ({ kind: 'set', resource, property, to });

const one = (mechanism: string, says: string, changes: readonly Change[]): Candidate => ({
  mechanism,
  says,
  changes,
  cost: KEPT,
  byHand: true,
});

/** Is a way back into the past what is missing? Where an AZ or an instance is lost, a restore is the last resort. */
function asksForHistory(spot: Spot): boolean {
  if (spot.lacks.has('history')) return true;
  return spot.scope === 'data' && (spot.lacks.has('mechanism') || spot.lacks.has('armed') || spot.lacks.has('finding'));
}

/** Days that are agreed for the service, else the usual ones. */
function wantedDays(spot: Spot): number {
  return spot.metric.type === 'RETENTION' ? Math.ceil(spot.metric.target / 86_400) : USUAL_DAYS;
}
