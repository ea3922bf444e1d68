/** What the estates of drills are made of. */
import { out, type Spec } from '../services/support-traffic.ts';
import { SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

export const PLACE = { account: '111122223333', region: 'us-east-1' };
export const AWAY = 'eu-west-1';

export const MULTI: Spec = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: { engine: 'postgres', multiAz: true, backupRetentionPeriod: 7, deletionProtection: true },
};

/** Single-AZ, and nobody keeps a backup of it. */
export const BARE: Spec = { ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, backupRetentionPeriod: 0 } };

export const BARE_TABLE: Spec = { ...TABLE, inputs: { name: 'carts', deletionProtectionEnabled: true } };

/** A table with a replica in the other Region. */
export const GLOBAL_TABLE: Spec = {
  ...TABLE,
  inputs: {
    ...TABLE.inputs,
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    replicas: [{ regionName: AWAY, pointInTimeRecovery: true, deletionProtectionEnabled: true }],
  },
};

const GLOBAL: Spec = {
  type: 'aws:rds/globalCluster:GlobalCluster',
  name: 'orders',
  inputs: { globalClusterIdentifier: 'orders', engine: 'aurora-postgresql', engineVersion: '16.6', databaseName: 'app' },
};

function auroraIn(region: string, letters: string, first: boolean): readonly Spec[] {
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
        globalClusterIdentifier: out(GLOBAL.type, GLOBAL.name, 'id'),
        ...(first ? { masterUsername: 'app', masterPassword: 'hunter22', databaseName: 'app' } : {}),
        backupRetentionPeriod: 7,
        deletionProtection: true,
        availabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
      },
    },
    ...[...letters].map((zone) => ({
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

/** An Aurora global database; its second cluster has as many instances as letters. */
export const auroraGlobal = (letters = 'ab'): readonly Spec[] => [
  GLOBAL,
  ...auroraIn('us-east-1', 'ab', true),
  ...auroraIn(AWAY, letters, false),
];

export const cache = (nodes: number): Spec => ({
  type: 'aws:elasticache/replicationGroup:ReplicationGroup',
  name: 'sessions',
  inputs: {
    replicationGroupId: 'sessions',
    description: 'sessions',
    engine: 'valkey',
    nodeType: 'cache.r7g.large',
    numCacheClusters: nodes,
    automaticFailoverEnabled: nodes > 1,
    multiAzEnabled: nodes > 1,
    preferredCacheClusterAzs: ['us-east-1a', 'us-east-1b'].slice(0, nodes),
    snapshotRetentionLimit: 7,
  },
});

export const KEY: Spec = {
  type: 'aws:kms/key:Key',
  name: 'carts',
  inputs: { deletionWindowInDays: 30, enableKeyRotation: true },
};
export const ENCRYPTED: Spec = {
  ...TABLE,
  inputs: { ...TABLE.inputs, serverSideEncryption: { enabled: true, kmsKeyArn: out(KEY.type, KEY.name, 'arn') } },
};

export const ZONE: Spec = { type: 'aws:route53/zone:Zone', name: 'shop', inputs: { name: 'example.com' } };
export const CHECK: Spec = {
  type: 'aws:route53/healthCheck:HealthCheck',
  name: 'first',
  inputs: { type: 'HTTPS', fqdn: 'first.example.net', port: 443, requestInterval: 10, failureThreshold: 2 },
};

export const record = (name: string, type: 'PRIMARY' | 'SECONDARY', check: boolean): Spec => ({
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
    ...(check ? { healthCheckId: out(CHECK.type, CHECK.name, 'id') } : {}),
  },
});

/** A name that answers with the second endpoint while the first is not healthy. */
export const DNS: readonly Spec[] = [ZONE, CHECK, record('first', 'PRIMARY', true), record('second', 'SECONDARY', false)];

const bucketIn = (region: string, name: string): readonly Spec[] => [
  { type: 'aws:s3/bucket:Bucket', name, region, inputs: { bucket: name } },
  {
    type: 'aws:s3/bucketVersioning:BucketVersioning',
    name,
    region,
    inputs: { bucket: name, versioningConfiguration: { status: 'Enabled' } },
  },
];
/** Two versioned buckets, of which one is replicated to the other Region. */
export const BUCKETS: readonly Spec[] = [
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
