import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { databaseRules } from '../../src/rules/databases.ts';
import { declared, group, hole, ref, subnet } from '../services/support-databases.ts';
import type { Promised, RuleCase } from './support-data.ts';
import { checkFamily, messages, outcome, starts, WEST } from './support-data.ts';

const IDS = [
  'rds-not-multi-az',
  'rds-multi-az-counted-for-region',
  'rds-read-replica-manual-promotion',
  'rds-backup-retention-zero',
  'db-deletion-protection-off',
  'db-skip-final-snapshot',
  'pulumi-unprotected-stateful',
  'force-destroy-on-data',
  'aurora-no-reader',
  'aurora-readers-same-az',
  'aurora-global-assumed-automatic',
  'aurora-global-headless-secondary',
  'aurora-global-rpo-unbounded',
  'aurora-serverless-autopause-standby',
  'rds-proxy-missing-short-rto',
  'dynamodb-no-pitr',
  'dynamodb-single-region',
  'dynamodb-rpo0-needs-mrsc',
  'dynamodb-mrsc-topology',
  'dynamodb-replica-capacity',
  'dynamodb-global-table-v1',
  'global-table-is-not-a-backup',
  'elasticache-no-auto-failover',
  'elasticache-memcached-state',
  'elasticache-global-manual',
  'redshift-single-az',
  'opensearch-not-standby',
  'msk-broker-az-or-single-region',
  'mq-single-instance',
  'queue-messages-region-bound',
  'queue-no-dlq-or-short-retention',
  'eventbridge-endpoint-missing',
  'cognito-single-region-identity',
];

type More = Parameters<typeof declared>[3];
const db = (inputs: Values = {}, more?: More, name = 'orders') =>
  declared('aws:rds/instance:Instance', name, { engine: 'postgres', instanceClass: 'db.m6g.large', ...inputs }, more);
const cluster = (inputs: Values = {}, more?: More, name = 'ledger') =>
  declared('aws:rds/cluster:Cluster', name, { engine: 'aurora-postgresql', ...inputs }, more);
const member = (of: ReturnType<typeof cluster>, name: string, inputs: Values = {}, more?: More) =>
  declared('aws:rds/clusterInstance:ClusterInstance', name, { clusterIdentifier: ref(of), ...inputs }, more);
const table = (inputs: Values = {}, more?: More) =>
  declared('aws:dynamodb/table:Table', 'carts', { name: 'carts', ...inputs }, more);
const cache = (inputs: Values = {}, more?: More, name = 'sessions') =>
  declared('aws:elasticache/replicationGroup:ReplicationGroup', name, { numCacheClusters: 2, ...inputs }, more);
const queue = (inputs: Values = {}, more?: More, name = 'jobs') =>
  declared('aws:sqs/queue:Queue', name, { name, ...inputs }, more);
const bucket = (inputs: Values = {}, more?: More) => declared('aws:s3/bucket:Bucket', 'files', inputs, more);

const replica = { regionName: 'us-west-2' };
const strong = { regionName: 'us-west-2', consistencyMode: 'STRONG' };
const target = (name: string, max: number, more?: More) =>
  declared(
    'aws:appautoscaling/target:Target',
    name,
    {
      resourceId: 'table/carts',
      scalableDimension: 'dynamodb:table:WriteCapacityUnits',
      maxCapacity: max,
      minCapacity: 1,
    },
    more,
  );

const globalOf = (name = 'world') =>
  declared('aws:rds/globalCluster:GlobalCluster', name, { globalClusterIdentifier: name, engine: 'aurora-postgresql' });
const world = globalOf();
const primary = cluster({ globalClusterIdentifier: ref(world), masterUsername: 'app' }, {}, 'east');
const secondary = (inputs: Values = {}) => cluster({ globalClusterIdentifier: ref(world), ...inputs }, WEST, 'west');
const twoRegions = (west: Values = {}, east: Values = {}) => {
  const a = cluster({ globalClusterIdentifier: ref(world), masterUsername: 'app', ...east }, {}, 'east');
  const b = secondary(west);
  return [world, a, b, member(a, 'east-1'), member(b, 'west-1', { instanceClass: 'db.serverless' }, WEST)];
};
const datastore = declared('aws:elasticache/globalReplicationGroup:GlobalReplicationGroup', 'sessions-world', {
  primaryReplicationGroupId: ref(cache()),
});
const secondCache = (inputs: Values = {}) =>
  declared(
    'aws:elasticache/replicationGroup:ReplicationGroup',
    'sessions-west',
    { globalReplicationGroupId: ref(datastore, 'globalReplicationGroupId'), ...inputs },
    WEST,
  );
