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
  /** Milliseconds between the writes of before the drill, where a minute is too short for what must have happened by then. */
  readonly warm?: number;
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

const ZONE: Spec = { type: 'aws:route53/zone:Zone', name: 'shop', inputs: { name: 'example.com' } };
const CHECK: Spec = {
  type: 'aws:route53/healthCheck:HealthCheck',
  name: 'first',
  inputs: { type: 'HTTPS', fqdn: 'first.example.net', port: 443, requestInterval: 10, failureThreshold: 2 },
};
const DNS: readonly Spec[] = [
  ZONE,
  CHECK,
  ...(['PRIMARY', 'SECONDARY'] as const).map((type): Spec => {
    const name = type === 'PRIMARY' ? 'first' : 'second';
    return {
      type: 'aws:route53/record:Record',
      name,
      inputs: {
        zoneId: out(ZONE.type, ZONE.name, 'zoneId'),
        name: 'shop.example.com',
        type: 'CNAME',
        ttl: 60,
        setIdentifier: name,
        failoverRoutingPolicies: [{ type }],
        records: [`${name}.example.net`],
        ...(type === 'PRIMARY' ? { healthCheckId: out(CHECK.type, CHECK.name, 'id') } : {}),
      },
    };
  }),
];

const bucketIn = (region: string, name: string): readonly Spec[] => [
  { type: 'aws:s3/bucket:Bucket', name, region, inputs: { bucket: name } },
  {
    type: 'aws:s3/bucketVersioning:BucketVersioning',
    name,
    region,
    inputs: { bucket: name, versioningConfiguration: { status: 'Enabled' } },
  },
];
const BUCKETS: readonly Spec[] = [
  ...bucketIn('us-east-1', 'documents'),
  ...bucketIn(AWAY, 'documents-away'),
  {
    type: 'aws:s3/bucketReplicationConfig:BucketReplicationConfig',
    name: 'documents',
    inputs: {
      bucket: 'documents',
      role: 'arn:aws:iam::111122223333:role/replication',
      rules: [{ id: 'all', status: 'Enabled', destination: { bucket: 'arn:aws:s3:::documents-away' } }],
    },
  },
];

/** A table of which nobody can delete the backups any more once three days have passed. */
const LOCKED: readonly Spec[] = [
  TABLE,
  { type: 'aws:backup/vault:Vault', name: 'kept', inputs: { name: 'kept' } },
  {
    type: 'aws:backup/vaultLockConfiguration:VaultLockConfiguration',
    name: 'kept',
    inputs: { backupVaultName: 'kept', changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 365 },
  },
  {
    type: 'aws:backup/plan:Plan',
    name: 'daily',
    inputs: {
      name: 'daily',
      rules: [
        {
          ruleName: 'daily',
          targetVaultName: 'kept',
          schedule: 'cron(0 3 * * ? *)',
          startWindow: 60,
          completionWindow: 120,
          lifecycle: { deleteAfter: 35 },
        },
      ],
    },
  },
  {
    type: 'aws:backup/selection:Selection',
    name: 'all',
    inputs: {
      name: 'all',
      planId: out('aws:backup/plan:Plan', 'daily', 'id'),
      iamRoleArn: 'arn:aws:iam::111122223333:role/backup',
      resources: [out(TABLE.type, TABLE.name, 'arn')],
    },
  },
];

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
  { kind: 'dns-failover', reading: reading([...DNS, TABLE]), metrics: '{ RTO: { region: 15m } }', drill: ['limit: 15m'] },
  { kind: 'bucket-failover', reading: reading(BUCKETS), metrics: '{ RTO: { region: 1h } }', drill: [] },
  {
    kind: 'ransomware-recovery',
    reading: reading(LOCKED),
    metrics: '{ RTO: { account: 12h }, RPO: { account: 48h } }',
    drill: ["recover: [{ action: backup-restore, on: '**:Table::carts' }]"],
    warm: 26 * 3_600_000,
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
