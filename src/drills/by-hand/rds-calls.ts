/** Calls of RDS that steps make. Aurora, DocumentDB and Neptune answer the same API under the same IAM prefix. */
import type * as Rds from '@aws-sdk/client-rds';
import type { Place, Session } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import type { Tags } from './memo.ts';
import { unless } from './waiting.ts';

const read = <I, O>(operation: string) => reads<I, O>('rds', operation);
const disrupt = <I, O>(operation: string) => disrupts<I, O>('rds', operation);

export const rds = {
  describeInstances: read<Rds.DescribeDBInstancesCommandInput, Rds.DescribeDBInstancesCommandOutput>('DescribeDBInstances'),
  describeClusters: read<Rds.DescribeDBClustersCommandInput, Rds.DescribeDBClustersCommandOutput>('DescribeDBClusters'),
  describeGlobal: read<Rds.DescribeGlobalClustersCommandInput, Rds.DescribeGlobalClustersCommandOutput>('DescribeGlobalClusters'),
  describeBackups: read<Rds.DescribeDBInstanceAutomatedBackupsCommandInput, Rds.DescribeDBInstanceAutomatedBackupsCommandOutput>(
    'DescribeDBInstanceAutomatedBackups',
  ),
  describeSnapshots: read<Rds.DescribeDBSnapshotsCommandInput, Rds.DescribeDBSnapshotsCommandOutput>('DescribeDBSnapshots'),
  listTags: read<Rds.ListTagsForResourceCommandInput, Rds.ListTagsForResourceCommandOutput>('ListTagsForResource'),
  addTags: disrupt<Rds.AddTagsToResourceCommandInput, Rds.AddTagsToResourceCommandOutput>('AddTagsToResource'),
  removeTags: disrupt<Rds.RemoveTagsFromResourceCommandInput, Rds.RemoveTagsFromResourceCommandOutput>('RemoveTagsFromResource'),
  restoreInstance: disrupt<Rds.RestoreDBInstanceToPointInTimeCommandInput, Rds.RestoreDBInstanceToPointInTimeCommandOutput>(
    'RestoreDBInstanceToPointInTime',
  ),
  restoreSnapshot: disrupt<Rds.RestoreDBInstanceFromDBSnapshotCommandInput, Rds.RestoreDBInstanceFromDBSnapshotCommandOutput>(
    'RestoreDBInstanceFromDBSnapshot',
  ),
  restoreCluster: disrupt<Rds.RestoreDBClusterToPointInTimeCommandInput, Rds.RestoreDBClusterToPointInTimeCommandOutput>(
    'RestoreDBClusterToPointInTime',
  ),
  createInstance: disrupt<Rds.CreateDBInstanceCommandInput, Rds.CreateDBInstanceCommandOutput>('CreateDBInstance'),
  createReplica: disrupt<Rds.CreateDBInstanceReadReplicaCommandInput, Rds.CreateDBInstanceReadReplicaCommandOutput>(
    'CreateDBInstanceReadReplica',
  ),
  modifyInstance: disrupt<Rds.ModifyDBInstanceCommandInput, Rds.ModifyDBInstanceCommandOutput>('ModifyDBInstance'),
  deleteInstance: disrupt<Rds.DeleteDBInstanceCommandInput, Rds.DeleteDBInstanceCommandOutput>('DeleteDBInstance'),
  deleteCluster: disrupt<Rds.DeleteDBClusterCommandInput, Rds.DeleteDBClusterCommandOutput>('DeleteDBCluster'),
  promoteReplica: disrupt<Rds.PromoteReadReplicaCommandInput, Rds.PromoteReadReplicaCommandOutput>('PromoteReadReplica'),
  reboot: disrupt<Rds.RebootDBInstanceCommandInput, Rds.RebootDBInstanceCommandOutput>('RebootDBInstance'),
  failoverCluster: disrupt<Rds.FailoverDBClusterCommandInput, Rds.FailoverDBClusterCommandOutput>('FailoverDBCluster'),
  failoverGlobal: disrupt<Rds.FailoverGlobalClusterCommandInput, Rds.FailoverGlobalClusterCommandOutput>('FailoverGlobalCluster'),
  switchoverGlobal: disrupt<Rds.SwitchoverGlobalClusterCommandInput, Rds.SwitchoverGlobalClusterCommandOutput>(
    'SwitchoverGlobalCluster',
  ),
} as const;

/** AWS says so while something else is under way. */
export const BUSY = ['InvalidDBInstanceState', 'InvalidDBClusterState', 'InvalidGlobalClusterState'];
export const TAKEN = ['DBInstanceAlreadyExists', 'DBClusterAlreadyExists'];
const NO_INSTANCE = ['DBInstanceNotFound'];
const NO_CLUSTER = ['DBClusterNotFound'];

export async function instanceNamed(session: Session, name: string, at: Place): Promise<Rds.DBInstance | undefined> {
  const asked = session.send(rds.describeInstances, { DBInstanceIdentifier: name }, at);
  return (await unless(NO_INSTANCE, asked))?.DBInstances?.[0];
}

export async function clusterNamed(session: Session, name: string, at: Place): Promise<Rds.DBCluster | undefined> {
  const asked = session.send(rds.describeClusters, { DBClusterIdentifier: name }, at);
  return (await unless(NO_CLUSTER, asked))?.DBClusters?.[0];
}

/** What is not there any more has no tags. */
export function rdsTags(session: Session, arn: string, at: Place): Tags {
  return {
    read: async (key) => {
      const asked = session.send(rds.listTags, { ResourceName: arn }, at);
      const found = await unless([...NO_INSTANCE, ...NO_CLUSTER], asked);
      return found?.TagList?.find((t) => t.Key === key)?.Value;
    },
    write: (key, value) => session.send(rds.addTags, { ResourceName: arn, Tags: [{ Key: key, Value: value }] }, at),
    erase: (key) => session.send(rds.removeTags, { ResourceName: arn, TagKeys: [key] }, at),
  };
}

/** States of an instance in which it cannot go on by itself (RDS User Guide, "Viewing Amazon RDS DB instance status"). */
export const FAILED = [
  'failed',
  'incompatible-network',
  'incompatible-option-group',
  'incompatible-parameters',
  'incompatible-restore',
  'restore-error',
];
