import type * as Backup from '@aws-sdk/client-backup';
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type * as EFS from '@aws-sdk/client-efs';
import type * as ElastiCache from '@aws-sdk/client-elasticache';
import type * as S3 from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../src/simulator/plane/logs.ts';
import { ACCOUNT, AWAY, type Bench, bench, HOUR, keepsTheLaws, MINUTE, maker, oneStep, REGION } from './support.ts';

const DAY = 24 * HOUR;
const signal = new AbortController().signal;

const table = async (on: Bench): Promise<string> => {
  await on.call('dynamodb', 'CreateTable', {
    TableName: 'carts',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  await on.pass(MINUTE);
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await on.call('dynamodb', 'UpdateContinuousBackups', { TableName: 'carts', PointInTimeRecoverySpecification });
  await on.pass(2 * HOUR);
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts`;
};
const tables = async (on: Bench) =>
  (await on.call<DynamoDB.ListTablesCommandOutput>('dynamodb', 'ListTables', {})).TableNames ?? [];

describe('a table', () => {
  keepsTheLaws('is restored to a point in time', {
    setup: async (on) => ({
      make: maker('dynamodb-point-in-time-restore'),
      hand: on.hand({ arn: await table(on) }),
      state: () => tables(on),
      done: async () => (await tables(on)).length === 2 && on.led[0]?.[0]?.includes('carts-hf-') === true,
    }),
    once: ['RestoreTableToPointInTime'],
    undoing: 'dynamodb:DeleteTable',
  });

  it('is restored from before the damage', async () => {
    const on = bench();
    const arn = await table(on);
    await on.write(arn, 20);
    const onset = on.world.clock.now();
    on.world.inject({ kind: 'corruption', arn });
    const lost = { kind: 'corruption' as const, stores: [arn] };
    const step = oneStep(maker('dynamodb-point-in-time-restore'), on.hand({ arn, lost, onset: () => onset }));
    const { made } = (await on.drive(step.act('t', signal))) as { made: string };
    expect(contents(on.world, made).length).toBe(20);
  });
});

const group = async (on: Bench, id: string, more: object, region = REGION): Promise<string> => {
  const input = { ReplicationGroupId: id, ReplicationGroupDescription: 'x', NumCacheClusters: 2, ...more };
  await on.call('elasticache', 'CreateReplicationGroup', input, region);
  await on.pass(HOUR);
  return `arn:aws:elasticache:${region}:${ACCOUNT}:replicationgroup:${id}`;
};
const groups = async (on: Bench, region = REGION) =>
  (
    (await on.call<ElastiCache.DescribeReplicationGroupsCommandOutput>('elasticache', 'DescribeReplicationGroups', {}, region))
      .ReplicationGroups ?? []
  ).map((g) => ({
    id: g.ReplicationGroupId,
    status: g.Status,
    role: g.GlobalReplicationGroupInfo?.GlobalReplicationGroupMemberRole,
    nodes: g.NodeGroups?.[0]?.NodeGroupMembers?.map((m) => [m.CacheClusterId, m.CurrentRole]),
  }));
const primary = async (on: Bench) => (await groups(on))[0]?.nodes?.find(([, role]) => role === 'primary')?.[0];

describe('a cache', () => {
  keepsTheLaws('fails over when that is tested', {
    setup: async (on) => {
      const arn = await group(on, 'sessions', { AutomaticFailoverEnabled: true, MultiAZEnabled: true });
      const before = await primary(on);
      return {
        make: maker('elasticache-test-failover'),
        hand: on.hand({ arn }),
        state: () => groups(on),
        done: async () => (await primary(on)) !== before,
      };
    },
    once: ['TestFailover'],
    undoing: 'elasticache:TestFailover',
  });

  keepsTheLaws('has a replica that somebody promotes', {
    setup: async (on) => {
      const arn = await group(on, 'sessions', {});
      const before = await primary(on);
      return {
        make: maker('elasticache-promote-replica'),
        hand: on.hand({ arn }),
        state: () => groups(on),
        done: async () => (await primary(on)) !== before,
      };
    },
    once: ['ModifyReplicationGroup'],
    undoing: 'elasticache:ModifyReplicationGroup',
  });

  keepsTheLaws('of a Global Datastore is promoted', {
    setup: async (on) => {
      const home = await group(on, 'sessions', { CacheNodeType: 'cache.m6g.large' });
      const { GlobalReplicationGroup } = await on.call<ElastiCache.CreateGlobalReplicationGroupCommandOutput>(
        'elasticache',
        'CreateGlobalReplicationGroup',
        { GlobalReplicationGroupIdSuffix: 'world', PrimaryReplicationGroupId: 'sessions' },
      );
      const datastore = GlobalReplicationGroup?.GlobalReplicationGroupId ?? '';
      const target = await group(on, 'sessions-west', { GlobalReplicationGroupId: datastore }, AWAY);
      return {
        make: maker('elasticache-global-failover'),
        hand: on.hand({ arn: home, given: { datastore, target } }),
        state: async () => [await groups(on), await groups(on, AWAY)],
        done: async () => (await groups(on, AWAY))[0]?.role === 'PRIMARY' && (on.led[0] ?? []).length === 1,
      };
    },
    once: ['FailoverGlobalReplicationGroup'],
    undoing: 'elasticache:FailoverGlobalReplicationGroup',
  });

  keepsTheLaws('is made anew from its newest snapshot', {
    setup: async (on) => {
      const arn = await group(on, 'sessions', { SnapshotRetentionLimit: 3 });
      await on.pass(DAY);
      return {
        make: maker('elasticache-snapshot-restore'),
        hand: on.hand({ arn }),
        state: () => groups(on),
        done: async () =>
          (await groups(on)).filter((g) => g.status === 'available').length === 2 && (on.led[0] ?? []).length === 1,
      };
    },
    once: ['CreateReplicationGroup'],
    undoing: 'elasticache:DeleteReplicationGroup',
  });

  it('in cluster mode shows no roles, and is not failed over blindly', async () => {
    const on = bench();
    const arn = await group(on, 'sessions', {
      NumCacheClusters: undefined,
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      AutomaticFailoverEnabled: true,
    });
    const step = oneStep(maker('elasticache-test-failover'), on.hand({ arn }));
    await expect(on.drive(step.act('t', signal))).rejects.toThrow('cluster mode');
    expect(on.changes).toEqual([]);
  });
});

const PLACE = { account: ACCOUNT, region: REGION };
const buckets = async (on: Bench) =>
  ((await on.call<S3.ListBucketsCommandOutput>('s3', 'ListBuckets', {})).Buckets ?? []).map((b) => b.Name);

describe('a bucket', () => {
  const files = async (on: Bench): Promise<void> => {
    await on.call('s3', 'CreateBucket', { Bucket: 'files' });
    await on.call('s3', 'PutBucketVersioning', { Bucket: 'files', VersioningConfiguration: { Status: 'Enabled' } });
    await on.call('s3', 'PutObject', { Bucket: 'files', Key: 'a b/c', Body: 'first' });
    await on.call('s3', 'PutObject', { Bucket: 'files', Key: 'gone', Body: 'x' });
    await on.pass(MINUTE);
    await on.call('s3', 'DeleteObject', { Bucket: 'files', Key: 'gone' });
    await on.write('arn:aws:s3:::files', 20);
  };

  keepsTheLaws('is copied as it was', {
    setup: async (on) => {
      await files(on);
      return {
        make: maker('s3-versioning'),
        hand: on.hand({ arn: 'arn:aws:s3:::files', given: { bucket: 'files', ...PLACE } }),
        state: () => buckets(on),
        done: async () => (await buckets(on)).length === 2 && (on.led[0] ?? []).length === 1,
      };
    },
    once: ['CreateBucket'],
    undoing: 's3:DeleteBucket',
  });

  it('is copied from before the damage: good versions alone, and what was deleted stays away', async () => {
    const on = bench();
    await files(on);
    const onset = on.world.clock.now();
    const arn = 'arn:aws:s3:::files';
    on.world.inject({ kind: 'corruption', arn });
    await on.call('s3', 'PutObject', { Bucket: 'files', Key: 'a b/c', Body: 'wrong' });
    await on.write(arn, 5);
    const lost = { kind: 'corruption' as const, stores: [arn] };
    const hand = on.hand({ arn, lost, onset: () => onset, given: { bucket: 'files', ...PLACE } });
    const step = oneStep(maker('s3-versioning'), hand);
    const { made } = (await on.drive(step.act('t', signal))) as { made: string };
    const Bucket = made.slice('arn:aws:s3:::'.length);
    expect(await on.call('s3', 'GetObject', { Bucket, Key: 'a b/c' })).toMatchObject({ Body: 'first' });
    const listed = await on.call<S3.ListObjectsV2CommandOutput>('s3', 'ListObjectsV2', { Bucket });
    expect(listed.Contents?.map((c) => c.Key)).toEqual(['a b/c']);
    expect(contents(on.world, made).map((w) => w.corrupt)).toEqual(Array.from({ length: 20 }, () => false));
  });
});

const systems = async (on: Bench, region = REGION) =>
  ((await on.call<EFS.DescribeFileSystemsCommandOutput>('efs', 'DescribeFileSystems', {}, region)).FileSystems ?? []).map(
    (f) => ({
      id: f.FileSystemId,
      targets: f.NumberOfMountTargets,
      tags: f.Tags,
      isDestination: f.FileSystemProtection?.ReplicationOverwriteProtection === 'REPLICATING',
    }),
  );

async function subnets(on: Bench, region = REGION): Promise<readonly string[]> {
  const { Vpc } = await on.call<{ Vpc: { VpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, region);
  const ids: string[] = [];
  for (const [i, zone] of ['a', 'b'].entries()) {
    const input = { VpcId: Vpc.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `${region}${zone}` };
    ids.push((await on.call<{ Subnet: { SubnetId: string } }>('ec2', 'CreateSubnet', input, region)).Subnet.SubnetId);
  }
  return ids;
}

async function fileSystem(on: Bench): Promise<EFS.FileSystemDescription> {
  const made = await on.call<EFS.FileSystemDescription>('efs', 'CreateFileSystem', { CreationToken: 'files' });
  await on.pass(MINUTE);
  const [a] = await subnets(on);
  await on.call('efs', 'CreateMountTarget', { FileSystemId: made.FileSystemId, SubnetId: a });
  await on.pass(5 * MINUTE);
  return made;
}

describe('a file system', () => {
  keepsTheLaws('has a replica that becomes writable', {
    setup: async (on) => {
      const source = await fileSystem(on);
      const { Destinations } = await on.call<EFS.ReplicationConfigurationDescription>('efs', 'CreateReplicationConfiguration', {
        SourceFileSystemId: source.FileSystemId,
        Destinations: [{ Region: AWAY }],
      });
      const id = Destinations?.[0]?.FileSystemId;
      const [a] = await subnets(on, AWAY);
      await on.call('efs', 'CreateMountTarget', { FileSystemId: id, SubnetId: a }, AWAY);
      await on.pass(HOUR);
      const destination = `arn:aws:elasticfilesystem:${AWAY}:${ACCOUNT}:file-system/${id}`;
      return {
        make: maker('efs-replication-failover'),
        hand: on.hand({ arn: source.FileSystemArn, given: { destination } }),
        state: async () => [await systems(on), await systems(on, AWAY)],
        done: async () => (await systems(on, AWAY))[0]?.isDestination === false && (on.led[0] ?? []).length === 2,
      };
    },
    once: ['DeleteReplicationConfiguration'],
    undoing: 'elasticfilesystem:CreateReplicationConfiguration',
  });

  keepsTheLaws('is mounted in another AZ', {
    setup: async (on) => ({
      make: maker('efs-new-mount-target'),
      hand: on.hand({ arn: (await fileSystem(on)).FileSystemArn }),
      state: () => systems(on),
      done: async () => (await systems(on))[0]?.targets === 2,
    }),
    once: ['CreateMountTarget'],
    undoing: 'elasticfilesystem:DeleteMountTarget',
  });
});

async function backedUp(on: Bench, ResourceArn: string): Promise<void> {
  await on.call('backup', 'CreateBackupVault', { BackupVaultName: 'main' });
  const IamRoleArn = `arn:aws:iam::${ACCOUNT}:role/backup`;
  await on.call('backup', 'StartBackupJob', { BackupVaultName: 'main', ResourceArn, IamRoleArn });
  await on.pass(6 * HOUR);
  const { RecoveryPoints } = await on.call<Backup.ListRecoveryPointsByResourceCommandOutput>(
    'backup',
    'ListRecoveryPointsByResource',
    {
      ResourceArn,
    },
  );
  expect(RecoveryPoints?.map((p) => p.Status)).toEqual(['COMPLETED']);
}

describe('AWS Backup', () => {
  keepsTheLaws('restores a table', {
    setup: async (on) => {
      const arn = await table(on);
      await backedUp(on, arn);
      return {
        make: maker('backup-restore'),
        hand: on.hand({ arn }),
        state: () => tables(on),
        done: async () => (await tables(on)).length === 2 && (on.led[0] ?? []).length === 1,
      };
    },
    once: ['StartRestoreJob'],
    undoing: 'dynamodb:DeleteTable',
  });

  keepsTheLaws('restores a file system, and mounts it where its source is', {
    setup: async (on) => {
      const fs = await fileSystem(on);
      await backedUp(on, fs.FileSystemArn ?? '');
      return {
        make: maker('efs-automatic-backup'),
        hand: on.hand({ arn: fs.FileSystemArn }),
        state: () => systems(on),
        done: async () => (await systems(on)).filter((f) => f.targets === 1).length === 2 && (on.led[0] ?? []).length === 2,
      };
    },
    once: ['CreateMountTarget'],
    undoing: 'elasticfilesystem:DeleteFileSystem',
  });

  it('restores a DB instance and a DB cluster, which gets an instance', async () => {
    for (const kind of ['db', 'cluster'] as const) {
      const on = bench();
      const arn = `arn:aws:rds:${REGION}:${ACCOUNT}:${kind}:orders`;
      if (kind === 'db')
        await on.call('rds', 'CreateDBInstance', {
          DBInstanceIdentifier: 'orders',
          Engine: 'postgres',
          DBInstanceClass: 'db.t3.medium',
          AllocatedStorage: 20,
        });
      else {
        await on.call('rds', 'CreateDBCluster', { DBClusterIdentifier: 'orders', Engine: 'aurora-mysql', MasterUsername: 'x' });
        const member = {
          DBInstanceIdentifier: 'orders-1',
          DBClusterIdentifier: 'orders',
          DBInstanceClass: 'db.r6g.large',
          Engine: 'aurora-mysql',
        };
        await on.call('rds', 'CreateDBInstance', member);
      }
      await on.pass(2 * HOUR);
      await on.write(arn, 5);
      await backedUp(on, arn);
      const step = oneStep(maker('backup-restore'), on.hand({ arn }));
      const { made } = (await on.drive(step.act('t', signal))) as { made: string };
      expect([kind, contents(on.world, made).length]).toEqual([kind, 5]);
      await on.drive(step.compensate('t'));
      expect(await on.drive(step.left('t'))).toEqual([]);
    }
  });

  it('holds nothing of what was never backed up', async () => {
    const on = bench();
    const arn = await table(on);
    const step = oneStep(maker('backup-restore'), on.hand({ arn }));
    await expect(on.drive(step.act('t', signal))).rejects.toThrow('holds no recovery point');
    expect(maker('backup-restore')(on.hand({ arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-1` }))).toContain('no step here');
  });
});
