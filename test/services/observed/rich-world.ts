/**
 * A simulated world with something of everything that the scans read: the reference workload as it is deployed, with its
 * catalogue, and beside it one of each thing that it has no use for.
 */
import { catalogueFor, read } from '../../../scripts/commands/judging.ts';
import type { Target } from '../../../src/aws/organisation.ts';
import type { Catalogue } from '../../../src/model/agreement.ts';
import { known } from '../../../src/model/known.ts';
import type { SourceReading } from '../../../src/model/resource.ts';
import { deploy } from '../../../src/simulator/deploy/deploy.ts';
import { freshAws } from '../../../src/simulator/fresh.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ROOT } from '../../cli/holdfast.ts';
import { around, flags } from '../../golden/support.ts';
import { type Declaration, inputs, readingOf, ref, resourceOf } from '../../parity/law.ts';

/** The reference workload's own account. */
export const ACCOUNT = '111122223333';
/** Where it keeps its backups. */
export const BACKUP_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const BUS = 'aws:cloudwatch/eventBus:EventBus';
const RULE = 'aws:cloudwatch/eventRule:EventRule';
const QUEUE = 'aws:sqs/queue:Queue';
const ARC = 'aws:route53recoverycontrol';
const CLUSTER = `${ARC}/cluster:Cluster`;
const PANEL = `${ARC}/controlPanel:ControlPanel`;
const CONTROL = `${ARC}/routingControl:RoutingControl`;
const FILES = 'aws:efs/fileSystem:FileSystem';
const PROXY = 'aws:rds/proxy:Proxy';
const INSTANCE = 'aws:rds/instance:Instance';
const PARAMETERS = 'aws:rds/parameterGroup:ParameterGroup';
const EKS = 'aws:eks/cluster:Cluster';
const BALANCER = 'aws:elb/loadBalancer:LoadBalancer';
const MACHINE = 'aws:ec2/instance:Instance';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const role = `arn:aws:iam::${ACCOUNT}:role/any`;
const tags = { beside: 'the reference workload' };
const zones = ['a', 'b'] as const;
const subnets = zones.map((zone) => ref(SUBNET, zone));

const KEY = 'aws:kms/key:Key';
const key = ref(KEY, 'key', 'arn');

