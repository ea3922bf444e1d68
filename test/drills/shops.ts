/** Small shops in code, one for each kind of drill, with a drill of it: enough for the drill to disrupt something. */
import type { DrillKind } from '../../src/model/drill.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { out, type Spec } from '../services/support-traffic.ts';
import { promising, reading, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

export interface Shop {
  readonly kind: DrillKind;
  readonly reading: SourceReading;
  /** Promises of the service, as YAML. */
  readonly metrics: string;
  /** Further members of the drill, one YAML line each. */
  readonly drill: readonly string[];
  readonly services?: string;
}

export const PLACE = { account: '111122223333', region: 'us-east-1' };
export const AWAY = 'eu-west-1';

/** `afterCrash` of its drill. */
export function catalogueOf({ kind, metrics, drill, services }: Shop, afterCrash: 'continue' | 'roll-back' = 'continue'): string {
  const lines = [
    `id: the-drill`,
    `kind: ${kind}`,
    `service: shop`,
    `afterCrash: ${afterCrash}`,
    `dwell: 30s`,
    `preconditions: []`,
    ...drill,
  ];
  return promising(metrics, `drills:\n  - ${lines.join('\n    ')}\n`, services);
}

const MULTI_AZ: Spec = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: { engine: 'postgres', multiAz: true, backupRetentionPeriod: 7, deletionProtection: true },
};

const GLOBAL_CLUSTER: Spec = {
  type: 'aws:rds/globalCluster:GlobalCluster',
  name: 'orders',
  inputs: { globalClusterIdentifier: 'orders', engine: 'aurora-postgresql', engineVersion: '16.6', databaseName: 'app' },
};

function auroraIn(region: string, first: boolean): readonly Spec[] {
  const name = `orders-${region}`;
  return [
    {
      type: 'aws:rds/cluster:Cluster',
      name,
      region,
      inputs: {
        clusterIdentifier: name,
        engine: 'aurora-postgresql',
        engineVersion: '16.6',
        globalClusterIdentifier: out(GLOBAL_CLUSTER.type, GLOBAL_CLUSTER.name, 'id'),
        ...(first ? { masterUsername: 'app', masterPassword: 'hunter22', databaseName: 'app' } : {}),
        backupRetentionPeriod: 7,
        deletionProtection: true,
        availabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
      },
    },
    ...['a', 'b'].map((zone) => ({
      type: 'aws:rds/clusterInstance:ClusterInstance',
      name: `${name}-${zone}`,
      region,
      inputs: {
        identifier: `${name}-${zone}`,
        clusterIdentifier: out('aws:rds/cluster:Cluster', name, 'id'),
        engine: 'aurora-postgresql',
        instanceClass: 'db.r7g.large',
        availabilityZone: `${region}${zone}`,
      },
    })),
  ];
}

export const AURORA_GLOBAL: readonly Spec[] = [GLOBAL_CLUSTER, ...auroraIn('us-east-1', true), ...auroraIn(AWAY, false)];

const CACHE: Spec = {
  type: 'aws:elasticache/replicationGroup:ReplicationGroup',
  name: 'sessions',
  inputs: {
    replicationGroupId: 'sessions',
    description: 'sessions',
    engine: 'valkey',
    nodeType: 'cache.r7g.large',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    preferredCacheClusterAzs: ['us-east-1a', 'us-east-1b'],
    snapshotRetentionLimit: 7,
  },
};

const KEY: Spec = { type: 'aws:kms/key:Key', name: 'carts', inputs: { deletionWindowInDays: 30, enableKeyRotation: true } };
const ENCRYPTED: Spec = {
  ...TABLE,
  inputs: { ...TABLE.inputs, serverSideEncryption: { enabled: true, kmsKeyArn: out(KEY.type, KEY.name, 'arn') } },
};

const PAYMENTS: Spec = { type: 'aws:dynamodb/table:Table', name: 'payments', inputs: { name: 'payments' } };

const ON_PAYMENTS = `services:
  shop:
    tier: 1
    resources: [{ urn: '**carts' }]
    entry: [{ urn: '**carts' }]
    dependsOn: [{ service: payments, strength: soft }]
  payments:
    tier: 2
    resources: [{ urn: '**payments' }]
    entry: [{ urn: '**payments' }]`;

export const SHOPS: readonly Shop[] = [
  {
    kind: 'az-loss',
    reading: reading([MULTI_AZ]),
    metrics: '{ RTO: { az: 15m }, RPO: { az: 0s } }',
    drill: ['member: us-east-1a'],
  },
  {
    kind: 'region-loss',
    reading: reading(AURORA_GLOBAL),
    metrics: '{ RTO: { region: 8h }, RPO: { region: 1h } }',
    drill: ['member: us-east-1'],
  },
  {
    kind: 'region-evacuation',
    reading: reading(AURORA_GLOBAL),
    metrics: '{ RTO: { region: 1h }, RPO: { region: 5m } }',
    drill: ['member: us-east-1'],
  },
  { kind: 'database-failover', reading: reading([MULTI_AZ]), metrics: '{ RTO: { instance: 15m } }', drill: [] },
  { kind: 'global-database-failover', reading: reading(AURORA_GLOBAL), metrics: '{ RTO: { region: 1h } }', drill: [] },
  { kind: 'global-database-switchover', reading: reading(AURORA_GLOBAL), metrics: '{ RTO: { region: 1h } }', drill: [] },
  { kind: 'cache-failover', reading: reading([CACHE]), metrics: '{ RTO: { instance: 15m } }', drill: [] },
  {
    kind: 'backup-restore',
    reading: reading([SINGLE_AZ]),
    metrics: '{ RTO: { data: 8h }, RPO: { data: 1h } }',
    drill: ['points: [newest]'],
  },
  { kind: 'key-loss', reading: reading([KEY, ENCRYPTED]), metrics: '{ RTO: { data: 8h } }', drill: ['limit: 20m'] },
  {
    kind: 'dependency-loss',
    reading: reading([TABLE, PAYMENTS]),
    metrics: '{ RTO: { supplier: 1h } }',
    drill: ['member: payments', 'limit: 20m'],
    services: ON_PAYMENTS,
  },
  {
    kind: 'control-plane-loss',
    reading: reading([TABLE]),
    metrics: '{ RTO: { control-plane: 1h } }',
    drill: ['member: us-east-1'],
  },
  {
    kind: 'table-top',
    reading: reading([TABLE]),
    metrics: '{ RTO: { region: 1h } }',
    drill: ['participants: [on-call]'],
  },
];
