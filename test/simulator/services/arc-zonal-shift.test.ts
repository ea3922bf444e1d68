/** Traffic leaves an AZ on demand, on AWS's own account and to practise. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/simulator/plane/network.ts';
import { arcZonalShift } from '../../../src/simulator/services/arc-zonal-shift.ts';
import { autoScaling } from '../../../src/simulator/services/auto-scaling.ts';
import { cloudwatch } from '../../../src/simulator/services/cloudwatch.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { elasticLoadBalancingV2 } from '../../../src/simulator/services/elastic-load-balancing-v2.ts';
import { ACCOUNT, computeWorld, REGION } from './support-compute.ts';

const MINUTE = 60_000;
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

/** A load balancer in front of a group of three, one in each AZ, both opted in. */
async function shop(type: 'application' | 'network', optedIn = true) {
  const made = await computeWorld([ec2, cloudwatch, elasticLoadBalancingV2, autoScaling, arcZonalShift], ZONES);
  const { call, world, subnets, vpc } = made;
  const elb = (operation: string, input: object) => call('elastic-load-balancing-v2', operation, input);
  const { LoadBalancers } = await elb('CreateLoadBalancer', { Name: 'shop', Type: type, Subnets: subnets });
  const [{ LoadBalancerArn: arn, DNSName: host }] = LoadBalancers;
  const Protocol = type === 'application' ? 'HTTP' : 'TCP';
  const { TargetGroups } = await elb('CreateTargetGroup', { Name: 'shop', Protocol, Port: 80, VpcId: vpc });
  const [{ TargetGroupArn }] = TargetGroups;
  const DefaultActions = [{ Type: 'forward', TargetGroupArn }];
  await elb('CreateListener', { LoadBalancerArn: arn, Protocol, Port: 80, DefaultActions });
  const Attributes = [{ Key: 'zonal_shift.config.enabled', Value: String(optedIn) }];
  await elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes });
  await call('auto-scaling', 'CreateLaunchConfiguration', {
    LaunchConfigurationName: 'shop',
    ImageId: 'ami-1',
    InstanceType: 't3.small',
  });
  await call('auto-scaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: 'shop',
    LaunchConfigurationName: 'shop',
    MinSize: 3,
    MaxSize: 9,
    VPCZoneIdentifier: subnets.join(','),
    TargetGroupARNs: [TargetGroupArn],
    AvailabilityZoneImpairmentPolicy: { ZonalShiftEnabled: optedIn, ImpairedZoneHealthCheckBehavior: 'ReplaceUnhealthy' },
  });
  world.clock.advance(10 * MINUTE);
  const shift = (operation: string, input: object) => call('arc-zonal-shift', operation, input);
  const answers = () => Array.from({ length: 60 }, () => connect(world, host));
  const served = (zone: string) => answers().filter((a) => a.kind === 'served' && a.zone === zone).length;
  const refused = () => answers().filter((a) => a.kind !== 'served').length;
  const away = (expiresIn = '2h', awayFrom = 'use1-az1') =>
    shift('StartZonalShift', { resourceIdentifier: arn, awayFrom, expiresIn, comment: 'test' });
  return { ...made, arn: arn as string, shift, served, refused, away };
}

