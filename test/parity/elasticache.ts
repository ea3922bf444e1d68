/** Caches as Pulumi inputs. */
import fc from 'fast-check';
import type { Value } from '../../src/model/value.ts';
import { type Declaration, type Exception, inputs, ref } from './law.ts';
import { groupOf, key, maybe, network } from './rds.ts';

const KEY = 'aws:kms/key:Key';
const SUBNET_GROUP = 'aws:elasticache/subnetGroup:SubnetGroup';
const GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';
const CLUSTER = 'aws:elasticache/cluster:Cluster';
const DATASTORE = 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup';
const SERVERLESS = 'aws:elasticache/serverlessCache:ServerlessCache';
const HOME = 'us-east-1';
const AWAY = 'us-west-2';

/** AWS shows where each node runs, whether or not code has pinned it: placement is then known more closely than it was declared. */
const WHERE_IT_RUNS = 'AWS shows the AZ of each node; code that pins none leaves it to AWS';

export const exceptions: readonly Exception[] = [
  { type: GROUP, at: /^placement/, why: WHERE_IT_RUNS },
  { type: CLUSTER, at: /^placement/, why: WHERE_IT_RUNS },
];

const encryption = fc.constantFrom('no', 'own', 'aws');
const encrypted = (how: string, region: string): Readonly<Record<string, Value | undefined>> =>
  how === 'no' ? {} : { atRestEncryptionEnabled: true, kmsKeyId: how === 'own' ? ref(KEY, `key-${region}`, 'arn') : undefined };

const days = maybe(fc.constantFrom(0, 1, 35));
const engine = maybe(fc.constantFrom('redis', 'valkey'));

const zonesOf = (pins: string, nodes: number): readonly string[] | undefined => {
  if (pins === 'none') return undefined;
  return Array.from({ length: nodes }, (_, i) => `${HOME}${pins === 'one' ? 'a' : 'ab'[i % 2]}`);
};

export const groups: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zones: fc.constantFrom(0, 1, 2, 3),
    engine,
    shape: fc.constantFrom('plain', 'nodes', 'shards', 'written'),
    replicas: fc.nat(3),
    shards: fc.integer({ min: 1, max: 3 }),
    failover: fc.boolean(),
    multiAz: fc.boolean(),
    pins: fc.constantFrom('none', 'one', 'two'),
    days,
    encryption,
    durability: maybe(fc.constantFrom('sync', 'async')),
    old: fc.boolean(),
    added: fc.nat(2),
  })
  .map((g) => {
    const canFail = g.shape === 'shards' || g.shape === 'written' || (g.shape === 'nodes' && g.replicas > 0);
    const failover = g.shape === 'shards' || g.shape === 'written' ? true : canFail && g.failover;
    const multiAz = failover && g.multiAz;
    const pinnable = g.zones !== 1 && !(multiAz && g.pins === 'one');
    const pins = pinnable ? g.pins : 'none';
    const shape: Readonly<Record<string, Readonly<Record<string, Value | undefined>>>> = {
      plain: {},
      nodes: {
        [g.old ? 'numberCacheClusters' : 'numCacheClusters']: g.replicas + 1,
        [g.old ? 'availabilityZones' : 'preferredCacheClusterAzs']: zonesOf(pins, g.replicas + 1),
      },
      shards: g.old
        ? { clusterMode: { numNodeGroups: g.shards + 1, replicasPerNodeGroup: g.replicas } }
        : { numNodeGroups: g.shards + 1, replicasPerNodeGroup: g.replicas },
      written: {
        numNodeGroups: g.shards + 1,
        nodeGroupConfigurations: Array.from({ length: g.shards + 1 }, () => {
          const zones = zonesOf(pins, g.replicas + 1);
          return inputs({
            replicaCount: g.replicas,
            primaryAvailabilityZone: zones?.[0],
            replicaAvailabilityZones: zones === undefined || g.replicas === 0 ? undefined : zones.slice(1),
          });
        }),
      },
    };
    return [
      key(HOME),
      ...(g.zones === 0 ? [] : network(HOME, g.zones, SUBNET_GROUP)),
      {
        type: GROUP,
        name: 'cache',
        inputs: inputs({
          description: 'sessions',
          engine: g.engine,
          nodeType: 'cache.r7g.large',
          automaticFailoverEnabled: failover ? true : undefined,
          multiAzEnabled: multiAz ? true : undefined,
          durability: g.durability,
          snapshotRetentionLimit: g.days,
          subnetGroupName: g.zones === 0 ? undefined : groupOf(HOME, SUBNET_GROUP),
          ...shape[g.shape],
          ...encrypted(g.encryption, HOME),
        }),
      },
      ...(g.shape === 'plain'
        ? Array.from({ length: g.added }, (_, i) => ({
            type: CLUSTER,
            name: `added-${i}`,
            inputs: { clusterId: `reader-${i}`, replicationGroupId: ref(GROUP, 'cache', 'id') },
          }))
        : []),
    ];
  });

