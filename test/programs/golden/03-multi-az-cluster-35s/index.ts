import * as rds from '@pulumi/aws/rds/index.js';
import { oneRegion } from '../common/dns.ts';
import { primaryPlace } from '../common/place.ts';
import { web } from '../common/web.ts';

const place = primaryPlace();
const { provider } = place;
const database = new rds.Cluster(
  'orders',
  {
    engine: 'postgres',
    engineVersion: '16.6',
    // The point: two readable standbys, of which RDS promotes one "typically in under 35 seconds".
    dbClusterInstanceClass: 'db.m6gd.large',
    storageType: 'io1',
    allocatedStorage: 100,
    iops: 1000,
    dbSubnetGroupName: new rds.SubnetGroup('orders', { subnetIds: [...place.subnetIds] }, { provider }).name,
    storageEncrypted: true,
    deletionProtection: true,
    finalSnapshotIdentifier: 'orders-final',
    deleteAutomatedBackups: false,
    backupRetentionPeriod: 7,
  },
  { provider, protect: true },
);
oneRegion(place, web('shop', place, { calls: { DATABASE_HOST: database.endpoint } }));
