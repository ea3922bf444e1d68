/** Stores of generated services, each with its protections drawn at random. */
import type { Hole } from '../src/model/value.ts';
import type { Made, Network, Site } from './truth-parts.ts';

export interface Store {
  /** What its readers and writers are told of it, by Region. */
  readonly endpoint: ReadonlyMap<string, Hole | string>;
  /** Blocks of a Region switch plan that move it. */
  readonly steps: readonly SwitchStep[];
}

export type SwitchStep = Readonly<Record<string, import('../src/model/value.ts').Value>>;

const AZS = [1, 2, 3];

function subnetGroup({ p, name, tags }: Site, type: string, { region, subnets }: Network, count = 3): Made {
  const group = `${name}-${region}`;
  return p.add(type, group, region, { name: group, subnetIds: subnets.slice(0, count).map((s) => s.of('id')) }, tags);
}

const at = (network: Network, made: Made, property: string): readonly [string, Hole] => [network.region, made.of(property)];

function instance(site: Site): Store {
  const { p, draw, name, tags, primary, standby } = site;
  const group = subnetGroup(site, 'aws:rds/subnetGroup:SubnetGroup', primary);
  const common = {
    engine: 'postgres',
    engineVersion: '16.6',
    instanceClass: 'db.r7g.large',
    deletionProtection: true,
    skipFinalSnapshot: true,
  };
  const retained = draw.pick([0, 7, 14]);
  const made = p.add(
    'aws:rds/instance:Instance',
    `${name}-db`,
    primary.region,
    {
      ...common,
      identifier: `${name}-db`,
      allocatedStorage: 100,
      username: 'app',
      manageMasterUserPassword: true,
      multiAz: draw.often(0.6),
      backupRetentionPeriod: retained,
      dbSubnetGroupName: group.of('name'),
    },
    tags,
  );
  if (retained > 0 && draw.often(0.5)) {
    const there = subnetGroup(site, 'aws:rds/subnetGroup:SubnetGroup', standby);
    const replica = p.add(
      'aws:rds/instance:Instance',
      `${name}-db-standby`,
      standby.region,
      {
        ...common,
        identifier: `${name}-db-standby`,
        replicateSourceDb: made.of('arn'),
        dbSubnetGroupName: there.of('name'),
        multiAz: draw.often(0.5),
      },
      tags,
    );
    return { endpoint: new Map([at(primary, made, 'address'), at(standby, replica, 'address')]), steps: [] };
  }
  return { endpoint: new Map([at(primary, made, 'address')]), steps: [] };
}

function multiAzCluster(site: Site): Store {
  const { p, name, draw, tags, primary } = site;
  const group = subnetGroup(site, 'aws:rds/subnetGroup:SubnetGroup', primary);
  const made = p.add(
    'aws:rds/cluster:Cluster',
    `${name}-cluster`,
    primary.region,
    {
      clusterIdentifier: `${name}-cluster`,
      engine: 'postgres',
      engineVersion: '16.6',
      dbClusterInstanceClass: 'db.r6gd.large',
      allocatedStorage: 100,
      iops: 1000,
      storageType: 'io1',
      masterUsername: 'app',
      manageMasterUserPassword: true,
      backupRetentionPeriod: draw.pick([1, 7]),
      deletionProtection: true,
      dbSubnetGroupName: group.of('name'),
    },
    tags,
  );
  return { endpoint: new Map([at(primary, made, 'endpoint')]), steps: [] };
}

