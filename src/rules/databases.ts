/** Pitfalls of databases, caches and queues. */
import { auroraRules } from './databases-aurora.ts';
import { cacheRules } from './databases-cache.ts';
import { deletionRules } from './databases-deletion.ts';
import { dynamodbRules } from './databases-dynamodb.ts';
import { messagingRules } from './databases-messaging.ts';
import { otherStoreRules } from './databases-others.ts';
import { rdsRules } from './databases-rds.ts';
import type { Rule } from './rule.ts';

export const databaseRules: readonly Rule[] = [
  ...rdsRules,
  ...deletionRules,
  ...auroraRules,
  ...dynamodbRules,
  ...cacheRules,
  ...otherStoreRules,
  ...messagingRules,
];
