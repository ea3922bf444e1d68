import { describe } from 'vitest';
import { computeRules } from '../../src/rules/compute.ts';
import type { Declared, RuleCase } from './rule-cases.ts';
import { checkFamily, declared, hole, out } from './rule-cases.ts';

type Inputs = Declared['inputs'];
const WEST = 'us-west-2';
const subnet = (zone: Inputs[string], name = `subnet-${typeof zone === 'string' ? zone : 'somewhere'}`) =>
  declared('aws:ec2/subnet:Subnet', name, { availabilityZone: zone });
const a = subnet('us-east-1a');
const b = subnet('us-east-1b');
const blurred = subnet(hole, 'blurred');
const zones = [a, b, blurred];
const in_ = (...subnets: readonly Declared[]): Inputs[string] => subnets.map((s) => out(s, 'id'));

/** A failover pair of names, so that what is behind the second waits. */
const balancer = (side: string, region?: string) =>
  declared('aws:lb/loadBalancer:LoadBalancer', `lb-${side}`, { subnets: ['subnet-1', 'subnet-2'] }, region);
const targets = (side: string, region?: string) => declared('aws:lb/targetGroup:TargetGroup', `tg-${side}`, {}, region);
const record = (side: string, type: string) =>
  declared('aws:route53/record:Record', `www-${side}`, {
    zoneId: 'Z1',
    name: 'www.shop.test',
    type: 'A',
    setIdentifier: side,
    failoverRoutingPolicies: [{ type }],
    aliases: [{ name: out(balancer(side), 'dnsName'), zoneId: 'Z2', evaluateTargetHealth: true }],
  });
const door = (side: string, region?: string) => [
  balancer(side, region),
  targets(side, region),
  declared(
    'aws:lb/listener:Listener',
    `l-${side}`,
    {
      loadBalancerArn: out(balancer(side), 'arn'),
      defaultActions: [{ type: 'forward', targetGroupArn: out(targets(side), 'arn') }],
    },
    region,
  ),
];
const doors = [...door('east'), ...door('west', WEST), record('east', 'PRIMARY'), record('west', 'SECONDARY')];

const group = (inputs: Inputs, side = 'east', region?: string) =>
  declared(
    'aws:autoscaling/group:Group',
    `pool-${side}`,
    {
      minSize: 2,
      maxSize: 6,
      desiredCapacity: 4,
      vpcZoneIdentifiers: in_(a, b),
      healthCheckType: 'ELB',
      targetGroupArns: [out(targets(side), 'arn')],
      ...inputs,
    },
    region,
  );
const pair = (west: Inputs, east: Inputs = {}) => [...zones, ...doors, group(east), group(west, 'west', WEST)];

const nodes = (inputs: Inputs) =>
  declared('aws:eks/nodeGroup:NodeGroup', 'nodes', {
    subnetIds: in_(a, b),
    scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 4 },
    ...inputs,
  });
const box = (name: string, inputs: Inputs = {}, region?: string) =>
  declared(
    'aws:ec2/instance:Instance',
    name,
    { ami: 'ami-1', instanceType: 't3.small', availabilityZone: 'us-east-1a', ...inputs },
    region,
  );
const behindEast = (...boxes: readonly Declared[]) => [
  ...door('east'),
  ...boxes,
  ...boxes.map((i) =>
    declared('aws:lb/targetGroupAttachment:TargetGroupAttachment', `at-${i.name}`, {
      targetGroupArn: out(targets('east'), 'arn'),
      targetId: out(i, 'id'),
    }),
  ),
];
const service = (inputs: Inputs, region?: string) =>
  declared(
    'aws:ecs/service:Service',
    'tasks',
    {
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { subnets: in_(a, b) },
      ...inputs,
    },
    region,
  );
const fn = (inputs: Inputs, name = 'fn-east', region?: string) => declared('aws:lambda/function:Function', name, inputs, region);
const bucket = (region?: string | null) => declared('aws:s3/bucket:Bucket', 'code', { bucket: 'code' }, region);
const elsewhere = declared('aws:sqs/queue:Queue', 'jobs-west', {}, WEST);

const mapping = (enabled: Inputs[string]) =>
  declared(
    'aws:lambda/eventSourceMapping:EventSourceMapping',
    'm',
    { functionName: out(fn({}, 'fn-west', WEST), 'arn'), eventSourceArn: out(elsewhere, 'arn'), enabled },
    WEST,
  );
const listening = (enabled: Inputs[string]) => [elsewhere, fn({}), fn({}, 'fn-west', WEST), mapping(enabled)];

