import type * as Rds from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../src/simulator/plane/logs.ts';
import { ACCOUNT, AWAY, type Bench, bench, HOUR, keepsTheLaws, MINUTE, maker, oneStep, REGION } from './support.ts';

const ORDERS = `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`;
const SHOP = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:shop`;

async function instance(on: Bench, more: object = {}, region = REGION): Promise<void> {
  const input = { DBInstanceIdentifier: 'orders', Engine: 'postgres', DBInstanceClass: 'db.r6g.large', AllocatedStorage: 20 };
  await on.call('rds', 'CreateDBInstance', { ...input, BackupRetentionPeriod: 7, ...more }, region);
  await on.pass(2 * HOUR);
}

const instances = async (on: Bench, region = REGION) =>
  ((await on.call<Rds.DescribeDBInstancesCommandOutput>('rds', 'DescribeDBInstances', {}, region)).DBInstances ?? []).map(
    (i) => ({
      id: i.DBInstanceIdentifier,
      class: i.DBInstanceClass,
      status: i.DBInstanceStatus,
      zone: i.AvailabilityZone,
      multiAz: i.MultiAZ,
      source: i.ReadReplicaSourceDBInstanceIdentifier,
      endpoint: i.Endpoint?.Address,
      tags: i.TagList,
    }),
  );

async function cluster(on: Bench, id: string, region: string, more: object, members: readonly string[]): Promise<void> {
  const input = { DBClusterIdentifier: id, Engine: 'aurora-postgresql', ...more };
  await on.call('rds', 'CreateDBCluster', input, region);
  for (const member of members) {
    const joined = {
      DBInstanceIdentifier: member,
      DBClusterIdentifier: id,
      DBInstanceClass: 'db.r6g.large',
      Engine: 'aurora-postgresql',
    };
    await on.call('rds', 'CreateDBInstance', joined, region);
  }
  await on.pass(2 * HOUR);
}

const clusters = async (on: Bench, region = REGION) =>
  ((await on.call<Rds.DescribeDBClustersCommandOutput>('rds', 'DescribeDBClusters', {}, region)).DBClusters ?? []).map((c) => ({
    id: c.DBClusterIdentifier,
    status: c.Status,
    writer: c.DBClusterMembers?.find((m) => m.IsClusterWriter)?.DBInstanceIdentifier,
    members: c.DBClusterMembers?.length,
    source: c.ReplicationSourceIdentifier,
    tags: c.TagList,
  }));

describe('a DB instance', () => {
  keepsTheLaws('is restored to a point in time', {
    setup: async (on) => {
      await instance(on, { MultiAZ: true });
      return {
        make: maker('rds-point-in-time-restore'),
        hand: on.hand({ arn: ORDERS }),
        state: () => instances(on),
        done: async () =>
          (await instances(on)).filter((i) => i.status === 'available').length === 2 && (on.led[0] ?? []).length === 1,
      };
    },
    once: ['RestoreDBInstanceToPointInTime'],
    undoing: 'rds:DeleteDBInstance',
  });

  keepsTheLaws('fails over to its standby', {
    setup: async (on) => {
      await instance(on, { MultiAZ: true });
      const before = (await instances(on))[0]?.zone;
      return {
        make: maker('rds-reboot-with-failover'),
        hand: on.hand({ arn: ORDERS }),
        state: () => instances(on),
        done: async () => (await instances(on))[0]?.zone !== before,
      };
    },
    once: ['RebootDBInstance'],
    undoing: 'rds:RebootDBInstance',
  });

  keepsTheLaws('has a read replica elsewhere that is promoted', {
    setup: async (on) => {
      await instance(on);
      const replica = {
        DBInstanceIdentifier: 'orders-west',
        SourceDBInstanceIdentifier: ORDERS,
        Tags: [{ Key: 'team', Value: 'shop' }],
      };
      await on.call('rds', 'CreateDBInstanceReadReplica', replica, AWAY);
      await on.pass(2 * HOUR);
      return {
        make: maker('rds-promote-read-replica'),
        hand: on.hand({ arn: `arn:aws:rds:${AWAY}:${ACCOUNT}:db:orders-west` }),
        state: async () => [await instances(on), await instances(on, AWAY)],
        done: async () => (await instances(on, AWAY))[0]?.source === undefined && (on.led[0] ?? []).length === 1,
      };
    },
    once: ['PromoteReadReplica'],
    undoing: 'rds:CreateDBInstanceReadReplica',
  });

  it('is made a replica again by whoever comes next, wherever the one before died', async () => {
    for (const moment of [1, 2 * MINUTE, 40 * MINUTE, 80 * MINUTE, 100 * MINUTE, 2 * HOUR]) {
      const on = bench();
      await instance(on);
      const replica = { DBInstanceIdentifier: 'orders-west', SourceDBInstanceIdentifier: ORDERS };
      await on.call('rds', 'CreateDBInstanceReadReplica', replica, AWAY);
      await on.pass(2 * HOUR);
      const before = await instances(on, AWAY);
      const hand = on.hand({ arn: `arn:aws:rds:${AWAY}:${ACCOUNT}:db:orders-west` });
      const step = oneStep(maker('rds-promote-read-replica'), hand);
      await on.drive(step.act('t', new AbortController().signal));
      // Its controller is gone: the clock that it waits on stands still for it alone.
      const dying = oneStep(maker('rds-promote-read-replica'), {
        ...hand,
        clock: { now: () => on.world.clock.now(), sleep: dyingAfter(on, moment) },
      });
      await on.drive(dying.compensate('t').catch(() => undefined));
      const other = oneStep(maker('rds-promote-read-replica'), hand);
      await on.drive(other.compensate('t'));
      expect(await instances(on, AWAY)).toEqual(before);
      expect(await on.drive(other.left('t'))).toEqual([]);
    }
  });

  it('is restored from before the damage, or to the oldest point, and not from after it', async () => {
    const on = bench();
    await instance(on);
    await on.write(ORDERS, 30);
    const onset = on.world.clock.now();
    on.world.inject({ kind: 'corruption', arn: ORDERS });
    await on.write(ORDERS, 10);
    const lost = { kind: 'corruption' as const, stores: [ORDERS] };
    for (const [given, writes] of [
      [{}, 30],
      [{ point: 'oldest' }, 0],
      [{ at: new Date(onset - 10 * MINUTE).toISOString() }, 21],
    ] as const) {
      const token = JSON.stringify(given);
      const step = oneStep(maker('rds-point-in-time-restore'), on.hand({ arn: ORDERS, lost, onset: () => onset, given }));
      const made = (await on.drive(step.act(token, new AbortController().signal))) as { made: string };
      const found = contents(on.world, made.made);
      expect([given, found.length, found.some((w) => w.corrupt)]).toEqual([given, writes, false]);
    }
  });

  it('is restored from its newest snapshot, and from backups in another Region', async () => {
    const on = bench();
    await instance(on);
    await on.call('rds', 'CreateDBSnapshot', { DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'friday' });
    await on.call(
      'rds',
      'StartDBInstanceAutomatedBackupsReplication',
      { SourceDBInstanceArn: ORDERS, BackupRetentionPeriod: 7 },
      AWAY,
    );
    await on.pass(2 * HOUR);
    for (const [action, into] of [
      ['rds-snapshot-restore', undefined],
      ['rds-automated-backup-replication', AWAY],
    ] as const) {
      const step = oneStep(maker(action), on.hand({ arn: ORDERS, into }));
      await on.drive(step.act(action, new AbortController().signal));
      const there = await instances(on, into);
      expect(there.filter((i) => i.id?.includes('-hf-')).length).toBe(1);
      await on.drive(step.compensate(action));
      expect((await instances(on, into)).some((i) => i.id?.includes('-hf-'))).toBe(false);
    }
    const nowhere = oneStep(maker('rds-automated-backup-replication'), on.hand({ arn: ORDERS, into: 'eu-west-1' }));
    await expect(on.drive(nowhere.act('n', new AbortController().signal))).rejects.toThrow('no automated backup');
  });

  it('is refused in words what it has not', async () => {
    const on = bench();
    await instance(on, { DeletionProtection: true });
    const failed = async (action: string): Promise<string> => {
      const step = oneStep(maker(action), on.hand({ arn: ORDERS }));
      return on.drive(step.act('t', new AbortController().signal)).then(String, String);
    };
    expect(await failed('rds-reboot-with-failover')).toContain('not Multi-AZ');
    expect(await failed('rds-promote-read-replica')).toContain('not the read replica');
    expect(on.changes).toEqual([]);
    expect(maker('rds-point-in-time-restore')(on.hand({}))).toContain('no ARN');
    expect(maker('aurora-backtrack')(on.hand({}))).toContain('cannot be put back');
  });
});

/** Sleeps as the world does, and never again after that many milliseconds in all. */
function dyingAfter(on: Bench, moment: number) {
  const end = on.world.clock.now() + moment;
  return async (milliseconds: number): Promise<void> => {
    if (on.world.clock.now() + milliseconds > end) throw new Error('dead');
    await on.world.clock.sleep(milliseconds);
  };
}

describe('a DB cluster', () => {
  keepsTheLaws('fails over, and back', {
    setup: async (on) => {
      await cluster(on, 'shop', REGION, { MasterUsername: 'shop' }, ['shop-1', 'shop-2']);
      return {
        make: maker('rds-cluster-failover'),
        hand: on.hand({ arn: SHOP }),
        state: () => clusters(on),
        done: async () => (await clusters(on))[0]?.writer === 'shop-2',
      };
    },
    once: ['FailoverDBCluster'],
    undoing: 'rds:FailoverDBCluster',
  });

  keepsTheLaws('is restored with an instance', {
    setup: async (on) => {
      await cluster(on, 'shop', REGION, { MasterUsername: 'shop' }, ['shop-1']);
      return {
        make: maker('rds-point-in-time-restore'),
        hand: on.hand({ arn: SHOP }),
        state: async () => [await clusters(on), await instances(on)],
        done: async () =>
          (await clusters(on)).filter((c) => c.members === 1 && c.status === 'available').length === 2 &&
          (on.led[0] ?? []).length === 1,
      };
    },
    once: ['RestoreDBClusterToPointInTime', 'CreateDBInstance'],
    undoing: 'rds:DeleteDBCluster',
  });

  keepsTheLaws('is given an instance', {
    setup: async (on) => {
      await cluster(on, 'shop', REGION, { MasterUsername: 'shop' }, ['shop-1']);
      return {
        make: maker('aurora-add-instance'),
        hand: on.hand({ arn: SHOP }),
        state: async () => [await clusters(on), await instances(on)],
        done: async () => (await clusters(on))[0]?.members === 2,
      };
    },
    once: ['CreateDBInstance'],
    undoing: 'rds:DeleteDBInstance',
  });

  const world = async (on: Bench) => {
    await cluster(on, 'shop', REGION, { MasterUsername: 'shop' }, ['shop-1']);
    await on.call('rds', 'CreateGlobalCluster', { GlobalClusterIdentifier: 'world', SourceDBClusterIdentifier: SHOP });
    await cluster(on, 'shop-west', AWAY, { GlobalClusterIdentifier: 'world' }, ['shop-west-1']);
    const target = `arn:aws:rds:${AWAY}:${ACCOUNT}:cluster:shop-west`;
    return {
      hand: on.hand({ arn: SHOP, given: { global: 'world', target } }),
      state: async () => [await clusters(on), await clusters(on, AWAY)],
      done: async () =>
        (
          await on.call<Rds.DescribeGlobalClustersCommandOutput>('rds', 'DescribeGlobalClusters', {})
        ).GlobalClusters?.[0]?.GlobalClusterMembers?.find((m) => m.IsWriter)?.DBClusterArn === target &&
        (on.led[0] ?? []).length === 1,
    };
  };

  keepsTheLaws('of a global database fails over, and is switched back', {
    setup: async (on) => ({ make: maker('aurora-global-failover'), ...(await world(on)) }),
    once: ['FailoverGlobalCluster'],
    undoing: 'rds:SwitchoverGlobalCluster',
  });

  keepsTheLaws('of a global database is switched over, and back', {
    setup: async (on) => ({ make: maker('aurora-global-switchover'), ...(await world(on)) }),
    once: ['SwitchoverGlobalCluster'],
    undoing: 'rds:SwitchoverGlobalCluster',
  });

  it('takes over while the Region of the primary is lost, and gives back once it has returned', async () => {
    const on = bench();
    const { hand, done, state } = await world(on);
    const before = await state();
    const fault = on.world.inject({ kind: 'region-loss', region: REGION });
    const step = oneStep(maker('aurora-global-failover'), hand);
    await on.drive(step.act('t', new AbortController().signal));
    on.world.lift(fault);
    expect(await done()).toBe(true);
    await on.drive(step.compensate('t'));
    await on.pass(HOUR);
    expect(await state()).toEqual(before);
  });
});
