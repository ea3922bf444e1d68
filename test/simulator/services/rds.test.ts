import type {
  CreateDBInstanceCommandOutput,
  DescribeDBSnapshotsCommandOutput,
  DescribeEventsCommandOutput,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../src/simulator/plane/logs.ts';
import { rdsMetrics } from '../../../src/simulator/services/rds-metrics.ts';
import { AWAY, type Bench, bench, DAY, HOUR, MINUTE, SECOND } from './rds-support.ts';

async function database(on: Bench, id: string, more: object = {}): Promise<{ readonly host: string; readonly arn: string }> {
  const { DBInstance: made } = await on.rds<CreateDBInstanceCommandOutput>('CreateDBInstance', {
    DBInstanceIdentifier: id,
    Engine: 'postgres',
    DBInstanceClass: 'db.m6g.large',
    ...more,
  });
  on.world.clock.advance(HOUR);
  const now = await on.instance(id);
  return { host: now.Endpoint?.Address ?? '', arn: made?.DBInstanceArn ?? '' };
}

async function aurora(on: Bench, id: string, zones: readonly string[], more: object = {}, region = 'us-east-1') {
  await on.rds('CreateDBCluster', { DBClusterIdentifier: id, Engine: 'aurora-postgresql', ...more }, region);
  for (const [i, zone] of zones.entries())
    await on.rds(
      'CreateDBInstance',
      {
        DBInstanceIdentifier: `${id}-${i}`,
        DBClusterIdentifier: id,
        Engine: 'aurora-postgresql',
        DBInstanceClass: 'db.r6g.large',
        AvailabilityZone: zone,
        PromotionTier: 15 - i,
      },
      region,
    );
  on.world.clock.advance(HOUR);
  const now = await on.cluster(id, region);
  return { host: now.Endpoint ?? '', reader: now.ReaderEndpoint ?? '', arn: now.DBClusterArn ?? '' };
}

const lag = (on: Bench, metric: string, id: string): number | undefined => {
  const source = rdsMetrics.find((m) => m.metric === metric);
  for (const series of source?.dimensions(on.world) ?? [])
    if (Object.values(series.dimensions).includes(id)) return series.value(on.world.clock.now());
  return undefined;
};

describe('RDS DB instances', () => {
  it('are created, described page by page, and refused when the call is wrong', async () => {
    const on = bench();
    for (const id of ['a', 'b', 'c']) await on.rds('CreateDBInstance', { DBInstanceIdentifier: id, Engine: 'mysql' });
    expect((await on.instance('a')).DBInstanceStatus).toBe('creating');
    expect((await on.instance('a')).Endpoint).toBeUndefined();
    on.world.clock.advance(HOUR);
    expect(await on.instance('a')).toMatchObject({ DBInstanceStatus: 'available', MultiAZ: false, BackupRetentionPeriod: 1 });
    const first = await on.rds<{ DBInstances: unknown[]; Marker?: string }>('DescribeDBInstances', { MaxRecords: 2 });
    expect(first.DBInstances).toHaveLength(2);
    const second = await on.rds<{ DBInstances: unknown[] }>('DescribeDBInstances', { MaxRecords: 2, Marker: first.Marker });
    expect(second.DBInstances).toHaveLength(1);
    const refusal = (operation: string, input: object): Promise<string> => on.refusal('rds', operation, input);
    expect(await refusal('CreateDBInstance', { DBInstanceIdentifier: 'a', Engine: 'mysql' })).toBe('DBInstanceAlreadyExists');
    expect(await refusal('DescribeDBInstances', { DBInstanceIdentifier: 'x' })).toBe('DBInstanceNotFound');
    expect(await refusal('RebootDBInstance', { DBInstanceIdentifier: 'a', ForceFailover: true })).toBe(
      'InvalidParameterCombination',
    );
    expect(
      await refusal('CreateDBInstance', {
        DBInstanceIdentifier: 'd',
        Engine: 'mysql',
        MultiAZ: true,
        AvailabilityZone: 'us-east-1a',
      }),
    ).toBe('InvalidParameterCombination');
    expect(await refusal('DeleteDBInstance', { DBInstanceIdentifier: 'a' })).toBe('InvalidParameterCombination');
  });

  it('Multi-AZ: the standby takes over within two minutes of the loss of the AZ, and no acknowledged write is lost', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const on = bench(seed);
      const { host, arn } = await database(on, 'orders', { MultiAZ: true });
      const before = await on.instance('orders');
      const last = on.write(host, 30);
      on.world.inject({ kind: 'az-loss', zone: before.AvailabilityZone ?? '' });
      expect(on.answer(host).kind).toBe('refused');
      const took = on.back(host) ?? Number.NaN;
      expect(took).toBeGreaterThan(30);
      expect(took).toBeLessThanOrEqual(120);
      expect((await on.instance('orders')).AvailabilityZone).toBe(before.SecondaryAvailabilityZone);
      expect(on.last(arn)).toBe(last);
      const { Events: events } = await on.rds<DescribeEventsCommandOutput>('DescribeEvents', { SourceIdentifier: 'orders' });
      expect(events?.map((e) => e.EventCategories?.[0])).toContain('failover');
    }
  });

  it('Multi-AZ: a forced failover moves it to the other AZ; the loss of the standby is not felt', async () => {
    const on = bench();
    const { host } = await database(on, 'orders', { MultiAZ: true });
    const before = await on.instance('orders');
    on.world.inject({ kind: 'az-loss', zone: before.SecondaryAvailabilityZone ?? '' });
    expect(on.back(host)).toBe(0);
    on.world.clock.advance(HOUR);
    const now = await on.instance('orders');
    expect(now.SecondaryAvailabilityZone).not.toBe(before.SecondaryAvailabilityZone);
    await on.rds('RebootDBInstance', { DBInstanceIdentifier: 'orders', ForceFailover: true });
    on.world.clock.advance(SECOND);
    expect(on.answer(host).kind).toBe('refused');
    expect(on.back(host)).toBeLessThan(120);
    expect((await on.instance('orders')).AvailabilityZone).toBe(now.SecondaryAvailabilityZone);
  });

  it('single-AZ: is away until its AZ is back', async () => {
    const on = bench();
    const { host } = await database(on, 'orders', { AvailabilityZone: 'us-east-1a' });
    const fault = on.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    on.world.clock.advance(6 * HOUR);
    expect(on.answer(host).kind).toBe('refused');
    on.world.lift(fault);
    expect(on.back(host)).toBeGreaterThan(0);
    expect((await on.instance('orders')).AvailabilityZone).toBe('us-east-1a');
  });

  it('a read replica in another Region is promoted by a call, and lacks what had not arrived', async () => {
    const on = bench();
    const { host, arn } = await database(on, 'orders', { MultiAZ: true, BackupRetentionPeriod: 7 });
    await on.rds('CreateDBInstanceReadReplica', { DBInstanceIdentifier: 'dr', SourceDBInstanceIdentifier: arn }, AWAY);
    on.world.clock.advance(HOUR);
    const replica = await on.instance('dr', AWAY);
    expect(replica.ReadReplicaSourceDBInstanceIdentifier).toBe(arn);
    expect(on.answer(replica.Endpoint?.Address ?? '')).toMatchObject({ kind: 'served', writes: undefined });
    on.world.inject({ kind: 'replication-lag', arn, seconds: 60 });
    expect(lag(on, 'ReplicaLag', 'dr')).toBeGreaterThan(59);
    const last = on.write(host, 300);
    on.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    on.world.clock.advance(HOUR);
    // Nothing happens by itself.
    expect(on.answer(replica.Endpoint?.Address ?? '')).toMatchObject({ writes: undefined });
    expect(lag(on, 'ReplicaLag', 'dr')).toBeGreaterThan(3600);
    await on.rds('PromoteReadReplica', { DBInstanceIdentifier: 'dr' }, AWAY);
    const took = on.back(replica.Endpoint?.Address ?? '') ?? Number.NaN;
    expect(took).toBeGreaterThan(60);
    expect(took).toBeLessThan(30 * 60);
    const kept = on.last(replica.DBInstanceArn ?? '');
    expect(last - kept).toBeGreaterThanOrEqual(58);
    expect(last - kept).toBeLessThan(70);
  });

  it('is restored to a point in time before its data went wrong, into a new instance', async () => {
    const on = bench();
    const { host, arn } = await database(on, 'orders', { BackupRetentionPeriod: 7 });
    on.world.clock.advance(DAY);
    on.write(host, 600);
    on.world.inject({ kind: 'corruption', arn });
    const wrong = on.world.clock.now();
    on.write(host, 600);
    expect(contents(on.world, arn).at(-1)?.corrupt).toBe(true);
    const latest = (await on.instance('orders')).LatestRestorableTime?.getTime() ?? 0;
    expect(on.world.clock.now() - latest).toBeLessThanOrEqual(5 * MINUTE);
    await on.rds('RestoreDBInstanceToPointInTime', {
      SourceDBInstanceIdentifier: 'orders',
      TargetDBInstanceIdentifier: 'orders-2',
      RestoreTime: new Date(wrong - 1),
    });
    const made = await on.instance('orders-2');
    expect(made.DBInstanceStatus).toBe('creating');
    on.world.clock.advance(HOUR);
    const log = contents(on.world, made.DBInstanceArn ?? '');
    expect(log).toHaveLength(600);
    expect(log.some((w) => w.corrupt)).toBe(false);
  });

  it('has a daily snapshot for each day of its retention, and keeps what was taken by hand when it is deleted', async () => {
    const on = bench();
    const { arn, host } = await database(on, 'orders', { BackupRetentionPeriod: 3 });
    on.write(host, 10);
    on.world.clock.advance(10 * DAY);
    const snapshots = (): Promise<DescribeDBSnapshotsCommandOutput> => on.rds('DescribeDBSnapshots', {});
    expect((await snapshots()).DBSnapshots?.map((s) => s.SnapshotType)).toEqual(['automated', 'automated', 'automated']);
    await on.rds('CreateDBSnapshot', { DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'by-hand' });
    on.world.clock.advance(HOUR);
    on.world.inject({ kind: 'deleted', arn });
    expect((await snapshots()).DBSnapshots?.map((s) => s.DBSnapshotIdentifier)).toEqual(['by-hand']);
    expect(on.answer(host).kind).toBe('refused');
    await on.rds('RestoreDBInstanceFromDBSnapshot', { DBInstanceIdentifier: 'again', DBSnapshotIdentifier: 'by-hand' });
    on.world.clock.advance(HOUR);
    expect(contents(on.world, arn.replace('orders', 'again'))).toHaveLength(10);
  });

  it('backups replicated to another Region restore there when the first is lost', async () => {
    const on = bench();
    const { arn, host } = await database(on, 'orders', { BackupRetentionPeriod: 7 });
    await on.rds('StartDBInstanceAutomatedBackupsReplication', { SourceDBInstanceArn: arn }, AWAY);
    on.world.clock.advance(DAY);
    const last = on.write(host, 3600);
    on.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    on.world.clock.advance(2 * HOUR);
    const { DBInstanceAutomatedBackups: backups } = await on.rds<{
      DBInstanceAutomatedBackups: { DBInstanceAutomatedBackupsArn: string }[];
    }>('DescribeDBInstanceAutomatedBackups', {}, AWAY);
    await on.rds(
      'RestoreDBInstanceToPointInTime',
      {
        SourceDBInstanceAutomatedBackupsArn: backups[0]?.DBInstanceAutomatedBackupsArn,
        TargetDBInstanceIdentifier: 'dr',
        UseLatestRestorableTime: true,
      },
      AWAY,
    );
    on.world.clock.advance(HOUR);
    const lost = last - on.last((await on.instance('dr', AWAY)).DBInstanceArn ?? '');
    expect(lost).toBeGreaterThan(60);
    expect(lost).toBeLessThan(30 * 60);
  });

  it('stops when its key is disabled', async () => {
    const on = bench();
    const { host } = await database(on, 'orders', { StorageEncrypted: true });
    const { KmsKeyId: arn = '' } = await on.instance('orders');
    on.world.inject({ kind: 'key-disabled', arn });
    on.world.clock.advance(HOUR);
    expect(on.answer(host).kind).toBe('refused');
    expect((await on.instance('orders')).DBInstanceStatus).toBe('inaccessible-encryption-credentials-recoverable');
  });
});

