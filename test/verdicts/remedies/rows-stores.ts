/** Rows of the families that change stores, what they need, and what they keep of their past. */
import { backups } from '../../../src/verdicts/remedies/families/backup-plans.ts';
import {
  cacheFailover,
  clusterReaders,
  fileSystemZones,
  rdsMultiAz,
} from '../../../src/verdicts/remedies/families/managed-zones.ts';
import {
  bucketHistory,
  fileSystemHistory,
  retention,
  tableHistory,
} from '../../../src/verdicts/remedies/families/own-history.ts';
import { regionSwitch } from '../../../src/verdicts/remedies/families/promotion.ts';
import { protectedState } from '../../../src/verdicts/remedies/families/protection.ts';
import { globalDatabase } from '../../../src/verdicts/remedies/families/region-aurora.ts';
import { bucketReplication } from '../../../src/verdicts/remedies/families/region-buckets.ts';
import {
  fileSystemReplication,
  globalDatastore,
  rdsReplica,
  tableReplica,
} from '../../../src/verdicts/remedies/families/region-copies.ts';
import {
  messageFanOut,
  registryReplication,
  replicaKey,
  secretReplica,
} from '../../../src/verdicts/remedies/families/region-shared.ts';
import { hole, type Spec } from '../../services/support-traffic.ts';
import { MULTI_AZ, SINGLE_AZ, TABLE } from '../estates.ts';
import {
  A,
  AT_ONCE,
  az,
  B,
  ELSEWHERE,
  having,
  history,
  type Inputs,
  id,
  type Row,
  type Rows,
  region,
  spec,
  WEST,
} from './rows-support.ts';

const CACHE_GROUP = spec('aws:elasticache/subnetGroup:SubnetGroup', 'cache', { subnetIds: [id(A), id(B)] });
const CACHE = spec('aws:elasticache/replicationGroup:ReplicationGroup', 'cache', {
  numCacheClusters: 1,
  subnetGroupName: id(CACHE_GROUP, 'name'),
});
const SAFE_CACHE = having(CACHE, { numCacheClusters: 2, automaticFailoverEnabled: true, multiAzEnabled: true });
const CLUSTER = spec('aws:rds/cluster:Cluster', 'orders', {
  engine: 'aurora-postgresql',
  deletionProtection: true,
  backupRetentionPeriod: 7,
});
const reader = (n: number, availabilityZone: Inputs[string]): Spec =>
  spec('aws:rds/clusterInstance:ClusterInstance', `orders-${n}`, {
    engine: 'aurora-postgresql',
    clusterIdentifier: id(CLUSTER),
    instanceClass: 'db.r6g.large',
    availabilityZone,
  });
const FILES = spec('aws:efs/fileSystem:FileSystem', 'files');
const mount = (name: string, subnetId: Inputs[string]): Spec =>
  spec('aws:efs/mountTarget:MountTarget', name, { fileSystemId: id(FILES), subnetId });
const BUCKET = spec('aws:s3/bucket:Bucket', 'media');
const VERSIONING = spec('aws:s3/bucketVersioning:BucketVersioning', 'media', {
  bucket: id(BUCKET),
  versioningConfiguration: { status: 'Enabled' },
});
const EXPIRING = spec('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration', 'media', {
  bucket: id(BUCKET),
  rules: [{ id: 'old', status: 'Enabled', noncurrentVersionExpiration: { noncurrentDays: 1 } }],
});
const VOLUME = spec('aws:ebs/volume:Volume', 'disk', { availabilityZone: 'us-east-1a', size: 10 });
const UNKEPT_TABLE = spec('aws:dynamodb/table:Table', 'carts', { name: 'carts', deletionProtectionEnabled: true });
const REPLICA = spec(
  'aws:rds/instance:Instance',
  'orders-west',
  { replicateSourceDb: id(SINGLE_AZ, 'arn'), instanceClass: 'db.r6g.large', multiAz: true, backupRetentionPeriod: 7 },
  WEST,
);
const GLOBAL_TABLE = having(TABLE, {
  streamEnabled: true,
  streamViewType: 'NEW_AND_OLD_IMAGES',
  replicas: [{ regionName: WEST }],
});
const SECRET = spec('aws:secretsmanager/secret:Secret', 'payment', { name: 'payment' });
const KEY = spec('aws:kms/key:Key', 'orders', { multiRegion: true });
const REPOSITORY = spec('aws:ecr/repository:Repository', 'shop', { name: 'shop' });
const TOPIC = spec('aws:sns/topic:Topic', 'orders', { name: 'orders' });
const QUEUE = spec('aws:sqs/queue:Queue', 'orders', { name: 'orders' });
const QUEUE_WEST = spec('aws:sqs/queue:Queue', 'orders-west', { name: 'orders' }, WEST);
const subscribed = (name: string, queue: Spec, topic: Inputs[string] = id(TOPIC, 'arn')): Spec =>
  spec('aws:sns/topicSubscription:TopicSubscription', name, { topic, protocol: 'sqs', endpoint: id(queue, 'arn') });

