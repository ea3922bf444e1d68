/** Generated configurations of every deployer: those of the law of two sources, and what that law does not read. */
import type fc from 'fast-check';
import type { Declaration, Exception } from '../../parity/law.ts';
import * as rds from '../../parity/rds.ts';

export interface Case {
  readonly cases: fc.Arbitrary<readonly Declaration[]>;
  readonly exceptions?: readonly Exception[];
}

export const CASES: Readonly<Record<string, Case>> = {
  'RDS instances': { cases: rds.instances },
  'RDS clusters': { cases: rds.clusters },
  'RDS global clusters': { cases: rds.globals },
  'DocumentDB and Neptune': { cases: rds.volumes },
  'RDS proxies': { cases: rds.proxies },
};
