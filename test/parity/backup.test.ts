import { describe, it } from 'vitest';
import { backupPlans, backupScans, backupVaults } from '../../src/services/observed/backup.ts';
import { dynamodbTables } from '../../src/services/observed/dynamodb.ts';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { backup } from '../../src/simulator/services/backup.ts';
import { dynamodb } from '../../src/simulator/services/dynamodb.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { withoutSettings, withSettings } from './backup.ts';
import { lawOfTwoSources } from './law.ts';

const services = [backup, dynamodb, kms];

describe('AWS Backup means the same, declared and observed', () => {
  it(
    'with the settings of the Region in the code',
    () => lawOfTwoSources(withSettings, services, [backupPlans, backupVaults, dynamodbTables, kmsKeys]),
    30_000,
  );

  it(
    'with the settings of the Region as AWS shows them',
    () => lawOfTwoSources(withoutSettings, services, [...backupScans, dynamodbTables, kmsKeys], [], 250),
    30_000,
  );
});
