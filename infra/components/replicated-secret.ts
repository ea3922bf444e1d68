import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { withRegion } from '../plan/naming.ts';
import { type ServiceName, serviceTags } from '../plan/services.ts';
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
  readonly arn: Output<string>;

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
    this.arn = secret.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** ARN of the replica in another Region: that of the secret with the Region exchanged. */
  arnIn(region: string): Output<string> {
    return interpolate`${this.arn}`.apply((arn) => withRegion(arn, region));
  }
}
