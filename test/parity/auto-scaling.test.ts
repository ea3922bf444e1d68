import { it } from 'vitest';
import { autoScalingScans } from '../../src/services/observed/auto-scaling.ts';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { balancingScans } from '../../src/services/observed/elastic-load-balancing-v2.ts';
import { autoScaling } from '../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { elasticLoadBalancingV2 } from '../../src/simulator/services/elastic-load-balancing-v2.ts';
import { groups } from './auto-scaling.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'Auto Scaling groups mean the same, declared and observed',
  () =>
    lawOfTwoSources(groups, [ec2, elasticLoadBalancingV2, autoScaling], [...ec2Scans, ...balancingScans, ...autoScalingScans]),
  30_000,
);
