import { it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { balancingScans } from '../../src/services/observed/elastic-load-balancing-v2.ts';
import { autoScaling } from '../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { elasticLoadBalancingV2 } from '../../src/simulator/services/elastic-load-balancing-v2.ts';
import { balancers, exceptions } from './elastic-load-balancing-v2.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'load balancers and target groups mean the same, declared and observed',
  () => lawOfTwoSources(balancers, [ec2, elasticLoadBalancingV2, autoScaling], [...ec2Scans, ...balancingScans], exceptions),
  30_000,
);
