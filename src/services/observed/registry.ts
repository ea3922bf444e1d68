/** Every scan of live AWS. A test holds it against the folder. */

import { acmCertificates } from './acm.ts';
import { restApiScans } from './api-gateway.ts';
import { httpApiScans } from './apigatewayv2.ts';
import { scalableTargets } from './application-auto-scaling.ts';
import { regionSwitchPlans } from './arc-region-switch.ts';
import { autoScalingScans } from './auto-scaling.ts';
import { backupScans } from './backup.ts';
import { cloudfrontDistributions } from './cloudfront.ts';
import { cloudwatchAlarms } from './cloudwatch.ts';
import { dynamodbGlobalTables, dynamodbTables } from './dynamodb.ts';
import { ec2Scans } from './ec2.ts';
import { ecrReplication, ecrRepositories } from './ecr.ts';
import { ecsScans } from './ecs.ts';
import { efsFileSystems, efsReplications } from './efs.ts';
import { eksScans } from './eks.ts';
import { classicScans } from './elastic-load-balancing.ts';
import { balancingScans } from './elastic-load-balancing-v2.ts';
import { elasticacheScans } from './elasticache.ts';
import { eventBuses, eventEndpoints } from './eventbridge.ts';
import { kmsKeys } from './kms.ts';
import { lambdaScans } from './lambda.ts';
import { rdsScans } from './rds.ts';
import { route53Zones } from './route-53.ts';
import { routingControls } from './route53-recovery-control-config.ts';
import { s3Buckets } from './s3.ts';
import type { Scan } from './scan.ts';
import { schedules } from './scheduler.ts';
import { secrets } from './secrets-manager.ts';
import { stateMachines } from './sfn.ts';
import { snsTopics } from './sns.ts';
import { sqsQueues } from './sqs.ts';
import { ssmParameters } from './ssm.ts';

export const SCANS: readonly Scan[] = [
  kmsKeys,
  ...ec2Scans,
  route53Zones,
  cloudwatchAlarms,
  dynamodbTables,
  dynamodbGlobalTables,
  scalableTargets,
  routingControls,
  sqsQueues,
  snsTopics,
  ...rdsScans,
  s3Buckets,
  ...balancingScans,
  ...autoScalingScans,
  acmCertificates,
  cloudfrontDistributions,
  efsFileSystems,
  efsReplications,
  eventBuses,
  eventEndpoints,
  schedules,
  ...elasticacheScans,
  ...ecsScans,
  ...lambdaScans,
  secrets,
  ecrRepositories,
  ecrReplication,
  ssmParameters,
  regionSwitchPlans,
  ...eksScans,
  ...backupScans,
  stateMachines,
  ...restApiScans,
  ...httpApiScans,
  ...classicScans,
];
