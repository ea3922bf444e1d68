/** Service times of the database services. `*` in a source marks the end that is our own assumption. */
import type { ServiceTime, Triple } from './service-time.ts';

const SEEN = '2026-11-23';
const RDS = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide';
const AURORA = 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide';

/** A row whose tail, or more, is assumed: the source names what is published. */
function assumed(
  id: string,
  title: string,
  measures: ServiceTime['measures'],
  ends: { readonly optimistic: Triple; readonly expected: Triple; readonly pessimistic: Triple },
  source: string,
): ServiceTime {
  return { id, title, measures, ...ends, confidence: 'assumed', source, seen: SEEN };
}

export const databaseTimes: readonly ServiceTime[] = [
  assumed(
    'rds-multi-az-failover',
    'RDS Multi-AZ DB instance fails over to its standby',
    'time',
    { optimistic: [60, 90, 120], expected: [60, 90, 300], pessimistic: [60, 120, 300] },
    `${RDS}/Concepts.MultiAZ.Failover.html: typically 60–120 s, longer with large transactions or a long recovery; tail of 300 s*`,
  ),
  assumed(
    'rds-multi-az-cluster-failover',
    'RDS Multi-AZ DB cluster fails over to a readable standby',
    'time',
    { optimistic: [5, 20, 35], expected: [10, 30, 60], pessimistic: [15, 35, 120] },
    `${RDS}/multi-az-db-clusters-concepts-failover.html: typically under 35 s, both readers must apply outstanding transactions; tail*`,
  ),
  assumed(
    'rds-promote-read-replica',
    'Read replica of an RDS database is promoted',
    'time',
    { optimistic: [120, 300, 600], expected: [300, 600, 1800], pessimistic: [300, 900, 3600] },
    `${RDS}/USER_ReadRepl.Promote.html: a few minutes with a reboot, longer for a large replica; all figures*`,
  ),
  assumed(
    'rds-replica-lag',
    'Lag of an RDS read replica',
    'point',
    { optimistic: [0, 1, 5], expected: [0, 5, 300], pessimistic: [0, 30, 1800] },
    `${RDS}/USER_ReadRepl.html: asynchronous, lag varies with load and is not bounded; all figures*, replace by p99 of ReplicaLag`,
  ),
  assumed(
    'rds-restore',
    'RDS or Aurora database is restored from backups into a new one',
    'time',
    { optimistic: [600, 1800, 7200], expected: [1200, 3600, 14_400], pessimistic: [1800, 7200, 28_800] },
    'https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html: up to a few hours; storage then loads lazily from S3; ends*',
  ),
  assumed(
    'rds-pitr-point',
    'Age of the newest restorable moment in the same Region',
    'point',
    { optimistic: [60, 180, 300], expected: [60, 300, 600], pessimistic: [60, 300, 900] },
    `${RDS}/USER_PIT.html: logs are uploaded every 5 minutes; upload and tail*`,
  ),
  assumed(
    'rds-backup-replication-point',
    'Age of the newest restorable moment of backups replicated to another Region',
    'point',
    { optimistic: [300, 600, 1800], expected: [300, 900, 1800], pessimistic: [300, 1800, 3600] },
    'https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html: 5–30 min with log generation and transfer; tail*',
  ),
  assumed(
    'aurora-failover',
    'Aurora promotes a reader to writer',
    'time',
    { optimistic: [10, 20, 30], expected: [10, 30, 60], pessimistic: [15, 45, 120] },
    `${AURORA}/Concepts.AuroraHighAvailability.html: typically under 60 s, often under 30 s; 10–16 s measured (zatoima.github.io, n = 5); tail*`,
  ),
  assumed(
    'aurora-recreate-writer',
    'Aurora, DocumentDB or Neptune re-creates the only instance of a cluster in the same AZ',
    'time',
    { optimistic: [120, 300, 600], expected: [180, 480, 900], pessimistic: [300, 600, 1800] },
    `${AURORA}/Concepts.AuroraHighAvailability.html: typically under 10 minutes; tail*`,
  ),
  assumed(
    'aurora-create-instance',
    'A DB instance is added to a cluster that has none in reach',
    'time',
    { optimistic: [240, 420, 900], expected: [300, 600, 1200], pessimistic: [300, 900, 3600] },
    'no published figure; all figures*, and instances may not be obtainable while an AZ or a Region fails',
  ),
  assumed(
    'aurora-serverless-resume',
    'A paused Aurora Serverless v2 instance resumes',
    'time',
    { optimistic: [5, 15, 30], expected: [10, 15, 60], pessimistic: [15, 30, 120] },
    `${AURORA}/aurora-serverless-v2-auto-pause.html: about 15 s, 30 s or more after a day of pause (recalled, not read again); tail*`,
  ),
  assumed(
    'aurora-backtrack',
    'Aurora MySQL cluster is rewound in place',
    'time',
    { optimistic: [60, 180, 600], expected: [60, 300, 1800], pessimistic: [120, 900, 3600] },
    `${AURORA}/AuroraMySQL.Managing.Backtrack.html: minutes; all figures*`,
  ),
  assumed(
    'aurora-global-failover',
    'Aurora global database fails over to a secondary cluster, from the call on',
    'time',
    { optimistic: [60, 120, 300], expected: [60, 300, 900], pessimistic: [120, 600, 1800] },
    `${AURORA}/aurora-global-database-disaster-recovery.html: in the order of minutes; promotion under a minute in an AWS workshop; 1 / 5 / 15 min*`,
  ),
  assumed(
    'aurora-global-lag',
    'Replication lag of an Aurora global database',
    'point',
    { optimistic: [0, 0.5, 1], expected: [0, 1, 5], pessimistic: [0.1, 2, 60] },
    `${AURORA}/aurora-global-database.html: usually under 1 s, recovery point typically seconds; tail*, replace by p99 of AuroraGlobalDBRPOLag`,
  ),
  assumed(
    'dynamodb-mrec-lag',
    'Replication lag of a DynamoDB global table with eventual consistency',
    'point',
    { optimistic: [0.2, 0.5, 1], expected: [0.5, 1, 2.5], pessimistic: [0.5, 2.5, 60] },
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html: typically 1 s or less, no promise; tail*, replace by maximum ReplicationLatency',
  ),
  assumed(
    'dynamodb-pitr-restore',
    'DynamoDB table is restored to a point in time, into a new table',
    'time',
    { optimistic: [300, 900, 3600], expected: [600, 1800, 7200], pessimistic: [600, 3600, 36_000] },
    'awsdocs/amazon-dynamodb-developer-guide@8229480 CreateBackup.md: 95 % of restores under an hour; both ends*; settings must be made again on the new table',
  ),
  assumed(
    'dynamodb-pitr-point',
    'Age of the newest restorable moment of a DynamoDB table',
    'point',
    { optimistic: [60, 300, 300], expected: [60, 300, 600], pessimistic: [60, 300, 900] },
    'botocore@0e6e240 dynamodb PointInTimeRecoveryDescription.LatestRestorableDateTime: typically five minutes ago, not a ceiling; tail*',
  ),
  assumed(
    'elasticache-failover',
    'ElastiCache promotes a replica to primary',
    'time',
    { optimistic: [5, 10, 30], expected: [10, 30, 90], pessimistic: [10, 60, 180] },
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/AutoFailover.html: promotion typically takes a few seconds; detection and 10 / 30 / 90 s*',
  ),
  assumed(
    'elasticache-replica-lag',
    'Lag of an ElastiCache replica',
    'point',
    { optimistic: [0, 0.1, 1], expected: [0, 0.5, 5], pessimistic: [0, 1, 30] },
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/AutoFailover.html: asynchronous, some writes may be lost; all figures*, replace by ReplicationLag',
  ),
  assumed(
    'elasticache-restore',
    'ElastiCache cluster is made anew from a snapshot',
    'time',
    { optimistic: [600, 900, 3600], expected: [600, 1800, 7200], pessimistic: [900, 3600, 14_400] },
    'no published figure; grows with the size of the snapshot; all figures*',
  ),
  assumed(
    'elasticache-global-failover',
    'Secondary of an ElastiCache Global Datastore is promoted, from the call on',
    'time',
    { optimistic: [30, 60, 60], expected: [30, 60, 180], pessimistic: [60, 120, 600] },
    'disaster-recovery.workshop.aws: about a minute; tail*',
  ),
  assumed(
    'elasticache-global-lag',
    'Replication lag of an ElastiCache Global Datastore',
    'point',
    { optimistic: [0, 0.5, 1], expected: [0, 1, 5], pessimistic: [0, 2, 60] },
    'disaster-recovery.workshop.aws: generally under 1 s; tail*, replace by GlobalDatastoreReplicationLag',
  ),
  assumed(
    'docdb-failover',
    'DocumentDB promotes a replica to primary',
    'time',
    { optimistic: [10, 30, 60], expected: [20, 60, 120], pessimistic: [30, 90, 300] },
    'https://docs.aws.amazon.com/documentdb/latest/developerguide/db-cluster-fault-tolerance.html: typically under 120 s, often under 60 s; tail*',
  ),
  assumed(
    'neptune-failover',
    'Neptune promotes a replica to primary',
    'time',
    { optimistic: [10, 30, 60], expected: [20, 60, 120], pessimistic: [30, 90, 300] },
    'https://docs.aws.amazon.com/neptune/latest/userguide/backup-restore-overview-fault-tolerance.html: typically under 120 s, often under 60 s; tail*',
  ),
  assumed(
    'redshift-relocation',
    'Redshift RA3 cluster is relocated to another AZ',
    'time',
    { optimistic: [300, 900, 1800], expected: [600, 900, 3600], pessimistic: [600, 1800, 7200] },
    'https://aws.amazon.com/blogs/big-data/build-a-resilient-amazon-redshift-architecture-with-automatic-recovery-enabled/: about 15 min on average, subject to capacity; ends*',
  ),
];