const BESIDE: readonly Declaration[] = [
  { type: KEY, name: 'key', inputs: { description: 'beside' } },
  { type: KEY, name: 'away', region: 'eu-central-1', inputs: { description: 'beside' } },
  {
    type: 'aws:ecr/repository:Repository',
    name: 'images',
    inputs: { name: 'beside', encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: key }] },
  },
  {
    type: 'aws:ssm/parameter:Parameter',
    name: 'sealed',
    inputs: { name: '/sealed', type: 'SecureString', value: 'x', keyId: key },
  },
  {
    type: 'aws:elasticache/serverlessCache:ServerlessCache',
    name: 'cache',
    inputs: { name: 'beside', engine: 'valkey', kmsKeyId: key, tags },
  },
  {
    type: 'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication',
    name: 'backups',
    region: 'eu-central-1',
    inputs: { sourceDbInstanceArn: ref(INSTANCE, 'beside', 'arn'), kmsKeyId: ref(KEY, 'away', 'arn'), retentionPeriod: 7 },
  },
  {
    type: 'aws:efs/replicationConfiguration:ReplicationConfiguration',
    name: 'copies',
    inputs: { sourceFileSystemId: ref(FILES, 'files'), destination: { region: 'eu-central-1' } },
  },
  { type: VPC, name: 'vpc', inputs: { cidrBlock: '10.99.0.0/16' } },
  ...zones.map(
    (zone, i): Declaration => ({
      type: SUBNET,
      name: zone,
      inputs: { vpcId: ref(VPC, 'vpc'), cidrBlock: `10.99.${i}.0/24`, availabilityZone: `${REGION}${zone}` },
    }),
  ),
  { type: 'aws:route53/zone:Zone', name: 'inside', inputs: { name: 'inside.example', vpcs: [{ vpcId: ref(VPC, 'vpc') }] } },
  { type: CLUSTER, name: 'arc', inputs: { name: 'arc' } },
  { type: PANEL, name: 'panel', inputs: { name: 'panel', clusterArn: ref(CLUSTER, 'arc', 'arn') } },
  ...zones.map(
    (name): Declaration => ({
      type: CONTROL,
      name,
      inputs: { name, clusterArn: ref(CLUSTER, 'arc', 'arn'), controlPanelArn: ref(PANEL, 'panel', 'arn') },
    }),
  ),
  {
    type: `${ARC}/safetyRule:SafetyRule`,
    name: 'one',
    inputs: {
      name: 'one',
      controlPanelArn: ref(PANEL, 'panel', 'arn'),
      waitPeriodMs: 5000,
      ruleConfig: { type: 'ATLEAST', threshold: 1, inverted: false },
      assertedControls: zones.map((name) => ref(CONTROL, name, 'arn')),
    },
  },
  {
    type: PARAMETERS,
    name: 'parameters',
    inputs: { family: 'postgres16', parameters: [{ name: 'rds.logical_replication', value: '1' }] },
  },
  {
    type: INSTANCE,
    name: 'beside',
    inputs: {
      engine: 'postgres',
      instanceClass: 'db.t4g.medium',
      allocatedStorage: 20,
      backupRetentionPeriod: 7,
      storageEncrypted: true,
      kmsKeyId: key,
      parameterGroupName: ref(PARAMETERS, 'parameters', 'name'),
      tags,
    },
  },
  {
    type: PROXY,
    name: 'proxy',
    inputs: {
      name: 'proxy',
      engineFamily: 'POSTGRESQL',
      roleArn: role,
      vpcSubnetIds: subnets,
      auths: [{ authScheme: 'SECRETS' }],
      tags,
    },
  },
  {
    type: 'aws:rds/proxyTarget:ProxyTarget',
    name: 'target',
    inputs: {
      dbProxyName: ref(PROXY, 'proxy', 'name'),
      targetGroupName: 'default',
      dbInstanceIdentifier: ref(INSTANCE, 'beside', 'identifier'),
    },
  },
  { type: FILES, name: 'files', inputs: { encrypted: true, tags } },
  {
    type: 'aws:efs/mountTarget:MountTarget',
    name: 'mount',
    inputs: { fileSystemId: ref(FILES, 'files'), subnetId: ref(SUBNET, 'a') },
  },
  {
    type: 'aws:efs/backupPolicy:BackupPolicy',
    name: 'policy',
    inputs: { fileSystemId: ref(FILES, 'files'), backupPolicy: { status: 'ENABLED' } },
  },
  { type: QUEUE, name: 'beside', inputs: { name: 'beside', tags } },
  { type: BUS, name: 'bus', inputs: { name: 'beside', tags } },
  {
    type: RULE,
    name: 'rule',
    inputs: { name: 'rule', eventBusName: ref(BUS, 'bus', 'name'), eventPattern: '{"source":["shop"]}', tags },
  },
  {
    type: 'aws:cloudwatch/eventTarget:EventTarget',
    name: 'event',
    inputs: {
      rule: ref(RULE, 'rule', 'name'),
      eventBusName: ref(BUS, 'bus', 'name'),
      targetId: 'queue',
      arn: ref(QUEUE, 'beside', 'arn'),
    },
  },
  { type: 'aws:ssm/parameter:Parameter', name: 'parameter', inputs: { name: '/beside', type: 'String', value: 'x', tags } },
  {
    type: EKS,
    name: 'eks',
    inputs: { name: 'eks', roleArn: role, version: '1.32', vpcConfig: { subnetIds: subnets }, tags },
  },
  {
    type: 'aws:eks/nodeGroup:NodeGroup',
    name: 'nodes',
    inputs: {
      clusterName: ref(EKS, 'eks', 'name'),
      nodeGroupName: 'nodes',
      nodeRoleArn: role,
      subnetIds: subnets,
      scalingConfig: { minSize: 1, desiredSize: 2, maxSize: 3 },
    },
  },
  {
    type: 'aws:sfn/stateMachine:StateMachine',
    name: 'machine',
    inputs: { name: 'machine', roleArn: role, definition: '{"StartAt":"done","States":{"done":{"Type":"Succeed"}}}', tags },
  },
  {
    type: 'aws:cloudfront/distribution:Distribution',
    name: 'cdn',
    inputs: {
      enabled: true,
      origins: [
        {
          originId: 'first',
          domainName: 'origin.example.net',
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: 'first',
        allowedMethods: ['GET', 'HEAD'],
        cachedMethods: ['GET', 'HEAD'],
        viewerProtocolPolicy: 'redirect-to-https',
      },
      restrictions: { geoRestriction: { restrictionType: 'none' } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
      tags,
    },
  },
  {
    type: MACHINE,
    name: 'machine',
    inputs: { ami: 'ami-0123456789abcdef0', instanceType: 't3.micro', subnetId: ref(SUBNET, 'a') },
  },
  {
    type: BALANCER,
    name: 'classic',
    inputs: {
      listeners: [{ instancePort: 80, instanceProtocol: 'http', lbPort: 80, lbProtocol: 'http' }],
      subnets,
      instances: [ref(MACHINE, 'machine')],
      tags,
    },
  },
  { type: TARGETS, name: 'targets', inputs: { port: 80, protocol: 'HTTP', vpcId: ref(VPC, 'vpc'), tags } },
  {
    type: 'aws:lb/targetGroupAttachment:TargetGroupAttachment',
    name: 'attachment',
    inputs: { targetGroupArn: ref(TARGETS, 'targets', 'arn'), targetId: ref(MACHINE, 'machine'), port: 80 },
  },
  { type: TEMPLATE, name: 'template', inputs: { name: 'workers', imageId: 'ami-0123456789abcdef0', instanceType: 't3.small' } },
  {
    type: 'aws:autoscaling/group:Group',
    name: 'group',
    inputs: {
      minSize: 1,
      desiredCapacity: 1,
      maxSize: 2,
      vpcZoneIdentifiers: subnets,
      launchTemplate: { id: ref(TEMPLATE, 'template'), version: '$Latest' },
    },
  },
].map((d) => ({ ...d, inputs: inputs(d.inputs) }));

export interface RichWorld {
  readonly aws: SimulatedAws;
  readonly catalogue: Catalogue | undefined;
  readonly readings: readonly SourceReading[];
  readonly targets: readonly Target[];
}

/** Everything is settled: a day has passed. */
export async function richWorld(): Promise<RichWorld> {
  const aws = freshAws({ start: Date.parse(`${around.today}T00:00:00Z`) - 26 * 3600_000, seed: 1, consistency: 0 });
  const { clock } = aws.world;
  const workload = await read([ROOT], flags, around);
  const beside = readingOf(BESIDE.map((d) => ({ ...resourceOf({ region: REGION, ...d }), account: known(ACCOUNT) })));
  const place = { account: ACCOUNT, region: REGION };
  const { readings, notes } = await clock.drive(deploy(aws, [...workload, beside], place));
  const failed = notes.filter((note) => note.includes('urn:pulumi:test::parity::'));
  if (failed.length > 0) throw new Error(`not all of the rich world was made:\n${failed.join('\n')}`);
  clock.advance(26 * 3600_000);
  const regions = [REGION, 'eu-central-1', 'us-east-1'].sort();
  return {
    aws,
    readings,
    catalogue: await catalogueFor([ROOT], flags, around),
    targets: [
      { account: ACCOUNT, regions },
      { account: BACKUP_ACCOUNT, regions },
    ],
  };
}
