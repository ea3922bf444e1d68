/** Everything that is observed through the API of RDS, which also serves DocumentDB and Neptune. */
import { rdsClusters } from './rds-clusters.ts';
import { rdsClusterParameterGroups, rdsParameterGroups, rdsSubnetGroups } from './rds-groups.ts';
import { rdsBackupReplications, rdsInstances } from './rds-instances.ts';
import { rdsProxies, rdsProxyEndpoints } from './rds-proxies.ts';
import type { Scan } from './scan.ts';

export const rdsScans: readonly Scan[] = [
  rdsInstances,
  rdsClusters,
  rdsSubnetGroups,
  rdsParameterGroups,
  rdsClusterParameterGroups,
  rdsBackupReplications,
  rdsProxies,
  rdsProxyEndpoints,
];
