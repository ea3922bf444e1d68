/** Every rule, by family. */

import { backupRules } from './backup.ts';
import { databaseRules } from './databases.ts';
import { dnsRules } from './dns.ts';
import { keyRules } from './keys.ts';
import type { Rule } from './rule.ts';
import { storageRules } from './storage.ts';

export const RULES: readonly Rule[] = [...dnsRules, ...databaseRules, ...storageRules, ...backupRules, ...keyRules];
