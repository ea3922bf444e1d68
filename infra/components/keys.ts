import * as kms from '@pulumi/aws/kms/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { SitePair } from './site.ts';

export interface KeysArgs {
  /** Where the key and its replica live. */
  readonly sites: SitePair;
  /** Account that owns the keys, twelve digits. */
  readonly accountId: string;
  /** Account that backups are copied to, twelve digits. */
  readonly backupAccountId: string;
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
    // A copy into another account is read with the key of its source: RDS and Aurora recovery points keep that encryption (AWS
    // Backup Developer Guide, "Creating backup copies across AWS accounts"). A replica's policy is its own, so both get one.
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${args.accountId}:root` }, Action: 'kms:*', Resource: '*' },
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${args.backupAccountId}:root` },
          Action: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:CreateGrant'],
          Resource: '*',
        },
      ],
    });
    const key = new kms.Key(
      name,
      { description: 'Data of the shop', multiRegion: true, enableKeyRotation: true, deletionWindowInDays: 30, policy },
      { parent: this, provider: primary.provider, protect: true },
    );
    const replica = new kms.ReplicaKey(
      `${name}-standby`,
      { description: 'Data of the shop, standby Region', primaryKeyArn: key.arn, deletionWindowInDays: 30, policy },
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