const parameters = (value: string) =>
  declared('aws:rds/clusterParameterGroup:ClusterParameterGroup', 'tuned', {
    name: 'tuned',
    parameters: [{ name: 'rds.global_db_rpo', value }],
  });

const rpo = (scope: Promised[1], seconds: number): Promised => ['RPO', scope, seconds];
const rto = (scope: Promised[1], seconds: number): Promised => ['RTO', scope, seconds];
const retention = (days: number): Promised => ['RETENTION', 'data', days * 86_400];

const readReplica = (more: More = WEST) => db({ replicateSourceDb: ref(db(), 'arn') }, more, 'orders-west');
const proxy = declared('aws:rds/proxy:Proxy', 'door', { name: 'door', engineFamily: 'POSTGRESQL' });
const proxyTo = (instance: ReturnType<typeof ref>) =>
  declared('aws:rds/proxyTarget:ProxyTarget', 'door-orders', { dbProxyName: ref(proxy, 'name'), dbInstanceIdentifier: instance });

const kafka = (zones: readonly (string | ReturnType<typeof hole>)[]) => {
  const subnets = zones.map((zone, i) => subnet(zone, `kafka-${i}`));
  return [
    ...subnets,
    declared('aws:msk/cluster:Cluster', 'events', { brokerNodeGroupInfo: { clientSubnets: subnets.map((s) => ref(s)) } }),
  ];
};
const FAILED = 'arn:aws:sqs:us-east-1:111122223333:failed';
const deadLetters = queue({}, { outputs: { arn: FAILED } }, 'failed');