describe('DB clusters', () => {
  it('Aurora promotes the reader of the lowest tier within a minute, and loses nothing', async () => {
    for (const seed of [1, 2, 3]) {
      const on = bench(seed);
      const { host, arn } = await aurora(on, 'orders', ['us-east-1a', 'us-east-1b', 'us-east-1c'], { MasterUsername: 'u' });
      const last = on.write(host, 20);
      on.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
      const took = on.back(host) ?? Number.NaN;
      expect(took).toBeGreaterThan(5);
      expect(took).toBeLessThanOrEqual(60);
      expect(on.last(arn)).toBe(last);
      const writer = (await on.cluster('orders')).DBClusterMembers?.find((m) => m.IsClusterWriter);
      expect(writer?.DBInstanceIdentifier).toBe('orders-2');
    }
  });

  it('Aurora without a reader waits for its AZ', async () => {
    const on = bench();
    const { host } = await aurora(on, 'orders', ['us-east-1a'], { MasterUsername: 'u' });
    const fault = on.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    on.world.clock.advance(3 * HOUR);
    expect(on.answer(host).kind).toBe('refused');
    on.world.lift(fault);
    expect(on.back(host)).toBeGreaterThan(0);
  });

  it('the reader endpoint leads to a reader, and to the writer when there is none', async () => {
    const on = bench();
    const { reader } = await aurora(on, 'orders', ['us-east-1a', 'us-east-1b'], { MasterUsername: 'u' });
    expect(on.answer(reader)).toMatchObject({ zone: 'us-east-1b', writes: undefined });
    on.world.inject({ kind: 'az-loss', zone: 'us-east-1b' });
    expect(on.answer(reader)).toMatchObject({ zone: 'us-east-1a' });
  });

  it('a failover by hand goes to the instance that was asked for', async () => {
    const on = bench();
    const { host } = await aurora(on, 'orders', ['us-east-1a', 'us-east-1b', 'us-east-1c'], { MasterUsername: 'u' });
    await on.rds('FailoverDBCluster', { DBClusterIdentifier: 'orders', TargetDBInstanceIdentifier: 'orders-1' });
    on.world.clock.advance(2 * MINUTE);
    expect(on.answer(host)).toMatchObject({ zone: 'us-east-1b' });
  });

  it('a Multi-AZ DB cluster has three instances of its own and fails over within 35 seconds', async () => {
    const on = bench();
    await on.rds('CreateDBCluster', {
      DBClusterIdentifier: 'orders',
      Engine: 'postgres',
      MasterUsername: 'u',
      DBClusterInstanceClass: 'db.r6gd.large',
    });
    on.world.clock.advance(HOUR);
    const { DBClusterMembers: members, Endpoint: host = '' } = await on.cluster('orders');
    expect(members).toHaveLength(3);
    const { zone } = on.answer(host) as { readonly zone: string };
    on.world.inject({ kind: 'az-loss', zone });
    expect(on.back(host)).toBeLessThanOrEqual(35);
  });
});

