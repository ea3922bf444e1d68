/** One of each type that no generator of the law of two sources makes: with what it needs, and with something to change. */
import fc from 'fast-check';
import { type Declaration, inputs, ref } from '../../parity/law.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const TABLE = 'aws:ec2/routeTable:RouteTable';
const KEY = 'aws:kms/key:Key';
const GATEWAY = 'aws:ec2/internetGateway:InternetGateway';
const EIP = 'aws:ec2/eip:Eip';
const MACHINE = 'aws:ec2/instance:Instance';
const VOLUME = 'aws:ebs/volume:Volume';
const BUCKET = 'aws:s3/bucket:Bucket';
const QUEUE = 'aws:sqs/queue:Queue';
const TOPIC = 'aws:sns/topic:Topic';
const VAULT = 'aws:backup/vault:Vault';
const SECRET = 'aws:secretsmanager/secret:Secret';
const REST = 'aws:apigateway/restApi:RestApi';
const HTTP = 'aws:apigatewayv2/api:Api';
const ROLE = 'aws:iam/role:Role';
const POLICY = 'aws:iam/policy:Policy';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const ORGANISATION = 'aws:organizations/organization:Organization';
const UNIT = 'aws:organizations/organizationalUnit:OrganizationalUnit';
const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const GROUP = 'aws:autoscaling/group:Group';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const TESTING = 'aws:backup/restoreTestingPlan:RestoreTestingPlan';

const zones = ['a', 'b'] as const;
const vpcId = ref(VPC, 'vpc');
const subnets = zones.map((zone) => ref(SUBNET, zone));
const role = 'arn:aws:iam::111122223333:role/any';
const nobody = JSON.stringify({ Version: '2012-10-17', Statement: [] });

const network: readonly Declaration[] = [
  { type: VPC, name: 'vpc', inputs: { cidrBlock: '10.0.0.0/16' } },
  ...zones.map(
    (zone, i): Declaration => ({
      type: SUBNET,
      name: zone,
      inputs: { vpcId, cidrBlock: `10.0.${i}.0/24`, availabilityZone: `us-east-1${zone}` },
    }),
  ),
];

const ec2 = (tags: Readonly<Record<string, string>>): readonly Declaration[] => [
  ...network,
  { type: 'aws:ec2/defaultVpc:DefaultVpc', name: 'default', inputs: { tags } },
  {
    type: 'aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation',
    name: 'more',
    inputs: { vpcId, cidrBlock: '100.64.0.0/16' },
  },
  { type: TABLE, name: 'table', inputs: { vpcId, tags } },
  {
    type: 'aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation',
    name: 'main',
    inputs: { vpcId, routeTableId: ref(TABLE, 'table') },
  },
  { type: GATEWAY, name: 'gateway', inputs: { tags } },
  {
    type: 'aws:ec2/internetGatewayAttachment:InternetGatewayAttachment',
    name: 'attached',
    inputs: { internetGatewayId: ref(GATEWAY, 'gateway'), vpcId },
  },
  { type: 'aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway', name: 'egress', inputs: { vpcId, tags } },
  {
    type: MACHINE,
    name: 'machine',
    inputs: { ami: 'ami-0123456789abcdef0', instanceType: 't3.small', subnetId: subnets[0] ?? '' },
  },
  { type: EIP, name: 'address', inputs: { domain: 'vpc', tags } },
  {
    type: 'aws:ec2/eipAssociation:EipAssociation',
    name: 'associated',
    inputs: { allocationId: ref(EIP, 'address'), instanceId: ref(MACHINE, 'machine') },
  },
  { type: VPC, name: 'peer', inputs: { cidrBlock: '10.1.0.0/16' } },
  {
    type: 'aws:ec2/vpcPeeringConnection:VpcPeeringConnection',
    name: 'peering',
    inputs: { vpcId, peerVpcId: ref(VPC, 'peer'), autoAccept: true, tags },
  },
  { type: 'aws:ec2/networkAcl:NetworkAcl', name: 'acl', inputs: { vpcId, tags } },
  {
    type: 'aws:ec2/defaultNetworkAcl:DefaultNetworkAcl',
    name: 'own',
    inputs: { defaultNetworkAclId: ref(VPC, 'vpc', 'defaultNetworkAclId'), tags },
  },
  { type: 'aws:ec2/vpcDhcpOptions:VpcDhcpOptions', name: 'options', inputs: { domainNameServers: ['10.0.0.2'], tags } },
  { type: 'aws:ec2/securityGroup:SecurityGroup', name: 'group', inputs: { vpcId, tags } },
  { type: VOLUME, name: 'volume', inputs: { availabilityZone: 'us-east-1a', size: 8 } },
  { type: 'aws:ebs/snapshot:Snapshot', name: 'snapshot', inputs: { volumeId: ref(VOLUME, 'volume'), tags } },
  { type: 'aws:ec2/ami:Ami', name: 'image', inputs: { name: 'image', tags } },
  {
    type: 'aws:ec2/amiFromInstance:AmiFromInstance',
    name: 'copy',
    inputs: { name: 'copy', sourceInstanceId: ref(MACHINE, 'machine'), tags },
  },
];