describe('a zonal shift', () => {
  it.each(['application', 'network'] as const)('moves traffic (%s load balancer) away and back', async (type) => {
    const { world, shift, arn, served, refused, away } = await shop(type);
    expect(served('us-east-1a')).toBeGreaterThan(0);
    const { zonalShiftId } = await away();
    world.clock.advance(2 * MINUTE);
    expect([served('us-east-1a'), refused()]).toEqual([0, 0]);
    expect(await shift('GetManagedResource', { resourceIdentifier: arn })).toMatchObject({
      appliedWeights: { 'use1-az1': 0, 'use1-az2': 1, 'use1-az3': 1 },
      zonalShifts: [{ zonalShiftId, appliedStatus: 'APPLIED', shiftType: 'ZONAL_SHIFT' }],
    });
    expect(await shift('CancelZonalShift', { zonalShiftId })).toMatchObject({ status: 'CANCELED' });
    world.clock.advance(2 * MINUTE);
    expect(served('us-east-1a')).toBeGreaterThan(0);
  });

  it('ends at its expiry, which an update moves', async () => {
    const { world, shift, away } = await shop('application');
    const { zonalShiftId } = await away('30m');
    world.clock.advance(20 * MINUTE);
    await shift('UpdateZonalShift', { zonalShiftId, expiresIn: '1h' });
    const status = async () => (await shift('ListZonalShifts', {})).items[0].status;
    world.clock.advance(50 * MINUTE);
    expect(await status()).toBe('ACTIVE');
    world.clock.advance(11 * MINUTE);
    expect(await status()).toBe('EXPIRED');
    await expect(shift('CancelZonalShift', { zonalShiftId })).rejects.toMatchObject({
      code: 'ConflictException',
      members: { reason: 'ZonalShiftStatusNotActive' },
    });
  });

  it.each([
    ['a resource that has not opted in', false, '2h', 'use1-az1', 'ResourceNotFoundException', undefined],
    ['more than three days', true, '73h', 'use1-az1', 'ValidationException', 'InvalidExpiresIn'],
    ['an AZ that it is not in', true, '2h', 'use1-az6', 'ValidationException', 'InvalidAz'],
    ['the name of an AZ', true, '2h', 'us-east-1a', 'ValidationException', 'InvalidAz'],
  ])('is refused for %s', async (_, optedIn, expiresIn, awayFrom, code, reason) => {
    const { away } = await shop('application', optedIn);
    await expect(away(expiresIn, awayFrom)).rejects.toMatchObject({ code, members: reason === undefined ? {} : { reason } });
  });

  it('is refused while another one is active', async () => {
    const { away } = await shop('application');
    const { zonalShiftId } = await away();
    await expect(away('2h', 'use1-az2')).rejects.toMatchObject({
      code: 'ConflictException',
      members: { reason: 'ZonalShiftAlreadyExists', zonalShiftId },
    });
  });

  it('keeps new instances of an Auto Scaling group out of the AZ until it ends', async () => {
    const { world, call, shift, count } = await shop('application');
    const { items } = await shift('ListManagedResources', {});
    const group = items.find((i: { arn: string }) => i.arn.includes(':autoscaling:'));
    expect(group.availabilityZones).toEqual(['use1-az1', 'use1-az2', 'use1-az3']);
    const start = { resourceIdentifier: group.arn, awayFrom: 'use1-az1', expiresIn: '1h', comment: 'test' };
    await shift('StartZonalShift', start);
    await call('auto-scaling', 'SetDesiredCapacity', { AutoScalingGroupName: 'shop', DesiredCapacity: 7 });
    world.clock.advance(10 * MINUTE);
    expect(ZONES.map(count)).toEqual([1, 3, 3]);
    world.clock.advance(120 * MINUTE);
    expect(count('us-east-1a')).toBe(2);
  });
});

/** An alarm that is red when told to be. */
const alarm = (name: string) => ({
  type: 'CLOUDWATCH',
  alarmIdentifier: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
});

