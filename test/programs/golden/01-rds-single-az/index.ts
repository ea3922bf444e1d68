import * as rds from '@pulumi/aws/rds/index.js';
import { oneRegion } from '../common/dns.ts';
import { primaryPlace } from '../common/place.ts';
import { mended, variant } from '../common/setting.ts';
import { web } from '../common/web.ts';

const place = primaryPlace();
const { provider } = place;
const subnets = new rds.SubnetGroup('orders', { subnetIds: [...place.subnetIds] }, { provider });
const database = new rds.Instance(
  'orders',
  {
    engine: 'postgres',
    engineVersion: '16.6',
    instanceClass: 'db.m6g.large',
    allocatedStorage: 100,
    dbSubnetGroupName: subnets.name,
    storageEncrypted: true,
    deletionProtection: true,
    finalSnapshotIdentifier: 'orders-final',
    deleteAutomatedBackups: false,
    // The point: one primary in one AZ. The variant keeps backups, which a person can restore.
    multiAz: mended,
    ...(variant === 'backups' ? { backupRetentionPeriod: 7 } : {}),
  },
  { provider, protect: true },
);
oneRegion(place, web('shop', place, { calls: { DATABASE_HOST: database.address } }));
