import { describe, it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { efsFileSystems, efsReplications } from '../../src/services/observed/efs.ts';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { efs } from '../../src/simulator/services/efs.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { cases, replicated } from './efs.ts';
import { type Exception, lawOfTwoSources } from './law.ts';

const exceptions: readonly Exception[] = [
  {
    type: 'aws:efs/fileSystem:FileSystem',
    at: /^(links|protections\.\d+\.successors)/,
    why: 'AWS makes the destination of a replication when none is named: code does not show it, AWS does',
  },
];

const scans = [efsFileSystems, efsReplications, kmsKeys, ...ec2Scans.filter((s) => ['ec2-subnets', 'ec2-vpcs'].includes(s.id))];

describe('EFS file systems mean the same, declared and observed', () => {
  it('alone or with a destination in code', () => lawOfTwoSources(cases, [efs, ec2, kms], scans));
  it('with a destination that AWS makes', () => lawOfTwoSources(replicated, [efs, ec2, kms], scans, exceptions));
});
