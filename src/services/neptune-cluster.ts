/** Neptune clusters. Failover within the Region is modelled; of global databases AWS publishes no figures. */
import { volumeService } from './volume-service.ts';

export const neptuneCluster = volumeService({
  id: 'neptune-cluster',
  title: 'Neptune cluster',
  prefix: 'neptune',
  name: 'Neptune',
  type: 'aws:neptune/cluster:Cluster',
  instanceType: 'aws:neptune/clusterInstance:ClusterInstance',
  globalType: 'aws:neptune/globalCluster:GlobalCluster',
  subnetGroup: { type: 'aws:neptune/subnetGroup:SubnetGroup', path: 'neptuneSubnetGroupName' },
  keyPath: 'kmsKeyArn',
  failoverRow: 'neptune-failover',
  globalAction: undefined,
});
