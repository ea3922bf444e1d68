import { describe, expect, it } from 'vitest';
import type { CheckInput, LiveAws } from '../../checks/check.ts';
import { replication } from '../../checks/replication.ts';
import { fold } from '../../src/model/known.ts';
import { type Declaration, ref, resourceOf } from '../parity/law.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, factsOf, type Given, noAws, objectionsOf, pointsOf, prepared, rulesOf } from './support.ts';

const TABLE: Declaration = {
  type: 'aws:dynamodb/table:Table',
  name: 'carts',
  inputs: {
    name: 'carts',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    streamEnabled: true,
    streamViewType: 'NEW_AND_OLD_IMAGES',
    replicas: [{ regionName: 'eu-west-1' }],
  },
};
const DB: Declaration = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: {
    identifier: 'orders',
    engine: 'postgres',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    backupRetentionPeriod: 7,
    username: 'admin1',
    skipFinalSnapshot: true,
  },
};
const REPLICA: Declaration = {
  type: 'aws:rds/instance:Instance',
  name: 'orders-dr',
  region: 'eu-west-1',
  inputs: {
    identifier: 'orders-dr',
    instanceClass: 'db.r6g.large',
    replicateSourceDb: ref('aws:rds/instance:Instance', 'orders', 'arn'),
    skipFinalSnapshot: true,
  },
};
const AGREED = promising('{ RPO: { region: 1m }, RTO: { region: 4h } }');

async function checked(given: Given, change: (input: CheckInput) => CheckInput = (input) => input) {
  const { input, notes } = await prepared(given);
  expect(notes).toEqual([]);
  return replication.run(change(input));
}

/** CloudWatch that answers every query with these points, newest first. */
const cloudwatch = (points: Parameters<typeof pointsOf>[0], now: number): LiveAws =>
  answering(noAws, { 'cloudwatch:GetMetricData': pointsOf(points, now) });

