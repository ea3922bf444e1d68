import { describe, expect, it } from 'vitest';
import { append, contents } from '../../../src/simulator/plane/logs.ts';
import { connect } from '../../../src/simulator/plane/network.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { volumeArn } from '../../../src/simulator/services/ec2-volumes.ts';
import { ACCOUNT, computeWorld, REGION } from './support-compute.ts';

const HOUR = 3_600_000;
const A = 'us-east-1a';
const made = () => computeWorld([ec2], [A, 'us-east-1b']);

describe('EC2', () => {
  it.each([
    ['DescribeSubnets', { SubnetIds: ['subnet-0'] }, 'InvalidSubnetID.NotFound'],
    ['DescribeInstances', { InstanceIds: ['i-0'] }, 'InvalidInstanceID.NotFound'],
    ['CreateSubnet', { VpcId: 'vpc-0', CidrBlock: '10.0.0.0/24' }, 'InvalidVpcID.NotFound'],
    ['CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 }, 'InvalidZone.NotFound'],
    ['CreateTags', { Resources: ['vpc-0'], Tags: [] }, 'InvalidID'],
  ])('%s refuses what does not exist', async (operation, input, code) => {
    const { call } = await made();
    await expect(call('ec2', operation, input)).rejects.toMatchObject({ code });
  });

  it('pages and filters', async () => {
    const { call, vpc } = await made();
    const first = await call('ec2', 'DescribeSubnets', { MaxResults: 1 });
    const second = await call('ec2', 'DescribeSubnets', { MaxResults: 1, NextToken: first.NextToken });
    expect([first.Subnets[0].AvailabilityZone, second.Subnets[0].AvailabilityZone]).toEqual([A, 'us-east-1b']);
    expect(second.NextToken).toBeUndefined();
    const Filters = [
      { Name: 'vpc-id', Values: [vpc] },
      { Name: 'availability-zone', Values: ['*a'] },
    ];
    expect((await call('ec2', 'DescribeSubnets', { Filters })).Subnets).toHaveLength(1);
  });

  it('starts, stops and terminates instances in their own time', async () => {
    const { call, world, subnets } = await made();
    const { Instances } = await call('ec2', 'RunInstances', { ImageId: 'ami-1', SubnetId: subnets[0], MinCount: 1, MaxCount: 1 });
    const InstanceIds = [Instances[0].InstanceId];
    const state = async () => (await call('ec2', 'DescribeInstances', { InstanceIds })).Reservations[0].Instances[0].State.Name;
    expect(await state()).toBe('pending');
    world.clock.advance(60_000);
    expect(await state()).toBe('running');
    // It starts up before anything on it answers.
    expect(connect(world, Instances[0].PrivateDnsName).kind).toBe('refused');
    world.clock.advance(120_000);
    expect(connect(world, Instances[0].PrivateDnsName).kind).toBe('served');
    world.inject({ kind: 'az-loss', zone: A });
    expect(connect(world, Instances[0].PrivateDnsName).kind).toBe('refused');
    world.clock.advance(180_000);
    const { InstanceStatuses } = await call('ec2', 'DescribeInstanceStatus', { InstanceIds });
    expect(InstanceStatuses[0].SystemStatus.Status).toBe('impaired');
    await expect(
      call('ec2', 'RunInstances', { ImageId: 'ami-1', SubnetId: subnets[0], MinCount: 1, MaxCount: 1 }),
    ).rejects.toMatchObject({ code: 'InsufficientInstanceCapacity' });
    await call('ec2', 'TerminateInstances', { InstanceIds });
    world.clock.advance(60_000);
    expect(await state()).toBe('terminated');
    world.clock.advance(HOUR);
    await expect(state()).rejects.toMatchObject({ code: 'InvalidInstanceID.NotFound' });
  });

  it('keeps in a snapshot, and in its copy in another Region, what the volume held when it was begun', async () => {
    const { call, world } = await made();
    const { VolumeId } = await call('ec2', 'CreateVolume', { AvailabilityZone: A, Size: 8 });
    const arn = volumeArn({ world, account: ACCOUNT, region: REGION }, VolumeId);
    append(world, arn, 1);
    const { SnapshotId } = await call('ec2', 'CreateSnapshot', { VolumeId });
    append(world, arn, 2);
    world.clock.advance(HOUR);
    const copy = await call('ec2', 'CopySnapshot', { SourceRegion: REGION, SourceSnapshotId: SnapshotId }, 'eu-west-1');
    const restored = { AvailabilityZone: 'eu-west-1a', SnapshotId: copy.SnapshotId };
    await expect(call('ec2', 'CreateVolume', restored, 'eu-west-1')).rejects.toMatchObject({ code: 'IncorrectState' });
    world.clock.advance(HOUR);
    const volume = await call('ec2', 'CreateVolume', restored, 'eu-west-1');
    const there = volumeArn({ world, account: ACCOUNT, region: 'eu-west-1' }, volume.VolumeId);
    expect(contents(world, there).map((w) => w.sequence)).toEqual([1]);
    expect(contents(world, arn).map((w) => w.sequence)).toEqual([1, 2]);
  });

  it('has nothing left in a compromised account', async () => {
    const { call, world } = await made();
    const { VolumeId } = await call('ec2', 'CreateVolume', { AvailabilityZone: A, Size: 8 });
    await call('ec2', 'CreateSnapshot', { VolumeId });
    world.inject({ kind: 'account-compromised', account: ACCOUNT });
    expect((await call('ec2', 'DescribeVolumes', {})).Volumes).toEqual([]);
    expect((await call('ec2', 'DescribeSnapshots', {})).Snapshots).toEqual([]);
  });

  it('tells the Regions that the account has, and all of them when asked', async () => {
    const { call } = await made();
    const own = (await call('ec2', 'DescribeRegions', {})).Regions;
    const all = (await call('ec2', 'DescribeRegions', { AllRegions: true })).Regions;
    expect(own.length).toBeLessThan(all.length);
    expect(own.every((r: { OptInStatus: string }) => r.OptInStatus !== 'not-opted-in')).toBe(true);
  });
});
