import { it } from 'vitest';
import { autoScalingScans } from '../../src/services/observed/auto-scaling.ts';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { eksScans } from '../../src/services/observed/eks.ts';
import { autoScaling } from '../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { eks } from '../../src/simulator/services/eks.ts';
import { clusters } from './eks.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'EKS clusters and node groups mean the same, declared and observed',
  () => lawOfTwoSources(clusters, [ec2, autoScaling, eks], [...ec2Scans, ...autoScalingScans, ...eksScans]),
  30_000,
);
