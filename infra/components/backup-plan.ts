import * as backup from '@pulumi/aws/backup/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { BACKUP_TAG } from '../plan/services.ts';
import type { BackupVaults } from './backup-vaults.ts';
import type { Site } from './site.ts';

export interface BackupPlanArgs {
  readonly site: Site;
  readonly vaults: BackupVaults;
  /** The plan takes every resource whose `backup` tag has this value. */
  readonly tagValue: string;
  /** When a job starts: an AWS cron expression, in UTC. */
  readonly schedule: string;
  /** Minutes within which a job must start; at least 60. */
  readonly startWindowMinutes: number;
  /** Minutes within which it must be done, from the schedule. */
  readonly completionWindowMinutes: number;
  /** Days that a recovery point and its copies are kept. */
  readonly keptDays: number;
}

/** A backup plan that picks resources by tag and copies each recovery point to the standby Region and to the other account. */
export class BackupPlan extends ComponentResource {
  readonly planId: Output<string>;

  constructor(name: string, args: BackupPlanArgs, opts?: ComponentResourceOptions) {
    super('shop:backup:BackupPlan', name, {}, opts);
    const child = { parent: this, provider: args.site.provider };
    const lifecycle = { deleteAfter: args.keptDays };
    const plan = new backup.Plan(
      name,
      {
        name: `shop-${name}`,
        rules: [
          {
            ruleName: 'copied-out',
            targetVaultName: args.vaults.primaryName,
            schedule: args.schedule,
            startWindow: args.startWindowMinutes,
            completionWindow: args.completionWindowMinutes,
            lifecycle,
            copyActions: [
              { destinationVaultArn: args.vaults.standbyArn, lifecycle },
              { destinationVaultArn: args.vaults.accountArn, lifecycle },
            ],
          },
        ],
      },
      child,
    );
    new backup.Selection(
      name,
      {
        name: `shop-${name}`,
        planId: plan.id,
        iamRoleArn: args.vaults.roleArn,
        selectionTags: [{ type: 'STRINGEQUALS', key: BACKUP_TAG, value: args.tagValue }],
      },
      child,
    );
    this.planId = plan.id;
    this.registerOutputs({ planId: this.planId });
  }
}
