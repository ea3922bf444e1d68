import { expect, it } from 'vitest';
import { elasticacheGlobal } from '../../src/services/elasticache-global.ts';
import { GLOBAL_GROUP, REPLICATION_GROUP } from '../../src/services/elasticache-members.ts';
import { declared, got, impact, read, ref, under } from './support-databases.ts';

const primary = declared(REPLICATION_GROUP, 'main', {});
const datastore = declared(GLOBAL_GROUP, 'global', {
  globalReplicationGroupIdSuffix: 'x',
  primaryReplicationGroupId: ref(primary),
});
const secondary = declared(REPLICATION_GROUP, 'second', { globalReplicationGroupId: ref(datastore) }, { in: 'eu-west-1' });

it('an ElastiCache Global Datastore is failed over by a person, to a group in another Region', () => {
  const { meaning } = read(elasticacheGlobal, datastore, [primary, secondary]);
  expect(under(meaning, 'region')).toEqual(['elasticache-global-failover:human-execution:yes']);
  expect(under(meaning, 'data')).toEqual([]);
  expect(meaning.links.map((l) => got(l.to)).sort()).toEqual([primary.urn, secondary.urn].sort());
});

it('with its primary alone it has no successor', () => {
  expect(under(read(elasticacheGlobal, datastore, [primary]).meaning, 'region')).toEqual([]);
});

it('with no group in the sources it says nothing', () => {
  const alone = declared(GLOBAL_GROUP, 'g', { primaryReplicationGroupId: 'elsewhere' });
  const { meaning } = read(elasticacheGlobal, alone);
  expect([impact(meaning, 'az'), impact(meaning, 'region')]).toEqual(['dangling', 'dangling']);
  expect(under(meaning, 'region')).toEqual(['elasticache-global-failover:human-execution:dangling']);
});
