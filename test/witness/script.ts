/** One script of AWS calls, played to every witness: what it makes, the scans then read. */
import type { ClientId, Place } from '../../src/aws/call.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { ACCOUNT } from './witnesses.ts';

export const HOME = 'us-east-1';
export const AWAY = 'eu-west-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/any`;
const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
/** A ZIP archive with one empty file. */
const ZIP = Buffer.from(
  'UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAAIAAAAaW5kZXguanNQSwECHgMKAAAAAAAAACEAAAAAAAAAAAAAAAAACAAAAAAAAAAAAAAApIEAAAAAaW5kZXguanNQSwUGAAAAAAEAAQA2AAAAJgAAAAAA',
  'base64',
);

export interface Played {
  /** What a witness chose itself (ids, ARNs, host names), by the name that stands for it everywhere. */
  readonly names: ReadonlyMap<string, string>;
  /** `client operation: code` for each call that was refused. What depends on it was left out. */
  readonly refused: readonly string[];
}

interface Player {
  /** The reply, or undefined when the witness refused. */
  say(client: ClientId, operation: string, input: object, region?: string): Promise<Reply | undefined>;
  /** Gives what is at the path of a reply a name, and returns it; undefined when it is not there. */
  name(name: string, reply: Reply | undefined, path: string): string | undefined;
}

type Reply = object;

export async function play(transport: Transport): Promise<Played> {
  const names = new Map<string, string>();
  const refused: string[] = [];
  const player: Player = {
    async say(client, operation, input, region = HOME) {
      const at: Place = { account: ACCOUNT, region };
      try {
        return await transport.send(client, operation, input, at);
      } catch (error) {
        refused.push(`${client} ${operation}: ${error instanceof Error ? error.name : String(error)}`);
        return undefined;
      }
    },
    name(name, reply, path) {
      let value: unknown = reply;
      for (const part of path.split('.'))
        value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[part] : undefined;
      if (typeof value !== 'string' || value === '') return undefined;
      names.set(name, value);
      return value;
    },
  };
  const key = await keys(player);
  const net = await network(player);
  for (const act of [buckets, tables, databases, records, messages, balancers, functions, files, backups, alarms, secrets])
    await act(player, { key, ...net });
  return { names, refused };
}

interface Stage {
  readonly key: string | undefined;
  readonly vpc: string | undefined;
  readonly subnets: readonly string[];
}

async function keys({ say, name }: Player): Promise<string | undefined> {
  const made = await say('kms', 'CreateKey', { Description: 'orders', Tags: [{ TagKey: 'team', TagValue: 'shop' }] });
  const id = name('key', made, 'KeyMetadata.KeyId');
  if (id !== undefined) await say('kms', 'CreateAlias', { AliasName: 'alias/orders', TargetKeyId: id });
  const off = name('key-disabled', await say('kms', 'CreateKey', { Description: 'old' }), 'KeyMetadata.KeyId');
  if (off !== undefined) await say('kms', 'DisableKey', { KeyId: off });
  return id === undefined ? undefined : `arn:aws:kms:${HOME}:${ACCOUNT}:key/${id}`;
}

async function network({ say, name }: Player): Promise<Omit<Stage, 'key'>> {
  const vpc = name('vpc', await say('ec2', 'CreateVpc', { CidrBlock: '10.20.0.0/16' }), 'Vpc.VpcId');
  const subnets: string[] = [];
  if (vpc !== undefined)
    for (const [i, zone] of ['a', 'b'].entries()) {
      const input = { VpcId: vpc, CidrBlock: `10.20.${i}.0/24`, AvailabilityZone: `${HOME}${zone}` };
      const id = name(`subnet-${zone}`, await say('ec2', 'CreateSubnet', input), 'Subnet.SubnetId');
      if (id !== undefined) subnets.push(id);
    }
  return { vpc, subnets };
}

