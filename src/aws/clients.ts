/** The SDK's clients, each loaded at its first call: all of them together take seconds and 200 MB that nobody needs at once. */
import { UsageError } from '../model/errors.ts';
import type { ClientId } from './call.ts';

/** What we use of an SDK client. */
export interface SdkClient {
  send(command: object, options?: { readonly abortSignal?: AbortSignal }): Promise<object>;
}

type Module = Readonly<Record<string, unknown>>;

/** By client id: the module, and the name of its client class. */
const CLIENTS: Readonly<Record<ClientId, readonly [() => Promise<Module>, string]>> = {
  acm: [() => import('@aws-sdk/client-acm'), 'ACMClient'],
  'api-gateway': [() => import('@aws-sdk/client-api-gateway'), 'APIGatewayClient'],
  apigatewayv2: [() => import('@aws-sdk/client-apigatewayv2'), 'ApiGatewayV2Client'],
  'application-auto-scaling': [() => import('@aws-sdk/client-application-auto-scaling'), 'ApplicationAutoScalingClient'],
  'auto-scaling': [() => import('@aws-sdk/client-auto-scaling'), 'AutoScalingClient'],
  backup: [() => import('@aws-sdk/client-backup'), 'BackupClient'],
  cloudfront: [() => import('@aws-sdk/client-cloudfront'), 'CloudFrontClient'],
  cloudwatch: [() => import('@aws-sdk/client-cloudwatch'), 'CloudWatchClient'],
  drs: [() => import('@aws-sdk/client-drs'), 'DrsClient'],
  dynamodb: [() => import('@aws-sdk/client-dynamodb'), 'DynamoDBClient'],
  ec2: [() => import('@aws-sdk/client-ec2'), 'EC2Client'],
  ecr: [() => import('@aws-sdk/client-ecr'), 'ECRClient'],
  ecs: [() => import('@aws-sdk/client-ecs'), 'ECSClient'],
  efs: [() => import('@aws-sdk/client-efs'), 'EFSClient'],
  eks: [() => import('@aws-sdk/client-eks'), 'EKSClient'],
  'elastic-load-balancing': [() => import('@aws-sdk/client-elastic-load-balancing'), 'ElasticLoadBalancingClient'],
  'elastic-load-balancing-v2': [() => import('@aws-sdk/client-elastic-load-balancing-v2'), 'ElasticLoadBalancingV2Client'],
  elasticache: [() => import('@aws-sdk/client-elasticache'), 'ElastiCacheClient'],
  eventbridge: [() => import('@aws-sdk/client-eventbridge'), 'EventBridgeClient'],
  fis: [() => import('@aws-sdk/client-fis'), 'FisClient'],
  health: [() => import('@aws-sdk/client-health'), 'HealthClient'],
  iam: [() => import('@aws-sdk/client-iam'), 'IAMClient'],
  kms: [() => import('@aws-sdk/client-kms'), 'KMSClient'],
  lambda: [() => import('@aws-sdk/client-lambda'), 'LambdaClient'],
  organizations: [() => import('@aws-sdk/client-organizations'), 'OrganizationsClient'],
  rds: [() => import('@aws-sdk/client-rds'), 'RDSClient'],
  resiliencehub: [() => import('@aws-sdk/client-resiliencehub'), 'ResiliencehubClient'],
  'route-53': [() => import('@aws-sdk/client-route-53'), 'Route53Client'],
  'route53-recovery-cluster': [() => import('@aws-sdk/client-route53-recovery-cluster'), 'Route53RecoveryClusterClient'],
  'route53-recovery-control-config': [
    () => import('@aws-sdk/client-route53-recovery-control-config'),
    'Route53RecoveryControlConfigClient',
  ],
  s3: [() => import('@aws-sdk/client-s3'), 'S3Client'],
  scheduler: [() => import('@aws-sdk/client-scheduler'), 'SchedulerClient'],
  'secrets-manager': [() => import('@aws-sdk/client-secrets-manager'), 'SecretsManagerClient'],
  'service-quotas': [() => import('@aws-sdk/client-service-quotas'), 'ServiceQuotasClient'],
  sfn: [() => import('@aws-sdk/client-sfn'), 'SFNClient'],
  sns: [() => import('@aws-sdk/client-sns'), 'SNSClient'],
  sqs: [() => import('@aws-sdk/client-sqs'), 'SQSClient'],
  ssm: [() => import('@aws-sdk/client-ssm'), 'SSMClient'],
  sts: [() => import('@aws-sdk/client-sts'), 'STSClient'],
};

export const SDK_CLIENTS: readonly ClientId[] = Object.keys(CLIENTS);

/** Makes an SDK client, and its commands by operation name. */
export interface ClientKit {
  client(config: object): SdkClient;
  command(operation: string, input: object): object;
}

export async function loadClient(id: ClientId): Promise<ClientKit> {
  const entry = CLIENTS[id];
  if (entry === undefined)
    throw new UsageError('aws-client', `Expected the id of an AWS client (${SDK_CLIENTS.join(', ')}), found ${id}.`);
  const [load, name] = entry;
  const module = await load();
  const create = (exported: string, argument: object): unknown => {
    const made = module[exported];
    if (typeof made !== 'function')
      throw new UsageError('aws-operation', `The SDK's client ${id} has no ${exported}: the operation is not one of its API.`);
    return Reflect.construct(made, [argument]);
  };
  return {
    client: (config) => create(name, config) as SdkClient,
    command: (operation, input) => create(`${operation}Command`, input) as object,
  };
}
