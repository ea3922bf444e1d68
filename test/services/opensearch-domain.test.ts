import { expect, it } from 'vitest';
import { opensearchDomain } from '../../src/services/opensearch-domain.ts';
import { automatic, declared, got, hole, impact, read, under } from './support-databases.ts';

it.each([
  ['of one node', {}, 'lost', 'lost'],
  ['of three nodes in one AZ', { instanceCount: 3 }, 'not-modelled', 'lost'],
  ['over two AZs', { instanceCount: 4, zoneAwarenessEnabled: true }, 'not-modelled', 'not-modelled'],
  ['with a standby', { instanceCount: 3, multiAzWithStandbyEnabled: true }, 'not-modelled', 'not-modelled'],
  ['of a count that is not known', { instanceCount: hole() }, 'unresolved-at-preview', 'lost'],
  ['of a zone awareness that is not known', { zoneAwarenessEnabled: hole() }, 'lost', 'unresolved-at-preview'],
])('an OpenSearch domain %s', (_, clusterConfig, instance, az) => {
  const { meaning } = read(opensearchDomain, declared('aws:opensearch/domain:Domain', 'search', { clusterConfig }));
  expect([impact(meaning, 'instance'), impact(meaning, 'az'), impact(meaning, 'region')]).toEqual([instance, az, 'lost']);
  expect(automatic(meaning, 'az') || automatic(meaning, 'region')).toBe(false);
  expect(under(meaning, 'data')).toEqual(['opensearch-automated-snapshot:human-execution:yes']);
  expect(under(meaning, 'region')).toEqual([]);
});

it('counts the AZs that AWS uses', () => {
  const zones = (clusterConfig: Record<string, boolean | { availabilityZoneCount: number }>) =>
    got(read(opensearchDomain, declared('aws:opensearch/domain:Domain', 'search', { clusterConfig })).facts.zones);
  expect([
    zones({}),
    zones({ zoneAwarenessEnabled: true }),
    zones({ zoneAwarenessEnabled: true, zoneAwarenessConfig: { availabilityZoneCount: 3 } }),
    zones({ multiAzWithStandbyEnabled: true }),
  ]).toEqual([1, 2, 3, 3]);
});
