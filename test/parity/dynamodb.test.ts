import { it } from 'vitest';
import { scalableTargets } from '../../src/services/observed/application-auto-scaling.ts';
import { dynamodbGlobalTables, dynamodbTables } from '../../src/services/observed/dynamodb.ts';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { applicationAutoScaling } from '../../src/simulator/services/application-auto-scaling.ts';
import { dynamodb } from '../../src/simulator/services/dynamodb.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { cases } from './dynamodb.ts';
import { lawOfTwoSources } from './law.ts';

it('DynamoDB tables mean the same, declared and observed', () =>
  lawOfTwoSources(
    cases,
    [dynamodb, applicationAutoScaling, kms],
    [dynamodbTables, dynamodbGlobalTables, scalableTargets, kmsKeys],
  ));
