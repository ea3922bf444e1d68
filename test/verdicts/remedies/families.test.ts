/** For each family: a promise that has an option which keeps it, one that has none and says so, one that nobody could tell. */
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/verdicts/remedies/change.ts';
import { nameOf, subjectOf } from '../../../src/verdicts/remedies/change.ts';
import type { MetricRemedies } from '../../../src/verdicts/remedies/remedies.ts';
import { remediesOf } from '../../../src/verdicts/remedies/remedies.ts';
import { hole, out, type Spec } from '../../services/support-traffic.ts';
import { judgeSpecs, promising, SINGLE_AZ, TABLE } from '../estates.ts';

const SUBNET = 'aws:ec2/subnet:Subnet';
const subnet = (name: string, zone: string, region = 'us-east-1'): Spec => ({
  type: SUBNET,
  name,
  region,
  inputs: { vpcId: `vpc-${region}`, availabilityZone: zone },
});
const A = subnet('private-a', 'us-east-1a');
const B = subnet('private-b', 'us-east-1b');
const id = (spec: Spec) => out(spec.type, spec.name, 'id');

const GROUP: Spec = {
  type: 'aws:autoscaling/group:Group',
  name: 'web',
  inputs: { minSize: 4, maxSize: 8, vpcZoneIdentifiers: [id(A)] },
};
const SERVICE: Spec = {
  type: 'aws:ecs/service:Service',
  name: 'web',
  inputs: { launchType: 'FARGATE', desiredCount: 4, networkConfiguration: { subnets: [id(A)] } },
};
const NODES: Spec = {
  type: 'aws:eks/nodeGroup:NodeGroup',
  name: 'web',
  inputs: { scalingConfig: { minSize: 4, desiredSize: 4, maxSize: 8 }, subnetIds: [id(A)] },
};
const FUNCTION: Spec = { type: 'aws:lambda/function:Function', name: 'web', inputs: { vpcConfig: { subnetIds: [id(A)] } } };
const CACHE: Spec = {
  type: 'aws:elasticache/replicationGroup:ReplicationGroup',
  name: 'cache',
  inputs: { numCacheClusters: 1, subnetGroupName: out('aws:elasticache/subnetGroup:SubnetGroup', 'cache', 'name') },
};
const CACHE_GROUP: Spec = {
  type: 'aws:elasticache/subnetGroup:SubnetGroup',
  name: 'cache',
  inputs: { subnetIds: [id(A), id(B)] },
};
const CLUSTER: Spec = {
  type: 'aws:rds/cluster:Cluster',
  name: 'orders',
  inputs: { engine: 'aurora-postgresql', deletionProtection: true, backupRetentionPeriod: 7 },
};
const INSTANCE: Spec = {
  type: 'aws:rds/clusterInstance:ClusterInstance',
  name: 'orders-0',
  inputs: {
    engine: 'aurora-postgresql',
    clusterIdentifier: id(CLUSTER),
    instanceClass: 'db.r6g.large',
    availabilityZone: 'us-east-1a',
  },
};
const FILES: Spec = { type: 'aws:efs/fileSystem:FileSystem', name: 'files' };
const MOUNT: Spec = {
  type: 'aws:efs/mountTarget:MountTarget',
  name: 'files-a',
  inputs: { fileSystemId: id(FILES), subnetId: id(A) },
};
const BUCKET: Spec = { type: 'aws:s3/bucket:Bucket', name: 'media' };
/** Something in a second Region, so that there is one to go to. */
const ELSEWHERE: Spec = { type: 'aws:dynamodb/table:Table', name: 'west', region: 'us-west-2', inputs: { name: 'west' } };
const VOLUME: Spec = { type: 'aws:ebs/volume:Volume', name: 'disk', inputs: { availabilityZone: 'us-east-1a', size: 10 } };

/** Changes in short: what is set where, what is added. */
const short = (change: Change): string =>
  change.kind === 'set'
    ? `${nameOf(subjectOf(change))}.${change.property}`
    : `${change.kind} ${change.kind === 'add' ? change.resource.type : nameOf(subjectOf(change))}`;

function remedy(specs: readonly Spec[], metrics: string, type: string): MetricRemedies {
  const { metrics: found } = remediesOf(judgeSpecs(specs, promising(metrics)), { seed: 1 });
  const one = found.find((m) => `${m.metric.type} ${m.metric.scope}` === type);
  if (one === undefined) throw new Error(`${type} is not broken: ${found.map((m) => m.metric.id).join(', ')}`);
  return one;
}

