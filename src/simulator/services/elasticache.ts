/** Simulated Amazon ElastiCache. */
import type { SimulatedService } from '../service.ts';
import { clusterOperations } from './elasticache-clusters.ts';
import { datastoreOperations } from './elasticache-datastores.ts';
import { cacheDeployers } from './elasticache-deploy.ts';
import { groupOperations } from './elasticache-groups.ts';
import { onFault } from './elasticache-health.ts';
import { serverlessOperations } from './elasticache-serverless.ts';
import { snapshotOperations } from './elasticache-snapshots.ts';
import { subnetGroupOperations } from './elasticache-subnets.ts';
import { tagOperations } from './elasticache-tags.ts';

export const elasticache: SimulatedService = {
  client: 'elasticache',
  prefix: 'elasticache',
  operations: {
    ...groupOperations,
    ...clusterOperations,
    ...serverlessOperations,
    ...tagOperations,
    ...datastoreOperations,
    ...snapshotOperations,
    ...subnetGroupOperations,
  },
  begin: (world) => world.onFault(onFault),
  deployers: cacheDeployers,
};
