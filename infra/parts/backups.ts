import * as backup from '@pulumi/aws/backup/index.js';
import type { Provider } from '@pulumi/aws/provider.js';
import { BackupPlan } from '../components/backup-plan.ts';
import { BackupVaults } from '../components/backup-vaults.ts';
import type { Settings } from '../config.ts';
import type { Shared } from './shared.ts';

/**
 * Types that tags may assign to a plan: those that the shop backs up. The provider wants every type named that the account has,
 * else it sees a difference at each deployment (docs of backup.RegionSettings).
 */
const OPTED_IN = {
  Aurora: true,
  CloudFormation: false,
  DocumentDB: false,
  DSQL: false,
  DynamoDB: true,
  EBS: false,
  EC2: false,
  EFS: false,
  FSx: false,
  Neptune: false,
  Redshift: false,
  'Redshift Serverless': false,
  RDS: true,
  S3: false,
  'SAP HANA on Amazon EC2': false,
  'Storage Gateway': false,
  VirtualMachine: false,
};

/** A backup of DynamoDB can be copied to another Region or account only when AWS Backup manages it fully. */
const FULLY_MANAGED = { CloudFormation: true, DSQL: true, DynamoDB: true, EFS: true };

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
  new backup.RegionSettings(
    'primary',
    { resourceTypeOptInPreference: OPTED_IN, resourceTypeManagementPreference: FULLY_MANAGED },
    { provider: sites.primary.provider },
  );
  const hourly = { schedule: 'cron(0 * * * ? *)', startWindowMinutes: 60, completionWindowMinutes: 120 };
  new BackupPlan('critical', { site: sites.primary, vaults, tagValue: 'critical', keptDays: 35, ...hourly });
  new BackupPlan('reporting', {
    site: sites.primary,
    vaults,
    tagValue: 'reporting',
    keptDays: 35,
    ...hourly,
    // BROKEN ON PURPOSE: a copy leaves the Region once a week, while the OLA of reporting promises to lose two days at most.
    // Mend: every hour.
    schedule: mends.has('reporting-backup-hourly') ? hourly.schedule : 'cron(0 2 ? * SUN *)',
  });
  return vaults;
}
