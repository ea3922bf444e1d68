/** DocumentDB clusters. Failover within the Region is modelled; of global clusters AWS publishes no figures. */
import { volumeService } from './volume-service.ts';

export const docdbCluster = volumeService({
  id: 'docdb-cluster',
  title: 'DocumentDB cluster',
  prefix: 'docdb',
  name: 'DocumentDB',
  type: 'aws:docdb/cluster:Cluster',
  instanceType: 'aws:docdb/clusterInstance:ClusterInstance',
  globalType: 'aws:docdb/globalCluster:GlobalCluster',
  subnetGroup: { type: 'aws:docdb/subnetGroup:SubnetGroup', path: 'dbSubnetGroupName' },
  keyPath: 'kmsKeyId',
  failoverRow: 'docdb-failover',
  globalAction: 'docdb-global-failover',
});
