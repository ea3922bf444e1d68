/** Every AWS service that is simulated. A test holds it against the folder. */
import type { SimulatedService } from './service.ts';
import { acm } from './services/acm.ts';
import { apiGateway } from './services/api-gateway.ts';
import { apigatewayv2 } from './services/apigatewayv2.ts';
import { applicationAutoScaling } from './services/application-auto-scaling.ts';
import { arcRegionSwitch } from './services/arc-region-switch.ts';
import { arcZonalShift } from './services/arc-zonal-shift.ts';
import { autoScaling } from './services/auto-scaling.ts';
import { backup } from './services/backup.ts';
import { cloudfront } from './services/cloudfront.ts';
import { cloudwatch } from './services/cloudwatch.ts';
import { drs } from './services/drs.ts';
import { dynamodb } from './services/dynamodb.ts';
import { ec2 } from './services/ec2.ts';
import { ecr } from './services/ecr.ts';
import { ecs } from './services/ecs.ts';
import { efs } from './services/efs.ts';
import { eks } from './services/eks.ts';
import { elasticLoadBalancing } from './services/elastic-load-balancing.ts';
import { elasticLoadBalancingV2 } from './services/elastic-load-balancing-v2.ts';
import { elasticache } from './services/elasticache.ts';
import { eventbridge } from './services/eventbridge.ts';
import { fis } from './services/fis.ts';
import { iam } from './services/iam.ts';
import { kms } from './services/kms.ts';
import { lambda } from './services/lambda.ts';
import { organizations } from './services/organizations.ts';
import { rds } from './services/rds.ts';
import { resiliencehub } from './services/resiliencehub.ts';
import { route53 } from './services/route-53.ts';
import { routingControlCluster } from './services/route53-recovery-cluster.ts';
import { routingControlConfig } from './services/route53-recovery-control-config.ts';
import { s3 } from './services/s3.ts';
import { scheduler } from './services/scheduler.ts';
import { secretsManager } from './services/secrets-manager.ts';
import { serviceQuotas } from './services/service-quotas.ts';
import { sfn } from './services/sfn.ts';
import { sns } from './services/sns.ts';
import { sqs } from './services/sqs.ts';
import { ssm } from './services/ssm.ts';
import { sts } from './services/sts.ts';

export const SIMULATED: readonly SimulatedService[] = [
  kms,
  ec2,
  route53,
  cloudwatch,
  dynamodb,
  applicationAutoScaling,
  routingControlConfig,
  routingControlCluster,
  sqs,
  sns,
  rds,
  s3,
  elasticLoadBalancingV2,
  elasticLoadBalancing,
  autoScaling,
  acm,
  cloudfront,
  efs,
  eventbridge,
  scheduler,
  elasticache,
  ecs,
  lambda,
  secretsManager,
  ecr,
  ssm,
  arcRegionSwitch,
  arcZonalShift,
  eks,
  backup,
  sfn,
  apiGateway,
  apigatewayv2,
  iam,
  organizations,
  serviceQuotas,
  sts,
  resiliencehub,
  fis,
  drs,
];
