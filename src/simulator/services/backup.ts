/** AWS Backup: plans, vaults, recovery points, copies, restores, restore testing. https://docs.aws.amazon.com/aws-backup/latest/devguide/ */
import type { SimulatedService } from '../service.ts';
import { backupDeployers } from './backup-deployers.ts';
import { jobOperations } from './backup-jobs.ts';
import { backupsMeetFaults } from './backup-losses.ts';
import { planOperations } from './backup-plans.ts';
import { restoreOperations } from './backup-restores.ts';
import { testingOperations } from './backup-testing.ts';
import { vaultOperations } from './backup-vaults.ts';

export const backup: SimulatedService = {
  client: 'backup',
  prefix: 'backup',
  operations: { ...planOperations, ...vaultOperations, ...jobOperations, ...restoreOperations, ...testingOperations },
  begin: backupsMeetFaults,
  deployers: backupDeployers,
};
