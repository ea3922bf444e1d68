/** A CloudFormation template of as many resources as a generated estate has, for tools that read no Pulumi. */
import type { Made } from './estate-parts.ts';

const TYPES: Readonly<Record<string, string>> = {
  'aws:autoscaling/group:Group': 'AWS::AutoScaling::AutoScalingGroup',
  'aws:cloudwatch/logGroup:LogGroup': 'AWS::Logs::LogGroup',
  'aws:cloudwatch/metricAlarm:MetricAlarm': 'AWS::CloudWatch::Alarm',
  'aws:dynamodb/table:Table': 'AWS::DynamoDB::Table',
  'aws:ec2/eip:Eip': 'AWS::EC2::EIP',
  'aws:ec2/internetGateway:InternetGateway': 'AWS::EC2::InternetGateway',
  'aws:ec2/launchTemplate:LaunchTemplate': 'AWS::EC2::LaunchTemplate',
  'aws:ec2/natGateway:NatGateway': 'AWS::EC2::NatGateway',
  'aws:ec2/route:Route': 'AWS::EC2::Route',
  'aws:ec2/routeTable:RouteTable': 'AWS::EC2::RouteTable',
  'aws:ec2/routeTableAssociation:RouteTableAssociation': 'AWS::EC2::SubnetRouteTableAssociation',
  'aws:ec2/securityGroup:SecurityGroup': 'AWS::EC2::SecurityGroup',
  'aws:ec2/subnet:Subnet': 'AWS::EC2::Subnet',
  'aws:ec2/vpc:Vpc': 'AWS::EC2::VPC',
  'aws:ecs/cluster:Cluster': 'AWS::ECS::Cluster',
  'aws:ecs/service:Service': 'AWS::ECS::Service',
  'aws:ecs/taskDefinition:TaskDefinition': 'AWS::ECS::TaskDefinition',
  'aws:efs/fileSystem:FileSystem': 'AWS::EFS::FileSystem',
  'aws:efs/mountTarget:MountTarget': 'AWS::EFS::MountTarget',
  'aws:elasticache/replicationGroup:ReplicationGroup': 'AWS::ElastiCache::ReplicationGroup',
  'aws:elasticache/subnetGroup:SubnetGroup': 'AWS::ElastiCache::SubnetGroup',
  'aws:iam/role:Role': 'AWS::IAM::Role',
  'aws:kms/alias:Alias': 'AWS::KMS::Alias',
  'aws:kms/key:Key': 'AWS::KMS::Key',
  'aws:kms/replicaKey:ReplicaKey': 'AWS::KMS::ReplicaKey',
  'aws:lambda/eventSourceMapping:EventSourceMapping': 'AWS::Lambda::EventSourceMapping',
  'aws:lambda/function:Function': 'AWS::Lambda::Function',
  'aws:lb/listener:Listener': 'AWS::ElasticLoadBalancingV2::Listener',
  'aws:lb/loadBalancer:LoadBalancer': 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'aws:lb/targetGroup:TargetGroup': 'AWS::ElasticLoadBalancingV2::TargetGroup',
  'aws:rds/cluster:Cluster': 'AWS::RDS::DBCluster',
  'aws:rds/clusterInstance:ClusterInstance': 'AWS::RDS::DBInstance',
  'aws:rds/globalCluster:GlobalCluster': 'AWS::RDS::GlobalCluster',
  'aws:rds/instance:Instance': 'AWS::RDS::DBInstance',
  'aws:rds/parameterGroup:ParameterGroup': 'AWS::RDS::DBParameterGroup',
  'aws:rds/subnetGroup:SubnetGroup': 'AWS::RDS::DBSubnetGroup',
  'aws:route53/healthCheck:HealthCheck': 'AWS::Route53::HealthCheck',
  'aws:route53/record:Record': 'AWS::Route53::RecordSet',
  'aws:route53/zone:Zone': 'AWS::Route53::HostedZone',
  'aws:s3/bucket:Bucket': 'AWS::S3::Bucket',
  'aws:secretsmanager/secret:Secret': 'AWS::SecretsManager::Secret',
  'aws:sns/topic:Topic': 'AWS::SNS::Topic',
  'aws:sns/topicSubscription:TopicSubscription': 'AWS::SNS::Subscription',
  'aws:sqs/queue:Queue': 'AWS::SQS::Queue',
};

/**
 * The same properties under CloudFormation's capital letters. What CloudFormation writes inside another resource (a
 * bucket's versioning, a policy attachment) becomes a managed policy, so that the number of resources is the same.
 */
export function cloudFormation(resources: readonly Made[]): string {
  const entries = resources.map((made, i) => {
    const type = TYPES[made.type];
    const tags = Object.entries(made.inputs.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    const properties = capitals({ ...made.inputs, tags });
    const body =
      type === undefined
        ? { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Version: '2012-10-17', Statement: [] } } }
        : { Type: type, Properties: properties };
    return [`R${i}`, body];
  });
  return `${JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(entries) }, undefined, 2)}\n`;
}

function capitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitals);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k.charAt(0).toUpperCase() + k.slice(1), capitals(v)]));
}