const repository = declared('aws:ecr/repository:Repository', 'app', { name: 'app' });
const definition = (image: Inputs[string]) =>
  declared('aws:ecs/taskDefinition:TaskDefinition', 'def', { family: 'app', containerDefinitions: image });
const pulling = [
  ...zones,
  elsewhere,
  definition(out(repository, 'repositoryUrl')),
  service({ taskDefinition: out(definition(''), 'arn') }),
];
const replication = (destinations: Inputs[string]) =>
  declared('aws:ecr/replicationConfiguration:ReplicationConfiguration', 'r', {
    replicationConfiguration: { rules: [{ destinations }] },
  });
const template = (side: string, imageId: Inputs[string], region?: string, more: Inputs = {}) =>
  declared('aws:ec2/launchTemplate:LaunchTemplate', `lt-${side}`, { imageId, ...more }, region);
const launched = (east: Inputs[string], west: Inputs[string]) => [
  template('east', east),
  template('west', west, WEST),
  ...pair(
    { launchTemplate: { id: out(template('west', ''), 'id') } },
    { launchTemplate: { id: out(template('east', ''), 'id') } },
  ),
];

const CASES: readonly RuleCase[] = [
  {
    rule: 'asg-single-az',
    says: 'it has one subnet',
    estate: [...zones, group({ vpcZoneIdentifiers: in_(a) })],
    answer: 'fires',
    names: 'us-east-1a',
  },
  { rule: 'asg-single-az', says: 'it has two', estate: [...zones, group({})], answer: 'silent' },
  {
    rule: 'asg-single-az',
    says: 'the AZ of the other is not known',
    estate: [...zones, group({ vpcZoneIdentifiers: in_(a, blurred) })],
    answer: 'unknown',
  },
  {
    rule: 'asg-no-az-loss-headroom',
    says: '2 of 4 are left and 60 % agreed',
    estate: [...zones, group({})],
    agreed: [['MBCO', 'az', 60]],
    answer: 'fires',
    names: '2 of 4',
  },
  {
    rule: 'asg-no-az-loss-headroom',
    says: 'half was agreed',
    estate: [...zones, group({})],
    agreed: [['MBCO', 'az', 50]],
    answer: 'silent',
  },
  { rule: 'asg-no-az-loss-headroom', says: 'nothing was agreed', estate: [...zones, group({})], answer: 'silent' },
  {
    rule: 'asg-no-az-loss-headroom',
    says: 'the AZs may be one',
    estate: [...zones, group({ vpcZoneIdentifiers: in_(a, blurred) })],
    agreed: [['MBCO', 'az', 50]],
    answer: 'unknown',
  },
  {
    rule: 'standby-asg-max-below-primary',
    says: 'it stops at 2 of 4',
    estate: pair({ maxSize: 2 }),
    answer: 'fires',
    names: '2 instances',
  },
  {
    rule: 'standby-asg-max-below-primary',
    says: 'half was agreed',
    estate: pair({ maxSize: 2 }),
    agreed: [['MBCO', 'region', 50]],
    answer: 'silent',
  },
  { rule: 'standby-asg-max-below-primary', says: 'it grows to 4', estate: pair({ maxSize: 4 }), answer: 'silent' },
  { rule: 'standby-asg-max-below-primary', says: 'its maximum is not known', estate: pair({ maxSize: hole }), answer: 'unknown' },
  { rule: 'standby-asg-scaled-to-zero', says: 'it runs none', estate: pair({ minSize: 0, desiredCapacity: 0 }), answer: 'fires' },
  { rule: 'standby-asg-scaled-to-zero', says: 'it runs some', estate: pair({}), answer: 'silent' },
  {
    rule: 'standby-asg-scaled-to-zero',
    says: 'how many is not known',
    estate: pair({ desiredCapacity: hole }),
    answer: 'unknown',
  },
  {
    rule: 'asg-health-check-ec2-only',
    says: 'the type is the default',
    estate: [...zones, ...door('east'), group({ healthCheckType: null })],
    answer: 'fires',
  },
  {
    rule: 'asg-health-check-ec2-only',
    says: 'it is a list with ELB',
    estate: [...zones, ...door('east'), group({ healthCheckType: 'EBS,ELB' })],
    answer: 'silent',
  },
  {
    rule: 'asg-health-check-ec2-only',
    says: 'it has no load balancer',
    estate: [...zones, group({ healthCheckType: 'EC2', targetGroupArns: null })],
    answer: 'silent',
  },
  {
    rule: 'asg-health-check-ec2-only',
    says: 'the type is not known',
    estate: [...zones, ...door('east'), group({ healthCheckType: hole })],
    answer: 'unknown',
  },
  {
    rule: 'asg-suspended-processes',
    says: 'Launch is',
    estate: [...zones, group({ suspendedProcesses: ['AZRebalance', 'Launch'] })],
    answer: 'fires',
    names: 'Launch',
  },
  {
    rule: 'asg-suspended-processes',
    says: 'AZRebalance alone is',
    estate: [...zones, group({ suspendedProcesses: ['AZRebalance'] })],
    answer: 'silent',
  },
  {
    rule: 'asg-suspended-processes',
    says: 'which are is not known',
    estate: [...zones, group({ suspendedProcesses: hole })],
    answer: 'unknown',
  },
  {
    rule: 'standby-capacity-spot',
    says: 'all of it is spot',
    estate: pair({ mixedInstancesPolicy: { instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0 } } }),
    answer: 'fires',
    names: '100%',
  },
  {
    rule: 'standby-capacity-spot',
    says: 'its template asks for spot',
    estate: [
      template('west', 'ami-1', WEST, { instanceMarketOptions: { marketType: 'spot' } }),
      ...pair({ launchTemplate: { id: out(template('west', ''), 'id') } }),
    ],
    answer: 'fires',
  },
  { rule: 'standby-capacity-spot', says: 'it runs on demand', estate: pair({}), answer: 'silent' },
  {
    rule: 'standby-capacity-spot',
    says: 'the share is not known',
    estate: pair({ mixedInstancesPolicy: { instancesDistribution: hole } }),
    answer: 'unknown',
  },
  {
    rule: 'eks-nodegroup-single-az',
    says: 'it has one subnet',
    estate: [...zones, nodes({ subnetIds: in_(b) })],
    answer: 'fires',
    names: 'us-east-1b',
  },
  {
    rule: 'eks-nodegroup-single-az',
    says: 'it may shrink to one',
    estate: [...zones, nodes({ scalingConfig: { minSize: 1, desiredSize: 2, maxSize: 4 } })],
    answer: 'fires',
    names: '1 node',
  },
  { rule: 'eks-nodegroup-single-az', says: 'it keeps two in two', estate: [...zones, nodes({})], answer: 'silent' },
  {
    rule: 'eks-nodegroup-single-az',
    says: 'its size is not known',
    estate: [...zones, nodes({ scalingConfig: hole })],
    answer: 'unknown',
  },

  { rule: 'ec2-singleton', says: 'nothing stands in for it', estate: [box('solo')], answer: 'fires', names: 'solo' },
  {
    rule: 'ec2-singleton',
    says: 'another is behind the same door in another AZ',
    estate: behindEast(box('one'), box('two', { availabilityZone: 'us-east-1b' })),
    answer: 'silent',
  },
  {
    rule: 'ec2-singleton',
    says: 'the AZ of the other is not known',
    estate: behindEast(box('one'), box('two', { availabilityZone: hole })),
    answer: 'unknown',
  },
  {
    rule: 'ec2-instance-store-state',
    says: 'it maps instance store',
    estate: [box('db', { ephemeralBlockDevices: [{ deviceName: 'sdb', virtualName: 'ephemeral0' }] })],
    agreed: [['RPO', 'instance', 60]],
    answer: 'fires',
  },
  {
    rule: 'ec2-instance-store-state',
    says: 'the mapping suppresses it',
    estate: [box('db', { ephemeralBlockDevices: [{ deviceName: 'sdb', noDevice: true }] })],
    agreed: [['RPO', 'instance', 60]],
    answer: 'silent',
  },
  {
    rule: 'ec2-instance-store-state',
    says: 'no data was promised',
    estate: [box('db', { instanceType: 'i3.large' })],
    agreed: [['RTO', 'instance', 60]],
    answer: 'silent',
  },
  {
    rule: 'ec2-instance-store-state',
    says: 'its type has NVMe and it has no other disk',
    estate: [box('db', { instanceType: 'm5d.large' })],
    agreed: [['RPO', 'instance', 60]],
    answer: 'unknown',
  },
  {
    rule: 'ecs-service-single-subnet-az',
    says: 'its subnets are in one AZ',
    estate: [...zones, service({ networkConfiguration: { subnets: in_(a) } })],
    answer: 'fires',
    names: 'us-east-1a',
  },
  {
    rule: 'ecs-service-single-subnet-az',
    says: 'it runs one task',
    estate: [...zones, service({ desiredCount: 1 })],
    answer: 'fires',
    names: 'one task',
  },
  { rule: 'ecs-service-single-subnet-az', says: 'it runs two in two', estate: [...zones, service({})], answer: 'silent' },
  {
    rule: 'ecs-service-single-subnet-az',
    says: 'it is a daemon',
    estate: [...zones, service({ schedulingStrategy: 'DAEMON' })],
    answer: 'silent',
  },
  {
    rule: 'ecs-service-single-subnet-az',
    says: 'how many it runs is not known',
    estate: [...zones, service({ desiredCount: hole })],
    answer: 'unknown',
  },
  { rule: 'ecs-deploy-no-rollback', says: 'nothing rolls back', estate: [...zones, service({})], answer: 'fires' },
  {
    rule: 'ecs-deploy-no-rollback',
    says: 'the breaker does',
    estate: [...zones, service({ deploymentCircuitBreaker: { enable: true, rollback: true } })],
    answer: 'silent',
  },
  {
    rule: 'ecs-deploy-no-rollback',
    says: 'CodeDeploy deploys',
    estate: [...zones, service({ deploymentController: { type: 'CODE_DEPLOY' } })],
    answer: 'silent',
  },
  {
    rule: 'ecs-deploy-no-rollback',
    says: 'the breaker is not known',
    estate: [...zones, service({ deploymentCircuitBreaker: { enable: true, rollback: hole } })],
    answer: 'unknown',
  },
  {
    rule: 'lambda-vpc-single-az',
    says: 'it has one subnet',
    estate: [...zones, fn({ vpcConfig: { subnetIds: in_(a) } })],
    answer: 'fires',
    names: 'us-east-1a',
  },
  { rule: 'lambda-vpc-single-az', says: 'it is in no VPC', estate: [fn({})], answer: 'silent' },
  {
    rule: 'lambda-vpc-single-az',
    says: 'the AZ of the other is not known',
    estate: [...zones, fn({ vpcConfig: { subnetIds: in_(a, blurred) } })],
    answer: 'unknown',
  },
  {
    rule: 'event-source-disabled-standby',
    says: 'the mapping is off',
    estate: listening(false),
    answer: 'fires',
    names: 'fn-west',
  },
  { rule: 'event-source-disabled-standby', says: 'the mapping is on', estate: listening(true), answer: 'silent' },
  { rule: 'event-source-disabled-standby', says: 'whether it is on is not known', estate: listening(hole), answer: 'unknown' },

  {
    rule: 'lambda-code-bucket-primary-region',
    says: 'the bucket is in another Region',
    estate: [bucket(), fn({ s3Bucket: out(bucket(), 'id') }, 'fn-west', WEST)],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'lambda-code-bucket-primary-region',
    says: 'the registry is',
    estate: [elsewhere, fn({ imageUri: '111122223333.dkr.ecr.us-west-2.amazonaws.com/app:1' })],
    agreed: [['RTO', 'region', 60]],
    answer: 'fires',
    names: WEST,
  },
  {
    rule: 'lambda-code-bucket-primary-region',
    says: 'it is in its own',
    estate: [elsewhere, bucket(), fn({ s3Bucket: out(bucket(), 'id') })],
    answer: 'silent',
  },
  {
    rule: 'lambda-code-bucket-primary-region',
    says: 'the Region of the bucket is not known',
    estate: [elsewhere, bucket(null), fn({ s3Bucket: out(bucket(), 'id') })],
    agreed: [['RTO', 'region', 60]],
    answer: 'unknown',
  },
  {
    rule: 'image-registry-single-region',
    says: 'nothing copies the images',
    estate: [repository, ...pulling],
    answer: 'fires',
    names: 'app',
  },
  {
    rule: 'image-registry-single-region',
    says: 'a standby pulls from the primary',
    estate: [
      ...zones,
      definition('[{"image":"1.dkr.ecr.us-east-1.amazonaws.com/app"}]'),
      service({ taskDefinition: out(definition(''), 'arn') }, WEST),
    ],
    agreed: [['RTO', 'region', 60]],
    answer: 'fires',
    names: 'us-east-1',
  },
  {
    rule: 'image-registry-single-region',
    says: 'the registry replicates',
    estate: [repository, replication([{ region: WEST, registryId: '111122223333' }]), ...pulling],
    answer: 'silent',
  },
  {
    rule: 'image-registry-single-region',
    says: 'where it replicates is not known',
    estate: [repository, replication([{ region: hole, registryId: '111122223333' }]), ...pulling],
    answer: 'unknown',
  },
  { rule: 'ami-not-copied', says: 'both launch one id', estate: launched('ami-1', 'ami-1'), answer: 'fires', names: 'ami-1' },
  { rule: 'ami-not-copied', says: 'each launches its own', estate: launched('ami-1', 'ami-2'), answer: 'silent' },
  { rule: 'ami-not-copied', says: 'one id is not known', estate: launched('ami-1', hole), answer: 'unknown' },
];

describe('compute rules', () => checkFamily(computeRules, CASES));