/** After damage to its data a person chooses the moment to go back to. */
const damaged = (store: Spec, effect: Row['effect']): Row => ({
  estate: [store],
  metrics: '{ RTO: { data: 2d } }',
  of: 'RTO data',
  effect,
});

export const STORES: Readonly<Record<string, Rows>> = {
  rdsMultiAz: {
    family: rdsMultiAz,
    offered: az([SINGLE_AZ], 'keeps'),
    not: az([MULTI_AZ], 'none', AT_ONCE),
    unknown: az([having(SINGLE_AZ, { multiAz: hole })], 'keeps'),
  },
  cacheFailover: {
    family: cacheFailover,
    offered: az([CACHE, CACHE_GROUP, A, B], 'keeps'),
    not: az([SAFE_CACHE, CACHE_GROUP, A, B], 'none', AT_ONCE),
    unknown: az([having(CACHE, { numCacheClusters: hole }), CACHE_GROUP, A, B], 'helps'),
  },
  clusterReaders: {
    family: clusterReaders,
    offered: az([CLUSTER, reader(0, 'us-east-1a'), B], 'keeps'),
    not: az([CLUSTER, reader(0, 'us-east-1a'), reader(1, 'us-east-1b'), A, B], 'none', AT_ONCE),
    unknown: az([CLUSTER, reader(0, hole), A, B], 'helps'),
  },
  fileSystemZones: {
    family: fileSystemZones,
    offered: az([FILES, mount('files-a', id(A)), A, B], 'keeps'),
    not: az([FILES, mount('files-a', id(A)), A], 'none'),
    unknown: az([FILES, mount('files-a', hole), A, B], 'none'),
  },
  tableReplica: {
    family: tableReplica,
    offered: region([TABLE, ELSEWHERE], 'keeps'),
    not: region([TABLE], 'none'),
    unknown: region([having(TABLE, { replicas: hole }), ELSEWHERE], 'none'),
  },
  rdsReplica: {
    family: rdsReplica,
    offered: region([SINGLE_AZ, ELSEWHERE], 'keeps'),
    not: region([SINGLE_AZ, REPLICA], 'none'),
    unknown: region([having(SINGLE_AZ, { replicateSourceDb: hole }), ELSEWHERE], 'none'),
  },
  globalDatabase: {
    family: globalDatabase,
    offered: region([CLUSTER, reader(0, 'us-east-1a'), ELSEWHERE], 'keeps'),
    not: region([having(CLUSTER, { engine: 'mysql' }), ELSEWHERE], 'none'),
    unknown: region([having(CLUSTER, { globalClusterIdentifier: hole }), reader(0, 'us-east-1a'), ELSEWHERE], 'none'),
  },
  regionSwitch: {
    family: regionSwitch,
    offered: { ...region([SINGLE_AZ, REPLICA], 'keeps', '{ RTO: { region: 6h } }'), entry: '**:orders*' },
    not: region([SINGLE_AZ, ELSEWHERE], 'none', '{ RTO: { region: 6h } }'),
    unknown: region([SINGLE_AZ, having(REPLICA, { replicateSourceDb: hole })], 'none', '{ RTO: { region: 6h } }'),
  },
  bucketReplication: {
    family: bucketReplication,
    offered: region([BUCKET, ELSEWHERE], 'keeps'),
    not: region([BUCKET], 'none'),
    unknown: region([having(BUCKET, { replicationConfiguration: hole }), ELSEWHERE], 'none'),
  },
  globalDatastore: {
    family: globalDatastore,
    offered: region([CACHE, CACHE_GROUP, A, B, ELSEWHERE], 'helps'),
    not: region([CACHE, CACHE_GROUP, A, B], 'none'),
    unknown: region([having(CACHE, { globalReplicationGroupId: hole }), CACHE_GROUP, A, B, ELSEWHERE], 'none'),
  },
  fileSystemReplication: {
    family: fileSystemReplication,
    offered: region([FILES, mount('files-a', id(A)), A, ELSEWHERE], 'helps'),
    not: region([FILES, mount('files-a', id(A)), A], 'none'),
    unknown: region(
      [
        FILES,
        spec('aws:efs/replicationConfiguration:ReplicationConfiguration', 'files', {
          sourceFileSystemId: hole,
          destination: { region: WEST },
        }),
        ELSEWHERE,
      ],
      'none',
    ),
  },
  secretReplica: {
    family: secretReplica,
    offered: region([SECRET, ELSEWHERE], 'keeps', '{ RTO: { region: 1h } }'),
    not: region([SECRET], 'none', '{ RTO: { region: 1h } }'),
    unknown: region([having(SECRET, { replicas: hole }), ELSEWHERE], 'none', '{ RTO: { region: 1h } }'),
  },
  replicaKey: {
    family: replicaKey,
    offered: region([KEY, ELSEWHERE], 'keeps', '{ RTO: { region: 1h } }'),
    not: region([KEY], 'none', '{ RTO: { region: 1h } }'),
    unknown: region(
      [KEY, spec('aws:kms/replicaKey:ReplicaKey', 'copy', { primaryKeyArn: hole }, WEST), ELSEWHERE],
      'none',
      '{ RTO: { region: 1h } }',
    ),
  },
  registryReplication: {
    family: registryReplication,
    offered: region([REPOSITORY, ELSEWHERE], 'keeps', '{ RTO: { region: 1h } }'),
    not: region([REPOSITORY], 'none', '{ RTO: { region: 1h } }'),
    unknown: region(
      [
        REPOSITORY,
        spec('aws:ecr/replicationConfiguration:ReplicationConfiguration', 'registry', { replicationConfiguration: hole }),
        ELSEWHERE,
      ],
      'none',
      '{ RTO: { region: 1h } }',
    ),
  },
  messageFanOut: {
    family: messageFanOut,
    offered: region([QUEUE, QUEUE_WEST, GLOBAL_TABLE, TOPIC, subscribed('near', QUEUE)], 'keeps'),
    not: region(
      [QUEUE, QUEUE_WEST, GLOBAL_TABLE, TOPIC, subscribed('near', QUEUE), subscribed('far', QUEUE_WEST)],
      'none',
      '{ RPO: { region: 1s } }',
    ),
    // Whatever fills the one fills the other as well: the program says it in the same words.
    unknown: region([QUEUE, QUEUE_WEST, GLOBAL_TABLE, TOPIC, subscribed('near', QUEUE, hole)], 'helps'),
  },
  retention: {
    family: retention,
    offered: history([SINGLE_AZ], 'keeps'),
    not: history([SINGLE_AZ], 'none', 60),
    unknown: history([having(SINGLE_AZ, { backupRetentionPeriod: hole })], 'none'),
  },
  tableHistory: {
    family: tableHistory,
    offered: history([UNKEPT_TABLE], 'keeps'),
    not: history([TABLE], 'none', 60),
    unknown: history([having(TABLE, { pointInTimeRecovery: hole })], 'keeps'),
  },
  bucketHistory: {
    family: bucketHistory,
    offered: history([BUCKET], 'keeps'),
    not: history([BUCKET, VERSIONING, EXPIRING], 'none'),
    unknown: history([BUCKET, having(VERSIONING, { versioningConfiguration: hole })], 'keeps'),
  },
  fileSystemHistory: {
    family: fileSystemHistory,
    offered: history([FILES], 'keeps'),
    not: history(
      [
        FILES,
        spec('aws:efs/backupPolicy:BackupPolicy', 'files', { fileSystemId: id(FILES), backupPolicy: { status: 'ENABLED' } }),
      ],
      'none',
      60,
    ),
    unknown: history(
      [FILES, spec('aws:efs/backupPolicy:BackupPolicy', 'files', { fileSystemId: id(FILES), backupPolicy: hole })],
      'keeps',
    ),
  },
  backups: {
    family: backups,
    offered: history([VOLUME], 'keeps'),
    not: history([CACHE, CACHE_GROUP, A, B], 'none'),
    unknown: history([having(VOLUME, { availabilityZone: hole })], 'keeps'),
  },
  protectedState: {
    family: protectedState,
    offered: { ...damaged(TABLE, 'helps'), bare: true },
    not: damaged(TABLE, 'none'),
    // Whether AWS would refuse to delete it is another question.
    unknown: { ...damaged(having(TABLE, { deletionProtectionEnabled: hole }), 'helps'), bare: true },
  },
};
