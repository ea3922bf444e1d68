/** Every step of recovery that there is, by the id of its mechanism or of its action, and every call that steps make. */
import type { Call } from '../../aws/call.ts';
import { automation, startAutomation } from './automation.ts';
import { backup, restoreBackup } from './backup.ts';
import { drs, recoverServers } from './drs.ts';
import { dynamodb, restoreTable } from './dynamodb.ts';
import { efs, failReplicationOver, mountElsewhere } from './efs.ts';
import { elasticache, failDatastoreOver, promoteNode, testFailover } from './elasticache.ts';
import { restoreSnapshot as restoreCacheSnapshot } from './elasticache-restore.ts';
import type { StepMaker } from './hand.ts';
import { enableKey, kms, moveKeyPrimary, promoteSecret, secrets } from './keys.ts';
import { rds } from './rds-calls.ts';
import { addInstance, failClusterOver, restoreCluster } from './rds-clusters.ts';
import { failGlobalOver, switchGlobalOver } from './rds-global.ts';
import { rebootWithFailover, restoreElsewhere, restoreInstance, restoreSnapshot } from './rds-instances.ts';
import { promoteReplica } from './rds-promotion.ts';
import { regionSwitch, switchRegion } from './region-switch.ts';
import { invertHealthCheck, route53, switchRecord } from './route53.ts';
import { routingControl, switchRoutingControl } from './routing-control.ts';
import { moveToReplica, restoreVersions, s3 } from './s3.ts';
import { scaleGroup, scaleNodes, scaleService, scaling } from './scaling.ts';
import { shiftZone, zonalShift } from './zonal-shift.ts';

/** An instance is restored as one, a cluster with its instances, and of a global database its primary. */
const restoreDatabase: StepMaker = (hand) => (hand.arn?.includes(':db:') === true ? restoreInstance(hand) : restoreCluster(hand));

const cannotRewind: StepMaker = () => 'a cluster that is rewound in place cannot be put back: restore it into a new one';

/** `action` of a step in a drill file, and the mechanism ids of the services' protections. */
export const STEPS: Readonly<Record<string, StepMaker>> = {
  'rds-point-in-time-restore': restoreDatabase,
  'rds-automated-backup-replication': restoreElsewhere,
  'rds-snapshot-restore': restoreSnapshot,
  'rds-promote-read-replica': promoteReplica,
  'rds-cross-region-replica': promoteReplica,
  'rds-read-replica': promoteReplica,
  'rds-reboot-with-failover': rebootWithFailover,
  'rds-cluster-failover': failClusterOver,
  'docdb-point-in-time-restore': restoreCluster,
  'neptune-point-in-time-restore': restoreCluster,
  'aurora-backtrack': cannotRewind,
  'aurora-add-instance': addInstance,
  'docdb-add-instance': addInstance,
  'neptune-add-instance': addInstance,
  'aurora-global-failover': failGlobalOver,
  'docdb-global-failover': failGlobalOver,
  'neptune-global-failover': failGlobalOver,
  'aurora-global-switchover': switchGlobalOver,
  'docdb-global-switchover': switchGlobalOver,
  'neptune-global-switchover': switchGlobalOver,
  'dynamodb-point-in-time-restore': restoreTable,
  'dynamodb-replica-point-in-time-restore': restoreTable,
  'elasticache-test-failover': testFailover,
  'elasticache-promote-replica': promoteNode,
  'elasticache-global-failover': failDatastoreOver,
  'elasticache-snapshot-restore': restoreCacheSnapshot,
  's3-versioning': restoreVersions,
  's3-bucket-failover': moveToReplica,
  'efs-replication-failover': failReplicationOver,
  'efs-new-mount-target': mountElsewhere,
  'efs-automatic-backup': restoreBackup,
  'backup-restore': restoreBackup,
  'backup-copy-restore': restoreBackup,
  'route53-switch': switchRecord,
  'route53-invert-health-check': invertHealthCheck,
  'arc-routing-control': switchRoutingControl,
  'routing-control': switchRoutingControl,
  'region-switch-plan': switchRegion,
  'zonal-shift': shiftZone,
  'asg-scale': scaleGroup,
  'ecs-scale': scaleService,
  'eks-scale': scaleNodes,
  'drs-recovery': recoverServers,
  'kms-enable-key': enableKey,
  'kms-move-primary': moveKeyPrimary,
  'secret-promote-replica': promoteSecret,
  'custom-lambda': startAutomation,
  'run-automation': startAutomation,
};

/** The only calls that the session of a drill's steps may make. */
export const HAND_CALLS: readonly Call<never, unknown>[] = [
  rds,
  dynamodb,
  elasticache,
  s3,
  efs,
  backup,
  route53,
  routingControl,
  regionSwitch,
  zonalShift,
  scaling,
  drs,
  kms,
  secrets,
  automation,
].flatMap((calls): readonly Call<never, unknown>[] => Object.values(calls));
