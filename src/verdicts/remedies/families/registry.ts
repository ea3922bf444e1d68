/** Every family of changes, the simplest first: that is the order in which their candidates are tried. */
import type { Family } from '../candidate.ts';
import { backups } from './backup-plans.ts';
import { secondInstance, severalInstances, severalZones } from './compute-zones.ts';
import { regionalGateway } from './egress.ts';
import { cacheFailover, clusterReaders, fileSystemZones, rdsMultiAz } from './managed-zones.ts';
import { bucketHistory, fileSystemHistory, retention, tableHistory } from './own-history.ts';
import { regionSwitch } from './promotion.ts';
import { protectedState } from './protection.ts';
import { globalDatabase } from './region-aurora.ts';
import { bucketReplication } from './region-buckets.ts';
import { fileSystemReplication, globalDatastore, rdsReplica, tableReplica } from './region-copies.ts';
import { messageFanOut, registryReplication, replicaKey, secretReplica } from './region-shared.ts';
import { standbyCapacity } from './standby-capacity.ts';
import { branchSignal, failoverPair, quickCheck, shortTtl, workingCheck } from './traffic.ts';

export const FAMILIES: readonly Family[] = [
  rdsMultiAz,
  cacheFailover,
  clusterReaders,
  fileSystemZones,
  severalZones,
  severalInstances,
  secondInstance,
  regionalGateway,
  standbyCapacity,
  regionSwitch,
  tableReplica,
  rdsReplica,
  globalDatabase,
  bucketReplication,
  globalDatastore,
  fileSystemReplication,
  secretReplica,
  replicaKey,
  registryReplication,
  messageFanOut,
  workingCheck,
  branchSignal,
  shortTtl,
  quickCheck,
  failoverPair,
  retention,
  tableHistory,
  bucketHistory,
  fileSystemHistory,
  backups,
  protectedState,
];
