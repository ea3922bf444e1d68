/** Generated configurations of every deployer: those of the law of two sources, and what that law does not read. */
import type fc from 'fast-check';
import * as ec2 from '../../parity/ec2.ts';
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
  'EC2 networks': { cases: ec2.networks },
  'EC2 machines': { cases: ec2.machines },
};