describe('zonal autoshift', () => {
  it('is for those who practise, and follows the loss of an AZ', async () => {
    const { world, shift, arn } = await shop('application');
    const enable = () => shift('UpdateZonalAutoshiftConfiguration', { resourceIdentifier: arn, zonalAutoshiftStatus: 'ENABLED' });
    await expect(enable()).rejects.toMatchObject({ members: { reason: 'PracticeConfigurationDoesNotExist' } });
    await shift('CreatePracticeRunConfiguration', { resourceIdentifier: arn, outcomeAlarms: [alarm('slow')] });
    await enable();
    expect(await shift('ListAutoshifts', {})).toEqual({ items: [] });
    const lost = world.inject({ kind: 'az-loss', zone: 'us-east-1b' });
    world.clock.advance(16 * MINUTE);
    expect(await shift('ListAutoshifts', {})).toMatchObject({ items: [{ awayFrom: 'use1-az2', status: 'ACTIVE' }] });
    expect(await shift('GetManagedResource', { resourceIdentifier: arn })).toMatchObject({
      appliedWeights: { 'use1-az2': 0 },
      autoshifts: [{ appliedStatus: 'APPLIED', awayFrom: 'use1-az2' }],
    });
    world.lift(lost);
    world.clock.advance(31 * MINUTE);
    expect(await shift('ListAutoshifts', { status: 'ACTIVE' })).toEqual({ items: [] });
    expect((await shift('ListAutoshifts', {})).items[0].endTime).toBeInstanceOf(Date);
    await expect(shift('DeletePracticeRunConfiguration', { resourceIdentifier: arn })).rejects.toMatchObject({
      members: { reason: 'AutoShiftEnabled' },
    });
  });

  it('practises for half an hour, unless an alarm says otherwise', async () => {
    const { world, call, shift, arn } = await shop('application');
    const run = () => shift('StartPracticeRun', { resourceIdentifier: arn, awayFrom: 'use1-az3', comment: 'weekly' });
    const outcomes = async () =>
      (await shift('ListZonalShifts', {})).items.map((s: { practiceRunOutcome: string }) => s.practiceRunOutcome);
    await call('cloudwatch', 'PutMetricAlarm', {
      AlarmName: 'slow',
      Namespace: 'Shop',
      MetricName: 'Slow',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      Statistic: 'Maximum',
      TreatMissingData: 'ignore',
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const outcomeAlarms = [alarm('slow')];
    await shift('CreatePracticeRunConfiguration', { resourceIdentifier: arn, outcomeAlarms, blockedDates: [] });
    await run();
    world.clock.advance(31 * MINUTE);
    expect(await outcomes()).toEqual(['SUCCEEDED']);
    await run();
    await call('cloudwatch', 'SetAlarmState', { AlarmName: 'slow', StateValue: 'ALARM', StateReason: 'test' });
    world.clock.advance(2 * MINUTE);
    expect(await outcomes()).toEqual(['SUCCEEDED', 'FAILED']);
    await call('cloudwatch', 'SetAlarmState', { AlarmName: 'slow', StateValue: 'OK', StateReason: 'test' });
    const blockedDates = [new Date(world.clock.now()).toISOString().slice(0, 10)];
    await shift('UpdatePracticeRunConfiguration', { resourceIdentifier: arn, blockedDates });
    await expect(run()).rejects.toMatchObject({ members: { reason: 'PracticeInBlockedDates' } });
  });

  it('is configured as Pulumi declares it', async () => {
    const { world, call, shift, arn } = await shop('application');
    const [configuration] = arcZonalShift.deployers ?? [];
    const given = {
      urn: 'urn:pulumi:test::test::aws:arczonalshift/zonalAutoshiftConfiguration:ZonalAutoshiftConfiguration::shop',
      type: 'aws:arczonalshift/zonalAutoshiftConfiguration:ZonalAutoshiftConfiguration',
      name: 'shop',
      inputs: {
        resourceArn: arn,
        zonalAutoshiftStatus: 'ENABLED',
        outcomeAlarms: [{ type: 'CLOUDWATCH', alarmIdentifier: alarm('slow').alarmIdentifier }],
        blockedWindows: ['Mon:08:00-Mon:20:00'],
      },
      tags: {},
      account: ACCOUNT,
      region: REGION,
      id: undefined,
      outputs: {},
    };
    await configuration?.create(given, { world, call, physicalName: () => 'shop', until: async () => undefined });
    expect(await shift('GetManagedResource', { resourceIdentifier: arn })).toMatchObject({
      zonalAutoshiftStatus: 'ENABLED',
      practiceRunConfiguration: { outcomeAlarms: [alarm('slow')], blockedWindows: ['Mon:08:00-Mon:20:00'] },
    });
  });
});
