import type * as EFS from '@aws-sdk/client-efs';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, contents } from '../../../src/simulator/plane/logs.ts';
import { connect } from '../../../src/simulator/plane/network.ts';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { efs } from '../../../src/simulator/services/efs.ts';
import { efsMetrics } from '../../../src/simulator/services/efs-events.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const MINUTE = 60_000;
const EU = 'eu-west-1';
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([efs, ec2, kms]);
});

const send = async (client: string, operation: string, input: object, region = REGION): Promise<unknown> =>
  invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });
const call = async <O>(operation: string, input: object, region = REGION): Promise<O> =>
  (await send('efs', operation, input, region)) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const later = (milliseconds: number): void => aws.world.clock.advance(milliseconds);

async function create(input: object = {}, region = REGION): Promise<EFS.FileSystemDescription> {
  const made = await call<EFS.CreateFileSystemCommandOutput>('CreateFileSystem', input, region);
  later(MINUTE);
  return made;
}
const find = async (FileSystemId: string | undefined, region = REGION): Promise<EFS.FileSystemDescription | undefined> =>
  (await call<EFS.DescribeFileSystemsCommandOutput>('DescribeFileSystems', { FileSystemId }, region)).FileSystems?.[0];
async function subnets(region = REGION): Promise<readonly string[]> {
  const vpc = (await send('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, region)) as { Vpc: { VpcId: string } };
  return Promise.all(
    ['a', 'b'].map(async (zone, i) => {
      const input = { VpcId: vpc.Vpc.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `${region}${zone}` };
      return ((await send('ec2', 'CreateSubnet', input, region)) as { Subnet: { SubnetId: string } }).Subnet.SubnetId;
    }),
  );
}
const mount = (FileSystemId: string | undefined, SubnetId: string | undefined, region = REGION): Promise<unknown> =>
  call('CreateMountTarget', { FileSystemId, SubnetId }, region);

describe('mount targets', () => {
  it('are one for each AZ, and answer while theirs does', async () => {
    const [a, b] = await subnets();
    const fs = await create();
    const arn = fs.FileSystemArn ?? '';
    expect(connect(aws.world, arn).kind).toBe('refused');
    await mount(fs.FileSystemId, a);
    expect(await codeOf(mount(fs.FileSystemId, a))).toBe('MountTargetConflict');
    expect(await codeOf(mount(fs.FileSystemId, 'subnet-none'))).toBe('SubnetNotFound');
    later(2 * MINUTE);
    expect(connect(aws.world, arn)).toMatchObject({ kind: 'served', zone: 'us-east-1a', writes: arn });
    aws.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    expect(connect(aws.world, arn).kind).toBe('refused');
    await mount(fs.FileSystemId, b);
    later(2 * MINUTE);
    expect(connect(aws.world, arn)).toMatchObject({ kind: 'served', zone: 'us-east-1b' });
  });

  it('of One Zone storage are in its AZ, and its data goes with it', async () => {
    const [a, b] = await subnets();
    const fs = await create({ AvailabilityZoneName: 'us-east-1a' });
    expect(await codeOf(mount(fs.FileSystemId, b))).toBe('AvailabilityZonesMismatch');
    expect(await call('DescribeBackupPolicy', { FileSystemId: fs.FileSystemId })).toEqual({
      BackupPolicy: { Status: 'ENABLED' },
    });
    await mount(fs.FileSystemId, a);
    later(2 * MINUTE);
    aws.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    expect(connect(aws.world, fs.FileSystemArn ?? '').kind).toBe('refused');
  });
});

describe('replication', () => {
  async function replicated(): Promise<{
    readonly source: string;
    readonly copy: string;
    readonly copyId: string;
    readonly id: string;
  }> {
    const fs = await create();
    const id = fs.FileSystemId ?? '';
    const made = await call<EFS.CreateReplicationConfigurationCommandOutput>('CreateReplicationConfiguration', {
      SourceFileSystemId: id,
      Destinations: [{ Region: EU }],
    });
    later(10 * MINUTE);
    const copyId = made.Destinations?.[0]?.FileSystemId ?? '';
    const [a] = await subnets(EU);
    await mount(copyId, a, EU);
    later(2 * MINUTE);
    return {
      id,
      copyId,
      source: fs.FileSystemArn ?? '',
      copy: `arn:aws:elasticfilesystem:${EU}:${ACCOUNT}:file-system/${copyId}`,
    };
  }

  it('keeps the destination read-only until it is deleted, which takes minutes', async () => {
    const { id, copy, copyId, source } = await replicated();
    append(aws.world, source, 1);
    later(2 * MINUTE);
    append(aws.world, source, 2);
    aws.world.inject({ kind: 'region-loss', region: REGION });
    later(10 * MINUTE);
    expect(connect(aws.world, copy)).toMatchObject({ kind: 'served', writes: undefined });
    await call('DeleteReplicationConfiguration', { SourceFileSystemId: id }, EU);
    later(MINUTE);
    expect((await find(copyId, EU))?.FileSystemProtection?.ReplicationOverwriteProtection).toBe('REPLICATING');
    later(10 * MINUTE);
    expect(connect(aws.world, copy)).toMatchObject({ kind: 'served', writes: copy });
    expect(contents(aws.world, copy).map((w) => w.sequence)).toEqual([1]);
  });

  it('tells until when everything has been copied', async () => {
    const { source } = await replicated();
    const lag = async (): Promise<number> => {
      const shown = await call<EFS.DescribeReplicationConfigurationsCommandOutput>('DescribeReplicationConfigurations', {});
      const last = shown.Replications?.[0]?.Destinations?.[0]?.LastReplicatedTimestamp?.getTime() ?? 0;
      return aws.world.clock.now() - last;
    };
    expect(await lag()).toBeLessThan(MINUTE);
    aws.world.inject({ kind: 'replication-stopped', arn: source });
    later(20 * MINUTE);
    expect(await lag()).toBeGreaterThan(20 * MINUTE);
    const [series] = [...(efsMetrics[0]?.dimensions(aws.world) ?? [])];
    expect(series?.value(aws.world.clock.now())).toBe((await lag()) / 1000);
  });

  it('overwrites an existing file system only when that may be overwritten', async () => {
    const source = await create();
    const there = await create({}, EU);
    const input = { SourceFileSystemId: source.FileSystemId, Destinations: [{ Region: EU, FileSystemId: there.FileSystemId }] };
    expect(await codeOf(call('CreateReplicationConfiguration', input))).toBe('ConflictException');
    const unprotected = { FileSystemId: there.FileSystemId, ReplicationOverwriteProtection: 'DISABLED' };
    await call('UpdateFileSystemProtection', unprotected, EU);
    expect(await codeOf(call('CreateReplicationConfiguration', input))).toBe('none');
    expect(await codeOf(call('CreateReplicationConfiguration', input))).toBe('ConflictException');
  });
});

it('file systems with mount targets are not deleted, but whoever takes the account deletes both', async () => {
  const [a] = await subnets();
  const fs = await create({ Encrypted: true });
  await mount(fs.FileSystemId, a);
  expect(await codeOf(call('DeleteFileSystem', { FileSystemId: fs.FileSystemId }))).toBe('FileSystemInUse');
  aws.world.inject({ kind: 'account-compromised', account: ACCOUNT });
  expect(await codeOf(find(fs.FileSystemId))).toBe('FileSystemNotFound');
});

it('lists in pages', async () => {
  for (let i = 0; i < 3; i++) await create();
  const first = await call<EFS.DescribeFileSystemsCommandOutput>('DescribeFileSystems', { MaxItems: 2 });
  const rest = await call<EFS.DescribeFileSystemsCommandOutput>('DescribeFileSystems', { MaxItems: 2, Marker: first.NextMarker });
  expect([first.FileSystems?.length, rest.FileSystems?.length, rest.NextMarker]).toEqual([2, 1, undefined]);
});