const CASES: Readonly<Record<string, RuleCase>> = {
  'rds-not-multi-az': {
    fires: { resources: [db()], agreed: [rto('az', 300)] },
    silent: { resources: [db({ multiAz: true }), readReplica()] },
    unknown: { resources: [db({ multiAz: hole() })] },
  },
  'rds-multi-az-counted-for-region': {
    fires: { resources: [db({ multiAz: true, backupRetentionPeriod: 7 })] },
    silent: { resources: [db({ multiAz: true }), readReplica()] },
    unknown: { resources: [db({ multiAz: hole() })] },
  },
  'rds-read-replica-manual-promotion': {
    fires: { resources: [db(), readReplica()] },
    silent: { resources: [db(), readReplica(), starts('rds-promote-read-replica', readReplica())] },
    unknown: { resources: [db(), readReplica({ in: null })] },
  },
  'rds-backup-retention-zero': {
    fires: { resources: [db()], agreed: [rpo('data', 300)] },
    silent: { resources: [db({ backupRetentionPeriod: 35 })], agreed: [rpo('data', 300), retention(35)] },
    unknown: { resources: [db({ backupRetentionPeriod: hole() })] },
  },
  'db-deletion-protection-off': {
    fires: { resources: [cluster()] },
    silent: { resources: [cluster({ deletionProtection: true }), table({ deletionProtectionEnabled: true })] },
    unknown: { resources: [db({ deletionProtection: hole() })] },
  },
  'db-skip-final-snapshot': {
    fires: { resources: [db({ skipFinalSnapshot: true })] },
    silent: { resources: [db({ deleteAutomatedBackups: false, backupRetentionPeriod: 7 })] },
    unknown: { resources: [cluster({ deleteAutomatedBackups: hole() })] },
  },
  'pulumi-unprotected-stateful': {
    fires: { resources: [bucket()] },
    silent: { resources: [bucket({}, { protect: true }), db({ replicateSourceDb: 'orders' })] },
    unknown: 'the options of a resource are plain in every source',
  },
  'force-destroy-on-data': {
    fires: { resources: [bucket({ forceDestroy: true })] },
    silent: { resources: [bucket()] },
    unknown: { resources: [bucket({ forceDestroy: hole() })] },
  },
  'aurora-no-reader': {
    fires: { resources: [cluster(), member(cluster(), 'one')] },
    silent: { resources: [cluster(), member(cluster(), 'one'), member(cluster(), 'two')] },
    unknown: {
      resources: [
        cluster(),
        member(cluster(), 'one'),
        declared('aws:rds/clusterInstance:ClusterInstance', 'stray', { clusterIdentifier: hole() }),
      ],
    },
  },
  'aurora-readers-same-az': {
    fires: {
      resources: [
        cluster(),
        member(cluster(), 'one', { availabilityZone: 'us-east-1a' }),
        member(cluster(), 'two', { availabilityZone: 'us-east-1a' }),
      ],
    },
    silent: { resources: [cluster(), member(cluster(), 'one', { availabilityZone: 'us-east-1a' }), member(cluster(), 'two')] },
    unknown: {
      resources: [
        cluster(),
        member(cluster(), 'one', { availabilityZone: 'us-east-1a' }),
        member(cluster(), 'two', { availabilityZone: hole() }),
      ],
    },
  },
  'aurora-global-assumed-automatic': {
    fires: { resources: twoRegions() },
    silent: { resources: [...twoRegions(), starts('aurora-global-failover', primary)] },
    unknown: { resources: twoRegions(), partial: true },
  },
  'aurora-global-headless-secondary': {
    fires: { resources: [world, primary, secondary(), member(primary, 'east-1')] },
    silent: { resources: twoRegions() },
    unknown: {
      resources: [
        world,
        primary,
        secondary(),
        declared('aws:rds/clusterInstance:ClusterInstance', 'stray', { clusterIdentifier: hole() }),
      ],
    },
  },
  'aurora-global-rpo-unbounded': {
    fires: { resources: twoRegions(), agreed: [rpo('region', 60)] },
    silent: {
      resources: [...twoRegions({}, { dbClusterParameterGroupName: ref(parameters('30'), 'name') }), parameters('30')],
      agreed: [rpo('region', 60)],
    },
    unknown: { resources: twoRegions({}, { dbClusterParameterGroupName: hole() }), agreed: [rpo('region', 60)] },
  },
  'aurora-serverless-autopause-standby': {
    fires: { resources: twoRegions({ serverlessv2ScalingConfiguration: { minCapacity: 0, maxCapacity: 8 } }) },
    silent: {
      resources: twoRegions(
        { serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 8 } },
        { serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 8 } },
      ),
    },
    unknown: { resources: twoRegions({ serverlessv2ScalingConfiguration: { minCapacity: hole(), maxCapacity: 8 } }) },
  },
  'rds-proxy-missing-short-rto': {
    fires: { resources: [db({ multiAz: true })], agreed: [rto('az', 30)] },
    silent: { resources: [db({ multiAz: true }), proxy, proxyTo(ref(db(), 'identifier'))], agreed: [rto('az', 30)] },
    unknown: { resources: [db({ multiAz: true }), proxy, proxyTo(hole())], agreed: [rto('az', 30)] },
  },
  'dynamodb-no-pitr': {
    fires: { resources: [table()] },
    silent: { resources: [table({ pointInTimeRecovery: { enabled: true } })], agreed: [retention(35)] },
    unknown: { resources: [table({ pointInTimeRecovery: { enabled: hole() } })] },
  },
  'dynamodb-single-region': {
    fires: { resources: [table()] },
    silent: { resources: [table({ replicas: [replica] })] },
    unknown: { resources: [table({ replicas: hole() })] },
  },
  'dynamodb-rpo0-needs-mrsc': {
    fires: { resources: [table({ replicas: [replica] })], agreed: [rpo('region', 0)] },
    silent: { resources: [table({ replicas: [replica] })], agreed: [rpo('region', 60)] },
    unknown: { resources: [table({ replicas: [{ ...replica, consistencyMode: hole() }] })], agreed: [rpo('region', 0)] },
  },
  'dynamodb-mrsc-topology': {
    fires: { resources: [table({ replicas: [strong] })] },
    silent: { resources: [table({ replicas: [strong], globalTableWitness: { regionName: 'us-east-2' } })] },
    unknown: { resources: [table({ replicas: [strong], globalTableWitness: { regionName: hole() } })] },
  },
  'dynamodb-replica-capacity': {
    fires: { resources: [table({ replicas: [replica] })] },
    silent: { resources: [table({ replicas: [replica] }), target('east', 100), target('west', 100, WEST)] },
    unknown: { resources: [table({ replicas: [replica], billingMode: hole() })] },
  },
  'dynamodb-global-table-v1': {
    fires: {
      resources: [
        table(),
        declared('aws:dynamodb/globalTable:GlobalTable', 'carts', { name: 'carts', replicas: [{ regionName: 'us-east-1' }] }),
      ],
    },
    silent: { resources: [table({ replicas: [replica] })] },
    unknown: {
      resources: [table(), declared('aws:dynamodb/globalTable:GlobalTable', 'some', { name: hole(), replicas: [] })],
    },
  },
  'global-table-is-not-a-backup': {
    fires: { resources: [table({ replicas: [replica] })] },
    silent: {
      resources: [
        table({ replicas: [{ ...replica, pointInTimeRecovery: true }] }),
        cache({ snapshotRetentionLimit: 3 }),
        datastore,
        secondCache(),
      ],
    },
    unknown: { resources: [table({ replicas: [{ ...replica, pointInTimeRecovery: hole() }] })] },
  },
  'elasticache-no-auto-failover': {
    fires: { resources: [cache({ automaticFailoverEnabled: true })], agreed: [rto('az', 60)] },
    silent: { resources: [cache({ automaticFailoverEnabled: true })], agreed: [rto('instance', 60)] },
    unknown: { resources: [cache({ automaticFailoverEnabled: true, multiAzEnabled: hole() })] },
  },
  'elasticache-memcached-state': {
    fires: {
      resources: [declared('aws:elasticache/cluster:Cluster', 'keys', { engine: 'memcached', numCacheNodes: 2 })],
      agreed: [rpo('az', 60)],
    },
    silent: {
      resources: [
        cache(),
        declared('aws:elasticache/cluster:Cluster', 'node', { replicationGroupId: ref(cache(), 'replicationGroupId') }),
      ],
    },
    unknown: 'a node either names a replication group or stands alone, whatever its name resolves to',
  },
  'elasticache-global-manual': {
    fires: { resources: [cache(), datastore, secondCache()] },
    silent: { resources: [cache(), datastore, secondCache(), starts('elasticache-global-failover', datastore)] },
    unknown: { resources: [cache(), datastore, secondCache()], partial: true },
  },
  'redshift-single-az': {
    fires: { resources: [declared('aws:redshift/cluster:Cluster', 'reports', {})], agreed: [rto('az', 3600)] },
    silent: { resources: [declared('aws:redshift/cluster:Cluster', 'reports', { multiAz: true })], agreed: [rto('az', 3600)] },
    unknown: { resources: [declared('aws:redshift/cluster:Cluster', 'reports', { multiAz: hole() })], agreed: [rto('az', 3600)] },
  },
  'opensearch-not-standby': {
    fires: { resources: [declared('aws:opensearch/domain:Domain', 'search', { clusterConfig: { instanceCount: 3 } })] },
    silent: {
      resources: [
        declared('aws:opensearch/domain:Domain', 'search', {
          clusterConfig: { instanceCount: 3, zoneAwarenessEnabled: true, zoneAwarenessConfig: { availabilityZoneCount: 3 } },
        }),
      ],
    },
    unknown: {
      resources: [declared('aws:opensearch/domain:Domain', 'search', { clusterConfig: { zoneAwarenessEnabled: hole() } })],
    },
  },
  'msk-broker-az-or-single-region': {
    fires: { resources: kafka(['us-east-1a', 'us-east-1b']), agreed: [rto('az', 60)] },
    silent: { resources: kafka(['us-east-1a', 'us-east-1b', 'us-east-1c']), agreed: [rto('az', 60)] },
    unknown: { resources: kafka(['us-east-1a', 'us-east-1b', hole()]), agreed: [rto('az', 60)] },
  },
  'mq-single-instance': {
    fires: { resources: [declared('aws:mq/broker:Broker', 'bus', { engineType: 'RabbitMQ' })], agreed: [rto('az', 60)] },
    silent: {
      resources: [declared('aws:mq/broker:Broker', 'bus', { deploymentMode: 'CLUSTER_MULTI_AZ' })],
      agreed: [rto('az', 60)],
    },
    unknown: { resources: [declared('aws:mq/broker:Broker', 'bus', { deploymentMode: hole() })], agreed: [rto('az', 60)] },
  },
  'queue-messages-region-bound': {
    fires: { resources: [queue()], agreed: [rpo('region', 3600)] },
    silent: { resources: [queue({ messageRetentionSeconds: 600 })], agreed: [rpo('region', 3600)] },
    unknown: { resources: [queue({ messageRetentionSeconds: hole() })], agreed: [rpo('region', 3600)] },
  },
  'queue-no-dlq-or-short-retention': {
    fires: { resources: [queue()] },
    silent: {
      resources: [queue({ redrivePolicy: JSON.stringify({ deadLetterTargetArn: FAILED }) }), deadLetters],
    },
    unknown: { resources: [queue({ messageRetentionSeconds: hole() })], agreed: [rto('region', 3600)] },
  },
  'eventbridge-endpoint-missing': {
    fires: { resources: [declared('aws:cloudwatch/eventBus:EventBus', 'orders', { name: 'orders' })] },
    silent: {
      resources: [
        declared('aws:cloudwatch/eventBus:EventBus', 'orders', { name: 'orders' }),
        declared('aws:cloudwatch/eventEndpoint:EventEndpoint', 'orders', {
          eventBuses: [{ eventBusArn: ref(declared('aws:cloudwatch/eventBus:EventBus', 'orders', {}), 'arn') }],
        }),
      ],
    },
    unknown: {
      resources: [
        declared('aws:cloudwatch/eventBus:EventBus', 'orders', { name: 'orders' }),
        declared('aws:cloudwatch/eventEndpoint:EventEndpoint', 'orders', { eventBuses: [{ eventBusArn: hole() }] }),
      ],
    },
  },
  'cognito-single-region-identity': {
    fires: { resources: [declared('aws:cognito/userPool:UserPool', 'people', { userPoolTier: 'LITE' })] },
    silent: { resources: [declared('aws:cognito/identityPool:IdentityPool', 'people', {})] },
    unknown: { resources: [declared('aws:cognito/userPool:UserPool', 'people', {})] },
  },
};

