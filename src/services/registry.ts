/** Every service that Holdfast reads. A test holds it against the folder. */
import { acmCertificate } from './acm-certificate.ts';
import { apiGateway } from './api-gateway.ts';
import { arcRegionSwitchPlan } from './arc-region-switch-plan.ts';
import { arcRoutingControl } from './arc-routing-control.ts';
import { autoscalingGroup } from './autoscaling-group.ts';
import { backupPlan } from './backup-plan.ts';
import { backupVault } from './backup-vault.ts';
import { classicLoadBalancer } from './classic-load-balancer.ts';
import { cloudfrontDistribution } from './cloudfront-distribution.ts';
import { cloudwatchAlarm } from './cloudwatch-alarm.ts';
import { userPool } from './cognito-user-pool.ts';
import { dlmPolicy } from './dlm-policy.ts';
import { docdbCluster } from './docdb-cluster.ts';
import { dynamodbTable } from './dynamodb-table.ts';
import { ebsVolume } from './ebs-volume.ts';
import { ec2Instance } from './ec2-instance.ts';
import { ecrRepository } from './ecr-repository.ts';
import { ecsService } from './ecs-service.ts';
import { ecsTaskDefinition } from './ecs-task-definition.ts';
import { efsFileSystem } from './efs-file-system.ts';
import { eksCluster } from './eks-cluster.ts';
import { eksNodeGroup } from './eks-node-group.ts';
import { elasticacheCluster } from './elasticache-cluster.ts';
import { elasticacheGlobal } from './elasticache-global.ts';
import { elasticacheReplicationGroup } from './elasticache-replication-group.ts';
import { elasticacheServerless } from './elasticache-serverless.ts';
import { eventBridge, eventEndpoint } from './eventbridge.ts';
import { fsxFileSystem } from './fsx-file-system.ts';
import { globalAccelerator, globalAcceleratorEndpointGroup } from './global-accelerator.ts';
import { kinesisStream } from './kinesis-stream.ts';
import { kmsKey } from './kms-key.ts';
import { lambdaFunction } from './lambda-function.ts';
import { launchTemplate } from './launch-template.ts';
import { loadBalancer } from './load-balancer.ts';
import { memorydbCluster } from './memorydb-cluster.ts';
import { mqBroker } from './mq-broker.ts';
import { mskCluster } from './msk-cluster.ts';
import { natGateway } from './nat-gateway.ts';
import { neptuneCluster } from './neptune-cluster.ts';
import { opensearchDomain } from './opensearch-domain.ts';
import { rdsCluster } from './rds-cluster.ts';
import { rdsGlobalCluster } from './rds-global-cluster.ts';
import { rdsInstance } from './rds-instance.ts';
import { rdsProxy } from './rds-proxy.ts';
import { redshiftCluster } from './redshift-cluster.ts';
import { route53HealthCheck } from './route53-health-check.ts';
import { route53Record } from './route53-record.ts';
import { route53Zone } from './route53-zone.ts';
import { s3Bucket } from './s3-bucket.ts';
import { secret } from './secret.ts';
import type { ServiceModule } from './service.ts';
import { snsTopic } from './sns-topic.ts';
import { sqsQueue } from './sqs-queue.ts';
import { ssmParameter } from './ssm-parameter.ts';
import { stateMachine } from './step-functions.ts';
import { subnet } from './subnet.ts';
import { targetGroup } from './target-group.ts';
import { vpcEndpoint } from './vpc-endpoint.ts';
import { vpcLink } from './vpc-link.ts';
import { siteLink, vpcNetwork } from './vpc-network.ts';

export const SERVICES: readonly ServiceModule[] = [
  acmCertificate,
  apiGateway,
  arcRegionSwitchPlan,
  arcRoutingControl,
  autoscalingGroup,
  backupPlan,
  backupVault,
  classicLoadBalancer,
  cloudfrontDistribution,
  cloudwatchAlarm,
  userPool,
  dlmPolicy,
  dynamodbTable,
  ebsVolume,
  docdbCluster,
  neptuneCluster,
  ec2Instance,
  ecrRepository,
  ecsService,
  ecsTaskDefinition,
  efsFileSystem,
  eksCluster,
  eksNodeGroup,
  elasticacheCluster,
  elasticacheGlobal,
  elasticacheReplicationGroup,
  elasticacheServerless,
  eventBridge,
  eventEndpoint,
  fsxFileSystem,
  globalAccelerator,
  globalAcceleratorEndpointGroup,
  kinesisStream,
  kmsKey,
  lambdaFunction,
  launchTemplate,
  loadBalancer,
  memorydbCluster,
  mqBroker,
  mskCluster,
  natGateway,
  opensearchDomain,
  rdsCluster,
  rdsGlobalCluster,
  rdsInstance,
  rdsProxy,
  redshiftCluster,
  route53HealthCheck,
  route53Record,
  route53Zone,
  s3Bucket,
  secret,
  snsTopic,
  sqsQueue,
  ssmParameter,
  stateMachine,
  subnet,
  targetGroup,
  vpcEndpoint,
  vpcNetwork,
  vpcLink,
  siteLink,
];
