import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { secrets } from '../../../src/services/observed/secrets-manager.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { secretsManager } from '../../../src/simulator/services/secrets-manager.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const aws = freshAws([secretsManager, kms]);
const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
await invoke(
  aws,
  'secrets-manager',
  'CreateSecret',
  { Name: 'db', SecretString: 'hunter2', AddReplicaRegions: [{ Region: 'eu-west-1' }] },
  caller,
);
aws.world.clock.advance(60_000);

describe('secrets', () => {
  it('name their replicas, replicas their primary, and nobody their value', async () => {
    const [primary] = await scanned(secrets, readerOf(aws));
    const [replica] = await scanned(secrets, readerOf(aws, ACCOUNT, 'eu-west-1'));
    expect(primary?.properties).toEqual({ name: 'db', replicas: [{ region: 'eu-west-1' }] });
    expect(replica?.properties).toEqual({ name: 'db', replicas: [{ region: REGION }] });
    expect(JSON.stringify([primary, replica])).not.toContain('hunter2');
  });

  it('that may not be described have unknown replicas', async () => {
    aws.world.inject({ kind: 'call', action: 'secretsmanager:DescribeSecret', how: 'denied' });
    const [primary] = await scanned(secrets, readerOf(aws));
    expect(primary?.properties.replicas).toBeInstanceOf(Hole);
  });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  it.each(recordings('secretsmanager').map((r) => [r.name, r] as const))('%s', async (_, recording) => {
    for (const seen of await readRecording(secrets, recording)) expect(seen.id).toMatch(/^arn:aws/);
  });

  it('examples of the manual', async () => {
    expect(await readRecording(secrets, examples('secretsmanager'))).not.toEqual([]);
  });
});
