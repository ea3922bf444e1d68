import * as rds from '@pulumi/aws/rds/index.js';
import type { Place } from './place.ts';

/** An Aurora cluster with one instance in each of the AZs named by their letters, of which one may be named more than once. */
export function aurora(place: Place, letters: readonly string[]): rds.Cluster {
  const { provider } = place;
  const engine = { engine: 'aurora-postgresql', engineVersion: '16.6' } as const;
  const subnets = new rds.SubnetGroup('orders', { subnetIds: [...place.subnetIds] }, { provider });
  const cluster = new rds.Cluster(
    'orders',
    {
      ...engine,
      dbSubnetGroupName: subnets.name,
      storageEncrypted: true,
      deletionProtection: true,
      finalSnapshotIdentifier: 'orders-final',
      deleteAutomatedBackups: false,
      backupRetentionPeriod: 7,
      masterUsername: 'shop',
      manageMasterUserPassword: true,
    },
    { provider, protect: true },
  );
  letters.forEach((letter, i) => {
    new rds.ClusterInstance(
      `orders-${i}`,
      {
        ...engine,
        clusterIdentifier: cluster.id,
        instanceClass: 'db.r6g.large',
        availabilityZone: place.region + letter,
        dbSubnetGroupName: subnets.name,
      },
      { provider },
    );
  });
  return cluster;
}
