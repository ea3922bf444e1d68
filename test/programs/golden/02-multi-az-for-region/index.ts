import * as rds from '@pulumi/aws/rds/index.js';
import { twoRegions } from '../common/dns.ts';
import { primaryPlace, standbyPlace } from '../common/place.ts';
import { mended } from '../common/setting.ts';
import { web } from '../common/web.ts';

const primary = primaryPlace();
const standby = standbyPlace();
const { provider } = primary;
const settings = { instanceClass: 'db.m6g.large', storageEncrypted: true, deletionProtection: true };
const database = new rds.Instance(
  'orders',
  {
    ...settings,
    engine: 'postgres',
    engineVersion: '16.6',
    allocatedStorage: 100,
    dbSubnetGroupName: new rds.SubnetGroup('orders', { subnetIds: [...primary.subnetIds] }, { provider }).name,
    finalSnapshotIdentifier: 'orders-final',
    backupRetentionPeriod: 7,
    // The point: the standby is in another AZ of the same Region.
    multiAz: true,
  },
  { provider },
);
if (mended) {
  // Something in the other Region at last; a person must still promote it.
  new rds.Instance(
    'orders-replica',
    {
      ...settings,
      replicateSourceDb: database.arn,
      dbSubnetGroupName: new rds.SubnetGroup('replica', { subnetIds: [...standby.subnetIds] }, { provider: standby.provider })
        .name,
      finalSnapshotIdentifier: 'orders-replica-final',
    },
    { provider: standby.provider },
  );
}
const calls = { DATABASE_HOST: database.address };
twoRegions(primary, web('primary', primary, { calls }), web('standby', standby, { calls }));