function auroraCluster(site: Site, network: Network, instances: number, global: Made | undefined): Made {
  const { p, name, draw, tags } = site;
  const group = subnetGroup(site, 'aws:rds/subnetGroup:SubnetGroup', network);
  const id = `${name}-aurora-${network.region}`;
  const first = global === undefined || network === site.primary;
  const cluster = p.add(
    'aws:rds/cluster:Cluster',
    id,
    network.region,
    {
      clusterIdentifier: id,
      engine: 'aurora-postgresql',
      engineVersion: '16.6',
      ...(global === undefined ? {} : { globalClusterIdentifier: global.of('id') }),
      ...(first ? { masterUsername: 'app', manageMasterUserPassword: true } : {}),
      backupRetentionPeriod: draw.pick([1, 7, 35]),
      storageEncrypted: true,
      ...(global === undefined ? {} : { kmsKeyId: network.key.of('arn') }),
      deletionProtection: true,
      dbSubnetGroupName: group.of('name'),
    },
    tags,
  );
  for (let i = 0; i < instances; i += 1)
    p.add(
      'aws:rds/clusterInstance:ClusterInstance',
      `${id}-${i}`,
      network.region,
      {
        identifier: `${id}-${i}`,
        clusterIdentifier: cluster.of('id'),
        engine: 'aurora-postgresql',
        instanceClass: 'db.r7g.large',
        availabilityZone: network.zones[i % network.zones.length] ?? '',
      },
      tags,
    );
  return cluster;
}

function aurora(site: Site): Store {
  const { draw, primary } = site;
  const cluster = auroraCluster(site, primary, draw.pick(AZS), undefined);
  return { endpoint: new Map([at(primary, cluster, 'endpoint')]), steps: [] };
}

function auroraGlobal(site: Site): Store {
  const { p, draw, name, tags, primary, standby } = site;
  const global = p.add(
    'aws:rds/globalCluster:GlobalCluster',
    `${name}-global`,
    primary.region,
    {
      globalClusterIdentifier: `${name}-global`,
      engine: 'aurora-postgresql',
      engineVersion: '16.6',
      databaseName: 'app',
      storageEncrypted: true,
      deletionProtection: true,
    },
    tags,
  );
  const home = auroraCluster(site, primary, draw.pick([2, 3]), global);
  const away = auroraCluster(site, standby, draw.pick([1, 2]), global);
  return {
    endpoint: new Map([at(primary, home, 'endpoint'), at(standby, away, 'endpoint')]),
    steps: [
      {
        name: `${name}-database`,
        executionBlockType: 'AuroraGlobalDatabase',
        globalAuroraConfigs: [
          {
            behavior: 'failover',
            databaseClusterArns: [home.of('arn'), away.of('arn')],
            globalClusterIdentifier: global.of('id'),
            timeoutMinutes: draw.pick([10, 15, 30]),
            ungracefuls: [{ ungraceful: 'failover' }],
          },
        ],
      },
    ],
  };
}

function table({ p, draw, name, tags, primary, standby }: Site): Store {
  const replicated = draw.often(0.6);
  const recoverable = draw.often(0.7);
  const id = `${name}-table`;
  p.add(
    'aws:dynamodb/table:Table',
    id,
    primary.region,
    {
      name: id,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'id',
      attributes: [{ name: 'id', type: 'S' }],
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: recoverable },
      streamEnabled: true,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      ...(replicated
        ? { replicas: [{ regionName: standby.region, pointInTimeRecovery: recoverable, deletionProtectionEnabled: true }] }
        : {}),
    },
    tags,
  );
  return { endpoint: new Map([[primary.region, id], ...(replicated ? ([[standby.region, id]] as const) : [])]), steps: [] };
}

