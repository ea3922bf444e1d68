import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as rds from '@pulumi/aws/rds/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { Site, SitePair } from './site.ts';

const ENGINE = 'aurora-postgresql';
const ENGINE_VERSION = '16.6';
const PARAMETER_FAMILY = 'aurora-postgresql16';

export interface GlobalDatabaseArgs {
  readonly sites: SitePair;
  readonly networks: { readonly primary: Network; readonly standby: Network };
  readonly keys: Keys;
  /** Service that owns the data. */
  readonly service: ServiceName;
  /** Name of the first database. */
  readonly databaseName: string;
  /**
   * Password of the master user. Write-only: it never enters Pulumi's state. RDS cannot manage it, as a cluster in a global
   * database excludes that (Aurora User Guide, "Password management with Amazon Aurora and AWS Secrets Manager", limitations).
   */
  readonly password: Input<string>;
  /** Class of every instance, the standby's too: a smaller one would not carry the load after a failover. */
  readonly instanceClass: string;
  /**
   * Longest replication lag, in seconds, before Aurora holds commits back in the primary: `rds.global_db_rpo`, at least 20
   * (Aurora User Guide, "Managing RPOs for Aurora PostgreSQL-based global databases").
   */
  readonly longestLagSeconds: number;
  /** Value of the backup tag, by which a backup plan picks the clusters. */
  readonly backupTags: Readonly<Record<string, string>>;
}

/**
 * An Aurora PostgreSQL global database: writer and reader in different zones of the primary Region, and a secondary cluster
 * of as many instances in the standby, so that a zone may also be lost after a failover. Losing an instance or a zone is
 * Aurora's business; failing over to the other Region is not, and needs the Region switch plan.
 */
export class GlobalDatabase extends ComponentResource {
  readonly globalClusterId: Output<string>;
  readonly primaryClusterArn: Output<string>;
  readonly standbyClusterArn: Output<string>;
  readonly primaryEndpoint: Output<string>;
  readonly standbyEndpoint: Output<string>;
  readonly standbyClusterId: Output<string>;

  constructor(name: string, args: GlobalDatabaseArgs, opts?: ComponentResourceOptions) {
    super('shop:database:GlobalDatabase', name, {}, opts);
    const tags = serviceTags(args.service);
    const { primary, standby } = args.sites;

    const global = new rds.GlobalCluster(
      name,
      {
        globalClusterIdentifier: `shop-${name}`,
        engine: ENGINE,
        engineVersion: ENGINE_VERSION,
        databaseName: args.databaseName,
        storageEncrypted: true,
        deletionProtection: true,
        tags,
      },
      { parent: this, provider: primary.provider, protect: true },
    );

    const settings = (site: Site, network: Network, suffix: string) => {
      const child = { parent: this, provider: site.provider };
      const subnets = new rds.SubnetGroup(`${name}-${suffix}`, { subnetIds: network.privateSubnetIds, tags }, child);
      const firewall = new ec2.SecurityGroup(
        `${name}-${suffix}`,
        {
          vpcId: network.vpcId,
          description: 'PostgreSQL from inside the VPC',
          ingress: [{ protocol: 'tcp', fromPort: 5432, toPort: 5432, cidrBlocks: [network.cidr] }],
          tags,
        },
        child,
      );
      const parameters = new rds.ClusterParameterGroup(
        `${name}-${suffix}`,
        { family: PARAMETER_FAMILY, parameters: [{ name: 'rds.global_db_rpo', value: String(args.longestLagSeconds) }], tags },
        child,
      );
      return {
        clusterIdentifier: `shop-${name}-${suffix}`,
        engine: ENGINE,
        engineVersion: ENGINE_VERSION,
        globalClusterIdentifier: global.id,
        dbSubnetGroupName: subnets.name,
        dbClusterParameterGroupName: parameters.name,
        vpcSecurityGroupIds: [firewall.id],
        storageEncrypted: true,
        deletionProtection: true,
        deleteAutomatedBackups: false,
        backupRetentionPeriod: 35,
        copyTagsToSnapshot: true,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `shop-${name}-${suffix}-final`,
        tags: { ...tags, ...args.backupTags },
      };
    };
    // After a failover the clusters have changed places. The program must not take that for drift and turn it back.
    const changedByFailover = ['replicationSourceIdentifier', 'globalClusterIdentifier'];

    const primaryCluster = new rds.Cluster(
      `${name}-primary`,
      {
        ...settings(primary, args.networks.primary, 'primary'),
        databaseName: args.databaseName,
        masterUsername: 'shop',
        masterPasswordWo: args.password,
        masterPasswordWoVersion: 1,
        kmsKeyId: args.keys.primaryArn,
      },
      { parent: this, provider: primary.provider, protect: true, ignoreChanges: changedByFailover },
    );
    const run = (site: Site, suffix: string, cluster: rds.Cluster) =>
      site.zones.slice(0, 2).map(
        (zone, index) =>
          new rds.ClusterInstance(
            `${name}-${suffix}-${index}`,
            {
              identifier: `shop-${name}-${suffix}-${index}`,
              clusterIdentifier: cluster.id,
              engine: ENGINE,
              instanceClass: args.instanceClass,
              availabilityZone: zone,
              promotionTier: index,
              tags,
            },
            { parent: this, provider: site.provider },
          ),
      );
    const instances = run(primary, 'primary', primaryCluster);

    const standbyCluster = new rds.Cluster(
      `${name}-standby`,
      { ...settings(standby, args.networks.standby, 'standby'), kmsKeyId: args.keys.standbyArn },
      // The secondary attaches to a global database that already has a running writer.
      { parent: this, provider: standby.provider, protect: true, ignoreChanges: changedByFailover, dependsOn: instances },
    );
    run(standby, 'standby', standbyCluster);

    this.globalClusterId = global.id;
    this.primaryClusterArn = primaryCluster.arn;
    this.standbyClusterArn = standbyCluster.arn;
    this.primaryEndpoint = primaryCluster.endpoint;
    this.standbyEndpoint = standbyCluster.endpoint;
    this.standbyClusterId = standbyCluster.id;
    this.registerOutputs({
      globalClusterId: this.globalClusterId,
      primaryEndpoint: this.primaryEndpoint,
      standbyEndpoint: this.standbyEndpoint,
    });
  }
}
