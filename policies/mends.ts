/**
 * What can be mended in a resource's inputs without asking anybody: flags that only protect, and times that only grow. A rule whose
 * mend costs a replica, a node or another name has none.
 */

import type { Value, Values } from '../src/model/value.ts';
import { Hole, isList, isRecord } from '../src/model/value.ts';
import { DYNAMODB_TABLE } from '../src/services/dynamodb-table.ts';

/** One input to set; the path leads through lists and blocks that are there. */
export interface Change {
  readonly path: readonly [string, ...(readonly (string | number)[])];
  readonly value: boolean | number | string | Values;
}

export interface Mend {
  /** In one clause, for the description of the policy. */
  readonly says: string;
  /** `days`: what was agreed or configured for times of retention. What nobody knows yet (a Hole) stays as it is. */
  readonly changes: (inputs: Values, type: string, days: number) => readonly Change[];
  /** It keeps something for `days`, which can be configured. */
  readonly keeps?: true;
}

/** Longest that RDS, Aurora, DocumentDB and Neptune keep automated backups (API ModifyDBInstance, BackupRetentionPeriod). Days. */
const LONGEST_BACKUPS = 35;
/** Longest waiting period of a KMS key (API ScheduleKeyDeletion, PendingWindowInDays), and its default. Days. */
const LONGEST_WAIT = 30;

export const MENDS: Readonly<Record<string, Mend>> = {
  'db-deletion-protection-off': {
    says: 'turns deletion protection on',
    changes: (inputs, type) =>
      type === DYNAMODB_TABLE
        ? [
            ...to(true, inputs, 'deletionProtectionEnabled'),
            ...each(inputs, 'replicas', (replica, i) => within(['replicas', i], to(true, replica, 'deletionProtectionEnabled'))),
          ]
        : to(true, inputs, 'deletionProtection'),
  },
  'force-destroy-on-data': {
    says: 'takes `forceDestroy` and `forceDelete` away',
    changes: (inputs) => ['forceDestroy', 'forceDelete'].flatMap((flag) => (isSet(inputs[flag]) ? to(false, inputs, flag) : [])),
  },
  'rds-backup-retention-zero': {
    says: 'keeps automated backups for the agreed days, at most 35',
    keeps: true,
    changes: (inputs, _type, days) => atLeast(Math.min(days, LONGEST_BACKUPS), inputs, 'backupRetentionPeriod'),
  },
  'dynamodb-no-pitr': {
    says: 'turns point-in-time recovery on',
    changes: (inputs) => [
      ...(isRecord(inputs.pointInTimeRecovery)
        ? within(['pointInTimeRecovery'], to(true, inputs.pointInTimeRecovery, 'enabled'))
        : inputs.pointInTimeRecovery instanceof Hole
          ? []
          : [{ path: ['pointInTimeRecovery'] as const, value: { enabled: true } }]),
      ...each(inputs, 'replicas', (replica, i) => within(['replicas', i], to(true, replica, 'pointInTimeRecovery'))),
    ],
  },
  'kms-deletion-window-short': {
    says: 'leaves 30 days to notice a deletion',
    changes: (inputs) => (isSet(inputs.deletionWindowInDays) ? atLeast(LONGEST_WAIT, inputs, 'deletionWindowInDays') : []),
  },
  'dns-alias-ignores-target-health': {
    says: 'evaluates the health of the targets of aliases',
    changes: (inputs) => each(inputs, 'aliases', (alias, i) => within(['aliases', i], to(true, alias, 'evaluateTargetHealth'))),
  },
  'hc-disabled-or-inverted': {
    says: 'takes `disabled` and `invertHealthcheck` away',
    changes: (inputs) =>
      ['disabled', 'invertHealthcheck'].flatMap((flag) => (isSet(inputs[flag]) ? to(false, inputs, flag) : [])),
  },
  'hc-alarm-insufficient-data-healthy': {
    says: 'takes an alarm without data for unhealthy',
    changes: (inputs) => (isSet(inputs.cloudwatchAlarmName) ? to('Unhealthy', inputs, 'insufficientDataHealthStatus') : []),
  },
  'asg-health-check-ec2-only': {
    says: 'replaces instances by the health checks of the load balancer',
    changes: (inputs) => to('ELB', inputs, 'healthCheckType'),
  },
  'lb-zonal-shift-off': {
    says: 'allows zonal shift',
    changes: (inputs) => to(true, inputs, 'enableZonalShift'),
  },
};

const isSet = (value: Value | undefined): boolean => value !== undefined && value !== null;

/** Nothing where it has the value, or where nobody knows which it has. */
function to(value: boolean | string, inputs: Values, property: string): readonly Change[] {
  const now = inputs[property];
  return now === value || now === String(value) || now instanceof Hole ? [] : [{ path: [property], value }];
}

function atLeast(value: number, inputs: Values, property: string): readonly Change[] {
  const now = inputs[property];
  return now instanceof Hole || (isSet(now) && Number(now) >= value) ? [] : [{ path: [property], value }];
}

function each(inputs: Values, property: string, change: (block: Values, i: number) => readonly Change[]): readonly Change[] {
  const blocks = inputs[property];
  return isList(blocks) ? blocks.flatMap((block, i) => (isRecord(block) ? change(block, i) : [])) : [];
}

const within = (path: Change['path'], changes: readonly Change[]): readonly Change[] =>
  changes.map((c) => ({ path: [...path, ...c.path], value: c.value }));
