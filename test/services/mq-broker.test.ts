import { expect, it } from 'vitest';
import { mqBroker } from '../../src/services/mq-broker.ts';
import { declared, got, hole, impact, read, ref, under } from './support-databases.ts';

const broker = (inputs = {}, name = 'orders', region: string | null = 'us-east-1') =>
  declared('aws:mq/broker:Broker', name, { engineType: 'ActiveMQ', ...inputs }, { in: region });

it.each([
  ['by default', {}, [], 1],
  ['active/standby', { deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' }, ['mq-multi-az:service-native:yes'], 2],
  ['a cluster', { deploymentMode: 'CLUSTER_MULTI_AZ' }, ['mq-multi-az:service-native:yes'], 3],
  ['of a mode that is not known', { deploymentMode: hole() }, ['mq-multi-az:service-native:unresolved-at-preview'], undefined],
])('an Amazon MQ broker %s, when an AZ fails', (_, inputs, expected, places) => {
  const { meaning } = read(mqBroker, broker(inputs));
  expect(impact(meaning, 'az')).toBe('lost');
  expect(under(meaning, 'az')).toEqual(expected);
  expect(meaning.protections.every((p) => p.time.kind === 'unknown')).toBe(true);
  expect(got(meaning.placement)).toEqual(
    places === undefined ? 'unresolved-at-preview' : { kind: 'zonal', spread: { zones: [], doubtful: places } },
  );
});

it.each([
  ['another Region', 'eu-west-1', ['mq-data-replication:human-execution:yes']],
  ['its own Region', 'us-east-1', []],
  ['a Region that is not known', null, ['mq-data-replication:human-execution:unresolved-at-preview']],
])('a replica broker in %s is promoted by a person', (_, region, expected) => {
  const primary = broker();
  const replica = broker({ dataReplicationMode: 'CRDR', dataReplicationPrimaryBrokerArn: ref(primary, 'arn') }, 'dr', region);
  expect(under(read(mqBroker, primary, [replica]).meaning, 'region')).toEqual(expected);
});
