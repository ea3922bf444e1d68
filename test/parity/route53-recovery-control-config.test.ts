import { it } from 'vitest';
import { route53Zones } from '../../src/services/observed/route-53.ts';
import { routingControls } from '../../src/services/observed/route53-recovery-control-config.ts';
import { route53 } from '../../src/simulator/services/route-53.ts';
import { routingControlConfig } from '../../src/simulator/services/route53-recovery-control-config.ts';
import { lawOfTwoSources } from './law.ts';
import { routingControlSets } from './route53-recovery-control-config.ts';

it(
  'ARC routing controls and what follows them mean the same, declared and observed',
  () => lawOfTwoSources(routingControlSets, [route53, routingControlConfig], [route53Zones, routingControls]),
  60_000,
);
