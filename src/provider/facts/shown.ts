/** What AWS shows of a resource less plainly than the provider needs it, by type. */
import type { Values } from '../../model/value.ts';
import { keyOf } from './shape.ts';

/** Inputs that the provider never reads back: what AWS shows under the name later is something else. */
const UNREAD: Readonly<Record<string, readonly string[]>> = {
  // Who writes now.
  'docdb/globalCluster': ['sourceDbClusterIdentifier'],
  'neptune/globalCluster': ['sourceDbClusterIdentifier'],
  'rds/globalCluster': ['sourceDbClusterIdentifier'],
  // Where the nodes are now.
  'elasticache/cluster': ['preferredAvailabilityZones'],
  'elasticache/replicationGroup': ['preferredCacheClusterAzs'],
};

export const unreadOf = (type: string): readonly string[] => UNREAD[keyOf(type)] ?? [];

/** Types that are shown only while something else refers to them: not to see one means nothing. */
const BY_CHANCE = new Set(['apigatewayv2/domainName']);

export const isShownByChance = (type: string): boolean => BY_CHANCE.has(keyOf(type));

/** Types of which each is shown in one Region of several, wherever its provider works: that of the writer, of the first table. */
const WANDERING = new Set([
  'docdb/globalCluster',
  'dynamodb/globalTable',
  'dynamodb/tableReplica',
  'elasticache/globalReplicationGroup',
  'neptune/globalCluster',
  'rds/globalCluster',
]);

export const wanders = (type: string): boolean => WANDERING.has(keyOf(type));

const WAITS_FOR_DELETION = new Set<unknown>(['PendingDeletion', 'PendingReplicaDeletion']);

/**
 * Does AWS show it although the provider takes it for gone? No key goes at once, and one that waits for its deletion is gone to
 * the provider (`findKeyByID` in internal/service/kms/key.go of github.com/hashicorp/terraform-provider-aws).
 */
export const isAsGoodAsGone = (type: string, outputs: Values): boolean =>
  type.startsWith('aws:kms/') && WAITS_FOR_DELETION.has(outputs.keyState);
