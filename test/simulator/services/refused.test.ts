/** What AWS refuses to make, each beside the nearest thing that it takes. */
import { describe, expect, it } from 'vitest';
import { SIMULATED } from '../../../src/simulator/registry.ts';
import { computeWorld } from './support-compute.ts';

type World = Awaited<ReturnType<typeof computeWorld>>;
type Input = Readonly<Record<string, unknown>>;

interface Case {
  readonly what: string;
  readonly call: readonly [client: string, operation: string];
  readonly code: string;
  readonly refused: readonly Input[];
  readonly taken: readonly Input[];
  /** What goes with each of them. */
  readonly with?: (s: World) => Input | Promise<Input>;
}

const vpc = ({ vpc: VpcId }: World): Input => ({ VpcId });
const alarm = (s: World): Input => ({
  AlarmName: `alarm-${s.world.random.hex(8)}`,
  Namespace: 'Shop',
  MetricName: 'Orders',
  Statistic: 'Sum',
  ComparisonOperator: 'LessThanThreshold',
  Threshold: 1,
});
const targets = (s: World): Input => ({
  Name: `t${s.world.random.hex(8)}`,
  Protocol: 'HTTP',
  Port: 80,
  VpcId: s.vpc,
  TargetType: 'ip',
});
const fargate = (): Input => ({
  family: 'app',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  containerDefinitions: [{ name: 'app', image: 'app' }],
});
const lambda = (s: World): Input => ({
  FunctionName: `f-${s.world.random.hex(8)}`,
  Role: 'arn:aws:iam::111122223333:role/any',
  Code: { ZipFile: new Uint8Array([1]) },
});
const table = (s: World): Input => ({
  TableName: `t-${s.world.random.hex(8)}`,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'N' },
  ],
});
const named = (s: World): Input => ({ QueueName: `q-${s.world.random.hex(8)}` });

