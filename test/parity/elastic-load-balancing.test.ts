import { it } from 'vitest';
import { autoScalingScans } from '../../src/services/observed/auto-scaling.ts';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { classicScans } from '../../src/services/observed/elastic-load-balancing.ts';
import { autoScaling } from '../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { elasticLoadBalancing } from '../../src/simulator/services/elastic-load-balancing.ts';
import { classics } from './elastic-load-balancing.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'Classic Load Balancers mean the same, declared and observed',
  () => lawOfTwoSources(classics, [ec2, autoScaling, elasticLoadBalancing], [...ec2Scans, ...autoScalingScans, ...classicScans]),
  30_000,
);
