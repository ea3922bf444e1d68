import * as backup from '@pulumi/aws/backup/index.js';
import * as dynamodb from '@pulumi/aws/dynamodb/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import { oneRegion } from '../common/dns.ts';
import { primaryPlace } from '../common/place.ts';
import { mended } from '../common/setting.ts';
import { web } from '../common/web.ts';

const place = primaryPlace();
const { provider } = place;
const table = new dynamodb.Table(
  'orders',
  {
    attributes: [{ name: 'id', type: 'S' }],
    hashKey: 'id',
    billingMode: 'PAY_PER_REQUEST',
    deletionProtectionEnabled: true,
    pointInTimeRecovery: { enabled: mended },
  },
  { provider, protect: true },
);
const vault = new backup.Vault('orders', {}, { provider, protect: true });
new backup.VaultLockConfiguration('orders', { backupVaultName: vault.name, minRetentionDays: 7 }, { provider });
const role = new iam.Role(
  'backup',
  {
    assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: 'backup.amazonaws.com' }),
    managedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup'],
  },
  { provider },
);
const plan = new backup.Plan(
  'orders',
  {
    rules: [
      {
        ruleName: 'hourly',
        targetVaultName: vault.name,
        // The point: up to an hour passes between backups, and more until one is finished.
        schedule: 'cron(0 * * * ? *)',
        startWindow: 60,
        completionWindow: 120,
        lifecycle: { deleteAfter: 35 },
      },
    ],
  },
  { provider },
);
new backup.Selection('orders', { planId: plan.id, iamRoleArn: role.arn, resources: [table.arn] }, { provider });
oneRegion(place, web('shop', place, { calls: { ORDERS: table.name } }));
