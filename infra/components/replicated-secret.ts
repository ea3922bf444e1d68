import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import { arnIn } from './arn-in.ts';
import type { Keys } from './keys.ts';
import type { SitePair } from './site.ts';

export interface ReplicatedSecretArgs {
  /** The secret is written in the primary Region and replicated to the standby. */
  readonly sites: SitePair;
  readonly keys: Keys;
  /** Service that reads it. */
  readonly service: ServiceName;
  /** What it holds, for the people who see it in the console. */
  readonly description: string;
  /** Value to write. Write-only: it never enters Pulumi's state. Left out for secrets that people enter themselves. */
  readonly value?: Input<string>;
}

/** A secret that tasks in either Region read from their own Region. */
export class ReplicatedSecret extends ComponentResource {
  readonly primaryArn: Output<string>;
  /** ARN of the replica. */
  readonly standbyArn: Output<string>;

  constructor(name: string, args: ReplicatedSecretArgs, opts?: ComponentResourceOptions) {
    super('shop:secrets:ReplicatedSecret', name, {}, opts);
    const child = { parent: this, provider: args.sites.primary.provider };
    const secret = new secretsmanager.Secret(
      name,
      {
        name: `shop/${name}`,
        description: args.description,
        kmsKeyId: args.keys.primaryArn,
        recoveryWindowInDays: 30,
        replicas: [{ region: args.sites.standby.region, kmsKeyId: args.keys.standbyArn }],
        tags: serviceTags(args.service),
      },
      child,
    );
    if (args.value !== undefined) {
      new secretsmanager.SecretVersion(
        name,
        { secretId: secret.id, secretStringWo: args.value, secretStringWoVersion: 1 },
        child,
      );
    }
    this.primaryArn = secret.arn;
    this.standbyArn = arnIn(args.sites.standby.region, secret.arn);
    this.registerOutputs({ primaryArn: this.primaryArn, standbyArn: this.standbyArn });
  }
}
