import type * as EC2 from '@aws-sdk/client-ec2';
import type * as FIS from '@aws-sdk/client-fis';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';
import { call as callIn, pass } from './calling.ts';

const ARN = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const TABLE = ARN('dynamodb', 'table/orders');
const TAGS = { drill: 'yes' };
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws();
});
const call = <O>(client: string, operation: string, input: object = {}): Promise<O> => callIn(aws, client, operation, input);
const fis = <O>(operation: string, input: object = {}): Promise<O> => call(`fis`, operation, input);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );

type Draft = Partial<FIS.CreateExperimentTemplateRequest>;
async function template(draft: Draft): Promise<string> {
  const made = await fis<FIS.CreateExperimentTemplateCommandOutput>('CreateExperimentTemplate', {
    description: 'test',
    roleArn: `arn:aws:iam::${ACCOUNT}:role/fis`,
    stopConditions: [{ source: 'none' }],
    ...draft,
  });
  return made.experimentTemplate?.id ?? '';
}
async function started(draft: Draft, more: object = {}): Promise<string> {
  const made = await fis<FIS.StartExperimentCommandOutput>('StartExperiment', {
    experimentTemplateId: await template(draft),
    ...more,
  });
  return made.experiment?.id ?? '';
}
const shown = async (id: string): Promise<FIS.Experiment> =>
  (await fis<FIS.GetExperimentCommandOutput>('GetExperiment', { id })).experiment ?? {};
const statusOf = async (id: string): Promise<string | undefined> => (await shown(id)).state?.status;
const actionsOf = async (id: string): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries((await shown(id)).actions ?? {}).map(([name, a]) => [name, a.state?.status]));
const faults = (): readonly string[] => aws.world.faults.map(({ fault }) => fault.kind);

const tablesByArn = { resourceType: 'aws:dynamodb:global-table', resourceArns: [TABLE], selectionMode: 'ALL' };
const pause = (duration: string, more: object = {}): FIS.CreateExperimentTemplateActionInput => ({
  actionId: 'aws:dynamodb:global-table-pause-replication',
  parameters: { duration },
  targets: { Tables: 'tables' },
  ...more,
});
const makeTable = (): Promise<unknown> =>
  call('dynamodb', 'CreateTable', {
    TableName: 'orders',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    Tags: [{ Key: 'drill', Value: 'yes' }],
  });

async function subnet(vpc: string, zone: string, cidr: string, tags: object = TAGS): Promise<string> {
  const made = await call<EC2.CreateSubnetCommandOutput>('ec2', 'CreateSubnet', {
    VpcId: vpc,
    AvailabilityZone: zone,
    CidrBlock: cidr,
    TagSpecifications: [
      { ResourceType: 'subnet', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value: String(Value) })) },
    ],
  });
  return made.Subnet?.SubnetId ?? '';
}
async function instance(subnetId: string, tags: object = TAGS): Promise<string> {
  const made = await call<EC2.RunInstancesCommandOutput>('ec2', 'RunInstances', {
    ImageId: 'ami-1',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetId,
    TagSpecifications: [
      { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value: String(Value) })) },
    ],
  });
  await pass(aws, 120);
  return made.Instances?.[0]?.InstanceId ?? '';
}
const stateOf = async (id: string): Promise<string | undefined> => {
  const found = await call<EC2.DescribeInstancesCommandOutput>('ec2', 'DescribeInstances', { InstanceIds: [id] });
  return found.Reservations?.[0]?.Instances?.[0]?.State?.Name;
};
async function network(): Promise<{ a1: string; a2: string; b: string }> {
  const vpc = await call<EC2.CreateVpcCommandOutput>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const id = vpc.Vpc?.VpcId ?? '';
  return {
    a1: await subnet(id, 'us-east-1a', '10.0.1.0/24'),
    a2: await subnet(id, 'us-east-1a', '10.0.2.0/24', {}),
    b: await subnet(id, 'us-east-1b', '10.0.3.0/24'),
  };
}