describe('a promise that an option keeps', () => {
  it.each<[string, readonly Spec[], string, string, string, readonly string[]]>([
    ['RDS instance, AZ', [SINGLE_AZ], '{ RTO: { az: 30m } }', 'RTO az', 'rds-multi-az', ['orders.multiAz']],
    [
      'RDS instance that may be Multi-AZ',
      [{ ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, multiAz: hole } }],
      '{ RTO: { az: 30m } }',
      'RTO az',
      'rds-multi-az',
      ['orders.multiAz'],
    ],
    ['RDS instance, instance', [SINGLE_AZ], '{ RPO: { instance: 0s } }', 'RPO instance', 'rds-multi-az', ['orders.multiAz']],
    [
      'Aurora with one instance',
      [CLUSTER, INSTANCE, B],
      '{ RTO: { az: 30m } }',
      'RTO az',
      'aurora-failover',
      ['add aws:rds/clusterInstance:ClusterInstance'],
    ],
    [
      'ElastiCache with one node',
      [CACHE, CACHE_GROUP, A, B],
      '{ RTO: { az: 30m } }',
      'RTO az',
      'elasticache-failover',
      ['cache.numCacheClusters', 'cache.automaticFailoverEnabled', 'cache.multiAzEnabled'],
    ],
    [
      'EFS with one mount target',
      [FILES, MOUNT, A, B],
      '{ RTO: { az: 30m } }',
      'RTO az',
      'efs-regional',
      ['add aws:efs/mountTarget:MountTarget'],
    ],
    [
      'Auto Scaling group in one AZ',
      [GROUP, A, B],
      '{ RTO: { az: 1h } }',
      'RTO az',
      'asg-replace',
      ['web.vpcZoneIdentifiers[1]'],
    ],
    [
      'ECS service in one AZ',
      [SERVICE, A, B],
      '{ RTO: { az: 30m } }',
      'RTO az',
      'ecs-task-replace',
      ['web.networkConfiguration.subnets[1]'],
    ],
    ['EKS node group in one AZ', [NODES, A, B], '{ RTO: { az: 1h } }', 'RTO az', 'asg-replace', ['web.subnetIds[1]']],
    [
      'Lambda function in one AZ',
      [FUNCTION, A, B],
      '{ RTO: { az: 30m } }',
      'RTO az',
      'lambda-several-zones',
      ['web.vpcConfig.subnetIds[1]'],
    ],
    [
      'DynamoDB table, Region',
      [TABLE, ELSEWHERE],
      '{ RPO: { region: 15m } }',
      'RPO region',
      'dynamodb-global-table',
      ['carts.replicas'],
    ],
    [
      'S3 bucket, Region',
      [BUCKET, ELSEWHERE],
      '{ RPO: { region: 1h } }',
      'RPO region',
      's3-replication',
      ['add aws:s3/bucketReplicationConfig:BucketReplicationConfig'],
    ],
    [
      'S3 bucket, history',
      [BUCKET],
      '{ RETENTION: 14d }',
      'RETENTION data',
      's3-versioning',
      ['add aws:s3/bucketVersioning:BucketVersioning'],
    ],
    [
      'RDS instance, history',
      [SINGLE_AZ],
      '{ RETENTION: 14d }',
      'RETENTION data',
      'rds-point-in-time-restore',
      ['orders.backupRetentionPeriod'],
    ],
    ['EBS volume, history', [VOLUME], '{ RETENTION: 14d }', 'RETENTION data', 'backup-restore', ['add aws:backup/plan:Plan']],
  ])('%s', (_, specs, metrics, type, mechanism, changes) => {
    const { options } = remedy(specs, metrics, type);
    const keeping = options.filter((o) => o.effect === 'keeps' && o.mechanisms.includes(mechanism));
    expect(keeping.length).toBeGreaterThan(0);
    expect(keeping[0]?.changes.map(short)).toEqual(expect.arrayContaining([...changes]));
    expect(keeping[0]?.worsens).toEqual([]);
    expect(keeping[0]?.after.verdict).toBe('met');
  });
});

describe('a promise that no change of code keeps', () => {
  it.each<[string, readonly Spec[], string, string, string]>([
    ['lost data: a person chooses the moment', [TABLE], '{ RTO: { data: 8h } }', 'RTO data', 'agree'],
    ['no second Region in the sources', [SINGLE_AZ], '{ RTO: { region: 4h } }', 'RTO region', 'decide'],
    ['a promise that only a drill shows', [TABLE], '{ RECONSTITUTE: { region: 4h } }', 'RECONSTITUTE region', 'show'],
    ['availability without failure rates', [TABLE], '{ AVAILABILITY: { az: 99.9% } }', 'AVAILABILITY az', 'tell'],
    ['a supplier', [TABLE], '{ RTO: { supplier: 4h } }', 'RTO supplier', 'supplier'],
    [
      'a target below what the service can do',
      [{ ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, multiAz: true } }],
      '{ RTO: { az: 1s } }',
      'RTO az',
      'agree',
    ],
  ])('%s', (_, specs, metrics, type, ask) => {
    const { options, pleas } = remedy(specs, metrics, type);
    expect(options.filter((o) => o.effect === 'keeps')).toEqual([]);
    expect(pleas.map((p) => p.ask)).toContain(ask);
  });

  it('says what helps a person: point-in-time recovery', () => {
    const bare: Spec = { ...TABLE, inputs: { name: 'carts', deletionProtectionEnabled: true } };
    const { options } = remedy([bare], '{ RTO: { data: 2d } }', 'RTO data');
    expect(options.map((o) => [o.effect, o.mechanisms[0], o.after.verdict])).toEqual([
      ['helps', 'dynamodb-point-in-time-restore', 'not-met'],
    ]);
  });
});

it('is the same for the same question', () => {
  const ask = () =>
    remediesOf(judgeSpecs([SINGLE_AZ, BUCKET, ELSEWHERE], promising('{ RTO: { az: 30m, region: 4h } }')), { seed: 1, goal: 100 });
  expect(JSON.stringify(ask().metrics.map((m) => m.options.map((o) => o.changes)))).toBe(
    JSON.stringify(ask().metrics.map((m) => m.options.map((o) => o.changes))),
  );
});

it('does not propose what the engine is told to ignore', () => {
  const ignoring: Spec = { ...SINGLE_AZ, ignoreChanges: ['multiAz'] };
  expect(remedy([ignoring], '{ RTO: { az: 30m } }', 'RTO az').options.filter((o) => o.effect === 'keeps')).toEqual([]);
});
