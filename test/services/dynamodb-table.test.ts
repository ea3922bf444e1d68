import { describe, expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { databaseTimes } from '../../src/recovery/times/databases.ts';
import { DYNAMODB_TABLE, dynamodbTable } from '../../src/services/dynamodb-table.ts';
import { automatic, declared, find, got, hole, impact, read, ref, rowsOf, told, under } from './support-databases.ts';

const table = (inputs: Values = {}) => declared(DYNAMODB_TABLE, 'sessions', { name: 'sessions', hashKey: 'id', ...inputs });
const replicas = (...list: readonly Values[]): Values => ({ replicas: list });
const eu = { regionName: 'eu-west-1' };
const strong = { consistencyMode: 'STRONG' };

describe('a DynamoDB table', () => {
  it('outlives an AZ, goes with its Region, and is not recoverable by default', () => {
    const { facts, meaning } = read(dynamodbTable, table());
    expect([impact(meaning, 'az'), impact(meaning, 'region'), impact(meaning, 'data')]).toEqual(['unaffected', 'lost', 'lost']);
    expect(meaning.protections).toEqual([]);
    expect(got(facts.billingMode)).toBe('PROVISIONED');
    expect(meaning.retentionDays === undefined ? undefined : got(meaning.retentionDays)).toBe(0);
  });

  it('with a replica goes on in the other Region, without the last second', () => {
    const { meaning } = read(dynamodbTable, table(replicas(eu)));
    expect(under(meaning, 'region')).toEqual(['dynamodb-global-table:always-on:yes']);
    const copy = find(meaning, 'dynamodb-global-table');
    expect(copy.point).toEqual({ kind: 'row', row: 'dynamodb-mrec-lag' });
    expect(copy.into === undefined ? undefined : got(copy.into)).toBe('eu-west-1');
    // Replication carries corruption along.
    expect(under(meaning, 'data')).toEqual([]);
  });

  it('a replica of its own counts as one', () => {
    const subject = table();
    const replica = declared(
      'aws:dynamodb/tableReplica:TableReplica',
      'eu',
      { globalTableArn: ref(subject, 'arn'), pointInTimeRecovery: true },
      { in: 'eu-west-1' },
    );
    const { meaning } = read(dynamodbTable, subject, [replica]);
    expect(under(meaning, 'region')).toEqual(['dynamodb-global-table:always-on:yes']);
    expect(got(find(meaning, 'dynamodb-global-table').successors)).toEqual([subject.urn]);
    expect(under(meaning, 'data')).toEqual(['dynamodb-replica-point-in-time-restore:human-execution:yes']);
  });

  it.each([
    ['two strong replicas', replicas({ ...eu, ...strong }, { regionName: 'eu-central-1', ...strong }), 'yes', 'fixed'],
    [
      'one and a witness',
      { ...replicas({ ...eu, ...strong }), globalTableWitness: { regionName: 'eu-central-1' } },
      'yes',
      'fixed',
    ],
    ['one without a witness', replicas({ ...eu, ...strong }), 'none', 'none'],
    ['a witness in the Region of the replica', { ...replicas({ ...eu, ...strong }), globalTableWitness: eu }, 'none', 'none'],
    [
      'a witness that is not known',
      { ...replicas({ ...eu, ...strong }), globalTableWitness: hole() },
      'unresolved-at-preview',
      'fixed',
    ],
    ['a mode that is not known', replicas({ ...eu, consistencyMode: hole() }), 'unresolved-at-preview', 'unknown'],
  ])('strong consistency with %s', (_, inputs, armed, point) => {
    const { meaning } = read(dynamodbTable, table(inputs));
    const copies = meaning.protections.filter((p) => p.mechanism === 'dynamodb-global-table');
    expect(copies.length === 0 ? 'none' : told(copies[0]?.armed ?? { state: 'known', value: false, from: [] })).toBe(armed);
    expect(copies[0]?.point?.kind ?? 'none').toBe(point);
  });

  it.each([
    ['replicas that are not known', { replicas: hole() }],
    ['a Region that is not known', replicas({ regionName: hole() })],
  ])('%s protect nothing for certain', (_, inputs) => {
    const { meaning } = read(dynamodbTable, table(inputs));
    expect(automatic(meaning, 'region')).toBe(false);
    expect(under(meaning, 'region')).toEqual(['dynamodb-global-table:always-on:unresolved-at-preview']);
  });

  it('a replica in its own Region is none', () => {
    expect(under(read(dynamodbTable, table(replicas({ regionName: 'us-east-1' }))).meaning, 'region')).toEqual([]);
  });

  it.each([
    ['on', { pointInTimeRecovery: { enabled: true } }, ['dynamodb-point-in-time-restore:human-execution:yes'], 35],
    [
      'on for a week',
      { pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 } },
      ['dynamodb-point-in-time-restore:human-execution:yes'],
      7,
    ],
    ['off', { pointInTimeRecovery: { enabled: false } }, [], 0],
    [
      'not known',
      { pointInTimeRecovery: hole() },
      ['dynamodb-point-in-time-restore:human-execution:unresolved-at-preview'],
      'unresolved-at-preview',
    ],
  ])('point-in-time recovery %s', (_, inputs, expected, days) => {
    const { meaning } = read(dynamodbTable, table(inputs));
    expect(under(meaning, 'data')).toEqual(expected);
    expect(meaning.retentionDays === undefined ? undefined : got(meaning.retentionDays)).toBe(days);
  });

  it('a version 2017 global table joins tables of one name', () => {
    const subject = table();
    const old = declared('aws:dynamodb/globalTable:GlobalTable', 'old', {
      name: ref(subject, 'name'),
      replicas: [{ regionName: 'us-east-1' }, eu],
    });
    const { facts, meaning } = read(dynamodbTable, subject, [old]);
    expect(told(facts.version2017)).toBe('yes');
    expect(under(meaning, 'region')).toEqual(['dynamodb-global-table:always-on:yes']);
    expect(told(read(dynamodbTable, subject).facts.version2017)).toBe('no');
  });

  it('a version 2017 global table is of the tables in all of its Regions, whichever it is declared in', () => {
    const here = table();
    const there = declared(DYNAMODB_TABLE, 'sessions-eu', { name: 'sessions', hashKey: 'id' }, { in: 'eu-west-1' });
    const elsewhere = declared(DYNAMODB_TABLE, 'sessions-us', { name: 'sessions', hashKey: 'id' }, { in: 'us-west-2' });
    const old = declared('aws:dynamodb/globalTable:GlobalTable', 'old', {
      name: 'sessions',
      replicas: [{ regionName: 'us-east-1' }, eu],
    });
    const regions = (subject: typeof here): readonly string[] =>
      under(
        read(
          dynamodbTable,
          subject,
          [here, there, elsewhere, old].filter((r) => r !== subject),
        ).meaning,
        'region',
      );
    expect([regions(here), regions(there), regions(elsewhere)]).toEqual([
      ['dynamodb-global-table:always-on:yes'],
      ['dynamodb-global-table:always-on:yes'],
      [],
    ]);
  });

  it('a key is used only when encryption under a key is enabled', () => {
    const key = declared('aws:kms/key:Key', 'key', {});
    const under = (enabled: boolean): unknown =>
      got(read(dynamodbTable, table({ serverSideEncryption: { enabled, kmsKeyArn: ref(key, 'arn') } }), [key]).facts.key);
    expect([under(true), under(false)]).toEqual([key.urn, undefined]);
  });

  it('reads the scaling of its provisioned capacity', () => {
    const subject = table({ readCapacity: 5, writeCapacity: 5 });
    const target = declared('aws:appautoscaling/target:Target', 't', {
      resourceId: ref(subject, 'name'),
      scalableDimension: 'dynamodb:table:WriteCapacityUnits',
      minCapacity: 5,
      maxCapacity: 50,
    });
    const { facts } = read(dynamodbTable, subject, [target]);
    expect(facts.scaling.map((s) => [got(s.dimension), got(s.max)])).toEqual([['dynamodb:table:WriteCapacityUnits', 50]]);
    const named = table({ name: 'orders', readCapacity: 5, writeCapacity: 5 });
    const inState = (resourceId: string) => declared('aws:appautoscaling/target:Target', 't', { resourceId, maxCapacity: 50 });
    expect(read(dynamodbTable, named, [inState('table/orders')]).facts.scaling).toHaveLength(1);
    expect(read(dynamodbTable, named, [inState('table/others')]).facts.scaling).toHaveLength(0);
  });

  it('names only rows that exist', () => {
    const ids = databaseTimes.map((t) => t.id);
    const rows = rowsOf(
      read(dynamodbTable, table({ ...replicas({ ...eu, pointInTimeRecovery: true }), pointInTimeRecovery: { enabled: true } }))
        .meaning,
    );
    expect(rows.length).toBe(5);
    for (const row of rows) expect(ids).toContain(row);
  });
});
