import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { docdbCluster } from '../../src/services/docdb-cluster.ts';
import { dynamodbTable } from '../../src/services/dynamodb-table.ts';
import { elasticacheCluster } from '../../src/services/elasticache-cluster.ts';
import { elasticacheGlobal } from '../../src/services/elasticache-global.ts';
import { elasticacheReplicationGroup } from '../../src/services/elasticache-replication-group.ts';
import { elasticacheServerless } from '../../src/services/elasticache-serverless.ts';
import { memorydbCluster } from '../../src/services/memorydb-cluster.ts';
import { mqBroker } from '../../src/services/mq-broker.ts';
import { mskCluster } from '../../src/services/msk-cluster.ts';
import { neptuneCluster } from '../../src/services/neptune-cluster.ts';
import { opensearchDomain } from '../../src/services/opensearch-domain.ts';
import { rdsCluster } from '../../src/services/rds-cluster.ts';
import { rdsGlobalCluster } from '../../src/services/rds-global-cluster.ts';
import { rdsInstance } from '../../src/services/rds-instance.ts';
import { rdsProxy } from '../../src/services/rds-proxy.ts';
import { redshiftCluster } from '../../src/services/redshift-cluster.ts';
import type { Identity, ServiceModule } from '../../src/services/service.ts';
import { declared, hole, impact, read, told } from './support-databases.ts';

const PATHS = [
  'engine',
  'engineMode',
  'multiAz',
  'availabilityZone',
  'dbSubnetGroupName',
  'parameterGroupName',
  'dbClusterParameterGroupName',
  'replicateSourceDb',
  'snapshotIdentifier',
  'backupRetentionPeriod',
  'kmsKeyId',
  'globalClusterIdentifier',
  'replicationSourceIdentifier',
  'serverlessv2ScalingConfiguration',
  'backtrackWindow',
  'replicas',
  'globalTableWitness',
  'pointInTimeRecovery',
  'billingMode',
  'automaticFailoverEnabled',
  'multiAzEnabled',
  'numCacheClusters',
  'numNodeGroups',
  'clusterMode',
  'nodeGroupConfigurations',
  'preferredCacheClusterAzs',
  'durability',
  'globalReplicationGroupId',
  'primaryReplicationGroupId',
  'replicationGroupId',
  'numCacheNodes',
  'azMode',
  'vpcSubnetIds',
  'auths',
  'clusterConfig',
  'brokerNodeGroupInfo',
  'snapshotCopy',
  'numReplicasPerShard',
  'deploymentMode',
  'subnetIds',
];
const scalar = fc.oneof(
  fc.constantFrom<Value>(
    '',
    'x',
    'aurora-mysql',
    'mysql',
    'memcached',
    'STRONG',
    'us-east-1a',
    'us-east-1b',
    'CLUSTER_MULTI_AZ',
    '2',
    0,
    1,
    2,
    -1,
    true,
    false,
    null,
  ),
  fc.constant(0).map(() => hole() as Value),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom('enabled', 'regionName', 'consistencyMode', 'minCapacity', 'numNodeGroups', 'replicaCount', 'clientSubnets'),
    scalar,
  ),
  fc.array(fc.dictionary(fc.constantFrom('regionName', 'consistencyMode', 'replicaCount', 'secretArn'), scalar), {
    maxLength: 2,
  }),
);

it.each<readonly [string, ServiceModule<Identity>]>(
  [
    docdbCluster,
    dynamodbTable,
    elasticacheCluster,
    elasticacheGlobal,
    elasticacheReplicationGroup,
    elasticacheServerless,
    memorydbCluster,
    mqBroker,
    mskCluster,
    neptuneCluster,
    opensearchDomain,
    rdsCluster,
    rdsGlobalCluster,
    rdsInstance,
    rdsProxy,
    redshiftCluster,
  ].map((module) => [module.id, module as unknown as ServiceModule<Identity>] as const),
)('%s: whatever the inputs are, the Region takes it, replication is no cure for its data, and nothing throws', (_, module) => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...PATHS), value), (inputs) => {
      const { meaning } = read(module, declared(module.types[0] ?? '', 'x', inputs));
      expect(impact(meaning, 'region')).not.toBe('unaffected');
      for (const scope of ['instance', 'az', 'data', 'account', 'control-plane', 'supplier'] as const)
        expect(impact(meaning, scope)).not.toBe('left out');
      for (const p of meaning.protections) {
        expect(told(p.armed)).not.toBe('no');
        if (p.scopes.includes('data')) expect(p.automation).toBe('human-execution');
        expect(p.scopes).not.toContain('account');
      }
    }),
  );
});