describe('rules about databases', () => {
  checkFamily(databaseRules, IDS, CASES);
});

describe('where other tools disagree', () => {
  const fires = (id: string, ...resources: readonly ReturnType<typeof db>[]) => outcome(databaseRules, id, { resources });

  it('D1: an unset backupRetentionPeriod of an instance is 0, of a cluster 1', () => {
    expect(fires('rds-backup-retention-zero', db())).toBe('fires');
    expect(fires('rds-backup-retention-zero', cluster(), member(cluster(), 'one'))).toBe('silent');
  });

  it('D2: more days than AWS takes are more days; AWS refuses them before any disruption', () => {
    const kept = { resources: [db({ backupRetentionPeriod: 36 })], agreed: [retention(35)] };
    expect(outcome(databaseRules, 'rds-backup-retention-zero', kept)).toBe('silent');
  });

  it('D3: an Aurora engine is never judged by multiAz', () => {
    expect(fires('rds-not-multi-az', db({ engine: 'aurora-mysql' }))).toBe('silent');
    expect(fires('rds-not-multi-az', cluster(), member(cluster(), 'one', { engine: 'aurora-mysql' }))).toBe('silent');
  });

  it('D4: a read replica needs no backups, no final snapshot and no protection of its own', () => {
    const copy = db({ replicateSourceDb: 'orders', backupRetentionPeriod: 0, skipFinalSnapshot: true });
    for (const id of [
      'rds-backup-retention-zero',
      'db-skip-final-snapshot',
      'db-deletion-protection-off',
      'pulumi-unprotected-stateful',
    ])
      expect(fires(id, copy)).toBe('silent');
  });

  it('D7: AZs of the storage are not AZs of instances', () => {
    const spread = cluster({ availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] });
    expect(fires('aurora-no-reader', spread, member(spread, 'one'))).toBe('fires');
  });

  it('D9: a value from configuration that nobody gave is unknown, not a pass and not a failure', () => {
    expect(fires('rds-backup-retention-zero', db({ backupRetentionPeriod: hole() }))).toBe('unknown');
  });

  it('D10: retention is held against the agreement, with both figures', () => {
    const brief = { resources: [cluster(), member(cluster(), 'one')], agreed: [retention(35)] };
    expect(messages(databaseRules, 'rds-backup-retention-zero', brief)).toEqual([
      'ledger keeps automated backups for 1 day; the agreement needs 35 days',
    ]);
  });
});

