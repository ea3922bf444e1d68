import type { Provider } from '@pulumi/aws/provider.js';
import { BackupPlan } from '../components/backup-plan.ts';
import { BackupVaults } from '../components/backup-vaults.ts';
import type { Settings } from '../config.ts';
import type { Shared } from './shared.ts';

/** Backups, with a copy in the standby Region and one in another account. Resources join a plan by their tag. */
export function makeBackups({ accountId, mends }: Settings, { sites, keys }: Shared, backupAccount: Provider): BackupVaults {
  const vaults = new BackupVaults('vaults', {
    sites,
    keys,
    accountId,
    backupAccount,
    leastDays: 7,
    mostDays: 400,
  });
  const hourly = { schedule: 'cron(0 * * * ? *)', startWindowMinutes: 60, completionWindowMinutes: 120 };
  new BackupPlan('critical', { site: sites.primary, vaults, tagValue: 'critical', keptDays: 35, ...hourly });
  new BackupPlan('reporting', {
    site: sites.primary,
    vaults,
    tagValue: 'reporting',
    keptDays: 35,
    ...hourly,
    // BROKEN ON PURPOSE: a copy leaves the Region once a day, while the OLA of reporting promises to lose eight hours at most.
    // Mend: every hour.
    schedule: mends.has('reporting-backup-hourly') ? hourly.schedule : 'cron(0 2 * * ? *)',
  });
  return vaults;
}
