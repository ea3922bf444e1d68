/** Pitfalls of DNS and of the edge services that steer traffic. */
import { certificateRules } from './dns-certificates.ts';
import { edgeRules } from './dns-edge.ts';
import { healthCheckRules } from './dns-health-checks.ts';
import { recordRules } from './dns-records.ts';
import { switchingRules } from './dns-switching.ts';
import type { Rule } from './rule.ts';

export const dnsRules: readonly Rule[] = [
  ...recordRules,
  ...switchingRules,
  ...healthCheckRules,
  ...edgeRules,
  ...certificateRules,
];
