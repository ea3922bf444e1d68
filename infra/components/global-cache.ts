import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as elasticache from '@pulumi/aws/elasticache/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { Site, SitePair } from './site.ts';

export interface GlobalCacheArgs {
  readonly sites: SitePair;
  readonly networks: { readonly primary: Network; readonly standby: Network };
  readonly keys: Keys;
  readonly service: ServiceName;
  /** Node type; a global datastore needs the M or R family, generation 5 or later. */
  readonly nodeType: string;
  /**
   * True: ElastiCache keeps the primary and its replica in the serving Region in different zones. False: they may share one,
   * which is then lost with both.
   */
  readonly primaryMultiAz: boolean;
}

/**
 * A Valkey replication group with one replica, replicated to the standby Region by a global datastore. Inside a
 * Region ElastiCache fails over by itself; across Regions somebody, or something, has to promote the secondary.
 */
export class GlobalCache extends ComponentResource {
  readonly globalDatastoreId: Output<string>;
  readonly primaryGroupId: Output<string>;
  readonly standbyGroupId: Output<string>;
  readonly primaryEndpoint: Output<string>;
  readonly standbyEndpoint: Output<string>;

  constructor(name: string, args: GlobalCacheArgs, opts?: ComponentResourceOptions) {
    super('shop:cache:GlobalCache', name, {}, opts);
    const tags = serviceTags(args.service);
    const { primary, standby } = args.sites;
    const shared = {
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      tags,
    };
    const placed = (site: Site, network: Network, suffix: string) => {
      const child = { parent: this, provider: site.provider };
      const subnets = new elasticache.SubnetGroup(`${name}-${suffix}`, { subnetIds: network.privateSubnetIds, tags }, child);
      const firewall = new ec2.SecurityGroup(
        `${name}-${suffix}`,
        {
          vpcId: network.vpcId,
          description: 'Valkey from inside the VPC',
          ingress: [{ protocol: 'tcp', fromPort: 6379, toPort: 6379, cidrBlocks: [network.cidr] }],
          tags,
        },
        child,
      );
      return {
        replicationGroupId: `shop-${name}-${suffix}`,
        subnetGroupName: subnets.name,
        securityGroupIds: [firewall.id],
      };
    };

    const primaryGroup = new elasticache.ReplicationGroup(
      `${name}-primary`,
      {
        ...shared,
        ...placed(primary, args.networks.primary, 'primary'),
        description: 'Catalogue cache, primary Region',
        engine: 'valkey',
        engineVersion: '8.0',
        nodeType: args.nodeType,
        kmsKeyId: args.keys.primaryArn,
        snapshotRetentionLimit: 1,
        multiAzEnabled: args.primaryMultiAz,
      },
      { parent: this, provider: primary.provider },
    );
    const global = new elasticache.GlobalReplicationGroup(
      name,
      { globalReplicationGroupIdSuffix: `shop-${name}`, primaryReplicationGroupId: primaryGroup.id },
      // After a failover it has another primary; an update would replace the datastore to put the first one back.
      { parent: this, provider: primary.provider, ignoreChanges: ['primaryReplicationGroupId'] },
    );
    // Engine, version and node type of a secondary come from the global datastore.
    const standbyGroup = new elasticache.ReplicationGroup(
      `${name}-standby`,
      {
        ...shared,
        ...placed(standby, args.networks.standby, 'standby'),
        description: 'Catalogue cache, standby Region',
        globalReplicationGroupId: global.globalReplicationGroupId,
        kmsKeyId: args.keys.standbyArn,
        multiAzEnabled: true,
      },
      { parent: this, provider: standby.provider },
    );

    this.globalDatastoreId = global.globalReplicationGroupId;
    this.primaryGroupId = primaryGroup.id;
    this.standbyGroupId = standbyGroup.id;
    this.primaryEndpoint = primaryGroup.primaryEndpointAddress;
    this.standbyEndpoint = standbyGroup.primaryEndpointAddress;
    this.registerOutputs({
      globalDatastoreId: this.globalDatastoreId,
      primaryEndpoint: this.primaryEndpoint,
      standbyEndpoint: this.standbyEndpoint,
    });
  }
}
