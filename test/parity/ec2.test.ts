import { describe, it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { exceptions, machines, networks } from './ec2.ts';
import { lawOfTwoSources } from './law.ts';

describe('EC2 means the same, declared and observed', () => {
  it('networks', () => lawOfTwoSources(networks, [ec2], ec2Scans, exceptions), 30_000);
  it('instances, volumes, launch templates and images', () => lawOfTwoSources(machines, [ec2], ec2Scans, exceptions), 30_000);
});
