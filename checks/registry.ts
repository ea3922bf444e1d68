/** Every check of live AWS. A test holds it against the folder. */
import { automaticFailover } from './automatic-failover.ts';
import { backups } from './backups.ts';
import type { Check } from './check.ts';
import { drift } from './drift.ts';
import { parity } from './parity.ts';
import { people } from './people.ts';
import { replication } from './replication.ts';
import { resilienceHub } from './resilience-hub.ts';
import { selfDependency } from './self-dependency.ts';

export const CHECKS: readonly Check[] = [
  replication,
  backups,
  automaticFailover,
  parity,
  selfDependency,
  drift,
  people,
  resilienceHub,
];
