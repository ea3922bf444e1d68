import * as iam from '@pulumi/aws/iam/index.js';
import * as lambda from '@pulumi/aws/lambda/index.js';
import { asset, ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Site, SitePair } from './site.ts';

export interface CachePromotionArgs {
  readonly sites: SitePair;
  readonly service: ServiceName;
  readonly globalDatastoreId: Input<string>;
  readonly primaryGroupId: Input<string>;
  readonly standbyGroupId: Input<string>;
}

/** Runs in the Region being activated and makes the replication group of that Region the primary of the global datastore. */
const CODE = `import { ElastiCacheClient, FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';

export async function handler() {
  const client = new ElastiCacheClient({});
  await client.send(new FailoverGlobalReplicationGroupCommand({
    GlobalReplicationGroupId: process.env.GLOBAL_DATASTORE_ID,
    PrimaryRegion: process.env.AWS_REGION,
    PrimaryReplicationGroupId: process.env.REPLICATION_GROUP_ID,
  }));
}
`;

/** A function in each Region that promotes the cache there: a step of the Region switch plan, as ARC has none of its own for it. */
export class CachePromotion extends ComponentResource {
  readonly functionArns: readonly Output<string>[];

  constructor(name: string, args: CachePromotionArgs, opts?: ComponentResourceOptions) {
    super('shop:failover:CachePromotion', name, {}, opts);
    const tags = serviceTags(args.service);
    const { primary, standby } = args.sites;
    const child = { parent: this, provider: primary.provider };
    const role = new iam.Role(
      name,
      { assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' }), tags },
      child,
    );
    new iam.RolePolicyAttachment(
      name,
      { role: role.name, policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
      child,
    );
    new iam.RolePolicy(
      name,
      {
        role: role.id,
        policy: jsonStringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'elasticache:FailoverGlobalReplicationGroup', Resource: '*' }],
        }),
      },
      child,
    );
    const promote = (suffix: string, site: Site, group: Input<string>) =>
      new lambda.Function(
        `${name}-${suffix}`,
        {
          name: `shop-${name}`,
          description: 'Promotes the cache of this Region',
          role: role.arn,
          runtime: 'nodejs22.x',
          handler: 'index.handler',
          timeout: 60,
          code: new asset.AssetArchive({ 'index.mjs': new asset.StringAsset(CODE) }),
          environment: { variables: { GLOBAL_DATASTORE_ID: args.globalDatastoreId, REPLICATION_GROUP_ID: group } },
          tags,
        },
        { parent: this, provider: site.provider },
      ).arn;
    this.functionArns = [promote('primary', primary, args.primaryGroupId), promote('standby', standby, args.standbyGroupId)];
    this.registerOutputs({ functionArns: this.functionArns });
  }
}
