import * as dynamodb from '@pulumi/aws/dynamodb/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import { arnIn } from './arn-in.ts';
import type { Keys } from './keys.ts';
import type { SitePair } from './site.ts';

export interface GlobalTableArgs {
  readonly sites: SitePair;
  readonly keys: Keys;
  /** Service that owns the data. */
  readonly service: ServiceName;
  /** Partition key, a string attribute. */
  readonly hashKey: string;
  /** Sort key, a string attribute. */
  readonly rangeKey?: string;
  /** Attribute that holds the time after which DynamoDB may delete an item. */
  readonly expiresAt?: string;
  /** Days that point-in-time recovery reaches back, 1 to 35. */
  readonly recoveryDays: number;
  /** Value of the backup tag, by which a backup plan picks the table; empty for a table that no plan takes. */
  readonly backupTags: Readonly<Record<string, string>>;
}

/** A DynamoDB global table with a replica in the standby Region, and point-in-time recovery on both. */
export class GlobalTable extends ComponentResource {
  readonly tableName: Output<string>;
  readonly primaryArn: Output<string>;
  /** ARN of the replica. */
  readonly standbyArn: Output<string>;

  constructor(name: string, args: GlobalTableArgs, opts?: ComponentResourceOptions) {
    super('shop:table:GlobalTable', name, {}, opts);
    const keys = args.rangeKey === undefined ? [args.hashKey] : [args.hashKey, args.rangeKey];
    const table = new dynamodb.Table(
      name,
      {
        name: `shop-${name}`,
        billingMode: 'PAY_PER_REQUEST',
        hashKey: args.hashKey,
        ...(args.rangeKey === undefined ? {} : { rangeKey: args.rangeKey }),
        attributes: keys.map((key) => ({ name: key, type: 'S' })),
        ...(args.expiresAt === undefined ? {} : { ttl: { attributeName: args.expiresAt, enabled: true } }),
        // Replication between Regions reads the stream.
        streamEnabled: true,
        streamViewType: 'NEW_AND_OLD_IMAGES',
        serverSideEncryption: { enabled: true, kmsKeyArn: args.keys.primaryArn },
        pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: args.recoveryDays },
        deletionProtectionEnabled: true,
        replicas: [
          {
            regionName: args.sites.standby.region,
            kmsKeyArn: args.keys.standbyArn,
            pointInTimeRecovery: true,
            deletionProtectionEnabled: true,
            propagateTags: true,
          },
        ],
        tags: { ...serviceTags(args.service), ...args.backupTags },
      },
      { parent: this, provider: args.sites.primary.provider, protect: true },
    );
    this.tableName = table.name;
    this.primaryArn = table.arn;
    this.standbyArn = arnIn(args.sites.standby.region, table.arn);
    this.registerOutputs({ tableName: this.tableName, primaryArn: this.primaryArn, standbyArn: this.standbyArn });
  }
}
