import * as backup from '@pulumi/aws/backup/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import * as kms from '@pulumi/aws/kms/index.js';
import type { Provider } from '@pulumi/aws/provider.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import type { Keys } from './keys.ts';
import type { SitePair } from './site.ts';

/** Days after which a compliance-mode lock can no longer be taken off: at least 3 (AWS Backup Developer Guide, "Vault Lock"). */
const GRACE_DAYS = 3;

export interface BackupVaultsArgs {
  readonly sites: SitePair;
  readonly keys: Keys;
  /** Account of the shop, twelve digits: the one that may copy into the vault of the other account. */
  readonly accountId: string;
  /** Provider of the backup account, in the standby Region. */
  readonly backupAccount: Provider;
  /** No recovery point can be deleted before this many days. */
  readonly leastDays: number;
  /** No recovery point is kept for longer. */
  readonly mostDays: number;
}

/** Three locked vaults: where backups are taken, in the standby Region, and in an account that the shop cannot administer. */
export class BackupVaults extends ComponentResource {
  readonly primaryName: Output<string>;
  readonly standbyArn: Output<string>;
  readonly accountArn: Output<string>;
  /** Role that AWS Backup acts as. */
  readonly roleArn: Output<string>;

  constructor(name: string, args: BackupVaultsArgs, opts?: ComponentResourceOptions) {
    super('shop:backup:BackupVaults', name, {}, opts);
    const { primary, standby } = args.sites;
    const vault = (suffix: string, provider: Provider, kmsKeyArn: Input<string>) => {
      const child = { parent: this, provider };
      const made = new backup.Vault(`${name}-${suffix}`, { name: `shop-${suffix}`, kmsKeyArn }, { ...child, protect: true });
      new backup.VaultLockConfiguration(
        `${name}-${suffix}`,
        {
          backupVaultName: made.name,
          minRetentionDays: args.leastDays,
          maxRetentionDays: args.mostDays,
          changeableForDays: GRACE_DAYS,
        },
        child,
      );
      return made;
    };
    const otherAccount = { parent: this, provider: args.backupAccount };
    const accountKey = new kms.Key(
      `${name}-account`,
      { description: 'Backups of the shop, held by the backup account', enableKeyRotation: true, deletionWindowInDays: 30 },
      { ...otherAccount, protect: true },
    );
    const inPrimary = vault('primary', primary.provider, args.keys.primaryArn);
    const inStandby = vault('standby', standby.provider, args.keys.standbyArn);
    const inAccount = vault('account', args.backupAccount, accountKey.arn);
    new backup.VaultPolicy(
      `${name}-account`,
      {
        backupVaultName: inAccount.name,
        policy: jsonStringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
              Action: 'backup:CopyIntoBackupVault',
              Resource: '*',
            },
          ],
        }),
      },
      otherAccount,
    );

    const child = { parent: this, provider: primary.provider };
    const role = new iam.Role(
      name,
      { assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 'backup.amazonaws.com' }) },
      child,
    );
    for (const [suffix, policy] of [
      ['backup', 'AWSBackupServiceRolePolicyForBackup'],
      ['restore', 'AWSBackupServiceRolePolicyForRestores'],
    ] as const) {
      new iam.RolePolicyAttachment(
        `${name}-${suffix}`,
        { role: role.name, policyArn: `arn:aws:iam::aws:policy/service-role/${policy}` },
        child,
      );
    }
    this.primaryName = inPrimary.name;
    this.standbyArn = inStandby.arn;
    this.accountArn = inAccount.arn;
    this.roleArn = role.arn;
    this.registerOutputs({ standbyArn: this.standbyArn, accountArn: this.accountArn });
  }
}
