import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknown } from '../../src/model/known.ts';
import type { Values } from '../../src/model/value.ts';
import { databaseTimes } from '../../src/recovery/times/databases.ts';
import { RDS_INSTANCE, RDS_SUBNET_GROUP, rdsInstance } from '../../src/services/rds-instance.ts';
import {
  automatic,
  declared,
  find,
  got,
  group,
  hole,
  impact,
  read,
  ref,
  rowsOf,
  subnet,
  told,
  under,
  urnOf,
} from './support-databases.ts';

const PARAMETERS = 'aws:rds/parameterGroup:ParameterGroup';
const REPLICATION = 'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication';
const db = (inputs: Values, more = {}) =>
  declared(RDS_INSTANCE, 'orders', { engine: 'mysql', instanceClass: 'db.m6g.large', ...inputs }, more);

describe('an RDS DB instance', () => {
  it('is single-AZ without backups by default: lost with its AZ, its Region and its data, and nothing brings it back', () => {
    const { facts, meaning } = read(rdsInstance, db({}));
    expect(got(facts.multiAz)).toBe(false);
    expect(got(facts.backupRetentionDays)).toBe(0);
    expect(['instance', 'az', 'region', 'data', 'account'].map((s) => impact(meaning, s as 'az'))).toEqual(Array(5).fill('lost'));
    expect(impact(meaning, 'control-plane')).toBe('unaffected');
    expect(under(meaning, 'az')).toEqual([]);
    expect(under(meaning, 'region')).toEqual([]);
    expect(under(meaning, 'data')).toEqual([]);
    // AWS replaces the host, within no promised time.
    expect(under(meaning, 'instance')).toEqual(['rds-host-replacement:service-native:yes']);
    expect(find(meaning, 'rds-host-replacement').time.kind).toBe('unknown');
  });

  it('Multi-AZ fails over by itself, loses nothing, and protects neither the Region nor the data', () => {
    const { meaning } = read(rdsInstance, db({ multiAz: true }));
    expect(under(meaning, 'az')).toEqual(['rds-multi-az:service-native:yes']);
    expect(under(meaning, 'instance')).toEqual(['rds-multi-az:service-native:yes']);
    expect(find(meaning, 'rds-multi-az').point).toMatchObject({ kind: 'fixed', seconds: 0 });
    expect(automatic(meaning, 'region') || automatic(meaning, 'data')).toBe(false);
  });

  it('an unknown multiAz is never a standby', () => {
    const { meaning } = read(rdsInstance, db({ multiAz: hole() }));
    expect(under(meaning, 'az')).toEqual(['rds-multi-az:service-native:unresolved-at-preview']);
    expect(got(meaning.placement)).toBe('unresolved-at-preview');
  });

  it('runs in the AZs of its subnet group when Multi-AZ, else in one that nobody named', () => {
    const subnets = [subnet('us-east-1a'), subnet('us-east-1b'), subnet('us-east-1c')];
    const groups = group(RDS_SUBNET_GROUP, 'db', subnets);
    const named = { dbSubnetGroupName: ref(groups, 'name') };
    const place = (inputs: Values, more = {}) =>
      got(read(rdsInstance, db({ ...named, ...inputs }, more), [groups, ...subnets]).meaning.placement);
    expect(place({ multiAz: true })).toEqual({
      kind: 'zonal',
      spread: { zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'], doubtful: 0 },
    });
    expect(place({})).toEqual({ kind: 'zonal', spread: { zones: [], doubtful: 1 } });
    expect(place({ availabilityZone: 'us-east-1b' })).toEqual({ kind: 'zonal', spread: { zones: ['us-east-1b'], doubtful: 0 } });
    expect(place({}, { outputs: { availabilityZone: 'us-east-1c' } })).toEqual({
      kind: 'zonal',
      spread: { zones: ['us-east-1c'], doubtful: 0 },
    });
  });

  it('Multi-AZ over subnets of one AZ cannot be', () => {
    const subnets = [subnet('us-east-1a'), subnet('us-east-1a', 'again')];
    const groups = group(RDS_SUBNET_GROUP, 'db', subnets);
    const { meaning } = read(rdsInstance, db({ multiAz: true, dbSubnetGroupName: 'db' }), [groups, ...subnets]);
    expect(under(meaning, 'az')).toEqual([]);
  });

  it.each([
    ['set', { backupRetentionPeriod: 7 }, {}, 7],
    ['unset', {}, {}, 0],
    ['text, as a bridge may send it', { backupRetentionPeriod: '14' }, {}, 14],
    ['unset on a replica', { replicateSourceDb: 'elsewhere' }, {}, 0],
    ['unset on a restored one', { snapshotIdentifier: 'snap' }, {}, 'not-reported'],
    ['unset on a restored one, shown by the state', { snapshotIdentifier: 'snap' }, { backupRetentionPeriod: 3 }, 3],
    ['unset, though the state shows a hand-made change', {}, { backupRetentionPeriod: 7 }, 0],
    ['unknown', { backupRetentionPeriod: hole() }, {}, 'unresolved-at-preview'],
  ])('backup retention %s', (_, inputs, outputs, expected) => {
    expect(got(read(rdsInstance, db(inputs, { outputs })).facts.backupRetentionDays)).toBe(expected);
  });

  it('backups are restored by a person, after the loss of data or of the AZ', () => {
    const { meaning } = read(rdsInstance, db({ backupRetentionPeriod: 7 }));
    expect(under(meaning, 'data')).toEqual(['rds-point-in-time-restore:human-execution:yes']);
    expect(under(meaning, 'az')).toEqual(['rds-point-in-time-restore:human-execution:yes']);
    expect(under(meaning, 'region')).toEqual([]);
    expect(got(meaning.retentionDays ?? unknown('error', ''))).toBe(7);
  });

  it('a read replica in another Region is promoted by a person', () => {
    const source = db({ backupRetentionPeriod: 1 });
    const replica = declared(RDS_INSTANCE, 'orders-dr', { replicateSourceDb: ref(source, 'arn') }, { in: 'eu-west-1' });
    const { meaning } = read(rdsInstance, source, [replica]);
    expect(under(meaning, 'region')).toEqual(['rds-cross-region-replica:human-execution:yes']);
    const promote = find(meaning, 'rds-cross-region-replica');
    expect(promote.action).toBe('rds-promote-read-replica');
    expect(got(promote.successors)).toEqual([replica.urn]);
    expect(got(promote.into ?? unknown('error', ''))).toBe('eu-west-1');
    expect(under(meaning, 'data')).not.toContain('rds-cross-region-replica:human-execution:yes');
    const itself = read(rdsInstance, replica, [source]);
    expect(itself.meaning.links).toEqual([expect.objectContaining({ carries: 'replica', property: 'replicateSourceDb' })]);
    expect(got(itself.facts.engine)).toBe('mysql');
  });

  it('a replica of the same Region does not help the Region, and helps the AZ only from another one', () => {
    const source = db({ availabilityZone: 'us-east-1a' });
    const replica = (zone: string | undefined) =>
      declared(RDS_INSTANCE, 'reader', {
        replicateSourceDb: ref(source, 'identifier'),
        ...(zone === undefined ? {} : { availabilityZone: zone }),
      });
    const at = (zone: string | undefined) => read(rdsInstance, source, [replica(zone)]).meaning;
    expect(under(at('us-east-1b'), 'region')).toEqual([]);
    expect(under(at('us-east-1b'), 'az')).toEqual(['rds-read-replica:human-execution:yes']);
    expect(under(at('us-east-1a'), 'az')).toEqual([]);
    expect(under(at(undefined), 'az')).toEqual(['rds-read-replica:human-execution:not-reported']);
    expect(automatic(at('us-east-1b'), 'az')).toBe(false);
  });

  it('a replica in a Region that nobody knows is not certainly elsewhere', () => {
    const source = db({});
    const replica = declared(RDS_INSTANCE, 'reader', { replicateSourceDb: ref(source, 'arn') }, { in: null });
    expect(under(read(rdsInstance, source, [replica]).meaning, 'region')).toEqual([
      'rds-cross-region-replica:human-execution:unresolved-at-preview',
    ]);
  });

  it.each([
    ['with backups, in another Region', 1, 'eu-west-1', ['rds-automated-backup-replication:human-execution:yes']],
    ['without backups on the source', 0, 'eu-west-1', []],
    ['into the same Region', 1, 'us-east-1', []],
  ])('replicated backups %s', (_, days, region, expected) => {
    const source = db({ backupRetentionPeriod: days });
    const copy = declared(REPLICATION, 'copy', { sourceDbInstanceArn: ref(source, 'arn') }, { in: region });
    expect(under(read(rdsInstance, source, [copy]).meaning, 'region')).toEqual(expected);
  });

  it.each([
    ['default group', 'mysql', undefined, 'fixed'],
    ['AWS default group by name', 'mysql', 'default.mysql8.0', 'fixed'],
    ['relaxed flush', 'mysql', { innodb_flush_log_at_trx_commit: '2' }, 'unknown'],
    ['relaxed binlog', 'mariadb', { sync_binlog: '0' }, 'unknown'],
    ['other parameters', 'mysql', { max_connections: '100' }, 'fixed'],
    ['asynchronous commit', 'postgres', { synchronous_commit: 'off' }, 'unknown'],
    ['MySQL words on PostgreSQL', 'postgres', { sync_binlog: '0' }, 'fixed'],
    ['an engine without such a switch', 'sqlserver-se', { sync_binlog: '0' }, 'fixed'],
    ['a group from elsewhere', 'mysql', 'ours', 'unknown'],
    ['a value that is not known', 'mysql', { sync_binlog: hole() }, 'unknown'],
  ])('recovery point of Multi-AZ with %s', (_, engine, parameters, kind) => {
    const own =
      typeof parameters === 'object'
        ? declared(PARAMETERS, 'p', { parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) })
        : undefined;
    const name = typeof parameters === 'string' ? parameters : own === undefined ? null : ref(own, 'name');
    const subject = db({ multiAz: true, engine, parameterGroupName: name });
    expect(find(read(rdsInstance, subject, own === undefined ? [] : [own]).meaning, 'rds-multi-az').point?.kind).toBe(kind);
  });

  it('an Aurora engine under rds.Instance says nothing about its cluster', () => {
    expect(impact(read(rdsInstance, db({ engine: 'aurora-mysql' })).meaning, 'az')).toBe('not-modelled');
  });

  it('links its key and subnet group, and not the key that AWS manages', () => {
    const key = declared('aws:kms/key:Key', 'k', {});
    const { meaning } = read(rdsInstance, db({ kmsKeyId: ref(key, 'arn') }), [key]);
    expect(meaning.links).toEqual([
      expect.objectContaining({ carries: 'key', to: expect.objectContaining({ value: urnOf('aws:kms/key:Key', 'k') }) }),
    ]);
    expect(read(rdsInstance, db({})).meaning.links).toEqual([]);
  });

  it('a partial source leaves it open whether there are more replicas', () => {
    const { facts } = read(rdsInstance, db({}), [], unknown('not-reported', 'a difference without its state'));
    expect(told(facts.replicasComplete)).toBe('not-reported');
  });

  it('law: making an input unknown never adds an automatic protection', () => {
    const inputs = fc.record(
      {
        multiAz: fc.boolean(),
        backupRetentionPeriod: fc.integer({ min: 0, max: 35 }),
        availabilityZone: fc.constantFrom('us-east-1a', 'us-east-1b'),
        parameterGroupName: fc.constantFrom('default.mysql8.0', 'ours'),
        replicateSourceDb: fc.constant('orders-0'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        inputs,
        fc.constantFrom('multiAz', 'backupRetentionPeriod', 'availabilityZone', 'parameterGroupName'),
        (given, blind) => {
          const before = read(rdsInstance, db(given as Values)).meaning;
          const after = read(rdsInstance, db({ ...(given as Values), [blind]: hole() })).meaning;
          for (const scope of ['instance', 'az', 'region', 'data'] as const) {
            if (automatic(after, scope)) expect(automatic(before, scope)).toBe(true);
          }
        },
      ),
    );
  });

  it('a replica in its source’s Region has the key and the parameter group of its source', () => {
    const key = declared('aws:kms/key:Key', 'data', {});
    const group = declared(PARAMETERS, 'fast', { parameters: [{ name: 'sync_binlog', value: '0' }] });
    const source = db({ storageEncrypted: true, kmsKeyId: ref(key, 'arn'), parameterGroupName: ref(group, 'name') });
    const near = declared(RDS_INSTANCE, 'near', { replicateSourceDb: ref(source, 'identifier'), multiAz: true });
    const far = declared(RDS_INSTANCE, 'far', { replicateSourceDb: ref(source, 'arn'), multiAz: true }, { in: 'eu-west-1' });
    const read1 = read(rdsInstance, near, [key, group, source]);
    expect(got(read1.facts.key)).toBe(key.urn);
    expect(got(read1.facts.encrypted)).toBe(true);
    expect(told(read1.facts.commitsDurable)).toBe('no');
    expect(find(read1.meaning, 'rds-multi-az').point?.kind).toBe('unknown');
    const read2 = read(rdsInstance, far, [key, group, source]);
    expect(got(read2.facts.key)).toBeUndefined();
    expect(told(read2.facts.commitsDurable)).toBe('yes');
  });

  it('names only rows that exist', () => {
    const source = db({ multiAz: true, backupRetentionPeriod: 1 });
    const replica = declared(RDS_INSTANCE, 'dr', { replicateSourceDb: ref(source, 'arn') }, { in: 'eu-west-1' });
    const copy = declared(REPLICATION, 'copy', { sourceDbInstanceArn: ref(source, 'arn') }, { in: 'eu-west-1' });
    const ids = databaseTimes.map((t) => t.id);
    const rows = rowsOf(read(rdsInstance, source, [replica, copy]).meaning);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) expect(ids).toContain(row);
  });
});
