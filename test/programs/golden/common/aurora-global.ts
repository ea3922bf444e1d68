import * as rds from '@pulumi/aws/rds/index.js';
import type { Output } from '@pulumi/pulumi';
import { twoRegions } from './dns.ts';
import { type Place, primaryPlace, standbyPlace } from './place.ts';
import { web } from './web.ts';

export interface GlobalShop {
  readonly primary: Place;
  readonly standby: Place;
  readonly globalClusterId: Output<string>;
  readonly clusterArns: readonly [primary: Output<string>, standby: Output<string>];
}

/** The shop in two Regions on an Aurora global database, everything ready but the failover of the database. */
export function globalShop(): GlobalShop {
  const primary = primaryPlace();
  const standby = standbyPlace();
  const engine = { engine: 'aurora-postgresql', engineVersion: '16.6' };
  const global = new rds.GlobalCluster(
    'orders',
    { globalClusterIdentifier: 'orders', ...engine, storageEncrypted: true, deletionProtection: true },
    { provider: primary.provider, protect: true },
  );
  const member = (place: Place, after: readonly rds.ClusterInstance[]) => {
    const name = `orders-${place.name}`;
    const { provider } = place;
    const subnets = new rds.SubnetGroup(name, { subnetIds: [...place.subnetIds] }, { provider });
    const cluster = new rds.Cluster(
      name,
      {
        ...engine,
        globalClusterIdentifier: global.id,
        dbSubnetGroupName: subnets.name,
        storageEncrypted: true,
        deletionProtection: true,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `${name}-final`,
        deleteAutomatedBackups: false,
        backupRetentionPeriod: 7,
        ...(place === primary ? { masterUsername: 'shop', masterPasswordWo: 'set-by-hand', masterPasswordWoVersion: 1 } : {}),
      },
      { provider, dependsOn: [...after], protect: true, ignoreChanges: ['replicationSourceIdentifier'] },
    );
    const instances = place.zones.slice(0, 2).map(
      (zone, i) =>
        new rds.ClusterInstance(
          `${name}-${i}`,
          {
            engine: 'aurora-postgresql',
            clusterIdentifier: cluster.id,
            instanceClass: 'db.r6g.large',
            availabilityZone: zone,
            dbSubnetGroupName: subnets.name,
            promotionTier: 1,
          },
          { provider },
        ),
    );
    return { cluster, instances };
  };
  const first = member(primary, []);
  const second = member(standby, first.instances);
  const primaryWeb = web('primary', primary, { calls: { DATABASE_HOST: first.cluster.endpoint } });
  const standbyWeb = web('standby', standby, { calls: { DATABASE_HOST: second.cluster.endpoint } });
  twoRegions(primary, primaryWeb, standbyWeb);
  return { primary, standby, globalClusterId: global.id, clusterArns: [first.cluster.arn, second.cluster.arn] };
}
