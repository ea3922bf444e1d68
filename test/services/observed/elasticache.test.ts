import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { elasticacheScans } from '../../../src/services/observed/elasticache.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { elasticache } from '../../../src/simulator/services/elasticache.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const [caches] = elasticacheScans;

describe('replication groups', () => {
  it('show where their nodes run, and their nodes are not shown again', async () => {
    const aws = freshAws([ec2, kms, elasticache]);
    const call = (operation: string, input: object) =>
      invoke(aws, 'elasticache', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });
    await call('CreateReplicationGroup', {
      ReplicationGroupId: 'sessions',
      NumCacheClusters: 3,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
    });
    await call('CreateCacheCluster', { CacheClusterId: 'reader', ReplicationGroupId: 'sessions' });
    if (caches === undefined) throw new Error('no scan');
    const seen = await scanned(caches, readerOf(aws));
    expect(seen.map((o) => o.name)).toEqual(['reader', 'sessions']);
    expect(seen[1]?.properties).toMatchObject({ replicasPerNodeGroup: 3, numNodeGroups: 1, multiAzEnabled: true });
    expect(seen[1]?.properties.preferredCacheClusterAzs).toHaveLength(4);
    aws.world.inject({ kind: 'call', action: 'elasticache:DescribeCacheClusters', how: 'denied' });
    const [blind] = await scanned(caches, readerOf(aws));
    expect(blind?.properties.subnetGroupName).toBeInstanceOf(Hole);
  });
});

describe.skipIf(!haveRecordings)('recorded replies', () => {
  const all = [...recordings('elasticache'), examples('elasticache')];

  it.each(elasticacheScans)('$id reads every one of them', async (scan) => {
    for (const recording of all) {
      for (const seen of await readRecording(scan, recording)) {
        const { properties } = seen;
        for (const property of ['numCacheNodes', 'replicasPerNodeGroup', 'snapshotRetentionLimit'])
          expect(['number', 'undefined']).toContain(typeof properties[property]);
        if (properties.replicationGroupId !== undefined) expect(properties.replicationGroupId).not.toBe('');
      }
    }
  });

  it('give groups with their nodes', async () => {
    if (caches === undefined) throw new Error('no scan');
    const found = (await Promise.all(recordings('elasticache').map((r) => readRecording(caches, r)))).flat();
    const groups = found.filter((o) => o.type.includes('replicationGroup'));
    expect(groups.length).toBeGreaterThan(0);
    for (const group of groups) expect(group.properties.automaticFailoverEnabled).toBeTypeOf('boolean');
  });
});
