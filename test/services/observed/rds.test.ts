import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { rdsScans } from '../../../src/services/observed/rds.ts';
import { rdsClusters } from '../../../src/services/observed/rds-clusters.ts';
import { rdsParameterGroups } from '../../../src/services/observed/rds-groups.ts';
import { rdsInstances } from '../../../src/services/observed/rds-instances.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { rds } from '../../../src/simulator/services/rds.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

function simulated() {
  const aws = freshAws([ec2, kms, rds]);
  const call = (operation: string, input: object, region = REGION) =>
    invoke(aws, 'rds', operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });
  return { aws, call };
}

describe('instances', () => {
  it('of a Region are one call, and two when one is encrypted', async () => {
    const { aws, call } = simulated();
    for (let i = 0; i < 30; i++)
      await call('CreateDBInstance', { DBInstanceIdentifier: `db-${i}`, Engine: 'mysql', StorageEncrypted: i % 2 === 0 });
    const reader = readerOf(aws);
    const seen = await scanned(rdsInstances, reader);
    expect(seen).toHaveLength(30);
    expect(reader.asked.length).toBeLessThanOrEqual(2);
    // AWS's own key, group and parameters are what an unset property means.
    for (const property of ['kmsKeyId', 'dbSubnetGroupName', 'parameterGroupName'])
      expect(seen[0]?.properties[property]).toBeUndefined();
    expect(seen[0]).toMatchObject({ name: 'db-0', properties: { identifier: 'db-0', storageEncrypted: true, multiAz: false } });
  });

  it('do not say what whoever deletes them would choose', async () => {
    const { aws, call } = simulated();
    await call('CreateDBInstance', { DBInstanceIdentifier: 'db', Engine: 'mysql' });
    const [seen] = await scanned(rdsInstances, readerOf(aws));
    expect(seen?.properties.skipFinalSnapshot).toBeInstanceOf(Hole);
  });

  it('of a cluster are instances of its module, and those of a Multi-AZ DB cluster are RDS’s own', async () => {
    const { aws, call } = simulated();
    for (const engine of ['aurora-mysql', 'docdb', 'neptune']) {
      await call('CreateDBCluster', { DBClusterIdentifier: `c-${engine}`, Engine: engine, MasterUsername: 'u' });
      await call('CreateDBInstance', { DBInstanceIdentifier: `i-${engine}`, DBClusterIdentifier: `c-${engine}`, Engine: engine });
    }
    await call('CreateDBCluster', { DBClusterIdentifier: 'multi', Engine: 'postgres', MasterUsername: 'u' });
    const types = (await scanned(rdsInstances, readerOf(aws))).map((o) => o.type);
    expect(types).toEqual(['rds', 'docdb', 'neptune'].map((m) => `aws:${m}/clusterInstance:ClusterInstance`));
    const clusters = (await scanned(rdsClusters, readerOf(aws))).map((o) => o.type);
    expect(clusters).toEqual(['rds', 'docdb', 'neptune', 'rds'].map((m) => `aws:${m}/cluster:Cluster`));
  });
});

describe('a global cluster', () => {
  it('is told once, from the Region of its writer, and follows it', async () => {
    const { aws, call } = simulated();
    await call('CreateGlobalCluster', { GlobalClusterIdentifier: 'all', Engine: 'aurora-mysql' });
    const joined = { Engine: 'aurora-mysql', GlobalClusterIdentifier: 'all' };
    await call('CreateDBCluster', { DBClusterIdentifier: 'home', MasterUsername: 'u', ...joined });
    await call('CreateDBCluster', { DBClusterIdentifier: 'away', ...joined }, 'us-west-2');
    aws.world.clock.advance(3_600_000);
    const told = async (region: string): Promise<unknown> =>
      (await scanned(rdsClusters, readerOf(aws, ACCOUNT, region))).find((o) => o.type.includes('globalCluster'))?.properties
        .sourceDbClusterIdentifier;
    expect(await told(REGION)).toContain(':cluster:home');
    expect(await told('us-west-2')).toBeUndefined();
    await call('SwitchoverGlobalCluster', {
      GlobalClusterIdentifier: 'all',
      TargetDbClusterIdentifier: `arn:aws:rds:us-west-2:${ACCOUNT}:cluster:away`,
    });
    aws.world.clock.advance(3_600_000);
    expect(await told(REGION)).toBeUndefined();
    expect(await told('us-west-2')).toContain(':cluster:away');
  });
});

describe('parameter groups', () => {
  it('show what somebody has set, and a hole when that cannot be read', async () => {
    const { aws, call } = simulated();
    await call('CreateDBParameterGroup', { DBParameterGroupName: 'ours', DBParameterGroupFamily: 'mysql8.0' });
    const parameters = Array.from({ length: 120 }, (_, i) => ({ ParameterName: `p${i}`, ParameterValue: `${i}` }));
    await call('ModifyDBParameterGroup', { DBParameterGroupName: 'ours', Parameters: parameters });
    const [seen] = await scanned(rdsParameterGroups, readerOf(aws));
    expect(seen?.properties.parameters).toHaveLength(120);
    aws.world.inject({ kind: 'call', action: 'rds:DescribeDBParameters', how: 'denied' });
    const [blind] = await scanned(rdsParameterGroups, readerOf(aws));
    expect(blind?.properties.parameters).toBeInstanceOf(Hole);
  });
});

describe.skipIf(!haveRecordings)('recorded replies', () => {
  const all = [...recordings('rds'), ...['rds', 'docdb', 'neptune'].map(examples)];

  it('are many', () => {
    expect(all.length).toBeGreaterThan(40);
  });

  it.each(rdsScans)('$id reads every one of them', async (scan) => {
    for (const recording of all) {
      for (const seen of await readRecording(scan, recording)) {
        expect(seen.name).not.toBe('');
        const days = seen.properties.backupRetentionPeriod;
        if (days !== undefined) expect(days).toBeTypeOf('number');
        for (const property of ['multiAz', 'deletionProtection', 'storageEncrypted'])
          expect(['boolean', 'undefined']).toContain(typeof seen.properties[property]);
        expect(JSON.stringify(seen)).not.toContain('MasterUser');
      }
    }
  });

  it('give instances with their engine and class', async () => {
    const found = (await Promise.all(recordings('rds').map((r) => readRecording(rdsInstances, r)))).flat();
    expect(found.length).toBeGreaterThan(25);
    // Some recordings were cut by hand to what their test needed.
    const whole = found.filter((one) => one.properties.instanceClass !== undefined);
    expect(whole.length).toBeGreaterThan(20);
    for (const one of whole) {
      expect(one.properties.engine).toBeTypeOf('string');
      expect(one.properties.instanceClass).toMatch(/^db\./);
    }
  });
});