const CASES: readonly Case[] = [
  {
    what: 'a VPC of another size',
    call: ['ec2', 'CreateVpc'],
    code: 'InvalidVpc.Range',
    refused: [
      { CidrBlock: '10.0.0.0/8' },
      { CidrBlock: '10.0.0.0/29' },
      { CidrBlock: '10.0.0.0' },
      { CidrBlock: '10.0.0.256/16' },
    ],
    taken: [{ CidrBlock: '10.0.0.0/16' }, { CidrBlock: '10.0.0.0/28' }, { Ipv4IpamPoolId: 'ipam-pool-1' }],
  },
  {
    what: 'a subnet outside of its VPC',
    call: ['ec2', 'CreateSubnet'],
    code: 'InvalidSubnet.Range',
    with: vpc,
    refused: [{ CidrBlock: '10.1.0.0/24' }, { CidrBlock: '10.0.0.0/15' }, { CidrBlock: '10.0.200.0/29' }],
    taken: [{ CidrBlock: '10.0.255.0/24' }, { CidrBlock: '10.0.201.17/28' }],
  },
  {
    what: 'a subnet over another',
    call: ['ec2', 'CreateSubnet'],
    code: 'InvalidSubnet.Conflict',
    with: vpc,
    refused: [{ CidrBlock: '10.0.0.0/24' }, { CidrBlock: '10.0.1.128/25' }, { CidrBlock: '10.0.0.0/16' }],
    taken: [{ CidrBlock: '10.0.2.0/24' }],
  },
  {
    what: 'a function that runs too long or has too little memory',
    call: ['lambda', 'CreateFunction'],
    code: 'ValidationException',
    with: lambda,
    refused: [{ Timeout: 901 }, { Timeout: 0 }, { MemorySize: 64 }, { MemorySize: 10_241 }],
    taken: [
      { Timeout: 900, MemorySize: 10_240 },
      { Timeout: 1, MemorySize: 128 },
    ],
  },
  {
    what: 'a queue out of its ranges',
    call: ['sqs', 'CreateQueue'],
    code: 'InvalidAttributeValue',
    with: named,
    refused: [
      { Attributes: { VisibilityTimeout: '43201' } },
      { Attributes: { DelaySeconds: '901' } },
      { Attributes: { ReceiveMessageWaitTimeSeconds: '21' } },
      { Attributes: { MaximumMessageSize: '1023' } },
      { Attributes: { MessageRetentionPeriod: '59' } },
    ],
    taken: [{ Attributes: { VisibilityTimeout: '43200', DelaySeconds: '900', ReceiveMessageWaitTimeSeconds: '20' } }],
  },
  {
    what: 'a FIFO queue by another name',
    call: ['sqs', 'CreateQueue'],
    code: 'InvalidParameterValue',
    refused: [{ QueueName: 'orders', Attributes: { FifoQueue: 'true' } }],
    taken: [{ QueueName: 'orders.fifo', Attributes: { FifoQueue: 'true' } }],
  },
  {
    what: 'a target group whose health checks are out of their ranges',
    call: ['elastic-load-balancing-v2', 'CreateTargetGroup'],
    code: 'ValidationError',
    with: targets,
    refused: [
      { HealthCheckIntervalSeconds: 4, HealthCheckTimeoutSeconds: 2 },
      { HealthCheckIntervalSeconds: 301 },
      { HealthCheckTimeoutSeconds: 1 },
      { HealthyThresholdCount: 1 },
      { UnhealthyThresholdCount: 11 },
    ],
    taken: [
      { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2, UnhealthyThresholdCount: 10 },
    ],
  },
  {
    what: 'an alarm over a period that there is not, or over too long a time',
    call: ['cloudwatch', 'PutMetricAlarm'],
    code: 'ValidationError',
    with: alarm,
    refused: [
      { Period: 45, EvaluationPeriods: 1 },
      { Period: 90, EvaluationPeriods: 1 },
      { Period: 300, EvaluationPeriods: 289 },
      { Period: 3600, EvaluationPeriods: 169 },
      { Period: 60, EvaluationPeriods: 2, DatapointsToAlarm: 3 },
    ],
    taken: [
      { Period: 10, EvaluationPeriods: 1 },
      { Period: 300, EvaluationPeriods: 288 },
      { Period: 3600, EvaluationPeriods: 168 },
    ],
  },
  {
    what: 'a table whose key is no attribute',
    call: ['dynamodb', 'CreateTable'],
    code: 'ValidationException',
    with: table,
    refused: [{ KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }] }],
    taken: [
      {
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
      },
    ],
  },
  {
    what: 'a task that Fargate has no size for, or in another network mode',
    call: ['ecs', 'RegisterTaskDefinition'],
    code: 'ClientException',
    with: fargate,
    refused: [
      { cpu: '256', memory: '256' },
      { cpu: '256', memory: '4096' },
      { cpu: '300', memory: '1024' },
      { cpu: '8192', memory: '17408' },
      { networkMode: 'bridge' },
    ],
    taken: [
      { cpu: '256', memory: '512' },
      { cpu: '512', memory: '3072' },
      { cpu: '8192', memory: '20480' },
      { cpu: '1 vCPU', memory: '3GB' },
      {},
    ],
  },
  {
    what: 'a distribution with a certificate of another Region',
    call: ['cloudfront', 'CreateDistribution'],
    code: 'InvalidViewerCertificate',
    refused: [distribution('eu-west-1')],
    taken: [distribution('us-east-1')],
  },
];

function distribution(region: string): Input {
  return {
    DistributionConfig: {
      CallerReference: region,
      Comment: '',
      Enabled: true,
      Origins: { Quantity: 1, Items: [{ Id: 'shop', DomainName: 'shop.example' }] },
      DefaultCacheBehavior: { TargetOriginId: 'shop', ViewerProtocolPolicy: 'redirect-to-https' },
      ViewerCertificate: {
        ACMCertificateArn: `arn:aws:acm:${region}:111122223333:certificate/1`,
        SSLSupportMethod: 'sni-only',
        MinimumProtocolVersion: 'TLSv1.2_2021',
      },
    },
  };
}

const world = () => computeWorld(SIMULATED, ['us-east-1a', 'us-east-1b']);

