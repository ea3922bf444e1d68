/** Databases of RDS, Aurora, DocumentDB and Neptune as Pulumi inputs. */
import fc from 'fast-check';
import type { Value } from '../../src/model/value.ts';
import { type Declaration, type Exception, inputs, ref } from './law.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const KEY = 'aws:kms/key:Key';
const SUBNET_GROUP = 'aws:rds/subnetGroup:SubnetGroup';
const PARAMETER_GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const CLUSTER_PARAMETER_GROUP = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';
const INSTANCE = 'aws:rds/instance:Instance';
const CLUSTER = 'aws:rds/cluster:Cluster';
const MEMBER = 'aws:rds/clusterInstance:ClusterInstance';
const BACKUPS = 'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication';
const PROXY = 'aws:rds/proxy:Proxy';
const PROXY_TARGET = 'aws:rds/proxyTarget:ProxyTarget';

/** None: what the code says of these types, AWS shows. */
export const exceptions: readonly Exception[] = [];

const HOME = 'us-east-1';
const AWAY = 'us-west-2';

export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** A VPC with a subnet in each of the first AZs, and a group of them. */
export function network(region: string, zones: number, groupType = SUBNET_GROUP): readonly Declaration[] {
  const subnets = ['a', 'b', 'c'].slice(0, zones);
  return [
    { type: VPC, name: `vpc-${region}`, region, inputs: { cidrBlock: '10.0.0.0/16' } },
    ...subnets.map((letter, i) => ({
      type: SUBNET,
      name: `${region}-${letter}`,
      region,
      inputs: { vpcId: ref(VPC, `vpc-${region}`), cidrBlock: `10.0.${i}.0/24`, availabilityZone: `${region}${letter}` },
    })),
    {
      type: groupType,
      name: `group-${region}`,
      region,
      inputs: { name: `group-${region}`, subnetIds: subnets.map((letter) => ref(SUBNET, `${region}-${letter}`)) },
    },
  ];
}

export const groupOf = (region: string, type = SUBNET_GROUP): Value => ref(type, `group-${region}`, 'name');

export const key = (region: string): Declaration => ({
  type: KEY,
  name: `key-${region}`,
  region,
  inputs: { description: 'data' },
});
const keyIn = (region: string): Value => ref(KEY, `key-${region}`, 'arn');

const parameters = fc.subarray([
  { name: 'innodb_flush_log_at_trx_commit', value: '2' },
  { name: 'sync_binlog', value: '1' },
  { name: 'synchronous_commit', value: 'off' },
  { name: 'rds.global_db_rpo', value: '30' },
]);

/** How the data is encrypted: not, under a key of the account's, or under the one that AWS keeps. */
const encryption = fc.constantFrom('no', 'own', 'aws');
const zoneLetter = fc.constantFrom('a', 'b');

interface Encrypted {
  readonly storageEncrypted?: boolean | undefined;
  readonly kmsKeyId?: Value | undefined;
}

const encrypted = (how: string, region: string): Encrypted =>
  how === 'no' ? {} : { storageEncrypted: true, kmsKeyId: how === 'own' ? keyIn(region) : undefined };

