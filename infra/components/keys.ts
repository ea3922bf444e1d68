import * as kms from '@pulumi/aws/kms/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { SitePair } from './site.ts';

export interface KeysArgs {
  /** Where the key and its replica live. */
  readonly sites: SitePair;
}

/**
 * One multi-Region KMS key and its replica. Every resource uses the key of its own Region: an ARN of the primary in the standby
 * would make the standby unreadable exactly when it is needed.
 */
export class Keys extends ComponentResource {
  readonly primaryArn: Output<string>;
  readonly standbyArn: Output<string>;

  constructor(name: string, args: KeysArgs, opts?: ComponentResourceOptions) {
    super('shop:keys:Keys', name, {}, opts);
    const { primary, standby } = args.sites;
    const key = new kms.Key(
      name,
      { description: 'Data of the shop', multiRegion: true, enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, provider: primary.provider, protect: true },
    );
    const replica = new kms.ReplicaKey(
      `${name}-standby`,
      { description: 'Data of the shop, standby Region', primaryKeyArn: key.arn, deletionWindowInDays: 30 },
      { parent: this, provider: standby.provider, protect: true },
    );
    new kms.Alias(name, { name: 'alias/shop', targetKeyId: key.keyId }, { parent: this, provider: primary.provider });
    new kms.Alias(
      `${name}-standby`,
      { name: 'alias/shop', targetKeyId: replica.keyId },
      { parent: this, provider: standby.provider },
    );
    this.primaryArn = key.arn;
    this.standbyArn = replica.arn;
    this.registerOutputs({ primaryArn: this.primaryArn, standbyArn: this.standbyArn });
  }
}