export const clusters: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    zones: fc.constantFrom(0, 2, 3),
    engine: fc.constantFrom('memcached', 'redis'),
    nodes: fc.integer({ min: 1, max: 5 }),
    cross: fc.boolean(),
    pinned: fc.boolean(),
    days,
  })
  .map((g) => {
    const isMemcached = g.engine === 'memcached';
    const nodes = isMemcached ? g.nodes : 1;
    const cross = isMemcached && nodes > 1 && g.cross;
    return [
      ...(g.zones === 0 ? [] : network(HOME, g.zones, SUBNET_GROUP)),
      {
        type: CLUSTER,
        name: 'cache',
        inputs: inputs({
          engine: g.engine,
          nodeType: 'cache.t4g.small',
          numCacheNodes: nodes,
          azMode: cross ? 'cross-az' : undefined,
          preferredAvailabilityZones: cross && g.pinned ? zonesOf('two', nodes) : undefined,
          availabilityZone: !cross && g.pinned ? `${HOME}a` : undefined,
          snapshotRetentionLimit: isMemcached ? undefined : g.days,
          subnetGroupName: g.zones === 0 ? undefined : groupOf(HOME, SUBNET_GROUP),
        }),
      },
    ];
  });

export const datastores: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    sharded: fc.boolean(),
    replicas: fc.nat(2),
    secondaries: fc.boolean(),
    days,
    nodes: maybe(fc.constantFrom(1, 2)),
    same: fc.boolean(),
  })
  .map((g) => [
    {
      type: GROUP,
      name: 'home',
      inputs: inputs({
        replicationGroupId: g.same ? 'sessions' : undefined,
        description: 'home',
        nodeType: 'cache.r7g.large',
        automaticFailoverEnabled: g.sharded ? true : undefined,
        snapshotRetentionLimit: g.days,
        ...(g.sharded ? { numNodeGroups: 2, replicasPerNodeGroup: g.replicas } : { numCacheClusters: g.replicas + 1 }),
      }),
    },
    {
      type: DATASTORE,
      name: 'everywhere',
      inputs: { globalReplicationGroupIdSuffix: 'sessions', primaryReplicationGroupId: ref(GROUP, 'home', 'id') },
    },
    ...(g.secondaries
      ? [
          {
            type: GROUP,
            name: 'away',
            region: AWAY,
            inputs: inputs({
              replicationGroupId: g.same ? 'sessions' : undefined,
              description: 'away',
              globalReplicationGroupId: ref(DATASTORE, 'everywhere', 'globalReplicationGroupId'),
              automaticFailoverEnabled: g.sharded,
              numCacheClusters: g.sharded ? undefined : g.nodes,
            }),
          },
        ]
      : []),
  ]);

export const serverless: fc.Arbitrary<readonly Declaration[]> = fc
  .record({ engine: fc.constantFrom('valkey', 'redis', 'memcached'), days, own: fc.boolean() })
  .map((g) => [
    key(HOME),
    {
      type: SERVERLESS,
      name: 'cache',
      inputs: inputs({
        engine: g.engine,
        snapshotRetentionLimit: g.days,
        kmsKeyId: g.own ? ref(KEY, `key-${HOME}`, 'arn') : undefined,
      }),
    },
  ]);