describe('what is agreed decides what is said', () => {
  it.each([
    ['rds-not-multi-az', db(), [rpo('data', 60)]],
    ['rds-multi-az-counted-for-region', db({ multiAz: true }), [rto('az', 60)]],
    ['rds-backup-retention-zero', db(), [rto('az', 60)]],
    ['dynamodb-single-region', table(), [rto('az', 60)]],
    ['dynamodb-no-pitr', table(), [rto('az', 60)]],
    ['rds-proxy-missing-short-rto', db({ multiAz: true }), [rto('az', 120)]],
    ['queue-messages-region-bound', queue(), [rpo('data', 60)]],
    ['redshift-single-az', declared('aws:redshift/cluster:Cluster', 'reports', {}), [rpo('data', 60)]],
    ['elasticache-memcached-state', declared('aws:elasticache/cluster:Cluster', 'k', { engine: 'memcached' }), [rto('az', 60)]],
  ] as const)('%s is silent about what nobody was promised', (id, resource, agreed) => {
    expect(outcome(databaseRules, id, { resources: [resource], agreed })).toBe('silent');
  });

  it('without a catalogue every scope counts, and no number is made up', () => {
    expect(outcome(databaseRules, 'rds-not-multi-az', { resources: [db()] })).toBe('fires');
    expect(outcome(databaseRules, 'rds-proxy-missing-short-rto', { resources: [db({ multiAz: true })] })).toBe('silent');
    expect(outcome(databaseRules, 'queue-messages-region-bound', { resources: [queue()] })).toBe('silent');
  });

  it('deletion is spoken of whatever was agreed', () => {
    const situation = { resources: [db()], agreed: [rto('az', 60)] };
    expect(outcome(databaseRules, 'db-deletion-protection-off', situation)).toBe('fires');
    expect(outcome(databaseRules, 'pulumi-unprotected-stateful', situation)).toBe('fires');
  });
});