describe('replication', () => {
  it('gives the measured lag of a global table and a read replica, and nothing against a promise that holds', async () => {
    const fine = (input: CheckInput): CheckInput => ({ ...input, aws: cloudwatch([{ ageSeconds: 60, value: 0.8 }], input.now) });
    const result = await checked({ declarations: [TABLE, DB, REPLICA], catalogue: AGREED }, fine);
    // DynamoDB reports milliseconds, RDS seconds.
    expect(factsOf(result)).toEqual([
      'replication lag to eu-west-1: 0.0008',
      'replication lag to eu-west-1: 0.8',
      'replication lag to us-east-1: 0.0008',
    ]);
    expect(result.facts.every((f) => f.unit === 'seconds' && f.at !== undefined)).toBe(true);
    expect(rulesOf(result)).toEqual([]);
    expect(objectionsOf(result)).toEqual([]);
  });

  it('holds a lag above the RPO against it', async () => {
    const late = (input: CheckInput): CheckInput => ({
      ...input,
      aws: cloudwatch([{ ageSeconds: 60, value: 90_000 }], input.now),
    });
    const result = await checked({ declarations: [TABLE], catalogue: AGREED }, late);
    expect(rulesOf(result)).toEqual(['live-replication-lag-over-rpo']);
    expect(objectionsOf(result)).toEqual(['RPO-region not-met']);
    expect(result.objections[0]?.decidedBy).toBe(resourceOf(TABLE).urn);
  });

  it('takes the lag that nobody may read for unknown', async () => {
    const result = await checked({ declarations: [TABLE], catalogue: AGREED, denied: ['cloudwatch:GetMetricData'] });
    expect(factsOf(result)).toContain('replication lag to eu-west-1: access-denied');
    expect(rulesOf(result)).toEqual(['live-replication-lag-over-rpo?']);
    expect(objectionsOf(result)).toEqual(['RPO-region unknown']);
  });

  it('never calls a configuration lag: without a data point the promise is unknown', async () => {
    const silent = (input: CheckInput): CheckInput => ({ ...input, aws: cloudwatch([], input.now) });
    const result = await checked({ declarations: [TABLE], catalogue: AGREED }, silent);
    expect(factsOf(result)).toContain('replication lag to eu-west-1: not-reported');
    expect(objectionsOf(result)).toEqual(['RPO-region unknown']);
  });

  it.each([
    [
      'reports -1',
      [
        { ageSeconds: 60, value: -1 },
        { ageSeconds: 600, value: 2 },
      ],
      ['live-replication-lag-over-rpo?', 'live-replication-stopped'],
    ],
    ['fell silent', [{ ageSeconds: 3000, value: 2 }], ['live-replication-lag-over-rpo?', 'live-replication-stopped']],
    [
      'was late once',
      [
        { ageSeconds: 60, value: 2 },
        { ageSeconds: 600, value: 90 },
      ],
      ['live-replication-lag-over-rpo'],
    ],
    [
      'keeps up',
      [
        { ageSeconds: 60, value: 2 },
        { ageSeconds: 600, value: 9 },
      ],
      [],
    ],
  ])('judges a replica that %s', async (_, points, rules) => {
    const fake = (input: CheckInput): CheckInput => ({ ...input, aws: cloudwatch(points, input.now) });
    const result = await checked({ declarations: [DB, REPLICA], catalogue: AGREED }, fake);
    expect(rulesOf(result)).toEqual(rules);
  });

  it('expects no lag from a Region of a global table in which nobody writes', async () => {
    const oneWay = (input: CheckInput): CheckInput => {
      const [busy, idle] = [cloudwatch([{ ageSeconds: 60, value: 800 }], input.now), cloudwatch([], input.now)];
      return {
        ...input,
        aws: { ...busy, pages: (call, asked, at) => (at.region === 'us-east-1' ? busy : idle).pages(call, asked, at) },
      };
    };
    const result = await checked({ declarations: [TABLE], catalogue: AGREED }, oneWay);
    expect(factsOf(result)).toEqual(['replication lag to eu-west-1: 0.8']);
    expect(objectionsOf(result)).toEqual([]);
  });

  it('expects no lag from the member of a global database or datastore that is written', async () => {
    const CLUSTER = 'aws:rds/cluster:Cluster';
    const MEMBER = 'aws:rds/clusterInstance:ClusterInstance';
    const DATABASE = 'aws:rds/globalCluster:GlobalCluster';
    const GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';
    const DATASTORE = 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup';
    const engine = { engine: 'aurora-postgresql' };
    const cluster = (name: string, region?: string): readonly Declaration[] => [
      {
        type: CLUSTER,
        name,
        ...(region === undefined ? {} : { region }),
        inputs: {
          ...engine,
          clusterIdentifier: name,
          globalClusterIdentifier: ref(DATABASE, 'all', 'id'),
          skipFinalSnapshot: true,
          ...(region === undefined ? { masterUsername: 'admin1' } : { tags: { after: ref(MEMBER, 'home-1') } }),
        },
      },
      {
        type: MEMBER,
        name: `${name}-1`,
        ...(region === undefined ? {} : { region }),
        inputs: { ...engine, identifier: `${name}-1`, clusterIdentifier: ref(CLUSTER, name), instanceClass: 'db.r6g.large' },
      },
    ];
    const cache = { description: 'c', numCacheClusters: 2, automaticFailoverEnabled: true, multiAzEnabled: true };
    const declarations: readonly Declaration[] = [
      { type: DATABASE, name: 'all', inputs: { ...engine, globalClusterIdentifier: 'all' } },
      ...cluster('home'),
      ...cluster('away', 'eu-west-1'),
      {
        type: GROUP,
        name: 'near',
        inputs: { ...cache, replicationGroupId: 'near', engine: 'valkey', nodeType: 'cache.r7g.large' },
      },
      {
        type: DATASTORE,
        name: 'words',
        inputs: { globalReplicationGroupIdSuffix: 'words', primaryReplicationGroupId: ref(GROUP, 'near') },
      },
      {
        type: GROUP,
        name: 'far',
        region: 'eu-west-1',
        inputs: {
          ...cache,
          replicationGroupId: 'far',
          globalReplicationGroupId: ref(DATASTORE, 'words', 'globalReplicationGroupId'),
        },
      },
    ];
    const result = await checked({ declarations });
    const told = result.facts.map(
      (f) =>
        `${f.resource.split('::').at(-1)} ${f.what}: ${fold<unknown, string>(
          f.value,
          () => 'known',
          (why) => why.reason,
        )}`,
    );
    expect(told.filter((line) => !line.endsWith('known'))).toEqual([]);
    expect(told).toContain('home replication lag to eu-west-1: known');
    expect(told).toContain('near replication lag to eu-west-1: known');
    expect(told).not.toContain('away replication lag to us-east-1: known');
  });

  it('gives facts without a catalogue, and judges nothing', async () => {
    const result = await checked({ declarations: [DB, REPLICA] });
    expect(result.facts).toHaveLength(1);
    expect(result.objections).toEqual([]);
    expect(result.findings).toEqual([]);
  });
});
