/** Small shops in code, one for each kind of drill, with a drill of it: enough for the drill to disrupt something. */
import type { DrillKind } from '../../src/model/drill.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { out, type Spec } from '../services/support-traffic.ts';
import { promising, reading, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';
import { auroraGlobal, BUCKETS, cache, DNS, ENCRYPTED, KEY, MULTI } from './parts.ts';

export interface Shop {
  readonly kind: DrillKind;
  readonly reading: SourceReading;
  /** Promises of the service, as YAML. */
  readonly metrics: string;
  /** Further members of the drill, one YAML line each. */
  readonly drill: readonly string[];
  readonly services?: string;
  /** Milliseconds between the writes of before the drill, where a minute is too short for what must have happened by then. */
  readonly warm?: number;
}

/** `afterCrash` of its drill. */
export function catalogueOf({ kind, metrics, drill, services }: Shop, afterCrash: 'continue' | 'roll-back' = 'continue'): string {
  const lines = [
    `id: the-drill`,
    `kind: ${kind}`,
    `service: shop`,
    `afterCrash: ${afterCrash}`,
    `dwell: 30s`,
    `preconditions: []`,
    ...drill,
  ];
  return promising(metrics, `drills:\n  - ${lines.join('\n    ')}\n`, services);
}

const PAYMENTS: Spec = { type: 'aws:dynamodb/table:Table', name: 'payments', inputs: { name: 'payments' } };

const ON_PAYMENTS = `services:
  shop:
    tier: 1
    resources: [{ urn: '**carts' }]
    entry: [{ urn: '**carts' }]
    dependsOn: [{ service: payments, strength: soft }]
  payments:
    tier: 2
    resources: [{ urn: '**payments' }]
    entry: [{ urn: '**payments' }]`;

/** A table of which nobody can delete the backups any more once three days have passed. */
const LOCKED: readonly Spec[] = [
  TABLE,
  { type: 'aws:backup/vault:Vault', name: 'kept', inputs: { name: 'kept' } },
  {
    type: 'aws:backup/vaultLockConfiguration:VaultLockConfiguration',
    name: 'kept',
    inputs: { backupVaultName: 'kept', changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 365 },
  },
  {
    type: 'aws:backup/plan:Plan',
    name: 'daily',
    inputs: {
      name: 'daily',
      rules: [
        {
          ruleName: 'daily',
          targetVaultName: 'kept',
          schedule: 'cron(0 3 * * ? *)',
          startWindow: 60,
          completionWindow: 120,
          lifecycle: { deleteAfter: 35 },
        },
      ],
    },
  },
  {
    type: 'aws:backup/selection:Selection',
    name: 'all',
    inputs: {
      name: 'all',
      planId: out('aws:backup/plan:Plan', 'daily', 'id'),
      iamRoleArn: 'arn:aws:iam::111122223333:role/backup',
      resources: [out(TABLE.type, TABLE.name, 'arn')],
    },
  },
];

export const SHOPS: readonly Shop[] = [
  {
    kind: 'az-loss',
    reading: reading([MULTI]),
    metrics: '{ RTO: { az: 15m }, RPO: { az: 0s } }',
    drill: ['member: us-east-1a'],
  },
  {
    kind: 'region-loss',
    reading: reading(auroraGlobal()),
    metrics: '{ RTO: { region: 8h }, RPO: { region: 1h } }',
    drill: ['member: us-east-1'],
  },
  {
    kind: 'region-evacuation',
    reading: reading(auroraGlobal()),
    metrics: '{ RTO: { region: 1h }, RPO: { region: 5m } }',
    drill: ['member: us-east-1'],
  },
  { kind: 'database-failover', reading: reading([MULTI]), metrics: '{ RTO: { instance: 15m } }', drill: [] },
  { kind: 'global-database-failover', reading: reading(auroraGlobal()), metrics: '{ RTO: { region: 1h } }', drill: [] },
  { kind: 'global-database-switchover', reading: reading(auroraGlobal()), metrics: '{ RTO: { region: 1h } }', drill: [] },
  { kind: 'cache-failover', reading: reading([cache(2)]), metrics: '{ RTO: { instance: 15m } }', drill: [] },
  {
    kind: 'backup-restore',
    reading: reading([SINGLE_AZ]),
    metrics: '{ RTO: { data: 8h }, RPO: { data: 1h } }',
    drill: ['points: [newest]'],
  },
  { kind: 'dns-failover', reading: reading([...DNS, TABLE]), metrics: '{ RTO: { region: 15m } }', drill: ['limit: 15m'] },
  { kind: 'bucket-failover', reading: reading(BUCKETS), metrics: '{ RTO: { region: 1h } }', drill: [] },
  {
    kind: 'ransomware-recovery',
    reading: reading(LOCKED),
    metrics: '{ RTO: { account: 12h }, RPO: { account: 48h } }',
    drill: ["recover: [{ action: backup-restore, on: '**:Table::carts' }]"],
    warm: 26 * 3_600_000,
  },
  { kind: 'key-loss', reading: reading([KEY, ENCRYPTED]), metrics: '{ RTO: { data: 8h } }', drill: ['limit: 20m'] },
  {
    kind: 'dependency-loss',
    reading: reading([TABLE, PAYMENTS]),
    metrics: '{ RTO: { supplier: 1h } }',
    drill: ['member: payments', 'limit: 20m'],
    services: ON_PAYMENTS,
  },
  {
    kind: 'control-plane-loss',
    reading: reading([TABLE]),
    metrics: '{ RTO: { control-plane: 1h } }',
    drill: ['member: us-east-1'],
  },
  {
    kind: 'table-top',
    reading: reading([TABLE]),
    metrics: '{ RTO: { region: 1h } }',
    drill: ['participants: [on-call]'],
  },
];