const databases = (tags: Readonly<Record<string, string>>): readonly Declaration[] => {
  const DB = 'aws:rds/instance:Instance';
  const CLUSTER = 'aws:rds/cluster:Cluster';
  const PROXY = 'aws:rds/proxy:Proxy';
  const group = (type: string, name: string): Declaration => ({
    type,
    name,
    inputs: { name, family: 'any', parameters: [{ name: 'max_connections', value: '100' }], tags },
  });
  return [
    ...network,
    { type: DB, name: 'db', inputs: { engine: 'postgres', instanceClass: 'db.t4g.micro', allocatedStorage: 20, tags } },
    { type: CLUSTER, name: 'cluster', inputs: { engine: 'aurora-mysql', masterUsername: 'admin', tags } },
    {
      type: 'aws:rds/snapshot:Snapshot',
      name: 'snapshot',
      inputs: { dbInstanceIdentifier: ref(DB, 'db', 'identifier'), dbSnapshotIdentifier: 'one', tags },
    },
    {
      type: 'aws:rds/clusterSnapshot:ClusterSnapshot',
      name: 'snapshot',
      inputs: { dbClusterIdentifier: ref(CLUSTER, 'cluster'), dbClusterSnapshotIdentifier: 'one', tags },
    },
    group('aws:neptune/parameterGroup:ParameterGroup', 'one'),
    group('aws:docdb/clusterParameterGroup:ClusterParameterGroup', 'two'),
    group('aws:neptune/clusterParameterGroup:ClusterParameterGroup', 'three'),
    { type: PROXY, name: 'proxy', inputs: { engineFamily: 'MYSQL', roleArn: role, vpcSubnetIds: subnets, tags } },
    {
      type: 'aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup',
      name: 'targets',
      inputs: { dbProxyName: ref(PROXY, 'proxy', 'name') },
    },
  ];
};

