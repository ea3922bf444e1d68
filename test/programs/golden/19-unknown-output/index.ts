import * as rds from '@pulumi/aws/rds/index.js';
import { StackReference } from '@pulumi/pulumi';
import { oneRegion } from '../common/dns.ts';
import { primaryPlace } from '../common/place.ts';
import { mended } from '../common/setting.ts';
import { web } from '../common/web.ts';

const place = primaryPlace();
const { provider } = place;
const platform = new StackReference('example/platform/prod');
const database = new rds.Instance(
  'orders',
  {
    engine: 'postgres',
    engineVersion: '16.6',
    instanceClass: 'db.m6g.large',
    allocatedStorage: 100,
    dbSubnetGroupName: new rds.SubnetGroup('orders', { subnetIds: [...place.subnetIds] }, { provider }).name,
    storageEncrypted: true,
    deletionProtection: true,
    finalSnapshotIdentifier: 'orders-final',
    deleteAutomatedBackups: false,
    backupRetentionPeriod: 7,
    // The point: another stack decides, and nobody asks it during a preview.
    multiAz: mended ? true : platform.requireOutput('databaseMultiAz').apply((value) => value === true),
  },
  { provider, protect: true },
);
oneRegion(place, web('shop', place, { calls: { DATABASE_HOST: database.address } }));
