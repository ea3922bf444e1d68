import { describe, expect, it } from 'vitest';
import { drift } from '../../checks/drift.ts';
import { Hole } from '../../src/model/value.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { invoke } from '../../src/simulator/world/invoke.ts';
import { type Declaration, ref } from '../parity/law.ts';
import { ACCOUNT, REGION } from '../services/observed/support.ts';
import { promising } from '../verdicts/estates.ts';
import { type Given, prepared, rulesOf } from './support.ts';

const DB: Declaration = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: {
    identifier: 'orders',
    engine: 'postgres',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    backupRetentionPeriod: 7,
    multiAz: true,
    username: 'admin1',
    skipFinalSnapshot: true,
  },
};
const BUCKET: Declaration = { type: 'aws:s3/bucket:Bucket', name: 'media', inputs: { bucket: 'media-1f2e' } };
const VERSIONING: Declaration = {
  type: 'aws:s3/bucketVersioning:BucketVersioning',
  name: 'media',
  inputs: { bucket: 'media-1f2e', versioningConfiguration: { status: 'Enabled' } },
};

const by =
  (client: string, operation: string, input: object) =>
  async (aws: SimulatedAws): Promise<void> => {
    await invoke(aws, client, operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });
  };
const modify = (change: object) =>
  by('rds', 'ModifyDBInstance', { DBInstanceIdentifier: 'orders', ApplyImmediately: true, ...change });

async function checked(given: Given) {
  const { input } = await prepared(given);
  return drift.run(input);
}

const shown = (result: Awaited<ReturnType<typeof checked>>) =>
  result.findings.map((f) => `${f.rule}${f.undecided === undefined ? '' : '?'} ${f.property ?? '-'}`);

describe('drift', () => {
  it('finds nothing where nothing was changed', async () => {
    expect((await checked({ declarations: [DB, BUCKET, VERSIONING] })).findings).toEqual([]);
  });

  it('names the protection that is gone and the property that was changed', async () => {
    const result = await checked({ declarations: [DB], meanwhile: modify({ MultiAZ: false }) });
    expect(new Set(shown(result))).toEqual(new Set(['drift-weaker multiAz']));
    expect(result.findings.some((f) => f.message.includes('rds-multi-az'))).toBe(true);
  });

  it('finds history that was shortened', async () => {
    const result = await checked({ declarations: [DB], meanwhile: modify({ BackupRetentionPeriod: 2 }) });
    expect(shown(result)).toEqual(['drift-weaker backupRetentionPeriod']);
    expect(result.findings[0]?.message).toBe('days of history that can be restored: 7 in code, 2 in AWS');
  });

  it('finds what is better than the code, since the next up takes it away', async () => {
    const single = { ...DB, inputs: { ...DB.inputs, multiAz: false } };
    const result = await checked({ declarations: [single], meanwhile: modify({ MultiAZ: true }) });
    // The host of a single-AZ instance is replaced; with a standby nobody waits for that, so it is not missed.
    expect(new Set(shown(result))).toEqual(new Set(['drift-not-in-code multiAz']));
  });

  it('says nothing of AZs that AWS chooses', async () => {
    const subnets = ['a', 'b', 'c'].map(
      (zone, i): Declaration => ({
        type: 'aws:ec2/subnet:Subnet',
        name: zone,
        inputs: { vpcId: ref('aws:ec2/vpc:Vpc', 'v'), availabilityZone: `${REGION}${zone}`, cidrBlock: `10.0.${i}.0/24` },
      }),
    );
    const group = 'aws:elasticache/subnetGroup:SubnetGroup';
    const cache = (multiAzEnabled: boolean): readonly Declaration[] => [
      { type: 'aws:ec2/vpc:Vpc', name: 'v', inputs: { cidrBlock: '10.0.0.0/16' } },
      ...subnets,
      { type: group, name: 'g', inputs: { name: 'g', subnetIds: subnets.map((s) => ref(s.type, s.name)) } },
      {
        type: 'aws:elasticache/replicationGroup:ReplicationGroup',
        name: 'c',
        inputs: {
          replicationGroupId: 'c',
          description: 'c',
          engine: 'valkey',
          nodeType: 'cache.r7g.large',
          numCacheClusters: 2,
          automaticFailoverEnabled: true,
          multiAzEnabled,
          subnetGroupName: ref(group, 'g', 'name'),
        },
      },
    ];
    for (const multiAz of [true, false]) expect((await checked({ declarations: cache(multiAz) })).findings).toEqual([]);
  });

  it('says nothing of a change without meaning', async () => {
    const result = await checked({ declarations: [DB], meanwhile: modify({ AllocatedStorage: 200 }) });
    expect(result.findings).toEqual([]);
  });

  it('reads the parts of a resource with it', async () => {
    const off = { Bucket: 'media-1f2e', VersioningConfiguration: { Status: 'Suspended' } };
    const result = await checked({ declarations: [BUCKET, VERSIONING], meanwhile: by('s3', 'PutBucketVersioning', off) });
    expect(rulesOf(result)).toEqual(['drift-weaker']);
  });

  it('finds what is missing, and is not asked about what it would mean', async () => {
    const gone = by('rds', 'DeleteDBInstance', { DBInstanceIdentifier: 'orders', SkipFinalSnapshot: true });
    expect(shown(await checked({ declarations: [DB], meanwhile: gone }))).toEqual(['drift-missing -']);
  });

  it('finds what belongs to a service and to no code', async () => {
    const made = by('sqs', 'CreateQueue', { QueueName: 'handmade' });
    const owned = await checked({ declarations: [BUCKET], catalogue: promising('{ RTO: { az: 15m } }'), meanwhile: made });
    expect(rulesOf(owned)).toEqual(['drift-undeclared']);
    expect((await checked({ declarations: [BUCKET], meanwhile: made })).findings).toEqual([]);
  });

  it('cannot tell of what was not read', async () => {
    const { input } = await prepared({ declarations: [DB] });
    const resources = new Map(input.judgement.estate.resources);
    for (const [urn, item] of resources)
      resources.set(urn, { ...item, resource: { ...item.resource, unread: new Hole('access-denied', 'denied') } });
    const judgement = { ...input.judgement, estate: { ...input.judgement.estate, resources } };
    expect(rulesOf(await drift.run({ ...input, judgement }))).toEqual(['drift-weaker?']);
  });

  it('has nothing to compare without code', async () => {
    const { input } = await prepared({ declarations: [DB], meanwhile: modify({ MultiAZ: false }) });
    const result = await drift.run({ ...input, designed: undefined, inPlace: undefined });
    expect(result).toEqual({ facts: [], findings: [], objections: [] });
  });
});
