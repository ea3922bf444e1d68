import { it } from 'vitest';
import { ec2Scans } from '../../src/services/observed/ec2.ts';
import { ecsScans } from '../../src/services/observed/ecs.ts';
import { balancingScans } from '../../src/services/observed/elastic-load-balancing-v2.ts';
import { sqsQueues } from '../../src/services/observed/sqs.ts';
import { autoScaling } from '../../src/simulator/services/auto-scaling.ts';
import { ec2 } from '../../src/simulator/services/ec2.ts';
import { ecs } from '../../src/simulator/services/ecs.ts';
import { elasticLoadBalancingV2 } from '../../src/simulator/services/elastic-load-balancing-v2.ts';
import { sqs } from '../../src/simulator/services/sqs.ts';
import { services } from './ecs.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'ECS services and task definitions mean the same, declared and observed',
  () =>
    lawOfTwoSources(
      services,
      [ec2, elasticLoadBalancingV2, autoScaling, ecs, sqs],
      [...ec2Scans, ...balancingScans, ...ecsScans, sqsQueues],
    ),
  30_000,
);