const storage = (tags: Readonly<Record<string, string>>): readonly Declaration[] => {
  const bucket = ref(BUCKET, 'bucket');
  const on = (kind: string, more: Declaration['inputs']): Declaration => ({
    type: `aws:s3/${kind}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    name: kind,
    inputs: { bucket, ...more },
  });
  return [
    { type: BUCKET, name: 'bucket', inputs: { bucket: 'sample-bucket', tags } },
    on('bucketPublicAccessBlock', { blockPublicAcls: true }),
    on('bucketOwnershipControls', { rule: { objectOwnership: 'BucketOwnerEnforced' } }),
    on('bucketPolicy', { policy: nobody }),
    on('bucketObject', { key: 'one', content: 'one' }),
    on('bucketObjectv2', { key: 'two', content: 'two' }),
  ];
};

const others = (tags: Readonly<Record<string, string>>, days: number): readonly Declaration[] => [
  ...network,
  { type: KEY, name: 'key', inputs: { multiRegion: true } },
  {
    type: 'aws:kms/externalKey:ExternalKey',
    name: 'external',
    inputs: { multiRegion: true, keyMaterialBase64: 'AAAA', tags },
  },
  {
    type: 'aws:kms/replicaExternalKey:ReplicaExternalKey',
    name: 'replica',
    region: 'eu-west-1',
    inputs: { primaryKeyArn: ref('aws:kms/externalKey:ExternalKey', 'external', 'arn'), tags },
  },
  { type: 'aws:route53/zone:Zone', name: 'zone', inputs: { name: 'inside.example', vpcs: [{ vpcId }] } },
  { type: VPC, name: 'other', inputs: { cidrBlock: '10.2.0.0/16' } },
  {
    type: 'aws:route53/zoneAssociation:ZoneAssociation',
    name: 'association',
    inputs: { zoneId: ref('aws:route53/zone:Zone', 'zone'), vpcId: ref(VPC, 'other') },
  },
  {
    type: ALARM,
    name: 'alarm',
    inputs: {
      name: 'alarm',
      comparisonOperator: 'GreaterThanThreshold',
      evaluationPeriods: 2,
      metricName: 'Errors',
      namespace: 'AWS/Lambda',
      period: 60,
      statistic: 'Sum',
      threshold: days,
      tags,
    },
  },
  {
    type: 'aws:cloudwatch/compositeAlarm:CompositeAlarm',
    name: 'composite',
    inputs: { alarmName: 'composite', alarmRule: 'ALARM(alarm)', tags },
  },
  {
    type: 'aws:appautoscaling/target:Target',
    name: 'target',
    inputs: {
      serviceNamespace: 'dynamodb',
      resourceId: 'table/orders',
      scalableDimension: 'dynamodb:table:ReadCapacityUnits',
      minCapacity: 1,
      maxCapacity: days,
    },
  },
  {
    type: 'aws:appautoscaling/policy:Policy',
    name: 'policy',
    inputs: {
      name: 'policy',
      policyType: 'TargetTrackingScaling',
      serviceNamespace: 'dynamodb',
      resourceId: ref('aws:appautoscaling/target:Target', 'target', 'resourceId'),
      scalableDimension: 'dynamodb:table:ReadCapacityUnits',
    },
  },
  { type: QUEUE, name: 'queue', inputs: { name: 'queue', visibilityTimeoutSeconds: 30 + days } },
  {
    type: 'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy',
    name: 'allows',
    inputs: { queueUrl: ref(QUEUE, 'queue'), redriveAllowPolicy: '{"redrivePermission":"allowAll"}' },
  },
  { type: TOPIC, name: 'topic', inputs: { name: 'topic', displayName: `days ${days}`, tags } },
  { type: 'aws:sns/topicPolicy:TopicPolicy', name: 'policy', inputs: { arn: ref(TOPIC, 'topic', 'arn'), policy: nobody } },
  { type: TARGETS, name: 'targets', inputs: { port: 80, protocol: 'HTTP', vpcId } },
  { type: BALANCER, name: 'balancer', inputs: { name: 'balancer', subnets, enableZonalShift: true } },
  {
    type: GROUP,
    name: 'group',
    inputs: { name: 'group', minSize: 0, maxSize: 2, desiredCapacity: 1, vpcZoneIdentifiers: subnets },
  },
  {
    type: 'aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment',
    name: 'source',
    inputs: {
      autoscalingGroupName: ref(GROUP, 'group', 'name'),
      trafficSource: { identifier: ref(TARGETS, 'targets', 'arn'), type: 'elbv2' },
    },
  },
  {
    type: 'aws:arczonalshift/zonalAutoshiftConfiguration:ZonalAutoshiftConfiguration',
    name: 'autoshift',
    inputs: {
      resourceArn: ref(BALANCER, 'balancer', 'arn'),
      zonalAutoshiftStatus: 'ENABLED',
      outcomeAlarms: [{ type: 'CLOUDWATCH', alarmIdentifier: ref(ALARM, 'alarm', 'arn') }],
    },
  },
  { type: 'aws:acm/certificate:Certificate', name: 'certificate', inputs: { certificateBody: 'x', privateKey: 'x', tags } },
  {
    type: 'aws:acm/certificateValidation:CertificateValidation',
    name: 'validation',
    inputs: { certificateArn: ref('aws:acm/certificate:Certificate', 'certificate', 'arn') },
  },
  { type: 'aws:ecs/cluster:Cluster', name: 'cluster', inputs: { name: 'cluster', tags } },
  {
    type: 'aws:ecs/capacityProvider:CapacityProvider',
    name: 'provider',
    inputs: { name: 'provider', autoScalingGroupProvider: { autoScalingGroupArn: ref(GROUP, 'group', 'arn') }, tags },
  },
  {
    type: 'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders',
    name: 'providers',
    inputs: {
      clusterName: ref('aws:ecs/cluster:Cluster', 'cluster', 'name'),
      capacityProviders: [ref('aws:ecs/capacityProvider:CapacityProvider', 'provider', 'name')],
    },
  },
  { type: SECRET, name: 'secret', inputs: { name: 'secret', description: `for ${days} days`, tags } },
  {
    type: 'aws:secretsmanager/secretVersion:SecretVersion',
    name: 'version',
    inputs: { secretId: ref(SECRET, 'secret'), secretString: 'x' },
  },
  { type: 'aws:ecr/repository:Repository', name: 'images', inputs: { name: 'images', tags: {} } },
  {
    type: 'aws:ecr/lifecyclePolicy:LifecyclePolicy',
    name: 'lifecycle',
    inputs: { repository: ref('aws:ecr/repository:Repository', 'images', 'name'), policy: '{"rules":[]}' },
  },
  {
    type: 'aws:ssm/document:Document',
    name: 'freeze',
    inputs: {
      name: 'freeze',
      documentType: 'ChangeCalendar',
      documentFormat: 'TEXT',
      content: `BEGIN:VCALENDAR\nX-CALENDAR-TYPE:${days % 2 === 0 ? 'DEFAULT_OPEN' : 'DEFAULT_CLOSED'}\nEND:VCALENDAR\n`,
    },
  },
  { type: VAULT, name: 'vault', inputs: { name: 'vault', tags } },
  {
    type: 'aws:backup/vaultPolicy:VaultPolicy',
    name: 'policy',
    inputs: { backupVaultName: ref(VAULT, 'vault', 'name'), policy: nobody },
  },
  {
    type: 'aws:backup/vaultNotifications:VaultNotifications',
    name: 'notifications',
    inputs: {
      backupVaultName: ref(VAULT, 'vault', 'name'),
      snsTopicArn: ref(TOPIC, 'topic', 'arn'),
      backupVaultEvents: ['BACKUP_JOB_COMPLETED'],
    },
  },
  {
    type: 'aws:backup/regionSettings:RegionSettings',
    name: 'settings',
    inputs: { resourceTypeOptInPreference: { Aurora: true } },
  },
  { type: ORGANISATION, name: 'organisation', inputs: {} },
  {
    type: 'aws:backup/globalSettings:GlobalSettings',
    name: 'settings',
    inputs: { globalSettings: { isCrossAccountBackupEnabled: 'true' } },
  },
  {
    type: TESTING,
    name: 'testing',
    inputs: {
      name: 'testing',
      scheduleExpression: `cron(0 ${days % 24} ? * * *)`,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: ['*'],
        recoveryPointTypes: ['SNAPSHOT'],
      },
      tags,
    },
  },
  {
    type: 'aws:backup/restoreTestingSelection:RestoreTestingSelection',
    name: 'tested',
    inputs: {
      name: 'tested',
      restoreTestingPlanName: ref(TESTING, 'testing', 'name'),
      protectedResourceType: 'RDS',
      iamRoleArn: role,
      protectedResourceArns: ['*'],
    },
  },
  { type: ROLE, name: 'role', inputs: { name: 'role', assumeRolePolicy: nobody } },
  { type: POLICY, name: 'policy', inputs: { name: 'policy', policy: nobody } },
  {
    type: 'aws:iam/rolePolicy:RolePolicy',
    name: 'inline',
    inputs: { name: 'inline', role: ref(ROLE, 'role', 'name'), policy: nobody },
  },
  {
    type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
    name: 'attached',
    inputs: { role: ref(ROLE, 'role', 'name'), policyArn: ref(POLICY, 'policy', 'arn') },
  },
  {
    type: UNIT,
    name: 'unit',
    inputs: { name: `unit-${days}`, parentId: ref(ORGANISATION, 'organisation', 'roots[0].id') },
  },
  {
    type: 'aws:organizations/account:Account',
    name: 'account',
    inputs: { name: 'backups', email: 'backups@example.com', parentId: ref(UNIT, 'unit') },
  },
  {
    type: 'aws:servicequotas/serviceQuota:ServiceQuota',
    name: 'quota',
    inputs: { serviceCode: 'ec2', quotaCode: 'L-1216C47A', value: 5 },
  },
  {
    type: 'aws:fis/experimentTemplate:ExperimentTemplate',
    name: 'template',
    inputs: {
      description: 'stop',
      roleArn: role,
      stopConditions: [{ source: 'none' }],
      actions: [{ name: 'stop', actionId: 'aws:ec2:stop-instances', target: { key: 'Instances', value: 'machines' } }],
      targets: [
        { name: 'machines', resourceType: 'aws:ec2:instance', resourceArns: ['arn:aws:ec2:us-east-1:111122223333:instance/i-1'] },
      ],
    },
  },
];

const apis = (days: number): readonly Declaration[] => {
  const rest = ref(REST, 'rest');
  const api = ref(HTTP, 'http');
  return [
    { type: REST, name: 'rest', inputs: { name: 'rest' } },
    { type: 'aws:apigateway/deployment:Deployment', name: 'deployment', inputs: { restApi: rest } },
    {
      type: 'aws:apigateway/stage:Stage',
      name: 'stage',
      inputs: { restApi: rest, stageName: 'live', deployment: ref('aws:apigateway/deployment:Deployment', 'deployment') },
    },
    { type: HTTP, name: 'http', inputs: { name: 'http', protocolType: 'HTTP' } },
    { type: 'aws:apigatewayv2/route:Route', name: 'route', inputs: { apiId: api, routeKey: days > 5 ? '$default' : 'GET /' } },
    { type: 'aws:apigatewayv2/stage:Stage', name: 'stage', inputs: { apiId: api, name: 'live', autoDeploy: days > 5 } },
  ];
};

const tagged = fc.record({ team: fc.constantFrom('shop', 'stock'), stage: fc.option(fc.constant('live'), { nil: undefined }) });
const days = fc.constantFrom(3, 7);
const all = fc.tuple(tagged, days);

const texts = (tags: { readonly team: string; readonly stage: string | undefined }): Readonly<Record<string, string>> =>
  inputs(tags) as Readonly<Record<string, string>>;

export const samples: Readonly<Record<string, fc.Arbitrary<readonly Declaration[]>>> = {
  'parts of EC2': tagged.map((tags) => ec2(texts(tags))),
  'parts of RDS': tagged.map((tags) => databases(texts(tags))),
  'parts of S3': tagged.map((tags) => storage(texts(tags))),
  'parts of APIs': days.map(apis),
  'everything else': all.map(([tags, n]) => others(texts(tags), n)),
};