async function buckets({ say }: Player, { key }: Stage): Promise<void> {
  const constraint = { CreateBucketConfiguration: { LocationConstraint: AWAY } };
  await say('s3', 'CreateBucket', { Bucket: 'witness-plain' });
  await say('s3', 'CreateBucket', { Bucket: 'witness-data' });
  await say('s3', 'CreateBucket', { Bucket: 'witness-copies', ...constraint }, AWAY);
  for (const [Bucket, region] of [
    ['witness-data', HOME],
    ['witness-copies', AWAY],
  ] as const)
    await say('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } }, region);
  await say('s3', 'PutBucketTagging', { Bucket: 'witness-data', Tagging: { TagSet: [{ Key: 'team', Value: 'shop' }] } });
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } };
  await say('s3', 'PutBucketEncryption', { Bucket: 'witness-data', ServerSideEncryptionConfiguration: { Rules: [rule] } });
  const expiry = { ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } };
  await say('s3', 'PutBucketLifecycleConfiguration', { Bucket: 'witness-data', LifecycleConfiguration: { Rules: [expiry] } });
  const copy = {
    ID: 'copy',
    Priority: 1,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    Destination: { Bucket: 'arn:aws:s3:::witness-copies' },
  };
  await say('s3', 'PutBucketReplication', { Bucket: 'witness-data', ReplicationConfiguration: { Role: ROLE, Rules: [copy] } });
  await say('s3', 'CreateBucket', { Bucket: 'witness-locked', ObjectLockEnabledForBucket: true });
  const lock = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 7 } } };
  await say('s3', 'PutObjectLockConfiguration', { Bucket: 'witness-locked', ObjectLockConfiguration: lock });
}

