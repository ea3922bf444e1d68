/** Every rule, by family. */
import { dnsRules } from './dns.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [...dnsRules];
