import { describe, it } from 'vitest';
import { cloudwatchAlarms } from '../../src/services/observed/cloudwatch.ts';
import { route53Zones } from '../../src/services/observed/route-53.ts';
import { cloudwatch } from '../../src/simulator/services/cloudwatch.ts';
import { route53 } from '../../src/simulator/services/route-53.ts';
import { lawOfTwoSources } from './law.ts';
import { recordSets } from './route-53.ts';

describe('law of two sources: Route 53', () => {
  it('record sets, health checks and hosted zones', async () => {
    await lawOfTwoSources(recordSets, [route53, cloudwatch], [route53Zones, cloudwatchAlarms]);
  });
});