export const instances: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zones: fc.constantFrom(0, 2, 3),
    engine: fc.constantFrom('postgres', 'mysql', 'mariadb', 'oracle-ee', 'sqlserver-se'),
    multiAz: maybe(fc.boolean()),
    pinned: maybe(zoneLetter),
    days: maybe(fc.constantFrom(0, 1, 7, 35)),
    encryption,
    secret: fc.boolean(),
    protect: maybe(fc.boolean()),
    parameters: maybe(parameters),
    named: fc.boolean(),
    restored: fc.boolean(),
    near: maybe(fc.record({ zone: maybe(zoneLetter), multiAz: maybe(fc.boolean()), days: maybe(fc.constantFrom(0, 3)) })),
    far: maybe(fc.record({ byArn: fc.constant(true), class: maybe(fc.constant('db.r6g.large')) })),
    backups: maybe(maybe(fc.constantFrom(1, 14))),
    gone: fc.boolean(),
  })
  .map((g) => {
    const group = g.zones === 0 ? undefined : groupOf(HOME);
    const isMulti = g.multiAz === true;
    const hasBackups = (g.days ?? 0) > 0;
    const primary: Declaration = {
      type: INSTANCE,
      name: 'primary',
      inputs: inputs({
        identifier: g.named ? 'orders' : undefined,
        engine: g.engine,
        instanceClass: 'db.r6g.xlarge',
        allocatedStorage: 100,
        multiAz: g.multiAz,
        availabilityZone: isMulti || g.pinned === undefined ? undefined : `${HOME}${g.pinned}`,
        backupRetentionPeriod: g.days,
        dbSubnetGroupName: group,
        parameterGroupName: g.parameters === undefined ? undefined : ref(PARAMETER_GROUP, 'parameters', 'name'),
        deletionProtection: g.protect,
        manageMasterUserPassword: g.secret ? true : undefined,
        masterUserSecretKmsKeyId: g.secret && g.encryption === 'own' ? keyIn(HOME) : undefined,
        skipFinalSnapshot: g.gone,
        // From before the world: nobody in it knows this snapshot.
        snapshotIdentifier: g.restored ? 'orders-before' : undefined,
        ...encrypted(g.encryption, HOME),
      }),
    };
    const near: readonly Declaration[] =
      g.near === undefined || !hasBackups
        ? []
        : [
            {
              type: INSTANCE,
              name: 'near',
              inputs: inputs({
                replicateSourceDb: ref(INSTANCE, 'primary', 'identifier'),
                instanceClass: 'db.r6g.large',
                multiAz: g.near.multiAz,
                backupRetentionPeriod: g.near.days,
                dbSubnetGroupName: group,
                availabilityZone: g.near.multiAz === true || g.near.zone === undefined ? undefined : `${HOME}${g.near.zone}`,
              }),
            },
          ];
    const far: readonly Declaration[] =
      g.far === undefined || !hasBackups
        ? []
        : [
            {
              type: INSTANCE,
              name: 'far',
              region: AWAY,
              inputs: inputs({
                identifier: g.named ? 'orders' : undefined,
                replicateSourceDb: ref(INSTANCE, 'primary', 'arn'),
                instanceClass: g.far.class ?? 'db.r6g.xlarge',
                kmsKeyId: g.encryption === 'no' ? undefined : keyIn(AWAY),
              }),
            },
          ];
    const backups: readonly Declaration[] =
      g.backups === null || !hasBackups
        ? []
        : [
            {
              type: BACKUPS,
              name: 'copies',
              region: AWAY,
              inputs: inputs({
                sourceDbInstanceArn: ref(INSTANCE, 'primary', 'arn'),
                retentionPeriod: g.backups,
                kmsKeyId: g.encryption === 'no' ? undefined : keyIn(AWAY),
              }),
            },
          ];
    return [
      key(HOME),
      key(AWAY),
      ...(g.zones === 0 ? [] : network(HOME, g.zones)),
      ...(g.parameters === undefined
        ? []
        : [{ type: PARAMETER_GROUP, name: 'parameters', inputs: { family: 'any', parameters: g.parameters } }]),
      primary,
      ...near,
      ...far,
      ...backups,
    ];
  });

const member = fc.record({
  zone: maybe(zoneLetter),
  tier: maybe(fc.constantFrom(0, 1, 15)),
  class: fc.constantFrom('db.r6g.large', 'db.serverless'),
});

