import * as dynamodb from '@pulumi/aws/dynamodb/index.js';
import * as ec2 from '@pulumi/aws/ec2/index.js';
import { Provider } from '@pulumi/aws/provider.js';
import * as rds from '@pulumi/aws/rds/index.js';
import { Config, type Input } from '@pulumi/pulumi';

// The point: `replicateSourceDb` is what the program says and what a promotion takes away. Left to the program, the next
// update replaces the database that has just taken over.
const wellMade = new Config().getBoolean('wellMade') ?? false;

function subnetsIn(name: string, provider: Provider, zones: readonly string[], net: number): rds.SubnetGroup {
  const vpc = new ec2.Vpc(name, { cidrBlock: `10.${net}.0.0/16` }, { provider });
  const subnets = zones.map(
    (availabilityZone, i) =>
      new ec2.Subnet(`${name}-${i}`, { vpcId: vpc.id, availabilityZone, cidrBlock: `10.${net}.${i}.0/24` }, { provider }),
  );
  return new rds.SubnetGroup(name, { subnetIds: subnets.map((s) => s.id) }, { provider });
}

const ireland = new Provider('ireland', { region: 'eu-west-1' });
const frankfurt = new Provider('frankfurt', { region: 'eu-central-1' });
const common = { instanceClass: 'db.m6g.large', multiAz: true, backupRetentionPeriod: 7 };

const primary = new rds.Instance(
  'orders',
  {
    ...common,
    identifier: 'orders',
    deletionProtection: true,
    engine: 'postgres',
    engineVersion: '16.6',
    allocatedStorage: 100,
    username: 'shop',
    passwordWo: 'set-by-hand',
    passwordWoVersion: 1,
    dbSubnetGroupName: subnetsIn('ireland', ireland, ['eu-west-1a', 'eu-west-1b'], 1).name,
    finalSnapshotIdentifier: 'orders-final',
  },
  { provider: ireland, protect: true },
);
const replica = new rds.Instance(
  'orders-replica',
  {
    ...common,
    identifier: 'orders-replica',
    replicateSourceDb: primary.arn,
    dbSubnetGroupName: subnetsIn('frankfurt', frankfurt, ['eu-central-1a', 'eu-central-1b'], 2).name,
    finalSnapshotIdentifier: 'orders-replica-final',
  },
  { provider: frankfurt, protect: true, ignoreChanges: wellMade ? ['replicateSourceDb'] : [] },
);

// What is made from who serves now moves with every failover: a table is replaced, one is deleted and another is made.
const serving = rds
  .getInstanceOutput({ dbInstanceIdentifier: replica.identifier }, { provider: frankfurt })
  .replicateSourceDb.apply((source) => (source ? 'ireland' : 'frankfurt'));
const table = (logical: string, name: Input<string>) =>
  new dynamodb.Table(
    logical,
    { name, hashKey: 'id', attributes: [{ name: 'id', type: 'S' }], billingMode: 'PAY_PER_REQUEST' },
    { provider: frankfurt },
  );
if (wellMade) {
  table('carts', 'carts');
  for (const side of ['ireland', 'frankfurt']) table(`ledger-${side}`, `ledger-${side}`);
} else {
  table(
    'carts',
    serving.apply((side) => `carts-${side}`),
  );
  serving.apply((side) => table(`ledger-${side}`, `ledger-${side}`));
}