describe('an experiment', () => {
  beforeEach(makeTable);
  const draft: Draft = { targets: { tables: tablesByArn }, actions: { act: pause('PT10M') } };

  it('disturbs the world for its time', async () => {
    const id = await started(draft, { tags: { of: 'drill' } });
    expect(aws.world.faults.map((f) => f.fault)).toEqual([{ kind: 'replication-stopped', arn: TABLE }]);
    expect(await statusOf(id)).toBe('running');
    await pass(aws, 600);
    expect([faults(), await statusOf(id)]).toEqual([[], 'completed']);
    expect(await fis('ListExperiments')).toMatchObject({
      experiments: [{ id, tags: { of: 'drill' }, state: { status: 'completed' } }],
    });
  });

  it('can be stopped, once', async () => {
    const id = await started(draft);
    await fis('StopExperiment', { id });
    expect([faults(), await statusOf(id)]).toEqual([[], 'stopped']);
    expect(await codeOf(fis('StopExperiment', { id }))).toBe('ConflictException');
    await pass(aws, 600);
    expect(await statusOf(id)).toBe('stopped');
  });

  it('is one for a client token, and so is a template', async () => {
    const ids = [await template({ ...draft, clientToken: 'one' }), await template({ ...draft, clientToken: 'one' })];
    expect(ids[0]).toBe(ids[1]);
    const start = { experimentTemplateId: ids[0], clientToken: 'one' };
    const [a, b] = [
      await fis<FIS.StartExperimentCommandOutput>('StartExperiment', start),
      await fis<FIS.StartExperimentCommandOutput>('StartExperiment', start),
    ];
    expect(a.experiment?.id).toBe(b.experiment?.id);
    expect(faults()).toHaveLength(1);
  });

  it('follows the order of its actions', async () => {
    const id = await started({
      targets: { tables: tablesByArn },
      actions: {
        last: pause('PT1M', { startAfter: ['first', 'wait'] }),
        first: pause('PT2M'),
        wait: { actionId: 'aws:fis:wait', parameters: { duration: 'PT5M' } },
      },
    });
    expect(await actionsOf(id)).toEqual({ last: 'pending', first: 'running', wait: 'running' });
    await pass(aws, 121);
    expect([await actionsOf(id), faults()]).toEqual([{ last: 'pending', first: 'completed', wait: 'running' }, []]);
    await pass(aws, 180);
    expect([await actionsOf(id), faults()]).toEqual([
      { last: 'running', first: 'completed', wait: 'completed' },
      ['replication-stopped'],
    ]);
    await pass(aws, 61);
    expect([await statusOf(id), faults()]).toEqual(['completed', []]);
  });

  it('cancels what has not begun when it is stopped', async () => {
    const id = await started({
      targets: { tables: tablesByArn },
      actions: { first: pause('PT2M'), later: pause('PT2M', { startAfter: ['first'] }) },
    });
    await fis('StopExperiment', { id });
    expect(await actionsOf(id)).toEqual({ first: 'stopped', later: 'cancelled' });
  });

  it('is stopped by an alarm', async () => {
    await call('cloudwatch', 'PutMetricAlarm', {
      AlarmName: 'errors',
      Namespace: 'shop',
      MetricName: 'errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const stopConditions = [{ source: 'aws:cloudwatch:alarm', value: ARN('cloudwatch', 'alarm:errors') }];
    const id = await started({ ...draft, stopConditions });
    await pass(aws, 30);
    expect(await statusOf(id)).toBe('running');
    await call('cloudwatch', 'SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' });
    await pass(aws, 20);
    expect([await statusOf(id), faults()]).toEqual(['stopped', []]);
  });

  it.each([
    ['fails when a target is empty', 'fail', 'failed'],
    ['skips its action where that is wanted', 'skip', 'completed'],
  ] as const)('%s', async (_, emptyTargetResolutionMode, status) => {
    const none = { resourceType: 'aws:dynamodb:global-table', resourceTags: { drill: 'no' }, selectionMode: 'ALL' };
    const id = await started({
      targets: { tables: none },
      actions: { act: pause('PT2M') },
      experimentOptions: { emptyTargetResolutionMode },
    });
    expect([await statusOf(id), faults()]).toEqual([status, []]);
  });

  it('fails when a resource is not there', async () => {
    const id = await started({
      targets: { tables: { ...tablesByArn, resourceArns: [`${TABLE}s`] } },
      actions: { act: pause('PT2M') },
    });
    expect([await statusOf(id), faults()]).toEqual(['failed', []]);
  });

  const many = Array.from({ length: 6 }, (_, i) => `${TABLE}${i}`);
  it.each<[string, Draft]>([
    ['an unknown action', { actions: { act: pause('PT2M', { actionId: 'aws:none' }) } }],
    [
      'a target of another type',
      { actions: { act: pause('PT2M', { actionId: 'aws:rds:reboot-db-instances', targets: { DBInstances: 'tables' } }) } },
    ],
    ['no duration', { actions: { act: pause('PT2M', { parameters: {} }) } }],
    ['a duration under a minute', { actions: { act: pause('PT30S') } }],
    ['a duration over twelve hours', { actions: { act: pause('PT13H') } }],
    ['a predecessor that is not there', { actions: { act: pause('PT2M', { startAfter: ['before'] }) } }],
    ['more than five ARNs', { targets: { tables: { ...tablesByArn, resourceArns: many } } }],
    ['ARNs and tags', { targets: { tables: { ...tablesByArn, resourceTags: TAGS } } }],
    ['a selection mode that is none', { targets: { tables: { ...tablesByArn, selectionMode: 'SOME' } } }],
  ])('with %s is refused', async (_, more) => {
    expect(await codeOf(template({ ...draft, ...more }))).toBe('ValidationException');
  });
});

describe('the actions of a lost AZ', () => {
  it('stop instances by tag and filter, and start them again', async () => {
    const { a1, b } = await network();
    const [hit, untagged, elsewhere] = [await instance(a1), await instance(a1, {}), await instance(b)];
    const filters = [
      { path: 'State.Name', values: ['running'] },
      { path: 'Placement.AvailabilityZone', values: ['us-east-1a'] },
    ];
    const id = await started({
      targets: { i: { resourceType: 'aws:ec2:instance', resourceTags: TAGS, filters, selectionMode: 'ALL' } },
      actions: {
        stop: {
          actionId: 'aws:ec2:stop-instances',
          parameters: { startInstancesAfterDuration: 'PT10M' },
          targets: { Instances: 'i' },
        },
      },
    });
    await pass(aws, 120);
    expect([await stateOf(hit), await stateOf(untagged), await stateOf(elsewhere)]).toEqual(['stopped', 'running', 'running']);
    await pass(aws, 700);
    expect([await stateOf(hit), await statusOf(id)]).toEqual(['running', 'completed']);
  });

  it('start instances again also when they are stopped at once', async () => {
    const { a1 } = await network();
    const hit = await instance(a1);
    const id = await started({
      targets: { i: { resourceType: 'aws:ec2:instance', resourceArns: [ARN('ec2', `instance/${hit}`)], selectionMode: 'ALL' } },
      actions: {
        stop: {
          actionId: 'aws:ec2:stop-instances',
          parameters: { startInstancesAfterDuration: 'PT10M' },
          targets: { Instances: 'i' },
        },
      },
    });
    await fis('StopExperiment', { id });
    expect(await statusOf(id)).toBe('stopping');
    await pass(aws, 180);
    expect([await stateOf(hit), await statusOf(id)]).toEqual(['running', 'stopped']);
  });

  it.each([
    ['every subnet of it', ['a1', 'a2'], ['az-loss']],
    ['one subnet of it', ['a1'], ['unreachable']],
  ] as const)('cut off %s', async (_, cut, kinds) => {
    const subnets = await network();
    await instance(subnets.a1);
    const resourceArns = cut.map((name) => ARN('ec2', `subnet/${subnets[name]}`));
    const draft = (scope: string): Draft => ({
      targets: { s: { resourceType: 'aws:ec2:subnet', resourceArns, selectionMode: 'ALL' } },
      actions: {
        cut: { actionId: 'aws:network:disrupt-connectivity', parameters: { scope, duration: 'PT5M' }, targets: { Subnets: 's' } },
      },
    });
    await started(draft('s3'));
    expect(faults()).toEqual([]);
    await started(draft('all'));
    expect(faults()).toEqual(kinds);
    await pass(aws, 301);
    expect(faults()).toEqual([]);
  });

  it('leave no room for new instances, until the last of them ends', async () => {
    const { a1 } = await network();
    const roles = { resourceType: 'aws:iam:role', resourceArns: [`arn:aws:iam::${ACCOUNT}:role/asg`], selectionMode: 'ALL' };
    const full = (duration: string): FIS.CreateExperimentTemplateActionInput => ({
      actionId: 'aws:ec2:api-insufficient-instance-capacity-error',
      parameters: { duration, availabilityZoneIdentifiers: 'us-east-1a', percentage: '100' },
      targets: { Roles: 'roles' },
    });
    await started({ targets: { roles }, actions: { short: full('PT2M'), long: full('PT4M') } });
    expect(await codeOf(instance(a1))).toBe('InsufficientInstanceCapacity');
    await pass(aws, 150);
    expect(await codeOf(instance(a1))).toBe('InsufficientInstanceCapacity');
    await pass(aws, 120);
    expect(await codeOf(instance(a1))).toBe('none');
  });

  it('take one of several resources at random', async () => {
    const { a1 } = await network();
    const ids = [await instance(a1), await instance(a1), await instance(a1)];
    await started({
      targets: { i: { resourceType: 'aws:ec2:instance', resourceTags: TAGS, selectionMode: 'COUNT(1)' } },
      actions: { end: { actionId: 'aws:ec2:terminate-instances', targets: { Instances: 'i' } } },
    });
    await pass(aws, 120);
    const states = await Promise.all(ids.map(stateOf));
    expect(states.sort()).toEqual(['running', 'running', 'terminated']);
  });

  it('pause volumes of instances, which then do not answer', async () => {
    const { a1 } = await network();
    const hit = await instance(a1);
    const { Volumes = [] } = await call<EC2.DescribeVolumesCommandOutput>('ec2', 'DescribeVolumes');
    const resourceArns = Volumes.map((v) => ARN('ec2', `volume/${v.VolumeId ?? ''}`));
    await started({
      targets: { v: { resourceType: 'aws:ec2:ebs-volume', resourceArns, selectionMode: 'ALL' } },
      actions: { pause: { actionId: 'aws:ebs:pause-volume-io', parameters: { duration: 'PT5M' }, targets: { Volumes: 'v' } } },
    });
    expect(aws.world.faults.map((f) => f.fault)).toEqual([{ kind: 'unreachable', arn: ARN('ec2', `instance/${hit}`) }]);
  });
});

describe('the actions on APIs', () => {
  const roles = { resourceType: 'aws:iam:role', resourceArns: [`arn:aws:iam::${ACCOUNT}:role/app`], selectionMode: 'ALL' };
  const inject = (kind: string, operations: string): Draft => ({
    targets: { roles },
    actions: {
      act: {
        actionId: `aws:fis:inject-api-${kind}-error`,
        parameters: { service: 'ec2', operations, percentage: '100', duration: 'PT2M' },
        targets: { Roles: 'roles' },
      },
    },
  });
  it.each([
    ['unavailable', 'InternalFailure'],
    ['internal', 'InternalFailure'],
    ['throttle', 'ThrottlingException'],
  ])('answer with %s errors for their time', async (kind, code) => {
    await started(inject(kind, 'DescribeVpcs,DescribeSubnets'));
    expect([await codeOf(call('ec2', 'DescribeVpcs')), await codeOf(call('ec2', 'DescribeInstances'))]).toEqual([code, 'none']);
    await pass(aws, 130);
    expect(await codeOf(call('ec2', 'DescribeVpcs'))).toBe('none');
  });
});
