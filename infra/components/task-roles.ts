import * as iam from '@pulumi/aws/iam/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Site } from './site.ts';

export interface TaskRolesArgs {
  /** IAM is global; the provider of this Region creates the roles. */
  readonly site: Site;
  readonly service: ServiceName;
  /** Secrets that the container reads at its start. A secret and its replica differ in the Region only. */
  readonly secretArns: readonly Input<string>[];
  /** KMS keys that encrypt them. */
  readonly keyArns: readonly Input<string>[];
  /** What the application itself may do. */
  readonly statements: readonly {
    readonly actions: readonly string[];
    readonly resources: readonly Input<string>[];
  }[];
}

/** The two roles of a service's tasks. They exist before any failover: IAM's control plane may be the thing that is down. */
export class TaskRoles extends ComponentResource {
  readonly executionRoleArn: Output<string>;
  readonly taskRoleArn: Output<string>;

  constructor(name: string, args: TaskRolesArgs, opts?: ComponentResourceOptions) {
    super('shop:compute:TaskRoles', name, {}, opts);
    const child = { parent: this, provider: args.site.provider };
    const trust = iam.assumeRolePolicyForPrincipal({ Service: 'ecs-tasks.amazonaws.com' });
    const tags = serviceTags(args.service);

    const execution = new iam.Role(`${name}-execution`, { assumeRolePolicy: trust, tags }, child);
    new iam.RolePolicyAttachment(
      `${name}-execution`,
      { role: execution.name, policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy' },
      child,
    );
    if (args.secretArns.length > 0) {
      new iam.RolePolicy(
        `${name}-secrets`,
        {
          role: execution.id,
          policy: jsonStringify({
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: args.secretArns },
              { Effect: 'Allow', Action: 'kms:Decrypt', Resource: args.keyArns },
            ],
          }),
        },
        child,
      );
    }
    const task = new iam.Role(`${name}-task`, { assumeRolePolicy: trust, tags }, child);
    new iam.RolePolicy(
      `${name}-task`,
      {
        role: task.id,
        policy: jsonStringify({
          Version: '2012-10-17',
          Statement: args.statements.map((s) => ({ Effect: 'Allow', Action: s.actions, Resource: s.resources })),
        }),
      },
      child,
    );
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = task.arn;
    this.registerOutputs({ executionRoleArn: this.executionRoleArn, taskRoleArn: this.taskRoleArn });
  }
}
