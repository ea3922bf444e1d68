import * as rds from '@pulumi/aws/rds/index.js';
import { twoRegions } from '../common/dns.ts';
import { primaryPlace, standbyPlace } from '../common/place.ts';
import { mended } from '../common/setting.ts';
import { web } from '../common/web.ts';

const primary = primaryPlace();
const standby = standbyPlace();
const { provider } = primary;
const settings = {
  instanceClass: 'db.m6g.large',
  storageEncrypted: true,
  deletionProtection: true,
  deleteAutomatedBackups: false,
  backupRetentionPeriod: 7,
};
const database = new rds.Instance(
  'orders',
  {
    ...settings,
    engine: 'postgres',
    engineVersion: '16.6',
    allocatedStorage: 100,
    dbSubnetGroupName: new rds.SubnetGroup('orders', { subnetIds: [...primary.subnetIds] }, { provider }).name,
    finalSnapshotIdentifier: 'orders-final',
    // The point: the standby is in another AZ of the same Region.
    multiAz: true,
  },
  { provider, protect: true },
);
// Mended there is something in the other Region at last; a person must still promote it.
const replica = () =>
  new rds.Instance(
    'orders-replica',
    {
      ...settings,
      replicateSourceDb: database.arn,
      dbSubnetGroupName: new rds.SubnetGroup('replica', { subnetIds: [...standby.subnetIds] }, { provider: standby.provider })
        .name,
      finalSnapshotIdentifier: 'orders-replica-final',
    },
    { provider: standby.provider, protect: true },
  );
twoRegions(
  primary,
  web('primary', primary, { calls: { DATABASE_HOST: database.address } }),
  web('standby', standby, mended ? { calls: { DATABASE_HOST: replica().address } } : {}),
);