function cache(site: Site): Store {
  const { p, draw, name, tags, primary, standby } = site;
  const nodes = draw.pick(AZS);
  const automatic = nodes > 1 && draw.often(0.8);
  const global = automatic && draw.often(0.4);
  const group = (network: Network, inputs: Readonly<Record<string, import('../src/model/value.ts').Value>>): Made => {
    const subnets = subnetGroup(site, 'aws:elasticache/subnetGroup:SubnetGroup', network);
    const id = `${name}-${network === primary ? 'c' : 'd'}`;
    return p.add(
      'aws:elasticache/replicationGroup:ReplicationGroup',
      id,
      network.region,
      {
        replicationGroupId: id,
        description: name,
        numCacheClusters: nodes,
        automaticFailoverEnabled: automatic,
        multiAzEnabled: automatic && draw.often(0.8),
        subnetGroupName: subnets.of('name'),
        ...inputs,
      },
      tags,
    );
  };
  const snapshotRetentionLimit = draw.pick([0, 1, 7]);
  const home = group(primary, { engine: 'valkey', engineVersion: '8.0', nodeType: 'cache.r7g.large', snapshotRetentionLimit });
  if (!global) return { endpoint: new Map([at(primary, home, 'primaryEndpointAddress')]), steps: [] };
  const store = p.add(
    'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup',
    `${name}-global-cache`,
    primary.region,
    { globalReplicationGroupIdSuffix: name, primaryReplicationGroupId: home.of('id') },
    tags,
  );
  const away = group(standby, { globalReplicationGroupId: store.of('globalReplicationGroupId') });
  return {
    endpoint: new Map([at(primary, home, 'primaryEndpointAddress'), at(standby, away, 'primaryEndpointAddress')]),
    steps: [],
  };
}

function bucket({ p, draw, name, tags, primary, standby }: Site): Store {
  const versioned = draw.often(0.8);
  const make = ({ region }: Network): Made => {
    const id = `${name}-${region}-${'bucket'}`;
    const made = p.add('aws:s3/bucket:Bucket', id, region, { bucket: id }, tags);
    if (versioned)
      p.add('aws:s3/bucketVersioning:BucketVersioning', id, region, {
        bucket: made.of('id'),
        versioningConfiguration: { status: 'Enabled' },
      });
    return made;
  };
  const home = make(primary);
  if (!versioned || draw.often(0.4)) return { endpoint: new Map([at(primary, home, 'id')]), steps: [] };
  const away = make(standby);
  const role = roleFor(p, `${name}-replication`, primary.region, 's3.amazonaws.com', tags);
  const timed = draw.often(0.5);
  p.add('aws:s3/bucketReplicationConfig:BucketReplicationConfig', `${name}-replication`, primary.region, {
    bucket: home.of('id'),
    role: role.of('arn'),
    rules: [
      {
        id: 'all',
        status: 'Enabled',
        filter: {},
        deleteMarkerReplication: { status: 'Enabled' },
        destination: {
          bucket: away.of('arn'),
          ...(timed
            ? {
                replicationTime: { status: 'Enabled', time: { minutes: 15 } },
                metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
              }
            : {}),
        },
      },
    ],
  });
  return { endpoint: new Map([at(primary, home, 'id'), at(standby, away, 'id')]), steps: [] };
}

function files({ p, draw, name, tags, primary, standby }: Site): Store {
  const oneZone = draw.often(0.3);
  const made = p.add(
    'aws:efs/fileSystem:FileSystem',
    `${name}-files`,
    primary.region,
    { creationToken: `${name}-files`, encrypted: true, ...(oneZone ? { availabilityZoneName: primary.zones[0] ?? '' } : {}) },
    tags,
  );
  for (const [i, subnet] of primary.subnets.slice(0, oneZone ? 1 : 3).entries())
    p.add('aws:efs/mountTarget:MountTarget', `${name}-files-${i}`, primary.region, {
      fileSystemId: made.of('id'),
      subnetId: subnet.of('id'),
    });
  if (draw.often(0.5))
    p.add('aws:efs/replicationConfiguration:ReplicationConfiguration', `${name}-files`, primary.region, {
      sourceFileSystemId: made.of('id'),
      destination: { region: standby.region },
    });
  return { endpoint: new Map([at(primary, made, 'id')]), steps: [] };
}

export function roleFor(p: Site['p'], name: string, region: string, service: string, tags: Site['tags']): Made {
  const assumeRolePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
  return p.add('aws:iam/role:Role', name, region, { name, assumeRolePolicy }, tags);
}

export const STORES: readonly ((site: Site) => Store)[] = [
  instance,
  instance,
  multiAzCluster,
  aurora,
  auroraGlobal,
  auroraGlobal,
  table,
  table,
  cache,
  cache,
  bucket,
  files,
];
