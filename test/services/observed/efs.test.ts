import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { efsFileSystems, efsReplications } from '../../../src/services/observed/efs.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { efs } from '../../../src/simulator/services/efs.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { examples, haveRecordings, readRecording, recordings } from './recorded.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from './support.ts';

const aws = freshAws([efs, ec2, kms]);
const call = (operation: string, input: object): Promise<object> =>
  invoke(aws, 'efs', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });
const made = (await call('CreateFileSystem', { Encrypted: true, Tags: [{ Key: 'Name', Value: 'files' }] })) as {
  readonly FileSystemId: string;
};
aws.world.clock.advance(60_000);
await call('CreateReplicationConfiguration', {
  SourceFileSystemId: made.FileSystemId,
  Destinations: [{ AvailabilityZoneName: 'eu-west-1b' }],
});
aws.world.clock.advance(600_000);

describe('file systems', () => {
  it('are shown with their backup policy, and under no key when AWS manages it', async () => {
    const [fs, policy] = await scanned(efsFileSystems, readerOf(aws));
    expect(fs).toMatchObject({ id: made.FileSystemId, name: 'files', tags: { Name: 'files' } });
    expect(fs?.properties).toEqual({ encrypted: true, protection: { replicationOverwrite: 'ENABLED' } });
    expect(policy?.properties.backupPolicy).toEqual({ status: 'DISABLED' });
  });

  it('are replicated from one Region, which asks the other for the AZ of the destination', async () => {
    const [replication] = await scanned(efsReplications, readerOf(aws));
    expect(replication?.properties).toMatchObject({
      sourceFileSystemId: made.FileSystemId,
      destination: { region: 'eu-west-1', availabilityZoneName: 'eu-west-1b' },
    });
    expect(await scanned(efsReplications, readerOf(aws, ACCOUNT, 'eu-west-1'))).toEqual([]);
  });

  it('that may not be described leave a hole', async () => {
    aws.world.inject({ kind: 'call', action: 'elasticfilesystem:DescribeFileSystems', how: 'denied', region: 'eu-west-1' });
    aws.world.inject({ kind: 'call', action: 'elasticfilesystem:DescribeBackupPolicy', how: 'denied' });
    const [replication] = await scanned(efsReplications, readerOf(aws));
    expect(replication?.properties).toMatchObject({ destination: { availabilityZoneName: expect.any(Hole) } });
    const [, policy] = await scanned(efsFileSystems, readerOf(aws));
    expect(policy?.properties.backupPolicy).toBeInstanceOf(Hole);
  });
});

describe.runIf(haveRecordings)('recorded replies', () => {
  it.each(recordings('elasticfilesystem').map((r) => [r.name, r] as const))('%s', async (_, recording) => {
    for (const seen of await readRecording(efsFileSystems, recording)) expect(seen.id).toMatch(/^fs/);
  });

  it('examples of the manual', async () => {
    const seen = await readRecording(efsFileSystems, examples('efs'));
    expect(new Set(seen.map((s) => s.type.split(':').at(-1)))).toEqual(new Set(['FileSystem', 'BackupPolicy', 'MountTarget']));
  });
});
