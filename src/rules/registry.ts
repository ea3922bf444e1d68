/** Every rule, by family. */

import { automationRules } from './automation.ts';
import { backupRules } from './backup.ts';
import { computeRules } from './compute.ts';
import { databaseRules } from './databases.ts';
import { dnsRules } from './dns.ts';
import { keyRules } from './keys.ts';
import { loadBalancingRules } from './load-balancing.ts';
import { networkRules } from './network.ts';
import type { Rule } from './rule.ts';
import { storageRules } from './storage.ts';

export const RULES: readonly Rule[] = [
  ...dnsRules,
  ...loadBalancingRules,
  ...computeRules,
  ...networkRules,
  ...databaseRules,
  ...storageRules,
  ...backupRules,
  ...keyRules,
  ...automationRules,
];