export const clusters: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zones: fc.constantFrom(0, 3),
    kind: fc.constantFrom('aurora-mysql', 'aurora-postgresql', 'mysql', 'postgres', 'serverless'),
    members: fc.array(member, { maxLength: 3 }),
    days: maybe(fc.constantFrom(1, 7, 35)),
    encryption,
    protect: maybe(fc.boolean()),
    parameters: maybe(parameters),
    backtrack: maybe(fc.constantFrom(0, 3600)),
    scaling: maybe(fc.record({ min: fc.constantFrom(0, 0.5, 2), max: fc.constantFrom(4, 32) })),
    secret: fc.boolean(),
    replica: fc.boolean(),
  })
  .map((g) => {
    const isAurora = g.kind.startsWith('aurora');
    const group = g.zones === 0 ? undefined : groupOf(HOME);
    const engine = g.kind === 'serverless' ? 'aurora-mysql' : g.kind;
    const cluster: Declaration = {
      type: CLUSTER,
      name: 'cluster',
      inputs: inputs({
        engine,
        engineMode: g.kind === 'serverless' ? 'serverless' : undefined,
        masterUsername: 'admin',
        dbSubnetGroupName: group,
        backupRetentionPeriod: g.days,
        deletionProtection: g.protect,
        backtrackWindow: g.kind === 'aurora-mysql' ? g.backtrack : undefined,
        dbClusterInstanceClass: isAurora || g.kind === 'serverless' ? undefined : 'db.r6gd.large',
        dbClusterParameterGroupName: g.parameters === undefined ? undefined : ref(CLUSTER_PARAMETER_GROUP, 'parameters', 'name'),
        serverlessv2ScalingConfiguration:
          isAurora && g.scaling !== undefined ? { minCapacity: g.scaling.min, maxCapacity: g.scaling.max } : undefined,
        manageMasterUserPassword: g.secret ? true : undefined,
        masterUserSecretKmsKeyId: g.secret && g.encryption === 'own' ? keyIn(HOME) : undefined,
        ...encrypted(g.encryption, HOME),
      }),
    };
    return [
      key(HOME),
      ...(g.zones === 0 ? [] : network(HOME, g.zones)),
      ...(g.parameters === undefined
        ? []
        : [{ type: CLUSTER_PARAMETER_GROUP, name: 'parameters', inputs: { family: 'any', parameters: g.parameters } }]),
      cluster,
      ...(isAurora ? membersOf(MEMBER, CLUSTER, 'cluster', engine, HOME, g.members) : []),
      ...(isAurora && g.replica && g.encryption === 'no'
        ? [
            {
              type: CLUSTER,
              name: 'replica',
              region: AWAY,
              inputs: { engine, replicationSourceIdentifier: ref(CLUSTER, 'cluster', 'arn') },
            },
          ]
        : []),
    ];
  });

interface MemberChoice {
  readonly zone: string | undefined;
  readonly tier: number | undefined;
  readonly class: string;
}

function membersOf(
  type: string,
  clusterType: string,
  cluster: string,
  engine: string | undefined,
  region: string,
  choices: readonly MemberChoice[],
): readonly Declaration[] {
  return choices.map((m, i) => ({
    type,
    name: `${cluster}-${i}`,
    region,
    inputs: inputs({
      clusterIdentifier: ref(clusterType, cluster, 'id'),
      engine,
      instanceClass: m.class,
      availabilityZone: m.zone === undefined ? undefined : `${region}${m.zone}`,
      promotionTier: m.tier,
    }),
  }));
}

/** A global database is made first and joined, or made from a cluster that is there. */
export const globals: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    family: fc.constantFrom('rds', 'docdb', 'neptune'),
    engine: fc.constantFrom('aurora-mysql', 'aurora-postgresql'),
    fromCluster: fc.boolean(),
    protect: maybe(fc.boolean()),
    parameters: maybe(parameters),
    home: fc.array(member, { maxLength: 2 }),
    away: fc.array(member, { maxLength: 2 }),
    encrypted: fc.boolean(),
    alone: fc.boolean(),
  })
  .map((g) => {
    const engine = g.family === 'rds' ? g.engine : g.family;
    const type = `aws:${g.family}/cluster:Cluster`;
    const globalType = `aws:${g.family}/globalCluster:GlobalCluster`;
    const memberType = `aws:${g.family}/clusterInstance:ClusterInstance`;
    const keyPath = g.family === 'neptune' ? 'kmsKeyArn' : 'kmsKeyId';
    const parameterGroup =
      g.family === 'rds' && g.parameters !== undefined ? ref(CLUSTER_PARAMETER_GROUP, 'parameters', 'name') : undefined;
    const joined = ref(globalType, 'global', 'id');
    const global: Declaration = {
      type: globalType,
      name: 'global',
      inputs: inputs({
        globalClusterIdentifier: 'everywhere',
        engine: g.fromCluster ? undefined : engine,
        sourceDbClusterIdentifier: g.fromCluster ? ref(type, 'home', 'arn') : undefined,
        storageEncrypted: g.fromCluster || !g.encrypted ? undefined : true,
        deletionProtection: g.protect,
      }),
    };
    const home: Declaration = {
      type,
      name: 'home',
      inputs: inputs({
        engine,
        masterUsername: g.family === 'neptune' ? undefined : 'admin',
        globalClusterIdentifier: g.fromCluster ? undefined : joined,
        storageEncrypted: g.encrypted ? true : undefined,
        [keyPath]: g.encrypted ? keyIn(HOME) : undefined,
        dbClusterParameterGroupName: parameterGroup,
      }),
    };
    const away: Declaration = {
      type,
      name: 'away',
      region: AWAY,
      inputs: inputs({
        engine,
        globalClusterIdentifier: joined,
        storageEncrypted: g.encrypted ? true : undefined,
        [keyPath]: g.encrypted ? keyIn(AWAY) : undefined,
        // So that the primary is there first, as its first instance makes sure in practice.
        tags: { after: ref(type, 'home', 'id') },
      }),
    };
    return [
      key(HOME),
      key(AWAY),
      ...(parameterGroup === undefined
        ? []
        : [{ type: CLUSTER_PARAMETER_GROUP, name: 'parameters', inputs: { family: 'any', parameters: g.parameters ?? [] } }]),
      ...(g.fromCluster ? [home, global] : [global, home]),
      ...membersOf(memberType, type, 'home', engine, HOME, g.home),
      ...(g.alone ? [] : [away, ...membersOf(memberType, type, 'away', engine, AWAY, g.away)]),
    ];
  });

