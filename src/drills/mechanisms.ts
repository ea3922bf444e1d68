/** What the drills of one part of a service are about: ids of protections (src/services) by what they do. */
import type { DrillKind } from '../model/drill.ts';

const GLOBAL_DATABASES = new Set(['aurora-global-failover', 'docdb-global-failover', 'neptune-global-failover']);

/**
 * The mechanisms that each drill calls for. One that the drill of a whole scope shows well enough (load balancers, groups of
 * instances, restores) has no drill of its own.
 */
export const MECHANISMS_OF: Readonly<Partial<Record<DrillKind, ReadonlySet<string>>>> = {
  'database-failover': new Set(['rds-multi-az', 'rds-multi-az-cluster', 'aurora-failover', 'docdb-failover', 'neptune-failover']),
  'global-database-failover': GLOBAL_DATABASES,
  'global-database-switchover': GLOBAL_DATABASES,
  'cache-failover': new Set(['elasticache-failover', 'memorydb-failover']),
  'dns-failover': new Set(['route53-failover', 'arc-routing-control']),
  'bucket-failover': new Set(['s3-replication']),
};

/** Copies of a store in another Region that follow it write by write, so that they have a lag; backups have an age. */
export const REPLICATING: ReadonlySet<string> = new Set([
  ...GLOBAL_DATABASES,
  'dynamodb-global-table',
  'efs-replication-failover',
  'elasticache-global-failover',
  'memorydb-multi-region',
  'mq-data-replication',
  'msk-replicator',
  'rds-cross-region-replica',
  's3-replication',
]);
