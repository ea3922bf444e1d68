import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../src/estate/estate.ts';
import { findRoles } from '../../src/estate/roles.ts';
import type { Metric, MetricType } from '../../src/model/agreement.ts';
import { Terrain } from '../../src/recovery/standing.ts';
import { ruleContext } from '../../src/verdicts/findings.ts';

const metric = (type: MetricType, target: number): Metric => ({
  id: `sla/shop/${type}-az`,
  agreementId: 'sla',
  serviceId: 'shop',
  type,
  scope: 'az',
  target,
  percentile: 99,
  clock: 'onset',
  scopeDefaulted: false,
  place: { file: 'holdfast.yaml', line: 1, column: 1 },
});

describe('targets of a resource', () => {
  it.each<[MetricType, readonly number[]]>([
    ['RTO', [60, 90]],
    ['RPO', [60, 90]],
    ['RESTORE_GRANULARITY', [60, 90]],
    ['MBCO', [90, 60]],
    ['AVAILABILITY', [90, 60]],
    // To keep data for longer is to promise more.
    ['RETENTION', [90, 60]],
  ])('%s: the strictest first', (type, expected) => {
    const estate = buildEstate([], []);
    const metrics = [60, 90, 60].map((target) => metric(type, target));
    const context = ruleContext(new Terrain(estate, findRoles(estate), () => 0), () => metrics, true);
    expect([...new Set(context.targets('urn', type))]).toEqual(expected);
  });
});