/** DocumentDB and Neptune, each with the subnet group of its own module. */
export const volumes: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    family: fc.constantFrom('docdb', 'neptune'),
    zones: fc.constantFrom(0, 2, 3),
    members: fc.array(member, { maxLength: 3 }),
    days: maybe(fc.constantFrom(1, 35)),
    encryption,
    protect: maybe(fc.boolean()),
  })
  .map((g) => {
    const groupType = `aws:${g.family}/subnetGroup:SubnetGroup`;
    const type = `aws:${g.family}/cluster:Cluster`;
    const group = g.zones === 0 ? undefined : groupOf(HOME, groupType);
    const { storageEncrypted, kmsKeyId } = encrypted(g.encryption, HOME);
    return [
      key(HOME),
      ...(g.zones === 0 ? [] : network(HOME, g.zones, groupType)),
      {
        type,
        name: 'cluster',
        inputs: inputs({
          masterUsername: g.family === 'docdb' ? 'admin' : undefined,
          [g.family === 'docdb' ? 'dbSubnetGroupName' : 'neptuneSubnetGroupName']: group,
          [g.family === 'docdb' ? 'kmsKeyId' : 'kmsKeyArn']: kmsKeyId,
          storageEncrypted,
          backupRetentionPeriod: g.days,
          deletionProtection: g.protect,
        }),
      },
      ...membersOf(`aws:${g.family}/clusterInstance:ClusterInstance`, type, 'cluster', undefined, HOME, g.members),
    ];
  });

export const proxies: fc.Arbitrary<readonly Declaration[]> = fc
  .record({ zones: fc.constantFrom(2, 3), target: fc.constantFrom('none', 'instance', 'cluster'), endpoint: fc.boolean() })
  .map((g) => [
    ...network(HOME, g.zones),
    { type: INSTANCE, name: 'db', inputs: { engine: 'postgres', instanceClass: 'db.t4g.medium', allocatedStorage: 20 } },
    { type: CLUSTER, name: 'cluster', inputs: { engine: 'aurora-postgresql', masterUsername: 'admin' } },
    ...membersOf(MEMBER, CLUSTER, 'cluster', 'aurora-postgresql', HOME, [{ zone: 'a', tier: 1, class: 'db.r6g.large' }]),
    {
      type: PROXY,
      name: 'proxy',
      inputs: {
        engineFamily: 'POSTGRESQL',
        roleArn: 'arn:aws:iam::111122223333:role/proxy',
        vpcSubnetIds: ['a', 'b', 'c'].slice(0, g.zones).map((letter) => ref(SUBNET, `${HOME}-${letter}`)),
        auths: [{ authScheme: 'SECRETS', iamAuth: 'DISABLED' }],
      },
    },
    ...(g.endpoint
      ? [
          {
            type: 'aws:rds/proxyEndpoint:ProxyEndpoint',
            name: 'readers',
            inputs: {
              dbProxyName: ref(PROXY, 'proxy', 'name'),
              dbProxyEndpointName: 'readers',
              vpcSubnetIds: [ref(SUBNET, `${HOME}-a`), ref(SUBNET, `${HOME}-b`)],
              targetRole: 'READ_ONLY',
            },
          },
        ]
      : []),
    ...(g.target === 'none'
      ? []
      : [
          {
            type: PROXY_TARGET,
            name: 'target',
            inputs: inputs({
              dbProxyName: ref(PROXY, 'proxy', 'name'),
              targetGroupName: 'default',
              dbInstanceIdentifier: g.target === 'instance' ? ref(INSTANCE, 'db', 'identifier') : undefined,
              dbClusterIdentifier: g.target === 'cluster' ? ref(CLUSTER, 'cluster', 'id') : undefined,
            }),
          },
        ]),
  ]);
