/** Simulated Amazon RDS. The same API serves Aurora, DocumentDB and Neptune. */
import type { SimulatedService } from '../service.ts';
import { automatedBackupOperations } from './rds-automated-backups.ts';
import { catalogueOperations } from './rds-catalogue.ts';
import { clusterOperations } from './rds-clusters.ts';
import { clusterDeployers } from './rds-deploy-clusters.ts';
import { groupDeployers } from './rds-deploy-groups.ts';
import { instanceDeployers } from './rds-deploy-instances.ts';
import { globalOperations } from './rds-global.ts';
import { groupOperations } from './rds-groups.ts';
import { onFault } from './rds-health.ts';
import { instanceOperations } from './rds-instances.ts';
import { parameterOperations } from './rds-parameters.ts';
import { proxyOperations } from './rds-proxies.ts';
import { restoreOperations } from './rds-restores.ts';
import { snapshotOperations } from './rds-snapshots.ts';
import { tagOperations } from './rds-tags.ts';

export const rds: SimulatedService = {
  client: 'rds',
  prefix: 'rds',
  operations: {
    ...instanceOperations,
    ...clusterOperations,
    ...globalOperations,
    ...groupOperations,
    ...parameterOperations,
    ...proxyOperations,
    ...snapshotOperations,
    ...automatedBackupOperations,
    ...restoreOperations,
    ...tagOperations,
    ...catalogueOperations,
  },
  begin: (world) => world.onFault(onFault),
  deployers: [...instanceDeployers, ...clusterDeployers, ...groupDeployers],
};
