import { it } from 'vitest';
import { regionSwitchPlans } from '../../src/services/observed/arc-region-switch.ts';
import { cloudwatchAlarms } from '../../src/services/observed/cloudwatch.ts';
import { arcRegionSwitch } from '../../src/simulator/services/arc-region-switch.ts';
import { cloudwatch } from '../../src/simulator/services/cloudwatch.ts';
import { plans } from './arc-region-switch.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'Region switch plans mean the same, declared and observed',
  () => lawOfTwoSources(plans, [arcRegionSwitch, cloudwatch], [regionSwitchPlans, cloudwatchAlarms]),
  60_000,
);