async function tables({ say }: Player, { key }: Stage): Promise<void> {
  const shape = {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  };
  const stream = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
  await say('dynamodb', 'CreateTable', {
    ...shape,
    TableName: 'carts',
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    StreamSpecification: stream,
    SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
  await settled();
  const recovery = { TableName: 'carts', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
  await say('dynamodb', 'UpdateContinuousBackups', recovery);
  const units = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
  await say('dynamodb', 'CreateTable', { ...shape, TableName: 'orders', ProvisionedThroughput: units });
}

async function databases({ say, name }: Player, { key, subnets }: Stage): Promise<void> {
  const ID = 'DBInstance.DbiResourceId';
  const master = { MasterUsername: 'holdfast', MasterUserPassword: 'not-a-secret' };
  const group = { DBSubnetGroupName: 'witness', DBSubnetGroupDescription: 'both zones', SubnetIds: [...subnets] };
  await say('rds', 'CreateDBSubnetGroup', group);
  const orders = await say('rds', 'CreateDBInstance', {
    ...master,
    DBInstanceIdentifier: 'orders',
    DBInstanceClass: 'db.m6g.large',
    Engine: 'postgres',
    EngineVersion: '16.4',
    AllocatedStorage: 100,
    MultiAZ: true,
    BackupRetentionPeriod: 14,
    DeletionProtection: true,
    StorageEncrypted: true,
    KmsKeyId: key,
    DBSubnetGroupName: 'witness',
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
  name('orders', orders, ID);
  const small = { DBInstanceIdentifier: 'small', DBInstanceClass: 'db.t4g.medium', Engine: 'mysql', AllocatedStorage: 20 };
  const own = await say('rds', 'CreateDBInstance', {
    ...master,
    ...small,
    BackupRetentionPeriod: 0,
    AvailabilityZone: `${HOME}a`,
  });
  name('small', own, ID);
  await settled();
  const reader = await say('rds', 'CreateDBInstanceReadReplica', {
    DBInstanceIdentifier: 'orders-reader',
    SourceDBInstanceIdentifier: 'orders',
  });
  name('reader', reader, ID);
  await say('rds', 'CreateDBCluster', {
    ...master,
    DBClusterIdentifier: 'shop',
    Engine: 'aurora-postgresql',
    EngineVersion: '16.4',
    BackupRetentionPeriod: 7,
    DBSubnetGroupName: 'witness',
  });
  for (const [i, zone] of ['a', 'b'].entries())
    await say('rds', 'CreateDBInstance', {
      DBInstanceIdentifier: `shop-${zone}`,
      DBClusterIdentifier: 'shop',
      DBInstanceClass: 'db.r6g.large',
      Engine: 'aurora-postgresql',
      AvailabilityZone: `${HOME}${zone}`,
      PromotionTier: i,
    });
}

async function records({ say, name }: Player): Promise<void> {
  const zone = await say('route-53', 'CreateHostedZone', { Name: 'shop.example.', CallerReference: 'zone' });
  const id = name('zone', zone, 'HostedZone.Id')?.replace('/hostedzone/', '');
  const config = {
    Type: 'HTTPS',
    FullyQualifiedDomainName: 'east.shop.example',
    Port: 443,
    ResourcePath: '/health',
    RequestInterval: 10,
    FailureThreshold: 2,
  };
  const check = name(
    'health-check',
    await say('route-53', 'CreateHealthCheck', { CallerReference: 'check', HealthCheckConfig: config }),
    'HealthCheck.Id',
  );
  if (id === undefined) return;
  const tag = { ResourceType: 'hostedzone', ResourceId: id, AddTags: [{ Key: 'team', Value: 'shop' }] };
  await say('route-53', 'ChangeTagsForResource', tag);
  const record = (SetIdentifier: string, Failover: string, value: string): object => ({
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: 'www.shop.example.',
      Type: 'A',
      TTL: 60,
      SetIdentifier,
      Failover,
      ResourceRecords: [{ Value: value }],
      ...(Failover === 'PRIMARY' && check !== undefined ? { HealthCheckId: check } : {}),
    },
  });
  const changes = [record('east', 'PRIMARY', '203.0.113.1'), record('west', 'SECONDARY', '203.0.113.2')];
  await say('route-53', 'ChangeResourceRecordSets', { HostedZoneId: id, ChangeBatch: { Changes: changes } });
}

async function messages({ say, name }: Player): Promise<void> {
  const dead = await say('sqs', 'CreateQueue', { QueueName: 'dead', Attributes: { MessageRetentionPeriod: '1209600' } });
  name('queue-dead', dead, 'QueueUrl');
  const RedrivePolicy = `{"deadLetterTargetArn":"arn:aws:sqs:${HOME}:${ACCOUNT}:dead","maxReceiveCount":"3"}`;
  const queue = await say('sqs', 'CreateQueue', {
    QueueName: 'orders',
    Attributes: { VisibilityTimeout: '45', RedrivePolicy },
    tags: { team: 'shop' },
  });
  name('queue', queue, 'QueueUrl');
  const topic = await say('sns', 'CreateTopic', { Name: 'orders', Tags: [{ Key: 'team', Value: 'shop' }] });
  const arn = name('topic', topic, 'TopicArn');
  if (arn === undefined) return;
  const to = { TopicArn: arn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${HOME}:${ACCOUNT}:orders`, ReturnSubscriptionArn: true };
  name('subscription', await say('sns', 'Subscribe', to), 'SubscriptionArn');
}

async function balancers({ say, name }: Player, { vpc, subnets }: Stage): Promise<void> {
  const balancer = { Name: 'shop', Type: 'application', Subnets: [...subnets], Tags: [{ Key: 'team', Value: 'shop' }] };
  const arn = name(
    'balancer',
    await say('elastic-load-balancing-v2', 'CreateLoadBalancer', balancer),
    'LoadBalancers.0.LoadBalancerArn',
  );
  const group = {
    Name: 'shop',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpc,
    TargetType: 'ip',
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 10,
    UnhealthyThresholdCount: 3,
  };
  const targets = name(
    'target-group',
    await say('elastic-load-balancing-v2', 'CreateTargetGroup', group),
    'TargetGroups.0.TargetGroupArn',
  );
  if (arn !== undefined && targets !== undefined) {
    const listener = {
      LoadBalancerArn: arn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targets }],
    };
    name('listener', await say('elastic-load-balancing-v2', 'CreateListener', listener), 'Listeners.0.ListenerArn');
  }
  const data = { ImageId: 'ami-12c6146b', InstanceType: 't3.small' };
  const template = await say('ec2', 'CreateLaunchTemplate', { LaunchTemplateName: 'workers', LaunchTemplateData: data });
  const id = name('template', template, 'LaunchTemplate.LaunchTemplateId');
  if (id === undefined) return;
  await say('auto-scaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: 'workers',
    MinSize: 0,
    MaxSize: 4,
    DesiredCapacity: 0,
    LaunchTemplate: { LaunchTemplateId: id, Version: '$Latest' },
    VPCZoneIdentifier: subnets.join(','),
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 120,
    Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: true }],
    ...(targets === undefined ? {} : { TargetGroupARNs: [targets] }),
  });
}

async function functions({ say }: Player): Promise<void> {
  await say('iam', 'CreateRole', { RoleName: 'any', AssumeRolePolicyDocument: TRUST });
  await say('lambda', 'CreateFunction', {
    FunctionName: 'orders',
    Runtime: 'nodejs22.x',
    Role: ROLE,
    Handler: 'index.handler',
    Code: { ZipFile: ZIP },
    Timeout: 15,
    MemorySize: 256,
    Environment: { Variables: { QUEUE: `arn:aws:sqs:${HOME}:${ACCOUNT}:orders` } },
    Tags: { team: 'shop' },
  });
}

async function files({ say, name }: Player, { subnets }: Stage): Promise<void> {
  const system = await say('efs', 'CreateFileSystem', {
    CreationToken: 'files',
    Encrypted: false,
    Tags: [{ Key: 'Name', Value: 'files' }],
  });
  const id = name('file-system', system, 'FileSystemId');
  if (id === undefined) return;
  await settled();
  for (const [i, SubnetId] of subnets.entries())
    name(`mount-${i}`, await say('efs', 'CreateMountTarget', { FileSystemId: id, SubnetId }), 'MountTargetId');
  await say('efs', 'PutBackupPolicy', { FileSystemId: id, BackupPolicy: { Status: 'ENABLED' } });
}

async function backups({ say, name }: Player): Promise<void> {
  await say('backup', 'CreateBackupVault', { BackupVaultName: 'shop', BackupVaultTags: { team: 'shop' } });
  const rule = {
    RuleName: 'daily',
    TargetBackupVaultName: 'shop',
    ScheduleExpression: 'cron(0 3 * * ? *)',
    StartWindowMinutes: 60,
    CompletionWindowMinutes: 180,
    Lifecycle: { DeleteAfterDays: 35 },
  };
  const plan = await say('backup', 'CreateBackupPlan', { BackupPlan: { BackupPlanName: 'shop', Rules: [rule] } });
  const id = name('plan', plan, 'BackupPlanId');
  if (id === undefined) return;
  const selection = { SelectionName: 'all', IamRoleArn: ROLE, Resources: [`arn:aws:dynamodb:${HOME}:${ACCOUNT}:table/carts`] };
  const made = await say('backup', 'CreateBackupSelection', { BackupPlanId: id, BackupSelection: selection });
  name('selection', made, 'SelectionId');
}

async function alarms({ say, name }: Player): Promise<void> {
  await say('cloudwatch', 'PutMetricAlarm', {
    AlarmName: 'orders-lag',
    Namespace: 'AWS/RDS',
    MetricName: 'ReplicaLag',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders-reader' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 30,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'breaching',
    AlarmActions: [`arn:aws:sns:${HOME}:${ACCOUNT}:orders`],
  });
  await say('eventbridge', 'CreateEventBus', { Name: 'shop' });
  await say('eventbridge', 'PutRule', { Name: 'nightly', ScheduleExpression: 'rate(1 day)', State: 'ENABLED' });
  const target = { Id: 'queue', Arn: `arn:aws:sqs:${HOME}:${ACCOUNT}:orders` };
  await say('eventbridge', 'PutTargets', { Rule: 'nightly', Targets: [target] });
  const definition = '{"StartAt":"done","States":{"done":{"Type":"Succeed"}}}';
  name('machine', await say('sfn', 'CreateStateMachine', { name: 'failover', definition, roleArn: ROLE }), 'stateMachineArn');
  await say('scheduler', 'CreateSchedule', {
    Name: 'nightly',
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: target.Arn, RoleArn: ROLE },
  });
}

async function secrets({ say, name }: Player, { key }: Stage): Promise<void> {
  const tags = [{ Key: 'team', Value: 'shop' }];
  const secret = await say('secrets-manager', 'CreateSecret', { Name: 'db', SecretString: 'x', KmsKeyId: key, Tags: tags });
  name('secret', secret, 'ARN');
  await say('ssm', 'PutParameter', { Name: '/shop/db', Type: 'String', Value: 'x', Tags: tags });
  await say('ecr', 'CreateRepository', { repositoryName: 'shop', imageTagMutability: 'IMMUTABLE', tags });
}

/** Long enough for what the simulator creates in ten minutes of its own time. */
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 1500));
