import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as rds from '@pulumi/aws/rds/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Network } from './network.ts';
import type { Site } from './site.ts';

export interface ReportingDatabaseArgs {
  readonly site: Site;
  readonly network: Network;
  readonly service: ServiceName;
  /** KMS key of the same Region. */
  readonly kmsKeyArn: Input<string>;
  /** True: RDS keeps a standby in another zone and fails over to it by itself. False: one zone, and its loss needs a restore. */
  readonly multiAz: boolean;
  /** Value of the backup tag, by which a backup plan picks the instance. */
  readonly backupTags: Readonly<Record<string, string>>;
}

/** The back office's own PostgreSQL instance, in one Region. RDS makes and keeps the password of its master user. */
export class ReportingDatabase extends ComponentResource {
  readonly endpoint: Output<string>;
  readonly arn: Output<string>;
  readonly masterSecretArn: Output<string>;

  constructor(name: string, args: ReportingDatabaseArgs, opts?: ComponentResourceOptions) {
    super('shop:database:ReportingDatabase', name, {}, opts);
    const tags = serviceTags(args.service);
    const child = { parent: this, provider: args.site.provider };
    const subnets = new rds.SubnetGroup(name, { subnetIds: args.network.privateSubnetIds, tags }, child);
    const firewall = new ec2.SecurityGroup(
      `${name}-database`,
      {
        vpcId: args.network.vpcId,
        description: 'PostgreSQL from inside the VPC',
        ingress: [{ protocol: 'tcp', fromPort: 5432, toPort: 5432, cidrBlocks: [args.network.cidr] }],
        tags,
      },
      child,
    );
    const instance = new rds.Instance(
      name,
      {
        identifier: `shop-${name}`,
        engine: 'postgres',
        engineVersion: '16.6',
        instanceClass: 'db.m7g.large',
        allocatedStorage: 100,
        storageType: 'gp3',
        dbName: 'reporting',
        username: 'reporting',
        manageMasterUserPassword: true,
        multiAz: args.multiAz,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [firewall.id],
        storageEncrypted: true,
        kmsKeyId: args.kmsKeyArn,
        backupRetentionPeriod: 7,
        copyTagsToSnapshot: true,
        deletionProtection: true,
        deleteAutomatedBackups: false,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `shop-${name}-final`,
        tags: { ...tags, ...args.backupTags },
      },
      { ...child, protect: true },
    );
    this.endpoint = instance.endpoint;
    this.arn = instance.arn;
    const masterSecret = instance.masterUserSecrets[0];
    if (masterSecret === undefined) throw new Error('RDS named no secret for the master user');
    this.masterSecretArn = masterSecret.secretArn;
    this.registerOutputs({ endpoint: this.endpoint, arn: this.arn });
  }
}