describe('global databases', () => {
  async function twoRegions(on: Bench) {
    await on.rds('CreateGlobalCluster', { GlobalClusterIdentifier: 'everywhere', Engine: 'aurora-postgresql' });
    const joined = { GlobalClusterIdentifier: 'everywhere' };
    const home = await aurora(on, 'home', ['us-east-1a'], { ...joined, MasterUsername: 'u' });
    const away = await aurora(on, 'away', ['us-west-2a'], joined, AWAY);
    return { home, away };
  }

  it('a lost Region does nothing by itself; a failover by hand keeps what had arrived, within minutes', async () => {
    const on = bench();
    const { home, away } = await twoRegions(on);
    expect(on.answer(away.host)).toMatchObject({ kind: 'served', writes: undefined });
    expect(lag(on, 'AuroraGlobalDBReplicationLag', 'away')).toBeLessThan(5000);
    const last = on.write(home.host, 120);
    on.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    on.world.clock.advance(HOUR);
    expect(on.answer(away.host)).toMatchObject({ writes: undefined });
    const target = { GlobalClusterIdentifier: 'everywhere', TargetDbClusterIdentifier: away.arn };
    expect(await on.refusal('rds', 'SwitchoverGlobalCluster', target, AWAY)).toBe('InvalidGlobalClusterStateFault');
    await on.rds('FailoverGlobalCluster', { ...target, AllowDataLoss: true }, AWAY);
    const took = on.back(away.host) ?? Number.NaN;
    expect(took).toBeGreaterThan(30);
    expect(took).toBeLessThan(5 * 60);
    expect(last - on.last(away.arn)).toBeLessThan(10);
  });

  it('a switchover loses nothing, and the former primary follows', async () => {
    const on = bench();
    const { home, away } = await twoRegions(on);
    const last = on.write(home.host, 60);
    await on.rds('SwitchoverGlobalCluster', { GlobalClusterIdentifier: 'everywhere', TargetDbClusterIdentifier: away.arn });
    on.world.clock.advance(10 * MINUTE);
    expect(on.last(away.arn)).toBe(last);
    expect(on.answer(home.host)).toMatchObject({ kind: 'served', writes: undefined });
    const next = on.write(away.host, 60);
    on.world.clock.advance(MINUTE);
    expect(on.last(home.arn)).toBe(next);
  });

  it('a cluster that is removed becomes a database of its own', async () => {
    const on = bench();
    const { away } = await twoRegions(on);
    await on.rds('RemoveFromGlobalCluster', { GlobalClusterIdentifier: 'everywhere', DbClusterIdentifier: away.arn }, AWAY);
    expect(on.back(away.host)).toBeLessThan(5 * 60);
    expect((await on.cluster('away', AWAY)).GlobalClusterIdentifier).toBeUndefined();
  });
});

describe('a proxy', () => {
  it('leads to whoever writes, without waiting for DNS', async () => {
    const on = bench();
    const { host } = await aurora(on, 'orders', ['us-east-1a', 'us-east-1b'], { MasterUsername: 'u' });
    const subnets = await Promise.all(['us-east-1b', 'us-east-1c'].map((zone) => on.subnet(zone)));
    const { DBProxy: made } = await on.rds<{ DBProxy: { Endpoint: string } }>('CreateDBProxy', {
      DBProxyName: 'door',
      EngineFamily: 'POSTGRESQL',
      VpcSubnetIds: subnets,
    });
    expect(on.answer(made.Endpoint).kind).toBe('refused');
    await on.rds('RegisterDBProxyTargets', { DBProxyName: 'door', DBClusterIdentifiers: ['orders'] });
    expect(on.answer(made.Endpoint)).toMatchObject({ zone: 'us-east-1a' });
    on.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    const throughProxy = on.back(made.Endpoint) ?? Number.NaN;
    expect(on.answer(host).kind).toBe('refused');
    expect(throughProxy).toBeLessThan(60);
    expect(on.back(host)).toBeGreaterThan(0);
  });
});
