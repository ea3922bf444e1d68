import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { ecrReplication, ecrRepositories } from '../../../src/services/observed/ecr.ts';
import { ecr } from '../../../src/simulator/services/ecr.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const aws = freshAws([ecr, kms]);
const call = (operation: string, input: object): Promise<object> =>
  invoke(aws, 'ecr', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });
await call('CreateRepository', {
  repositoryName: 'shop/api',
  encryptionConfiguration: { encryptionType: 'KMS' },
  tags: [{ Key: 'team', Value: 'shop' }],
});

describe('a registry', () => {
  it('shows its repositories, under no key when AWS manages it', async () => {
    const [repository] = await scanned(ecrRepositories, readerOf(aws));
    expect(repository).toMatchObject({
      id: 'shop/api',
      properties: { encryptionConfigurations: [{ encryptionType: 'KMS' }] },
      outputs: { repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/shop/api` },
      tags: { team: 'shop' },
    });
  });

  it('has a replication when it has a rule', async () => {
    expect(await scanned(ecrReplication, readerOf(aws))).toEqual([]);
    const rules = [{ destinations: [{ region: 'eu-west-1', registryId: ACCOUNT }] }];
    await call('PutReplicationConfiguration', { replicationConfiguration: { rules } });
    expect(await scanned(ecrReplication, readerOf(aws))).toMatchObject([
      { id: ACCOUNT, properties: { replicationConfiguration: { rules } } },
    ]);
  });

  it('whose tags may not be read keeps its repositories', async () => {
    aws.world.inject({ kind: 'call', action: 'ecr:ListTagsForResource', how: 'denied' });
    const [repository] = await scanned(ecrRepositories, readerOf(aws));
    expect(repository?.tags).toBeInstanceOf(Hole);
  });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  it.each(recordings('ecr').map((r) => [r.name, r] as const))('%s', async (_, recording) => {
    for (const seen of await readRecording(ecrRepositories, recording)) expect(seen.properties.name).toBe(seen.id);
    await readRecording(ecrReplication, recording);
  });

  it('examples of the manual', async () => {
    expect(await readRecording(ecrRepositories, examples('ecr'))).not.toEqual([]);
  });
});