describe('what AWS refuses to make', () => {
  it.each(CASES)('$what', async ({ call: [client, operation], code, refused, taken, with: more }) => {
    const s = await world();
    for (const input of refused)
      await expect(s.call(client, operation, { ...(await more?.(s)), ...input }), JSON.stringify(input)).rejects.toMatchObject({
        code,
      });
    for (const input of taken) await s.call(client, operation, { ...(await more?.(s)), ...input });
  });

  it('a listener whose protocol its load balancer does not speak', async () => {
    const s = await world();
    const balancer = async (Name: string, Type: string): Promise<string> =>
      (await s.call('elastic-load-balancing-v2', 'CreateLoadBalancer', { Name, Type, Subnets: s.subnets })).LoadBalancers[0]
        .LoadBalancerArn;
    const DefaultActions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }];
    const listen = (LoadBalancerArn: string, Protocol: string) =>
      s.call('elastic-load-balancing-v2', 'CreateListener', { LoadBalancerArn, Protocol, Port: 80, DefaultActions });
    const application = await balancer('application', 'application');
    const network = await balancer('network', 'network');
    await expect(listen(application, 'TCP')).rejects.toMatchObject({ code: 'ValidationError' });
    await expect(listen(network, 'HTTP')).rejects.toMatchObject({ code: 'ValidationError' });
    await listen(application, 'HTTP');
    await listen(network, 'TCP');
  });

  it('a subnet in a range that its VPC has got since, and not in one that it has lost', async () => {
    const s = await world();
    const more = { VpcId: s.vpc, CidrBlock: '100.64.0.0/16' };
    const { CidrBlockAssociation } = await s.call('ec2', 'AssociateVpcCidrBlock', more);
    await s.call('ec2', 'CreateSubnet', { VpcId: s.vpc, CidrBlock: '100.64.1.0/24' });
    await s.call('ec2', 'DisassociateVpcCidrBlock', { AssociationId: CidrBlockAssociation.AssociationId });
    const again = s.call('ec2', 'CreateSubnet', { VpcId: s.vpc, CidrBlock: '100.64.2.0/24' });
    await expect(again).rejects.toMatchObject({ code: 'InvalidSubnet.Range' });
  });

  it('is silent where nobody knows the range', async () => {
    const s = await world();
    const { Vpc } = await s.call('ec2', 'CreateVpc', { Ipv4IpamPoolId: 'ipam-pool-1' });
    await s.call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId });
    await s.call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId });
    await s.call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '192.168.4.0/24' });
    await s.call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.0.0/24' });
  });

  it('a queue whose messages show up again while a function still works on them', async () => {
    const s = await world();
    await s.call('lambda', 'CreateFunction', { ...lambda(s), FunctionName: 'worker', Timeout: 60 });
    const arn = async (QueueName: string, VisibilityTimeout: string): Promise<string> => {
      const { QueueUrl } = await s.call('sqs', 'CreateQueue', { QueueName, Attributes: { VisibilityTimeout } });
      return (await s.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] })).Attributes.QueueArn;
    };
    const map = (EventSourceArn: string) =>
      s.call('lambda', 'CreateEventSourceMapping', { FunctionName: 'worker', EventSourceArn });
    await expect(map(await arn('short', '30'))).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
    await map(await arn('long', '60'));
  });

  it('a service of tasks with addresses of their own behind targets that are instances', async () => {
    const s = await world();
    await s.call('ecs', 'CreateCluster', { clusterName: 'shop' });
    await s.call('ecs', 'RegisterTaskDefinition', fargate());
    const behind = async (TargetType: string) => {
      const { TargetGroups } = await s.call('elastic-load-balancing-v2', 'CreateTargetGroup', { ...targets(s), TargetType });
      return s.call('ecs', 'CreateService', {
        cluster: 'shop',
        serviceName: TargetType,
        taskDefinition: 'app',
        launchType: 'FARGATE',
        desiredCount: 1,
        networkConfiguration: { awsvpcConfiguration: { subnets: s.subnets } },
        loadBalancers: [{ targetGroupArn: TargetGroups[0].TargetGroupArn, containerName: 'app', containerPort: 80 }],
      });
    };
    await expect(behind('instance')).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await behind('ip');
  });
});
