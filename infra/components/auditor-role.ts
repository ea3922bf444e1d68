import * as iam from '@pulumi/aws/iam/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { Site } from './site.ts';

/**
 * What Holdfast reads in AWS: configuration and health, never contents. No action of this list returns an object, an item, a
 * message, a secret's value or a key's plaintext, and none changes anything.
 */
export const AUDITOR_ACTIONS = [
  'application-autoscaling:DescribeScalableTargets',
  'arc-region-switch:GetPlan',
  'arc-region-switch:GetPlanEvaluationStatus',
  'arc-region-switch:ListPlans',
  'arc-region-switch:ListTagsForResource',
  'backup:DescribeBackupVault',
  'backup:GetBackupPlan',
  'backup:GetBackupSelection',
  'backup:ListBackupPlans',
  'backup:ListBackupSelections',
  'backup:ListBackupVaults',
  'backup:ListRecoveryPointsByBackupVault',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:DescribeTable',
  'dynamodb:ListTables',
  'dynamodb:ListTagsOfResource',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeNatGateways',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ecr:DescribeRegistry',
  'ecr:DescribeRepositories',
  'ecs:DescribeClusters',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:ListServices',
  'elasticache:DescribeGlobalReplicationGroups',
  'elasticache:DescribeReplicationGroups',
  'elasticache:ListTagsForResource',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTags',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'kms:DescribeKey',
  'kms:ListAliases',
  'lambda:ListFunctions',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeGlobalClusters',
  'rds:ListTagsForResource',
  'route53:GetHealthCheckStatus',
  'route53:ListHealthChecks',
  'route53:ListHostedZones',
  'route53:ListResourceRecordSets',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketTagging',
  's3:GetBucketVersioning',
  's3:GetEncryptionConfiguration',
  's3:GetReplicationConfiguration',
  's3:ListAllMyBuckets',
  'secretsmanager:DescribeSecret',
  'secretsmanager:ListSecrets',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptions',
  'sns:ListTopics',
  'sqs:GetQueueAttributes',
  'sqs:ListQueues',
  'tag:GetResources',
] as const;

export interface AuditorRoleArgs {
  /** IAM is global; the provider of this Region creates the role. */
  readonly site: Site;
  /** Account whose users and pipelines may take the role, twelve digits. */
  readonly trustedAccountId: string;
  /** Must be given when the role is taken, so that nobody is tricked into taking it for a stranger. */
  readonly externalId: string;
}

/** The role that `holdfast check` takes: it can look, and nothing else. */
export class AuditorRole extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: AuditorRoleArgs, opts?: ComponentResourceOptions) {
    super('shop:audit:AuditorRole', name, {}, opts);
    const child = { parent: this, provider: args.site.provider };
    const role = new iam.Role(
      name,
      {
        name: 'holdfast-auditor',
        description: 'Reads the configuration that continuity promises rest on',
        maxSessionDuration: 3600,
        assumeRolePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${args.trustedAccountId}:root` },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'sts:ExternalId': args.externalId } },
            },
          ],
        }),
      },
      child,
    );
    new iam.RolePolicy(
      name,
      {
        role: role.id,
        policy: JSON.stringify({
          Version: '2012-10-17',
          // Most of these actions take no resource; those that do are needed on everything that a catalogue may name.
          Statement: [{ Effect: 'Allow', Action: AUDITOR_ACTIONS, Resource: '*' }],
        }),
      },
      child,
    );
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