describe('particular conditions', () => {
  const plan = declared('aws:backup/plan:Plan', 'daily', { rules: [{ ruleName: 'd', targetVaultName: 'v' }] });
  const selection = (arn: ReturnType<typeof ref>) =>
    declared('aws:backup/selection:Selection', 'stores', { planId: ref(plan), resources: [arn] });

  it('AWS Backup makes up for automated backups that are off', () => {
    expect(outcome(databaseRules, 'rds-backup-retention-zero', { resources: [db(), plan, selection(ref(db(), 'arn'))] })).toBe(
      'silent',
    );
    expect(outcome(databaseRules, 'rds-backup-retention-zero', { resources: [db(), plan, selection(hole())] })).toBe('unknown');
  });

  it('a replacement is reported even where the deletion would retain, but not where it is protected', () => {
    const said = (more: More) => messages(databaseRules, 'pulumi-unprotected-stateful', { resources: [bucket({}, more)] });
    expect(said({ pending: 'replace', retainOnDelete: true })[0]).toContain('replaces files');
    expect(said({ pending: 'delete' })[0]).toContain('deletes files');
    expect(said({ retainOnDelete: true })).toEqual([]);
    expect(said({ pending: 'replace', protect: true })).toEqual([]);
  });

  it('speaks once for each store, and not of what configures one', () => {
    const situation = { resources: [cluster(), member(cluster(), 'one'), group('aws:rds/subnetGroup:SubnetGroup', 'g', [])] };
    expect(messages(databaseRules, 'pulumi-unprotected-stateful', situation)).toHaveLength(1);
  });

  it('backups that go with the instance are told apart from a skipped snapshot', () => {
    const said = messages(databaseRules, 'db-skip-final-snapshot', { resources: [db({ backupRetentionPeriod: 7 })] });
    expect(said[0]).toContain('deleteAutomatedBackups');
    expect(
      outcome(databaseRules, 'db-skip-final-snapshot', {
        resources: [db({ skipFinalSnapshot: true, engine: 'custom-oracle-ee' })],
      }),
    ).toBe('silent');
  });

  it('each replica of a table has a protection and a recovery of its own', () => {
    const inputs = { deletionProtectionEnabled: true, pointInTimeRecovery: { enabled: true }, replicas: [replica] };
    expect(messages(databaseRules, 'db-deletion-protection-off', { resources: [table(inputs)] })[0]).toContain('replica');
    expect(messages(databaseRules, 'dynamodb-no-pitr', { resources: [table(inputs)] })[0]).toContain('replica');
  });

  it('a table whose replica scales less far cannot take both loads', () => {
    const resources = [table({ replicas: [replica] }), target('east', 100), target('west', 50, WEST)];
    expect(messages(databaseRules, 'dynamodb-replica-capacity', { resources })[0]).toContain('less far');
    expect(
      outcome(databaseRules, 'dynamodb-replica-capacity', {
        resources: [table({ replicas: [replica], billingMode: 'PAY_PER_REQUEST' })],
      }),
    ).toBe('silent');
  });

  it('an approval before the step leaves the failover to a person', () => {
    // The Region switch plan itself is read elsewhere; without any automation the rule speaks.
    expect(
      outcome(databaseRules, 'aurora-global-assumed-automatic', { resources: [...twoRegions(), starts('asg-scale', primary)] }),
    ).toBe('fires');
  });

  it('a cap above the agreement, and an engine without one, are both said', () => {
    const agreed = [rpo('region', 10)];
    const capped = [...twoRegions({}, { dbClusterParameterGroupName: ref(parameters('20'), 'name') }), parameters('20')];
    expect(messages(databaseRules, 'aurora-global-rpo-unbounded', { resources: capped, agreed })[0]).toContain('20s');
    const mysql = twoRegions({ engine: 'aurora-mysql' }, { engine: 'aurora-mysql' });
    expect(messages(databaseRules, 'aurora-global-rpo-unbounded', { resources: mysql, agreed })[0]).toContain('cannot cap');
  });

  it('a smaller standby is said with both figures', () => {
    const resources = twoRegions(
      { serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 4 } },
      { serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 16 } },
    );
    expect(messages(databaseRules, 'aurora-serverless-autopause-standby', { resources })).toEqual([
      'west grows to 4 ACU, east to 16',
    ]);
  });

  it('a topic that also delivers to another Region takes the queue off the list', () => {
    const topic = declared('aws:sns/topic:Topic', 'placed', {});
    const west = queue({}, WEST, 'jobs-west');
    const to = (q: typeof west, name: string) =>
      declared('aws:sns/topicSubscription:TopicSubscription', name, {
        topic: ref(topic, 'arn'),
        protocol: 'sqs',
        endpoint: ref(q, 'arn'),
      });
    const resources = [topic, queue(), west, to(queue(), 'a'), to(west, 'b')];
    expect(outcome(databaseRules, 'queue-messages-region-bound', { resources, agreed: [rpo('region', 60)] })).toBe('silent');
  });

  it('a stream is bound to its Region, a delivery stream is not spoken of', () => {
    const agreed = [rpo('region', 60)];
    expect(
      outcome(databaseRules, 'queue-messages-region-bound', {
        resources: [declared('aws:kinesis/stream:Stream', 's', {})],
        agreed,
      }),
    ).toBe('fires');
    expect(
      outcome(databaseRules, 'queue-messages-region-bound', {
        resources: [declared('aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream', 's', {})],
        agreed,
      }),
    ).toBe('silent');
  });

  it('across Regions: warehouses, brokers and Kafka clusters without a copy', () => {
    const agreed = [rto('region', 3600)];
    const resources = [
      declared('aws:redshift/cluster:Cluster', 'reports', { multiAz: true }),
      declared('aws:mq/broker:Broker', 'bus', { engineType: 'ActiveMQ', deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' }),
      ...kafka(['us-east-1a', 'us-east-1b', 'us-east-1c']),
    ];
    for (const id of ['redshift-single-az', 'mq-single-instance', 'msk-broker-az-or-single-region'])
      expect(outcome(databaseRules, id, { resources, agreed })).toBe('fires');
    const copied = [
      ...resources,
      declared('aws:redshift/snapshotCopy:SnapshotCopy', 'copy', {
        clusterIdentifier: ref(resources[0] as typeof world),
        destinationRegion: 'us-west-2',
      }),
      declared(
        'aws:mq/broker:Broker',
        'bus-west',
        { dataReplicationPrimaryBrokerArn: ref(resources[1] as typeof world, 'arn') },
        WEST,
      ),
    ];
    for (const id of ['redshift-single-az', 'mq-single-instance'])
      expect(outcome(databaseRules, id, { resources: copied, agreed })).toBe('silent');
  });

  it('an endpoint that does not replicate events is said itself', () => {
    const endpoint = declared('aws:cloudwatch/eventEndpoint:EventEndpoint', 'e', { replicationConfig: { state: 'DISABLED' } });
    expect(messages(databaseRules, 'eventbridge-endpoint-missing', { resources: [endpoint] })).toEqual([
      'e does not replicate events',
    ]);
  });

  it('a Global Datastore without snapshots copies damage only', () => {
    const resources = [cache(), datastore, secondCache()];
    expect(outcome(databaseRules, 'global-table-is-not-a-backup', { resources })).toBe('fires');
  });
});
